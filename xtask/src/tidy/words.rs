//! Words that no commit holds: unfinished code, waiting by the clock, floats.

use super::{Finding, Tree, has_word};

const UNFINISHED: [(&str, &str); 6] = [
    ("todo!", "unfinished code"),
    ("unimplemented!", "unfinished code"),
    ("dbg!", "left from a search for a fault"),
    ("#[ignore", "a test that does not run proves nothing"),
    (
        "#[allow(",
        "write #[expect(…, reason = …)], which says so when it is not needed any more",
    ),
    (
        "#![allow(",
        "write #![expect(…, reason = …)], which says so when it is not needed any more",
    ),
];

/// Unfinished code, tests that do not run, lints switched off for ever.
pub fn unfinished(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.rust() {
        for (number, line) in (1..).zip(&file.lines) {
            for (word, why) in UNFINISHED
                .into_iter()
                .filter(|(word, _)| has_word(&line.code, word))
                // a support module is shared by test files that each need a part of it, so nothing can be expected
                .filter(|(word, _)| !(file.is_test() && word.ends_with("allow(")))
            {
                found.push(Finding::at(file, number, format!("`{word}`: {why}")));
            }
        }
    }
    found
}

/// Waiting by the clock, which makes a test slow and a result depend on the machine.
pub fn waiting(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.rust() {
        for (number, line) in (1..).zip(&file.lines) {
            if has_word(&line.code, "thread::sleep") || has_word(&line.code, "sleep(") {
                found.push(Finding::at(
                    file,
                    number,
                    "waits by the clock; wait for the event",
                ));
            }
        }
    }
    found
}

/// Where numbers of spreadsheets come in: the format holds binary numbers, and they are turned into the digits that a
/// person reads at once.
const SPREADSHEETS: &str = "crates/exchange/src/table/number.rs";

/// Floats below `crates/`: money is integer fen, shares are exact ratios.
pub fn float(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.crates().filter(|file| file.path != SPREADSHEETS) {
        // tests hand floats to the boundary to see them refused
        for (number, line) in file.product_lines() {
            if has_word(&line.code, "f32")
                || has_word(&line.code, "f64")
                || float_literal(&line.code)
            {
                found.push(Finding::at(
                    file,
                    number,
                    "a float; money is integer fen, shares are exact ratios",
                ));
            }
        }
    }
    found
}

/// Digits, a point, digits, where the first digits do not continue a word or a field of a tuple.
fn float_literal(code: &str) -> bool {
    let chars: Vec<char> = code.chars().collect();
    (1..chars.len().saturating_sub(1))
        .filter(|at| chars[*at] == '.')
        .any(|point| {
            if !chars[point - 1].is_ascii_digit() || !chars[point + 1].is_ascii_digit() {
                return false;
            }
            let digit = |c: &char| c.is_ascii_digit() || *c == '_';
            let start = chars[..point].iter().rposition(|c| !digit(c));
            !start.is_some_and(|before| chars[before].is_alphanumeric() || chars[before] == '.')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rule: fn(&Tree) -> Vec<Finding>, text: &str) -> Vec<usize> {
        rule(&Tree::of(&[("crates/a/src/lib.rs", text)]))
            .into_iter()
            .map(|one| one.line)
            .collect()
    }

    #[test]
    fn unfinished_code_is_found_and_talk_of_it_is_not() {
        let text = "fn a() { todo!() }\nfn b() { unimplemented!(\"x\") }\nlet c = dbg!(d);\n#[test]\n#[ignore = \"slow\"]\n\
                    #[allow(dead_code)]\n#![allow(x)]\n// todo!()\nlet e = \"dbg!(1)\";\n#[expect(dead_code)]\n";
        assert_eq!(lines(unfinished, text), [1, 2, 3, 5, 6, 7]);
    }

    #[test]
    fn waiting_by_the_clock_is_found() {
        assert_eq!(
            lines(
                waiting,
                "std::thread::sleep(a);\nsleep(b);\nlet asleep = 1;\n"
            ),
            [1, 2]
        );
    }

    #[test]
    fn floats_are_found_by_type_and_by_literal() {
        let text = "let a: f64 = b;\nlet c = 1.5;\nlet d = x.0.1;\nlet e = 0..10;\nlet f = \"1.5\";\nlet g = 1_000.25_f32;\nlet h = a.1.0;\n";
        assert_eq!(lines(float, text), [1, 2, 6]);
    }

    #[test]
    fn xtask_may_not_hold_unfinished_code_either() {
        let tree = Tree::of(&[("xtask/src/main.rs", "fn a() { todo!() }")]);
        assert_eq!(unfinished(&tree).len(), 1);
    }
}
