//! Changing keys as acts of the county: a new master key, a new key of hashes, letting an old file go.
//!
//! Master key and key of hashes can be replaced; the key of a subject is only ever destroyed ([`crate::erasure`]):
//! what it sealed would have to be sealed anew in rows that never change.

use std::path::Path;

use minsheng_store::{KeyInfo, Query};

use crate::{Ctx, Desk, RegistryError, Role, accounts, persons};

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Rotated {
    /// Data keys wrapped anew.
    pub wrapped: usize,
    /// Keyed hashes computed anew, if the key of hashes was replaced too.
    pub hashed: usize,
}

/// How many records of the offices above hold keyed hashes that cannot be computed anew.
pub type Held<'h> = &'h dyn Fn(&mut dyn Query) -> Result<i64, minsheng_store::StoreError>;

/// The master keys that the database ever had.
///
/// # Errors
/// The store's.
pub fn list(desk: &Desk<'_>) -> Result<Vec<KeyInfo>, RegistryError> {
    Ok(desk.store.keys()?)
}

/// Makes the key in `file` the master key: every data key is wrapped under it in one act. With `search` the key of
/// hashes is replaced as well, and every hash of an identity number or account is computed anew; it stays while the
/// offices above hold hashes that cannot be.
///
/// The file stays where it is and is the backup of the new key; the program keeps a copy in its folder of keys.
///
/// # Errors
/// [`RegistryError::Role`] (administrator); [`RegistryError::HashesHeld`]; the store's. Nothing was changed then, but a copy of the file may be left
/// in the folder of keys, where nobody asks for it.
pub fn rotate(
    desk: &Desk<'_>,
    ctx: &Ctx,
    file: &Path,
    search: Option<Held<'_>>,
) -> Result<Rotated, RegistryError> {
    ctx.require(Role::Administrator)?;
    ctx.require_whole_county()?;
    let new = desk.store.adopt_master(file)?;
    let rotated = desk.store.write(&ctx.act("keys.rotate"), |tx| {
        let wrapped = tx.rotate_master(&new)?;
        let mut hashed = 0;
        if let Some(held) = search {
            let count = held(tx)?;
            if count > 0 {
                return Err(RegistryError::HashesHeld(count));
            }
            tx.rotate_search()?;
            hashed = persons::hash_again(tx)? + accounts::hash_again(tx)?;
        }
        Ok::<_, RegistryError>(Rotated { wrapped, hashed })
    })?;
    desk.store.scrub()?;
    Ok(rotated)
}

/// Lets the file of an old master key go; `backup` is a copy of the current one, kept apart.
///
/// # Errors
/// [`RegistryError::Role`] (administrator); the store's with what is in the way.
pub fn drop_old(
    desk: &Desk<'_>,
    ctx: &Ctx,
    key_id: &str,
    backup: &Path,
) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    ctx.require_whole_county()?;
    Ok(desk
        .store
        .drop_master(&ctx.act("keys.drop"), key_id, backup)?)
}

/// Opens a value and gives nothing if its subject was erased.
pub(crate) fn open_unless_erased(
    q: &mut dyn Query,
    subject: minsheng_store::Subject,
    label: &str,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, RegistryError> {
    Ok(crate::erasure::or_erased(q.unseal(subject, label, sealed))?.ok())
}
