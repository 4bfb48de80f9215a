//! Inputs as files that people can read: one CSV file per table, with a heading.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use crate::error::PlanError;

/// A column of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// File, without `.csv`.
    pub table: &'static str,
    /// Heading.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

/// One table: its columns, and a row for each record.
pub(super) struct Table<'a, T> {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, &'static str)],
    pub(super) rows: &'a [T],
    pub(super) cells: fn(&T) -> Vec<String>,
}

impl<T> Table<'_, T> {
    pub(super) fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.columns.iter().map(|(name, meaning)| Column {
            table: self.name,
            name,
            meaning,
        })
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), PlanError> {
        let mut text = String::new();
        let heading: Vec<String> = self
            .columns
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        line(&mut text, &heading);
        for row in self.rows {
            line(&mut text, &(self.cells)(row));
        }
        let path = dir.join(format!("{}.csv", self.name));
        fs::write(&path, text).map_err(|error| PlanError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        })
    }
}

fn line(text: &mut String, cells: &[String]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

/// A cell that may be empty.
pub(super) fn or_empty<T: Display>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn cells_with_commas_and_quotes_read_back() {
        let mut text = String::new();
        super::line(
            &mut text,
            &[
                "a,b".to_owned(),
                "say \"x\"".to_owned(),
                String::new(),
                "泽仁".to_owned(),
            ],
        );
        assert_eq!(text, "\"a,b\",\"say \"\"x\"\"\",,泽仁\n");
    }
}
