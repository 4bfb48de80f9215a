//! Whoever touches the audit chain itself is found.

use minsheng_store::{Store, Value};

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
