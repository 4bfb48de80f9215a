//! From a file into an empty database of either engine: whole or not at all, and proved before it counts.

use std::path::Path;

use super::file::{NewFile, beside, failed, remove};
use super::write::digest_of;
use super::{Archive, KeptHead, Manifest, Progress, load_order, refused};
use crate::engine::{Connection, Purpose, connect};
use crate::migrate::Program;
use crate::store::{stored_head, version, version_error};
use crate::vault::Vault;
use crate::verify::{Verification, verify};
use crate::{DbUrl, Options, Store, StoreError};

/// Rows between two notes of progress.
const NOTE: u64 = 10_000;
/// The ending of a database on its way.
const PART: &str = ".restoring";
/// What SQLite keeps beside a file and reads into whatever file lies there.
const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// How to restore.
#[derive(Debug, Clone, Copy, Default)]
pub struct Restore {
    /// What is in the target already is removed, in the same step in which the new county appears.
    pub force: bool,
    /// Takes a county whose books cannot be proved: a copy of records that somebody changed is better than none.
    pub unproven: bool,
}

/// A restored county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The proof of its books, before it counted.
    pub proof: Verification,
    /// Rows written.
    pub rows: u64,
}

impl Store {
    /// Makes a database from a file. It appears when everything was read, written, read back, and proved: rows and
    /// digests are those of the manifest, the chain is whole and ends where it did, the master keys fit. Before
    /// that the target is as it was, also if the process is killed.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if the target holds anything and `force` is not given, [`StoreError::File`] if the log
    /// of a database that is gone lies there; [`StoreError::Archive`] if
    /// the file is torn, was changed, or its books are not clean; [`StoreError::Version`] if it is of a newer
    /// release; [`StoreError::KeyMissing`], [`StoreError::KeyKind`] or [`StoreError::Sealed`] if the master key is
    /// not here or does not fit.
    pub fn restore(
        archive: &Archive,
        url: &DbUrl,
        options: &Options,
        how: Restore,
        progress: Progress<'_>,
    ) -> Result<Restored, StoreError> {
        let program = program_of(archive)?;
        let manifest = archive.manifest();
        if Store::exists(url, options)? {
            if !how.force {
                return Err(StoreError::NotEmpty {
                    url: url.to_string(),
                });
            }
            if Store::inspect(url, options)?.with_reader(version)? == 0 {
                return Err(version_error(program, url, 0));
            }
        }
        let vault = Vault::new(options.keys.clone(), options.randomness.clone());
        for key in &manifest.keys {
            vault.look_for(&key.key_id, &key.kind)?;
        }
        archive.check(progress)?;
        let job = Job {
            program,
            archive,
            options,
            vault: &vault,
            how,
            progress,
        };
        match url.path() {
            None => {
                let mut connection = connect(url, options, Purpose::Write)?;
                job.fill(connection.as_mut(), url)
            }
            Some(path) => job.fill_file(path),
        }
    }
}

/// The release of the file, which this program has to know.
fn program_of(archive: &Archive) -> Result<Program, StoreError> {
    let program = Program::embedded()?;
    let manifest = archive.manifest();
    let name = archive.path().display().to_string();
    let Some(then) = program.at(manifest.schema) else {
        return Err(version_error(program, &name, manifest.schema));
    };
    let seen: Option<Vec<(i64, Vec<u8>)>> = manifest
        .steps
        .iter()
        .map(|step| Some((step.number, crate::digest::unhex(&step.digest)?)))
        .collect();
    match then.foreign_step(&seen.unwrap_or_default()) {
        Some(step) => Err(StoreError::ForeignSchema {
            url: name,
            step: step.to_owned(),
        }),
        None => Ok(then),
    }
}

struct Job<'a> {
    program: Program,
    archive: &'a Archive,
    options: &'a Options,
    vault: &'a Vault,
    how: Restore,
    progress: Progress<'a>,
}

impl Job<'_> {
    fn manifest(&self) -> &Manifest {
        self.archive.manifest()
    }

    fn point(&self, name: &str) {
        if let Some(observer) = &self.options.observer {
            observer.point(name);
        }
    }

    fn unfit(&self, part: &str, reason: impl ToString) -> StoreError {
        let hint =
            "nothing was changed; take another copy, and find out who had access to this one";
        refused(self.archive.path(), part, reason, hint)
    }

    /// SQLite: into a file beside the target, which takes its place in the end.
    fn fill_file(&self, path: &Path) -> Result<Restored, StoreError> {
        self.expect_no_log(path)?;
        let new = NewFile::begin(path, PART)?;
        for ending in LOGS {
            remove(&beside(&new.path, ending))?;
        }
        let outcome = self.fill_new_file(&new).and_then(|restored| {
            self.point("restore.synced");
            if path.exists() {
                crate::sqlite::fold_log(path, self.options)?;
            } else {
                self.expect_no_log(path)?;
                for ending in LOGS {
                    remove(&beside(path, ending))?;
                }
            }
            Ok(restored)
        });
        match outcome {
            Ok(restored) => {
                self.point("restore.rename");
                new.rename(path)?;
                self.point("restore.done");
                Ok(restored)
            }
            Err(error) => {
                for ending in LOGS {
                    // the failure that led here is the one to tell
                    let _ = remove(&beside(&new.path, ending));
                }
                new.remove();
                Err(error)
            }
        }
    }

    /// The log of a file that is gone would be read into the one that takes its place. It may hold the last acts, so
    /// it is removed only if what is there was given up.
    fn expect_no_log(&self, path: &Path) -> Result<(), StoreError> {
        if path.exists() || self.how.force {
            return Ok(());
        }
        for ending in LOGS {
            let log = beside(path, ending);
            if log.metadata().is_ok_and(|metadata| metadata.len() > 0) {
                let reason = format!(
                    "it is the log of {}, which is not there any more\nhint: move it away, or give it up with --force",
                    path.display()
                );
                return Err(failed(&log, reason));
            }
        }
        Ok(())
    }

    fn fill_new_file(&self, new: &NewFile) -> Result<Restored, StoreError> {
        let url = DbUrl::file(&new.path);
        let mut connection = connect(&url, self.options, Purpose::Create)?;
        let restored = self.fill(connection.as_mut(), &url)?;
        drop(connection);
        crate::sqlite::fold_log(&new.path, self.options)?;
        new.sync()?;
        Ok(restored)
    }

    /// One transaction: tables, rows, proof.
    fn fill(&self, connection: &mut dyn Connection, url: &DbUrl) -> Result<Restored, StoreError> {
        // it needs a transaction of its own on some engines
        let expected = connection.expected_schema(self.program.migrations)?;
        connection.begin_migration()?;
        let outcome = self.fill_begun(connection, url).and_then(|rows| {
            (self.progress)("proof", 0, 1);
            let proof = verify(connection, self.program.catalog, &expected, None)?;
            if let Some(first) = proof.findings.first().filter(|_| !self.how.unproven) {
                let count = proof.findings.len();
                let reason = format!("{count} finding(s), the first: {first}");
                return Err(self.unfit("books", reason));
            }
            self.vault.fits(connection)?;
            self.point("restore.commit");
            connection.commit()?;
            self.point("restore.committed");
            Ok(Restored { proof, rows })
        });
        if outcome.is_err() {
            connection.rollback();
        }
        outcome
    }

    fn fill_begun(&self, connection: &mut dyn Connection, url: &DbUrl) -> Result<u64, StoreError> {
        if self.how.force {
            connection.drop_tables(Program::embedded()?.catalog)?;
        }
        if !connection.tables()?.is_empty() {
            return Err(StoreError::NotEmpty {
                url: url.to_string(),
            });
        }
        for (migration, catalog) in self.program.migrations.iter().zip(self.program.catalogs) {
            connection.migrate(migration, catalog)?;
        }
        self.point("restore.schema");
        let tables = load_order(self.program.catalog);
        let lines = &self.manifest().tables;
        if lines.len() != tables.len() {
            return Err(self.unfit("manifest", "it does not name the tables of its release"));
        }
        let mut rows = 0;
        for table in tables {
            let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            let line = lines.iter().find(|line| line.name == table.name);
            let Some(line) = line.filter(|line| line.columns == columns) else {
                let reason = format!("it does not describe table {} as its release", table.name);
                return Err(self.unfit("manifest", reason));
            };
            self.point(&format!("restore.load {}", table.name));
            let mut from = self.archive.rows(line)?;
            let mut done = 0;
            (self.progress)(&table.name, 0, line.rows);
            connection.load(table, &mut || {
                done += 1;
                if done % NOTE == 0 {
                    (self.progress)(&table.name, done, line.rows);
                }
                from.next()
            })?;
            let found = digest_of(connection, table)?;
            if found != (line.rows, line.digest.clone()) {
                let part = format!("table {}", table.name);
                return Err(self.unfit(&part, "the database gives back other rows"));
            }
            rows += line.rows;
        }
        let head = KeptHead::from(stored_head(connection)?);
        if head != self.manifest().head {
            return Err(self.unfit("manifest", "its head is not that of the chain"));
        }
        Ok(rows)
    }
}
