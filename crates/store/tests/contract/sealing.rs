//! Sealed values open for whoever has the key, and for nobody else.

use std::path::PathBuf;

use minsheng_store::{Keys, Options, Query, Store, StoreError, Subject, statement};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::bed::{Bed, at, clean, some_settings, write};

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

        for options in [with_folder(keys.clone(), 2), bed.options()] {
            let store = Store::open(&bed.url, &options).unwrap();
            clean(&store);
            let missing = store.read(|q| q.unseal(person, "a", &sealed)).unwrap_err();
            assert!(matches!(missing, StoreError::KeyMissing { .. }), "{missing}");
            assert!(matches!(store.read(|q| q.search_hash("a", "x")), Err(StoreError::KeyMissing { .. })));
            let missing = write(&store, 2, |tx| tx.seal(Subject::Person(2), "a", b"x"));
            assert!(matches!(missing, Err(StoreError::KeyMissing { .. })), "{missing:?}");
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
