//! Work lists: batches, their lines, money held back, returned payments with the day they are due to be sent
//! again, recoveries.

use minsheng_core::{Date, Deadline, Fen, Month};
use minsheng_registry::Desk;
use minsheng_store::{Query, Scope, Value, statement};

use crate::PaymentError;
use crate::records::{
    Batch, BatchId, HoldCause, LineState, RecoveryCause, RecoveryId, RecoveryState,
    WithdrawalCause, batch_columns,
};

statement! {
    BATCHES, internal "batches hold no persons",
    concat!("SELECT ", batch_columns!(), " FROM payment_batch b ORDER BY b.id")
}
statement! {
    BATCH_LINES, scoped,
    "SELECT l.id, l.line_no, l.programme, l.household_id, l.payee_id, l.division, l.amount_fen, l.state, l.reason, l.settled_on, w.reason, w.cause
     FROM payment_line l LEFT JOIN payment_withdrawal w ON w.line_id = l.id
     WHERE l.batch_id = ?1 AND {scope:l.division} ORDER BY l.line_no"
}
statement! {
    HELD, scoped,
    "SELECT h.id, h.programme, h.household_id, h.payee_id, h.division, h.first_month, h.last_month, h.amount_fen, h.cause, h.reason,
            h.held_on
     FROM payment_hold h WHERE h.lifted_tx IS NULL AND {scope:h.division} ORDER BY h.id"
}
statement! {
    RETURNED, scoped,
    "SELECT l.id, l.programme, l.household_id, l.payee_id, l.division, l.amount_fen, l.reason, l.settled_on, b.number, l.line_no
     FROM payment_line l JOIN payment_batch b ON b.id = l.batch_id
     WHERE l.state = 'returned' AND {scope:l.division} AND NOT EXISTS (
       SELECT 1 FROM payment_line n WHERE n.household_id = l.household_id AND n.programme = l.programme AND n.id > l.id
         AND n.state IN ('open', 'credited', 'returned'))
     ORDER BY l.id"
}
statement! {
    RECOVERIES, scoped,
    "SELECT r.id, r.programme, r.case_id, r.household_id, r.division, r.cause, r.amount_fen, r.opened_on, r.state,
            CAST(COALESCE((SELECT SUM(x.amount_fen) FROM recovery_event e JOIN recovery_event_item x ON x.event_id = e.id
                           WHERE e.recovery_id = r.id AND e.kind = 'repaid'), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(x.amount_fen) FROM recovery_event e JOIN recovery_event_item x ON x.event_id = e.id
                           WHERE e.recovery_id = r.id AND e.kind = 'written_off'), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(x.amount_fen) FROM recovery_event e JOIN recovery_event_item x ON x.event_id = e.id
                           WHERE e.recovery_id = r.id AND e.kind = 'withdrawn'), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(x.amount_fen) FROM recovery_event e JOIN recovery_event_item x ON x.event_id = e.id
                           WHERE e.recovery_id = r.id AND e.kind = 'write_off_withdrawn'), 0) AS BIGINT)
     FROM recovery r WHERE {scope:r.division} ORDER BY r.id"
}

/// All batches, in their order.
///
/// # Errors
/// The store's.
pub fn batches(q: &mut dyn Query) -> Result<Vec<Batch>, PaymentError> {
    q.rows(&BATCHES, &[])?.iter().map(Batch::of).collect()
}

/// A line of a batch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LineRow {
    /// Row.
    pub id: i64,
    /// Number within the batch.
    pub line_no: i64,
    /// Programme code.
    pub programme: String,
    /// Row of the household.
    pub household: i64,
    /// Row of the payee.
    pub payee: i64,
    /// Village.
    pub division: i64,
    /// Fen.
    pub amount: Fen,
    /// State.
    pub state: LineState,
    /// Why it was returned or taken out, in a word.
    pub reason: Option<String>,
    /// Why it was taken out.
    pub withdrawn: Option<WithdrawalCause>,
    /// The same in words, with the key or the account.
    pub why: Option<String>,
    /// Day of the bank's answer.
    pub settled_on: Option<Date>,
}

/// The lines of a batch that lie in the area.
///
/// # Errors
/// The store's.
pub fn batch_lines(
    q: &mut dyn Query,
    scope: &Scope,
    batch: BatchId,
) -> Result<Vec<LineRow>, PaymentError> {
    q.scoped(&BATCH_LINES, scope, &[Value::from(batch)])?
        .iter()
        .map(|row| {
            Ok(LineRow {
                id: row.int(0)?,
                line_no: row.int(1)?,
                programme: row.text(2)?.to_owned(),
                household: row.int(3)?,
                payee: row.int(4)?,
                division: row.int(5)?,
                amount: row.fen(6)?,
                state: LineState::read(row.text(7)?)?,
                reason: row.opt_text(8)?.map(str::to_owned),
                settled_on: row.opt_date(9)?,
                why: row.opt_text(10)?.map(str::to_owned),
                withdrawn: row.opt_text(11)?.map(WithdrawalCause::read).transpose()?,
            })
        })
        .collect()
}

/// Money that is due and cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HeldRow {
    /// Row.
    pub id: i64,
    /// Programme code.
    pub programme: String,
    /// Row of the household.
    pub household: i64,
    /// Row of the payee, if there is one.
    pub payee: Option<i64>,
    /// Village.
    pub division: i64,
    /// First month that is due.
    pub first_month: Month,
    /// Last month that is due.
    pub last_month: Month,
    /// Fen.
    pub amount: Fen,
    /// Why.
    pub cause: HoldCause,
    /// What to do.
    pub reason: String,
    /// Day of the run that held it.
    pub held_on: Date,
}

/// What the last run held back.
///
/// # Errors
/// The store's.
pub fn held(q: &mut dyn Query, scope: &Scope) -> Result<Vec<HeldRow>, PaymentError> {
    q.scoped(&HELD, scope, &[])?
        .iter()
        .map(|row| {
            Ok(HeldRow {
                id: row.int(0)?,
                programme: row.text(1)?.to_owned(),
                household: row.int(2)?,
                payee: row.opt_int(3)?,
                division: row.int(4)?,
                first_month: row.month(5)?,
                last_month: row.month(6)?,
                amount: row.fen(7)?,
                cause: HoldCause::read(row.text(8)?)?,
                reason: row.text(9)?.to_owned(),
                held_on: row.date(10)?,
            })
        })
        .collect()
}

/// A returned payment that was not sent again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReturnedRow {
    /// Row of the line.
    pub line: i64,
    /// Number of the batch.
    pub batch: String,
    /// Line within the batch.
    pub line_no: i64,
    /// Programme code.
    pub programme: String,
    /// Row of the household.
    pub household: i64,
    /// Row of the payee.
    pub payee: i64,
    /// Village.
    pub division: i64,
    /// Fen.
    pub amount: Fen,
    /// What the bank said.
    pub reason: Option<String>,
    /// Day of the return.
    pub returned_on: Date,
    /// Day by which it is to be corrected and sent again.
    #[serde(skip)]
    pub correct_by: Option<Deadline>,
}

/// Payments that the bank returned and that were not sent again. The term for sending them again is the pack's.
///
/// # Errors
/// The store's.
pub fn returned(
    q: &mut dyn Query,
    scope: &Scope,
    desk: &Desk<'_>,
) -> Result<Vec<ReturnedRow>, PaymentError> {
    q.scoped(&RETURNED, scope, &[])?
        .iter()
        .map(|row| {
            let (programme, returned_on) = (row.text(1)?.to_owned(), row.date(7)?);
            let days = desk
                .packs
                .current()
                .programme(&programme)
                .map(|known| known.payment.correct_within_working_days);
            Ok(ReturnedRow {
                line: row.int(0)?,
                household: row.int(2)?,
                payee: row.int(3)?,
                division: row.int(4)?,
                amount: row.fen(5)?,
                reason: row.opt_text(6)?.map(str::to_owned),
                batch: row.text(8)?.to_owned(),
                line_no: row.int(9)?,
                correct_by: days.map(|days| {
                    desk.calendar
                        .add_working_days(returned_on, u32::try_from(days).unwrap_or(0))
                }),
                programme,
                returned_on,
            })
        })
        .collect()
}

/// A recovery with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecoveryRow {
    /// The recovery.
    pub id: RecoveryId,
    /// Programme code.
    pub programme: String,
    /// Row of the case.
    pub case: i64,
    /// Row of the household.
    pub household: i64,
    /// Village.
    pub division: i64,
    /// Why it was opened.
    pub cause: RecoveryCause,
    /// Claimed, fen.
    pub amount: Fen,
    /// Paid back, fen.
    pub repaid: Fen,
    /// Given up, fen.
    pub written_off: Fen,
    /// Withdrawn, fen.
    pub withdrawn: Fen,
    /// Still owed, fen.
    pub open: Fen,
    /// Day of the opening.
    pub opened_on: Date,
    /// State.
    pub state: RecoveryState,
}

/// All recoveries in the area.
///
/// # Errors
/// The store's.
pub fn recoveries(q: &mut dyn Query, scope: &Scope) -> Result<Vec<RecoveryRow>, PaymentError> {
    q.scoped(&RECOVERIES, scope, &[])?
        .iter()
        .map(|row| {
            let (amount, repaid, undone) = (row.fen(6)?, row.fen(9)?, row.fen(12)?);
            let written_off = row.fen(10)?.checked_sub(undone)?;
            let withdrawn = row.fen(11)?.checked_add(undone)?;
            Ok(RecoveryRow {
                id: RecoveryId(row.int(0)?),
                programme: row.text(1)?.to_owned(),
                case: row.int(2)?,
                household: row.int(3)?,
                division: row.int(4)?,
                cause: RecoveryCause::read(row.text(5)?)?,
                amount,
                repaid,
                written_off,
                withdrawn,
                open: amount.checked_sub(Fen::sum([repaid, written_off, withdrawn])?)?,
                opened_on: row.date(7)?,
                state: RecoveryState::read(row.text(8)?)?,
            })
        })
        .collect()
}
