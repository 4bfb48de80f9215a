//! `export-all`: a whole county into one file, to be carried to another engine. The file is that of `backup`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as Arguments;
use minsheng_store::{DbUrl, Store};

use super::backup;
use crate::app::{App, Database, no_database};
use crate::wiring;

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[arg(long, value_name = "DIR|FILE")]
    to: PathBuf,
    #[arg(long)]
    json: bool,
}

/// Writes the file; in a folder it is named by the last transaction.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let url = DbUrl::parse(&arguments.database.db)?;
    let mut to = arguments.to.clone();
    if to.is_dir() {
        let options = wiring::options()?;
        if !Store::exists(&url, &options)? {
            return Err(no_database(app, &url));
        }
        let head = Store::inspect(&url, &options)?.head()?;
        to.push(format!("county-{}.minsheng", head.tx));
    }
    backup::write(app, &url, &to, arguments.json)
}
