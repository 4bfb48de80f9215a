//! Text files. UTF-8 with or without its mark, else GB 18030; the separator is the one the file uses most.

use encoding_rs::GB18030;

use super::{Limits, Line, Table, Value};
use crate::ExchangeError;
use crate::text::{Encoding, MARK};

/// Characters looked at to find the separator.
const LOOKED_AT: usize = 4_000;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<(Table, Encoding), ExchangeError> {
    let (text, encoding) = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let mut cells = 0;
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader
            .read_record(&mut record)
            .map_err(|error| ExchangeError::Unreadable(error.to_string()))?;
        if !more {
            break;
        }
        let number = record.position().map_or(0, |place| line_of(&text, place));
        let mut row: Vec<Value> = record.iter().map(value).collect();
        while row.last().is_some_and(Value::is_empty) {
            row.pop();
        }
        if row.is_empty() {
            continue;
        }
        cells += row.len();
        limits.check(row.len(), cells)?;
        lines.push(Line {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            cells: row,
        });
    }
    let table = Table {
        sheet: String::new(),
        lines,
    };
    Ok((table, encoding))
}

impl Limits {
    /// Refuses a row or a file that is too large.
    pub(super) fn check(&self, columns: usize, cells: usize) -> Result<(), ExchangeError> {
        let too_large = |what, limit| Err(ExchangeError::TooLarge { what, limit });
        if columns > self.columns {
            return too_large("columns", self.columns);
        }
        if cells > self.cells {
            return too_large("cells", self.cells);
        }
        Ok(())
    }
}

/// The line in which a record begins: the reader counts from the end of the one before, empty lines included.
fn line_of(text: &str, place: &csv::Position) -> u64 {
    let from = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let lines = empty.filter(|byte| **byte == b'\n').count();
    place.line() + u64::try_from(lines).unwrap_or(0)
}

/// The apostrophe that keeps a spreadsheet from running a text is not part of the text.
fn value(text: &str) -> Value {
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => Value::from(rest),
        _ => Value::from(text),
    }
}

fn decode(bytes: &[u8]) -> Result<(String, Encoding), ExchangeError> {
    let unmarked = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let broken = match std::str::from_utf8(unmarked) {
        Ok(text) => return Ok((text.to_owned(), Encoding::Utf8)),
        Err(error) => error.valid_up_to(),
    };
    if unmarked.len() == bytes.len()
        && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return Ok((text.into_owned(), Encoding::Gb18030));
    }
    let line = unmarked[..broken]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    Err(ExchangeError::Undecodable { line })
}

fn separator(text: &str) -> u8 {
    let mut best = (0, b',');
    for candidate in [b',', b'\t', b';'] {
        let count = text
            .bytes()
            .take(LOOKED_AT)
            .filter(|byte| *byte == candidate)
            .count();
        if count > best.0 {
            best = (count, candidate);
        }
    }
    best.1
}
