//! What goes out comes back: the register of a county with payments and changes is exported, taken over by an empty
//! county and exported again as the same file; its own register is told nothing new by it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use std::collections::BTreeSet;

use minsheng_core::{Month, Timestamp, cst_timestamp};
use minsheng_county_demo::{Targets, opened_at};
use minsheng_exchange::list::Format;
use minsheng_exchange::mapping::Mapping;
use minsheng_exchange::table::{self, Limits};
use minsheng_exchange::text::Encoding;
use minsheng_registry::divisions::{self, NewDivision};
use minsheng_registry::rolls::{self, Intake, Report};
use minsheng_registry::users::{self, NewUser};
use minsheng_registry::{Actor, Ctx, Desk, Role};
use minsheng_statistics::forms::{Households, Sources, roll_out};
use minsheng_store::{DbUrl, Keys, Options, Scope, Store};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const COUNTY: i64 = 513_301_000_000;

fn month() -> Month {
    "2021-12".parse().unwrap()
}

/// The evening of the day of which the roll speaks, after everything that the demo did.
fn evening() -> Timestamp {
    cst_timestamp("2022-01-31".parse().unwrap(), 20, 0, 0)
}

fn ctx(at: Timestamp) -> Ctx {
    Ctx {
        actor: Actor {
            username: "roll-1".to_owned(),
            roles: BTreeSet::from([Role::Administrator, Role::Officer]),
            division: COUNTY,
        },
        at,
    }
}

fn export(desk: &Desk<'_>, which: Households<'_>, other: bool, unmasked: bool) -> Vec<u8> {
    let scope = Scope::county();
    let list = desk
        .store
        .read(|q| {
            let sources = Sources::read(desk, q, &scope, month(), unmasked)?;
            roll_out(q, &sources, which, other)
        })
        .unwrap();
    assert!(list.rows.len() > 50, "{} rows", list.rows.len());
    list.write(Format::Csv, Encoding::Utf8).unwrap()
}

fn import(desk: &Desk<'_>, bytes: &[u8], update: bool) -> (Report, bool) {
    let ctx = ctx(evening());
    let tables = table::read("roll.csv", bytes, &Limits::default()).unwrap();
    let roll = desk
        .store
        .read(|q| rolls::read(desk, q, &tables, &Mapping::default(), ctx.today()))
        .unwrap();
    let intake = Intake {
        roll: &roll,
        file_name: "roll.csv",
        digest: &minsheng_exchange::digest(bytes),
        mapping: "",
        programme: "",
        since: month().last_day(),
        update,
        accept_duplicates: true,
        skip_bad: false,
    };
    let report = rolls::import(desk, &ctx, &intake, &|_, _, _| {}).unwrap();
    let refused = report.refused(&intake);
    (report, refused)
}

/// A county with nothing but the divisions of the other one.
fn empty(url: &DbUrl, of: &Desk<'_>) -> Store {
    let options = Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(5));
    let store = Store::create(url, &options, opened_at()).unwrap();
    let desk = Desk {
        store: &store,
        ..*of
    };
    let ctx = ctx(opened_at());
    let user = NewUser {
        username: ctx.actor.username.clone(),
        display_name: "Roll".to_owned(),
        roles: ctx.actor.roles.clone(),
        division: COUNTY,
    };
    users::add_many(&desk, &ctx, &[user]).unwrap();
    let known = of
        .store
        .read(|q| divisions::on(q, month().last_day()))
        .unwrap();
    let all: Vec<NewDivision> = known
        .into_iter()
        .map(|division| NewDivision {
            code: division.code,
            level: if division.code % 1_000 != 0 { 'V' } else { 'T' },
            name: division.name,
            valid_from: "2000-01-01".parse().unwrap(),
            valid_to: None,
        })
        .collect();
    divisions::load(&desk, &ctx, &all).unwrap();
    store
}

#[test]
fn a_register_goes_out_and_into_an_empty_county_and_out_again_as_the_same_file() {
    let county = support::county(21, Some(Targets::load().unwrap().scaled(15)), None);
    let desk = county.desk();

    // into the register it is from: nothing new, with whole numbers, with masked ones, asked to record or not
    let head = county.store.head().unwrap();
    for which in [Households::Paid(None), Households::Registered] {
        for unmasked in [true, false] {
            let (report, refused) = import(&desk, &export(&desk, which, false, unmasked), true);
            assert!(!refused, "{:?}", report.findings.first());
            assert_eq!(report.changes, [], "{which:?}");
            assert_eq!((report.new_persons, report.import), (0, None));
            assert!(report.unchanged > 20);
        }
    }
    assert_eq!(county.store.head().unwrap(), head);

    let out = export(&desk, Households::Registered, true, true);
    let server = FreshPostgres::new();
    let folder = tempfile::tempdir().unwrap();
    for url in [
        DbUrl::file(folder.path().join("empty.db")),
        server.url().parse().unwrap(),
    ] {
        let store = empty(&url, &desk);
        let other = Desk {
            store: &store,
            ..desk
        };
        let (report, refused) = import(&other, &out, false);
        assert!(!refused, "{:?}", report.findings.first());
        assert!(report.import.is_some());
        let again = export(&other, Households::Registered, true, true);
        assert_eq!(
            String::from_utf8(again).unwrap(),
            String::from_utf8(out.clone()).unwrap()
        );
        assert!(store.verify().unwrap().is_clean());
    }
}

#[test]
fn a_file_with_the_keys_of_another_register_is_refused_row_by_row() {
    let county = support::county(22, Some(Targets::load().unwrap().scaled(20)), None);
    let desk = county.desk();
    let folder = tempfile::tempdir().unwrap();
    let store = empty(&DbUrl::file(folder.path().join("empty.db")), &desk);
    let other = Desk {
        store: &store,
        ..desk
    };
    let head = store.head().unwrap();
    let (report, refused) = import(
        &other,
        &export(&desk, Households::Paid(None), false, true),
        false,
    );
    assert!(refused && report.new_households == 0);
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.problem == "household-unknown")
    );
    assert_eq!(store.head().unwrap(), head);
}
