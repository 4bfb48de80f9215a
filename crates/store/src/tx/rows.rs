//! Writing rows: what may be written, which id a row gets, what its digest is.

use std::collections::HashSet;

use super::{PARALLEL, Tx};
use crate::audit::Op;
use crate::catalog::{ColumnType, Table};
use crate::digest::{DIGEST, RowDigest};
use crate::engine::{Cell, NewRows};
use crate::{StoreError, Value};

impl Tx<'_> {
    pub(super) fn insert_one(
        &mut self,
        table: &Table,
        values: &[(&str, Value)],
    ) -> Result<i64, StoreError> {
        let (columns, row): (Vec<&str>, Vec<Value>) = values.iter().cloned().unzip();
        self.insert_rows(table, &columns, &[row])
    }

    pub(super) fn insert_rows(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<i64, StoreError> {
        check_columns(table, columns, &["id", "tx"])?;
        let types = column_types(table, columns);
        for row in rows {
            check_values(table, columns, &types, row)?;
        }
        let first_id = self.next_id(table)?;
        if rows.is_empty() {
            return Ok(first_id);
        }
        let tx = table.column("tx").map(|_| self.number().0);
        let new = NewRows {
            table,
            columns,
            first_id,
            tx,
            rows,
        };
        let covered = table.covered();
        let digests = if rows.len() < PARALLEL || !covered {
            let inserted = self.session.connection.insert_rows(&new);
            self.noted(inserted)?;
            if covered {
                digests_of(&new)
            } else {
                Vec::new()
            }
        } else {
            let outcome = std::thread::scope(|scope| {
                let digests = scope.spawn(|| digests_of(&new));
                self.session.connection.insert_rows(&new)?;
                digests
                    .join()
                    .map_err(|_| misuse(&table.name, "the digest thread failed".to_owned()))
            });
            self.noted(outcome)?
        };
        for (id, digest) in (first_id..).zip(digests) {
            self.pending.add(&table.name, Op::Insert, id, digest);
        }
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.counters.insert(table.name.clone(), first_id + count);
        Ok(first_id)
    }

    pub(super) fn update_rows(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: &[(i64, Vec<Value>)],
    ) -> Result<(), StoreError> {
        check_columns(table, columns, &["id", "tx"])?;
        if let Some(column) = columns.iter().find(|column| !table.may_update(column)) {
            let rule = table.rule();
            return Err(misuse(
                &table.name,
                format!("column {column} may not be updated; {rule}"),
            ));
        }
        let types = column_types(table, columns);
        let mut wanted = HashSet::with_capacity(rows.len());
        for (id, row) in rows {
            check_values(table, columns, &types, row)?;
            if !wanted.insert(*id) {
                return Err(misuse(
                    &table.name,
                    format!("row {id} is named twice in one update"),
                ));
            }
        }
        if rows.is_empty() || columns.is_empty() {
            return Ok(());
        }
        let mut digest = RowDigest::new(table.columns.iter().map(|column| column.name.as_str()));
        let mut changed = Vec::with_capacity(rows.len());
        let updated = self
            .session
            .connection
            .update_rows(table, columns, rows, &mut |cells| {
                if let Some(Cell::Int(id)) = cells.first() {
                    changed.push((*id, digest.of(|at| cells[at])));
                }
                Ok(())
            });
        self.noted(updated)?;
        changed.sort_by_key(|(id, _)| *id);
        for (id, digest) in changed {
            wanted.remove(&id);
            if table.covered() {
                self.pending.add(&table.name, Op::Update, id, digest);
            }
        }
        match wanted.into_iter().min() {
            Some(id) => {
                self.failed = true;
                Err(misuse(
                    &table.name,
                    format!("row {id} is not there, so it cannot be updated"),
                ))
            }
            None => Ok(()),
        }
    }

    pub(super) fn noted<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.failed |= outcome.is_err();
        outcome
    }

    fn next_id(&mut self, table: &Table) -> Result<i64, StoreError> {
        // who writes an exempt table does not move the chain, so the counter could be somebody else's past
        if let Some(next) = self.counters.get(&table.name).filter(|_| table.covered()) {
            return Ok(*next);
        }
        let sql = format!("SELECT MAX(id) FROM {}", table.name);
        let rows = self.session.ask("store::MAX_ID", &sql, &[])?;
        let last = rows.first().map_or(Ok(None), |row| row.opt_int(0))?;
        Ok(last.unwrap_or(0) + 1)
    }
}

pub(super) fn misuse(what: &str, reason: String) -> StoreError {
    StoreError::Misuse {
        what: what.to_owned(),
        reason,
    }
}

fn check_columns(table: &Table, columns: &[&str], reserved: &[&str]) -> Result<(), StoreError> {
    for (position, column) in columns.iter().enumerate() {
        let reason = if reserved.contains(column) {
            "is filled by the store"
        } else if table.column(column).is_none() {
            "does not exist"
        } else if columns[..position].contains(column) {
            "is named twice"
        } else {
            continue;
        };
        return Err(misuse(&table.name, format!("column {column} {reason}")));
    }
    Ok(())
}

fn column_types(table: &Table, columns: &[&str]) -> Vec<Option<ColumnType>> {
    columns
        .iter()
        .map(|name| table.column(name).map(|column| column.column_type))
        .collect()
}

/// The engines would silently turn a text of digits into a number, each in its own way; so types are compared here.
fn check_values(
    table: &Table,
    columns: &[&str],
    types: &[Option<ColumnType>],
    row: &[Value],
) -> Result<(), StoreError> {
    if row.len() != columns.len() {
        return Err(misuse(
            &table.name,
            format!(
                "{} columns were named, {} values given",
                columns.len(),
                row.len()
            ),
        ));
    }
    for ((column, column_type), value) in columns.iter().zip(types).zip(row) {
        let reason = match (column_type, value) {
            (Some(ColumnType::Text), Value::Text(text)) if text.contains('\0') => {
                "a text cannot hold the character NUL".to_owned()
            }
            (_, Value::Null)
            | (Some(ColumnType::Integer), Value::Int(_))
            | (Some(ColumnType::Text), Value::Text(_))
            | (Some(ColumnType::Blob), Value::Blob(_)) => continue,
            (_, value) => format!("it cannot hold {}", value.kind()),
        };
        return Err(misuse(&table.name, format!("column {column}: {reason}")));
    }
    Ok(())
}

fn digests_of(new: &NewRows<'_>) -> Vec<[u8; DIGEST]> {
    let names = std::iter::once("id")
        .chain(new.tx.map(|_| "tx"))
        .chain(new.columns.iter().copied());
    let given = 1 + usize::from(new.tx.is_some());
    let mut digest = RowDigest::new(names);
    let rows = (new.first_id..).zip(new.rows);
    rows.map(|(id, row)| {
        digest.of(|at| match (at, new.tx) {
            (0, _) => Cell::Int(id),
            (1, Some(tx)) => Cell::Int(tx),
            _ => row[at - given].cell(),
        })
    })
    .collect()
}
