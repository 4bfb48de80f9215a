//! Lists of cases: one case with its history, the cases of an area, what is due.

use anyhow::anyhow;
use clap::Args;
use minsheng_benefits::assistance::{self, queries};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};

use super::find;
use super::names::{clock_in, procedure_of, programme_name, state_in, state_name, step_names};
use super::serving::way_name;
use crate::app::{App, Listing, Office};
use crate::failure::Failure;

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
    let services = office
        .store
        .read(|q| assistance::services(q, &scope, Some(case.id)))?;
    if show.listing.json {
        return app
            .out
            .json(&serde_json::json!({ "case": case, "steps": steps, "decisions": services }));
    }
    let desk = office.desk();
    let state = state_name(app, &desk, &case);
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
            ("programme", &programme_name(app, &desk, &case.programme)),
            ("household", &case.household),
            ("applicant", &case.applicant),
            ("applied", &case.applied_on),
            ("law", &case.law.as_deref().unwrap_or("—")),
        ],
    );
    app.out.line(&line)?;
    if case.single {
        app.out.line(&app.words.say("case-single"))?;
    }
    if show.listing.file.out.is_none() {
        for row in &services {
            let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
            let line = app.words.tell(
                "case-service",
                &[
                    ("decision", &row.decision),
                    ("kind", &app.words.say(&format!("decision-{}", row.kind))),
                    ("decided", &row.decided_on),
                    ("way", &way_name(app, row.way.as_deref())),
                    ("served", &day(row.effective_on)),
                ],
            );
            app.out.line(line.trim_end())?;
        }
    }
    let procedure = procedure_of(&desk, &case);
    let mut rows = Rows::new(app.columns(&["day", "step", "state", "user", "due"]));
    for step in &steps {
        let [name, state] = step_names(app, procedure, step);
        rows.push([
            Cell::from(step.acted_on),
            Cell::from(name),
            Cell::from(state),
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
    known_filters(app, &office, list)?;
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
    let desk = office.desk();
    for case in &cases {
        rows.push([
            Cell::from(case.id.to_string()),
            Cell::from(case.number.clone()),
            Cell::from(programme_name(app, &desk, &case.programme)),
            Cell::from(case.household.to_string()),
            Cell::from(case.applicant.to_string()),
            Cell::from(state_name(app, &desk, case)),
            Cell::from(case.applied_on),
            Cell::from(case.division.to_string()),
        ]);
    }
    app.list(&office, &list.listing, "case list", &rows)
}

/// Refuses a state or programme that no pack knows: an empty list would be taken for the truth.
fn known_filters(app: &App, office: &Office, list: &List) -> anyhow::Result<()> {
    let desk = office.desk();
    let programmes = desk.packs.current().programmes();
    let known: Vec<&str> = programmes
        .iter()
        .map(|programme| programme.code.as_str())
        .collect();
    refuse_unknown(app, "programme", list.programme.as_deref(), &known)?;
    let mut states: Vec<&str> = Vec::new();
    for state in programmes
        .iter()
        .flat_map(|programme| &programme.procedures)
        .flat_map(|procedure| &procedure.states)
    {
        if !states.contains(&state.code.as_str()) {
            states.push(&state.code);
        }
    }
    refuse_unknown(app, "state", list.state.as_deref(), &states)
}

fn refuse_unknown(
    app: &App,
    filter: &str,
    value: Option<&str>,
    known: &[&str],
) -> anyhow::Result<()> {
    match value.filter(|value| !known.contains(value)) {
        None => Ok(()),
        Some(value) => Err(anyhow!(Failure::usage(
            app.words
                .tell("filter-unknown", &[("filter", &filter), ("value", &value)]),
            app.words
                .tell("filter-unknown-hint", &[("known", &known.join(", "))]),
        ))),
    }
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
    let today = match due.on {
        Some(on) => on,
        None => office.today(app)?,
    };
    let mut lines = office.store.read(|q| queries::due(q, &scope, today))?;
    lines.retain(|line| line.late || !due.late);
    if due.listing.json {
        return app.out.json(&lines);
    }
    let mut rows = Rows::new(app.columns(&[
        "due", "late", "case", "number", "clock", "state", "division",
    ]));
    let desk = office.desk();
    for line in &lines {
        rows.push([
            due_text(Some(line.due_on), line.provisional),
            Cell::from(line.late.then(|| app.words.say("word-late"))),
            Cell::from(line.case.to_string()),
            Cell::from(line.number.clone()),
            Cell::from(clock_in(app, &desk, &line.programme, &line.clock)),
            Cell::from(state_in(app, &desk, &line.programme, &line.state)),
            Cell::from(line.division.to_string()),
        ]);
    }
    app.list(&office, &due.listing, "case due", &rows)
}
