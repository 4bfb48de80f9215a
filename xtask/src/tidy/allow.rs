//! Departures from a rule, with a reason, and what is left of the findings after them.

use super::{Finding, Rule, SourceFile, Tree};

/// A reason has at least this many letters.
const REASON: usize = 12;

struct Departure {
    line: usize,
    rule: String,
    reason: String,
    used: bool,
}

/// All findings that no departure covers, and the faults of the departures, as (rule, finding).
pub fn findings(rules: &[Rule], tree: &Tree) -> Vec<(&'static str, Finding)> {
    let mut left = Vec::new();
    let mut departures: Vec<Vec<Departure>> = tree.files.iter().map(departures).collect();
    for rule in rules {
        for finding in (rule.check)(tree) {
            let file = tree.files.iter().position(|file| file.path == finding.path);
            let covering = file.and_then(|index| {
                let reach = reach(&tree.files[index], finding.line);
                departures[index]
                    .iter_mut()
                    .find(|one| one.rule == rule.name && reach.contains(&one.line))
            });
            match covering {
                Some(departure) => departure.used = true,
                None => left.push((rule.name, finding)),
            }
        }
    }
    for (file, departures) in tree.files.iter().zip(departures) {
        for departure in departures {
            let fault = if !rules.iter().any(|rule| rule.name == departure.rule) {
                format!("departs from `{}`, which is no rule", departure.rule)
            } else if departure.reason.chars().count() < REASON {
                "departs from a rule without a reason".to_owned()
            } else if !departure.used {
                "departs from a rule that is kept here: take the comment away".to_owned()
            } else {
                continue;
            };
            left.push(("allow", Finding::at(file, departure.line, fault)));
        }
    }
    left.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    left
}

/// The comments of a file that depart from a rule. Only files with a comment syntax have them.
fn departures(file: &SourceFile) -> Vec<Departure> {
    let commented = [".sql", ".md", ".toml", ".sh"]
        .iter()
        .any(|end| file.path.ends_with(end));
    let in_lines: Vec<&str> = if file.lines.is_empty() && commented {
        file.text.lines().collect()
    } else {
        file.lines
            .iter()
            .map(|line| line.comment.as_str())
            .collect()
    };
    let found = (1..).zip(in_lines).filter_map(|(line, text)| {
        let (rule, reason) = text.split_once("tidy: allow(")?.1.split_once(')')?;
        Some(Departure {
            line,
            rule: rule.to_owned(),
            reason: reason.trim().to_owned(),
            used: false,
        })
    });
    found.collect()
}

/// The lines on which a departure covers a finding: its own and the comments and attributes right above; for a
/// whole file, any.
fn reach(file: &SourceFile, line: usize) -> std::ops::RangeInclusive<usize> {
    if line == 0 {
        return 1..=usize::MAX;
    }
    let lines: Vec<&str> = file.text.lines().collect();
    let beside = |text: &str| {
        ["//", "#", "--"]
            .iter()
            .any(|start| text.trim_start().starts_with(start))
    };
    let mut first = line;
    while first >= 2 && lines.get(first - 2).is_some_and(|text| beside(text)) {
        first -= 1;
    }
    first..=line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Vec<String> {
        fn no_apples(tree: &Tree) -> Vec<Finding> {
            let file = &tree.files[0];
            let lines = (1..)
                .zip(&file.lines)
                .filter(|(_, line)| line.code.contains("apple"));
            lines
                .map(|(number, _)| Finding::at(file, number, "an apple"))
                .collect()
        }
        let rules = [Rule {
            name: "fruit",
            check: no_apples,
        }];
        let tree = Tree::of(&[("crates/a/src/lib.rs", text)]);
        findings(&rules, &tree)
            .into_iter()
            .map(|(rule, one)| format!("{rule} {} {}", one.line, one.what))
            .collect()
    }

    #[test]
    fn a_departure_with_a_reason_covers_its_line() {
        assert_eq!(kept("let apple;"), ["fruit 1 an apple"]);
        assert!(kept("let apple; // tidy: allow(fruit) grown in this very garden").is_empty());
        assert!(
            kept("// tidy: allow(fruit) grown in this very garden\n#[inline]\nlet apple;")
                .is_empty()
        );
    }

    #[test]
    fn a_departure_covers_no_other_line() {
        let text = "// tidy: allow(fruit) grown in this very garden\nlet apple;\nlet apple;";
        assert_eq!(kept(text), ["fruit 3 an apple"]);
    }

    #[test]
    fn a_departure_needs_a_reason_a_rule_and_a_use() {
        assert_eq!(
            kept("let apple; // tidy: allow(fruit) ok"),
            ["allow 1 departs from a rule without a reason"]
        );
        assert_eq!(
            kept("// tidy: allow(furit) grown in this garden"),
            ["allow 1 departs from `furit`, which is no rule"]
        );
        assert_eq!(
            kept("// tidy: allow(fruit) grown in this very garden\nlet pear;"),
            ["allow 1 departs from a rule that is kept here: take the comment away"]
        );
    }

    #[test]
    fn a_departure_in_a_string_is_none() {
        assert_eq!(
            kept("let apple = \"// tidy: allow(fruit) grown in this garden\";"),
            ["fruit 1 an apple"]
        );
    }
}
