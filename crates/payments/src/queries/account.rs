//! The statement of account of a household or a payee: every payment sent, every answer of the bank, every claim and
//! what became of it, in the order in which it was recorded, with what was received and what is still claimed after
//! each. A list of records; nothing here is computed from an entitlement.

use minsheng_core::{Date, Fen, Month};
use minsheng_registry::{HouseholdId, PersonId};
use minsheng_store::{Query, Row, Scope, Value, statement};

use crate::PaymentError;
use crate::records::{LineState, RecoveryEventKind};

statement! {
    LINES, scoped,
    "SELECT l.id, l.tx, l.settled_tx, l.programme, l.payee_id, l.amount_fen, l.state, l.reason, l.settled_on, b.number, l.line_no,
            b.frozen_on, w.withdrawn_on, w.reason,
            (SELECT MAX(s.acted_on) FROM payment_batch_step s WHERE s.batch_id = b.id),
            (SELECT MAX(s.tx) FROM payment_batch_step s WHERE s.batch_id = b.id),
            (SELECT MIN(i.month) FROM payment_item i WHERE i.line_id = l.id),
            (SELECT MAX(i.month) FROM payment_item i WHERE i.line_id = l.id)
     FROM payment_line l JOIN payment_batch b ON b.id = l.batch_id LEFT JOIN payment_withdrawal w ON w.line_id = l.id
     WHERE l.household_id = ?1 AND {scope:l.division} ORDER BY l.id"
}
statement! {
    CLAIMS, scoped,
    "SELECT r.id, r.tx, r.programme, r.amount_fen, r.opened_on, r.cause,
            (SELECT MIN(i.month) FROM recovery_item i WHERE i.recovery_id = r.id),
            (SELECT MAX(i.month) FROM recovery_item i WHERE i.recovery_id = r.id)
     FROM recovery r WHERE r.household_id = ?1 AND {scope:r.division} ORDER BY r.id"
}
statement! {
    EVENTS, scoped,
    "SELECT e.id, e.tx, e.confirmed_tx, e.kind, e.amount_fen, e.happened_on, e.document, r.id, r.programme,
            c.id, c.confirmed_tx, c.refund_fen, c.document, c.entered_on
     FROM recovery_event e JOIN recovery r ON r.id = e.recovery_id LEFT JOIN repayment_closing c ON c.event_id = e.id
     WHERE r.household_id = ?1 AND {scope:r.division} ORDER BY e.id"
}
statement! {
    HOUSEHOLDS_OF_PAYEE, scoped,
    "SELECT DISTINCT l.household_id FROM payment_line l WHERE l.payee_id = ?1 AND {scope:l.division} ORDER BY l.household_id"
}

/// What a row of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// A payment was frozen in a batch.
    Frozen,
    /// The bank credited it.
    Credited,
    /// The bank returned it.
    Returned,
    /// Its batch was sent back.
    Cancelled,
    /// A check took it out of its batch.
    TakenOut,
    /// Money is claimed back.
    Claimed,
    /// Money came back.
    Repaid,
    /// A claim was given up.
    WrittenOff,
    /// A claim lost its ground.
    ClaimWithdrawn,
    /// What was given up had been paid rightly.
    WriteOffWithdrawn,
    /// A repayment or a write-off that nobody confirmed.
    Entered,
    /// A repayment that lost its claim was handed back, as far as it was not assigned.
    Refunded,
}

impl Movement {
    /// The word, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Movement::Frozen => "frozen",
            Movement::Credited => "credited",
            Movement::Returned => "returned",
            Movement::Cancelled => "cancelled",
            Movement::TakenOut => "taken_out",
            Movement::Claimed => "claimed",
            Movement::Repaid => "repaid",
            Movement::WrittenOff => "written_off",
            Movement::ClaimWithdrawn => "claim_withdrawn",
            Movement::WriteOffWithdrawn => "write_off_withdrawn",
            Movement::Entered => "entered",
            Movement::Refunded => "refunded",
        }
    }
}

/// One row of a statement of account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StatementRow {
    /// Day on which it happened.
    pub day: Date,
    /// What happened.
    pub movement: Movement,
    /// Programme code.
    pub programme: String,
    /// Batch and line, or recovery and paper.
    pub document: String,
    /// Months of benefit, first and last.
    pub months: Option<(Month, Month)>,
    /// Fen.
    pub amount: Fen,
    /// Received and not paid back, after this row, fen.
    pub received: Fen,
    /// Still claimed, after this row, fen.
    pub claimed: Fen,
    /// What the bank or the check said.
    pub note: Option<String>,
    /// Number of the transaction that recorded it.
    pub recorded_tx: i64,
}

/// The statement of account of one household.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Account {
    /// The household.
    pub household: HouseholdId,
    /// Its rows, in the order of recording.
    pub rows: Vec<StatementRow>,
    /// Received and not paid back, fen.
    pub received: Fen,
    /// Still claimed, fen.
    pub claimed: Fen,
    /// In batches that the bank has not answered, fen.
    pub on_its_way: Fen,
}

/// Households for which a person was ever paid, as far as they lie in the area.
///
/// # Errors
/// The store's.
pub fn households_of_payee(
    q: &mut dyn Query,
    scope: &Scope,
    payee: PersonId,
) -> Result<Vec<HouseholdId>, PaymentError> {
    q.scoped(&HOUSEHOLDS_OF_PAYEE, scope, &[Value::from(payee)])?
        .iter()
        .map(|row| Ok(HouseholdId(row.int(0)?)))
        .collect()
}

/// The statement of account of a household. With a payee, only the payments to that person; claims are the household's.
///
/// # Errors
/// The store's.
pub fn account_of(
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
    payee: Option<PersonId>,
) -> Result<Account, PaymentError> {
    let key = [Value::from(household)];
    let mut rows = Vec::new();
    let mut on_its_way = Fen::ZERO;
    for row in q.scoped(&LINES, scope, &key)? {
        if payee.is_some_and(|payee| row.int(4).ok() != Some(payee.0)) {
            continue;
        }
        if LineState::read(row.text(6)?)? == LineState::Open {
            on_its_way = on_its_way.checked_add(row.fen(5)?)?;
        }
        line_rows(&row, &mut rows)?;
    }
    for row in q.scoped(&CLAIMS, scope, &key)? {
        rows.push(StatementRow {
            day: row.date(4)?,
            movement: Movement::Claimed,
            programme: row.text(2)?.to_owned(),
            document: recovery(row.int(0)?),
            months: months(&row, 6)?,
            amount: row.fen(3)?,
            note: Some(row.text(5)?.to_owned()),
            ..blank(row.int(1)?)
        });
    }
    for row in q.scoped(&EVENTS, scope, &key)? {
        event_rows(&row, &mut rows)?;
    }
    // Of one transaction the claims follow the payments; the sort is stable.
    rows.sort_by_key(|row| row.recorded_tx);
    let (mut received, mut claimed) = (Fen::ZERO, Fen::ZERO);
    for row in &mut rows {
        match row.movement {
            Movement::Credited => received = received.checked_add(row.amount)?,
            Movement::Claimed => claimed = claimed.checked_add(row.amount)?,
            Movement::Repaid => {
                received = received.checked_sub(row.amount)?;
                claimed = claimed.checked_sub(row.amount)?;
            }
            Movement::WrittenOff | Movement::ClaimWithdrawn => {
                claimed = claimed.checked_sub(row.amount)?;
            }
            _ => {}
        }
        (row.received, row.claimed) = (received, claimed);
    }
    Ok(Account {
        household,
        rows,
        received,
        claimed,
        on_its_way,
    })
}

fn blank(recorded_tx: i64) -> StatementRow {
    StatementRow {
        day: Date::ZERO,
        movement: Movement::Entered,
        programme: String::new(),
        document: String::new(),
        months: None,
        amount: Fen::ZERO,
        received: Fen::ZERO,
        claimed: Fen::ZERO,
        note: None,
        recorded_tx,
    }
}

fn recovery(id: i64) -> String {
    format!("R{id}")
}

fn months(row: &Row, first: usize) -> Result<Option<(Month, Month)>, PaymentError> {
    Ok(row.opt_month(first)?.zip(row.opt_month(first + 1)?))
}

fn line_rows(row: &Row, rows: &mut Vec<StatementRow>) -> Result<(), PaymentError> {
    let frozen = StatementRow {
        day: row.date(11)?,
        movement: Movement::Frozen,
        programme: row.text(3)?.to_owned(),
        document: format!("{} / {}", row.text(9)?, row.int(10)?),
        months: months(row, 16)?,
        amount: row.fen(5)?,
        ..blank(row.int(1)?)
    };
    let movement = match LineState::read(row.text(6)?)? {
        LineState::Open => None,
        LineState::Credited => Some(Movement::Credited),
        LineState::Returned => Some(Movement::Returned),
        LineState::Cancelled => Some(Movement::Cancelled),
        LineState::Withdrawn => Some(Movement::TakenOut),
    };
    let ended = movement
        .map(|movement| {
            let said = if movement == Movement::TakenOut {
                row.opt_text(13)?
            } else {
                row.opt_text(7)?
            };
            let day = match (row.opt_date(8)?, row.opt_date(12)?) {
                (Some(day), _) | (None, Some(day)) => day,
                (None, None) => row.opt_date(14)?.unwrap_or(frozen.day),
            };
            let step = row.opt_int(15)?.unwrap_or(frozen.recorded_tx);
            Ok::<_, PaymentError>(StatementRow {
                day,
                movement,
                note: said.map(str::to_owned),
                recorded_tx: row.opt_int(2)?.unwrap_or(step),
                ..frozen.clone()
            })
        })
        .transpose()?;
    rows.push(frozen);
    rows.extend(ended);
    Ok(())
}

fn event_rows(row: &Row, rows: &mut Vec<StatementRow>) -> Result<(), PaymentError> {
    let (entered, confirmed) = (row.int(1)?, row.opt_int(2)?);
    let (movement, tx) = match (RecoveryEventKind::read(row.text(3)?)?, confirmed) {
        (RecoveryEventKind::Repaid, Some(tx)) => (Movement::Repaid, tx),
        (RecoveryEventKind::WrittenOff, Some(tx)) => (Movement::WrittenOff, tx),
        (RecoveryEventKind::Repaid | RecoveryEventKind::WrittenOff, None) => {
            (Movement::Entered, entered)
        }
        (RecoveryEventKind::Withdrawn, _) => (Movement::ClaimWithdrawn, entered),
        (RecoveryEventKind::WriteOffWithdrawn, _) => (Movement::WriteOffWithdrawn, entered),
    };
    let of = |document: &str| format!("{}: {document}", recovery(row.int(7).unwrap_or(0)));
    let event = StatementRow {
        day: row.date(5)?,
        movement,
        programme: row.text(8)?.to_owned(),
        document: of(row.text(6)?),
        amount: row.fen(4)?,
        ..blank(tx)
    };
    if let (Some(tx), Some(refund)) = (row.opt_int(10)?, row.opt_int(11)?)
        && refund > 0
    {
        rows.push(StatementRow {
            day: row.date(13)?,
            movement: Movement::Refunded,
            document: of(row.text(12)?),
            amount: Fen::new(refund),
            recorded_tx: tx,
            ..event.clone()
        });
    }
    rows.push(event);
    Ok(())
}
