//! The unified social credit code 统一社会信用代码: 1 registering body, 1 class, 6 division digits, 9 body identifier
//! (8 and their own check), 1 check character.
//!
//! Must not know which code we assigned ourselves: a few genuine old codes break the check, and accepting one of
//! those with a confirmed override is the business of the register.
//!
//! Sources: GB 32100-2015 with amendment 1 of 2016; body identifier GB 11714.

use std::fmt;

use crate::input;

const LENGTH: usize = 18;
/// The characters of the code; the value of one is its place. No I, O, S, V, Z.
const CHARACTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the whole code, powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Weights of the body identifier.
const BODY_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Registering body and class, the first two characters. 54 and 55 are common practice.
const CLASSES: [&str; 38] = [
    "11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "39", "41", "49", "51", "52",
    "53", "54", "55", "59", "61", "62", "69", "71", "72", "79", "81", "89", "91", "92", "93", "A1",
    "A9", "N1", "N2", "N3", "N9", "Y1",
];

/// A code that passed every check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

/// Why a text is no unified social credit code; the first failure in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error(
        "a unified social credit code has 18 characters\nhint: compare it with the certificate"
    )]
    Length,
    /// A character that the code never has.
    #[error(
        "a unified social credit code has digits and capitals without I, O, S, V, Z\nhint: 1 and I, 0 and O, 2 and Z, 5 and S look alike"
    )]
    Charset,
    /// Characters 3 to 8 are not digits.
    #[error(
        "characters 3 to 8 of the code are the division and must be digits\nhint: compare them with the certificate"
    )]
    RegionDigits,
    /// The first two characters are no registering body with a class.
    #[error(
        "the first two characters of the code name no registering body and class\nhint: social groups have 51, service institutions 52, enterprises 91"
    )]
    Class,
    /// Character 17 does not fit the body identifier.
    #[error(
        "the body identifier (characters 9 to 17) does not fit its check character\nhint: a character is mistyped or two are swapped"
    )]
    OrgCode,
    /// The last character does not fit the others.
    #[error(
        "the last character of the code does not fit the others\nhint: a character is mistyped, or an old code that the register must confirm"
    )]
    CheckChar,
}

impl UsccError {
    /// The name of the error as the handbook and the records write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "Length",
            Self::Charset => "Charset",
            Self::RegionDigits => "RegionDigits",
            Self::Class => "Class",
            Self::OrgCode => "OrgCode",
            Self::CheckChar => "CheckChar",
        }
    }
}

/// The code as people enter it: trimmed, full width to half width, letters to capitals.
#[must_use]
pub fn normalise(text: &str) -> String {
    input::half_width_capitals(text)
}

/// The check character of a body identifier of eight digits or capitals; none for anything else.
#[must_use]
pub fn body_check_character(first_8: &str) -> Option<char> {
    if first_8.len() != BODY_WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in first_8.chars().zip(BODY_WEIGHTS) {
        // A is 10 to Z 35: the full alphabet, unlike the whole code.
        let value = if character.is_ascii_lowercase() {
            None
        } else {
            character.to_digit(36)
        };
        sum += value? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

/// The check character for the first 17 characters; none if `first_17` is no beginning of a code.
#[must_use]
pub fn check_character(first_17: &str) -> Option<char> {
    if first_17.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in first_17.bytes().zip(WEIGHTS) {
        sum += value(byte)? * weight;
    }
    // The outer remainder matters: with a sum divisible by 31 the check is 0, where many copies in circulation fail.
    let check = (31 - sum % 31) % 31;
    CHARACTERS.get(check as usize).map(|byte| char::from(*byte))
}

/// The code of the body `body` (eight characters without their check) of `class` registered in `division`.
///
/// # Errors
/// The failing [`UsccError`].
pub fn build(class: &str, division: &str, body: &str) -> Result<Uscc, UsccError> {
    let mut text = format!("{class}{division}{body}");
    if text.len() != 16 || class.len() != 2 || division.len() != 6 {
        return Err(UsccError::Length);
    }
    text.push(body_check_character(body).ok_or(UsccError::Charset)?);
    text.push(check_character(&text).ok_or(UsccError::Charset)?);
    Uscc::parse(&text)
}

impl Uscc {
    /// Checks a normalised code.
    ///
    /// # Errors
    /// The first failing [`UsccError`] in the order of its variants.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        if text.chars().count() != LENGTH {
            return Err(UsccError::Length);
        }
        if !text.bytes().all(|byte| CHARACTERS.contains(&byte)) {
            return Err(UsccError::Charset);
        }
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        if !part(2, 8).bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UsccError::RegionDigits);
        }
        if !CLASSES.contains(&part(0, 2)) {
            return Err(UsccError::Class);
        }
        if body_check_character(part(8, 16)) != part(16, 17).chars().next() {
            return Err(UsccError::OrgCode);
        }
        if check_character(part(0, 17)) != part(17, 18).chars().next() {
            return Err(UsccError::CheckChar);
        }
        Ok(Self(text.to_owned()))
    }

    /// Registering body and class, the first two characters.
    #[must_use]
    pub fn class(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// The six division digits of the registering authority at the time of registration.
    #[must_use]
    pub fn division(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }

    /// The whole code, 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The value of a character of the code.
fn value(byte: u8) -> Option<u32> {
    let place = CHARACTERS.iter().position(|known| *known == byte)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests;
