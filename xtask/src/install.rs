//! Installing what is missing, as packages of the operating system, by name. Only Debian and its kin are known;
//! elsewhere it says what to install.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cluster;
use crate::command::{in_path, output, run};

/// Packages that are missing: git for the list of tracked files, a PostgreSQL server for the contract tests.
fn missing(has_git: bool, has_server: bool) -> Vec<&'static str> {
    let needs = [("git", has_git), ("postgresql", has_server)];
    needs
        .into_iter()
        .filter(|(_, there)| !there)
        .map(|(package, _)| package)
        .collect()
}

/// Installs what is missing and says so. The C compiler is not looked for: without one this program would not
/// have been linked.
pub fn ensure(needs_server: bool) -> Result<()> {
    let packages = missing(
        in_path("git").is_some(),
        !needs_server || cluster::find_binaries().is_ok(),
    );
    if packages.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    let words = packages.join(" ");
    let by_hand =
        || format!("install these packages and run this again: {words} (PostgreSQL 15 or later)");
    if in_path("apt-get").is_none() {
        bail!("{}", by_hand());
    }
    let prefix = administrator().with_context(by_hand)?;
    println!("installing {words}");
    apt(prefix, &["update"])?;
    apt(
        prefix,
        &[
            &["install", "--yes", "--no-install-recommends"],
            packages.as_slice(),
        ]
        .concat(),
    )?;
    if needs_server {
        cluster::find_binaries()?;
    }
    Ok(())
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Result<()> {
    let words = [
        prefix,
        &[
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "--quiet",
        ],
        arguments,
    ]
    .concat();
    run(Command::new(words[0])
        .args(&words[1..])
        .current_dir(Path::new("/")))
}

/// The words that make a command run as the administrator.
fn administrator() -> Result<&'static [&'static str]> {
    if is_root()? {
        return Ok(&[]);
    }
    if in_path("sudo").is_some()
        && output(Command::new("sudo").args(["--non-interactive", "true"])).is_ok()
    {
        return Ok(&["sudo", "--non-interactive"]);
    }
    bail!("not root, and sudo asks for a password or is missing")
}

/// Whether this program runs as root.
pub fn is_root() -> Result<bool> {
    Ok(output(Command::new("id").arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        assert_eq!(missing(true, true), Vec::<&str>::new());
        assert_eq!(missing(true, false), ["postgresql"]);
        assert_eq!(missing(false, false), ["git", "postgresql"]);
    }
}
