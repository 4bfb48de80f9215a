//! Four eyes, roles and areas: who may not take a step.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self};
use support::family::urban_couple;
use support::walk::{Walk, answers, application, sources, visit};
use support::{
    CLERK, CLERK_YALA, County, DIRECTOR, EVERYBODY, LUCHENG_1, LUCHENG_2, OFFICER, YALA_1, refused,
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
        &["`apply`", "`accept`", "`first_opinion`"],
    );
    assert_eq!(text.matches("took part in").count(), 3, "{text}");
    let walk = Walk {
        county: &county,
        case,
        clerk: CLERK,
        village: LUCHENG_1,
    };
    walk.county_opinion();
    refused(
        assistance::decide(&desk, &me(), case),
        &["`apply`", "`accept`", "`first_opinion`"],
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
    let opinion = |visited| {
        assistance::county_opinion(&county.desk(), &county.ctx(OFFICER), walk.case, visited)
    };
    refused(opinion(None), &["a home visit of the county"]);
    refused(
        opinion(Some(support::day("2021-08-26"))),
        &["visited_on: 2021-08-26 lies after today"],
    );
    opinion(Some(support::day("2021-08-24"))).unwrap();
}
