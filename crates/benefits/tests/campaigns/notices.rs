//! The public lists of a campaign, the objections against it, and exits that nobody gave a ground.

use std::sync::Arc;

use minsheng_benefits::assistance::{AssistanceError, Cause, DecisionKind, open_review};
use minsheng_benefits::campaigns::{
    self, CampaignAnswer, CampaignId, CampaignNotice, CampaignNoticeList, CampaignObjection,
    Examined, Outcome,
};
use minsheng_policy::PackSet;
use minsheng_registry::evidence::{self, About};
use minsheng_registry::{CaseId, PackLibrary, packs};
use minsheng_store::Scope;

use crate::bed::{DAYS, OVER, all_steps, at, decide, earns, ground, lines, opened, proved, step};
use crate::support::family::couples;
use crate::support::walk::{AUGUST, granted_together};
use crate::support::{
    CLERK, CLERK_2, CLERK_YALA, County, EVERYBODY, LUCHENG, LUCHENG_1, LUCHENG_2, OFFICER,
    REVIEWER, YALA, YALA_1, day, refused,
};

fn notices(county: &County, campaign: CampaignId, scope: &Scope) -> Vec<CampaignNotice> {
    let desk = county.desk();
    county
        .store
        .read(|q| campaigns::notices(&desk, q, scope, campaign))
        .unwrap()
}

fn list(county: &County, scope: &Scope, notice: &CampaignNotice) -> Option<CampaignNoticeList> {
    let desk = county.desk();
    county
        .store
        .read(|q| campaigns::notice_list(&desk, q, scope, notice.notice))
        .unwrap()
}

fn objections(county: &County, campaign: CampaignId) -> Vec<CampaignObjection> {
    let known = county.known();
    county
        .store
        .read(|q| campaigns::objections(q, &Scope::county(), campaign, known))
        .unwrap()
}

fn object(
    county: &County,
    campaign: CampaignId,
    user: &str,
    case: CaseId,
) -> Result<i64, AssistanceError> {
    let (desk, ctx) = (county.desk(), county.ctx(user));
    campaigns::object(&desk, &ctx, campaign, case, "王某", "家里新开了店")
}

fn visited() -> CampaignAnswer {
    CampaignAnswer {
        upheld: false,
        examined: Examined::Visit(vec![CLERK.to_owned(), CLERK_2.to_owned()]),
        answer: "店是邻居的，与申报一致".to_owned(),
    }
}

fn answer(
    county: &County,
    campaign: CampaignId,
    user: &str,
    case: CaseId,
    answer: &CampaignAnswer,
) -> Result<bool, AssistanceError> {
    let (desk, ctx) = (county.desk(), county.ctx(user));
    campaigns::answer_objections(&desk, &ctx, campaign, case, answer)
}

#[test]
fn the_notice_is_one_list_of_each_village_with_what_the_reviews_would_come_to() {
    County::on_both(|county| {
        let families = couples(county, &[LUCHENG_1, LUCHENG_2, LUCHENG_1, YALA_1]);
        let cases = granted_together(county, &families, AUGUST);
        let campaign = opened(county);
        earns(county, &families[0], 490);
        earns(county, &families[2], 2_000);
        all_steps(county, campaign, &cases);
        let posted = notices(county, campaign, &Scope::county());
        let heads: Vec<(i64, i64, i64)> = posted
            .iter()
            .map(|list| (list.division, list.targets, list.objections))
            .collect();
        assert_eq!(
            heads,
            [(LUCHENG_1, 2, 0), (LUCHENG_2, 1, 0), (YALA_1, 1, 0)]
        );
        assert_eq!(posted[0].posted_on, day(DAYS[3]));
        assert_eq!(posted[0].last_day, day("2021-11-15"));
        assert_eq!(posted[0].decided_from.date, day(OVER));
        let first = list(county, &Scope::county(), &posted[0]).unwrap();
        let lines: Vec<(&str, &str, usize, i64)> = first
            .lines
            .iter()
            .map(|line| {
                let yuan = line.amount_fen.get() / 100;
                (
                    line.name.as_str(),
                    line.village.as_str(),
                    line.members,
                    yuan,
                )
            })
            .collect();
        assert_eq!(
            lines,
            [("张伟", "东关社区", 2, 400), ("张伟", "东关社区", 0, 0)],
            "who would leave stands on it with nothing"
        );
        let value = serde_json::to_value(&first.lines[0]).unwrap();
        let mut keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["amount_fen", "members", "name", "village"]);
        assert_eq!(notices(county, campaign, &Scope::of(YALA)).len(), 1);
        assert_eq!(notices(county, campaign, &Scope::of(LUCHENG)).len(), 2);
        assert!(list(county, &Scope::of(YALA), &posted[0]).is_none());
        county.on(OVER);
        assert_eq!(decide(county, cases[0]).unwrap().kind, DecisionKind::Adjust);
        assert_eq!(decide(county, cases[2]).unwrap().kind, DecisionKind::Stop);
        proved(county);
    });
}

#[test]
fn a_target_whose_amount_cannot_be_said_is_not_posted() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1, LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    let (about, from) = (About::Person(families[1].members[0]), day("2021-10-01"));
    let (desk, ctx) = (county.desk(), county.ctx(CLERK));
    evidence::end(&desk, &ctx, about, "income_declaration", "", from).unwrap();
    for (code, on) in [
        ("reapply", DAYS[0]),
        ("cross_check", DAYS[1]),
        ("visit", DAYS[2]),
    ] {
        at(&county, on);
        step(&county, campaign, EVERYBODY, code, &cases).unwrap();
    }
    at(&county, DAYS[3]);
    let text = refused(
        step(&county, campaign, EVERYBODY, "notice", &cases),
        &["cannot be posted", "evidence", "hint:"],
    );
    assert!(!text.contains(&cases[0].to_string()), "{text}");
    assert_eq!(
        notices(&county, campaign, &Scope::county()),
        [],
        "all or none"
    );
}

#[test]
fn an_objection_stops_the_decision_until_it_is_examined_and_answered() {
    County::on_both(|county| {
        let families = couples(county, &[LUCHENG_1, LUCHENG_1]);
        let cases = granted_together(county, &families, AUGUST);
        let campaign = opened(county);
        refused(
            object(county, campaign, CLERK, cases[0]),
            &["`notice` is not recorded", "report file"],
        );
        all_steps(county, campaign, &cases);
        refused(
            object(county, campaign, CLERK_YALA, cases[0]),
            &["works in area 513301201000"],
        );
        refused(
            object(county, campaign, REVIEWER, cases[0]),
            &["does not hold the role township_clerk or officer"],
        );
        object(county, campaign, CLERK, cases[0]).unwrap();
        assert_eq!(lines(county, campaign)[&cases[0]].open_objections, 1);
        county.on(OVER);
        refused(
            decide(county, cases[0]),
            &["1 objection(s) are open, of 2021-11-08", "campaign answer"],
        );
        assert_eq!(decide(county, cases[1]).unwrap().kind, DecisionKind::Keep);
        refused(
            object(county, campaign, CLERK, cases[1]),
            &["is decided already: kept"],
        );
        refused(
            answer(county, campaign, CLERK, cases[1], &visited()),
            &["no objection is open"],
        );
        let alone = CampaignAnswer {
            examined: Examined::Visit(vec![CLERK.to_owned(), CLERK.to_owned()]),
            ..visited()
        };
        refused(
            answer(county, campaign, CLERK, cases[0], &alone),
            &["2 different investigators; 1 named"],
        );
        let nobody = CampaignAnswer {
            examined: Examined::Appraisal(Vec::new()),
            ..visited()
        };
        refused(
            answer(county, campaign, CLERK, cases[0], &nobody),
            &["participants", "who took part"],
        );
        let silent = CampaignAnswer {
            answer: " ".to_owned(),
            ..visited()
        };
        refused(
            answer(county, campaign, CLERK, cases[0], &silent),
            &["answer", "say what was found"],
        );
        let known = county.known();
        assert!(!answer(county, campaign, EVERYBODY, cases[0], &visited()).unwrap());
        let found = objections(county, campaign);
        assert_eq!(found[0].upheld, Some(false));
        assert_eq!(found[0].answered_by.as_deref(), Some(EVERYBODY));
        let then = county
            .store
            .read(|q| campaigns::objections(q, &Scope::county(), campaign, known))
            .unwrap();
        assert_eq!(then[0].answered_on, None, "the past stays what it was");
        assert_eq!(decide(county, cases[0]).unwrap().kind, DecisionKind::Keep);
        proved(county);
    });
}

#[test]
fn who_answered_an_objection_does_not_decide() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    for (code, on) in [
        ("reapply", DAYS[0]),
        ("cross_check", DAYS[1]),
        ("visit", DAYS[2]),
    ] {
        at(&county, on);
        step(&county, campaign, CLERK, code, &cases).unwrap();
    }
    at(&county, DAYS[3]);
    step(&county, campaign, CLERK, "notice", &cases).unwrap();
    object(&county, campaign, CLERK, cases[0]).unwrap();
    answer(&county, campaign, EVERYBODY, cases[0], &visited()).unwrap();
    county.on(OVER);
    let (desk, ctx) = (county.desk(), county.ctx(EVERYBODY));
    let decided = minsheng_benefits::assistance::decide_review(&desk, &ctx, cases[0]);
    refused(decided, &["everybody", "answer", "another user"]);
    decide(&county, cases[0]).unwrap();
}

#[test]
fn an_answer_that_changes_the_amount_posts_the_target_anew() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    all_steps(&county, campaign, &cases);
    county.on("2021-11-10");
    object(&county, campaign, CLERK, cases[0]).unwrap();
    county.on("2021-11-12");
    earns(&county, &families[0], 490);
    let right = CampaignAnswer {
        upheld: true,
        examined: Examined::Appraisal(vec!["陈代表".to_owned()]),
        answer: "每月多收入二百元".to_owned(),
    };
    assert!(answer(&county, campaign, CLERK, cases[0], &right).unwrap());
    assert_eq!(lines(&county, campaign)[&cases[0]].waits_for, ["notice"]);
    county.on(OVER);
    refused(decide(&county, cases[0]), &["not yet done: public notice"]);
    step(&county, campaign, CLERK, "notice", &cases).unwrap();
    let posted = notices(&county, campaign, &Scope::county());
    let amounts: Vec<i64> = posted
        .iter()
        .map(|one| {
            list(&county, &Scope::county(), one).unwrap().lines[0]
                .amount_fen
                .get()
                / 100
        })
        .collect();
    assert_eq!(amounts, [600, 400], "both lists stay in the records");
    county.on("2021-11-24");
    assert_eq!(
        decide(&county, cases[0]).unwrap().kind,
        DecisionKind::Adjust
    );
    proved(&county);
}

/// The packs with a campaign in which no decision says the ground `income`.
fn unsaid() -> PackSet {
    let embedded = PackSet::embedded("cn-513301").unwrap();
    let mut sources = embedded.sources().to_vec();
    let of_campaign = |path: &str| path.ends_with("cn/dibao-rectification.md");
    let source = sources.iter_mut().find(|one| of_campaign(&one.path));
    let source = source.unwrap();
    let (said, unsaid) = (
        "reasons = [\"income_not_below_standard\"]",
        "recorded = true",
    );
    assert!(source.text.contains(said));
    source.text = source.text.replacen(said, unsaid, 1);
    PackSet::from_sources("cn-513301", sources).unwrap()
}

#[test]
fn the_exit_that_moving_out_of_the_county_decides_has_its_ground() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1, LUCHENG_1, LUCHENG_2]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    let (desk, clerk) = (county.desk(), county.ctx(CLERK));
    open_review(&desk, &clerk, cases[0], Cause::MovedAway, "迁往外县").unwrap();
    earns(&county, &families[1], 2_000);
    all_steps(&county, campaign, &cases);
    county.on(OVER);
    for case in &cases {
        decide(&county, *case).unwrap();
    }
    let found = lines(&county, campaign);
    let said = |case: CaseId| (found[&case].outcome, found[&case].ground.as_deref());
    assert_eq!(said(cases[0]), (Outcome::Exited, Some("moved")));
    assert_eq!(said(cases[1]), (Outcome::Exited, Some("income")));
    campaigns::close(&desk, &county.ctx(OFFICER), campaign).unwrap();
    proved(&county);
}

#[test]
fn a_campaign_is_not_closed_while_an_exit_has_no_ground_and_names_it() {
    let mut county = County::new();
    let set = unsaid();
    packs::publish(&county.desk(), &county.ctx("admin-1"), &set).unwrap();
    county.packs = PackLibrary::new(Arc::new(set));
    let families = couples(&county, &[LUCHENG_1, LUCHENG_2]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    earns(&county, &families[0], 2_000);
    all_steps(&county, campaign, &cases);
    county.on(OVER);
    for case in &cases {
        decide(&county, *case).unwrap();
    }
    assert_eq!(lines(&county, campaign)[&cases[0]].ground, None);
    let (desk, officer) = (county.desk(), county.ctx(OFFICER));
    let text = refused(
        campaigns::close(&desk, &officer, campaign),
        &[
            &cases[0].to_string(),
            "has left without a ground",
            "hint: record it with `campaign ground`",
        ],
    );
    assert!(!text.contains(&cases[1].to_string()), "{text}");
    ground(&county, campaign, "income", &cases[..1]).unwrap();
    campaigns::close(&desk, &county.ctx(OFFICER), campaign).unwrap();
    proved(&county);
}
