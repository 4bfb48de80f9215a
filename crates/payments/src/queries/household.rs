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
    "SELECT i.programme, i.person_id, i.class, i.amount_fen, l.state, l.reason, l.settled_on, b.number, l.line_no, b.state
     FROM payment_line l JOIN payment_item i ON i.line_id = l.id JOIN payment_batch b ON b.id = l.batch_id
     WHERE l.household_id = ?1 AND i.month = ?2 AND {scope:l.division}
     ORDER BY i.id"
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

/// All payments for a household and a month of benefit, returned and cancelled ones included.
///
/// # Errors
/// The store's.
pub fn paid_of(
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
    month: Month,
) -> Result<Vec<PaidRow>, PaymentError> {
    q.scoped(
        &PAID_OF,
        scope,
        &[Value::from(household), Value::from(month)],
    )?
    .iter()
    .map(|row| {
        Ok(PaidRow {
            programme: row.text(0)?.to_owned(),
            person: row.int(1)?,
            class: row.text(2)?.to_owned(),
            amount: row.fen(3)?,
            state: LineState::read(row.text(4)?)?,
            reason: row.opt_text(5)?.map(str::to_owned),
            settled_on: row.opt_date(6)?,
            batch: row.text(7)?.to_owned(),
            line_no: row.int(8)?,
            batch_state: BatchState::read(row.text(9)?)?,
        })
    })
    .collect()
}
