//! Payments follow the decisions after the grant without code of their own: a phase-out ends by itself, and a stop
//! that is revoked leaves arrears.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use minsheng_benefits::assistance::{self, Cause, NewFiling, PhaseOut, RemedyKind, RemedyOutcome};
use minsheng_payments::FundSource;
use minsheng_registry::evidence::{About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use support::casework::Home;
use support::granted::{GENERAL, county, nobody};
use support::{County, day, month};

fn earns(county: &County, home: &Home, kind: &str, fen: i64) -> i64 {
    county.record(&NewEvidence {
        about: About::Person(home.head()),
        row: EvidenceRow {
            kind: "income".to_owned(),
            slot: kind.to_owned(),
            code: None,
            quantity: Some(12),
            amount_fen: Some(fen),
            valid_from: county.today(),
            valid_to: None,
        },
        health: false,
        source: "contract".to_owned(),
    })
}

fn pay(county: &County, months: &[&str]) {
    for text in months {
        county.day(month(text).first_day());
        county.pay(month(text), 1, &nobody()).unwrap();
    }
}

#[test]
fn a_phase_out_pays_its_months_and_no_more() {
    let (_folder, county, homes) = county(&[1, 2]);
    county.fund(FundSource::Central, 100_000);
    pay(&county, &["2021-09"]);
    let (desk, home) = (county.desk(), &homes[1]);
    earns(&county, home, "wage", 500_000);
    let case = home.case.unwrap();
    assistance::open_review(&desk, &county.by("clerk-1"), case, Cause::Income, "work").unwrap();
    let wish = PhaseOut {
        months: Some(2),
        reason: "new work".to_owned(),
    };
    assistance::decide_review_phasing_out(&desk, &county.by("reviewer-1"), case, &wish).unwrap();
    pay(&county, &["2021-10", "2021-11", "2021-12", "2022-01"]);
    for (text, each) in [
        ("2021-09", GENERAL),
        ("2021-10", GENERAL),
        ("2021-11", GENERAL),
        ("2021-12", 0),
        ("2022-01", 0),
    ] {
        let paid = county.credited(&home.members, month(text)).get();
        assert_eq!(paid, 2 * each, "{text}");
    }
    county.assert_proved();
}

#[test]
fn a_stop_that_is_revoked_is_paid_as_arrears() {
    let (_folder, county, homes) = county(&[1, 2]);
    county.fund(FundSource::Central, 100_000);
    pay(&county, &["2021-09"]);
    let (desk, home) = (county.desk(), &homes[1]);
    let case = home.case.unwrap();
    let wrong = earns(&county, home, "transfer", 500_000);
    county.review(home, Cause::Income);
    pay(&county, &["2021-10", "2021-11"]);
    assert_eq!(county.credited(&home.members, month("2021-11")).get(), 0);
    let filing = NewFiling {
        case,
        decision: None,
        remedy: RemedyKind::Court,
        body: "court".to_owned(),
        number: "7".to_owned(),
        told_on: Some(day("2021-09-03")),
        filed_on: day("2021-10-08"),
        grounds: "wrong income".to_owned(),
    };
    let filed = assistance::file_remedy(&desk, &county.by("officer-1"), &filing).unwrap();
    minsheng_registry::evidence::withdraw(&desk, &county.by("clerk-1"), wrong).unwrap();
    assistance::remedy_outcome(
        &desk,
        &county.by("officer-1"),
        filed.filing,
        RemedyOutcome::Revoked,
        county.today(),
        "the income was another person's",
    )
    .unwrap();
    pay(&county, &["2021-12"]);
    assert_eq!(
        county.credited(&home.members, month("2021-10")).get(),
        0,
        "not before the decision"
    );
    assistance::decide_review(&desk, &county.by("reviewer-1"), case).unwrap();
    pay(&county, &["2022-01"]);
    for text in ["2021-09", "2021-10", "2021-11", "2021-12", "2022-01"] {
        assert_eq!(
            county.credited(&home.members, month(text)).get(),
            2 * GENERAL,
            "{text}"
        );
    }
    county.assert_proved();
}
