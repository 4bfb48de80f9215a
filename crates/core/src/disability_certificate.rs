//! The disability certificate number 残疾人证号: the citizen ID number, class 1 to 7, level 1 to 4, and for a reissued
//! certificate `B` with the count of reissues.
//!
//! Must not know the holder: whether the embedded ID number is that of the holder is checked where both are known.
//!
//! Source: 残疾人证管理办法 art. 5; the suffix is common practice.

use std::fmt;

use jiff::civil::Date;

use crate::citizen_id::{CitizenId, CitizenIdError};
use crate::codes::{DisabilityClass, DisabilityLevel};
use crate::input;
use crate::regions::Regions;

/// Characters without a suffix.
const LENGTH: usize = 20;

/// A number that passed every check.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisabilityCertificate {
    text: String,
    holder: CitizenId,
    class: DisabilityClass,
    level: DisabilityLevel,
    reissues: u32,
}

/// Why a text is no disability certificate number; the first failure in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DisabilityCertificateError {
    /// Fewer than 20 characters.
    #[error(
        "a disability certificate number has at least 20 characters\nhint: the ID number, then class and level"
    )]
    Length,
    /// The first 18 characters are no citizen ID number.
    #[error("in the disability certificate number: {0}")]
    Id(#[from] CitizenIdError),
    /// Character 19 is no class.
    #[error(
        "character 19 of the disability certificate number is the class, 1 to 7\nhint: compare it with the certificate"
    )]
    Class,
    /// Character 20 is no level.
    #[error(
        "character 20 of the disability certificate number is the level, 1 to 4\nhint: compare it with the certificate"
    )]
    Level,
    /// What follows is not `B` with a count.
    #[error(
        "after 20 characters only B and the count of reissues may follow\nhint: B1, B2 and so on, without leading zero"
    )]
    Suffix,
}

impl DisabilityCertificateError {
    /// The name of the error as the handbook and the records write it, `Id:CheckDigit` for the ID number inside.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Length => "Length".to_owned(),
            Self::Id(error) => format!("Id:{}", error.code()),
            Self::Class => "Class".to_owned(),
            Self::Level => "Level".to_owned(),
            Self::Suffix => "Suffix".to_owned(),
        }
    }
}

/// The number as people enter it: trimmed, full width to half width, letters to capitals.
#[must_use]
pub fn normalise(text: &str) -> String {
    input::half_width_capitals(text)
}

/// The number of the certificate of `holder`, reissued `reissues` times.
#[must_use]
pub fn build(
    holder: CitizenId,
    class: DisabilityClass,
    level: DisabilityLevel,
    reissues: u32,
) -> DisabilityCertificate {
    let suffix = if reissues == 0 {
        String::new()
    } else {
        format!("B{reissues}")
    };
    let text = format!("{}{class}{level}{suffix}", holder.as_str());
    DisabilityCertificate {
        text,
        holder,
        class,
        level,
        reissues,
    }
}

impl DisabilityCertificate {
    /// Checks a normalised number as of the day `on`.
    ///
    /// # Errors
    /// The first failing [`DisabilityCertificateError`] in the order of its variants.
    pub fn parse(
        text: &str,
        on: Date,
        regions: &Regions,
    ) -> Result<Self, DisabilityCertificateError> {
        let characters: Vec<char> = text.chars().collect();
        if characters.len() < LENGTH {
            return Err(DisabilityCertificateError::Length);
        }
        let part = |from: usize, to: usize| -> String {
            characters.iter().skip(from).take(to - from).collect()
        };
        let holder = CitizenId::parse(&part(0, 18), on, regions)?;
        let class = part(18, 19)
            .parse()
            .map_err(|_| DisabilityCertificateError::Class)?;
        let level = part(19, 20)
            .parse()
            .map_err(|_| DisabilityCertificateError::Level)?;
        let reissues =
            reissues(&part(LENGTH, characters.len())).ok_or(DisabilityCertificateError::Suffix)?;
        Ok(Self {
            text: text.to_owned(),
            holder,
            class,
            level,
            reissues,
        })
    }

    /// The ID number inside; it must be that of the holder.
    #[must_use]
    pub const fn holder(&self) -> &CitizenId {
        &self.holder
    }

    /// The class of disability.
    #[must_use]
    pub const fn class(&self) -> DisabilityClass {
        self.class
    }

    /// The level of disability.
    #[must_use]
    pub const fn level(&self) -> DisabilityLevel {
        self.level
    }

    /// How many times the certificate was reissued.
    #[must_use]
    pub const fn reissues(&self) -> u32 {
        self.reissues
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Masked, since it holds an ID number and a health fact.
impl fmt::Debug for DisabilityCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DisabilityCertificate({}…)", self.holder.masked())
    }
}

/// The count after `B`, 0 without suffix.
fn reissues(suffix: &str) -> Option<u32> {
    if suffix.is_empty() {
        return Some(0);
    }
    let count = suffix.strip_prefix('B')?;
    let plain = count.bytes().all(|byte| byte.is_ascii_digit()) && !count.starts_with('0');
    if plain { count.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
