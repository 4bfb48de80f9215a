//! The bulk path writes what single rows would have written.

use minsheng_store::{Query, Store, StoreError, Value, statement};

use crate::bed::{Bed, clean, fill, fixture, some_settings, write};

statement! { SETTINGS, internal "a table without persons", "SELECT name, value FROM setting ORDER BY id" }
statement! { DIGESTS, internal "the chain itself", "SELECT row_ids, row_digests FROM audit_row WHERE table_name = 'division' ORDER BY id" }

/// Columns of the table and so many rows of it, some columns holding nothing here and there.
fn divisions(store: &Store, count: i64) -> (Vec<&'static str>, Vec<Vec<Value>>) {
    let table = store.catalog().table("division").unwrap();
    let columns = fixture(table, 1).iter().map(|(name, _)| *name).collect();
    let row = |number: i64| {
        let given = fixture(table, number).into_iter();
        let end = if number % 7 == 0 {
            Value::Int(number)
        } else {
            Value::Null
        };
        given
            .map(|(name, value)| {
                if name == "valid_to" {
                    end.clone()
                } else {
                    value
                }
            })
            .collect()
    };
    (columns, (1..=count).map(row).collect())
}

fn digests(store: &Store) -> Vec<u8> {
    let rows = store.read(|q| q.rows(&DIGESTS, &[])).unwrap();
    rows.iter()
        .flat_map(|row| row.blob(1).unwrap().to_vec())
        .collect()
}

contract! {
    fn many_at_once_equal_one_by_one_by_the_digests_of_their_rows(bed) {
        let one_by_one = bed.create();
        let (columns, rows) = divisions(&one_by_one, 257);
        let first = write(&one_by_one, 1, |tx| {
            for row in &rows {
                let values: Vec<(&str, Value)> = columns.iter().copied().zip(row.iter().cloned()).collect();
                tx.insert("division", &values)?;
            }
            Ok(())
        });
        first.unwrap();
        let other = if bed.is_postgres() { Bed::postgres() } else { Bed::sqlite() };
        let at_once = other.create();
        let first = write(&at_once, 1, |tx| tx.insert_many("division", &columns, rows)).unwrap();
        assert_eq!(first, 1);
        assert_eq!(digests(&one_by_one), digests(&at_once));
        assert_eq!(digests(&at_once).len(), 257 * 32);
        clean(&one_by_one);
        clean(&at_once);
    }

    fn a_large_batch_is_proved(bed) {
        let store = bed.create();
        let first = write(&store, 1, |tx| {
            let (columns, rows) = divisions(&store, 5);
            tx.insert_many("division", &columns, rows)?;
            let (columns, rows) = divisions(&store, 70_000);
            tx.insert_many("division", &columns, rows)
        }).unwrap();
        assert_eq!(first, 6);
        assert!(clean(&store).rows >= 70_005);
    }

    fn a_batch_of_any_size_is_whole(bed) {
        let store = bed.create();
        let mut next = 1;
        for (second, size) in [1, 0, 2, 8, 9, 49, 50, 51, 100, 101].into_iter().enumerate() {
            let seconds = i64::try_from(second).unwrap();
            let (columns, rows) = divisions(&store, size);
            let first = write(&store, seconds, |tx| tx.insert_many("division", &columns, rows)).unwrap();
            assert_eq!(first, next, "{size}");
            next += size;
        }
        clean(&store);
    }

    fn many_updates_equal_their_rows(bed) {
        let store = bed.create();
        let columns = ["name", "value"];
        let rows = (0..6_000).map(|number| vec![format!("{number}").into(), "old".into()]).collect();
        write(&store, 1, |tx| tx.insert_many("setting", &columns, rows)).unwrap();
        let changes = (1..=6_000).rev().map(|id| (id, vec![format!("新 {id}").into()])).collect();
        write(&store, 2, |tx| tx.update_many("setting", &["value"], changes)).unwrap();
        let rows = store.read(|q| q.rows(&SETTINGS, &[])).unwrap();
        for (id, row) in (1_i64..).zip(rows) {
            assert_eq!(row.text(1).unwrap(), format!("新 {id}"));
        }
        write(&store, 3, |tx| tx.update_many("setting", &["value"], Vec::new())).unwrap();
        clean(&store);
    }

    fn nothing_is_told_from_empty_in_updates_of_every_type(bed) {
        let store = bed.create();
        fill(&store, 1);
        let batch = |id: i64, name: Value, digest: Value, day: Value| (id, vec![name, digest, day]);
        let columns = ["bank_file_name", "bank_file_digest", "exported_on"];
        write(&store, 2, |tx| tx.update_many("payment_batch", &columns, vec![
            batch(1, "".into(), Vec::new().into(), 0.into()),
            batch(2, Value::Null, Value::Null, Value::Null),
            batch(3, "名".into(), vec![0, 255].into(), (-1).into()),
        ])).unwrap();
        statement! { BATCHES, internal "a test", "SELECT bank_file_name, bank_file_digest, exported_on FROM payment_batch ORDER BY id" }
        let rows = store.read(|q| q.rows(&BATCHES, &[])).unwrap();
        assert_eq!(rows[0].values(), ["".into(), Vec::new().into(), Value::Int(0)]);
        assert_eq!(rows[1].values(), [Value::Null, Value::Null, Value::Null]);
        assert_eq!(rows[2].values(), ["名".into(), vec![0, 255].into(), Value::Int(-1)]);
        clean(&store);
    }

    fn a_refused_row_in_the_middle_of_a_batch_leaves_nothing(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        let rows = (0..200).map(|number| vec![Value::from(format!("{}", number % 150)), "1".into()]).collect();
        let refused = write(&store, 2, |tx| tx.insert_many("setting", &["name", "value"], rows));
        assert!(matches!(refused, Err(StoreError::Guard { .. })), "{refused:?}");
        assert_eq!(store.read(|q| q.rows(&SETTINGS, &[])).unwrap().len(), 3);
        write(&store, 3, |tx| tx.update("setting", 1, &[("value", "2".into())])).unwrap();
        clean(&store);
    }
}
