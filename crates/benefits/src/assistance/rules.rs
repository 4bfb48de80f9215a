//! Pure rules of decisions: which one counts in a month, and what a death leaves of it.
//!
//! Must not know the store, the packs or a clock.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 21 (first month after the decision), art. 32; who
//! dies in a month keeps all of that month (practice).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use minsheng_core::{Date, Month};
use minsheng_policy::MemberAmount;
use minsheng_registry::PersonId;
use minsheng_store::TxNo;

/// What was decided.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Admitted.
    Grant,
    /// Not admitted, with a reason.
    Refuse,
    /// Reviewed: other amounts or other persons from the effective month on.
    Adjust,
    /// Reviewed: the same amounts, now resting on the evidence of the review.
    Keep,
    /// Reviewed: nothing from the effective month on.
    Stop,
}

impl DecisionKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Grant,
        Self::Refuse,
        Self::Adjust,
        Self::Keep,
        Self::Stop,
    ];

    /// The word that records store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Refuse => "refuse",
            Self::Adjust => "adjust",
            Self::Keep => "keep",
            Self::Stop => "stop",
        }
    }

    /// Whether months under this decision are paid.
    #[must_use]
    pub const fn pays(self) -> bool {
        matches!(self, Self::Grant | Self::Adjust | Self::Keep)
    }
}

impl fmt::Display for DecisionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DecisionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a kind of decision"))
    }
}

/// A decision as payments need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct DecisionRow {
    /// Key.
    pub id: i64,
    /// What was decided.
    pub kind: DecisionKind,
    /// First month that it governs.
    pub effective_month: Month,
    /// The determination whose frozen facts it rests on; a stop may have none.
    pub determination: Option<i64>,
    /// Transaction that recorded it.
    #[serde(serialize_with = "crate::assistance::wire::tx")]
    pub tx: TxNo,
}

/// The decision that governs `month`: of those effective by then the one with the latest effective month, and of
/// these the last one made. None: no decision governs the month.
#[must_use]
pub fn decision_for(decisions: &[DecisionRow], month: Month) -> Option<&DecisionRow> {
    decisions
        .iter()
        .filter(|decision| decision.effective_month <= month)
        .max_by_key(|decision| (decision.effective_month, decision.id))
}

/// What is left of `amounts` in `month` after the deaths that are known: a share ends with the month of death.
#[must_use]
pub fn entitled(
    amounts: &[MemberAmount],
    deaths: &BTreeMap<PersonId, Date>,
    month: Month,
) -> Vec<MemberAmount> {
    amounts
        .iter()
        .filter(|share| !ended_by_death(share.person, deaths, month))
        .cloned()
        .collect()
}

/// Whether the person died in a month before `month`.
#[must_use]
pub fn ended_by_death(person: i64, deaths: &BTreeMap<PersonId, Date>, month: Month) -> bool {
    deaths
        .get(&PersonId(person))
        .is_some_and(|day| Month::from_date(*day) < month)
}

#[cfg(test)]
mod tests {
    use minsheng_core::Fen;
    use proptest::prelude::*;

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn row(id: i64, kind: DecisionKind, effective: Month) -> DecisionRow {
        DecisionRow {
            id,
            kind,
            effective_month: effective,
            determination: Some(id),
            tx: TxNo(id),
        }
    }

    #[test]
    fn the_decision_of_a_month_is_the_latest_effective_by_then() {
        let decisions = [
            row(1, DecisionKind::Grant, month("2021-02")),
            row(2, DecisionKind::Adjust, month("2021-06")),
            row(3, DecisionKind::Stop, month("2021-09")),
        ];
        let found = |text| decision_for(&decisions, month(text)).map(|decision| decision.kind);
        assert_eq!(found("2021-01"), None);
        assert_eq!(found("2021-02"), Some(DecisionKind::Grant));
        assert_eq!(found("2021-05"), Some(DecisionKind::Grant));
        assert_eq!(found("2021-06"), Some(DecisionKind::Adjust));
        assert_eq!(found("2021-08"), Some(DecisionKind::Adjust));
        assert_eq!(found("2021-09"), Some(DecisionKind::Stop));
        assert_eq!(found("2029-01"), Some(DecisionKind::Stop));
    }

    #[test]
    fn of_two_decisions_for_one_month_the_last_one_counts() {
        let decisions = [
            row(7, DecisionKind::Stop, month("2021-06")),
            row(5, DecisionKind::Adjust, month("2021-06")),
        ];
        assert_eq!(
            decision_for(&decisions, month("2021-06")).map(|decision| decision.id),
            Some(7)
        );
    }

    #[test]
    fn who_dies_in_a_month_keeps_all_of_it() {
        let share = |person| MemberAmount {
            person,
            class: "GENERAL".to_owned(),
            amount: Fen::new(30_000),
        };
        let amounts = [share(1), share(2)];
        let deaths = BTreeMap::from([(PersonId(2), Date::constant(2021, 5, 20))]);
        assert_eq!(entitled(&amounts, &deaths, month("2021-05")).len(), 2);
        assert_eq!(entitled(&amounts, &deaths, month("2021-06")), [share(1)]);
    }

    #[test]
    fn kinds_read_back_as_stored() {
        for kind in DecisionKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("granted".parse::<DecisionKind>().is_err());
    }

    proptest! {
        #[test]
        fn a_later_decision_changes_no_month_before_it_takes_effect(
            effective in prop::collection::vec(24_000_i32..24_060, 1..8),
            last in 24_000_i32..24_060,
            asked in 23_990_i32..24_070,
        ) {
            let month = |index| Month::from_index(index).unwrap();
            let mut rows: Vec<DecisionRow> = (1..)
                .zip(&effective)
                .map(|(id, index)| row(id, DecisionKind::Adjust, month(*index)))
                .collect();
            let before = decision_for(&rows, month(asked)).copied();
            rows.push(row(99, DecisionKind::Stop, month(last)));
            let after = decision_for(&rows, month(asked)).copied();
            if asked < last {
                prop_assert_eq!(before, after);
            }
            let held = after.is_none_or(|decision| decision.effective_month <= month(asked));
            prop_assert!(held);
        }
    }
}
