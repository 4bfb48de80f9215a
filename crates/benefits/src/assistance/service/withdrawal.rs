//! Taking an application back before it is decided: by whom of the household, and why.
//!
//! Source: practice; the reason is sealed under the household's key.

use minsheng_core::completed_age;
use minsheng_registry::{CaseId, Ctx, Desk, PersonId, households};
use serde_json::{Map, json};

use super::super::error::AssistanceError;
use super::{Entry, sit};

const WITHDRAW: &str = "withdraw";
/// Age from which a member may take an application back.
const ADULT: i32 = 18;

/// Why an application is taken back, and by whom.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// The adult member who takes it back; nothing: the applicant.
    pub by: Option<PersonId>,
    /// The reason, in words of the household; sealed.
    pub reason: String,
}

/// Takes an application back at the applicant's wish, before it is decided.
///
/// # Errors
/// As [`withdraw_by`].
pub fn withdraw(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    reason: &str,
) -> Result<(), AssistanceError> {
    let withdrawal = Withdrawal {
        by: None,
        reason: reason.to_owned(),
    };
    withdraw_by(desk, ctx, case, &withdrawal)
}

/// Takes an application back, before it is decided. A near relative's case stays registered as such.
///
/// # Errors
/// [`AssistanceError::Refused`], also without a reason and for somebody who is no adult member; or the store's.
pub fn withdraw_by(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    withdrawal: &Withdrawal,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, WITHDRAW, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        let by = withdrawal.by.unwrap_or(dossier.case.applicant);
        let known = sitting.tx.number();
        let members =
            households::members(sitting.tx, dossier.case.household, sitting.today, known)?;
        let today = sitting.today;
        let adult = members
            .iter()
            .any(|member| member.person == by && completed_age(member.birth, today) >= ADULT);
        // A child's own application is taken back by whoever speaks for the child.
        let own = withdrawal.by.is_none();
        dossier.ground.form.withdrawn_by = Some(adult || own);
        dossier.ground.form.reason = Some(!withdrawal.reason.trim().is_empty());
        let entry = Entry {
            rest: Map::from_iter([("by".to_owned(), json!(by))]),
            note: Some(&withdrawal.reason),
            ..Entry::default()
        };
        sitting.take(&mut dossier, WITHDRAW, entry)?;
        Ok(())
    })
}
