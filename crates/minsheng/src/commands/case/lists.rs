//! Lists of cases: one case with its history, the cases of an area, what is due.

use clap::Args;
use minsheng_benefits::assistance::queries;
use minsheng_core::{Clock, Date, civil_date};

use super::{find, state_name};
use crate::app::{App, Office, Reading};
use crate::output::table;

#[derive(Debug, Args)]
pub struct Show {
    #[arg(value_name = "CASE")]
    case: String,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let office = Office::open(app, &show.reading.database)?;
    let scope = office.scope(&show.reading)?;
    let case = find(app, &office, &scope, &show.case)?;
    let steps = office
        .store
        .read(|q| queries::history(q, &scope, case.id))?;
    if show.json {
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
    let rows: Vec<Vec<String>> = steps
        .iter()
        .map(|step| {
            vec![
                step.acted_on.to_string(),
                step.step.clone(),
                step.to_state.clone(),
                step.actor.clone(),
                due_text(step.due_on, step.due_provisional),
            ]
        })
        .collect();
    let header = app.columns(&["day", "step", "state", "user", "due"]);
    app.out.text(&table(&header, &[], &rows))
}

/// A due day; `~` where it rests on a year outside of the calendar.
fn due_text(due: Option<Date>, provisional: bool) -> String {
    due.map_or_else(String::new, |day| {
        if provisional {
            format!("{day}~")
        } else {
            day.to_string()
        }
    })
}

#[derive(Debug, Args)]
pub struct List {
    #[arg(long)]
    state: Option<String>,
    #[arg(long)]
    programme: Option<String>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn list(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.reading.database)?;
    let scope = office.scope(&list.reading)?;
    let mut cases = office
        .store
        .read(|q| queries::cases(q, &scope, list.state.as_deref()))?;
    cases.retain(|case| {
        list.programme
            .as_ref()
            .is_none_or(|programme| *programme == case.programme)
    });
    if list.json {
        return app.out.json(&cases);
    }
    let rows: Vec<Vec<String>> = cases
        .iter()
        .map(|case| {
            vec![
                case.id.to_string(),
                case.number.clone(),
                case.programme.clone(),
                case.household.to_string(),
                case.applicant.to_string(),
                case.state.clone(),
                case.applied_on.to_string(),
                case.division.to_string(),
            ]
        })
        .collect();
    let header = app.columns(&[
        "case",
        "number",
        "programme",
        "household",
        "applicant",
        "state",
        "applied",
        "division",
    ]);
    app.out.text(&table(&header, &[], &rows))
}

#[derive(Debug, Args)]
pub struct Due {
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[arg(long)]
    late: bool,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn due(app: &mut App, due: &Due) -> anyhow::Result<()> {
    let office = Office::open(app, &due.reading.database)?;
    let scope = office.scope(&due.reading)?;
    let today = due.on.unwrap_or_else(|| civil_date(app.clock.now()));
    let mut lines = office.store.read(|q| queries::due(q, &scope, today))?;
    lines.retain(|line| line.late || !due.late);
    if due.json {
        return app.out.json(&lines);
    }
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            vec![
                due_text(Some(line.due_on), line.provisional),
                if line.late {
                    app.words.say("word-late")
                } else {
                    String::new()
                },
                line.case.to_string(),
                line.number.clone(),
                line.clock.clone(),
                line.state.clone(),
                line.division.to_string(),
            ]
        })
        .collect();
    let header = app.columns(&[
        "due", "late", "case", "number", "clock", "state", "division",
    ]);
    app.out.text(&table(&header, &[], &rows))
}
