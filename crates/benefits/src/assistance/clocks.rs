//! Terms: from a declaration of the pack and a day to a deadline.
//!
//! Source: Civil Code arts. 201 and 203 (the day of the event does not count; a term that ends on a rest day ends
//! on the next working day). A minimum time for the public is not rolled; the act after it falls on a working day
//! (assumed).

use minsheng_core::{Date, Deadline, WorkCalendar};
use minsheng_policy::{ClockDecl, ClockKind, ClockUnit};

/// `at_most`: the last day of a term that began on `from`. `at_least`: the first day on which the case may go on.
pub(crate) fn due(calendar: &WorkCalendar, decl: &ClockDecl, from: Date) -> Deadline {
    let end = end(calendar, decl, from);
    match decl.kind {
        ClockKind::AtMost if decl.unit == ClockUnit::WorkingDays => end,
        ClockKind::AtMost => and(end, calendar.next_working_day(end.date)),
        ClockKind::AtLeast => and(
            end,
            calendar.next_working_day(end.date.tomorrow().unwrap_or(Date::MAX)),
        ),
    }
}

/// The declaration with its term for special cases; the same if it has none.
pub(crate) fn extended(decl: &ClockDecl) -> ClockDecl {
    ClockDecl {
        term: decl.extended.unwrap_or(decl.term),
        ..decl.clone()
    }
}

/// The last day of the term itself, before any shift.
pub(crate) fn last_day(calendar: &WorkCalendar, decl: &ClockDecl, from: Date) -> Date {
    end(calendar, decl, from).date
}

fn end(calendar: &WorkCalendar, decl: &ClockDecl, from: Date) -> Deadline {
    let term = u32::try_from(decl.term).unwrap_or(0);
    let span = jiff::Span::new();
    let plain = |moved: Result<Date, jiff::Error>| Deadline {
        provisional: moved.is_err(),
        date: moved.unwrap_or(Date::MAX),
    };
    match decl.unit {
        ClockUnit::WorkingDays => calendar.add_working_days(from, term),
        ClockUnit::CalendarDays => {
            plain(span.try_days(term).and_then(|span| from.checked_add(span)))
        }
        ClockUnit::Months => plain(
            span.try_months(term)
                .and_then(|span| from.checked_add(span)),
        ),
    }
}

fn and(first: Deadline, second: Deadline) -> Deadline {
    Deadline {
        date: second.date,
        provisional: first.provisional || second.provisional,
    }
}

/// How kinds stand in the records.
pub(crate) const fn kind_str(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::AtMost => "at_most",
        ClockKind::AtLeast => "at_least",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use minsheng_policy::{Bilingual, Mark};

    use super::*;

    fn decl(term: i64, unit: ClockUnit, kind: ClockKind) -> ClockDecl {
        ClockDecl {
            code: "test".to_owned(),
            name: Bilingual::new("期限", "term"),
            term,
            unit,
            kind,
            extended: None,
            by: None,
            terms: std::collections::BTreeMap::new(),
            after: None,
            cite: String::new(),
            mark: Mark::Law,
        }
    }

    fn days(term: i64, unit: ClockUnit, kind: ClockKind, from: Date) -> (Date, bool) {
        let found = due(WorkCalendar::embedded(), &decl(term, unit, kind), from);
        (found.date, found.provisional)
    }

    #[test]
    fn working_days_of_the_handbook() {
        let from = date(2021, 9, 1);
        for (term, end) in [
            (3, date(2021, 9, 6)),
            (30, date(2021, 10, 19)),
            (45, date(2021, 11, 9)),
        ] {
            assert_eq!(
                days(term, ClockUnit::WorkingDays, ClockKind::AtMost, from),
                (end, false),
                "{term}"
            );
        }
    }

    #[test]
    fn a_notice_runs_in_calendar_days_and_the_act_after_it_falls_on_a_working_day() {
        let notice = |posted| days(7, ClockUnit::CalendarDays, ClockKind::AtLeast, posted).0;
        assert_eq!(notice(date(2021, 9, 10)), date(2021, 9, 18));
        assert_eq!(notice(date(2021, 9, 12)), date(2021, 9, 22));
        let seven = decl(7, ClockUnit::CalendarDays, ClockKind::AtLeast);
        assert_eq!(
            last_day(WorkCalendar::embedded(), &seven, date(2021, 9, 12)),
            date(2021, 9, 19)
        );
    }

    #[test]
    fn a_latest_day_in_days_or_months_is_rolled() {
        let at_most = ClockKind::AtMost;
        assert_eq!(
            days(3, ClockUnit::Months, at_most, date(2021, 5, 20)).0,
            date(2021, 8, 20)
        );
        assert_eq!(
            days(3, ClockUnit::Months, at_most, date(2021, 11, 30)).0,
            date(2022, 2, 28)
        );
        assert_eq!(
            days(60, ClockUnit::CalendarDays, at_most, date(2021, 8, 3)).0,
            date(2021, 10, 8)
        );
    }

    #[test]
    fn beyond_the_calendar_a_day_is_provisional() {
        let (_, provisional) = days(
            30,
            ClockUnit::WorkingDays,
            ClockKind::AtMost,
            date(2026, 12, 20),
        );
        assert!(provisional);
    }
}
