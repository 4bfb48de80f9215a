//! A form that somebody sent, filled in place. Only the cells that are filled are written anew; every other byte of
//! the sheet, and every other part of the workbook but the lists of sheets and of looks, is copied as it is. So what
//! we do not understand is not lost.
//!
//! Source: ECMA-376 part 1, 18.3 (sheets), 18.8 (looks).

mod look;
mod parts;
mod sheet;

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

use crate::ExchangeError;
use crate::list::{Cell, List};
use crate::table::{Limits, measure};

/// How a cell is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It was filled.
    Filled,
    /// Nobody was found for its row.
    NotFound,
}

/// A cell to be written or only marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its line, from 1.
    pub line: u32,
    /// Its column, from 0.
    pub column: usize,
    /// What is written; none leaves what is there.
    pub value: Option<Cell>,
    /// How it is marked.
    pub mark: Mark,
}

/// A workbook that is a form.
pub struct Form<'b> {
    bytes: &'b [u8],
    workbook: String,
    rels: String,
    types: String,
    styles: String,
}

const WORKBOOK: &str = "xl/workbook.xml";
const RELS: &str = "xl/_rels/workbook.xml.rels";
const TYPES: &str = "[Content_Types].xml";
const STYLES: &str = "xl/styles.xml";

impl<'b> Form<'b> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// [`ExchangeError::TooLarge`], [`ExchangeError::Unreadable`].
    pub fn open(bytes: &'b [u8], limits: &Limits) -> Result<Self, ExchangeError> {
        measure(bytes, limits)?;
        Ok(Form {
            bytes,
            workbook: part(bytes, WORKBOOK)?,
            rels: part(bytes, RELS)?,
            types: part(bytes, TYPES)?,
            styles: part(bytes, STYLES)?,
        })
    }

    /// Cells that must not be written: they hold a formula, or lie hidden in a merged range.
    ///
    /// # Errors
    /// [`ExchangeError::Unreadable`].
    pub fn fixed(&self, sheet: &str) -> Result<BTreeSet<(u32, usize)>, ExchangeError> {
        let path = parts::path_of(&self.workbook, &self.rels, sheet)?;
        sheet::fixed(&part(self.bytes, &path)?)
    }

    /// The workbook with the cells written and a sheet that says what was done.
    ///
    /// # Errors
    /// [`ExchangeError::Unreadable`].
    pub fn fill(
        &self,
        sheet: &str,
        edits: &[Edit],
        legend: (&str, &List),
    ) -> Result<Vec<u8>, ExchangeError> {
        let path = parts::path_of(&self.workbook, &self.rels, sheet)?;
        let mut looks = look::Looks::read(&self.styles)?;
        let filled = sheet::rewrite(&part(self.bytes, &path)?, edits, &mut looks)?;
        let added = parts::add_sheet(&self.workbook, &self.rels, &self.types, legend.0)?;
        let written = [
            (path.as_str(), filled),
            (STYLES, looks.write(&self.styles)?),
            (WORKBOOK, added.workbook),
            (RELS, added.rels),
            (TYPES, added.types),
        ];
        let failed = |error: &dyn std::fmt::Display| ExchangeError::Write(error.to_string());
        let mut from =
            zip::ZipArchive::new(Cursor::new(self.bytes)).map_err(|error| failed(&error))?;
        let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for at in 0..from.len() {
            let entry = from.by_index_raw(at).map_err(|error| failed(&error))?;
            let written_name = entry.name().map_err(|error| failed(&error))?.into_owned();
            let name = written_name.trim_start_matches('/').to_owned();
            match written.iter().find(|(path, _)| *path == name) {
                None => to.raw_copy_file(entry).map_err(|error| failed(&error))?,
                Some((_, text)) => {
                    to.start_file(written_name.as_str(), options)
                        .map_err(|error| failed(&error))?;
                    to.write_all(text.as_bytes())
                        .map_err(|error| failed(&error))?;
                }
            }
        }
        to.start_file(added.path, options)
            .map_err(|error| failed(&error))?;
        to.write_all(sheet::of_list(legend.1).as_bytes())
            .map_err(|error| failed(&error))?;
        let bytes = to.finish().map_err(|error| failed(&error))?;
        Ok(bytes.into_inner())
    }
}

fn part(bytes: &[u8], path: &str) -> Result<String, ExchangeError> {
    let mut packed =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut text = String::new();
    let entry = packed.by_name(path);
    entry
        .map_err(|_| unreadable(&format!("it has no {path}")))?
        .read_to_string(&mut text)
        .map_err(|error| unreadable(&error))?;
    Ok(text)
}

fn unreadable(error: &dyn std::fmt::Display) -> ExchangeError {
    ExchangeError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests;
