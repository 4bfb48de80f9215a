//! Writing. A transaction gives ids, fills the column `tx`, digests every row it writes and links the digests to
//! the audit chain when it commits. What a table's directive does not allow is refused here in words, and by the
//! guards of the database for whoever comes another way.

use std::collections::HashMap;
use std::sync::Arc;

use minsheng_core::Timestamp;

use crate::audit::{AUDIT_COLUMNS, Op, Pending};
use crate::catalog::{ColumnType, Guard, Table};
use crate::digest::RowDigest;
use crate::engine::{Cell, Connection, NewRows, StoredHead};
use crate::snapshot::Session;
use crate::vault::{DataKey, Owner};
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
            session: Session { store, connection },
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
        let key =
            match self.new_keys.get(&owner) {
                Some(key) => key.clone(),
                None => match self.session.store.vault().data_key(
                    self.session.connection,
                    owner,
                    label,
                )? {
                    Some(key) => key,
                    None => self.create_data_key(owner)?,
                },
            };
        key.seal(owner, label, self.number().0, plain)
    }

    pub(crate) fn create_data_key(&mut self, owner: Owner) -> Result<DataKey, StoreError> {
        let number = self.number().0;
        let (key, wrapped) =
            self.session
                .store
                .vault()
                .create_data(self.session.connection, owner, number)?;
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

    fn insert_one(&mut self, table: &Table, values: &[(&str, Value)]) -> Result<i64, StoreError> {
        let (columns, row): (Vec<&str>, Vec<Value>) = values.iter().cloned().unzip();
        self.insert_rows(table, &columns, &[row])
    }

    fn insert_rows(
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
        let mut next = first_id;
        for digest in digests {
            self.pending.add(&table.name, Op::Insert, next, digest);
            next += 1;
        }
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.counters.insert(table.name.clone(), first_id + count);
        Ok(first_id)
    }

    fn update_rows(
        &mut self,
        table: &Table,
        columns: &[&str],
        rows: &[(i64, Vec<Value>)],
    ) -> Result<(), StoreError> {
        check_columns(table, columns, &["id", "tx"])?;
        if let Some(column) = columns.iter().find(|column| !table.may_update(column)) {
            let rule = match &table.guard {
                Guard::AppendOnly { set_once } if set_once.is_empty() => {
                    "a row never changes".to_owned()
                }
                Guard::AppendOnly { set_once } => {
                    format!("only {} may be set, once", set_once.join(", "))
                }
                Guard::Mutable { columns } => format!("only {} may change", columns.join(", ")),
                Guard::Exempt { .. } => "an id never changes".to_owned(),
            };
            return Err(misuse(
                &table.name,
                format!("column {column} may not be updated; {rule}"),
            ));
        }
        let types = column_types(table, columns);
        let mut wanted = std::collections::HashSet::with_capacity(rows.len());
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

    fn noted<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
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
        for (owner, key) in self.new_keys.drain() {
            self.session.store.vault().remember(owner, key);
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
        self.session.search_hash(label, text)
    }
}

fn misuse(what: &str, reason: String) -> StoreError {
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

fn digests_of(new: &NewRows<'_>) -> Vec<[u8; crate::digest::DIGEST]> {
    let names = std::iter::once("id")
        .chain(new.tx.map(|_| "tx"))
        .chain(new.columns.iter().copied());
    let given = 1 + usize::from(new.tx.is_some());
    let mut digest = RowDigest::new(names);
    let mut id = new.first_id;
    let mut digests = Vec::with_capacity(new.rows.len());
    for row in new.rows {
        digests.push(digest.of(|at| match (at, new.tx) {
            (0, _) => Cell::Int(id),
            (1, Some(tx)) => Cell::Int(tx),
            _ => row[at - given].cell(),
        }));
        id += 1;
    }
    digests
}
