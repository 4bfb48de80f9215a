//! The roll for payments: every case that was ever granted with its decisions, as known at a transaction.
//!
//! A month's answer is made of three parts: the roll (one question for the whole county), the frozen facts of
//! the decisions in force (each read once; they never change), and the self-executing facts (deaths). Equal
//! transaction, equal answer, whatever is recorded later.

use std::collections::BTreeMap;

use minsheng_core::{Date, Month};
use minsheng_policy::{KeyDates, MemberAmount, PackSet};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::{Query, Row, TxNo, Value, statement};

use super::determine::Frozen;
use super::error::AssistanceError;
use super::rules::DecisionRow;
use super::service::programme;

pub use super::determine::{frozen, frozen_many};
pub use super::rules::{decision_for, entitled};

statement! {
    IN_FORCE, internal "a whole-county computation of the payment run; gives keys only",
    "SELECT c.id, c.programme, c.household_id, c.applicant_id, c.single, c.division, COALESCE(c.accepted_on, c.applied_on),
            d.id, d.kind, d.effective_month, d.determination_id, d.tx
     FROM decision d JOIN case_file c ON c.id = d.case_id
     WHERE d.tx <= ?1 AND d.kind <> 'refuse' ORDER BY c.id, d.id"
}
statement! {
    IN_FORCE_OF_HOUSEHOLD, internal "the explanation of one household, whose area the caller checked",
    "SELECT c.id, c.programme, c.household_id, c.applicant_id, c.single, c.division, COALESCE(c.accepted_on, c.applied_on),
            d.id, d.kind, d.effective_month, d.determination_id, d.tx
     FROM decision d JOIN case_file c ON c.id = d.case_id
     WHERE c.household_id = ?1 AND d.tx <= ?2 ORDER BY c.id, d.id"
}

/// A case that was granted, with all its decisions as known.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct InForce {
    /// The case.
    pub case: CaseId,
    /// Programme code.
    pub programme: String,
    /// The household.
    pub household: HouseholdId,
    /// Who applied.
    pub applicant: PersonId,
    /// Whether only the applicant is served.
    pub single: bool,
    /// 12-digit code of the village.
    pub division: i64,
    /// Day of acceptance: chooses the law.
    pub acceptance: Date,
    /// Decisions in the order in which they were made.
    pub decisions: Vec<DecisionRow>,
}

/// All cases that were ever granted, by key, with their decisions as known at `known`.
///
/// # Errors
/// The store's; [`AssistanceError::Inconsistent`] for an unknown kind of decision.
pub fn in_force(q: &mut dyn Query, known: TxNo) -> Result<Vec<InForce>, AssistanceError> {
    grouped(&q.rows(&IN_FORCE, &[Value::from(known)])?)
}

/// All cases of one household with their decisions as known at `known`, refusals among them.
///
/// # Errors
/// As [`in_force`].
pub fn of_household(
    q: &mut dyn Query,
    household: HouseholdId,
    known: TxNo,
) -> Result<Vec<InForce>, AssistanceError> {
    grouped(&q.rows(
        &IN_FORCE_OF_HOUSEHOLD,
        &[Value::from(household), Value::from(known)],
    )?)
}

fn grouped(rows: &[Row]) -> Result<Vec<InForce>, AssistanceError> {
    let mut found: Vec<InForce> = Vec::new();
    for row in rows {
        let case = CaseId(row.int(0)?);
        let decision = decision_of(row, 7)?;
        match found.last_mut() {
            Some(last) if last.case == case => last.decisions.push(decision),
            _ => found.push(InForce {
                case,
                programme: row.text(1)?.to_owned(),
                household: HouseholdId(row.int(2)?),
                applicant: PersonId(row.int(3)?),
                single: row.bool(4)?,
                division: row.int(5)?,
                acceptance: row.date(6)?,
                decisions: vec![decision],
            }),
        }
    }
    Ok(found)
}

/// Reads a decision whose key stands in column `at`, followed by kind, effective month, determination and tx.
pub(crate) fn decision_of(row: &Row, at: usize) -> Result<DecisionRow, AssistanceError> {
    let id = row.int(at)?;
    let kind = row.text(at + 1)?.parse();
    Ok(DecisionRow {
        id,
        kind: kind
            .map_err(|reason| AssistanceError::inconsistent(format!("decision {id}"), reason))?,
        effective_month: row.month(at + 2)?,
        determination: row.opt_int(at + 3)?,
        tx: row.tx(at + 4)?,
    })
}

/// What frozen facts give in `month` by the rules of `packs`, before self-executing facts.
///
/// # Errors
/// [`AssistanceError::Erased`] if the facts were erased; [`AssistanceError::Facts`] if the pack no longer reads these facts; [`AssistanceError::Evaluation`].
pub fn amounts(
    packs: &PackSet,
    frozen: &Frozen,
    month: Month,
) -> Result<Vec<MemberAmount>, AssistanceError> {
    let whom = || format!("case {}", frozen.case);
    let programme = programme(packs, &frozen.programme)?;
    let facts = programme
        .facts(frozen.readable()?)
        .map_err(|source| AssistanceError::Facts {
            whom: whom(),
            source,
        })?;
    programme
        .amounts(
            &facts,
            &KeyDates {
                acceptance: frozen.acceptance,
                month,
            },
        )
        .map_err(|source| AssistanceError::Evaluation {
            whom: whom(),
            source,
        })
}

/// What one case is entitled to in `month`: the decision in force, its amounts by the rules of `packs`, without
/// the shares that a known death ended. The first part is the decision, if any governs the month.
///
/// # Errors
/// As [`amounts`]; or the store's.
pub fn entitled_amounts(
    q: &mut dyn Query,
    packs: &PackSet,
    case: &InForce,
    deaths: &BTreeMap<PersonId, Date>,
    month: Month,
) -> Result<(Option<DecisionRow>, Vec<MemberAmount>), AssistanceError> {
    let Some(decision) = decision_for(&case.decisions, month).copied() else {
        return Ok((None, Vec::new()));
    };
    let Some(determination) = decision.determination.filter(|_| decision.kind.pays()) else {
        return Ok((Some(decision), Vec::new()));
    };
    let frozen = frozen(q, determination)?;
    Ok((
        Some(decision),
        entitled(&amounts(packs, &frozen, month)?, deaths, month),
    ))
}
