//! Keys come and go: destroyed for one subject, replaced for all, and never half.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minsheng_store::{Keys, Observer, Options, Query, Store, StoreError, Subject, TxNo};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::bed::{Bed, act, at, clean, write};

const PERSON: Subject = Subject::Person(1);

fn folder(bed: &Bed) -> PathBuf {
    bed.folder.path().join("keys")
}

fn options(bed: &Bed, seed: u64) -> Options {
    Options::new(Keys::Folder(folder(bed)), ChaCha20Rng::seed_from_u64(seed))
}

/// A store with two sealed values, and a new key on a medium of its own.
fn county(bed: &Bed) -> (Store, Vec<u8>, Vec<u8>, PathBuf) {
    let store = Store::create(&bed.url, &options(bed, 1), at(0)).unwrap();
    let (first, second) = write(&store, 1, |tx| {
        Ok((
            tx.seal(PERSON, "a", b"x")?,
            tx.seal(Subject::Household(1), "a", b"y")?,
        ))
    })
    .unwrap();
    let medium = bed.folder.path().join("medium.key");
    store.make_key_file(&medium).unwrap();
    (store, first, second, medium)
}

fn destroy(store: &Store, seconds: i64) -> Result<bool, StoreError> {
    write(store, seconds, |tx| {
        tx.destroy_key(PERSON, "asked for it", "art. 47")
    })
}

fn rotate(store: &Store, seconds: i64, medium: &std::path::Path) -> Result<usize, StoreError> {
    let new = store.adopt_master(medium)?;
    write(store, seconds, |tx| tx.rotate_master(&new))
}

/// Dies at one point.
struct DiesAt {
    passed: AtomicUsize,
    at: usize,
}

impl Observer for DiesAt {
    fn point(&self, _: &str) {
        assert!(
            self.passed.fetch_add(1, Ordering::SeqCst) + 1 != self.at,
            "killed"
        );
    }
}

contract! {
    fn a_destroyed_key_opens_nothing_for_anybody_and_says_why(bed) {
        let (store, first, second, _) = county(bed);
        // another process has the key in its memory
        let other = Store::open(&bed.url, &options(bed, 2)).unwrap();
        assert_eq!(other.read(|q| q.unseal(PERSON, "a", &first)).unwrap(), b"x");
        assert!(destroy(&store, 2).unwrap());
        assert!(!destroy(&store, 3).unwrap());
        for store in [&store, &other, &Store::open(&bed.url, &options(bed, 3)).unwrap()] {
            let error = store.read(|q| q.unseal(PERSON, "a", &first)).unwrap_err();
            assert!(matches!(&error, StoreError::Erased { ground, cite, .. } if ground == "asked for it" && cite == "art. 47"), "{error}");
            assert!(error.to_string().contains("person 1 was erased on 2021-01-01"), "{error}");
            assert_eq!(store.read(|q| q.unseal(Subject::Household(1), "a", &second)).unwrap(), b"y");
            assert!(matches!(write(store, 4, |tx| tx.seal(PERSON, "a", b"z")), Err(StoreError::Erased { .. })));
        }
        // who had nothing sealed stays without a key
        write(&store, 5, |tx| tx.destroy_key(Subject::Person(9), "g", "c")).unwrap();
        assert!(matches!(write(&store, 6, |tx| tx.seal(Subject::Person(9), "a", b"z")), Err(StoreError::Erased { .. })));
        store.scrub().unwrap();
        clean(&store);
    }

    fn a_destruction_that_was_taken_back_leaves_the_key(bed) {
        let (store, first, _, _) = county(bed);
        let lost: Result<(), StoreError> = write(&store, 2, |tx| {
            tx.destroy_key(PERSON, "g", "c")?;
            assert!(matches!(tx.unseal(PERSON, "a", &first), Err(StoreError::Erased { .. })));
            Err(StoreError::Url("no".to_owned()))
        });
        assert!(lost.is_err());
        assert_eq!(store.read(|q| q.unseal(PERSON, "a", &first)).unwrap(), b"x");
        // somebody else is destroyed in the transaction of the same number
        write(&store, 2, |tx| tx.destroy_key(Subject::Household(1), "g", "c")).unwrap();
        assert_eq!(store.read(|q| q.unseal(PERSON, "a", &first)).unwrap(), b"x");
        clean(&store);
    }

    fn after_a_rotation_only_the_new_key_opens(bed) {
        let (store, first, second, medium) = county(bed);
        destroy(&store, 2).unwrap();
        let old = store.keys().unwrap().remove(0);
        // one search key and one household; the destroyed one stays destroyed
        assert_eq!(rotate(&store, 3, &medium).unwrap(), 2);
        let ring = store.keys().unwrap();
        assert_eq!(ring.iter().map(|key| (key.wraps, key.current)).collect::<Vec<_>>(), [(0, false), (2, true)]);
        let fresh = |seed| Store::open(&bed.url, &options(bed, seed)).unwrap();
        let open = |store: &Store| store.read(|q| q.unseal(Subject::Household(1), "a", &second));
        for store in [&store, &fresh(4)] {
            assert_eq!(open(store).unwrap(), b"y");
            assert!(matches!(store.read(|q| q.unseal(PERSON, "a", &first)), Err(StoreError::Erased { .. })));
        }
        // new subjects are sealed under the new one
        write(&store, 4, |tx| tx.seal(Subject::Person(2), "a", b"z")).unwrap();
        assert_eq!(store.keys().unwrap()[1].wraps, 3);
        // the old key may go once a copy of the new one is kept apart
        let drop = |id: &str, backup: &std::path::Path| store.drop_master(&act(5), id, backup);
        let elsewhere = bed.folder.path().join("other.key");
        store.make_key_file(&elsewhere).unwrap();
        for (id, backup, why) in [
            (&ring[1].key_id, &medium, "still wraps"),
            (&old.key_id, &elsewhere, "is no copy"),
            (&old.key_id, &folder(bed).join(format!("{}.key", ring[1].key_id)), "is no copy"),
            (&"ms-0".to_owned(), &medium, "names no key"),
        ] {
            let refused = drop(id, backup).unwrap_err();
            assert!(refused.to_string().contains(why), "{refused}");
        }
        drop(&old.key_id, &medium).unwrap();
        drop(&old.key_id, &medium).unwrap();
        let ring = store.keys().unwrap();
        assert!(ring[0].dropped && !ring[0].present && ring[1].present);
        assert_eq!(open(&fresh(5)).unwrap(), b"y");
        // without the new one nothing opens, whatever was kept of the old
        std::fs::remove_file(folder(bed).join(format!("{}.key", ring[1].key_id))).unwrap();
        assert!(matches!(open(&fresh(6)), Err(StoreError::KeyMissing { .. })));
        clean(&store);
    }

    fn a_key_of_the_ring_is_not_brought_in_again_and_a_demonstration_keeps_its_own(bed) {
        let (store, _, _, medium) = county(bed);
        rotate(&store, 2, &medium).unwrap();
        let again = rotate(&store, 3, &medium).unwrap_err();
        assert!(again.to_string().contains("which the database had before"), "{again}");
        let missing = rotate(&store, 3, &bed.folder.path().join("none.key")).unwrap_err();
        assert!(missing.to_string().contains("minsheng keys make"), "{missing}");
        let current = store.keys().unwrap().remove(1).key_id;
        let inside = rotate(&store, 3, &folder(bed).join(format!("{current}.key"))).unwrap_err();
        assert!(inside.to_string().contains("folder of keys itself"), "{inside}");
        clean(&store);
        let demo = Bed::sqlite();
        let refused = demo.create().adopt_master(&medium).unwrap_err();
        assert!(matches!(refused, StoreError::MasterKey { .. }), "{refused}");
    }

    fn another_search_key_gives_other_hashes_to_everybody(bed) {
        let (store, _, _, _) = county(bed);
        let other = Store::open(&bed.url, &options(bed, 2)).unwrap();
        let hash = |store: &Store| store.read(|q| q.search_hash("a", "1")).unwrap();
        let (old, _) = (hash(&store), hash(&other));
        let new = write(&store, 2, |tx| { tx.rotate_search()?; tx.search_hash("a", "1") }).unwrap();
        assert_ne!(old, new);
        assert_eq!([hash(&store), hash(&other)], [new.clone(), new]);
        clean(&store);
    }

    fn a_rotation_that_dies_anywhere_never_happened(bed) {
        let (store, first, second, medium) = county(bed);
        drop(store);
        let before = Store::open(&bed.url, &options(bed, 2)).unwrap().head().unwrap();
        let mut died = 0;
        for point in 1.. {
            let watched = options(bed, 100 + point as u64).observer(Arc::new(DiesAt { passed: AtomicUsize::new(0), at: point }));
            let store = Store::open(&bed.url, &watched).unwrap();
            let outcome = catch_unwind(AssertUnwindSafe(|| rotate(&store, 2, &medium)));
            drop(store);
            let store = Store::open(&bed.url, &options(bed, 3)).unwrap();
            let kept = store.head().unwrap();
            let open = |subject, sealed: &[u8]| store.read(|q| q.unseal(subject, "a", sealed)).unwrap();
            assert_eq!(open(PERSON, &first), b"x");
            assert_eq!(open(Subject::Household(1), &second), b"y");
            clean(&store);
            match outcome {
                Err(_) if kept == before => died += 1,
                // the last point lies after the commit
                Err(_) => { assert_eq!(kept.tx, TxNo(before.tx.0 + 1)); break; }
                Ok(done) => { assert_eq!(done.unwrap(), 3); break; }
            }
        }
        assert!(died > 5, "{died} points before the commit");
    }
}
