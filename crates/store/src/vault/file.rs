//! Key files: 64 hexadecimal digits, readable by their owner only, never part of a database or its backup.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::MASTER;
use crate::StoreError;
use crate::digest::{hex, unhex};

fn path(folder: &Path, key_id: &str) -> PathBuf {
    folder.join(format!("{key_id}.key"))
}

fn failed(path: &Path, reason: impl ToString) -> StoreError {
    StoreError::File {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}

pub(super) fn write(folder: &Path, key_id: &str, key: &[u8]) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let path = path(folder, key_id);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = Zeroizing::new(format!("{}\n", hex(key)));
    let mut file = match options.open(&path) {
        Ok(file) => file,
        // the same random source again: the same key is no loss
        Err(error)
            if error.kind() == ErrorKind::AlreadyExists
                && read(folder, key_id)?.as_deref().map(Vec::as_slice) == Some(key) =>
        {
            return Ok(());
        }
        Err(error) => return Err(failed(&path, error)),
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| failed(&path, error))
}

pub(super) fn read(folder: &Path, key_id: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    read_file(&path(folder, key_id))
}

/// Removes the file of a key; that it is gone already is fine.
pub(super) fn remove(folder: &Path, key_id: &str) -> Result<(), StoreError> {
    let path = path(folder, key_id);
    let wipe = || -> std::io::Result<()> {
        let length = fs::metadata(&path)?.len();
        let zeros = vec![b'0'; usize::try_from(length).unwrap_or(0)];
        let mut file = OpenOptions::new().write(true).open(&path)?;
        file.write_all(&zeros)?;
        file.sync_all()?;
        fs::remove_file(&path)
    };
    match wipe() {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path, error)),
        _ => Ok(()),
    }
}

/// Writes a new key to a file that is not there yet.
pub(super) fn write_new(path: &Path, key: &[u8]) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = Zeroizing::new(format!("{}\n", hex(key)));
    let mut file = options.open(path).map_err(|error| failed(path, error))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| failed(path, error))
}

/// The key in a file, if the file is there.
pub(super) fn read_file(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, error)),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)
            .map_err(|error| failed(path, error))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(failed(path, "others may read this key\nhint: chmod 600"));
        }
    }
    match unhex(text.trim()) {
        Some(key) if key.len() == MASTER => Ok(Some(Zeroizing::new(key))),
        _ => Err(failed(
            path,
            "it is no key: 64 hexadecimal digits were expected",
        )),
    }
}
