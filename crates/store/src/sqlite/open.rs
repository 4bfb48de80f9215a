//! Opening the file. A file that nobody may write (mode 0444, a folder or a disk that is read-only) is opened as
//! one that does not change: SQLite then makes no log and no lock beside it.

use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, OpenFlags};

use super::{STATEMENTS, Sqlite};
use crate::engine::{Connection, Purpose};
use crate::{DbUrl, Durability, Options, StoreError};

/// Opens the file.
pub(crate) fn connect(
    url: &DbUrl,
    path: &Path,
    options: &Options,
    purpose: Purpose,
) -> Result<Box<dyn Connection>, StoreError> {
    Ok(Box::new(open(url, path, options, purpose)?))
}

pub(super) fn open(
    url: &DbUrl,
    path: &Path,
    options: &Options,
    purpose: Purpose,
) -> Result<Sqlite, StoreError> {
    let read_only = path
        .metadata()
        .is_ok_and(|metadata| metadata.permissions().readonly());
    match (purpose, read_only) {
        (Purpose::Read, true) => open_unchanging(url, path, options),
        (_, true) => Err(StoreError::ReadOnly {
            url: url.to_string(),
        }),
        (Purpose::Read, false) => match open_changing(path, options, purpose) {
            Ok(connection) => Ok(connection),
            // the file may be written, its folder or disk not
            Err(error) if cannot_write(&error) && path.is_file() => {
                open_unchanging(url, path, options)
            }
            Err(error) => Err(open_error(url, path, &error)),
        },
        (_, false) => open_changing(path, options, purpose).map_err(|error| {
            if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) {
                StoreError::ReadOnly {
                    url: url.to_string(),
                }
            } else {
                open_error(url, path, &error)
            }
        }),
    }
}

fn cannot_write(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

fn open_changing(path: &Path, options: &Options, purpose: Purpose) -> rusqlite::Result<Sqlite> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if purpose == Purpose::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
        for_its_owner_only(path);
    }
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    let session = prepare(path, connection, options, purpose)?;
    if purpose != Purpose::Read {
        session
            .connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| {
                row.get::<_, String>(0)
            })?;
    }
    Ok(session)
}

/// Makes the file before SQLite does, readable by its owner only: it names people. What stands in the way SQLite
/// says when it opens the file; its log takes the rights of the file.
fn for_its_owner_only(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Opens a file that nobody changes. What stands in a log beside it would not be seen, so there must be none.
fn open_unchanging(url: &DbUrl, path: &Path, options: &Options) -> Result<Sqlite, StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    if log.metadata().is_ok_and(|metadata| metadata.len() > 0) {
        return Err(StoreError::Open {
            url: url.to_string(),
            reason: format!(
                "it is read-only, and a part of it still stands in {}",
                log.display()
            ),
            hint: "copy both files to a place where they may be written and open the copy there, \
                   or make the copy with `minsheng backup`"
                .to_owned(),
        });
    }
    let failed = |error: rusqlite::Error| open_error(url, path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection =
        rusqlite::Connection::open_with_flags(unchanging_uri(path), flags).map_err(failed)?;
    prepare(path, connection, options, Purpose::Read).map_err(failed)
}

/// `file:PATH?immutable=1`, with every sign escaped that means something in a URI.
fn unchanging_uri(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = String::from("file:");
    for byte in absolute.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn prepare(
    path: &Path,
    connection: rusqlite::Connection,
    options: &Options,
    purpose: Purpose,
) -> rusqlite::Result<Sqlite> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let timeout = std::time::Duration::from_millis(u64::from(options.busy_timeout_ms));
    connection.busy_timeout(timeout)?;
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    // secure_delete: a destroyed key must not stay readable in a free page
    let mut pragmas = format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000; \
         PRAGMA secure_delete = ON; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF;"
    );
    if purpose == Purpose::Read {
        pragmas.push_str("PRAGMA query_only = ON;");
    }
    connection
        .query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(()))
        .and_then(|()| connection.execute_batch(&pragmas))?;
    Ok(Sqlite {
        path: path.to_owned(),
        connection,
        identity: super::identity(path),
    })
}

fn open_error(url: &DbUrl, path: &Path, error: &rusqlite::Error) -> StoreError {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen) if !path.exists() => {
            if path
                .parent()
                .is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
            {
                "its folder does not exist"
            } else {
                "there is no such file; make a database first, or name another one"
            }
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            "look whether you may read and write the file and its folder"
        }
        Some(ErrorCode::NotADatabase) => "the file is of another kind; name another one",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds it; try again when it has finished"
        }
        Some(ErrorCode::DatabaseCorrupt) => "the file is damaged; restore a backup",
        _ => "look whether the disk is full or the file damaged",
    };
    StoreError::Open {
        url: url.to_string(),
        reason: error.to_string(),
        hint: hint.to_owned(),
    }
}
