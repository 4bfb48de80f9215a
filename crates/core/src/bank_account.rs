//! The payment account, the bank function of the social security card 社保卡: 16 to 19 digits with a Luhn check.
//!
//! Must not know whose account it is nor for which purpose.
//!
//! Source: ISO/IEC 7812 (check by Luhn), common practice of the card.

use std::fmt;

use crate::input;

/// Digits of an account number.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=19;

/// A number that passed every check.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankAccount(String);

/// Why a text is no account number; the first failure in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BankAccountError {
    /// Not 16 to 19 characters.
    #[error(
        "an account number has 16 to 19 digits\nhint: compare it with the card; leave out spaces"
    )]
    Length,
    /// Something else than digits.
    #[error("an account number has digits only\nhint: leave out spaces and signs")]
    Charset,
    /// The last digit does not fit the others.
    #[error(
        "the last digit of the account number does not fit the others\nhint: a digit is mistyped or two are swapped"
    )]
    Luhn,
}

impl BankAccountError {
    /// The name of the error as the handbook and the records write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "Length",
            Self::Charset => "Charset",
            Self::Luhn => "Luhn",
        }
    }
}

/// The number as people enter it: trimmed, full width to half width.
#[must_use]
pub fn normalise(text: &str) -> String {
    input::half_width(text)
}

/// The Luhn check digit for the digits before it; none if they are not all digits.
#[must_use]
pub fn check_digit(digits: &str) -> Option<char> {
    let mut sum = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        let digit = input::digit(byte)?;
        // The digit next to the check is doubled, then every second one.
        let doubled = if place % 2 == 0 { digit * 2 } else { digit };
        sum += doubled / 10 + doubled % 10;
    }
    char::from_digit((10 - sum % 10) % 10, 10)
}

/// The account number that begins with the 15 to 18 digits `digits`. For synthetic accounts.
///
/// # Errors
/// [`BankAccountError::Charset`] or [`BankAccountError::Length`].
pub fn complete(digits: &str) -> Result<BankAccount, BankAccountError> {
    let check = check_digit(digits).ok_or(BankAccountError::Charset)?;
    BankAccount::parse(&format!("{digits}{check}"))
}

impl BankAccount {
    /// Checks a normalised number.
    ///
    /// # Errors
    /// The first failing [`BankAccountError`] in the order of its variants.
    pub fn parse(text: &str) -> Result<Self, BankAccountError> {
        if !LENGTHS.contains(&text.chars().count()) {
            return Err(BankAccountError::Length);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BankAccountError::Charset);
        }
        let (digits, last) = text.split_at(text.len() - 1);
        if check_digit(digits) != last.chars().next() {
            return Err(BankAccountError::Luhn);
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number for lists: `****0004`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("****{}", self.0.get(self.0.len() - 4..).unwrap_or_default())
    }
}

/// Masked, so that a number does not reach a log by accident.
impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BankAccount({})", self.masked())
    }
}

#[cfg(test)]
mod tests;
