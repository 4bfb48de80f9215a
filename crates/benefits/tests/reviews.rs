//! After the grant: deaths end a share by themselves, everything else waits for a review's decision, and the past
//! never changes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use minsheng_benefits::assistance::{self, Cause, DecisionKind, queries, roll};
use minsheng_core::{Month, Relation};
use minsheng_policy::MemberAmount;
use minsheng_registry::evidence;
use minsheng_store::{Scope, TxNo};
use support::family::{Draft, Family, change, dies, income, urban_couple};
use support::walk::{APRIL, AUGUST, Walk, application, granted, granted_d12};
use support::{CLERK, County, LUCHENG_1, OFFICER, REVIEWER, REVIEWER_2, day, refused};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// What the only case of the roll is entitled to in a month, by person, in yuan.
fn entitled(county: &County, at: &str, known: TxNo) -> BTreeMap<i64, i64> {
    county
        .store
        .read(|q| {
            let deaths = evidence::deaths(q, known)?;
            let mut all: Vec<MemberAmount> = Vec::new();
            for case in roll::in_force(q, known)? {
                let (_, shares) =
                    roll::entitled_amounts(q, county.packs.current(), &case, &deaths, month(at))?;
                all.extend(shares);
            }
            Ok::<_, assistance::AssistanceError>(all)
        })
        .unwrap()
        .into_iter()
        .map(|share| (share.person, share.amount.get() / 100))
        .collect()
}

fn total(county: &County, at: &str) -> i64 {
    entitled(county, at, county.known()).values().sum()
}

fn open(county: &County, walk: &Walk<'_>, cause: Cause) {
    assistance::open_review(
        &county.desk(),
        &county.ctx(CLERK),
        walk.case,
        cause,
        "情况变化",
    )
    .unwrap();
}

fn decide(county: &County, walk: &Walk<'_>) -> assistance::Decided {
    assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap()
}

/// A couple of whom one lives on the other's pension.
fn couple_on_one_pension(county: &County) -> Family {
    Draft::new(county, LUCHENG_1, "urban")
        .member("张伟", "1950-05-04", Relation::Head)
        .earns("transfer", 580)
        .member("李娜", "1952-03-08", Relation::Spouse)
        .record()
}

#[test]
fn db_9_a_death_ends_the_share_with_its_month_and_the_rest_stays_until_the_re_check() {
    County::on_both(|county| {
        let family = couple_on_one_pension(county);
        let (walk, decided) = granted_d12(county, &family, "urban-dibao", APRIL);
        assert_eq!(decided.effective_month, month("2021-05"));
        county.on("2021-06-02");
        dies(county, &family, family.members[1], "2021-05-20");
        assert_eq!(
            (total(county, "2021-05"), total(county, "2021-06")),
            (600, 300)
        );
        assert_eq!(total(county, "2021-12"), 300, "until somebody decides");

        county.on("2021-06-03");
        open(county, &walk, Cause::Death);
        let due = county
            .store
            .read(|q| queries::due(q, &Scope::county(), county.today()))
            .unwrap();
        let recheck = due
            .iter()
            .find(|line| line.clock == "death_recheck")
            .unwrap();
        assert_eq!(
            recheck.due_on,
            day("2021-08-20"),
            "three months from the death, not from the opening of the review"
        );
        assert_eq!(
            total(county, "2021-07"),
            300,
            "a review that is open changes nothing"
        );

        county.on("2021-06-15");
        let decided = decide(county, &walk);
        assert_eq!(
            (decided.kind, decided.effective_month),
            (DecisionKind::Adjust, month("2021-07"))
        );
        assert_eq!(
            decided.total_fen.get(),
            1_000,
            "one person with 580 of her own"
        );
        assert_eq!(decided.reasons[0].code, "death");
        assert!(!decided.remedies.is_empty());
        assert_eq!(
            (
                total(county, "2021-05"),
                total(county, "2021-06"),
                total(county, "2021-07")
            ),
            (600, 300, 10)
        );
        let due = county
            .store
            .read(|q| queries::due(q, &Scope::county(), county.today()))
            .unwrap();
        assert!(
            due.iter().all(|line| line.clock != "death_recheck"),
            "{due:?}"
        );
    });
}

#[test]
fn a_death_stands_on_the_work_list_until_its_review_is_opened() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted_d12(&county, &family, "urban-dibao", APRIL);
    let list = |scope: &Scope| {
        county
            .store
            .read(|q| queries::deaths_to_review(q, scope))
            .unwrap()
    };
    assert_eq!(list(&Scope::county()), []);
    county.on("2021-06-02");
    dies(&county, &family, family.members[1], "2021-05-20");
    let found = list(&Scope::county());
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].case, found[0].person),
        (walk.case, family.members[1])
    );
    assert_eq!(found[0].died_on, day("2021-05-20"));
    assert_eq!(list(&Scope::of(support::YALA)), []);
    open(&county, &walk, Cause::Death);
    assert_eq!(list(&Scope::county()), []);
    decide(&county, &walk);
    assert_eq!(
        list(&Scope::county()),
        [],
        "the decision in force knows of it"
    );
}

#[test]
fn a_review_that_finds_the_same_amounts_keeps_them_on_the_new_evidence() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted_d12(&county, &family, "urban-dibao", APRIL);
    county.on("2021-06-02");
    dies(&county, &family, family.members[1], "2021-05-20");
    open(&county, &walk, Cause::Death);
    let decided = decide(&county, &walk);
    assert_eq!(
        (decided.kind, decided.total_fen.get()),
        (DecisionKind::Keep, 30_000)
    );
    assert!(decided.remedies.is_empty());
    assert_eq!(
        (total(&county, "2021-06"), total(&county, "2021-07")),
        (300, 300)
    );
    let case = county
        .store
        .read(|q| roll::in_force(q, county.known()))
        .unwrap()
        .remove(0);
    let now = roll::decision_for(&case.decisions, month("2021-07")).unwrap();
    let frozen = county
        .store
        .read(|q| assistance::frozen(q, now.determination.unwrap()))
        .unwrap();
    let members = frozen.facts["household"]["members"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(members, 1, "the facts in force are those of the review");
}

#[test]
fn a_late_fact_changes_nothing_before_a_decision_and_a_cut_works_from_the_next_month() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    change(
        &county,
        &family,
        family.members[0],
        income("transfer", 490, "2021-09-01"),
        false,
    );
    for at in ["2021-09", "2021-10", "2021-11", "2022-06"] {
        assert_eq!(total(&county, at), 600, "{at}");
    }
    open(&county, &walk, Cause::Income);
    county.on("2021-10-18");
    let decided = decide(&county, &walk);
    assert_eq!(
        (decided.kind, decided.effective_month),
        (DecisionKind::Adjust, month("2021-11"))
    );
    assert_eq!(
        (
            total(&county, "2021-09"),
            total(&county, "2021-10"),
            total(&county, "2021-11")
        ),
        (600, 600, 400)
    );
    assert_eq!(walk.state(), "in_force");
}

#[test]
fn a_stop_pays_its_own_month_as_the_last() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    change(
        &county,
        &family,
        family.members[0],
        income("transfer", 2_000, "2021-09-01"),
        false,
    );
    open(&county, &walk, Cause::Income);
    county.on("2021-10-29");
    let decided = decide(&county, &walk);
    assert_eq!(
        (decided.kind, decided.effective_month),
        (DecisionKind::Stop, month("2021-11"))
    );
    assert_eq!(decided.reasons[0].code, "income_not_below_standard");
    assert_eq!(decided.remedies.len(), 4);
    assert_eq!(
        (total(&county, "2021-10"), total(&county, "2021-11")),
        (600, 0)
    );
    assert_eq!(walk.state(), "stopped");
    let due = county
        .store
        .read(|q| queries::due(q, &Scope::county(), county.today()))
        .unwrap();
    assert!(
        due.is_empty(),
        "with the end of the case its terms end: {due:?}"
    );
    // The household may apply again.
    Walk::apply(&county, &family, "urban-dibao");
}

#[test]
fn a_household_without_anybody_left_is_stopped() {
    let county = County::new();
    let family = Draft::new(&county, LUCHENG_1, "urban")
        .member("张伟", "1950-05-04", Relation::Head)
        .record();
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    dies(&county, &family, family.members[0], "2021-10-09");
    open(&county, &walk, Cause::Death);
    let decided = decide(&county, &walk);
    assert_eq!(
        (decided.kind, decided.reasons[0].code.as_str()),
        (DecisionKind::Stop, "nobody_left")
    );
    assert_eq!(
        (total(&county, "2021-10"), total(&county, "2021-11")),
        (590, 0)
    );
}

#[test]
fn a_person_served_alone_who_dies_is_stopped_and_one_who_renounces_too() {
    let county = County::new();
    let family = || {
        Draft::new(&county, LUCHENG_1, "rural")
            .member("泽仁", "1980-05-04", Relation::Head)
            .earns("transfer", 1_100)
            .member("卓玛", "1982-03-08", Relation::Spouse)
            .disabled("41")
            .record()
    };
    let (one, two) = (family(), family());
    let mut walks = Vec::new();
    county.on("2021-08-16");
    for family in [&one, &two] {
        let mut form = application(family, "rural-dibao");
        (form.applicant, form.single) = (family.members[1], true);
        let walk = Walk::apply_with(&county, family, &form);
        assert!(walk.to_first_opinion().positive);
        walks.push(walk);
    }
    county.on("2021-08-17");
    for walk in &walks {
        walk.post();
    }
    county.on("2021-08-25");
    for walk in &walks {
        walk.forward().county_opinion();
        assert_eq!(walk.decide().total_fen.get(), 28_000);
    }
    county.on("2021-10-11");
    dies(&county, &one, one.members[1], "2021-10-09");
    open(&county, &walks[0], Cause::Death);
    assert_eq!(decide(&county, &walks[0]).reasons[0].code, "nobody_left");
    open(&county, &walks[1], Cause::Renounced);
    let decided = decide(&county, &walks[1]);
    assert_eq!(
        (decided.kind, decided.reasons[0].code.as_str()),
        (DecisionKind::Stop, "renounced")
    );
    assert_eq!(decided.determination, None);
    assert_eq!(
        (total(&county, "2021-10"), total(&county, "2021-11")),
        (560, 0)
    );
    assert_eq!(
        county
            .store
            .read(|q| assistance::proof::verify(&county.desk(), q))
            .unwrap(),
        []
    );
}

#[test]
fn a_review_needs_a_case_in_force_a_reason_and_another_user() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    let desk = county.desk();
    refused(
        assistance::decide_review(&desk, &county.ctx(REVIEWER), walk.case),
        &["is in state `in_force`", "`open_review`"],
    );
    open(&county, &walk, Cause::Periodic);
    refused(
        assistance::open_review(
            &desk,
            &county.ctx(CLERK),
            walk.case,
            Cause::Income,
            "收入变化",
        ),
        &["is in state `under_review`: `open_review` is not possible"],
    );
    refused(
        assistance::decide_review(&desk, &county.ctx(OFFICER), walk.case),
        &["`officer-1` does not hold the role reviewer"],
    );
    assert_eq!(
        assistance::decide_review(&desk, &county.ctx(REVIEWER_2), walk.case)
            .unwrap()
            .kind,
        DecisionKind::Keep
    );
    assert!(
        "gift"
            .parse::<Cause>()
            .unwrap_err()
            .to_string()
            .contains("death, members, income")
    );
}

#[test]
fn missing_evidence_leaves_a_review_open() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let about = evidence::About::Household(family.household);
    evidence::end(
        &county.desk(),
        &county.ctx(CLERK),
        about,
        "vehicle",
        "",
        day("2021-10-01"),
    )
    .unwrap();
    open(&county, &walk, Cause::Property);
    let text = refused(
        assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case),
        &[
            "is in state `under_review`",
            "undetermined: needs",
            "机动车",
            "H000001",
        ],
    );
    assert_eq!(text.matches("hint: ").count(), 1, "{text}");
    assert_eq!(total(&county, "2021-12"), 600);
}

#[test]
fn a_view_of_the_roll_never_changes() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        let (walk, _) = granted(county, &family, "urban-dibao", AUGUST);
        let mut views = Vec::new();
        let look = |known: TxNo| {
            let roll = county.store.read(|q| roll::in_force(q, known)).unwrap();
            (
                roll,
                entitled(county, "2021-10", known),
                entitled(county, "2021-12", known),
            )
        };
        let mut see = || views.push((county.known(), look(county.known())));
        see();
        county.on("2021-10-11");
        change(
            county,
            &family,
            family.members[0],
            income("transfer", 490, "2021-09-01"),
            false,
        );
        see();
        open(county, &walk, Cause::Income);
        decide(county, &walk);
        see();
        county.on("2021-11-03");
        dies(county, &family, family.members[1], "2021-09-30");
        see();
        open(county, &walk, Cause::Death);
        decide(county, &walk);
        see();
        for (known, seen) in &views {
            assert_eq!(&look(*known), seen, "as known at {known}");
        }
        let december: Vec<i64> = views
            .iter()
            .map(|(_, (_, _, shares))| shares.values().sum())
            .collect();
        // 300 each; then 200 each; then one of them dead; then the other alone with 490 of his own
        assert_eq!(december, [600, 600, 400, 200, 100]);
        assert!(
            county
                .store
                .read(|q| roll::in_force(q, TxNo(1)))
                .unwrap()
                .is_empty()
        );
    });
}
