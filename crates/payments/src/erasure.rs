//! Erasing the record of a household, with what the offices of assistance and of payment hold about it. The act
//! itself is the registry's.

use minsheng_benefits::assistance::{AssistanceError, retention};
use minsheng_core::Date;
use minsheng_registry::erasure::{self, Holding, Obstacle, Report, Standing};
use minsheng_registry::evidence::About;
use minsheng_registry::retention::Ended;
use minsheng_registry::{Ctx, Desk, HouseholdId};
use minsheng_store::{Query, Scope, Value, statement};

use crate::PaymentError;
use crate::records::RecoveryId;

statement! {
    PAID_UNTIL, internal "the payments of one household, whose area the caller checked",
    "SELECT MAX(settled_on), SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END) FROM payment_line WHERE household_id = ?1"
}
statement! {
    RECOVERIES_OPEN, internal "the recoveries of one household, whose area the caller checked",
    "SELECT id FROM recovery WHERE household_id = ?1 AND state = 'open' ORDER BY id"
}
statement! {
    REPAYMENTS_OPEN, internal "the repayments of one household, whose area the caller checked",
    "SELECT e.id FROM recovery_event e JOIN recovery r ON r.id = e.recovery_id
     WHERE r.household_id = ?1 AND r.state <> 'open' AND e.kind = 'repaid' AND e.confirmed_by IS NULL AND NOT EXISTS (
       SELECT 1 FROM repayment_closing c WHERE c.event_id = e.id AND c.confirmed_by IS NOT NULL)
     ORDER BY e.id"
}
statement! {
    HELD, internal "the money held back from one household, whose area the caller checked",
    "SELECT cause FROM payment_hold WHERE household_id = ?1 AND lifted_tx IS NULL ORDER BY id"
}

/// What the offices hold about a household.
///
/// # Errors
/// The store's.
pub fn holding(q: &mut dyn Query, household: HouseholdId) -> Result<Holding, PaymentError> {
    let cases = retention::holding(q, household).map_err(of_assistance)?;
    let mut own = Holding::default();
    let key = [Value::from(household)];
    if let Some(row) = q.rows(&PAID_UNTIL, &key)?.first() {
        own.ended = Ended {
            payment: row.opt_date(0)?,
            ..Ended::default()
        };
        if row.opt_int(1)?.unwrap_or(0) > 0 {
            own.obstacles
                .push(Obstacle::new("payment_open", household.to_string()));
        }
    }
    for row in q.rows(&RECOVERIES_OPEN, &key)? {
        let recovery = RecoveryId(row.int(0)?);
        own.obstacles
            .push(Obstacle::new("recovery_open", recovery.to_string()));
    }
    for row in q.rows(&REPAYMENTS_OPEN, &key)? {
        own.obstacles
            .push(Obstacle::new("repayment_open", row.int(0)?.to_string()));
    }
    for row in q.rows(&HELD, &key)? {
        own.obstacles.push(Obstacle::new("hold", row.text(0)?));
    }
    Ok(cases.and(own))
}

fn of_assistance(error: AssistanceError) -> PaymentError {
    match error {
        AssistanceError::Store(error) => error.into(),
        AssistanceError::Registry(error) => error.into(),
        other => PaymentError::inconsistent("case", other.to_string()),
    }
}

/// Proposes to erase a record; see [`erasure::propose`].
///
/// # Errors
/// As there.
pub fn propose(
    desk: &Desk<'_>,
    ctx: &Ctx,
    about: About,
    ground: &str,
    cite: &str,
) -> Result<i64, PaymentError> {
    erasure::propose(desk, ctx, about, ground, cite, &holding)
}

/// Confirms a proposal and destroys the keys; see [`erasure::confirm`].
///
/// # Errors
/// As there.
pub fn confirm(desk: &Desk<'_>, ctx: &Ctx, proposal: i64) -> Result<Report, PaymentError> {
    erasure::confirm(desk, ctx, proposal, &holding)
}

/// Every household of the area with what stands in the way of its erasure; see [`erasure::standings`].
///
/// # Errors
/// As there.
pub fn standings(
    q: &mut dyn Query,
    scope: &Scope,
    today: Date,
) -> Result<Vec<Standing>, PaymentError> {
    erasure::standings(q, scope, today, &holding)
}
