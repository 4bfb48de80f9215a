//! Repayments whose claim fell away before a second user confirmed them: the claim was withdrawn or given up
//! meanwhile, wholly or in part, and the money is there. One act closes such a repayment: what the household still
//! owes takes its part, its own recovery first, then the others, the oldest first; the rest goes back to who paid it.
//! One user enters the act with a paper, another confirms it; only then anything counts.
//!
//! An unconfirmed repayment was never booked, so what goes back is booked nowhere: the closing says how much, by which
//! paper. Source: handbook of assistance §1.8.

use minsheng_core::Fen;
use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Scope, Tx, Value, statement};

use crate::PaymentError;
use crate::accounts::Chart;
use crate::positions::{Claim, claims_of_recovery};
use crate::records::{ClosingId, RecoveryEventId, RecoveryEventKind, RecoveryId};
use crate::recovery::{NewEvent, confirm_event, insert_event, settle, spread};

statement! {
    REPAYMENT, internal "one event of a recovery, whose area the act checks",
    "SELECT e.recovery_id, e.kind, e.amount_fen, e.happened_on, e.document, e.confirmed_by, r.household_id, r.division,
            e.entered_by
     FROM recovery_event e JOIN recovery r ON r.id = e.recovery_id WHERE e.id = ?1"
}
statement! {
    CLOSING_OF_EVENT, internal "one event of a recovery, whose area the act checks",
    "SELECT id, confirmed_by FROM repayment_closing WHERE event_id = ?1"
}
statement! {
    CLOSING, internal "one closing, whose area the act checks",
    "SELECT event_id, entered_by, confirmed_by FROM repayment_closing WHERE id = ?1"
}
statement! {
    OPEN_OF_HOUSEHOLD, internal "the recoveries of one household, whose area the act checks",
    "SELECT id FROM recovery WHERE household_id = ?1 AND state = 'open' ORDER BY id"
}
statement! {
    WAITING, scoped,
    "SELECT c.id, c.event_id, e.recovery_id, r.household_id, r.division, e.amount_fen, c.document, c.entered_by, c.entered_on
     FROM repayment_closing c JOIN recovery_event e ON e.id = c.event_id JOIN recovery r ON r.id = e.recovery_id
     WHERE c.confirmed_by IS NULL AND {scope:r.division} ORDER BY c.id"
}

/// What a closing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Recoveries that took a part, with it, fen.
    pub assigned: Vec<(RecoveryId, Fen)>,
    /// What goes back to who paid it, fen.
    pub refund: Fen,
}

/// A closing that waits for a second user.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WaitingClosing {
    /// The closing.
    pub closing: ClosingId,
    /// The repayment that it closes.
    pub event: RecoveryEventId,
    /// The recovery for which the repayment was entered.
    pub recovery: RecoveryId,
    /// Row of the household.
    pub household: i64,
    /// Fen.
    pub amount: Fen,
    /// Paper.
    pub document: String,
    /// Who entered it.
    pub entered_by: String,
    /// Day on which it was entered.
    pub entered_on: minsheng_core::Date,
}

struct Repayment {
    event: NewEvent,
    entered_by: String,
    confirmed_by: Option<String>,
    household: i64,
}

fn repayment(tx: &mut Tx<'_>, ctx: &Ctx, id: RecoveryEventId) -> Result<Repayment, PaymentError> {
    let rows = tx.rows(&REPAYMENT, &[Value::from(id)])?;
    let row = rows
        .first()
        .ok_or_else(|| PaymentError::not_found("repayment", id))?;
    ctx.require_area(row.int(7)?)?;
    Ok(Repayment {
        event: NewEvent {
            recovery: RecoveryId(row.int(0)?),
            kind: RecoveryEventKind::read(row.text(1)?)?,
            amount: row.fen(2)?,
            happened_on: row.date(3)?,
            document: row.text(4)?.to_owned(),
        },
        entered_by: row.text(8)?.to_owned(),
        confirmed_by: row.opt_text(5)?.map(str::to_owned),
        household: row.int(6)?,
    })
}

/// Refuses what has a closing already.
pub(crate) fn refuse_closed(q: &mut dyn Query, id: RecoveryEventId) -> Result<(), PaymentError> {
    let rows = q.rows(&CLOSING_OF_EVENT, &[Value::from(id)])?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    let closing = ClosingId(row.int(0)?);
    Err(PaymentError::Field {
        field: "event",
        reason: match row.opt_text(1)? {
            Some(by) => format!("closing {closing} of event {id} was confirmed by `{by}`"),
            None => format!(
                "closing {closing} of event {id} waits for a second user: `minsheng pay confirm closing {closing}`"
            ),
        },
    })
}

fn open_of(q: &mut dyn Query, recovery: RecoveryId) -> Result<(Vec<Claim>, Fen), PaymentError> {
    let claims = claims_of_recovery(q, recovery.0)?;
    let open = claims
        .iter()
        .map(Claim::open)
        .collect::<Result<Vec<_>, _>>()?;
    Ok((claims, Fen::sum(open)?))
}

/// Enters that a repayment is closed, whose claim is no longer open as far as it was paid. It counts once it is
/// [confirmed](confirm).
///
/// # Errors
/// [`PaymentError::Field`] without a paper, for anything but a repayment, for one that has a closing, and for one that
/// can be confirmed as it is; [`PaymentError::AlreadyConfirmed`], [`PaymentError::NotFound`],
/// [`PaymentError::Registry`] for the role cashier or the area, or the store's.
pub fn close(
    desk: &Desk<'_>,
    ctx: &Ctx,
    id: RecoveryEventId,
    document: &str,
) -> Result<ClosingId, PaymentError> {
    ctx.require(Role::Cashier)?;
    if document.trim().is_empty() {
        return Err(PaymentError::Field {
            field: "document",
            reason: "is empty; give the number of the paper".to_owned(),
        });
    }
    desk.store.write(&ctx.act("recovery.close"), |tx| {
        let repaid = repayment(tx, ctx, id)?;
        let recovery = repaid.event.recovery;
        if repaid.event.kind != RecoveryEventKind::Repaid {
            return Err(PaymentError::Field {
                field: "event",
                reason: format!("event {id} of recovery {recovery} is no repayment"),
            });
        }
        if let Some(by) = repaid.confirmed_by {
            return Err(PaymentError::AlreadyConfirmed {
                what: format!("event {id} of recovery {recovery}"),
                by,
            });
        }
        refuse_closed(tx, id)?;
        let (_, open) = open_of(tx, recovery)?;
        if repaid.event.amount <= open {
            return Err(PaymentError::Field {
                field: "event",
                reason: format!(
                    "{open} yuan of recovery {recovery} are open: confirm the repayment, `minsheng pay confirm recovery {id}`"
                ),
            });
        }
        let closing = tx.insert(
            "repayment_closing",
            &[
                ("event_id", Value::from(id)),
                ("document", Value::from(document.trim())),
                ("entered_by", Value::from(ctx.actor.username.as_str())),
                ("entered_on", Value::from(ctx.today())),
            ],
        )?;
        Ok(ClosingId(closing))
    })
}

/// Confirms a closing: assigns the money to what the household owes by now, and says what goes back.
///
/// # Errors
/// [`PaymentError::FourEyes`] for the user who entered it or the repayment, [`PaymentError::AlreadyConfirmed`],
/// [`PaymentError::NotFound`], [`PaymentError::Registry`] for the role checker or the area, or the store's.
pub fn confirm(desk: &Desk<'_>, ctx: &Ctx, id: ClosingId) -> Result<Closed, PaymentError> {
    ctx.require(Role::Checker)?;
    let user = ctx.actor.username.as_str();
    desk.store.write(&ctx.act("recovery.close_confirm"), |tx| {
        let rows = tx.rows(&CLOSING, &[Value::from(id)])?;
        let row = rows
            .first()
            .ok_or_else(|| PaymentError::not_found("closing of a repayment", id))?;
        let (event, entered_by) = (RecoveryEventId(row.int(0)?), row.text(1)?.to_owned());
        let what = || format!("closing {id}");
        if let Some(by) = row.opt_text(2)? {
            return Err(PaymentError::AlreadyConfirmed {
                what: what(),
                by: by.to_owned(),
            });
        }
        let repaid = repayment(tx, ctx, event)?;
        // Who entered the money does not confirm it by way of its closing either.
        for (by, whose) in [
            (&entered_by, what()),
            (&repaid.entered_by, format!("repayment {event}")),
        ] {
            if by == user {
                return Err(PaymentError::FourEyes {
                    user: user.to_owned(),
                    earlier: "entered",
                    what: whose,
                    act: "confirm",
                });
            }
        }
        let mut recoveries = vec![repaid.event.recovery];
        for row in tx.rows(&OPEN_OF_HOUSEHOLD, &[Value::from(repaid.household)])? {
            let other = RecoveryId(row.int(0)?);
            if other != repaid.event.recovery {
                recoveries.push(other);
            }
        }
        let mut rest = repaid.event.amount;
        let mut assigned = Vec::new();
        let mut parts = Vec::new();
        let mut chart = Chart::load(tx)?;
        for recovery in recoveries {
            let (claims, open) = open_of(tx, recovery)?;
            let amount = open.min(rest);
            if amount.is_zero() {
                continue;
            }
            rest = rest.checked_sub(amount)?;
            let event = NewEvent {
                recovery,
                amount,
                ..repaid.event.clone()
            };
            let new = insert_event(tx, &event, &entered_by)?;
            settle(tx, ctx, &mut chart, new, &event, &spread(&claims, amount)?)?;
            confirm_event(tx, ctx, new)?;
            parts.push(vec![Value::from(id), Value::from(new), Value::from(amount)]);
            assigned.push((recovery, amount));
        }
        if !parts.is_empty() {
            let columns = ["closing_id", "event_id", "amount_fen"];
            tx.insert_many("repayment_closing_part", &columns, parts)?;
        }
        let now = Value::from(tx.number());
        tx.update(
            "repayment_closing",
            id.0,
            &[
                ("confirmed_by", Value::from(user)),
                ("confirmed_tx", now),
                (
                    "assigned_fen",
                    Value::from(repaid.event.amount.checked_sub(rest)?),
                ),
                ("refund_fen", Value::from(rest)),
            ],
        )?;
        Ok(Closed {
            assigned,
            refund: rest,
        })
    })
}

/// Closings of the area that wait for a second user.
///
/// # Errors
/// The store's.
pub fn waiting(q: &mut dyn Query, scope: &Scope) -> Result<Vec<WaitingClosing>, PaymentError> {
    q.scoped(&WAITING, scope, &[])?
        .iter()
        .map(|row| {
            Ok(WaitingClosing {
                closing: ClosingId(row.int(0)?),
                event: RecoveryEventId(row.int(1)?),
                recovery: RecoveryId(row.int(2)?),
                household: row.int(3)?,
                amount: row.fen(5)?,
                document: row.text(6)?.to_owned(),
                entered_by: row.text(7)?.to_owned(),
                entered_on: row.date(8)?,
            })
        })
        .collect()
}
