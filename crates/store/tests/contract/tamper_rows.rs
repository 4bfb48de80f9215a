//! Whoever changes, removes or adds a row behind the program's back is found, in every table.

use crate::bed::{assert_found, clean, fill, findings, fixture, literal, some_settings, write};
use minsheng_store::{ColumnType, Subject, Value};

contract! {
    fn every_change_in_every_table_is_found_and_named(bed) {
        let store = bed.create();
        fill(&store, 1);
        write(&store, 2, |tx| { for id in 1..=3 { tx.seal(Subject::Person(id), "a", b"x")?; } Ok(()) }).unwrap();
        clean(&store);
        let covered: Vec<_> = store.catalog().tables().filter(|table| table.covered()).collect();
        assert!(covered.len() > 25);
        let mut expected = Vec::new();
        for table in &covered {
            let name = &table.name;
            // a column that holds something and breaks no constraint
            let column = table.columns.iter().rev().find(|column| column.required && column.references.is_none() && column.name != "id" && column.name != "subject_kind").unwrap();
            let other = match column.column_type {
                ColumnType::Integer => format!("{} + 1000", column.name),
                ColumnType::Text => format!("{} || 'x'", column.name),
                ColumnType::Blob => literal(bed, &Value::Blob(vec![0])),
            };
            // numbers that no sequence reaches are numbers of rows, too
            let added = [99, i64::MIN, -i64::MAX, -1, 0, i64::MAX];
            let insert: String = added.iter().zip(101..).map(|(id, number)| {
                let mut row = fixture(table, number);
                row.push(("id", Value::Int(*id)));
                if table.column("tx").is_some() {
                    row.push(("tx", Value::Int(1)));
                }
                let (columns, values): (Vec<&str>, Vec<String>) = row.iter().map(|(name, value)| (*name, literal(bed, value))).unzip();
                format!("INSERT INTO {name} ({}) VALUES ({});", columns.join(", "), values.join(", "))
            }).collect();
            // tables that the store fills itself have fewer rows
            let alone = ["key_ring", "schema_migration"].contains(&name.as_str());
            let delete = if alone { String::new() } else { format!("DELETE FROM {name} WHERE id = 2;") };
            bed.tamper(name, &format!("UPDATE {name} SET {} = {other} WHERE id = 1; {delete} {insert}", column.name));
            expected.push(format!("{name} row 1: was changed"));
            expected.extend(added.map(|id| format!("{name} row {id}: was added")));
            if !alone {
                expected.push(format!("{name} row 2: was removed"));
            }
        }
        let found = findings(&store);
        for line in &expected {
            assert_found(&found, line);
        }
        let rows = found.iter().filter(|line| line.contains(" row ")).count();
        assert_eq!(rows, expected.len(), "nothing else is accused: {found:#?}");
    }

    fn the_only_row_of_a_table_is_missed(bed) {
        let store = bed.create();
        bed.tamper("key_ring", "DELETE FROM key_ring;");
        bed.tamper("schema_migration", "DELETE FROM schema_migration;");
        let found = findings(&store);
        assert_found(&found, "key_ring row 1: was removed");
        assert_found(&found, "schema_migration row 1: was removed");
    }

    fn the_smallest_change_is_found(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        for change in ["value = '2'", "value = ' 1'", "name = 'A'", "tx = 1", "value = ''"] {
            bed.tamper("setting", &format!("CREATE TABLE kept (id INTEGER, name TEXT, value TEXT, tx INTEGER); INSERT INTO kept SELECT * FROM setting; \
                UPDATE setting SET {change} WHERE id = 1;"));
            assert_found(&findings(&store), "setting row 1: was changed");
            bed.raw("UPDATE setting SET name = (SELECT name FROM kept k WHERE k.id = setting.id), value = (SELECT value FROM kept k WHERE k.id = setting.id), \
                tx = (SELECT tx FROM kept k WHERE k.id = setting.id); DROP TABLE kept;");
            assert!(!findings(&store).iter().any(|line| line.contains(" row ")));
        }
    }

    fn a_row_removed_and_written_again_by_the_program_is_found(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        bed.tamper("setting", "DELETE FROM setting WHERE id = 3;");
        // another process takes the number of the removed row for a new one
        let other = minsheng_store::Store::open(&bed.url, &bed.options()).unwrap();
        let id = write(&other, 2, |tx| tx.insert("setting", &[("name", "d".into()), ("value", "1".into())])).unwrap();
        assert_eq!(id, 3);
        assert_found(&findings(&store), "setting row 3: was recorded twice");
    }

    fn many_findings_are_counted_and_not_all_listed(bed) {
        let store = bed.create();
        let rows = (0..1_500).map(|number| vec![format!("{number}").into(), "1".into()]).collect();
        write(&store, 1, |tx| tx.insert_many("setting", &["name", "value"], rows)).unwrap();
        bed.tamper("setting", "UPDATE setting SET value = '2';");
        let found = findings(&store);
        assert!(found.len() < 1_100);
        assert!(found.iter().any(|line| line.starts_with("setting: and ") && line.ends_with("more findings")), "{:?}", found.last());
    }
}
