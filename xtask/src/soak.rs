//! `cargo xtask soak`: the same tests with more of everything, in rounds with new seeds, until the time is up.
//! Then the fuzz targets of `fuzz/` (packs and expressions of any bytes, [`FUZZ_SECONDS`] each), which need a nightly
//! compiler and cargo-fuzz, and are said to be skipped where these are not there. Then `cargo deny`, which takes minutes to install and therefore has no place in the test command.
//!
//! | variable | read by | in `cargo test` | in a round |
//! |---|---|---|---|
//! | `PROPTEST_CASES` | every property test | 256 | [`CASES`] |
//! | `PROPTEST_RNG_SEED` | every property test | chance (fixed by `cargo xtask test`) | the first seed of the round |
//! | `MINSHENG_SEEDS` | tests over seeds of the county, stories of late facts: `first..last`, both included | their own few | [`SEEDS`] of them |
//! | `MINSHENG_KILLS` | the test that kills a payment month at its write points | ten | [`KILLS`] |
//! | `MINSHENG_SOAK` | tests that have a longer form of another kind; ten stories of late facts per seed | unset | 1 |
//!
//! A failure is replayed with the variables that the failing round printed.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::cluster::{self, Cluster};
use crate::command::{cargo, in_path, output, run as run_command, workspace_root};
use crate::install;
use crate::stages::{Outcome, Stages};
use crate::tidy::{self, Tree};

const CASES: u32 = 5_000;
const KILLS: u32 = 200;
const SEEDS: u64 = 20;
/// Seconds for each fuzz target, and for one input: what takes longer hangs.
const FUZZ_SECONDS: u32 = 120;
const HANGING_SECONDS: u32 = 20;
/// The targets in `fuzz/fuzz_targets/`.
const FUZZ_TARGETS: [&str; 2] = ["expressions", "packs"];

/// Variables of this project that some test must read: a soak that nobody listens to would prove nothing.
const LISTENED: [&str; 3] = ["MINSHENG_KILLS", "MINSHENG_SEEDS", "MINSHENG_SOAK"];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    minutes: u64,
    first_seed: u64,
}

impl Options {
    /// Reads `--minutes N` and `--seed N`.
    pub fn parse(words: &[&str]) -> Result<Options> {
        let mut options = Options {
            minutes: 0,
            first_seed: 1,
        };
        for pair in words.chunks(2) {
            let number = || -> Result<u64> {
                let word = pair
                    .get(1)
                    .with_context(|| format!("{} wants a number", pair[0]))?;
                word.parse()
                    .with_context(|| format!("{} {word}: not a number", pair[0]))
            };
            match pair[0] {
                "--minutes" => options.minutes = number()?,
                "--seed" => options.first_seed = number()?,
                other => bail!("soak does not know `{other}`\nhint: --minutes N, --seed N"),
            }
        }
        Ok(options)
    }
}

/// The variables of the round that begins with a seed.
fn variables(first: u64) -> Vec<(&'static str, String)> {
    vec![
        ("PROPTEST_CASES", CASES.to_string()),
        ("PROPTEST_RNG_SEED", first.to_string()),
        ("MINSHENG_SEEDS", format!("{first}..{}", first + SEEDS - 1)),
        ("MINSHENG_KILLS", KILLS.to_string()),
        ("MINSHENG_SOAK", "1".to_owned()),
    ]
}

/// Variables that no Rust file of the crates names.
fn unheard(tree: &Tree) -> Vec<&'static str> {
    let heard = |name: &str| {
        tree.rust()
            .filter(|file| file.path.starts_with("crates/"))
            .any(|file| file.text.contains(name))
    };
    LISTENED.into_iter().filter(|name| !heard(name)).collect()
}

/// Runs rounds until the time is up, at least one, then `cargo deny`.
pub fn run(options: &Options) -> Result<()> {
    let root = workspace_root()?;
    let unheard = unheard(&tidy::tracked(&root)?);
    if !unheard.is_empty() {
        bail!(
            "no test reads {}: the soak would prove nothing",
            unheard.join(" and ")
        );
    }
    let mut stages = Stages::new();
    let result = run_stages(&root, options, &mut stages);
    print!("{}", stages.summary());
    result
}

fn run_stages(root: &Path, options: &Options, stages: &mut Stages) -> Result<()> {
    stages.step("tools", || {
        install::ensure(std::env::var_os(cluster::VARIABLE).is_none())
    })?;
    let server = stages.run("postgres", || Ok((Cluster::start()?, Outcome::Passed)))?;
    let result = rounds(root, options, stages, server.url());
    result.and(server.stop())?;
    for target in FUZZ_TARGETS {
        stages.run(&format!("fuzz {target}"), || fuzz(root, target))?;
    }
    stages.step("install cargo-deny", || {
        if in_path("cargo-deny").is_some() {
            return Ok(());
        }
        run_command(&mut cargo(root, &["install", "--locked", "cargo-deny"]))
    })?;
    stages.step("deny", || {
        run_command(&mut cargo(
            root,
            &["deny", "check", "bans", "licenses", "sources"],
        ))
    })?;
    stages.run("advisories", || advisories(root))
}

fn rounds(root: &Path, options: &Options, stages: &mut Stages, url: &str) -> Result<()> {
    let mut first = options.first_seed;
    loop {
        let variables = variables(first);
        let mut tests = cargo(
            root,
            &[
                "test",
                "--workspace",
                "--release",
                "--no-fail-fast",
                "--locked",
            ],
        );
        tests.env(cluster::VARIABLE, url);
        stages.step(&format!("seeds from {first}"), || {
            for (name, value) in &variables {
                println!("{name}={value}");
                tests.env(name, value);
            }
            run_command(&mut tests)
        })?;
        if stages.elapsed().as_secs() >= options.minutes * 60 {
            return Ok(());
        }
        first += SEEDS;
    }
}

/// Runs one fuzz target; without the tools this says so and is no failure, the bounded test of the same target has run.
fn fuzz(root: &Path, target: &str) -> Result<((), Outcome)> {
    let skipped = |why: &str| Ok(((), Outcome::Skipped(why.to_owned())));
    if in_path("cargo-fuzz").is_none() {
        return skipped("cargo install cargo-fuzz");
    }
    let Some(rustup) = in_path("rustup") else {
        return skipped("a nightly compiler by rustup is needed");
    };
    let mut has_nightly = std::process::Command::new(&rustup);
    if output(has_nightly.args(["run", "nightly", "rustc", "--version"])).is_err() {
        return skipped("rustup toolchain install nightly");
    }
    let mut run = std::process::Command::new(rustup);
    run.current_dir(root)
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN")
        .args(["run", "nightly", "cargo", "fuzz", "run", target, "--"])
        .arg(format!("-max_total_time={FUZZ_SECONDS}"))
        .arg(format!("-timeout={HANGING_SECONDS}"));
    run_command(&mut run)?;
    Ok(((), Outcome::Passed))
}

/// The list of advisories lies on the network; without it this says so and is no failure.
fn advisories(root: &Path) -> Result<((), Outcome)> {
    if let Err(error) = output(&mut cargo(root, &["deny", "fetch", "db"])) {
        println!("{error:#}");
        return Ok((
            (),
            Outcome::Skipped("the list of advisories cannot be reached".to_owned()),
        ));
    }
    run_command(&mut cargo(
        root,
        &["deny", "--offline", "check", "advisories"],
    ))?;
    Ok(((), Outcome::Passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_unknown_ones_refused() {
        assert_eq!(
            Options::parse(&[]).unwrap(),
            Options {
                minutes: 0,
                first_seed: 1
            }
        );
        let both = Options::parse(&["--minutes", "30", "--seed", "41"]).unwrap();
        assert_eq!(
            both,
            Options {
                minutes: 30,
                first_seed: 41
            }
        );
        assert!(Options::parse(&["--minutes"]).is_err());
        assert!(Options::parse(&["--minutes", "long"]).is_err());
        assert!(Options::parse(&["--hours", "1"]).is_err());
    }

    #[test]
    fn the_seeds_of_two_rounds_do_not_meet() {
        let seeds = |first| {
            variables(first)
                .into_iter()
                .find(|(name, _)| *name == "MINSHENG_SEEDS")
                .map(|(_, range)| range)
        };
        assert_eq!(seeds(1).as_deref(), Some("1..20"));
        assert_eq!(seeds(1 + SEEDS).as_deref(), Some("21..40"));
    }

    #[test]
    fn every_fuzz_target_is_run() {
        let folder = workspace_root().unwrap().join("fuzz/fuzz_targets");
        let mut targets: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        targets.sort();
        assert_eq!(targets, FUZZ_TARGETS);
    }

    #[test]
    fn a_variable_that_no_test_reads_is_named() {
        let tree = Tree::of(&[(
            "crates/minsheng/tests/kill.rs",
            r#"fn kills() { env("MINSHENG_KILLS"); env("MINSHENG_SOAK"); }"#,
        )]);
        assert_eq!(unheard(&tree), ["MINSHENG_SEEDS"]);
    }
}
