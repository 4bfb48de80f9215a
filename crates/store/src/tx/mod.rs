//! Writing. A transaction gives ids, fills the column `tx`, digests every row it writes and links the digests to
//! the audit chain when it commits. What a table's directive does not allow is refused here in words, and by the
//! guards of the database for whoever comes another way.

mod keys;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use minsheng_core::Timestamp;

use self::rows::misuse;
use crate::audit::{AUDIT_COLUMNS, Pending};
use crate::catalog::Table;
use crate::engine::{Connection, NewRows, StoredHead};
use crate::snapshot::Session;
use crate::vault::{DataKey, Generation, Owner, SEARCH};
use crate::{Query, Row, Scope, Statement, Store, StoreError, Subject, TxNo, Value};

/// Rows from which on digests are made by a second thread while the database writes.
const PARALLEL: usize = 2_000;

/// Who does what, and when. `at` comes from the caller's clock.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// Name of the user.
    pub actor: &'a str,
    /// What is done, as `case accept C000123`.
    pub action: &'a str,
    /// The moment, kept in microseconds.
    pub at: Timestamp,
}

/// A writing transaction; there is one at a time. It becomes a row in `txn` only if it changes something.
pub struct Tx<'s> {
    session: Session<'s>,
    counters: &'s mut HashMap<String, i64>,
    act: Act<'s>,
    head: StoredHead,
    pending: Pending,
    new_keys: HashMap<Owner, DataKey>,
    /// The database refused something. One engine would go on, the other not; so none does.
    failed: bool,
    finished: bool,
}

impl<'s> Tx<'s> {
    /// Takes over a transaction already begun on the connection.
    pub(crate) fn new(
        store: &'s Store,
        connection: &'s mut dyn Connection,
        counters: &'s mut HashMap<String, i64>,
        act: Act<'s>,
        head: StoredHead,
    ) -> Self {
        Tx {
            session: Session::new(store, connection),
            counters,
            act,
            head,
            pending: Pending::default(),
            new_keys: HashMap::new(),
            failed: false,
            finished: false,
        }
    }

    /// The number this transaction has if it changes something.
    pub fn number(&self) -> TxNo {
        TxNo(self.head.tx + 1)
    }

    /// Rows written so far.
    pub(crate) fn rows_written(&self) -> usize {
        self.pending.rows()
    }

    /// Its time.
    pub fn at(&self) -> Timestamp {
        self.act.at
    }

    /// Marks a point at which a process could die; see [`crate::Observer`].
    pub fn point(&self, name: &str) {
        self.session.store.point(name);
    }

    /// Inserts one row and returns the id that it got. The columns `id` and `tx` are the store's to fill;
    /// columns not named hold nothing.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] for a table or column that is not declared or a value of another type,
    /// [`StoreError::Guard`] when the records refuse the row.
    pub fn insert(&mut self, table: &str, values: &[(&str, Value)]) -> Result<i64, StoreError> {
        let table = self.office_table(table)?;
        self.point(&format!("insert {}", table.name));
        self.insert_one(&table, values)
    }

    /// Inserts many rows with consecutive ids and returns the first; the bulk path. Nothing is done for no rows,
    /// and the returned id is then the one the next row will get.
    ///
    /// # Errors
    /// As [`Tx::insert`].
    pub fn insert_many(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<i64, StoreError> {
        let table = self.office_table(table)?;
        self.point(&format!("insert_many {}", table.name));
        self.insert_rows(&table, columns, &rows)
    }

    /// Changes columns of one row.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] for a column that the table's directive does not let change or a row that is not
    /// there, [`StoreError::Guard`] when the records refuse the change (a column set a second time).
    pub fn update(
        &mut self,
        table: &str,
        id: i64,
        values: &[(&str, Value)],
    ) -> Result<(), StoreError> {
        let table = self.office_table(table)?;
        self.point(&format!("update {}", table.name));
        let (columns, row): (Vec<&str>, Vec<Value>) = values.iter().cloned().unzip();
        self.update_rows(&table, &columns, &[(id, row)])
    }

    /// Changes the same columns of many rows, each named once.
    ///
    /// # Errors
    /// As [`Tx::update`].
    pub fn update_many(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<(i64, Vec<Value>)>,
    ) -> Result<(), StoreError> {
        let table = self.office_table(table)?;
        self.point(&format!("update_many {}", table.name));
        self.update_rows(&table, columns, &rows)
    }

    /// Seals a value about a subject, making the subject's data key if it has none yet. `label` says what the
    /// value is (`id_number`, `account`, …) and is needed to open it.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] without the master key, [`StoreError::Sealed`] if the subject was erased.
    pub fn seal(
        &mut self,
        subject: Subject,
        label: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let owner = Owner::from(subject);
        let key = match self.new_keys.get(&owner) {
            Some(key) => key.clone(),
            None => match self.session.data_key(owner, label)? {
                Some(key) => key,
                None => self.create_data_key(owner)?,
            },
        };
        key.seal(owner, label, self.number().0, plain)
    }

    /// Makes the data keys of new subjects in one go, for a bulk load; [`Tx::seal`] would make them one by one.
    ///
    /// # Errors
    /// As [`Tx::seal`]; [`StoreError::Guard`] if one of them has a key already.
    pub fn make_keys(
        &mut self,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<(), StoreError> {
        let owners: Vec<Owner> = subjects.into_iter().map(Owner::from).collect();
        let number = self.number().0;
        let generation = self.session.generation()?;
        let vault = self.session.store.vault();
        let made = vault.create_data_many(self.session.connection, generation, &owners, number)?;
        let mut rows = Vec::with_capacity(made.len());
        for (owner, (key, wrapped)) in owners.into_iter().zip(made) {
            rows.push(vec![
                Value::from(owner.kind),
                Value::from(owner.id),
                Value::from(wrapped.ring),
                Value::from(wrapped.bytes),
            ]);
            self.new_keys.insert(owner, key);
        }
        let table = self.table("subject_key")?;
        self.point("insert_many subject_key");
        let columns = ["subject_kind", "subject_id", "key_ring_id", "wrapped"];
        self.insert_rows(&table, &columns, &rows)?;
        Ok(())
    }

    pub(crate) fn create_data_key(&mut self, owner: Owner) -> Result<DataKey, StoreError> {
        let number = self.number().0;
        // the key of hashes is made before there is any generation
        let generation = match owner {
            SEARCH => Generation::UNSETTLED,
            _ => self.session.generation()?,
        };
        let vault = self.session.store.vault();
        let (key, wrapped) =
            vault.create_data(self.session.connection, generation, owner, number)?;
        self.insert_own(
            "subject_key",
            &[
                ("subject_kind", owner.kind.into()),
                ("subject_id", owner.id.into()),
                ("key_ring_id", wrapped.ring.into()),
                ("wrapped", wrapped.bytes.into()),
            ],
        )?;
        self.new_keys.insert(owner, key.clone());
        Ok(key)
    }

    /// Inserts into one of the store's own tables.
    pub(crate) fn insert_own(
        &mut self,
        table: &str,
        values: &[(&str, Value)],
    ) -> Result<i64, StoreError> {
        let table = self.table(table)?;
        self.point(&format!("insert {}", table.name));
        self.insert_one(&table, values)
    }

    fn table(&self, name: &str) -> Result<Arc<Table>, StoreError> {
        let found = self.session.store.catalog().table(name);
        found
            .cloned()
            .ok_or_else(|| misuse(name, "no migration makes this table".to_owned()))
    }

    fn office_table(&self, name: &str) -> Result<Arc<Table>, StoreError> {
        let table = self.table(name)?;
        if table.is_own() {
            return Err(misuse(name, "only the store writes this table".to_owned()));
        }
        Ok(table)
    }

    /// Writes the transaction's own row, links the chain and commits. Returns the new end of the chain.
    pub(crate) fn commit(mut self) -> Result<StoredHead, StoreError> {
        if self.failed {
            let reason =
                "the database refused a part of it, so the whole cannot be kept".to_owned();
            return Err(misuse(self.act.action, reason));
        }
        if !self.pending.is_empty() {
            self.write_chain()?;
        }
        self.point("commit.before");
        self.session.connection.commit()?;
        self.finished = true;
        self.point("commit.after");
        // the session looked before it was committed; a transaction that changed keys leaves none behind
        if !self.new_keys.is_empty()
            && let Some(generation) = self.session.settled()
        {
            for (owner, key) in self.new_keys.drain() {
                self.session.store.vault().remember(generation, owner, key);
            }
        }
        Ok(self.head)
    }

    fn write_chain(&mut self) -> Result<(), StoreError> {
        let number = self.number();
        let txn = self.table("txn")?;
        self.counters.insert(txn.name.clone(), number.0);
        self.insert_own(
            "txn",
            &[
                ("at_us", self.act.at.into()),
                ("actor", self.act.actor.into()),
                ("action", self.act.action.into()),
            ],
        )?;
        let (rows, head) = std::mem::take(&mut self.pending).link(self.head, number.0);
        let audit = self.table("audit_row")?;
        self.point("insert audit_row");
        self.session.connection.insert_rows(&NewRows {
            table: &audit,
            columns: &AUDIT_COLUMNS,
            first_id: self.head.audit_id + 1,
            tx: Some(number.0),
            rows: &rows,
        })?;
        let end = self.table("audit_head")?;
        self.point("update audit_head");
        let values = vec![
            Value::Int(head.audit_id),
            Value::Int(head.tx),
            Value::from(&head.hash[..]),
        ];
        let mut found = false;
        self.session.connection.update_rows(
            &end,
            &["audit_id", "tx", "hash"],
            &[(1, values)],
            &mut |_| {
                found = true;
                Ok(())
            },
        )?;
        if !found {
            return Err(misuse(
                "audit_head",
                "the end of the audit chain is missing".to_owned(),
            ));
        }
        self.head = head;
        Ok(())
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.session.connection.rollback();
            self.counters.clear();
        }
    }
}

impl Query for Tx<'_> {
    fn rows(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let outcome = self.session.rows(statement, params);
        self.noted(outcome)
    }

    fn scoped(
        &mut self,
        statement: &'static Statement,
        scope: &Scope,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let outcome = self.session.scoped(statement, scope, params);
        self.noted(outcome)
    }

    fn last_tx(&mut self) -> Result<TxNo, StoreError> {
        if self.pending.is_empty() {
            Ok(TxNo(self.head.tx))
        } else {
            Ok(self.number())
        }
    }

    fn tx_before(&mut self, at: Timestamp) -> Result<TxNo, StoreError> {
        if !self.pending.is_empty() && self.act.at < at {
            return Ok(self.number());
        }
        let outcome = self.session.tx_before(at);
        self.noted(outcome)
    }

    fn tx_time(&mut self, tx: TxNo) -> Result<Option<Timestamp>, StoreError> {
        if !self.pending.is_empty() && tx == self.number() {
            return Ok(Some(self.act.at));
        }
        self.session.tx_time(tx)
    }

    fn unseal(
        &mut self,
        subject: Subject,
        label: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        match self.new_keys.get(&subject.into()) {
            Some(key) => key.unseal(subject.into(), label, sealed),
            None => self.session.unseal(subject, label, sealed),
        }
    }

    fn search_hash(&mut self, label: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        match self.new_keys.get(&SEARCH) {
            Some(key) => Ok(key.search_hash(label, text)),
            None => self.session.search_hash(label, text),
        }
    }
}
