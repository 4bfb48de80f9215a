//! Whole databases: filling empty tables, and folding the write-ahead log into the file.

use std::path::Path;

use super::{ROWS_PER_INSERT, Sqlite};
use crate::catalog::Table;
use crate::engine::{NextRow, Purpose};
use crate::{DbUrl, Options, StoreError, Value};

/// Whole rows into an empty table.
pub(super) fn rows(
    session: &mut Sqlite,
    table: &Table,
    next: NextRow<'_>,
) -> Result<(), StoreError> {
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let one = format!("({})", vec!["?"; columns.len()].join(", "));
    // rows may name later ones of their table
    session.run("LOAD", "PRAGMA defer_foreign_keys = ON")?;
    let mut chunk: Vec<Vec<Value>> = Vec::with_capacity(ROWS_PER_INSERT);
    loop {
        let row = next()?;
        let last = row.is_none();
        chunk.extend(row);
        if chunk.len() < ROWS_PER_INSERT && !last {
            continue;
        }
        if !chunk.is_empty() {
            let sql = format!(
                "INSERT INTO {} ({}) VALUES {}",
                table.name,
                columns.join(", "),
                vec![one.as_str(); chunk.len()].join(", ")
            );
            insert(session, &sql, &chunk).map_err(|error| session.error(&table.name, &error))?;
            chunk.clear();
        }
        if last {
            return Ok(());
        }
    }
}

fn insert(session: &Sqlite, sql: &str, rows: &[Vec<Value>]) -> rusqlite::Result<()> {
    let mut statement = session.connection.prepare_cached(sql)?;
    for (position, value) in (1..).zip(rows.iter().flatten()) {
        statement.raw_bind_parameter(position, value)?;
    }
    statement.raw_execute().map(|_| ())
}

/// Folds the write-ahead log into the file and leaves the file alone, so that it can be moved or replaced. The
/// next writer begins a log again.
///
/// # Errors
/// [`StoreError::Busy`] if somebody has the database open.
pub(crate) fn fold_log(path: &Path, options: &Options) -> Result<(), StoreError> {
    let url = DbUrl::file(path);
    let session = super::open::open(&url, path, options, Purpose::Write)?;
    let mode = session
        .connection
        .query_row("PRAGMA journal_mode = DELETE", [], |row| {
            row.get::<_, String>(0)
        });
    match mode {
        Ok(mode) if mode == "delete" => Ok(()),
        Ok(_) => Err(StoreError::Busy {
            statement: "fold the log".to_owned(),
            reason: format!("{url} is open elsewhere"),
        }),
        Err(error) => Err(session.error("fold the log", &error)),
    }
}
