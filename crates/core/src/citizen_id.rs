//! The citizen ID number 公民身份号码: 6 region, 8 birth date, 3 sequence (odd male, even female), 1 check character.
//!
//! Must not know where a person lives: the number never changes, so its region is not the residence. Fifteen-digit
//! numbers are refused; they have not been valid since 2013-01-01 (居民身份证法).
//!
//! Source: GB 11643-1999, check by ISO 7064 MOD 11-2.

use std::fmt;

use jiff::civil::Date;

use crate::codes::Sex;
use crate::input;
use crate::regions::Regions;

const LENGTH: usize = 18;
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// A number that passed every check.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId {
    text: String,
    birth: Date,
    sex: Sex,
}

/// Why a text is no citizen ID number; the first failure in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CitizenIdError {
    /// Not 18 characters.
    #[error(
        "an ID number has 18 characters\nhint: numbers of 15 digits have not been valid since 2013"
    )]
    Length,
    /// Something else than 17 digits and a last digit or X.
    #[error("an ID number has 17 digits and a last digit or X\nhint: look for letters or signs")]
    Charset,
    /// The first six digits are no county code.
    #[error(
        "the first six digits of the ID number are no county code we know\nhint: compare them with the card; a real code that is missing belongs into the table of county codes"
    )]
    Region,
    /// Digits 7 to 14 are no date.
    #[error(
        "digits 7 to 14 of the ID number are no date\nhint: compare them with the birth date on the card"
    )]
    BirthDate,
    /// Born after the day of the check.
    #[error("the birth date in the ID number lies in the future\nhint: compare it with the card")]
    FutureBirth,
    /// The sequence is 000.
    #[error(
        "digits 15 to 17 of the ID number are 000, which is never issued\nhint: compare them with the card"
    )]
    Sequence,
    /// The last character does not fit the others.
    #[error(
        "the last character of the ID number does not fit the others\nhint: a digit is mistyped or two are swapped"
    )]
    CheckDigit,
}

impl CitizenIdError {
    /// The name of the error as the handbook and the records write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "Length",
            Self::Charset => "Charset",
            Self::Region => "Region",
            Self::BirthDate => "BirthDate",
            Self::FutureBirth => "FutureBirth",
            Self::Sequence => "Sequence",
            Self::CheckDigit => "CheckDigit",
        }
    }
}

/// The number as people enter it: trimmed, full width to half width, x to X.
#[must_use]
pub fn normalise(text: &str) -> String {
    input::half_width(text).replace('x', "X")
}

/// The check character for the first 17 digits; none if `first_17` is anything else.
#[must_use]
pub fn check_character(first_17: &str) -> Option<char> {
    if first_17.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in first_17.bytes().zip(WEIGHTS) {
        sum += input::digit(byte)? * weight;
    }
    CHECK_CHARACTERS
        .get(sum as usize % CHECK_CHARACTERS.len())
        .copied()
}

/// The number of `sequence` (1 to 999) among the people of `region` born on `birth`. For synthetic persons.
///
/// # Errors
/// [`CitizenIdError::Region`] unless `region` is six digits, [`CitizenIdError::BirthDate`] for a year before 1 or
/// [`CitizenIdError::Sequence`].
pub fn build(region: &str, birth: Date, sequence: u16) -> Result<CitizenId, CitizenIdError> {
    if region.len() != 6 || !region.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CitizenIdError::Region);
    }
    if birth.year() < 1 {
        return Err(CitizenIdError::BirthDate);
    }
    if !(1..=999).contains(&sequence) {
        return Err(CitizenIdError::Sequence);
    }
    let mut text = format!(
        "{region}{:04}{:02}{:02}{sequence:03}",
        birth.year(),
        birth.month(),
        birth.day()
    );
    text.push(check_character(&text).ok_or(CitizenIdError::Charset)?);
    Ok(CitizenId {
        text,
        birth,
        sex: Sex::of_sequence(sequence),
    })
}

impl CitizenId {
    /// Checks a normalised number as of the day `on`.
    ///
    /// # Errors
    /// The first failing [`CitizenIdError`] in the order of its variants.
    pub fn parse(text: &str, on: Date, regions: &Regions) -> Result<Self, CitizenIdError> {
        if text.chars().count() != LENGTH {
            return Err(CitizenIdError::Length);
        }
        let (first_17, last) = text
            .split_at_checked(LENGTH - 1)
            .filter(|(first_17, last)| {
                first_17.bytes().all(|byte| byte.is_ascii_digit())
                    && last
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'X')
            })
            .ok_or(CitizenIdError::Charset)?;
        let number = |from: usize, to: usize| {
            first_17
                .get(from..to)
                .and_then(|digits| digits.parse::<u16>().ok())
        };
        if !regions.contains(first_17.get(..6).unwrap_or_default()) {
            return Err(CitizenIdError::Region);
        }
        let birth = birth_date(first_17).ok_or(CitizenIdError::BirthDate)?;
        if birth > on {
            return Err(CitizenIdError::FutureBirth);
        }
        let sequence = number(14, 17).filter(|sequence| *sequence > 0);
        let sequence = sequence.ok_or(CitizenIdError::Sequence)?;
        if check_character(first_17) != last.chars().next() {
            return Err(CitizenIdError::CheckDigit);
        }
        Ok(Self {
            text: text.to_owned(),
            birth,
            sex: Sex::of_sequence(sequence),
        })
    }

    /// The date of birth.
    #[must_use]
    pub const fn birth(&self) -> Date {
        self.birth
    }

    /// Male or female, as the sequence says.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// The six-digit code of the county that gave the number; not the residence.
    #[must_use]
    pub fn region(&self) -> &str {
        self.text.get(..6).unwrap_or_default()
    }

    /// The whole number, 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number for lists: `513301********0017`.
    #[must_use]
    pub fn masked(&self) -> String {
        input::masked(&self.text, 6, 4)
    }
}

/// Masked, so that a number does not reach a log by accident.
impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}

/// Digits 7 to 14 as a date of the years from 1 on.
fn birth_date(first_17: &str) -> Option<Date> {
    let part = |from: usize, to: usize| first_17.get(from..to)?.parse::<i16>().ok();
    let (year, month, day) = (part(6, 10)?, part(10, 12)?, part(12, 14)?);
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    if year < 1 {
        None
    } else {
        Date::new(year, month, day).ok()
    }
}

#[cfg(test)]
mod tests;
