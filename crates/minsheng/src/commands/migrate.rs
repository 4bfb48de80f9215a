//! `migrate`: a database of an earlier release is brought forward. A copy is made before (beside an SQLite file; a
//! server has no place of its own, so there the file is named or the copy declined), the books are proved before
//! and after. Packs are not touched: what this program brings that was not published is said.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args as Arguments;
use minsheng_core::{Clock, Timestamp};
use minsheng_policy::PackSet;
use minsheng_registry::PackLibrary;
use minsheng_store::{DbUrl, Query, Store, StoreError};

use super::backup;
use super::policy::{Packs, load};
use crate::app::{App, Database, DayTime, Office, moment, no_database};
use crate::failure::Failure;
use crate::wiring;

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[arg(long)]
    dry_run: bool,
    #[arg(long, value_name = "FILE", conflicts_with = "no_backup")]
    backup: Option<PathBuf>,
    #[arg(long)]
    no_backup: bool,
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[arg(long)]
    json: bool,
}

/// Brings the database forward.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let url = DbUrl::parse(&arguments.database.db)?;
    let options = wiring::options()?;
    if !Store::exists(&url, &options)? {
        return Err(no_database(app, &url));
    }
    let due = Store::migrations_due(&url, &options)?;
    let at = moment_of(app, &url, arguments.at.as_deref())?;
    let mut copy = None;
    if !arguments.dry_run && !due.steps.is_empty() {
        copy = backup_file(arguments, &url, due.from);
        if copy.is_none() && !arguments.no_backup {
            return Err(anyhow!(Failure::new(
                app.words.say("migrate-no-copy"),
                app.words.tell("migrate-no-copy-hint", &[("url", &url)]),
            )));
        }
        proved(app, &url)?;
        if let Some(file) = &copy {
            backup::copy(app, &url, file)?;
        }
        Store::migrate(&url, &options, at)?;
        proved(app, &url)?;
    }
    let differing = if arguments.dry_run && !due.steps.is_empty() {
        None
    } else {
        Some(differing(app, &arguments.database)?)
    };
    if arguments.json {
        app.out.json(&serde_json::json!({
            "from": due.from,
            "to": due.to,
            "steps": due.steps,
            "done": !arguments.dry_run,
            "backup": copy.map(|file| file.display().to_string()),
            "packs_differ": differing.map(|packs| packs.files),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let from_to: [(&str, &dyn std::fmt::Display); 3] =
        [("url", &url), ("from", &due.from), ("to", &due.to)];
    let line = match (due.steps.is_empty(), arguments.dry_run) {
        (true, _) => app.words.tell("migrate-nothing", &from_to),
        (false, true) => app.words.tell("migrate-would", &from_to),
        (false, false) => app.words.tell("migrate-done", &from_to),
    };
    app.out.line(&line)?;
    for step in &due.steps {
        app.out.line(&format!("  {step}"))?;
    }
    if let Some(file) = &copy {
        let line = app
            .words
            .tell("migrate-backup", &[("file", &file.display())]);
        app.out.line(&line)?;
    }
    match differing {
        Some(packs) => tell_packs(app, &packs)?,
        None => {
            let line = app.words.say("migrate-packs-later");
            app.out.line(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The real clock; in a rehearsal the time given, or that of its last act, so that its own clock can go on.
fn moment_of(app: &App, url: &DbUrl, at: Option<&str>) -> anyhow::Result<Timestamp> {
    let store = Store::inspect(url, &wiring::options()?)?;
    match (store.is_demo()?, at) {
        (false, None) => Ok(app.clock.now()),
        (false, Some(_)) => Err(anyhow!(Failure::new(
            app.words.say("at-not-rehearsal"),
            app.words.say("at-not-rehearsal-hint"),
        ))),
        (true, Some(text)) => moment(app, text, DayTime::Morning),
        (true, None) => {
            let last: Result<_, StoreError> = store.read(|q| {
                let last = q.last_tx()?;
                q.tx_time(last)
            });
            Ok(last?.unwrap_or_else(|| app.clock.now()))
        }
    }
}

/// Where the copy goes: where it was asked for; beside an SQLite file by default.
fn backup_file(arguments: &Args, url: &DbUrl, from: i64) -> Option<PathBuf> {
    if arguments.no_backup {
        return None;
    }
    if let Some(file) = &arguments.backup {
        return Some(file.clone());
    }
    let path = url.path()?;
    (0..)
        .map(|number: u32| {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".schema-{from}"));
            if number > 0 {
                name.push(format!("-{number}"));
            }
            name.push(".minsheng");
            PathBuf::from(name)
        })
        .find(|path| !path.exists())
}

/// Books that are not clean are not brought forward: what was changed would be harder to find.
fn proved(app: &App, url: &DbUrl) -> anyhow::Result<()> {
    let proof = Store::inspect(url, &wiring::options()?)?.verify()?;
    if let Some(first) = proof.findings.first() {
        return Err(anyhow!(Failure::new(
            app.words.tell(
                "migrate-unproven",
                &[("count", &proof.findings.len()), ("first", first)]
            ),
            app.words.tell("backup-unproven-hint", &[("url", url)]),
        )));
    }
    Ok(())
}

/// What this program brings beside what the county published.
struct Differing {
    published: String,
    embedded: String,
    files: Vec<String>,
}

fn differing(app: &App, database: &Database) -> anyhow::Result<Differing> {
    let office = Office::open(app, database)?;
    let authority = office
        .store
        .read(|q| minsheng_registry::settings::get(q, wiring::AUTHORITY_SETTING))?
        .unwrap_or_else(|| wiring::AUTHORITY.to_owned());
    let published = office.store.read(|q| PackLibrary::latest(q, &authority))?;
    let published = published.current();
    let embedded = load(app, &Packs::embedded(authority))?;
    let (then, now) = (texts(published), texts(&embedded));
    let mut files = Vec::new();
    if published.hash() != embedded.hash() {
        for (path, text) in &now {
            match then.get(path) {
                None => files.push(format!("+ {path}")),
                Some(before) if before != text => files.push(format!("~ {path}")),
                Some(_) => {}
            }
        }
        for path in then.keys().filter(|path| !now.contains_key(*path)) {
            files.push(format!("- {path}"));
        }
    }
    Ok(Differing {
        published: published.hash().to_owned(),
        embedded: embedded.hash().to_owned(),
        files,
    })
}

/// The files by their path below the folder of all packs.
fn texts(set: &PackSet) -> BTreeMap<&str, &str> {
    set.sources()
        .iter()
        .map(|source| (below(&source.path), source.text.as_str()))
        .collect()
}

/// `own/packs/cn-51/x.md` is `cn-51/x.md`.
fn below(path: &str) -> &str {
    let mut at = 0;
    for part in path.split('/') {
        if part == "cn" || part.starts_with("cn-") {
            return &path[at..];
        }
        at += part.len() + 1;
    }
    path
}

fn tell_packs(app: &mut App, packs: &Differing) -> anyhow::Result<()> {
    if packs.files.is_empty() {
        let line = app.words.say("migrate-packs-same");
        return app.out.line(&line);
    }
    let line = app.words.tell(
        "migrate-packs-differ",
        &[
            ("published", &packs.published),
            ("embedded", &packs.embedded),
        ],
    );
    app.out.line(&line)?;
    for file in &packs.files {
        app.out.line(&format!("  {file}"))?;
    }
    Ok(())
}
