//! `keys list | make | rotate | drop`: the master keys of a database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_benefits::drift::known_by_hash;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::keys;

use crate::app::{App, Database, Listing, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Command {
    List(List),
    Make(Make),
    Rotate(Rotate),
    Drop(Drop),
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Make {
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

#[derive(Debug, Args)]
pub struct Rotate {
    #[arg(long, value_name = "FILE")]
    new_key: PathBuf,
    #[arg(long)]
    search: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Drop {
    #[arg(value_name = "KEY")]
    key_id: String,
    #[arg(long, value_name = "FILE")]
    backup: PathBuf,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(list) => show(app, list)?,
        Command::Make(make) => {
            let office = Office::open(app, &make.database)?;
            office.store.make_key_file(&make.file)?;
            let file = make.file.display();
            app.out
                .line(&app.words.tell("key-made", &[("file", &file)]))?;
        }
        Command::Rotate(rotate) => {
            let office = Office::open(app, &rotate.writing.database)?;
            let ctx = office.ctx(app, &rotate.writing)?;
            let search: Option<keys::Held<'_>> = rotate.search.then_some(&known_by_hash);
            let done = keys::rotate(&office.desk(), &ctx, &rotate.new_key, search)?;
            let line = app.words.tell(
                "key-rotated",
                &[("wrapped", &done.wrapped), ("hashed", &done.hashed)],
            );
            app.out.line(&line)?;
        }
        Command::Drop(drop) => {
            let office = Office::open(app, &drop.writing.database)?;
            let ctx = office.ctx(app, &drop.writing)?;
            keys::drop_old(&office.desk(), &ctx, &drop.key_id, &drop.backup)?;
            let line = app.words.tell("key-dropped", &[("key", &drop.key_id)]);
            app.out.line(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let ring = keys::list(&office.desk())?;
    if list.listing.json {
        let rows: Vec<serde_json::Value> = ring
            .iter()
            .map(|key| {
                serde_json::json!({
                    "key": key.key_id, "kind": key.kind, "tx": key.tx.0, "wraps": key.wraps,
                    "current": key.current, "dropped": key.dropped, "present": key.present,
                })
            })
            .collect();
        return app.out.json(&rows);
    }
    let mut rows = Rows::new(app.columns(&["key", "kind", "wraps", "state"]));
    for key in ring {
        let state = match (key.current, key.dropped, key.present) {
            (true, _, true) => "key-current",
            (_, true, _) => "key-gone",
            (_, _, false) => "key-absent",
            _ => "key-old",
        };
        rows.push([
            Cell::from(key.key_id),
            Cell::from(key.kind),
            Cell::from(key.wraps.to_string()),
            Cell::from(app.words.say(state)),
        ]);
    }
    app.list(&office, &list.listing, "keys list", &rows)
}
