//! Keys as people write them: `P000123`, `H000123`, `C000123`. In the tables they are plain integers.

use std::fmt;
use std::str::FromStr;

use crate::RegistryError;

macro_rules! key {
    ($(#[$meta:meta])* $name:ident, $letter:literal, $what:literal, $example:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{:06}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = RegistryError;

            fn from_str(text: &str) -> Result<Self, RegistryError> {
                let digits = text.trim();
                let digits = digits
                    .strip_prefix($letter)
                    .or_else(|| digits.strip_prefix(&$letter.to_lowercase()))
                    .unwrap_or(digits);
                match digits.parse::<i64>() {
                    Ok(id) if id > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(id)),
                    _ => Err(RegistryError::Key { value: text.to_owned(), what: $what, example: $example }),
                }
            }
        }

        impl From<$name> for minsheng_store::Value {
            fn from(id: $name) -> Self {
                minsheng_store::Value::Int(id.0)
            }
        }
    };
}

key! {
    /// A person of the register.
    PersonId, "P", "person number", "P000123"
}
key! {
    /// A household: the people whose means are counted together.
    HouseholdId, "H", "household number", "H000123"
}
key! {
    /// A case of an office; its printed number is `case_file.number`.
    CaseId, "C", "case number", "C000123"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_written_and_with_or_without_the_letter() {
        assert_eq!(HouseholdId(42).to_string(), "H000042");
        for text in ["H000042", "h42", "42", " H42 "] {
            assert_eq!(text.parse::<HouseholdId>().unwrap(), HouseholdId(42));
        }
        for text in ["P42", "H-1", "H+1", "", "H", "0", "4 2"] {
            assert!(text.parse::<HouseholdId>().is_err(), "{text}");
        }
    }
}
