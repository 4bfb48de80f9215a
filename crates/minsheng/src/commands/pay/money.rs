//! Funds and recoveries: entered by one user, confirmed by another.

use clap::{Args, Subcommand};
use minsheng_core::{Date, Fen};
use minsheng_payments::closing;
use minsheng_payments::funds::{self, NewAppropriation};
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_payments::{AppropriationId, ClosingId, FundSource, RecoveryEventId, RecoveryId};

use crate::app::{App, Office, Writing};

/// What is done about a recovery.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Repay,
    WriteOff,
}

#[derive(Debug, Args)]
pub struct Settle {
    recovery: i64,
    #[arg(long, value_name = "YUAN", value_parser = Fen::parse_yuan)]
    amount: Option<Fen>,
    #[arg(long)]
    document: String,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn settle(app: &mut App, settle: &Settle, way: Way) -> anyhow::Result<()> {
    let office = Office::open(app, &settle.writing.database)?;
    let ctx = office.ctx(app, &settle.writing)?;
    let new = NewSettlement {
        recovery: RecoveryId(settle.recovery),
        amount: settle.amount,
        document: settle.document.clone(),
        happened_on: settle.on.unwrap_or_else(|| ctx.today()),
    };
    let id = match way {
        Way::Repay => recovery::repay(&office.desk(), &ctx, &new)?,
        Way::WriteOff => recovery::write_off(&office.desk(), &ctx, &new)?,
    };
    let line = app.words.tell(
        "settlement-entered",
        &[("event", &id), ("recovery", &settle.recovery)],
    );
    app.out.line(&line)
}

#[derive(Debug, Args)]
pub struct Close {
    #[arg(value_name = "NUMBER")]
    event: i64,
    #[arg(long)]
    document: String,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn close(app: &mut App, close: &Close) -> anyhow::Result<()> {
    let office = Office::open(app, &close.writing.database)?;
    let ctx = office.ctx(app, &close.writing)?;
    let event = RecoveryEventId(close.event);
    let id = closing::close(&office.desk(), &ctx, event, &close.document)?;
    let line = app
        .words
        .tell("closing-entered", &[("closing", &id), ("event", &event)]);
    app.out.line(&line)
}

#[derive(Debug, Args)]
pub struct Appropriate {
    #[arg(long)]
    source: FundSource,
    #[arg(long, value_name = "YUAN", value_parser = Fen::parse_yuan)]
    amount: Fen,
    #[arg(long)]
    document: String,
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn appropriate(app: &mut App, appropriate: &Appropriate) -> anyhow::Result<()> {
    let office = Office::open(app, &appropriate.writing.database)?;
    let ctx = office.ctx(app, &appropriate.writing)?;
    let new = NewAppropriation {
        source: appropriate.source,
        amount: appropriate.amount,
        document: appropriate.document.clone(),
        received_on: appropriate.on.unwrap_or_else(|| ctx.today()),
    };
    let id = funds::appropriate(&office.desk(), &ctx, &new)?;
    let line = app
        .words
        .tell("appropriation-entered", &[("appropriation", &id)]);
    app.out.line(&line)
}

#[derive(Debug, Subcommand)]
pub enum Confirm {
    Appropriation(Entered),
    Recovery(Entered),
    Closing(Entered),
}

#[derive(Debug, Args)]
pub struct Entered {
    #[arg(value_name = "NUMBER")]
    entry: i64,
    #[command(flatten)]
    writing: Writing,
}

pub(super) fn confirm(app: &mut App, command: &Confirm) -> anyhow::Result<()> {
    let (Confirm::Appropriation(entered) | Confirm::Recovery(entered) | Confirm::Closing(entered)) =
        command;
    let office = Office::open(app, &entered.writing.database)?;
    let ctx = office.ctx(app, &entered.writing)?;
    match command {
        Confirm::Appropriation(_) => {
            funds::confirm(&office.desk(), &ctx, AppropriationId(entered.entry))?
        }
        Confirm::Recovery(_) => {
            recovery::confirm(&office.desk(), &ctx, RecoveryEventId(entered.entry))?
        }
        Confirm::Closing(_) => {
            let closed = closing::confirm(&office.desk(), &ctx, ClosingId(entered.entry))?;
            for (recovery, amount) in &closed.assigned {
                let line = app.words.tell(
                    "closing-assigned",
                    &[("recovery", recovery), ("amount", amount)],
                );
                app.out.line(&line)?;
            }
            if !closed.refund.is_zero() {
                let line = app
                    .words
                    .tell("closing-refund", &[("amount", &closed.refund)]);
                app.out.line(&line)?;
            }
        }
    }
    let line = app
        .words
        .tell("entry-confirmed", &[("entry", &entered.entry)]);
    app.out.line(&line)
}
