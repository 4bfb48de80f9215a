//! Money that is due and cannot be sent: which household, why, and since when. A hold stands until a run finds
//! it gone or changed; a run that finds the same writes nothing. Between runs, what a check takes out of its batch is held
//! until the next run pays it. Must not decide whether to hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minsheng_core::{Fen, Month};
use minsheng_registry::Ctx;
use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;
use crate::records::{HoldCause, RunId};

statement! {
    STANDING, internal "a whole-county computation of the payment run",
    "SELECT id, programme, household_id, payee_id, first_month, last_month, amount_fen, cause, reason, division
     FROM payment_hold WHERE lifted_tx IS NULL ORDER BY id"
}

/// Where a hold stands: programme and household.
pub(crate) type Place = (Arc<str>, i64);

/// A hold as a run finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) programme: String,
    pub(crate) household: i64,
    pub(crate) payee: Option<i64>,
    pub(crate) division: i64,
    pub(crate) months: (Month, Month),
    pub(crate) amount: Fen,
    pub(crate) cause: HoldCause,
    pub(crate) reason: String,
}

/// Lifts the holds that are gone or changed and writes the new ones. Gives how many stand now.
pub(crate) fn replace_holds(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    run: RunId,
    mut found: Vec<Hold>,
) -> Result<usize, PaymentError> {
    let count = found.len();
    let mut by_place: BTreeMap<(String, i64, HoldCause), (i64, Hold)> = BTreeMap::new();
    for (row, hold) in standing(tx)? {
        by_place.insert(
            (hold.programme.clone(), hold.household, hold.cause),
            (row, hold),
        );
    }
    found.retain(|hold| {
        let place = (hold.programme.clone(), hold.household, hold.cause);
        // The village is where the household was when it was held; a move alone does not renew a hold.
        let same = by_place.get(&place).is_some_and(|(_, old)| {
            Hold {
                division: hold.division,
                ..old.clone()
            } == *hold
        });
        if same {
            by_place.remove(&place);
        }
        !same
    });
    lift(tx, by_place.into_values().map(|(row, _)| row))?;
    write(tx, ctx, run, &found)?;
    Ok(count)
}

/// The places of which everything that is due is held anew, between two runs: what stood there is lifted, but for
/// claims that another case pays.
pub(crate) fn hold_places(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    run: RunId,
    places: &BTreeSet<Place>,
    found: &[Hold],
) -> Result<(), PaymentError> {
    let gone: Vec<i64> = standing(tx)?
        .into_iter()
        .filter(|(_, hold)| {
            let place = (Arc::from(hold.programme.as_str()), hold.household);
            hold.cause != HoldCause::DoubleBenefit && places.contains(&place)
        })
        .map(|(row, _)| row)
        .collect();
    lift(tx, gone.into_iter())?;
    write(tx, ctx, run, found)
}

fn standing(q: &mut dyn Query) -> Result<Vec<(i64, Hold)>, PaymentError> {
    q.rows(&STANDING, &[])?
        .iter()
        .map(|row| {
            let hold = Hold {
                programme: row.text(1)?.to_owned(),
                household: row.int(2)?,
                payee: row.opt_int(3)?,
                months: (row.month(4)?, row.month(5)?),
                amount: row.fen(6)?,
                cause: HoldCause::read(row.text(7)?)?,
                reason: row.text(8)?.to_owned(),
                division: row.int(9)?,
            };
            Ok((row.int(0)?, hold))
        })
        .collect()
}

fn lift(tx: &mut Tx<'_>, rows: impl Iterator<Item = i64>) -> Result<(), PaymentError> {
    let lifted: Vec<_> = rows
        .map(|row| (row, vec![Value::from(tx.number())]))
        .collect();
    if !lifted.is_empty() {
        tx.update_many("payment_hold", &["lifted_tx"], lifted)?;
    }
    Ok(())
}

fn write(tx: &mut Tx<'_>, ctx: &Ctx, run: RunId, found: &[Hold]) -> Result<(), PaymentError> {
    if found.is_empty() {
        return Ok(());
    }
    let columns = [
        "run_id",
        "programme",
        "household_id",
        "payee_id",
        "division",
        "first_month",
        "last_month",
        "amount_fen",
        "cause",
        "reason",
        "held_on",
    ];
    let rows = found
        .iter()
        .map(|hold| {
            vec![
                Value::from(run),
                Value::from(hold.programme.as_str()),
                Value::from(hold.household),
                Value::from(hold.payee),
                Value::from(hold.division),
                Value::from(hold.months.0),
                Value::from(hold.months.1),
                Value::from(hold.amount),
                Value::from(hold.cause),
                Value::from(hold.reason.as_str()),
                Value::from(ctx.today()),
            ]
        })
        .collect();
    tx.insert_many("payment_hold", &columns, rows)?;
    Ok(())
}
