//! A decision keeps the scans that stood on its day, whatever is handed in or withdrawn later.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, scans};
use minsheng_registry::attachments::{self, NewAttachment};
use minsheng_registry::evidence::About;
use minsheng_store::Scope;
use support::family::urban_couple;
use support::walk::{AUGUST, Walk};
use support::{CLERK, County, LUCHENG_1, REVIEWER, YALA};

#[test]
fn a_decision_keeps_the_scans_of_the_household_and_its_members_that_stood_on_its_day() {
    County::on_both(|county| {
        let desk = county.desk();
        let family = urban_couple(county, LUCHENG_1, 290);
        let stranger = urban_couple(county, LUCHENG_1, 290);
        let scan = |about, page: u8| {
            let new = NewAttachment {
                about,
                paper: "other".to_owned(),
                dated_on: None,
                file_name: format!("{page}.jpg"),
                bytes: vec![0xff, 0xd8, 0xff, 0xe0, page],
            };
            attachments::attach(&desk, &county.ctx(CLERK), &new)
                .unwrap()
                .id
        };
        county.on(AUGUST[0]);
        let of_household = scan(About::Household(family.household), 1);
        let of_member = scan(About::Person(family.members[1]), 2);
        let withdrawn = scan(About::Person(family.members[0]), 3);
        scan(About::Person(stranger.members[0]), 4);
        attachments::withdraw(&desk, &county.ctx(CLERK), withdrawn, "别户的").unwrap();

        let walk = Walk::apply(county, &family, "urban-dibao");
        walk.to_first_opinion();
        walk.on(AUGUST[1]).post();
        walk.on(AUGUST[2]).forward().county_opinion();
        let grant = walk.on(AUGUST[3]).decide().decision;

        let later = scan(About::Household(family.household), 5);
        attachments::withdraw(&desk, &county.ctx(CLERK), of_member, "看不清").unwrap();
        county.on("2021-10-11");
        assistance::open_review(
            &desk,
            &county.ctx(CLERK),
            walk.case,
            Cause::Periodic,
            "定期核查",
        )
        .unwrap();
        let review = assistance::decide_review(&desk, &county.ctx(REVIEWER), walk.case)
            .unwrap()
            .decision;

        let kept = |scope: &Scope| -> Vec<(i64, i64)> {
            let found = county.store.read(|q| scans::kept(q, scope, walk.case));
            let found = found.unwrap();
            found
                .iter()
                .map(|one| (one.decision, one.attachment))
                .collect()
        };
        assert_eq!(
            kept(&Scope::county()),
            [
                (grant, of_household),
                (grant, of_member),
                (review, of_household),
                (review, later)
            ]
        );
        assert_eq!(kept(&Scope::of(YALA)), []);
    });
}
