//! `drift`: what the law gives today beside the decisions in force, the list that is kept of it, and what is done
//! about it.

use std::process::ExitCode;

use clap::{Args as Arguments, Subcommand};
use minsheng_benefits::drift::{
    self, Difference, EntryId, EntryLine, EntryState, Kind, RunReport, Work,
};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::PersonId;

use crate::app::{App, Database, Listing, Office, Reading, Writing};
use crate::failure::Failure;
use crate::listing::ListFile;
use crate::progress::Stages;

#[derive(Debug, Arguments)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[arg(long)]
    record: bool,
    #[arg(long, value_name = "TIME", requires = "record")]
    at: Option<String>,
    #[arg(long, value_name = "DATE", conflicts_with = "record")]
    on: Option<Date>,
    #[arg(long, conflicts_with = "out")]
    json: bool,
    #[command(flatten)]
    file: ListFile,
    // A subcommand has a database of its own, so this one is not there then.
    #[arg(long, value_name = "URL", required = true)]
    db: Option<String>,
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    WorkOff(WorkOff),
    Dismiss(Dismiss),
}

#[derive(Debug, Arguments)]
struct List {
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<EntryState>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Arguments)]
struct WorkOff {
    #[arg(value_name = "ENTRY", required_unless_present = "all")]
    entries: Vec<i64>,
    #[arg(long, conflicts_with = "entries")]
    all: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Arguments)]
struct Dismiss {
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<i64>,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

fn state(text: &str) -> Result<EntryState, String> {
    text.parse()
}

pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Some(Command::List(arguments)) => list(app, arguments)?,
        Some(Command::WorkOff(arguments)) => work_off(app, arguments)?,
        Some(Command::Dismiss(arguments)) => dismiss(app, arguments)?,
        None if arguments.record => record(app, arguments)?,
        None => today(app, arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn database(arguments: &Args) -> Database {
    Database {
        db: arguments.db.clone().unwrap_or_default(),
    }
}

fn today(app: &mut App, arguments: &Args) -> anyhow::Result<()> {
    let reading = Reading {
        database: database(arguments),
        user: arguments.user.clone(),
    };
    let office = Office::open(app, &reading.database)?;
    let scope = office.scope(&reading)?;
    let on = match arguments.on {
        Some(day) => day,
        None => office.today(app)?,
    };
    let stages = Stages::new(&app.words);
    let desk = office.desk();
    let told = &mut |done, total| stages.tell("drift", done, total);
    let survey = office
        .store
        .read(|q| drift::current(&desk, q, &scope, on, told));
    stages.finish();
    let survey = survey?;
    if arguments.json {
        return app.out.json(&survey);
    }
    let mut rows = Rows::new(app.columns(&[
        "case",
        "household",
        "programme",
        "drift",
        "in-force",
        "by-law",
        "drift-why",
        "division",
    ]));
    for difference in &survey.differences {
        rows.push([
            Cell::from(difference.case.map(|case| case.to_string())),
            Cell::from(difference.household.to_string()),
            Cell::from(office.programme_name(&difference.programme, app.lang)),
            Cell::from(kind(app, difference.kind)),
            Cell::from(difference.before_fen()),
            Cell::from(difference.after_fen()),
            Cell::from(because(app, difference)),
            Cell::from(difference.division.to_string()),
        ]);
    }
    let user = arguments.user.as_deref();
    app.list_of(&office, user, &arguments.file, "drift", &rows)?;
    let line = app.words.tell(
        "drift-summary",
        &[
            ("on", &survey.on),
            ("cases", &survey.cases),
            ("households", &survey.households),
            ("count", &survey.differences.len()),
        ],
    );
    app.out.line(&line)
}

fn kind(app: &App, kind: Kind) -> String {
    app.words
        .say(&format!("drift-{}", kind.as_str().replace('_', "-")))
}

/// What a clerk looks at first: reasons, missing evidence, the cases in the way, or the cause.
fn because(app: &App, difference: &Difference) -> String {
    let reasons = difference.reasons.iter().map(|reason| reason.code.clone());
    let needs = difference.needs.iter().map(|need| need.field.clone());
    let served = difference.served_by.iter().map(ToString::to_string);
    let mut words: Vec<String> = reasons.chain(needs).chain(served).collect();
    words.extend(alone(app, &difference.alone));
    words.dedup();
    if words.is_empty() {
        words.extend(difference.cause.map(|cause| cause.as_str().to_owned()));
    }
    words.join(", ")
}

/// Who would apply alone.
fn alone(app: &App, persons: &[PersonId]) -> Option<String> {
    let named: Vec<String> = persons.iter().map(ToString::to_string).collect();
    let persons = named.join(", ");
    (!named.is_empty()).then(|| app.words.tell("drift-alone", &[("persons", &persons)]))
}

fn record(app: &mut App, arguments: &Args) -> anyhow::Result<()> {
    let office = Office::open(app, &database(arguments))?;
    let user = arguments.user.clone().ok_or_else(|| {
        anyhow::anyhow!(Failure::usage(
            app.words.say("drift-record-as"),
            app.words.say("drift-record-as-hint"),
        ))
    })?;
    let writing = Writing {
        database: database(arguments),
        user,
        at: arguments.at.clone(),
    };
    let ctx = office.ctx(app, &writing)?;
    let stages = Stages::new(&app.words);
    let told = &mut |done, total| stages.tell("drift", done, total);
    let report = drift::run(&office.desk(), &ctx, told);
    stages.finish();
    let report: RunReport = report?;
    if arguments.json {
        return app.out.json(&report);
    }
    let line = app.words.tell(
        if report.recorded {
            "drift-recorded"
        } else {
            "drift-unchanged"
        },
        &[
            ("run", &report.run),
            ("on", &report.on),
            ("cases", &report.cases),
            ("households", &report.households),
            ("opened", &report.opened),
            ("cleared", &report.cleared),
            ("holding", &report.holding),
        ],
    );
    app.out.line(&line)
}

fn list(app: &mut App, arguments: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.listing.reading.database)?;
    let scope = office.scope(&arguments.listing.reading)?;
    let lines = office
        .store
        .read(|q| drift::entries(q, &scope, arguments.state))?;
    if arguments.listing.json {
        return app.out.json(&lines);
    }
    let mut rows = Rows::new(app.columns(&[
        "entry",
        "found",
        "case",
        "household",
        "drift",
        "in-force",
        "by-law",
        "drift-why",
        "state",
        "user",
        "division",
    ]));
    for line in &lines {
        let mut why: Vec<String> = line.reasons.clone();
        why.extend(line.needs.iter().map(|need| need.field.clone()));
        why.extend(alone(app, &line.alone));
        if why.is_empty() {
            why.extend(line.cause.clone());
        }
        rows.push([
            Cell::from(line.entry.to_string()),
            Cell::from(line.found_on),
            Cell::from(line.case.map(|case| case.to_string())),
            Cell::from(line.household.to_string()),
            Cell::from(kind(app, line.kind)),
            Cell::from(line.before_fen),
            Cell::from(line.after_fen),
            Cell::from(why.join(", ")),
            Cell::from(state_of(app, line)),
            Cell::from(line.handled_by.clone()),
            Cell::from(line.division.to_string()),
        ]);
    }
    app.list(&office, &arguments.listing, "drift list", &rows)
}

fn state_of(app: &App, line: &EntryLine) -> String {
    let state = app
        .words
        .say(&format!("drift-state-{}", line.state.as_str()));
    match (line.cleared_on, &line.cleared_why) {
        (Some(day), Some(why)) => {
            let why = app.words.say(&format!("drift-cleared-{why}"));
            format!("{state} {day} {why}")
        }
        _ => state,
    }
}

fn work_off(app: &mut App, arguments: &WorkOff) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.writing.database)?;
    let ctx = office.ctx(app, &arguments.writing)?;
    let entries: Vec<EntryId> = if arguments.all {
        let waiting = office
            .store
            .read(|q| drift::entries(q, &ctx.scope(), Some(EntryState::Waiting)))?;
        waiting
            .iter()
            .filter(|line| line.case.is_some())
            .map(|line| line.entry)
            .collect()
    } else {
        arguments.entries.iter().copied().map(EntryId).collect()
    };
    let count = drift::work_off(&office.desk(), &ctx, &entries, Work::OpenReview)?;
    let line = app.words.tell("drift-opened", &[("count", &count)]);
    app.out.line(&line)
}

fn dismiss(app: &mut App, arguments: &Dismiss) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.writing.database)?;
    let ctx = office.ctx(app, &arguments.writing)?;
    let entries: Vec<EntryId> = arguments.entries.iter().copied().map(EntryId).collect();
    let reason = &arguments.reason;
    let count = drift::work_off(&office.desk(), &ctx, &entries, Work::Dismiss { reason })?;
    let line = app.words.tell("drift-dismissed", &[("count", &count)]);
    app.out.line(&line)
}
