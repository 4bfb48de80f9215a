//! Terms that reach past the calendar, and every statement of the office in the common dialect.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, queries};
use minsheng_core::WorkCalendar;
use minsheng_store::{Scope, all_statements, check_statements};
use support::family::urban_couple;
use support::walk::Walk;
use support::{CLERK, County, LUCHENG_1, OFFICER, day, refused};

/// A calendar that knows 2020 and 2021 only.
fn short_calendar() -> WorkCalendar {
    let year = |year: i16, holidays: &str, working: &str| {
        format!(
            "[[year]]\nyear = {year}\ncite = \"test\"\nholidays = [{holidays}]\nworking = [{working}]\n"
        )
    };
    let text = [
        year(2020, "[\"2020-10-01\", \"2020-10-08\"]", "\"2020-10-10\""),
        year(2021, "[\"2021-10-01\", \"2021-10-07\"]", "\"2021-10-09\""),
    ];
    WorkCalendar::parse(&text.concat()).unwrap()
}

#[test]
fn a_deadline_past_the_calendar_is_provisional_and_counted_again_when_the_calendar_arrives() {
    let mut county = County::with_calendar(short_calendar());
    let (one, two) = (
        urban_couple(&county, LUCHENG_1, 290),
        urban_couple(&county, LUCHENG_1, 290),
    );
    county.on("2021-12-13");
    let cases = [
        Walk::apply(&county, &one, "urban-dibao").case,
        Walk::apply(&county, &two, "urban-dibao").case,
    ];
    assistance::accept_many(&county.desk(), &county.ctx(CLERK), &cases).unwrap();
    let walk = Walk {
        county: &county,
        case: cases[1],
        clerk: CLERK,
        village: LUCHENG_1,
    };
    walk.investigate().ask().answer().opinion();
    let notice = walk.on("2021-12-24").post();
    let due = |county: &County| {
        county
            .store
            .read(|q| queries::due(q, &Scope::county(), county.today()))
            .unwrap()
    };
    let decision = |county: &County| {
        let lines = due(county);
        let line = lines.iter().find(|line| line.clock == "decision").unwrap();
        (line.due_on, line.provisional)
    };
    let forward_from = |county: &County| {
        let list = county
            .store
            .read(|q| queries::notice_list(q, &Scope::county(), notice))
            .unwrap()
            .unwrap();
        (list.forward_from.date, list.forward_from.provisional)
    };
    // Without the year 2022 every weekday is taken for a working day, 2022-01-03 among them.
    assert_eq!(decision(&county), (day("2022-01-24"), true));
    assert_eq!(forward_from(&county), (day("2022-01-03"), true));
    let before = county.known();
    assert_eq!(
        assistance::recompute_provisional(&county.desk(), &county.ctx(OFFICER)).unwrap(),
        0
    );
    assert_eq!(county.known(), before, "nothing to count again");

    county.calendar = WorkCalendar::embedded().clone();
    refused(
        assistance::recompute_provisional(&county.desk(), &county.ctx(CLERK)),
        &["it needs the role"],
    );
    // Two decisions, one notice with its term.
    assert_eq!(
        assistance::recompute_provisional(&county.desk(), &county.ctx(OFFICER)).unwrap(),
        4
    );
    assert_eq!(decision(&county), (day("2022-01-25"), false));
    assert_eq!(forward_from(&county), (day("2022-01-04"), false));
    county.on("2022-01-03");
    refused(
        assistance::forward(&county.desk(), &county.ctx(CLERK), cases[1]),
        &["`forward` may be taken from 2022-01-04"],
    );
    county.on("2022-01-04");
    assistance::forward(&county.desk(), &county.ctx(CLERK), cases[1]).unwrap();
}

#[test]
fn the_due_list_marks_what_is_late_and_shows_only_the_own_area() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-09-01");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.accept();
    let due = |scope: &Scope, today: &str| {
        county
            .store
            .read(|q| queries::due(q, scope, day(today)))
            .unwrap()
    };
    let lines = due(&Scope::of(support::LUCHENG), "2021-09-07");
    let clocks: Vec<(&str, &str, bool)> = lines
        .iter()
        .map(|line| {
            (
                line.clock.as_str(),
                line.due_on.to_string().leak() as &str,
                line.late,
            )
        })
        .collect();
    assert_eq!(
        clocks,
        [
            ("investigation_start", "2021-09-06", true),
            ("cross_check_start", "2021-09-06", true),
            ("decision", "2021-10-19", false),
        ]
    );
    assert!(due(&Scope::of(support::YALA), "2021-09-07").is_empty());
    walk.on("2021-09-08").investigate();
    let steps = county
        .store
        .read(|q| queries::history(q, &Scope::county(), walk.case))
        .unwrap();
    let visit = steps.last().unwrap();
    assert!(
        visit.due_on.is_some_and(|due| due < visit.acted_on),
        "lateness stands in the record"
    );
}

#[test]
fn every_statement_is_in_the_common_dialect() {
    let statements: Vec<_> = all_statements()
        .into_iter()
        .filter(|statement| statement.name.starts_with("minsheng_benefits"))
        .collect();
    assert!(statements.len() > 30, "{}", statements.len());
    assert_eq!(check_statements(&statements), Vec::<String>::new());
}

/// The acts of this office, written by hand: a step of a pack that is not among them could never be taken.
const ACTS: &[&str] = &[
    "accept",
    "apply",
    "appraise",
    "correct_county_visit",
    "correct_service",
    "correct_visit",
    "county_opinion",
    "county_visit",
    "cross_check_answer",
    "cross_check_start",
    "decide",
    "decide_review",
    "end_phase_out",
    "end_relative",
    "extend",
    "file_remedy",
    "first_opinion",
    "forward",
    "investigate",
    "notify_refusal",
    "object",
    "open_review",
    "post_county_notice",
    "post_notice",
    "receive_case",
    "record_job_answer",
    "record_job_offer",
    "register_relative",
    "reinvestigate",
    "remedy_outcome",
    "request_papers",
    "resolve_objection",
    "send_case",
    "serve",
    "set_review_category",
    "supplement",
];

#[test]
fn every_step_of_the_packs_has_its_act() {
    let county = County::new();
    for programme in county.packs.current().programmes() {
        for procedure in &programme.procedures {
            for step in &procedure.steps {
                let known = ACTS.contains(&step.code.as_str()) || step.code == "withdraw";
                assert!(known, "{} {}: {}", programme.code, procedure.law, step.code);
            }
        }
    }
}
