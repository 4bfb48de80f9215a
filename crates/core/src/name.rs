//! Names of persons: 1 to 50 characters, stored as given; the separator in names is `·`.
//!
//! Must not judge a name: Tibetan names often have no family name, and rare characters must survive (GB 18030-2022).

/// The longest name, in characters.
const LONGEST: usize = 50;

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("the name is empty\nhint: write it as on the ID card")]
    Empty,
    /// More than 50 characters.
    #[error("the name has more than 50 characters\nhint: write it as on the ID card")]
    TooLong,
}

/// The name for comparing and showing: trimmed, with `•`, `．` and `.` as the separator `·` (U+00B7). The form as
/// given is kept beside it.
#[must_use]
pub fn normalise_name(text: &str) -> String {
    text.trim()
        .chars()
        .map(|character| match character {
            '\u{2022}' | '\u{FF0E}' | '.' => '\u{00B7}',
            other => other,
        })
        .collect()
}

/// Checks the length of a normalised name.
///
/// # Errors
/// [`NameError`].
pub fn check_name(name: &str) -> Result<(), NameError> {
    match name.trim().chars().count() {
        0 => Err(NameError::Empty),
        length if length > LONGEST => Err(NameError::TooLong),
        _ => Ok(()),
    }
}

/// The name for lists: `张*`, with three or more characters the first and the last.
#[must_use]
pub fn masked_name(name: &str) -> String {
    let length = name.chars().count();
    let shown = |place: usize| place == 0 || (length > 2 && place + 1 == length);
    name.chars()
        .enumerate()
        .map(|(place, character)| if shown(place) { character } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_separator_becomes_the_middle_dot() {
        for given in [
            "扎西·多吉",
            "扎西•多吉",
            "扎西．多吉",
            "扎西.多吉",
            " 扎西·多吉\u{3000}",
        ] {
            assert_eq!(normalise_name(given), "扎西·多吉");
        }
    }

    #[test]
    fn rare_characters_survive() {
        for name in ["㐀䶮𠮷", "卓玛", "𬱖"] {
            assert_eq!(normalise_name(name), name);
            assert_eq!(check_name(name), Ok(()));
        }
    }

    #[test]
    fn a_name_has_1_to_50_characters() {
        assert_eq!(check_name(""), Err(NameError::Empty));
        assert_eq!(check_name(" \u{3000}"), Err(NameError::Empty));
        assert_eq!(check_name(&"𠮷".repeat(50)), Ok(()));
        assert_eq!(check_name(&"𠮷".repeat(51)), Err(NameError::TooLong));
    }

    #[test]
    fn lists_show_the_ends_of_a_name() {
        for (name, shown) in [("张三", "张*"), ("张小三", "张*三"), ("卓", "卓"), ("", "")]
        {
            assert_eq!(masked_name(name), shown);
        }
    }
}
