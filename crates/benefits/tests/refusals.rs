//! Every step that is refused, with what the clerk is told: the state, everything that is missing, what to do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Missing, Resolution};
use minsheng_core::Relation;
use support::family::{Draft, change, code, income, urban_couple};
use support::walk::{APRIL, Walk, answers, meeting, sources, visit};
use support::{CLERK, CLERK_2, County, DIRECTOR, LUCHENG_1, LUCHENG_2, OFFICER, REVIEWER, refused};

fn applied(county: &County) -> Walk<'_> {
    let family = urban_couple(county, LUCHENG_1, 290);
    county.on("2021-09-01");
    Walk::apply(county, &family, "urban-dibao")
}

#[test]
fn an_investigation_needs_two_different_investigators_and_no_future() {
    let county = County::new();
    let walk = applied(&county);
    walk.accept();
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    let mut alone = visit(&county);
    alone.investigators = vec![CLERK.to_owned(), format!(" {CLERK} ")];
    refused(
        assistance::investigate(&desk, &ctx, walk.case, &alone),
        &["2 different investigators; 1 named", "name 2 investigators"],
    );
    let mut tomorrow = visit(&county);
    tomorrow.visited_on = support::day("2021-09-02");
    refused(
        assistance::investigate(&desk, &ctx, walk.case, &tomorrow),
        &["case C000001: visited_on: 2021-09-02 lies after today"],
    );
    let mut before = visit(&county);
    before.visited_on = support::day("2021-08-31");
    refused(
        assistance::investigate(&desk, &county.ctx(CLERK), walk.case, &before),
        &["visited_on: 2021-08-31 lies before the case was accepted, 2021-09-01"],
    );
}

#[test]
fn an_opinion_waits_for_the_answers_of_the_registers() {
    let county = County::new();
    let walk = applied(&county);
    walk.accept().investigate();
    let desk = county.desk();
    let opinion = || assistance::first_opinion(&desk, &county.ctx(CLERK), walk.case);
    refused(
        opinion(),
        &[
            "the cross-check was not begun",
            "`minsheng case cross-check start C000001 --source REGISTER,…`",
        ],
    );
    refused(
        assistance::cross_check_answer(&desk, &county.ctx(OFFICER), walk.case, &answers()[0]),
        &["`public_security` was not asked"],
    );
    walk.ask();
    refused(
        assistance::cross_check_start(&desk, &county.ctx(OFFICER), walk.case, &sources()),
        &["was asked and has not answered yet"],
    );
    assistance::cross_check_answer(&desk, &county.ctx(OFFICER), walk.case, &answers()[0]).unwrap();
    refused(
        opinion(),
        &[
            "no answer yet from banks",
            "`minsheng case cross-check answer C000001",
        ],
    );
    assistance::cross_check_answer(&desk, &county.ctx(OFFICER), walk.case, &answers()[1]).unwrap();
    opinion().unwrap();
}

#[test]
fn missing_evidence_is_named_and_nothing_is_decided() {
    let county = County::new();
    let family = Draft::new(&county, LUCHENG_1, "urban")
        .member("张伟", "1970-05-04", Relation::Head)
        .silent("李娜", "1972-03-08", Relation::Spouse)
        .without("vehicle")
        .record();
    county.on("2021-09-01");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept().investigate().ask().answer();
    let before = county.known();
    let error =
        assistance::first_opinion(&county.desk(), &county.ctx(CLERK), walk.case).unwrap_err();
    let text = error.to_string();
    for part in [
        "undetermined: needs",
        "收入和支出申报",
        "机动车",
        "hint: record this evidence",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let [Missing::Evidence { needs }] = error.missing()[..] else {
        panic!("{text}")
    };
    assert!(
        needs
            .iter()
            .any(|need| need.id == family.members[1].0 && need.field == "income_declaration")
    );
    assert_eq!(county.known(), before, "nothing was written");
    let declared = code("income_declaration", "declared", "2021-01-01");
    change(&county, &family, family.members[1], declared, false);
    let text = assistance::first_opinion(&county.desk(), &county.ctx(CLERK), walk.case)
        .unwrap_err()
        .to_string();
    assert!(
        !text.contains("收入和支出申报") && text.contains("机动车"),
        "{text}"
    );
}

#[test]
fn a_case_is_forwarded_after_seven_days_on_a_working_day() {
    let county = County::new();
    let walk = applied(&county);
    walk.to_first_opinion();
    // Posted on Sunday 2021-09-12, runs 13 to 19; 19 to 21 are holidays.
    walk.on("2021-09-12").post();
    let forward = || assistance::forward(&county.desk(), &county.ctx(CLERK), walk.case);
    for today in ["2021-09-13", "2021-09-19", "2021-09-20", "2021-09-21"] {
        walk.on(today);
        refused(
            forward(),
            &[
                "is in state `notice_posted`: `forward` is not possible",
                "begun 2021-09-12, runs until 2021-09-19",
                "`forward` may be taken from 2021-09-22",
                "hint: come back on 2021-09-22",
            ],
        );
    }
    refused(
        assistance::decide(&county.desk(), &county.ctx(REVIEWER), walk.case),
        &[
            "is in state `notice_posted`: `decide` is not possible",
            "runs until 2021-09-19",
            "from 2021-09-22",
            "`forward` (公示期满报县) comes first; the role township_clerk takes it",
            "`county_opinion` (县级审核同意) comes first; the role officer takes it",
        ],
    );
    walk.on("2021-09-22");
    forward().unwrap();
}

#[test]
fn an_objection_stops_the_case_until_it_is_answered() {
    let county = County::new();
    let walk = applied(&county);
    walk.to_first_opinion();
    walk.on("2021-09-03").post();
    let desk = county.desk();
    walk.on("2021-09-06");
    let resolution = |with: bool, today: &str| {
        county.on(today);
        Resolution {
            upheld: false,
            appraisal: with.then(|| meeting(&county)),
            answer: "经民主评议，举报不实".to_owned(),
        }
    };
    let early = resolution(true, "2021-09-06");
    refused(
        assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &early),
        &[
            "no objection is open",
            "`object` (提出异议) comes first; the role township_clerk takes it",
        ],
    );
    refused(
        assistance::object(&desk, &county.ctx(DIRECTOR), walk.case, "邻居", " "),
        &["statement: say what"],
    );
    assistance::object(
        &desk,
        &county.ctx(DIRECTOR),
        walk.case,
        "邻居",
        "他家有出租房",
    )
    .unwrap();
    walk.on("2021-09-13");
    refused(
        assistance::forward(&desk, &county.ctx(CLERK), walk.case),
        &[
            "is in state `objected`",
            "`resolve_objection` (异议处理：意见不变) comes first; the role township_clerk takes it",
        ],
    );
    let without = resolution(false, "2021-09-13");
    refused(
        assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &without),
        &["a new investigation or the record of the democratic appraisal since the objection"],
    );
    let with = resolution(true, "2021-09-13");
    assert!(
        assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &with)
            .unwrap()
            .positive
    );
    walk.forward();
}

#[test]
fn an_objection_that_changes_the_evidence_turns_the_opinion() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.to_first_opinion();
    walk.on("2021-09-03").post();
    let desk = county.desk();
    walk.on("2021-09-06");
    assistance::object(&desk, &county.ctx(CLERK), walk.case, "邻居", "他家有出租房").unwrap();
    change(
        &county,
        &family,
        family.members[0],
        income("property", 900, "2020-09-01"),
        false,
    );
    let resolution = Resolution {
        upheld: true,
        appraisal: Some(meeting(&county)),
        answer: "租金 900 元属实".to_owned(),
    };
    let opinion =
        assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &resolution).unwrap();
    assert_eq!(
        (opinion.positive, opinion.reasons[0].code.as_str()),
        (false, "income_not_below_standard")
    );
    assert_eq!(walk.state(), "opinion_negative");
    walk.forward();
    walk.county_opinion();
    assert_eq!(walk.decide().kind, assistance::DecisionKind::Refuse);
}

#[test]
fn a_second_notice_holds_the_decision_up() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on(APRIL[0]);
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept()
        .investigate()
        .ask()
        .answer()
        .appraise()
        .opinion();
    walk.on(APRIL[1]).post();
    walk.on(APRIL[2]).forward().county_opinion();
    let decide = || assistance::decide(&county.desk(), &county.ctx(REVIEWER), walk.case);
    refused(
        decide(),
        &["`post_county_notice` (县级公示) comes first; the role officer takes it"],
    );
    walk.on(APRIL[3]).county_notice();
    walk.on("2021-04-02");
    // Posted 03-29, runs 03-30 to 04-05, which is a holiday.
    refused(
        decide(),
        &[
            "runs until 2021-04-05",
            "`decide` may be taken from 2021-04-06",
        ],
    );
    walk.on("2021-04-06");
    decide().unwrap();
}

#[test]
fn a_closed_case_takes_no_further_step() {
    let county = County::new();
    let walk = applied(&county);
    refused(
        assistance::withdraw(&county.desk(), &county.ctx(OFFICER), walk.case, "本人撤回"),
        &["township_clerk or village_director"],
    );
    assistance::withdraw(&county.desk(), &county.ctx(DIRECTOR), walk.case, "本人撤回").unwrap();
    refused(
        assistance::accept(&county.desk(), &county.ctx(CLERK), walk.case),
        &[
            "is in state `withdrawn`",
            "the case is closed",
            "a closed case needs a new application",
        ],
    );
}

#[test]
fn a_list_tells_what_every_case_lacks() {
    let county = County::new();
    let (one, two) = (
        applied(&county),
        Walk::apply(
            &county,
            &urban_couple(&county, LUCHENG_2, 290),
            "urban-dibao",
        ),
    );
    let error =
        assistance::forward_many(&county.desk(), &county.ctx(CLERK_2), &[one.case, two.case])
            .unwrap_err();
    let assistance::AssistanceError::Refused(refusals) = &error else {
        panic!("{error}")
    };
    assert_eq!(refusals.len(), 2);
    let text = error.to_string();
    assert!(
        text.contains("case C000001") && text.contains("case C000002"),
        "{text}"
    );
    assert_eq!(
        text.matches("\n  - ").count(),
        text.matches("\n    hint: ").count()
    );
}

#[test]
fn nobody_is_admitted_who_was_never_posted() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 590);
    county.on("2021-08-16");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    assert!(!walk.to_first_opinion().positive);
    walk.forward().county_opinion();
    // What turns up now would admit the family, but nobody could object to it.
    change(
        &county,
        &family,
        family.members[0],
        income("transfer", 100, "2021-01-01"),
        false,
    );
    refused(
        assistance::decide(&county.desk(), &county.ctx(REVIEWER), walk.case),
        &[
            "is in state `county_opinion_negative`",
            "the condition `decision == refuse`",
            "found decision = grant",
        ],
    );
}

#[test]
fn what_turns_up_after_the_notice_may_still_refuse() {
    let county = County::new();
    let walk = applied(&county);
    walk.to_first_opinion();
    walk.on("2021-09-02").post();
    walk.on("2021-09-10").forward();
    assert!(walk.county_opinion().positive);
    let case = county
        .store
        .read(|q| assistance::case(q, walk.case))
        .unwrap();
    let members = vec![case.applicant];
    let family = support::family::Family {
        household: case.household,
        members,
        clerk: CLERK,
    };
    change(
        &county,
        &family,
        case.applicant,
        income("transfer", 3_000, "2021-01-01"),
        false,
    );
    let decided = walk.decide();
    assert_eq!(decided.kind, assistance::DecisionKind::Refuse);
    assert_eq!(decided.reasons[0].code, "income_not_below_standard");
}
