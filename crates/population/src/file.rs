//! One file: its columns by name, and a reader that goes through a column part by part.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::error::PopulationError;

/// An opened file.
#[derive(Clone)]
pub(crate) struct TableFile {
    pub name: String,
    path: PathBuf,
    reader: Arc<SerializedFileReader<File>>,
}

impl TableFile {
    pub fn open(folder: &Path, name: &str) -> Result<TableFile, PopulationError> {
        Self::at(folder.join(name), name)
    }

    fn at(path: PathBuf, name: &str) -> Result<TableFile, PopulationError> {
        let shown = path.display().to_string();
        let file = File::open(&path).map_err(|error| PopulationError::unreadable(&shown, error))?;
        let reader = SerializedFileReader::new(file)
            .map_err(|error| PopulationError::unreadable(&shown, error))?;
        Ok(TableFile {
            name: name.to_owned(),
            path,
            reader: Arc::new(reader),
        })
    }

    /// The same file with a place of its own: readers of one file would move each other's place.
    fn again(&self) -> Result<TableFile, PopulationError> {
        Self::at(self.path.clone(), &self.name)
    }

    /// Number of rows, as the file says.
    pub fn rows(&self) -> u64 {
        let rows = self.reader.metadata().file_metadata().num_rows();
        u64::try_from(rows).unwrap_or(0)
    }

    /// Names of the columns.
    pub fn columns(&self) -> Vec<String> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let columns = schema.columns().iter();
        columns.map(|column| column.path().string()).collect()
    }

    /// A column by its name.
    pub fn find(&self, name: &str) -> Result<(usize, Arc<ColumnDescriptor>), PopulationError> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let place = schema
            .columns()
            .iter()
            .position(|column| column.path().string() == name);
        match place {
            Some(place) => Ok((place, schema.column(place))),
            None => Err(PopulationError::Column {
                file: self.name.clone(),
                column: name.to_owned(),
                problem: "is missing".to_owned(),
                hint: "the population of the pack declares it; write the column, or take it out of the pack".to_owned(),
            }),
        }
    }

    pub fn refuse(
        &self,
        column: &str,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> PopulationError {
        PopulationError::Column {
            file: self.name.clone(),
            column: column.to_owned(),
            problem: problem.into(),
            hint: hint.into(),
        }
    }
}

/// Values as the file stores them.
#[derive(Debug)]
pub(crate) enum Stored {
    Flags(Vec<bool>),
    Small(Vec<i32>),
    Wide(Vec<i64>),
    Texts(Vec<ByteArray>),
}

impl Stored {
    pub fn len(&self) -> usize {
        match self {
            Stored::Flags(values) => values.len(),
            Stored::Small(values) => values.len(),
            Stored::Wide(values) => values.len(),
            Stored::Texts(values) => values.len(),
        }
    }
}

/// Goes through one column, across groups of rows.
pub(crate) struct Cursor {
    file: TableFile,
    column: usize,
    name: String,
    group: usize,
    current: Option<ColumnReader>,
}

impl Cursor {
    pub fn new(file: &TableFile, name: &str) -> Result<Cursor, PopulationError> {
        let (column, _) = file.find(name)?;
        Ok(Cursor {
            file: file.again()?,
            column,
            name: name.to_owned(),
            group: 0,
            current: None,
        })
    }

    /// Reads so many rows, or all that are left; beside the values one level per row, 0 where there is none, unless
    /// the column cannot have gaps.
    pub fn read(&mut self, rows: usize) -> Result<(Stored, Vec<i16>), PopulationError> {
        let mut found: Option<Stored> = None;
        let mut levels = Vec::new();
        let mut left = rows;
        while left > 0 {
            let mut reader = match self.current.take() {
                Some(reader) => reader,
                None => match self.next_group()? {
                    Some(reader) => reader,
                    None => break,
                },
            };
            let read = self.read_group(&mut reader, left, &mut found, &mut levels)?;
            if read > 0 {
                self.current = Some(reader);
            }
            left -= read;
        }
        Ok((found.unwrap_or(Stored::Small(Vec::new())), levels))
    }

    fn next_group(&mut self) -> Result<Option<ColumnReader>, PopulationError> {
        if self.group >= self.file.reader.num_row_groups() {
            return Ok(None);
        }
        let group = self
            .file
            .reader
            .get_row_group(self.group)
            .map_err(|error| self.broken(error))?;
        self.group += 1;
        group
            .get_column_reader(self.column)
            .map(Some)
            .map_err(|error| self.broken(error))
    }

    fn read_group(
        &self,
        reader: &mut ColumnReader,
        rows: usize,
        found: &mut Option<Stored>,
        levels: &mut Vec<i16>,
    ) -> Result<usize, PopulationError> {
        macro_rules! read {
            ($reader:expr, $kind:ident) => {{
                let values = found.get_or_insert_with(|| Stored::$kind(Vec::with_capacity(rows)));
                let Stored::$kind(values) = values else {
                    return Err(self.broken("the groups of rows differ in type"));
                };
                $reader.read_records(rows, Some(levels), None, values)
            }};
        }
        let read = match reader {
            ColumnReader::BoolColumnReader(reader) => read!(reader, Flags),
            ColumnReader::Int32ColumnReader(reader) => read!(reader, Small),
            ColumnReader::Int64ColumnReader(reader) => read!(reader, Wide),
            ColumnReader::ByteArrayColumnReader(reader) => read!(reader, Texts),
            _ => return Err(self.broken("the values are of a type that no evidence has")),
        };
        let (records, _, _) = read.map_err(|error| self.broken(error))?;
        Ok(records)
    }

    fn broken(&self, error: impl std::fmt::Display) -> PopulationError {
        let problem = error.to_string();
        self.file.refuse(
            &self.name,
            problem,
            "the file is damaged, or not written as Parquet: write it anew",
        )
    }
}
