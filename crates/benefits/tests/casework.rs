//! The ordinary ways: both versions of the procedure from the application to the decision, and what is recorded.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, DecisionKind, queries};
use minsheng_core::Relation;
use minsheng_store::Scope;
use support::family::{Draft, urban_couple};
use support::walk::{APRIL, AUGUST, SEPTEMBER, Walk, application, granted, granted_d12};
use support::{CLERK, COUNTY, County, LUCHENG_1, YALA_1, day, refused};

#[test]
fn db_8_decided_on_the_last_of_august_pays_from_september_on_the_first_from_october() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (_, decided) = granted(&county, &family, "urban-dibao", AUGUST);
    assert_eq!(decided.kind, DecisionKind::Grant);
    assert_eq!(decided.effective_month.to_string(), "2021-09");

    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (_, decided) = granted(&county, &family, "urban-dibao", SEPTEMBER);
    assert_eq!(decided.effective_month.to_string(), "2021-10");
}

#[test]
fn a_case_under_d21_goes_from_application_to_grant() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        let (walk, decided) = granted(county, &family, "urban-dibao", AUGUST);
        assert_eq!(walk.state(), "in_force");
        let amounts: Vec<(i64, i64)> = decided
            .members
            .iter()
            .map(|share| (share.person, share.amount.get()))
            .collect();
        assert_eq!(
            amounts,
            [(family.members[0].0, 30_000), (family.members[1].0, 30_000)]
        );
        assert_eq!(decided.total_fen.get(), 60_000);
        assert!(decided.reasons.is_empty() && decided.remedies.is_empty());

        let case = county
            .store
            .read(|q| assistance::case(q, walk.case))
            .unwrap();
        assert_eq!(case.law.as_deref(), Some("D21"));
        assert_eq!(
            (case.applied_on, case.accepted_on),
            (day("2021-08-16"), Some(day("2021-08-16")))
        );
        let steps = county
            .store
            .read(|q| queries::history(q, &Scope::county(), walk.case))
            .unwrap();
        let codes: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
        assert_eq!(
            codes,
            [
                "apply",
                "accept",
                "investigate",
                "cross_check_start",
                "cross_check_answer",
                "first_opinion",
                "post_notice",
                "forward",
                "county_opinion",
                "decide"
            ]
        );
        // The decision was due thirty working days after acceptance.
        let last = steps.last().unwrap();
        assert_eq!(
            (last.actor.as_str(), last.due_on),
            ("reviewer-1", Some(day("2021-09-27")))
        );
        let due = county
            .store
            .read(|q| queries::due(q, &Scope::county(), county.today()))
            .unwrap();
        let open: Vec<(&str, &str)> = due
            .iter()
            .map(|line| (line.clock.as_str(), line.kind.as_str()))
            .collect();
        assert_eq!(
            open,
            [("review", "at_most")],
            "only the periodic review is still due"
        );
        assert_eq!(due[0].due_on, day("2022-08-31"));
    });
}

#[test]
fn a_case_under_d12_has_an_appraisal_and_a_second_notice() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        let (walk, decided) = granted_d12(county, &family, "urban-dibao", APRIL);
        assert_eq!(
            (decided.kind, decided.effective_month.to_string().as_str()),
            (DecisionKind::Grant, "2021-05")
        );
        let case = county
            .store
            .read(|q| assistance::case(q, walk.case))
            .unwrap();
        assert_eq!(
            (case.law.as_deref(), case.state.as_str()),
            (Some("D12"), "in_force")
        );
        let steps = county
            .store
            .read(|q| queries::history(q, &Scope::county(), walk.case))
            .unwrap();
        let codes: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
        assert_eq!(
            codes[5..],
            [
                "appraise",
                "first_opinion",
                "post_notice",
                "forward",
                "county_opinion",
                "post_county_notice",
                "decide"
            ]
        );
        // Second notice 2021-03-30 to 04-05 (a holiday); three working days after its end.
        assert_eq!(steps.last().unwrap().due_on, Some(day("2021-04-08")));
    });
}

#[test]
fn the_law_is_that_of_the_day_of_acceptance() {
    let county = County::new();
    let (one, two) = (
        urban_couple(&county, LUCHENG_1, 290),
        urban_couple(&county, LUCHENG_1, 290),
    );
    county.on("2021-06-30");
    let (early, late) = (
        Walk::apply(&county, &one, "urban-dibao"),
        Walk::apply(&county, &two, "urban-dibao"),
    );
    early.accept();
    late.on("2021-07-01").accept();
    let law = |walk: &Walk<'_>| {
        county
            .store
            .read(|q| assistance::case(q, walk.case))
            .unwrap()
            .law
    };
    assert_eq!(
        (law(&early).as_deref(), law(&late).as_deref()),
        (Some("D12"), Some("D21"))
    );
    late.investigate().ask().answer();
    assert!(late.opinion().positive, "no appraisal is asked for");
    early.investigate().ask().answer();
    let text = refused(
        assistance::first_opinion(&county.desk(), &county.ctx(CLERK), early.case),
        &[
            "is in state `investigated`",
            "`appraise` (民主评议) comes first; the role township_clerk takes it",
        ],
    );
    assert_eq!(text.matches("hint: ").count(), 1, "{text}");
}

#[test]
fn a_refusal_carries_reason_article_and_remedies() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 590);
    county.on("2021-08-16");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    let opinion = walk.to_first_opinion();
    assert!(!opinion.positive && opinion.members.is_empty());
    // A negative opinion is not posted; it goes straight to the county.
    walk.on("2021-08-17").forward();
    assert!(!walk.county_opinion().positive);
    let decided = walk.on("2021-08-20").decide();
    assert_eq!(
        (decided.kind, walk.state().as_str()),
        (DecisionKind::Refuse, "refused")
    );
    assert_eq!(decided.reasons[0].code, "income_not_below_standard");
    assert!(
        decided.reasons[0].text.zh.contains("590") && decided.reasons[0].cite.contains("art. 9"),
        "{decided:?}"
    );
    let terms: Vec<Option<i64>> = decided.remedies.iter().map(|remedy| remedy.term).collect();
    assert_eq!(terms, [Some(60), Some(6), Some(15), None]);
    assert!(
        decided
            .remedies
            .iter()
            .all(|remedy| !remedy.text.zh.is_empty() && !remedy.cite.is_empty())
    );

    let due = county
        .store
        .read(|q| queries::due(q, &Scope::county(), county.today()))
        .unwrap();
    assert_eq!(
        (due.len(), due[0].clock.as_str(), due[0].due_on),
        (1, "refusal_notice", day("2021-08-25"))
    );
    county.on("2021-08-23");
    assistance::notify_refusal(&county.desk(), &county.ctx(CLERK), walk.case, "本人签收").unwrap();
    let due = county
        .store
        .read(|q| queries::due(q, &Scope::county(), county.today()))
        .unwrap();
    assert!(due.is_empty());
}

#[test]
fn the_public_list_holds_name_village_members_and_amount_and_nothing_else() {
    let county = County::new();
    let family = Draft::new(&county, LUCHENG_1, "urban")
        .member("张伟", "1970-05-04", Relation::Head)
        .earns("transfer", 290)
        .member("张小伟", "2012-03-08", Relation::Child)
        .record();
    county.on("2021-08-16");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.to_first_opinion();
    let notice = walk.on("2021-08-17").post();
    let list = county
        .store
        .read(|q| queries::notice_list(q, &Scope::county(), notice))
        .unwrap()
        .unwrap();
    assert_eq!(
        (list.first_day, list.last_day),
        (day("2021-08-18"), day("2021-08-24"))
    );
    assert_eq!(list.forward_from.date, day("2021-08-25"));
    let json = serde_json::to_value(&list.lines).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{"name": "张伟", "village": "东关社区", "members": 2, "amount_fen": 89_000}])
    );
    let all = serde_json::to_string(&list).unwrap();
    assert!(
        !all.contains("张小伟") && !all.contains("513301197005"),
        "{all}"
    );
    let elsewhere = county
        .store
        .read(|q| queries::notice_list(q, &Scope::of(YALA_1), notice))
        .unwrap();
    assert!(elsewhere.is_none());
}

#[test]
fn a_child_who_applies_alone_is_not_named_on_the_list() {
    let county = County::new();
    let family = Draft::new(&county, LUCHENG_1, "rural")
        .member("泽仁", "1980-05-04", Relation::Head)
        .earns("transfer", 1_100)
        .member("小泽", "2010-03-08", Relation::Child)
        .disabled("42")
        .record();
    county.on("2021-08-16");
    let mut form = application(&family, "rural-dibao");
    (form.applicant, form.single) = (family.members[1], true);
    let walk = Walk::apply_with(&county, &family, &form);
    let opinion = walk.to_first_opinion();
    assert_eq!(
        (opinion.positive, opinion.total_fen.get()),
        (true, 28_000),
        "{opinion:?}"
    );
    let notice = walk.on("2021-08-17").post();
    let list = county
        .store
        .read(|q| queries::notice_list(q, &Scope::county(), notice))
        .unwrap()
        .unwrap();
    assert_eq!(
        (list.lines[0].name.as_str(), list.lines[0].members),
        ("泽仁", 1)
    );
}

#[test]
fn one_notice_holds_many_cases_of_one_village_and_cases_move_on_together() {
    County::on_both(|county| {
        let families = [0, 1, 2].map(|_| urban_couple(county, LUCHENG_1, 290));
        county.on("2021-08-16");
        let (desk, clerk) = (county.desk(), county.ctx(CLERK));
        let forms = families
            .each_ref()
            .map(|family| application(family, "urban-dibao"));
        let cases = assistance::apply_many(&desk, &clerk, &forms).unwrap();
        let numbers: Vec<String> = county
            .store
            .read(|q| queries::cases(q, &Scope::county(), Some("applied")))
            .unwrap()
            .into_iter()
            .map(|case| case.number)
            .collect();
        assert_eq!(
            numbers,
            [
                "ASSISTANCE-513301-2021-000001",
                "ASSISTANCE-513301-2021-000002",
                "ASSISTANCE-513301-2021-000003"
            ]
        );
        assistance::accept_many(&desk, &county.ctx(CLERK), &cases).unwrap();
        let visits = cases
            .iter()
            .map(|case| (*case, support::walk::visit(county)))
            .collect::<Vec<_>>();
        assistance::investigate_many(&desk, &county.ctx(CLERK), &visits).unwrap();
        assistance::cross_check_start_many(
            &desk,
            &county.ctx("officer-2"),
            &cases,
            &support::walk::sources(),
        )
        .unwrap();
        let answers = cases
            .iter()
            .map(|case| (*case, support::walk::answers()))
            .collect::<Vec<_>>();
        assistance::cross_check_answer_many(&desk, &county.ctx("officer-2"), &answers).unwrap();
        let opinions = assistance::first_opinion_many(&desk, &county.ctx(CLERK), &cases).unwrap();
        assert_eq!(
            opinions
                .iter()
                .map(|opinion| opinion.case)
                .collect::<Vec<_>>(),
            cases
        );
        let before = county.known();
        let notice =
            assistance::post_notices(&desk, &county.ctx(CLERK), LUCHENG_1, &cases).unwrap();
        assert_eq!(county.known().0, before.0 + 1, "one act is one transaction");
        let list = county
            .store
            .read(|q| queries::notice_list(q, &Scope::county(), notice))
            .unwrap()
            .unwrap();
        assert_eq!(list.lines.len(), 3);
        county.on("2021-08-24");
        assistance::forward_many(&desk, &county.ctx(CLERK), &cases).unwrap();
        let opinions: Vec<_> = cases.iter().map(|case| (*case, None)).collect();
        assistance::county_opinion_many(&desk, &county.ctx("officer-1"), &opinions).unwrap();
        let decided = assistance::decide_many(&desk, &county.ctx("reviewer-1"), &cases).unwrap();
        assert!(
            decided
                .iter()
                .all(|one| one.kind == DecisionKind::Grant && one.total_fen.get() == 60_000)
        );
        let counts = county
            .store
            .read(|q| queries::states(q, &Scope::of(COUNTY)))
            .unwrap();
        assert_eq!(
            (counts.len(), counts[0].state.as_str(), counts[0].cases),
            (1, "in_force", 3)
        );
    });
}

#[test]
fn words_of_people_do_not_stand_in_the_open() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    let steps = county
        .store
        .read(|q| queries::history(q, &Scope::county(), walk.case))
        .unwrap();
    assert!(steps.iter().all(|step| !step.detail.contains("慢性病")));
    let visit = steps
        .iter()
        .find(|step| step.step == "investigate")
        .unwrap();
    let note = county
        .store
        .read(|q| queries::note(q, &Scope::county(), visit.id))
        .unwrap();
    assert!(note.unwrap().contains("慢性病"));
    assert_eq!(
        county
            .store
            .read(|q| queries::note(q, &Scope::of(YALA_1), visit.id))
            .unwrap(),
        None
    );
}

#[test]
fn every_determination_is_derived_again_and_the_books_are_whole() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    granted(&county, &family, "urban-dibao", AUGUST);
    let family = urban_couple(&county, LUCHENG_1, 590);
    Walk::apply(&county, &family, "urban-dibao").to_first_opinion();
    let findings = county
        .store
        .read(|q| assistance::proof::verify(&county.desk(), q))
        .unwrap();
    assert_eq!(findings, []);
    assert!(county.store.verify().unwrap().findings.is_empty());
}
