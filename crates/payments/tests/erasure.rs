//! The record of a household that was paid and has ended: kept while anything keeps it, then erased by two people,
//! and everything that reads it says so.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use minsheng_benefits::assistance::{Cause, explain, frozen, proof, queries};
use minsheng_payments::erasure::{confirm, propose, standings};
use minsheng_registry::evidence::{About, history};
use minsheng_registry::{RegistryError, erasure, persons, settings};
use minsheng_store::{Query, Scope, Subject, statement};
use support::granted::{county, nobody};
use support::{day, month};

statement! { WORDS_LEFT, internal "a test", "SELECT id_number_hash, name FROM person WHERE id = ?1" }
statement! { HASHES_LEFT, internal "a test", "SELECT number_hash FROM payment_account WHERE person_id = ?1" }
statement! { STEPS_WITH_NOTES, internal "a test", "SELECT id FROM case_step WHERE note_sealed IS NOT NULL ORDER BY id" }

const GROUND: &str = "保存期限届满";
const CITE: &str = "个人信息保护法 art. 47 (1)";

#[test]
fn an_ended_household_is_erased_by_two_people_and_everything_says_so() {
    let (_folder, county, homes) = county(&[2, 2]);
    county.fund(minsheng_payments::FundSource::County, 100_000);
    let (home, other) = (&homes[0], &homes[1]);
    county.disabled(home.members[1], day("2021-08-30"));
    for text in ["2021-09", "2021-10"] {
        county.day(month(text).first_day());
        county.pay(month(text), 1, &nobody()).unwrap();
    }
    let about = About::Household(home.household);
    let refused = |user: &str| {
        propose(&county.desk(), &county.by(user), about, GROUND, CITE)
            .unwrap_err()
            .to_string()
    };
    assert!(
        refused("admin-1").contains("a case is in force C"),
        "{}",
        refused("admin-1")
    );
    assert!(refused("officer-1").contains("needs the role administrator"));

    county.day(day("2021-10-20"));
    for person in &home.members {
        county.dies(*person, day("2021-10-15"));
    }
    county.review(home, Cause::Death);
    county.day(day("2021-11-01"));
    county.pay(month("2021-11"), 1, &nobody()).unwrap();
    // the law keeps vouchers for thirty years
    assert!(refused("admin-1").contains("the term of retention runs until 2052-01-01"));
    let set = |months: &str| {
        let name = "retention.payment_record";
        settings::set(&county.desk(), &county.by("admin-1"), name, months).unwrap();
    };
    set("3");
    assert!(refused("admin-1").contains("`3` is no number of months from 360 to 1200"));
    set("372");
    assert!(refused("admin-1").contains("2053-01-01"));
    set("360");
    county.day(day("2052-01-01"));
    let due = |household: &str| {
        let all = county
            .store
            .read(|q| standings(q, &Scope::county(), county.today()))
            .unwrap();
        all.into_iter()
            .find(|one| one.household == household)
            .map(|one| one.obstacles.is_empty())
    };
    assert_eq!(due(&home.household.to_string()), Some(true));
    assert_eq!(due(&other.household.to_string()), Some(false));

    let read = |known| {
        county
            .store
            .read(|q| {
                let (desk, scope) = (county.desk(), Scope::county());
                explain::household_month(&desk, q, &scope, home.household, month("2021-10"), known)
            })
            .unwrap()
    };
    let known = county.store.read(|q| q.last_tx()).unwrap();
    assert_eq!(read(known).answer.outcome, "entitled");

    let id = propose(&county.desk(), &county.by("admin-1"), about, GROUND, CITE).unwrap();
    assert!(refused("admin-1").contains("waits for a second person"));
    let own = confirm(&county.desk(), &county.by("admin-1"), id).unwrap_err();
    assert!(own.to_string().contains("a second user"), "{own}");
    let report = confirm(&county.desk(), &county.by("reviewer-1"), id).unwrap();
    assert_eq!((report.erased.len(), report.kept.len()), (2, 0));
    let again = confirm(&county.desk(), &county.by("reviewer-1"), id).unwrap_err();
    assert!(again.to_string().contains("decided it already"), "{again}");
    assert!(refused("admin-1").contains("was erased on 2052-01-01, ground: 保存期限届满"));

    // every reader says when and why, of the past as well
    let told = read(known);
    assert_eq!(told.answer.outcome, "erased");
    assert_eq!(told.answer.erased.as_ref().unwrap().ground, GROUND);
    assert!(
        told.render(minsheng_policy::Lang::En)
            .contains("2052-01-01: 保存期限届满")
    );
    let head = home.head();
    county
        .store
        .read(|q| {
            let masked = persons::masked_number(q, head)?.unwrap();
            assert!(
                masked.starts_with("erased on 2052-01-01, ground: 保存期限届满"),
                "{masked}"
            );
            let row = persons::find(q, &Scope::county(), head)?.unwrap();
            assert_eq!(row.name, persons::TOMBSTONE);
            let sealed = history(q, About::Person(home.members[1]), known)?;
            let disability = sealed
                .iter()
                .find(|row| row.row.kind == "disability")
                .unwrap();
            assert!(disability.row.code.is_none() && disability.erased.is_some());
            let words = &q.rows(&WORDS_LEFT, &[head.into()])?[0];
            assert!(words.opt_blob(0)?.is_none() && words.text(1)? == persons::TOMBSTONE);
            for row in q.rows(&HASHES_LEFT, &[head.into()])? {
                assert!(row.blob(0)?.is_empty());
            }
            assert!(erasure::of(q, Subject::Person(head.0))?.is_some());
            let notes = q.rows(&STEPS_WITH_NOTES, &[])?;
            for row in notes {
                queries::note(q, &Scope::county(), row.int(0)?).unwrap();
            }
            let frozen = frozen(
                q,
                told.answer
                    .decision
                    .as_ref()
                    .unwrap()
                    .determination
                    .unwrap(),
            )
            .unwrap();
            assert!(frozen.readable().unwrap_err().to_string().contains(GROUND));
            let erased = proof::erased(q).unwrap();
            let proof = proof::prove(&county.desk(), q).unwrap();
            assert_eq!(proof.erased, erased);
            assert!(proof.erased > 0 && proof.derived > 0 && proof.findings.is_empty());
            Ok::<_, RegistryError>(())
        })
        .unwrap();

    // the books stand, and the county goes on paying the others
    county.assert_proved();
    // thirty years in one run
    county.fund(minsheng_payments::FundSource::County, 200_000);
    for on in ["2052-01-02", "2052-02-01"] {
        county.day(day(on));
        let month = minsheng_core::Month::from_date(county.today());
        county.pay(month, 1, &nobody()).unwrap();
    }
    county.assert_proved();
    let fresh = minsheng_payments::verify::verify(&county.desk()).unwrap();
    assert!(fresh.is_empty(), "{fresh:#?}");
}

#[test]
fn a_rejected_proposal_erases_nothing_and_a_member_of_a_kept_household_stays() {
    let (_folder, county, homes) = county(&[1, 1]);
    let person = About::Person(homes[0].head());
    let refused = propose(&county.desk(), &county.by("admin-1"), person, GROUND, CITE).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("the record of a household speaks of this person H"),
        "{refused}"
    );
    let missing = propose(&county.desk(), &county.by("admin-1"), person, " ", CITE).unwrap_err();
    assert!(missing.to_string().contains("ground"), "{missing}");
    let nobody = erasure::reject(&county.desk(), &county.by("reviewer-1"), 7).unwrap_err();
    assert!(
        nobody
            .to_string()
            .contains("there is no proposal of erasure 7"),
        "{nobody}"
    );
    county.assert_proved();
}
