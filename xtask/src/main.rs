//! What a developer and CI run: `cargo xtask test`, `cargo xtask soak`, `cargo xtask tidy`.
//!
//! Knows the workspace, the tools on the machine and the house rules. Must not know what the program does: the
//! tests in the crates know that, this command gives them a database server and a number of cases.

mod cluster;
mod command;
mod install;
mod soak;
mod stages;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>

  test [STAGE ...]                 installs what is missing, starts a private PostgreSQL, runs every stage in order
                                   (or only those named) and prints the time of each; stops at the first that fails
  soak [--minutes N] [--seed N]    long runs: many cases per property, many seeds, 200 kills; at least one round
  tidy                             the house rules, and the licences and sources of all packages
  help                             this text

stages of test: ";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", stages @ ..] => test::run(stages),
        ["soak", options @ ..] => soak::run(&soak::Options::parse(options)?),
        ["tidy"] => tidy::run(&command::workspace_root()?),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}{}", test::STAGES.join(", "));
            Ok(())
        }
        [] => bail!("no command given\nhint: cargo xtask help"),
        [other, ..] => {
            bail!("`{other}` is not a command, or has too many words\nhint: cargo xtask help")
        }
    }
}
