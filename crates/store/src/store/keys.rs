//! Master keys of an open database: which there are, bringing in a file, letting one go.

use std::path::Path;

use super::{Head, Store, stored_head};
use crate::engine::{Purpose, collect, connect};
use crate::{Act, KeyInfo, MasterKey, StoreError};

impl Store {
    /// The master keys that the database ever had, oldest first.
    ///
    /// # Errors
    /// [`StoreError::File`] for a key file that cannot be read; otherwise the database's.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, StoreError> {
        self.with_reader(|connection| self.vault.list(connection))
    }

    /// Writes a new master key to a file that is not there yet, on a medium that is kept apart.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn make_key_file(&self, path: &Path) -> Result<(), StoreError> {
        self.vault.make_file(path)
    }

    /// Copies the key in a file into the folder of keys, ready for [`crate::Tx::rotate_master`]. The file stays
    /// where it is: it is the backup.
    ///
    /// # Errors
    /// [`StoreError::MasterKey`] if there is none, it lies in the folder of keys itself, or the database is a
    /// demonstration; [`StoreError::File`].
    pub fn adopt_master(&self, path: &Path) -> Result<MasterKey, StoreError> {
        self.vault.adopt(path)
    }

    /// Lets go of a master key that wraps nothing any more: an audited act, then its file is overwritten and
    /// removed. `backup` is a copy of the key now in use, kept apart from the folder of keys; without one nothing
    /// happens.
    ///
    /// # Errors
    /// [`StoreError::MasterKey`] with what is in the way; [`StoreError::File`]. A process that dies between the act
    /// and the removal leaves the file; the same again removes it.
    pub fn drop_master(
        &self,
        act: &Act<'_>,
        key_id: &str,
        backup: &Path,
    ) -> Result<(), StoreError> {
        self.write(act, |tx| -> Result<(), StoreError> {
            let key = tx.may_drop(key_id, backup)?;
            if key.dropped {
                return Ok(());
            }
            tx.note_dropped(key.id)
        })?;
        self.vault.remove_file(key_id)
    }

    /// Whether the database can be worked with: reached, of this program's schema, the end of its chain readable.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::Version`], [`StoreError::Inconsistent`].
    pub fn ready(&self) -> Result<Head, StoreError> {
        self.with_reader(|connection| {
            let rows = collect(
                connection,
                "store::READY",
                "SELECT MAX(id) FROM schema_migration",
                &[],
            )?;
            let found = rows.first().map_or(Ok(None), |row| row.opt_int(0))?;
            let (found, needed) = (found.unwrap_or(0), self.program.version());
            if found != needed {
                return Err(StoreError::Version {
                    url: self.url.to_string(),
                    found,
                    needed,
                    hint: "start the server with the release that fits the database".to_owned(),
                });
            }
            stored_head(connection).map(Head::from)
        })
    }

    /// Takes what was destroyed out of the places beside the tables: the write-ahead log of SQLite is emptied, dead
    /// rows of PostgreSQL are cleared away. Best effort: readers that are still at work keep an older state.
    ///
    /// # Errors
    /// The database's.
    pub fn scrub(&self) -> Result<(), StoreError> {
        connect(&self.url, &self.options, Purpose::Write)?.scrub()
    }
}
