//! Money: whole fen in a signed integer, printed once at the edge.
//!
//! Must not know what an amount is for, nor any rate. No float touches it; whatever would overflow is an error.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Fen in one yuan.
const FEN_PER_YUAN: i64 = 100;
/// Decimal digits between a fen and 万元 (10 000 yuan = 1 000 000 fen).
const WAN_YUAN_DIGITS: u32 = 6;

/// An amount of money in fen (0.01 yuan); negative amounts are reversals and recoveries.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Fen(i64);

/// Why an amount could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit into 64 bits of fen.
    #[error(
        "amount out of range: {0}\nhint: no sum of a county comes near 92 233 720 368 547 758 yuan; look for a wrong unit"
    )]
    Overflow(String),
    /// The text is not an amount in yuan.
    #[error(
        "`{0}` is not an amount in yuan\nhint: write digits with at most two decimals, such as 1234.56"
    )]
    Syntax(String),
}

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount of `fen` fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// An amount of whole yuan.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the fen do not fit.
    pub fn from_yuan(yuan: i64) -> Result<Self, MoneyError> {
        yuan.checked_mul(FEN_PER_YUAN)
            .map(Self)
            .ok_or_else(|| MoneyError::Overflow(format!("{yuan} yuan")))
    }

    /// Whether the amount is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or_else(|| MoneyError::Overflow(format!("{self} + {other}")))
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or_else(|| MoneyError::Overflow(format!("{self} - {other}")))
    }

    /// `self × count`.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(self, count: i64) -> Result<Self, MoneyError> {
        self.0
            .checked_mul(count)
            .map(Self)
            .ok_or_else(|| MoneyError::Overflow(format!("{self} × {count}")))
    }

    /// `-self`.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for the smallest amount there is.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.0
            .checked_neg()
            .map(Self)
            .ok_or_else(|| MoneyError::Overflow(format!("-({self})")))
    }

    /// The sum of all `amounts`, zero for none.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the total does not fit; a running total may leave the range and come back.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let total: i128 = amounts.into_iter().map(|amount| i128::from(amount.0)).sum();
        i64::try_from(total)
            .map(Self)
            .map_err(|_| MoneyError::Overflow(format!("a sum of {total} fen")))
    }

    /// Reads yuan as people write them: `1234`, `1234.5`, `-1234.56`. No grouping, no sign `+`.
    ///
    /// # Errors
    /// [`MoneyError::Syntax`] for anything else (a third decimal is not rounded away), [`MoneyError::Overflow`].
    pub fn parse_yuan(text: &str) -> Result<Self, MoneyError> {
        let syntax = || MoneyError::Syntax(text.to_owned());
        let (negative, magnitude) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = match magnitude.split_once('.') {
            Some((_, "")) => return Err(syntax()),
            Some((whole, decimals)) => (whole, decimals),
            None => (magnitude, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || decimals.len() > 2 || !all_digits(whole) || !all_digits(decimals) {
            return Err(syntax());
        }
        let sign = if negative { "-" } else { "" };
        format!("{sign}{whole}{decimals:0<2}")
            .parse()
            .map(Self)
            .map_err(|_| MoneyError::Overflow(format!("{text} yuan")))
    }

    /// The amount in 万元 (10 000 yuan) as reports print it: rounded half up (half away from zero below zero) to
    /// `decimals` places, trailing zeros removed: 371 995 yuan with 2 decimals is `37.2`. More than 6 decimals are
    /// as exact as 6.
    #[must_use]
    pub fn wan_yuan(self, decimals: u32) -> String {
        let decimals = decimals.min(WAN_YUAN_DIGITS);
        let unit = 10_u64.pow(WAN_YUAN_DIGITS - decimals);
        let rounded = (self.0.unsigned_abs() + unit / 2) / unit;
        let scale = 10_u64.pow(decimals);
        let sign = if self.is_negative() && rounded > 0 {
            "-"
        } else {
            ""
        };
        let whole = rounded / scale;
        if decimals == 0 {
            return format!("{sign}{whole}");
        }
        let width = decimals as usize;
        let printed = format!("{sign}{whole}.{:0width$}", rounded % scale);
        printed
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    }
}

impl fmt::Display for Fen {
    /// Yuan with two decimals: `1234.56`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let per_yuan = FEN_PER_YUAN.unsigned_abs();
        let sign = if self.is_negative() { "-" } else { "" };
        f.pad(&format!(
            "{sign}{}.{:02}",
            magnitude / per_yuan,
            magnitude % per_yuan
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_prints_yuan_with_two_decimals() {
        for (fen, printed) in [
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (123_456, "1234.56"),
            (-123_400, "-1234.00"),
            (i64::MIN, "-92233720368547758.08"),
        ] {
            assert_eq!(Fen::new(fen).to_string(), printed);
        }
    }

    #[test]
    fn yuan_are_read_as_people_write_them_and_nothing_is_rounded_away() {
        for (text, fen) in [
            ("1234.56", 123_456),
            ("1234", 123_400),
            ("0.5", 50),
            ("-0.05", -5),
            ("007", 700),
        ] {
            assert_eq!(Fen::parse_yuan(text), Ok(Fen::new(fen)), "{text}");
        }
        for text in [
            "", "-", ".5", "1.", "1.234", "1,234", "+1", "--1", "1 ", "1e3", "１",
        ] {
            assert_eq!(
                Fen::parse_yuan(text),
                Err(MoneyError::Syntax(text.to_owned())),
                "{text}"
            );
        }
        assert!(matches!(
            Fen::parse_yuan("92233720368547758.08"),
            Err(MoneyError::Overflow(_))
        ));
        assert_eq!(
            Fen::parse_yuan("-92233720368547758.08"),
            Ok(Fen::new(i64::MIN))
        );
    }

    #[test]
    fn reports_print_wan_yuan_rounded_half_up_without_trailing_zeros() {
        for (yuan, decimals, printed) in [
            (371_995, 2, "37.2"),
            (371_950, 2, "37.2"),
            (371_949, 2, "37.19"),
            (388_700, 2, "38.87"),
            (765_200, 2, "76.52"),
            (378_808_300, 2, "37880.83"),
            (5_167_600, 2, "516.76"),
            (371_995, 3, "37.2"),
            (371_994, 4, "37.1994"),
            (1_000_000, 2, "100"),
            (1_000_000, 0, "100"),
            (15_000, 0, "2"),
            (-15_000, 0, "-2"),
            (-49, 2, "0"),
            (0, 2, "0"),
        ] {
            let amount = Fen::from_yuan(yuan).unwrap();
            assert_eq!(
                amount.wan_yuan(decimals),
                printed,
                "{yuan} yuan, {decimals} decimals"
            );
        }
        assert_eq!(Fen::new(1).wan_yuan(9), "0.000001");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let largest = Fen::new(i64::MAX);
        let smallest = Fen::new(i64::MIN);
        assert!(largest.checked_add(Fen::new(1)).is_err());
        assert!(smallest.checked_sub(Fen::new(1)).is_err());
        assert!(largest.checked_mul(2).is_err());
        assert!(smallest.checked_neg().is_err());
        assert!(Fen::from_yuan(i64::MAX).is_err());
        assert!(Fen::sum([largest, Fen::new(1)]).is_err());
        assert_eq!(Fen::sum([largest, Fen::new(1), Fen::new(-1)]), Ok(largest));
        assert_eq!(Fen::sum([]), Ok(Fen::ZERO));
    }

    proptest! {
        #[test]
        fn an_amount_prints_as_it_is_read(fen: i64) {
            let amount = Fen::new(fen);
            prop_assert_eq!(Fen::parse_yuan(&amount.to_string()), Ok(amount));
        }

        #[test]
        fn what_is_added_can_be_taken_away(one: i64, other: i64) {
            let (one, other) = (Fen::new(one), Fen::new(other));
            match one.checked_add(other) {
                Ok(total) => {
                    prop_assert_eq!(total.checked_sub(other), Ok(one));
                    prop_assert_eq!(other.checked_add(one), Ok(total));
                    prop_assert_eq!(Fen::sum([one, other]), Ok(total));
                }
                Err(_) => prop_assert!(one.get().checked_add(other.get()).is_none()),
            }
        }

        #[test]
        fn a_multiple_is_the_sum_of_its_parts(fen in -1_000_000_i64..1_000_000, count in 0_i64..200) {
            let amount = Fen::new(fen);
            let parts = (0..count).map(|_| amount);
            prop_assert_eq!(amount.checked_mul(count), Fen::sum(parts));
            prop_assert_eq!(amount.checked_neg(), amount.checked_mul(-1));
        }

        #[test]
        fn wan_yuan_lie_within_half_a_unit_of_the_amount(fen in -1_000_000_000_000_i64..1_000_000_000_000, decimals in 0_u32..=6) {
            let printed = Fen::new(fen).wan_yuan(decimals);
            let (whole, part) = printed.split_once('.').unwrap_or((&printed, ""));
            prop_assert!(part.len() <= decimals as usize && !part.ends_with('0'));
            let fen_printed: i64 = format!("{whole}{part:0<6}").parse().unwrap();
            let unit = 10_i64.pow(6 - decimals);
            prop_assert!((fen_printed - fen).abs() * 2 <= unit);
        }
    }
}
