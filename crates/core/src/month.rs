//! Calendar months: the unit in which benefits are granted, paid and counted.
//!
//! Must not know about days of payment or programmes.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Months in a year.
const MONTHS_PER_YEAR: i32 = 12;

/// A calendar month of the years 0001 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(i32);

/// Why a month could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonthError {
    /// Not a month of the years 0001 to 9999.
    #[error(
        "there is no month {month} of the year {year}\nhint: months run from 0001-01 to 9999-12"
    )]
    Range {
        /// The year that was asked for.
        year: i64,
        /// The month that was asked for.
        month: i64,
    },
    /// Not written as a month.
    #[error("`{0}` is not a month\nhint: write year and month as 2021-05")]
    Syntax(String),
}

impl Month {
    /// The first month there is, 0001-01.
    pub const MIN: Self = Self(MONTHS_PER_YEAR);
    /// The last month there is, 9999-12.
    pub const MAX: Self = Self(9999 * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1);

    /// The month `month` (1 to 12) of the year `year` (1 to 9999).
    ///
    /// # Errors
    /// [`MonthError::Range`].
    pub fn new(year: i16, month: i8) -> Result<Self, MonthError> {
        if (1..=9999).contains(&year) && (1..=12).contains(&month) {
            Ok(Self(
                i32::from(year) * MONTHS_PER_YEAR + i32::from(month) - 1,
            ))
        } else {
            Err(MonthError::Range {
                year: year.into(),
                month: month.into(),
            })
        }
    }

    /// The number `year × 12 + month − 1`, which orders months without gaps and is what records store.
    #[must_use]
    pub const fn index(self) -> i32 {
        self.0
    }

    /// The month with the number `index`, see [`Month::index`].
    ///
    /// # Errors
    /// [`MonthError::Range`].
    pub fn from_index(index: i32) -> Result<Self, MonthError> {
        if (Self::MIN.0..=Self::MAX.0).contains(&index) {
            Ok(Self(index))
        } else {
            Err(MonthError::Range {
                year: i64::from(index.div_euclid(MONTHS_PER_YEAR)),
                month: i64::from(index.rem_euclid(MONTHS_PER_YEAR)) + 1,
            })
        }
    }

    /// The month that contains `date`; a date before the year 1 counts as in 0001-01.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let index = i32::from(date.year()) * MONTHS_PER_YEAR + i32::from(date.month()) - 1;
        Self(index.max(Self::MIN.0))
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub fn year(self) -> i16 {
        i16::try_from(self.0 / MONTHS_PER_YEAR).unwrap_or(i16::MAX)
    }

    /// The month of the year, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        i8::try_from(self.0 % MONTHS_PER_YEAR + 1).unwrap_or(i8::MAX)
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::constant(self.year(), self.month(), 1)
    }

    /// The last day of the month.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The following month; [`Month::MAX`] has none and stays.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The month before; [`Month::MIN`] has none and stays.
    #[must_use]
    pub fn prev(self) -> Self {
        self.plus(-1)
    }

    /// The month `months` later (earlier if negative), held between [`Month::MIN`] and [`Month::MAX`].
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(
            self.0
                .saturating_add(months)
                .clamp(Self::MIN.0, Self::MAX.0),
        )
    }

    /// How many months `self` lies after `other` (negative if before).
    #[must_use]
    pub const fn months_since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// Every month from `self` to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for Month {
    /// `2021-05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year(), self.month()))
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let syntax = || MonthError::Syntax(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(syntax)?;
        let digits = |part: &str, width| {
            part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(year, 4) || !digits(month, 2) {
            return Err(syntax());
        }
        let year = year.parse().map_err(|_| syntax())?;
        let month = month.parse().map_err(|_| syntax())?;
        Self::new(year, month)
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_prints_as_it_is_read() {
        let may: Month = "2021-05".parse().unwrap();
        assert_eq!(may, Month::new(2021, 5).unwrap());
        assert_eq!(may.to_string(), "2021-05");
        assert_eq!(
            (may.year(), may.month(), may.index()),
            (2021, 5, 2021 * 12 + 4)
        );
        assert_eq!(Month::from_index(may.index()), Ok(may));
        for text in [
            "2021-5",
            "2021/05",
            "202105",
            "21-05",
            "2021-05-01",
            "+021-05",
            "",
        ] {
            assert_eq!(
                text.parse::<Month>(),
                Err(MonthError::Syntax(text.to_owned())),
                "{text}"
            );
        }
        for text in ["2021-00", "2021-13", "0000-01"] {
            assert!(
                matches!(text.parse::<Month>(), Err(MonthError::Range { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn a_month_knows_its_days_and_neighbours() {
        let february = Month::new(2020, 2).unwrap();
        assert_eq!(february.first_day(), Date::constant(2020, 2, 1));
        assert_eq!(february.last_day(), Date::constant(2020, 2, 29));
        assert_eq!(Month::from_date(Date::constant(2020, 2, 29)), february);
        assert_eq!(february.plus(-2).to_string(), "2019-12");
        assert_eq!(february.plus(11).to_string(), "2021-01");
        assert_eq!(february.next().prev(), february);
        assert_eq!(february.plus(11).months_since(february), 11);
    }

    #[test]
    fn months_end_at_the_years_1_and_9999() {
        assert_eq!(Month::MIN.to_string(), "0001-01");
        assert_eq!(Month::MAX.to_string(), "9999-12");
        assert_eq!(Month::MAX.next(), Month::MAX);
        assert_eq!(Month::MIN.prev(), Month::MIN);
        assert!(Month::from_index(Month::MAX.index() + 1).is_err());
        assert!(Month::from_index(Month::MIN.index() - 1).is_err());
        assert!(Month::from_index(i32::MIN).is_err());
    }

    #[test]
    fn through_yields_both_ends() {
        let months = |from: &str, to: &str| -> Vec<String> {
            let (from, to): (Month, Month) = (from.parse().unwrap(), to.parse().unwrap());
            from.through(to).map(|month| month.to_string()).collect()
        };
        assert_eq!(
            months("2020-12", "2021-02"),
            ["2020-12", "2021-01", "2021-02"]
        );
        assert_eq!(months("2021-02", "2021-01"), Vec::<String>::new());
    }
}
