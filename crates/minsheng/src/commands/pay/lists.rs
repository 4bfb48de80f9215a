//! Lists of payment: batches and their lines, money held back or returned, recoveries, funds.

use clap::Args;
use minsheng_payments::{funds, queries};
use minsheng_registry::{CaseId, HouseholdId, PersonId};

use super::batch::find;
use crate::app::{App, Office, Reading};
use crate::output::table;

#[derive(Debug, Args)]
pub struct List {
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Args)]
pub struct Show {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    list: List,
}

pub(super) fn batches(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.reading.database)?;
    let batches = office.store.read(|q| queries::batches(q))?;
    if list.json {
        return app.out.json(&batches);
    }
    let rows: Vec<Vec<String>> = batches
        .into_iter()
        .map(|batch| {
            vec![
                batch.number,
                batch.month.to_string(),
                app.words.say(&format!("state-{}", batch.state.as_str())),
                batch.line_count.to_string(),
                batch.total.to_string(),
                batch.made_by,
                batch.checked_by.unwrap_or_default(),
                batch.released_by.unwrap_or_default(),
            ]
        })
        .collect();
    let header = app.columns(&[
        "batch",
        "month",
        "state",
        "lines",
        "yuan",
        "made-by",
        "checked-by",
        "released-by",
    ]);
    app.out.text(&table(&header, &[3, 4], &rows))
}

pub(super) fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let office = Office::open(app, &show.list.reading.database)?;
    let scope = office.scope(&show.list.reading)?;
    let batch = find(&office, &show.batch)?;
    let lines = office
        .store
        .read(|q| queries::batch_lines(q, &scope, batch.id))?;
    if show.list.json {
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
            ("lines", &batch.line_count),
            ("total", &batch.total),
        ],
    );
    app.out.line(&line)?;
    let rows: Vec<Vec<String>> = lines
        .into_iter()
        .map(|line| {
            vec![
                line.line_no.to_string(),
                line.programme,
                HouseholdId(line.household).to_string(),
                PersonId(line.payee).to_string(),
                line.amount.to_string(),
                app.words.say(&format!("state-{}", line.state.as_str())),
                line.settled_on
                    .map_or_else(String::new, |day| day.to_string()),
                line.reason.unwrap_or_default(),
            ]
        })
        .collect();
    let header = app.columns(&[
        "line",
        "programme",
        "household",
        "payee",
        "yuan",
        "state",
        "day",
        "reason",
    ]);
    app.out.text(&table(&header, &[0, 4], &rows))
}

pub(super) fn held(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.reading.database)?;
    let scope = office.scope(&list.reading)?;
    let held = office.store.read(|q| queries::held(q, &scope))?;
    if list.json {
        return app.out.json(&held);
    }
    let rows: Vec<Vec<String>> = held
        .into_iter()
        .map(|hold| {
            vec![
                hold.programme,
                HouseholdId(hold.household).to_string(),
                hold.payee
                    .map_or_else(String::new, |payee| PersonId(payee).to_string()),
                format!("{}–{}", hold.first_month, hold.last_month),
                hold.amount.to_string(),
                hold.cause.as_str().to_owned(),
                hold.reason,
            ]
        })
        .collect();
    let header = app.columns(&[
        "programme",
        "household",
        "payee",
        "months",
        "yuan",
        "cause",
        "reason",
    ]);
    app.out.text(&table(&header, &[4], &rows))
}

pub(super) fn returned(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.reading.database)?;
    let scope = office.scope(&list.reading)?;
    let desk = office.desk();
    let returned = office.store.read(|q| queries::returned(q, &scope, &desk))?;
    if list.json {
        return app.out.json(&returned);
    }
    let rows: Vec<Vec<String>> = returned
        .into_iter()
        .map(|line| {
            vec![
                line.batch,
                line.line_no.to_string(),
                HouseholdId(line.household).to_string(),
                PersonId(line.payee).to_string(),
                line.amount.to_string(),
                line.reason.unwrap_or_default(),
                line.returned_on.to_string(),
                line.correct_by
                    .map_or_else(String::new, |due| due.date.to_string()),
            ]
        })
        .collect();
    let header = app.columns(&[
        "batch",
        "line",
        "household",
        "payee",
        "yuan",
        "reason",
        "day",
        "due",
    ]);
    app.out.text(&table(&header, &[1, 4], &rows))
}

pub(super) fn recoveries(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.reading.database)?;
    let scope = office.scope(&list.reading)?;
    let recoveries = office.store.read(|q| queries::recoveries(q, &scope))?;
    if list.json {
        return app.out.json(&recoveries);
    }
    let rows: Vec<Vec<String>> = recoveries
        .into_iter()
        .map(|recovery| {
            vec![
                recovery.id.to_string(),
                CaseId(recovery.case).to_string(),
                HouseholdId(recovery.household).to_string(),
                recovery.cause.as_str().to_owned(),
                recovery.amount.to_string(),
                recovery.repaid.to_string(),
                recovery.open.to_string(),
                app.words.say(&format!("state-{}", recovery.state.as_str())),
                recovery.opened_on.to_string(),
            ]
        })
        .collect();
    let header = app.columns(&[
        "recovery",
        "case",
        "household",
        "cause",
        "yuan",
        "repaid",
        "open",
        "state",
        "day",
    ]);
    app.out.text(&table(&header, &[0, 4, 5, 6], &rows))
}

pub(super) fn funds(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.reading.database)?;
    let balances = office.store.read(|q| funds::fund_balances(q))?;
    if list.json {
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
    let rows: Vec<Vec<String>> = balances
        .iter()
        .map(|fund| {
            vec![
                fund.source.as_str().to_owned(),
                fund.posted.to_string(),
                fund.reserved.to_string(),
                fund.available.to_string(),
            ]
        })
        .collect();
    let header = app.columns(&["fund", "posted", "reserved", "available"]);
    app.out.text(&table(&header, &[1, 2, 3], &rows))
}
