//! Making, opening, refusing and removing databases.

use minsheng_store::{DbUrl, Store, StoreError};

use crate::bed::{at, clean, some_settings, write};

contract! {
    fn a_database_is_made_once_and_opened_again(bed) {
        assert!(!Store::exists(&bed.url, &bed.options()).unwrap());
        let refused = Store::open(&bed.url, &bed.options()).unwrap_err();
        assert!(matches!(refused, StoreError::Open { .. } | StoreError::Version { .. }), "{refused}");
        assert!(refused.to_string().contains("hint:"));
        drop(bed.create());
        assert!(Store::exists(&bed.url, &bed.options()).unwrap());
        let again = Store::create(&bed.url, &bed.options(), at(1)).unwrap_err();
        assert!(matches!(again, StoreError::NotEmpty { .. }), "{again}");
        let store = Store::open(&bed.url, &bed.options()).unwrap();
        write(&store, 1, some_settings).unwrap();
        assert!(Store::migrate(&bed.url, &bed.options(), at(2)).unwrap().steps.is_empty());
        let outcome = clean(&store);
        assert_eq!((outcome.head, outcome.transactions), (store.head().unwrap(), 2));
        assert_eq!(outcome.exempt.len(), 1);
        assert_eq!(outcome.exempt[0].table, "audit_head");
    }

    fn a_database_is_destroyed_and_made_anew(bed) {
        Store::destroy(&bed.url, &bed.options()).unwrap();
        write(&bed.create(), 1, some_settings).unwrap();
        Store::destroy(&bed.url, &bed.options()).unwrap();
        assert!(!Store::exists(&bed.url, &bed.options()).unwrap());
        let store = bed.create();
        assert_eq!(clean(&store).transactions, 1);
    }

    fn what_is_not_ours_is_left_alone(bed) {
        if !bed.is_postgres() {
            rusqlite::Connection::open(bed.url.path().unwrap()).unwrap();
        }
        bed.raw("CREATE TABLE someone_elses (id INTEGER PRIMARY KEY, a TEXT)");
        let made = Store::create(&bed.url, &bed.options(), at(0)).unwrap_err();
        assert!(matches!(made, StoreError::NotEmpty { .. }), "{made}");
        for refused in [Store::open(&bed.url, &bed.options()).map(|_| ()), Store::destroy(&bed.url, &bed.options()), Store::migrate(&bed.url, &bed.options(), at(1)).map(|_| ())] {
            assert!(matches!(refused, Err(StoreError::Version { found: 0, .. })), "{refused:?}");
        }
        bed.raw("INSERT INTO someone_elses VALUES (1, 'x')");
        assert!(Store::exists(&bed.url, &bed.options()).unwrap());
    }

    fn a_database_of_a_newer_release_is_refused(bed) {
        drop(bed.create());
        bed.raw(&format!("INSERT INTO schema_migration (id, name, digest, tx) VALUES (999, 'later', {}, 1)", if bed.is_postgres() { "'\\x00'" } else { "X'00'" }));
        let refused = Store::open(&bed.url, &bed.options()).unwrap_err();
        assert!(matches!(refused, StoreError::Version { found: 999, .. }), "{refused}");
        // but its books can be looked at
        let found = Store::inspect(&bed.url, &bed.options()).unwrap().verify().unwrap().findings;
        assert_eq!((found[0].table.as_str(), found[0].row), ("schema_migration", Some(999)));
    }

    fn an_address_that_leads_nowhere_is_told_with_a_hint(bed) {
        let url = if bed.is_postgres() {
            DbUrl::parse("postgres:///nothing?host=/nowhere&user=nobody&password=s3cret").unwrap()
        } else {
            DbUrl::file(bed.folder.path().join("nowhere").join("x.db"))
        };
        for refused in [Store::create(&url, &bed.options(), at(0)).map(|_| ()), Store::open(&url, &bed.options()).map(|_| ())] {
            let words = refused.unwrap_err().to_string();
            assert!(words.contains("hint:") && !words.contains("s3cret"), "{words}");
        }
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let bed = crate::bed::Bed::sqlite();
    std::fs::write(
        bed.url.path().unwrap(),
        "this is a letter, and it is longer than a header of a file would be",
    )
    .unwrap();
    for refused in [
        Store::open(&bed.url, &bed.options()).map(|_| ()),
        Store::create(&bed.url, &bed.options(), at(0)).map(|_| ()),
        Store::destroy(&bed.url, &bed.options()),
    ] {
        assert!(
            matches!(&refused, Err(StoreError::Open { hint, .. }) if hint.contains("another kind")),
            "{refused:?}"
        );
    }
    assert!(bed.url.path().unwrap().exists());
}
