//! `cargo xtask test`: everything that must hold before a change is taken, cheapest first. It needs a Rust
//! toolchain and nothing else; what is missing it installs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::cluster::{self, Cluster};
use crate::command::{cargo, new_folder, run as run_command, workspace_root};
use crate::install;
use crate::stages::{Outcome, Stages};
use crate::tidy;

/// The stages, in order.
pub const STAGES: [&str; 9] = [
    "tools", "fmt", "tidy", "packages", "clippy", "docs", "tests", "release", "demo",
];

/// The seed of the property tests: a run of CI says the same twice. New ground is for `cargo xtask soak`.
const SEED: &str = "20211231";

/// Runs the named stages, or all.
pub fn run(only: &[&str]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !STAGES.contains(name)) {
        bail!(
            "`{unknown}` is not a stage\nhint: the stages are {}",
            STAGES.join(", ")
        );
    }
    let root = workspace_root()?;
    let mut stages = Stages::new();
    let result = run_stages(
        &root,
        &|name| only.is_empty() || only.contains(&name),
        &mut stages,
    );
    print!("{}", stages.summary());
    result
}

fn run_stages(root: &Path, wanted: &dyn Fn(&str) -> bool, stages: &mut Stages) -> Result<()> {
    let with_server =
        (wanted("tests") || wanted("demo")) && std::env::var_os(cluster::VARIABLE).is_none();
    if wanted("tools") || with_server {
        stages.step("tools", || install::ensure(with_server))?;
    }
    if wanted("fmt") {
        stages.step("fmt", || {
            run_command(&mut cargo(root, &["fmt", "--all", "--check"]))
        })?;
    }
    if wanted("tidy") {
        stages.step("tidy", || tidy::house_rules(root))?;
    }
    if wanted("packages") {
        stages.step("packages", || tidy::packages::check(root))?;
    }
    if wanted("clippy") {
        let words = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ];
        stages.step("clippy", || run_command(&mut cargo(root, &words)))?;
    }
    if wanted("docs") {
        let words = ["doc", "--workspace", "--no-deps", "--locked"];
        stages.step("docs", || {
            run_command(cargo(root, &words).env("RUSTDOCFLAGS", "-D warnings"))
        })?;
    }
    if wanted("tests") || wanted("demo") {
        let server = stages.run("postgres", || Ok((Cluster::start()?, Outcome::Passed)))?;
        let result = with_database_server(root, wanted, stages, &server);
        let stopped = server.stop();
        return result.and(stopped);
    }
    release(root, wanted, stages)
}

fn with_database_server(
    root: &Path,
    wanted: &dyn Fn(&str) -> bool,
    stages: &mut Stages,
    server: &Cluster,
) -> Result<()> {
    if wanted("tests") {
        let words = ["test", "--workspace", "--no-fail-fast", "--locked"];
        let mut tests = cargo(root, &words);
        tests
            .env(cluster::VARIABLE, server.url())
            .env("PROPTEST_RNG_SEED", SEED);
        stages.step("tests", || run_command(&mut tests))?;
    }
    release(root, wanted, stages)?;
    if wanted("demo") {
        demo(root, stages, server)?;
    }
    Ok(())
}

fn release(root: &Path, wanted: &dyn Fn(&str) -> bool, stages: &mut Stages) -> Result<()> {
    if wanted("release") || wanted("demo") {
        stages.step("release", || {
            run_command(&mut cargo(root, &["build", "--release", "--locked"]))
        })?;
    }
    Ok(())
}

/// What a newcomer types, on both engines: the county must reproduce the published figures, and its books must
/// be proved.
fn demo(root: &Path, stages: &mut Stages, server: &Cluster) -> Result<()> {
    let folder = Scratch::make("demo")?;
    let place = folder.0.join("county");
    stages.step("demo on SQLite", || {
        program(root, &["demo", "--dir", &place.display().to_string()])
    })?;
    let database = place.join("minsheng.db").display().to_string();
    stages.step("verify", || program(root, &["verify", "--db", &database]))?;
    stages.step("demo on PostgreSQL", || {
        let url = server.create_database(&format!("minsheng_demo_{}", std::process::id()))?;
        program(root, &["demo", "--db", &url])
    })
}

fn program(root: &Path, arguments: &[&str]) -> Result<()> {
    let words = [
        &["run", "--quiet", "--release", "--locked", "--"],
        arguments,
    ]
    .concat();
    let command: &mut Command = &mut cargo(root, &words);
    run_command(command)
}

/// A temporary folder, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn make(name: &str) -> Result<Scratch> {
        Ok(Scratch(new_folder(name)?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("warning: {} was not removed: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_stage_is_refused_before_anything_runs() {
        let error = run(&["fmt", "lint"]).unwrap_err().to_string();
        assert!(error.starts_with("`lint` is not a stage"), "{error}");
    }

    #[test]
    fn a_scratch_folder_goes_away() {
        let folder = Scratch::make("scratch-test").unwrap();
        let path = folder.0.clone();
        fs::write(path.join("file"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
    }
}
