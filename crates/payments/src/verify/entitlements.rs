//! Every run computed again with what it knew and its own pack; the entitlements in force after it must be
//! exactly those.

use std::collections::BTreeMap;

use minsheng_registry::Desk;
use minsheng_store::{Query, TxNo, statement};

use super::Findings;
use crate::entitlement::roll_through;
use crate::intern::Names;
use crate::positions::key_of;
use crate::records::{Entitled, Key, Run};
use crate::run::runs;
use crate::{PaymentError, PaymentOffice};

statement! {
    ALL_ENTITLEMENTS, internal "the proof of the whole books",
    "SELECT person_id, month, programme, id, household_id, division, case_id, decision_id, class, amount_fen, run_id, tx,
            superseded_tx
     FROM entitlement ORDER BY id"
}

struct Stored {
    row: i64,
    run: i64,
    tx: TxNo,
    superseded: Option<TxNo>,
    entitled: Entitled,
}

pub(super) fn check(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    let runs = runs(q)?;
    let stored = load(q)?;
    let by_tx: BTreeMap<TxNo, &Run> = runs.iter().map(|run| (run.tx, run)).collect();
    let mut begun: BTreeMap<TxNo, Vec<&Stored>> = BTreeMap::new();
    let mut ended: BTreeMap<TxNo, Vec<&Stored>> = BTreeMap::new();
    for row in &stored {
        if by_tx.get(&row.tx).is_none_or(|run| run.id.0 != row.run) {
            findings.add(
                "entitlement",
                row.row,
                "it was written outside of the run it names",
            );
        }
        begun.entry(row.tx).or_default().push(row);
        if let Some(at) = row.superseded {
            if !by_tx.contains_key(&at) {
                findings.add("entitlement", row.row, "it was superseded outside of a run");
            }
            ended.entry(at).or_default().push(row);
        }
    }
    // One office for all runs: what does not depend on what was known is computed once.
    let office = PaymentOffice::new();
    let mut in_force: BTreeMap<Key, &Stored> = BTreeMap::new();
    for run in &runs {
        for row in ended.get(&run.tx).into_iter().flatten() {
            in_force.remove(&row.entitled.key);
        }
        for row in begun.get(&run.tx).into_iter().flatten() {
            if let Some(other) = in_force.insert(row.entitled.key.clone(), row) {
                findings.add(
                    "entitlement",
                    row.row,
                    format!("row {} was in force for the same key", other.row),
                );
            }
        }
        if run.known.0 + 1 != run.tx.0 {
            findings.add(
                "payment_run",
                run.id.0,
                "it did not look at the records as they were when it was made",
            );
        }
        let packs = match desk.packs.by_hash(q, &run.pack_hash) {
            Ok(packs) => packs,
            Err(error) => {
                findings.add("payment_run", run.id.0, error.to_string());
                continue;
            }
        };
        match roll_through(&office, q, &packs, run.month, run.known) {
            Ok(roll) => compare(run, &roll.entitled, &in_force, findings),
            Err(PaymentError::Store(error)) => return Err(error.into()),
            Err(error) => findings.add("payment_run", run.id.0, error.to_string()),
        }
    }
    Ok(())
}

fn load(q: &mut dyn Query) -> Result<Vec<Stored>, PaymentError> {
    let mut names = Names::default();
    let rows = q.rows(&ALL_ENTITLEMENTS, &[])?;
    let mut stored = Vec::with_capacity(rows.len());
    for row in rows {
        stored.push(Stored {
            row: row.int(3)?,
            run: row.int(10)?,
            tx: row.tx(11)?,
            superseded: row.opt_tx(12)?,
            entitled: Entitled {
                key: key_of(&row, &mut names)?,
                household: row.int(4)?,
                division: row.int(5)?,
                case: row.int(6)?,
                decision: row.int(7)?,
                class: names.get(row.text(8)?),
                amount: row.fen(9)?,
            },
        });
    }
    Ok(stored)
}

fn compare(
    run: &Run,
    derived: &[Entitled],
    in_force: &BTreeMap<Key, &Stored>,
    findings: &mut Findings,
) {
    let mut found = 0;
    for entitled in derived {
        match in_force.get(&entitled.key) {
            None => findings.add(
                "entitlement",
                None,
                format!(
                    "{} is {} by run {} and was not stored",
                    entitled.key, entitled.amount, run.id
                ),
            ),
            Some(row) => {
                found += 1;
                if !row.entitled.same(entitled) {
                    let what = format!(
                        "{}: run {} derives {} ({}, decision {}), stored is {} ({}, decision {})",
                        entitled.key,
                        run.id,
                        entitled.amount,
                        entitled.class,
                        entitled.decision,
                        row.entitled.amount,
                        row.entitled.class,
                        row.entitled.decision
                    );
                    findings.add("entitlement", row.row, what);
                }
            }
        }
    }
    if found == in_force.len() {
        return;
    }
    for (key, row) in in_force {
        if derived
            .binary_search_by(|entitled| entitled.key.cmp(key))
            .is_err()
        {
            findings.add(
                "entitlement",
                row.row,
                format!("{key}: run {} derives nothing", run.id),
            );
        }
    }
}
