//! Reconsideration and court: terms, late filings, and what follows from a decision that is revoked.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{
    self, Cause, DecisionKind, Filed, NewFiling, RemedyKind, RemedyOutcome, Service, Way, queries,
    roll,
};
use minsheng_core::Month;
use minsheng_registry::{CaseId, evidence};
use minsheng_store::Scope;
use support::family::{Family, change, income, urban_couple};
use support::walk::{AUGUST, Walk, granted};
use support::{CLERK, County, LUCHENG_1, OFFICER, REVIEWER, REVIEWER_2, YALA, day, refused};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn total(county: &County, at: &str) -> i64 {
    county
        .store
        .read(|q| {
            let known = county.known();
            let deaths = evidence::deaths(q, known)?;
            let mut sum = 0;
            for case in roll::in_force(q, known)? {
                let (_, shares) =
                    roll::entitled_amounts(q, county.packs.current(), &case, &deaths, month(at))?;
                sum += shares.iter().map(|share| share.amount.get()).sum::<i64>();
            }
            Ok::<i64, assistance::AssistanceError>(sum / 100)
        })
        .unwrap()
}

fn filing(case: CaseId, remedy: RemedyKind, told: &str, filed: &str) -> NewFiling {
    NewFiling {
        case,
        decision: None,
        remedy,
        body: "康定市人民政府".to_owned(),
        number: "康府复〔2021〕7号".to_owned(),
        told_on: Some(day(told)),
        filed_on: day(filed),
        grounds: "收入核定有误".to_owned(),
    }
}

fn file(county: &County, new: &NewFiling) -> Result<Filed, assistance::AssistanceError> {
    assistance::file_remedy(&county.desk(), &county.ctx(OFFICER), new)
}

fn outcome(
    county: &County,
    filing: i64,
    outcome: RemedyOutcome,
    on: &str,
) -> Result<(), assistance::AssistanceError> {
    let (desk, ctx) = (county.desk(), county.ctx(OFFICER));
    assistance::remedy_outcome(&desk, &ctx, filing, outcome, day(on), "收入应扣除就业成本")
}

/// A household that is stopped in October 2021 because of an income that it never had; nothing from November.
fn stopped(county: &County) -> (Family, CaseId, i64) {
    let family = urban_couple(county, LUCHENG_1, 290);
    let (walk, _) = granted(county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let wrong = income("transfer", 2_900, "2021-10-11");
    change(county, &family, family.members[0], wrong, false);
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    assistance::open_review(&desk, &ctx, walk.case, Cause::Income, "收入变化").unwrap();
    county.on("2021-10-18");
    let ended =
        assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap();
    assert_eq!(ended.kind, DecisionKind::Stop);
    let case = walk.case;
    (family, case, ended.decision)
}

#[test]
fn sixty_days_six_months_and_fifteen_days() {
    let county = County::new();
    let (_, case, decision) = stopped(&county);
    county.on("2022-06-30");
    // Told on 20 October: 60 days end on Sunday, 19 December, and so on Monday.
    let filed = file(
        &county,
        &filing(
            case,
            RemedyKind::Reconsideration,
            "2021-10-20",
            "2021-12-20",
        ),
    )
    .unwrap();
    assert_eq!(
        (
            filed.decision,
            filed.last_day,
            filed.late,
            filed.term.as_str()
        ),
        (decision, day("2021-12-20"), false, "reconsideration")
    );
    refused(
        file(
            &county,
            &filing(case, RemedyKind::Court, "2021-10-20", "2021-12-21"),
        ),
        &["not decided yet"],
    );
    refused(
        file(
            &county,
            &filing(
                case,
                RemedyKind::Reconsideration,
                "2021-10-20",
                "2021-12-21",
            ),
        ),
        &["is a reconsideration of this decision already"],
    );
    outcome(&county, filed.filing, RemedyOutcome::Upheld, "2022-02-15").unwrap();
    refused(
        outcome(&county, filed.filing, RemedyOutcome::Revoked, "2022-02-16"),
        &["recorded already"],
    );
    // Received on 18 February: fifteen days end on Saturday, 5 March, and so on Monday.
    let court = filing(case, RemedyKind::Court, "2022-02-18", "2022-03-07");
    let filed = file(&county, &court).unwrap();
    assert_eq!(
        (filed.last_day, filed.late, filed.term.as_str()),
        (day("2022-03-07"), false, "court_after_reconsideration")
    );

    let county = County::new();
    let (_, case, _) = stopped(&county);
    county.on("2022-06-30");
    // Straight to the court, by calendar months: told on 20 October, until 20 April.
    let late = file(
        &county,
        &filing(case, RemedyKind::Court, "2021-10-20", "2022-04-21"),
    )
    .unwrap();
    assert_eq!(
        (late.last_day, late.late),
        (day("2022-04-20"), true),
        "recorded and marked, not turned away"
    );
    let list = |scope: &Scope| {
        county
            .store
            .read(|q| assistance::filings(q, scope))
            .unwrap()
    };
    let found = list(&Scope::county());
    assert_eq!(
        (found.len(), found[0].late, found[0].number.as_str()),
        (1, true, "康府复〔2021〕7号")
    );
    assert_eq!(list(&Scope::of(YALA)), []);
}

#[test]
fn a_stop_that_is_revoked_is_decided_anew_from_its_own_month() {
    County::on_both(|county| {
        let (family, case, _) = stopped(county);
        assert_eq!(["2021-10", "2021-11"].map(|at| total(county, at)), [600, 0]);
        county.on("2021-11-22");
        let filed = file(
            county,
            &filing(
                case,
                RemedyKind::Reconsideration,
                "2021-10-20",
                "2021-11-22",
            ),
        )
        .unwrap();
        assert_eq!(total(county, "2021-12"), 0, "the decision is not suspended");
        // What was wrong is corrected as of the day on which it was said to be true.
        let row = county.store.read(|q| {
            let about = evidence::About::Person(family.members[0]);
            evidence::history(q, about, county.known())
        });
        let wrong = row
            .unwrap()
            .into_iter()
            .find(|row| row.row.amount_fen == Some(290_000))
            .unwrap();
        let right = evidence::NewEvidence {
            about: evidence::About::Person(family.members[0]),
            row: income("transfer", 290, "2021-10-11"),
            health: false,
            source: "复议决定".to_owned(),
        };
        evidence::correct(&county.desk(), &county.ctx(CLERK), wrong.id, &right).unwrap();
        county.on("2022-01-10");
        outcome(county, filed.filing, RemedyOutcome::Revoked, "2022-01-07").unwrap();
        let walk = Walk {
            county,
            case,
            clerk: CLERK,
            village: LUCHENG_1,
        };
        assert_eq!(walk.state(), "under_review");
        assert_eq!(total(county, "2021-12"), 0, "until it is decided anew");
        county.on("2022-01-17");
        let anew =
            assistance::decide_review(&county.desk(), &county.ctx(REVIEWER_2), case).unwrap();
        assert_eq!(
            (anew.kind, anew.effective_month),
            (DecisionKind::Adjust, month("2021-11"))
        );
        assert_eq!(anew.reasons[0].code, "remedy");
        assert_eq!(walk.state(), "in_force");
        assert_eq!(
            ["2021-10", "2021-11", "2022-01", "2022-02"].map(|at| total(county, at)),
            [600; 4]
        );
        let findings = county
            .store
            .read(|q| assistance::proof::verify(&county.desk(), q))
            .unwrap();
        assert_eq!(findings, []);
    });
}

#[test]
fn a_stop_that_is_decided_anew_may_stand() {
    let county = County::new();
    let (_, case, _) = stopped(&county);
    county.on("2021-11-22");
    let filed = file(
        &county,
        &filing(case, RemedyKind::Court, "2021-10-20", "2021-11-22"),
    )
    .unwrap();
    county.on("2022-01-10");
    refused(
        outcome(&county, filed.filing, RemedyOutcome::Changed, "2021-11-21"),
        &["is not between the filing"],
    );
    outcome(&county, filed.filing, RemedyOutcome::Changed, "2022-01-07").unwrap();
    let anew = assistance::decide_review(&county.desk(), &county.ctx(REVIEWER_2), case).unwrap();
    assert_eq!(
        (anew.kind, anew.effective_month),
        (DecisionKind::Stop, month("2021-11"))
    );
    let walk = Walk {
        county: &county,
        case,
        clerk: CLERK,
        village: LUCHENG_1,
    };
    assert_eq!(walk.state(), "stopped");
}

#[test]
fn a_refusal_that_is_revoked_may_end_in_a_grant_from_the_month_it_would_have_had() {
    let county = County::new();
    county.on("2021-08-16");
    let family = urban_couple(&county, LUCHENG_1, 700);
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.to_first_opinion();
    walk.on("2021-08-17").forward().county_opinion();
    let refusal = walk.on("2021-08-18").decide();
    assert_eq!(refusal.kind, DecisionKind::Refuse);
    for person in &family.members {
        let rows = county
            .store
            .read(|q| evidence::history(q, evidence::About::Person(*person), county.known()));
        let wrong = rows
            .unwrap()
            .into_iter()
            .find(|row| row.row.kind == "income")
            .unwrap();
        let right = evidence::NewEvidence {
            about: evidence::About::Person(*person),
            row: income("transfer", 290, "2015-01-01"),
            health: false,
            source: "法院判决".to_owned(),
        };
        evidence::correct(&county.desk(), &county.ctx(CLERK), wrong.id, &right).unwrap();
    }
    county.on("2021-11-22");
    let filed = file(
        &county,
        &filing(walk.case, RemedyKind::Court, "2021-08-20", "2021-09-22"),
    )
    .unwrap();
    refused(
        assistance::open_review(
            &county.desk(),
            &county.ctx(OFFICER),
            walk.case,
            Cause::Remedy,
            "判决",
        ),
        &["no decision was revoked"],
    );
    outcome(&county, filed.filing, RemedyOutcome::Revoked, "2021-11-19").unwrap();
    let anew =
        assistance::decide_review(&county.desk(), &county.ctx(REVIEWER_2), walk.case).unwrap();
    assert_eq!(
        (anew.kind, anew.effective_month),
        (DecisionKind::Grant, month("2021-09"))
    );
    assert_eq!(
        ["2021-08", "2021-09", "2021-12"].map(|at| total(&county, at)),
        [0, 600, 600]
    );
    let steps = county
        .store
        .read(|q| queries::history(q, &Scope::county(), walk.case))
        .unwrap();
    let names: Vec<&str> = steps
        .iter()
        .rev()
        .take(4)
        .map(|step| step.step.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "decide_review",
            "open_review",
            "remedy_outcome",
            "file_remedy"
        ]
    );
}

/// A service of the last decision that took effect on a day.
fn served(county: &County, case: CaseId, way: Way, on: &str) {
    let service = Service {
        decision: None,
        way,
        served_on: day(on),
        received_by: "张伟".to_owned(),
        witness: None,
        proof: "送达回证".to_owned(),
    };
    assistance::serve(&county.desk(), &county.ctx(CLERK), case, &service).unwrap();
}

#[test]
fn the_term_runs_from_the_recorded_service_which_no_typed_day_contradicts() {
    let county = County::new();
    let (_, case, _) = stopped(&county);
    let untold = |filed: &str| NewFiling {
        told_on: None,
        ..filing(case, RemedyKind::Reconsideration, "2021-10-20", filed)
    };
    county.on("2021-10-21");
    refused(
        file(&county, &untold("2021-10-21")),
        &[
            "told_on",
            "no service of this decision is recorded",
            "hint:",
        ],
    );
    served(&county, case, Way::InPerson, "2021-10-21");
    county.on("2021-12-30");
    let contradicts = filing(
        case,
        RemedyKind::Reconsideration,
        "2021-10-22",
        "2021-12-20",
    );
    refused(
        file(&county, &contradicts),
        &[
            "2021-10-22 contradicts",
            "took effect on 2021-10-21",
            "correct-service",
        ],
    );
    let filed = file(&county, &untold("2021-12-21")).unwrap();
    assert_eq!(
        (filed.told_on, filed.last_day, filed.late),
        (day("2021-10-21"), day("2021-12-20"), true)
    );
    outcome(&county, filed.filing, RemedyOutcome::Upheld, "2021-12-28").unwrap();
    let court = NewFiling {
        told_on: None,
        ..filing(case, RemedyKind::Court, "2021-12-29", "2021-12-30")
    };
    refused(file(&county, &court), &["told_on", "is missing"]);
    let told = NewFiling {
        told_on: Some(day("2021-12-29")),
        ..court
    };
    assert_eq!(file(&county, &told).unwrap().told_on, day("2021-12-29"));
}

#[test]
fn who_files_before_an_announcement_takes_effect_is_in_time() {
    let county = County::new();
    let (_, case, _) = stopped(&county);
    county.on("2021-10-21");
    served(&county, case, Way::Announcement, "2021-10-21");
    county.on("2021-11-08");
    let early = NewFiling {
        told_on: None,
        ..filing(
            case,
            RemedyKind::Reconsideration,
            "2021-10-20",
            "2021-11-05",
        )
    };
    let filed = file(&county, &early).unwrap();
    assert!(filed.told_on > day("2021-11-05") && !filed.late);
}
