//! Reading. Both a writing transaction and a snapshot answer the same questions, so that an office's query is
//! written once.

use minsheng_core::Timestamp;

use crate::engine::{Connection, collect};
use crate::log;
use crate::scope::{expand, expect_scoped};
use crate::vault::{DataKey, Generation, Owner, SEARCH};
use crate::{Row, Scope, Statement, Store, StoreError, Subject, TxNo, Value};

/// What can be asked inside of [`Store::read`] and [`Store::write`].
pub trait Query {
    /// Runs a statement that takes no area scope.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] if the statement is scoped.
    fn rows(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError>;

    /// Runs a statement inside of an area.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] if the statement is internal.
    fn scoped(
        &mut self,
        statement: &'static Statement,
        scope: &Scope,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError>;

    /// The last transaction that can be seen here: inside of a write that has changed something, its own.
    fn last_tx(&mut self) -> Result<TxNo, StoreError>;

    /// "As known at T": the last transaction before `at`, [`TxNo::NONE`] if there was none.
    fn tx_before(&mut self, at: Timestamp) -> Result<TxNo, StoreError>;

    /// When a transaction was recorded.
    fn tx_time(&mut self, tx: TxNo) -> Result<Option<Timestamp>, StoreError>;

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] without the master key, [`StoreError::Sealed`] if the value was changed, belongs
    /// elsewhere, or its key was destroyed.
    fn unseal(
        &mut self,
        subject: Subject,
        label: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError>;

    /// The keyed hash (HMAC-SM3) by which a sealed value is found; `label` is that of the value.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] without the master key.
    fn search_hash(&mut self, label: &str, text: &str) -> Result<Vec<u8>, StoreError>;
}

/// One state of the records; what others write meanwhile is not seen.
pub struct Snapshot<'s> {
    pub(crate) session: Session<'s>,
}

/// A connection in use, with the store it belongs to.
pub(crate) struct Session<'s> {
    pub(crate) store: &'s Store,
    pub(crate) connection: &'s mut dyn Connection,
    /// Of the keys, once somebody asked.
    generation: Option<Generation>,
}

impl<'s> Session<'s> {
    pub(crate) fn new(store: &'s Store, connection: &'s mut dyn Connection) -> Self {
        Session {
            store,
            connection,
            generation: None,
        }
    }
}

impl Session<'_> {
    /// The generation of keys that this session sees.
    pub(crate) fn generation(&mut self) -> Result<Generation, StoreError> {
        if let Some(known) = self.generation {
            return Ok(known);
        }
        let found = Generation::of(self.connection)?;
        self.generation = Some(found);
        Ok(found)
    }

    /// The generation that was looked at, unless the session changes keys itself.
    pub(crate) fn settled(&self) -> Option<Generation> {
        self.generation
            .filter(|found| *found != Generation::UNSETTLED)
    }

    /// From here on this session changes keys itself.
    pub(crate) fn unsettle(&mut self) {
        self.generation = Some(Generation::UNSETTLED);
    }

    /// The data key of an owner, if it has one.
    pub(crate) fn data_key(
        &mut self,
        owner: Owner,
        label: &str,
    ) -> Result<Option<DataKey>, StoreError> {
        let generation = self.generation()?;
        let vault = self.store.vault();
        vault.data_key(self.connection, generation, owner, label)
    }

    /// Runs a statement, and tells the log if it took long.
    fn collect(
        &mut self,
        name: &'static str,
        sql: &str,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let options = self.store.options();
        let Some(stopwatch) = &options.stopwatch else {
            return collect(self.connection, name, sql, params);
        };
        let begun = stopwatch();
        let rows = collect(self.connection, name, sql, params)?;
        let ms = stopwatch().saturating_sub(begun) / 1_000;
        if ms > options.slow_ms {
            log::slow(name, ms, rows.len());
        }
        Ok(rows)
    }

    pub(crate) fn ask(
        &mut self,
        name: &'static str,
        sql: &str,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        self.collect(name, sql, params)
    }

    pub(crate) fn rows(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        expect_scoped(statement, false)?;
        self.collect(statement.name, statement.sql, params)
    }

    pub(crate) fn scoped(
        &mut self,
        statement: &'static Statement,
        scope: &Scope,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        expect_scoped(statement, true)?;
        let params = scope.bind(statement, params)?;
        self.collect(statement.name, &expand(statement.sql), &params)
    }

    pub(crate) fn last_tx(&mut self) -> Result<TxNo, StoreError> {
        let rows = self.ask(
            "store::LAST_TX",
            "SELECT tx FROM audit_head WHERE id = 1",
            &[],
        )?;
        rows.first().map_or(Ok(TxNo::NONE), |row| row.tx(0))
    }

    pub(crate) fn tx_before(&mut self, at: Timestamp) -> Result<TxNo, StoreError> {
        let rows = self.ask(
            "store::TX_BEFORE",
            "SELECT id FROM txn WHERE at_us < ?1 ORDER BY at_us DESC, id DESC LIMIT 1",
            &[Value::from(at)],
        )?;
        rows.first().map_or(Ok(TxNo::NONE), |row| row.tx(0))
    }

    pub(crate) fn tx_time(&mut self, tx: TxNo) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.ask(
            "store::TX_TIME",
            "SELECT at_us FROM txn WHERE id = ?1",
            &[Value::from(tx)],
        )?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let at_us = row.int(0)?;
        Timestamp::from_microsecond(at_us)
            .map(Some)
            .map_err(|error| StoreError::Inconsistent {
                statement: "store::TX_TIME".to_owned(),
                column: 0,
                reason: error.to_string(),
            })
    }

    pub(crate) fn unseal(
        &mut self,
        subject: Subject,
        label: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let owner = Owner::from(subject);
        let key = self.data_key(owner, label)?;
        let key = key.ok_or_else(|| StoreError::Sealed {
            label: label.to_owned(),
            reason: format!("{} {} has no key", owner.kind, owner.id),
        })?;
        key.unseal(owner, label, sealed)
    }

    pub(crate) fn search_hash(&mut self, label: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        let key = self.data_key(SEARCH, label)?;
        let key = key.ok_or_else(|| StoreError::Sealed {
            label: label.to_owned(),
            reason: "the database has no search key".to_owned(),
        })?;
        Ok(key.search_hash(label, text))
    }
}

impl Query for Snapshot<'_> {
    fn rows(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        self.session.rows(statement, params)
    }

    fn scoped(
        &mut self,
        statement: &'static Statement,
        scope: &Scope,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        self.session.scoped(statement, scope, params)
    }

    fn last_tx(&mut self) -> Result<TxNo, StoreError> {
        self.session.last_tx()
    }

    fn tx_before(&mut self, at: Timestamp) -> Result<TxNo, StoreError> {
        self.session.tx_before(at)
    }

    fn tx_time(&mut self, tx: TxNo) -> Result<Option<Timestamp>, StoreError> {
        self.session.tx_time(tx)
    }

    fn unseal(
        &mut self,
        subject: Subject,
        label: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.session.unseal(subject, label, sealed)
    }

    fn search_hash(&mut self, label: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        self.session.search_hash(label, text)
    }
}
