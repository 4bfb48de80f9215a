//! Entitlements as they are stored: one row in force per key, the earlier ones superseded by the run that found
//! something else. Nobody else writes them. Must not know why an entitlement is what it is.

use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;
use crate::intern::Names;
use crate::positions::key_of;
use crate::records::{Entitled, RunId};

statement! {
    ENTITLED_CURRENT, internal "a whole-county computation of the payment run",
    "SELECT person_id, month, programme, id, household_id, division, case_id, decision_id, class, amount_fen
     FROM entitlement WHERE superseded_tx IS NULL ORDER BY person_id, month, programme"
}
/// Brings the stored entitlements to what was computed. Gives the row of each, in the order of `entitled`, and
/// how many keys changed.
pub(crate) fn write_entitlements(
    tx: &mut Tx<'_>,
    run: RunId,
    entitled: &[Entitled],
    names: &mut Names,
) -> Result<(Vec<i64>, usize), PaymentError> {
    let stored = current_entitlements(tx, names)?;
    let mut kept: Vec<Option<i64>> = vec![None; entitled.len()];
    let mut superseded = Vec::new();
    for (row, old) in &stored {
        match entitled.binary_search_by(|new| new.key.cmp(&old.key)) {
            Ok(at) if entitled[at].same(old) => kept[at] = Some(*row),
            _ => superseded.push((*row, vec![Value::from(tx.number())])),
        }
    }
    let fresh: Vec<&Entitled> = entitled
        .iter()
        .zip(&kept)
        .filter(|(_, row)| row.is_none())
        .map(|(entitled, _)| entitled)
        .collect();
    let changed = fresh.len().max(superseded.len());
    if !superseded.is_empty() {
        tx.update_many("entitlement", &["superseded_tx"], superseded)?;
    }
    let mut next = 0;
    if !fresh.is_empty() {
        let rows = fresh
            .iter()
            .map(|entitled| {
                vec![
                    Value::from(&*entitled.key.programme),
                    Value::from(entitled.key.person),
                    Value::from(entitled.key.month),
                    Value::from(entitled.household),
                    Value::from(entitled.division),
                    Value::from(entitled.case),
                    Value::from(entitled.decision),
                    Value::from(&*entitled.class),
                    Value::from(entitled.amount),
                    Value::from(run),
                ]
            })
            .collect();
        let columns = [
            "programme",
            "person_id",
            "month",
            "household_id",
            "division",
            "case_id",
            "decision_id",
            "class",
            "amount_fen",
            "run_id",
        ];
        next = tx.insert_many("entitlement", &columns, rows)?;
    }
    let rows = kept
        .into_iter()
        .map(|row| {
            row.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    Ok((rows, changed))
}

/// The entitlements in force, with their rows, by key.
pub(crate) fn current_entitlements(
    q: &mut dyn Query,
    names: &mut Names,
) -> Result<Vec<(i64, Entitled)>, PaymentError> {
    let rows = q.rows(&ENTITLED_CURRENT, &[])?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let entitled = Entitled {
            key: key_of(&row, names)?,
            household: row.int(4)?,
            division: row.int(5)?,
            case: row.int(6)?,
            decision: row.int(7)?,
            class: names.get(row.text(8)?),
            amount: row.fen(9)?,
        };
        found.push((row.int(3)?, entitled));
    }
    Ok(found)
}
