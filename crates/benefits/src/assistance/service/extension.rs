//! A longer term in special cases: asked for with a reason, approved by a reviewer, once.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 22 (45 instead of 30 working days).

use minsheng_registry::{Actor, CaseId, Ctx, Desk, RegistryError, Role};
use serde_json::{Map, json};

use super::super::error::AssistanceError;
use super::{Entry, sit};

const EXTEND: &str = "extend";

/// Lengthens the term of a case that the procedure lets lengthen.
///
/// # Errors
/// [`AssistanceError::Refused`], also without a reason, for an approval of one's own, by a user who is no active
/// reviewer of the case's area, a second time, and after the term is over; or the store's.
pub fn extend(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    reason: &str,
    approved_by: &str,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, EXTEND, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        let approver = match Actor::load(sitting.tx, approved_by.trim()) {
            Ok(actor) => Some(actor),
            Err(RegistryError::UnknownUser(_) | RegistryError::InactiveUser(_)) => None,
            Err(other) => return Err(other.into()),
        };
        let approved = approver.is_some_and(|actor| {
            actor.roles.contains(&Role::Reviewer)
                && actor.username != ctx.actor.username
                && minsheng_store::Scope::of(actor.division).contains(dossier.case.division)
        });
        dossier.no_relative_among([approved_by.trim()]);
        dossier.ground.form.approved = Some(approved);
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        let entry = Entry {
            rest: Map::from_iter([("approved_by".to_owned(), json!(approved_by.trim()))]),
            note: Some(reason),
            ..Entry::default()
        };
        sitting.take(&mut dossier, EXTEND, entry)?;
        Ok(())
    })
}
