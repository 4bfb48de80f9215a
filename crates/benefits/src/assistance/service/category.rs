//! How often a household is reviewed: the word on which the term of the periodic review depends is found by a rule
//! of the pack and recorded with the decision, or recorded by a clerk with a reason.
//!
//! Which word that is, which values it takes and how long the term is then, the pack says (`by` and `terms` of a
//! clock). Must not know any of them.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 31; its predecessor 民发〔2012〕220号 art. 33.

use std::sync::Arc;

use minsheng_policy::{Answer, EvalError};
use minsheng_registry::{CaseId, Ctx, Desk};

use super::super::determine::Found;
use super::super::error::AssistanceError;
use super::{Dossier, Entry, Sitting, programme, sit};

const SET_CATEGORY: &str = "set_review_category";
/// The clock of the periodic review.
pub(crate) const REVIEW_CLOCK: &str = "review";

impl Sitting<'_, '_> {
    /// The words on which terms of the case depend, as the rules of the pack find them; none where a rule is
    /// missing or cannot tell.
    pub(super) fn words_of_terms(
        &mut self,
        dossier: &Dossier,
        found: &Found,
    ) -> Result<Vec<(String, String)>, AssistanceError> {
        let mut said = Vec::new();
        let packs = Arc::clone(self.desk.packs.current());
        let programme = programme(&packs, &dossier.case.programme)?;
        let whom = || dossier.whom();
        for word in dossier
            .procedure()?
            .clocks
            .iter()
            .filter_map(|clock| clock.by.as_deref())
        {
            let facts = programme
                .facts(&found.facts)
                .map_err(|source| AssistanceError::Facts {
                    whom: whom(),
                    source,
                })?;
            match programme.ask(word, None, &facts, &found.key) {
                Ok(Answer::Known(value)) => said.push((word.to_owned(), value)),
                Ok(Answer::Undetermined { .. }) | Err(EvalError::UnknownRule(_)) => {}
                Err(source) => {
                    return Err(AssistanceError::Evaluation {
                        whom: whom(),
                        source,
                    });
                }
            }
        }
        Ok(said)
    }
}

/// Records how often a household is reviewed, and why, where the facts do not say it or say it wrongly. The term
/// counts from the day from which it counted before: the last decision. The next decision finds it anew.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] for a category that the law of the case does not know;
/// or the store's.
pub fn set_review_category(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    category: &str,
    reason: &str,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, SET_CATEGORY, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        let clock = dossier.procedure()?.clock(REVIEW_CLOCK).cloned();
        let (word, known) = match clock
            .as_ref()
            .and_then(|clock| clock.by.as_ref().zip(Some(&clock.terms)))
        {
            Some((word, terms)) => (
                word.clone(),
                terms.keys().map(String::as_str).collect::<Vec<_>>(),
            ),
            None => {
                return Err(AssistanceError::form(
                    dossier.whom(),
                    "category",
                    "the procedure of this case knows no categories of review",
                ));
            }
        };
        if !known.contains(&category) {
            return Err(AssistanceError::form(
                dossier.whom(),
                "category",
                format!("`{category}` is none of {}", known.join(", ")),
            ));
        }
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        dossier.ground.event = dossier
            .clocks
            .iter()
            .rev()
            .find(|row| row.clock == REVIEW_CLOCK && row.met_on.is_none())
            .map(|row| row.started_on);
        let entry = Entry {
            says: vec![(word.as_str(), category)],
            note: Some(reason),
            ..Entry::default()
        };
        sitting.take(&mut dossier, SET_CATEGORY, entry)?;
        Ok(())
    })
}
