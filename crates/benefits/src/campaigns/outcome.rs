//! Outcomes, derived from decisions: a pure rule.
//!
//! What stands after a campaign is the decision with the latest effective month, the last made of several. A target
//! whose standing decision pays nothing has left; one that was re-decided since the campaign was opened is kept,
//! raised or lowered; any other is open. A case that is no target and stands was newly admitted.

use minsheng_core::Fen;
use minsheng_store::TxNo;

use super::records::Judged;
use crate::assistance::DecisionKind;

/// What a campaign came to for a case.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Decided anew: the same amount.
    Kept,
    /// Decided anew: more.
    Raised,
    /// Decided anew: less.
    Lowered,
    /// No longer on the roll.
    Exited,
    /// No target, and on the roll.
    Admitted,
    /// A target that was not decided anew.
    Open,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 6] = [
        Self::Kept,
        Self::Raised,
        Self::Lowered,
        Self::Exited,
        Self::Admitted,
        Self::Open,
    ];

    /// The code under which the pack names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Raised => "raised",
            Self::Lowered => "lowered",
            Self::Exited => "exited",
            Self::Admitted => "admitted",
            Self::Open => "open",
        }
    }
}

/// The decision that stands when all known ones have taken effect.
pub(super) fn standing(decisions: &[Judged]) -> Option<&Judged> {
    decisions
        .iter()
        .max_by_key(|judged| (judged.row.effective_month, judged.row.id))
}

/// The outcome of a target that got `before` a month at the cut-off, of a campaign opened in `opened`.
pub(super) fn of_target(decisions: &[Judged], before: Fen, opened: TxNo) -> Outcome {
    let Some(last) = standing(decisions) else {
        return Outcome::Open;
    };
    if !last.row.kind.pays() {
        return Outcome::Exited;
    }
    let anew: Vec<&Judged> = decisions
        .iter()
        .filter(|judged| judged.row.tx > opened && judged.row.kind.pays())
        .collect();
    if anew.is_empty() {
        return Outcome::Open;
    }
    // A review that keeps the amounts keeps the household, whatever a death had ended by itself.
    let kept = anew
        .iter()
        .all(|judged| judged.row.kind == DecisionKind::Keep);
    let after = last.total.unwrap_or(before);
    if kept || after == before {
        Outcome::Kept
    } else if after > before {
        Outcome::Raised
    } else {
        Outcome::Lowered
    }
}

#[cfg(test)]
mod tests {
    use minsheng_core::{Date, Month};

    use super::*;
    use crate::assistance::DecisionRow;

    fn judged(id: i64, kind: DecisionKind, month: &str, yuan: i64) -> Judged {
        Judged {
            row: DecisionRow {
                id,
                kind,
                effective_month: month.parse::<Month>().unwrap(),
                determination: Some(id),
                tx: TxNo(id),
            },
            decided_on: Date::constant(2021, 7, 1),
            reason: None,
            total: Some(Fen::new(yuan * 100)),
        }
    }

    #[test]
    fn each_outcome_follows_from_the_decisions_alone() {
        use DecisionKind::{Adjust, Grant, Keep, Stop};
        let grant = || judged(1, Grant, "2021-02", 600);
        let of = |more: Vec<Judged>| {
            let mut all = vec![grant()];
            all.extend(more);
            of_target(&all, Fen::new(60_000), TxNo(10))
        };
        assert_eq!(of(vec![]), Outcome::Open);
        assert_eq!(
            of(vec![judged(9, Keep, "2021-07", 600)]),
            Outcome::Open,
            "a decision before the opening is none of the campaign's"
        );
        assert_eq!(of(vec![judged(11, Keep, "2021-08", 600)]), Outcome::Kept);
        assert_eq!(
            of(vec![judged(11, Keep, "2021-08", 300)]),
            Outcome::Kept,
            "a member had died: the share ended by itself"
        );
        assert_eq!(
            of(vec![judged(11, Adjust, "2021-08", 700)]),
            Outcome::Raised
        );
        assert_eq!(
            of(vec![judged(11, Adjust, "2021-08", 500)]),
            Outcome::Lowered
        );
        assert_eq!(of(vec![judged(11, Adjust, "2021-08", 600)]), Outcome::Kept);
        assert_eq!(of(vec![judged(9, Stop, "2021-07", 0)]), Outcome::Exited);
        assert_eq!(
            of(vec![
                judged(11, Adjust, "2021-08", 500),
                judged(12, Keep, "2021-09", 500)
            ]),
            Outcome::Lowered,
            "what was lowered and then kept stays lowered"
        );
        assert_eq!(
            of(vec![
                judged(11, Keep, "2021-08", 600),
                judged(12, Stop, "2021-10", 0)
            ]),
            Outcome::Exited
        );
    }
}
