//! Whoever touches the audit chain itself is found.

use minsheng_store::{Store, StoreError, Value};

use crate::bed::{Bed, assert_found, clean, findings, literal, some_settings, write};

/// A database of a few transactions, and the number of its last audit row.
fn chain(bed: &Bed) -> (Store, i64) {
    let store = bed.create();
    write(&store, 1, some_settings).unwrap();
    for second in 2..=6 {
        write(&store, second, |tx| {
            tx.update("setting", 1, &[("value", format!("{second}").into())])
        })
        .unwrap();
    }
    clean(&store);
    let last = store.head().unwrap().audit_id;
    (store, last)
}

contract! {
    fn a_changed_audit_row_is_found(bed) {
        let (store, last) = chain(bed);
        let junk = literal(bed, &Value::Blob(vec![1; 32]));
        for change in ["op = 'insert'", "table_name = 'person'", "tx = 2", "row_count = 9", &format!("row_digests = {junk}"), &format!("row_ids = {junk}"), &format!("hash = {junk}")] {
            let id = last - 2;
            bed.tamper("audit_row", &format!("CREATE TABLE kept (id BIGINT); DROP TABLE kept; UPDATE audit_row SET {change} WHERE id = {id};"));
            let found = findings(&store);
            assert!(found.iter().any(|line| line.starts_with(&format!("audit_row row {id}: was changed")) || line.starts_with(&format!("audit_row row {}: does not continue", id + 1))), "{change}: {found:#?}");
            Store::destroy(&bed.url, &bed.options()).unwrap();
            drop(chain(bed));
        }
    }

    fn a_changed_link_is_found(bed) {
        let (store, last) = chain(bed);
        let junk = literal(bed, &Value::Blob(vec![1; 32]));
        bed.tamper("audit_row", &format!("UPDATE audit_row SET previous_hash = {junk} WHERE id = {last};"));
        assert_found(&findings(&store), &format!("audit_row row {last}: does not continue row {}", last - 1));
    }

    fn a_removed_audit_row_is_found(bed) {
        let (store, last) = chain(bed);
        bed.tamper("audit_row", &format!("DELETE FROM audit_row WHERE id = {};", last - 3));
        assert_found(&findings(&store), &format!("audit_row row {}: was removed from the chain", last - 3));
    }

    fn a_chain_cut_off_is_found(bed) {
        let (store, last) = chain(bed);
        bed.tamper("audit_row", &format!("DELETE FROM audit_row WHERE id = {last};"));
        assert_found(&findings(&store), &format!("audit_row row {last}: was removed from the end of the chain"));
    }

    fn a_chain_cut_off_with_its_end_set_back_leaves_rows_that_nobody_recorded(bed) {
        let (store, last) = chain(bed);
        // the last transaction has two audit rows: its own row and the changed setting
        let kept = last - 2;
        bed.tamper("audit_row", &format!("DELETE FROM audit_row WHERE id > {kept};"));
        bed.raw(&format!("UPDATE audit_head SET audit_id = {kept}, tx = tx - 1, hash = (SELECT hash FROM audit_row WHERE id = {kept}) WHERE id = 1;"));
        let found = findings(&store);
        assert_found(&found, "txn row 7: was added");
        assert_found(&found, "setting row 1: was changed");
    }

    fn an_added_audit_row_is_found(bed) {
        let (store, last) = chain(bed);
        let id = last + 1;
        bed.tamper("audit_row", &format!("INSERT INTO audit_row (id, tx, table_name, op, row_count, row_ids, row_digests, previous_hash, hash) \
            SELECT {id}, tx, table_name, op, row_count, row_ids, row_digests, hash, hash FROM audit_row WHERE id = {last};"));
        let found = findings(&store);
        assert_found(&found, &format!("audit_row row {id}: was changed"));
        assert_found(&found, "audit_head row 1: says that the chain ends at");
    }

    fn a_changed_row_of_a_table_that_never_changes_is_found_in_the_chain(bed) {
        let (store, last) = chain(bed);
        let of_txn = last - 1;
        bed.tamper("audit_row", &format!("UPDATE audit_row SET op = 'update' WHERE id = {of_txn} AND table_name = 'txn';"));
        assert_found(&findings(&store), &format!("audit_row row {of_txn}: records a change in `txn`"));
    }

    fn audit_rows_of_impossible_numbers_are_found(bed) {
        let (store, last) = chain(bed);
        for id in [i64::MIN, -1, 0, i64::MAX] {
            bed.tamper("audit_row", &format!("INSERT INTO audit_row (id, tx, table_name, op, row_count, row_ids, row_digests, previous_hash, hash) \
                SELECT {id}, tx, table_name, op, row_count, row_ids, row_digests, previous_hash, hash FROM audit_row WHERE id = {last};"));
            // a gap as long as this fills the list of findings
            assert_found(&findings(&store), "audit_row row ");
            bed.raw(&format!("DELETE FROM audit_row WHERE id = {id};"));
        }
    }

    fn a_head_kept_earlier_still_lies_on_the_chain(bed) {
        let (store, _) = chain(bed);
        let kept = store.head().unwrap();
        for text in [kept.hash.clone(), kept.hash.to_uppercase(), format!(" {}\n", kept.hash)] {
            let outcome = store.verify_against(Some(&text)).unwrap();
            assert!(outcome.is_clean(), "{:#?}", outcome.findings);
            assert_eq!(outcome.kept.as_ref(), Some(&outcome.head));
        }
        write(&store, 7, |tx| tx.update("setting", 1, &[("value", "7".into())])).unwrap();
        let outcome = store.verify_against(Some(&kept.hash)).unwrap();
        assert!(outcome.is_clean(), "{:#?}", outcome.findings);
        assert_ne!(outcome.head, kept);
        assert_eq!(outcome.kept, Some(kept));
        assert_eq!(clean(&store).kept, None);
    }

    fn a_kept_head_that_is_not_on_the_chain_is_named(bed) {
        let (store, last) = chain(bed);
        let kept = store.head().unwrap().hash;
        let none = "0".repeat(64);
        for (expected, what) in [(none, "on no chain"), ("ab".repeat(32), "of nobody")] {
            let outcome = store.verify_against(Some(&expected)).unwrap();
            assert_eq!(outcome.findings.len(), 1, "{what}");
            assert_found(&[outcome.findings[0].to_string()], &format!("audit_row: the kept head {expected} lies on no row"));
            assert_eq!(outcome.kept, None);
        }
        for unreadable in ["", "ab", "+b", &kept[1..], &format!("{kept}00"), &"g".repeat(64)] {
            let refused = store.verify_against(Some(unreadable)).unwrap_err();
            assert!(matches!(refused, StoreError::KeptHead(_)), "{refused}");
        }
        // a hash on a chain broken before it proves nothing
        bed.tamper("audit_row", &format!("UPDATE audit_row SET tx = 1 WHERE id = {};", last - 4));
        assert_eq!(store.verify_against(Some(&kept)).unwrap().kept, None);
    }

    fn a_chain_rebuilt_whole_is_clean_and_only_a_kept_head_finds_it(bed) {
        let (store, _) = chain(bed);
        let kept = store.head().unwrap().hash;
        drop(store);
        Store::destroy(&bed.url, &bed.options()).unwrap();
        let store = bed.create();
        write(&store, 1, |tx| tx.insert("setting", &[("name", "a".into()), ("value", "forged".into())])).unwrap();
        clean(&store);
        let found = store.verify_against(Some(&kept)).unwrap().findings;
        assert_found(&[found[0].to_string()], &format!("audit_row: the kept head {kept} lies on no row"));
    }

    fn a_changed_or_missing_end_is_found(bed) {
        let (store, _) = chain(bed);
        bed.raw("UPDATE audit_head SET tx = tx + 1");
        assert_found(&findings(&store), "audit_head row 1: does not fit");
        bed.raw("UPDATE audit_head SET tx = tx - 1, audit_id = 3");
        assert_found(&findings(&store), "audit_head row 1: says that the chain ends at audit row 3");
        bed.raw("UPDATE audit_head SET audit_id = 900");
        assert_found(&findings(&store), "audit_row row 900: was removed");
        bed.raw("INSERT INTO audit_head SELECT 2, audit_id, tx, hash FROM audit_head");
        assert_found(&findings(&store), "audit_head row 2: was added");
        bed.raw("DELETE FROM audit_head");
        let found = findings(&Store::inspect(&bed.url, &bed.options()).unwrap());
        assert_found(&found, "audit_head row 1: ");
    }

    fn a_transaction_that_did_something_else_is_found(bed) {
        let (store, _) = chain(bed);
        bed.tamper("txn", "UPDATE txn SET actor = 'somebody else' WHERE id = 3; UPDATE txn SET at_us = at_us - 1 WHERE id = 4; UPDATE txn SET action = 'x' WHERE id = 5; DELETE FROM txn WHERE id = 6;");
        let found = findings(&store);
        for line in ["txn row 3: was changed", "txn row 4: was changed", "txn row 5: was changed", "txn row 6: was removed"] {
            assert_found(&found, line);
        }
        assert_eq!(found.iter().filter(|line| line.contains(" row ")).count(), 4, "{found:#?}");
    }
}
