//! The digest of a row: SM3 (GB/T 32905) over a canonical text of all its columns that hold something.
//!
//! Columns stand sorted by name, each as `length of name (1 byte), name, type (1 byte), value`: an integer in
//! eight bytes, a text or bytes with its length in eight bytes before it; big-endian. A column that holds nothing
//! is left out, so that a column added by a later migration changes no old digest.

use sm3::{Digest, Sm3};

use crate::engine::Cell;

/// Length of a digest in bytes.
pub(crate) const DIGEST: usize = 32;

/// The order in which the columns of a table enter its rows' digests.
#[derive(Debug, Clone)]
pub(crate) struct RowDigest {
    /// (position in the row, length and name), sorted by name.
    order: Vec<(usize, Vec<u8>)>,
    buffer: Vec<u8>,
}

impl RowDigest {
    /// For rows with these columns.
    pub(crate) fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut named: Vec<(usize, &str)> = columns.into_iter().enumerate().collect();
        named.sort_by_key(|(_, name)| *name);
        let order = named
            .into_iter()
            .map(|(position, name)| {
                let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
                let mut prefix = vec![length];
                prefix.extend_from_slice(name.as_bytes());
                (position, prefix)
            })
            .collect();
        RowDigest {
            order,
            buffer: Vec::with_capacity(512),
        }
    }

    /// The digest of one row; `cell` gives the column at a position.
    pub(crate) fn of<'c>(&mut self, cell: impl Fn(usize) -> Cell<'c>) -> [u8; DIGEST] {
        self.buffer.clear();
        for (position, prefix) in &self.order {
            let (tag, bytes) = match cell(*position) {
                Cell::Null => continue,
                Cell::Int(value) => {
                    self.buffer.extend_from_slice(prefix);
                    self.buffer.push(1);
                    self.buffer.extend_from_slice(&value.to_be_bytes());
                    continue;
                }
                Cell::Text(bytes) => (2, bytes),
                Cell::Blob(bytes) => (3, bytes),
                Cell::Other(bytes) => (4, bytes),
            };
            self.buffer.extend_from_slice(prefix);
            self.buffer.push(tag);
            push_bytes(&mut self.buffer, bytes);
        }
        sm3(&self.buffer)
    }
}

/// Appends bytes with their length before them.
pub(crate) fn push_bytes(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    buffer.extend_from_slice(bytes);
}

/// SM3 of some bytes.
pub(crate) fn sm3(bytes: &[u8]) -> [u8; DIGEST] {
    Sm3::digest(bytes).into()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn digest(columns: &[(&str, Value)]) -> [u8; DIGEST] {
        RowDigest::new(columns.iter().map(|(name, _)| *name)).of(|at| columns[at].1.cell())
    }

    #[test]
    fn sm3_is_the_standard_one() {
        // GB/T 32905-2016, appendix A.1
        assert_eq!(
            hex(&sm3(b"abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(unhex("66c7").unwrap(), [0x66, 0xc7]);
        for wrong in ["6", "6g", "张", "+6"] {
            assert_eq!(unhex(wrong), None);
        }
    }

    #[test]
    fn the_order_of_columns_and_empty_columns_do_not_matter_and_all_else_does() {
        let row = digest(&[("a", 1.into()), ("b", "x".into())]);
        assert_eq!(
            row,
            digest(&[("b", "x".into()), ("c", Value::Null), ("a", 1.into())])
        );
        for other in [
            digest(&[("a", 1.into()), ("b", "y".into())]),
            digest(&[("a", 1.into()), ("b", b"x".to_vec().into())]),
            digest(&[("a", 1.into()), ("c", "x".into())]),
            digest(&[("a", 1.into())]),
            digest(&[("a", 1.into()), ("b", "x".into()), ("c", "".into())]),
        ] {
            assert_ne!(row, other);
        }
    }
}
