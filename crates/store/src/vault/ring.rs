//! Changing keys: master keys come and go, the key of hashes is replaced, the key of a subject is destroyed.
//!
//! Files of keys are written before a transaction names them and removed after one says so: a process that dies in
//! between leaves a file that nobody asks for, never a database without its key.

use std::path::Path;

use zeroize::Zeroizing;

use super::{DataKey, MASTER, Owner, Ring, SEARCH, Vault, Wrapped, file, mac, rings, sealed_error};
use crate::digest::hex;
use crate::engine::{Connection, collect};
use crate::{Keys, StoreError, TxNo, Value};

/// A master key whose file is in place and that no database names yet; see [`crate::Tx::rotate_master`].
pub struct MasterKey {
    pub(crate) key_id: String,
    pub(crate) kind: &'static str,
    key: DataKey,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKey")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// A master key of the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Row of `key_ring`.
    pub id: i64,
    /// Name, also of its file.
    pub key_id: String,
    /// `file` or `demo`.
    pub kind: String,
    /// The transaction that brought it in.
    pub tx: TxNo,
    /// Data keys that it wraps.
    pub wraps: i64,
    /// Whether new data keys are wrapped under it.
    pub current: bool,
    /// Whether its file was dropped on purpose.
    pub dropped: bool,
    /// Whether its file is here.
    pub present: bool,
}

/// What is said of a key that is not there any more.
pub(super) fn erased(
    connection: &mut dyn Connection,
    owner: Owner,
    label: &str,
) -> Result<StoreError, StoreError> {
    let rows = collect(
        connection,
        "store::KEY_DESTROYED",
        "SELECT happened_on, ground, cite FROM key_event WHERE subject_kind = ?1 AND subject_id = ?2",
        &[Value::from(owner.kind), Value::Int(owner.id)],
    )?;
    Ok(match rows.first() {
        Some(row) => StoreError::Erased {
            label: label.to_owned(),
            subject: format!("{} {}", owner.kind, owner.id),
            on: row.date(0)?,
            ground: row.opt_text(1)?.unwrap_or_default().to_owned(),
            cite: row.opt_text(2)?.unwrap_or_default().to_owned(),
        },
        None => sealed_error(
            label,
            "its key was destroyed by no act of this program; nobody can read it again",
        ),
    })
}

/// A data key in the database: its row, whose it is, what wraps it.
struct Stored {
    row: i64,
    owner: Owner,
    wrapped: Wrapped,
}

fn stored(connection: &mut dyn Connection) -> Result<Vec<Stored>, StoreError> {
    collect(
        connection,
        "store::WRAPPED_KEYS",
        "SELECT id, subject_kind, subject_id, key_ring_id, wrapped FROM subject_key WHERE wrapped IS NOT NULL ORDER BY id",
        &[],
    )?
    .iter()
    .map(|row| {
        let kind = match row.text(1)? {
            "person" => "person",
            "household" => "household",
            "attachment" => "attachment",
            "search" => SEARCH.kind,
            other => {
                return Err(StoreError::Inconsistent {
                    statement: "store::WRAPPED_KEYS".to_owned(),
                    column: 1,
                    reason: format!("`{other}` has no keys"),
                });
            }
        };
        Ok(Stored {
            row: row.int(0)?,
            owner: Owner {
                kind,
                id: row.int(2)?,
            },
            wrapped: Wrapped {
                ring: row.int(3)?,
                bytes: row.blob(4)?.to_vec(),
            },
        })
    })
    .collect()
}

fn refused(reason: impl Into<String>, hint: &str) -> StoreError {
    StoreError::MasterKey {
        reason: reason.into(),
        hint: hint.to_owned(),
    }
}

impl Vault {
    fn folder(&self) -> Result<&Path, StoreError> {
        match &self.keys {
            Keys::Folder(folder) => Ok(folder),
            Keys::Demo => Err(refused(
                "a demonstration has one public key, which keeps nothing secret",
                "keys are changed in a county's own database",
            )),
        }
    }

    /// A new master key in a file that is not there yet.
    pub(crate) fn make_file(&self, path: &Path) -> Result<(), StoreError> {
        let mut key = Zeroizing::new([0; MASTER]);
        self.randomness.fill(key.as_mut_slice());
        file::write_new(path, key.as_slice())
    }

    /// Takes the key in a file into the folder of keys under a name of its own.
    pub(crate) fn adopt(&self, path: &Path) -> Result<MasterKey, StoreError> {
        let folder = self.folder()?;
        let missing = || {
            refused(
                format!("there is no key in {}", path.display()),
                "make one with `minsheng keys make FILE` on a medium that is kept apart",
            )
        };
        let secret = file::read_file(path)?.ok_or_else(missing)?;
        let inside = |path: &Path| path.canonicalize().ok();
        if inside(path)
            .is_some_and(|file| inside(folder).is_some_and(|keys| file.starts_with(keys)))
        {
            return Err(refused(
                format!("{} lies in the folder of keys itself", path.display()),
                "give the file on the medium that is kept apart: it stays there as the backup",
            ));
        }
        let mut name = [0; 8];
        self.randomness.fill(&mut name);
        let key_id = format!("ms-{}", hex(&name));
        file::write(folder, &key_id, &secret)?;
        Ok(MasterKey {
            key_id,
            kind: self.keys.kind(),
            key: DataKey::new(&secret),
        })
    }

    /// Every data key wrapped under `new`, as rows of `subject_key` with their new bytes. `context` keeps nonces
    /// apart.
    pub(crate) fn rewrap(
        &self,
        connection: &mut dyn Connection,
        new: &MasterKey,
        context: i64,
    ) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let mut rows = Vec::new();
        for key in stored(connection)? {
            let (owner, ring) = (key.owner, key.wrapped.ring);
            let secret = self.unwrap(connection, owner, ring, &key.wrapped.bytes, "data key")?;
            rows.push((key.row, new.key.seal(owner, "data key", context, &secret)?));
        }
        Ok(rows)
    }

    /// Refuses a key that the ring has already.
    pub(crate) fn expect_new(
        &self,
        connection: &mut dyn Connection,
        new: &MasterKey,
    ) -> Result<(), StoreError> {
        for known in ring_rows(connection)? {
            let Keys::Folder(folder) = &self.keys else {
                break;
            };
            let secret = file::read(folder, &known.key_id)?;
            if secret.is_some_and(|secret| DataKey::new(&secret).same(&new.key)) {
                return Err(refused(
                    format!(
                        "this is the key `{}`, which the database had before",
                        known.key_id
                    ),
                    "make a new one with `minsheng keys make FILE`",
                ));
            }
        }
        Ok(())
    }

    /// Another key for keyed hashes, and how to store it.
    pub(crate) fn another_search_key(
        &self,
        connection: &mut dyn Connection,
        context: i64,
    ) -> Result<(i64, DataKey, Wrapped), StoreError> {
        let old = stored(connection)?
            .into_iter()
            .find(|key| key.owner == SEARCH)
            .ok_or_else(|| sealed_error("search key", "the database has none"))?;
        // who does not have the old one may not replace it
        self.unwrap(
            connection,
            SEARCH,
            old.wrapped.ring,
            &old.wrapped.bytes,
            "search key",
        )?;
        let (first, last) = rings(connection)?;
        let ring = last.unwrap_or(first);
        let mut random = Zeroizing::new([0; 32]);
        self.randomness.fill(random.as_mut_slice());
        let mut purpose = Vec::new();
        SEARCH.push(&mut purpose);
        purpose.extend_from_slice(&context.to_be_bytes());
        let secret = mac(random.as_slice(), &purpose);
        let bytes = self
            .master(&ring)?
            .seal(SEARCH, "data key", context, secret.as_slice())?;
        let wrapped = Wrapped {
            ring: ring.id,
            bytes,
        };
        Ok((old.row, DataKey::new(secret.as_slice()), wrapped))
    }

    /// The ring, oldest first.
    pub(crate) fn list(&self, connection: &mut dyn Connection) -> Result<Vec<KeyInfo>, StoreError> {
        let rows = collect(
            connection,
            "store::KEY_LIST",
            "SELECT r.id, r.tx, (SELECT COUNT(*) FROM subject_key s WHERE s.key_ring_id = r.id AND s.wrapped IS NOT NULL),
                    (SELECT COUNT(*) FROM key_event e WHERE e.key_ring_id = r.id AND e.kind = 'dropped')
             FROM key_ring r ORDER BY r.id",
            &[],
        )?;
        let rings = ring_rows(connection)?;
        let last = rings.last().map(|ring| ring.id);
        let mut found = Vec::with_capacity(rows.len());
        for (row, ring) in rows.iter().zip(rings) {
            let present = match &self.keys {
                Keys::Demo => true,
                Keys::Folder(folder) => file::read(folder, &ring.key_id)?.is_some(),
            };
            found.push(KeyInfo {
                id: ring.id,
                tx: row.tx(1)?,
                wraps: row.int(2)?,
                current: Some(ring.id) == last,
                dropped: row.int(3)? > 0,
                present,
                key_id: ring.key_id,
                kind: ring.kind,
            });
        }
        Ok(found)
    }

    /// Whether the file of a key may go: it wraps nothing any more, and `backup`, outside of the folder of keys,
    /// holds the key that does.
    pub(crate) fn may_drop(
        &self,
        connection: &mut dyn Connection,
        key_id: &str,
        backup: &Path,
    ) -> Result<KeyInfo, StoreError> {
        let folder = self.folder()?;
        let ring = self.list(connection)?;
        let wanted = ring
            .iter()
            .find(|key| key.key_id == key_id)
            .ok_or_else(|| {
                refused(
                    format!("the database names no key `{key_id}`"),
                    "`minsheng keys list` shows them",
                )
            })?;
        if wanted.current || wanted.wraps > 0 {
            return Err(refused(
                format!(
                    "the key `{key_id}` still wraps {} keys of this database",
                    wanted.wraps
                ),
                "change to a new key first: `minsheng keys rotate`",
            ));
        }
        let current = ring.iter().find(|key| key.current);
        let current = current.map_or(Ok(None), |key| file::read(folder, &key.key_id))?;
        let kept = file::read_file(backup)?;
        let apart = match (backup.canonicalize(), folder.canonicalize()) {
            (Ok(backup), Ok(folder)) => !backup.starts_with(folder),
            _ => false,
        };
        let same = matches!((&current, &kept), (Some(current), Some(kept)) if current.as_slice() == kept.as_slice());
        if !apart || !same {
            return Err(refused(
                format!(
                    "{} is no copy of the key now in use, kept apart from it",
                    backup.display()
                ),
                "copy the file of the current key to a medium that is kept apart, and name that copy",
            ));
        }
        Ok(wanted.clone())
    }

    /// Removes the file of a key.
    pub(crate) fn remove_file(&self, key_id: &str) -> Result<(), StoreError> {
        file::remove(self.folder()?, key_id)?;
        self.unlocked().masters.remove(key_id);
        Ok(())
    }
}

fn ring_rows(connection: &mut dyn Connection) -> Result<Vec<Ring>, StoreError> {
    collect(
        connection,
        "store::KEY_RING",
        "SELECT id, key_id, kind FROM key_ring ORDER BY id",
        &[],
    )?
    .iter()
    .map(Ring::of)
    .collect()
}
