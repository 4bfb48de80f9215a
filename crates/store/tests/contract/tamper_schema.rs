//! Whoever alters tables, guards or indexes is found, and so is a table that nobody declared.

use crate::bed::{assert_found, clean, fill, findings, some_settings, write};

contract! {
    fn every_dropped_guard_is_found(bed) {
        let store = bed.create();
        for table in store.catalog().tables().filter(|table| table.covered() || table.name == "audit_row") {
            bed.drop_guards(&table.name);
        }
        let found = findings(&store);
        for table in store.catalog().tables().filter(|table| table.covered() || table.name == "audit_row") {
            assert_found(&found, &format!("{0}: the trigger {0}_guard is missing", table.name));
            if table.no_overlap.is_some() {
                assert_found(&found, &format!("{0}: the trigger {0}_no_overlap", table.name));
            }
        }
    }

    fn an_altered_guard_is_found(bed) {
        let store = bed.create();
        if bed.is_postgres() {
            bed.raw("CREATE OR REPLACE FUNCTION minsheng_guard_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$");
            assert_found(&findings(&store), "person: the function minsheng_guard_person was altered");
        } else {
            bed.raw("DROP TRIGGER person_guard; CREATE TRIGGER person_guard BEFORE UPDATE ON person BEGIN SELECT 1; END");
            assert_found(&findings(&store), "person: the trigger person_guard was altered");
        }
    }

    fn a_dropped_index_is_found(bed) {
        let store = bed.create();
        bed.raw("DROP INDEX ledger_entry_pending");
        assert_found(&findings(&store), "ledger_entry: the index ledger_entry_pending is missing");
    }

    fn an_added_column_is_found(bed) {
        let store = bed.create();
        fill(&store, 1);
        bed.raw("ALTER TABLE person ADD COLUMN note TEXT");
        let found = findings(&store);
        assert_found(&found, "person: the column note is not one of this program");
        assert!(!found.iter().any(|line| line.contains(" row ")), "an empty column changes no row: {found:#?}");
        bed.tamper("person", "UPDATE person SET note = 'x' WHERE id = 2;");
        assert_found(&findings(&store), "person row 2: was changed");
    }

    fn a_dropped_column_is_found(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        bed.drop_guards("setting");
        bed.raw("ALTER TABLE setting DROP COLUMN value");
        let found = findings(&store);
        assert_found(&found, "setting: the column value is missing");
        assert_found(&found, "setting row 1: was changed");
    }

    fn a_dropped_table_is_found(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        bed.drop_guards("setting");
        bed.raw("DROP TABLE setting");
        assert_found(&findings(&store), "setting: the table setting is missing");
    }

    fn a_dropped_chain_is_found(bed) {
        drop(bed.create());
        bed.drop_guards("audit_row");
        bed.raw("DROP TABLE audit_row; DROP TABLE audit_head;");
        let store = minsheng_store::Store::inspect(&bed.url, &bed.options()).unwrap();
        let found = findings(&store);
        assert_found(&found, "audit_row: the table audit_row is missing");
        assert_found(&found, "audit_row: the audit chain cannot be read");
        assert_found(&found, "audit_head: the table audit_head is missing");
    }

    fn a_table_of_nobody_is_found_and_its_rows_are_covered(bed) {
        let store = bed.create();
        bed.raw("CREATE TABLE shadow (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO shadow VALUES (5, 'x'); CREATE TABLE heap (a TEXT);");
        let found = findings(&store);
        assert_found(&found, "shadow: the table shadow is not one of this program");
        assert_found(&found, "shadow row 5: was added");
        assert_found(&found, "heap: its rows have no `id`");
    }

    fn a_view_of_nobody_is_found(bed) {
        let store = bed.create();
        bed.raw("CREATE VIEW peep AS SELECT id FROM person");
        assert_found(&findings(&store), "peep: the view peep is not one of this program");
    }

    fn a_clean_database_stays_clean_after_being_verified(bed) {
        let store = bed.create();
        fill(&store, 1);
        clean(&store);
        write(&store, 2, |tx| tx.insert("setting", &[("name", "x".into()), ("value", "1".into())])).unwrap();
        clean(&store);
    }
}

#[test]
fn guards_switched_off_in_postgresql_are_found() {
    let bed = crate::bed::Bed::postgres();
    let store = bed.create();
    bed.raw("ALTER TABLE person DISABLE TRIGGER person_guard; ALTER TABLE evidence ENABLE REPLICA TRIGGER evidence_no_overlap; ALTER TABLE membership DISABLE TRIGGER ALL");
    let found = findings(&store);
    assert_found(&found, "person: the trigger person_guard was altered");
    assert_found(
        &found,
        "evidence: the trigger evidence_no_overlap was altered",
    );
    assert_found(
        &found,
        "membership: the trigger membership_guard was altered",
    );
    assert_found(
        &found,
        "membership: the constraint membership_person_id_fkey was altered",
    );
}

#[test]
fn a_rule_or_a_view_in_postgresql_is_found() {
    let bed = crate::bed::Bed::postgres();
    let store = bed.create();
    bed.raw("CREATE RULE swallow AS ON INSERT TO evidence DO INSTEAD NOTHING");
    assert_found(
        &findings(&store),
        "evidence: the rule swallow is not one of this program",
    );
}

#[test]
fn a_table_that_is_no_longer_strict_is_found() {
    let bed = crate::bed::Bed::sqlite();
    let store = bed.create();
    bed.raw(
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')') WHERE name = 'setting'; \
         PRAGMA writable_schema = OFF;",
    );
    assert_found(&findings(&store), "setting: the table setting was altered");
}
