//! A file that appears whole or not at all: written beside its place, held by a lock, brought to the disk, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// A file on its way.
pub(super) struct NewFile {
    pub(super) file: File,
    pub(super) path: PathBuf,
}

impl NewFile {
    /// Begins the file `PATH.ENDING`. What a killed process left there is written over; what a living one holds is
    /// not. Only its owner may read it.
    pub(super) fn begin(to: &Path, ending: &str) -> Result<NewFile, StoreError> {
        let path = beside(to, ending);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| failed(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(failed(
                    &path,
                    "another program is writing it\nhint: wait until it has finished",
                ));
            }
            Err(fs::TryLockError::Error(error)) => return Err(failed(&path, error)),
        }
        file.set_len(0).map_err(|error| failed(&path, error))?;
        Ok(NewFile { file, path })
    }

    /// Brings it to the disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.file
            .sync_all()
            .map_err(|error| failed(&self.path, error))
    }

    /// Gives it its name. The lock is held until then.
    pub(super) fn rename(self, to: &Path) -> Result<(), StoreError> {
        fs::rename(&self.path, to).map_err(|error| failed(to, error))?;
        sync_folder(to)
    }

    /// Removes it: something went wrong.
    pub(super) fn remove(self) {
        // the failure that led here is the one to tell; a file left behind is written over the next time
        let _ = fs::remove_file(&self.path);
    }
}

/// `PATH.ENDING`, in the same folder.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path, error)),
        _ => Ok(()),
    }
}

/// The name of a file is in its folder, which has to reach the disk too.
fn sync_folder(of: &Path) -> Result<(), StoreError> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| failed(folder, error))?;
    }
    Ok(())
}

pub(super) fn failed(path: &Path, reason: impl ToString) -> StoreError {
    StoreError::File {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}
