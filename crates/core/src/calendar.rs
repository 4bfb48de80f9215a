//! The working-day calendar and the terms of law that run on it.
//!
//! Must not know which step has which term; that stands in the policy packs. A day outside the years of the
//! calendar follows the plain week and everything that leans on it is marked provisional.
//!
//! Sources: Civil Code arts. 200 to 204 (the starting day does not count; a term that ends on a rest day ends on the
//! next working day); the yearly notices of the General Office of the State Council, cited in
//! `data/calendar-cn.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// The day on which a term ends or from which an act is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// The day.
    pub date: Date,
    /// Whether a day outside the calendar was counted, so that a later calendar may move it.
    pub provisional: bool,
}

/// What the calendar says of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// A working day: a plain weekday or a make-up day.
    Working {
        /// Whether the year is outside the calendar.
        provisional: bool,
    },
    /// A rest day: a weekend or a public holiday.
    Rest {
        /// Whether the year is outside the calendar.
        provisional: bool,
    },
}

impl DayKind {
    /// Whether it is a working day.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Working { .. })
    }

    /// Whether the year is outside the calendar.
    #[must_use]
    pub const fn is_provisional(self) -> bool {
        let (Self::Working { provisional } | Self::Rest { provisional }) = self;
        provisional
    }
}

/// The days of a public notice 公示.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Notice {
    /// The first day of the notice, the day after posting.
    pub first_day: Date,
    /// The last day of the notice; it may be a rest day, since a minimum time for the public is not rolled.
    pub last_day: Date,
    /// The first working day after it, on which the case may go on.
    pub forward_from: Deadline,
}

/// Why a calendar could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The file is not TOML of the expected shape.
    #[error(
        "the calendar cannot be read: {0}\nhint: each [[year]] has year, cite, holidays and working"
    )]
    Syntax(String),
    /// A year contradicts itself.
    #[error("calendar year {year}: {reason}\nhint: compare with the notice {cite}")]
    Year {
        /// The year.
        year: i16,
        /// Its citation.
        cite: String,
        /// What does not fit.
        reason: String,
    },
}

/// Which days are worked, for the years it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Citation of each known year.
    cites: BTreeMap<i16, String>,
    /// Public holidays, weekend days among them.
    holidays: BTreeSet<Date>,
    /// Weekend days that are worked.
    working: BTreeSet<Date>,
}

/// The shape of the data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    year: Vec<YearEntry>,
}

/// One year of the data file; dates are text `2021-02-11`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEntry {
    year: i16,
    cite: String,
    holidays: Vec<(String, String)>,
    working: Vec<String>,
}

impl WorkCalendar {
    /// The calendar that comes with the program, 2020 to 2026, read once.
    ///
    /// # Panics
    /// If the compiled-in file is wrong, which the tests of this crate exclude.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<WorkCalendar> = LazyLock::new(|| {
            WorkCalendar::parse(include_str!("../data/calendar-cn.toml"))
                .unwrap_or_else(|error| panic!("compiled-in calendar: {error}"))
        });
        &EMBEDDED
    }

    /// Reads a calendar in the form of `data/calendar-cn.toml`.
    ///
    /// # Errors
    /// [`CalendarError::Syntax`]; [`CalendarError::Year`] for a year given twice or without citation, a day of
    /// another year, a span that ends before it begins, a make-up day that is no weekend day or is a holiday too.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let file: CalendarFile =
            toml::from_str(text).map_err(|error| CalendarError::Syntax(error.to_string()))?;
        let mut calendar = Self::default();
        for entry in file.year {
            calendar
                .add_year(&entry)
                .map_err(|reason| CalendarError::Year {
                    year: entry.year,
                    cite: entry.cite.clone(),
                    reason,
                })?;
        }
        Ok(calendar)
    }

    fn add_year(&mut self, entry: &YearEntry) -> Result<(), String> {
        if entry.cite.trim().is_empty() {
            return Err("has no citation".to_owned());
        }
        if self.cites.insert(entry.year, entry.cite.clone()).is_some() {
            return Err("is given twice".to_owned());
        }
        for (first, last) in &entry.holidays {
            let (first, last) = (day_of(entry.year, first)?, day_of(entry.year, last)?);
            if last < first {
                return Err(format!("the holiday from {first} ends before it begins"));
            }
            self.holidays.extend(
                first
                    .series(jiff::Span::new().days(1))
                    .take_while(|day| *day <= last),
            );
        }
        for day in &entry.working {
            let day = day_of(entry.year, day)?;
            if !is_weekend(day) {
                return Err(format!("the make-up day {day} is no weekend day"));
            }
            if self.holidays.contains(&day) {
                return Err(format!("{day} is both a holiday and a make-up day"));
            }
            self.working.insert(day);
        }
        Ok(())
    }

    /// The notice that announced the holidays of `year`, if the calendar knows the year.
    #[must_use]
    pub fn cite(&self, year: i16) -> Option<&str> {
        self.cites.get(&year).map(String::as_str)
    }

    /// Whether `day` is a working day.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> DayKind {
        let provisional = !self.cites.contains_key(&day.year());
        let working = if is_weekend(day) {
            self.working.contains(&day)
        } else {
            !self.holidays.contains(&day)
        };
        if working {
            DayKind::Working { provisional }
        } else {
            DayKind::Rest { provisional }
        }
    }

    /// `day` itself if it is a working day, else the first one after it.
    #[must_use]
    pub fn next_working_day(&self, day: Date) -> Deadline {
        let mut deadline = Deadline {
            date: day,
            provisional: false,
        };
        loop {
            let kind = self.is_working_day(deadline.date);
            deadline.provisional |= kind.is_provisional();
            match following(deadline.date) {
                Some(next) if !kind.is_working() => deadline.date = next,
                _ => return deadline,
            }
        }
    }

    /// The end of a term of `count` working days: the count starts the day after `from`. A term of 0 ends on `from`.
    /// A term that would pass the last date there is ends on it, provisional.
    #[must_use]
    pub fn add_working_days(&self, from: Date, count: u32) -> Deadline {
        let mut deadline = Deadline {
            date: from,
            provisional: false,
        };
        for _ in 0..count {
            let Some(next) = following(deadline.date) else {
                return Deadline {
                    provisional: true,
                    ..deadline
                };
            };
            let step = self.next_working_day(next);
            deadline = Deadline {
                date: step.date,
                provisional: deadline.provisional || step.provisional,
            };
        }
        deadline
    }

    /// The end of a term of `count` calendar days: the count starts the day after `from`, and a term that ends on a
    /// rest day ends on the next working day. Only the end leans on the calendar, so only it can be provisional.
    #[must_use]
    pub fn add_days(&self, from: Date, count: u32) -> Deadline {
        match after(from, count) {
            Some(end) => self.next_working_day(end),
            None => Deadline {
                date: Date::MAX,
                provisional: true,
            },
        }
    }

    /// The days of a public notice of `days` calendar days posted on `posted`: a minimum time for the public, which
    /// is not rolled; the act after it falls on a working day.
    #[must_use]
    pub fn notice(&self, posted: Date, days: u32) -> Notice {
        let day = |count| after(posted, count).unwrap_or(Date::MAX);
        Notice {
            first_day: day(1),
            last_day: day(days),
            forward_from: self.next_working_day(day(days.saturating_add(1))),
        }
    }
}

/// Reads a day that must lie in `year`.
fn day_of(year: i16, text: &str) -> Result<Date, String> {
    let day: Date = text.parse().map_err(|error| format!("`{text}`: {error}"))?;
    if day.year() == year {
        Ok(day)
    } else {
        Err(format!("{day} lies in another year"))
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn following(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}

/// The date `count` calendar days after `from`, unless dates end before.
fn after(from: Date, count: u32) -> Option<Date> {
    crate::date_of_epoch_day(crate::epoch_day(from) + i64::from(count)).ok()
}

#[cfg(test)]
mod tests;
