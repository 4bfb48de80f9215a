//! A checkout builds anywhere: no tracked file names a folder of somebody's machine, a package registry's host, a
//! private address, or a place outside of the checkout.

use super::{Finding, SourceFile, Tree};

/// First folders of absolute paths that exist on one machine only.
const FOLDERS: [&str; 7] = [
    "home",
    "root",
    "Users",
    "work",
    "workspace",
    "builds",
    "mnt",
];

/// Labels of a host that serves packages. They name a kind of host, not a host.
const LABELS: [&str; 15] = [
    "artifactory",
    "crates",
    "deb",
    "goproxy",
    "index",
    "mirror",
    "mirrors",
    "nexus",
    "npm",
    "npmjs",
    "packages",
    "proxy",
    "pypi",
    "registry",
    "rsproxy",
];

/// Keys that send a package client elsewhere.
const KEYS: [&str; 6] = [
    "replace-with",
    "[source.",
    "[registries",
    "index-url",
    "registry =",
    "registry=",
];

/// The only source that the lock file names: cargo's own name for the public registry.
const LOCKED: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Machine paths, registry hosts, private addresses, paths that leave the checkout.
pub fn places(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &tree.files {
        let settings = file.path.starts_with(".cargo/")
            || file.path.ends_with("rc")
            || file.path.ends_with(".conf");
        for (number, line) in (1..).zip(file.text.lines()) {
            if file.path == "Cargo.lock" && line == LOCKED {
                continue;
            }
            let mut add = |what: String| found.push(Finding::at(file, number, what));
            if let Some(folder) = machine_folder(line) {
                add(format!("a path of one machine, below `{folder}`"));
            }
            if let Some(label) = registry_host(line) {
                add(format!("a host that serves packages (`{label}`)"));
            }
            if private_address(line) {
                add("a private network address".to_owned());
            }
            if leaves_checkout(file, line) {
                add("a path that leaves the checkout".to_owned());
            }
            if settings && KEYS.iter().any(|key| line.trim_start().starts_with(key)) {
                add("sends a package client elsewhere".to_owned());
            }
        }
    }
    found
}

fn machine_folder(line: &str) -> Option<&'static str> {
    let in_path =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '~' | '}' | '*' | '$');
    FOLDERS.into_iter().find(|folder| {
        ['/', '\\'].into_iter().any(|slash| {
            let word = format!("{slash}{folder}{slash}");
            line.match_indices(&word).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                // A drive letter before a backslash is a path of one machine too.
                !before.is_some_and(in_path)
            })
        })
    })
}

fn registry_host(line: &str) -> Option<&'static str> {
    let hosts = line.match_indices("://").filter_map(|(at, _)| {
        let rest = &line[at + 3..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '@' | '_')))
            .unwrap_or(rest.len());
        rest[..end].rsplit('@').next()
    });
    let labels = hosts.flat_map(|host| host.split('.'));
    let known = |label: &str| LABELS.into_iter().find(|known| *known == label);
    labels.into_iter().find_map(known)
}

fn private_address(line: &str) -> bool {
    line.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .any(|word| {
            let numbers: Vec<Option<u8>> = word.split('.').map(|part| part.parse().ok()).collect();
            match numbers.as_slice() {
                [Some(10), Some(_), Some(_), Some(_)]
                | [Some(192), Some(168), Some(_), Some(_)] => true,
                [Some(172), Some(second), Some(_), Some(_)] => (16..32).contains(second),
                _ => false,
            }
        })
}

/// More steps up than the file is deep.
fn leaves_checkout(file: &SourceFile, line: &str) -> bool {
    let depth = file.path.matches('/').count();
    let mut rest = line;
    while let Some(at) = rest.find("../") {
        let steps = rest.as_bytes()[at..]
            .chunks(3)
            .take_while(|step| *step == b"../")
            .count();
        if steps > depth {
            return true;
        }
        rest = &rest[at + 3 * steps..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        places(&Tree::of(&[(path, text)]))
            .into_iter()
            .map(|one| one.what)
            .collect()
    }

    /// Written in parts, so that this file keeps the rule itself.
    fn absolute(parts: &[&str]) -> String {
        parts.iter().map(|part| format!("/{part}")).collect()
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let path = absolute(&["home", "li", "minsheng"]);
        assert_eq!(
            found("docs/a.md", &format!("run it in {path}")),
            ["a path of one machine, below `home`"]
        );
        assert_eq!(
            found(
                "x.toml",
                &format!("path = \"{}\"", absolute(&["work", "a"]))
            )
            .len(),
            1
        );
        assert!(
            found(
                "docs/a.md",
                "see docs/work/a.md, ~/work/a and https://example.org/home/a"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_registry_host_is_found() {
        let url = ["https:/", "mirror.example.org", "simple"].join("/");
        assert_eq!(
            found("README.md", &url),
            ["a host that serves packages (`mirror`)"]
        );
        assert!(found("README.md", "https://docs.example.org/index").is_empty());
    }

    #[test]
    fn the_lock_file_names_the_public_registry_only() {
        assert!(found("Cargo.lock", LOCKED).is_empty());
        let other = LOCKED.replace("github.com/rust-lang", "registry.example.org");
        assert_eq!(found("Cargo.lock", &other).len(), 1);
    }

    #[test]
    fn settings_that_send_a_client_elsewhere_are_found() {
        assert_eq!(
            found(
                ".cargo/config.toml",
                "[source.public]\nreplace-with = \"x\"\n"
            )
            .len(),
            2
        );
        assert!(found("deny.toml", "[sources]\nunknown-registry = \"deny\"\n").is_empty());
    }

    #[test]
    fn a_private_address_is_found() {
        let address = [192, 168, 1, 7].map(|part| part.to_string()).join(".");
        assert_eq!(found("docs/a.md", &address), ["a private network address"]);
        assert!(found("docs/a.md", "127.0.0.1, version 10.2.3, GB 11643").is_empty());
    }

    #[test]
    fn a_path_that_leaves_the_checkout_is_found() {
        let up = |steps: usize| "../".repeat(steps);
        assert_eq!(
            found("README.md", &format!("see {}notes", up(1))),
            ["a path that leaves the checkout"]
        );
        assert!(
            found(
                "crates/a/src/lib.rs",
                &format!("include_str!(\"{}policies/x.md\")", up(3))
            )
            .is_empty()
        );
        assert_eq!(
            found("crates/a/src/lib.rs", &format!("\"{}x\"", up(4))).len(),
            1
        );
    }
}
