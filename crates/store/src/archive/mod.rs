//! A whole county in one file, the same for both engines: what `backup` writes and `restore` reads, and the way
//! from SQLite to PostgreSQL and back.
//!
//! The file begins with [`MAGIC`]. The rows of each table follow, ordered by id, one deflate stream per table. Then
//! come the [`Manifest`] as JSON and, at the very end, its length, its SM3 and [`END`]. Every byte is in a digest or
//! is compared, so a torn or changed file is refused and the part that is wrong is named. The digests have no key:
//! they find damage. Against forgery there is the audit chain, which is proved again after every restore, and the
//! head that somebody kept elsewhere.
//!
//! A master key is never in the file; the manifest names the ones that it needs. What the file holds is otherwise
//! as readable as the database.
//!
//! Must not know: any office, the wall clock.

mod file;
mod read;
mod restore;
mod rows;
mod write;

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::catalog::{Catalog, Table};
use crate::digest::{DIGEST, sm3};

pub use read::Archive;
pub use restore::{Restore, Restored};
pub use write::BackUp;

/// The first bytes of a file.
const MAGIC: &[u8; 16] = b"minsheng county\n";
/// The last bytes of a file: a torn one does not have them.
const END: &[u8; 16] = b"\nminsheng county";
/// What this program writes, and the newest that it reads.
const FORMAT: u32 = 1;
/// Length of the manifest, its SM3, [`END`].
const TRAILER: usize = 8 + DIGEST + END.len();

/// Told how far a long work is: the part, what is done of it, the whole.
pub type Progress<'a> = &'a dyn Fn(&str, u64, u64);

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub format: u32,
    /// The program that wrote it, as `minsheng 0.1.0`.
    pub program: String,
    /// When it was written, RFC 3339.
    pub made_at: String,
    /// The engine that it was read from.
    pub engine: String,
    /// Number of the last migration.
    pub schema: i64,
    /// The migrations that made the tables.
    pub steps: Vec<Step>,
    /// The end of the audit chain.
    pub head: KeptHead,
    /// The master keys that are needed to read what is sealed.
    pub keys: Vec<KeyName>,
    /// How many things the proof of the books found wrong when it was written.
    pub findings: u64,
    /// The tables in the order in which they stand in the file.
    pub tables: Vec<TableLine>,
}

impl Manifest {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// Whether it is of a demonstration county, whose key is public.
    pub fn is_demo(&self) -> bool {
        self.keys
            .iter()
            .any(|key| key.kind == crate::Keys::Demo.kind())
    }
}

/// One migration that a database has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number.
    pub number: i64,
    /// SM3 of its text.
    pub digest: String,
}

/// The end of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptHead {
    /// Number of the last audit row.
    pub audit_id: i64,
    /// The last transaction.
    pub tx: i64,
    /// Its hash.
    pub hash: String,
}

/// A master key, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyName {
    /// Its name; the file is `KEY_ID.key`.
    pub key_id: String,
    /// Its kind: `file`, or `demo` for the public key of demonstrations.
    pub kind: String,
}

/// One table in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLine {
    /// Its name.
    pub name: String,
    /// Its columns in the order of the values.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
    /// SM3 over the digests of the rows ordered by id; the same on every engine, and the same after a later
    /// migration added columns.
    pub digest: String,
    /// Where its bytes begin in the file.
    pub at: u64,
    /// How many they are.
    pub length: u64,
    /// SM3 of them.
    pub packed: String,
}

/// What the end of a file says about its manifest.
fn trailer(manifest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TRAILER);
    bytes.extend_from_slice(&(manifest.len() as u64).to_be_bytes());
    bytes.extend_from_slice(&sm3(manifest));
    bytes.extend_from_slice(END);
    bytes
}

/// The tables so that each stands after those that its rows name.
fn load_order(catalog: &Catalog) -> Vec<&Table> {
    let mut waiting: Vec<&Table> = catalog.tables().collect();
    let mut order: Vec<&Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = |table: &&Table| {
            table.columns.iter().all(|column| {
                let Some(named) = &column.references else {
                    return true;
                };
                *named == table.name || order.iter().any(|done| done.name == *named)
            })
        };
        let (ready, blocked): (Vec<&Table>, Vec<&Table>) = waiting.into_iter().partition(free);
        if ready.is_empty() {
            // two tables that name each other; a test of the migrations keeps them out
            order.extend(blocked);
            break;
        }
        order.extend(ready);
        waiting = blocked;
    }
    order
}

fn refused(path: &std::path::Path, part: &str, reason: impl ToString, hint: &str) -> StoreError {
    StoreError::Archive {
        path: path.display().to_string(),
        part: part.to_owned(),
        reason: reason.to_string(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::Program;

    #[test]
    fn every_table_of_every_release_stands_after_those_that_it_names() {
        for catalog in Program::embedded().unwrap().catalogs {
            let order = load_order(catalog);
            assert_eq!(order.len(), catalog.tables().count());
            for (place, table) in order.iter().enumerate() {
                for named in table
                    .columns
                    .iter()
                    .filter_map(|column| column.references.as_ref())
                {
                    let before = order[..place].iter().any(|other| other.name == *named);
                    assert!(before || *named == table.name, "{}: {named}", table.name);
                }
            }
        }
    }
}
