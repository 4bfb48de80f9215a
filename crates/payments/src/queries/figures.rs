//! The records that figures count and sum: the roll of a month, money credited in a year, money paid back in a
//! year. "As known at" a transaction, so that a figure of the past stays what it was.
//!
//! Source: handbook of assistance §1.4: paid in the year is what the bank confirmed in the year, net of returns
//! and recoveries; returned lines were never credited, so they are not here.

use minsheng_core::{Date, Fen, Month};
use minsheng_store::{Query, Scope, TxNo, Value, statement};

use crate::PaymentError;

statement! {
    ROLL, scoped,
    "SELECT e.programme, e.person_id, e.household_id, e.case_id, e.decision_id, e.class, e.amount_fen, e.division, e.id
     FROM entitlement e
     WHERE e.month = ?1 AND e.tx <= ?2 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?2) AND {scope:e.division}
     ORDER BY e.programme, e.household_id, e.person_id"
}
statement! {
    PAID_IN_YEAR, scoped,
    "SELECT i.programme, i.person_id, l.household_id, i.case_id, i.month, i.class, i.amount_fen, l.settled_on, i.id,
            l.line_no, b.number, l.division
     FROM payment_line l JOIN payment_item i ON i.line_id = l.id JOIN payment_batch b ON b.id = l.batch_id
     WHERE l.state = 'credited' AND l.settled_on >= ?1 AND l.settled_on <= ?2 AND l.settled_tx <= ?3 AND {scope:l.division}
     ORDER BY i.id"
}
statement! {
    REPAID_IN_YEAR, scoped,
    "SELECT ri.programme, ri.person_id, r.household_id, r.case_id, ri.month, ri.class, x.amount_fen, e.happened_on, x.id,
            e.document, r.id, r.division
     FROM recovery_event e JOIN recovery_event_item x ON x.event_id = e.id
     JOIN recovery_item ri ON ri.id = x.recovery_item_id JOIN recovery r ON r.id = e.recovery_id
     WHERE e.kind = 'repaid' AND e.happened_on >= ?1 AND e.happened_on <= ?2 AND x.tx <= ?3 AND {scope:r.division}
     ORDER BY x.id"
}
statement! {
    BY_HOUSEHOLD, scoped,
    "SELECT l.household_id, i.programme, i.month, CAST(SUM(i.amount_fen) AS BIGINT)
     FROM payment_line l JOIN payment_item i ON i.line_id = l.id
     WHERE l.state = 'credited' AND i.month >= ?1 AND i.month <= ?2 AND {scope:l.division}
     GROUP BY l.household_id, i.programme, i.month ORDER BY l.household_id, i.programme, i.month"
}
statement! {
    LAST_RUN, internal "months hold no persons",
    "SELECT MAX(month) FROM payment_run WHERE tx <= ?1"
}

statement! {
    RUN_MONTHS, internal "months hold no persons",
    "SELECT MIN(month), MAX(month) FROM payment_run WHERE tx <= ?1"
}

/// One person on the roll of a month.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RollRow {
    /// Row of the entitlement.
    pub entitlement: i64,
    /// Programme code.
    pub programme: String,
    /// Row of the person.
    pub person: i64,
    /// Row of the household.
    pub household: i64,
    /// Row of the case.
    pub case: i64,
    /// Row of the decision in force.
    pub decision: i64,
    /// Class.
    pub class: String,
    /// Fen for the month.
    pub amount: Fen,
    /// Village.
    pub division: i64,
}

/// Who is entitled in a month, as known at a transaction. Empty before a run covered the month, see
/// [`last_run_month`].
///
/// # Errors
/// The store's.
pub fn roll(
    q: &mut dyn Query,
    scope: &Scope,
    month: Month,
    known: TxNo,
) -> Result<Vec<RollRow>, PaymentError> {
    q.scoped(&ROLL, scope, &[Value::from(month), Value::from(known)])?
        .iter()
        .map(|row| {
            Ok(RollRow {
                programme: row.text(0)?.to_owned(),
                person: row.int(1)?,
                household: row.int(2)?,
                case: row.int(3)?,
                decision: row.int(4)?,
                class: row.text(5)?.to_owned(),
                amount: row.fen(6)?,
                division: row.int(7)?,
                entitlement: row.int(8)?,
            })
        })
        .collect()
}

/// The latest month that a run covered; none before the first run.
///
/// # Errors
/// The store's.
pub fn last_run_month(q: &mut dyn Query, known: TxNo) -> Result<Option<Month>, PaymentError> {
    Ok(q.rows(&LAST_RUN, &[Value::from(known)])?
        .first()
        .map_or(Ok(None), |row| row.opt_month(0))?)
}

/// The first and the latest month that runs covered; none before the first run.
///
/// # Errors
/// The store's.
pub fn run_months(q: &mut dyn Query, known: TxNo) -> Result<Option<(Month, Month)>, PaymentError> {
    let rows = q.rows(&RUN_MONTHS, &[Value::from(known)])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(row.opt_month(0)?.zip(row.opt_month(1)?))
}

/// What the bank credited for one key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PaidItem {
    /// Row of the payment item.
    pub item: i64,
    /// Number of the batch.
    pub batch: String,
    /// Line within the batch.
    pub line_no: i64,
    /// Programme code.
    pub programme: String,
    /// Row of the beneficiary.
    pub person: i64,
    /// Row of the household that was paid.
    pub household: i64,
    /// Row of the case.
    pub case: i64,
    /// Month of the benefit.
    pub month: Month,
    /// Class.
    pub class: String,
    /// Fen.
    pub amount: Fen,
    /// Day of the credit.
    pub settled_on: Date,
    /// Village.
    pub division: i64,
}

/// Items that the bank credited in a calendar year, as known at a transaction.
///
/// # Errors
/// [`PaymentError::Field`] for a year outside of the calendar, or the store's.
pub fn paid_in_year(
    q: &mut dyn Query,
    scope: &Scope,
    year: i16,
    known: TxNo,
) -> Result<Vec<PaidItem>, PaymentError> {
    let (first, last) = days_of(year)?;
    q.scoped(
        &PAID_IN_YEAR,
        scope,
        &[Value::from(first), Value::from(last), Value::from(known)],
    )?
    .iter()
    .map(|row| {
        Ok(PaidItem {
            programme: row.text(0)?.to_owned(),
            person: row.int(1)?,
            household: row.int(2)?,
            case: row.int(3)?,
            month: row.month(4)?,
            class: row.text(5)?.to_owned(),
            amount: row.fen(6)?,
            settled_on: row.date(7)?,
            item: row.int(8)?,
            line_no: row.int(9)?,
            batch: row.text(10)?.to_owned(),
            division: row.int(11)?,
        })
    })
    .collect()
}

/// What was paid back for one key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RepaidItem {
    /// Row of the part of the repayment.
    pub item: i64,
    /// The recovery.
    pub recovery: i64,
    /// Paper of the repayment.
    pub document: String,
    /// Programme code.
    pub programme: String,
    /// Row of the beneficiary.
    pub person: i64,
    /// Row of the household.
    pub household: i64,
    /// Row of the case.
    pub case: i64,
    /// Month of the benefit.
    pub month: Month,
    /// Class as it was paid.
    pub class: String,
    /// Fen, above zero; it lowers what was paid.
    pub amount: Fen,
    /// Day of the repayment.
    pub happened_on: Date,
    /// Village.
    pub division: i64,
}

/// Confirmed repayments of a calendar year, as known at a transaction.
///
/// # Errors
/// [`PaymentError::Field`] for a year outside of the calendar, or the store's.
pub fn repaid_in_year(
    q: &mut dyn Query,
    scope: &Scope,
    year: i16,
    known: TxNo,
) -> Result<Vec<RepaidItem>, PaymentError> {
    let (first, last) = days_of(year)?;
    q.scoped(
        &REPAID_IN_YEAR,
        scope,
        &[Value::from(first), Value::from(last), Value::from(known)],
    )?
    .iter()
    .map(|row| {
        Ok(RepaidItem {
            programme: row.text(0)?.to_owned(),
            person: row.int(1)?,
            household: row.int(2)?,
            case: row.int(3)?,
            month: row.month(4)?,
            class: row.text(5)?.to_owned(),
            amount: row.fen(6)?,
            happened_on: row.date(7)?,
            item: row.int(8)?,
            document: row.text(9)?.to_owned(),
            recovery: row.int(10)?,
            division: row.int(11)?,
        })
    })
    .collect()
}

/// What a household was credited for a month of benefit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HouseholdMonth {
    /// Row of the household.
    pub household: i64,
    /// Programme code.
    pub programme: String,
    /// Month of the benefit.
    pub month: Month,
    /// Fen.
    pub amount: Fen,
}

/// What every household was credited for each month of benefit from `first` to `last`.
///
/// # Errors
/// The store's.
pub fn paid_by_household(
    q: &mut dyn Query,
    scope: &Scope,
    first: Month,
    last: Month,
) -> Result<Vec<HouseholdMonth>, PaymentError> {
    q.scoped(
        &BY_HOUSEHOLD,
        scope,
        &[Value::from(first), Value::from(last)],
    )?
    .iter()
    .map(|row| {
        Ok(HouseholdMonth {
            household: row.int(0)?,
            programme: row.text(1)?.to_owned(),
            month: row.month(2)?,
            amount: row.fen(3)?,
        })
    })
    .collect()
}

fn days_of(year: i16) -> Result<(Date, Date), PaymentError> {
    let day = |month, day| {
        Date::new(year, month, day).map_err(|_| PaymentError::Field {
            field: "year",
            reason: format!("{year} is no year of the calendar"),
        })
    };
    Ok((day(1, 1)?, day(12, 31)?))
}
