//! Costs that are only foreseen draw on the funds as a release would, and what the funds do not hold is told.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::BTreeMap;

use minsheng_core::Fen;
use minsheng_payments::FundSource;
use minsheng_payments::outlook::{Foreseen, outlook};
use support::granted::county;
use support::month;

#[test]
fn months_draw_one_after_the_other_and_books_stay_as_they_are() {
    let (_folder, county, _) = county(&[1]);
    county.fund(FundSource::Central, 1_000);
    county.fund(FundSource::County, 500);
    let available: Vec<_> = county.funds().iter().map(|fund| fund.available).collect();
    let (central, own) = (available[0], available[3]);
    assert!(central > Fen::new(30_000) && own > Fen::ZERO);
    let head = county.store.head().unwrap();
    let programme = "urban-dibao".to_owned();
    let rest = Fen::new(central.get() - 30_000 + own.get());
    let costs = BTreeMap::from([
        ((month("2021-10"), programme.clone()), Fen::new(30_000)),
        (
            (month("2021-11"), programme.clone()),
            rest.checked_add(Fen::new(7)).unwrap(),
        ),
        ((month("2021-12"), programme), Fen::ZERO),
    ]);
    let desk = county.desk();
    let foreseen = county
        .store
        .read(|q| outlook(q, desk.packs.current(), &costs))
        .unwrap();
    let of = |text: &str, source, fen| Foreseen {
        month: month(text),
        source,
        amount_fen: Fen::new(fen),
    };
    assert_eq!(
        foreseen,
        [
            of("2021-10", Some(FundSource::Central), 30_000),
            of("2021-11", None, 7),
            of("2021-11", Some(FundSource::Central), central.get() - 30_000),
            of("2021-11", Some(FundSource::County), own.get()),
        ]
    );
    assert_eq!(county.store.head().unwrap(), head);

    let unknown = BTreeMap::from([((month("2021-10"), "bus-fares".to_owned()), Fen::new(1))]);
    let refused = county
        .store
        .read(|q| outlook(q, desk.packs.current(), &unknown))
        .unwrap_err();
    assert!(refused.to_string().contains("bus-fares"), "{refused}");
}
