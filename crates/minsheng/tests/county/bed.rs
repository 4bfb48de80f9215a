//! The county made once per test process, and copies of it to work on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The demonstration county and what `demo --json` printed.
pub struct County {
    folder: TempDir,
    /// Standard output of the demo.
    pub printed: String,
}

/// Runs the binary.
pub fn minsheng(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minsheng"))
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "en_US.UTF-8")
        .output()
        .unwrap()
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The county, made at the first call.
pub fn county() -> &'static County {
    static COUNTY: OnceLock<County> = OnceLock::new();
    COUNTY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = minsheng(folder.path(), &["demo", "--dir", "county", "--json"]);
        let errors = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(
            made.status.success(),
            "the demo ended with {}: {errors}",
            made.status
        );
        County {
            printed: out(&made),
            folder,
        }
    })
}

impl County {
    /// The database as the demo left it; only for reading.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("county").join("minsheng.db")
    }

    /// A copy to work on, named `minsheng.db` in a folder of its own.
    pub fn copy(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(self.database(), folder.path().join("minsheng.db")).unwrap();
        folder
    }
}
