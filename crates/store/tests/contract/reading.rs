//! Reads see one state, inside of one area, and mean the same on both engines.

use minsheng_store::{Query, Row, Scope, StoreError, Value, check_statements, statement};

use crate::bed::{clean, fill, fixture_with, some_settings, write};

statement! { SETTINGS, internal "a table without persons", "SELECT name, value FROM setting ORDER BY id" }
statement! { HOUSEHOLDS, scoped, "SELECT h.id FROM household h WHERE {scope:h.division} AND h.id >= ?1 ORDER BY h.id" }
statement! { COUNT_BOTH, scoped, "SELECT (SELECT COUNT(*) FROM household a WHERE {scope:a.division}), (SELECT COUNT(*) FROM household b WHERE {scope:b.division})" }
statement! { EXPRESSIONS, internal "no table of persons", "SELECT COUNT(*), SUM(LENGTH(value)), 1, CASE WHEN 1 = ?1 THEN 7 ELSE 8 END, CAST(SUM(id) AS BIGINT), SUM(id) * 2, MAX(name), COALESCE(MAX(value), 'x'), 7 / 2, -7 / 2, 7 % 4, COUNT(*) > 1, '?1 it''s' FROM setting" }
statement! { BY_NAME, internal "a table without persons", "SELECT name FROM setting ORDER BY name" }
statement! { LIKE_NAME, internal "a table without persons", "SELECT name FROM setting WHERE name LIKE ?1 || '%' ORDER BY name" }
statement! { OPTIONAL, internal "a table without persons", "SELECT name FROM setting WHERE (CAST(?1 AS TEXT) IS NULL OR name = ?1) ORDER BY id LIMIT ?2" }
statement! { TOTAL, internal "a test", "SELECT SUM(amount_fen) FROM recovery" }

fn ints(rows: &[Row]) -> Vec<i64> {
    rows.iter().map(|row| row.int(0).unwrap()).collect()
}

fn texts(rows: &[Row]) -> Vec<String> {
    rows.iter()
        .map(|row| row.text(0).unwrap().to_owned())
        .collect()
}

contract! {
    fn a_snapshot_does_not_move(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        store.read(|q| -> Result<(), StoreError> {
            let before = (q.rows(&SETTINGS, &[])?, q.last_tx()?);
            write(&store, 2, |tx| {
                tx.update("setting", 1, &[("value", "changed".into())])?;
                tx.insert("setting", &[("name", "d".into()), ("value", "1".into())])
            })?;
            assert_eq!((q.rows(&SETTINGS, &[])?, q.last_tx()?), before);
            Ok(())
        }).unwrap();
        assert_eq!(store.read(|q| q.rows(&SETTINGS, &[])).unwrap().len(), 4);
    }

    fn a_snapshot_is_of_its_beginning_and_not_of_its_first_question(bed) {
        let store = bed.create();
        let seen = store.read(|q| {
            write(&store, 1, some_settings)?;
            q.rows(&SETTINGS, &[])
        }).unwrap();
        assert_eq!(seen.len(), 0);
    }

    fn one_query_serves_readers_and_writers(bed) {
        fn count(q: &mut dyn Query) -> Result<usize, StoreError> {
            Ok(q.rows(&SETTINGS, &[])?.len())
        }
        let store = bed.create();
        let written = write(&store, 1, |tx| {
            some_settings(tx)?;
            count(tx)
        }).unwrap();
        assert_eq!((written, store.read(|q| count(q)).unwrap()), (3, 3));
    }

    fn a_scope_shows_its_area_only(bed) {
        let store = bed.create();
        write(&store, 1, |tx| {
            for division in [513_301_101_001_i64, 513_301_101_002, 513_301_102_001, 513_302_101_001] {
                tx.insert("household", &[("division", division.into())])?;
            }
            Ok(())
        }).unwrap();
        let seen = |scope: Scope| ints(&store.read(|q| q.scoped(&HOUSEHOLDS, &scope, &[1.into()])).unwrap());
        assert_eq!(seen(Scope::county()), [1, 2, 3, 4]);
        assert_eq!(seen(Scope::of(513_301_000_000)), [1, 2, 3]);
        assert_eq!(seen(Scope::of(513_301_101_000)), [1, 2]);
        assert_eq!(seen(Scope::of(513_301_101_002)), [2]);
        assert_eq!(seen(Scope::of(0)), Vec::<i64>::new());
        let both = store.read(|q| q.scoped(&COUNT_BOTH, &Scope::of(513_301_101_000), &[])).unwrap();
        assert_eq!(both[0].values(), [Value::Int(2), Value::Int(2)]);
    }

    fn a_statement_goes_through_its_own_door(bed) {
        let store = bed.create();
        let scoped = store.read(|q| q.rows(&HOUSEHOLDS, &[1.into()]));
        assert!(matches!(&scoped, Err(StoreError::Misuse { what, .. }) if what.ends_with("HOUSEHOLDS")), "{scoped:?}");
        let internal = store.read(|q| q.scoped(&SETTINGS, &Scope::county(), &[]));
        assert!(matches!(internal, Err(StoreError::Misuse { .. })));
        let few = store.read(|q| q.scoped(&HOUSEHOLDS, &Scope::county(), &[]));
        assert!(matches!(few, Err(StoreError::Misuse { .. })), "a missing value is not a default");
        let many = store.read(|q| q.rows(&SETTINGS, &[1.into()]));
        assert!(matches!(many, Err(StoreError::Misuse { .. })), "{many:?}");
        write(&store, 1, |tx| {
            assert!(matches!(tx.rows(&HOUSEHOLDS, &[1.into()]), Err(StoreError::Misuse { .. })));
            Ok::<_, StoreError>(())
        }).expect_err("a failed question fails the transaction");
    }

    fn expressions_are_integers_on_both_engines(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        let rows = store.read(|q| q.rows(&EXPRESSIONS, &[1.into()])).unwrap();
        let ints: Vec<i64> = (0..6).map(|column| rows[0].int(column).unwrap()).collect();
        assert_eq!(ints, [3, 3, 1, 7, 6, 12]);
        assert_eq!((rows[0].text(6).unwrap(), rows[0].text(7).unwrap()), ("c", "1"));
        assert_eq!((rows[0].int(8).unwrap(), rows[0].int(9).unwrap(), rows[0].int(10).unwrap()), (3, -3, 3));
        assert!(rows[0].bool(11).unwrap());
        assert_eq!(rows[0].text(12).unwrap(), "?1 it's");
    }

    fn a_sum_beyond_64_bit_is_an_error_and_not_a_number(bed) {
        let store = bed.create();
        fill(&store, 1);
        assert_eq!(store.read(|q| q.rows(&TOTAL, &[])).unwrap()[0].int(0).unwrap(), 6);
        write(&store, 2, |tx| {
            for number in [4, 5] {
                tx.insert("recovery", &fixture_with(&store, "recovery", number, &[("amount_fen", i64::MAX.into())]))?;
            }
            Ok(())
        }).unwrap();
        assert!(store.read(|q| q.rows(&TOTAL, &[])).is_err());
    }

    fn texts_are_ordered_by_code_point_and_compared_by_case(bed) {
        let store = bed.create();
        let names = ["b", "B", "a", "张", "中", "_", "Z", "é"];
        let rows = names.map(|name| vec![Value::from(name), "1".into()]).to_vec();
        write(&store, 1, |tx| tx.insert_many("setting", &["name", "value"], rows)).unwrap();
        let mut sorted = names.map(str::to_owned);
        sorted.sort();
        assert_eq!(texts(&store.read(|q| q.rows(&BY_NAME, &[])).unwrap()), sorted);
        assert_eq!(texts(&store.read(|q| q.rows(&LIKE_NAME, &["b".into()])).unwrap()), ["b"]);
    }

    fn an_absent_filter_is_nothing(bed) {
        let store = bed.create();
        write(&store, 1, some_settings).unwrap();
        let seen = |name: Option<&str>, limit: i64| texts(&store.read(|q| q.rows(&OPTIONAL, &[name.into(), limit.into()])).unwrap());
        assert_eq!(seen(None, 2), ["a", "b"]);
        assert_eq!(seen(Some("c"), 2), ["c"]);
    }

    fn every_statement_is_sound_and_prepares(bed) {
        let store = bed.create();
        let statements = minsheng_store::all_statements();
        assert!(statements.len() > 10);
        let known_wrong = |line: &String| !line.contains("::bad_");
        let wrong: Vec<String> = check_statements(&statements).into_iter().filter(known_wrong).collect();
        assert_eq!(wrong, Vec::<String>::new());
        let refused: Vec<String> = store.prepare_all().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(refused.len(), 1, "{refused:#?}");
        assert!(refused[0].contains("bad_column::MISSPELT"), "{refused:#?}");
        clean(&store);
    }
}

/// Shows that a statement which does not fit the tables is found.
mod bad_column {
    minsheng_store::statement! { MISSPELT, internal "a test", "SELECT nmae FROM setting" }

    #[test]
    fn it_has_a_name() {
        assert!(MISSPELT.name.ends_with("bad_column::MISSPELT"));
    }
}
