//! What the store needs from a database engine, and nothing more. Everything above speaks the common dialect;
//! everything below this trait knows one engine.

use crate::catalog::{Catalog, Table};
use crate::migrate::Migration;
use crate::schema::SchemaObject;
use crate::url::Address;
use crate::{DbUrl, Options, Row, StoreError, Value, postgres, sqlite};

/// One column of one row while it is still in the driver's memory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
    /// A value of a type that no release writes (a float); only tampering makes one.
    Other(&'a [u8]),
}

impl Cell<'_> {
    /// The owned value, or what is wrong with it.
    pub(crate) fn to_value(self) -> Result<Value, String> {
        match self {
            Cell::Null => Ok(Value::Null),
            Cell::Int(value) => Ok(Value::Int(value)),
            Cell::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Value::Text(text.to_owned())),
                Err(_) => Err("the text is not UTF-8".to_owned()),
            },
            Cell::Blob(bytes) => Ok(Value::Blob(bytes.to_vec())),
            Cell::Other(_) => Err("a value of an unknown type was found".to_owned()),
        }
    }
}

impl Value {
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Value::Null => Cell::Null,
            Value::Int(value) => Cell::Int(*value),
            Value::Text(text) => Cell::Text(text.as_bytes()),
            Value::Blob(bytes) => Cell::Blob(bytes),
        }
    }
}

/// Receives the rows of an answer one by one.
pub(crate) type EachRow<'a> = &'a mut dyn FnMut(&[Cell<'_>]) -> Result<(), StoreError>;

/// Gives rows one by one, nothing after the last.
pub(crate) type NextRow<'a> = &'a mut dyn FnMut() -> Result<Option<Vec<Value>>, StoreError>;

/// The end of the chain as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredHead {
    pub(crate) audit_id: i64,
    pub(crate) tx: i64,
    pub(crate) hash: [u8; 32],
}

/// Rows to be inserted: the store gives ids and the transaction number, the caller the other columns.
pub(crate) struct NewRows<'a> {
    pub(crate) table: &'a Table,
    pub(crate) columns: &'a [&'a str],
    pub(crate) first_id: i64,
    /// Value of the column `tx`, when the table has one that the caller does not give.
    pub(crate) tx: Option<i64>,
    pub(crate) rows: &'a [Vec<Value>],
}

/// One connection to one database.
pub(crate) trait Connection: Send {
    /// Begins the only writing transaction and reads the end of the chain under its lock.
    fn begin_write(&mut self) -> Result<StoredHead, StoreError>;
    /// Begins a transaction that sees one state of the database and cannot write.
    fn begin_read(&mut self) -> Result<(), StoreError>;
    /// Ends the transaction, keeping its changes.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Ends the transaction, dropping its changes. A failure makes the connection unusable, never silent.
    fn rollback(&mut self);
    /// Whether the connection can begin another transaction.
    fn usable(&self) -> bool;

    /// Runs a SELECT.
    fn query(
        &mut self,
        name: &str,
        sql: &str,
        params: &[Value],
        each: EachRow<'_>,
    ) -> Result<(), StoreError>;
    /// Checks a statement without running it.
    fn prepare(&mut self, name: &str, sql: &str) -> Result<(), StoreError>;
    /// Inserts rows with consecutive ids.
    fn insert_rows(&mut self, rows: &NewRows<'_>) -> Result<(), StoreError>;
    /// Updates rows by id and gives each changed row back whole, columns in the table's order; in any order.
    fn update_rows(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: &[(i64, Vec<Value>)],
        each: EachRow<'_>,
    ) -> Result<(), StoreError>;

    /// Fills an empty table with whole rows, columns in the table's order, as `next` gives them.
    fn load(&mut self, table: &Table, next: NextRow<'_>) -> Result<(), StoreError>;
    /// Drops what the migrations made, inside of a transaction.
    fn drop_tables(&mut self, catalog: &Catalog) -> Result<(), StoreError>;

    /// Runs one migration inside of a transaction; the end of the chain is made by the first. `catalog` is the
    /// state after it.
    fn migrate(&mut self, migration: &Migration, catalog: &Catalog) -> Result<(), StoreError>;
    /// Begins the transaction of a migration, alone on the database.
    fn begin_migration(&mut self) -> Result<(), StoreError>;
    /// Tables and their columns as they are.
    fn tables(&mut self) -> Result<Vec<(String, Vec<String>)>, StoreError>;
    /// The objects of the schema as they are.
    fn schema(&mut self) -> Result<Vec<SchemaObject>, StoreError>;
    /// The objects that the migrations make on this engine, in the same words.
    fn expected_schema(
        &mut self,
        migrations: &[Migration],
    ) -> Result<Vec<SchemaObject>, StoreError>;
    /// Clears away what updates left behind beside the tables.
    fn scrub(&mut self) -> Result<(), StoreError>;
    /// Drops what the migrations made, and nothing else.
    fn drop_all(self: Box<Self>, catalog: &Catalog) -> Result<(), StoreError>;
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Makes the file if it is missing.
    Create,
    /// Writes an existing database.
    Write,
    /// Only reads.
    Read,
}

/// Opens a connection.
pub(crate) fn connect(
    url: &DbUrl,
    options: &Options,
    purpose: Purpose,
) -> Result<Box<dyn Connection>, StoreError> {
    match url.address() {
        Address::Sqlite(path) => sqlite::connect(url, path, options, purpose),
        Address::Postgres(text) => postgres::connect(url, text, options, purpose),
    }
}

/// Collects the rows of an answer.
pub(crate) fn collect(
    connection: &mut dyn Connection,
    name: &'static str,
    sql: &str,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    connection.query(name, sql, params, &mut |cells| {
        let mut values = Vec::with_capacity(cells.len());
        for (column, cell) in cells.iter().enumerate() {
            values.push(cell.to_value().map_err(|reason| StoreError::Inconsistent {
                statement: name.to_owned(),
                column,
                reason,
            })?);
        }
        rows.push(Row::new(name, values));
        Ok(())
    })?;
    Ok(rows)
}
