//! What crosses the port: values to be bound, rows that come back. Integers are 64 bit on both engines;
//! there is no float, no boolean and no date type inside of the database.

use minsheng_core::{Date, Fen, Month, Timestamp, date_of_epoch_day, epoch_day};

use crate::StoreError;

/// The number of a transaction; recorded time. "As known at `n`" is everything with `tx <= n` that no
/// transaction `<= n` superseded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxNo(pub i64);

impl TxNo {
    /// Before the first transaction: nothing is known.
    pub const NONE: TxNo = TxNo(0);
}

impl std::fmt::Display for TxNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One column of one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing recorded.
    Null,
    /// INTEGER: numbers, fen, epoch days, months, 0/1, division codes, transaction numbers.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB.
    Blob(Vec<u8>),
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Int(_) => "an integer",
            Value::Text(_) => "a text",
            Value::Blob(_) => "bytes",
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Value::Blob(value.to_vec())
    }
}

impl From<Fen> for Value {
    fn from(value: Fen) -> Self {
        Value::Int(value.get())
    }
}

impl From<Month> for Value {
    fn from(value: Month) -> Self {
        Value::Int(i64::from(value.index()))
    }
}

impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Value::Int(epoch_day(value))
    }
}

impl From<TxNo> for Value {
    fn from(value: TxNo) -> Self {
        Value::Int(value.0)
    }
}

impl From<Timestamp> for Value {
    /// Microseconds since 1970-01-01T00:00:00Z.
    fn from(value: Timestamp) -> Self {
        Value::Int(value.as_microsecond())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// One row of an answer. Columns are read by position, from 0; a column that does not hold what the reader
/// expects is [`StoreError::Inconsistent`], never a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    statement: &'static str,
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(statement: &'static str, values: Vec<Value>) -> Self {
        Row { statement, values }
    }

    /// All columns in their order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The column as it is.
    pub fn value(&self, column: usize) -> Result<&Value, StoreError> {
        self.values.get(column).ok_or_else(|| {
            let columns = self.values.len();
            self.inconsistent(column, format!("the row has {columns} columns"))
        })
    }

    fn inconsistent(&self, column: usize, reason: String) -> StoreError {
        StoreError::Inconsistent {
            statement: self.statement.to_owned(),
            column,
            reason,
        }
    }

    fn unexpected(&self, column: usize, wanted: &str, found: &Value) -> StoreError {
        self.inconsistent(
            column,
            format!("{wanted} was expected, {} was found", found.kind()),
        )
    }

    /// An integer.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.value(column)? {
            Value::Int(value) => Ok(*value),
            other => Err(self.unexpected(column, "an integer", other)),
        }
    }

    /// An integer or nothing.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.optional(column, Row::int)
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.value(column)? {
            Value::Text(value) => Ok(value),
            other => Err(self.unexpected(column, "a text", other)),
        }
    }

    /// A text or nothing.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        self.optional(column, Row::text)
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.value(column)? {
            Value::Blob(value) => Ok(value),
            other => Err(self.unexpected(column, "bytes", other)),
        }
    }

    /// Bytes or nothing.
    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        self.optional(column, Row::blob)
    }

    /// 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => {
                Err(self.inconsistent(column, format!("0 or 1 was expected, {other} was found")))
            }
        }
    }

    /// 0, 1 or nothing.
    pub fn opt_bool(&self, column: usize) -> Result<Option<bool>, StoreError> {
        self.optional(column, Row::bool)
    }

    /// Money.
    pub fn fen(&self, column: usize) -> Result<Fen, StoreError> {
        self.int(column).map(Fen::new)
    }

    /// Money or nothing.
    pub fn opt_fen(&self, column: usize) -> Result<Option<Fen>, StoreError> {
        self.optional(column, Row::fen)
    }

    /// A civil day, stored as days since 1970-01-01.
    pub fn date(&self, column: usize) -> Result<Date, StoreError> {
        let day = self.int(column)?;
        date_of_epoch_day(day).map_err(|_| self.inconsistent(column, format!("{day} is not a day")))
    }

    /// A civil day or nothing.
    pub fn opt_date(&self, column: usize) -> Result<Option<Date>, StoreError> {
        self.optional(column, Row::date)
    }

    /// A month, stored as year * 12 + month - 1.
    pub fn month(&self, column: usize) -> Result<Month, StoreError> {
        let index = self.int(column)?;
        i32::try_from(index)
            .ok()
            .and_then(|index| Month::from_index(index).ok())
            .ok_or_else(|| self.inconsistent(column, format!("{index} is not a month")))
    }

    /// A month or nothing.
    pub fn opt_month(&self, column: usize) -> Result<Option<Month>, StoreError> {
        self.optional(column, Row::month)
    }

    /// A transaction number.
    pub fn tx(&self, column: usize) -> Result<TxNo, StoreError> {
        self.int(column).map(TxNo)
    }

    /// A transaction number or nothing.
    pub fn opt_tx(&self, column: usize) -> Result<Option<TxNo>, StoreError> {
        self.optional(column, Row::tx)
    }

    fn optional<'r, T>(
        &'r self,
        column: usize,
        read: impl FnOnce(&'r Row, usize) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            _ => read(self, column).map(Some),
        }
    }
}
