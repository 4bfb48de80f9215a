//! `minsheng`: the command line. It parses what a person typed, opens the records, calls the offices and prints.
//!
//! Must not know: any rule of law, any figure of a county. The only real clock and the only real source of
//! chance are made in [`wiring`].

mod app;
mod cli;
mod commands;
mod denials;
mod failure;
mod help;
mod listing;
mod logging;
mod output;
mod progress;
mod refusals;
mod usage;
mod wiring;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    cli::run(&arguments)
}
