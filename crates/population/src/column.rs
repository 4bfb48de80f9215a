//! One column of evidence: its type is checked when the file is opened, its values as they are read.

use minsheng_columnar::{Column, ColumnDef, Data, Values};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::ColumnDescriptor;

use crate::error::PopulationError;
use crate::file::{Cursor, Stored, TableFile};

/// First and last day that a calendar date can be, counted from 1970-01-01.
const DAYS: (i64, i64) = (-4_371_587, 2_932_896);

/// A column of the file and the evidence that it holds.
pub(crate) struct EvidenceColumn {
    cursor: Cursor,
    file: TableFile,
    name: String,
    values: Values,
    bounds: (i64, i64),
    optional: bool,
    rows_read: u64,
}

impl EvidenceColumn {
    /// Opens a column and checks its type.
    pub fn open(
        file: &TableFile,
        name: &str,
        def: &ColumnDef,
        optional: bool,
    ) -> Result<EvidenceColumn, PopulationError> {
        let (_, descriptor) = file.find(name)?;
        check_type(file, name, &descriptor, &def.values)?;
        let bounds = match def.values {
            Values::Days => DAYS,
            _ => def.bounds,
        };
        Ok(EvidenceColumn {
            cursor: Cursor::new(file, name)?,
            file: file.clone(),
            name: name.to_owned(),
            values: def.values.clone(),
            bounds,
            optional,
            rows_read: 0,
        })
    }

    /// The next rows.
    pub fn read(&mut self, rows: usize) -> Result<Column, PopulationError> {
        let (stored, levels) = self.cursor.read(rows)?;
        let found = if levels.is_empty() {
            stored.len()
        } else {
            levels.len()
        };
        if found != rows {
            let problem = format!("{} rows are missing", rows - found.min(rows));
            return Err(self.file.refuse(
                &self.name,
                problem,
                "all columns of a file are equally long",
            ));
        }
        let missing = self.missing(&stored, &levels)?;
        let values = self.typed(stored)?;
        let (data, missing) = match missing {
            None => (values, None),
            Some(missing) => (with_gaps(values, &missing), Some(missing)),
        };
        let (least, most) = self.check_bounds(&data)?;
        self.rows_read += rows as u64;
        let column = Column::new(data).with_ends(least, most);
        Ok(match missing {
            None => column,
            Some(missing) => column.with_missing(missing),
        })
    }

    /// Marks of what is not known; a gap in a column that is not optional is refused.
    fn missing(&self, stored: &Stored, levels: &[i16]) -> Result<Option<Vec<u8>>, PopulationError> {
        if levels.is_empty() || stored.len() == levels.len() {
            return Ok(None);
        }
        let gap = levels.iter().position(|level| *level == 0);
        match gap {
            Some(row) if !self.optional => Err(self.refuse(
                row,
                "null is not a value here".to_owned(),
                "write the value; where it may be unknown, the pack declares the column `optional = true`",
            )),
            _ => Ok(Some(levels.iter().map(|level| u8::from(*level == 0)).collect())),
        }
    }

    fn typed(&self, stored: Stored) -> Result<Data, PopulationError> {
        Ok(match stored {
            Stored::Flags(values) => Data::Mask(values.into_iter().map(u8::from).collect()),
            Stored::Small(values) => Data::Small(values),
            Stored::Wide(values) => Data::Wide(values),
            Stored::Texts(values) => {
                let mut codes = Vec::with_capacity(values.len());
                for (row, text) in values.iter().enumerate() {
                    codes.push(self.code(row, text.data())?);
                }
                Data::Small(codes)
            }
        })
    }

    fn code(&self, row: usize, text: &[u8]) -> Result<i32, PopulationError> {
        let shown = || String::from_utf8_lossy(text).into_owned();
        match &self.values {
            Values::Codes(codes) => match codes.iter().position(|code| code.as_bytes() == text) {
                Some(place) => Ok(place as i32),
                None => Err(self.refuse(
                    row,
                    format!("unknown code \"{}\"", shown()),
                    &format!("known: {}", codes.join(", ")),
                )),
            },
            Values::Digits(parts) => {
                let digits: Vec<i64> = text.iter().map(|byte| i64::from(*byte) - 48).collect();
                let fits = digits.len() == parts.len()
                    && digits
                        .iter()
                        .zip(parts)
                        .all(|(digit, (low, high))| (low..=high).contains(&digit));
                if !fits {
                    let wanted: Vec<String> = parts
                        .iter()
                        .map(|(low, high)| format!("{low} to {high}"))
                        .collect();
                    return Err(self.refuse(
                        row,
                        format!("unknown code \"{}\"", shown()),
                        &format!("digits: {}", wanted.join(", ")),
                    ));
                }
                Ok(digits
                    .iter()
                    .fold(0, |number, digit| number * 10 + *digit as i32))
            }
            _ => Err(self.refuse(row, "a text".to_owned(), "write no text here")),
        }
    }

    /// What the boundary lets in; the smallest and the largest value. Rows without a value hold 0, which is none.
    fn check_bounds(&self, data: &Data) -> Result<(i64, i64), PopulationError> {
        let (low, high) = self.bounds;
        let zero = self.optional || low <= 0;
        let wrong = |value: i64| (value < low || value > high) && !(value == 0 && zero);
        // One pass that the compiler turns into vector instructions; the place is searched for only then.
        let (least, most) = match data {
            Data::Mask(_) => return Ok((0, 1)),
            Data::Small(values) => {
                let (least, most) = pulp::Arch::new().dispatch(Ends(values));
                (i64::from(least), i64::from(most))
            }
            Data::Wide(values) => pulp::Arch::new().dispatch(Ends(values)),
        };
        if !wrong(least) && !wrong(most) {
            return Ok((least, most));
        }
        let found = match data {
            Data::Mask(_) => None,
            Data::Small(values) => values.iter().position(|value| wrong((*value).into())),
            Data::Wide(values) => values.iter().position(|value| wrong(*value)),
        };
        let Some(row) = found else {
            return Ok((least, most));
        };
        let value = match data {
            Data::Mask(values) => i64::from(values[row]),
            Data::Small(values) => i64::from(values[row]),
            Data::Wide(values) => values[row],
        };
        Err(if value < low {
            self.refuse(
                row,
                format!("{value} is too small"),
                &format!("at least {low}"),
            )
        } else {
            self.refuse(
                row,
                format!("{value} is too large"),
                &format!("at most {high}"),
            )
        })
    }

    fn refuse(&self, row: usize, problem: String, hint: &str) -> PopulationError {
        PopulationError::Value {
            file: self.file.name.clone(),
            column: self.name.clone(),
            row: self.rows_read + row as u64 + 1,
            problem,
            hint: hint.to_owned(),
        }
    }
}

/// The smallest and the largest of some values.
struct Ends<'v, T>(&'v [T]);

impl<T: Copy + Ord + Default> pulp::NullaryFnOnce for Ends<'_, T> {
    type Output = (T, T);

    #[inline(always)]
    fn call(self) -> (T, T) {
        let first = self.0.first().copied().unwrap_or_default();
        let (mut low, mut high) = (first, first);
        for value in self.0 {
            low = low.min(*value);
            high = high.max(*value);
        }
        (low, high)
    }
}

fn with_gaps(data: Data, missing: &[u8]) -> Data {
    fn spread<T: Copy + Default>(values: &[T], missing: &[u8]) -> Vec<T> {
        let mut next = values.iter();
        let value = |gap: &u8| {
            if *gap == 1 {
                None
            } else {
                next.next().copied()
            }
        };
        missing
            .iter()
            .map(value)
            .map(Option::unwrap_or_default)
            .collect()
    }
    match data {
        Data::Mask(values) => Data::Mask(spread(&values, missing)),
        Data::Small(values) => Data::Small(spread(&values, missing)),
        Data::Wide(values) => Data::Wide(spread(&values, missing)),
    }
}

/// Whether a column of the file can hold such values at all.
fn check_type(
    file: &TableFile,
    name: &str,
    found: &ColumnDescriptor,
    wanted: &Values,
) -> Result<(), PopulationError> {
    let refuse = |wanted: &str| {
        let problem = format!("expected {wanted}, found {}", shown(found));
        Err(file.refuse(
            name,
            problem,
            "write the column in that type; nothing is converted unasked",
        ))
    };
    if found.max_rep_level() > 0 {
        return refuse("one value per row");
    }
    let (physical, logical) = (found.physical_type(), found.logical_type_ref());
    let whole = matches!(physical, Physical::INT32 | Physical::INT64)
        && match logical {
            None => matches!(
                found.converted_type(),
                ConvertedType::NONE
                    | ConvertedType::INT_8
                    | ConvertedType::INT_16
                    | ConvertedType::INT_32
                    | ConvertedType::INT_64
            ),
            Some(LogicalType::Integer(whole)) => whole.is_signed,
            Some(_) => false,
        };
    let day = physical == Physical::INT32
        && (matches!(logical, Some(LogicalType::Date))
            || found.converted_type() == ConvertedType::DATE);
    match wanted {
        Values::Flags if physical != Physical::BOOLEAN => refuse("true or false"),
        Values::Days if !day => refuse("days (DATE)"),
        Values::Numbers if !whole => refuse("whole numbers (amounts are whole fen)"),
        Values::Codes(_) | Values::Digits(_) if physical != Physical::BYTE_ARRAY => refuse("texts"),
        Values::Records => Err(file.refuse(
            name,
            "a list of records cannot stand in a column",
            "leave the evidence out of the population; it is then unknown",
        )),
        _ => Ok(()),
    }
}

fn shown(found: &ColumnDescriptor) -> String {
    match (found.logical_type_ref(), found.converted_type()) {
        (Some(logical), _) => format!("{:?} ({logical:?})", found.physical_type()),
        (None, ConvertedType::NONE) => format!("{:?}", found.physical_type()),
        (None, converted) => format!("{:?} ({converted:?})", found.physical_type()),
    }
}

/// Ids: whole numbers without gaps.
pub(crate) struct IdColumn {
    cursor: Cursor,
    file: TableFile,
    name: String,
}

impl IdColumn {
    pub fn open(file: &TableFile, name: &str) -> Result<IdColumn, PopulationError> {
        let (_, descriptor) = file.find(name)?;
        check_type(file, name, &descriptor, &Values::Numbers)?;
        Ok(IdColumn {
            cursor: Cursor::new(file, name)?,
            file: file.clone(),
            name: name.to_owned(),
        })
    }

    /// The next rows, fewer at the end.
    pub fn read(&mut self, rows: usize) -> Result<Vec<i64>, PopulationError> {
        let (stored, levels) = self.cursor.read(rows)?;
        if !levels.is_empty() && stored.len() != levels.len() {
            return Err(self
                .file
                .refuse(&self.name, "null is no id", "every row has an id"));
        }
        Ok(match stored {
            Stored::Wide(values) => values,
            Stored::Small(values) => values.into_iter().map(i64::from).collect(),
            Stored::Flags(_) | Stored::Texts(_) => Vec::new(),
        })
    }
}
