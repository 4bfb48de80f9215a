//! Worked examples of the terms, the published holidays and the laws of counting.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn calendar() -> &'static WorkCalendar {
    WorkCalendar::embedded()
}

fn firm(year: i16, month: i8, day: i8) -> Deadline {
    Deadline {
        date: date(year, month, day),
        provisional: false,
    }
}

#[test]
fn working_days_count_from_the_day_after_the_event() {
    let event = date(2021, 9, 1);
    assert_eq!(calendar().add_working_days(event, 3), firm(2021, 9, 6));
    assert_eq!(calendar().add_working_days(event, 30), firm(2021, 10, 19));
    assert_eq!(calendar().add_working_days(event, 45), firm(2021, 11, 9));
    assert_eq!(calendar().add_working_days(event, 0), firm(2021, 9, 1));
}

#[test]
fn a_notice_is_not_rolled_but_the_act_after_it_falls_on_a_working_day() {
    assert_eq!(
        calendar().notice(date(2021, 9, 10), 7),
        Notice {
            first_day: date(2021, 9, 11),
            last_day: date(2021, 9, 17),
            forward_from: firm(2021, 9, 18),
        }
    );
    assert_eq!(
        calendar().notice(date(2021, 9, 12), 7),
        Notice {
            first_day: date(2021, 9, 13),
            last_day: date(2021, 9, 19),
            forward_from: firm(2021, 9, 22),
        }
    );
}

/// The table of cooling-off periods and issue windows of divorces, two terms of 30 days.
#[test]
fn a_term_of_days_that_ends_on_a_rest_day_ends_on_the_next_working_day() {
    for (received, cooling_off_ends, window_ends) in [
        (date(2021, 1, 4), firm(2021, 2, 3), firm(2021, 3, 5)),
        (date(2021, 1, 12), firm(2021, 2, 18), firm(2021, 3, 22)),
        (date(2021, 1, 21), firm(2021, 2, 20), firm(2021, 3, 22)),
        (date(2021, 3, 1), firm(2021, 3, 31), firm(2021, 4, 30)),
        (date(2021, 4, 1), firm(2021, 5, 6), firm(2021, 6, 7)),
        (date(2021, 9, 1), firm(2021, 10, 8), firm(2021, 11, 8)),
    ] {
        let cooling_off = calendar().add_days(received, 30);
        assert_eq!(cooling_off, cooling_off_ends, "received {received}");
        assert_eq!(
            calendar().add_days(cooling_off.date, 30),
            window_ends,
            "received {received}"
        );
    }
}

#[test]
fn the_next_working_day_is_the_day_itself_if_it_is_worked() {
    assert_eq!(
        calendar().next_working_day(date(2021, 9, 18)),
        firm(2021, 9, 18)
    );
    assert_eq!(
        calendar().next_working_day(date(2021, 10, 1)),
        firm(2021, 10, 8)
    );
    assert_eq!(
        calendar().next_working_day(date(2022, 12, 31)),
        firm(2023, 1, 3)
    );
}

/// Working days of each year, counted by hand: weekdays, less holidays on weekdays, plus make-up days.
#[test]
fn every_year_has_its_number_of_working_days() {
    for (year, working_days) in [
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ] {
        let counted = date(year, 1, 1)
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.year() == year)
            .filter(|day| calendar().is_working_day(*day).is_working())
            .count();
        assert_eq!(counted, working_days, "{year}");
        assert!(
            calendar().cite(year).unwrap().starts_with("国办发明电〔"),
            "{year}"
        );
    }
    assert_eq!((calendar().cite(2019), calendar().cite(2027)), (None, None));
}

#[test]
fn the_spring_holiday_of_2020_was_prolonged() {
    for day in 24..=31 {
        assert!(!calendar().is_working_day(date(2020, 1, day)).is_working());
    }
    assert!(!calendar().is_working_day(date(2020, 2, 1)).is_working());
    assert!(!calendar().is_working_day(date(2020, 2, 2)).is_working());
    assert!(calendar().is_working_day(date(2020, 2, 3)).is_working());
}

#[test]
fn what_leans_on_a_day_outside_the_calendar_is_provisional() {
    assert_eq!(
        calendar().is_working_day(date(2027, 1, 1)),
        DayKind::Working { provisional: true }
    );
    assert_eq!(
        calendar().is_working_day(date(2019, 12, 29)),
        DayKind::Rest { provisional: true }
    );
    assert_eq!(
        calendar().add_working_days(date(2026, 12, 28), 3),
        firm(2026, 12, 31)
    );
    assert_eq!(
        calendar().add_working_days(date(2026, 12, 28), 4),
        Deadline {
            date: date(2027, 1, 1),
            provisional: true
        }
    );
    assert!(
        calendar()
            .add_working_days(date(2019, 12, 30), 5)
            .provisional
    );
    assert_eq!(calendar().add_days(date(2019, 12, 30), 3), firm(2020, 1, 2));
    assert!(calendar().add_days(date(2026, 12, 30), 30).provisional);
    assert!(
        calendar()
            .notice(date(2026, 12, 25), 7)
            .forward_from
            .provisional
    );
    assert!(
        !calendar()
            .notice(date(2026, 12, 20), 7)
            .forward_from
            .provisional
    );
}

#[test]
fn terms_end_with_the_last_date_there_is() {
    let last = Deadline {
        date: Date::MAX,
        provisional: true,
    };
    assert_eq!(calendar().add_working_days(date(9999, 12, 20), 100), last);
    assert_eq!(calendar().add_days(date(9999, 12, 20), u32::MAX), last);
    assert_eq!(
        calendar()
            .notice(date(9999, 12, 30), u32::MAX)
            .forward_from
            .date,
        Date::MAX
    );
}

#[test]
fn a_year_that_contradicts_itself_is_refused() {
    let year = |cite: &str, holidays: &str, working: &str| {
        WorkCalendar::parse(&format!(
            "[[year]]\nyear = 2021\ncite = \"{cite}\"\nholidays = [{holidays}]\nworking = [{working}]\n"
        ))
    };
    assert!(
        year(
            "notice",
            r#"["2021-01-01", "2021-01-03"]"#,
            r#""2021-02-07""#
        )
        .is_ok()
    );
    for (cite, holidays, working, reason) in [
        ("", "", "", "has no citation"),
        (
            "notice",
            r#"["2021-01-03", "2021-01-01"]"#,
            "",
            "ends before it begins",
        ),
        (
            "notice",
            r#"["2020-12-31", "2021-01-01"]"#,
            "",
            "lies in another year",
        ),
        (
            "notice",
            r#"["2021-02-29", "2021-03-01"]"#,
            "",
            "2021-02-29",
        ),
        ("notice", "", r#""2021-02-08""#, "is no weekend day"),
        (
            "notice",
            r#"["2021-02-06", "2021-02-07"]"#,
            r#""2021-02-07""#,
            "both a holiday",
        ),
    ] {
        let refused = year(cite, holidays, working).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
    let twice = "[[year]]\nyear = 2021\ncite = \"n\"\nholidays = []\nworking = []\n".repeat(2);
    assert!(
        WorkCalendar::parse(&twice)
            .unwrap_err()
            .to_string()
            .contains("is given twice")
    );
    assert!(matches!(
        WorkCalendar::parse("[[year]]"),
        Err(CalendarError::Syntax(_))
    ));
}

fn day() -> impl Strategy<Value = Date> {
    (crate::epoch_day(date(2019, 6, 1))..crate::epoch_day(date(2027, 6, 1)))
        .prop_map(|days| crate::date_of_epoch_day(days).unwrap())
}

proptest! {
    #[test]
    fn a_longer_term_ends_later(from in day(), count in 0_u32..60) {
        let shorter = calendar().add_working_days(from, count);
        let longer = calendar().add_working_days(from, count + 1);
        prop_assert!(shorter.date < longer.date);
        prop_assert!(!shorter.provisional || longer.provisional);
        prop_assert!(calendar().add_days(from, count).date <= calendar().add_days(from, count + 1).date);
    }

    #[test]
    fn a_later_event_never_ends_a_term_earlier(one in day(), other in day(), count in 0_u32..60) {
        let (first, second) = (one.min(other), one.max(other));
        prop_assert!(
            calendar().add_working_days(first, count).date
                <= calendar().add_working_days(second, count).date
        );
        prop_assert!(
            calendar().add_days(first, count).date <= calendar().add_days(second, count).date
        );
    }

    #[test]
    fn a_term_holds_as_many_working_days_as_it_says(from in day(), count in 1_u32..60) {
        let end = calendar().add_working_days(from, count).date;
        let held = from
            .series(jiff::Span::new().days(1))
            .skip(1)
            .take_while(|day| *day <= end)
            .filter(|day| calendar().is_working_day(*day).is_working())
            .count();
        prop_assert_eq!(held, count as usize);
        prop_assert!(calendar().is_working_day(end).is_working());
    }

    #[test]
    fn two_terms_in_a_row_are_one(from in day(), first in 0_u32..30, second in 0_u32..30) {
        let middle = calendar().add_working_days(from, first).date;
        prop_assert_eq!(
            calendar().add_working_days(middle, second).date,
            calendar().add_working_days(from, first + second).date
        );
    }

    #[test]
    fn a_notice_runs_its_days_and_is_followed_by_a_working_day(posted in day(), days in 1_u32..30) {
        let notice = calendar().notice(posted, days);
        let ran = crate::epoch_day(notice.last_day) - crate::epoch_day(notice.first_day) + 1;
        prop_assert_eq!(ran, i64::from(days));
        prop_assert!(notice.first_day > posted);
        prop_assert!(notice.forward_from.date > notice.last_day);
        prop_assert!(calendar().is_working_day(notice.forward_from.date).is_working());
    }
}
