//! A database for one test, and hands that reach into it past the store.

use std::sync::{Arc, Mutex};

use minsheng_core::Timestamp;
use minsheng_store::{
    Act, ColumnType, DbUrl, Durability, Keys, Observer, Options, Store, StoreError, Subject, Table,
    Tx, Value, Verification,
};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub struct Bed {
    pub url: DbUrl,
    pub folder: tempfile::TempDir,
    postgres: Option<FreshPostgres>,
}

impl Bed {
    pub fn sqlite() -> Bed {
        let folder = tempfile::tempdir().unwrap();
        Bed {
            url: DbUrl::file(folder.path().join("test.db")),
            folder,
            postgres: None,
        }
    }

    pub fn postgres() -> Bed {
        let database = FreshPostgres::new();
        let url = DbUrl::parse(database.url()).unwrap();
        Bed {
            url,
            folder: tempfile::tempdir().unwrap(),
            postgres: Some(database),
        }
    }

    /// Where the database of a server is.
    pub fn address(&self) -> &str {
        self.postgres.as_ref().map_or("", FreshPostgres::url)
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    pub fn options(&self) -> Options {
        Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(1)).durability(Durability::Relaxed)
    }

    pub fn create(&self) -> Store {
        Store::create(&self.url, &self.options(), at(0)).unwrap()
    }

    /// Runs SQL as somebody who does not know the store, with no guard of a session in the way.
    pub fn raw(&self, sql: &str) {
        match &self.postgres {
            Some(database) => {
                let mut client =
                    postgres::Client::connect(database.url(), postgres::NoTls).unwrap();
                client
                    .batch_execute(sql)
                    .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            }
            None => {
                let connection = rusqlite::Connection::open(self.url.path().unwrap()).unwrap();
                connection
                    .execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}"))
                    .unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
        }
    }

    /// What the database itself says to such SQL.
    pub fn raw_refused(&self, sql: &str) -> String {
        match &self.postgres {
            Some(database) => {
                let mut client =
                    postgres::Client::connect(database.url(), postgres::NoTls).unwrap();
                let error = client.batch_execute(sql).expect_err(sql);
                error.as_db_error().unwrap().message().to_owned()
            }
            None => {
                let connection = rusqlite::Connection::open(self.url.path().unwrap()).unwrap();
                connection.execute_batch(sql).expect_err(sql).to_string()
            }
        }
    }

    /// Drops the guards of a table, as one does before changing the records behind the program's back.
    pub fn drop_guards(&self, table: &str) {
        if self.is_postgres() {
            self.raw(&format!(
                "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tgname FROM pg_trigger WHERE NOT tgisinternal \
                 AND tgrelid = '{table}'::regclass LOOP EXECUTE format('DROP TRIGGER %I ON {table}', t); \
                 END LOOP; END $$"
            ));
        } else {
            let connection = rusqlite::Connection::open(self.url.path().unwrap()).unwrap();
            let mut statement = connection
                .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1")
                .unwrap();
            let names: Vec<String> = statement
                .query_map([table], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            for name in names {
                connection
                    .execute_batch(&format!("DROP TRIGGER {name}"))
                    .unwrap();
            }
        }
    }

    /// Runs statements on one table with its guards and foreign keys out of the way.
    pub fn tamper(&self, table: &str, sql: &str) {
        self.drop_guards(table);
        if self.is_postgres() {
            self.raw(&format!("SET session_replication_role = replica; {sql}"));
        } else {
            self.raw(sql);
        }
    }
}

/// So many seconds after a fixed moment.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_609_430_400 + seconds).unwrap()
}

pub fn act(seconds: i64) -> Act<'static> {
    Act {
        actor: "test",
        action: "test",
        at: at(seconds),
    }
}

/// A write whose errors are the store's.
pub fn write<T>(
    store: &Store,
    seconds: i64,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store.write(&act(seconds), f)
}

/// Three rows of a setting, the plainest table there is.
pub fn some_settings(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let rows = ["a", "b", "c"].map(|name| vec![Value::from(name), Value::from("1")]);
    tx.insert_many("setting", &["name", "value"], rows.to_vec())
}

/// The columns that an office gives, and values for the row of that number, such that every constraint holds for
/// rows 1, 2, 3, …
pub fn fixture(table: &Table, number: i64) -> Vec<(&str, Value)> {
    let given = table
        .columns
        .iter()
        .filter(|column| column.name != "id" && column.name != "tx");
    given
        .map(|column| {
            let value = match (column.name.as_str(), column.column_type) {
                ("valid_to" | "superseded_tx", _) => Value::Null,
                ("subject_kind", _) => Value::from("person"),
                ("kind", _) if table.name == "campaign_act" => Value::from("step"),
                ("credit_account_id", _) => Value::Int(number % 3 + 1),
                (_, ColumnType::Integer) => Value::Int(number),
                (name, ColumnType::Text) => Value::from(format!("{name} '{number}' 民生")),
                (_, ColumnType::Blob) => Value::Blob(number.to_be_bytes().to_vec()),
            };
            (column.name.as_str(), value)
        })
        .collect()
}

/// Three rows in every table that an office writes.
pub fn fill(store: &Store, seconds: i64) {
    write(store, seconds, |tx| {
        for table in store.catalog().tables().filter(|table| !table.is_own()) {
            for number in 1..=3 {
                let id = tx.insert(&table.name, &fixture(table, number))?;
                assert_eq!(id, number, "{}", table.name);
            }
        }
        for number in 1..=3 {
            tx.destroy_key(Subject::Person(1_000 + number), "test", "test")?;
        }
        Ok(())
    })
    .unwrap();
}

/// The row of that number with some columns given.
pub fn fixture_with<'t>(
    store: &'t Store,
    table: &str,
    number: i64,
    given: &[(&str, Value)],
) -> Vec<(&'t str, Value)> {
    let mut row = fixture(store.catalog().table(table).unwrap(), number);
    for (name, value) in given {
        let place = row.iter_mut().find(|(column, _)| column == name).unwrap();
        place.1 = value.clone();
    }
    row
}

/// A value as both engines write it.
pub fn literal(bed: &Bed, value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            if bed.is_postgres() {
                format!("'\\x{hex}'")
            } else {
                format!("X'{hex}'")
            }
        }
    }
}

pub fn clean(store: &Store) -> Verification {
    let outcome = store.verify().unwrap();
    assert!(outcome.is_clean(), "{:#?}", outcome.findings);
    outcome
}

/// The findings as printed.
pub fn findings(store: &Store) -> Vec<String> {
    store
        .verify()
        .unwrap()
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[track_caller]
pub fn assert_found(found: &[String], beginning: &str) {
    assert!(
        found.iter().any(|line| line.starts_with(beginning)),
        "{beginning} in {found:#?}"
    );
}

/// Writes down every point.
#[derive(Default)]
pub struct Points(pub Mutex<Vec<String>>);

impl Observer for Points {
    fn point(&self, name: &str) {
        self.0.lock().unwrap().push(name.to_owned());
    }
}

pub fn observed(bed: &Bed) -> (Options, Arc<Points>) {
    let points = Arc::new(Points::default());
    (bed.options().observer(points.clone()), points)
}
