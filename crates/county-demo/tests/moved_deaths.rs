//! Deaths moved to any time, also before the application, leave a year that closes: nothing stays unpaid, no claim
//! stays open, and what was paid is what the reference evaluator says of the decisions that were then made.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use std::collections::BTreeSet;

use minsheng_county_demo::Targets;
use minsheng_county_demo::tables::{Inputs, Joining};
use minsheng_statistics::drill;
use minsheng_store::Scope;
use support::reference::Reference;

/// Long runs try everybody.
fn thorough() -> bool {
    std::env::var("MINSHENG_SEEDS").is_ok()
}

/// One who lives alone, one member, one head: as many kinds as there are, at most `most` deaths.
fn some(inputs: &Inputs, most: usize) -> Vec<i64> {
    let mut kinds = BTreeSet::new();
    let mut found = Vec::new();
    let everyone = thorough();
    for death in &inputs.deaths {
        let own = inputs
            .memberships
            .iter()
            .find(|row| row.person == death.person)
            .unwrap();
        let of_home = |row: &&minsheng_county_demo::tables::Membership| {
            row.household == own.household && row.joining == Joining::First
        };
        let kind = (
            own.relation == minsheng_core::Relation::Head,
            inputs.memberships.iter().filter(of_home).count() > 1,
        );
        if everyone || (kinds.insert(kind) && found.len() < most) {
            found.push(death.person);
        }
    }
    found
}

#[test]
fn a_death_moved_to_any_time_leaves_a_year_that_closes() {
    let targets = || Some(Targets::load().unwrap().scaled(12));
    let base = support::county(21, targets(), None);
    let base_fen = Reference::load(&base)
        .year(&support::packs(), None)
        .total_fen();
    for person in some(&base.report.inputs, 3) {
        for months in [-3, -10, 1]
            .into_iter()
            .take(if thorough() { 3 } else { 2 })
        {
            let change = format!("[[move_death]]\nperson = \"P{person:06}\"\nmonths = {months}\n");
            let county = support::county(21, targets(), Some(&change));
            let totals = Reference::load(&county).year(&support::packs(), None);
            let records = drill(&county.desk(), &Scope::county(), "A18", 2021)
                .unwrap()
                .records;
            assert_eq!(
                records.total().unwrap().get(),
                totals.total_fen(),
                "{person} by {months}"
            );
            assert_eq!(
                county.report.counts.recoveries, county.report.counts.repaid,
                "{person} by {months}"
            );
            if months < 0 {
                assert!(totals.total_fen() < base_fen, "{person} by {months}");
            }
        }
    }
}
