//! The nightly comparison: it predicts what a review would come to, equals the one-by-one computation, keeps its
//! list from night to night, and is worked off by people.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod alone;
mod at_once;
mod nights;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use minsheng_benefits::assistance::{self, Cause, Decided, DecisionKind};
use minsheng_benefits::drift::{
    self, Difference, EntryId, EntryLine, EntryState, Kind, RunReport, Work,
};
use minsheng_core::Relation;
use minsheng_registry::CaseId;
use minsheng_registry::evidence::{self, About};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_store::Scope;
use support::family::{Draft, Family, change, code, couples, dies, income, row, urban_couple};
use support::walk::{AUGUST, granted, granted_together};
use support::{CLERK, County, LUCHENG_1, OFFICER, REVIEWER, day, refused};

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
fn a_near_relative_does_not_dismiss_an_entry() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    walk.relative(family.members[1], CLERK);
    happen(&county, &family, Event::Earns(2_000));
    night(&county);
    let entries = waiting(&county);
    assert_eq!(entries.len(), 1);
    let work = |user: &str| {
        let reason = "核实后无需复核";
        drift::work_off(
            &county.desk(),
            &county.ctx(user),
            &entries,
            Work::Dismiss { reason },
        )
    };
    refused(
        work(CLERK).map(drop),
        &["`clerk-1` is a near relative of P"],
    );
    assert_eq!(work(OFFICER).unwrap(), 1);
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
    let families = couples(&county, &vec![LUCHENG_1; events.len()]);
    let cases = granted_together(&county, &families, AUGUST);
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
