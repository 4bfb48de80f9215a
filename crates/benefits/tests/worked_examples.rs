//! The worked examples DB-1 to DB-9 of dibao as people live them: a family is registered with its evidence, applies,
//! is examined by everyone whose step it is, and is decided. DB-8 is told in `casework.rs`.
//!
//! Expected figures are those of the handbook, by hand; the pack's own examples test the rules alone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, Decided, DecisionKind, NewApplication, roll};
use minsheng_core::{Month, Relation};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::{PersonId, evidence};
use support::family::{Draft, Family, code, dies, income, row};
use support::walk::{APRIL, AUGUST, Walk, application};
use support::{CLERK, County, LUCHENG_1, REVIEWER, YALA_1};

/// Under which version of the law a case is accepted, and with it on which days it goes on.
#[derive(Clone, Copy)]
enum Law {
    D12,
    D21,
}

/// Takes an application to its decision, whatever the decision is.
fn decided(county: &County, family: &Family, form: &NewApplication, law: Law) -> Decided {
    let days: &[&str] = match law {
        Law::D12 => &APRIL,
        Law::D21 => &AUGUST,
    };
    county.on(days[0]);
    let walk = Walk::apply_with(county, family, form);
    walk.accept().investigate().ask().answer();
    if let Law::D12 = law {
        walk.appraise();
    }
    let admitted = walk.opinion().positive;
    if admitted {
        walk.on(days[1]).post();
    }
    let confirmed = walk.on(days[2]).forward().county_opinion().positive;
    assert_eq!(admitted, confirmed, "nothing changed between the opinions");
    if let (Law::D12, true) = (law, admitted) {
        walk.on(days[3]).county_notice();
    }
    let last = days.last().unwrap();
    walk.on(last).decide()
}

fn household(county: &County, family: &Family, programme: &str, law: Law) -> Decided {
    decided(county, family, &application(family, programme), law)
}

/// An application of one member for this member alone.
fn alone(family: &Family, programme: &str, member: usize) -> NewApplication {
    NewApplication {
        applicant: family.members[member],
        single: true,
        ..application(family, programme)
    }
}

/// What each member gets, in the order of the family, in yuan; 0 for who gets nothing.
fn yuan(decided: &Decided, family: &Family) -> Vec<i64> {
    let share = |person: &PersonId| {
        let found = decided.members.iter().find(|of| of.person == person.0);
        found.map_or(0, |of| {
            assert_eq!(of.amount.get() % 100, 0, "whole yuan");
            of.amount.get() / 100
        })
    };
    family.members.iter().map(share).collect()
}

#[track_caller]
fn granted(decided: &Decided, family: &Family, shares: &[i64]) {
    assert_eq!(decided.kind, DecisionKind::Grant, "{:?}", decided.reasons);
    assert_eq!(yuan(decided, family), shares);
    assert_eq!(decided.total_fen.get(), shares.iter().sum::<i64>() * 100);
}

#[track_caller]
fn refused_for(decided: &Decided, reason: &str) {
    assert_eq!(decided.kind, DecisionKind::Refuse);
    assert_eq!(decided.total_fen.get(), 0);
    let codes: Vec<&str> = decided.reasons.iter().map(|of| of.code.as_str()).collect();
    assert_eq!(codes, [reason]);
    assert!(!decided.remedies.is_empty(), "a refusal names the remedies");
}

/// An income of twelve months in fen a month.
fn fen(kind: &str, fen_per_month: i64) -> EvidenceRow {
    EvidenceRow {
        amount_fen: Some(fen_per_month),
        ..income(kind, 0, "2015-01-01")
    }
}

/// Medicine of the last twelve months that nobody refunds.
fn medicine(yuan: i64) -> EvidenceRow {
    EvidenceRow {
        slot: "medical".to_owned(),
        amount_fen: Some(yuan * 100),
        ..row("self_paid_expense", "2015-01-01")
    }
}

fn urban_three(county: &County, kind: &str, per_month: i64) -> Family {
    Draft::new(county, LUCHENG_1, "urban")
        .member("张伟", "1975-05-04", Relation::Head)
        .earns(kind, per_month)
        .member("李娜", "1978-03-08", Relation::Spouse)
        .member("张小雨", "2010-09-01", Relation::Child)
        .record()
}

/// Four rural members who live on a trade, one of them disabled.
fn rural_four(county: &County, trade: EvidenceRow, paid: Option<i64>) -> Family {
    let mut draft = Draft::new(county, YALA_1, "rural")
        .member("扎西", "1975-05-01", Relation::Head)
        .about_last(trade, false)
        .member("卓玛", "1978-08-12", Relation::Spouse);
    if let Some(yuan) = paid {
        draft = draft.about_last(medicine(yuan), true);
    }
    draft
        .member("德吉", "2008-02-03", Relation::Child)
        .disabled("43")
        .member("平措", "2012-07-09", Relation::Child)
        .record()
}

#[test]
fn db_1_the_cost_of_working_is_deducted_from_a_wage_and_from_nothing_else() {
    for law in [Law::D12, Law::D21] {
        let county = County::new();
        let family = urban_three(&county, "wage", 2_100);
        granted(
            &household(&county, &family, "urban-dibao", law),
            &family,
            &[30, 30, 30],
        );

        let county = County::new();
        let family = urban_three(&county, "transfer", 2_100);
        refused_for(
            &household(&county, &family, "urban-dibao", law),
            "income_not_below_standard",
        );
    }
}

#[test]
fn db_2_at_the_standard_a_family_is_refused_and_half_a_yuan_below_each_gets_one() {
    let of = |fen_per_month| {
        let county = County::new();
        let family = Draft::new(&county, LUCHENG_1, "urban")
            .member("张伟", "1970-05-04", Relation::Head)
            .about_last(fen("transfer", fen_per_month), false)
            .member("李娜", "1972-03-08", Relation::Spouse)
            .record();
        let decided = household(&county, &family, "urban-dibao", Law::D21);
        (family, decided)
    };
    let (_, decided) = of(2 * 59_000);
    refused_for(&decided, "income_not_below_standard");
    let (family, decided) = of(2 * 58_950);
    granted(&decided, &family, &[1, 1]);
}

#[test]
fn db_3_a_rural_family_gets_its_class_rates_after_its_medicine() {
    for law in [Law::D12, Law::D21] {
        let county = County::new();
        let family = rural_four(
            &county,
            income("business", 2_000, "2015-01-01"),
            Some(8_000),
        );
        granted(
            &household(&county, &family, "rural-dibao", law),
            &family,
            &[265, 265, 280, 265],
        );
    }
}

#[test]
fn db_4_a_rural_family_at_the_standard_is_refused() {
    let county = County::new();
    let family = rural_four(
        &county,
        income("business", 4_680 * 4 / 12, "2015-01-01"),
        None,
    );
    refused_for(
        &household(&county, &family, "rural-dibao", Law::D12),
        "income_not_below_standard",
    );
    let county = County::new();
    let family = rural_four(&county, fen("business", 156_000 - 1), None);
    granted(
        &household(&county, &family, "rural-dibao", Law::D12),
        &family,
        &[265, 265, 280, 265],
    );
}

#[test]
fn db_5_the_backstop_class_belongs_to_the_household_and_wins_over_disability() {
    let county = County::new();
    let family = Draft::new(&county, YALA_1, "rural")
        .household(code("filed_poor", "yes", "2015-01-01"))
        .household(code("cannot_escape_by_work", "yes", "2015-01-01"))
        .member("扎西", "1975-05-01", Relation::Head)
        .earns("business", 500)
        .member("卓玛", "1978-08-12", Relation::Spouse)
        .member("德吉", "2008-02-03", Relation::Child)
        .disabled("43")
        .record();
    granted(
        &household(&county, &family, "rural-dibao", Law::D12),
        &family,
        &[295, 295, 295],
    );
}

#[test]
fn db_6_a_family_above_the_standard_is_refused_and_its_severely_disabled_member_is_admitted_alone()
{
    let family_of = |county: &County| {
        Draft::new(county, YALA_1, "rural")
            .member("扎西", "1975-05-01", Relation::Head)
            .about_last(fen("business", 216_667), false)
            .member("卓玛", "1978-08-12", Relation::Spouse)
            .disabled("41")
            .member("德吉", "2008-02-03", Relation::Child)
            .member("平措", "2012-07-09", Relation::Child)
            .record()
    };
    let county = County::new();
    let family = family_of(&county);
    refused_for(
        &household(&county, &family, "rural-dibao", Law::D21),
        "income_not_below_standard",
    );
    let county = County::new();
    let family = family_of(&county);
    let form = alone(&family, "rural-dibao", 1);
    granted(
        &decided(&county, &family, &form, Law::D21),
        &family,
        &[0, 280, 0, 0],
    );
}

#[test]
fn db_7_a_monk_of_five_years_is_admitted_for_himself_and_is_no_member_of_his_parents_household() {
    let monk = |draft: Draft<'_>| {
        draft
            .about_last(row("clergy", "2016-03-01"), false)
            .earns("transfer", 100)
            .record()
    };
    let county = County::new();
    let draft = Draft::new(&county, YALA_1, "rural").member("多吉", "1990-01-15", Relation::Head);
    let family = monk(draft);
    granted(
        &household(&county, &family, "rural-dibao", Law::D12),
        &family,
        &[280],
    );

    let parents = |county| {
        Draft::new(county, YALA_1, "rural")
            .member("扎西", "1965-05-01", Relation::Head)
            .earns("business", 600)
            .member("卓玛", "1966-08-12", Relation::Spouse)
            .member("多吉", "1990-01-15", Relation::Child)
    };
    let county = County::new();
    let family = monk(parents(&county));
    let form = alone(&family, "rural-dibao", 2);
    granted(
        &decided(&county, &family, &form, Law::D21),
        &family,
        &[0, 0, 280],
    );
    // The parents' own application counts two members: 3,600 a year each, and nothing for the son.
    let county = County::new();
    let family = monk(parents(&county));
    granted(
        &household(&county, &family, "rural-dibao", Law::D21),
        &family,
        &[265, 265, 0],
    );
}

#[test]
fn db_9_the_share_of_a_dead_member_ends_with_the_month_and_the_other_stays_until_the_re_check() {
    let county = County::new();
    let family = support::family::urban_couple(&county, LUCHENG_1, 290);
    let decided = household(&county, &family, "urban-dibao", Law::D12);
    granted(&decided, &family, &[300, 300]);
    county.on("2021-06-02");
    dies(&county, &family, family.members[1], "2021-05-20");
    let total = |month: &str| -> i64 {
        let month: Month = month.parse().unwrap();
        let known = county.known();
        county
            .store
            .read(|q| {
                let deaths = evidence::deaths(q, known)?;
                let case = roll::in_force(q, known)?.remove(0);
                let packs = county.packs.current();
                let (_, shares) = roll::entitled_amounts(q, packs, &case, &deaths, month)?;
                Ok::<_, assistance::AssistanceError>(
                    shares.iter().map(|share| share.amount.get()).sum::<i64>() / 100,
                )
            })
            .unwrap()
    };
    assert_eq!(
        (total("2021-05"), total("2021-06"), total("2021-07")),
        (600, 300, 300)
    );
    assistance::open_review(
        &county.desk(),
        &county.ctx(CLERK),
        decided.case,
        Cause::Death,
        "去世",
    )
    .unwrap();
    assert_eq!(total("2021-07"), 300, "an open review changes nothing");
    county.on("2021-06-15");
    let review =
        assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), decided.case).unwrap();
    assert_eq!(review.effective_month.to_string(), "2021-07");
    assert_eq!(
        (total("2021-05"), total("2021-06"), total("2021-07")),
        (600, 300, 300)
    );
}
