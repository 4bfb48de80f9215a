//! A county with two townships on a temporary database, for tests of the registry.

#![allow(dead_code, reason = "each test file uses a part of the county")]

use std::collections::BTreeSet;
use std::sync::Arc;

use minsheng_core::{Date, Regions, Timestamp, WorkCalendar, citizen_id, cst_timestamp};
use minsheng_policy::PackSet;
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::persons::NewPerson;
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, Role, users};
use minsheng_store::{DbUrl, Keys, Options, Store};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub const LUCHENG: i64 = 513_301_001_001;
pub const YALA: i64 = 513_301_201_201;

pub struct County {
    pub store: Store,
    pub packs: PackLibrary,
    pub calendar: WorkCalendar,
    pub regions: Regions,
    pub directory: tempfile::TempDir,
    _server: Option<FreshPostgres>,
}

impl County {
    /// Runs a test on SQLite and again on PostgreSQL.
    pub fn on_both(test: impl Fn(&County)) {
        test(&County::new());
        let server = FreshPostgres::new();
        let url = server.url().to_owned();
        test(&County::at(
            &url,
            tempfile::tempdir().unwrap(),
            Some(server),
        ));
    }

    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory
            .path()
            .join("county.db")
            .to_str()
            .unwrap()
            .to_owned();
        County::at(&path, directory, None)
    }

    fn at(url: &str, directory: tempfile::TempDir, server: Option<FreshPostgres>) -> Self {
        let url: DbUrl = url.parse().unwrap();
        let options = Options::new(Keys::Demo, ChaCha8Rng::seed_from_u64(7));
        let store = Store::create(&url, &options, at(2020, 9, 1)).unwrap();
        let packs = PackLibrary::new(Arc::new(PackSet::embedded("cn-513301").unwrap()));
        let county = County {
            store,
            packs,
            calendar: WorkCalendar::embedded().clone(),
            regions: Regions::with_demo().clone(),
            directory,
            _server: server,
        };
        let roles = |list: &[Role]| list.iter().copied().collect::<BTreeSet<_>>();
        let user = |username: &str, division, list: &[Role]| users::NewUser {
            username: username.to_owned(),
            display_name: username.to_owned(),
            roles: roles(list),
            division,
        };
        let all = [
            user("admin-1", 513_301_000_000, &[Role::Administrator]),
            user("clerk-lucheng", 513_301_001_000, &[Role::TownshipClerk]),
            user("clerk-yala", 513_301_201_000, &[Role::TownshipClerk]),
            user("officer-1", 513_301_000_000, &[Role::Officer]),
            user("officer-2", 513_301_000_000, &[Role::Officer]),
            user("auditor-1", 513_301_000_000, &[Role::Auditor]),
        ];
        let administrator = Ctx {
            actor: Actor {
                username: "admin-1".to_owned(),
                roles: roles(&[Role::Administrator]),
                division: 513_301_000_000,
            },
            at: at(2020, 9, 1),
        };
        users::add_many(&county.desk(), &administrator, &all).unwrap();
        county
    }

    pub fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            packs: &self.packs,
            calendar: &self.calendar,
            regions: &self.regions,
        }
    }

    pub fn ctx(&self, username: &str, at: Timestamp) -> Ctx {
        let actor = self.store.read(|q| Actor::load(q, username)).unwrap();
        Ctx { actor, at }
    }
}

pub fn at(year: i16, month: i8, day: i8) -> Timestamp {
    cst_timestamp(day_of(year, month, day), 9, 0, 0)
}

pub fn day_of(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap()
}

pub fn person(name: &str, birth: Date, sequence: u16, division: i64) -> NewPerson {
    let number = citizen_id::build("513301", birth, sequence).unwrap();
    NewPerson {
        name: name.to_owned(),
        sex: number.sex().as_str().to_owned(),
        birth,
        id_number: Some(number.as_str().to_owned()),
        division,
    }
}

pub fn row(
    kind: &str,
    slot: &str,
    amount_fen: Option<i64>,
    from: Date,
    to: Option<Date>,
) -> EvidenceRow {
    EvidenceRow {
        kind: kind.to_owned(),
        slot: slot.to_owned(),
        code: None,
        quantity: amount_fen.map(|_| 12),
        amount_fen,
        valid_from: from,
        valid_to: to,
    }
}
