//! Views of the past never change: while two programs write, two others read views "as known at T", and every view
//! that was ever read is read again, byte for byte, until and after the end.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use minsheng_benefits::assistance::{self, Cause, explain, roll};
use minsheng_core::cst_timestamp;
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_store::{DbUrl, Query, Scope, StoreError, TxNo};
use minsheng_store_testing::FreshPostgres;
use support::casework::Home;
use support::{County, day, month};

/// Everything that is derived from the records as known at a transaction, as text.
fn view(county: &County, homes: &[Home], known: TxNo) -> String {
    let desk = county.desk();
    county
        .store
        .read(|q| {
            let mut text = String::new();
            let mut add = |part: serde_json::Value| {
                text.push_str(&part.to_string());
                text.push('\n');
            };
            add(serde_json::to_value(roll::in_force(q, known).unwrap()).unwrap());
            for home in homes {
                for about in home.members.iter().map(|person| About::Person(*person)) {
                    add(serde_json::to_value(evidence::history(q, about, known).unwrap()).unwrap());
                }
                for at in ["2021-09", "2021-10"] {
                    let told = explain::household_month(
                        &desk,
                        q,
                        &Scope::county(),
                        home.household,
                        month(at),
                        known,
                    );
                    add(serde_json::to_value(told.unwrap()).unwrap());
                }
            }
            Ok::<_, StoreError>(text)
        })
        .unwrap()
}

fn fact(person: About, kind: &str, code: &str, from: &str) -> NewEvidence {
    NewEvidence {
        about: person,
        row: EvidenceRow {
            kind: kind.to_owned(),
            slot: String::new(),
            code: (!code.is_empty()).then(|| code.to_owned()),
            quantity: None,
            amount_fen: None,
            valid_from: day(from),
            valid_to: None,
        },
        health: kind == "disability",
        source: "test".to_owned(),
    }
}

/// One writer's acts on its half of the homes: facts come, are corrected and withdrawn, reviews are decided, months
/// are computed.
fn write_on(county: &County, homes: &[Home], runs: bool) {
    // all at one moment: the order is that of the transactions
    let at = |user: &str| county.at(user, cst_timestamp(day("2021-10-25"), 9, 0, 0));
    let desk = county.desk();
    for (n, home) in homes.iter().enumerate() {
        let person = About::Person(home.members[1]);
        let disabled = fact(person, "disability", "42", "2021-10-01");
        let row = evidence::record(&desk, &at("clerk-1"), &disabled).unwrap();
        assistance::open_review(
            &desk,
            &at("clerk-1"),
            home.case.unwrap(),
            Cause::Person,
            "test",
        )
        .unwrap();
        assistance::decide_review(&desk, &at("reviewer-1"), home.case.unwrap()).unwrap();
        let earlier = fact(person, "disability", "43", "2021-09-01");
        let row = evidence::correct(&desk, &at("clerk-1"), row, &earlier).unwrap();
        let death = fact(person, "death", "", "2021-09-15");
        let death = evidence::record(&desk, &at("clerk-1"), &death).unwrap();
        if runs {
            let months = ["2021-10", "2021-11"];
            county
                .office
                .run(&desk, &at("cashier-1"), month(months[usize::from(n > 1)]))
                .unwrap();
        }
        evidence::withdraw(&desk, &at("clerk-1"), death).unwrap();
        evidence::withdraw(&desk, &at("clerk-1"), row).unwrap();
    }
}

fn views_of_the_past_never_change(url: &DbUrl, folder: &Path) {
    let county = County::create_at(url, folder, day("2021-07-05"));
    county.day(day("2021-08-02"));
    let mut homes = county.settle(1, &[2, 2, 2, 2, 2, 2]);
    county.grant(&mut homes);
    let before = county.store.read(|q| q.last_tx()).unwrap();
    let later = day("2021-10-25");
    let working = AtomicUsize::new(2);
    let seen: Mutex<BTreeMap<i64, String>> = Mutex::default();
    let look = |county: &County, known: TxNo| {
        let now = view(county, &homes, known);
        let mut seen = seen.lock().unwrap();
        let then = seen.entry(known.0).or_insert_with(|| now.clone());
        assert!(*then == now, "what was known at {known} changed");
    };
    thread::scope(|scope| {
        for (half, runs) in [(&homes[..3], true), (&homes[3..], false)] {
            let working = &working;
            scope.spawn(move || {
                let county = County::open_at(url, folder, later, None);
                write_on(&county, half, runs);
                working.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for reader in 0..2 {
            let (working, look) = (&working, &look);
            scope.spawn(move || {
                let county = County::open_at(url, folder, later, None);
                let mut step = reader;
                let mut looks = 0;
                // However fast the writers are, each reader comes back to the past some times.
                while working.load(Ordering::SeqCst) > 0 || looks < 6 {
                    looks += 1;
                    let last = county.store.read(|q| q.last_tx()).unwrap();
                    look(&county, last);
                    // one that somebody may have read before
                    step += 7;
                    let back = before.0 + step % (last.0 - before.0 + 1);
                    look(&county, TxNo(back));
                }
            });
        }
    });
    let last = county.store.read(|q| q.last_tx()).unwrap();
    let fresh = County::open_at(url, folder, later, None);
    let known: Vec<i64> = seen.lock().unwrap().keys().copied().collect();
    assert!(
        known.len() > 5 && last.0 - before.0 > 30,
        "{known:?} of {last}"
    );
    for known in known {
        look(&fresh, TxNo(known));
    }
    fresh.assert_proved();
}

#[test]
fn views_of_the_past_never_change_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = DbUrl::file(folder.path().join("county.db"));
    views_of_the_past_never_change(&url, folder.path());
}

#[test]
fn views_of_the_past_never_change_on_postgresql() {
    let (database, folder) = (FreshPostgres::new(), tempfile::tempdir().unwrap());
    views_of_the_past_never_change(&database.url().parse().unwrap(), folder.path());
}
