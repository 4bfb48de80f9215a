//! The list of a night and the work on it.

use minsheng_benefits::assistance::{self, Cause, DecisionKind};
use minsheng_benefits::drift::{self, EntryId, EntryState, Work};
use minsheng_registry::HouseholdId;
use minsheng_store::Scope;

use crate::support::family::{change, couples, income, urban_couple};
use crate::support::walk::{AUGUST, granted_together};
use crate::support::{
    CLERK, CLERK_YALA, COUNTY, County, LUCHENG, LUCHENG_1, REVIEWER, YALA, YALA_1, refused,
};
use crate::{
    Event, case_of, decide, differences, dismiss, happen, list, night, open_reviews, proven,
    waiting,
};

#[test]
fn a_night_enters_what_is_new_keeps_what_holds_and_clears_what_no_longer_differs() {
    County::on_both(|county| {
        let families = couples(county, &[LUCHENG_1; 4]);
        let cases = granted_together(county, &families, AUGUST);
        county.on("2021-10-11");
        for family in &families[..3] {
            happen(county, family, Event::Earns(490));
        }
        let first = night(county);
        assert_eq!((first.opened, first.cleared, first.holding), (3, 0, 0));
        let entries = waiting(county);
        let tx = county.known();
        let again = night(county);
        assert_eq!(
            (again.run, again.recorded, again.holding),
            (first.run, false, 3)
        );
        assert_eq!(
            county.known(),
            tx,
            "a second run on the same state writes nothing"
        );
        proven(county);

        // One is reviewed and decided, one changes back, one stays, the fourth is new.
        county.on("2021-10-12");
        assert_eq!(open_reviews(county, &entries[..1]), 1);
        assert_eq!(
            night(county).holding,
            3,
            "an open review changes nothing yet"
        );
        assert_eq!(list(county, Some(EntryState::Review)).len(), 1);
        assert_eq!(decide(county, cases[0]).kind, DecisionKind::Adjust);
        let back = income("transfer", 290, "2021-10-12");
        change(county, &families[1], families[1].members[0], back, false);
        happen(county, &families[3], Event::Earns(0));
        county.on("2021-10-13");
        let third = night(county);
        assert_eq!((third.opened, third.cleared, third.holding), (1, 2, 1));
        let why: Vec<_> = list(county, Some(EntryState::Cleared))
            .into_iter()
            .map(|line| (line.case.unwrap(), line.cleared_why.unwrap(), line.handled))
            .collect();
        assert_eq!(
            why,
            [
                (cases[0], "decided".to_owned(), Some("review".to_owned())),
                (cases[1], "facts".to_owned(), None)
            ]
        );
        assert_eq!(
            waiting(county),
            [entries[2], EntryId(4)],
            "the same entry as before"
        );

        // What differs otherwise than before is another entry.
        let more = income("transfer", 2_000, "2021-10-13");
        change(county, &families[2], families[2].members[0], more, false);
        let fourth = night(county);
        assert_eq!((fourth.opened, fourth.cleared, fourth.holding), (1, 1, 1));
        let cleared = list(county, Some(EntryState::Cleared));
        assert_eq!(cleared[2].cleared_why.as_deref(), Some("changed"));
        proven(county);

        // A case that ends before anybody worked its entry off.
        county.on("2021-10-14");
        let (desk, ctx) = (county.desk(), county.ctx(CLERK));
        assistance::open_review(&desk, &ctx, cases[3], Cause::Renounced, "自愿退出").unwrap();
        assert_eq!(decide(county, cases[3]).kind, DecisionKind::Stop);
        night(county);
        let cleared = list(county, Some(EntryState::Cleared));
        let ended = cleared
            .iter()
            .find(|line| line.case == Some(cases[3]))
            .unwrap();
        assert_eq!(ended.cleared_why.as_deref(), Some("ended"));
        let totals = county
            .store
            .read(|q| drift::totals(q, &Scope::county()))
            .unwrap();
        assert_eq!(
            (totals.found, totals.reviewed),
            (6, 1),
            "its household may qualify again"
        );
        assert_eq!((totals.fell_away, totals.waiting), (3, 2));
        proven(county);
    });
}

#[test]
fn a_dismissal_holds_until_the_facts_change_again() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    case_of(&county, &family);
    county.on("2021-10-11");
    happen(&county, &family, Event::Earns(490));
    night(&county);
    let entries = waiting(&county);
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    let silent = drift::work_off(&desk, &ctx, &entries, Work::Dismiss { reason: "  " });
    refused(silent, &["reason", "say why"]);
    assert_eq!(dismiss(&county, &entries, "一次性收入，下月恢复"), 1);
    let reason = |scope: &Scope| {
        county
            .store
            .read(|q| drift::queries::reason(q, scope, entries[0]))
            .unwrap()
    };
    assert_eq!(
        reason(&Scope::county()).as_deref(),
        Some("一次性收入，下月恢复")
    );
    assert_eq!(reason(&Scope::of(YALA)), None);
    for day in ["2021-10-12", "2021-11-12"] {
        county.on(day);
        let run = night(&county);
        assert_eq!((run.opened, run.cleared, run.holding), (0, 0, 1), "{day}");
    }
    assert_eq!(waiting(&county), []);
    proven(&county);
    // The other member now has so much more that the result is the same, but the facts are not.
    county.on("2021-11-15");
    let rest = income("transfer", 245, "2021-11-01");
    change(&county, &family, family.members[0], rest, false);
    let rest = income("transfer", 535, "2021-11-01");
    change(&county, &family, family.members[1], rest, false);
    let run = night(&county);
    assert_eq!((run.opened, run.cleared), (1, 1));
    assert_eq!(waiting(&county).len(), 1);
    proven(&county);
}

#[test]
fn work_is_all_or_none_and_names_every_entry_that_cannot_be_worked_off() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1; 2]);
    let case = granted_together(&county, &families, AUGUST)[0];
    county.on("2021-10-11");
    for family in &families {
        happen(&county, family, Event::Earns(490));
    }
    night(&county);
    let entries = waiting(&county);
    dismiss(&county, &entries[1..], "已核实");
    let (desk, all) = (county.desk(), [entries[0], entries[1], EntryId(99)]);
    let text = refused(
        drift::work_off(&desk, &county.ctx(CLERK), &all, Work::OpenReview),
        &[
            "entry 2: it was worked off already",
            "entry 99: there is no such entry",
            "hint:",
        ],
    );
    assert!(!text.contains("entry 1:"), "{text}");
    assert_eq!(
        waiting(&county),
        entries[..1],
        "nothing was done about the others"
    );
    let elsewhere = drift::work_off(
        &desk,
        &county.ctx(CLERK_YALA),
        &entries[..1],
        Work::OpenReview,
    );
    refused(elsewhere, &["outside of the area"]);
    let reviewer = drift::work_off(
        &desk,
        &county.ctx(REVIEWER),
        &entries[..1],
        Work::OpenReview,
    );
    refused(reviewer, &["township_clerk"]);
    let clerk = drift::run(&desk, &county.ctx(CLERK), &mut |_, _| {});
    refused(clerk, &["officer"]);
    // A review that somebody opened meanwhile stands in the way, and is named by the procedure.
    assistance::open_review(&desk, &county.ctx(CLERK), case, Cause::Report, "举报").unwrap();
    let twice = drift::work_off(&desk, &county.ctx(CLERK), &entries[..1], Work::OpenReview);
    refused(twice, &["under_review", "open_review"]);
}

#[test]
fn the_list_of_an_area_is_that_of_its_households() {
    let county = County::new();
    let here = urban_couple(&county, LUCHENG_1, 290);
    let there = urban_couple(&county, YALA_1, 290);
    case_of(&county, &here);
    county.on("2021-10-11");
    happen(&county, &here, Event::Earns(490));
    let of = |division| -> Vec<HouseholdId> {
        let found = differences(&county, &Scope::of(division));
        found.iter().map(|one| one.household).collect()
    };
    assert_eq!(of(COUNTY), [here.household, there.household]);
    assert_eq!(of(LUCHENG), [here.household]);
    assert_eq!(of(YALA), [there.household]);
    night(&county);
    let lines = |division| {
        let scope = Scope::of(division);
        let read = county.store.read(|q| drift::entries(q, &scope, None));
        read.unwrap().len()
    };
    assert_eq!((lines(COUNTY), lines(LUCHENG), lines(YALA)), (2, 1, 1));
}
