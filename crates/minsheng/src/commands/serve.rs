//! `serve`: the server of a county. Listens on this machine only unless told otherwise.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args as Arguments;

use crate::app::{App, Database, Office};
use crate::output::note;

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Serves until the process is told to stop.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(app, &arguments.database)?;
    let words = &app.words;
    minsheng_web::serve_until_told(office.store, arguments.listen, |address| {
        note(&words.tell("serve-listens", &[("address", &address)]));
        tracing::info!(%address, "listening");
    })?;
    note(&app.words.say("serve-stopped"));
    Ok(ExitCode::SUCCESS)
}
