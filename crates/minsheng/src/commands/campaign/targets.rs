//! The targets of a campaign as a list.

use anyhow::anyhow;
use clap::Args;
use minsheng_benefits::campaigns::{Filter, Outcome};
use minsheng_exchange::list::{Cell, List as Rows};

use super::{Show, targets_of};
use crate::app::App;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub struct Targets {
    #[command(flatten)]
    show: Show,
    #[arg(long)]
    outcome: Option<String>,
    #[arg(long, value_name = "STEP")]
    without: Option<String>,
}

pub(super) fn targets(app: &mut App, targets: &Targets) -> anyhow::Result<()> {
    let show = &targets.show;
    let (office, found, kind) = show.read(app)?;
    let outcome = targets
        .outcome
        .as_deref()
        .map(|code| outcome(app, code))
        .transpose()?;
    let filter = Filter {
        outcome,
        without: targets.without.clone(),
    };
    let scope = office.scope(&show.listing.reading)?;
    let at = show.known_at(app)?;
    let lines = targets_of(&office, &scope, &found.campaign, at, &filter)?;
    if show.listing.json {
        return app.out.json(&lines);
    }
    let mut rows = Rows::new(app.columns(&[
        "case",
        "number",
        "household",
        "division",
        "programme",
        "members",
        "yuan-before",
        "outcome",
        "ground",
        "yuan-after",
        "waits-for",
        "unanswered",
    ]));
    let desk = office.desk();
    let programme = |code: &str| {
        let found = desk.packs.current().programme(code);
        found
            .map_or(code, |found| found.name.get(app.lang))
            .to_owned()
    };
    for line in &lines {
        let ground = line.ground.as_deref().and_then(|code| kind.ground(code));
        let ground = ground.map(|ground| ground.name.get(app.lang).to_owned());
        let outcome = kind
            .outcome(line.outcome.as_str())
            .map(|name| name.get(app.lang));
        let name = |code: &String| match kind.step(code) {
            Some(step) => step.name.get(app.lang).to_owned(),
            None => code.clone(),
        };
        let waits: Vec<String> = line.waits_for.iter().map(name).collect();
        rows.push([
            Cell::from(line.case.to_string()),
            Cell::from(line.number.clone()),
            Cell::from(line.household.to_string()),
            Cell::from(line.division.to_string()),
            Cell::from(programme(&line.programme)),
            Cell::Int(line.persons_before),
            Cell::Yuan(line.before_fen),
            Cell::from(outcome.unwrap_or(line.outcome.as_str()).to_owned()),
            Cell::from(ground.unwrap_or_default()),
            Cell::Yuan(line.after_fen),
            Cell::from(waits.join(", ")),
            Cell::Int(line.open_objections),
        ]);
    }
    app.list(&office, &show.listing, "campaign targets", &rows)
}

fn outcome(app: &App, code: &str) -> anyhow::Result<Outcome> {
    let found = Outcome::ALL
        .into_iter()
        .find(|outcome| outcome.as_str() == code);
    found.ok_or_else(|| {
        let known: Vec<&str> = Outcome::ALL
            .iter()
            .map(|outcome| outcome.as_str())
            .collect();
        anyhow!(Failure::usage(
            app.words.tell("campaign-outcome", &[("code", &code)]),
            app.words
                .tell("campaign-outcome-hint", &[("known", &known.join(", "))]),
        ))
    })
}
