//! A county with something of everything at the start of a payment month.

use std::collections::BTreeSet;

use minsheng_benefits::assistance::Cause;
use minsheng_payments::FundSource;

use super::casework::card;
use super::{County, day, month};

/// A county at the start of November: two months paid, one payment returned and its account corrected, another
/// returned and not corrected, a death known too late, a class raised, three households granted late, a fund
/// nearly empty.
///
/// Gives the number of a card that the bank closes in November.
pub fn county(county: County, seed: usize) -> String {
    let sizes: Vec<usize> = (0..20).map(|n| 1 + (n * 7 + seed * 3) % 4).collect();
    county.day(day("2021-08-02"));
    let mut homes = county.settle(1, &sizes);
    county.fund(FundSource::Central, 25_000);
    county.fund(FundSource::County, 90_000);
    county.grant(&mut homes[..17]);
    let closed = BTreeSet::from([homes[3].number.clone(), homes[4].number.clone()]);
    county.day(day("2021-09-01"));
    county.pay(month("2021-09"), 1, &closed).unwrap();
    county.day(day("2021-10-08"));
    county.pay(month("2021-10"), 1, &closed).unwrap();

    county.day(day("2021-10-11"));
    county.new_card(&mut homes[3], 9_001, true);
    let family = homes[..17]
        .iter()
        .rposition(|home| home.members.len() > 1)
        .unwrap();
    county.dies(homes[family].members[1], day("2021-08-20"));
    county.disabled(homes[5].head(), day("2021-10-01"));
    county.review(&homes[5].clone(), Cause::Person);
    county.grant(&mut homes[17..]);
    county.new_card(&mut homes[6], 9_002, false);
    assert_ne!(homes[7].number, card(9_001));
    homes[7].number.clone()
}
