//! What is refused: steps out of order, twice, elsewhere; and what a campaign may be opened on.

use minsheng_benefits::assistance::{self, Cause, Kinship, NearRelative, Staff};
use minsheng_benefits::campaigns::{self, CampaignAnswer, Examined, NewCampaign, NewStep};
use minsheng_store::{all_statements, check_statements};

use crate::bed::{
    DAYS, OVER, all_steps, at, decide, earns, lines, new_campaign, opened, proved, step, step_form,
};
use crate::support::family::couples;
use crate::support::walk::{AUGUST, granted_together};
use crate::support::{
    CLERK, CLERK_2, CLERK_YALA, County, EVERYBODY, LUCHENG_1, OFFICER, OFFICER_2, REVIEWER, YALA_1,
    day, refused,
};

#[test]
fn steps_are_taken_once_in_their_order_in_ones_own_area_and_all_or_none() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1, YALA_1]);
    let later = couples(&county, &[LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    let [no_target] = granted_together(
        &county,
        &later,
        ["2021-11-01", "2021-11-02", "2021-11-10", "2021-11-11"],
    )[..] else {
        panic!("one case")
    };
    county.on("2021-11-12");
    let text = refused(
        step(&county, campaign, CLERK, "reapply", &cases),
        &[&cases[1].to_string(), "works in area 513301001000"],
    );
    assert!(!text.contains(&cases[0].to_string()), "{text}");
    assert!(
        lines(&county, campaign)[&cases[0]].done.is_empty(),
        "all or none"
    );
    refused(
        step(&county, campaign, CLERK, "reapply", &[no_target]),
        &["is no target"],
    );
    refused(
        step(&county, campaign, REVIEWER, "reapply", &cases),
        &["does not hold the role township_clerk or officer"],
    );
    refused(
        step(&county, campaign, CLERK, "visit", &cases[..1]),
        &["`reapply` comes before `visit`"],
    );
    step(&county, campaign, CLERK, "reapply", &cases[..1]).unwrap();
    step(&county, campaign, CLERK_YALA, "reapply", &cases[1..]).unwrap();
    refused(
        step(&county, campaign, CLERK, "reapply", &cases[..1]),
        &[
            "`reapply` was recorded on 2021-11-12 by `clerk-1`",
            "campaign undo",
        ],
    );
    refused(
        step(&county, campaign, CLERK, "reaply", &cases[..1]),
        &["reapply, cross_check"],
    );
    let alone = NewStep {
        investigators: vec![CLERK.to_owned(), CLERK.to_owned()],
        ..step_form(&county, campaign, "visit")
    };
    let desk = county.desk();
    refused(
        campaigns::record_step_many(&desk, &county.ctx(CLERK), &alone, &cases[..1]),
        &["2 different investigators; 1 named"],
    );
    let tomorrow = NewStep {
        on: day("2021-11-13"),
        ..step_form(&county, campaign, "visit")
    };
    refused(
        campaigns::record_step_many(&desk, &county.ctx(CLERK), &tomorrow, &cases[..1]),
        &["2021-11-13", "today, 2021-11-12"],
    );
    step(&county, campaign, CLERK, "visit", &cases[..1]).unwrap();
    step(&county, campaign, OFFICER_2, "cross_check", &cases[..1]).unwrap();
    let yesterday = NewStep {
        on: day("2021-11-11"),
        ..step_form(&county, campaign, "notice")
    };
    refused(
        campaigns::record_step_many(&desk, &county.ctx(CLERK), &yesterday, &cases[..1]),
        &["on the day on which it is posted"],
    );
    let undo = |code: &str| {
        campaigns::undo_many(
            &desk,
            &county.ctx(CLERK),
            campaign,
            code,
            "记错了户",
            &cases[..1],
        )
    };
    refused(undo("reapply"), &["`cross_check` was recorded after it"]);
    undo("visit").unwrap();
    assert_eq!(
        lines(&county, campaign)[&cases[0]].waits_for,
        ["visit", "notice"]
    );
    step(&county, campaign, CLERK, "visit", &cases[..1]).unwrap();
    proved(&county);
}

#[test]
fn a_near_relative_takes_no_part_in_what_is_done_about_a_target() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    let desk = county.desk();
    county.on("2021-11-02");
    for user in [CLERK, CLERK_2] {
        let relative = NearRelative {
            member: families[0].members[0],
            staff: Staff::User(user.to_owned()),
            kinship: Kinship::Sibling,
        };
        let officer = county.ctx(OFFICER);
        assistance::register_relatives(&desk, &officer, &[(cases[0], relative)]).unwrap();
    }
    refused(
        step(&county, campaign, CLERK, "reapply", &cases),
        &["`clerk-1` is a near relative of P"],
    );
    let officers = |step: &str| NewStep {
        investigators: vec![OFFICER.to_owned(), OFFICER_2.to_owned()],
        ..step_form(&county, campaign, step)
    };
    let record =
        |form: &NewStep| campaigns::record_step_many(&desk, &county.ctx(EVERYBODY), form, &cases);
    record(&officers("reapply")).unwrap();
    let with_relative = NewStep {
        investigators: vec![OFFICER.to_owned(), CLERK_2.to_owned()],
        ..officers("visit")
    };
    refused(record(&with_relative), &["is a near relative of P"]);
    record(&officers("visit")).unwrap();
    record(&officers("cross_check")).unwrap();
    record(&officers("notice")).unwrap();
    let object = |user: &str| {
        campaigns::object(
            &desk,
            &county.ctx(user),
            campaign,
            cases[0],
            "王某",
            "他家有货车",
        )
    };
    refused(object(CLERK).map(drop), &["is a near relative of P"]);
    object(OFFICER).unwrap();
    let answer = |people: [&str; 2]| {
        let answer = CampaignAnswer {
            upheld: false,
            examined: Examined::Visit(people.map(str::to_owned).to_vec()),
            answer: "车辆已报废".to_owned(),
        };
        campaigns::answer_objections(&desk, &county.ctx(OFFICER), campaign, cases[0], &answer)
    };
    refused(
        answer([OFFICER, CLERK]).map(drop),
        &["`clerk-1` is a near relative of P"],
    );
    answer([OFFICER, OFFICER_2]).unwrap();
    proved(&county);
}

#[test]
fn a_campaign_is_opened_once_by_an_officer_of_the_county_on_a_roll_that_is_known() {
    let county = County::new();
    at(&county, "2021-11-01");
    let desk = county.desk();
    let open = |user: &str, new: &NewCampaign| campaigns::open(&desk, &county.ctx(user), new);
    let with = |change: &dyn Fn(&mut NewCampaign)| {
        let mut new = new_campaign();
        change(&mut new);
        new
    };
    refused(open(CLERK, &new_campaign()), &["officer"]);
    refused(
        open(OFFICER, &with(&|new| new.kind = "winter".to_owned())),
        &["there is no `winter`", "hint: one of dibao-rectification"],
    );
    refused(
        open(OFFICER, &with(&|new| new.cut_off = day("2021-11-02"))),
        &["cut_off", "after today"],
    );
    refused(
        open(OFFICER, &with(&|new| new.ends_on = day("2021-10-31"))),
        &["ends_on", "before today"],
    );
    let first = open(OFFICER, &new_campaign()).unwrap();
    refused(open(OFFICER, &new_campaign()), &["bears it already"]);
    let second = with(&|new| new.name = "另一个".to_owned());
    refused(open(OFFICER, &second), &["is open", "close it first"]);
    campaigns::close(&desk, &county.ctx(OFFICER), first).unwrap();
    open(OFFICER, &second).unwrap();
    proved(&county);
}

#[test]
fn a_case_under_review_for_another_cause_re_applies_too_and_a_step_taken_back_opens_no_second_review()
 {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    let (desk, clerk) = (county.desk(), county.ctx(CLERK));
    assistance::open_review(&desk, &clerk, cases[0], Cause::Income, "收入变化").unwrap();
    county.on(DAYS[0]);
    step(&county, campaign, EVERYBODY, "reapply", &cases).unwrap();
    let ctx = county.ctx(EVERYBODY);
    campaigns::undo_many(&desk, &ctx, campaign, "reapply", "未签字", &cases).unwrap();
    all_steps(&county, campaign, &cases);
    county.on(OVER);
    earns(&county, &families[0], 490);
    let decided = decide(&county, cases[0]).unwrap();
    let causes: Vec<&str> = decided
        .reasons
        .iter()
        .map(|reason| reason.code.as_str())
        .collect();
    assert_eq!(causes, ["income", "rectification"]);
}

#[test]
fn every_statement_of_campaigns_is_in_the_common_dialect_and_prepares_on_both_engines() {
    County::on_both(|county| {
        let refused: Vec<String> = county
            .store
            .prepare_all()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(refused, Vec::<String>::new());
    });
    let statements: Vec<_> = all_statements()
        .into_iter()
        .filter(|statement| statement.name.contains("campaigns::"))
        .collect();
    assert!(statements.len() >= 13, "{}", statements.len());
    assert_eq!(check_statements(&statements), Vec::<String>::new());
}
