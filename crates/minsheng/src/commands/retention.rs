//! `retention list | scans | terms | proposals | propose | confirm | reject`: what may be erased, and erasing it by two
//! people.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use minsheng_benefits::assistance::scans;
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_payments::erasure as office_erasure;
use minsheng_registry::erasure::{self, Obstacle};
use minsheng_registry::evidence::About;
use minsheng_registry::{HouseholdId, PersonId, retention};

use super::attachment::paper;
use crate::app::{App, Listing, Office, Writing};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub enum Command {
    List(List),
    Scans(List),
    Terms(Plain),
    Proposals(Plain),
    Propose(Propose),
    Confirm(Confirm),
    Reject(Decide),
}

#[derive(Debug, Args)]
pub struct List {
    #[arg(long)]
    due: bool,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Plain {
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Propose {
    #[arg(long, conflicts_with_all = ["person", "scans"])]
    household: Option<HouseholdId>,
    #[arg(long, conflicts_with = "scans")]
    person: Option<PersonId>,
    #[arg(long)]
    scans: bool,
    #[arg(long)]
    ground: String,
    #[arg(long)]
    cite: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Confirm {
    #[arg(required_unless_present = "scans", conflicts_with = "scans")]
    proposal: Option<i64>,
    #[arg(long)]
    scans: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Decide {
    proposal: i64,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(list) => standings(app, list)?,
        Command::Scans(list) => scan_standings(app, list)?,
        Command::Terms(plain) => terms(app, &plain.listing)?,
        Command::Proposals(plain) => proposals(app, &plain.listing)?,
        Command::Propose(propose) => {
            let office = Office::open(app, &propose.writing.database)?;
            let ctx = office.ctx(app, &propose.writing)?;
            let (ground, cite) = (&propose.ground, &propose.cite);
            if propose.scans {
                let count = scans::propose_erasure(&office.desk(), &ctx, ground, cite)?;
                let key = if count == 0 {
                    "retention-no-scans"
                } else {
                    "retention-scans-proposed"
                };
                let line = app.words.tell(key, &[("count", &count)]);
                app.out.line(&line)?;
                return Ok(ExitCode::SUCCESS);
            }
            let about = match (propose.household, propose.person) {
                (Some(household), _) => About::Household(household),
                (None, Some(person)) => About::Person(person),
                (None, None) => {
                    return Err(anyhow!(Failure::usage(
                        app.words.say("retention-whom"),
                        app.words.say("retention-whom-hint"),
                    )));
                }
            };
            let id = office_erasure::propose(&office.desk(), &ctx, about, ground, cite)?;
            let line = app.words.tell("retention-proposed", &[("proposal", &id)]);
            app.out.line(&line)?;
        }
        Command::Confirm(confirm) => {
            let office = Office::open(app, &confirm.writing.database)?;
            let ctx = office.ctx(app, &confirm.writing)?;
            let Some(proposal) = confirm.proposal else {
                let count = scans::confirm_erasure(&office.desk(), &ctx)?;
                let line = app
                    .words
                    .tell("retention-scans-erased", &[("count", &count)]);
                app.out.line(&line)?;
                return Ok(ExitCode::SUCCESS);
            };
            let report = office_erasure::confirm(&office.desk(), &ctx, proposal)?;
            let line = app.words.tell(
                "retention-erased",
                &[("about", &report.about), ("count", &report.erased.len())],
            );
            app.out.line(&line)?;
            for (person, why) in &report.kept {
                let why = obstacle(app, why);
                let line = app
                    .words
                    .tell("retention-kept", &[("person", person), ("why", &why)]);
                app.out.line(&line)?;
            }
        }
        Command::Reject(decide) => {
            let office = Office::open(app, &decide.writing.database)?;
            let ctx = office.ctx(app, &decide.writing)?;
            erasure::reject(&office.desk(), &ctx, decide.proposal)?;
            let line = app
                .words
                .tell("retention-rejected", &[("proposal", &decide.proposal)]);
            app.out.line(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn obstacle(app: &App, obstacle: &Obstacle) -> String {
    let what = app.words.say(&format!("obstacle-{}", obstacle.code));
    format!("{what} {}", obstacle.detail).trim_end().to_owned()
}

fn standings(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let today = match list.on {
        Some(day) => day,
        None => office.today(app)?,
    };
    let mut found = office
        .store
        .read(|q| office_erasure::standings(q, &scope, today))?;
    if list.due {
        found.retain(|one| one.obstacles.is_empty());
    }
    if list.listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&["household", "due", "obstacles"]));
    for one in found {
        let obstacles: Vec<String> = one.obstacles.iter().map(|why| obstacle(app, why)).collect();
        rows.push([
            Cell::from(one.household),
            Cell::from(one.due_on.map_or_else(String::new, |day| day.to_string())),
            Cell::from(obstacles.join("; ")),
        ]);
    }
    app.list(&office, &list.listing, "retention list", &rows)
}

fn scan_standings(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let today = match list.on {
        Some(day) => day,
        None => office.today(app)?,
    };
    let mut found = office.store.read(|q| scans::standings(q, &scope, today))?;
    if list.due {
        found.retain(|one| one.obstacles.is_empty());
    }
    if list.listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&[
        "attachment",
        "whom",
        "paper",
        "rests-on",
        "due",
        "obstacles",
    ]));
    for one in found {
        let scans: Vec<String> = one.scans.iter().map(ToString::to_string).collect();
        let papers: Vec<String> = one
            .papers
            .iter()
            .map(|code| paper(app.lang, code))
            .collect();
        let rests: Vec<String> = one.rests_on.iter().map(ToString::to_string).collect();
        let obstacles: Vec<String> = one.obstacles.iter().map(|why| obstacle(app, why)).collect();
        rows.push([
            Cell::from(scans.join(", ")),
            Cell::from(one.whose),
            Cell::from(papers.join("; ")),
            Cell::from(rests.join(", ")),
            Cell::from(one.due_on),
            Cell::from(obstacles.join("; ")),
        ]);
    }
    app.list(&office, &list.listing, "retention scans", &rows)
}

fn terms(app: &mut App, listing: &Listing) -> anyhow::Result<()> {
    let office = Office::open(app, &listing.reading.database)?;
    let terms = office.store.read(|q| retention::terms(q))?;
    if listing.json {
        return app.out.json(&terms);
    }
    let mut rows = Rows::new(app.columns(&["code", "term-months", "cite", "mark", "note"]));
    for term in terms {
        rows.push([
            Cell::from(term.code),
            Cell::from(term.months.to_string()),
            Cell::from(term.cite),
            Cell::from(term.mark.as_str()),
            Cell::from(term.text.get(app.lang).to_owned()),
        ]);
    }
    app.list(&office, listing, "retention terms", &rows)
}

fn proposals(app: &mut App, listing: &Listing) -> anyhow::Result<()> {
    let office = Office::open(app, &listing.reading.database)?;
    let scope = office.scope(&listing.reading)?;
    let found = office.store.read(|q| erasure::proposals(q, &scope))?;
    if listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&[
        "proposal", "record", "reason", "cite", "user", "day", "state",
    ]));
    for one in found {
        let state = match one.confirmed {
            None => "proposal-waits",
            Some(true) => "proposal-confirmed",
            Some(false) => "proposal-rejected",
        };
        rows.push([
            Cell::from(one.id.to_string()),
            Cell::from(one.about),
            Cell::from(one.ground),
            Cell::from(one.cite),
            Cell::from(one.proposed_by),
            Cell::from(one.proposed_on.to_string()),
            Cell::from(app.words.say(state)),
        ]);
    }
    app.list(&office, listing, "retention proposals", &rows)
}
