//! Case numbers `<module>-<county>-<year>-<six digits>`: no gaps, never reused. The counter is the register's.
//!
//! Source: a numbering of our own (assumption).

use std::fmt;
use std::str::FromStr;

/// A case number of one module, county and year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    module: String,
    county: String,
    year: i16,
    sequence: u32,
}

/// Why a case number could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseNumberError {
    /// Not written as a case number.
    #[error("`{0}` is not a case number\nhint: write it as DB-513301-2021-000001")]
    Syntax(String),
    /// A part is out of range.
    #[error("no case number with {part} `{value}`\nhint: {hint}")]
    Part {
        /// Which part.
        part: &'static str,
        /// What it was.
        value: String,
        /// What it must be.
        hint: &'static str,
    },
}

/// The case number `sequence` (1 to 999 999) of `module` in `county` and `year`.
///
/// # Errors
/// [`CaseNumberError::Part`] unless the module is capitals or digits, the county six digits and the year 1900 to 9999.
pub fn case_number(
    module: &str,
    county: &str,
    year: i16,
    sequence: u32,
) -> Result<CaseNumber, CaseNumberError> {
    let part = |part, value: &dyn fmt::Display, hint| CaseNumberError::Part {
        part,
        value: value.to_string(),
        hint,
    };
    let module_fits = module
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if module.is_empty() || !module_fits {
        return Err(part("module", &module, "capitals and digits only"));
    }
    if county.len() != 6 || !county.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(part("county", &county, "the county code has six digits"));
    }
    if !(1900..=9999).contains(&year) {
        return Err(part(
            "year",
            &year,
            "the year has four digits and begins in 1900",
        ));
    }
    if !(1..=999_999).contains(&sequence) {
        return Err(part(
            "sequence",
            &sequence,
            "the sequence runs from 1 to 999999",
        ));
    }
    Ok(CaseNumber {
        module: module.to_owned(),
        county: county.to_owned(),
        year,
        sequence,
    })
}

impl CaseNumber {
    /// The module that numbers its cases.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The six-digit county code.
    #[must_use]
    pub fn county(&self) -> &str {
        &self.county
    }

    /// The year in which the number was given.
    #[must_use]
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// The place in the year, from 1.
    #[must_use]
    pub const fn sequence(&self) -> u32 {
        self.sequence
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{}-{}-{:04}-{:06}",
            self.module, self.county, self.year, self.sequence
        ))
    }
}

impl FromStr for CaseNumber {
    type Err = CaseNumberError;

    fn from_str(text: &str) -> Result<Self, CaseNumberError> {
        let syntax = || CaseNumberError::Syntax(text.to_owned());
        let parts: Vec<&str> = text.split('-').collect();
        let [module, county, year, sequence] = parts.as_slice() else {
            return Err(syntax());
        };
        let digits = |part: &str, count| {
            part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(year, 4) || !digits(sequence, 6) {
            return Err(syntax());
        }
        let year = year.parse().map_err(|_| syntax())?;
        let sequence = sequence.parse().map_err(|_| syntax())?;
        case_number(module, county, year, sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_prints_as_it_is_read() {
        let number = case_number("DB", "513301", 2021, 42).unwrap();
        assert_eq!(number.to_string(), "DB-513301-2021-000042");
        assert_eq!("DB-513301-2021-000042".parse(), Ok(number.clone()));
        assert_eq!(
            (
                number.module(),
                number.county(),
                number.year(),
                number.sequence()
            ),
            ("DB", "513301", 2021, 42)
        );
    }

    #[test]
    fn a_part_out_of_range_is_refused() {
        for (module, county, year, sequence) in [
            ("", "513301", 2021, 1),
            ("db", "513301", 2021, 1),
            ("D-B", "513301", 2021, 1),
            ("DB", "51330", 2021, 1),
            ("DB", "51330A", 2021, 1),
            ("DB", "513301", 21, 1),
            ("DB", "513301", 2021, 0),
            ("DB", "513301", 2021, 1_000_000),
        ] {
            assert!(case_number(module, county, year, sequence).is_err());
        }
        for text in [
            "DB-513301-2021-42",
            "DB-513301-2021",
            "DB-513301-2021-000042-1",
            "",
        ] {
            assert_eq!(
                text.parse::<CaseNumber>(),
                Err(CaseNumberError::Syntax(text.to_owned())),
                "{text}"
            );
        }
        assert!("DB-513301-2021-000000".parse::<CaseNumber>().is_err());
    }
}
