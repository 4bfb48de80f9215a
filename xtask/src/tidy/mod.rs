//! The house rules as checks over the tracked files. A rule sees texts, never the disk, so that its tests can
//! show it failing on a few lines.
//!
//! A place may depart from a rule with a reason, in a comment on the line or right above it (for the length of
//! a file: anywhere in it): the word `tidy`, a colon, then `allow(rule) the reason`. A departure that is not
//! needed any more is itself a finding.

mod adr;
mod allow;
mod columns;
mod dialect;
mod figures;
mod headers;
mod layers;
mod manifests;
pub mod packages;
mod places;
mod purity;
mod rust_text;
mod size;
mod words;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::output;
use rust_text::Line;

/// One tracked text file.
pub struct SourceFile {
    /// Path from the root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Code, strings and comments told apart; empty for other files than Rust.
    pub lines: Vec<Line>,
}

impl SourceFile {
    fn new(path: &str, text: &str) -> SourceFile {
        let lines = if path.ends_with(".rs") {
            rust_text::lines(text)
        } else {
            Vec::new()
        };
        SourceFile {
            path: path.to_owned(),
            text: text.to_owned(),
            lines,
        }
    }

    /// Numbered lines of Rust outside of tests.
    fn product_lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        let all = !self.is_test();
        (1..)
            .zip(&self.lines)
            .filter(move |(_, line)| all && !line.test)
    }

    /// A file that is no part of the product: tests, benches, examples, the script of a build.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path
            .split('/')
            .any(|part| matches!(part, "tests" | "benches" | "examples"))
            || name == "tests.rs"
            || name == "build.rs"
            || name.ends_with("_tests.rs")
    }

    /// The crate folder below `crates/`, as `ledger`.
    fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

/// All tracked text files.
pub struct Tree {
    files: Vec<SourceFile>,
}

impl Tree {
    /// A tree of (path, text), for tests.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        Tree {
            files: files
                .iter()
                .map(|(path, text)| SourceFile::new(path, text))
                .collect(),
        }
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    /// The Rust files below `crates/`.
    fn crates(&self) -> impl Iterator<Item = &SourceFile> {
        self.rust().filter(|file| file.path.starts_with("crates/"))
    }

    fn find(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    /// From 1; 0 stands for the whole file.
    line: usize,
    what: String,
}

impl Finding {
    fn at(file: &SourceFile, line: usize, what: impl Into<String>) -> Finding {
        Finding {
            path: file.path.clone(),
            line,
            what: what.into(),
        }
    }
}

/// A house rule.
pub struct Rule {
    /// The word by which a departure names it.
    name: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

const RULES: &[Rule] = &[
    Rule {
        name: "length",
        check: size::length,
    },
    Rule {
        name: "purity",
        check: purity::purity,
    },
    Rule {
        name: "layers",
        check: layers::layers,
    },
    Rule {
        name: "dialect",
        check: dialect::dialect,
    },
    Rule {
        name: "unfinished",
        check: words::unfinished,
    },
    Rule {
        name: "sleep",
        check: words::waiting,
    },
    Rule {
        name: "float",
        check: words::float,
    },
    Rule {
        name: "places",
        check: places::places,
    },
    Rule {
        name: "figures",
        check: figures::figures,
    },
    Rule {
        name: "columns",
        check: columns::columns,
    },
    Rule {
        name: "headers",
        check: headers::headers,
    },
    Rule {
        name: "manifests",
        check: manifests::manifests,
    },
    Rule {
        name: "adr",
        check: adr::adr,
    },
];

/// The house rules and the packages.
pub fn run(root: &Path) -> Result<()> {
    house_rules(root)?;
    packages::check(root)
}

/// Checks the tracked files; files that git does not know yet count, so that a finding comes before the commit.
pub fn house_rules(root: &Path) -> Result<()> {
    let tree = tracked(root)?;
    let findings = allow::findings(RULES, &tree);
    for (rule, finding) in &findings {
        let line = if finding.line == 0 {
            String::new()
        } else {
            format!(":{}", finding.line)
        };
        println!("{}{line}: {} [{rule}]", finding.path, finding.what);
    }
    if !findings.is_empty() {
        bail!("{} findings against the house rules", findings.len());
    }
    println!("{} files keep {} rules", tree.files.len(), RULES.len());
    Ok(())
}

/// The files of the checkout that git tracks or would track. Files that are not text are left out.
pub fn tracked(root: &Path) -> Result<Tree> {
    let listed = [
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ];
    let names = output(Command::new("git").args(listed).current_dir(root))?;
    let mut files = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path = root.join(name);
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| format!("{name} cannot be read"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(SourceFile::new(name, &text));
        }
    }
    Ok(Tree { files })
}

/// Whether `word` stands in `text` with no letter, digit or underscore beside it, where it ends in one itself.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let before = part(word.chars().next()) && part(text[..at].chars().next_back());
        let after = part(word.chars().next_back()) && part(text[at + word.len()..].chars().next());
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_words() {
        assert!(has_word("let x: f64 = y;", "f64"));
        assert!(!has_word("let buf64 = y;", "f64"));
        assert!(has_word("todo!()", "todo!"));
        assert!(!has_word("my_todo!()", "todo!"));
    }

    #[test]
    fn a_test_file_is_known_by_its_place_or_name() {
        for path in [
            "crates/a/tests/x.rs",
            "crates/a/src/tests.rs",
            "crates/a/src/book_tests.rs",
        ] {
            assert!(SourceFile::new(path, "").is_test(), "{path}");
        }
        assert!(!SourceFile::new("crates/a/src/tested.rs", "").is_test());
    }

    #[test]
    fn the_rules_have_different_names() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(RULES[..index].iter().all(|other| other.name != rule.name));
        }
    }
}
