//! Writing rows: a few by INSERT, many by COPY in the binary format; updates by arrays, many in one statement.

use std::io::Write as _;

use bytes::{BufMut, BytesMut};
use postgres::types::ToSql;

use super::Postgres;
use super::params::{ArrayParam, Param, put_field};
use crate::catalog::{ColumnType, Table};
use crate::engine::{EachRow, NewRows, NextRow};
use crate::{StoreError, Value};

/// Up to so many rows an INSERT is quicker than COPY with its additional round trip.
const INSERT_ROWS: usize = 8;
/// Rows in one UPDATE.
const UPDATE_ROWS: usize = 5_000;
/// Bytes handed to the driver at one time.
const FLUSH: usize = 128 * 1024;

fn column_list(new: &NewRows<'_>) -> String {
    let tx = new.tx.map(|_| "tx");
    let all: Vec<&str> = std::iter::once("id")
        .chain(tx)
        .chain(new.columns.iter().copied())
        .collect();
    all.join(", ")
}

pub(super) fn insert(session: &mut Postgres, new: &NewRows<'_>) -> Result<(), StoreError> {
    if new.rows.len() <= INSERT_ROWS {
        insert_few(session, new)
    } else {
        copy(session, new)
    }
}

fn insert_few(session: &mut Postgres, new: &NewRows<'_>) -> Result<(), StoreError> {
    let table = &new.table.name;
    let width = new.columns.len() + 1 + usize::from(new.tx.is_some());
    let row = |number: usize| {
        let list: Vec<String> = (1..=width)
            .map(|column| format!("?{}", number * width + column))
            .collect();
        format!("({})", list.join(", "))
    };
    let rows: Vec<String> = (0..new.rows.len()).map(row).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES {}",
        column_list(new),
        rows.join(", ")
    );
    let statement = session.prepared(table, &sql)?;
    let tx = new.tx.map(Value::Int);
    let ids: Vec<Value> = (new.first_id..)
        .take(new.rows.len())
        .map(Value::Int)
        .collect();
    let mut params: Vec<Param<'_>> = Vec::with_capacity(width * new.rows.len());
    for (id, row) in ids.iter().zip(new.rows) {
        params.push(Param(id));
        params.extend(tx.iter().map(Param));
        params.extend(row.iter().map(Param));
    }
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    session
        .client
        .execute(&statement, &params)
        .map_err(|error| session.error(table, &error))
        .map(|_| ())
}

fn copy(session: &mut Postgres, new: &NewRows<'_>) -> Result<(), StoreError> {
    let given = 1 + usize::from(new.tx.is_some());
    let mut rows = (new.first_id..).zip(new.rows);
    copy_in(
        session,
        &new.table.name,
        &column_list(new),
        new.columns.len() + given,
        &mut |buffer| {
            let Some((id, row)) = rows.next() else {
                return Ok(false);
            };
            buffer.put_i32(8);
            buffer.put_i64(id);
            if let Some(tx) = new.tx {
                buffer.put_i32(8);
                buffer.put_i64(tx);
            }
            put_fields(&new.table.name, row, buffer)?;
            Ok(true)
        },
    )
}

/// Whole rows into an empty table, in one COPY: a row may name a later one of its table.
pub(super) fn load(
    session: &mut Postgres,
    table: &Table,
    next: NextRow<'_>,
) -> Result<(), StoreError> {
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    copy_in(
        session,
        &table.name,
        &columns.join(", "),
        columns.len(),
        &mut |buffer| match next()? {
            None => Ok(false),
            Some(row) => put_fields(&table.name, &row, buffer).map(|()| true),
        },
    )
}

fn failed(table: &str, reason: String) -> StoreError {
    StoreError::Statement {
        statement: table.to_owned(),
        reason,
    }
}

fn put_fields(table: &str, row: &[Value], buffer: &mut BytesMut) -> Result<(), StoreError> {
    for value in row {
        put_field(value, buffer).map_err(|error| failed(table, error.to_string()))?;
    }
    Ok(())
}

/// Runs COPY; `fields` appends the fields of the next row, or says that there is none.
fn copy_in(
    session: &mut Postgres,
    table: &str,
    columns: &str,
    width: usize,
    fields: &mut dyn FnMut(&mut BytesMut) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let sql = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
    let statement = session.prepared(table, &sql)?;
    let width = i16::try_from(width).unwrap_or(i16::MAX);
    let outcome = (|| {
        let mut writer = match session.client.copy_in(&statement) {
            Ok(writer) => writer,
            Err(error) => return Ok(Err(error)),
        };
        let mut buffer = BytesMut::with_capacity(FLUSH + 4096);
        // signature, flags, length of the extension
        buffer.put_slice(b"PGCOPY\n\xff\r\n\0");
        buffer.put_i32(0);
        buffer.put_i32(0);
        loop {
            let before = buffer.len();
            buffer.put_i16(width);
            if !fields(&mut buffer)? {
                buffer.truncate(before);
                break;
            }
            if buffer.len() >= FLUSH {
                if let Err(error) = writer.write_all(&buffer) {
                    let error = postgres_error(error).map_err(|words| failed(table, words))?;
                    return Ok(Err(error));
                }
                buffer.clear();
            }
        }
        buffer.put_i16(-1);
        if let Err(error) = writer.write_all(&buffer) {
            let error = postgres_error(error).map_err(|words| failed(table, words))?;
            return Ok(Err(error));
        }
        Ok(writer.finish().map(|_| ()))
    })();
    outcome?.map_err(|error| session.error(table, &error))
}

/// The driver's own error inside of an I/O error, or the words of another one.
fn postgres_error(error: std::io::Error) -> Result<postgres::Error, String> {
    let words = error.to_string();
    error
        .into_inner()
        .and_then(|inner| inner.downcast::<postgres::Error>().ok())
        .map(|inner| *inner)
        .ok_or(words)
}

pub(super) fn update(
    session: &mut Postgres,
    table: &Table,
    columns: &[&str],
    rows: &[(i64, Vec<Value>)],
    each: EachRow<'_>,
) -> Result<(), StoreError> {
    let name = &table.name;
    let returned: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("t.{}", column.name))
        .collect();
    let returned = returned.join(", ");
    if let [(id, values)] = rows {
        let set: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{column} = ?{}", at + 2))
            .collect();
        let sql = format!(
            "UPDATE {name} t SET {} WHERE t.id = ?1 RETURNING {returned}",
            set.join(", ")
        );
        let statement = session.prepared(name, &sql)?;
        let id = Value::Int(*id);
        let params: Vec<Param<'_>> = std::iter::once(&id).chain(values).map(Param).collect();
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        return session.pass_on(name, &statement, &params, each);
    }
    let arrays: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let array = match table.column(column).map(|column| column.column_type) {
                Some(ColumnType::Text) => "text[]",
                Some(ColumnType::Blob) => "bytea[]",
                _ => "bigint[]",
            };
            format!("CAST(?{} AS {array})", at + 2)
        })
        .collect();
    let names: Vec<String> = (0..columns.len()).map(|at| format!("c{at}")).collect();
    let set: Vec<String> = columns
        .iter()
        .zip(&names)
        .map(|(column, new)| format!("{column} = d.{new}"))
        .collect();
    let sql = format!(
        "UPDATE {name} t SET {} FROM UNNEST(CAST(?1 AS bigint[]), {}) AS d (id, {}) WHERE t.id = d.id \
         RETURNING {returned}",
        set.join(", "),
        arrays.join(", "),
        names.join(", ")
    );
    let statement = session.prepared(name, &sql)?;
    for rows in rows.chunks(UPDATE_ROWS) {
        let positions = std::iter::once(None).chain((0..columns.len()).map(Some));
        let params: Vec<ArrayParam<'_>> = positions
            .map(|position| ArrayParam { rows, position })
            .collect();
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        session.pass_on(name, &statement, &params, each)?;
    }
    Ok(())
}
