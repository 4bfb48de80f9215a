//! Every step that is refused, with what the clerk is told: the state, everything that is missing, what to do.

mod support;

use minsheng_benefits::assistance::{self, Missing, Papers, Resolution};
use minsheng_core::Relation;
use minsheng_registry::CaseId;
use support::family::{Draft, change, code, income, urban_couple};
use support::walk::{APRIL, AUGUST, Walk, answers, application, granted, meeting, sources, visit};
use support::{
    CLERK, CLERK_2, CLERK_YALA, County, DIRECTOR, EVERYBODY, LUCHENG_1, LUCHENG_2, OFFICER, REVIEWER,
    YALA_1, refused,
};

fn applied(county: &County) -> Walk<'_> {
    let family = urban_couple(county, LUCHENG_1, 290);
    county.on("2021-09-01");
    Walk::apply(county, &family, "urban-dibao")
}

#[test]
fn papers_are_listed_once() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let mut form = application(&family, "urban-dibao");
    form.papers = Papers { codes: vec!["declaration".to_owned()], near_relative: None };
    let walk = Walk::apply_with(&county, &family, &form);
    let (desk, ctx) = (county.desk(), || county.ctx(CLERK));
    refused(
        assistance::accept(&desk, &ctx(), walk.case),
        &[
            "case C000001 is in state `applied`: `accept` is not possible",
            "papers: authorisation",
            "no answer whether a member is a near relative",
            "hint: hand them in with `supplement`",
        ],
    );
    refused(assistance::request_papers(&desk, &ctx(), walk.case, &[]), &["the list of papers is empty"]);
    let asked = ["authorisation".to_owned(), "bank_statement".to_owned()];
    assistance::request_papers(&desk, &ctx(), walk.case, &asked).unwrap();
    refused(
        assistance::accept(&desk, &ctx(), walk.case),
        &["is in state `papers_requested`", "`supplement` (补正材料) by a township_clerk comes first"],
    );
    let handed = Papers { codes: vec!["authorisation".to_owned()], near_relative: Some(true) };
    assistance::supplement(&desk, &county.ctx(DIRECTOR), walk.case, &handed).unwrap();
    refused(
        assistance::request_papers(&desk, &ctx(), walk.case, &asked),
        &["1 time(s)", "taken on 2021-09-01", "D21 art. 10"],
    );
    refused(assistance::accept(&desk, &ctx(), walk.case), &["papers: bank_statement"]);
}

#[test]
fn nobody_applies_for_a_household_of_others_or_twice() {
    let county = County::new();
    let (one, other) = (urban_couple(&county, LUCHENG_1, 290), urban_couple(&county, LUCHENG_1, 290));
    county.on("2021-09-01");
    let mut form = application(&one, "urban-dibao");
    form.applicant = other.members[0];
    let (desk, ctx) = (county.desk(), || county.ctx(CLERK));
    refused(
        assistance::apply(&desk, &ctx(), &form),
        &["the application of P000003 for H000001", "P000003 is no member of H000001", "hint: record the membership"],
    );
    let walk = Walk::apply(&county, &one, "urban-dibao");
    refused(
        assistance::apply(&desk, &ctx(), &application(&one, "urban-dibao")),
        &["H000001 is already in case C000001 (urban-dibao, state `applied`)", "nobody is served twice"],
    );
    // Nor in the other area.
    refused(
        assistance::apply(&desk, &ctx(), &application(&one, "rural-dibao")),
        &["H000001 is already in case C000001"],
    );
    assistance::withdraw(&desk, &ctx(), walk.case, "本人撤回").unwrap();
    let again = Walk::apply(&county, &one, "urban-dibao");
    let number = county.store.read(|q| assistance::case(q, again.case)).unwrap().number;
    assert_eq!(number, "ASSISTANCE-513301-2021-000002", "a refused application uses up no number");
    let twice = [application(&other, "urban-dibao"), application(&other, "rural-dibao")];
    refused(assistance::apply_many(&desk, &ctx(), &twice), &["application 2", "already applies with application 1"]);
}

#[test]
fn who_is_served_in_one_household_is_not_admitted_in_another() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let desk = county.desk();
    use minsheng_registry::households;
    households::leave(&desk, &county.ctx(CLERK), family.household, family.members[1], county.today()).unwrap();
    let host = Draft::new(&county, LUCHENG_2, "urban")
        .member("王芳", "1965-01-02", Relation::Head)
        .earns("transfer", 200)
        .record();
    households::join(&desk, &county.ctx(CLERK), host.household, family.members[1], Relation::Spouse, county.today())
        .unwrap();
    refused(
        assistance::apply(&desk, &county.ctx(CLERK), &application(&host, "urban-dibao")),
        &["P000002 is already in case C000001 (urban-dibao, state `in_force`)"],
    );
    // After the review of the old case, which no longer counts the person, the way is free.
    assistance::open_review(&desk, &county.ctx(CLERK), walk.case, assistance::Cause::Members, "迁出").unwrap();
    assistance::decide_review(&desk, &county.ctx(REVIEWER), walk.case).unwrap();
    Walk::apply(&county, &host, "urban-dibao");
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
}

#[test]
fn an_opinion_waits_for_the_answers_of_the_registers() {
    let county = County::new();
    let walk = applied(&county);
    walk.accept().investigate();
    let desk = county.desk();
    let opinion = || assistance::first_opinion(&desk, &county.ctx(CLERK), walk.case);
    refused(opinion(), &["the cross-check was not begun", "take `cross_check_start`"]);
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
    refused(opinion(), &["no answer yet from banks", "cross_check_answer"]);
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
    let error = assistance::first_opinion(&county.desk(), &county.ctx(CLERK), walk.case).unwrap_err();
    let text = error.to_string();
    for part in ["undetermined: needs", "收入和支出申报", "机动车", "hint: record this evidence"] {
        assert!(text.contains(part), "{text}");
    }
    let [Missing::Evidence { needs }] = error.missing()[..] else { panic!("{text}") };
    assert!(needs.iter().any(|need| need.id == family.members[1].0 && need.field == "income_declaration"));
    assert_eq!(county.known(), before, "nothing was written");
    let declared = code("income_declaration", "declared", "2021-01-01");
    change(&county, &family, family.members[1], declared, false);
    let text = assistance::first_opinion(&county.desk(), &county.ctx(CLERK), walk.case).unwrap_err().to_string();
    assert!(!text.contains("收入和支出申报") && text.contains("机动车"), "{text}");
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
            "`forward` (公示期满报县) by a township_clerk comes first",
            "`county_opinion` (县级审核同意) by a officer comes first",
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
        &["no objection is open", "`object` (提出异议) by a township_clerk comes first"],
    );
    refused(assistance::object(&desk, &county.ctx(DIRECTOR), walk.case, "邻居", " "), &["statement: say what"]);
    assistance::object(&desk, &county.ctx(DIRECTOR), walk.case, "邻居", "他家有出租房").unwrap();
    walk.on("2021-09-13");
    refused(
        assistance::forward(&desk, &county.ctx(CLERK), walk.case),
        &["is in state `objected`", "`resolve_objection` (异议不成立) by a township_clerk comes first"],
    );
    let without = resolution(false, "2021-09-13");
    refused(
        assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &without),
        &["the record of the democratic appraisal"],
    );
    let with = resolution(true, "2021-09-13");
    assert!(assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &with).unwrap().positive);
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
    change(&county, &family, family.members[0], income("property", 900, "2020-09-01"), false);
    let resolution =
        Resolution { upheld: true, appraisal: Some(meeting(&county)), answer: "租金 900 元属实".to_owned() };
    let opinion = assistance::resolve_objection(&desk, &county.ctx(CLERK), walk.case, &resolution).unwrap();
    assert_eq!((opinion.positive, opinion.reasons[0].code.as_str()), (false, "income_not_below_standard"));
    assert_eq!(walk.state(), "opinion_negative");
    walk.forward();
    walk.county_opinion();
    assert_eq!(walk.decide().kind, assistance::DecisionKind::Refuse);
}

#[test]
fn who_entered_or_gave_an_opinion_never_confirms() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let desk = county.desk();
    let case = assistance::apply(&desk, &county.ctx(EVERYBODY), &application(&family, "urban-dibao")).unwrap();
    let walk = Walk { county: &county, case, clerk: CLERK, village: LUCHENG_1 };
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    refused(
        assistance::county_opinion(&desk, &county.ctx(EVERYBODY), case, None),
        &["`everybody` took part in `apply` on 2021-08-16", "hint: hand the case to a colleague"],
    );
    walk.county_opinion();
    refused(assistance::decide(&desk, &county.ctx(EVERYBODY), case), &["took part in `apply`"]);
    walk.decide();
    assistance::open_review(&desk, &county.ctx(EVERYBODY), case, assistance::Cause::Income, "收入变化").unwrap();
    refused(
        assistance::decide_review(&desk, &county.ctx(EVERYBODY), case),
        &["took part in `open_review` on 2021-08-25"],
    );
}

#[test]
fn one_user_never_walks_a_case_alone() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let (desk, me) = (county.desk(), || county.ctx(EVERYBODY));
    let case = assistance::apply(&desk, &me(), &application(&family, "urban-dibao")).unwrap();
    assistance::accept(&desk, &me(), case).unwrap();
    assistance::investigate(&desk, &me(), case, &visit(&county)).unwrap();
    assistance::cross_check_start(&desk, &me(), case, &sources()).unwrap();
    assistance::cross_check_answer_many(&desk, &me(), &[(case, answers())]).unwrap();
    assistance::first_opinion(&desk, &me(), case).unwrap();
    assistance::post_notices(&desk, &me(), LUCHENG_1, &[case]).unwrap();
    county.on("2021-08-24");
    assistance::forward(&desk, &me(), case).unwrap();
    let text = refused(assistance::county_opinion(&desk, &me(), case, None), &["`apply`", "`accept`", "`first_opinion`"]);
    assert_eq!(text.matches("took part in").count(), 3, "{text}");
    let walk = Walk { county: &county, case, clerk: CLERK, village: LUCHENG_1 };
    walk.county_opinion();
    refused(assistance::decide(&desk, &me(), case), &["`apply`", "`accept`", "`first_opinion`"]);
}

#[test]
fn a_clerk_acts_only_in_the_own_township_and_role() {
    let county = County::new();
    let walk = applied(&county);
    let desk = county.desk();
    refused(
        assistance::accept(&desk, &county.ctx(CLERK_YALA), walk.case),
        &["`clerk-yala` works in area 513301201000; the case belongs to 513301001001"],
    );
    refused(
        assistance::accept(&desk, &county.ctx(OFFICER), walk.case),
        &["`officer-1` does not hold the role township_clerk"],
    );
    refused(
        assistance::accept(&desk, &county.ctx(DIRECTOR), walk.case),
        &["`director-1` does not hold the role township_clerk"],
    );
    walk.accept();
    refused(
        assistance::cross_check_start(&desk, &county.ctx(CLERK), walk.case, &sources()),
        &["does not hold the role officer"],
    );
    // The county's officer works everywhere.
    assistance::cross_check_start(&desk, &county.ctx(OFFICER), walk.case, &sources()).unwrap();
    let other = urban_couple(&county, LUCHENG_2, 290);
    refused(
        assistance::apply(&desk, &county.ctx(DIRECTOR), &application(&other, "urban-dibao")),
        &["`director-1` works in area 513301001001; the case belongs to 513301001002"],
    );
}

#[test]
fn a_list_holds_the_cases_of_its_place() {
    let county = County::new();
    let walk = applied(&county);
    let yala = urban_couple(&county, YALA_1, 290);
    let other = Walk::apply(&county, &yala, "urban-dibao");
    walk.to_first_opinion();
    county.on("2021-09-03");
    other.accept();
    let both = [walk.case, other.case];
    let error = assistance::post_notices(&county.desk(), &county.ctx(CLERK), LUCHENG_1, &both).unwrap_err();
    let text = error.to_string();
    for part in [
        "case C000002 is in state `accepted`: `post_notice` is not possible",
        "`investigate` (入户调查)",
        "the list is for 513301001001, the case belongs to 513301201201",
        "works in area 513301001000",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(walk.state(), "opinion_positive", "all or none");
    refused(
        assistance::post_notices(&county.desk(), &county.ctx(CLERK), LUCHENG_1, &[walk.case, walk.case]),
        &["named twice"],
    );
    refused(assistance::post_notices(&county.desk(), &county.ctx(CLERK), LUCHENG_1, &[]), &["at least one case"]);
}

#[test]
fn a_near_relatives_home_is_visited_by_the_county() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let mut form = application(&family, "urban-dibao");
    form.papers.near_relative = Some(true);
    let walk = Walk::apply_with(&county, &family, &form);
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    let opinion = |visited| assistance::county_opinion(&county.desk(), &county.ctx(OFFICER), walk.case, visited);
    refused(opinion(None), &["a home visit of the county"]);
    refused(opinion(Some(support::day("2021-08-26"))), &["visited_on: 2021-08-26 lies after today"]);
    opinion(Some(support::day("2021-08-24"))).unwrap();
}

#[test]
fn a_second_notice_holds_the_decision_up() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on(APRIL[0]);
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept().investigate().ask().answer().appraise().opinion();
    walk.on(APRIL[1]).post();
    walk.on(APRIL[2]).forward().county_opinion();
    let decide = || assistance::decide(&county.desk(), &county.ctx(REVIEWER), walk.case);
    refused(decide(), &["`post_county_notice` (县级公示) by a officer comes first"]);
    walk.on(APRIL[3]).county_notice();
    walk.on("2021-04-02");
    // Posted 03-29, runs 03-30 to 04-05, which is a holiday.
    refused(decide(), &["runs until 2021-04-05", "`decide` may be taken from 2021-04-06"]);
    walk.on("2021-04-06");
    decide().unwrap();
}

#[test]
fn a_closed_case_takes_no_further_step() {
    let county = County::new();
    let walk = applied(&county);
    refused(assistance::withdraw(&county.desk(), &county.ctx(OFFICER), walk.case, "本人撤回"), &["township_clerk or village_director"]);
    assistance::withdraw(&county.desk(), &county.ctx(DIRECTOR), walk.case, "本人撤回").unwrap();
    refused(
        assistance::accept(&county.desk(), &county.ctx(CLERK), walk.case),
        &["is in state `withdrawn`", "the case is closed", "a closed case needs a new application"],
    );
}

#[test]
fn unknown_cases_and_programmes_are_named() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let desk = county.desk();
    refused(assistance::accept(&desk, &county.ctx(CLERK), CaseId(9)), &["there is no case C000009", "hint: "]);
    refused(
        assistance::apply(&desk, &county.ctx(CLERK), &application(&family, "old-age-allowance")),
        &["there is no programme `old-age-allowance`", "rural-dibao, urban-dibao"],
    );
}

#[test]
fn a_list_tells_what_every_case_lacks() {
    let county = County::new();
    let (one, two) = (applied(&county), Walk::apply(&county, &urban_couple(&county, LUCHENG_2, 290), "urban-dibao"));
    let error = assistance::forward_many(&county.desk(), &county.ctx(CLERK_2), &[one.case, two.case]).unwrap_err();
    let assistance::AssistanceError::Refused(refusals) = &error else { panic!("{error}") };
    assert_eq!(refusals.len(), 2);
    for text in [error.to_string()] {
        assert!(text.contains("case C000001") && text.contains("case C000002"), "{text}");
        assert_eq!(text.matches("\n  - ").count(), text.matches("\n    hint: ").count());
    }

}
