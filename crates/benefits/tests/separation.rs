//! Four eyes, roles and areas: who may not take a step.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self};
use minsheng_registry::evidence::{self, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households;
use minsheng_store::{Query, statement};
use support::family::{Family, change, income, row, urban_couple};
use support::walk::{APRIL, AUGUST, Walk, answers, application, granted, meeting, sources, visit};
use support::{
    CLERK, CLERK_YALA, County, DIRECTOR, EVERYBODY, LUCHENG_1, LUCHENG_2, OFFICER, OFFICER_2,
    REVIEWER, YALA_1, day, refused,
};

fn applied(county: &County) -> Walk<'_> {
    let family = urban_couple(county, LUCHENG_1, 290);
    county.on("2021-09-01");
    Walk::apply(county, &family, "urban-dibao")
}

#[test]
fn who_entered_or_gave_an_opinion_never_confirms() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let desk = county.desk();
    let case = assistance::apply(
        &desk,
        &county.ctx(EVERYBODY),
        &application(&family, "urban-dibao"),
    )
    .unwrap();
    let walk = Walk {
        county: &county,
        case,
        clerk: CLERK,
        village: LUCHENG_1,
    };
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    refused(
        assistance::county_opinion(&desk, &county.ctx(EVERYBODY), case, None),
        &[
            "`everybody` took part in `apply` on 2021-08-16",
            "hint: hand the case to a colleague",
        ],
    );
    walk.county_opinion();
    refused(
        assistance::decide(&desk, &county.ctx(EVERYBODY), case),
        &["took part in `apply`"],
    );
    walk.decide();
    assistance::open_review(
        &desk,
        &county.ctx(EVERYBODY),
        case,
        assistance::Cause::Income,
        "收入变化",
    )
    .unwrap();
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
    let text = refused(
        assistance::county_opinion(&desk, &me(), case, None),
        &[
            "`apply`",
            "`accept`",
            "`investigate`",
            "`first_opinion`",
            "`post_notice`",
            "`forward`",
        ],
    );
    assert_eq!(text.matches("took part in").count(), 6, "{text}");
    let walk = Walk {
        county: &county,
        case,
        clerk: CLERK,
        village: LUCHENG_1,
    };
    walk.county_opinion();
    refused(
        assistance::decide(&desk, &me(), case),
        &["`apply`", "`accept`", "`investigate`", "`first_opinion`"],
    );
}

/// A family whose changes are recorded by a user who holds every role.
fn recorded_by_everybody(family: &Family) -> Family {
    Family {
        clerk: EVERYBODY,
        ..family.clone()
    }
}

#[test]
fn who_recorded_evidence_since_the_last_decision_never_decides_the_review() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        let (walk, _) = granted(county, &family, "urban-dibao", AUGUST);
        let desk = county.desk();
        let open = || {
            let cause = assistance::Cause::Income;
            assistance::open_review(&desk, &county.ctx(CLERK), walk.case, cause, "收入变化")
                .unwrap();
        };
        county.on("2021-10-11");
        let own = recorded_by_everybody(&family);
        let raised = income("transfer", 490, "2021-09-01");
        change(county, &own, family.members[1], raised, false);
        open();
        county.on("2021-10-18");
        refused(
            assistance::decide_review(&desk, &county.ctx(EVERYBODY), walk.case),
            &[
                "`everybody` recorded evidence or membership of P000002, last on 2021-10-11",
                "hint: hand the case to a colleague",
            ],
        );
        assistance::decide_review(&desk, &county.ctx(REVIEWER), walk.case).unwrap();
        // What was recorded before that decision, others have judged already.
        open();
        assistance::decide_review(&desk, &county.ctx(EVERYBODY), walk.case).unwrap();
    });
}

#[test]
fn who_recorded_evidence_or_a_member_of_the_household_never_decides_the_case() {
    let county = County::new();
    let desk = county.desk();
    let decide = |walk: &Walk<'_>| assistance::decide(&desk, &county.ctx(EVERYBODY), walk.case);

    let other = urban_couple(&county, LUCHENG_1, 290);
    let evidence = urban_couple(&county, LUCHENG_1, 290);
    let home = evidence::About::Household(evidence.household);
    evidence::end(
        &desk,
        &county.ctx(EVERYBODY),
        home,
        "vehicle",
        "",
        day("2020-09-01"),
    )
    .unwrap();
    let vehicle = NewEvidence {
        about: home,
        row: EvidenceRow {
            quantity: Some(0),
            ..row("vehicle", "2020-09-01")
        },
        health: false,
        source: "register".to_owned(),
    };
    evidence::record(&desk, &county.ctx(CLERK), &vehicle).unwrap();
    county.on("2020-09-02");
    let membership = urban_couple(&county, LUCHENG_1, 290);
    let gone = membership.members[1];
    let ctx = county.ctx(EVERYBODY);
    households::leave(&desk, &ctx, membership.household, gone, county.today()).unwrap();

    county.on(AUGUST[0]);
    let walks = [&evidence, &membership, &other].map(|family| {
        let walk = Walk::apply(&county, family, "urban-dibao");
        walk.to_first_opinion();
        walk
    });
    county.on(AUGUST[1]);
    for walk in &walks {
        walk.post();
    }
    county.on(AUGUST[2]);
    for walk in &walks {
        walk.forward().county_opinion();
    }
    refused(
        decide(&walks[0]),
        &["`everybody` recorded evidence or membership of H000002, last on 2020-09-01"],
    );
    refused(
        decide(&walks[1]),
        &[&format!(
            "`everybody` recorded evidence or membership of {gone}, last on 2020-09-02"
        )],
    );
    decide(&walks[2]).unwrap();
    walks[0].decide();
    walks[1].decide();
}

statement! {
    PROPOSED_BY, internal "a test",
    "SELECT proposed_by FROM decision WHERE case_id = ?1"
}

#[test]
fn who_answered_an_objection_gave_the_last_opinion_and_never_decides() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on(APRIL[0]);
    let desk = county.desk();
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept()
        .investigate()
        .ask()
        .answer()
        .appraise()
        .opinion();
    walk.on(APRIL[1]).post();
    walk.on(APRIL[2]).forward().county_opinion();
    walk.on(APRIL[3]).county_notice();
    let answered = |user| {
        assistance::object(
            &desk,
            &county.ctx(OFFICER),
            walk.case,
            "邻居",
            "他家有出租房",
        )
        .unwrap();
        let resolution = assistance::Resolution {
            upheld: false,
            appraisal: Some(meeting(&county)),
            answer: "不属实".to_owned(),
        };
        assistance::resolve_objection(&desk, &county.ctx(user), walk.case, &resolution).unwrap();
    };
    answered(EVERYBODY);
    answered(OFFICER_2);
    walk.on(APRIL[4]);
    refused(
        assistance::decide(&desk, &county.ctx(EVERYBODY), walk.case),
        &["`everybody` took part in `resolve_objection` on 2021-03-29"],
    );
    walk.decide();
    let rows = county
        .store
        .read(|q| q.rows(&PROPOSED_BY, &[walk.case.into()]));
    assert_eq!(rows.unwrap()[0].text(0).unwrap(), OFFICER_2);
}

#[test]
fn who_answered_an_objection_in_the_township_takes_no_part_in_the_county() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let desk = county.desk();
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    assistance::object(&desk, &county.ctx(CLERK), walk.case, "邻居", "他家有出租房").unwrap();
    let resolution = assistance::Resolution {
        upheld: false,
        appraisal: Some(meeting(&county)),
        answer: "不属实".to_owned(),
    };
    assistance::resolve_objection(&desk, &county.ctx(EVERYBODY), walk.case, &resolution).unwrap();
    walk.on("2021-08-30").forward();
    let named = ["`everybody` took part in `resolve_objection` on 2021-08-17"];
    refused(
        assistance::county_opinion(&desk, &county.ctx(EVERYBODY), walk.case, None),
        &named,
    );
    walk.county_opinion();
    refused(
        assistance::decide(&desk, &county.ctx(EVERYBODY), walk.case),
        &named,
    );
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
        assistance::apply(
            &desk,
            &county.ctx(DIRECTOR),
            &application(&other, "urban-dibao"),
        ),
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
    let error =
        assistance::post_notices(&county.desk(), &county.ctx(CLERK), LUCHENG_1, &both).unwrap_err();
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
        assistance::post_notices(
            &county.desk(),
            &county.ctx(CLERK),
            LUCHENG_1,
            &[walk.case, walk.case],
        ),
        &["named twice"],
    );
    refused(
        assistance::post_notices(&county.desk(), &county.ctx(CLERK), LUCHENG_1, &[]),
        &["at least one case"],
    );
}
