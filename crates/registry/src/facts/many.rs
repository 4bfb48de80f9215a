//! What is known of many households, read in few questions: for computations over a whole county.
//!
//! Households are read by ranges of their keys, which the register hands out without gaps. What comes back is
//! what [`super::assemble`] reads of one household, in the same order.

use std::collections::BTreeMap;

use minsheng_core::Date;
use minsheng_store::{Query, TxNo, Value as Cell, statement};

use super::{EvidenceRow, MemberRows};
use crate::erasure::{Erased, or_erased};
use crate::evidence::{About, read_row};
use crate::{HouseholdId, PersonId, RegistryError};

/// What is known of a household on a day.
#[derive(Debug, Clone, Default)]
pub struct HouseholdRows {
    /// The members, in the order in which they were entered.
    pub members: Vec<MemberRows>,
    /// Evidence about the household.
    pub evidence: Vec<EvidenceRow>,
    /// Why some of it cannot be read any more; what could be read is there.
    pub erased: Option<Erased>,
}

statement! {
    MEMBERS_BETWEEN, internal "a whole-county computation whose office filters what it shows by area",
    "SELECT m.household_id, m.person_id, p.birth_date, p.sex, m.relation
     FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.household_id >= ?1 AND m.household_id <= ?2
       AND m.valid_from <= ?3 AND (m.valid_to IS NULL OR m.valid_to > ?3)
       AND m.tx <= ?4 AND (m.superseded_tx IS NULL OR m.superseded_tx > ?4)
     ORDER BY m.id"
}
statement! {
    EVIDENCE_BETWEEN, internal "a whole-county computation whose office filters what it shows by area",
    "SELECT e.subject_id AS household, e.subject_kind, e.subject_id, e.kind, e.slot, e.code, e.quantity, e.amount_fen, e.sealed,
            e.valid_from, e.valid_to, e.id
     FROM evidence e
     WHERE e.subject_kind = 'household' AND e.subject_id >= ?1 AND e.subject_id <= ?2
       AND e.valid_from <= ?3 AND (e.valid_to IS NULL OR e.valid_to > ?3)
       AND e.tx <= ?4 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?4)
     UNION ALL
     SELECT m.household_id AS household, e.subject_kind, e.subject_id, e.kind, e.slot, e.code, e.quantity, e.amount_fen, e.sealed,
            e.valid_from, e.valid_to, e.id
     FROM membership m CROSS JOIN evidence e
     WHERE e.subject_kind = 'person' AND e.subject_id = m.person_id AND m.household_id >= ?1 AND m.household_id <= ?2
       AND m.valid_from <= ?3 AND (m.valid_to IS NULL OR m.valid_to > ?3)
       AND m.tx <= ?4 AND (m.superseded_tx IS NULL OR m.superseded_tx > ?4)
       AND e.valid_from <= ?3 AND (e.valid_to IS NULL OR e.valid_to > ?3)
       AND e.tx <= ?4 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?4)
     ORDER BY 12"
}

/// Keys from the first to the last household of one question.
const RANGE: i64 = 512;

/// What is known at `known` of each of the households on the day `on`. `told` hears after each question how many
/// of them have been read.
///
/// # Errors
/// The store's; [`RegistryError::Inconsistent`] for a sealed row that does not read.
pub fn rows_of(
    q: &mut dyn Query,
    households: &[HouseholdId],
    on: Date,
    known: TxNo,
    told: &mut dyn FnMut(usize),
) -> Result<BTreeMap<HouseholdId, HouseholdRows>, RegistryError> {
    let mut found: BTreeMap<HouseholdId, HouseholdRows> = households
        .iter()
        .map(|household| (*household, HouseholdRows::default()))
        .collect();
    let wanted: Vec<i64> = found.keys().map(|household| household.0).collect();
    let mut rest = wanted.as_slice();
    while let Some(first) = rest.first().copied() {
        let many = rest.partition_point(|key| *key < first + RANGE);
        let last = rest[many - 1];
        rest = &rest[many..];
        let range = [
            Cell::from(first),
            Cell::from(last),
            Cell::from(on),
            Cell::from(known),
        ];
        for row in q.rows(&MEMBERS_BETWEEN, &range)? {
            if let Some(household) = found.get_mut(&HouseholdId(row.int(0)?)) {
                household.members.push(MemberRows {
                    person: PersonId(row.int(1)?),
                    birth: row.date(2)?,
                    sex: row.text(3)?.to_owned(),
                    relation: row.text(4)?.to_owned(),
                    evidence: Vec::new(),
                });
            }
        }
        for row in q.rows(&EVIDENCE_BETWEEN, &range)? {
            let Some(household) = found.get_mut(&HouseholdId(row.int(0)?)) else {
                continue;
            };
            let id = row.int(2)?;
            let of_household = row.text(1)? == "household";
            let about = if of_household {
                About::Household(HouseholdId(id))
            } else {
                About::Person(PersonId(id))
            };
            let read = match readable(read_row(q, &row, about, 3))? {
                Ok(read) => read,
                Err(erased) => {
                    household.erased.get_or_insert(erased);
                    continue;
                }
            };
            if of_household {
                household.evidence.push(read);
            } else {
                let member = household
                    .members
                    .iter_mut()
                    .find(|member| member.person.0 == id);
                if let Some(member) = member {
                    member.evidence.push(read);
                }
            }
        }
        told(wanted.len() - rest.len());
    }
    Ok(found)
}

/// The named state of a row whose subject was erased; every other error stays one.
fn readable(
    outcome: Result<EvidenceRow, RegistryError>,
) -> Result<Result<EvidenceRow, Erased>, RegistryError> {
    match outcome {
        Ok(row) => Ok(Ok(row)),
        Err(RegistryError::Store(error)) => Ok(or_erased(Err(error))?),
        Err(other) => Err(other),
    }
}
