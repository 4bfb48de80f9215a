//! Terms that reach past the calendar are marked provisional; when the calendar of their year has arrived they
//! are counted again.

use std::sync::Arc;

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk, Role};
use minsheng_store::{Query, Row, Value, statement};

use super::super::clocks;
use super::super::error::AssistanceError;
use super::super::ground::Ground;
use super::super::records::{self, step_of};
use super::programme;

statement! {
    PROVISIONAL_CLOCKS, internal "a whole-county computation that gives keys and days only",
    "SELECT k.id, k.case_id, k.clock, k.started_on, k.due_on FROM case_clock k
     WHERE k.provisional = 1 AND k.met_on IS NULL ORDER BY k.id"
}
statement! {
    PROVISIONAL_NOTICES, internal "a whole-county computation that gives keys and days only",
    "SELECT n.id, n.last_day, n.forward_from FROM public_notice n WHERE n.provisional = 1 ORDER BY n.id"
}

/// Counts the running provisional terms and notices again with the calendar of the desk, and says how many days
/// moved or became certain.
///
/// # Errors
/// The registry's for a user who is neither administrator nor officer; [`AssistanceError::Procedure`] for a term
/// that the pack of its case does not know; or the store's.
pub fn recompute_provisional(desk: &Desk<'_>, ctx: &Ctx) -> Result<usize, AssistanceError> {
    ctx.require_any(&[Role::Administrator, Role::Officer])?;
    desk.store
        .write(&ctx.act("case.recompute_provisional"), |tx| {
            let mut terms = Vec::new();
            for row in tx.rows(&PROVISIONAL_CLOCKS, &[])? {
                let case = records::case(tx, CaseId(row.int(1)?))?;
                let current = desk.packs.current();
                let packs = if current.hash() == case.pack_hash {
                    Arc::clone(current)
                } else {
                    desk.packs.by_hash(tx, &case.pack_hash)?
                };
                let procedure = programme(&packs, &case.programme)?
                    .procedure_at(case.key_date())
                    .map_err(|source| AssistanceError::Evaluation {
                        whom: case.id.to_string(),
                        source,
                    })?;
                let code = row.text(2)?;
                let decl = procedure
                    .clock(code)
                    .ok_or_else(|| AssistanceError::Procedure {
                        programme: case.programme.clone(),
                        law: procedure.law.clone(),
                        problem: format!(
                            "it has no clock `{code}`, which runs in case {}",
                            case.id
                        ),
                    })?;
                let ground = match &decl.by {
                    Some(_) => ground_of(tx, case.id)?,
                    None => Ground::default(),
                };
                let decl = decl.with_word(|word| ground.find(word));
                let taken = records::STEPS.rows(tx, &[case.id.0])?;
                let mut lengthens = procedure
                    .steps
                    .iter()
                    .filter(|step| step.extends.iter().any(|extended| extended == code));
                let lengthened = lengthens.any(|step| {
                    let took = |row: &Row| row.text(2).is_ok_and(|taken| taken == step.code);
                    taken.iter().any(took)
                });
                let own = if lengthened {
                    clocks::extended(&decl)
                } else {
                    decl
                };
                let due = clocks::due(desk.calendar, &own, row.date(3)?);
                if due.date != row.date(4)? || !due.provisional {
                    terms.push((
                        row.int(0)?,
                        vec![Value::from(due.date), Value::from(due.provisional)],
                    ));
                }
            }
            let mut notices = Vec::new();
            for row in tx.rows(&PROVISIONAL_NOTICES, &[])? {
                let next = row.date(1)?.tomorrow().unwrap_or(Date::MAX);
                let from = desk.calendar.next_working_day(next);
                if from.date != row.date(2)? || !from.provisional {
                    notices.push((
                        row.int(0)?,
                        vec![Value::from(from.date), Value::from(from.provisional)],
                    ));
                }
            }
            let count = terms.len() + notices.len();
            tx.update_many("case_clock", &["due_on", "provisional"], terms)?;
            tx.update_many("public_notice", &["forward_from", "provisional"], notices)?;
            Ok(count)
        })
}

/// What the steps of a case recorded.
fn ground_of(q: &mut dyn Query, case: CaseId) -> Result<Ground, AssistanceError> {
    let rows = records::STEPS.rows(q, &[case.0])?;
    let steps = rows.iter().map(step_of).collect::<Result<Vec<_>, _>>()?;
    Ground::of(&steps)
}
