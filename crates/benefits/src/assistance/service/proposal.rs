//! What reviews would come to if they were decided today: the amounts that a public list proposes before the decision.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 19.

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::Fen;
use minsheng_policy::Outcome;
use minsheng_registry::CaseId;

use super::super::determine;
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::super::outlook::review_from;
use super::super::records::CaseFile;
use super::Sitting;

/// What a review would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proposal {
    /// So many persons, so much a month; nobody and nothing if the benefit would end.
    Gives {
        /// Persons who would be served.
        members: i64,
        /// Amount a month.
        amount: Fen,
    },
    /// It cannot be said: evidence is missing.
    Lacks(Missing),
}

impl Proposal {
    /// The benefit would end.
    pub(crate) const ENDS: Self = Self::Gives {
        members: 0,
        amount: Fen::ZERO,
    };
}

impl Sitting<'_, '_> {
    /// What the reviews of cases would come to today, by case.
    pub(crate) fn proposals(
        &mut self,
        cases: &[&CaseFile],
    ) -> Result<BTreeMap<CaseId, Proposal>, AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let known = self.tx.number();
        let keys: Vec<CaseId> = cases.iter().map(|case| case.id).collect();
        let mut open = self.opened(&keys)?;
        let mut found = BTreeMap::new();
        for case in cases {
            let causes = open.remove(&case.id.0).unwrap_or_default();
            if causes
                .iter()
                .any(|opened| opened.cause.ends_under().is_some())
            {
                found.insert(case.id, Proposal::ENDS);
                continue;
            }
            let basis = self.basis(case, &causes)?;
            let facts =
                determine::facts_of(self.tx, &packs, case, basis.asked_on, basis.on, known)?;
            let whom = (*case).into();
            let review = review_from(&packs, whom, facts, basis.on, basis.month, known)?;
            let proposal = match review.map(|review| review.determination) {
                None => Proposal::ENDS,
                Some(said) => match said.outcome {
                    Outcome::Refused => Proposal::ENDS,
                    Outcome::Undetermined { needs } => Proposal::Lacks(Missing::Evidence { needs }),
                    Outcome::Eligible => Proposal::Gives {
                        members: i64::try_from(said.members.len()).unwrap_or(i64::MAX),
                        amount: Fen::new(said.members.iter().map(|one| one.amount.get()).sum()),
                    },
                },
            };
            found.insert(case.id, proposal);
        }
        Ok(found)
    }
}
