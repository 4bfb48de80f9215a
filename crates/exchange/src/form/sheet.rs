//! One sheet, cell by cell. What is not written anew is copied as the bytes that it was.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::look::{Looks, place, with_attributes};
use super::parts::{attribute, local, local_of_end};
use super::{Edit, unreadable};
use crate::ExchangeError;
use crate::list::{Cell, List};
use crate::table::letters;

/// Column and line of `BC12`, from 0 and from 1.
fn address(text: &str) -> Option<(usize, u32)> {
    let split = text.find(|sign: char| sign.is_ascii_digit())?;
    let (column, line) = text.split_at(split);
    let mut number = 0_usize;
    for letter in column.bytes() {
        if !letter.is_ascii_uppercase() {
            return None;
        }
        number = number
            .checked_mul(26)?
            .checked_add(usize::from(letter - b'A') + 1)?;
    }
    Some((number.checked_sub(1)?, line.parse().ok()?))
}

/// Where the next cell without an address stands.
#[derive(Default)]
struct Cursor {
    line: u32,
    column: usize,
}

impl Cursor {
    fn row(&mut self, tag: &BytesStart<'_>) -> Result<(), ExchangeError> {
        let written = attribute(tag, "r")?.and_then(|line| line.parse().ok());
        self.line = written.unwrap_or(self.line.saturating_add(1));
        self.column = 0;
        Ok(())
    }

    /// The column of a cell; the next one stands behind it.
    fn cell(&mut self, tag: &BytesStart<'_>) -> Result<usize, ExchangeError> {
        let written = attribute(tag, "r")?.and_then(|text| address(&text));
        let column = written.map_or(self.column, |(column, _)| column);
        self.column = column.saturating_add(1);
        Ok(column)
    }
}

/// Cells with a formula, and cells hidden in a merged range.
pub(super) fn fixed(text: &str) -> Result<BTreeSet<(u32, usize)>, ExchangeError> {
    /// Cells of a merged range looked at; a range over whole columns hides more than any form has rows.
    const LARGEST: usize = 100_000;
    let mut found = BTreeSet::new();
    let mut cursor = Cursor::default();
    let mut cell = (0, 0);
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|error| unreadable(&error))? {
            Event::Eof => return Ok(found),
            Event::Start(tag) | Event::Empty(tag) => match local(&tag).as_str() {
                "row" => cursor.row(&tag)?,
                "c" => cell = (cursor.line, cursor.cell(&tag)?),
                "f" => {
                    found.insert(cell);
                }
                "mergeCell" => {
                    let range = attribute(&tag, "ref")?.unwrap_or_default();
                    let ends = range
                        .split_once(':')
                        .and_then(|(from, to)| Some((address(from)?, address(to)?)));
                    if let Some(((left, top), (right, bottom))) = ends {
                        let all = (top..=bottom)
                            .flat_map(|line| (left..=right).map(move |column| (line, column)));
                        found.extend(all.skip(1).take(LARGEST));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// The sheet with cells written anew.
pub(super) fn rewrite(
    text: &str,
    edits: &[Edit],
    looks: &mut Looks,
) -> Result<String, ExchangeError> {
    let mut of_lines: BTreeMap<u32, BTreeMap<usize, &Edit>> = BTreeMap::new();
    for edit in edits {
        of_lines
            .entry(edit.line)
            .or_default()
            .insert(edit.column, edit);
    }
    let mut out = String::with_capacity(text.len() + edits.len() * 80);
    let mut cursor = Cursor::default();
    let mut row: BTreeMap<usize, &Edit> = BTreeMap::new();
    let mut reader = Reader::from_str(text);
    loop {
        let from = place(&reader);
        let event = reader.read_event().map_err(|error| unreadable(&error))?;
        let raw = text.get(from..place(&reader)).unwrap_or_default();
        match event {
            Event::Eof => break,
            Event::Start(tag) if local(&tag) == "row" => {
                cursor.row(&tag)?;
                row = of_lines.remove(&cursor.line).unwrap_or_default();
                out.push_str(&if row.is_empty() {
                    raw.to_owned()
                } else {
                    without_spans(raw)?
                });
            }
            Event::End(tag) if local_of_end(&tag) == "row" => {
                for (column, edit) in std::mem::take(&mut row) {
                    out.push_str(&new_cell(cursor.line, column, edit, 0, looks));
                }
                out.push_str(raw);
            }
            Event::Empty(tag) if local(&tag) == "row" => {
                cursor.row(&tag)?;
                let Some(edits) = of_lines.remove(&cursor.line) else {
                    out.push_str(raw);
                    continue;
                };
                let tag = raw.trim_start_matches('<').trim_end_matches("/>");
                out.push_str(&format!("<{}>", with_attributes(tag, &[("spans", "")])?));
                for (column, edit) in edits {
                    out.push_str(&new_cell(cursor.line, column, edit, 0, looks));
                }
                out.push_str("</row>");
            }
            Event::Empty(tag) if local(&tag) == "c" => {
                let column = cursor.cell(&tag)?;
                insert_before(&mut out, &mut row, cursor.line, column, looks);
                match row.remove(&column) {
                    None => out.push_str(raw),
                    Some(edit) => {
                        out.push_str(&new_cell(cursor.line, column, edit, look_of(&tag)?, looks))
                    }
                }
            }
            Event::Start(tag) if local(&tag) == "c" => {
                let column = cursor.cell(&tag)?;
                insert_before(&mut out, &mut row, cursor.line, column, looks);
                let Some(edit) = row.remove(&column) else {
                    out.push_str(raw);
                    continue;
                };
                let look = look_of(&tag)?;
                let inside = place(&reader);
                reader
                    .read_to_end(tag.name())
                    .map_err(|error| unreadable(&error))?;
                if edit.value.is_some() {
                    out.push_str(&new_cell(cursor.line, column, edit, look, looks));
                } else {
                    let marked = looks.marked(look, edit.mark).to_string();
                    let tag = raw.trim_start_matches('<').trim_end_matches('>');
                    out.push_str(&format!("<{}>", with_attributes(tag, &[("s", &marked)])?));
                    out.push_str(text.get(inside..place(&reader)).unwrap_or_default());
                }
            }
            _ => out.push_str(raw),
        }
    }
    if of_lines.is_empty() && row.is_empty() {
        Ok(out)
    } else {
        Err(unreadable(&"a row of the form was not found again"))
    }
}

fn insert_before(
    out: &mut String,
    row: &mut BTreeMap<usize, &Edit>,
    line: u32,
    column: usize,
    looks: &mut Looks,
) {
    while let Some((first, edit)) = row.first_key_value().map(|(first, edit)| (*first, *edit)) {
        if first >= column {
            break;
        }
        row.remove(&first);
        out.push_str(&new_cell(line, first, edit, 0, looks));
    }
}

fn look_of(tag: &BytesStart<'_>) -> Result<usize, ExchangeError> {
    Ok(attribute(tag, "s")?
        .and_then(|look| look.parse().ok())
        .unwrap_or(0))
}

/// The row may be wider now than it said.
fn without_spans(raw: &str) -> Result<String, ExchangeError> {
    let tag = raw.trim_start_matches('<').trim_end_matches('>');
    Ok(format!("<{}>", with_attributes(tag, &[("spans", "")])?))
}

fn new_cell(line: u32, column: usize, edit: &Edit, look: usize, looks: &mut Looks) -> String {
    let look = looks.marked(look, edit.mark);
    let start = format!("<c r=\"{}{line}\" s=\"{look}\"", letters(column));
    let text = |text: &str| {
        format!(
            "{start} t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            escape(text)
        )
    };
    match &edit.value {
        None | Some(Cell::Empty) => format!("{start}/>"),
        Some(Cell::Int(number)) if number.unsigned_abs() < 1_000_000_000_000_000 => {
            format!("{start}><v>{number}</v></c>")
        }
        Some(Cell::Yuan(amount)) if amount.get().unsigned_abs() < 1_000_000_000_000_000 => {
            format!("{start}><v>{amount}</v></c>")
        }
        Some(other) => text(&other.to_string()),
    }
}

/// A sheet of its own that holds a list as text.
pub(super) fn of_list(list: &List) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
    );
    let header = list
        .header
        .iter()
        .map(|text| Cell::from(text.as_str()))
        .collect::<Vec<_>>();
    for (line, row) in (1_u32..).zip(std::iter::once(&header).chain(&list.rows)) {
        out.push_str(&format!("<row r=\"{line}\">"));
        for (column, cell) in row
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell != Cell::Empty)
        {
            out.push_str(&format!(
                "<c r=\"{}{line}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                letters(column),
                escape(cell.to_string())
            ));
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData></worksheet>");
    out
}
