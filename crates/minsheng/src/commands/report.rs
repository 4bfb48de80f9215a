//! `report …`: reports about households, their check and the answer to who reported.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_benefits::assistance::reports::{self, NewReport, ReportCheck};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::HouseholdId;

use crate::app::{App, Listing, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Command {
    File(File),
    Check(Check),
    Answer(Answer),
    List(Listing),
    Show(Show),
}

#[derive(Debug, Args)]
pub struct File {
    #[arg(long, value_name = "HOUSEHOLD")]
    household: HouseholdId,
    #[arg(long)]
    reporter: Option<String>,
    #[arg(long)]
    statement: String,
    #[arg(long = "about", value_name = "USER", value_delimiter = ',')]
    about: Vec<String>,
    #[arg(long, value_name = "DATE")]
    received_on: Option<Date>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Check {
    report: i64,
    #[command(flatten)]
    result: CheckResult,
    #[arg(long, value_name = "DATE")]
    visited_on: Option<Date>,
    #[arg(long)]
    finding: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct CheckResult {
    #[arg(long)]
    upheld: bool,
    #[arg(long)]
    unfounded: bool,
}

#[derive(Debug, Args)]
pub struct Answer {
    report: i64,
    #[arg(long)]
    answer: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Show {
    report: i64,
    #[arg(long)]
    reporter: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::File(arguments) => file(app, arguments),
        Command::Check(arguments) => check(app, arguments),
        Command::Answer(arguments) => answer(app, arguments),
        Command::List(listing) => list(app, listing),
        Command::Show(arguments) => show(app, arguments),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn file(app: &mut App, file: &File) -> anyhow::Result<()> {
    let office = Office::open(app, &file.writing.database)?;
    let ctx = office.ctx(app, &file.writing)?;
    let new = NewReport {
        household: file.household,
        reporter: file.reporter.clone(),
        statement: file.statement.clone(),
        about_users: file.about.clone(),
        received_on: file.received_on.unwrap_or_else(|| ctx.today()),
    };
    let id = reports::file_report(&office.desk(), &ctx, &new)?;
    let line = app.words.tell("report-filed", &[("report", &id)]);
    app.out.line(&line)
}

fn check(app: &mut App, check: &Check) -> anyhow::Result<()> {
    let office = Office::open(app, &check.writing.database)?;
    let ctx = office.ctx(app, &check.writing)?;
    let found = ReportCheck {
        upheld: check.result.upheld && !check.result.unfounded,
        visited_on: check.visited_on,
        finding: check.finding.clone(),
    };
    reports::check_report(&office.desk(), &ctx, check.report, &found)?;
    let line = app
        .words
        .tell("report-checked", &[("report", &check.report)]);
    app.out.line(&line)
}

fn answer(app: &mut App, answer: &Answer) -> anyhow::Result<()> {
    let office = Office::open(app, &answer.writing.database)?;
    let ctx = office.ctx(app, &answer.writing)?;
    reports::answer_report(&office.desk(), &ctx, answer.report, &answer.answer)?;
    let line = app
        .words
        .tell("report-answered", &[("report", &answer.report)]);
    app.out.line(&line)
}

fn list(app: &mut App, listing: &Listing) -> anyhow::Result<()> {
    let office = Office::open(app, &listing.reading.database)?;
    let scope = office.scope(&listing.reading)?;
    let today = office.today(app)?;
    let found = office.store.read(|q| reports::reports(q, &scope, today))?;
    if listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&[
        "report",
        "household",
        "day",
        "named",
        "due",
        "late",
        "finding",
        "answered",
        "division",
    ]));
    for line in &found {
        let yes = |yes: bool| app.words.say(if yes { "word-yes" } else { "word-no" });
        let finding = line.upheld.map(|upheld| {
            app.words.say(if upheld {
                "report-upheld"
            } else {
                "report-unfounded"
            })
        });
        rows.push([
            Cell::from(line.report),
            Cell::from(line.household.to_string()),
            Cell::from(line.received_on),
            Cell::from(yes(line.named)),
            Cell::from(line.due_on),
            Cell::from(line.late.then(|| app.words.say("word-late"))),
            Cell::from(finding),
            Cell::from(line.answered_on),
            Cell::from(line.division.to_string()),
        ]);
    }
    app.list(&office, listing, "report list", &rows)
}

fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let office = Office::open(app, &show.writing.database)?;
    let ctx = office.ctx(app, &show.writing)?;
    let scope = ctx.scope();
    let words = office
        .store
        .read(|q| reports::words(q, &scope, show.report))?;
    let mut lines = vec![("report-said", Some(words.statement))];
    lines.push(("report-found", words.finding));
    lines.push(("report-told", words.answer));
    if show.reporter {
        let who = office
            .store
            .read(|q| reports::reporter(q, &ctx, show.report))?;
        lines.push(("report-by", who));
    }
    for (key, text) in lines {
        if let Some(text) = text {
            let line = app.words.tell(key, &[("text", &text)]);
            app.out.line(&line)?;
        }
    }
    Ok(())
}
