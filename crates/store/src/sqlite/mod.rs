//! SQLite: one file, embedded. Write-ahead log, STRICT tables, foreign keys checked, one writer that begins
//! IMMEDIATE (a deferred transaction that turns into a writer fails at once instead of waiting).

mod guards;
mod load;
mod open;
mod schema;

use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, Statement};

use crate::catalog::{Catalog, Table};
use crate::engine::{Cell, Connection, EachRow, NewRows, NextRow, StoredHead, collect};
use crate::migrate::Migration;
use crate::schema::SchemaObject;
use crate::store::stored_head;
use crate::{StoreError, Value};

pub(crate) use load::fold_log;
pub(crate) use open::connect;

/// Rows in one INSERT of the bulk path; beyond a few dozen nothing is gained.
const ROWS_PER_INSERT: usize = 50;
/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;
/// Columns of a row that are passed on without an allocation.
const CELLS: usize = 32;

struct Sqlite {
    path: PathBuf,
    connection: rusqlite::Connection,
    /// Which file was opened: a handle goes on writing into a file that was moved away or removed.
    identity: Option<Identity>,
}

/// Device and number of a file.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Other systems do not let an open file be moved.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.exists().then_some((0, 0))
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Sqlite {
    /// Whether the file that was opened is not in its place any more.
    fn moved(&self) -> bool {
        self.identity.is_some() && identity(&self.path) != self.identity
    }

    fn expect_unmoved(&self) -> Result<(), StoreError> {
        if !self.moved() {
            return Ok(());
        }
        Err(StoreError::Open {
            url: self.path.display().to_string(),
            reason: "the file was moved, replaced or removed while it was in use".to_owned(),
            hint: "nothing of this act was kept; put the file back into its place, then do the same again"
                .to_owned(),
        })
    }

    fn error(&self, statement: &str, error: &rusqlite::Error) -> StoreError {
        let statement = statement.to_owned();
        let reason = match error {
            rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
            other => other.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => StoreError::Guard { statement, reason },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::Busy { statement, reason }
            }
            Some(ErrorCode::ReadOnly) => StoreError::ReadOnly {
                url: self.path.display().to_string(),
            },
            Some(ErrorCode::DiskFull) => StoreError::File {
                path: self.path.display().to_string(),
                reason: format!(
                    "{reason}; nothing was changed\nhint: free some space, then do the same again"
                ),
            },
            Some(ErrorCode::SystemIoFailure) => StoreError::File {
                path: self.path.display().to_string(),
                reason: format!(
                    "{reason}; nothing was changed\nhint: look whether the disk is full, a limit is reached or the disk failed, then do the same again"
                ),
            },
            _ => StoreError::Statement { statement, reason },
        }
    }

    /// Says which rows an overlap is about: the chunk is entered again row by row until one is refused.
    fn refused(
        &self,
        new: &NewRows<'_>,
        first_id: i64,
        rows: &[Vec<Value>],
        error: StoreError,
    ) -> StoreError {
        let StoreError::Guard { statement, reason } = &error else {
            return error;
        };
        let Some(overlap) = new
            .table
            .no_overlap
            .as_ref()
            .filter(|_| guards::is_overlap(reason))
        else {
            return error;
        };
        let value = |row: &[Value], name: &str| {
            let place = new.columns.iter().position(|column| *column == name);
            place
                .and_then(|place| row.get(place))
                .cloned()
                .unwrap_or(Value::Null)
        };
        let sql = guards::in_the_way_sql(&new.table.name, overlap);
        for (id, row) in (first_id..).zip(rows) {
            if self
                .insert_chunk(new, id, std::slice::from_ref(row))
                .is_ok()
            {
                continue;
            }
            let mut params = vec![
                Value::Int(id),
                value(row, "valid_from"),
                value(row, "valid_to"),
            ];
            params.extend(overlap.key.iter().map(|column| value(row, column)));
            let found =
                self.connection
                    .query_row(&sql, rusqlite::params_from_iter(params), |found| {
                        let (other, period, own) = (
                            found.get::<_, i64>(0)?,
                            found.get::<_, String>(1)?,
                            found.get::<_, String>(2)?,
                        );
                        Ok(format!(
                            "{} row {id} ({own}) overlaps row {other} ({period})",
                            new.table.name
                        ))
                    });
            return match found {
                Ok(reason) => StoreError::Guard {
                    statement: statement.clone(),
                    reason,
                },
                Err(_) => error,
            };
        }
        error
    }

    fn run(&self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.connection
            .execute_batch(sql)
            .map_err(|error| self.error(name, &error))
    }
}

/// Adds the row to the words of a guard, which only know the table.
fn at_row(table: &str, id: i64, error: StoreError) -> StoreError {
    match error {
        StoreError::Guard { statement, reason } => {
            let reason = match reason.strip_prefix(&format!("{table}: ")) {
                Some(rule) => format!("{table} row {id}: {rule}"),
                None => reason,
            };
            StoreError::Guard { statement, reason }
        }
        other => other,
    }
}

fn bind(statement: &mut Statement<'_>, params: &[Value]) -> rusqlite::Result<()> {
    for (position, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(position + 1, value)?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Text(bytes) => Cell::Text(bytes),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
        ValueRef::Real(_) => Cell::Other(b"real"),
    }
}

/// Passes the rows on. The outer error is the engine's, the inner the receiver's.
fn pass_on(
    statement: &mut Statement<'_>,
    each: EachRow<'_>,
) -> rusqlite::Result<Result<(), StoreError>> {
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let outcome = if columns <= CELLS {
            let mut cells = [Cell::Null; CELLS];
            for (position, to) in cells.iter_mut().take(columns).enumerate() {
                *to = cell(row.get_ref(position)?);
            }
            each(&cells[..columns])
        } else {
            let mut cells = Vec::with_capacity(columns);
            for position in 0..columns {
                cells.push(cell(row.get_ref(position)?));
            }
            each(&cells)
        };
        if outcome.is_err() {
            return Ok(outcome);
        }
    }
    Ok(Ok(()))
}

/// `?N` in the common dialect is what SQLite understands, so texts pass unchanged.
impl Connection for Sqlite {
    fn begin_write(&mut self) -> Result<StoredHead, StoreError> {
        self.expect_unmoved()?;
        self.run("BEGIN IMMEDIATE", "BEGIN IMMEDIATE")?;
        stored_head(self).inspect_err(|_| self.rollback())
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.expect_unmoved()?;
        self.run("BEGIN", "BEGIN DEFERRED")?;
        // the state is fixed by the first read
        self.connection
            .query_row(
                "SELECT COUNT(*) FROM sqlite_master WHERE name = 'txn'",
                [],
                |_| Ok(()),
            )
            .map_err(|error| self.error("BEGIN", &error))
            .inspect_err(|_| self.rollback())
    }

    fn begin_migration(&mut self) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE", "BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.expect_unmoved()?;
        self.run("COMMIT", "COMMIT")
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            // a failure leaves the transaction open, which `usable` sees
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn usable(&self) -> bool {
        self.connection.is_autocommit() && !self.moved()
    }

    fn query(
        &mut self,
        name: &str,
        sql: &str,
        params: &[Value],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(|error| self.error(name, &error))?;
        let wanted = statement.parameter_count();
        if wanted != params.len() {
            return Err(StoreError::Misuse {
                what: name.to_owned(),
                reason: format!(
                    "it has {wanted} placeholders, {} values were given",
                    params.len()
                ),
            });
        }
        bind(&mut statement, params)
            .and_then(|()| pass_on(&mut statement, each))
            .map_err(|error| self.error(name, &error))?
    }

    fn prepare(&mut self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.connection
            .prepare(sql)
            .map(|_| ())
            .map_err(|error| self.error(name, &error))
    }

    fn insert_rows(&mut self, new: &NewRows<'_>) -> Result<(), StoreError> {
        let mut id = new.first_id;
        for rows in new.rows.chunks(ROWS_PER_INSERT) {
            self.insert_chunk(new, id, rows).map_err(|error| {
                self.refused(new, id, rows, self.error(&new.table.name, &error))
            })?;
            id += i64::try_from(rows.len()).unwrap_or(0);
        }
        Ok(())
    }

    fn update_rows(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: &[(i64, Vec<Value>)],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        let set: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(position, column)| format!("{column} = ?{}", position + 2))
            .collect();
        let all: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE id = ?1 RETURNING {}",
            table.name,
            set.join(", "),
            all.join(", ")
        );
        let mut statement = self
            .connection
            .prepare_cached(&sql)
            .map_err(|error| self.error(&table.name, &error))?;
        for (id, values) in rows {
            let outcome = statement.raw_bind_parameter(1, id).and_then(|()| {
                for (position, value) in values.iter().enumerate() {
                    statement.raw_bind_parameter(position + 2, value)?;
                }
                pass_on(&mut statement, each)
            });
            outcome
                .map_err(|error| at_row(&table.name, *id, self.error(&table.name, &error)))??;
        }
        Ok(())
    }

    fn load(&mut self, table: &Table, next: NextRow<'_>) -> Result<(), StoreError> {
        load::rows(self, table, next)
    }

    fn drop_tables(&mut self, _catalog: &Catalog) -> Result<(), StoreError> {
        // a database is restored into a file of its own, which takes the place of the old one as a whole
        Ok(())
    }

    fn migrate(&mut self, migration: &Migration, catalog: &Catalog) -> Result<(), StoreError> {
        for statement in guards::migration_sql(migration, catalog) {
            self.run(migration.name, &statement)?;
        }
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(String, Vec<String>)>, StoreError> {
        let rows = collect(
            self,
            "sqlite::TABLES",
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY m.name, c.cid",
            &[],
        )?;
        let mut tables: Vec<(String, Vec<String>)> = Vec::new();
        for row in rows {
            let (table, column) = (row.text(0)?, row.text(1)?.to_owned());
            match tables.last_mut() {
                Some((name, columns)) if name == table => columns.push(column),
                _ => tables.push((table.to_owned(), vec![column])),
            }
        }
        Ok(tables)
    }

    fn schema(&mut self) -> Result<Vec<SchemaObject>, StoreError> {
        schema::read(self)
    }

    fn expected_schema(
        &mut self,
        migrations: &[Migration],
    ) -> Result<Vec<SchemaObject>, StoreError> {
        let connection = rusqlite::Connection::open_in_memory()
            .map_err(|error| self.error("sqlite::EXPECTED", &error))?;
        let mut memory = Sqlite {
            path: PathBuf::from(":memory:"),
            connection,
            identity: None,
        };
        let states = crate::migrate::catalogs(migrations)?;
        for (migration, catalog) in migrations.iter().zip(&states) {
            memory.migrate(migration, catalog)?;
        }
        memory.schema()
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|error| self.error("SCRUB", &error))
    }

    fn drop_all(self: Box<Self>, _catalog: &Catalog) -> Result<(), StoreError> {
        let Sqlite {
            path, connection, ..
        } = *self;
        drop(connection);
        for ending in ["", "-wal", "-shm"] {
            let mut file = path.clone().into_os_string();
            file.push(ending);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::File {
                        path: path.display().to_string(),
                        reason: error.to_string(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Sqlite {
    fn insert_chunk(
        &self,
        new: &NewRows<'_>,
        first_id: i64,
        rows: &[Vec<Value>],
    ) -> rusqlite::Result<()> {
        let fixed = if new.tx.is_some() { "id, tx" } else { "id" };
        let width = new.columns.len() + 1 + usize::from(new.tx.is_some());
        let one = format!("({})", vec!["?"; width].join(", "));
        let separator = if new.columns.is_empty() { "" } else { ", " };
        let sql = format!(
            "INSERT INTO {} ({fixed}{separator}{}) VALUES {}",
            new.table.name,
            new.columns.join(", "),
            vec![one; rows.len()].join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut position = 0;
        for (id, row) in (first_id..).zip(rows) {
            position += 1;
            statement.raw_bind_parameter(position, id)?;
            if let Some(tx) = new.tx {
                position += 1;
                statement.raw_bind_parameter(position, tx)?;
            }
            for value in row {
                position += 1;
                statement.raw_bind_parameter(position, value)?;
            }
        }
        statement.raw_execute().map(|_| ())
    }
}
