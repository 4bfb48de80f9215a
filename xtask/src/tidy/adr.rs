//! Decisions: numbered without a gap, and each package that a crate takes from elsewhere is accounted for
//! in one of them.

use super::manifests::{Dependency, dependencies};
use super::{Finding, Tree};

const FOLDER: &str = "docs/adr/";

/// Gaps and doubles in the numbers, and packages that no decision names.
pub fn adr(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut decisions: Vec<_> = tree
        .files
        .iter()
        .filter(|file| file.path.starts_with(FOLDER))
        .collect();
    decisions.sort_by_key(|file| &file.path);
    for (number, file) in (1..).zip(&decisions) {
        let expected = format!("{FOLDER}{number:04}-");
        if !file.path.starts_with(&expected) || !file.path.ends_with(".md") {
            found.push(Finding::at(
                file,
                0,
                format!("the decision in this place is {number:04}-….md"),
            ));
        }
    }
    let named = |package: &str| {
        let quoted = format!("`{package}`");
        decisions.iter().any(|file| file.text.contains(&quoted))
    };
    for manifest in tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
    {
        for Dependency { package, line, .. } in dependencies(manifest) {
            if !package.starts_with("minsheng-") && !named(&package) {
                let what = format!("no decision in {FOLDER} accounts for `{package}`");
                found.push(Finding::at(manifest, line, what));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_and_a_package_without_a_decision_are_found() {
        let manifest = "[dependencies]\nminsheng-core.workspace = true\njiff = \"1\"\n[dev-dependencies]\nclap = \"4\"\n";
        let tree = Tree::of(&[
            ("crates/a/Cargo.toml", manifest),
            ("docs/adr/0001-dates.md", "# 1. We take `jiff`"),
            ("docs/adr/0003-late.md", "# 3."),
        ]);
        let found: Vec<String> = adr(&tree).into_iter().map(|one| one.what).collect();
        assert_eq!(
            found,
            [
                "the decision in this place is 0002-….md",
                "no decision in docs/adr/ accounts for `clap`"
            ]
        );
    }
}
