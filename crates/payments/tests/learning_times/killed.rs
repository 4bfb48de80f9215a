//! A program that is killed: at a write point everything that lies on the disk is put aside as it is, and the act
//! never comes back. What goes on opens the copy, as a program started again would open the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use minsheng_store::Observer;

/// What a kill unwinds with.
pub struct Killed;

struct Next {
    left: Option<usize>,
    from: PathBuf,
    to: PathBuf,
}

/// Kills at one write point, once it is told which.
pub struct Killer(Mutex<Next>);

impl Killer {
    pub fn new() -> Killer {
        Killer(Mutex::new(Next {
            left: None,
            from: PathBuf::new(),
            to: PathBuf::new(),
        }))
    }

    /// Kills after so many write points, and leaves what is on the disk in another folder.
    pub fn arm(&self, left: usize, from: &Path, to: &Path) {
        *self.0.lock().unwrap() = Next {
            left: Some(left),
            from: from.to_owned(),
            to: to.to_owned(),
        };
    }
}

impl Observer for Killer {
    fn point(&self, _name: &str) {
        let mut next = self.0.lock().unwrap();
        match next.left {
            None => return,
            Some(0) => next.left = None,
            Some(left) => {
                next.left = Some(left - 1);
                return;
            }
        }
        copy(&next.from, &next.to);
        drop(next);
        std::panic::resume_unwind(Box::new(Killed));
    }
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
