//! Sealed values open for whoever has the key, and for nobody else.

use std::path::PathBuf;

use minsheng_store::{Keys, Options, Query, Store, StoreError, Subject, statement};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::bed::{Bed, assert_found, at, clean, findings, some_settings, write};

statement! { SUBJECT_KEYS, internal "a test", "SELECT wrapped FROM subject_key WHERE subject_id > 0 ORDER BY id" }

fn with_folder(folder: PathBuf, seed: u64) -> Options {
    Options::new(Keys::Folder(folder), ChaCha20Rng::seed_from_u64(seed))
}

fn key_file(bed: &Bed) -> PathBuf {
    let folder = bed.folder.path().join("keys");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    files.remove(0)
}

contract! {
    fn a_sealed_value_opens_for_its_subject_and_label(bed) {
        let store = bed.create();
        let (person, household) = (Subject::Person(7), Subject::Household(7));
        let (first, second) = write(&store, 1, |tx| {
            let first = tx.seal(person, "id_number", b"51330119600229001X")?;
            assert_eq!(tx.unseal(person, "id_number", &first)?, b"51330119600229001X");
            Ok((first, tx.seal(household, "note", "病情".as_bytes())?))
        }).unwrap();
        // by another process, which has the key only from the database
        let other = Store::open(&bed.url, &bed.options()).unwrap();
        let open = |subject, label: &str, sealed: &[u8]| other.read(|q| q.unseal(subject, label, sealed));
        assert_eq!(open(person, "id_number", &first).unwrap(), b"51330119600229001X");
        assert_eq!(open(household, "note", &second).unwrap(), "病情".as_bytes());
        for wrong in [open(household, "id_number", &first), open(person, "note", &first), open(Subject::Person(8), "id_number", &first)] {
            assert!(matches!(wrong, Err(StoreError::Sealed { .. })), "{wrong:?}");
        }
        clean(&store);
    }

    fn a_key_made_in_a_failed_transaction_is_forgotten(bed) {
        let store = bed.create();
        let person = Subject::Person(1);
        let lost: Result<(), StoreError> = write(&store, 1, |tx| {
            tx.seal(person, "a", b"x")?;
            Err(StoreError::Url("no".to_owned()))
        });
        assert!(lost.is_err());
        let sealed = write(&store, 2, |tx| tx.seal(person, "a", b"x")).unwrap();
        let other = Store::open(&bed.url, &bed.options()).unwrap();
        assert_eq!(other.read(|q| q.unseal(person, "a", &sealed)).unwrap(), b"x");
        assert_eq!(store.read(|q| q.rows(&SUBJECT_KEYS, &[])).unwrap().len(), 1);
        clean(&store);
    }

    fn data_keys_differ_even_if_chance_repeats_itself(bed) {
        // two processes with the same seed
        for (seconds, id) in [(1, 1), (2, 2)] {
            let store = if id == 1 { bed.create() } else { Store::open(&bed.url, &bed.options()).unwrap() };
            write(&store, seconds, |tx| tx.seal(Subject::Person(id), "a", b"x")).unwrap();
        }
        let store = Store::open(&bed.url, &bed.options()).unwrap();
        let keys = store.read(|q| q.rows(&SUBJECT_KEYS, &[])).unwrap();
        assert_ne!(keys[0].blob(0).unwrap(), keys[1].blob(0).unwrap());
        clean(&store);
    }

    fn search_hashes_are_stable_and_belong_to_one_database(bed) {
        let store = Store::create(&bed.url, &with_folder(bed.folder.path().join("keys"), 1), at(0)).unwrap();
        let hash = |store: &Store, label: &str| store.read(|q| q.search_hash(label, "51330119600229001X")).unwrap();
        let found = hash(&store, "id_number");
        assert_eq!(found.len(), 32);
        assert_ne!(found, hash(&store, "account"));
        let again = Store::open(&bed.url, &with_folder(bed.folder.path().join("keys"), 9)).unwrap();
        assert_eq!(found, hash(&again, "id_number"));
        assert_eq!(found, write(&again, 1, |tx| tx.search_hash("id_number", "51330119600229001X")).unwrap());
        let bed = Bed::sqlite();
        let other = Store::create(&bed.url, &with_folder(bed.folder.path().join("keys"), 2), at(0)).unwrap();
        assert_ne!(found, hash(&other, "id_number"));
    }

    fn without_the_key_all_works_that_needs_none(bed) {
        let keys = bed.folder.path().join("keys");
        let store = Store::create(&bed.url, &with_folder(keys.clone(), 1), at(0)).unwrap();
        let person = Subject::Person(1);
        let sealed = write(&store, 1, |tx| tx.seal(person, "a", b"x")).unwrap();
        let file = key_file(bed);
        let kept = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();

        for (options, kind) in [(with_folder(keys.clone(), 2), "file"), (bed.options(), "demo")] {
            let store = Store::open(&bed.url, &options).unwrap();
            assert!(!store.is_demo().unwrap());
            clean(&store);
            for error in [
                store.read(|q| q.unseal(person, "a", &sealed)).unwrap_err(),
                store.read(|q| q.search_hash("a", "x")).unwrap_err(),
                write(&store, 2, |tx| tx.seal(Subject::Person(2), "a", b"x")).unwrap_err(),
            ] {
                let refused = match kind {
                    "file" => matches!(error, StoreError::KeyMissing { .. }),
                    _ => matches!(error, StoreError::KeyKind { asked: "demo", .. }),
                };
                assert!(refused, "{error}");
            }
        }
        write(&Store::open(&bed.url, &bed.options()).unwrap(), 3, some_settings).unwrap();

        // another key under its name does not fit
        std::fs::write(&file, "00".repeat(32)).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let open_to_all = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(&file, open_to_all).unwrap();
            let store = Store::open(&bed.url, &with_folder(keys.clone(), 2)).unwrap();
            let refused = store.read(|q| q.unseal(person, "a", &sealed));
            assert!(matches!(refused, Err(StoreError::File { .. })), "{refused:?}");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let store = Store::open(&bed.url, &with_folder(keys.clone(), 2)).unwrap();
        let wrong = store.read(|q| q.unseal(person, "a", &sealed)).unwrap_err();
        assert!(wrong.to_string().contains("does not fit this database"), "{wrong}");
        std::fs::write(&file, kept).unwrap();
        let store = Store::open(&bed.url, &with_folder(keys, 2)).unwrap();
        assert_eq!(store.read(|q| q.unseal(person, "a", &sealed)).unwrap(), b"x");
    }

    fn a_demonstration_opens_with_its_public_key_only(bed) {
        let store = bed.create();
        assert!(store.is_demo().unwrap());
        let person = Subject::Person(1);
        let sealed = write(&store, 1, |tx| tx.seal(person, "a", b"x")).unwrap();
        let folder = Store::open(&bed.url, &with_folder(bed.folder.path().join("keys"), 1)).unwrap();
        assert!(folder.is_demo().unwrap());
        for error in [
            folder.read(|q| q.unseal(person, "a", &sealed)).unwrap_err(),
            folder.read(|q| q.search_hash("a", "x")).unwrap_err(),
            write(&folder, 2, |tx| tx.seal(Subject::Person(2), "a", b"x")).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::KeyKind { asked: "file", .. }), "{error}");
        }
    }

    fn the_public_key_slipped_into_the_ring_seals_nothing(bed) {
        let options = with_folder(bed.folder.path().join("keys"), 1);
        let store = Store::create(&bed.url, &options, at(0)).unwrap();
        let person = Subject::Person(1);
        let sealed = write(&store, 1, |tx| tx.seal(person, "a", b"x")).unwrap();
        // after the true key or before it
        for id in [2, 0, -1] {
            bed.raw(&format!("INSERT INTO key_ring (id, key_id, kind, tx) VALUES ({id}, 'demo', 'demo', 1)"));
            for options in [options.clone(), bed.options()] {
                let store = Store::open(&bed.url, &options).unwrap();
                let error = store.is_demo().unwrap_err();
                assert!(matches!(error, StoreError::Inconsistent { .. }), "{error}");
                let error = write(&store, 2, |tx| tx.seal(Subject::Person(2), "a", b"x")).unwrap_err();
                assert!(matches!(error, StoreError::Inconsistent { .. }), "{error}");
            }
            // what was sealed before still opens, with the true key only
            let store = Store::open(&bed.url, &options).unwrap();
            assert_eq!(store.read(|q| q.unseal(person, "a", &sealed)).unwrap(), b"x");
            assert_found(&findings(&store), &format!("key_ring row {id}: was added"));
            bed.tamper("key_ring", &format!("DELETE FROM key_ring WHERE id = {id};"));
        }
        // a data key said to be wrapped by it is not opened
        bed.tamper("key_ring", "INSERT INTO key_ring (id, key_id, kind, tx) VALUES (2, 'demo', 'demo', 1);");
        bed.tamper("subject_key", "UPDATE subject_key SET key_ring_id = 2;");
        let error = Store::open(&bed.url, &options).unwrap().read(|q| q.unseal(person, "a", &sealed)).unwrap_err();
        assert!(matches!(error, StoreError::KeyKind { asked: "file", .. }), "{error}");
    }

    fn a_ring_said_to_be_of_a_demonstration_seals_nothing(bed) {
        let options = with_folder(bed.folder.path().join("keys"), 1);
        drop(Store::create(&bed.url, &options, at(0)).unwrap());
        bed.tamper("key_ring", "UPDATE key_ring SET kind = 'demo', key_id = 'demo';");
        let seal = |options: &Options| write(&Store::open(&bed.url, options).unwrap(), 1, |tx| tx.seal(Subject::Person(1), "a", b"x")).unwrap_err();
        let error = seal(&options);
        assert!(matches!(error, StoreError::KeyKind { .. }), "{error}");
        // also for a program that believes it
        let error = seal(&bed.options());
        assert!(error.to_string().contains("does not fit this database"), "{error}");
        bed.tamper("key_ring", "UPDATE key_ring SET kind = 'file', key_id = '../keys/x';");
        let error = seal(&options);
        assert!(matches!(error, StoreError::Inconsistent { column: 1, .. }), "{error}");
        bed.tamper("key_ring", "DELETE FROM key_ring;");
        let error = seal(&options);
        assert!(matches!(error, StoreError::Inconsistent { .. }), "{error}");
        assert!(Store::open(&bed.url, &options).unwrap().is_demo().is_err());
    }

    fn a_key_file_is_for_its_owner_only(bed) {
        Store::create(&bed.url, &with_folder(bed.folder.path().join("keys"), 1), at(0)).unwrap();
        let file = key_file(bed);
        assert_eq!(file.extension().unwrap(), "key");
        assert_eq!(std::fs::read_to_string(&file).unwrap().trim().len(), 64);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    }

    fn an_erased_subject_stays_closed(bed) {
        let store = bed.create();
        let person = Subject::Person(1);
        let sealed = write(&store, 1, |tx| tx.seal(person, "a", b"x")).unwrap();
        bed.tamper("subject_key", "UPDATE subject_key SET wrapped = NULL WHERE subject_id = 1;");
        let other = Store::open(&bed.url, &bed.options()).unwrap();
        let closed = other.read(|q| q.unseal(person, "a", &sealed)).unwrap_err();
        assert!(closed.to_string().contains("was destroyed"), "{closed}");
        assert!(write(&other, 2, |tx| tx.seal(person, "a", b"y")).is_err());
    }
}
