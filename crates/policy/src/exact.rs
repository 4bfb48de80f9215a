//! Exact numbers: ratios of 128-bit integers in lowest terms, every operation checked.
//!
//! Money inside an evaluation is an exact ratio of fen; nothing is rounded before a rule says so.
//! An operation answers `None` when a number (or a product on the way to it) leaves 128 bits.
//! Must not know: units, rules.

use std::cmp::Ordering;
use std::fmt;

/// An exact number; the denominator is positive and shares no factor with the numerator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exact {
    num: i128,
    den: i128,
}

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact { num: 0, den: 1 };

    /// A whole number.
    pub const fn whole(num: i128) -> Exact {
        Exact { num, den: 1 }
    }

    /// `num / den` in lowest terms; `None` for a zero denominator or numbers out of range.
    pub fn ratio(num: i128, den: i128) -> Option<Exact> {
        if den == 0 {
            return None;
        }
        let common = greatest_common_divisor(num.unsigned_abs(), den.unsigned_abs());
        // A common divisor of 2^127 occurs only when both are i128::MIN.
        let common = i128::try_from(common).ok()?;
        let (num, den) = (num / common, den / common);
        if den < 0 {
            return Some(Exact {
                num: num.checked_neg()?,
                den: den.checked_neg()?,
            });
        }
        Some(Exact { num, den })
    }

    /// Numerator.
    pub fn num(self) -> i128 {
        self.num
    }

    /// Denominator, positive.
    pub fn den(self) -> i128 {
        self.den
    }

    /// The whole number, if it is one.
    pub fn as_whole(self) -> Option<i128> {
        (self.den == 1).then_some(self.num)
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Sum.
    pub fn checked_add(self, other: Exact) -> Option<Exact> {
        if self.den == other.den {
            let num = self.num.checked_add(other.num)?;
            return if self.den == 1 {
                Some(Exact::whole(num))
            } else {
                Exact::ratio(num, self.den)
            };
        }
        let left = self.num.checked_mul(other.den)?;
        let right = other.num.checked_mul(self.den)?;
        Exact::ratio(left.checked_add(right)?, self.den.checked_mul(other.den)?)
    }

    /// Difference.
    pub fn checked_sub(self, other: Exact) -> Option<Exact> {
        self.checked_add(other.checked_neg()?)
    }

    /// Product.
    pub fn checked_mul(self, other: Exact) -> Option<Exact> {
        let num = self.num.checked_mul(other.num)?;
        if self.den == 1 && other.den == 1 {
            return Some(Exact::whole(num));
        }
        Exact::ratio(num, self.den.checked_mul(other.den)?)
    }

    /// Quotient; `None` also for division by zero (ask [`Exact::is_zero`] first).
    pub fn checked_div(self, other: Exact) -> Option<Exact> {
        Exact::ratio(
            self.num.checked_mul(other.den)?,
            self.den.checked_mul(other.num)?,
        )
    }

    /// Remainder with the sign of the dividend, for whole numbers.
    pub fn checked_rem(self, other: Exact) -> Option<Exact> {
        Some(Exact::whole(
            self.as_whole()?.checked_rem(other.as_whole()?)?,
        ))
    }

    /// Negation.
    pub fn checked_neg(self) -> Option<Exact> {
        Some(Exact {
            num: self.num.checked_neg()?,
            den: self.den,
        })
    }

    /// The largest whole number not above.
    pub fn floor(self) -> i128 {
        self.num.div_euclid(self.den)
    }

    /// The smallest multiple of `step` (above zero) that is not below.
    pub fn ceil_to(self, step: Exact) -> Option<Exact> {
        let steps = self.checked_div(step)?;
        let whole = steps.floor();
        let whole = if steps.den == 1 {
            whole
        } else {
            whole.checked_add(1)?
        };
        Exact::whole(whole).checked_mul(step)
    }

    /// The largest multiple of `step` (above zero) that is not above.
    pub fn floor_to(self, step: Exact) -> Option<Exact> {
        Exact::whole(self.checked_div(step)?.floor()).checked_mul(step)
    }

    /// The nearest multiple of `step` (above zero); halves go away from zero.
    pub fn round_half_up_to(self, step: Exact) -> Option<Exact> {
        let half = step.checked_div(Exact::whole(2))?;
        if self.num < 0 {
            self.checked_neg()?
                .checked_add(half)?
                .floor_to(step)?
                .checked_neg()
        } else {
            self.checked_add(half)?.floor_to(step)
        }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        if self.den == other.den {
            return self.num.cmp(&other.num);
        }
        if let (Some(left), Some(right)) = (
            self.num.checked_mul(other.den),
            other.num.checked_mul(self.den),
        ) {
            return left.cmp(&right);
        }
        compare_by_continued_fraction(*self, *other)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares whole parts, then the inverted remainders, until they differ: no product is formed.
fn compare_by_continued_fraction(mut left: Exact, mut right: Exact) -> Ordering {
    loop {
        let order = left.floor().cmp(&right.floor());
        let left_rest = left.num.rem_euclid(left.den);
        let right_rest = right.num.rem_euclid(right.den);
        match (order, left_rest, right_rest) {
            (Ordering::Equal, 0, 0) => return Ordering::Equal,
            (Ordering::Equal, 0, _) => return Ordering::Less,
            (Ordering::Equal, _, 0) => return Ordering::Greater,
            (Ordering::Equal, _, _) => {
                // a/b < c/d  ⇔  d/c < b/a for proper fractions
                (left, right) = (
                    Exact {
                        num: right.den,
                        den: right_rest,
                    },
                    Exact {
                        num: left.den,
                        den: left_rest,
                    },
                );
            }
            (order, _, _) => return order,
        }
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(mut small_a), Ok(mut small_b)) = (u64::try_from(a), u64::try_from(b)) {
            while small_b != 0 {
                (small_a, small_b) = (small_b, small_a % small_b);
            }
            return u128::from(small_a);
        }
        (a, b) = (b, a % b);
    }
    a
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 {
            write!(f, "{}", self.num)
        } else {
            write!(f, "{}/{}", self.num, self.den)
        }
    }
}

/// Reads `12`, `1.5` or `3/2` (with an optional sign) exactly.
pub(crate) fn parse_exact(text: &str) -> Option<Exact> {
    if let Some((num, den)) = text.split_once('/') {
        return Exact::ratio(num.trim().parse().ok()?, den.trim().parse().ok()?);
    }
    let Some((whole, decimals)) = text.split_once('.') else {
        return Some(Exact::whole(text.trim().parse().ok()?));
    };
    if decimals.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    Exact::ratio(format!("{whole}{decimals}").parse().ok()?, scale)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(num: i128, den: i128) -> Exact {
        Exact::ratio(num, den).unwrap()
    }

    #[test]
    fn reads_decimals_and_fractions_exactly() {
        assert_eq!(parse_exact("1.5"), Some(exact(3, 2)));
        assert_eq!(parse_exact("-0.20"), Some(exact(-1, 5)));
        assert_eq!(parse_exact("3/2"), Some(exact(3, 2)));
        assert_eq!(parse_exact("7"), Some(Exact::whole(7)));
        for wrong in ["", "1.", "1/0", "a", "1.-5", "1e3"] {
            assert_eq!(parse_exact(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rounds_to_whole_yuan_by_name() {
        let yuan = Exact::whole(100);
        assert_eq!(exact(50, 1).ceil_to(yuan), Some(yuan));
        assert_eq!(exact(1, 3).ceil_to(yuan), Some(yuan));
        assert_eq!(exact(300, 1).ceil_to(yuan), Some(Exact::whole(300)));
        assert_eq!(exact(-1, 3).ceil_to(yuan), Some(Exact::ZERO));
        assert_eq!(
            exact(150, 1).round_half_up_to(yuan),
            Some(Exact::whole(200))
        );
        assert_eq!(
            exact(299, 2).round_half_up_to(yuan),
            Some(Exact::whole(100))
        );
        assert_eq!(
            exact(-150, 1).round_half_up_to(yuan),
            Some(Exact::whole(-200))
        );
        assert_eq!(exact(199, 1).floor_to(yuan), Some(yuan));
    }

    #[test]
    fn numbers_out_of_range_are_none_and_never_wrap() {
        let top = Exact::whole(i128::MAX);
        assert_eq!(top.checked_add(Exact::whole(1)), None);
        assert_eq!(top.checked_mul(Exact::whole(2)), None);
        assert_eq!(Exact::whole(i128::MIN).checked_neg(), None);
        assert_eq!(Exact::ratio(i128::MIN, i128::MIN), None);
        assert_eq!(Exact::whole(1).checked_div(Exact::ZERO), None);
        assert!(exact(i128::MAX, 2) < exact(i128::MAX, 1));
        assert!(exact(i128::MAX, i128::MAX - 1) < exact(i128::MAX - 1, i128::MAX - 2));
    }

    proptest! {
        #[test]
        fn agrees_with_cross_multiplication(a in -9999_i128..9999, b in 1_i128..999, c in -9999_i128..9999, d in 1_i128..999) {
            let (left, right) = (exact(a, b), exact(c, d));
            prop_assert_eq!(left.checked_add(right).unwrap(), exact(a * d + c * b, b * d));
            prop_assert_eq!(left.checked_sub(right).unwrap(), exact(a * d - c * b, b * d));
            prop_assert_eq!(left.checked_mul(right).unwrap(), exact(a * c, b * d));
            prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
            prop_assert_eq!(compare_by_continued_fraction(left, right), (a * d).cmp(&(c * b)));
            prop_assert_eq!(left.floor(), a.div_euclid(b));
            if c != 0 {
                prop_assert_eq!(left.checked_div(right).unwrap(), exact(a * d, b * c));
            }
        }

        #[test]
        fn whole_numbers_behave_like_i128(a: i64, b: i64) {
            let (a, b) = (i128::from(a), i128::from(b));
            prop_assert_eq!(Exact::whole(a).checked_add(Exact::whole(b)), Some(Exact::whole(a + b)));
            prop_assert_eq!(Exact::whole(a).checked_mul(Exact::whole(b)), Some(Exact::whole(a * b)));
            if b != 0 {
                prop_assert_eq!(Exact::whole(a).checked_rem(Exact::whole(b)), Some(Exact::whole(a % b)));
            }
        }
    }
}
