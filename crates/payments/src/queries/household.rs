//! One household: what it is entitled to in a month and what was paid for it.

use minsheng_core::{Date, Fen, Month};
use minsheng_registry::HouseholdId;
use minsheng_store::{Query, Scope, TxNo, Value, statement};

use crate::PaymentError;
use crate::records::{BatchState, LineState};

statement! {
    ENTITLED_OF, scoped,
    "SELECT e.id, e.programme, e.person_id, e.case_id, e.decision_id, e.class, e.amount_fen, e.run_id
     FROM entitlement e
     WHERE e.household_id = ?1 AND e.month = ?2 AND e.tx <= ?3 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?3)
       AND {scope:e.division}
     ORDER BY e.programme, e.person_id"
}
statement! {
    PAID_OF, scoped,
    "SELECT i.programme, i.person_id, i.class, i.amount_fen, l.state, l.reason, l.settled_on, l.settled_tx, b.number, l.line_no,
            b.state, (SELECT MAX(s.id) FROM payment_batch_step s WHERE s.batch_id = b.id AND s.tx <= ?3),
            (SELECT COUNT(*) FROM payment_batch_step s WHERE s.batch_id = b.id)
     FROM payment_line l JOIN payment_item i ON i.line_id = l.id JOIN payment_batch b ON b.id = l.batch_id
     WHERE l.household_id = ?1 AND i.month = ?2 AND l.tx <= ?3 AND {scope:l.division}
     ORDER BY i.id"
}

statement! {
    STEP_STATE, internal "steps of batches hold no persons",
    "SELECT state FROM payment_batch_step WHERE id = ?1"
}

/// What one member is entitled to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EntitledRow {
    /// Row of the entitlement.
    pub entitlement: i64,
    /// Programme code.
    pub programme: String,
    /// Row of the person.
    pub person: i64,
    /// Row of the case.
    pub case: i64,
    /// Row of the decision in force.
    pub decision: i64,
    /// Class.
    pub class: String,
    /// Fen.
    pub amount: Fen,
    /// Run that computed it.
    pub run: i64,
}

/// What the members of a household are entitled to in a month, as known at a transaction.
///
/// # Errors
/// The store's.
pub fn entitled_of(
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
    month: Month,
    known: TxNo,
) -> Result<Vec<EntitledRow>, PaymentError> {
    q.scoped(
        &ENTITLED_OF,
        scope,
        &[
            Value::from(household),
            Value::from(month),
            Value::from(known),
        ],
    )?
    .iter()
    .map(|row| {
        Ok(EntitledRow {
            entitlement: row.int(0)?,
            programme: row.text(1)?.to_owned(),
            person: row.int(2)?,
            case: row.int(3)?,
            decision: row.int(4)?,
            class: row.text(5)?.to_owned(),
            amount: row.fen(6)?,
            run: row.int(7)?,
        })
    })
    .collect()
}

/// What was instructed, credited or returned for one member.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PaidRow {
    /// Programme code.
    pub programme: String,
    /// Row of the person.
    pub person: i64,
    /// Class.
    pub class: String,
    /// Fen.
    pub amount: Fen,
    /// State of the line.
    pub state: LineState,
    /// Why it was returned.
    pub reason: Option<String>,
    /// Day of the bank's answer.
    pub settled_on: Option<Date>,
    /// Number of the batch.
    pub batch: String,
    /// Line within the batch.
    pub line_no: i64,
    /// Stage of the batch.
    pub batch_state: BatchState,
}

/// All payments for a household and a month of benefit as known at a transaction, returned and cancelled ones
/// included. What the bank's answer said counts from the transaction that recorded it, whatever its day.
///
/// # Errors
/// The store's.
pub fn paid_of(
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
    month: Month,
    known: TxNo,
) -> Result<Vec<PaidRow>, PaymentError> {
    let params = [
        Value::from(household),
        Value::from(month),
        Value::from(known),
    ];
    q.scoped(&PAID_OF, scope, &params)?
        .iter()
        .map(|row| {
            let ended = row.opt_int(7)?.is_none_or(|tx| tx <= known.0);
            let state = LineState::read(row.text(4)?)?;
            let batch_state = match (row.opt_int(11)?, row.int(12)?) {
                (Some(step), _) => batch_state_at(q, step)?,
                (None, 0) => BatchState::read(row.text(10)?)?,
                (None, _) => BatchState::Frozen,
            };
            Ok(PaidRow {
                programme: row.text(0)?.to_owned(),
                person: row.int(1)?,
                class: row.text(2)?.to_owned(),
                amount: row.fen(3)?,
                state: if ended { state } else { LineState::Open },
                reason: row.opt_text(5)?.filter(|_| ended).map(str::to_owned),
                settled_on: row.opt_date(6)?.filter(|_| ended),
                batch: row.text(8)?.to_owned(),
                line_no: row.int(9)?,
                batch_state,
            })
        })
        .collect()
}

fn batch_state_at(q: &mut dyn Query, step: i64) -> Result<BatchState, PaymentError> {
    let rows = q.rows(&STEP_STATE, &[Value::from(step)])?;
    let row = rows
        .first()
        .ok_or_else(|| PaymentError::not_found("step of a batch", step))?;
    BatchState::read(row.text(0)?)
}
