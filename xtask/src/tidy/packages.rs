//! Licences, sources and doubles of all packages of the lock file, read from `cargo metadata` and judged by
//! `deny.toml`. It is the part of `cargo deny` that needs no network and no tool, so that the test command can
//! do it on a fresh machine; where `cargo deny` is installed it is run as well, and `cargo xtask soak` installs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use toml::Table;

use crate::command::{cargo, in_path, output, run};

/// Where a package may come from, besides the workspace: the registry that cargo knows by itself.
const SOURCE: &str = "registry+";

/// Checks the packages of the workspace.
pub fn check(root: &Path) -> Result<()> {
    let metadata = output(&mut cargo(
        root,
        &["metadata", "--format-version", "1", "--locked"],
    ))?;
    let rules =
        std::fs::read_to_string(root.join("deny.toml")).context("deny.toml cannot be read")?;
    let packages = packages(&metadata)?;
    let findings = findings(&packages, &Rules::read(&rules)?);
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!(
            "{} findings among the packages\nhint: deny.toml says what is taken",
            findings.len()
        );
    }
    println!(
        "{} packages keep deny.toml (licences, sources, doubles)",
        packages.len()
    );
    if in_path("cargo-deny").is_some() {
        return run(&mut cargo(
            root,
            &["deny", "--offline", "check", "bans", "licenses", "sources"],
        ));
    }
    println!(
        "cargo-deny is not installed: `cargo xtask soak` installs it and looks for advisories too"
    );
    Ok(())
}

/// What is judged of a package.
#[derive(Debug, Clone)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// None for a package of the workspace.
    source: Option<String>,
}

fn packages(metadata: &str) -> Result<Vec<Package>> {
    let metadata: Value =
        serde_json::from_str(metadata).context("cargo metadata printed no JSON")?;
    let list = metadata["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    list.iter()
        .map(|package| {
            Ok(Package {
                name: text(&package["name"]).context("a package without a name")?,
                version: text(&package["version"]).context("a package without a version")?,
                license: text(&package["license"]),
                source: text(&package["source"]),
            })
        })
        .collect()
}

/// The part of deny.toml that is judged here.
struct Rules {
    licences: BTreeSet<String>,
    /// Packages that may be there in several versions.
    doubles: BTreeSet<String>,
    /// Packages that may not be there.
    banned: BTreeSet<String>,
}

impl Rules {
    fn read(text: &str) -> Result<Rules> {
        let table: Table = text.parse().context("deny.toml is no TOML")?;
        let list = |section: &str, key: &str| {
            table
                .get(section)
                .and_then(|section| section.get(key))
                .and_then(toml::Value::as_array)
        };
        let names = |section: &str, key: &str| -> BTreeSet<String> {
            let entries = list(section, key).into_iter().flatten();
            let word = |entry: &toml::Value| {
                entry
                    .get("crate")
                    .unwrap_or(entry)
                    .as_str()
                    .map(str::to_owned)
            };
            entries
                .filter_map(word)
                .map(|name| name.split('@').next().unwrap_or_default().to_owned())
                .collect()
        };
        let licences = names("licenses", "allow");
        if licences.is_empty() {
            bail!("deny.toml allows no licence");
        }
        Ok(Rules {
            licences,
            doubles: names("bans", "skip"),
            banned: names("bans", "deny"),
        })
    }
}

fn findings(packages: &[Package], rules: &Rules) -> Vec<String> {
    let mut found = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        let Package {
            name,
            version,
            license,
            source,
        } = package;
        versions.entry(name).or_default().insert(version);
        match license {
            None => found.push(format!("{name} {version} names no licence")),
            Some(words) => match allowed(words, &rules.licences) {
                Some(true) => {}
                Some(false) => found.push(format!(
                    "{name} {version}: the licence `{words}` is not taken"
                )),
                None => found.push(format!(
                    "{name} {version}: the licence `{words}` cannot be read"
                )),
            },
        }
        if source
            .as_ref()
            .is_some_and(|source| !source.starts_with(SOURCE))
        {
            found.push(format!("{name} {version} does not come from the registry"));
        }
        if rules.banned.contains(name) {
            found.push(format!("{name} {version} is banned"));
        }
    }
    for (name, versions) in &versions {
        let listed = rules.doubles.contains(*name);
        let joined = versions.iter().copied().collect::<Vec<_>>().join(" and ");
        if versions.len() > 1 && !listed {
            found.push(format!("{name} is there twice: {joined}"));
        }
        if versions.len() == 1 && listed {
            found.push(format!(
                "{name} is there once: take it off the list of doubles"
            ));
        }
    }
    found.extend(
        rules
            .doubles
            .iter()
            .filter(|name| !versions.contains_key(name.as_str()))
            .map(|name| format!("{name} is not there: take it off the list of doubles")),
    );
    found
}

/// Whether a licence expression (SPDX, or the older `A/B`) can be kept with the licences of the list. None for
/// an expression that is none.
fn allowed(expression: &str, list: &BTreeSet<String>) -> Option<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (value, rest) = either(&words, list)?;
    rest.is_empty().then_some(value)
}

fn either<'w>(words: &'w [&'w str], list: &BTreeSet<String>) -> Option<(bool, &'w [&'w str])> {
    let (mut value, mut rest) = both(words, list)?;
    while let ["OR", after @ ..] = rest {
        let (other, after) = both(after, list)?;
        value |= other;
        rest = after;
    }
    Some((value, rest))
}

fn both<'w>(words: &'w [&'w str], list: &BTreeSet<String>) -> Option<(bool, &'w [&'w str])> {
    let (mut value, mut rest) = one(words, list)?;
    while let ["AND", after @ ..] = rest {
        let (other, after) = one(after, list)?;
        value &= other;
        rest = after;
    }
    Some((value, rest))
}

fn one<'w>(words: &'w [&'w str], list: &BTreeSet<String>) -> Option<(bool, &'w [&'w str])> {
    match words {
        ["(", inside @ ..] => {
            let (value, rest) = either(inside, list)?;
            let [")", rest @ ..] = rest else { return None };
            Some((value, rest))
        }
        ["OR" | "AND" | "WITH" | ")", ..] | [] => None,
        [licence, "WITH", exception, rest @ ..] => {
            Some((list.contains(&format!("{licence} WITH {exception}")), rest))
        }
        [licence, rest @ ..] => Some((list.contains(*licence), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0", "Unicode-3.0"]
        [bans]
        deny = [{ crate = "sqlx", reason = "one driver per engine" }]
        skip = [{ crate = "syn@2", reason = "two generations" }]
    "#;

    fn package(name: &str, version: &str, license: &str) -> Package {
        let source = Some("registry+https://example.org/list".to_owned());
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            license: Some(license.to_owned()),
            source,
        }
    }

    fn judged(extra: &[Package]) -> Vec<String> {
        let syn = [
            package("syn", "2.0.0", "MIT"),
            package("syn", "3.0.0", "MIT"),
        ];
        findings(&[&syn, extra].concat(), &Rules::read(DENY).unwrap())
    }

    #[test]
    fn licence_expressions_are_judged() {
        let list = Rules::read(DENY).unwrap().licences;
        for (expression, expected) in [
            ("MIT", Some(true)),
            ("GPL-3.0-only", Some(false)),
            ("MIT OR GPL-3.0-only", Some(true)),
            ("MIT AND GPL-3.0-only", Some(false)),
            ("MIT/Apache-2.0", Some(true)),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", Some(true)),
            ("(MIT OR Apache-2.0) AND OpenSSL", Some(false)),
            ("GPL-3.0-only OR MIT AND Zlib", Some(false)),
            ("Apache-2.0 WITH LLVM-exception", Some(false)),
            ("Apache-2.0 WITH LLVM-exception OR MIT", Some(true)),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT Apache-2.0", None),
            ("", None),
        ] {
            assert_eq!(allowed(expression, &list), expected, "{expression}");
        }
    }

    #[test]
    fn licences_sources_bans_and_doubles_are_found() {
        assert!(judged(&[]).is_empty());
        assert_eq!(
            judged(&[package("a", "1.0.0", "AGPL-3.0")]),
            ["a 1.0.0: the licence `AGPL-3.0` is not taken"]
        );
        let nameless = Package {
            license: None,
            ..package("a", "1.0.0", "")
        };
        assert_eq!(judged(&[nameless]), ["a 1.0.0 names no licence"]);
        let elsewhere = Package {
            source: Some("git+https://example.org/a".to_owned()),
            ..package("a", "1.0.0", "MIT")
        };
        assert_eq!(
            judged(&[elsewhere]),
            ["a 1.0.0 does not come from the registry"]
        );
        assert_eq!(
            judged(&[package("sqlx", "1.0.0", "MIT")]),
            ["sqlx 1.0.0 is banned"]
        );
        assert_eq!(
            judged(&[package("a", "1.0.0", "MIT"), package("a", "2.0.0", "MIT")]),
            ["a is there twice: 1.0.0 and 2.0.0"]
        );
    }

    #[test]
    fn a_double_that_is_gone_is_taken_off_the_list() {
        let rules = Rules::read(DENY).unwrap();
        assert_eq!(
            findings(&[package("syn", "3.0.0", "MIT")], &rules),
            ["syn is there once: take it off the list of doubles"]
        );
        assert_eq!(
            findings(&[], &rules),
            ["syn is not there: take it off the list of doubles"]
        );
    }

    #[test]
    fn packages_are_read_from_what_cargo_prints() {
        let read = packages(
            r#"{"packages": [{"name": "a", "version": "1.0.0", "license": null, "source": null}]}"#,
        )
        .unwrap();
        assert_eq!(
            (read[0].name.as_str(), read[0].source.as_deref()),
            ("a", None)
        );
        assert!(packages("{}").is_err());
    }
}
