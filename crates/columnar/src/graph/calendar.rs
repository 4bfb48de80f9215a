//! Calendar functions. Most are asked only whether they reach a limit; as they grow or fall with the day, that is a
//! comparison of the day itself, and the day at which the answer turns is searched for once.

use minsheng_core::{Date, Month, date_of_epoch_day, epoch_day};
use minsheng_policy::compiled;

use super::{Graph, Lane, N, Op, lane_of};

/// Functions of days (numbers of days since 1970-01-01) and months (as [`Month::index`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Calendar {
    MonthOf,
    FirstDay,
    LastDay,
    AddMonths,
    CompletedYears,
    MonthsBetween,
}

/// First and last day of the calendar, with room for a month on both sides.
pub(crate) const DAYS: (i64, i64) = (-4_371_000, 2_932_800);

impl Calendar {
    /// The reference evaluator's own function; `None` outside of the calendar.
    pub fn apply(self, a: i64, b: i64) -> Option<i64> {
        let day = |number: i64| -> Option<Date> { date_of_epoch_day(number).ok() };
        let month = |number: i64| Month::from_index(i32::try_from(number).ok()?).ok();
        Some(match self {
            Calendar::MonthOf => i64::from(Month::from_date(day(a)?).index()),
            Calendar::FirstDay => epoch_day(month(a)?.first_day()),
            Calendar::LastDay => epoch_day(month(a)?.last_day()),
            Calendar::AddMonths => epoch_day(compiled::add_months(day(a)?, b)?),
            Calendar::CompletedYears => compiled::completed_years(day(a)?, day(b)?),
            Calendar::MonthsBetween => compiled::months_between(day(a)?, day(b)?),
        })
    }

    /// Whether it grows with its first value, or else falls.
    fn grows(self) -> bool {
        !matches!(self, Calendar::CompletedYears | Calendar::MonthsBetween)
    }
}

impl Graph {
    /// The value, and the mask of rows in which there is none.
    pub fn calendar(&mut self, function: Calendar, a: N, b: N) -> (N, N) {
        if let (Op::Number(x), Op::Number(y)) = (self.op(a), self.op(b)) {
            return match function.apply(x, y) {
                Some(value) => (self.number(value), self.truth(false)),
                None => (self.number(0), self.truth(true)),
            };
        }
        let ((a0, a1), (b0, b1)) = (self.range(a), self.range(b));
        let ends = [(a0, b0), (a0, b1), (a1, b0), (a1, b1)];
        let ends: Option<Vec<i64>> = ends.iter().map(|(a, b)| function.apply(*a, *b)).collect();
        let (shape, both) = self.highest(&[a, b]);
        let (a, b) = (
            self.wide(both[0], Lane::Wide),
            self.wide(both[1], Lane::Wide),
        );
        // At the ends of a growing or falling function lie its extremes.
        let (range, fails) = match ends {
            Some(ends) => {
                let low = ends.iter().copied().min().unwrap_or(0);
                let high = ends.iter().copied().max().unwrap_or(0);
                let range = (low, high);
                (range, self.truth(false))
            }
            None => (DAYS, self.mask(Op::CalendarFails(function, a, b), shape)),
        };
        let value = self.add_node(
            Op::Calendar(function, a, b),
            shape,
            lane_of(range).max(Lane::Wide),
            range,
        );
        (value, fails)
    }

    /// Whether a calendar function is below a limit, asked of the day itself; `None` where that is not possible.
    pub(super) fn before(&mut self, n: N, limit: i64) -> Option<N> {
        let Op::Calendar(function, of, other) = self.op(n) else {
            return None;
        };
        let Op::Number(other) = self.op(other) else {
            return None;
        };
        let of = match self.op(of) {
            Op::Widen(narrow) => narrow,
            _ => of,
        };
        let (low, high) = self.range(of);
        let below = |at: i64| function.apply(at, other).map(|value| value < limit);
        let first = below(low)?;
        below(high)?;
        // The first value at which the answer is another one; both functions of one value are monotone.
        let (mut from, mut to) = (low, high.checked_add(1)?);
        while from < to {
            let middle = from + (to - from) / 2;
            if below(middle)? == first {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        debug_assert!(first == function.grows() || from > high);
        let turn = self.number(from);
        let less = self.less(of, turn);
        Some(if first { less } else { self.not(less) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_functions_grow_or_fall_with_the_day() {
        let on = 18_687;
        for function in [
            Calendar::CompletedYears,
            Calendar::MonthsBetween,
            Calendar::MonthOf,
            Calendar::AddMonths,
        ] {
            let other = if function == Calendar::AddMonths {
                1
            } else {
                on
            };
            for day in -40_000..20_000 {
                let (this, next) = (
                    function.apply(day, other).unwrap(),
                    function.apply(day + 1, other).unwrap(),
                );
                assert!(
                    if function.grows() {
                        this <= next
                    } else {
                        this >= next
                    },
                    "{function:?} at {day}"
                );
            }
        }
    }
}
