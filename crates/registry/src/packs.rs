//! Published packs: kept whole in the records by their hash, so that a decision of any year is derived again
//! with the rules it was made with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minsheng_policy::{LANGUAGE_VERSION, PackSet, Source};
use minsheng_store::{Query, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

/// The packs an office works with: the current set, and every set it has met.
pub struct PackLibrary {
    current: Arc<PackSet>,
    known: Mutex<BTreeMap<String, Arc<PackSet>>>,
}

statement! {
    PACK_BY_HASH, internal "packs hold no persons",
    "SELECT authority, sources FROM pack_published WHERE hash = ?1"
}
statement! {
    PACK_LATEST, internal "packs hold no persons",
    "SELECT hash FROM pack_published WHERE authority = ?1 ORDER BY id DESC"
}

impl PackLibrary {
    /// A library whose current set is `current`.
    pub fn new(current: Arc<PackSet>) -> Self {
        let known = BTreeMap::from([(current.hash().to_owned(), Arc::clone(&current))]);
        PackLibrary {
            current,
            known: Mutex::new(known),
        }
    }

    /// A library on the set that the database published last for an authority.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] if none was published, [`RegistryError::Pack`] if it does not load.
    pub fn latest(q: &mut dyn Query, authority: &str) -> Result<Self, RegistryError> {
        let rows = q.rows(&PACK_LATEST, &[Value::from(authority)])?;
        let Some(row) = rows.first() else {
            return Err(RegistryError::NotFound {
                what: "published pack of",
                id: authority.to_owned(),
            });
        };
        let hash = row.text(0)?.to_owned();
        Ok(PackLibrary::new(Arc::new(load(q, &hash)?)))
    }

    /// The set in force for new work.
    pub fn current(&self) -> &Arc<PackSet> {
        &self.current
    }

    /// A set by its hash, from memory or from the records.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`], [`RegistryError::Pack`].
    pub fn by_hash(&self, q: &mut dyn Query, hash: &str) -> Result<Arc<PackSet>, RegistryError> {
        if let Some(found) = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
        {
            return Ok(Arc::clone(found));
        }
        let loaded = Arc::new(load(q, hash)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(known.entry(hash.to_owned()).or_insert(loaded)))
    }
}

fn load(q: &mut dyn Query, hash: &str) -> Result<PackSet, RegistryError> {
    let broken = |reason: String| RegistryError::Pack {
        hash: hash.to_owned(),
        reason,
    };
    let rows = q.rows(&PACK_BY_HASH, &[Value::from(hash)])?;
    let Some(row) = rows.first() else {
        return Err(RegistryError::NotFound {
            what: "published pack",
            id: hash.to_owned(),
        });
    };
    let sources: Vec<(String, String)> =
        serde_json::from_str(row.text(1)?).map_err(|error| broken(error.to_string()))?;
    let sources = sources
        .into_iter()
        .map(|(path, text)| Source { path, text })
        .collect();
    let set =
        PackSet::from_sources(row.text(0)?, sources).map_err(|error| broken(error.to_string()))?;
    if set.hash() != hash {
        return Err(broken(format!("its text hashes to {}", set.hash())));
    }
    Ok(set)
}

/// Publishes a set: stores its text under its hash. Publishing the same set again changes nothing.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn publish(desk: &Desk<'_>, ctx: &Ctx, set: &PackSet) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    let sources: Vec<(&str, &str)> = set
        .sources()
        .iter()
        .map(|source| (source.path.as_str(), source.text.as_str()))
        .collect();
    let text = serde_json::to_string(&sources).map_err(|error| RegistryError::Pack {
        hash: set.hash().to_owned(),
        reason: error.to_string(),
    })?;
    desk.store.write(&ctx.act("pack.publish"), |tx| {
        if tx
            .rows(&PACK_BY_HASH, &[Value::from(set.hash())])?
            .is_empty()
        {
            tx.insert(
                "pack_published",
                &[
                    ("hash", Value::from(set.hash())),
                    ("authority", Value::from(set.authority())),
                    ("language", Value::from(i64::from(LANGUAGE_VERSION))),
                    ("sources", Value::from(text)),
                ],
            )?;
        }
        Ok(())
    })
}
