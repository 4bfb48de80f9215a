//! Published figures: the whole chapter of the account year as embedded data, and files of the same layout.
//!
//! Must not know: how a figure is computed. Source: yearbook 2021, chapter on civil affairs, all figure rows
//! with the words they stand in.

use std::collections::BTreeMap;

use crate::StatisticsError;
use crate::decimal::is_number;
use crate::error::CellFault;

/// The year of the embedded chapter.
pub const ACCOUNT_YEAR: i16 = 2021;

const EMBEDDED: &str = include_str!("../data/published-2021.csv");
const EMBEDDED_NAME: &str = "published-2021.csv";

/// One figure as it was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFigure {
    /// Figure id.
    pub id: String,
    /// The number as printed.
    pub value: String,
    /// Its unit, if the file has the column.
    pub unit: Option<String>,
    /// The words it stands in, if the file has the column.
    pub zh_quote: Option<String>,
    /// Section of the chapter, if the file has the column.
    pub section: Option<String>,
}

/// Printed figures by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    figures: BTreeMap<String, PublishedFigure>,
}

impl Published {
    /// No figures: what a year without a published chapter is compared with.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The embedded chapter of [`ACCOUNT_YEAR`].
    ///
    /// # Errors
    /// [`StatisticsError::PublishedCell`] if the embedded file is damaged, which a test excludes.
    pub fn embedded() -> Result<Self, StatisticsError> {
        Self::parse(EMBEDDED_NAME, EMBEDDED.as_bytes())
    }

    /// What was printed for a year: the embedded chapter for its own year, otherwise nothing.
    ///
    /// # Errors
    /// See [`Published::embedded`].
    pub fn of_year(year: i16) -> Result<Self, StatisticsError> {
        if year == ACCOUNT_YEAR {
            Self::embedded()
        } else {
            Ok(Self::none())
        }
    }

    /// Reads a CSV text (UTF-8, with or without byte order mark). `file` is what errors call it.
    ///
    /// # Errors
    /// [`StatisticsError::PublishedFile`] if it is not such a file, [`StatisticsError::PublishedCell`] with row
    /// and column for an empty id, an id given twice, or a value that is not a number.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, StatisticsError> {
        let unreadable = |reason: String| StatisticsError::PublishedFile {
            file: file.to_owned(),
            reason,
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let headers = reader
            .headers()
            .map_err(|error| unreadable(error.to_string()))?
            .clone();
        let column = |name: &str| headers.iter().position(|header| header.trim() == name);
        let needed = |name: &str| {
            column(name).ok_or_else(|| unreadable(format!("there is no column `{name}`")))
        };
        let (id_column, value_column) = (needed("id")?, needed("value")?);
        let (unit, zh_quote, section) = (column("unit"), column("zh_quote"), column("section"));

        let mut figures = BTreeMap::new();
        for (row, record) in (2..).zip(reader.records()) {
            let record = record.map_err(|error| unreadable(error.to_string()))?;
            let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
            let refused = |fault, found: &str| StatisticsError::PublishedCell {
                file: file.to_owned(),
                row,
                found: found.to_owned(),
                fault,
            };
            let (id, value) = (cell(id_column), cell(value_column));
            if id.is_empty() {
                return Err(refused(CellFault::NoId, &id));
            }
            if !is_number(&value) {
                return Err(refused(CellFault::NoNumber, &value));
            }
            let figure = PublishedFigure {
                id: id.clone(),
                value,
                unit: unit.map(cell),
                zh_quote: zh_quote.map(cell),
                section: section.map(cell),
            };
            if figures.insert(id.clone(), figure).is_some() {
                return Err(refused(CellFault::Twice, &id));
            }
        }
        Ok(Self { figures })
    }

    /// The printed figure with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&PublishedFigure> {
        self.figures.get(id)
    }

    /// All printed figures, by id.
    pub fn iter(&self) -> impl Iterator<Item = &PublishedFigure> {
        self.figures.values()
    }

    /// How many figures were printed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.figures.len()
    }

    /// Whether nothing was printed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_chapter_has_all_116_figure_rows_with_unit_and_words() {
        let chapter = Published::embedded().unwrap();
        assert_eq!(chapter.len(), 116);
        for figure in chapter.iter() {
            assert!(
                figure.unit.as_ref().is_some_and(|unit| !unit.is_empty()),
                "{}",
                figure.id
            );
            assert!(
                figure
                    .zh_quote
                    .as_ref()
                    .is_some_and(|quote| !quote.is_empty()),
                "{}",
                figure.id
            );
            assert!(figure.section.is_some(), "{}", figure.id);
        }
        assert_eq!(chapter.get("A18").unwrap().value, "2655.03");
        assert_eq!(chapter.get("RV-05").unwrap().value, "539.73");
        assert_eq!(chapter.get("A32").unwrap().value, "109.847");
    }

    #[test]
    fn another_year_has_no_published_chapter() {
        assert!(Published::of_year(2022).unwrap().is_empty());
        assert_eq!(Published::of_year(ACCOUNT_YEAR).unwrap().len(), 116);
    }

    #[test]
    fn a_file_may_have_a_mark_other_columns_and_any_column_order() {
        let text = "\u{feff}value,note,id\n 2655.03 ,x,A18\n";
        let file = Published::parse("f.csv", text.as_bytes()).unwrap();
        assert_eq!(file.get("A18").unwrap().value, "2655.03");
        assert_eq!(file.get("A18").unwrap().unit, None);
    }

    #[test]
    fn a_bad_file_is_named_with_row_and_column() {
        let said = |text: &str| {
            Published::parse("f.csv", text.as_bytes())
                .unwrap_err()
                .to_string()
        };
        assert!(
            said("id,value\nA05,2526\nA06,5 497\n")
                .starts_with("f.csv: row 3, column value: `5 497` is not a number")
        );
        assert!(
            said("id,value\nA05,1\nA05,1\n")
                .starts_with("f.csv: row 3, column id: `A05` stands in the file twice")
        );
        assert!(said("id,value\n,1\n").starts_with("f.csv: row 2, column id: `` is empty"));
        assert!(said("id,wert\nA05,1\n").starts_with("f.csv: there is no column `value`"));
        assert!(said("id,value\nA05,1,2\n").starts_with("f.csv: "));
    }
}
