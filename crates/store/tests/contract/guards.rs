//! What a directive does not allow is refused: by the store in words, by the database to everybody else.

use minsheng_store::{ColumnType, StoreError, Value};

use crate::bed::{clean, fill, fixture_with, literal, some_settings, write};

fn evidence(slot: &str, from: i64, to: Option<i64>) -> Vec<(&'static str, Value)> {
    vec![
        ("subject_kind", "person".into()),
        ("subject_id", 7.into()),
        ("kind", "income".into()),
        ("slot", slot.into()),
        ("valid_from", from.into()),
        ("valid_to", to.into()),
        ("source", "test".into()),
    ]
}

/// How a guard names row 1 of a table to another program: SQLite's triggers know the table only.
fn to_others(bed: &crate::bed::Bed, table: &str) -> String {
    if bed.is_postgres() {
        format!("{table} row 1")
    } else {
        table.to_owned()
    }
}

contract! {
    fn no_row_of_any_covered_table_is_deleted(bed) {
        let store = bed.create();
        fill(&store, 1);
        for table in store.catalog().tables().filter(|table| table.covered() || table.name == "audit_row") {
            let said = bed.raw_refused(&format!("DELETE FROM {} WHERE id = 1", table.name));
            assert!(said.contains(&format!("{}: a row is never deleted", to_others(bed, &table.name))), "{said}");
            if bed.is_postgres() {
                let said = bed.raw_refused(&format!("TRUNCATE {} CASCADE", table.name));
                assert!(said.contains("a row is never deleted"), "{said}");
            }
        }
        clean(&store);
    }

    fn a_column_that_may_not_change_does_not(bed) {
        let store = bed.create();
        fill(&store, 1);
        for table in store.catalog().tables().filter(|table| table.covered() || table.name == "audit_row") {
            for column in table.columns.iter().filter(|column| !table.may_update(&column.name)) {
                let (table, name) = (&table.name, &column.name);
                let other = match column.column_type {
                    ColumnType::Integer => format!("COALESCE({name}, 0) + 1000"),
                    ColumnType::Text => format!("COALESCE({name}, '') || 'x'"),
                    ColumnType::Blob => literal(bed, &Value::Blob(vec![0])),
                };
                let said = bed.raw_refused(&format!("UPDATE {table} SET {name} = {other} WHERE id = 1"));
                assert!(said.contains(&format!("{}: ", to_others(bed, table))), "{name}: {said}");
            }
        }
        clean(&store);
    }

    fn the_store_says_which_columns_may_change(bed) {
        let store = bed.create();
        fill(&store, 1);
        for (table, column, words) in [
            ("pack_published", "language", "a row never changes"),
            ("evidence", "amount_fen", "only superseded_tx may be set, once"),
            ("person", "birth_date", "only name, division, id_number_hash may change"),
        ] {
            let refused = write(&store, 2, |tx| tx.update(table, 1, &[(column, 5.into())])).unwrap_err();
            assert!(matches!(&refused, StoreError::Misuse { what, reason } if what == table && reason.contains(words)), "{refused}");
        }
        clean(&store);
    }

    fn a_set_once_column_is_set_once(bed) {
        let store = bed.create();
        write(&store, 1, |tx| tx.insert("evidence", &evidence("wage", 0, None))).unwrap();
        let close = |seconds| write(&store, seconds, |tx| {
            let number = tx.number();
            tx.update("evidence", 1, &[("superseded_tx", number.into())])
        });
        close(2).unwrap();
        let refused = close(3).unwrap_err();
        assert!(matches!(&refused, StoreError::Guard { reason, .. } if reason.contains("evidence row 1: only superseded_tx may be set, once")), "{refused}");
        clean(&store);
    }

    fn an_overlap_is_refused_and_names_both_rows(bed) {
        let store = bed.create();
        write(&store, 1, |tx| tx.insert("evidence", &evidence("wage", 18_628, Some(18_718)))).unwrap();
        let insert = |from, to| write(&store, 2, |tx| tx.insert("evidence", &evidence("wage", from, to)));
        let refused = insert(18_687, None).unwrap_err().to_string();
        assert!(refused.contains("evidence row 2 (2021-03-01..) overlaps row 1 (2021-01-01..2021-04-01)"), "{refused}");
        for (from, to) in [(18_628, Some(18_718)), (0, None), (0, Some(18_629)), (18_717, Some(18_800)), (18_650, Some(18_651))] {
            assert!(matches!(insert(from, to), Err(StoreError::Guard { .. })), "{from} {to:?}");
        }
        // half-open: the end of one is the beginning of the next
        insert(18_718, None).unwrap();
        insert(18_600, Some(18_628)).unwrap();
        // another slot is another fact
        write(&store, 3, |tx| tx.insert("evidence", &evidence("pension", 0, None))).unwrap();
        clean(&store);
    }

    fn a_superseded_row_is_in_nobodys_way(bed) {
        let store = bed.create();
        write(&store, 1, |tx| tx.insert("evidence", &evidence("wage", 0, None))).unwrap();
        let replaced = write(&store, 2, |tx| {
            let number = tx.number();
            tx.update("evidence", 1, &[("superseded_tx", number.into())])?;
            tx.insert("evidence", &evidence("wage", 0, Some(100)))?;
            tx.insert("evidence", &evidence("wage", 100, None))
        }).unwrap();
        assert_eq!(replaced, 3);
        clean(&store);
    }

    fn overlaps_inside_of_one_batch_are_refused(bed) {
        let store = bed.create();
        let columns: Vec<&str> = evidence("x", 0, None).iter().map(|(name, _)| *name).collect();
        let rows: Vec<Vec<Value>> = (0..40).map(|number| {
            let from = if number == 39 { 10 } else { number * 10 };
            evidence("wage", from, Some(from + 10)).into_iter().map(|(_, value)| value).collect()
        }).collect();
        let refused = write(&store, 1, |tx| tx.insert_many("evidence", &columns, rows)).unwrap_err();
        assert!(refused.to_string().contains("overlaps row 2 (1970-01-11..1970-01-21)"), "{refused}");
        clean(&store);
    }

    fn constraints_of_the_schema_are_guards(bed) {
        let store = bed.create();
        fill(&store, 1);
        for (table, column, value) in [
            ("case_step", "case_id", Value::Int(99)),
            ("person", "name", Value::Null),
            ("ledger_entry", "amount_fen", Value::Int(0)),
            ("setting", "name", Value::from("name '1' 民生")),
        ] {
            let row = fixture_with(&store, table, 4, &[(column, value)]);
            let refused = write(&store, 2, |tx| tx.insert(table, &row)).unwrap_err();
            assert!(matches!(&refused, StoreError::Guard { statement, .. } if statement == table), "{table}.{column}: {refused}");
        }
        clean(&store);
    }

    fn wrong_use_is_refused_alike(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        let refused = |table: &str, values: &[(&str, Value)], words: &str| {
            let error = write(&store, 2, |tx| tx.insert(table, values)).unwrap_err();
            assert!(matches!(&error, StoreError::Misuse { reason, .. } if reason.contains(words)), "{error}");
        };
        let named = |name: Value| vec![("name", name), ("value", Value::from("1"))];
        refused("no_table", &[], "no migration");
        refused("txn", &[], "only the store");
        refused("audit_row", &[], "only the store");
        refused("setting", &[("id", 9.into())], "filled by the store");
        refused("setting", &[("tx", 9.into())], "filled by the store");
        refused("setting", &[("colour", 9.into())], "does not exist");
        refused("setting", &[("name", 9.into()), ("name", 9.into())], "named twice");
        refused("setting", &named(Value::Int(5)), "cannot hold an integer");
        refused("setting", &named(Value::Blob(vec![5])), "cannot hold bytes");
        refused("setting", &named("a\0b".into()), "NUL");
        refused("person", &[("birth_date", "12".into())], "cannot hold a text");
        let many = write(&store, 2, |tx| tx.insert_many("setting", &["name", "value"], vec![vec![1.into()]])).unwrap_err();
        assert!(many.to_string().contains("2 columns were named, 1 values given"), "{many}");
        let absent = write(&store, 2, |tx| tx.update("setting", 9, &[("value", "1".into())])).unwrap_err();
        assert!(absent.to_string().contains("row 9 is not there"), "{absent}");
        let twice = write(&store, 2, |tx| tx.update_many("setting", &["value"], vec![(1, vec!["1".into()]), (1, vec!["2".into()])])).unwrap_err();
        assert!(twice.to_string().contains("named twice"), "{twice}");
        clean(&store);
    }
}
