//! Writers take turns, in one process and in several; readers wait for nobody.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use minsheng_store::{Query, Store, StoreError, TxNo, Value, statement};

use crate::bed::{act, clean, some_settings, write};

statement! { SETTINGS, internal "a table without persons", "SELECT name, tx FROM setting ORDER BY id" }

contract! {
    fn concurrent_writers_serialise(bed) {
        drop(bed.create());
        let threads = 4;
        let each = 25;
        // two stores stand for two processes
        let stores = [0, 1].map(|_| Arc::new(Store::open(&bed.url, &bed.options()).unwrap()));
        let workers: Vec<_> = (0..threads).map(|worker| {
            let store = Arc::clone(&stores[worker % 2]);
            thread::spawn(move || {
                for number in 0..each {
                    store.write(&act(1), |tx| -> Result<(), StoreError> {
                        // what is read here must still be true when it is written
                        let seen = i64::try_from(tx.rows(&SETTINGS, &[])?.len()).unwrap();
                        let id = tx.insert("setting", &[("name", format!("{worker} {number}").into()), ("value", seen.into())].map(|(name, value): (&str, Value)| {
                            if name == "value" { (name, Value::from(format!("{value:?}"))) } else { (name, value) }
                        }))?;
                        assert_eq!(id, seen + 1);
                        Ok(())
                    }).unwrap();
                }
            })
        }).collect();
        for worker in workers {
            worker.join().unwrap();
        }
        let rows = stores[0].read(|q| q.rows(&SETTINGS, &[])).unwrap();
        assert_eq!(rows.len(), threads * each);
        for (number, row) in (2_i64..).zip(&rows) {
            assert_eq!(row.tx(1).unwrap(), TxNo(number));
        }
        clean(&stores[1]);
    }

    fn a_reader_does_not_wait_for_a_writer(bed) {
        let store = bed.create();
        write(&store, 1, |tx| {
            some_settings(tx)?;
            // the writer holds its lock here
            assert_eq!(store.read(|q| q.rows(&SETTINGS, &[]))?.len(), 0);
            Ok(())
        }).unwrap();
        assert_eq!(store.read(|q| q.rows(&SETTINGS, &[])).unwrap().len(), 3);
    }

    fn a_writer_does_not_wait_for_a_reader(bed) {
        let store = bed.create();
        store.read(|q| {
            let before = q.rows(&SETTINGS, &[])?.len();
            write(&store, 1, some_settings)?;
            assert_eq!((before, q.rows(&SETTINGS, &[])?.len()), (0, 0));
            Ok::<_, StoreError>(())
        }).unwrap();
    }

    fn who_waits_too_long_is_told(bed) {
        let store = bed.create();
        let mut impatient = bed.options();
        impatient.busy_timeout_ms = 20;
        let other = Store::open(&bed.url, &impatient).unwrap();
        let (holding, held) = channel();
        let (done, wait) = channel::<()>();
        let writer = &store;
        thread::scope(|scope| {
            scope.spawn(move || {
                write(writer, 1, |tx| {
                    some_settings(tx)?;
                    holding.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok(())
                }).unwrap();
            });
            held.recv().unwrap();
            let refused = write(&other, 1, some_settings);
            done.send(()).unwrap();
            assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
        });
        // and nothing is left of the refusal
        write(&other, 2, |tx| tx.update("setting", 1, &[("value", "2".into())])).unwrap();
        clean(&other);
    }

    fn a_store_can_be_shared(bed) {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&bed.create());
    }
}
