//! The nightly comparison: it predicts what a review would come to, equals the one-by-one computation, keeps its
//! list from night to night, and is worked off by people.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use minsheng_benefits::assistance::{self, Cause, Decided, DecisionKind, frozen, roll};
use minsheng_benefits::drift::{
    self, Difference, EntryId, EntryLine, EntryState, Kind, RunReport, Work,
};
use minsheng_core::Relation;
use minsheng_policy::{KeyDates, Outcome};
use minsheng_registry::evidence::{self, About};
use minsheng_registry::facts::{self, EvidenceRow};
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::Scope;
use proptest::prelude::*;
use support::family::{Draft, Family, change, code, dies, income, row, urban_couple};
use support::walk::{AUGUST, SEPTEMBER, Walk, granted};
use support::{
    CLERK, CLERK_YALA, COUNTY, County, LUCHENG, LUCHENG_1, OFFICER, REVIEWER, YALA, YALA_1, day,
    refused,
};

fn today(county: &County) -> Vec<Difference> {
    differences(county, &Scope::county())
}

fn differences(county: &County, scope: &Scope) -> Vec<Difference> {
    let desk = county.desk();
    county
        .store
        .read(|q| drift::current(&desk, q, scope, county.today(), &mut |_, _| {}))
        .unwrap()
        .differences
}

fn night(county: &County) -> RunReport {
    drift::run(&county.desk(), &county.ctx(OFFICER), &mut |_, _| {}).unwrap()
}

fn list(county: &County, state: Option<EntryState>) -> Vec<EntryLine> {
    county
        .store
        .read(|q| drift::entries(q, &Scope::county(), state))
        .unwrap()
}

fn waiting(county: &County) -> Vec<EntryId> {
    list(county, Some(EntryState::Waiting))
        .iter()
        .map(|line| line.entry)
        .collect()
}

fn open_reviews(county: &County, entries: &[EntryId]) -> usize {
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    drift::work_off(&desk, &ctx, entries, Work::OpenReview).unwrap()
}

fn dismiss(county: &County, entries: &[EntryId], reason: &str) -> usize {
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    drift::work_off(&desk, &ctx, entries, Work::Dismiss { reason }).unwrap()
}

fn decide(county: &County, case: CaseId) -> Decided {
    assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), case).unwrap()
}

fn proven(county: &County) {
    let found = county
        .store
        .read(|q| drift::proof::verify(&county.desk(), q))
        .unwrap();
    assert_eq!(found, []);
    assert!(county.store.verify().unwrap().findings.is_empty());
}

fn case_of(county: &County, family: &Family) -> CaseId {
    granted(county, family, "urban-dibao", AUGUST).0.case
}

/// Cases of families of Lucheng granted side by side in August.
fn cases_of(county: &County, families: &[Family]) -> Vec<CaseId> {
    county.on(AUGUST[0]);
    let walks: Vec<Walk<'_>> = families
        .iter()
        .map(|family| Walk::apply(county, family, "urban-dibao"))
        .collect();
    for walk in &walks {
        walk.to_first_opinion();
    }
    county.on(AUGUST[1]);
    for walk in &walks {
        walk.post();
    }
    county.on(AUGUST[2]);
    for walk in &walks {
        walk.forward().county_opinion();
    }
    county.on(AUGUST[3]);
    for walk in &walks {
        walk.decide();
    }
    walks.iter().map(|walk| walk.case).collect()
}

fn couples(county: &County, many: usize) -> Vec<Family> {
    (0..many)
        .map(|_| urban_couple(county, LUCHENG_1, 290))
        .collect()
}

/// What happens to a couple with 290 yuan each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Nothing,
    Earns(i64),
    Dies(usize),
    Leaves,
    Joins(i64),
    Saves(i64),
    Undeclared,
    MovesToTheCountry,
    AllDie,
}

const EVENT_DAY: &str = "2021-10-01";

fn happen(county: &County, family: &Family, event: Event) {
    let (desk, second) = (county.desk(), family.members[1]);
    let earns = |yuan| {
        let row = income("transfer", yuan, EVENT_DAY);
        change(county, family, family.members[0], row, false);
    };
    let about_household = |row| {
        let new = evidence::NewEvidence {
            about: About::Household(family.household),
            row,
            health: false,
            source: "cross-check".to_owned(),
        };
        evidence::change(&desk, &county.ctx(family.clerk), &new).unwrap();
    };
    let leaves = |person| {
        let ctx = county.ctx(family.clerk);
        households::leave(&desk, &ctx, family.household, person, day(EVENT_DAY)).unwrap();
    };
    match event {
        Event::Nothing => {}
        Event::Earns(yuan) => earns(yuan),
        Event::Dies(member) => dies(county, family, family.members[member], EVENT_DAY),
        Event::AllDie => {
            dies(county, family, family.members[0], EVENT_DAY);
            dies(county, family, second, EVENT_DAY);
        }
        Event::Leaves => leaves(second),
        Event::Joins(yuan) => {
            let child = Draft::new(county, LUCHENG_1, "urban")
                .member("张小明", "2012-05-04", Relation::Head)
                .earns("transfer", yuan)
                .record();
            let (person, ctx) = (child.members[0], county.ctx(family.clerk));
            households::leave(&desk, &ctx, child.household, person, day(EVENT_DAY)).unwrap();
            let from = day(EVENT_DAY);
            let ctx = county.ctx(family.clerk);
            households::join(&desk, &ctx, family.household, person, Relation::Child, from).unwrap();
        }
        Event::Saves(yuan) => about_household(EvidenceRow {
            amount_fen: Some(yuan * 100),
            ..row("financial_assets", EVENT_DAY)
        }),
        Event::MovesToTheCountry => about_household(code("residence_area", "rural", EVENT_DAY)),
        Event::Undeclared => {
            let about = About::Person(family.members[0]);
            let ctx = county.ctx(family.clerk);
            evidence::end(&desk, &ctx, about, "income_declaration", "", day(EVENT_DAY)).unwrap();
        }
    }
}

#[test]
fn each_kind_of_difference_is_found_with_the_cause_of_its_review() {
    let cases = [
        (Event::Earns(2_000), Kind::WouldStop, Cause::Income),
        (Event::Earns(490), Kind::WouldLower, Cause::Income),
        (Event::Earns(0), Kind::WouldRaise, Cause::Income),
        (Event::Leaves, Kind::WouldLower, Cause::Members),
        (Event::Joins(590), Kind::MembersDiffer, Cause::Members),
        (Event::Saves(9_000_000), Kind::WouldStop, Cause::Property),
        (Event::MovesToTheCountry, Kind::WouldStop, Cause::Person),
        (Event::Undeclared, Kind::Undetermined, Cause::Income),
        (Event::AllDie, Kind::WouldStop, Cause::Death),
    ];
    for (event, kind, cause) in cases {
        let county = County::new();
        let family = urban_couple(&county, LUCHENG_1, 290);
        let case = case_of(&county, &family);
        assert_eq!(today(&county), [], "{event:?}");
        county.on("2021-10-11");
        happen(&county, &family, event);
        let found = today(&county);
        let found: Vec<_> = found.iter().filter(|one| one.case == Some(case)).collect();
        assert_eq!(found.len(), 1, "{event:?}");
        assert_eq!(
            (found[0].kind, found[0].cause),
            (kind, Some(cause)),
            "{event:?}"
        );
        assert_eq!(
            found[0].before_fen().get() > 0,
            event != Event::AllDie,
            "{event:?}"
        );
        assert_eq!(found[0].after_fen().is_none(), kind == Kind::Undetermined);
    }
}

#[test]
fn an_entry_predicts_the_review_and_no_entry_means_that_it_keeps() {
    let events = [
        Event::Nothing,
        Event::Earns(2_000),
        Event::Earns(490),
        Event::Earns(0),
        Event::Earns(290),
        Event::Dies(1),
        Event::AllDie,
        Event::Leaves,
        Event::Joins(590),
        Event::Joins(0),
        Event::Saves(9_000_000),
        Event::Saves(2_000),
        Event::MovesToTheCountry,
    ];
    let county = County::new();
    let families = couples(&county, events.len());
    let cases = cases_of(&county, &families);
    county.on("2021-10-11");
    for (event, family) in events.iter().zip(&families) {
        happen(&county, family, *event);
    }
    let predicted: BTreeMap<CaseId, Difference> = today(&county)
        .into_iter()
        .filter_map(|one| Some((one.case?, one)))
        .collect();
    for (event, case) in events.into_iter().zip(cases) {
        let (desk, ctx) = (county.desk(), county.ctx(CLERK));
        let cause = predicted.get(&case).and_then(|one| one.cause);
        assistance::open_review(
            &desk,
            &ctx,
            case,
            cause.unwrap_or(Cause::Periodic),
            "夜间比对",
        )
        .unwrap();
        let decided = decide(&county, case);
        let Some(found) = predicted.get(&case) else {
            assert_eq!(decided.kind, DecisionKind::Keep, "{event:?}");
            continue;
        };
        assert_eq!(decided.effective_month, found.month, "{event:?}");
        assert_eq!(decided.members, found.after, "{event:?}");
        let stops = decided.kind == DecisionKind::Stop;
        assert_eq!(stops, found.kind == Kind::WouldStop, "{event:?}");
        if stops {
            assert_eq!(decided.reasons, found.reasons, "{event:?}");
        } else {
            assert_eq!(decided.kind, DecisionKind::Adjust, "{event:?}");
            let order = decided.total_fen.cmp(&found.before_fen());
            let kind = match order {
                std::cmp::Ordering::Less => Kind::WouldLower,
                std::cmp::Ordering::Greater => Kind::WouldRaise,
                std::cmp::Ordering::Equal => Kind::MembersDiffer,
            };
            assert_eq!(found.kind, kind, "{event:?}");
        }
    }
    let left: Vec<Kind> = today(&county)
        .into_iter()
        .filter(|one| one.case.is_some())
        .map(|one| one.kind)
        .collect();
    assert_eq!(left, [], "what was decided differs no more");
}

#[test]
fn a_review_of_what_cannot_be_determined_is_refused_for_the_evidence_that_the_entry_names() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let case = case_of(&county, &family);
    county.on("2021-10-11");
    happen(&county, &family, Event::Undeclared);
    let found = today(&county).remove(0);
    let fields: Vec<&str> = found.needs.iter().map(|need| need.field.as_str()).collect();
    assert_eq!(fields, ["income_declaration"]);
    assert_eq!(found.needs[0].id, family.members[0].0);
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    assistance::open_review(&desk, &ctx, case, Cause::Income, "夜间比对").unwrap();
    let review = assistance::decide_review(&desk, &county.ctx(REVIEWER), case);
    refused(review, &["income"]);
}

#[test]
fn a_household_whose_head_died_is_found_until_another_head_is_named() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 250);
    let case = case_of(&county, &family);
    county.on("2021-10-11");
    happen(&county, &family, Event::Dies(0));
    let found = today(&county).remove(0);
    assert_eq!(
        (found.kind, found.cause),
        (Kind::Undetermined, Some(Cause::Death))
    );
    assert_eq!(found.needs[0].field, "head");
    night(&county);
    open_reviews(&county, &waiting(&county));
    let review = assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), case);
    refused(review, &["head"]);
    let (desk, second) = (county.desk(), family.members[1]);
    let ctx = county.ctx(CLERK);
    households::leave(&desk, &ctx, family.household, second, county.today()).unwrap();
    let ctx = county.ctx(CLERK);
    let today = county.today();
    households::join(&desk, &ctx, family.household, second, Relation::Head, today).unwrap();
    assert_eq!(decide(&county, case).total_fen.get(), 34_000);
    night(&county);
    proven(&county);
}

#[test]
fn a_household_without_a_case_that_would_be_granted_is_found_until_it_applies() {
    County::on_both(|county| {
        county.on("2021-08-13");
        let poor = urban_couple(county, LUCHENG_1, 290);
        urban_couple(county, LUCHENG_1, 590);
        Draft::new(county, LUCHENG_1, "urban")
            .silent("王强", "1970-05-04", Relation::Head)
            .record();
        let found = today(county);
        assert_eq!(
            found.len(),
            1,
            "neither the one at the standard nor the unknown one"
        );
        let found = &found[0];
        assert_eq!(
            (found.kind, found.household, found.case),
            (Kind::MayQualify, poor.household, None)
        );
        assert_eq!(found.programme, "urban-dibao");
        assert_eq!(found.after_fen().unwrap().get(), 60_000);

        night(county);
        let entries = waiting(county);
        assert_eq!(entries.len(), 1);
        let (desk, ctx) = (county.desk(), county.ctx(CLERK));
        let no_case = drift::work_off(&desk, &ctx, &entries, Work::OpenReview);
        refused(no_case, &["entry 1", "no case is in force"]);
        let (_, decided) = granted(county, &poor, "urban-dibao", AUGUST);
        assert_eq!(decided.kind, DecisionKind::Grant);
        assert_eq!(decided.members, found.after);
        night(county);
        let cleared = list(county, Some(EntryState::Cleared));
        assert_eq!(cleared[0].cleared_why.as_deref(), Some("applied"));
        assert_eq!(today(county), []);
        proven(county);
    });
}

#[test]
fn who_is_served_elsewhere_neither_qualifies_again_nor_keeps_two_cases() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    case_of(&county, &family);
    county.on("2021-10-11");
    // The wife moves out into a household of her own, while the decision in force still serves her.
    happen(&county, &family, Event::Leaves);
    let alone = NewHousehold {
        division: LUCHENG_1,
        members: vec![(family.members[1], Relation::Head)],
        since: day(EVENT_DAY),
    };
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    let own = households::form(&desk, &ctx, &alone).unwrap();
    let rows: Vec<evidence::NewEvidence> = [
        code("residence_area", "urban", EVENT_DAY),
        code("active_company", "no", EVENT_DAY),
        quantity("vehicle"),
        quantity("second_home"),
        EvidenceRow {
            amount_fen: Some(0),
            ..row("financial_assets", EVENT_DAY)
        },
    ]
    .into_iter()
    .map(|row| evidence::NewEvidence {
        about: About::Household(own),
        row,
        health: false,
        source: "declaration".to_owned(),
    })
    .collect();
    evidence::record_many(&desk, &county.ctx(CLERK), &rows).unwrap();
    let kinds: Vec<_> = today(&county)
        .iter()
        .map(|one| (one.household, one.kind))
        .collect();
    assert_eq!(
        kinds,
        [(family.household, Kind::WouldLower)],
        "first the case that still serves her is reviewed"
    );
    night(&county);
    open_reviews(&county, &waiting(&county));
    decide(&county, CaseId(1));
    let kinds: Vec<_> = today(&county)
        .iter()
        .map(|one| (one.household, one.kind))
        .collect();
    assert_eq!(kinds, [(own, Kind::MayQualify)]);
}

fn quantity(kind: &str) -> EvidenceRow {
    EvidenceRow {
        quantity: Some(0),
        ..row(kind, EVENT_DAY)
    }
}

#[test]
fn a_night_enters_what_is_new_keeps_what_holds_and_clears_what_no_longer_differs() {
    County::on_both(|county| {
        let families = couples(county, 4);
        let cases = cases_of(county, &families);
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
    let families = couples(&county, 2);
    let case = cases_of(&county, &families)[0];
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

/// The comparison one by one, by the public functions of the offices: who differs, and what the law gives.
fn one_by_one(county: &County) -> BTreeMap<HouseholdId, (Option<CaseId>, BTreeMap<i64, i64>)> {
    let (on, known) = (county.today(), county.known());
    let packs = county.packs.current();
    county
        .store
        .read(|q| {
            let mut found = BTreeMap::new();
            let deaths = evidence::deaths(q, known)?;
            let mut busy = BTreeSet::new();
            for case in roll::in_force(q, known)? {
                let stopped = case.decisions.last().unwrap().kind == DecisionKind::Stop;
                if stopped {
                    continue;
                }
                busy.insert(case.household);
                let programme = packs.programme(&case.programme).unwrap();
                let facts = facts::assemble(q, programme, case.household, None, on, on, known)?;
                let month = programme.payment.first_month_of(on);
                let (_, before) = roll::entitled_amounts(q, packs, &case, &deaths, month)?;
                // Without a head nobody can be asked about, and nobody is left where no member is.
                let nobody = headless(&facts);
                let after = if nobody {
                    Vec::new()
                } else {
                    let key = KeyDates {
                        acceptance: case.acceptance,
                        month,
                    };
                    let read = programme.facts(&facts).unwrap();
                    programme.determine(&read, &key).unwrap().members
                };
                if nobody || before != after {
                    found.insert(case.household, (Some(case.case), amounts(&after)));
                }
            }
            for (household, _) in households::all(q, known)? {
                if busy.contains(&household) {
                    continue;
                }
                for programme in packs.programmes() {
                    let facts = facts::assemble(q, programme, household, None, on, on, known)?;
                    if headless(&facts) {
                        continue;
                    }
                    let key = KeyDates {
                        acceptance: on,
                        month: programme.payment.first_month_of(on),
                    };
                    let read = programme.facts(&facts).unwrap();
                    let answer = programme.determine(&read, &key).unwrap();
                    if answer.outcome == Outcome::Eligible {
                        found.insert(household, (None, amounts(&answer.members)));
                    }
                }
            }
            Ok::<_, assistance::AssistanceError>(found)
        })
        .unwrap()
}

fn headless(facts: &serde_json::Value) -> bool {
    let members = facts["household"]["members"].as_array().unwrap();
    !members.iter().any(|member| member["head"] == true)
}

fn amounts(members: &[minsheng_policy::MemberAmount]) -> BTreeMap<i64, i64> {
    members
        .iter()
        .map(|member| (member.person, member.amount.get()))
        .collect()
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Nothing),
        (0_i64..1_300).prop_map(Event::Earns),
        (0_usize..2).prop_map(Event::Dies),
        Just(Event::AllDie),
        Just(Event::Leaves),
        (0_i64..1_300).prop_map(Event::Joins),
        (0_i64..60_000).prop_map(Event::Saves),
        Just(Event::Undeclared),
        Just(Event::MovesToTheCountry),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_whole_county_at_once_equals_the_households_one_by_one(
        families in prop::collection::vec((0_i64..620, event(), any::<bool>()), 1..7),
    ) {
        let county = County::new();
        let all: Vec<Family> = families
            .iter()
            .map(|(per_head, _, _)| urban_couple(&county, LUCHENG_1, *per_head))
            .collect();
        let applied: Vec<Family> = families
            .iter()
            .zip(&all)
            .filter(|((per_head, _, applies), _)| *applies && *per_head < 590)
            .map(|(_, family)| family.clone())
            .collect();
        cases_of(&county, &applied);
        county.on("2021-10-11");
        for ((_, event, _), family) in families.iter().zip(&all) {
            happen(&county, family, *event);
        }
        let found: BTreeMap<_, _> = today(&county)
            .into_iter()
            .map(|one| (one.household, (one.case, amounts(&one.after))))
            .collect();
        prop_assert_eq!(found, one_by_one(&county));
    }
}

#[test]
fn what_is_known_at_once_is_what_is_assembled_one_by_one() {
    County::on_both(|county| {
        let families: Vec<Family> = [
            Draft::new(county, LUCHENG_1, "urban")
                .member("张伟", "1970-05-04", Relation::Head)
                .earns("wage", 900)
                .earns("transfer", 20)
                .member("李娜", "1972-03-08", Relation::Spouse)
                .disabled("42"),
            Draft::new(county, YALA_1, "rural").silent("王强", "1950-05-04", Relation::Head),
        ]
        .into_iter()
        .map(Draft::record)
        .collect();
        granted_quietly(county, &families[0]);
        let (on, known) = (county.today(), county.known());
        let keys: Vec<HouseholdId> = families.iter().map(|family| family.household).collect();
        let programme = county.packs.current().programme("urban-dibao").unwrap();
        let (many, one) = county
            .store
            .read(|q| {
                let rows = facts::rows_of(q, &keys, on, known, &mut |_| {})?;
                let many: Vec<_> = rows
                    .into_iter()
                    .map(|(household, rows)| {
                        facts::build(&facts::FactsInput {
                            declared: &programme.evidence,
                            household,
                            evidence: rows.evidence,
                            members: rows.members,
                            single: None,
                            applied_on: on,
                            valid_on: on,
                        })
                    })
                    .collect();
                let mut one = Vec::new();
                for key in &keys {
                    one.push(facts::assemble(q, programme, *key, None, on, on, known)?);
                }
                Ok::<_, assistance::AssistanceError>((many, one))
            })
            .unwrap();
        assert_eq!(many, one);
        assert_eq!(many[0]["household"]["members"][1]["disability"], "42");
    });
}

/// A change after the first entry, so that superseded rows are about.
fn granted_quietly(county: &County, family: &Family) {
    let person: PersonId = family.members[0];
    county.on("2021-03-01");
    change(
        county,
        family,
        person,
        income("wage", 950, "2021-02-01"),
        false,
    );
}

#[test]
fn frozen_facts_are_those_of_the_decision_that_governs_the_next_month() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, decided): (Walk<'_>, Decided) = granted(&county, &family, "urban-dibao", SEPTEMBER);
    // Decided on 1 September, it pays from October: on the day itself nothing differs.
    assert_eq!(today(&county), []);
    let frozen = county
        .store
        .read(|q| frozen(q, decided.determination.unwrap()))
        .unwrap();
    assert_eq!(frozen.case, walk.case);
    county.on("2021-09-02");
    happen_on(&county, &family, "2021-09-02");
    let found = today(&county).remove(0);
    assert_eq!(found.before_fen(), decided.total_fen);
}

fn happen_on(county: &County, family: &Family, from: &str) {
    let row = income("transfer", 490, from);
    change(county, family, family.members[0], row, false);
}
