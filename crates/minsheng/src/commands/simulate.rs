//! `policy simulate`: what other rules would change, household by household, before anybody puts them in force.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args as Arguments;
use minsheng_benefits::simulation::{
    Answer, Asked, Count, Effect, GroupTotals, HouseholdType, Line, Simulation, simulate,
};
use minsheng_core::{Date, Fen, Month};
use minsheng_county_demo::Change;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_payments::outlook::{Foreseen, outlook};
use minsheng_policy::PackSet;
use minsheng_registry::{Desk, RegistryError, divisions, households};
use minsheng_store::Query;
use serde_json::json;

use super::policy::{Packs, load, load_sources};
use crate::app::{App, Listing, Office};
use crate::failure::Failure;
use crate::progress::Stages;

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(long, value_name = "FILE.toml", required_unless_present = "pack")]
    change: Option<PathBuf>,
    #[arg(long, value_name = "DIR", conflicts_with = "change")]
    pack: Option<PathBuf>,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[arg(long, value_name = "YYYY-MM")]
    from: Option<Month>,
    #[arg(long, value_name = "YYYY-MM")]
    to: Option<Month>,
    #[arg(long, value_name = "EFFECT", value_parser = effect)]
    effect: Option<Effect>,
    #[command(flatten)]
    listing: Listing,
}

fn effect(text: &str) -> Result<Effect, String> {
    Effect::ALL
        .into_iter()
        .find(|effect| effect.as_str() == text)
        .ok_or_else(|| {
            let all: Vec<&str> = Effect::ALL.iter().map(|effect| effect.as_str()).collect();
            format!("it is one of {}", all.join(", "))
        })
}

/// Asks, and prints the sums with the list behind them, or the list alone into a file.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let listing = &arguments.listing;
    let office = Office::open(app, &listing.reading.database)?;
    let scope = office.scope(&listing.reading)?;
    let desk = office.desk();
    let rules = rules(app, &desk, arguments)?;
    let on = match arguments.on {
        Some(day) => day,
        None => office.today(app)?,
    };
    let from = arguments.from.unwrap_or(Month::from_date(on).next());
    let to = arguments.to.unwrap_or(from);
    if to < from {
        return Err(anyhow!(Failure::usage(
            app.words
                .tell("determine-months", &[("from", &from), ("to", &to)]),
            app.words.say("determine-months-hint"),
        )));
    }
    let asked = Asked {
        rules: &rules,
        on,
        from,
        to,
    };
    let stages = Stages::new(&app.words);
    let told = &mut |done, total| stages.tell("simulate", done, total);
    let found = office
        .store
        .read(|q| simulate(&desk, q, &scope, &asked, told));
    stages.finish();
    let found = found?;
    let (funds_before, funds_after) = office.store.read(|q| {
        let current = desk.packs.current();
        let before = outlook(q, current, &costs(&found, |cost| cost.0))?;
        let after = outlook(q, &rules, &costs(&found, |cost| cost.1))?;
        Ok::<_, minsheng_payments::PaymentError>((before, after))
    })?;
    if listing.json {
        let (before, after) = found.cover();
        app.out.json(&json!({
            "on": found.on,
            "month": found.month,
            "known": found.known.0,
            "rules_before": found.before_hash,
            "rules_after": found.after_hash,
            "effects": found.effects(),
            "by_township": found.by_township(),
            "by_household_type": found.by_type(),
            "costs": found.costs,
            "funds": {"before": funds_before, "after": funds_after},
            "cover": {"before": before, "after": after},
            "lines": found.lines.iter().filter(|line| wanted(arguments, line)).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if listing.file.out.is_none() {
        sums(app, &office, &found, (&funds_before, &funds_after))?;
        if arguments.effect.is_none() {
            let hint = app.words.say("simulate-list-hint");
            app.out.line(&hint)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let rows = office
        .store
        .read(|q| named(app, &office, q, &found, arguments))?;
    app.list(&office, listing, "policy simulate", &rows)?;
    Ok(ExitCode::SUCCESS)
}

/// The other rules: those of a folder, or those in force with a change.
fn rules(app: &App, desk: &Desk<'_>, arguments: &Args) -> anyhow::Result<PackSet> {
    if let Some(folder) = &arguments.pack {
        return load(app, &Packs::in_folder(folder.clone()));
    }
    let path = arguments.change.clone().unwrap_or_default();
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path)
        .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
    let change = Change::parse(&name, &text)?;
    change.rules_only()?;
    let current = desk.packs.current();
    let sources = change.apply_to_packs(current.sources().to_vec())?;
    load_sources(app, current.authority(), sources)
}

/// Without a wish, whoever notices the change.
fn wanted(arguments: &Args, line: &Line) -> bool {
    match arguments.effect {
        Some(effect) => line.effect == effect,
        None => line.effect.is_change(),
    }
}

fn costs(found: &Simulation, side: impl Fn((Fen, Fen)) -> Fen) -> BTreeMap<(Month, String), Fen> {
    found
        .costs
        .iter()
        .map(|cost| {
            let key = (cost.month, cost.programme.clone());
            (key, side((cost.before_fen, cost.after_fen)))
        })
        .collect()
}

fn effect_name(app: &App, effect: &str) -> String {
    app.words.say(&format!("effect-{effect}"))
}

fn type_name(app: &App, kind: HouseholdType) -> String {
    let code = kind.as_str().replace('_', "-");
    app.words.say(&format!("household-type-{code}"))
}

fn sums(
    app: &mut App,
    office: &Office,
    found: &Simulation,
    funds: (&[Foreseen], &[Foreseen]),
) -> anyhow::Result<()> {
    let names: BTreeMap<i64, String> = office
        .store
        .read(|q| divisions::on(q, found.on))?
        .into_iter()
        .map(|one| (one.code, one.name))
        .collect();
    let all = [GroupTotals {
        group: (),
        effects: found.effects(),
    }];
    let title = app.words.tell(
        "simulate-title",
        &[
            ("cases", &found.cases().count()),
            ("on", &found.on),
            ("month", &found.month),
            ("before", &short(&found.before_hash)),
            ("after", &short(&found.after_hash)),
        ],
    );
    app.out.line(&title)?;
    section(
        app,
        "simulate-by-effect",
        groups(app, None, &all, |()| None),
    )?;
    let townships = groups(app, Some("column-township"), &found.by_township(), |code| {
        Some(names.get(code).cloned().unwrap_or_else(|| code.to_string()))
    });
    section(app, "simulate-by-township", townships)?;
    let types = groups(
        app,
        Some("column-household-type"),
        &found.by_type(),
        |kind| Some(type_name(app, *kind)),
    );
    section(app, "simulate-by-type", types)?;

    let mut rows = Rows::new(app.columns(&["month", "programme", "before", "after", "difference"]));
    for cost in &found.costs {
        rows.push([
            Cell::from(cost.month.to_string()),
            Cell::from(office.programme_name(&cost.programme, app.lang)),
            Cell::from(cost.before_fen),
            Cell::from(cost.after_fen),
            Cell::from(less(cost.after_fen, cost.before_fen)),
        ]);
    }
    section(app, "simulate-costs", rows)?;
    let unclear = found
        .costs
        .iter()
        .map(|cost| cost.unclear_before.max(cost.unclear_after));
    let unclear: usize = unclear.sum();
    if unclear > 0 {
        let said = app.words.tell("simulate-unclear", &[("count", &unclear)]);
        app.out.line(&said)?;
    }

    let mut by_fund: BTreeMap<(Month, Option<&str>), (Fen, Fen)> = BTreeMap::new();
    for (side, foreseen) in [(0, funds.0), (1, funds.1)] {
        for one in foreseen {
            let key = (one.month, one.source.as_ref().map(|source| source.as_str()));
            let sum = by_fund.entry(key).or_insert((Fen::ZERO, Fen::ZERO));
            let sum = if side == 0 { &mut sum.0 } else { &mut sum.1 };
            *sum = one.amount_fen;
        }
    }
    let mut rows = Rows::new(app.columns(&["month", "fund", "before", "after", "difference"]));
    for ((month, source), (before, after)) in by_fund {
        rows.push([
            Cell::from(month.to_string()),
            Cell::from(
                app.words
                    .say(&format!("fund-{}", source.unwrap_or("missing"))),
            ),
            Cell::from(before),
            Cell::from(after),
            Cell::from(less(after, before)),
        ]);
    }
    section(app, "simulate-funds", rows)?;

    let (before, after) = found.cover();
    let cliffs = |side: fn(&Line) -> bool| found.cases().filter(|line| side(line)).count();
    let said = app.words.tell(
        "simulate-cover",
        &[
            ("covered-before", &before.covered_cases),
            ("covered-after", &after.covered_cases),
            ("open-before", &before.uncovered_households),
            ("open-after", &after.uncovered_households),
            ("gap-before", &before.gap_fen),
            ("gap-after", &after.gap_fen),
            ("cliffs-before", &cliffs(|line| line.cliff_before.is_some())),
            ("cliffs-after", &cliffs(|line| line.cliff_after.is_some())),
        ],
    );
    app.out.line(&said)
}

fn section(app: &mut App, title: &str, rows: Rows) -> anyhow::Result<()> {
    app.out.line("")?;
    let title = app.words.say(title);
    app.out.line(&title)?;
    app.table(&rows)
}

/// One row for each effect of each group.
fn groups<K>(
    app: &App,
    column: Option<&str>,
    groups: &[GroupTotals<K>],
    name: impl Fn(&K) -> Option<String>,
) -> Rows {
    let mut columns = app.columns(&["effect", "cases", "before", "after", "difference"]);
    if let Some(column) = column {
        columns.insert(0, app.words.say(column));
    }
    let mut rows = Rows::new(columns);
    for group in groups {
        for (effect, count) in in_order(&group.effects) {
            let mut row: Vec<Cell> = name(&group.group).map(Cell::from).into_iter().collect();
            row.extend([
                Cell::from(effect_name(app, effect)),
                Cell::from(i64::try_from(count.cases).unwrap_or(i64::MAX)),
                Cell::from(count.before_fen),
                Cell::from(count.after_fen),
                Cell::from(
                    count
                        .before_fen
                        .zip(count.after_fen)
                        .map(|(before, after)| less(after, before)),
                ),
            ]);
            rows.push(row);
        }
    }
    rows
}

fn in_order<'c>(
    effects: &'c BTreeMap<&'static str, Count>,
) -> impl Iterator<Item = (&'static str, &'c Count)> {
    Effect::ALL
        .into_iter()
        .filter_map(|effect| effects.get_key_value(effect.as_str()))
        .map(|(effect, count)| (*effect, count))
}

fn less(one: Fen, other: Fen) -> Fen {
    Fen::new(one.get().saturating_sub(other.get()))
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// The list behind the numbers, with the heads of the households.
fn named(
    app: &App,
    office: &Office,
    q: &mut dyn Query,
    found: &Simulation,
    arguments: &Args,
) -> Result<Rows, RegistryError> {
    let mut rows = Rows::new(app.columns(&[
        "effect",
        "household",
        "head",
        "case",
        "programme",
        "village",
        "household-type",
        "before",
        "after",
        "difference",
        "cliff",
    ]));
    let names: BTreeMap<i64, String> = divisions::on(q, found.on)?
        .into_iter()
        .map(|one| (one.code, one.name))
        .collect();
    for line in found.lines.iter().filter(|line| wanted(arguments, line)) {
        let members = households::members(q, line.household, found.on, found.known)?;
        let head = members.into_iter().find(|one| one.relation == "head");
        let paid = |answer: &Answer| answer.amount_fen;
        let difference = paid(&line.before).zip(paid(&line.after));
        rows.push([
            Cell::from(effect_name(app, line.effect.as_str())),
            Cell::from(line.household.to_string()),
            Cell::from(head.map(|head| head.name)),
            Cell::from(line.case.map(|case| case.to_string())),
            Cell::from(office.programme_name(&line.programme, app.lang)),
            Cell::from(names.get(&line.division).cloned()),
            Cell::from(line.household_type.map(|kind| type_name(app, kind))),
            Cell::from(paid(&line.before)),
            Cell::from(paid(&line.after)),
            Cell::from(difference.map(|(before, after)| less(after, before))),
            Cell::from(line.cliff_after.as_ref().map(|cliff| cliff.loss_fen)),
        ]);
    }
    Ok(rows)
}
