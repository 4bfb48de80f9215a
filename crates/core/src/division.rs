//! Division codes of twelve digits: 2 province, 2 prefecture, 2 county, 3 township, 3 village. Trailing zeros mark the
//! level, so everything below a unit is one range of codes.
//!
//! Must not know which units exist nor when; that is the register of divisions.
//!
//! Sources: GB/T 2260 (digits 1 to 6), GB/T 10114 (7 to 9), national statistics coding rules (10 to 12).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Digits of a full code.
const DIGITS: usize = 12;

/// The level of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DivisionLevel {
    /// 省级.
    #[serde(rename = "P")]
    Province,
    /// 地级.
    #[serde(rename = "F")]
    Prefecture,
    /// 县级.
    #[serde(rename = "C")]
    County,
    /// 乡级.
    #[serde(rename = "T")]
    Township,
    /// 村级.
    #[serde(rename = "V")]
    Village,
}

impl DivisionLevel {
    /// The one-letter code that records store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Province => "P",
            Self::Prefecture => "F",
            Self::County => "C",
            Self::Township => "T",
            Self::Village => "V",
        }
    }

    /// How many codes a unit of this level spans.
    const fn span(self) -> i64 {
        match self {
            Self::Province => 10_000_000_000,
            Self::Prefecture => 100_000_000,
            Self::County => 1_000_000,
            Self::Township => 1_000,
            Self::Village => 1,
        }
    }

    /// The level above.
    const fn above(self) -> Option<Self> {
        match self {
            Self::Province => None,
            Self::Prefecture => Some(Self::Province),
            Self::County => Some(Self::Prefecture),
            Self::Township => Some(Self::County),
            Self::Village => Some(Self::Township),
        }
    }
}

/// A code of twelve digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct DivisionCode(i64);

/// Why a division code could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a division code\nhint: 2, 4, 6, 9 or 12 digits that begin with the province, such as 513301 or 513301001201"
)]
pub struct DivisionError(pub String);

impl DivisionCode {
    /// The code with the number `code`.
    ///
    /// # Errors
    /// [`DivisionError`] unless it has twelve digits.
    pub fn new(code: i64) -> Result<Self, DivisionError> {
        if (100_000_000_000..1_000_000_000_000).contains(&code) {
            Ok(Self(code))
        } else {
            Err(DivisionError(code.to_string()))
        }
    }

    /// The code as a number of twelve digits.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The level, by trailing zeros: `513301000000` is a county, `513301001000` a township.
    #[must_use]
    pub fn level(self) -> DivisionLevel {
        let mut level = DivisionLevel::Village;
        while let Some(above) = level.above() {
            if self.0 % above.span() != 0 {
                break;
            }
            level = above;
        }
        level
    }

    /// The unit above by the structure of the code; none for a province. It may be a unit that only the code has
    /// (the districts of a municipality lie in `110100000000`).
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.level().above().map(|level| self.at(level))
    }

    /// The unit of `level` that this one lies in (itself if it is of that level or higher).
    #[must_use]
    pub const fn at(self, level: DivisionLevel) -> Self {
        Self(self.0 - self.0 % level.span())
    }

    /// Every code of this unit and below, for the area scope of a query.
    #[must_use]
    pub fn range(self) -> Range<i64> {
        self.0..self.0 + self.level().span()
    }

    /// Whether `other` is this unit or lies in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.range().contains(&other.0)
    }

    /// The six digits of the county (of the prefecture or province with zeros).
    #[must_use]
    pub fn county_digits(self) -> String {
        (self.0 / DivisionLevel::County.span()).to_string()
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl FromStr for DivisionCode {
    type Err = DivisionError;

    /// Reads 2, 4, 6, 9 or 12 digits; what is left out is zero.
    fn from_str(text: &str) -> Result<Self, DivisionError> {
        let error = || DivisionError(text.to_owned());
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || !matches!(text.len(), 2 | 4 | 6 | 9 | DIGITS) {
            return Err(error());
        }
        let code = format!("{text:0<DIGITS$}").parse().map_err(|_| error())?;
        Self::new(code).map_err(|_| error())
    }
}

impl TryFrom<i64> for DivisionCode {
    type Error = DivisionError;

    fn try_from(code: i64) -> Result<Self, DivisionError> {
        Self::new(code)
    }
}

impl From<DivisionCode> for i64 {
    fn from(code: DivisionCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> DivisionCode {
        text.parse().unwrap()
    }

    #[test]
    fn trailing_zeros_mark_the_level() {
        for (text, level, parent) in [
            ("51", DivisionLevel::Province, None),
            ("5133", DivisionLevel::Prefecture, Some("51")),
            ("513301", DivisionLevel::County, Some("5133")),
            ("513301106", DivisionLevel::Township, Some("513301")),
            ("513301001201", DivisionLevel::Village, Some("513301001")),
            ("513301110000", DivisionLevel::Township, Some("513301")),
            ("513310", DivisionLevel::County, Some("5133")),
            ("110105", DivisionLevel::County, Some("1101")),
        ] {
            assert_eq!(code(text).level(), level, "{text}");
            assert_eq!(code(text).parent(), parent.map(code), "{text}");
        }
    }

    #[test]
    fn the_range_holds_the_unit_and_what_lies_below() {
        assert_eq!(code("513301").range(), 513_301_000_000..513_302_000_000);
        assert_eq!(code("513301001").range(), 513_301_001_000..513_301_002_000);
        assert_eq!(
            code("513301001201").range(),
            513_301_001_201..513_301_001_202
        );
        assert!(code("5133").contains(code("513301001201")));
        assert!(!code("513301001").contains(code("513301")));
        assert_eq!(code("513301001201").county_digits(), "513301");
        assert_eq!(
            code("513301001201").at(DivisionLevel::County),
            code("513301")
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "5",
            "513",
            "51330",
            "5133010",
            "0133",
            "51330A",
            "+51330",
            "5133010010011",
        ] {
            assert_eq!(
                text.parse::<DivisionCode>(),
                Err(DivisionError(text.to_owned())),
                "{text}"
            );
        }
        assert!(DivisionCode::new(513_301).is_err());
    }

    proptest! {
        #[test]
        fn a_unit_lies_in_every_unit_above(number in 100_000_000_000_i64..1_000_000_000_000) {
            let unit = DivisionCode::new(number).unwrap();
            prop_assert!(unit.contains(unit));
            prop_assert_eq!(unit.to_string().parse(), Ok(unit));
            let mut above = unit;
            while let Some(parent) = above.parent() {
                prop_assert!(parent.contains(above));
                prop_assert!(parent.contains(unit));
                prop_assert!(parent.level() < above.level());
                above = parent;
            }
            prop_assert_eq!(above.level(), DivisionLevel::Province);
        }
    }
}
