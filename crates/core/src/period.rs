//! Half-open periods and their algebra: `from` belongs to the period, `to` does not, no `to` means "until further
//! notice". The same type serves dates, months and transaction numbers.
//!
//! Must not know what is valid in a period.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A non-empty half-open span `[from, to)`; without `to` it has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period<T: Ord + Copy> {
    from: T,
    to: Option<T>,
}

/// Why a period could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The end is not after the start.
    #[error(
        "a period from {from} to {to} is empty\nhint: the end is the first moment that no longer belongs to it"
    )]
    Empty {
        /// The start that was asked for.
        from: String,
        /// The end that was asked for.
        to: String,
    },
}

impl<T: Ord + Copy> Period<T> {
    /// The period from `from` up to, not including, `to`.
    ///
    /// # Errors
    /// [`PeriodError::Empty`] when `to` is not after `from`.
    pub fn new(from: T, to: Option<T>) -> Result<Self, PeriodError>
    where
        T: fmt::Display,
    {
        match to {
            Some(end) if end <= from => Err(PeriodError::Empty {
                from: from.to_string(),
                to: end.to_string(),
            }),
            _ => Ok(Self { from, to }),
        }
    }

    /// The period from `from` without end.
    #[must_use]
    pub const fn since(from: T) -> Self {
        Self { from, to: None }
    }

    /// The period between two bounds, if it is not empty.
    fn between(from: T, to: Option<T>) -> Option<Self> {
        match to {
            Some(end) if end <= from => None,
            _ => Some(Self { from, to }),
        }
    }

    /// The first moment that belongs to the period.
    #[must_use]
    pub const fn from(&self) -> T {
        self.from
    }

    /// The first moment after the period; none if it has no end.
    #[must_use]
    pub const fn to(&self) -> Option<T> {
        self.to
    }

    /// Whether the period has no end.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.to.is_none()
    }

    /// Whether `moment` belongs to the period.
    #[must_use]
    pub fn contains(&self, moment: T) -> bool {
        self.from <= moment && self.to.is_none_or(|to| moment < to)
    }

    /// Whether some moment belongs to both periods.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.intersect(other).is_some()
    }

    /// What belongs to both periods.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        Self::between(self.from.max(other.from), earlier_end(self.to, other.to))
    }

    /// What belongs to this period but not to `other`: none, one or two periods in order.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Vec<Self> {
        let before = Self::between(self.from, earlier_end(self.to, Some(other.from)));
        let after = other
            .to
            .and_then(|end| Self::between(self.from.max(end), self.to));
        before.into_iter().chain(after).collect()
    }

    /// The same moments as `periods` together, as the fewest periods in order: what overlaps or touches is one.
    #[must_use]
    pub fn merge(periods: &[Self]) -> Vec<Self> {
        let mut sorted = periods.to_vec();
        sorted.sort_by_key(|period| period.from);
        let mut merged: Vec<Self> = Vec::with_capacity(sorted.len());
        for period in sorted {
            match merged.last_mut() {
                Some(last) if last.to.is_none_or(|to| period.from <= to) => {
                    last.to = later_end(last.to, period.to);
                }
                _ => merged.push(period),
            }
        }
        merged
    }

    /// The parts of this period that none of `periods` covers, in order.
    #[must_use]
    pub fn gaps(&self, periods: &[Self]) -> Vec<Self> {
        Self::merge(periods)
            .iter()
            .fold(vec![*self], |uncovered, covering| {
                uncovered
                    .iter()
                    .flat_map(|part| part.subtract(covering))
                    .collect()
            })
    }
}

/// The earlier of two ends, where none is later than every end.
fn earlier_end<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The later of two ends, where none is later than every end.
fn later_end<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.max(other)),
        _ => None,
    }
}

impl<T: Ord + Copy + fmt::Display> fmt::Display for Period<T> {
    /// `[2021-01-01, 2021-07-01)`, `[2021-01-01, …)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) => write!(f, "[{}, {to})", self.from),
            None => write!(f, "[{}, …)", self.from),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Moments beyond every bound the strategies draw, so that "no end" can be told from a late end.
    const MOMENTS: std::ops::Range<i32> = 0..30;

    fn period() -> impl Strategy<Value = Period<i32>> {
        (0..20, prop::option::of(1..10)).prop_map(|(from, length)| Period {
            from,
            to: length.map(|length| from + length),
        })
    }

    fn covered(periods: &[Period<i32>], moment: i32) -> bool {
        periods.iter().any(|period| period.contains(moment))
    }

    /// In order, not empty, and with a gap between neighbours.
    fn is_normal(periods: &[Period<i32>]) -> bool {
        periods
            .iter()
            .all(|period| period.to.is_none_or(|to| period.from < to))
            && periods
                .windows(2)
                .all(|pair| pair[0].to.is_some_and(|to| to < pair[1].from))
    }

    #[test]
    fn an_empty_period_is_refused() {
        assert!(Period::new(3, Some(3)).is_err());
        assert!(Period::new(3, Some(2)).is_err());
        assert_eq!(Period::new(3, None), Ok(Period::since(3)));
        assert_eq!(Period::new(3, Some(4)).unwrap().to_string(), "[3, 4)");
        assert_eq!(Period::since(3).to_string(), "[3, …)");
    }

    #[test]
    fn the_end_does_not_belong_and_touching_periods_do_not_overlap() {
        let first = Period::new(1, Some(3)).unwrap();
        let second = Period::new(3, Some(5)).unwrap();
        assert!(first.contains(1) && first.contains(2) && !first.contains(3));
        assert!(!first.overlaps(&second));
        assert_eq!(
            Period::merge(&[second, first]),
            [Period::new(1, Some(5)).unwrap()]
        );
    }

    proptest! {
        #[test]
        fn intersection_holds_exactly_the_common_moments(a in period(), b in period()) {
            let both = a.intersect(&b);
            for moment in MOMENTS {
                prop_assert_eq!(
                    both.is_some_and(|both| both.contains(moment)),
                    a.contains(moment) && b.contains(moment)
                );
            }
            prop_assert_eq!(both, b.intersect(&a));
            prop_assert_eq!(both.is_some(), a.overlaps(&b));
            prop_assert_eq!(a.intersect(&a), Some(a));
        }

        #[test]
        fn subtraction_holds_exactly_the_moments_of_the_first_alone(a in period(), b in period()) {
            let rest = a.subtract(&b);
            for moment in MOMENTS {
                prop_assert_eq!(
                    covered(&rest, moment),
                    a.contains(moment) && !b.contains(moment)
                );
            }
            prop_assert!(is_normal(&rest));
            prop_assert!(rest.iter().all(|part| !part.overlaps(&b)));
        }

        #[test]
        fn the_rest_and_the_intersection_make_the_whole_again(a in period(), b in period()) {
            let mut parts = a.subtract(&b);
            parts.extend(a.intersect(&b));
            prop_assert_eq!(Period::merge(&parts), vec![a]);
        }

        #[test]
        fn merging_keeps_the_moments_and_needs_no_second_pass(
            periods in prop::collection::vec(period(), 0..6)
        ) {
            let merged = Period::merge(&periods);
            for moment in MOMENTS {
                prop_assert_eq!(covered(&merged, moment), covered(&periods, moment));
            }
            prop_assert!(is_normal(&merged));
            prop_assert_eq!(Period::merge(&merged), merged.clone());
            let mut reversed = periods;
            reversed.reverse();
            prop_assert_eq!(Period::merge(&reversed), merged);
        }

        #[test]
        fn gaps_are_what_the_periods_leave_uncovered(
            whole in period(), periods in prop::collection::vec(period(), 0..6)
        ) {
            let gaps = whole.gaps(&periods);
            for moment in MOMENTS {
                prop_assert_eq!(
                    covered(&gaps, moment),
                    whole.contains(moment) && !covered(&periods, moment)
                );
            }
            prop_assert!(is_normal(&gaps));
        }
    }
}
