//! Writes are whole or not at all, numbered, timed, and leave a trace only if they change something.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minsheng_core::{Date, Fen, Timestamp};
use minsheng_store::{Act, Observer, Query, Row, Store, StoreError, TxNo, Value, statement};

use crate::bed::{act, at, clean, observed, some_settings, write};

statement! { SETTINGS, internal "a table without persons", "SELECT name, value, tx FROM setting ORDER BY id" }
statement! { ACTS, internal "a table without persons", "SELECT id, at_us, actor, action FROM txn ORDER BY id" }
statement! { DIVISIONS, internal "a table without persons", "SELECT id, code, level, name, valid_from, valid_to FROM division ORDER BY id" }

/// Panics at the point of that number.
struct DiesAt {
    deadly: i64,
    passed: AtomicUsize,
}

impl Observer for DiesAt {
    fn point(&self, name: &str) {
        let passed = self.passed.fetch_add(1, Ordering::Relaxed);
        assert_ne!(
            i64::try_from(passed).unwrap(),
            self.deadly,
            "dies at {name}"
        );
    }
}

fn settings(store: &Store) -> Vec<Row> {
    store.read(|q| q.rows(&SETTINGS, &[])).unwrap()
}

contract! {
    fn what_is_written_is_read_back(bed) {
        let store = bed.create();
        let day: Date = "2021-02-28".parse().unwrap();
        let first = write(&store, 1, |tx| {
            tx.insert("division", &[("code", Value::Int(513_301_000_000)), ("level", "county".into()),
                ("name", "康定市 '?1' 㐀𠮷".into()), ("valid_from", day.into()), ("valid_to", Value::Null)])
        }).unwrap();
        let rows = store.read(|q| q.rows(&DIVISIONS, &[])).unwrap();
        let row = &rows[0];
        assert_eq!((row.int(0).unwrap(), row.int(1).unwrap(), row.text(2).unwrap()), (first, 513_301_000_000, "county"));
        assert_eq!(row.text(3).unwrap(), "康定市 '?1' 㐀𠮷");
        assert_eq!((row.date(4).unwrap(), row.opt_date(5).unwrap()), (day, None));
        assert!(matches!(row.date(5), Err(StoreError::Inconsistent { column: 5, .. })));
        assert!(matches!(row.fen(2), Err(StoreError::Inconsistent { column: 2, .. })));
        assert!(matches!(row.int(6), Err(StoreError::Inconsistent { column: 6, .. })));
        clean(&store);
    }

    fn extremes_survive(bed) {
        let store = bed.create();
        let row = |code: Fen, from: i64| vec![("code", code.into()), ("level", "".into()), ("name", "".into()), ("valid_from", from.into())];
        write(&store, 1, |tx| {
            tx.insert("division", &row(Fen::new(i64::MIN), -1))?;
            tx.insert("division", &row(Fen::new(i64::MAX), i64::MAX))
        }).unwrap();
        let rows = store.read(|q| q.rows(&DIVISIONS, &[])).unwrap();
        assert_eq!((rows[0].fen(1).unwrap(), rows[1].fen(1).unwrap()), (Fen::new(i64::MIN), Fen::new(i64::MAX)));
        assert_eq!((rows[0].int(4).unwrap(), rows[0].text(2).unwrap()), (-1, ""));
        assert!(rows[1].month(4).is_err() && rows[1].bool(4).is_err() && rows[1].date(4).is_err());
        assert_eq!(rows[0].opt_fen(5).unwrap(), None);
        clean(&store);
    }

    fn a_closure_that_fails_leaves_nothing(bed) {
        let store = bed.create();
        let before = store.head().unwrap();
        let outcome: Result<(), StoreError> = write(&store, 1, |tx| {
            some_settings(tx)?;
            Err(StoreError::Url("refused by the office".to_owned()))
        });
        assert!(matches!(outcome, Err(StoreError::Url(_))));
        assert_eq!((settings(&store).len(), store.head().unwrap()), (0, before));
        // and the next one starts where the failed one had started
        let first = write(&store, 2, some_settings).unwrap();
        assert_eq!(first, 1);
        clean(&store);
    }

    fn a_closure_that_panics_leaves_nothing_and_the_store_goes_on(bed) {
        let store = bed.create();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            write(&store, 1, |tx| -> Result<(), StoreError> {
                some_settings(tx)?;
                panic!("on purpose")
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(settings(&store).len(), 0);
        write(&store, 2, some_settings).unwrap();
        clean(&store);
    }

    fn a_refused_change_cannot_be_swallowed(bed) {
        let store = bed.create();
        let outcome = write(&store, 1, |tx| {
            some_settings(tx)?;
            let twice = tx.insert("setting", &[("name", "a".into()), ("value", "2".into())]);
            assert!(matches!(twice, Err(StoreError::Guard { .. })), "{twice:?}");
            Ok(())
        });
        assert!(matches!(outcome, Err(StoreError::Misuse { .. })), "{outcome:?}");
        assert_eq!(settings(&store).len(), 0);
        clean(&store);
    }

    fn transactions_are_numbered_without_gaps_and_only_if_they_change_something(bed) {
        let store = bed.create();
        let made = store.head().unwrap().tx;
        let quiet = write(&store, 1, |tx| { tx.rows(&SETTINGS, &[])?; Ok(tx.number()) }).unwrap();
        assert_eq!((quiet.0, store.head().unwrap().tx), (made.0 + 1, made));
        let number = write(&store, 2, |tx| { some_settings(tx)?; Ok(tx.number()) }).unwrap();
        assert_eq!((number.0, store.head().unwrap().tx), (made.0 + 1, number));
        for row in settings(&store) {
            assert_eq!(row.tx(2).unwrap(), number);
        }
        store.write(&Act { actor: "李四", action: "change", at: at(3) }, |tx| tx.update("setting", 1, &[("value", "2".into())])).unwrap();
        let acts = store.read(|q| q.rows(&ACTS, &[])).unwrap();
        let last = acts.last().unwrap();
        assert_eq!((last.int(0).unwrap(), last.text(2).unwrap(), last.text(3).unwrap()), (number.0 + 1, "李四", "change"));
        assert_eq!(last.int(1).unwrap(), at(3).as_microsecond());
        assert_eq!(clean(&store).transactions, number.0 + 1);
    }

    fn a_clock_set_back_is_refused_and_an_equal_one_is_not(bed) {
        let store = bed.create();
        write(&store, 10, some_settings).unwrap();
        let change = |seconds| write(&store, seconds, |tx| tx.update("setting", 1, &[("value", format!("{seconds}").into())]));
        change(10).unwrap();
        let refused = change(9).unwrap_err();
        assert!(matches!(&refused, StoreError::ClockBack { .. }), "{refused}");
        // also for a process that has seen none of it
        let other = Store::open(&bed.url, &bed.options()).unwrap();
        assert!(matches!(write(&other, 9, some_settings), Err(StoreError::ClockBack { .. })));
        change(11).unwrap();
        clean(&store);
    }

    fn as_known_at_is_the_last_transaction_before(bed) {
        let store = bed.create();
        let numbers: Vec<TxNo> = [10, 20, 20, 30].iter().map(|seconds| {
            let value = Value::from(format!("{seconds}"));
            write(&store, *seconds, |tx| {
                let name = format!("{}", tx.number());
                tx.insert("setting", &[("name", name.into()), ("value", value)])?;
                Ok(tx.number())
            }).unwrap()
        }).collect();
        let before = |time: Timestamp| store.read(|q| q.tx_before(time)).unwrap();
        assert_eq!(before(at(0)), TxNo::NONE);
        assert_eq!(before(at(10)), TxNo(1));
        assert_eq!(before(at(20)), numbers[0]);
        assert_eq!(before(at(20) + std::time::Duration::from_micros(1)), numbers[2]);
        assert_eq!(before(at(30)), numbers[2]);
        assert_eq!(before(at(99)), numbers[3]);
        assert_eq!(store.read(|q| q.tx_time(numbers[1])).unwrap(), Some(at(20)));
        assert_eq!(store.read(|q| q.tx_time(TxNo(99))).unwrap(), None);
        assert_eq!(store.read(|q| q.last_tx()).unwrap(), numbers[3]);
    }

    fn a_write_sees_itself(bed) {
        let store = bed.create();
        write(&store, 5, |tx| {
            let before = tx.last_tx()?;
            assert_eq!(before, TxNo(1));
            some_settings(tx)?;
            assert_eq!(tx.rows(&SETTINGS, &[])?.len(), 3);
            assert_eq!((tx.last_tx()?, tx.number()), (TxNo(2), TxNo(2)));
            assert_eq!((tx.tx_before(at(5))?, tx.tx_before(at(6))?), (TxNo(1), TxNo(2)));
            assert_eq!((tx.tx_time(TxNo(2))?, tx.at()), (Some(at(5)), at(5)));
            Ok(())
        }).unwrap();
    }

    fn points_have_stable_names(bed) {
        let (options, points) = observed(bed);
        let store = Store::create(&bed.url, &options, at(0)).unwrap();
        points.0.lock().unwrap().clear();
        write(&store, 1, |tx| {
            some_settings(tx)?;
            tx.point("office.between");
            tx.update("setting", 1, &[("value", "2".into())])?;
            tx.update_many("setting", &["value"], vec![(2, vec!["2".into()])])
        }).unwrap();
        store.point("bank_file.rename");
        assert_eq!(*points.0.lock().unwrap(), [
            "insert_many setting", "office.between", "update setting", "update_many setting",
            "insert txn", "insert audit_row", "update audit_head", "commit.before", "commit.after", "bank_file.rename",
        ]);
    }

    fn who_dies_at_any_point_leaves_all_or_nothing(bed) {
        drop(bed.create());
        let mut survived = Vec::new();
        for deadly in 0..20 {
            let mut options = bed.options();
            options.observer = Some(Arc::new(DiesAt { deadly, passed: AtomicUsize::new(0) }));
            let store = Store::open(&bed.url, &options).unwrap();
            let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(&store, deadly, |tx| {
                let first = tx.insert("setting", &[("name", format!("a {deadly}").into()), ("value", "1".into())])?;
                tx.insert_many("setting", &["name", "value"], vec![vec![format!("b {deadly}").into(), "1".into()]])?;
                tx.update("setting", first, &[("value", "2".into())])
            }))).is_err();
            // as another process finds it
            let store = Store::open(&bed.url, &bed.options()).unwrap();
            clean(&store);
            let rows = settings(&store);
            let mine = rows.iter().filter(|row| row.text(0).unwrap().ends_with(&format!(" {deadly}"))).count();
            assert!(mine == 0 || mine == 2, "{deadly}: {mine}");
            survived.push((died, mine));
        }
        // it dies at eight points, and only the last of them is after the commit
        let expected: Vec<(bool, usize)> = (0..20).map(|deadly| (deadly < 8, if deadly < 7 { 0 } else { 2 })).collect();
        assert_eq!(survived, expected);
    }

    fn a_write_inside_of_a_write_is_refused(bed) {
        let store = bed.create();
        let inner = store.write(&act(1), |_| -> Result<_, StoreError> { Ok(write(&store, 1, some_settings)) }).unwrap();
        assert!(matches!(inner, Err(StoreError::Nested { .. })));
        write(&store, 2, some_settings).unwrap();
    }
}
