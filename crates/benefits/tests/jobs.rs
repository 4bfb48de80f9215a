//! Refusal of jobs: three in a row without reason end the person's own share by a review, work brings it back.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, DecisionKind, JobAnswer, NewOffer};
use minsheng_core::Relation;
use minsheng_registry::PersonId;
use minsheng_store::Scope;
use support::family::{Draft, Family};
use support::walk::{APRIL, AUGUST, Walk, granted, granted_d12};
use support::{CLERK, CLERK_2, CLERK_YALA, County, LUCHENG_1, REVIEWER, YALA, day, refused};

const NO: JobAnswer = JobAnswer::Refused { good_reason: false };
const NOT_NOW: JobAnswer = JobAnswer::Refused { good_reason: true };

/// A rural couple able to work, and the old mother of one of them.
fn family(county: &County) -> Family {
    Draft::new(county, LUCHENG_1, "rural")
        .member("张伟", "1985-05-04", Relation::Head)
        .member("李娜", "1986-03-08", Relation::Spouse)
        .record()
}

fn offer(county: &County, walk: &Walk<'_>, person: PersonId, suitable: bool) -> i64 {
    let new = NewOffer {
        case: walk.case,
        person,
        offered_on: county.today(),
        work: "公益性岗位：道路养护".to_owned(),
        suitable,
    };
    assistance::offer_job(&county.desk(), &county.ctx(CLERK), &new).unwrap()
}

/// Offers a job on a day and records the answer on it; gives the refusals in a row.
fn answered(
    county: &County,
    walk: &Walk<'_>,
    person: PersonId,
    on: &str,
    suitable: bool,
    answer: JobAnswer,
) -> i64 {
    if county.today() != day(on) {
        county.on(on);
    }
    let id = offer(county, walk, person, suitable);
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    assistance::answer_job(&desk, &ctx, id, county.today(), answer, "太远").unwrap()
}

fn open(county: &County, walk: &Walk<'_>) -> Result<(), assistance::AssistanceError> {
    let (desk, ctx) = (county.desk(), county.ctx(CLERK_2));
    assistance::open_review(
        &desk,
        &ctx,
        walk.case,
        Cause::JobRefusal,
        "连续三次拒绝就业",
    )
}

#[test]
fn three_refusals_end_the_persons_own_share_and_work_restores_it() {
    County::on_both(|county| {
        let family = family(county);
        let (walk, decided) = granted(county, &family, "rural-dibao", AUGUST);
        assert_eq!(decided.total_fen.get(), 2 * 26_500);
        let head = family.members[0];
        assert_eq!(answered(county, &walk, head, "2021-09-13", true, NO), 1);
        assert_eq!(answered(county, &walk, head, "2021-09-27", true, NO), 2);
        refused(open(county, &walk), &["refusals of suitable jobs"]);
        assert_eq!(answered(county, &walk, head, "2021-10-11", true, NO), 3);
        open(county, &walk).unwrap();
        county.on("2021-10-18");
        let cut =
            assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap();
        assert_eq!(cut.kind, DecisionKind::Adjust);
        assert_eq!(cut.reasons[0].cite, "D21 art. 31, 32");
        let shares: Vec<(i64, i64)> = cut
            .members
            .iter()
            .map(|m| (m.person, m.amount.get()))
            .collect();
        assert_eq!(
            shares,
            [(head.0, 0), (family.members[1].0, 26_500)],
            "the other share stays"
        );

        assert_eq!(
            answered(county, &walk, head, "2021-11-08", true, JobAnswer::Accepted),
            0
        );
        open(county, &walk).unwrap();
        county.on("2021-11-15");
        let back =
            assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap();
        assert_eq!(
            (back.kind, back.total_fen.get()),
            (DecisionKind::Adjust, 53_000)
        );
    });
}

#[test]
fn good_reasons_and_unsuitable_jobs_do_not_count_and_work_ends_the_row() {
    let county = County::new();
    let family = family(&county);
    let (walk, _) = granted(&county, &family, "rural-dibao", AUGUST);
    let head = family.members[0];
    let counts = [
        ("2021-09-13", true, NO, 1),
        ("2021-09-14", false, NO, 1),
        ("2021-09-15", true, NOT_NOW, 1),
        ("2021-09-16", true, NO, 2),
        ("2021-09-17", true, JobAnswer::Accepted, 0),
        ("2021-09-22", true, NO, 1),
    ];
    for (on, suitable, answer, count) in counts {
        assert_eq!(
            answered(&county, &walk, head, on, suitable, answer),
            count,
            "{on}"
        );
    }
    assert_eq!(
        answered(&county, &walk, family.members[1], "2021-09-23", true, NO),
        1,
        "each member has a row of one's own"
    );
    // Two answers of one day: the later one counts.
    assert_eq!(answered(&county, &walk, head, "2021-09-24", true, NO), 2);
    assert_eq!(answered(&county, &walk, head, "2021-09-24", true, NO), 3);
    let list = county
        .store
        .read(|q| assistance::job_offers(q, &Scope::county()))
        .unwrap();
    assert_eq!(list.len(), 9);
    assert_eq!(
        county
            .store
            .read(|q| assistance::job_offers(q, &Scope::of(YALA)))
            .unwrap(),
        []
    );
}

#[test]
fn an_answer_is_given_once_in_order_and_in_the_area() {
    let county = County::new();
    let family = family(&county);
    let (walk, _) = granted(&county, &family, "rural-dibao", AUGUST);
    county.on("2021-09-13");
    let id = offer(&county, &walk, family.members[0], true);
    let answer = |user: &str, on: &str, reason: &str| {
        let (desk, ctx) = (county.desk(), county.ctx(user));
        assistance::answer_job(&desk, &ctx, id, day(on), NO, reason)
    };
    refused(
        answer(CLERK, "2021-09-12", "太远"),
        &["2021-09-12 is not between the offer"],
    );
    refused(answer(CLERK, "2021-09-14", "太远"), &["today, 2021-09-13"]);
    refused(answer(CLERK, "2021-09-13", " "), &["a reason"]);
    refused(answer(CLERK_YALA, "2021-09-13", "太远"), &["works in area"]);
    answer(CLERK, "2021-09-13", "太远").unwrap();
    refused(answer(CLERK, "2021-09-13", "太远"), &["answered already"]);
    let stranger = NewOffer {
        case: walk.case,
        person: PersonId(999),
        offered_on: county.today(),
        work: "保洁".to_owned(),
        suitable: true,
    };
    refused(
        assistance::offer_job(&county.desk(), &county.ctx(CLERK), &stranger),
        &["is no member of"],
    );
}

#[test]
fn the_old_law_knows_no_such_rule() {
    let county = County::new();
    let family = family(&county);
    let (walk, _) = granted_d12(&county, &family, "rural-dibao", APRIL);
    county.on("2021-09-13");
    let new = NewOffer {
        case: walk.case,
        person: family.members[0],
        offered_on: county.today(),
        work: "保洁".to_owned(),
        suitable: true,
    };
    refused(
        assistance::offer_job(&county.desk(), &county.ctx(CLERK), &new),
        &["D12", "knows no `record_job_offer`"],
    );
    refused(open(&county, &walk), &["job_refusal"]);
}
