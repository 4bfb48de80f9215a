//! The targets of a campaign as a list.

use super::*;

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
    ]));
    for line in &lines {
        let ground = line.ground.as_deref().and_then(|code| kind.ground(code));
        let ground = ground.map(|ground| ground.name.get(app.lang).to_owned());
        let outcome = kind
            .outcome(line.outcome.as_str())
            .map(|name| name.get(app.lang));
        rows.push([
            Cell::from(line.case.to_string()),
            Cell::from(line.number.clone()),
            Cell::from(line.household.to_string()),
            Cell::from(line.division.to_string()),
            Cell::from(line.programme.clone()),
            Cell::Int(line.persons_before),
            Cell::Yuan(line.before_fen),
            Cell::from(outcome.unwrap_or(line.outcome.as_str()).to_owned()),
            Cell::from(ground.unwrap_or_default()),
            Cell::Yuan(line.after_fen),
            Cell::from(line.waits_for.join(", ")),
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
