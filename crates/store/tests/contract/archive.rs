//! A county in one file: out of either engine, into either, equal and proved; torn and changed files; keys.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use minsheng_core::Timestamp;
use minsheng_store::{
    Archive, BackUp, DbUrl, Keys, Manifest, Options, Restore, Restored, Store, StoreError, Subject,
};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::bed::{Bed, at, clean, fill, some_settings, write};

pub const QUIET: &dyn Fn(&str, u64, u64) = &|_, _, _| {};

pub fn back_up(store: &Store, to: &Path) -> Result<Manifest, StoreError> {
    let by = BackUp {
        program: "minsheng test",
        at: Timestamp::UNIX_EPOCH,
    };
    store.back_up(to, by, QUIET)
}

pub fn restore(file: &Path, url: &DbUrl, options: &Options) -> Result<Restored, StoreError> {
    Store::restore(
        &Archive::open(file)?,
        url,
        options,
        Restore::default(),
        QUIET,
    )
}

/// A county with three rows in every table, some changed later, in a file.
fn filled(bed: &Bed) -> (Store, PathBuf) {
    let store = bed.create();
    fill(&store, 1);
    write(&store, 2, |tx| {
        tx.update("setting", 2, &[("value", "later".into())])
    })
    .unwrap();
    let file = bed.folder.path().join("county.ms");
    back_up(&store, &file).unwrap();
    (store, file)
}

fn words<T>(outcome: Result<T, StoreError>) -> String {
    outcome.map(|_| ()).unwrap_err().to_string()
}

contract! {
    fn a_county_goes_from_either_engine_into_either_and_is_equal(bed) {
        let (store, file) = filled(bed);
        let before = Archive::open(&file).unwrap().manifest().clone();
        assert_eq!(before.rows(), clean(&store).rows + 1, "audit_head is in the file too");
        for other in [Bed::sqlite(), Bed::postgres()] {
            let restored = restore(&file, &other.url, &other.options()).unwrap();
            assert_eq!(restored.proof.head, store.head().unwrap());
            assert_eq!(restored.rows, before.rows());
            let copy = Store::open(&other.url, &other.options()).unwrap();
            clean(&copy);
            // and out again
            let again = other.folder.path().join("again.ms");
            let after = back_up(&copy, &again).unwrap();
            assert_eq!(after.tables, before.tables);
            assert_eq!(after.head, before.head);
            // the chain goes on where it ended
            write(&copy, 9, |tx| tx.update("setting", 1, &[("value", "on".into())])).unwrap();
            assert_eq!(clean(&copy).transactions, before.head.tx + 1);
            assert_eq!(copy.verify_against(Some(&before.head.hash)).unwrap().kept.unwrap().hash, before.head.hash);
        }
    }

    fn a_backup_of_a_busy_county_is_one_of_its_states(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        let stop = AtomicBool::new(false);
        let files: Vec<PathBuf> = thread::scope(|scope| {
            scope.spawn(|| {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    number += 1;
                    write(&store, 2, |tx| {
                        tx.update("setting", 1 + number % 3, &[("value", number.to_string().into())])?;
                        tx.insert("setting", &[("name", format!("n{number}").into()), ("value", "".into())])
                    }).unwrap();
                }
            });
            let files = (0..4).map(|number| {
                let file = bed.folder.path().join(format!("{number}.ms"));
                back_up(&store, &file).unwrap();
                file
            }).collect();
            stop.store(true, Ordering::Relaxed);
            files
        });
        for file in files {
            let manifest = Archive::open(&file).unwrap().manifest().clone();
            assert_eq!(manifest.findings, 0);
            let copy = Bed::sqlite();
            let restored = restore(&file, &copy.url, &copy.options()).unwrap();
            assert_eq!(restored.proof.head.hash, manifest.head.hash);
            // its end lies on the chain that went on
            let kept = store.verify_against(Some(&manifest.head.hash)).unwrap();
            assert!(kept.is_clean(), "{:?}", kept.findings);
            assert_eq!(kept.kept.unwrap().tx.0, manifest.head.tx);
        }
    }

    fn a_county_is_never_restored_over_another_unless_asked(bed) {
        let (store, file) = filled(bed);
        drop(store);
        let refused = restore(&file, &bed.url, &bed.options());
        assert!(matches!(refused, Err(StoreError::NotEmpty { .. })), "{refused:?}");
        // by force the old one goes in the same step
        let other = if bed.is_postgres() { Bed::postgres() } else { Bed::sqlite() };
        let old = other.create();
        write(&old, 1, some_settings).unwrap();
        drop(old);
        let archive = Archive::open(&file).unwrap();
        let how = Restore { force: true, ..Restore::default() };
        Store::restore(&archive, &other.url, &other.options(), how, QUIET).unwrap();
        let store = Store::open(&other.url, &other.options()).unwrap();
        assert_eq!(store.head().unwrap().hash, archive.manifest().head.hash);
        clean(&store);
        // what is not ours is not removed by any force
        let foreign = if bed.is_postgres() { Bed::postgres() } else { Bed::sqlite() };
        if !bed.is_postgres() {
            rusqlite::Connection::open(foreign.url.path().unwrap()).unwrap();
        }
        foreign.raw("CREATE TABLE person (id INTEGER PRIMARY KEY, a TEXT)");
        let refused = Store::restore(&archive, &foreign.url, &foreign.options(), how, QUIET);
        assert!(matches!(refused, Err(StoreError::Version { found: 0, .. })), "{refused:?}");
        foreign.raw("INSERT INTO person VALUES (1, 'x')");
    }

    fn records_changed_behind_the_program_are_copied_and_told_and_not_restored(bed) {
        let (store, _) = filled(bed);
        drop(store);
        bed.tamper("setting", "UPDATE setting SET value = 'forged' WHERE id = 3");
        let store = Store::inspect(&bed.url, &bed.options()).unwrap();
        let file = bed.folder.path().join("forged.ms");
        assert!(back_up(&store, &file).unwrap().findings > 0);
        let copy = Bed::sqlite();
        let said = words(restore(&file, &copy.url, &copy.options()));
        assert!(said.contains("books") && said.contains("setting row 3"), "{said}");
        assert!(!Store::exists(&copy.url, &copy.options()).unwrap());
        let how = Restore { unproven: true, ..Restore::default() };
        let taken = Store::restore(&Archive::open(&file).unwrap(), &copy.url, &copy.options(), how, QUIET).unwrap();
        assert!(!taken.proof.is_clean());
    }

    fn a_county_needs_its_own_key(bed) {
        let keys = |name: &str| {
            let folder = bed.folder.path().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            folder
        };
        let options = |folder: PathBuf| Options::new(Keys::Folder(folder), ChaCha20Rng::seed_from_u64(7));
        let store = Store::create(&bed.url, &options(keys("keys")), at(0)).unwrap();
        write(&store, 1, |tx| tx.seal(Subject::Person(1), "x", b"secret")).unwrap();
        let file = bed.folder.path().join("keyed.ms");
        let manifest = back_up(&store, &file).unwrap();
        let [key] = manifest.keys.as_slice() else { panic!("{:?}", manifest.keys) };
        let copy = Bed::sqlite();
        // without the key
        let said = words(restore(&file, &copy.url, &options(keys("none"))));
        assert!(said.contains(&key.key_id) && said.contains("hint:"), "{said}");
        // with another key of that name
        let wrong = keys("wrong").join(format!("{}.key", key.key_id));
        let right = keys("keys").join(format!("{}.key", key.key_id));
        std::fs::copy(&right, &wrong).unwrap();
        std::fs::write(&wrong, format!("{:064x}\n", 1)).unwrap();
        let said = words(restore(&file, &copy.url, &options(keys("wrong"))));
        assert!(said.contains("does not fit"), "{said}");
        // with the public key of demonstrations
        assert!(matches!(restore(&file, &copy.url, &copy.options()), Err(StoreError::KeyKind { .. })));
        assert!(!Store::exists(&copy.url, &copy.options()).unwrap());
        restore(&file, &copy.url, &options(keys("keys"))).unwrap();
        // the key itself is not in the file
        let secret = std::fs::read_to_string(&right).unwrap();
        let bytes = std::fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(secret.trim()));
    }
}

#[test]
fn a_file_is_never_written_over_and_read_by_its_owner_only() {
    let bed = Bed::sqlite();
    let (store, file) = filled(&bed);
    let before = std::fs::read(&file).unwrap();
    assert!(words(back_up(&store, &file)).contains("already"));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    // nothing is left beside it
    let names: Vec<_> = std::fs::read_dir(bed.folder.path()).unwrap().collect();
    assert!(
        names
            .iter()
            .all(|name| !name.as_ref().unwrap().path().ends_with("county.ms.part"))
    );
}

/// What reading a file to its end says.
fn read(path: &Path) -> Result<(), StoreError> {
    Archive::open(path)?.check(QUIET)
}

#[test]
fn a_torn_file_is_refused_wherever_it_was_torn() {
    let bed = Bed::sqlite();
    let (_store, file) = filled(&bed);
    let whole = std::fs::read(&file).unwrap();
    read(&file).unwrap();
    let torn = bed.folder.path().join("torn.ms");
    for length in (0..whole.len())
        .step_by(whole.len() / 97)
        .chain([whole.len() - 1])
    {
        std::fs::write(&torn, &whole[..length]).unwrap();
        assert!(read(&torn).is_err(), "{length} of {}", whole.len());
    }
    let mut longer = whole.clone();
    longer.push(b'\n');
    std::fs::write(&torn, longer).unwrap();
    assert!(words(read(&torn)).contains("end"));
    std::fs::write(&torn, "a letter, long enough to be something else").unwrap();
    assert!(words(read(&torn)).contains("holds no county"));
}

#[test]
fn the_part_that_was_changed_is_named() {
    let bed = Bed::sqlite();
    let (_store, file) = filled(&bed);
    let archive = Archive::open(&file).unwrap();
    let changed = bed.folder.path().join("changed.ms");
    for line in archive
        .manifest()
        .tables
        .iter()
        .filter(|line| line.length > 8)
    {
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[usize::try_from(line.at + line.length / 2).unwrap()] ^= 1;
        std::fs::write(&changed, bytes).unwrap();
        let said = words(read(&changed));
        assert!(said.contains(&format!("table {}:", line.name)), "{said}");
    }
}

#[test]
fn any_changed_byte_is_found() {
    let bed = Bed::sqlite();
    let (_store, file) = filled(&bed);
    let whole = std::fs::read(&file).unwrap();
    let changed = bed.folder.path().join("changed.ms");
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    runner
        .run(&(0..whole.len(), 1..=255_u8), |(place, flip)| {
            let mut bytes = whole.clone();
            bytes[place] ^= flip;
            std::fs::write(&changed, &bytes).unwrap();
            prop_assert!(read(&changed).is_err(), "byte {}", place);
            Ok(())
        })
        .unwrap();
}

/// The file with another manifest that fits its digest, as another program would have written it.
pub fn with_manifest(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    use sm3::Digest as _;
    let (body, trailer) = file.split_at(file.len() - 56);
    let size = u64::from_be_bytes(trailer[..8].try_into().unwrap());
    let (tables, manifest) = body.split_at(body.len() - usize::try_from(size).unwrap());
    let text = String::from_utf8(manifest.to_vec())
        .unwrap()
        .replacen(from, to, 1);
    let mut bytes = tables.to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(&sm3::Sm3::digest(text.as_bytes()));
    bytes.extend_from_slice(&trailer[40..]);
    bytes
}

#[test]
fn a_file_that_somebody_has_open_is_not_replaced() {
    let bed = Bed::sqlite();
    let (store, file) = filled(&bed);
    let head = store.head().unwrap();
    write(&store, 3, |tx| {
        tx.update("setting", 1, &[("value", "newer".into())])
    })
    .unwrap();
    let mut impatient = bed.options();
    impatient.busy_timeout_ms = 20;
    let how = Restore {
        force: true,
        ..Restore::default()
    };
    let archive = Archive::open(&file).unwrap();
    let refused = Store::restore(&archive, &bed.url, &impatient, how, QUIET);
    assert!(
        matches!(refused, Err(StoreError::Busy { .. })),
        "{refused:?}"
    );
    assert_eq!(clean(&store).transactions, head.tx.0 + 1);
    drop(store);
    Store::restore(&archive, &bed.url, &impatient, how, QUIET).unwrap();
    let store = Store::open(&bed.url, &bed.options()).unwrap();
    assert_eq!(store.head().unwrap(), head);
}

/// The log of a file that is gone would be read into the one that takes its place.
#[test]
fn the_log_of_a_county_that_is_gone_is_no_part_of_the_one_restored() {
    let bed = Bed::sqlite();
    let (store, file) = filled(&bed);
    write(&store, 3, |tx| {
        tx.update("setting", 1, &[("value", "newer".into())])
    })
    .unwrap();
    let path = bed.url.path().unwrap().to_owned();
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let kept = std::fs::read(&log).unwrap();
    assert!(!kept.is_empty());
    drop(store);
    // the computer died with the log beside the file, and the file was lost
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&log, kept).unwrap();

    let refused = words(restore(&file, &bed.url, &bed.options()));
    assert!(
        refused.contains("-wal") && refused.contains("hint:"),
        "{refused}"
    );
    assert!(log.exists() && !path.exists(), "nothing was changed");
    let how = Restore {
        force: true,
        ..Restore::default()
    };
    let archive = Archive::open(&file).unwrap();
    let restored = Store::restore(&archive, &bed.url, &bed.options(), how, QUIET).unwrap();
    let copy = Store::open(&bed.url, &bed.options()).unwrap();
    assert_eq!(copy.head().unwrap(), restored.proof.head);
    clean(&copy);
}
