//! Workbooks (.xlsx). The sizes of what is packed are counted by unpacking it once into nothing, whatever the file
//! says about itself, before anything is built from it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Sheet, SheetType, Xlsx};
use minsheng_core::Date;

use super::{Limits, Line, Table, Value, number};
use crate::ExchangeError;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ExchangeError> {
    measure(bytes, limits)?;
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet: &&Sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut tables = Vec::new();
    let mut count = 0;
    for name in names {
        let mut lines: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
        let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
        while let Some(cell) = cells.next_cell().map_err(unreadable)? {
            let value = value(cell.get_value());
            if value.is_empty() {
                continue;
            }
            let (row, column) = cell.get_position();
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            count += 1;
            limits.check(column.saturating_add(1), count)?;
            let line = lines.entry(row).or_default();
            if line.len() <= column {
                line.resize(column + 1, Value::Empty);
            }
            if let Some(place) = line.get_mut(column) {
                *place = value;
            }
        }
        let lines: Vec<Line> = lines
            .into_iter()
            .map(|(row, cells)| Line {
                number: row.saturating_add(1),
                cells,
            })
            .collect();
        if !lines.is_empty() {
            tables.push(Table { sheet: name, lines });
        }
    }
    Ok(tables)
}

fn value(cell: &DataRef<'_>) -> Value {
    match cell {
        DataRef::Empty => Value::Empty,
        DataRef::Int(whole) => Value::Number(whole.to_string()),
        DataRef::Float(float) => number::value(*float),
        DataRef::String(text) => Value::from(text.as_str()),
        DataRef::SharedString(text) => Value::from(*text),
        DataRef::Bool(yes) => Value::from(if *yes { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = i16::try_from(year)
                .ok()
                .zip(i8::try_from(month).ok())
                .zip(i8::try_from(day).ok())
                .and_then(|((year, month), day)| Date::new(year, month, day).ok());
            date.map_or_else(|| Value::Fault(moment.to_string()), Value::Day)
        }
        DataRef::DateTime(span) => number::value(span.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::from(text.as_str()),
        DataRef::Error(error) => Value::Fault(error.to_string()),
    }
}

fn unreadable(error: calamine::XlsxError) -> ExchangeError {
    ExchangeError::Unreadable(error.to_string())
}

/// Refuses a file that unpacks to more than is allowed.
pub(crate) fn measure(bytes: &[u8], limits: &Limits) -> Result<(), ExchangeError> {
    let unreadable = |error: &dyn std::fmt::Display| ExchangeError::Unreadable(error.to_string());
    let mut packed =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut left = limits.unpacked_bytes;
    for at in 0..packed.len() {
        let entry = packed.by_index(at).map_err(|error| unreadable(&error))?;
        let read = std::io::copy(
            &mut entry.take(left.saturating_add(1)),
            &mut std::io::sink(),
        )
        .map_err(|error| unreadable(&error))?;
        left = left.checked_sub(read).ok_or(ExchangeError::TooLarge {
            what: "bytes unpacked",
            limit: usize::try_from(limits.unpacked_bytes).unwrap_or(usize::MAX),
        })?;
    }
    Ok(())
}
