//! Writing a county into a file, from one state of the database while others write on.

use std::io::{BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use minsheng_core::Timestamp;

use super::file::{NewFile, failed};
use super::rows::{Counted, TableDigest, put_row};
use super::{
    FORMAT, KeptHead, KeyName, MAGIC, Manifest, Progress, Step, TableLine, load_order, refused,
    trailer,
};
use crate::catalog::Table;
use crate::digest::{RowDigest, hex};
use crate::engine::{Connection, StoredHead, collect};
use crate::migrate::Program;
use crate::store::{OpenRead, seen_steps, stored_head, version, version_error};
use crate::verify::verify;
use crate::{Archive, Head, Store, StoreError};

/// Bytes collected before they are compressed.
const CHUNK: usize = 256 * 1024;
/// Rows between two notes of progress.
const NOTE: u64 = 10_000;
/// A third of the time of the next level, and hardly larger: most of the bytes are digests and sealed values.
const LEVEL: Compression = Compression::new(3);

/// What the one who backs up says about the file.
#[derive(Debug, Clone, Copy)]
pub struct BackUp<'a> {
    /// The program, as `minsheng 0.1.0`.
    pub program: &'a str,
    /// The moment.
    pub at: Timestamp,
}

impl Store {
    /// Writes everything into one file ([`Archive`]), whole or not at all: one state of the database, whatever
    /// others write meanwhile. The books are proved in the same state; what is found is counted in the manifest and
    /// does not keep the copy from being made. The file is read again and compared before it gets its name. Works
    /// on a database of any release up to this one ([`Store::inspect`]).
    ///
    /// # Errors
    /// [`StoreError::File`] if there is such a file already or it cannot be written, [`StoreError::Archive`] if it
    /// does not read back as it was written, [`StoreError::Version`] if the database is not ours or newer.
    pub fn back_up(
        &self,
        to: &Path,
        by: BackUp<'_>,
        progress: Progress<'_>,
    ) -> Result<Manifest, StoreError> {
        if to.exists() {
            let reason = "there is such a file already\nhint: name another one; a backup is never written over";
            return Err(failed(to, reason));
        }
        let new = NewFile::begin(to, ".part")?;
        let outcome = self.with_reader(|connection| {
            let found = version(connection)?;
            let Some(program) = self.program().at(found) else {
                return Err(version_error(self.program(), self.url(), found));
            };
            if let Some(step) = program.foreign_step(&seen_steps(connection)?) {
                return Err(StoreError::ForeignSchema {
                    url: self.url().to_string(),
                    step: step.to_owned(),
                });
            }
            let expected = connection.expected_schema(program.migrations)?;
            connection.begin_read()?;
            let open = OpenRead(connection);
            let head = stored_head(&mut *open.0)?;
            progress("proof", 0, 1);
            let proof = verify(&mut *open.0, program.catalog, &expected, None)?;
            self.point("archive.proved");
            let mut manifest = Manifest {
                format: FORMAT,
                program: by.program.to_owned(),
                made_at: by.at.to_string(),
                engine: self.url().engine().to_owned(),
                schema: found,
                steps: steps(&mut *open.0)?,
                head: head.into(),
                keys: keys(&mut *open.0)?,
                findings: proof.findings.len() as u64,
                tables: Vec::new(),
            };
            self.write_tables(&new, program, &mut *open.0, &mut manifest, progress)?;
            Ok(manifest)
        });
        let outcome = outcome.and_then(|manifest| {
            self.point("archive.written");
            new.sync()?;
            self.point("archive.synced");
            let written = Archive::open(&new.path)?;
            if *written.manifest() != manifest {
                let reason = "it does not read back as it was written";
                let hint = "look whether the disk is sound";
                return Err(refused(&new.path, "manifest", reason, hint));
            }
            written.check(progress)?;
            self.point("archive.checked");
            Ok(manifest)
        });
        match outcome {
            Ok(manifest) => {
                new.rename(to)?;
                self.point("archive.named");
                Ok(manifest)
            }
            Err(error) => {
                new.remove();
                Err(error)
            }
        }
    }

    fn write_tables(
        &self,
        new: &NewFile,
        program: Program,
        connection: &mut dyn Connection,
        manifest: &mut Manifest,
        progress: Progress<'_>,
    ) -> Result<(), StoreError> {
        let wrong = |error: std::io::Error| failed(&new.path, error);
        let mut out = BufWriter::with_capacity(CHUNK, &new.file);
        out.write_all(MAGIC).map_err(wrong)?;
        let mut at = MAGIC.len() as u64;
        for table in load_order(program.catalog) {
            self.point(&format!("archive.write {}", table.name));
            let line = write_table(table, at, connection, &mut out, &wrong, progress)?;
            at += line.length;
            manifest.tables.push(line);
        }
        let text = serde_json::to_vec(&manifest).map_err(|error| wrong(error.into()))?;
        out.write_all(&text).map_err(wrong)?;
        out.write_all(&trailer(&text)).map_err(wrong)?;
        out.flush().map_err(wrong)
    }
}

fn write_table(
    table: &Table,
    at: u64,
    connection: &mut dyn Connection,
    out: &mut impl Write,
    wrong: &dyn Fn(std::io::Error) -> StoreError,
    progress: Progress<'_>,
) -> Result<TableLine, StoreError> {
    let total = count(connection, &table.name)?;
    let columns: Vec<String> = names(table).map(str::to_owned).collect();
    let mut packed = DeflateEncoder::new(Counted::new(out), LEVEL);
    let mut buffer = Vec::with_capacity(CHUNK + 4096);
    let mut row_digest = RowDigest::new(names(table));
    let mut digest = TableDigest::default();
    let mut rows = 0_u64;
    progress(&table.name, 0, total);
    connection.query("store::ARCHIVE", &select(table), &[], &mut |cells| {
        digest.add(&row_digest.of(|at| cells[at]));
        let unknown = || StoreError::Inconsistent {
            statement: table.name.clone(),
            column: 0,
            reason: format!(
                "row {} holds a value of a type that no release writes",
                rows + 1
            ),
        };
        put_row(cells, &mut buffer).ok_or_else(unknown)?;
        rows += 1;
        if buffer.len() >= CHUNK {
            packed.write_all(&buffer).map_err(wrong)?;
            buffer.clear();
        }
        if rows.is_multiple_of(NOTE) {
            progress(&table.name, rows, total);
        }
        Ok(())
    })?;
    packed.write_all(&buffer).map_err(wrong)?;
    let (length, packed) = packed.finish().map_err(wrong)?.finish();
    Ok(TableLine {
        name: table.name.clone(),
        columns,
        rows,
        digest: digest.finish(),
        at,
        length,
        packed,
    })
}

fn names(table: &Table) -> impl Iterator<Item = &str> {
    table.columns.iter().map(|column| column.name.as_str())
}

fn select(table: &Table) -> String {
    let columns: Vec<&str> = names(table).collect();
    format!(
        "SELECT {} FROM {} ORDER BY id",
        columns.join(", "),
        table.name
    )
}

fn count(connection: &mut dyn Connection, table: &str) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let rows = collect(connection, "store::COUNT_ROWS", &sql, &[])?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The digest of a table as it stands in a database, and how many rows it has.
pub(super) fn digest_of(
    connection: &mut dyn Connection,
    table: &Table,
) -> Result<(u64, String), StoreError> {
    let mut row_digest = RowDigest::new(names(table));
    let mut digest = TableDigest::default();
    let mut rows = 0;
    connection.query("store::ARCHIVE", &select(table), &[], &mut |cells| {
        rows += 1;
        digest.add(&row_digest.of(|at| cells[at]));
        Ok(())
    })?;
    Ok((rows, digest.finish()))
}

fn steps(connection: &mut dyn Connection) -> Result<Vec<Step>, StoreError> {
    let seen = seen_steps(connection)?;
    Ok(seen
        .iter()
        .map(|(number, digest)| Step {
            number: *number,
            digest: hex(digest),
        })
        .collect())
}

/// The master keys that some data key is wrapped with.
fn keys(connection: &mut dyn Connection) -> Result<Vec<KeyName>, StoreError> {
    let sql = "SELECT key_id, kind FROM key_ring r WHERE EXISTS (SELECT 1 FROM subject_key k \
               WHERE k.key_ring_id = r.id AND k.wrapped IS NOT NULL) ORDER BY id";
    collect(connection, "store::KEYS_NEEDED", sql, &[])?
        .iter()
        .map(|row| {
            Ok(KeyName {
                key_id: row.text(0)?.to_owned(),
                kind: row.text(1)?.to_owned(),
            })
        })
        .collect()
}

impl From<StoredHead> for KeptHead {
    fn from(head: StoredHead) -> Self {
        let head = Head::from(head);
        KeptHead {
            audit_id: head.audit_id,
            tx: head.tx.0,
            hash: head.hash,
        }
    }
}
