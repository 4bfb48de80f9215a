//! Phone numbers: mobile numbers of the mainland and landlines of one prefecture.
//!
//! Must not know the county: the area code of its prefecture is a parameter.
//!
//! Source: common practice (`^1[3-9]\d{9}$`, `^<area code>-\d{7}$`).

use crate::input;

/// Why a text is no phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number\nhint: 11 digits of a mobile, or a landline as {area_code}-1234567")]
pub struct PhoneError {
    /// The area code that landlines must have.
    pub area_code: String,
}

/// The number as people enter it: trimmed, full width to half width.
#[must_use]
pub fn normalise(text: &str) -> String {
    input::half_width(text)
}

/// Checks a normalised number; a landline must have the area code `area_code` (with its leading 0).
///
/// # Errors
/// [`PhoneError`].
pub fn check(text: &str, area_code: &str) -> Result<(), PhoneError> {
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let mobile = digits(text, 11)
        && text.starts_with('1')
        && matches!(text.as_bytes().get(1), Some(b'3'..=b'9'));
    let landline = text
        .split_once('-')
        .is_some_and(|(area, number)| area == area_code && digits(number, 7));
    if mobile || landline {
        Ok(())
    } else {
        Err(PhoneError {
            area_code: area_code.to_owned(),
        })
    }
}

/// The number for lists: `138****0001`, a landline likewise with its last four digits.
#[must_use]
pub fn masked(text: &str) -> String {
    let head = text.find('-').map_or(3, |dash| dash + 1);
    input::masked(text, head, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_and_the_landlines_of_the_prefecture_pass() {
        for text in ["13800000001", "19912345678", "0836-2812345"] {
            assert_eq!(check(text, "0836"), Ok(()), "{text}");
        }
        for text in [
            "",
            "12800000001",
            "1380000000",
            "138000000011",
            "0836-281234",
            "0836-28123456",
            "028-2812345",
            "08362812345",
            "2380000000a",
            "138 0000 0001",
        ] {
            assert!(check(text, "0836").is_err(), "{text}");
        }
        assert_eq!(normalise(" １３８００００００01"), "13800000001");
    }

    #[test]
    fn lists_hide_the_middle() {
        assert_eq!(masked("13800000001"), "138****0001");
        assert_eq!(masked("0836-2812345"), "0836-***2345");
    }
}
