//! A county's figures live in `policies/`, never in Rust. Looked for are the amounts that the packs of a
//! prefecture or county give as values, and those of the first county by number.

use std::collections::BTreeSet;

use super::{Finding, Tree, has_word};

/// Monthly rates and standards of the first county, in fen (the yearly rural standard among them).
const KNOWN: [i64; 5] = [59_000, 468_000, 26_500, 28_000, 29_500];

/// The same in yuan, which only count as the argument of `from_yuan`.
const FEN_PER_YUAN: i64 = 100;

/// Amounts of at least this many fen are looked for; smaller numbers mean too many other things.
const SMALLEST: i64 = 10_000;

/// County figures in Rust outside of tests.
pub fn figures(tree: &Tree) -> Vec<Finding> {
    let county = county_figures(tree);
    let mut found = Vec::new();
    for file in tree.crates() {
        for (number, line) in file.product_lines() {
            let in_yuan = has_word(&line.code, "from_yuan(");
            for value in numbers(&line.code) {
                if county.contains(&value) || (in_yuan && county.contains(&(value * FEN_PER_YUAN)))
                {
                    found.push(Finding::at(
                        file,
                        number,
                        format!("{value} is a figure of a county; it belongs into a pack"),
                    ));
                }
            }
        }
    }
    found
}

/// The known figures and every `value = N` of the packs below a prefecture. Powers of ten are limits as often as
/// they are rates, and are left out.
fn county_figures(tree: &Tree) -> BTreeSet<i64> {
    let of_county = |path: &str| {
        let authority = path
            .strip_prefix("policies/")
            .and_then(|rest| rest.split('/').next());
        authority.is_some_and(|name| name.len() >= "cn-0000".len())
    };
    let power_of_ten = |value: i64| value.to_string().trim_end_matches('0') == "1";
    let packs = tree.files.iter().filter(|file| of_county(&file.path));
    let values = packs.flat_map(|file| file.text.lines()).filter_map(|line| {
        let value = line
            .trim()
            .strip_prefix("value")?
            .trim_start()
            .strip_prefix('=')?;
        value.trim().replace('_', "").parse::<i64>().ok()
    });
    let values = values.filter(|value| *value >= SMALLEST && !power_of_ten(*value));
    KNOWN.into_iter().chain(values).collect()
}

/// The integer literals of a line of code.
fn numbers(code: &str) -> Vec<i64> {
    let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .filter_map(|word| {
            let digits: String = word
                .chars()
                .filter(|c| *c != '_')
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let pack = "```toml parameter\n[[value]]\nvalue = 88_200\n```\n";
        let tree = Tree::of(&[
            ("crates/payments/src/a.rs", text),
            ("policies/cn-5133/dibao.md", pack),
            ("policies/cn/dibao.md", "value = 77000\n"),
        ]);
        figures(&tree).into_iter().map(|one| one.line).collect()
    }

    #[test]
    fn figures_of_the_county_are_found_in_any_spelling() {
        assert_eq!(
            lines("let a = 59000;\nlet b = Fen::new(59_000_i64);\nlet c = Fen::from_yuan(590);\n"),
            [1, 2, 3]
        );
        assert_eq!(lines("let a = 88_200;\n"), [1]);
    }

    #[test]
    fn other_numbers_strings_and_tests_are_not_found() {
        assert!(
            lines("let a = 590;\nlet b = \"59000\";\nlet c = 77_000;\nlet d = 1590000;\n")
                .is_empty()
        );
        assert!(lines("#[cfg(test)]\nmod tests { const A: i64 = 59000; }\n").is_empty());
    }
}
