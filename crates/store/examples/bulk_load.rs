//! How long the store needs for a bulk load of ledger entries, compared with the bare driver writing the same rows
//! into the same table with the same indexes and foreign keys, but without chain and guards.
//!
//! `cargo run --release -p minsheng-store --example bulk_load [ROWS] [POSTGRES-URL]`; without an address a private
//! PostgreSQL server is started.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use minsheng_core::Timestamp;
use minsheng_store::{Act, DbUrl, Durability, Keys, Options, Store, Value};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

type Outcome<T> = Result<T, Box<dyn Error>>;

const COLUMNS: [&str; 8] = [
    "kind",
    "pending_id",
    "debit_account_id",
    "credit_account_id",
    "amount_fen",
    "document_kind",
    "document_id",
    "booked_on",
];

fn values(id: i64) -> Vec<Value> {
    vec![
        "pending".into(),
        Value::Null,
        (id % 20 + 1).into(),
        ((id + 1) % 20 + 1).into(),
        (id % 90_000 + 100).into(),
        "payment_batch".into(),
        (id / 9_000).into(),
        18_700.into(),
    ]
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let rows: i64 = arguments
        .next()
        .map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;

    let bare = folder.path().join("bare.db");
    prepare(&DbUrl::file(&bare))?;
    let entries: Vec<Vec<Value>> = (1..=rows).map(values).collect();
    let bare_ms = measure(|| sqlite_bare(&bare, &entries))?;
    drop(entries);
    let url = DbUrl::file(folder.path().join("store.db"));
    let (store_ms, verify_ms) = store(&url, rows)?;
    report("SQLite", rows, bare_ms, store_ms, verify_ms)?;
    small(&url)?;

    let (own, other);
    let (first, second) = match arguments.next() {
        Some(url) => (url.clone(), url),
        None => {
            own = FreshPostgres::new();
            other = FreshPostgres::new();
            (own.url().to_owned(), other.url().to_owned())
        }
    };
    let bare = DbUrl::parse(&first)?;
    prepare(&bare)?;
    let bare_ms = measure(|| postgres_bare(&first, rows))?;
    let options = options();
    Store::destroy(&bare, &options)?;
    let (store_ms, verify_ms) = store(&DbUrl::parse(&second)?, rows)?;
    report("PostgreSQL", rows, bare_ms, store_ms, verify_ms)?;
    small(&DbUrl::parse(&second)?)
}

/// What a clerk's acts cost: transactions of a few rows, one after the other, without waiting for the disk.
fn small(url: &DbUrl) -> Outcome<()> {
    const ACTS: i64 = 10_000;
    let store = Store::open(url, &options().durability(Durability::Relaxed))?;
    let act = Act {
        actor: "bench",
        action: "a small act",
        at: at(),
    };
    let ms = measure(|| {
        for number in 0..ACTS {
            store.write(&act, |tx| {
                for part in 0..3 {
                    let name = format!("{number} {part}");
                    tx.insert("setting", &[("name", name.into()), ("value", "1".into())])?;
                }
                Ok::<_, minsheng_store::StoreError>(())
            })?;
        }
        Ok(())
    })?;
    let verify_ms = measure(|| store.verify().map(|_| ()).map_err(Into::into))?;
    writeln!(
        std::io::stdout(),
        "{ACTS} transactions of three rows in {ms} ms, all verified in {verify_ms} ms"
    )?;
    Ok(())
}

fn options() -> Options {
    Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(1))
}

fn at() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// A database with the accounts that the entries refer to.
fn prepare(url: &DbUrl) -> Outcome<Store> {
    let store = Store::create(url, &options(), at())?;
    let act = Act {
        actor: "bench",
        action: "accounts",
        at: at(),
    };
    let table = store
        .catalog()
        .table("ledger_account")
        .ok_or("no table of accounts")?;
    let columns: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| column.required && !["id", "tx"].contains(&column.name.as_str()))
        .map(|column| column.name.as_str())
        .collect();
    let row = |number: i64| {
        columns
            .iter()
            .map(|_| Value::from(format!("{number}")))
            .collect()
    };
    store.write(&act, |tx| {
        tx.insert_many("ledger_account", &columns, (1..=20).map(row).collect())
    })?;
    Ok(store)
}

fn store(url: &DbUrl, rows: i64) -> Outcome<(u128, u128)> {
    let store = prepare(url)?;
    let act = Act {
        actor: "bench",
        action: "bulk load",
        at: at(),
    };
    let entries: Vec<Vec<Value>> = (1..=rows).map(values).collect();
    let load_ms = measure(|| {
        store.write(&act, |tx| tx.insert_many("ledger_entry", &COLUMNS, entries))?;
        Ok(())
    })?;
    let verify_ms = measure(|| {
        let outcome = store.verify()?;
        if outcome.is_clean() {
            Ok(())
        } else {
            Err(format!("{:?}", outcome.findings).into())
        }
    })?;
    Ok((load_ms, verify_ms))
}

fn sqlite_bare(path: &std::path::Path, entries: &[Vec<Value>]) -> Outcome<()> {
    let mut connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare(&format!(
            "INSERT INTO ledger_entry (id, tx, {}) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
            COLUMNS.join(", ")
        ))?;
        for (id, entry) in (1_i64..).zip(entries) {
            statement.raw_bind_parameter(1, id)?;
            for (position, value) in entry.iter().enumerate() {
                statement.raw_bind_parameter(position + 2, value)?;
            }
            statement.raw_execute()?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn postgres_bare(url: &str, rows: i64) -> Outcome<()> {
    use postgres::types::{ToSql, Type};
    let mut client = postgres::Client::connect(url, postgres::NoTls)?;
    let mut transaction = client.transaction()?;
    let sql = format!(
        "COPY ledger_entry (id, tx, {}) FROM STDIN (FORMAT binary)",
        COLUMNS.join(", ")
    );
    let writer = transaction.copy_in(&sql)?;
    let (number, text) = (Type::INT8, Type::TEXT);
    let types = [
        &number, &number, &text, &number, &number, &number, &number, &text, &number, &number,
    ]
    .map(Clone::clone);
    let mut writer = postgres::binary_copy::BinaryCopyInWriter::new(writer, &types);
    for id in 1..=rows {
        let nothing: Option<i64> = None;
        let row: [&(dyn ToSql + Sync); 10] = [
            &id,
            &1_i64,
            &"pending",
            &nothing,
            &(id % 20 + 1),
            &((id + 1) % 20 + 1),
            &(id % 90_000 + 100),
            &"payment_batch",
            &(id / 9_000),
            &18_700_i64,
        ];
        writer.write(&row)?;
    }
    writer.finish()?;
    transaction.commit()?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn measure(f: impl FnOnce() -> Outcome<()>) -> Outcome<u128> {
    let start = std::time::Instant::now();
    f()?;
    Ok(start.elapsed().max(Duration::from_millis(1)).as_millis())
}

fn report(engine: &str, rows: i64, bare_ms: u128, store_ms: u128, verify_ms: u128) -> Outcome<()> {
    let hundredths = store_ms * 100 / bare_ms;
    writeln!(
        std::io::stdout(),
        "{engine}: {rows} rows, bare driver {bare_ms} ms, store {store_ms} ms, ratio {}.{:02}, verified in {verify_ms} ms",
        hundredths / 100,
        hundredths % 100
    )?;
    Ok(())
}
