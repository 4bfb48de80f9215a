//! What goes wrong around the program: the disk is full, the database goes away, the clock goes back, a second
//! program writes, a process is killed. Each ends in a clear error and clean books, and the same again works.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use minsheng_store::{DbUrl, Query, Store, StoreError, Value, statement};

use crate::bed::{Bed, act, at, clean, some_settings, write};

statement! { FAULT_ROWS, internal "a test", "SELECT COUNT(*) FROM setting" }

const WHAT: &str = "MINSHENG_FAULT";
const WHERE: &str = "MINSHENG_FAULT_URL";

fn rows(store: &Store) -> i64 {
    store.read(|q| q.rows(&FAULT_ROWS, &[])).unwrap()[0]
        .int(0)
        .unwrap()
}

fn row(name: &str) -> [(&'static str, Value); 2] {
    [("name", name.into()), ("value", "x".repeat(1_000).into())]
}

/// The other process. In an ordinary test run it has nothing to do.
#[test]
fn child() {
    let (Some(what), Some(url)) = (std::env::var_os(WHAT), std::env::var_os(WHERE)) else {
        return;
    };
    let url = DbUrl::parse(url.to_str().unwrap()).unwrap();
    let options = Bed::sqlite().options();
    let store = Store::open(&url, &options).unwrap();
    match what.to_str().unwrap() {
        "fill" => {
            let error = (0..100_000)
                .find_map(|n| {
                    write(&store, 2, |tx| tx.insert("setting", &row(&format!("{n}")))).err()
                })
                .unwrap();
            println!("\nrefused: {error}");
        }
        "hold" => {
            let outcome: Result<(), StoreError> = store.write(&act(2), |tx| {
                some_settings(tx)?;
                println!("\nholding");
                let _ = std::io::stdin().read(&mut [0; 1]).unwrap();
                Ok(())
            });
            outcome.unwrap();
        }
        other => panic!("{other}"),
    }
}

fn start(bed: &Bed, what: &str, shell: Option<&str>) -> Child {
    let exe = std::env::current_exe().unwrap();
    let mut command = match shell {
        None => Command::new(&exe),
        Some(before) => {
            let mut command = Command::new("/bin/sh");
            command
                .args(["-c", &format!("{before}; exec \"$0\" \"$@\"")])
                .arg(&exe);
            command
        }
    };
    command
        .args([
            "--exact",
            "faults::child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(WHAT, what)
        .env(WHERE, address(bed))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn address(bed: &Bed) -> String {
    match bed.url.path() {
        Some(path) => path.to_str().unwrap().to_owned(),
        None => bed.address().to_owned(),
    }
}

/// Reads what the child prints up to the line that begins so.
fn until(child: &mut Child, beginning: &str) -> String {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    lines
        .find_map(|line| line.ok().filter(|line| line.starts_with(beginning)))
        .unwrap_or_default()
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_named_and_leaves_clean_books() {
    let bed = Bed::sqlite();
    drop(bed.create());
    let size = |path: &Path| std::fs::metadata(path).unwrap().len() / 512;
    // files may grow by half a megabyte, then writing fails as on a full disk
    let limit = size(bed.url.path().unwrap()) + 1_000;
    let mut child = start(
        &bed,
        "fill",
        Some(&format!("trap '' XFSZ; ulimit -f {limit}")),
    );
    let said = until(&mut child, "refused: ");
    assert!(child.wait().unwrap().success());
    assert!(
        said.contains("test.db") && said.contains("nothing was changed"),
        "{said}"
    );
    let store = Store::open(&bed.url, &bed.options()).unwrap();
    let kept = rows(&store);
    assert!(kept > 10, "{kept} rows were kept before the disk was full");
    clean(&store);
    write(&store, 3, |tx| tx.insert("setting", &row("after"))).unwrap();
    assert_eq!(rows(&store), kept + 1);
    clean(&store);
}

#[cfg(unix)]
#[test]
fn a_file_that_goes_away_is_noticed_before_anything_is_said_to_be_kept() {
    let bed = Bed::sqlite();
    let store = bed.create();
    write(&store, 1, some_settings).unwrap();
    let path = bed.url.path().unwrap();
    let aside = path.with_extension("aside");
    let lost = write(&store, 2, |tx| {
        tx.insert("setting", &row("lost"))?;
        std::fs::rename(path, &aside).unwrap();
        Ok(())
    });
    let said = lost.unwrap_err();
    assert!(matches!(said, StoreError::Open { .. }), "{said}");
    assert!(
        said.to_string().contains("test.db") && said.to_string().contains("hint:"),
        "{said}"
    );
    let gone = write(&store, 3, |tx| tx.insert("setting", &row("gone"))).unwrap_err();
    assert!(matches!(gone, StoreError::Open { .. }), "{gone}");
    assert!(store.read(|q| q.rows(&FAULT_ROWS, &[])).is_err());
    // back in its place it is whole, and the same store goes on
    std::fs::rename(&aside, path).unwrap();
    assert_eq!(rows(&store), 3);
    write(&store, 4, |tx| tx.insert("setting", &row("back"))).unwrap();
    clean(&store);
    // another file in its place is not taken for it
    let other = Bed::sqlite();
    drop(other.create());
    let outcome = write(&store, 5, |tx| {
        tx.insert("setting", &row("mixed"))?;
        std::fs::rename(path, &aside).unwrap();
        std::fs::copy(other.url.path().unwrap(), path).unwrap();
        Ok(())
    });
    assert!(
        matches!(outcome, Err(StoreError::Open { .. })),
        "{outcome:?}"
    );
}

#[test]
fn a_session_that_is_ended_by_the_server_keeps_nothing_and_the_same_again_works() {
    let bed = Bed::postgres();
    let store = bed.create();
    write(&store, 1, some_settings).unwrap();
    let end_all = || {
        bed.raw("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'minsheng' AND datname = current_database()");
    };
    let attempt = |fault: &dyn Fn()| {
        write(&store, 2, |tx| {
            tx.insert("setting", &row("once"))?;
            fault();
            tx.insert("setting", &row("twice"))
        })
    };
    let said = attempt(&end_all).unwrap_err();
    assert!(matches!(said, StoreError::Open { .. }), "{said}");
    assert!(
        said.to_string()
            .contains("nothing of this transaction was kept; do it again"),
        "{said}"
    );
    assert_eq!(rows(&store), 3);
    attempt(&|| ()).unwrap();
    // at the very end
    let said = write(&store, 3, |tx| {
        tx.insert("setting", &row("end"))?;
        end_all();
        Ok(())
    });
    assert!(said.is_err());
    // while reading
    let read: Result<_, StoreError> = store.read(|q| {
        end_all();
        q.rows(&FAULT_ROWS, &[])
    });
    assert!(matches!(read, Err(StoreError::Open { .. })), "{read:?}");
    assert_eq!(rows(&store), 5);
    clean(&store);
}

contract! {
    fn a_clock_that_went_back_writes_nothing_until_it_is_right(bed) {
        let store = bed.create();
        write(&store, 100, some_settings).unwrap();
        let before = store.head().unwrap();
        for store in [&store, &Store::open(&bed.url, &bed.options()).unwrap()] {
            let said = write(store, 99, |tx| tx.insert("setting", &row("early"))).unwrap_err();
            assert!(matches!(said, StoreError::ClockBack { .. }), "{said}");
            assert!(said.to_string().contains("hint: set the clock right"), "{said}");
            assert_eq!(store.head().unwrap(), before);
        }
        write(&store, 100, |tx| tx.insert("setting", &row("right"))).unwrap();
        // the order of numbers is the order of times
        let earlier = store.read(|q| q.tx_before(at(100))).unwrap();
        assert_eq!(earlier.0, 1);
        clean(&store);
    }

    fn a_second_program_waits_its_turn_or_is_told_to(bed) {
        drop(bed.create());
        let mut child = start(bed, "hold", None);
        assert_eq!(until(&mut child, "holding"), "holding");
        let mut options = bed.options();
        options.busy_timeout_ms = 50;
        let impatient = Store::open(&bed.url, &options).unwrap();
        let attempt = |store: &Store| write(store, 3, |tx| tx.insert("setting", &row("mine")));
        let said = attempt(&impatient).unwrap_err();
        assert!(matches!(said, StoreError::Busy { .. }), "{said}");
        assert!(said.to_string().contains("another program is writing"), "{said}");
        // reading waits for nobody
        assert_eq!(rows(&impatient), 0);
        child.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert!(child.wait().unwrap().success());
        attempt(&impatient).unwrap();
        assert_eq!(rows(&impatient), 4);
        clean(&impatient);
    }

    fn a_program_killed_while_it_writes_leaves_nothing(bed) {
        let store = bed.create();
        let before = store.head().unwrap();
        let mut child = start(bed, "hold", None);
        assert_eq!(until(&mut child, "holding"), "holding");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(store.head().unwrap(), before);
        write(&store, 3, some_settings).unwrap();
        assert_eq!(rows(&store), 3);
        clean(&store);
    }
}
