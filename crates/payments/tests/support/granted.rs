//! Households that begin to be paid in September 2021, and the shortest way of a month to a checked batch.

use std::collections::BTreeSet;

use minsheng_payments::BatchId;

use super::casework::Home;
use super::{County, day, month};

pub const GENERAL: i64 = 26_500;
pub const DISABLED: i64 = 28_000;

/// Households granted in August 2021, so that September is their first month; the clock stands on 30 August.
pub fn county(sizes: &[usize]) -> (tempfile::TempDir, County, Vec<Home>) {
    let folder = tempfile::tempdir().unwrap();
    let county = County::create(folder.path(), day("2021-07-05"));
    county.day(day("2021-08-02"));
    let mut homes = county.settle(1, sizes);
    county.grant(&mut homes);
    county.day(day("2021-08-30"));
    (folder, county, homes)
}

/// No card that the bank has closed.
pub fn nobody() -> BTreeSet<String> {
    BTreeSet::new()
}

/// Runs a month up to a checked batch.
pub fn checked(county: &County, text: &str) -> BatchId {
    let batch = county.run(month(text)).unwrap().batch.unwrap();
    county
        .office
        .check(&county.desk(), &county.by("checker-1"), batch)
        .unwrap();
    batch
}
