//! `policy check | test | show | interview | publish`: the packs as an author or an official looks at them, and the act that puts
//! them in force for new work.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use minsheng_policy::{Diagnostics, PackSet, Source, embedded_sources};

use crate::app::{App, Office, Writing};
use crate::failure::{FAILED, Failure};
use crate::output::{note, table};
use crate::wiring::{AUTHORITY, AUTHORITY_SETTING};

#[derive(Debug, Subcommand)]
pub enum Command {
    Check(Packs),
    Test(Packs),
    Show(Show),
    Interview(super::interview::Ask),
    Publish(Publish),
    Simulate(super::simulate::Args),
}

#[derive(Debug, Args)]
pub struct Packs {
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    #[arg(long)]
    authority: Option<String>,
}

impl Packs {
    /// The packs of this program for an authority.
    pub const fn embedded(authority: String) -> Self {
        Self {
            pack: None,
            authority: Some(authority),
        }
    }

    /// The packs below a folder.
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self {
            pack: Some(folder),
            authority: None,
        }
    }
}

#[derive(Debug, Args)]
pub struct Show {
    programme: Option<String>,
    #[command(flatten)]
    packs: Packs,
}

#[derive(Debug, Args)]
pub struct Publish {
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(packs) => check(app, packs),
        Command::Test(packs) => test(app, packs),
        Command::Show(show_what) => show(app, show_what),
        Command::Interview(ask) => super::interview::run(app, ask),
        Command::Publish(what) => publish(app, what),
        Command::Simulate(what) => super::simulate::run(app, what),
    }
}

/// Puts packs in force for new work; what was decided with others stays as it was.
fn publish(app: &mut App, publish: &Publish) -> anyhow::Result<ExitCode> {
    let office = Office::open(app, &publish.writing.database)?;
    let ctx = office.ctx(app, &publish.writing)?;
    let county = office
        .store
        .read(|q| minsheng_registry::settings::get(q, AUTHORITY_SETTING))?
        .unwrap_or_else(|| AUTHORITY.to_owned());
    let set = match (&publish.packs.pack, &publish.packs.authority) {
        (None, None) => load(app, &Packs::embedded(county.clone()))?,
        _ => load(app, &publish.packs)?,
    };
    if set.authority() != county {
        return Err(anyhow!(Failure::new(
            app.words.tell(
                "policy-other-authority",
                &[("authority", &set.authority()), ("county", &county)]
            ),
            app.words.say("policy-other-authority-hint"),
        )));
    }
    audited(app, &set)?;
    minsheng_registry::packs::publish(&office.desk(), &ctx, &set)?;
    let latest = office
        .store
        .read(|q| minsheng_registry::PackLibrary::latest(q, &county))?;
    if latest.current().hash() != set.hash() {
        return Err(anyhow!(Failure::new(
            app.words
                .tell("policy-published-before", &[("hash", &set.hash())]),
            app.words.say("policy-published-before-hint"),
        )));
    }
    let line = app.words.tell(
        "policy-published",
        &[("authority", &county), ("hash", &set.hash())],
    );
    app.out.line(&line)?;
    Ok(ExitCode::SUCCESS)
}

fn check(app: &mut App, packs: &Packs) -> anyhow::Result<ExitCode> {
    let (authority, sources) = sources(app, packs)?;
    let files = sources.len();
    match PackSet::from_sources(&authority, sources) {
        Ok(set) => {
            audited(app, &set)?;
            let programmes: Vec<&str> = set
                .programmes()
                .iter()
                .map(|programme| programme.code.as_str())
                .collect();
            let line = app.words.tell(
                "policy-checked",
                &[
                    ("authority", &authority),
                    ("files", &files),
                    ("programmes", &programmes.join(", ")),
                    ("hash", &set.hash()),
                ],
            );
            app.out.line(&line)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(diagnostics) => {
            app.out.line(&diagnostics.to_string())?;
            Err(broken(app, &diagnostics))
        }
    }
}

fn test(app: &mut App, packs: &Packs) -> anyhow::Result<ExitCode> {
    let set = load(app, packs)?;
    let results = set.run_examples();
    if results.is_empty() {
        return Err(anyhow!(Failure::new(
            app.words.say("policy-no-examples"),
            app.words.say("policy-no-examples-hint"),
        )));
    }
    let mut failed = 0;
    for result in &results {
        match &result.failure {
            None => app
                .out
                .line(&format!("ok      {}  {}", result.programme, result.id))?,
            Some(failure) => {
                failed += 1;
                app.out
                    .line(&format!("FAILED  {}  {}", result.programme, result.id))?;
                app.out.line(&format!(
                    "        {}:{}: {failure}",
                    result.path, result.line
                ))?;
            }
        }
    }
    let passed = results.len() - failed;
    let line = app
        .words
        .tell("policy-tested", &[("passed", &passed), ("failed", &failed)]);
    app.out.line(&line)?;
    if failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    Err(anyhow!(Failure::new(
        app.words
            .tell("policy-examples-failed", &[("failed", &failed)]),
        app.words.say("policy-examples-failed-hint"),
    )))
}

fn show(app: &mut App, show: &Show) -> anyhow::Result<ExitCode> {
    let set = load(app, &show.packs)?;
    let Some(code) = &show.programme else {
        let rows: Vec<Vec<String>> = set
            .programmes()
            .iter()
            .map(|programme| {
                let laws: Vec<&str> = programme
                    .laws
                    .iter()
                    .filter(|law| law.applies_by.is_some())
                    .map(|law| law.id.as_str())
                    .collect();
                vec![
                    programme.code.clone(),
                    programme.name.get(app.lang).to_owned(),
                    laws.join(" "),
                ]
            })
            .collect();
        let header = app.columns(&["programme", "name", "laws"]);
        app.out.text(&table(&header, &[], &rows))?;
        app.out.line("")?;
        let hint = app.words.say("policy-show-hint");
        app.out.line(&hint)?;
        return Ok(ExitCode::SUCCESS);
    };
    let Some(page) = set.handbook(code, app.lang) else {
        return Err(unknown_programme(app, &set, code));
    };
    app.out.line(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses packs in which an author has something to mend, and prints what.
fn audited(app: &mut App, set: &PackSet) -> anyhow::Result<()> {
    let Err(findings) = set.audit() else {
        return Ok(());
    };
    app.out.line(&findings.to_string())?;
    Err(anyhow!(Failure {
        message: app
            .words
            .tell("policy-audited", &[("count", &findings.list.len())]),
        hint: app.words.say("policy-audited-hint"),
        code: FAILED,
    }))
}

/// The error that names the programmes there are.
pub fn unknown_programme(app: &App, set: &PackSet, code: &str) -> anyhow::Error {
    let known: Vec<&str> = set
        .programmes()
        .iter()
        .map(|programme| programme.code.as_str())
        .collect();
    anyhow!(Failure::new(
        app.words
            .tell("policy-unknown-programme", &[("code", &code)]),
        app.words.tell(
            "policy-unknown-programme-hint",
            &[("known", &known.join(", "))]
        ),
    ))
}

/// The packs of a command, or an error that lists what is wrong with them.
pub fn load(app: &App, packs: &Packs) -> anyhow::Result<PackSet> {
    let (authority, sources) = sources(app, packs)?;
    load_sources(app, &authority, sources)
}

/// The packs of an authority, or an error that lists what is wrong with them.
pub fn load_sources(app: &App, authority: &str, sources: Vec<Source>) -> anyhow::Result<PackSet> {
    PackSet::from_sources(authority, sources).map_err(|diagnostics| {
        note(&diagnostics.to_string());
        broken(app, &diagnostics)
    })
}

fn broken(app: &App, diagnostics: &Diagnostics) -> anyhow::Error {
    anyhow!(Failure {
        message: app
            .words
            .tell("policy-broken", &[("count", &diagnostics.list.len())]),
        hint: app.words.say("policy-broken-hint"),
        code: FAILED,
    })
}

/// The authority and the files: embedded, or those below a folder that holds `cn/`, `cn-51/`, ….
pub fn sources(app: &App, packs: &Packs) -> anyhow::Result<(String, Vec<Source>)> {
    let Some(folder) = &packs.pack else {
        let authority = packs
            .authority
            .clone()
            .unwrap_or_else(|| AUTHORITY.to_owned());
        return Ok((authority, embedded_sources()));
    };
    let mut sources = Vec::new();
    let mut authorities = Vec::new();
    let unreadable = |path: &Path| {
        app.words
            .tell("file-unreadable", &[("file", &path.display())])
    };
    for entry in std::fs::read_dir(folder).with_context(|| unreadable(folder))? {
        let path = entry.with_context(|| unreadable(folder))?.path();
        if path.is_dir() {
            authorities.extend(
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    collect(folder, &mut sources).with_context(|| unreadable(folder))?;
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    if sources.is_empty() {
        return Err(anyhow!(Failure::new(
            app.words
                .tell("policy-empty-folder", &[("folder", &folder.display())]),
            app.words.say("policy-empty-folder-hint"),
        )));
    }
    // The lowest authority has the longest code: cn-513301 builds on cn-5133, cn-51 and cn.
    authorities.retain(|name| {
        sources
            .iter()
            .any(|source| source.path.contains(&format!("{name}/")))
    });
    authorities.sort_by_key(|name| (name.len(), name.clone()));
    let lowest = authorities.pop().unwrap_or_else(|| AUTHORITY.to_owned());
    Ok((packs.authority.clone().unwrap_or(lowest), sources))
}

/// All Markdown files below a folder.
pub fn markdown(folder: &Path) -> std::io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    collect(folder, &mut sources)?;
    Ok(sources)
}

fn collect(folder: &Path, sources: &mut Vec<Source>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path)?;
            sources.push(Source {
                path: path.display().to_string().replace('\\', "/"),
                text,
            });
        }
    }
    Ok(())
}
