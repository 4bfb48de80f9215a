//! Lists of cases: one case with its history, the cases of an area, what is due.

use clap::Args;
use minsheng_benefits::assistance::queries;
use minsheng_core::{Clock, Date, civil_date};
use minsheng_exchange::list::{Cell, List as Rows};

use super::{find, state_name};
use crate::app::{App, Listing, Office};

#[derive(Debug, Args)]
pub struct Show {
    #[arg(value_name = "CASE")]
    case: String,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let office = Office::open(app, &show.listing.reading.database)?;
    let scope = office.scope(&show.listing.reading)?;
    let case = find(app, &office, &scope, &show.case)?;
    let steps = office
        .store
        .read(|q| queries::history(q, &scope, case.id))?;
    if show.listing.json {
        return app
            .out
            .json(&serde_json::json!({ "case": case, "steps": steps }));
    }
    let state = state_name(app, &office.desk(), &case);
    let line = app.words.tell(
        "case-now",
        &[
            ("case", &case.id),
            ("number", &case.number),
            ("state", &state),
        ],
    );
    app.out.line(&line)?;
    let line = app.words.tell(
        "case-about",
        &[
            ("programme", &case.programme),
            ("household", &case.household),
            ("applicant", &case.applicant),
            ("applied", &case.applied_on),
            ("law", &case.law.as_deref().unwrap_or("—")),
        ],
    );
    app.out.line(&line)?;
    let mut rows = Rows::new(app.columns(&["day", "step", "state", "user", "due"]));
    for step in &steps {
        rows.push([
            Cell::from(step.acted_on),
            Cell::from(step.step.clone()),
            Cell::from(step.to_state.clone()),
            Cell::from(step.actor.clone()),
            due_text(step.due_on, step.due_provisional),
        ]);
    }
    app.list(&office, &show.listing, "case show", &rows)
}

/// A due day; `~` where it rests on a year outside of the calendar.
pub(super) fn due_text(due: Option<Date>, provisional: bool) -> Cell {
    match due {
        Some(day) if provisional => Cell::from(format!("{day}~")),
        other => Cell::from(other),
    }
}

#[derive(Debug, Args)]
pub struct List {
    #[arg(long)]
    state: Option<String>,
    #[arg(long)]
    programme: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn list(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let mut cases = office
        .store
        .read(|q| queries::cases(q, &scope, list.state.as_deref()))?;
    cases.retain(|case| {
        list.programme
            .as_ref()
            .is_none_or(|programme| *programme == case.programme)
    });
    if list.listing.json {
        return app.out.json(&cases);
    }
    let mut rows = Rows::new(app.columns(&[
        "case",
        "number",
        "programme",
        "household",
        "applicant",
        "state",
        "applied",
        "division",
    ]));
    for case in &cases {
        rows.push([
            Cell::from(case.id.to_string()),
            Cell::from(case.number.clone()),
            Cell::from(case.programme.clone()),
            Cell::from(case.household.to_string()),
            Cell::from(case.applicant.to_string()),
            Cell::from(case.state.clone()),
            Cell::from(case.applied_on),
            Cell::from(case.division.to_string()),
        ]);
    }
    app.list(&office, &list.listing, "case list", &rows)
}

#[derive(Debug, Args)]
pub struct Due {
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[arg(long)]
    late: bool,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn due(app: &mut App, due: &Due) -> anyhow::Result<()> {
    let office = Office::open(app, &due.listing.reading.database)?;
    let scope = office.scope(&due.listing.reading)?;
    let today = due.on.unwrap_or_else(|| civil_date(app.clock.now()));
    let mut lines = office.store.read(|q| queries::due(q, &scope, today))?;
    lines.retain(|line| line.late || !due.late);
    if due.listing.json {
        return app.out.json(&lines);
    }
    let mut rows = Rows::new(app.columns(&[
        "due", "late", "case", "number", "clock", "state", "division",
    ]));
    for line in &lines {
        rows.push([
            due_text(Some(line.due_on), line.provisional),
            Cell::from(line.late.then(|| app.words.say("word-late"))),
            Cell::from(line.case.to_string()),
            Cell::from(line.number.clone()),
            Cell::from(line.clock.clone()),
            Cell::from(line.state.clone()),
            Cell::from(line.division.to_string()),
        ]);
    }
    app.list(&office, &due.listing, "case due", &rows)
}
