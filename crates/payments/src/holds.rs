//! Money that is due and cannot be sent: which household, why, and since when. A hold stands until a run finds
//! it gone or changed; a run that finds the same writes nothing. Must not decide whether to hold.

use std::collections::BTreeMap;

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
    let standing = found.len();
    let mut by_place: BTreeMap<(String, i64, HoldCause), (i64, Hold)> = BTreeMap::new();
    for row in tx.rows(&STANDING, &[])? {
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
        by_place.insert(
            (hold.programme.clone(), hold.household, hold.cause),
            (row.int(0)?, hold),
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
    let lifted: Vec<_> = by_place
        .into_values()
        .map(|(row, _)| (row, vec![Value::from(tx.number())]))
        .collect();
    if !lifted.is_empty() {
        tx.update_many("payment_hold", &["lifted_tx"], lifted)?;
    }
    if !found.is_empty() {
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
    }
    Ok(standing)
}
