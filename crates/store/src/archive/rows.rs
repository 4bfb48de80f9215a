//! Rows as bytes: per value one byte for its kind, an integer in groups of seven bits, a text or bytes with their
//! length before them.

use std::io::{self, Read, Write};

use crate::Value;
use crate::digest::{DIGEST, hex};
use crate::engine::Cell;
use sm3::{Digest as _, Sm3};

const NULL: u8 = 0;
const INT: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;

/// Appends a row; nothing if it holds a value that no release writes.
pub(super) fn put_row(cells: &[Cell<'_>], out: &mut Vec<u8>) -> Option<()> {
    for cell in cells {
        match cell {
            Cell::Null => out.push(NULL),
            Cell::Int(value) => {
                out.push(INT);
                // small numbers of either sign become small numbers without sign
                put_number((value.wrapping_shl(1) ^ (value >> 63)).cast_unsigned(), out);
            }
            Cell::Text(bytes) => {
                std::str::from_utf8(bytes).ok()?;
                out.push(TEXT);
                put_bytes(bytes, out);
            }
            Cell::Blob(bytes) => {
                out.push(BLOB);
                put_bytes(bytes, out);
            }
            Cell::Other(_) => return None,
        }
    }
    Some(())
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    put_number(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn put_number(mut rest: u64, out: &mut Vec<u8>) {
    while rest >= 0x80 {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

/// Reads a row of so many columns.
pub(super) fn take_row(from: &mut impl Read, columns: usize) -> io::Result<Vec<Value>> {
    (0..columns).map(|_| take_value(from)).collect()
}

fn take_value(from: &mut impl Read) -> io::Result<Value> {
    let broken = |words: &str| io::Error::new(io::ErrorKind::InvalidData, words.to_owned());
    Ok(match take_byte(from)? {
        NULL => Value::Null,
        INT => {
            let number = take_number(from)?;
            Value::Int((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
        }
        TEXT => match String::from_utf8(take_bytes(from)?) {
            Ok(text) => Value::Text(text),
            Err(_) => return Err(broken("a text is not UTF-8")),
        },
        BLOB => Value::Blob(take_bytes(from)?),
        _ => return Err(broken("a value is of no known kind")),
    })
}

fn take_byte(from: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    from.read_exact(&mut byte)?;
    Ok(byte[0])
}

fn take_number(from: &mut impl Read) -> io::Result<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(from)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        "a number has no end",
    ))
}

fn take_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = take_number(from)?;
    // a length that lies must not ask for memory that is not needed
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 16)).unwrap_or(0));
    let read = from.take(length).read_to_end(&mut bytes)?;
    if read as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// The digest of a table: over the digests of its rows ordered by id.
#[derive(Default)]
pub(super) struct TableDigest(Sm3);

impl TableDigest {
    pub(super) fn add(&mut self, row: &[u8; DIGEST]) {
        self.0.update(row);
    }

    pub(super) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Passes bytes on to a writer or from a reader, counting and digesting them.
pub(super) struct Counted<T> {
    inner: T,
    digest: Sm3,
    bytes: u64,
}

impl<T> Counted<T> {
    pub(super) fn new(inner: T) -> Self {
        Counted {
            inner,
            digest: Sm3::new(),
            bytes: 0,
        }
    }

    /// How many bytes passed, and their SM3.
    pub(super) fn finish(self) -> (u64, String) {
        (self.bytes, hex(&self.digest.finalize()))
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(bytes)?;
        self.digest.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Int),
            ".{0,40}".prop_map(Value::Text),
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::Blob),
        ]
    }

    proptest! {
        #[test]
        fn a_row_survives_its_encoding(row in proptest::collection::vec(value(), 0..12)) {
            let cells: Vec<Cell<'_>> = row.iter().map(Value::cell).collect();
            let mut bytes = Vec::new();
            put_row(&cells, &mut bytes).unwrap();
            let mut from = bytes.as_slice();
            prop_assert_eq!(take_row(&mut from, row.len()).unwrap(), row);
            prop_assert!(from.is_empty());
        }

        #[test]
        fn any_bytes_are_a_row_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = take_row(&mut bytes.as_slice(), 5);
        }
    }

    #[test]
    fn a_value_that_no_release_writes_is_not_encoded() {
        assert_eq!(put_row(&[Cell::Other(b"real")], &mut Vec::new()), None);
        assert_eq!(put_row(&[Cell::Text(&[0xff])], &mut Vec::new()), None);
    }
}
