//! `backup`: a whole county into one file, while others work on.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args as Arguments;
use minsheng_core::Clock;
use minsheng_store::{BackUp, DbUrl, Manifest, Store};

use crate::app::{App, Database, no_database};
use crate::failure::Failure;
use crate::progress::Stages;
use crate::wiring::{self, Stopwatch};

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[arg(long)]
    json: bool,
}

/// Writes the file.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let url = DbUrl::parse(&arguments.database.db)?;
    write(app, &url, &arguments.to, arguments.json)
}

/// Writes a county into a file and says what is in it, which key belongs beside it, and whether its books are clean.
pub fn write(app: &mut App, url: &DbUrl, to: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let watch = Stopwatch::start();
    let manifest = copy(app, url, to)?;
    let bytes = std::fs::metadata(to)?.len();
    if json {
        app.out.json(&as_json(to, bytes, &manifest))?;
    } else {
        print(app, to, bytes, &manifest, &watch)?;
    }
    if manifest.findings == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    Err(anyhow!(Failure::new(
        app.words
            .tell("backup-unproven", &[("count", &manifest.findings)]),
        app.words.tell("backup-unproven-hint", &[("url", url)]),
    )))
}

/// Writes a county into a file.
pub fn copy(app: &App, url: &DbUrl, to: &Path) -> anyhow::Result<Manifest> {
    let options = wiring::options()?;
    if !Store::exists(url, &options)? {
        return Err(no_database(app, url));
    }
    let store = Store::inspect(url, &options)?;
    let by = BackUp {
        program: wiring::PROGRAM,
        at: app.clock.now(),
    };
    let stages = Stages::new(&app.words);
    let written = store.back_up(to, by, &|part, done, total| {
        stages.tell_rows(part, done, total);
    });
    stages.finish();
    Ok(written?)
}

fn print(
    app: &mut App,
    to: &Path,
    bytes: u64,
    manifest: &Manifest,
    watch: &Stopwatch,
) -> anyhow::Result<()> {
    let written = app.words.tell(
        "backup-written",
        &[
            ("file", &to.display()),
            ("kilobytes", &bytes.div_ceil(1024)),
            ("tables", &manifest.tables.len()),
            ("rows", &manifest.rows()),
            ("schema", &manifest.schema),
            ("seconds", &watch.seconds()),
        ],
    );
    app.out.line(&written)?;
    let head = app.words.tell(
        "verify-head",
        &[("tx", &manifest.head.tx), ("hash", &manifest.head.hash)],
    );
    app.out.line(&head)?;
    for key in &manifest.keys {
        let line = if manifest.is_demo() {
            app.words.say("backup-key-demo")
        } else {
            let folder = wiring::keys_folder();
            app.words.tell(
                "backup-key",
                &[("key", &key.key_id), ("folder", &folder.display())],
            )
        };
        app.out.line(&line)?;
    }
    Ok(())
}

fn as_json(to: &Path, bytes: u64, manifest: &Manifest) -> serde_json::Value {
    serde_json::json!({
        "file": to.display().to_string(),
        "bytes": bytes,
        "schema": manifest.schema,
        "rows": manifest.rows(),
        "head": manifest.head,
        "keys": manifest.keys,
        "findings": manifest.findings,
        "tables": manifest.tables.iter().map(|table| {
            serde_json::json!({ "name": table.name, "rows": table.rows, "digest": table.digest })
        }).collect::<Vec<_>>(),
    })
}
