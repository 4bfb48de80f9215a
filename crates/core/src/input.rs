//! The input edge shared by all numbers: people paste spaces and full-width characters.

/// `text` without surrounding white space, with full-width characters (U+FF01 to U+FF5E, U+3000) as half-width ones.
pub(crate) fn half_width(text: &str) -> String {
    text.trim()
        .chars()
        .map(|character| match character {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => {
                // The full-width forms repeat ASCII 0x21 to 0x7E in order.
                char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
            }
            other => other,
        })
        .collect()
}

/// Like [`half_width`], with letters in capitals.
pub(crate) fn half_width_capitals(text: &str) -> String {
    half_width(text).to_ascii_uppercase()
}

/// The value of an ASCII digit.
pub(crate) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// Shows the first `head` and last `tail` characters of `text`, the others as `*`.
pub(crate) fn masked(text: &str, head: usize, tail: usize) -> String {
    let hidden_to = text.chars().count().saturating_sub(tail);
    text.chars()
        .enumerate()
        .map(|(place, character)| {
            if (head..hidden_to).contains(&place) {
                '*'
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_characters_become_half_width() {
        assert_eq!(half_width("\u{3000}５１３３０１ｘ！～ \n"), "513301x!~");
        assert_eq!(half_width_capitals(" ５１ｘb "), "51XB");
        assert_eq!(half_width("康定"), "康定");
    }

    #[test]
    fn masking_keeps_the_length() {
        assert_eq!(masked("513301196002290017", 6, 4), "513301********0017");
        assert_eq!(masked("12", 6, 4), "12");
    }
}
