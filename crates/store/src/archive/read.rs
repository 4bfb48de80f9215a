//! Reading a file back: the manifest first, then the rows of a table, with every byte held against its digest.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;

use super::file::failed;
use super::rows::{Counted, TableDigest, take_row};
use super::{END, FORMAT, MAGIC, Manifest, Progress, TRAILER, TableLine, refused};
use crate::digest::{RowDigest, sm3};
use crate::{StoreError, Value};

/// A file that holds a county. Its manifest was read and fits; the tables are looked at by [`Archive::check`].
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    manifest: Manifest,
}

const TORN: &str = "it is torn or was changed: take another copy";

impl Archive {
    /// Opens a file.
    ///
    /// # Errors
    /// [`StoreError::File`] if it cannot be read, [`StoreError::Archive`] if it is of another kind, torn, changed,
    /// or of a newer format; the part that is wrong is named.
    pub fn open(path: &Path) -> Result<Archive, StoreError> {
        let wrong = |error: std::io::Error| failed(path, error);
        let mut file = File::open(path).map_err(wrong)?;
        let length = file.metadata().map_err(wrong)?.len();
        let mut magic = [0; MAGIC.len()];
        let ends = (MAGIC.len() + TRAILER) as u64;
        if length < MAGIC.len() as u64 || {
            file.read_exact(&mut magic).map_err(wrong)?;
            magic != *MAGIC
        } {
            let hint = "name a file that `minsheng backup` or `minsheng export-all` wrote";
            return Err(refused(path, "beginning", "it holds no county", hint));
        }
        let end = |reason: &str| refused(path, "end", reason, TORN);
        if length < ends {
            return Err(end("it is missing"));
        }
        let mut trailer = [0; TRAILER];
        file.seek(SeekFrom::End(-(TRAILER as i64))).map_err(wrong)?;
        file.read_exact(&mut trailer).map_err(wrong)?;
        let (size, rest) = trailer.split_at(8);
        let (digest, mark) = rest.split_at(rest.len() - END.len());
        if mark != END {
            return Err(end("it is missing"));
        }
        let size = size.try_into().map_or(u64::MAX, u64::from_be_bytes);
        if size > length - ends {
            return Err(end("it says that the manifest is longer than the file"));
        }
        let begin = length - TRAILER as u64 - size;
        file.seek(SeekFrom::Start(begin)).map_err(wrong)?;
        let mut text = Vec::new();
        file.take(size).read_to_end(&mut text).map_err(wrong)?;
        let unfit = |reason: String| refused(path, "manifest", reason, TORN);
        if sm3(&text) != digest {
            return Err(unfit("it does not fit its digest".to_owned()));
        }
        newer_format(path, &text)?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| unfit(error.to_string()))?;
        // tables stand one after the other, so that every byte of the file belongs to one
        let mut at = MAGIC.len() as u64;
        for table in &manifest.tables {
            if table.at != at {
                return Err(unfit(format!("table {} is not in its place", table.name)));
            }
            at = at.saturating_add(table.length);
        }
        if at != begin {
            return Err(unfit("the tables do not fill the file".to_owned()));
        }
        Ok(Archive {
            path: path.to_owned(),
            manifest,
        })
    }

    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads every row of every table and compares it with the manifest.
    ///
    /// # Errors
    /// [`StoreError::Archive`] with the table that is torn or was changed.
    pub fn check(&self, progress: Progress<'_>) -> Result<(), StoreError> {
        let tables = self.manifest.tables.len() as u64;
        for (number, line) in (0..).zip(&self.manifest.tables) {
            progress("check", number, tables);
            let mut rows = self.rows(line)?;
            while rows.next()?.is_some() {}
        }
        Ok(())
    }

    /// The rows of a table. What was read counts only when the end was reached: the digests are compared there.
    pub(super) fn rows<'a>(&'a self, line: &'a TableLine) -> Result<Rows<'a>, StoreError> {
        let wrong = |error: std::io::Error| failed(&self.path, error);
        let mut file = File::open(&self.path).map_err(wrong)?;
        file.seek(SeekFrom::Start(line.at)).map_err(wrong)?;
        let packed = Counted::new(BufReader::with_capacity(1 << 16, file).take(line.length));
        Ok(Rows {
            archive: self,
            line,
            left: line.rows,
            from: Some(BufReader::with_capacity(
                1 << 16,
                DeflateDecoder::new(packed),
            )),
            row_digest: RowDigest::new(line.columns.iter().map(String::as_str)),
            digest: TableDigest::default(),
        })
    }
}

/// A newer program may have changed everything but this one field.
fn newer_format(path: &Path, text: &[u8]) -> Result<(), StoreError> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    match serde_json::from_slice::<Format>(text) {
        Ok(found) if found.format > FORMAT => {
            let reason = format!(
                "it is of format {}, this program reads up to {FORMAT}",
                found.format
            );
            let hint =
                "this program is too old for it: use the release that wrote it, or a newer one";
            Err(refused(path, "manifest", reason, hint))
        }
        _ => Ok(()),
    }
}

type Packed = Counted<Take<BufReader<File>>>;

/// The rows of one table of a file.
pub(super) struct Rows<'a> {
    archive: &'a Archive,
    line: &'a TableLine,
    left: u64,
    /// Nothing when the end was reached.
    from: Option<BufReader<DeflateDecoder<Packed>>>,
    row_digest: RowDigest,
    digest: TableDigest,
}

impl Rows<'_> {
    fn wrong(&self, reason: impl ToString) -> StoreError {
        let part = format!("table {}", self.line.name);
        refused(&self.archive.path, &part, reason, TORN)
    }

    /// The next row, or nothing after the last one, when all digests fit.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Value>>, StoreError> {
        let Some(from) = &mut self.from else {
            return Ok(None);
        };
        if self.left == 0 {
            return self.end().map(|()| None);
        }
        match take_row(from, self.line.columns.len()) {
            Ok(row) => {
                self.left -= 1;
                let digest = self.row_digest.of(|at| row[at].cell());
                self.digest.add(&digest);
                Ok(Some(row))
            }
            Err(error) => Err(self.wrong(error)),
        }
    }

    fn end(&mut self) -> Result<(), StoreError> {
        let Some(mut from) = self.from.take() else {
            return Ok(());
        };
        let mut more = [0];
        match from.read(&mut more) {
            Ok(0) => {}
            Ok(_) => return Err(self.wrong("there are more rows than the manifest says")),
            Err(error) => return Err(self.wrong(error)),
        }
        let mut packed = from.into_inner().into_inner();
        // what follows the compressed rows is in the digest too
        let rest = std::io::copy(&mut packed, &mut std::io::sink());
        rest.map_err(|error| self.wrong(error))?;
        let (length, digest) = packed.finish();
        if length != self.line.length || digest != self.line.packed {
            return Err(self.wrong("its bytes do not fit their digest"));
        }
        if std::mem::take(&mut self.digest).finish() != self.line.digest {
            return Err(self.wrong("its rows do not fit their digest"));
        }
        Ok(())
    }
}
