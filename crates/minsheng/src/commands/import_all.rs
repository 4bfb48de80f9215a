//! `import-all`: a whole county out of a file into an empty database of either engine, all or nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as Arguments;
use minsheng_store::{DbUrl, Restore};

use super::restore;
use crate::app::{App, Database};

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(value_name = "FILE")]
    copy: PathBuf,
    #[command(flatten)]
    database: Database,
    #[arg(long)]
    json: bool,
}

/// Reads the file into the database.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let url = DbUrl::parse(&arguments.database.db)?;
    let how = Restore::default();
    restore::into(app, &arguments.copy, &url, how, arguments.json)
}
