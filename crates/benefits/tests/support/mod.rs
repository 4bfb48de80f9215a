//! A small county on a temporary database, with users of every role of casework, and families whose evidence
//! is recorded as a clerk would.

#![allow(dead_code, reason = "each test file uses a part of the county")]

pub mod family;
pub mod walk;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use minsheng_benefits::assistance::AssistanceError;
use minsheng_core::{Date, Regions, WorkCalendar, cst_timestamp};
use minsheng_policy::PackSet;
use minsheng_registry::divisions::{self, NewDivision};
use minsheng_registry::persons;
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, Role, packs, users};
use minsheng_store::{DbUrl, Durability, Keys, Options, Store, TxNo};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub const COUNTY: i64 = 513_301_000_000;
pub const LUCHENG: i64 = 513_301_001_000;
pub const YALA: i64 = 513_301_201_000;
/// Villages: two in Lucheng, one in Yala.
pub const LUCHENG_1: i64 = 513_301_001_001;
pub const LUCHENG_2: i64 = 513_301_001_002;
pub const YALA_1: i64 = 513_301_201_201;

/// Who acts in the tests.
pub const CLERK: &str = "clerk-1";
pub const CLERK_2: &str = "clerk-2";
pub const CLERK_YALA: &str = "clerk-yala";
pub const OFFICER: &str = "officer-1";
pub const OFFICER_2: &str = "officer-2";
pub const REVIEWER: &str = "reviewer-1";
pub const REVIEWER_2: &str = "reviewer-2";
pub const DIRECTOR: &str = "director-1";
/// Holds every role of casework: what such a user may not do, four eyes forbid.
pub const EVERYBODY: &str = "everybody";

pub struct County {
    pub store: Store,
    pub packs: PackLibrary,
    pub calendar: WorkCalendar,
    pub regions: Regions,
    today: Cell<Date>,
    /// Seconds after nine o'clock, so that acts of a day have their order.
    second: Cell<i32>,
    sequence: Cell<u16>,
    _directory: Option<tempfile::TempDir>,
    _server: Option<FreshPostgres>,
}

impl County {
    /// Runs a test on SQLite and again on PostgreSQL.
    pub fn on_both(test: impl Fn(&County)) {
        test(&County::new());
        let server = FreshPostgres::new();
        let mut county = County::at(server.url(), WorkCalendar::embedded().clone());
        county._server = Some(server);
        test(&county);
    }

    pub fn new() -> Self {
        Self::with_calendar(WorkCalendar::embedded().clone())
    }

    pub fn with_calendar(calendar: WorkCalendar) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory
            .path()
            .join("county.db")
            .to_str()
            .unwrap()
            .to_owned();
        let mut county = County::at(&path, calendar);
        county._directory = Some(directory);
        county
    }

    fn at(url: &str, calendar: WorkCalendar) -> Self {
        let url: DbUrl = url.parse().unwrap();
        let options =
            Options::new(Keys::Demo, ChaCha8Rng::seed_from_u64(7)).durability(Durability::Relaxed);
        let start = day("2020-09-01");
        let store = Store::create(&url, &options, cst_timestamp(start, 8, 0, 0)).unwrap();
        let county = County {
            store,
            packs: PackLibrary::new(Arc::new(PackSet::embedded("cn-513301").unwrap())),
            calendar,
            regions: Regions::with_demo().clone(),
            today: Cell::new(start),
            second: Cell::new(0),
            sequence: Cell::new(0),
            _directory: None,
            _server: None,
        };
        county.set_up();
        county
    }

    fn set_up(&self) {
        use Role::{Administrator, Officer, Reviewer, TownshipClerk, VillageDirector};
        let user = |username: &str, division, roles: &[Role]| users::NewUser {
            username: username.to_owned(),
            display_name: username.to_owned(),
            roles: roles.iter().copied().collect(),
            division,
        };
        let all = [
            user("admin-1", COUNTY, &[Administrator]),
            user(CLERK, LUCHENG, &[TownshipClerk]),
            user(CLERK_2, LUCHENG, &[TownshipClerk]),
            user(CLERK_YALA, YALA, &[TownshipClerk]),
            user(OFFICER, COUNTY, &[Officer]),
            user(OFFICER_2, COUNTY, &[Officer]),
            user(REVIEWER, COUNTY, &[Reviewer]),
            user(REVIEWER_2, COUNTY, &[Reviewer]),
            user(DIRECTOR, LUCHENG_1, &[VillageDirector]),
            user(
                EVERYBODY,
                COUNTY,
                &[VillageDirector, TownshipClerk, Officer, Reviewer],
            ),
        ];
        let administrator = Ctx {
            actor: Actor {
                username: "admin-1".to_owned(),
                roles: BTreeSet::from([Administrator]),
                division: COUNTY,
            },
            at: cst_timestamp(self.today.get(), 8, 30, 0),
        };
        users::add_many(&self.desk(), &administrator, &all).unwrap();
        packs::publish(&self.desk(), &administrator, self.packs.current()).unwrap();
        let division = |code, level, name: &str| NewDivision {
            code,
            level,
            name: name.to_owned(),
            valid_from: day("2000-01-01"),
            valid_to: None,
        };
        let places = [
            division(LUCHENG_1, 'V', "东关社区"),
            division(LUCHENG_2, 'V', "西大街社区"),
            division(YALA_1, 'V', "三道桥村"),
        ];
        divisions::load(&self.desk(), &administrator, &places).unwrap();
    }

    pub fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            packs: &self.packs,
            calendar: &self.calendar,
            regions: &self.regions,
        }
    }

    /// Sets the clock to nine o'clock of a day.
    pub fn on(&self, text: &str) -> &Self {
        self.today.set(day(text));
        self.second.set(0);
        self
    }

    pub fn today(&self) -> Date {
        self.today.get()
    }

    /// A user who acts now; each call is a second later than the one before.
    pub fn ctx(&self, username: &str) -> Ctx {
        let actor = self.store.read(|q| Actor::load(q, username)).unwrap();
        let second = self.second.replace(self.second.get() + 1);
        let (minute, second) = (second / 60, second % 60);
        let at = cst_timestamp(
            self.today.get(),
            9,
            i8::try_from(minute).unwrap(),
            i8::try_from(second).unwrap(),
        );
        Ctx { actor, at }
    }

    pub fn known(&self) -> TxNo {
        self.store.read(|q| persons::known_now(q)).unwrap()
    }

    pub(crate) fn next_sequence(&self) -> u16 {
        self.sequence.set(self.sequence.get() + 1);
        self.sequence.get()
    }
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The refusal of an act, which must hold each of the parts.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: Result<T, AssistanceError>, parts: &[&str]) -> String {
    let text = result.unwrap_err().to_string();
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    text
}
