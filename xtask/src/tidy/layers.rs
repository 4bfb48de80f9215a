//! Layers depend downwards only. A crate that has no place in the list is a finding, so that each new one is
//! given one.

use super::manifests::{Dependency, dependencies};
use super::{Finding, Tree};

/// From the ground up; crates of one row do not know each other.
const LAYERS: &[&[&str]] = &[
    &["core", "store-testing"],
    &["policy", "ledger", "store", "exchange"],
    &["columnar"],
    &["population"],
    &["registry"],
    &["benefits", "civil"],
    &["payments"],
    &["monitoring"],
    &["statistics"],
    &["county-demo", "web"],
    &["minsheng", "cluster"],
];

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&name))
}

/// Dependencies that point upwards or sideways, and crates without a place.
pub fn layers(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for manifest in tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
    {
        let Some(name) = manifest.crate_name() else {
            continue;
        };
        let Some(own) = layer(name) else {
            found.push(Finding::at(
                manifest,
                0,
                format!("`{name}` has no place among the layers"),
            ));
            continue;
        };
        for Dependency { package, dev, line } in dependencies(manifest) {
            let Some(other) = package
                .strip_prefix("minsheng-")
                .or((package == "minsheng").then_some("minsheng"))
            else {
                continue;
            };
            let what = match layer(other) {
                None => format!("`{other}` has no place among the layers"),
                Some(_) if !dev && other.ends_with("-testing") => {
                    format!("`{other}` is for tests: it belongs into [dev-dependencies]")
                }
                Some(below) if below < own => continue,
                Some(_) => format!("`{name}` must not know `{other}`: layers depend downwards"),
            };
            found.push(Finding::at(manifest, line, what));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_upwards_or_sideways_is_found_in_any_section() {
        let tree = Tree::of(&[
            (
                "crates/payments/Cargo.toml",
                "[dependencies]\nminsheng-benefits.workspace = true\nminsheng-ledger = { path = \"../ledger\" }\n",
            ),
            (
                "crates/registry/Cargo.toml",
                "[dependencies]\nminsheng-benefits.workspace = true\n",
            ),
            (
                "crates/ledger/Cargo.toml",
                "[dependencies]\n[dev-dependencies]\nminsheng-store.workspace = true\n",
            ),
        ]);
        let found: Vec<String> = layers(&tree)
            .into_iter()
            .map(|one| format!("{}:{}", one.path, one.line))
            .collect();
        assert_eq!(
            found,
            ["crates/registry/Cargo.toml:2", "crates/ledger/Cargo.toml:3"]
        );
    }

    #[test]
    fn a_crate_for_tests_is_a_dependency_of_tests_only() {
        let tree = Tree::of(&[
            (
                "crates/store/Cargo.toml",
                "[dev-dependencies]\nminsheng-store-testing.workspace = true\n",
            ),
            (
                "crates/payments/Cargo.toml",
                "[dependencies]\nminsheng-store-testing.workspace = true\n",
            ),
        ]);
        let found: Vec<String> = layers(&tree).into_iter().map(|one| one.path).collect();
        assert_eq!(found, ["crates/payments/Cargo.toml"]);
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let tree = Tree::of(&[("crates/fishery/Cargo.toml", "[dependencies]\n")]);
        assert_eq!(
            layers(&tree)[0].what,
            "`fishery` has no place among the layers"
        );
    }
}
