//! The store: one database, one writer at a time, any number of readers.

mod keys;
mod lifecycle;

pub use lifecycle::Migrated;
pub(crate) use lifecycle::{seen_steps, version, version_error};

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use minsheng_core::{Timestamp, cst_text};

use crate::catalog::Catalog;
use crate::digest::{DIGEST, hex, unhex};
use crate::engine::{Connection, Purpose, StoredHead, collect, connect};
use crate::log;
use crate::migrate::Program;
use crate::scope::expand;
use crate::snapshot::{Session, Snapshot};
use crate::vault::{Vault, is_demo};
use crate::verify::{Verification, verify};
use crate::{Access, Act, DbUrl, Options, StoreError, Tx, TxNo, Value, all_statements};

/// Readers kept open for the next one.
const IDLE_READERS: usize = 4;

/// An open database.
pub struct Store {
    url: DbUrl,
    options: Options,
    program: Program,
    vault: Vault,
    writer: Mutex<Writer>,
    /// Who is writing, so that a write inside of a write is refused and does not wait for itself.
    writing: Mutex<Option<ThreadId>>,
    readers: Mutex<Vec<Box<dyn Connection>>>,
}

struct Writer {
    connection: Option<Box<dyn Connection>>,
    /// The next id per table; true as long as nobody else has written since `head`.
    counters: HashMap<String, i64>,
    head: Option<StoredHead>,
    /// Time of the transaction `head.tx`, microseconds.
    head_at_us: i64,
}

/// The end of the audit chain. Kept outside of the database it proves later that everything recorded up to it is
/// unchanged ([`Store::verify_against`]); about what was appended after it, it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the last audit row.
    pub audit_id: i64,
    /// The last transaction.
    pub tx: TxNo,
    /// Its hash, 64 hexadecimal digits.
    pub hash: String,
}

impl From<StoredHead> for Head {
    fn from(head: StoredHead) -> Self {
        Head {
            audit_id: head.audit_id,
            tx: TxNo(head.tx),
            hash: hex(&head.hash),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Its address.
    pub fn url(&self) -> &DbUrl {
        &self.url
    }

    /// The tables of this program.
    pub fn catalog(&self) -> &'static Catalog {
        self.program.catalog
    }

    pub(crate) fn program(&self) -> Program {
        self.program
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Marks a point at which a process could die; see [`crate::Observer`].
    pub fn point(&self, name: &str) {
        if let Some(observer) = &self.options.observer {
            observer.point(name);
        }
    }

    /// Runs `f` as one transaction: all of it is kept if it returns `Ok`, nothing if not. Waits for other writers.
    /// A transaction that changes nothing leaves no trace.
    ///
    /// # Errors
    /// What `f` returns; [`StoreError::ClockBack`] if `act.at` is before the last transaction;
    /// [`StoreError::Busy`] if others write for too long; [`StoreError::Nested`] inside of another write.
    pub fn write<T, E: From<StoreError>>(
        &self,
        act: &Act<'_>,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let stopwatch = self.options.stopwatch.as_ref();
        let begun = stopwatch.map(|watch| watch());
        let mut outcome = log::Outcome::Failed;
        let value = self.write_in_turn(act, &mut outcome, f);
        log::act(act, &outcome, log::ms_since(stopwatch, begun));
        value
    }

    fn write_in_turn<T, E: From<StoreError>>(
        &self,
        act: &Act<'_>,
        said: &mut log::Outcome,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut turn = self.take_turn(act).inspect_err(log::failure)?;
        let writer = &mut *turn.writer;
        let mut connection = match writer
            .connection
            .take()
            .filter(|connection| connection.usable())
        {
            Some(connection) => connection,
            None => connect(&self.url, &self.options, Purpose::Write).inspect_err(log::failure)?,
        };
        let outcome = self.transact(writer, connection.as_mut(), act, said, f);
        writer.connection = Some(connection);
        outcome
    }

    fn transact<T, E: From<StoreError>>(
        &self,
        writer: &mut Writer,
        connection: &mut dyn Connection,
        act: &Act<'_>,
        said: &mut log::Outcome,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let head = connection.begin_write().inspect_err(log::failure)?;
        let last_at_us = if writer.head == Some(head) {
            writer.head_at_us
        } else {
            writer.counters.clear();
            writer.head = None;
            match at_us_of(connection, head.tx) {
                Ok(at_us) => at_us,
                Err(error) => {
                    connection.rollback();
                    return Err(error.into());
                }
            }
        };
        let mut tx = Tx::new(self, connection, &mut writer.counters, *act, head);
        check_clock(act.at, last_at_us).inspect_err(log::failure)?;
        let value = f(&mut tx)?;
        let rows = tx.rows_written();
        let new = tx.commit().inspect_err(log::failure)?;
        *said = match new == head {
            true => log::Outcome::Nothing,
            false => log::Outcome::Kept { tx: new.tx, rows },
        };
        writer.head = Some(new);
        writer.head_at_us = if new == head {
            last_at_us
        } else {
            act.at.as_microsecond()
        };
        Ok(value)
    }

    /// Runs `f` on one state of the records, whatever others write meanwhile.
    ///
    /// # Errors
    /// What `f` returns.
    pub fn read<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&mut Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.with_reader(|connection| {
            connection.begin_read()?;
            let open = OpenRead(connection);
            f(&mut Snapshot {
                session: Session::new(self, &mut *open.0),
            })
        })
    }

    /// Proves the books; see [`Verification`]. Needs no key.
    ///
    /// # Errors
    /// Only when the database cannot be read; what is wrong with the records is a finding.
    pub fn verify(&self) -> Result<Verification, StoreError> {
        self.verify_against(None)
    }

    /// Proves the books, and that a head kept elsewhere still lies on the chain: `kept` is [`Head::hash`] of
    /// then. What was appended since is fine. Where it lies is in [`Verification::kept`]; that it lies nowhere is a
    /// finding.
    ///
    /// # Errors
    /// [`StoreError::KeptHead`] if `kept` is not 64 hexadecimal digits; otherwise as [`Store::verify`].
    pub fn verify_against(&self, kept: Option<&str>) -> Result<Verification, StoreError> {
        let kept = kept
            .map(|text| {
                unhex(text.trim())
                    .and_then(|bytes| <[u8; DIGEST]>::try_from(bytes).ok())
                    .ok_or_else(|| StoreError::KeptHead(text.to_owned()))
            })
            .transpose()?;
        self.with_reader(|connection| {
            // an older database is proved by its own schema; what is not ours, by that of this program
            let program = self
                .program
                .at(version(connection)?)
                .unwrap_or(self.program);
            // objects are compared first: it needs a transaction of its own on some engines
            let expected = connection.expected_schema(program.migrations)?;
            connection.begin_read()?;
            let open = OpenRead(connection);
            verify(&mut *open.0, program.catalog, &expected, kept)
        })
    }

    /// The end of the audit chain.
    pub fn head(&self) -> Result<Head, StoreError> {
        self.with_reader(|connection| stored_head(connection).map(Head::from))
    }

    /// Whether the database was made with the public key of demonstrations ([`crate::Keys::Demo`]): the first row
    /// of its key ring decides. Needs no key, so a store may be opened with any keys to ask this, and opened again
    /// with the right ones.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] if the key ring is empty or a row in it is of another kind than the first.
    pub fn is_demo(&self) -> Result<bool, StoreError> {
        self.with_reader(is_demo)
    }

    /// Prepares every statement linked into the program on this engine; returns those that it refuses.
    ///
    /// # Errors
    /// Only when the database cannot be reached.
    pub fn prepare_all(&self) -> Result<Vec<StoreError>, StoreError> {
        self.with_reader(|connection| {
            let mut refused = Vec::new();
            for statement in all_statements() {
                let sql = match statement.access {
                    Access::Scoped => expand(statement.sql),
                    Access::Internal(_) => statement.sql.to_owned(),
                };
                if let Err(error) = connection.prepare(statement.name, &sql) {
                    refused.push(error);
                }
            }
            Ok(refused)
        })
    }

    pub(crate) fn with_reader<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&mut dyn Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut connection = match idle.filter(|connection| connection.usable()) {
            Some(connection) => connection,
            None => connect(&self.url, &self.options, Purpose::Read)?,
        };
        let outcome = f(connection.as_mut());
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.usable() && readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        outcome
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_turn(&self, act: &Act<'_>) -> Result<Turn<'_>, StoreError> {
        let me = std::thread::current().id();
        if *self.writing() == Some(me) {
            return Err(StoreError::Nested {
                action: act.action.to_owned(),
            });
        }
        let writer = self.writer();
        *self.writing() = Some(me);
        Ok(Turn {
            store: self,
            writer,
        })
    }

    fn writing(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a reading transaction, also when a panic passes through.
pub(crate) struct OpenRead<'c>(pub(crate) &'c mut dyn Connection);

impl Drop for OpenRead<'_> {
    fn drop(&mut self) {
        self.0.rollback();
    }
}

/// The right to write, until dropped.
struct Turn<'s> {
    store: &'s Store,
    writer: MutexGuard<'s, Writer>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.store.writing() = None;
    }
}

/// The end of the chain without a lock.
pub(crate) fn stored_head(connection: &mut dyn Connection) -> Result<StoredHead, StoreError> {
    let rows = collect(
        connection,
        "store::HEAD",
        "SELECT audit_id, tx, hash FROM audit_head WHERE id = 1",
        &[],
    )?;
    let missing = |reason: &str| StoreError::Inconsistent {
        statement: "store::HEAD".to_owned(),
        column: 0,
        reason: reason.to_owned(),
    };
    let row = rows
        .first()
        .ok_or_else(|| missing("the end of the audit chain is missing"))?;
    let hash = row
        .blob(2)?
        .try_into()
        .map_err(|_| missing("the hash has a wrong length"))?;
    Ok(StoredHead {
        audit_id: row.int(0)?,
        tx: row.int(1)?,
        hash,
    })
}

fn at_us_of(connection: &mut dyn Connection, tx: i64) -> Result<i64, StoreError> {
    let rows = collect(
        connection,
        "store::LAST_AT",
        "SELECT at_us FROM txn WHERE id = ?1",
        &[Value::Int(tx)],
    )?;
    rows.first().map_or(Ok(i64::MIN), |row| row.int(0))
}

fn check_clock(now: Timestamp, last_at_us: i64) -> Result<(), StoreError> {
    if now.as_microsecond() >= last_at_us {
        return Ok(());
    }
    let last =
        Timestamp::from_microsecond(last_at_us).map_or_else(|_| last_at_us.to_string(), cst_text);
    Err(StoreError::ClockBack {
        now: cst_text(now),
        last,
    })
}
