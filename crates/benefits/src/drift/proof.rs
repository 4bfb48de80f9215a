//! Proof of the list: the last run is computed again on what it knew, with its own pack, and the entries that were
//! open after it are compared with what comes out.

use minsheng_registry::{Desk, HouseholdId, erasure};
use minsheng_store::{Query, Scope, Value, statement};

use super::compare::Kind;
use super::run::{About, OpenEntry, hashed, last_run, open_entry_of};
use super::survey::survey;
use crate::assistance::AssistanceError;

statement! {
    OPEN_AFTER, internal "a whole-county computation that gives keys only",
    "SELECT id, case_id, household_id, programme, kind, result_hash, facts_hash,
            CASE WHEN handled_tx IS NULL OR handled_tx > ?1 THEN NULL ELSE handled END, tx, run_id
     FROM drift_entry WHERE tx <= ?1 AND (closed_tx IS NULL OR closed_tx > ?1) ORDER BY id"
}

/// An entry, or the run, that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// `drift_run` or `drift_entry`.
    pub table: &'static str,
    /// Key of the row.
    pub row: i64,
    /// What differs.
    pub what: String,
}

/// Derives the last run again.
///
/// # Errors
/// The store's, or the registry's for a pack that does not load; what differs is a finding and no error.
pub fn verify(desk: &Desk<'_>, q: &mut dyn Query) -> Result<Vec<Finding>, AssistanceError> {
    let Some(run) = last_run(q)? else {
        return Ok(Vec::new());
    };
    let of_run = |what: String| Finding {
        table: "drift_run",
        row: run.id,
        what,
    };
    let packs = desk.packs.by_hash(q, &run.pack_hash)?;
    let (area, told) = (Scope::county(), &mut |_, _| {});
    let survey = survey(desk, q, &packs, &area, run.ran_on, run.known, told)?;
    let mut findings = Vec::new();
    let counted = (
        i64::try_from(survey.cases),
        i64::try_from(survey.households),
    );
    if counted != (Ok(run.cases), Ok(run.households)) {
        findings.push(of_run(format!(
            "it says {} cases and {} households; derived again they are {} and {}",
            run.cases, run.households, survey.cases, survey.households
        )));
    }
    let gone = erasure::households(q)?;
    let mut today = hashed(q, &survey)?;
    for row in q.rows(&OPEN_AFTER, &[Value::from(run.tx)])? {
        let entry: OpenEntry = open_entry_of(&row)?;
        // what was erased since cannot be asked again
        if matches!(&entry.about, About::Household(id) if gone.contains(&HouseholdId(*id))) {
            continue;
        }
        let what = match today.remove(&entry.about) {
            None => "derived again nothing differs",
            Some(found) if found.difference.kind == Kind::Erased => continue,
            Some(found) if !entry.holds(&found) => "derived again something else differs",
            Some(found) if found.difference.kind != entry.kind && entry.handled.is_none() => {
                "derived again it is of another kind"
            }
            Some(_) => continue,
        };
        findings.push(Finding {
            table: "drift_entry",
            row: entry.id,
            what: what.to_owned(),
        });
    }
    for (about, found) in today {
        if !found.difference.under_review && found.difference.kind != Kind::Erased {
            let whom = match about {
                About::Case(case) => minsheng_registry::CaseId(case).to_string(),
                About::Household(household) => {
                    minsheng_registry::HouseholdId(household).to_string()
                }
            };
            let kind = found.difference.kind.as_str();
            findings.push(of_run(format!(
                "derived again {whom} is {kind}, of which it has no entry"
            )));
        }
    }
    Ok(findings)
}
