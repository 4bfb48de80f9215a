//! Payment on both engines: every statement is in the common dialect, prepares on both, and the same county with
//! the same months gives the same books.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use minsheng_store::{DbUrl, all_statements, check_statements};
use minsheng_store_testing::FreshPostgres;
use support::{County, day, month, november};

/// Two rounds of November in the county that has something of everything.
fn books_of(url: &DbUrl, folder: &Path) -> String {
    let closed = november::county(County::create_at(url, folder, day("2021-07-05")), 0);
    let county = County::open_at(url, folder, day("2021-11-03"), None);
    let refused: Vec<String> = county
        .store
        .prepare_all()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(refused, Vec::<String>::new());
    county
        .pay(month("2021-11"), 1, &BTreeSet::from([closed]))
        .unwrap();
    county.pay(month("2021-11"), 2, &BTreeSet::new()).unwrap();
    county.assert_proved();
    county.books_and_runs()
}

#[test]
fn both_engines_end_in_the_same_books() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = here
        .path()
        .join("county.db")
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let database = FreshPostgres::new();
    let sqlite = books_of(&file, here.path());
    let postgres = books_of(&database.url().parse().unwrap(), there.path());
    assert_eq!(sqlite, postgres);
}

#[test]
fn every_statement_is_in_the_common_dialect() {
    let own = |name: &str| name.starts_with("minsheng_payments");
    let statements: Vec<_> = all_statements()
        .into_iter()
        .filter(|statement| own(statement.name))
        .collect();
    assert!(statements.len() > 40, "{}", statements.len());
    assert_eq!(check_statements(&statements), Vec::<String>::new());
}
