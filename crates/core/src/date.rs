//! Civil dates: days as records store them, the date in China (UTC+8) of a moment, and age.
//!
//! Must not know a clock; the moment is always an argument.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::Offset};

/// China Standard Time; the mainland has had one offset and no summer time since 1992.
const CST: Offset = Offset::constant(8);
const SECONDS_PER_HOUR: i64 = 3600;
const HOURS_PER_DAY: i64 = 24;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// Why a date could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The day lies outside the years -9999 to 9999.
    #[error(
        "day {0} since 1970-01-01 is no date\nhint: dates end with the year 9999; look for a wrong unit"
    )]
    Range(i64),
}

/// The number of days from 1970-01-01 to `date`, as records store dates.
#[must_use]
pub fn epoch_day(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / HOURS_PER_DAY
}

/// The date `days` days after 1970-01-01.
///
/// # Errors
/// [`DateError::Range`].
pub fn date_of_epoch_day(days: i64) -> Result<Date, DateError> {
    days.checked_mul(HOURS_PER_DAY)
        .and_then(|hours| hours.checked_mul(SECONDS_PER_HOUR))
        .and_then(|seconds| EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok())
        .ok_or(DateError::Range(days))
}

/// The civil date in China (UTC+8) at the moment `at`.
#[must_use]
pub fn civil_date(at: Timestamp) -> Date {
    CST.to_datetime(at).date()
}

/// The moment `at` as people in China write it, to the second: `2021-07-06 09:00:00`.
#[must_use]
pub fn cst_text(at: Timestamp) -> String {
    let local = CST.to_datetime(at);
    format!(
        "{} {:02}:{:02}:{:02}",
        local.date(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// The moment `hour`:`minute`:`second` of `date` in China (UTC+8). Values past their range carry over (hour 24 is
/// the next midnight); at the ends of time the moment is the first or last there is.
#[must_use]
pub fn cst_timestamp(date: Date, hour: i8, minute: i8, second: i8) -> Timestamp {
    let seconds_of_day =
        i64::from(hour) * SECONDS_PER_HOUR + i64::from(minute) * 60 + i64::from(second);
    let seconds = epoch_day(date) * HOURS_PER_DAY * SECONDS_PER_HOUR + seconds_of_day
        - i64::from(CST.seconds());
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Full years from `birth` to `on`: the birthday itself completes the year, and who was born on 02-29 completes it
/// on 03-01 in common years. Negative before the birth.
#[must_use]
pub fn completed_age(birth: Date, on: Date) -> i32 {
    let years = i32::from(on.year()) - i32::from(birth.year());
    if (on.month(), on.day()) < (birth.month(), birth.day()) {
        years - 1
    } else {
        years
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(epoch_day(date(1970, 1, 1)), 0);
        assert_eq!(epoch_day(date(1969, 12, 31)), -1);
        assert_eq!(epoch_day(date(2021, 1, 1)), 18_628);
        assert_eq!(date_of_epoch_day(18_628), Ok(date(2021, 1, 1)));
        assert_eq!(date_of_epoch_day(epoch_day(Date::MAX)), Ok(Date::MAX));
        assert_eq!(date_of_epoch_day(epoch_day(Date::MIN)), Ok(Date::MIN));
        assert!(date_of_epoch_day(epoch_day(Date::MAX) + 1).is_err());
        assert!(date_of_epoch_day(i64::MAX).is_err());
    }

    #[test]
    fn the_civil_day_begins_at_midnight_in_china() {
        let midnight: Timestamp = "2021-08-31T16:00:00Z".parse().unwrap();
        assert_eq!(civil_date(midnight), date(2021, 9, 1));
        assert_eq!(
            civil_date(midnight - SignedDuration::from_micros(1)),
            date(2021, 8, 31)
        );
        assert_eq!(cst_timestamp(date(2021, 9, 1), 0, 0, 0), midnight);
        assert_eq!(cst_timestamp(date(2021, 8, 31), 24, 0, 0), midnight);
        let evening: Timestamp = "2021-09-01T10:30:15Z".parse().unwrap();
        assert_eq!(cst_timestamp(date(2021, 9, 1), 18, 30, 15), evening);
        assert_eq!(cst_timestamp(Date::MAX, 23, 59, 59), Timestamp::MAX);
        assert_eq!(cst_timestamp(Date::MIN, 0, 0, 0), Timestamp::MIN);
    }

    #[test]
    fn the_birthday_completes_the_year() {
        for (birth, on, age) in [
            (date(1985, 6, 15), date(2021, 6, 14), 35),
            (date(1985, 6, 15), date(2021, 6, 15), 36),
            (date(1933, 9, 12), date(2021, 12, 31), 88),
            (date(1960, 2, 29), date(2021, 2, 28), 60),
            (date(1960, 2, 29), date(2021, 3, 1), 61),
            (date(1960, 2, 29), date(2020, 2, 28), 59),
            (date(1960, 2, 29), date(2020, 2, 29), 60),
            (date(2021, 6, 15), date(2021, 6, 15), 0),
            (date(2021, 6, 15), date(2021, 6, 14), -1),
        ] {
            assert_eq!(completed_age(birth, on), age, "born {birth}, on {on}");
        }
    }

    proptest! {
        #[test]
        fn day_numbers_and_dates_are_one_to_one(days in -700_000_i64..2_900_000) {
            let date = date_of_epoch_day(days).unwrap();
            prop_assert_eq!(epoch_day(date), days);
            if let Ok(tomorrow) = date.tomorrow() {
                prop_assert_eq!(epoch_day(tomorrow), days + 1);
            }
            prop_assert_eq!(civil_date(cst_timestamp(date, 23, 59, 59)), date);
            prop_assert_eq!(civil_date(cst_timestamp(date, 0, 0, 0)), date);
        }
    }
}
