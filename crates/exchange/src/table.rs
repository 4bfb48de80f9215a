//! Tables as people send them: the filled cells of a sheet or of a text file, with the line they stand in.
//!
//! A file comes from anybody. What it may hold is bounded before it is unpacked: its own size, the size of what is
//! packed in it, its rows, columns and cells. Nothing is held for cells that are empty.

mod csv_file;
mod number;
mod workbook;

pub(crate) use self::workbook::measure;

use minsheng_core::Date;

use crate::ExchangeError;
use crate::list::Format;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Text, trimmed, never empty.
    Text(String),
    /// A number as decimal digits.
    Number(String),
    /// A number of more digits than a spreadsheet keeps: the last ones are lost.
    Rounded(String),
    /// A day.
    Day(Date),
    /// A formula that has no value, as `#N/A`.
    Fault(String),
}

impl Value {
    /// What a person reads in the cell.
    pub fn text(&self) -> String {
        match self {
            Value::Empty => String::new(),
            Value::Text(text) | Value::Number(text) | Value::Rounded(text) | Value::Fault(text) => {
                text.clone()
            }
            Value::Day(day) => day.to_string(),
        }
    }

    /// Whether nothing stands in it.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Value::Empty)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            Value::Empty
        } else {
            Value::Text(text.to_owned())
        }
    }
}

/// A row that has something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: u32,
    /// Its cells from the first column on; what lies behind the last filled one is left out.
    pub cells: Vec<Value>,
}

impl Line {
    /// The cell in a column; empty where the row has none.
    pub fn cell(&self, column: usize) -> &Value {
        const NOTHING: &Value = &Value::Empty;
        self.cells.get(column).unwrap_or(NOTHING)
    }
}

/// The filled rows of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of the sheet; empty for a text file.
    pub sheet: String,
    /// Rows in their order.
    pub lines: Vec<Line>,
}

/// What a file may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Bytes of what is packed in it.
    pub unpacked_bytes: u64,
    /// Columns of a row.
    pub columns: usize,
    /// Cells of all sheets.
    pub cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 128 << 20,
            unpacked_bytes: 1 << 30,
            columns: 512,
            cells: 30_000_000,
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Its sheets that hold something.
    pub sheets: Vec<Table>,
    /// How its text is encoded; none for .xlsx.
    pub encoding: Option<crate::text::Encoding>,
}

/// Reads a file; `name` says what it is.
///
/// # Errors
/// [`ExchangeError::Format`], [`ExchangeError::TooLarge`], [`ExchangeError::Unreadable`].
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Tables, ExchangeError> {
    let format = Format::of_name(name)?;
    if bytes.len() > limits.file_bytes {
        return Err(ExchangeError::TooLarge {
            what: "bytes",
            limit: limits.file_bytes,
        });
    }
    match format {
        Format::Xlsx => Ok(Tables {
            sheets: workbook::read(bytes, limits)?,
            encoding: None,
        }),
        Format::Csv => {
            let (table, encoding) = csv_file::read(bytes, limits)?;
            Ok(Tables {
                sheets: vec![table],
                encoding: Some(encoding),
            })
        }
    }
}

/// The letters of a column as spreadsheets show them: `A`, `Z`, `AA`.
pub fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        let place = (left - 1) % 26;
        letters.push(char::from(b'A' + u8::try_from(place).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests;
