//! Lists of payment: batches and their lines, money held back or returned, recoveries, funds.

use clap::Args;
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_payments::{Batch, LineState, PaymentError, funds, queries};
use minsheng_registry::{CaseId, HouseholdId, PersonId};

use super::batch::find;
use crate::app::{App, Listing, Office};

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Show {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    list: List,
}

/// A batch, and until when it has to be answered, or what came back of it has to be sent again.
#[derive(serde::Serialize)]
struct Listed {
    #[serde(flatten)]
    batch: Batch,
    resend_by: Option<Date>,
}

pub(super) fn batches(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let desk = office.desk();
    let (batches, due) = office.store.read(|q| {
        let due = queries::resend_days(q, &desk)?;
        Ok::<_, PaymentError>((queries::batches(q)?, due))
    })?;
    let batches: Vec<Listed> = batches
        .into_iter()
        .map(|batch| Listed {
            resend_by: due.get(&batch.id).copied(),
            batch,
        })
        .collect();
    if list.listing.json {
        return app.out.json(&batches);
    }
    let mut rows = Rows::new(app.columns(&[
        "batch",
        "month",
        "state",
        "lines",
        "yuan",
        "made-by",
        "checked-by",
        "released-by",
        "due",
    ]));
    for Listed { batch, resend_by } in batches {
        rows.push([
            Cell::from(batch.number),
            Cell::from(batch.month.to_string()),
            Cell::from(app.words.say(&format!("state-{}", batch.state.as_str()))),
            Cell::from(batch.kept_lines),
            Cell::from(batch.kept_total),
            Cell::from(batch.made_by),
            Cell::from(batch.checked_by),
            Cell::from(batch.released_by),
            Cell::from(resend_by),
        ]);
    }
    app.list(&office, &list.listing, "pay list", &rows)
}

/// The state of a line in words; a line taken out is not a claim withdrawn.
fn line_state(app: &App, state: LineState) -> String {
    match state {
        LineState::Withdrawn => app.words.say("state-taken-out"),
        other => app.words.say(&format!("state-{}", other.as_str())),
    }
}

pub(super) fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let office = Office::open(app, &show.list.listing.reading.database)?;
    let scope = office.scope(&show.list.listing.reading)?;
    let batch = find(&office, &show.batch)?;
    let lines = office
        .store
        .read(|q| queries::batch_lines(q, &scope, batch.id))?;
    if show.list.listing.json {
        return app
            .out
            .json(&serde_json::json!({ "batch": batch, "lines": lines }));
    }
    let state = app.words.say(&format!("state-{}", batch.state.as_str()));
    let line = app.words.tell(
        "batch-now",
        &[
            ("batch", &batch.number),
            ("state", &state),
            ("lines", &batch.kept_lines),
            ("total", &batch.kept_total),
        ],
    );
    app.out.line(&line)?;
    let mut rows = Rows::new(app.columns(&[
        "line",
        "programme",
        "household",
        "payee",
        "yuan",
        "state",
        "day",
        "reason",
    ]));
    for line in lines {
        rows.push([
            Cell::from(line.line_no),
            Cell::from(office.programme_name(&line.programme, app.lang)),
            Cell::from(HouseholdId(line.household).to_string()),
            Cell::from(PersonId(line.payee).to_string()),
            Cell::from(line.amount),
            Cell::from(line_state(app, line.state)),
            Cell::from(line.settled_on),
            Cell::from(line.why.or(line.reason)),
        ]);
    }
    app.list(&office, &show.list.listing, "pay show", &rows)
}

pub(super) fn held(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let held = office.store.read(|q| queries::held(q, &scope))?;
    if list.listing.json {
        return app.out.json(&held);
    }
    let mut rows = Rows::new(app.columns(&[
        "programme",
        "household",
        "payee",
        "months",
        "yuan",
        "cause",
        "reason",
    ]));
    for hold in held {
        rows.push([
            Cell::from(office.programme_name(&hold.programme, app.lang)),
            Cell::from(HouseholdId(hold.household).to_string()),
            Cell::from(hold.payee.map(|payee| PersonId(payee).to_string())),
            Cell::from(format!("{}–{}", hold.first_month, hold.last_month)),
            Cell::from(hold.amount),
            Cell::from(
                app.words
                    .say(&format!("state-held-{}", hold.cause.as_str())),
            ),
            Cell::from(hold.reason),
        ]);
    }
    app.list(&office, &list.listing, "pay held", &rows)
}

pub(super) fn returned(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let desk = office.desk();
    let returned = office.store.read(|q| queries::returned(q, &scope, &desk))?;
    if list.listing.json {
        return app.out.json(&returned);
    }
    let mut rows = Rows::new(app.columns(&[
        "batch",
        "line",
        "household",
        "payee",
        "yuan",
        "reason",
        "day",
        "due",
    ]));
    for line in returned {
        rows.push([
            Cell::from(line.batch),
            Cell::from(line.line_no),
            Cell::from(HouseholdId(line.household).to_string()),
            Cell::from(PersonId(line.payee).to_string()),
            Cell::from(line.amount),
            Cell::from(line.reason),
            Cell::from(line.returned_on),
            Cell::from(line.correct_by.map(|due| due.date)),
        ]);
    }
    app.list(&office, &list.listing, "pay returned", &rows)
}

pub(super) fn recoveries(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let recoveries = office.store.read(|q| queries::recoveries(q, &scope))?;
    if list.listing.json {
        return app.out.json(&recoveries);
    }
    let mut rows = Rows::new(app.columns(&[
        "recovery",
        "case",
        "household",
        "cause",
        "yuan",
        "repaid",
        "open",
        "state",
        "day",
    ]));
    for recovery in recoveries {
        rows.push([
            Cell::from(recovery.id.0),
            Cell::from(CaseId(recovery.case).to_string()),
            Cell::from(HouseholdId(recovery.household).to_string()),
            Cell::from(
                app.words
                    .say(&format!("state-recovery-{}", recovery.cause.as_str())),
            ),
            Cell::from(recovery.amount),
            Cell::from(recovery.repaid),
            Cell::from(recovery.open),
            Cell::from(app.words.say(&format!("state-{}", recovery.state.as_str()))),
            Cell::from(recovery.opened_on),
        ]);
    }
    app.list(&office, &list.listing, "pay recoveries", &rows)
}

pub(super) fn funds(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let balances = office.store.read(|q| funds::fund_balances(q))?;
    if list.listing.json {
        let balances: Vec<serde_json::Value> = balances
            .iter()
            .map(|fund| {
                serde_json::json!({
                    "source": fund.source.as_str(),
                    "posted_fen": fund.posted.get(),
                    "reserved_fen": fund.reserved.get(),
                    "available_fen": fund.available.get(),
                })
            })
            .collect();
        return app.out.json(&balances);
    }
    let mut rows = Rows::new(app.columns(&["fund", "posted", "reserved", "available"]));
    for fund in &balances {
        rows.push([
            Cell::from(fund.source.as_str().to_owned()),
            Cell::from(fund.posted),
            Cell::from(fund.reserved),
            Cell::from(fund.available),
        ]);
    }
    app.list(&office, &list.listing, "pay funds", &rows)
}
