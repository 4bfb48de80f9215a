//! What the manifests say: the dependencies of a crate, and that each crate takes licence and lints from the
//! workspace.

use toml::{Table, Value};

use super::{Finding, SourceFile, Tree};

/// One dependency of a crate.
#[derive(Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Name of the package, also where the crate calls it otherwise.
    pub package: String,
    /// Only for tests.
    pub dev: bool,
    /// Line of the manifest.
    pub line: usize,
}

/// The dependencies of a manifest, in its order. A manifest that is no TOML has none; cargo says why.
pub fn dependencies(manifest: &SourceFile) -> Vec<Dependency> {
    let Ok(table) = manifest.text.parse::<Table>() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    collect(&table, &manifest.text, &mut found);
    for (_, target) in table
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
    {
        if let Some(target) = target.as_table() {
            collect(target, &manifest.text, &mut found);
        }
    }
    found.sort_by_key(|dependency| dependency.line);
    found
}

fn collect(table: &Table, text: &str, found: &mut Vec<Dependency>) {
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (name, value) in table
            .get(section)
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            let renamed = value.get("package").and_then(Value::as_str);
            let package = renamed.unwrap_or(name).to_owned();
            let line = line_of(text, section, name);
            found.push(Dependency {
                package,
                dev: section == "dev-dependencies",
                line,
            });
        }
    }
}

/// The line on which a section of the manifest names a key; 0 where it is written in a way not looked for.
fn line_of(text: &str, section: &str, name: &str) -> usize {
    let mut inside = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header == section || header.ends_with(&format!(".{section}"));
            if header
                .strip_suffix(name)
                .is_some_and(|start| start.ends_with(&format!("{section}.")))
            {
                return number;
            }
        } else if inside
            && line
                .strip_prefix(name)
                .is_some_and(|rest| rest.trim_start().starts_with(['.', '=']))
        {
            return number;
        }
    }
    0
}

/// Manifests that do not take licence and lints from the workspace, and a missing licence text.
pub fn manifests(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for manifest in tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
    {
        let Ok(table) = manifest.text.parse::<Table>() else {
            found.push(Finding::at(manifest, 0, "is no TOML"));
            continue;
        };
        let inherited = |section: &str, key: &str| {
            let value = table.get(section).and_then(|section| {
                if key.is_empty() {
                    Some(section)
                } else {
                    section.get(key)
                }
            });
            value
                .and_then(|value| value.get("workspace"))
                .and_then(Value::as_bool)
                == Some(true)
        };
        if !inherited("package", "license") {
            found.push(Finding::at(
                manifest,
                0,
                "does not say `license.workspace = true`",
            ));
        }
        if !inherited("lints", "") {
            found.push(Finding::at(
                manifest,
                0,
                "does not say `[lints] workspace = true`",
            ));
        }
    }
    if let Some(root) = tree.find("Cargo.toml")
        && !tree
            .find("LICENSE")
            .is_some_and(|file| file.text.contains("Apache License"))
    {
        found.push(Finding::at(
            root,
            0,
            "names a licence whose text is not in the file LICENSE",
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "[package]\nname = \"a\"\nlicense.workspace = true\n[lints]\nworkspace = true\n";

    #[test]
    fn dependencies_are_read_from_every_section_with_their_lines() {
        let text = "[dependencies]\na = \"1\"\nb = { version = \"2\", package = \"real\" }\n\n[dev-dependencies]\nc.workspace = true\n\n[target.'cfg(unix)'.dependencies]\nd = \"1\"\n[dependencies.e]\nversion = \"1\"\n";
        let tree = Tree::of(&[("crates/x/Cargo.toml", text)]);
        let found: Vec<(String, bool, usize)> = dependencies(&tree.files[0])
            .into_iter()
            .map(|one| (one.package, one.dev, one.line))
            .collect();
        let expected = [
            ("a", false, 2),
            ("real", false, 3),
            ("c", true, 6),
            ("d", false, 9),
            ("e", false, 10),
        ];
        assert_eq!(
            found,
            expected.map(|(package, dev, line)| (package.to_owned(), dev, line))
        );
    }

    #[test]
    fn a_crate_with_its_own_licence_or_lints_is_found() {
        let whole = |manifest: &str| {
            let tree = Tree::of(&[
                ("Cargo.toml", ""),
                ("LICENSE", "Apache License"),
                ("crates/a/Cargo.toml", manifest),
            ]);
            manifests(&tree)
                .into_iter()
                .map(|one| one.what)
                .collect::<Vec<_>>()
        };
        assert!(whole(GOOD).is_empty());
        assert_eq!(
            whole(&GOOD.replace("license.workspace = true", "license = \"MIT\"")).len(),
            1
        );
        assert_eq!(
            whole(&GOOD.replace("[lints]\nworkspace = true\n", "")).len(),
            1
        );
    }

    #[test]
    fn a_licence_without_its_text_is_found() {
        let tree = Tree::of(&[("Cargo.toml", ""), ("crates/a/Cargo.toml", GOOD)]);
        assert_eq!(
            manifests(&tree)[0].what,
            "names a licence whose text is not in the file LICENSE"
        );
    }
}
