//! Calendar functions. Days are civil days; a month added to the 31st ends on the last day of a shorter month.

use minsheng_core::{Date, Month, epoch_day};

/// Whole years from `from` to `on`; who was born on 29 February completes a year on 1 March.
pub fn completed_years(from: Date, on: Date) -> i64 {
    i64::from(minsheng_core::completed_age(from, on))
}

/// The greatest number of months that, added to `from`, is not after `on`.
pub fn months_between(from: Date, on: Date) -> i64 {
    let apart = i64::from(Month::from_date(on).months_since(Month::from_date(from)));
    match add_months(from, apart) {
        Some(day) if day > on => apart - 1,
        _ => apart,
    }
}

/// Days from `from` to `on`.
pub fn days_between(from: Date, on: Date) -> i64 {
    epoch_day(on) - epoch_day(from)
}

/// `None` outside the calendar.
pub fn add_months(from: Date, months: i64) -> Option<Date> {
    let index = i64::from(Month::from_date(from).index()).checked_add(months)?;
    let month = Month::from_index(i32::try_from(index).ok()?).ok()?;
    let last = month.last_day();
    Date::new(last.year(), last.month(), from.day().min(last.day())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn years_complete_on_the_day_itself() {
        assert_eq!(completed_years(day(2018, 3, 1), day(2021, 2, 28)), 2);
        assert_eq!(completed_years(day(2018, 3, 1), day(2021, 3, 1)), 3);
        assert_eq!(completed_years(day(1960, 2, 29), day(2021, 2, 28)), 60);
        assert_eq!(completed_years(day(1960, 2, 29), day(2021, 3, 1)), 61);
    }

    #[test]
    fn months_end_with_short_months() {
        assert_eq!(months_between(day(2021, 1, 31), day(2021, 2, 28)), 1);
        assert_eq!(months_between(day(2021, 1, 31), day(2021, 3, 30)), 1);
        assert_eq!(months_between(day(2021, 3, 15), day(2021, 3, 14)), -1);
        assert_eq!(add_months(day(2021, 1, 31), 1), Some(day(2021, 2, 28)));
        assert_eq!(add_months(day(9999, 12, 1), 1), None);
        assert_eq!(days_between(day(2021, 2, 28), day(2021, 3, 1)), 1);
    }
}
