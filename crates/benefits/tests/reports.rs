//! Reports: checked by somebody who is not reported on, answered in time, and the county visits the home.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::reports::{
    self, NewReport, ReportCheck, ReportLine, answer_report, check_report, file_report,
};
use minsheng_benefits::assistance::{self, Cause, Investigation};
use minsheng_store::Scope;
use support::family::{Family, urban_couple};
use support::walk::{AUGUST, Walk, granted, visit};
use support::{
    CLERK, CLERK_YALA, County, LUCHENG_1, OFFICER, OFFICER_2, REVIEWER, YALA, day, refused,
};

fn report(county: &County, family: &Family, reporter: Option<&str>) -> NewReport {
    NewReport {
        household: family.household,
        reporter: reporter.map(str::to_owned),
        statement: "他家有一辆货车".to_owned(),
        about_users: vec![OFFICER.to_owned()],
        received_on: county.today(),
    }
}

fn check(upheld: bool) -> ReportCheck {
    ReportCheck {
        upheld,
        visited_on: None,
        finding: "车辆已于去年报废".to_owned(),
    }
}

fn list(county: &County, scope: &Scope) -> Vec<ReportLine> {
    let today = county.today();
    county
        .store
        .read(|q| reports::reports(q, scope, today))
        .unwrap()
}

#[test]
fn a_report_with_a_name_is_checked_by_a_colleague_and_answered() {
    County::on_both(|county| {
        let family = urban_couple(county, LUCHENG_1, 290);
        county.on("2021-08-16");
        let (desk, new) = (
            county.desk(),
            report(county, &family, Some("王某，东关社区")),
        );
        refused(file_report(&desk, &county.ctx(CLERK_YALA), &new), &["area"]);
        refused(
            file_report(&desk, &county.ctx(OFFICER), &new),
            &["is reported on"],
        );
        let id = file_report(&desk, &county.ctx(CLERK), &new).unwrap();
        let line = &list(county, &Scope::county())[0];
        assert_eq!(
            (line.named, line.due_on, line.late),
            (true, Some(day("2021-10-15")), false)
        );
        assert_eq!(list(county, &Scope::of(YALA)), []);

        refused(
            answer_report(&desk, &county.ctx(OFFICER_2), id, "已核查"),
            &["is not checked yet"],
        );
        refused(
            check_report(&desk, &county.ctx(OFFICER), id, &check(false)),
            &["is reported on"],
        );
        refused(
            check_report(&desk, &county.ctx(CLERK), id, &check(false)),
            &["needs the role"],
        );
        county.on("2021-09-13");
        check_report(&desk, &county.ctx(OFFICER_2), id, &check(false)).unwrap();
        refused(
            check_report(&desk, &county.ctx(OFFICER_2), id, &check(true)),
            &["checked already"],
        );
        county.on("2021-10-18");
        assert!(list(county, &Scope::county())[0].late, "no answer in time");
        answer_report(&desk, &county.ctx(OFFICER_2), id, "经核查不属实").unwrap();
        refused(
            answer_report(&desk, &county.ctx(OFFICER_2), id, "再答"),
            &["answered already"],
        );
        let line = &list(county, &Scope::county())[0];
        assert_eq!(
            (line.answered_on, line.late),
            (Some(day("2021-10-18")), true)
        );

        let words = county
            .store
            .read(|q| reports::words(q, &Scope::county(), id))
            .unwrap();
        assert_eq!(words.statement, "他家有一辆货车");
        assert_eq!(words.answer.as_deref(), Some("经核查不属实"));
        let who = |user: &str| {
            let ctx = county.ctx(user);
            county.store.read(|q| reports::reporter(q, &ctx, id))
        };
        assert_eq!(who(REVIEWER).unwrap().as_deref(), Some("王某，东关社区"));
        refused(who(OFFICER), &["is reported on"]);
        refused(who(CLERK), &["needs the role"]);
    });
}

#[test]
fn no_near_relative_of_the_household_checks_or_answers_a_report() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-08");
    walk.relative(family.members[0], OFFICER_2);
    let desk = county.desk();
    let new = report(&county, &family, Some("王某"));
    let id = file_report(&desk, &county.ctx(CLERK), &new).unwrap();
    refused(
        check_report(&desk, &county.ctx(OFFICER_2), id, &check(false)),
        &["is a near relative of P"],
    );
    check_report(&desk, &county.ctx(REVIEWER), id, &check(false)).unwrap();
    refused(
        answer_report(&desk, &county.ctx(OFFICER_2), id, "已核查"),
        &["is a near relative of P"],
    );
    answer_report(&desk, &county.ctx(REVIEWER), id, "已核查").unwrap();
}

#[test]
fn a_hint_without_a_name_needs_no_answer() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let new = report(&county, &family, None);
    let id = file_report(&county.desk(), &county.ctx(CLERK), &new).unwrap();
    check_report(&county.desk(), &county.ctx(OFFICER_2), id, &check(true)).unwrap();
    refused(
        answer_report(&county.desk(), &county.ctx(OFFICER_2), id, "已核查"),
        &["nobody to answer"],
    );
    county.on("2022-08-16");
    let line = &list(&county, &Scope::county())[0];
    assert_eq!(
        (line.due_on, line.late, line.upheld),
        (None, false, Some(true))
    );
}

#[test]
fn the_county_visits_the_home_of_a_reported_household_until_the_report_proves_wrong() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.to_first_opinion();
    walk.on("2021-08-17").post();
    walk.on("2021-08-25").forward();
    let new = report(&county, &family, Some("王某"));
    let id = file_report(&county.desk(), &county.ctx(CLERK), &new).unwrap();
    let opinion = || {
        let (desk, ctx) = (county.desk(), county.ctx(OFFICER));
        assistance::county_opinion(&desk, &ctx, walk.case, None)
    };
    refused(opinion(), &["a home visit of the county"]);
    check_report(&county.desk(), &county.ctx(OFFICER_2), id, &check(true)).unwrap();
    refused(opinion(), &["a home visit of the county"]);
    let team = Investigation {
        investigators: vec![OFFICER.to_owned(), OFFICER_2.to_owned()],
        ..visit(&county)
    };
    assistance::county_visit(&county.desk(), &county.ctx(OFFICER_2), walk.case, &team).unwrap();
    opinion().unwrap();

    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-13");
    let new = report(&county, &family, None);
    let id = file_report(&county.desk(), &county.ctx(CLERK), &new).unwrap();
    check_report(&county.desk(), &county.ctx(OFFICER_2), id, &check(false)).unwrap();
    granted(&county, &family, "urban-dibao", AUGUST);
}

#[test]
fn a_report_may_open_a_review() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let new = report(&county, &family, Some("王某"));
    file_report(&county.desk(), &county.ctx(CLERK), &new).unwrap();
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    assistance::open_review(&desk, &ctx, walk.case, Cause::Report, "举报有车").unwrap();
    assert_eq!(walk.state(), "under_review");
}

#[test]
fn a_review_for_a_report_is_not_decided_before_the_report_is_checked() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    county.on("2021-10-11");
    let new = report(&county, &family, None);
    let id = file_report(&county.desk(), &county.ctx(CLERK), &new).unwrap();
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    assistance::open_review(&desk, &ctx, walk.case, Cause::Report, "举报有车").unwrap();
    county.on("2021-10-12");
    let decide = || {
        let (desk, ctx) = (county.desk(), county.ctx(REVIEWER));
        assistance::decide_review(&desk, &ctx, walk.case)
    };
    refused(
        decide(),
        &[&format!("the check of the report(s) {id}"), "report check"],
    );
    check_report(&county.desk(), &county.ctx(OFFICER_2), id, &check(false)).unwrap();
    decide().unwrap();

    // A report does not stop a review that was opened for something else.
    county.on("2021-11-08");
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    assistance::open_review(&desk, &ctx, walk.case, Cause::Periodic, "定期核查").unwrap();
    file_report(&desk, &county.ctx(CLERK), &report(&county, &family, None)).unwrap();
    decide().unwrap();
}
