//! Two programs on one database: each waits for its turn, who waits too long is told, and the books stay whole.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use minsheng_core::Timestamp;
use minsheng_store::{Act, DbUrl, Durability, Keys, Options, Store, StoreError};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const URL: &str = "MINSHENG_SECOND_URL";
const EACH: usize = 60;

fn options(patience_ms: u32) -> Options {
    let mut options =
        Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(1)).durability(Durability::Relaxed);
    options.busy_timeout_ms = patience_ms;
    options
}

fn act() -> Act<'static> {
    Act {
        actor: "test",
        action: "test",
        at: Timestamp::from_second(1_609_430_400).unwrap(),
    }
}

fn write_some(store: &Store, who: &str) {
    for number in 0..EACH {
        store
            .write(&act(), |tx| -> Result<(), StoreError> {
                let name = format!("{who} {number}");
                tx.insert("setting", &[("name", name.into()), ("value", who.into())])
                    .map(|_| ())
            })
            .unwrap();
    }
}

/// The second program. In an ordinary test run it has nothing to do.
#[test]
fn child() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let store = Store::open(&DbUrl::parse(&url).unwrap(), &options(20_000)).unwrap();
    write_some(&store, "second");
    // then it holds the right to write until it is told to go
    store
        .write(&act(), |tx| -> Result<(), StoreError> {
            tx.insert("setting", &[("name", "held".into()), ("value", "".into())])?;
            println!("holding");
            std::io::stdout().flush().unwrap();
            std::io::stdin()
                .lock()
                .read_line(&mut String::new())
                .unwrap();
            Ok(())
        })
        .unwrap();
}

fn two_programs(text: &str) {
    let url = DbUrl::parse(text).unwrap();
    let store = Store::create(&url, &options(20_000), act().at).unwrap();
    let mut second = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(URL, text)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    write_some(&store, "first");
    let mut said = BufReader::new(second.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("holding") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the second ended");
    }
    let impatient = Store::open(&url, &options(50)).unwrap();
    let refused = impatient.write(&act(), |tx| {
        tx.insert("setting", &[("name", "late".into()), ("value", "".into())])
    });
    let Err(error @ StoreError::Busy { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.to_string().contains("hint: wait"), "{error}");
    // reading goes on meanwhile
    let proof = impatient.verify().unwrap();
    assert!(proof.is_clean(), "{:#?}", proof.findings);
    second.stdin.take().unwrap().write_all(b"go\n").unwrap();
    assert!(second.wait().unwrap().success());
    impatient
        .write(&act(), |tx| {
            tx.insert("setting", &[("name", "late".into()), ("value", "".into())])
        })
        .unwrap();
    let proof = store.verify().unwrap();
    assert!(proof.is_clean(), "{:#?}", proof.findings);
    let written = i64::try_from(2 * EACH + 3).unwrap();
    assert_eq!(proof.head.tx.0, written, "every act of both, each once");
}

#[test]
fn two_programs_on_one_sqlite_file_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    two_programs(&folder.path().join("county.db").display().to_string());
}

#[test]
fn two_programs_on_one_postgresql_database_take_turns() {
    let database = FreshPostgres::new();
    two_programs(database.url());
}
