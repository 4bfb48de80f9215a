//! A list as people take it away: .xlsx or .csv.
//!
//! Amounts are numbers with two decimals in yuan, days are dates, everything else is text as it stands. What is
//! text stays text: a spreadsheet that opens the .csv must not run it, so a text that begins like a formula gets an
//! apostrophe before it (OWASP, CSV injection).

use std::borrow::Cow;

use minsheng_core::{Date, Fen, Month};
use rust_xlsxwriter::{ExcelDateTime, Format as Look, FormatBorder, Workbook, XlsxError};
use unicode_width::UnicodeWidthStr;

use crate::ExchangeError;
use crate::text::{Encoding, encode};

/// Digits of a number that every spreadsheet keeps.
const EXACT_DIGITS: usize = 15;
/// Rows whose width is looked at to set the width of a column.
const LOOKED_AT: usize = 200;

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// Text, also numbers that are names: codes, accounts, masked numbers.
    Text(String),
    /// A count.
    Int(i64),
    /// Money.
    Yuan(Fen),
    /// A number as it was printed: decimal digits, at most one point.
    Number(String),
    /// A civil day.
    Day(Date),
}

impl Cell {
    /// Whether people read it from the right: numbers.
    pub const fn is_number(&self) -> bool {
        matches!(self, Cell::Int(_) | Cell::Yuan(_) | Cell::Number(_))
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Empty => Ok(()),
            Cell::Text(text) | Cell::Number(text) => f.write_str(text),
            Cell::Int(number) => write!(f, "{number}"),
            Cell::Yuan(amount) => write!(f, "{amount}"),
            Cell::Day(day) => write!(f, "{day}"),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(text)
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::from(text.to_owned())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Int(number)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        i64::try_from(number).map_or_else(|_| Cell::Text(number.to_string()), Cell::Int)
    }
}

impl From<Fen> for Cell {
    fn from(amount: Fen) -> Self {
        Cell::Yuan(amount)
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Cell::Day(day)
    }
}

impl From<Month> for Cell {
    fn from(month: Month) -> Self {
        Cell::Text(month.to_string())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// Comma-separated text.
    Csv,
}

impl Format {
    /// What the name of a file says.
    ///
    /// # Errors
    /// [`ExchangeError::Format`].
    pub fn of_name(name: &str) -> Result<Self, ExchangeError> {
        match name
            .rsplit_once('.')
            .map(|(_, end)| end.to_ascii_lowercase())
            .as_deref()
        {
            Some("xlsx") => Ok(Format::Xlsx),
            Some("csv") => Ok(Format::Csv),
            _ => Err(ExchangeError::Format(name.to_owned())),
        }
    }
}

/// Rows under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// Headings of the columns, in the language of the reader.
    pub header: Vec<String>,
    /// The rows, one cell per column.
    pub rows: Vec<Vec<Cell>>,
}

impl List {
    /// No rows yet.
    pub fn new(header: Vec<String>) -> Self {
        List {
            header,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }

    /// The columns that hold numbers.
    pub fn numbers(&self) -> Vec<usize> {
        (0..self.header.len())
            .filter(|at| {
                self.rows
                    .iter()
                    .any(|row| row.get(*at).is_some_and(Cell::is_number))
            })
            .collect()
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`ExchangeError::Write`], [`ExchangeError::Encoding`].
    pub fn write(&self, format: Format, encoding: Encoding) -> Result<Vec<u8>, ExchangeError> {
        match format {
            Format::Xlsx => self
                .xlsx()
                .map_err(|error| ExchangeError::Write(error.to_string())),
            Format::Csv => self.csv(encoding),
        }
    }

    fn csv(&self, encoding: Encoding) -> Result<Vec<u8>, ExchangeError> {
        let failed = |error: &dyn std::fmt::Display| ExchangeError::Write(error.to_string());
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer
            .write_record(self.header.iter().map(|text| harmless(text).into_owned()))
            .map_err(|error| failed(&error))?;
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Text(text) => harmless(text).into_owned(),
                other => other.to_string(),
            });
            writer.write_record(cells).map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        let text = String::from_utf8(bytes).map_err(|error| failed(&error))?;
        encode(&text, encoding)
    }

    fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let head = Look::new().set_bold().set_border_bottom(FormatBorder::Thin);
        let text = Look::new().set_num_format("@");
        let yuan = Look::new().set_num_format("#,##0.00");
        let day = Look::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet();
        sheet.set_freeze_panes(1, 0)?;
        for (at, heading) in (0_u16..).zip(&self.header) {
            sheet.write_string_with_format(0, at, heading, &head)?;
            sheet.set_column_width(at, self.width(usize::from(at)))?;
        }
        for (line, row) in (1_u32..).zip(&self.rows) {
            for (at, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Yuan(amount) if exact(&amount.to_string()) => {
                        sheet.write_number_with_format(
                            line,
                            at,
                            number(&amount.to_string()),
                            &yuan,
                        )?;
                    }
                    Cell::Int(count) if exact(&count.to_string()) => {
                        sheet.write_number(line, at, number(&count.to_string()))?;
                    }
                    // tidy: allow(float) asks whether a text is a number; nothing is reckoned with it
                    Cell::Number(digits) if exact(digits) && digits.parse::<f64>().is_ok() => {
                        sheet.write_number(line, at, number(digits))?;
                    }
                    Cell::Day(date) => match spreadsheet_day(*date) {
                        Some(date) => {
                            sheet.write_datetime_with_format(line, at, &date, &day)?;
                        }
                        None => {
                            sheet.write_string(line, at, date.to_string())?;
                        }
                    },
                    other => {
                        sheet.write_string_with_format(line, at, other.to_string(), &text)?;
                    }
                }
            }
        }
        book.save_to_buffer()
    }

    /// Width of a column in characters: what its heading and its first rows need.
    fn width(&self, at: usize) -> u32 {
        let cells = self
            .rows
            .iter()
            .take(LOOKED_AT)
            .filter_map(|row| row.get(at));
        let widest = cells
            .map(|cell| cell.to_string().width())
            .max()
            .unwrap_or(0);
        let heading = self.header.get(at).map_or(0, |text| text.width());
        u32::try_from(widest.max(heading).clamp(6, 60) + 2).unwrap_or(8)
    }
}

/// The text so that no spreadsheet takes it for a formula.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A spreadsheet keeps fifteen digits of a number; what has more is written as text.
fn exact(digits: &str) -> bool {
    digits.bytes().filter(u8::is_ascii_digit).count() <= EXACT_DIGITS
}

/// The number that a decimal text says. A spreadsheet stores binary numbers; the nearest one to a text of at most
/// fifteen digits prints as that text again, and nothing is reckoned with it here.
// tidy: allow(float) the only form in which a workbook stores a number
fn number(text: &str) -> f64 {
    text.parse().unwrap_or_default()
}

/// Dates of a spreadsheet begin in 1900, with a leap day that never was; from March 1900 on they are right.
fn spreadsheet_day(day: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok().filter(|year| *year > 1900)?;
    ExcelDateTime::from_ymd(
        year,
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests;
