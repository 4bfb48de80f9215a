//! A file has one subject and fits a reader's head: over 600 lines wants a reason.

use super::{Finding, Tree};

const LONGEST: usize = 600;

/// Files longer than the limit. Data, snapshots and the lock file are not for reading; a pack is a page of law,
/// as long as the law is.
pub fn length(tree: &Tree) -> Vec<Finding> {
    let read_by_people = |path: &str| {
        let text = [".rs", ".sql", ".md", ".toml", ".ftl", ".sh"]
            .iter()
            .any(|end| path.ends_with(end));
        let stored = path
            .split('/')
            .any(|part| matches!(part, "data" | "policies" | "seed" | "snapshots"));
        text && !stored
    };
    tree.files
        .iter()
        .filter(|file| read_by_people(&file.path))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| {
            Finding::at(
                file,
                0,
                format!("{lines} lines; over {LONGEST} wants a reason"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found_and_long_data_is_not() {
        let long = "//! x\n".repeat(LONGEST + 1);
        let tree = Tree::of(&[
            ("crates/a/src/long.rs", &long),
            ("crates/a/src/short.rs", &"//! x\n".repeat(LONGEST)),
            ("crates/a/data/calendar.toml", &long),
            ("Cargo.lock", &long),
        ]);
        let found: Vec<String> = length(&tree)
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(found, ["crates/a/src/long.rs"]);
    }
}
