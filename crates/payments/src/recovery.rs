//! What people do about a recovery: money comes back, or the claim is given up. Both are entered by one user
//! with a paper and confirmed by another; the oldest month closes first; the money goes back to the funds it
//! was paid from. How a recovery is opened or withdrawn stands in the module `overpaid`.
//!
//! Source: handbook of assistance §1.8.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};
use minsheng_ledger::{EntryKind, FundSource, Owed, allocate};
use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;
use crate::accounts::{Chart, Entries, Movement, Purpose, document};
use crate::closing::refuse_closed;
use crate::positions::{Claim, claims_of_recovery};
use crate::records::{RecoveryEventId, RecoveryEventKind, RecoveryId, RecoveryState};

statement! {
    RECOVERY, internal "one recovery, whose area the act checks",
    "SELECT division, state, programme FROM recovery WHERE id = ?1"
}
statement! {
    EVENT, internal "one event of a recovery, whose area the act checks",
    "SELECT recovery_id, kind, amount_fen, happened_on, document, entered_by, confirmed_by FROM recovery_event WHERE id = ?1"
}
statement! {
    SAME_PAPER, internal "an event of one recovery with the same paper, whose area the act checks",
    "SELECT id, happened_on, entered_by FROM recovery_event
     WHERE recovery_id = ?1 AND kind = ?2 AND document = ?3 AND amount_fen = ?4 ORDER BY id LIMIT 1"
}

/// An event of a recovery as it is entered.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) recovery: RecoveryId,
    pub(crate) kind: RecoveryEventKind,
    pub(crate) amount: Fen,
    pub(crate) document: String,
    pub(crate) happened_on: Date,
}

/// A repayment or a write-off as a user enters it.
#[derive(Debug, Clone)]
pub struct NewSettlement {
    /// The recovery.
    pub recovery: RecoveryId,
    /// Fen; `None` is all that is open.
    pub amount: Option<Fen>,
    /// Bank slip, or the decision that gives the claim up.
    pub document: String,
    /// Day of the repayment or the decision.
    pub happened_on: Date,
}

/// Enters a repayment. It counts once it is [confirmed](confirm).
///
/// # Errors
/// [`PaymentError::Field`], also for a paper that was entered with this amount already, [`PaymentError::NotFound`],
/// [`PaymentError::Registry`] for the role cashier or the area, or the store's.
pub fn repay(
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewSettlement,
) -> Result<RecoveryEventId, PaymentError> {
    enter(desk, ctx, new, RecoveryEventKind::Repaid, "recovery.repay")
}

/// Enters that a claim is given up. It counts once it is [confirmed](confirm).
///
/// # Errors
/// As [`repay`].
pub fn write_off(
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewSettlement,
) -> Result<RecoveryEventId, PaymentError> {
    enter(
        desk,
        ctx,
        new,
        RecoveryEventKind::WrittenOff,
        "recovery.write_off",
    )
}

fn enter(
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewSettlement,
    kind: RecoveryEventKind,
    action: &str,
) -> Result<RecoveryEventId, PaymentError> {
    ctx.require(Role::Cashier)?;
    if new.document.trim().is_empty() {
        return Err(PaymentError::Field {
            field: "document",
            reason: "is empty; give the number of the paper".to_owned(),
        });
    }
    if new.happened_on > ctx.today() {
        return Err(PaymentError::Field {
            field: "happened_on",
            reason: format!("{} lies in the future", new.happened_on),
        });
    }
    desk.store.write(&ctx.act(action), |tx| {
        open_recovery(tx, ctx, new.recovery)?;
        let open = Fen::sum(
            claims_of_recovery(tx, new.recovery.0)?
                .iter()
                .map(Claim::open)
                .collect::<Result<Vec<_>, _>>()?,
        )?;
        let amount = new.amount.unwrap_or(open);
        let event = NewEvent {
            recovery: new.recovery,
            kind,
            amount,
            document: new.document.trim().to_owned(),
            happened_on: new.happened_on,
        };
        refuse_same_paper(tx, &event)?;
        if amount <= Fen::ZERO || amount > open {
            let reason = format!(
                "{amount} yuan cannot be settled; {open} yuan of recovery {} are open",
                new.recovery
            );
            return Err(PaymentError::Field {
                field: "amount",
                reason,
            });
        }
        insert_event(tx, &event, &ctx.actor.username)
    })
}

/// One slip is one payment: entered twice it would settle twice what was paid once.
fn refuse_same_paper(tx: &mut Tx<'_>, event: &NewEvent) -> Result<(), PaymentError> {
    let key = [
        Value::from(event.recovery),
        Value::from(event.kind),
        Value::from(event.document.as_str()),
        Value::from(event.amount),
    ];
    let Some(row) = tx.rows(&SAME_PAPER, &key)?.into_iter().next() else {
        return Ok(());
    };
    Err(PaymentError::Field {
        field: "document",
        reason: format!(
            "`{}` over {} yuan is entered for recovery {} already: number {} of {}, by `{}`\nhint: another slip over the same amount has a number of its own; give that",
            event.document,
            event.amount,
            event.recovery,
            row.int(0)?,
            row.date(1)?,
            row.text(2)?
        ),
    })
}

fn open_recovery(tx: &mut Tx<'_>, ctx: &Ctx, recovery: RecoveryId) -> Result<(), PaymentError> {
    let rows = tx.rows(&RECOVERY, &[Value::from(recovery)])?;
    let row = rows
        .first()
        .ok_or_else(|| PaymentError::not_found("recovery", recovery))?;
    ctx.require_area(row.int(0)?)?;
    match RecoveryState::read(row.text(1)?)? {
        RecoveryState::Open => Ok(()),
        closed => Err(PaymentError::Field {
            field: "recovery",
            reason: format!(
                "recovery {recovery} is closed ({})\nhint: money that was paid all the same is assigned or handed back by `minsheng pay close`",
                closed.as_str()
            ),
        }),
    }
}

/// Confirms a repayment or a write-off: spreads it over the items, the oldest month first, and books it.
///
/// # Errors
/// [`PaymentError::FourEyes`] for the user who entered it, [`PaymentError::AlreadyConfirmed`],
/// [`PaymentError::Ledger`] if less is open by now, [`PaymentError::NotFound`], [`PaymentError::Registry`] for
/// the role checker or the area, or the store's.
pub fn confirm(desk: &Desk<'_>, ctx: &Ctx, id: RecoveryEventId) -> Result<(), PaymentError> {
    ctx.require(Role::Checker)?;
    let user = ctx.actor.username.as_str();
    desk.store.write(&ctx.act("recovery.confirm"), |tx| {
        let rows = tx.rows(&EVENT, &[Value::from(id)])?;
        let row = rows
            .first()
            .ok_or_else(|| PaymentError::not_found("repayment or write-off", id))?;
        let event = NewEvent {
            recovery: RecoveryId(row.int(0)?),
            kind: RecoveryEventKind::read(row.text(1)?)?,
            amount: row.fen(2)?,
            happened_on: row.date(3)?,
            document: row.text(4)?.to_owned(),
        };
        let what = || format!("event {id} of recovery {}", event.recovery);
        if let Some(by) = row.opt_text(6)? {
            return Err(PaymentError::AlreadyConfirmed {
                what: what(),
                by: by.to_owned(),
            });
        }
        if matches!(
            event.kind,
            RecoveryEventKind::Withdrawn | RecoveryEventKind::WriteOffWithdrawn
        ) {
            return Err(PaymentError::AlreadyConfirmed {
                what: what(),
                by: "a payment run".to_owned(),
            });
        }
        if row.text(5)? == user {
            let user = user.to_owned();
            return Err(PaymentError::FourEyes {
                user,
                earlier: "entered",
                what: what(),
                act: "confirm",
            });
        }
        refuse_closed(tx, id)?;
        open_recovery(tx, ctx, event.recovery)?;
        let claims = claims_of_recovery(tx, event.recovery.0)?;
        let parts = spread(&claims, event.amount)?;
        let mut chart = Chart::load(tx)?;
        settle(tx, ctx, &mut chart, id, &event, &parts)?;
        confirm_event(tx, ctx, id)
    })
}

pub(crate) fn confirm_event(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: RecoveryEventId,
) -> Result<(), PaymentError> {
    let (user, now) = (ctx.actor.username.as_str(), Value::from(tx.number()));
    let columns = [("confirmed_by", Value::from(user)), ("confirmed_tx", now)];
    tx.update("recovery_event", id.0, &columns)?;
    Ok(())
}

/// Spreads an amount over claims, the oldest month first.
pub(crate) fn spread(claims: &[Claim], amount: Fen) -> Result<Vec<(Claim, Fen)>, PaymentError> {
    let mut owed = Vec::with_capacity(claims.len());
    for claim in claims {
        owed.push(Owed {
            item: claim.id,
            month: claim.key.month,
            amount: claim.amount,
            settled: claim.settled()?,
        });
    }
    let mut parts = Vec::new();
    for (item, amount) in allocate(&owed, amount)? {
        parts.extend(
            claims
                .iter()
                .find(|claim| claim.id == item)
                .map(|claim| (claim.clone(), amount)),
        );
    }
    Ok(parts)
}

pub(crate) fn insert_event(
    tx: &mut Tx<'_>,
    event: &NewEvent,
    entered_by: &str,
) -> Result<RecoveryEventId, PaymentError> {
    let id = tx.insert(
        "recovery_event",
        &[
            ("recovery_id", Value::from(event.recovery)),
            ("kind", Value::from(event.kind)),
            ("amount_fen", Value::from(event.amount)),
            ("happened_on", Value::from(event.happened_on)),
            ("document", Value::from(event.document.as_str())),
            ("entered_by", Value::from(entered_by)),
        ],
    )?;
    Ok(RecoveryEventId(id))
}

/// Takes the parts of an event off the claims, books them, and closes the recovery when nothing is left open.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    chart: &mut Chart,
    id: RecoveryEventId,
    event: &NewEvent,
    parts: &[(Claim, Fen)],
) -> Result<(), PaymentError> {
    if Fen::sum(parts.iter().map(|(_, amount)| *amount))? != event.amount {
        return Err(PaymentError::inconsistent(
            format!("event {id}"),
            "its parts are not its amount",
        ));
    }
    let mut by_account: BTreeMap<(String, FundSource), Fen> = BTreeMap::new();
    let mut rows = Vec::with_capacity(parts.len());
    for (claim, amount) in parts {
        rows.push(vec![
            Value::from(id),
            Value::from(claim.id),
            Value::from(*amount),
        ]);
        let sum = by_account
            .entry((claim.key.programme.to_string(), claim.source.parse()?))
            .or_insert(Fen::ZERO);
        *sum = sum.checked_add(*amount)?;
    }
    tx.insert_many(
        "recovery_event_item",
        &["event_id", "recovery_item_id", "amount_fen"],
        rows,
    )?;
    let mut entries = Entries::default();
    for ((programme, source), amount) in by_account {
        let back_to = match event.kind {
            // A claim given up and a claim withdrawn are booked alike: the cost is what it was.
            RecoveryEventKind::WriteOffWithdrawn => continue,
            RecoveryEventKind::Repaid => Purpose::Fund(source),
            RecoveryEventKind::WrittenOff | RecoveryEventKind::Withdrawn => {
                Purpose::Expense(programme.clone(), source)
            }
        };
        let movement = Movement {
            debit: chart.account(tx, &back_to)?,
            credit: chart.account(tx, &Purpose::Receivable(programme, source))?,
            amount,
        };
        entries.push(
            EntryKind::Direct,
            movement,
            (document::RECOVERY_EVENT, id.0),
            ctx.today(),
        );
    }
    entries.write(tx)?;
    let open = claims_of_recovery(tx, event.recovery.0)?
        .iter()
        .map(Claim::open)
        .collect::<Result<Vec<_>, _>>()?;
    if open.iter().all(|open| open.is_zero()) {
        let state = match event.kind {
            RecoveryEventKind::Repaid => RecoveryState::Repaid,
            RecoveryEventKind::WrittenOff => RecoveryState::WrittenOff,
            RecoveryEventKind::Withdrawn | RecoveryEventKind::WriteOffWithdrawn => {
                RecoveryState::Withdrawn
            }
        };
        tx.update(
            "recovery",
            event.recovery.0,
            &[("state", Value::from(state))],
        )?;
    }
    Ok(())
}
