//! What a household may do against a decision. The terms are those of the general statutes, uniform in the
//! nation; they stand in `data/remedies.json`, each with its article and mark, and not in code.
//!
//! Source: 社会救助暂行办法 art. 65; 行政复议法; 行政诉讼法.

use minsheng_policy::{Bilingual, ClockUnit, Mark};
use serde::{Deserialize, Serialize};

use super::error::AssistanceError;
use super::rules::DecisionKind;

/// One remedy, as a household is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Code.
    pub code: String,
    /// The sentence.
    pub text: Bilingual,
    /// Length of its term in `unit`, if it has one.
    pub term: Option<i64>,
    /// Unit of the term.
    pub unit: Option<ClockUnit>,
    /// Article.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// The remedies against a decision of this kind; none against one that gives all that was asked for.
pub(crate) fn remedies(kind: DecisionKind) -> Result<Vec<Remedy>, AssistanceError> {
    if matches!(kind, DecisionKind::Grant | DecisionKind::Keep) {
        return Ok(Vec::new());
    }
    serde_json::from_str(include_str!("../../data/remedies.json"))
        .map_err(|error| AssistanceError::inconsistent("data/remedies.json", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_of_sixty_days_six_months_and_fifteen_days() {
        let terms: Vec<_> = remedies(DecisionKind::Refuse)
            .unwrap()
            .into_iter()
            .map(|remedy| (remedy.term, remedy.unit))
            .collect();
        assert_eq!(
            terms,
            [
                (Some(60), Some(ClockUnit::CalendarDays)),
                (Some(6), Some(ClockUnit::Months)),
                (Some(15), Some(ClockUnit::CalendarDays)),
                (None, None),
            ]
        );
        assert!(remedies(DecisionKind::Grant).unwrap().is_empty());
    }
}
