//! Nobody is served twice: open and running cases that stand in the way of another one.
//!
//! Source: the `combination` blocks of the packs; one programme never serves a person twice.

use std::sync::Arc;

use minsheng_policy::{CombinationRelation, PackSet, Programme};
use minsheng_registry::{CaseId, Desk, HouseholdId, PersonId};
use minsheng_store::{Query, Row, Value, statement};

use super::error::AssistanceError;
use super::missing::Missing;
use super::procedure::is_final;
use super::rules::DecisionKind;
use super::service::programme;

statement! {
    CASES_OF_HOUSEHOLD, internal "a case in the way must be known before the next one can be refused",
    "SELECT c.id, c.programme, c.state, c.single, c.applicant_id, c.pack_hash, COALESCE(c.accepted_on, c.applied_on),
            (SELECT CASE WHEN EXISTS (SELECT 1 FROM phase_out o WHERE o.decision_id = d.id AND o.closed_on IS NOT NULL) THEN 'stop' ELSE d.kind END
             FROM decision d WHERE d.case_id = c.id ORDER BY d.id DESC LIMIT 1)
     FROM case_file c WHERE c.household_id = ?1 ORDER BY c.id"
}
statement! {
    SINGLE_CASES_OF_PERSON, internal "a case in the way must be known before the next one can be refused",
    "SELECT c.id, c.programme, c.state, c.single, c.applicant_id, c.pack_hash, COALESCE(c.accepted_on, c.applied_on),
            (SELECT CASE WHEN EXISTS (SELECT 1 FROM phase_out o WHERE o.decision_id = d.id AND o.closed_on IS NOT NULL) THEN 'stop' ELSE d.kind END
             FROM decision d WHERE d.case_id = c.id ORDER BY d.id DESC LIMIT 1)
     FROM case_file c WHERE c.applicant_id = ?1 AND c.single = 1 ORDER BY c.id"
}
statement! {
    SERVED, internal "a case in the way must be known before the next one can be refused",
    "SELECT c.id, c.programme, c.state FROM decision_person p
     JOIN decision d ON d.id = p.decision_id JOIN case_file c ON c.id = p.case_id
     WHERE p.person_id = ?1 AND c.id <> ?2
       AND NOT EXISTS (SELECT 1 FROM decision l WHERE l.case_id = c.id AND l.id > d.id)
       AND NOT EXISTS (SELECT 1 FROM phase_out o WHERE o.decision_id = d.id AND o.closed_on IS NOT NULL)
     ORDER BY c.id"
}

/// Whether two programmes may not serve the same person. Where the pack does not say that both are paid, or the
/// difference, they exclude each other.
pub(crate) fn excludes(programme: &Programme, other: &str) -> bool {
    programme.code == other
        || programme
            .combinations
            .iter()
            .find(|combination| combination.with == other)
            .is_none_or(|combination| combination.relation == CombinationRelation::Never)
}

/// An open or running case.
struct Running {
    case: CaseId,
    programme: String,
    state: String,
    single: bool,
    decided: bool,
}

/// Cases that stand in the way of an application for a household, or for one person of it.
pub(crate) fn of_application(
    q: &mut dyn Query,
    desk: &Desk<'_>,
    wanted: &Programme,
    household: HouseholdId,
    applicant: PersonId,
    single: bool,
) -> Result<Vec<Missing>, AssistanceError> {
    let mut missing = Vec::new();
    for row in q.rows(&CASES_OF_HOUSEHOLD, &[Value::from(household)])? {
        let Some(running) = running(q, desk, &row)? else {
            continue;
        };
        // A family that is served without this person does not stand in the way of the person, nor the reverse;
        // who is counted is looked at again with the opinion and the decision.
        let in_the_way = if single {
            !running.single && !running.decided
        } else {
            !running.single
        };
        if in_the_way && excludes(wanted, &running.programme) {
            missing.push(running.served(household.to_string()));
        }
    }
    if single {
        for row in q.rows(&SINGLE_CASES_OF_PERSON, &[Value::from(applicant)])? {
            let Some(running) = running(q, desk, &row)? else {
                continue;
            };
            if !running.decided && excludes(wanted, &running.programme) {
                missing.push(running.served(applicant.to_string()));
            }
        }
    }
    Ok(missing)
}

/// Cases other than `own` whose decision in force serves the person.
pub(crate) fn of_person(
    q: &mut dyn Query,
    wanted: &Programme,
    person: PersonId,
    own: CaseId,
) -> Result<Vec<Missing>, AssistanceError> {
    let mut missing = Vec::new();
    for row in q.rows(&SERVED, &[Value::from(person), Value::from(own)])? {
        let programme = row.text(1)?;
        if excludes(wanted, programme) {
            missing.push(Missing::Served {
                whom: person.to_string(),
                case: CaseId(row.int(0)?),
                programme: programme.to_owned(),
                state: row.text(2)?.to_owned(),
            });
        }
    }
    Ok(missing)
}

impl Running {
    fn served(self, whom: String) -> Missing {
        Missing::Served {
            whom,
            case: self.case,
            programme: self.programme,
            state: self.state,
        }
    }
}

fn running(
    q: &mut dyn Query,
    desk: &Desk<'_>,
    row: &Row,
) -> Result<Option<Running>, AssistanceError> {
    let case = CaseId(row.int(0)?);
    let (code, state) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
    let decided = match row.opt_text(7)? {
        Some(kind) => {
            let kind: DecisionKind = kind
                .parse()
                .map_err(|reason| AssistanceError::inconsistent(case, reason))?;
            if !kind.pays() {
                return Ok(None);
            }
            true
        }
        None => {
            let packs = packs(q, desk, row.text(5)?)?;
            let procedure = programme(&packs, &code)?
                .procedure_at(row.date(6)?)
                .map_err(|source| AssistanceError::Evaluation {
                    whom: case.to_string(),
                    source,
                })?;
            if is_final(procedure, &state) {
                return Ok(None);
            }
            false
        }
    };
    Ok(Some(Running {
        case,
        programme: code,
        state,
        single: row.bool(3)?,
        decided,
    }))
}

fn packs(q: &mut dyn Query, desk: &Desk<'_>, hash: &str) -> Result<Arc<PackSet>, AssistanceError> {
    let current = desk.packs.current();
    if current.hash() == hash {
        Ok(Arc::clone(current))
    } else {
        Ok(desk.packs.by_hash(q, hash)?)
    }
}
