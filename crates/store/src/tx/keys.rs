//! Keys inside of a transaction: destroying that of a subject, replacing the master key or the key of hashes.

use minsheng_core::civil_date;

use super::Tx;
use super::rows::misuse;
use crate::engine::collect;
use crate::vault::{Owner, SEARCH};
use crate::{MasterKey, StoreError, Subject, Value};

impl Tx<'_> {
    /// Destroys the key of a subject: what was sealed about it can never be read again, and nothing can be sealed
    /// about it any more. Rows and chain stay. Gives false if it was destroyed before.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] if the subject's key was made in this very transaction; otherwise as [`Tx::insert`].
    pub fn destroy_key(
        &mut self,
        subject: Subject,
        ground: &str,
        cite: &str,
    ) -> Result<bool, StoreError> {
        let owner = Owner::from(subject);
        if self.new_keys.contains_key(&owner) {
            let reason = "its key was made in the same transaction".to_owned();
            return Err(misuse("subject_key", reason));
        }
        let rows = collect(
            self.session.connection,
            "store::SUBJECT_KEY_ROW",
            "SELECT id, wrapped FROM subject_key WHERE subject_kind = ?1 AND subject_id = ?2",
            &[Value::from(owner.kind), Value::Int(owner.id)],
        );
        let rows = self.noted(rows)?;
        match rows.first() {
            Some(row) if row.opt_blob(1)?.is_none() => return Ok(false),
            Some(row) => {
                let id = row.int(0)?;
                self.update_own("subject_key", &["wrapped"], &[(id, vec![Value::Null])])?;
            }
            // nothing was ever sealed; the row keeps it so
            None => {
                let ring = self.last_ring()?;
                self.insert_own(
                    "subject_key",
                    &[
                        ("subject_kind", owner.kind.into()),
                        ("subject_id", owner.id.into()),
                        ("key_ring_id", ring.into()),
                    ],
                )?;
            }
        }
        let today = civil_date(self.at());
        self.insert_own(
            "key_event",
            &[
                ("kind", "destroyed".into()),
                ("subject_kind", owner.kind.into()),
                ("subject_id", owner.id.into()),
                ("ground", ground.into()),
                ("cite", cite.into()),
                ("happened_on", today.into()),
            ],
        )?;
        self.session.unsettle();
        Ok(true)
    }

    /// Makes `new` the master key of the database and wraps every data key under it. Gives how many.
    ///
    /// # Errors
    /// [`StoreError::MasterKey`] if the ring has the key already; [`StoreError::KeyMissing`] without the old one.
    pub fn rotate_master(&mut self, new: &MasterKey) -> Result<usize, StoreError> {
        let store = self.session.store;
        store.vault().expect_new(self.session.connection, new)?;
        let context = self.number().0;
        let wrapped = store
            .vault()
            .rewrap(self.session.connection, new, context)?;
        let count = wrapped.len();
        let ring = self.insert_own(
            "key_ring",
            &[
                ("key_id", new.key_id.as_str().into()),
                ("kind", new.kind.into()),
            ],
        )?;
        let rows: Vec<_> = wrapped
            .into_iter()
            .map(|(row, bytes)| (row, vec![Value::Int(ring), Value::from(bytes)]))
            .collect();
        self.update_own("subject_key", &["key_ring_id", "wrapped"], &rows)?;
        self.key_event("rotated", ring)?;
        Ok(count)
    }

    /// Replaces the key of hashes. Whoever keeps hashes computes them again in the same transaction:
    /// [`crate::Query::search_hash`] answers by the new key from here on.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] without the master key.
    pub fn rotate_search(&mut self) -> Result<(), StoreError> {
        let number = self.number().0;
        let (row, key, wrapped) = self
            .session
            .store
            .vault()
            .another_search_key(self.session.connection, number)?;
        let values = vec![Value::Int(wrapped.ring), Value::from(wrapped.bytes)];
        self.update_own("subject_key", &["key_ring_id", "wrapped"], &[(row, values)])?;
        self.key_event("search", wrapped.ring)?;
        self.new_keys.insert(SEARCH, key);
        Ok(())
    }

    pub(crate) fn may_drop(
        &mut self,
        key_id: &str,
        backup: &std::path::Path,
    ) -> Result<crate::KeyInfo, StoreError> {
        let vault = self.session.store.vault();
        vault.may_drop(self.session.connection, key_id, backup)
    }

    /// Notes that the file of a master key goes; see [`crate::Store::drop_master`].
    pub(crate) fn note_dropped(&mut self, ring: i64) -> Result<(), StoreError> {
        self.key_event("dropped", ring)
    }

    fn key_event(&mut self, kind: &str, ring: i64) -> Result<(), StoreError> {
        let today = civil_date(self.at());
        self.insert_own(
            "key_event",
            &[
                ("kind", kind.into()),
                ("key_ring_id", ring.into()),
                ("happened_on", today.into()),
            ],
        )?;
        self.session.unsettle();
        Ok(())
    }

    fn last_ring(&mut self) -> Result<i64, StoreError> {
        let rows = self
            .session
            .ask("store::LAST_RING", "SELECT MAX(id) FROM key_ring", &[]);
        let rows = self.noted(rows)?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    fn update_own(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &[(i64, Vec<Value>)],
    ) -> Result<(), StoreError> {
        let table = self.table(table)?;
        self.point(&format!("update {}", table.name));
        self.update_rows(&table, columns, rows)
    }
}
