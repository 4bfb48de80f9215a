//! What the assistance office holds about a household, for whoever asks whether its record may be erased: cases that
//! are open or in force, remedies that run, and the day on which the last case ended.
//!
//! Must not know terms of retention or keys: `minsheng_registry::erasure` does.

use minsheng_core::{Date, Month};
use minsheng_registry::erasure::{Holding, Obstacle};
use minsheng_registry::retention::Ended;
use minsheng_registry::{CaseId, HouseholdId};
use minsheng_store::{Query, Value, statement};

use super::error::AssistanceError;
use super::rules::DecisionKind;

statement! {
    CASES, internal "the cases of one household, whose area the caller checked",
    "SELECT c.id, c.state, (SELECT MAX(s.acted_on) FROM case_step s WHERE s.case_id = c.id), c.applied_on
     FROM case_file c WHERE c.household_id = ?1 ORDER BY c.id"
}
statement! {
    LAST_DECISION, internal "one case of a household, whose area the caller checked",
    "SELECT d.kind, d.effective_month, d.decided_on FROM decision d WHERE d.case_id = ?1
     ORDER BY d.effective_month DESC, d.id DESC LIMIT 1"
}
statement! {
    OPEN_MATTERS, internal "the open matters of one household, whose area the caller checked",
    "SELECT o.case_id FROM objection o JOIN case_file c ON c.id = o.case_id
     WHERE c.household_id = ?1 AND o.resolved_on IS NULL
     UNION
     SELECT r.case_id FROM reassessment r JOIN case_file c ON c.id = r.case_id
     WHERE c.household_id = ?1 AND r.closed_on IS NULL
     UNION
     SELECT f.case_id FROM remedy_filing f JOIN case_file c ON c.id = f.case_id
     WHERE c.household_id = ?1 AND f.outcome IS NULL
     ORDER BY 1"
}
statement! {
    OPEN_REPORTS, internal "the open matters of one household, whose area the caller checked",
    "SELECT id FROM household_report WHERE household_id = ?1 AND answered_on IS NULL AND checked_on IS NULL ORDER BY id"
}

/// The states in which a case without a decision has ended.
const ENDED: [&str; 1] = ["withdrawn"];

/// What stands in the way of erasing the record of a household, and when its last case ended.
///
/// # Errors
/// The store's; [`AssistanceError::Inconsistent`] for an unknown kind of decision.
pub fn holding(q: &mut dyn Query, household: HouseholdId) -> Result<Holding, AssistanceError> {
    let mut holding = Holding::default();
    let mut last: Option<Date> = None;
    for row in q.rows(&CASES, &[Value::from(household)])? {
        let case = CaseId(row.int(0)?);
        let decisions = q.rows(&LAST_DECISION, &[Value::from(case)])?;
        let Some(decision) = decisions.first() else {
            if ENDED.contains(&row.text(1)?) {
                last = last.max(row.opt_date(2)?.or(Some(row.date(3)?)));
            } else {
                holding
                    .obstacles
                    .push(Obstacle::new("case_open", case.to_string()));
            }
            continue;
        };
        let kind: DecisionKind = decision
            .text(0)?
            .parse()
            .map_err(|reason: String| AssistanceError::inconsistent(case, reason))?;
        let (month, decided_on): (Month, Date) = (decision.month(1)?, decision.date(2)?);
        match kind {
            _ if kind.pays() => holding
                .obstacles
                .push(Obstacle::new("case_in_force", case.to_string())),
            DecisionKind::Stop => last = last.max(Some(month.first_day().max(decided_on))),
            _ => last = last.max(Some(decided_on)),
        }
    }
    for row in q.rows(&OPEN_MATTERS, &[Value::from(household)])? {
        let case = CaseId(row.int(0)?);
        holding
            .obstacles
            .push(Obstacle::new("remedy", case.to_string()));
    }
    if !q.rows(&OPEN_REPORTS, &[Value::from(household)])?.is_empty() {
        holding
            .obstacles
            .push(Obstacle::new("remedy", household.to_string()));
    }
    holding.ended = Ended {
        case: last,
        ..Ended::default()
    };
    Ok(holding)
}
