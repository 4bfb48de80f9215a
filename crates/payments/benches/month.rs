//! Times the payment month of a county on SQLite: run, check, release, bank file, result file, over a year.
//! `MINSHENG_HOUSEHOLDS` sets the size (3,800 by default).
//!
//! `cargo bench -p minsheng-payments`

#![expect(clippy::unwrap_used, reason = "a bench stops where it cannot go on")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use minsheng_core::Month;
use minsheng_payments::FundSource;
use support::{County, day, month};

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    let took = start.elapsed();
    println!("{what:<28} {:>6} ms", took.as_millis());
    (done, took)
}

fn main() {
    let size = std::env::var("MINSHENG_HOUSEHOLDS").map_or(3_800, |text| text.parse().unwrap());
    let sizes: Vec<usize> = (0..size)
        .map(|n| 1 + n % 3 + usize::from(n % 10 == 0))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let county = County::create(folder.path(), day("2020-12-01"));
    county.day(day("2021-07-05"));
    timed("register, grant", || {
        let mut homes = county.settle(1, &sizes);
        county.fund(FundSource::Central, 20_000_000);
        county.fund(FundSource::County, 20_000_000);
        county.grant(&mut homes);
    });
    let mut slowest = Duration::ZERO;
    for paid in month("2021-08").through(month("2022-07")) {
        county.day(paid.prev().last_day());
        let (_, took) = timed(&format!("month {paid}, {size} households"), || {
            pay(&county, paid)
        });
        slowest = slowest.max(took);
    }
    county.day(day("2022-07-02"));
    timed("a run that finds nothing", || {
        county.run(month("2022-07")).unwrap()
    });
    timed("verify", || {
        minsheng_payments::verify::verify(&county.desk()).unwrap()
    });
    println!("slowest month: {} ms", slowest.as_millis());
}

fn pay(county: &County, paid: Month) {
    county.pay(paid, 1, &BTreeSet::new()).unwrap();
}
