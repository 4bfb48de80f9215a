//! Applications that are refused or sent back for papers, and nobody served twice.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Papers};
use minsheng_core::Relation;
use minsheng_registry::CaseId;
use support::family::{Draft, dies, row, urban_couple};
use support::walk::{AUGUST, Walk, application, granted};
use support::{
    CLERK, County, DIRECTOR, LUCHENG_1, LUCHENG_2, OFFICER, OFFICER_2, REVIEWER, refused,
};

#[test]
fn papers_are_listed_once() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let mut form = application(&family, "urban-dibao");
    form.papers = Papers {
        codes: vec!["declaration".to_owned()],
        near_relative: None,
    };
    let walk = Walk::apply_with(&county, &family, &form);
    let (desk, ctx) = (county.desk(), || county.ctx(CLERK));
    refused(
        assistance::accept(&desk, &ctx(), walk.case),
        &[
            "case C000001 is in state `applied`: `accept` is not possible",
            "papers: authorisation",
            "no answer whether a member is a near relative",
            "hint: hand them in with `minsheng case supplement C000001 --paper CODE,…`",
        ],
    );
    refused(
        assistance::request_papers(&desk, &ctx(), walk.case, &[]),
        &["the list of papers is empty"],
    );
    let asked = ["authorisation".to_owned(), "bank_statement".to_owned()];
    assistance::request_papers(&desk, &ctx(), walk.case, &asked).unwrap();
    refused(
        assistance::accept(&desk, &ctx(), walk.case),
        &[
            "is in state `papers_requested`",
            "`supplement` (补正材料) comes first; the role township_clerk takes it",
        ],
    );
    let handed = Papers {
        codes: vec!["authorisation".to_owned()],
        near_relative: Some(true),
    };
    assistance::supplement(&desk, &county.ctx(DIRECTOR), walk.case, &handed).unwrap();
    refused(
        assistance::request_papers(&desk, &ctx(), walk.case, &asked),
        &["1 time(s)", "taken on 2021-09-01", "D21 art. 10"],
    );
    refused(
        assistance::accept(&desk, &ctx(), walk.case),
        &["papers: bank_statement"],
    );
    let rest = Papers {
        codes: vec!["bank_statement".to_owned()],
        near_relative: None,
    };
    assistance::supplement(&desk, &ctx(), walk.case, &rest).unwrap();
    refused(
        assistance::accept(&desk, &ctx(), walk.case),
        &["it is not registered who of the household is whose near relative"],
    );
    walk.relative(family.members[1], OFFICER_2);
    assistance::accept(&desk, &ctx(), walk.case).unwrap();
}

#[test]
fn the_dead_do_not_apply() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let form = application(&family, "urban-dibao");
    dies(&county, &family, form.applicant, "2021-08-20");
    refused(
        assistance::apply(&county.desk(), &county.ctx(CLERK), &form),
        &["applicant", "died on 2021-08-20", "another member"],
    );
}

#[test]
fn a_near_relatives_case_stays_one_whatever_is_handed_in_later() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let mut form = application(&family, "urban-dibao");
    form.papers.near_relative = Some(true);
    let walk = Walk::apply_with(&county, &family, &form);
    let desk = county.desk();
    let asked = ["bank_statement".to_owned()];
    assistance::request_papers(&desk, &county.ctx(CLERK), walk.case, &asked).unwrap();
    let hand_in = |user, near_relative| {
        let papers = Papers {
            codes: asked.to_vec(),
            near_relative,
        };
        assistance::supplement(&desk, &county.ctx(user), walk.case, &papers)
    };
    for user in [CLERK, DIRECTOR] {
        refused(
            hand_in(user, Some(false)),
            &["`near_relative = yes`", "a later `no` does not undo that"],
        );
    }
    hand_in(CLERK, None).unwrap();
    walk.relative(family.members[0], OFFICER_2);
    walk.accept().investigate();
    walk.ask_by(OFFICER).answer_by(OFFICER).opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    refused(
        assistance::county_opinion(&desk, &county.ctx(OFFICER), walk.case, None),
        &["a home visit of the county"],
    );
}

#[test]
fn nobody_applies_for_a_household_of_others_or_twice() {
    let county = County::new();
    let (one, other) = (
        urban_couple(&county, LUCHENG_1, 290),
        urban_couple(&county, LUCHENG_1, 290),
    );
    county.on("2021-09-01");
    let mut form = application(&one, "urban-dibao");
    form.applicant = other.members[0];
    let (desk, ctx) = (county.desk(), || county.ctx(CLERK));
    refused(
        assistance::apply(&desk, &ctx(), &form),
        &[
            "the application of P000003 for H000001",
            "P000003 is no member of H000001",
            "hint: record the membership",
        ],
    );
    let walk = Walk::apply(&county, &one, "urban-dibao");
    refused(
        assistance::apply(&desk, &ctx(), &application(&one, "urban-dibao")),
        &[
            "H000001 is already in case C000001 (urban-dibao, state `applied`)",
            "nobody is served twice",
        ],
    );
    // Nor in the other area.
    refused(
        assistance::apply(&desk, &ctx(), &application(&one, "rural-dibao")),
        &["H000001 is already in case C000001"],
    );
    assistance::withdraw(&desk, &ctx(), walk.case, "本人撤回").unwrap();
    let again = Walk::apply(&county, &one, "urban-dibao");
    let number = county
        .store
        .read(|q| assistance::case(q, again.case))
        .unwrap()
        .number;
    assert_eq!(
        number, "ASSISTANCE-513301-2021-000002",
        "a refused application uses up no number"
    );
    let twice = [
        application(&other, "urban-dibao"),
        application(&other, "rural-dibao"),
    ];
    refused(
        assistance::apply_many(&desk, &ctx(), &twice),
        &["application 2", "already applies with application 1"],
    );
}

#[test]
fn who_is_served_in_one_household_is_not_admitted_in_another() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let desk = county.desk();
    use minsheng_registry::households;
    households::leave(
        &desk,
        &county.ctx(CLERK),
        family.household,
        family.members[1],
        county.today(),
    )
    .unwrap();
    let host = Draft::new(&county, LUCHENG_2, "urban")
        .member("王芳", "1965-01-02", Relation::Head)
        .earns("transfer", 200)
        .record();
    households::join(
        &desk,
        &county.ctx(CLERK),
        host.household,
        family.members[1],
        Relation::Spouse,
        county.today(),
    )
    .unwrap();
    refused(
        assistance::apply(
            &desk,
            &county.ctx(CLERK),
            &application(&host, "urban-dibao"),
        ),
        &["P000002 is already in case C000001 (urban-dibao, state `in_force`)"],
    );
    // After the review of the old case, which no longer counts the person, the way is free.
    assistance::open_review(
        &desk,
        &county.ctx(CLERK),
        walk.case,
        assistance::Cause::Members,
        "迁出",
    )
    .unwrap();
    assistance::decide_review(&desk, &county.ctx(REVIEWER), walk.case).unwrap();
    Walk::apply(&county, &host, "urban-dibao");
}

#[test]
fn unknown_cases_and_programmes_are_named() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let desk = county.desk();
    refused(
        assistance::accept(&desk, &county.ctx(CLERK), CaseId(9)),
        &["there is no case C000009", "hint: "],
    );
    refused(
        assistance::apply(
            &desk,
            &county.ctx(CLERK),
            &application(&family, "old-age-allowance"),
        ),
        &[
            "there is no programme `old-age-allowance`",
            "rural-dibao, urban-dibao",
        ],
    );
}

/// A monk who heads a household may apply alone, and counts in the household.
#[test]
fn nobody_is_served_by_two_cases_decided_one_after_the_other_or_together() {
    let county = County::new();
    let family = Draft::new(&county, LUCHENG_1, "rural")
        .member("泽仁", "1960-05-04", Relation::Head)
        .about_last(row("clergy", "2010-01-01"), false)
        .member("卓玛", "1962-03-08", Relation::Spouse)
        .record();
    county.on("2021-08-16");
    let mut alone = application(&family, "rural-dibao");
    alone.single = true;
    let walks = [
        Walk::apply_with(&county, &family, &alone),
        Walk::apply(&county, &family, "rural-dibao"),
    ];
    for walk in &walks {
        assert!(walk.to_first_opinion().positive);
    }
    county.on("2021-08-17");
    let cases = walks.each_ref().map(|walk| walk.case);
    assistance::post_notices(&county.desk(), &county.ctx(CLERK), LUCHENG_1, &cases).unwrap();
    county.on("2021-08-25");
    for walk in &walks {
        walk.forward().county_opinion();
    }
    let served = "P000001 is already in case C000001 (rural-dibao";
    refused(
        assistance::decide_many(&county.desk(), &county.ctx(REVIEWER), &cases),
        &[
            "case C000002 is in state `county_opinion_positive`",
            served,
            "state `decided with it`",
        ],
    );
    assert_eq!(walks[0].state(), "county_opinion_positive", "all or none");
    walks[0].decide();
    refused(
        assistance::decide(&county.desk(), &county.ctx(REVIEWER), cases[1]),
        &[served, "state `in_force`", "nobody is served twice"],
    );
}
