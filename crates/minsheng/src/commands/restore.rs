//! `restore`: a county out of its backup, proved before it counts; and the drill, which does the same in a temporary
//! folder, throws it away and records in the county's own database how it went.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args as Arguments;
use minsheng_core::{Timestamp, cst_text};
use minsheng_registry::drills::{self, Drill};
use minsheng_store::{Archive, DbUrl, Keys, Options, Restore, Restored, Store};

use crate::app::{App, Database, Office, Writing};
use crate::failure::Failure;
use crate::progress::Stages;
use crate::wiring::{self, Stopwatch};

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(value_name = "FILE")]
    copy: PathBuf,
    #[arg(long, value_name = "URL", required_unless_present = "drill")]
    db: Option<String>,
    #[arg(long, conflicts_with = "drill")]
    force: bool,
    #[arg(long, conflicts_with = "drill")]
    unproven: bool,
    #[arg(long)]
    drill: bool,
    #[arg(long = "as", value_name = "USER", requires = "drill")]
    user: Option<String>,
    #[arg(long, value_name = "TIME", requires = "drill")]
    at: Option<String>,
    #[arg(long)]
    json: bool,
}

/// Restores, or drills it.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    if arguments.drill {
        return drill(app, arguments);
    }
    let url = DbUrl::parse(arguments.db.as_deref().unwrap_or_default())?;
    let how = Restore {
        force: arguments.force,
        unproven: arguments.unproven,
    };
    into(app, &arguments.copy, &url, how, arguments.json)
}

/// Restores into a database and says what came out.
pub fn into(
    app: &mut App,
    copy: &Path,
    url: &DbUrl,
    how: Restore,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let watch = Stopwatch::start();
    let archive = Archive::open(copy)?;
    let restored = restored(app, &archive, url, how)?;
    if json {
        app.out.json(&serde_json::json!({
            "url": url.to_string(),
            "rows": restored.rows,
            "schema": archive.manifest().schema,
            "head": archive.manifest().head,
            "findings": restored.proof.findings.len(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &restored.proof.findings {
        app.out.line(&finding.to_string())?;
    }
    let manifest = archive.manifest();
    let lines = [
        app.words.tell(
            "restore-done",
            &[
                ("url", url),
                ("tables", &manifest.tables.len()),
                ("rows", &restored.rows),
                ("made", &made(&manifest.made_at)),
                ("seconds", &watch.seconds()),
            ],
        ),
        app.words.tell(
            "restore-head",
            &[("tx", &manifest.head.tx), ("hash", &manifest.head.hash)],
        ),
    ];
    for line in lines {
        app.out.line(&line)?;
    }
    if Store::migrations_due(url, &options(&archive)?)?
        .steps
        .is_empty()
    {
        return Ok(ExitCode::SUCCESS);
    }
    let line = app.words.tell("restore-migrate", &[("url", url)]);
    app.out.line(&line)?;
    Ok(ExitCode::SUCCESS)
}

/// The options that the copy asks for: a demonstration has the public key.
fn options(archive: &Archive) -> anyhow::Result<Options> {
    let options = wiring::options()?;
    Ok(if archive.manifest().is_demo() {
        Options {
            keys: Keys::Demo,
            ..options
        }
    } else {
        options
    })
}

fn restored(app: &App, archive: &Archive, url: &DbUrl, how: Restore) -> anyhow::Result<Restored> {
    let stages = Stages::new(&app.words);
    let restored = Store::restore(
        archive,
        url,
        &options(archive)?,
        how,
        &|part, done, total| {
            stages.tell_rows(part, done, total);
        },
    );
    stages.finish();
    Ok(restored?)
}

/// Restores into a temporary folder, proves, throws away, and records it where `--db` names the county.
fn drill(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    // who may not record it shall not find out at the end
    let record = match &arguments.db {
        None => None,
        Some(db) => {
            let writing = Writing {
                database: Database { db: db.clone() },
                user: arguments.user.clone().ok_or_else(|| {
                    anyhow!(Failure::usage(
                        app.words.say("drill-user"),
                        app.words.say("drill-user-hint"),
                    ))
                })?,
                at: arguments.at.clone(),
            };
            let office = Office::open(app, &writing.database)?;
            let ctx = office.ctx(app, &writing)?;
            Some((office, ctx))
        }
    };
    let watch = Stopwatch::start();
    let outcome = tried(
        app,
        &arguments.copy,
        record.as_ref().map(|(office, _)| office),
    );
    let took_ms = watch.milliseconds();
    let copy = Archive::open(&arguments.copy).ok();
    if let Some((office, ctx)) = &record {
        let file_name = arguments.copy.file_name().unwrap_or_default();
        let drill = Drill {
            file_name: file_name.to_string_lossy().into_owned(),
            copy: copy.as_ref().map(|archive| archive.manifest().into()),
            failure: outcome.as_ref().err().map(|error| format!("{error:#}")),
            took_ms,
        };
        drills::record(&office.desk(), ctx, &drill)?;
    }
    let (restored, times) = outcome?;
    let manifest = copy.context("the file went away")?.manifest().clone();
    if arguments.json {
        app.out.json(&serde_json::json!({
            "rows": restored.rows,
            "head": manifest.head,
            "made_at": manifest.made_at,
            "took_ms": took_ms,
            "recorded": record.is_some(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let lines = [
        app.words.tell(
            "drill-done",
            &[
                ("file", &arguments.copy.display()),
                ("rows", &restored.rows),
                ("made", &made(&manifest.made_at)),
                ("seconds", &times),
            ],
        ),
        app.words.tell(
            "restore-head",
            &[("tx", &manifest.head.tx), ("hash", &manifest.head.hash)],
        ),
    ];
    for line in lines {
        app.out.line(&line)?;
    }
    if record.is_some() {
        let line = app.words.say("drill-recorded");
        app.out.line(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The drill itself. A copy of another county, or of one whose past was changed since, fails it.
fn tried(app: &App, copy: &Path, office: Option<&Office>) -> anyhow::Result<(Restored, String)> {
    let watch = Stopwatch::start();
    let archive = Archive::open(copy)?;
    let folder = Scratch::new(app)?;
    let url = DbUrl::file(folder.0.join("drill.db"));
    let restored = restored(app, &archive, &url, Restore::default())?;
    let times = watch.seconds();
    if let Some(office) = office {
        let kept = office
            .store
            .verify_against(Some(&archive.manifest().head.hash))?;
        if kept.kept.is_none() {
            return Err(anyhow!(Failure::new(
                app.words.say("drill-other"),
                app.words.say("drill-other-hint"),
            )));
        }
    }
    Ok((restored, times))
}

/// A folder of its own that only this user may look into, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(app: &App) -> anyhow::Result<Self> {
        let mut name = [0; 8];
        rand_core::Rng::fill_bytes(&mut wiring::randomness()?, &mut name);
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = std::env::temp_dir().join(format!("minsheng-drill-{name}"));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| {
            app.words
                .tell("file-unreadable", &[("file", &path.display())])
        })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // what is left lies in the folder for temporary files, for its owner only
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// When a copy was made, as people in China write it.
fn made(at: &str) -> String {
    at.parse::<Timestamp>()
        .map_or_else(|_| at.to_owned(), cst_text)
}
