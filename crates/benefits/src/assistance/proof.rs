//! Proof of the determinations: each is assembled and derived again from the register as it was known, with its
//! own pack, and compared with what was frozen.

use minsheng_policy::KeyDates;
use minsheng_registry::{CaseId, Desk, facts};
use minsheng_store::{Query, statement};

use super::determine::{self, Frozen, frozen_many};
use super::error::AssistanceError;
use super::records;
use super::service::programme;

statement! {
    ALL_DETERMINATIONS, internal "a whole-county computation that gives keys only",
    "SELECT id FROM determination ORDER BY id"
}

/// Determinations read at once.
const GROUP: usize = 256;

/// A determination that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Key of the determination.
    pub determination: i64,
    /// Its case.
    pub case: CaseId,
    /// What differs.
    pub what: String,
}

/// Derives every determination again.
///
/// # Errors
/// The store's, or the registry's for a pack that does not load; what differs is a finding and no error.
pub fn verify(desk: &Desk<'_>, q: &mut dyn Query) -> Result<Vec<Finding>, AssistanceError> {
    let keys: Vec<i64> = q
        .rows(&ALL_DETERMINATIONS, &[])?
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<_, _>>()?;
    let mut findings = Vec::new();
    for group in keys.chunks(GROUP) {
        for frozen in frozen_many(q, group)? {
            if let Some(what) = differs(desk, q, &frozen)? {
                findings.push(Finding {
                    determination: frozen.determination,
                    case: frozen.case,
                    what,
                });
            }
        }
    }
    Ok(findings)
}

fn differs(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    frozen: &Frozen,
) -> Result<Option<String>, AssistanceError> {
    let packs = desk.packs.by_hash(q, &frozen.pack_hash)?;
    let programme = programme(&packs, &frozen.programme)?;
    let case = records::case(q, frozen.case)?;
    let asked_on = frozen.facts["application"]["date"]
        .as_str()
        .and_then(|text| text.parse().ok());
    let Some(asked_on) = asked_on else {
        return Ok(Some(
            "its frozen facts have no day of application".to_owned(),
        ));
    };
    let single = case.single_person();
    let (on, known) = (frozen.evidence_on, frozen.known);
    let facts = facts::assemble(q, programme, frozen.household, single, asked_on, on, known)?;
    if facts != frozen.facts {
        return Ok(Some(format!(
            "its frozen facts are not what was known at transaction {known}"
        )));
    }
    let key = KeyDates {
        acceptance: frozen.acceptance,
        month: frozen.month,
    };
    match determine::evaluate(programme, &frozen.facts, &key, frozen.case) {
        Err(AssistanceError::Facts { source, .. }) => {
            Ok(Some(format!("its pack does not read its facts: {source}")))
        }
        Err(AssistanceError::Evaluation { source, .. }) => {
            Ok(Some(format!("its pack gives no answer: {source}")))
        }
        Err(other) => Err(other),
        Ok(derived) => {
            let same = determine::result_of(&derived)? == frozen.result
                && determine::outcome_str(&derived.outcome) == frozen.outcome;
            Ok((!same).then(|| {
                format!(
                    "derived again it is {} and not the stored result",
                    derived_words(&derived)
                )
            }))
        }
    }
}

fn derived_words(derived: &minsheng_policy::Determination) -> String {
    format!(
        "{} with {} yuan",
        determine::outcome_str(&derived.outcome),
        derived.total
    )
}
