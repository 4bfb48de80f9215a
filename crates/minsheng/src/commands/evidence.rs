//! `evidence add | close | withdraw | list`: what is known about a person or a household, on two time axes.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_core::{Date, Fen};
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::evidence::{self, About};
use minsheng_registry::{RegistryError, households, persons};

use super::evidence_entry::{Days, Entry, complete};
use super::whom::{ListOf, Whom};
use crate::app::{App, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Add),
    Close(Close),
    Withdraw(Withdraw),
    List(ListOf),
}

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    whom: Whom,
    #[arg(long)]
    kind: String,
    #[arg(long, default_value = "")]
    slot: String,
    #[arg(long)]
    code: Option<String>,
    #[arg(long)]
    quantity: Option<i64>,
    #[arg(long, value_name = "YUAN")]
    amount: Option<String>,
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    #[arg(long)]
    source: String,
    #[arg(long)]
    change: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Close {
    #[command(flatten)]
    whom: Whom,
    #[arg(long)]
    kind: String,
    #[arg(long, default_value = "")]
    slot: String,
    #[arg(long, value_name = "DATE")]
    from: Date,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Withdraw {
    row: i64,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add(arguments) => add(app, arguments),
        Command::Close(arguments) => close(app, arguments),
        Command::Withdraw(arguments) => withdraw(app, arguments),
        Command::List(arguments) => list(app, arguments),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn add(app: &mut App, add: &Add) -> anyhow::Result<()> {
    let office = Office::open(app, &add.writing.database)?;
    let ctx = office.ctx(app, &add.writing)?;
    let entry = Entry {
        kind: add.kind.clone(),
        slot: add.slot.clone(),
        code: add.code.clone(),
        quantity: add.quantity,
        amount: add.amount.clone(),
        from: add.from,
        to: add.to,
        source: Some(add.source.clone()),
    };
    let about = add.whom.about(app)?;
    let days = Days {
        from: ctx.today(),
        today: ctx.today(),
    };
    let desk = office.desk();
    let new = complete(app, desk.packs.current(), about, &entry, days, &add.kind)?;
    let id = if add.change {
        evidence::change(&desk, &ctx, &new)?
    } else {
        evidence::record(&desk, &ctx, &new)?
    };
    let line = app.words.tell(
        "evidence-added",
        &[
            ("row", &id),
            ("kind", &add.kind),
            ("from", &new.row.valid_from),
        ],
    );
    app.out.line(&line)
}

fn close(app: &mut App, close: &Close) -> anyhow::Result<()> {
    let office = Office::open(app, &close.writing.database)?;
    let ctx = office.ctx(app, &close.writing)?;
    let about = close.whom.about(app)?;
    evidence::end(
        &office.desk(),
        &ctx,
        about,
        &close.kind,
        &close.slot,
        close.from,
    )?;
    let line = app.words.tell(
        "evidence-closed",
        &[("kind", &close.kind), ("from", &close.from)],
    );
    app.out.line(&line)
}

fn withdraw(app: &mut App, withdraw: &Withdraw) -> anyhow::Result<()> {
    let office = Office::open(app, &withdraw.writing.database)?;
    let ctx = office.ctx(app, &withdraw.writing)?;
    evidence::withdraw(&office.desk(), &ctx, withdraw.row)?;
    let line = app
        .words
        .tell("evidence-withdrawn", &[("row", &withdraw.row)]);
    app.out.line(&line)
}

fn list(app: &mut App, list: &ListOf) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let about = list.whom.about(app)?;
    let known = list.known.read(app)?;
    let rows = office.store.read(|q| {
        let seen = match about {
            About::Household(id) => households::find(q, &scope, id)?.is_some(),
            About::Person(id) => persons::find(q, &scope, id)?.is_some(),
        };
        if !seen {
            let (what, id) = match about {
                About::Household(id) => ("household", id.to_string()),
                About::Person(id) => ("person", id.to_string()),
            };
            return Err(RegistryError::NotFound { what, id });
        }
        let known = known.tx(q)?;
        let mut rows = evidence::history(q, about, known)?;
        // What was superseded later was not known to be.
        for row in &mut rows {
            row.superseded_tx = row.superseded_tx.filter(|tx| *tx <= known.0);
        }
        Ok(rows)
    })?;
    if list.listing.json {
        return app.out.json(&rows);
    }
    let mut cells = Rows::new(app.columns(&[
        "row",
        "kind",
        "slot",
        "code",
        "quantity",
        "yuan",
        "from",
        "to",
        "recorded",
        "superseded",
        "source",
    ]));
    for recorded in &rows {
        let row = &recorded.row;
        cells.push([
            Cell::from(recorded.id),
            Cell::from(row.kind.clone()),
            Cell::from(row.slot.clone()),
            Cell::from(row.code.clone()),
            Cell::from(row.quantity),
            Cell::from(row.amount_fen.map(Fen::new)),
            Cell::from(row.valid_from),
            Cell::from(row.valid_to),
            Cell::from(recorded.tx),
            Cell::from(recorded.superseded_tx),
            Cell::from(recorded.source.clone()),
        ]);
    }
    app.list(&office, &list.listing, "evidence list", &cells)
}
