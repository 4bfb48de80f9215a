//! Reviews of running cases: opened, decided, and which are due when.

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use minsheng_benefits::assistance::{self, Cause, PhaseOut, periodic};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};

use super::lists::due_text;
use super::opinion::print_decisions;
use super::{Cases, OneCase, Sitting};
use crate::app::{App, Listing, Office};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub enum Review {
    Open(OpenReview),
    Decide(DecideReview),
    Category(Category),
}

#[derive(Debug, Args)]
pub struct OpenReview {
    #[command(flatten)]
    cases: Cases,
    #[arg(long)]
    cause: String,
    #[arg(long)]
    reason: String,
}

pub(super) fn review(app: &mut App, command: &Review) -> anyhow::Result<()> {
    match command {
        Review::Open(open) => {
            let known = || Cause::ALL.map(Cause::as_str).join(", ");
            let cause = Cause::ALL
                .into_iter()
                .find(|cause| cause.as_str() == open.cause);
            let cause = cause.ok_or_else(|| {
                anyhow!(Failure::usage(
                    app.words.tell("cause-unknown", &[("cause", &open.cause)]),
                    app.words.tell("cause-unknown-hint", &[("known", &known())]),
                ))
            });
            let cause = cause.context("--cause")?;
            let sitting = Sitting::open(app, &open.cases.writing, &open.cases.cases)?;
            assistance::open_review_many(
                &sitting.desk(),
                &sitting.ctx,
                &sitting.cases,
                cause,
                &open.reason,
            )?;
            sitting.done(app)
        }
        Review::Decide(decide) if decide.phase_out => phase_out(app, decide),
        Review::Decide(DecideReview { cases, .. }) => {
            let sitting = Sitting::open(app, &cases.writing, &cases.cases)?;
            let decided =
                assistance::decide_review_many(&sitting.desk(), &sitting.ctx, &sitting.cases)?;
            print_decisions(app, &decided)?;
            sitting.done(app)
        }
        Review::Category(category) => {
            let (sitting, case) = Sitting::one(app, &category.case)?;
            assistance::set_review_category(
                &sitting.desk(),
                &sitting.ctx,
                case,
                &category.category,
                &category.reason,
            )?;
            sitting.done(app)
        }
    }
}

/// The decision of reviews; for one case it may be a phase-out.
#[derive(Debug, Args)]
pub struct DecideReview {
    #[command(flatten)]
    cases: Cases,
    #[arg(long, requires = "reason")]
    phase_out: bool,
    #[arg(long, requires = "phase_out")]
    months: Option<i32>,
    #[arg(long, requires = "phase_out")]
    reason: Option<String>,
}

fn phase_out(app: &mut App, decide: &DecideReview) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &decide.cases.writing, &decide.cases.cases)?;
    let [case] = sitting.cases[..] else {
        return Err(anyhow!(Failure::usage(
            app.words.say("phase-out-one"),
            app.words.say("phase-out-one-hint"),
        )));
    };
    let wish = PhaseOut {
        months: decide.months,
        reason: decide.reason.clone().unwrap_or_default(),
    };
    let decided =
        assistance::decide_review_phasing_out(&sitting.desk(), &sitting.ctx, case, &wish)?;
    print_decisions(app, &[decided])?;
    sitting.done(app)
}

/// How often a household is to be reviewed.
#[derive(Debug, Args)]
pub struct Category {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "CODE")]
    category: String,
    #[arg(long)]
    reason: String,
}

/// Which periodic reviews are due.
#[derive(Debug, Args)]
pub struct Reviews {
    #[arg(long, value_name = "DATE")]
    due_by: Option<Date>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn reviews(app: &mut App, reviews: &Reviews) -> anyhow::Result<()> {
    let office = Office::open(app, &reviews.listing.reading.database)?;
    let scope = office.scope(&reviews.listing.reading)?;
    let today = office.today(app)?;
    let by = reviews.due_by.unwrap_or(today);
    let desk = office.desk();
    let due = office
        .store
        .read(|q| periodic::reviews_due(&desk, q, &scope, by, today))?;
    if reviews.listing.json {
        return app.out.json(&due);
    }
    let mut rows = Rows::new(app.columns(&[
        "due",
        "late",
        "case",
        "number",
        "household",
        "category",
        "since",
        "division",
    ]));
    for line in &due {
        let category = line.category_name.as_ref().map_or_else(
            || app.words.say("category-unknown"),
            |name| name.get(app.lang).to_owned(),
        );
        rows.push([
            due_text(Some(line.due_on), line.provisional),
            Cell::from(line.overdue.then(|| app.words.say("word-late"))),
            Cell::from(line.case.to_string()),
            Cell::from(line.number.clone()),
            Cell::from(line.household.to_string()),
            Cell::from(category),
            Cell::from(line.since),
            Cell::from(line.division.to_string()),
        ]);
    }
    app.list(&office, &reviews.listing, "case reviews", &rows)
}
