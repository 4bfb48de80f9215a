//! Making, opening, bringing forward and removing databases.

use std::collections::HashMap;
use std::sync::Mutex;

use minsheng_core::Timestamp;

use super::{Store, Writer, at_us_of, check_clock, stored_head};
use crate::audit::GENESIS;
use crate::digest::sm3;
use crate::engine::{Connection, NewRows, Purpose, StoredHead, collect, connect};
use crate::migrate::{Migration, Program, VERSION_TABLE};
use crate::vault::{SEARCH, Vault};
use crate::{Act, DbUrl, Options, StoreError, Tx, Value};

/// How far a database was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Number of the last migration before.
    pub from: i64,
    /// Number of the last migration of this program.
    pub to: i64,
    /// Names of the steps in between, in their order.
    pub steps: Vec<String>,
}

impl Store {
    /// Makes the tables, the keys and the first transaction in an empty database. The file of an SQLite database
    /// is made if it is missing; a PostgreSQL database must exist.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if there is any table already.
    pub fn create(url: &DbUrl, options: &Options, at: Timestamp) -> Result<Store, StoreError> {
        Store::create_for(Program::embedded()?, url, options, at)
    }

    fn create_for(
        program: Program,
        url: &DbUrl,
        options: &Options,
        at: Timestamp,
    ) -> Result<Store, StoreError> {
        let mut connection = connect(url, options, Purpose::Create)?;
        connection.begin_migration()?;
        if !connection.tables()?.is_empty() {
            return Err(StoreError::NotEmpty {
                url: url.to_string(),
            });
        }
        let store = Store::with(program, url, options, None);
        let head = StoredHead {
            audit_id: 0,
            tx: 0,
            hash: GENESIS,
        };
        let act = Act {
            actor: "minsheng",
            action: "create database",
            at,
        };
        apply(
            &store,
            connection.as_mut(),
            act,
            head,
            program.migrations,
            |tx| {
                let (key_id, kind) = store.vault.create_master()?;
                tx.insert_own(
                    "key_ring",
                    &[("key_id", key_id.into()), ("kind", kind.into())],
                )?;
                tx.create_data_key(SEARCH)?;
                Ok(())
            },
        )?;
        store.writer().connection = Some(connection);
        Ok(store)
    }

    /// Opens a database of this program's schema. No key is needed before something is sealed, opened or searched.
    ///
    /// # Errors
    /// [`StoreError::Open`] if it is not there or not ours, [`StoreError::Version`] if its schema is another one.
    pub fn open(url: &DbUrl, options: &Options) -> Result<Store, StoreError> {
        Store::open_for(Program::embedded()?, url, options)
    }

    fn open_for(program: Program, url: &DbUrl, options: &Options) -> Result<Store, StoreError> {
        let store = Store::inspect_for(program, url, options)?;
        let found = store.with_reader(version)?;
        if found == program.version() {
            return Ok(store);
        }
        Err(version_error(program, url, found))
    }

    /// Opens a database in whatever state it is. For [`Store::verify`], which has to say what is wrong with it.
    ///
    /// # Errors
    /// [`StoreError::Open`] if it is not there.
    pub fn inspect(url: &DbUrl, options: &Options) -> Result<Store, StoreError> {
        Store::inspect_for(Program::embedded()?, url, options)
    }

    fn inspect_for(program: Program, url: &DbUrl, options: &Options) -> Result<Store, StoreError> {
        let reader = connect(url, options, Purpose::Read)?;
        Ok(Store::with(program, url, options, Some(reader)))
    }

    /// What [`Store::migrate`] would do.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub fn migrations_due(url: &DbUrl, options: &Options) -> Result<Migrated, StoreError> {
        Store::migrations_due_for(Program::embedded()?, url, options)
    }

    fn migrations_due_for(
        program: Program,
        url: &DbUrl,
        options: &Options,
    ) -> Result<Migrated, StoreError> {
        let store = Store::inspect_for(program, url, options)?;
        store.with_reader(|connection| {
            let from = version(connection)?;
            if program.at(from).is_none() {
                return Err(version_error(program, url, from));
            }
            if let Some(step) = program.foreign_step(&seen_steps(connection)?) {
                return Err(StoreError::ForeignSchema {
                    url: url.to_string(),
                    step: step.to_owned(),
                });
            }
            let due = program
                .migrations
                .iter()
                .filter(|migration| migration.number > from);
            Ok(Migrated {
                from,
                to: program.version(),
                steps: due.map(|migration| migration.name.to_owned()).collect(),
            })
        })
    }

    /// Runs the migrations that the database has not seen, each in a transaction of its own that is noted in the
    /// chain. Killed in a step, that step has not happened; doing it again goes on with it.
    ///
    /// # Errors
    /// [`StoreError::Version`] if it is no database of ours or of a newer release, [`StoreError::ForeignSchema`]
    /// if a build that was never released made it.
    pub fn migrate(url: &DbUrl, options: &Options, at: Timestamp) -> Result<Migrated, StoreError> {
        Store::migrate_for(Program::embedded()?, url, options, at)
    }

    fn migrate_for(
        program: Program,
        url: &DbUrl,
        options: &Options,
        at: Timestamp,
    ) -> Result<Migrated, StoreError> {
        let mut done = Store::migrations_due_for(program, url, options)?;
        done.steps.clear();
        for migration in program.migrations {
            let Some(program) = program.at(migration.number) else {
                continue;
            };
            let mut connection = connect(url, options, Purpose::Write)?;
            connection.begin_migration()?;
            // somebody else may have done this step while we waited for him
            let found = version(connection.as_mut()).inspect_err(|_| connection.rollback())?;
            if found >= migration.number {
                connection.rollback();
                continue;
            }
            let store = Store::with(program, url, options, None);
            let head = stored_head(connection.as_mut())?;
            let action = format!("migrate to {}", migration.name);
            let act = Act {
                actor: "minsheng",
                action: &action,
                at,
            };
            store.point(&format!("migrate {}", migration.name));
            let step = std::slice::from_ref(migration);
            apply(&store, connection.as_mut(), act, head, step, |_| Ok(()))?;
            done.steps.push(migration.name.to_owned());
        }
        Ok(done)
    }

    fn with(
        program: Program,
        url: &DbUrl,
        options: &Options,
        reader: Option<Box<dyn Connection>>,
    ) -> Store {
        Store {
            url: url.clone(),
            options: options.clone(),
            program,
            vault: Vault::new(options.keys.clone(), options.randomness.clone()),
            writer: Mutex::new(Writer {
                connection: None,
                counters: HashMap::new(),
                head: None,
                head_at_us: i64::MIN,
            }),
            writing: Mutex::new(None),
            readers: Mutex::new(reader.into_iter().collect()),
        }
    }

    /// Whether there is a database that holds any table.
    ///
    /// # Errors
    /// [`StoreError::Open`] if that cannot be told: no database server, a file of another kind.
    pub fn exists(url: &DbUrl, options: &Options) -> Result<bool, StoreError> {
        if url.path().is_some_and(|path| !path.exists()) {
            return Ok(false);
        }
        let mut connection = connect(url, options, Purpose::Read)?;
        Ok(!connection.tables()?.is_empty())
    }

    /// Removes a database of this program: the file, or the tables that the migrations made.
    ///
    /// # Errors
    /// [`StoreError::Version`] if it holds tables but is not ours; nothing is removed then.
    pub fn destroy(url: &DbUrl, options: &Options) -> Result<(), StoreError> {
        if !Store::exists(url, options)? && url.path().is_none_or(|path| !path.exists()) {
            return Ok(());
        }
        let mut connection = connect(url, options, Purpose::Write)?;
        let tables = connection.tables()?;
        if !tables.is_empty() && !tables.iter().any(|(name, _)| name == VERSION_TABLE) {
            return Err(StoreError::Version {
                url: url.to_string(),
                found: 0,
                needed: Program::embedded()?.version(),
                hint: "this is no database of minsheng and is left as it is; name another one"
                    .to_owned(),
            });
        }
        connection.drop_all(Program::embedded()?.catalog)
    }
}

/// Runs migrations and notes them in one transaction of the chain. The transaction is open; should anything fail,
/// it ends with the connection.
fn apply(
    store: &Store,
    connection: &mut dyn Connection,
    act: Act<'_>,
    head: StoredHead,
    migrations: &[Migration],
    more: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let program = store.program;
    for (known, catalog) in program.migrations.iter().zip(program.catalogs) {
        if migrations
            .iter()
            .any(|migration| migration.number == known.number)
        {
            connection.migrate(known, catalog)?;
        }
    }
    store.point("schema");
    if head.audit_id == 0 {
        insert_head(store, connection, head)?;
    }
    let last_at_us = at_us_of(connection, head.tx)?;
    check_clock(act.at, last_at_us)?;
    let mut counters = HashMap::new();
    let mut tx = Tx::new(store, connection, &mut counters, act, head);
    for migration in migrations {
        tx.insert_own(
            VERSION_TABLE,
            &[
                ("name", migration.name.into()),
                ("digest", sm3(migration.text.as_bytes()).to_vec().into()),
            ],
        )?;
    }
    more(&mut tx)?;
    tx.commit().map(|_| ())
}

fn insert_head(
    store: &Store,
    connection: &mut dyn Connection,
    head: StoredHead,
) -> Result<(), StoreError> {
    let Some(table) = store.catalog().table("audit_head") else {
        return Ok(());
    };
    let row = vec![
        Value::Int(head.audit_id),
        Value::Int(head.tx),
        Value::from(&head.hash[..]),
    ];
    let columns = ["audit_id", "tx", "hash"];
    connection.insert_rows(&NewRows {
        table,
        columns: &columns,
        first_id: 1,
        tx: None,
        rows: &[row],
    })
}

/// Why a database of that schema is not opened.
pub(crate) fn version_error(program: Program, place: impl ToString, found: i64) -> StoreError {
    let needed = program.version();
    let hint = match found {
        0 => "this is no database of minsheng; name another one",
        _ if found < needed => {
            "it is of an older release: bring it forward with `minsheng migrate`"
        }
        _ => "this program is too old for it: use the release that wrote it, or a newer one",
    };
    StoreError::Version {
        url: place.to_string(),
        found,
        needed,
        hint: hint.to_owned(),
    }
}

/// The numbers and digests of the migrations that a database has seen.
pub(crate) fn seen_steps(
    connection: &mut dyn Connection,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    collect(
        connection,
        "store::STEPS",
        "SELECT id, digest FROM schema_migration ORDER BY id",
        &[],
    )?
    .iter()
    .map(|row| Ok((row.int(0)?, row.blob(1)?.to_vec())))
    .collect()
}

/// Number of the last migration that the database has seen, 0 if it is not ours.
pub(crate) fn version(connection: &mut dyn Connection) -> Result<i64, StoreError> {
    if !connection
        .tables()?
        .iter()
        .any(|(name, _)| name == VERSION_TABLE)
    {
        return Ok(0);
    }
    let rows = collect(
        connection,
        "store::VERSION",
        "SELECT MAX(id) FROM schema_migration",
        &[],
    )?;
    Ok(rows
        .first()
        .map_or(Ok(None), |row| row.opt_int(0))?
        .unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use minsheng_store_testing::FreshPostgres;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::catalog::Catalog;
    use crate::migrate::catalogs;
    use crate::{BackUp, Keys, Query};

    const LATER: &str = "ALTER TABLE setting ADD COLUMN note TEXT;\n\
        CREATE TABLE visit (id INTEGER PRIMARY KEY, place TEXT NOT NULL, tx INTEGER NOT NULL);\n\
        --! append-only visit\n--! mutable setting value, note";

    /// This program one release later.
    fn later() -> Program {
        let mut migrations = Program::embedded().unwrap().migrations.to_vec();
        let number = i64::try_from(migrations.len()).unwrap() + 1;
        migrations.push(Migration {
            number,
            name: "later",
            text: LATER,
        });
        let catalogs: &[Catalog] = catalogs(&migrations).unwrap().leak();
        Program {
            migrations: migrations.leak(),
            catalogs,
            catalog: catalogs.last().unwrap(),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn a_database_is_brought_forward(url: &DbUrl) {
        let options = Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(1));
        let now = Program::embedded().unwrap();
        let later = later();
        let setting = [("name", "a".into()), ("value", "1".into())];
        let act = |seconds| Act {
            actor: "test",
            action: "test",
            at: at(seconds),
        };
        let store = Store::create_for(now, url, &options, at(1)).unwrap();
        store
            .write(&act(2), |tx| tx.insert("setting", &setting))
            .unwrap();
        drop(store);

        let folder = tempfile::tempdir().unwrap();
        let digests = |program: Program, name: &str| -> HashMap<String, (u64, String)> {
            let store = Store::inspect_for(program, url, &options).unwrap();
            let by = BackUp {
                program: "test",
                at: at(1),
            };
            let copy = store.back_up(&folder.path().join(name), by, &|_, _, _| {});
            let lines = copy.unwrap().tables.into_iter();
            lines
                .map(|line| (line.name, (line.rows, line.digest)))
                .collect()
        };
        let digests_before = digests(later, "before");

        let refused = Store::open_for(later, url, &options).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Version { hint, .. } if hint.contains("minsheng migrate"))
        );
        assert!(matches!(
            Store::migrate_for(later, url, &options, at(1)),
            Err(StoreError::ClockBack { .. })
        ));
        for done in [vec!["later"], vec![]] {
            let migrated = Store::migrate_for(later, url, &options, at(3)).unwrap();
            assert_eq!(migrated.steps, done);
        }
        assert!(Store::open_for(now, url, &options).is_err());
        // an added column changes no digest of a row, nor of a table
        let digests_after = digests(later, "after");
        assert_eq!(digests_after.len(), digests_before.len() + 1);
        for table in ["setting", "key_ring", "subject_key", "person"] {
            assert_eq!(digests_after[table], digests_before[table], "{table}");
        }

        let store = Store::open_for(later, url, &options).unwrap();
        let before = store.verify().unwrap();
        assert!(before.is_clean(), "{:#?}", before.findings);
        store
            .write(&act(4), |tx| {
                tx.update("setting", 1, &[("note", "new".into())])?;
                tx.insert("visit", &[("place", "x".into())])
            })
            .unwrap();
        // the guard knows the new columns
        let refused = store.write(&act(5), |tx| {
            tx.update("visit", 1, &[("place", "y".into())])
        });
        assert!(matches!(refused, Err(StoreError::Misuse { .. })));
        let after = store.verify().unwrap();
        assert!(after.is_clean(), "{:#?}", after.findings);
        assert_eq!(after.transactions, 4);
        assert_eq!(store.read(|q| q.last_tx()).unwrap().0, 4);
    }

    #[test]
    fn an_sqlite_database_is_brought_forward() {
        let folder = tempfile::tempdir().unwrap();
        a_database_is_brought_forward(&DbUrl::file(folder.path().join("test.db")));
    }

    #[test]
    fn a_postgresql_database_is_brought_forward() {
        let database = FreshPostgres::new();
        a_database_is_brought_forward(&DbUrl::parse(database.url()).unwrap());
    }
}
