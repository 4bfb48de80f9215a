//! A small synthetic county for tests of payment: households enter through the registry, are granted through the
//! assistance office, and are paid by a bank that sends back what goes to accounts it has closed.

#![allow(dead_code, reason = "each test binary uses its own part of the county")]

pub mod books;
pub mod casework;
pub mod granted;
pub mod november;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minsheng_core::{Date, Fen, Month, Regions, Timestamp, WorkCalendar, cst_timestamp};
use minsheng_payments::bank::{LineResult, ResultCode, read_payment, result_text};
use minsheng_payments::funds::{
    FundBalance, NewAppropriation, appropriate, confirm, fund_balances,
};
use minsheng_payments::month::{MonthPlan, advance};
use minsheng_payments::{FundSource, PaymentError, PaymentOffice, RunReport};
use minsheng_policy::PackSet;
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, Role, packs, users};
use minsheng_store::{DbUrl, Durability, Keys, Observer, Options, Store};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub const AUTHORITY: &str = "cn-513301";
pub const COUNTY: i64 = 513_301_000_000;
pub const TOWNSHIP: i64 = 513_301_001_000;
pub const VILLAGE: i64 = 513_301_001_001;

const USERS: [(&str, i64, Role); 10] = [
    ("admin-1", COUNTY, Role::Administrator),
    ("clerk-1", TOWNSHIP, Role::TownshipClerk),
    ("clerk-2", TOWNSHIP, Role::TownshipClerk),
    ("officer-1", COUNTY, Role::Officer),
    ("officer-2", COUNTY, Role::Officer),
    ("reviewer-1", COUNTY, Role::Reviewer),
    ("cashier-1", COUNTY, Role::Cashier),
    ("checker-1", COUNTY, Role::Checker),
    ("releaser-1", COUNTY, Role::Releaser),
    ("releaser-2", COUNTY, Role::Releaser),
];

/// The county with its clock; each act takes place a minute after the one before.
pub struct County {
    pub store: Store,
    pub packs: PackLibrary,
    pub calendar: WorkCalendar,
    pub regions: Regions,
    pub office: PaymentOffice,
    pub folder: PathBuf,
    now: Cell<Timestamp>,
}

fn url(folder: &Path) -> DbUrl {
    folder.join("county.db").to_str().unwrap().parse().unwrap()
}

fn options() -> Options {
    Options::new(Keys::Demo, ChaCha8Rng::seed_from_u64(7)).durability(Durability::Relaxed)
}

impl County {
    /// A new county in a folder, with its users and the packs published.
    pub fn create(folder: &Path, day: Date) -> County {
        County::create_at(&url(folder), folder, day)
    }

    /// The same with its records at an address.
    pub fn create_at(url: &DbUrl, folder: &Path, day: Date) -> County {
        let at = cst_timestamp(day, 8, 0, 0);
        let store = Store::create(url, &options(), at).unwrap();
        let county = County::with(store, folder, at);
        let admin = Actor {
            username: "admin-1".to_owned(),
            roles: BTreeSet::from([Role::Administrator]),
            division: COUNTY,
        };
        let admin = Ctx { actor: admin, at };
        let users: Vec<_> = USERS
            .iter()
            .map(|(username, division, role)| users::NewUser {
                username: (*username).to_owned(),
                display_name: (*username).to_owned(),
                roles: BTreeSet::from([*role]),
                division: *division,
            })
            .collect();
        users::add_many(&county.desk(), &admin, &users).unwrap();
        packs::publish(&county.desk(), &admin, county.packs.current()).unwrap();
        county
    }

    /// A county made before, from a day on.
    pub fn open(folder: &Path, day: Date, observer: Option<Arc<dyn Observer>>) -> County {
        County::open_at(&url(folder), folder, day, observer)
    }

    /// The same with its records at an address.
    pub fn open_at(
        url: &DbUrl,
        folder: &Path,
        day: Date,
        observer: Option<Arc<dyn Observer>>,
    ) -> County {
        let options = match observer {
            Some(observer) => options().observer(observer),
            None => options(),
        };
        County::with(
            Store::open(url, &options).unwrap(),
            folder,
            cst_timestamp(day, 8, 0, 0),
        )
    }

    /// The program started again on what lies in a folder; the clock goes on.
    pub fn again(&self, folder: &Path, observer: Option<Arc<dyn Observer>>) -> County {
        let county = County::open(folder, self.today(), observer);
        county.now.set(self.now.get());
        county
    }

    fn with(store: Store, folder: &Path, at: Timestamp) -> County {
        County {
            store,
            packs: PackLibrary::new(Arc::new(PackSet::embedded(AUTHORITY).unwrap())),
            calendar: WorkCalendar::embedded().clone(),
            regions: Regions::with_demo().clone(),
            office: PaymentOffice::new(),
            folder: folder.to_owned(),
            now: Cell::new(at),
        }
    }

    pub fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            packs: &self.packs,
            calendar: &self.calendar,
            regions: &self.regions,
        }
    }

    /// Moves the clock to the morning of a later day.
    pub fn day(&self, day: Date) {
        let morning = cst_timestamp(day, 9, 0, 0);
        assert!(
            morning >= self.now.get(),
            "the county's clock goes forward: {day}"
        );
        self.now.set(morning);
    }

    pub fn today(&self) -> Date {
        minsheng_core::civil_date(self.now.get())
    }

    /// A user, a minute later.
    pub fn by(&self, username: &str) -> Ctx {
        self.now
            .set(self.now.get() + std::time::Duration::from_secs(60));
        self.at(username, self.now.get())
    }

    pub fn at(&self, username: &str, at: Timestamp) -> Ctx {
        let actor = self.store.read(|q| Actor::load(q, username)).unwrap();
        Ctx { actor, at }
    }

    /// Books money for a source.
    pub fn fund(&self, source: FundSource, yuan: i64) {
        let new = NewAppropriation {
            source,
            amount: Fen::from_yuan(yuan).unwrap(),
            document: format!("川财社〔{}〕1号", self.today().year()),
            received_on: self.today(),
        };
        let id = appropriate(&self.desk(), &self.by("cashier-1"), &new).unwrap();
        confirm(&self.desk(), &self.by("checker-1"), id).unwrap();
    }

    pub fn run(&self, month: Month) -> Result<RunReport, PaymentError> {
        self.office.run(&self.desk(), &self.by("cashier-1"), month)
    }

    /// One round of a payment month; the bank returns what goes to closed accounts.
    pub fn pay(
        &self,
        month: Month,
        round: u32,
        closed: &BTreeSet<String>,
    ) -> Result<(), PaymentError> {
        let bank = |file: &Path| bank_answers(file, self.today(), closed);
        let acts = [
            "cashier-1",
            "checker-1",
            "releaser-1",
            "releaser-1",
            "checker-1",
        ]
        .map(|user| self.by(user));
        let plan = MonthPlan {
            month,
            round,
            run: &acts[0],
            check: &acts[1],
            release: &acts[2],
            export: &acts[3],
            results: &acts[4],
            bank: &bank,
        };
        advance(&self.office, &self.desk(), &plan, &self.folder.join("bank"))
    }

    /// What is left of every source.
    pub fn funds(&self) -> Vec<FundBalance> {
        self.store.read(|q| fund_balances(q)).unwrap()
    }

    /// Proves the chain and the books of payment.
    pub fn assert_proved(&self) {
        let chain = self.store.verify().unwrap();
        assert!(chain.findings.is_empty(), "{:#?}", chain.findings);
        let findings = minsheng_payments::verify::verify(&self.desk()).unwrap();
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

/// A bank that credits everything but accounts it has closed.
pub fn bank_answers(
    file: &Path,
    on: Date,
    closed: &BTreeSet<String>,
) -> Result<PathBuf, PaymentError> {
    let bytes = std::fs::read(file).unwrap();
    let paid = read_payment(&file.display().to_string(), &bytes)?;
    let results: Vec<LineResult> = paid
        .lines
        .iter()
        .map(|line| LineResult {
            line_no: line.line_no,
            amount: line.amount,
            code: if closed.contains(&line.account) {
                ResultCode::AccountClosed
            } else {
                ResultCode::Credited
            },
            date: on,
        })
        .collect();
    let answer = file.with_extension("result.csv");
    std::fs::write(&answer, result_text(&paid.number, &results)?).unwrap();
    Ok(answer)
}

/// The seeds that `MINSHENG_SEEDS` asks for: `2..5`, both included, or `2,3,5`; otherwise the given ones.
pub fn seeds(default: &[u64]) -> Vec<u64> {
    let number = |text: &str| text.trim().parse::<u64>().unwrap();
    match std::env::var("MINSHENG_SEEDS") {
        Err(_) => default.to_vec(),
        Ok(text) => match text.split_once("..") {
            Some((first, last)) => (number(first)..=number(last)).collect(),
            None => text.split(',').map(number).collect(),
        },
    }
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}
