//! A campaign from its list to its close: outcomes follow from decisions, nothing is decided before its steps, nothing
//! is overwritten, and its figures keep to the invariant.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bed;
mod notices;
mod order;
mod random;
#[path = "../support/mod.rs"]
mod support;

use minsheng_benefits::assistance::{self, Cause, DecisionKind};
use minsheng_benefits::campaigns::{self, Flow, Outcome};
use minsheng_registry::CaseId;
use minsheng_store::Scope;

use bed::{
    DAYS, OVER, all_steps, at, decide, earns, ground, lines, opened, proved, report, report_at,
    step,
};
use support::family::{couples, dies};
use support::walk::{AUGUST, granted_together};
use support::{
    CLERK, County, EVERYBODY, LUCHENG_1, LUCHENG_2, OFFICER, OFFICER_2, YALA, YALA_1, refused,
};

#[test]
fn a_campaign_with_every_outcome_ends_in_figures_that_keep_to_the_invariant() {
    County::on_both(|county| {
        let villages = [
            LUCHENG_1, LUCHENG_1, LUCHENG_1, LUCHENG_1, LUCHENG_1, LUCHENG_2, LUCHENG_2, LUCHENG_2,
            LUCHENG_2, LUCHENG_2, YALA_1,
        ];
        let families = couples(county, &villages);
        let late = couples(county, &[YALA_1]);
        let cases = granted_together(county, &families, AUGUST);
        let [
            kept,
            raised,
            lowered,
            income_case,
            absent,
            dead,
            moved,
            withdrew,
            quota,
            smaller,
            yala,
        ] = cases[..]
        else {
            panic!("eleven cases")
        };
        county.on("2021-10-20");
        dies(county, &families[5], families[5].members[0], "2021-10-18");
        dies(county, &families[5], families[5].members[1], "2021-10-19");

        let campaign = opened(county);
        let before = report(county, campaign);
        assert_eq!(before.total.before.households, 11);
        assert_eq!(before.total.before.persons, 22, "a month of death is paid");
        assert_eq!(before.total.before.amount_fen.get(), 11 * 60_000);
        assert_eq!(before.total.open, before.total.before);
        proved(county);

        // What became known in the meantime.
        at(county, "2021-11-01");
        earns(county, &families[1], 190);
        earns(county, &families[2], 490);
        earns(county, &families[3], 2_000);
        earns(county, &families[8], 2_000);
        dies(county, &families[9], families[9].members[1], "2021-10-30");

        at(county, DAYS[0]);
        step(county, campaign, EVERYBODY, "reapply", &[withdrew]).unwrap();
        ground(county, campaign, "withdrew", &[withdrew]).unwrap();
        ground(county, campaign, "no_reapplication", &[absent]).unwrap();
        ground(county, campaign, "death", &[dead]).unwrap();
        ground(county, campaign, "moved", &[moved]).unwrap();
        let walked = [kept, raised, lowered, income_case, quota, smaller, yala];
        all_steps(county, campaign, &walked);
        let waiting = report(county, campaign);
        assert_eq!(waiting.total.open.households, 11, "nothing is decided yet");
        let notice = waiting.steps.iter().find(|s| s.step == "notice").unwrap();
        assert_eq!((notice.done, notice.not_needed, notice.of), (7, 4, 11));
        let known_then = county.known();

        county.on(OVER);
        for case in &cases {
            decide(county, *case).unwrap();
        }
        ground(county, campaign, "policy_quota", &[quota]).unwrap();
        let [admitted] = granted_together(
            county,
            &late,
            ["2021-11-17", "2021-11-18", "2021-11-26", "2021-12-01"],
        )[..] else {
            panic!("one case")
        };

        let found = lines(county, campaign);
        let outcome = |case: CaseId| (found[&case].outcome, found[&case].ground.as_deref());
        assert_eq!(outcome(kept), (Outcome::Kept, None));
        assert_eq!(outcome(raised), (Outcome::Raised, None));
        assert_eq!(outcome(lowered), (Outcome::Lowered, None));
        assert_eq!(outcome(income_case), (Outcome::Exited, Some("income")));
        assert_eq!(outcome(absent), (Outcome::Exited, Some("no_reapplication")));
        assert_eq!(outcome(dead), (Outcome::Exited, Some("death")));
        assert_eq!(outcome(moved), (Outcome::Exited, Some("moved")));
        assert_eq!(outcome(withdrew), (Outcome::Exited, Some("withdrew")));
        assert_eq!(outcome(quota), (Outcome::Exited, Some("policy_quota")));
        assert_eq!(outcome(smaller), (Outcome::Kept, None));
        assert_eq!(outcome(yala), (Outcome::Kept, None));
        assert_eq!(outcome(admitted), (Outcome::Admitted, None));

        let now = report(county, campaign);
        assert!(now.holds);
        let Flow {
            before: b,
            exited,
            admitted: entries,
            after,
            joined,
            left,
            open,
            ..
        } = now.total;
        assert_eq!(
            (
                b.households,
                exited.households,
                entries.households,
                after.households
            ),
            (11, 6, 1, 6)
        );
        assert_eq!((b.persons, exited.persons, entries.persons), (22, 12, 2));
        assert_eq!((joined, left, after.persons), (0, 1, 11));
        assert_eq!(open.households, 0);
        let yuan = |fen: minsheng_core::Fen| fen.get() / 100;
        assert_eq!(yuan(now.total.raised.amount_fen), 700);
        assert_eq!(yuan(now.total.lowered.amount_fen), 400);
        assert_eq!(
            yuan(now.total.kept.amount_fen),
            600 + 300 + 600,
            "the share of the dead ended by itself"
        );
        assert_eq!(yuan(after.amount_fen), 700 + 400 + 1_500 + 600);
        let places: Vec<(i64, i64)> = now
            .lines
            .iter()
            .map(|line| (line.township, line.flow.after.households))
            .collect();
        assert_eq!(places, [(support::LUCHENG, 4), (YALA, 2)]);
        let grounds: Vec<&str> = now
            .grounds
            .iter()
            .map(|ground| ground.ground.as_deref().unwrap())
            .collect();
        let expected = [
            "income",
            "death",
            "moved",
            "withdrew",
            "no_reapplication",
            "policy_quota",
        ];
        assert_eq!(grounds, expected);
        proved(county);

        assert_eq!(
            report_at(county, campaign, &Scope::of(YALA), county.known())
                .total
                .before
                .households,
            1,
            "an area sees its own"
        );
        county.on("2021-12-02");
        campaigns::close(&county.desk(), &county.ctx(OFFICER), campaign).unwrap();
        proved(county);
        let closed = report(county, campaign);
        county.on("2022-01-10");
        earns(county, &families[0], 2_000);
        let (desk, clerk) = (county.desk(), county.ctx(CLERK));
        assistance::open_review(&desk, &clerk, kept, Cause::Income, "收入变化").unwrap();
        let stop = decide(county, kept).unwrap();
        assert_eq!(
            stop.kind,
            DecisionKind::Stop,
            "closed: no step is asked for"
        );
        assert_eq!(report(county, campaign).total, closed.total);
        county.on(OVER);
        let again = report_at(county, campaign, &Scope::county(), known_then);
        assert_eq!(again.total, waiting.total, "the past stays what it was");
        assert_eq!(again.steps, waiting.steps);
        proved(county);
    });
}

#[test]
fn a_target_is_not_decided_before_its_steps_and_the_end_of_its_notice() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1]);
    let [case] = granted_together(&county, &families, AUGUST)[..] else {
        panic!("one case")
    };
    let campaign = opened(&county);
    county.on(DAYS[0]);
    step(&county, campaign, CLERK, "reapply", &[case]).unwrap();
    let text = refused(
        decide(&county, case),
        &[
            "2021年低保专项治理",
            "cross-check",
            "home visit",
            "public notice",
            "hint:",
        ],
    );
    assert!(text.contains(&case.to_string()), "{text}");
    county.on(DAYS[1]);
    step(&county, campaign, OFFICER_2, "cross_check", &[case]).unwrap();
    county.on(DAYS[2]);
    step(&county, campaign, CLERK, "visit", &[case]).unwrap();
    county.on(DAYS[3]);
    step(&county, campaign, CLERK, "notice", &[case]).unwrap();
    county.on("2021-11-15");
    refused(
        decide(&county, case),
        &["posted 2021-11-08", "until 2021-11-15", "from 2021-11-16"],
    );
    county.on(OVER);
    assert_eq!(decide(&county, case).unwrap().kind, DecisionKind::Keep);
    proved(&county);
}

#[test]
fn who_took_part_in_a_step_does_not_decide() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    all_steps(&county, campaign, &cases);
    county.on(OVER);
    let decided = assistance::decide_review(&county.desk(), &county.ctx(EVERYBODY), cases[0]);
    refused(decided, &["everybody", "notice", "another user"]);
}

#[test]
fn a_campaign_is_not_closed_while_targets_are_open_and_names_them() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1, LUCHENG_2]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    all_steps(&county, campaign, &cases);
    county.on(OVER);
    decide(&county, cases[0]).unwrap();
    let text = refused(
        campaigns::close(&county.desk(), &county.ctx(OFFICER), campaign),
        &[&cases[1].to_string(), "is open"],
    );
    assert!(!text.contains(&cases[0].to_string()), "{text}");
    county.on("2022-01-04");
    assert_eq!(report(&county, campaign).overdue, 1);
    decide(&county, cases[1]).unwrap();
    let (desk, ctx) = (county.desk(), county.ctx(OFFICER));
    campaigns::close(&desk, &ctx, campaign).unwrap();
    refused(
        campaigns::close(&desk, &ctx, campaign),
        &["was closed on 2022-01-04"],
    );
    refused(
        step(&county, campaign, CLERK, "reapply", &cases),
        &["was closed on 2022-01-04"],
    );
}

#[test]
fn a_recorded_ground_never_contradicts_the_decision() {
    let county = County::new();
    let families = couples(&county, &[LUCHENG_1, LUCHENG_1, LUCHENG_1]);
    let cases = granted_together(&county, &families, AUGUST);
    let campaign = opened(&county);
    earns(&county, &families[1], 2_000);
    all_steps(&county, campaign, &cases);
    refused(
        ground(&county, campaign, "income", &cases[..1]),
        &["the decision's to say"],
    );
    refused(
        ground(&county, campaign, "no_reapplication", &cases[..1]),
        &["`reapply` is recorded"],
    );
    ground(&county, campaign, "favour", &cases[2..]).unwrap();
    refused(
        ground(&county, campaign, "moved", &cases[2..]),
        &["`favour` is recorded"],
    );
    county.on(OVER);
    refused(
        decide(&county, cases[2]),
        &["favour (人情保)", "comes to: keep", "campaign undo"],
    );
    decide(&county, cases[0]).unwrap();
    decide(&county, cases[1]).unwrap();
    refused(
        ground(&county, campaign, "favour", &cases[..1]),
        &["contradicts the decision", "keep"],
    );
    refused(
        ground(&county, campaign, "death", &cases[1..2]),
        &["contradicts the decision", "income_not_below_standard"],
    );
    ground(&county, campaign, "favour", &cases[1..2]).unwrap();
    let undo = |code: &str, reason: &str| {
        let (desk, ctx) = (county.desk(), county.ctx(OFFICER));
        campaigns::undo_many(&desk, &ctx, campaign, code, reason, &cases[2..])
    };
    refused(undo("favour", " "), &["reason", "is empty"]);
    undo("favour", "举报不实").unwrap();
    refused(undo("favour", "举报不实"), &["`favour` is not recorded"]);
    assert_eq!(decide(&county, cases[2]).unwrap().kind, DecisionKind::Keep);
    proved(&county);
}
