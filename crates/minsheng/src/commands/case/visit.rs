//! `case visit`, `case reinvestigate`, `case correct-visit`, `case visits`: home visits and what was wrong in them.

use clap::Args;
use minsheng_benefits::assistance::{self, Investigation};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};

use super::intake::YesNo;
use super::{OneCase, Sitting, find};
use crate::app::{App, Listing, Office, Writing};

/// A visit as it was made. Whether a member was there has to be told.
#[derive(Debug, Args)]
pub struct Visit {
    #[arg(
        long = "investigator",
        value_name = "NAME",
        required = true,
        value_delimiter = ','
    )]
    investigators: Vec<String>,
    #[arg(
        long,
        value_enum,
        required = true,
        num_args = 0..=1,
        default_missing_value = "yes"
    )]
    member_present: YesNo,
    #[arg(long, value_name = "DATE")]
    visited_on: Option<Date>,
    #[arg(long)]
    finding: String,
}

impl Visit {
    pub(super) fn investigation(&self, today: Date) -> Investigation {
        Investigation {
            investigators: self.investigators.clone(),
            member_present: matches!(self.member_present, YesNo::Yes),
            visited_on: self.visited_on.unwrap_or(today),
            finding: self.finding.clone(),
        }
    }
}

/// A visit of one case.
#[derive(Debug, Args)]
pub struct OneVisit {
    #[command(flatten)]
    case: OneCase,
    #[command(flatten)]
    visit: Visit,
}

#[derive(Debug, Args)]
pub struct CorrectVisit {
    wrong: i64,
    #[command(flatten)]
    visit: Visit,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Visits {
    #[arg(value_name = "CASE")]
    case: String,
    #[command(flatten)]
    listing: Listing,
}

/// Which act enters a visit.
type Act = fn(
    &minsheng_registry::Desk<'_>,
    &minsheng_registry::Ctx,
    minsheng_registry::CaseId,
    &Investigation,
) -> Result<(), assistance::AssistanceError>;

pub(super) fn enter(app: &mut App, one: &OneVisit, act: Act) -> anyhow::Result<()> {
    let (sitting, case) = Sitting::one(app, &one.case)?;
    let visit = one.visit.investigation(sitting.ctx.today());
    act(&sitting.desk(), &sitting.ctx, case, &visit)?;
    sitting.done(app)
}

pub(super) fn correct(app: &mut App, correct: &CorrectVisit) -> anyhow::Result<()> {
    let sitting = Sitting::open(app, &correct.writing, &[])?;
    let visit = correct.visit.investigation(sitting.ctx.today());
    let (desk, ctx) = (sitting.desk(), &sitting.ctx);
    assistance::correct_visit(&desk, ctx, correct.wrong, &visit, &correct.reason)?;
    let line = app
        .words
        .tell("visit-corrected", &[("visit", &correct.wrong)]);
    app.out.line(&line)
}

pub(super) fn list(app: &mut App, list: &Visits) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let case = find(app, &office, &scope, &list.case)?;
    let rows = office
        .store
        .read(|q| assistance::visits(q, &scope, case.id))?;
    if list.listing.json {
        return app.out.json(&rows);
    }
    let mut table = Rows::new(app.columns(&[
        "visit",
        "kind",
        "day",
        "visitors",
        "member-present",
        "replaces",
        "superseded",
    ]));
    for row in &rows {
        let yes_no = if row.member_present {
            "word-yes"
        } else {
            "word-no"
        };
        table.push([
            Cell::from(row.id),
            Cell::from(app.words.say(&format!("visit-{}", row.level))),
            Cell::from(row.visited_on),
            Cell::from(row.visitors.join(", ")),
            Cell::from(app.words.say(yes_no)),
            Cell::from(row.replaces),
            Cell::from(row.superseded_on),
        ]);
    }
    app.list(&office, &list.listing, "case visits", &table)
}
