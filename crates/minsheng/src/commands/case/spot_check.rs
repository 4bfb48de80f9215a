//! `case spot-check`: draws the homes that the county visits, and prints draws.

use anyhow::anyhow;
use clap::Args;
use minsheng_benefits::assistance::{self, AssistanceError, Draw, DrawLine, DrawRow};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::Ctx;
use rand_core::Rng;

use super::names::{programme_name, state_in};
use crate::app::{App, Listing, Office, Writing};
use crate::failure::Failure;
use crate::wiring;

#[derive(Debug, Args)]
pub struct SpotCheck {
    #[arg(long)]
    programme: String,
    #[arg(long, value_name = "DATE")]
    from: Date,
    #[arg(long, value_name = "DATE")]
    to: Date,
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct SpotChecks {
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn draw(app: &mut App, check: &SpotCheck) -> anyhow::Result<()> {
    let office = Office::open(app, &check.writing.database)?;
    let ctx: Ctx = office.ctx(app, &check.writing)?;
    let seed = match check.seed {
        Some(_) if !office.is_rehearsal() => {
            return Err(anyhow!(Failure::new(
                app.words.say("seed-not-rehearsal"),
                app.words.say("seed-not-rehearsal-hint"),
            )));
        }
        Some(seed) => seed,
        None => wiring::randomness()?.next_u64(),
    };
    let asked = Draw {
        programme: check.programme.clone(),
        from: check.from,
        to: check.to,
        seed,
    };
    let made = assistance::draw(&office.desk(), &ctx, &asked)?;
    let all = office.store.read(|q| lists(q, &ctx.scope()))?;
    let new: Vec<Drawn> = all
        .into_iter()
        .filter(|(draw, _)| made.contains(&draw.id))
        .collect();
    if check.json {
        return app.out.json(&as_json(&new));
    }
    titles(app, &office, &new)?;
    let table = table_of(app, &office, &new);
    app.table(&table)
}

pub(super) fn list(app: &mut App, list: &SpotChecks) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let all = office.store.read(|q| lists(q, &scope))?;
    if list.listing.json {
        return app.out.json(&as_json(&all));
    }
    if list.listing.file.out.is_none() {
        titles(app, &office, &all)?;
    }
    let table = table_of(app, &office, &all);
    app.list(&office, &list.listing, "case spot-checks", &table)
}

/// A draw with its list.
type Drawn = (DrawRow, Vec<DrawLine>);

fn lists(
    q: &mut dyn minsheng_store::Query,
    scope: &minsheng_store::Scope,
) -> Result<Vec<Drawn>, AssistanceError> {
    let draws = assistance::draws(q, scope)?;
    draws
        .into_iter()
        .map(|draw| {
            let lines = assistance::drawn_cases(q, scope, draw.id)?;
            Ok((draw, lines))
        })
        .collect()
}

fn as_json(draws: &[Drawn]) -> Vec<serde_json::Value> {
    draws
        .iter()
        .map(|(draw, lines)| serde_json::json!({ "draw": draw, "cases": lines }))
        .collect()
}

fn titles(app: &mut App, office: &Office, draws: &[Drawn]) -> anyhow::Result<()> {
    let desk = office.desk();
    for (draw, _) in draws {
        let title = app.words.tell(
            "spot-check-title",
            &[
                ("draw", &draw.id),
                ("programme", &programme_name(app, &desk, &draw.programme)),
                ("law", &draw.law),
                ("from", &draw.from),
                ("to", &draw.to),
                ("seed", &draw.seed),
                ("quota", &draw.quota),
                ("population", &draw.population),
                ("percent", &draw.percent),
                ("mark", &draw.mark),
                ("digest", &draw.population_digest),
            ],
        );
        app.out.line(&title)?;
    }
    Ok(())
}

fn table_of(app: &App, office: &Office, draws: &[Drawn]) -> Rows {
    let desk = office.desk();
    let mut table = Rows::new(app.columns(&[
        "draw",
        "case",
        "number",
        "state",
        "visit-because",
        "visited",
    ]));
    for (draw, lines) in draws {
        for line in lines {
            let why = match (&line.flag, line.drawn) {
                (Some(flag), _) => app.words.say(&format!("flag-{flag}")),
                (None, true) => app.words.say("flag-drawn"),
                (None, false) => String::new(),
            };
            table.push([
                Cell::from(draw.id),
                Cell::from(line.case.to_string()),
                Cell::from(line.number.clone()),
                Cell::from(state_in(app, &desk, &draw.programme, &line.state)),
                Cell::from(why),
                Cell::from(line.visited_on),
            ]);
        }
    }
    table
}
