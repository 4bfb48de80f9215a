//! Encodings of text files.
//!
//! Office programs open a .csv in the encoding of the machine unless it begins with the mark of UTF-8; so what we
//! write begins with it.

use encoding_rs::GB18030;

use crate::ExchangeError;

/// How text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8 with its mark.
    #[default]
    Utf8,
    /// GB 18030.
    Gb18030,
}

/// The mark of UTF-8 at the beginning of a file.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of a text.
///
/// # Errors
/// [`ExchangeError::Encoding`].
pub fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, ExchangeError> {
    match encoding {
        Encoding::Utf8 => Ok([MARK, text.as_bytes()].concat()),
        Encoding::Gb18030 => {
            let (bytes, _, replaced) = GB18030.encode(text);
            if replaced {
                return Err(ExchangeError::Encoding {
                    text: text.chars().take(20).collect(),
                    encoding: "GB 18030",
                });
            }
            Ok(bytes.into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_begins_with_its_mark_and_gb18030_with_the_text() {
        assert_eq!(
            encode("民", Encoding::Utf8).unwrap(),
            "\u{feff}民".as_bytes()
        );
        assert_eq!(encode("民", Encoding::Gb18030).unwrap(), [0xc3, 0xf1]);
    }

    #[test]
    fn rare_characters_of_names_have_four_bytes_in_gb18030() {
        let bytes = encode("𬱖", Encoding::Gb18030).unwrap();
        assert_eq!(bytes.len(), 4);
        assert_eq!(GB18030.decode_without_bom_handling(&bytes).0, "𬱖");
    }
}
