//! `case days`: working days used against the limit, by case or by township and month.

use clap::Args;
use minsheng_benefits::assistance::days::{self, CaseDays, Standing, TownshipDays};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};

use super::names::{procedure_of, programme_name};
use crate::app::{App, Listing, Office};

#[derive(Debug, Args)]
pub struct Days {
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[arg(long)]
    late: bool,
    #[arg(long)]
    stages: bool,
    #[arg(long)]
    by_township: bool,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn run(app: &mut App, asked: &Days) -> anyhow::Result<()> {
    let office = Office::open(app, &asked.listing.reading.database)?;
    let scope = office.scope(&asked.listing.reading)?;
    let today = match asked.on {
        Some(on) => on,
        None => office.today(app)?,
    };
    let period = (
        asked.from.unwrap_or(Date::constant(1970, 1, 1)),
        asked.to.unwrap_or(today),
    );
    let desk = office.desk();
    let mut cases = office
        .store
        .read(|q| days::days(&desk, q, &scope, period, today))?;
    if asked.by_township {
        let found = days::by_township(&cases);
        if asked.listing.json {
            return app.out.json(&found);
        }
        let table = townships(app, &found);
        return app.list(&office, &asked.listing, "case days --by-township", &table);
    }
    cases.retain(|case| !asked.late || matches!(case.standing, Standing::Late | Standing::Overdue));
    if asked.listing.json {
        return app.out.json(&cases);
    }
    if asked.stages {
        let table = stages(app, &office, &cases)?;
        return app.list(&office, &asked.listing, "case days --stages", &table);
    }
    let mut table = Rows::new(app.columns(&[
        "case",
        "number",
        "programme",
        "division",
        "accepted",
        "finished",
        "days",
    ]));
    for case in &cases {
        table.push([
            Cell::from(case.case.to_string()),
            Cell::from(case.number.clone()),
            Cell::from(programme_name(app, &desk, &case.programme)),
            Cell::from(case.division.to_string()),
            Cell::from(case.accepted_on),
            Cell::from(case.ended_on),
            Cell::from(standing(app, case)),
        ]);
    }
    app.list(&office, &asked.listing, "case days", &table)
}

/// `running: 12 of 30`; a law without a limit in all says none.
fn standing(app: &App, case: &CaseDays) -> String {
    let key = match case.standing {
        Standing::Within => "days-within",
        Standing::Late => "days-late",
        Standing::Running => "days-running",
        Standing::Overdue => "days-overdue",
        Standing::Withdrawn => "days-withdrawn",
    };
    let limit = case
        .limit
        .map_or_else(|| app.words.say("days-no-limit"), |limit| limit.to_string());
    let mut text = app
        .words
        .tell(key, &[("days", &case.days), ("limit", &limit)]);
    if case.extended {
        text.push_str(&app.words.say("days-extended"));
    }
    if case.provisional {
        text.push('~');
    }
    text
}

fn stages(app: &App, office: &Office, cases: &[CaseDays]) -> anyhow::Result<Rows> {
    let desk = office.desk();
    let mut table = Rows::new(app.columns(&["case", "step", "day", "days", "late"]));
    for case in cases {
        let file = office
            .store
            .read(|q| minsheng_benefits::assistance::case(q, case.case))?;
        let procedure = procedure_of(&desk, &file);
        for stage in &case.stages {
            let (code, from, to) = (&stage.step, &stage.from_state, &stage.to_state);
            let name = procedure.and_then(|procedure| procedure.step_name(code, from, to));
            let name = name.map_or_else(|| code.clone(), |name| name.get(app.lang).to_owned());
            table.push([
                Cell::from(case.case.to_string()),
                Cell::from(name),
                Cell::from(stage.ended_on),
                Cell::from(i64::from(stage.days)),
                Cell::from(stage.late.then(|| app.words.say("word-late"))),
            ]);
        }
    }
    Ok(table)
}

fn townships(app: &App, townships: &[TownshipDays]) -> Rows {
    let mut table = Rows::new(app.columns(&[
        "township",
        "month",
        "decided-cases",
        "median",
        "longest",
        "within",
        "running",
        "taken-back",
        "late",
    ]));
    for row in townships {
        let late: Vec<String> = row.late.iter().map(ToString::to_string).collect();
        let month = row.month.map(|month| month.to_string());
        table.push([
            Cell::from(row.township.to_string()),
            Cell::from(month.unwrap_or_else(|| app.words.say("days-undecided"))),
            Cell::from(row.decided),
            Cell::from(row.median_doubled.map(halved)),
            Cell::from(row.longest.map(i64::from)),
            Cell::from(share(row)),
            Cell::from(row.running),
            Cell::from(row.withdrawn),
            Cell::from(late.join(" ")),
        ]);
    }
    table
}

/// A doubled number as it is: `17` is 8.5.
fn halved(doubled: u32) -> String {
    let half = if doubled % 2 == 1 { ".5" } else { "" };
    format!("{}{half}", doubled / 2)
}

/// The share within the limit in percent, cut to one decimal; nothing where nothing is decided.
fn share(row: &TownshipDays) -> String {
    if row.decided == 0 {
        return String::new();
    }
    let tenths = row.within * 1000 / row.decided;
    format!("{}.{}%", tenths / 10, tenths % 10)
}
