//! PostgreSQL 15 and later, through the synchronous driver. Readers see one state (REPEATABLE READ, READ ONLY);
//! writers take turns by the row lock on the end of the audit chain.

mod bulk;
mod guards;
mod params;
mod schema;

use std::collections::HashMap;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::{Client, Config, NoTls, Statement};

use crate::catalog::{Catalog, Table};
use crate::engine::{Cell, Connection, EachRow, NewRows, NextRow, Purpose, StoredHead, collect};
use crate::migrate::Migration;
use crate::schema::SchemaObject;
use crate::sql::{Piece, pieces};
use crate::{DbUrl, Durability, Options, StoreError, Value};

/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;
/// The oldest release that the program is tested with.
const OLDEST: i64 = 150_000;

struct Postgres {
    url: String,
    client: Client,
    /// By text in the common dialect.
    prepared: HashMap<String, Statement>,
    /// A rollback failed: the state of the session is not known.
    broken: bool,
}

/// Opens a session.
pub(crate) fn connect(
    url: &DbUrl,
    text: &str,
    options: &Options,
    _purpose: Purpose,
) -> Result<Box<dyn Connection>, StoreError> {
    let failed = |reason: String, hint: &str| StoreError::Open {
        url: url.to_string(),
        reason,
        hint: hint.to_owned(),
    };
    let mut config: Config = text.parse().map_err(|error: postgres::Error| {
        failed(words(&error), "write postgres://USER@HOST/NAME")
    })?;
    config.application_name("minsheng");
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(std::time::Duration::from_secs(10));
    }
    let reach = "look whether the server runs, the database exists and the user may connect";
    let client = config
        .connect(NoTls)
        .map_err(|error| failed(words(&error), reach))?;
    let mut session = Postgres {
        url: url.to_string(),
        client,
        prepared: HashMap::new(),
        broken: false,
    };
    let durable = match options.durability {
        Durability::Full => "on",
        Durability::Relaxed => "off",
    };
    session.run(
        "SET",
        &format!(
            "SET synchronous_commit = {durable}; SET lock_timeout = {}; SET jit = off; \
             SET client_min_messages = warning; SET datestyle = 'ISO'; SET bytea_output = 'hex'",
            options.busy_timeout_ms
        ),
    )?;
    let version = "SELECT CAST(current_setting('server_version_num') AS BIGINT)";
    let rows = collect(&mut session, "postgres::VERSION", version, &[])?;
    match rows.first().map(|row| row.int(0)).transpose()? {
        Some(found) if found >= OLDEST => Ok(Box::new(session)),
        found => {
            let reason = format!("the server is of version {}", found.unwrap_or(0) / 10_000);
            Err(failed(reason, "PostgreSQL 15 or later is needed"))
        }
    }
}

/// What the server or the driver said, without the rows it said it about.
fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => said.message().to_owned(),
        None => {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                text.push_str(": ");
                text.push_str(&cause.to_string());
                source = cause.source();
            }
            text
        }
    }
}

/// `?N` becomes `$N`.
fn translate(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    for piece in pieces(sql) {
        match piece {
            Piece::Placeholder(number) => {
                text.push('$');
                text.push_str(&number.to_string());
            }
            other => other.write(&mut text),
        }
    }
    text
}

impl Postgres {
    fn error(&self, statement: &str, error: &postgres::Error) -> StoreError {
        let statement = statement.to_owned();
        let reason = words(error);
        let lost = |statement: &str, reason: String| {
            let hint = if statement == "COMMIT" {
                "the connection was lost while the transaction ended; look whether it was kept"
            } else {
                "the connection was lost and nothing of this transaction was kept; do it again"
            };
            StoreError::Open {
                url: self.url.clone(),
                reason,
                hint: hint.to_owned(),
            }
        };
        let Some(state) = error.code() else {
            if self.client.is_closed() {
                return lost(&statement, reason);
            }
            return StoreError::Statement { statement, reason };
        };
        // 08: connection exception; 57P01 to 57P03: the server ends the session, crashed, or is not ready yet
        if state.code().starts_with("08") || state.code().starts_with("57P0") {
            return lost(&statement, reason);
        }
        if state.code().starts_with("23") {
            StoreError::Guard { statement, reason }
        } else if [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ]
        .contains(state)
        {
            StoreError::Busy { statement, reason }
        } else {
            StoreError::Statement { statement, reason }
        }
    }

    fn run(&mut self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.client
            .batch_execute(sql)
            .map_err(|error| self.error(name, &error))
    }

    /// The prepared statement of a text in the common dialect.
    fn prepared(&mut self, name: &str, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self
            .client
            .prepare(&translate(sql))
            .map_err(|error| self.error(name, &error))?;
        if self.prepared.len() >= STATEMENTS {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Runs a prepared statement and passes its rows on.
    fn pass_on(
        &mut self,
        name: &str,
        statement: &Statement,
        params: &[&(dyn postgres::types::ToSql + Sync)],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        if statement.params().len() != params.len() {
            return Err(StoreError::Misuse {
                what: name.to_owned(),
                reason: format!(
                    "it has {} placeholders, {} values were given",
                    statement.params().len(),
                    params.len()
                ),
            });
        }
        let columns = statement.columns().len();
        let outcome = (|| {
            let mut rows = self.client.query_raw(statement, params.iter().copied())?;
            while let Some(row) = rows.next()? {
                let mut cells = Vec::with_capacity(columns);
                for position in 0..columns {
                    cells.push(row.try_get::<_, params::Raw<'_>>(position)?.0);
                }
                let outcome = each(&cells);
                if outcome.is_err() {
                    return Ok(outcome);
                }
            }
            Ok(Ok(()))
        })();
        outcome.map_err(|error| self.error(name, &error))?
    }
}

impl Connection for Postgres {
    fn begin_write(&mut self) -> Result<StoredHead, StoreError> {
        self.run("BEGIN", "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE")?;
        let sql = "SELECT audit_id, tx, hash FROM audit_head WHERE id = 1 FOR UPDATE";
        let mut head = None;
        let locked = self.query("store::LOCK_HEAD", sql, &[], &mut |cells| {
            if let [Cell::Int(audit_id), Cell::Int(tx), Cell::Blob(hash)] = cells {
                head = (*hash).try_into().ok().map(|hash| StoredHead {
                    audit_id: *audit_id,
                    tx: *tx,
                    hash,
                });
            }
            Ok(())
        });
        let missing = || StoreError::Inconsistent {
            statement: "store::LOCK_HEAD".to_owned(),
            column: 0,
            reason: "the end of the audit chain is missing".to_owned(),
        };
        locked
            .and_then(|()| head.ok_or_else(missing))
            .inspect_err(|_| self.rollback())
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        // the state is fixed by the first statement
        self.run(
            "BEGIN",
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT 1",
        )
    }

    fn begin_migration(&mut self) -> Result<(), StoreError> {
        self.run("BEGIN", "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE")?;
        let found = collect(
            self,
            "store::HAS_HEAD",
            "SELECT to_regclass('audit_head') IS NOT NULL",
            &[],
        );
        let lock =
            found.and_then(
                |rows| match rows.first().map(|row| row.bool(0)).transpose()? {
                    Some(true) => {
                        self.run("LOCK", "LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE")
                    }
                    // two creators take turns; the second finds the tables of the first
                    _ => self.run("LOCK", "SELECT pg_advisory_xact_lock(5133012021)"),
                },
            );
        lock.inspect_err(|_| self.rollback())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT", "COMMIT")
    }

    fn rollback(&mut self) {
        if self.client.batch_execute("ROLLBACK").is_err() {
            self.broken = true;
        }
    }

    fn usable(&self) -> bool {
        !self.broken && !self.client.is_closed()
    }

    fn query(
        &mut self,
        name: &str,
        sql: &str,
        params: &[Value],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        let statement = self.prepared(name, sql)?;
        let params: Vec<params::Param<'_>> = params.iter().map(params::Param).collect();
        let params: Vec<&(dyn postgres::types::ToSql + Sync)> =
            params.iter().map(|param| param as _).collect();
        self.pass_on(name, &statement, &params, each)
    }

    fn prepare(&mut self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.prepared(name, sql).map(|_| ())
    }

    fn insert_rows(&mut self, new: &NewRows<'_>) -> Result<(), StoreError> {
        bulk::insert(self, new)
    }

    fn update_rows(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: &[(i64, Vec<Value>)],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        bulk::update(self, table, columns, rows, each)
    }

    fn load(&mut self, table: &Table, next: NextRow<'_>) -> Result<(), StoreError> {
        bulk::load(self, table, next)
    }

    fn drop_tables(&mut self, catalog: &Catalog) -> Result<(), StoreError> {
        let script = drop_script(catalog);
        self.prepared.clear();
        self.run("DROP", &script)
    }

    fn migrate(&mut self, migration: &Migration, catalog: &Catalog) -> Result<(), StoreError> {
        for statement in guards::migration_sql(migration, catalog) {
            self.run(migration.name, &statement)?;
        }
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(String, Vec<String>)>, StoreError> {
        schema::tables(self)
    }

    fn schema(&mut self) -> Result<Vec<SchemaObject>, StoreError> {
        schema::read(self)
    }

    fn expected_schema(
        &mut self,
        migrations: &[Migration],
    ) -> Result<Vec<SchemaObject>, StoreError> {
        schema::expected(self, migrations)
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        ["subject_key", "person", "payment_account"]
            .iter()
            .try_for_each(|table| self.run("SCRUB", &format!("VACUUM {table}")))
    }

    fn drop_all(mut self: Box<Self>, catalog: &Catalog) -> Result<(), StoreError> {
        let script = format!("BEGIN;{}COMMIT", drop_script(catalog));
        self.run("DROP", &script)
    }
}

/// Drops what the migrations made, and nothing else.
fn drop_script(catalog: &Catalog) -> String {
    let mut script = String::new();
    for table in catalog.tables() {
        script.push_str(&format!("DROP TABLE IF EXISTS {} CASCADE;", table.name));
        for function in guards::functions(table) {
            script.push_str(&format!("DROP FUNCTION IF EXISTS {function}();"));
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_rewritten_outside_of_literals_and_comments() {
        assert_eq!(
            translate(
                "SELECT '?1', ?2 -- ?3\n FROM t WHERE a = ?10 AND b = 'it''s ?4' /* ?5 */ AND c = ?1"
            ),
            "SELECT '?1', $2 -- ?3\n FROM t WHERE a = $10 AND b = 'it''s ?4' /* ?5 */ AND c = $1"
        );
    }
}
