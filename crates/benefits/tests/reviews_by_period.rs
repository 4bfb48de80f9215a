//! Reviews by period: the category follows from the facts by the law of the case, the next review is due from the
//! last decision, and a clerk may say otherwise with a reason.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::periodic::{ReviewDue, reviews_due};
use minsheng_benefits::assistance::{self, Cause, DecisionKind};
use minsheng_core::{Date, Relation};
use minsheng_registry::facts::EvidenceRow;
use minsheng_store::Scope;
use support::family::{Draft, Family, income, urban_couple};
use support::walk::{APRIL, AUGUST, granted, granted_d12};
use support::{CLERK, CLERK_YALA, County, LUCHENG_1, REVIEWER, YALA, YALA_1, day, refused};

fn due(county: &County, by: &str) -> Vec<ReviewDue> {
    due_in(county, &Scope::county(), by)
}

fn due_in(county: &County, scope: &Scope, by: &str) -> Vec<ReviewDue> {
    county
        .store
        .read(|q| reviews_due(&county.desk(), q, scope, day(by), county.today()))
        .unwrap()
}

/// Category and last day of the only review on the list.
fn only(county: &County) -> (Option<String>, Date) {
    let all = due(county, "2023-12-31");
    assert_eq!(all.len(), 1, "{all:?}");
    (all[0].category.clone(), all[0].due_on)
}

fn said(category: &str, on: &str) -> (Option<String>, Date) {
    (Some(category.to_owned()), day(on))
}

/// A couple of working age of whom one had work in some months of the last twelve.
fn odd_jobs(county: &County, division: i64, area: &str) -> Family {
    let some_months = EvidenceRow {
        quantity: Some(5),
        ..income("wage", 300, "2015-01-01")
    };
    Draft::new(county, division, area)
        .member("张伟", "1980-05-04", Relation::Head)
        .about_last(some_months, false)
        .member("李娜", "1982-03-08", Relation::Spouse)
        .record()
}

#[test]
fn a_stable_household_is_due_a_year_after_the_decision_and_one_with_odd_jobs_after_half_a_year() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        granted(county, &family, "urban-dibao", AUGUST);
        assert_eq!(only(county), said("stable", "2022-08-31"));
        let family = odd_jobs(county, LUCHENG_1, "urban");
        granted(
            county,
            &family,
            "urban-dibao",
            ["2021-09-01", "2021-09-02", "2021-09-10", "2021-09-15"],
        );
        let all = due(county, "2023-12-31");
        assert_eq!(
            (all[0].category.as_deref(), all[0].due_on),
            (Some("changing"), day("2022-03-15")),
            "the nearest stands first"
        );
        assert_eq!(
            all[0].category_name.as_ref().unwrap().zh,
            "收入变动且有劳动能力（每半年）"
        );
        assert_eq!(due(county, "2022-03-15").len(), 1);
        assert_eq!(due(county, "2022-03-14"), []);
        assert_eq!(due_in(county, &Scope::of(YALA), "2023-12-31"), []);
    });
}

#[test]
fn the_old_law_asks_monthly_in_towns_quarterly_in_the_country_and_less_where_nobody_can_work() {
    for (family, programme, expected) in [
        (
            (|county| odd_jobs(county, LUCHENG_1, "urban")) as fn(&County) -> Family,
            "urban-dibao",
            said("changing_urban", "2021-05-07"),
        ),
        (
            |county| odd_jobs(county, LUCHENG_1, "rural"),
            "rural-dibao",
            said("changing_rural", "2021-07-07"),
        ),
        (
            |county| urban_couple(county, LUCHENG_1, 290),
            "urban-dibao",
            said("steady", "2021-10-08"),
        ),
        (
            |county| {
                Draft::new(county, LUCHENG_1, "urban")
                    .member("张伟", "1950-05-04", Relation::Head)
                    .earns("transfer", 300)
                    .record()
            },
            "urban-dibao",
            said("stable", "2022-04-07"),
        ),
    ] {
        let county = County::new();
        let family = family(&county);
        granted_d12(&county, &family, programme, APRIL);
        assert_eq!(only(&county), expected);
    }
}

#[test]
fn a_review_meets_the_term_and_its_decision_begins_the_next_one() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2022-09-05");
    let all = due(&county, "2022-12-31");
    assert!(all[0].overdue, "{all:?}");
    let open = |county: &County| {
        assistance::open_review(
            &county.desk(),
            &county.ctx(CLERK),
            walk.case,
            Cause::Periodic,
            "年度核查",
        )
    };
    open(&county).unwrap();
    assert_eq!(due(&county, "2023-12-31"), [], "it is under way");
    let history = county
        .store
        .read(|q| assistance::queries::history(q, &Scope::county(), walk.case))
        .unwrap();
    let opened = history.last().unwrap();
    assert_eq!(
        (opened.step.as_str(), opened.due_on, opened.acted_on),
        ("open_review", Some(day("2022-08-31")), day("2022-09-05")),
        "the step keeps the day by which it was due"
    );
    county.on("2022-09-20");
    let decided =
        assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap();
    assert_eq!(
        decided.kind,
        DecisionKind::Keep,
        "equal amounts end in keep"
    );
    assert_eq!(only(&county), said("stable", "2023-09-20"));
    assert!(!due(&county, "2023-12-31")[0].overdue);
}

#[test]
fn a_clerk_says_otherwise_with_a_reason_and_the_term_counts_from_the_same_decision() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    let set = |user: &str, category: &str, reason: &str| {
        let (desk, ctx) = (county.desk(), county.ctx(user));
        assistance::set_review_category(&desk, &ctx, walk.case, category, reason)
    };
    county.on("2021-12-06");
    refused(
        set(CLERK, "steady", "季节性打工"),
        &["`steady` is none of changing, stable"],
    );
    refused(set(CLERK, "changing", " "), &["a reason"]);
    refused(
        set(CLERK_YALA, "changing", "季节性打工"),
        &["works in area"],
    );
    set(CLERK, "changing", "季节性打工，收入时有时无").unwrap();
    assert_eq!(only(&county), said("changing", "2022-02-28"));
}

#[test]
fn what_the_facts_do_not_say_has_the_shortest_term_until_a_clerk_says_it() {
    let county = County::new();
    // A person who applies alone: of the other members nothing is declared.
    let family = Draft::new(&county, YALA_1, "rural")
        .member("扎西", "1990-05-04", Relation::Head)
        .about_last(support::family::row("clergy", "2015-01-01"), false)
        .silent("卓玛", "1965-03-08", Relation::Parent)
        .about_last(support::family::code("student", "no", "2015-01-01"), false)
        .record();
    let form = minsheng_benefits::assistance::NewApplication {
        single: true,
        ..support::walk::application(&family, "rural-dibao")
    };
    county.on("2021-08-16");
    let walk = support::walk::Walk::apply_with(&county, &family, &form);
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward().county_opinion();
    walk.on("2021-08-31").decide();
    assert_eq!(only(&county), (None, day("2022-02-28")));
}
