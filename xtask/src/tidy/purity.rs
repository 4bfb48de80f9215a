//! `core`, `policy` and `ledger` do no I/O: their packages are known to do none, and their code names no file,
//! network, process or environment.

use super::manifests::{Dependency, dependencies};
use super::{Finding, Tree, has_word};

const PURE_CRATES: [&str; 3] = ["core", "policy", "ledger"];

/// Packages that compute and do not reach outside. A further one is entered here after a look at what it does.
const PURE_PACKAGES: [&str; 15] = [
    "csv",
    "id-card",
    "include_dir",
    "jiff",
    "minsheng-core",
    "minsheng-ledger",
    "minsheng-policy",
    "num-rational",
    "pulldown-cmark",
    "serde",
    "serde_json",
    "sm3",
    "thiserror",
    "toml",
    "unicode-width",
];

/// Packages that only tests of these crates use.
const TEST_PACKAGES: [&str; 2] = ["insta", "proptest"];

/// Names that reach outside of the program.
const OUTSIDE: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "std::time",
    "File::open",
    "println!",
    "eprintln!",
    "print!",
];

/// Packages and names that reach outside.
pub fn purity(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in PURE_CRATES {
        let Some(manifest) = tree.find(&format!("crates/{name}/Cargo.toml")) else {
            continue;
        };
        for Dependency { package, dev, line } in dependencies(manifest) {
            let in_tests = dev && TEST_PACKAGES.contains(&package.as_str());
            if !in_tests && !PURE_PACKAGES.contains(&package.as_str()) {
                found.push(Finding::at(
                    manifest,
                    line,
                    format!("`{package}` is not known to be free of I/O, and `{name}` must be"),
                ));
            }
        }
    }
    for file in tree.crates().filter(|file| {
        file.crate_name()
            .is_some_and(|name| PURE_CRATES.contains(&name))
    }) {
        for (number, line) in file.product_lines() {
            for name in OUTSIDE
                .into_iter()
                .filter(|name| has_word(&line.code, name))
            {
                found.push(Finding::at(
                    file,
                    number,
                    format!("`{name}` in a crate without I/O"),
                ));
            }
            // `use std::{fs, …}`
            if let Some((_, braced)) = line.code.split_once("std::{") {
                let reached = ["fs", "net", "process", "env", "thread", "time"];
                for name in reached.into_iter().filter(|name| has_word(braced, name)) {
                    found.push(Finding::at(
                        file,
                        number,
                        format!("`std::{name}` in a crate without I/O"),
                    ));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_reaches_outside_is_found() {
        let tree = Tree::of(&[
            (
                "crates/core/Cargo.toml",
                "[dependencies]\njiff.workspace = true\nrusqlite.workspace = true\n",
            ),
            (
                "crates/ledger/Cargo.toml",
                "[dependencies]\n\n[dev-dependencies]\nproptest.workspace = true\ntempfile = \"3\"\n",
            ),
            (
                "crates/store/Cargo.toml",
                "[dependencies]\nrusqlite.workspace = true\n",
            ),
        ]);
        let found: Vec<(String, usize)> = purity(&tree)
            .into_iter()
            .map(|one| (one.path, one.line))
            .collect();
        assert_eq!(
            found,
            [
                ("crates/core/Cargo.toml".to_owned(), 3),
                ("crates/ledger/Cargo.toml".to_owned(), 5)
            ]
        );
    }

    #[test]
    fn a_name_that_reaches_outside_is_found_outside_of_tests() {
        let text = "use std::{fmt, fs};\nfn f() { std::env::var(\"X\"); }\n// std::fs\n#[cfg(test)]\nmod tests { use std::fs; }\n";
        let tree = Tree::of(&[
            ("crates/policy/src/a.rs", text),
            ("crates/registry/src/a.rs", text),
        ]);
        let found: Vec<(String, usize)> = purity(&tree)
            .into_iter()
            .map(|one| (one.path, one.line))
            .collect();
        let path = "crates/policy/src/a.rs".to_owned();
        assert_eq!(found, [(path.clone(), 1), (path, 2)]);
    }
}
