//! A copy that nobody may write, and a second program on one file.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use minsheng_store::{Query, Store, StoreError, statement};

use crate::bed::{Bed, act, clean, some_settings, write};

statement! { NAMES, internal "a table without persons", "SELECT name FROM setting ORDER BY id" }

fn protect(bed: &Bed, mode: u32) {
    fs::set_permissions(bed.url.path().unwrap(), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_read_only_copy_is_read_and_proved_and_nothing_is_made_beside_it() {
    let bed = Bed::sqlite();
    write(&bed.create(), 1, some_settings).unwrap();
    let made = fs::metadata(bed.url.path().unwrap()).unwrap();
    assert_eq!(
        made.permissions().mode() & 0o777,
        0o600,
        "for its owner only"
    );
    for ending in ["-wal", "-shm"] {
        assert!(!bed.folder.path().join(format!("test.db{ending}")).exists());
    }
    protect(&bed, 0o444);
    let store = Store::open(&bed.url, &bed.options()).unwrap();
    assert_eq!(store.read(|q| q.rows(&NAMES, &[])).unwrap().len(), 3);
    clean(&store);
    let refused = store.write(&act(2), some_settings);
    let Err(StoreError::ReadOnly { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(fs::read_dir(bed.folder.path()).unwrap().count(), 1);
}

#[test]
fn a_read_only_copy_without_its_log_is_refused_with_a_reason() {
    let bed = Bed::sqlite();
    let store = bed.create();
    write(&store, 1, some_settings).unwrap();
    // copied while somebody has it open: the last transactions stand in the log
    let copy = Bed::sqlite();
    for ending in ["", "-wal"] {
        let name = format!("test.db{ending}");
        fs::copy(
            bed.folder.path().join(&name),
            copy.folder.path().join(&name),
        )
        .unwrap();
    }
    protect(&copy, 0o444);
    let words = Store::open(&copy.url, &copy.options())
        .unwrap_err()
        .to_string();
    assert!(words.contains("-wal") && words.contains("hint:"), "{words}");
}
