//! Every module opens with what it is for.

use super::{Finding, Tree};

/// Rust files whose first line is not a module comment that says something.
pub fn headers(tree: &Tree) -> Vec<Finding> {
    let says_something = |line: &str| {
        line.strip_prefix("//!").is_some_and(|words| {
            let words = words.trim();
            words.split_whitespace().count() >= 2
                && !words.to_lowercase().starts_with("placeholder")
        })
    };
    tree.rust()
        .filter(|file| {
            !file
                .text
                .lines()
                .find(|line| !line.trim().is_empty())
                .is_some_and(says_something)
        })
        .map(|file| Finding::at(file, 1, "opens without saying what it is for (`//! …`)"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_opens_without_a_word_is_found() {
        let tree = Tree::of(&[
            ("crates/a/src/good.rs", "//! Phone numbers.\n"),
            ("crates/a/src/none.rs", "use std::fmt;\n//! late\n"),
            ("crates/a/src/empty.rs", ""),
            ("crates/a/src/hollow.rs", "//! placeholder for later\n"),
            ("crates/a/tests/short.rs", "//! x\n"),
        ]);
        let found: Vec<String> = headers(&tree).into_iter().map(|one| one.path).collect();
        let expected =
            ["none.rs", "empty.rs", "hollow.rs"].map(|name| format!("crates/a/src/{name}"));
        assert_eq!(found[..3], expected);
        assert_eq!(found[3], "crates/a/tests/short.rs");
    }
}
