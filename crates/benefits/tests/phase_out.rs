//! Phase-out: work lifts a household above the standard, the old amount goes on for some months and ends by itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, Decided, DecisionKind, PhaseOut, explain, roll};
use minsheng_core::{Month, Relation};
use minsheng_policy::Lang;
use minsheng_registry::evidence;
use minsheng_store::Scope;
use support::family::{Draft, Family, change, income};
use support::walk::{APRIL, AUGUST, Walk, granted, granted_d12};
use support::{CLERK, County, LUCHENG_1, REVIEWER, refused};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// What the only case of the roll gives in a month, in yuan.
fn total(county: &County, at: &str) -> i64 {
    county
        .store
        .read(|q| {
            let known = county.known();
            let deaths = evidence::deaths(q, known)?;
            let case = roll::in_force(q, known)?.remove(0);
            let (_, shares) =
                roll::entitled_amounts(q, county.packs.current(), &case, &deaths, month(at))?;
            Ok::<i64, assistance::AssistanceError>(
                shares.iter().map(|share| share.amount.get()).sum::<i64>() / 100,
            )
        })
        .unwrap()
}

/// A couple on a pension of 400: 390 yuan of dibao each.
fn couple(county: &County) -> Family {
    Draft::new(county, LUCHENG_1, "urban")
        .member("张伟", "1980-05-04", Relation::Head)
        .earns("transfer", 400)
        .member("李娜", "1982-03-08", Relation::Spouse)
        .record()
}

fn wish(months: Option<i32>) -> PhaseOut {
    PhaseOut {
        months,
        reason: "刚就业，合同半年一签".to_owned(),
    }
}

/// Something of the head changes, and the review of it is opened.
fn earns(county: &County, family: &Family, walk: &Walk<'_>, kind: &str, yuan: i64, on: &str) {
    county.on(on);
    let more = income(kind, yuan, on);
    change(county, family, family.members[0], more, false);
    let ctx = county.ctx(CLERK);
    assistance::open_review(&county.desk(), &ctx, walk.case, Cause::Income, "找到工作").unwrap();
}

fn phase_out(
    county: &County,
    walk: &Walk<'_>,
    wish: &PhaseOut,
) -> Result<Decided, assistance::AssistanceError> {
    let ctx = county.ctx(REVIEWER);
    assistance::decide_review_phasing_out(&county.desk(), &ctx, walk.case, wish)
}

#[test]
fn the_old_amount_goes_on_for_the_months_chosen_and_ends_by_itself() {
    County::on_both(|county| {
        let family = couple(county);
        let (walk, _) = granted(county, &family, "urban-dibao", AUGUST);
        earns(county, &family, &walk, "wage", 3_000, "2021-10-11");
        county.on("2021-10-18");
        let decided = phase_out(county, &walk, &wish(None)).unwrap();
        assert_eq!(
            (decided.kind, decided.effective_month, decided.last_month),
            (DecisionKind::Keep, month("2021-11"), Some(month("2022-04")))
        );
        assert_eq!(decided.total_fen.get(), 78_000);
        assert_eq!(decided.reasons[0].code, "phase_out");
        assert!(
            !decided.remedies.is_empty(),
            "the benefit ends: the household is told its remedies"
        );
        let months = ["2021-10", "2021-11", "2022-04", "2022-05", "2023-01"];
        assert_eq!(months.map(|at| total(county, at)), [780, 780, 780, 0, 0]);

        let why = |at: &str| {
            let told = county.store.read(|q| {
                let (scope, known) = (Scope::county(), county.known());
                explain::household_month(
                    &county.desk(),
                    q,
                    &scope,
                    family.household,
                    month(at),
                    known,
                )
            });
            told.unwrap().render(Lang::En)
        };
        let during = why("2022-04");
        assert!(
            during.contains("goes on until 2022-04") && during.contains("D21 art. 33"),
            "{during}"
        );
        assert!(
            why("2022-05").contains("is not below the standard"),
            "{}",
            why("2022-05")
        );
    });
}

#[test]
fn it_is_closed_when_its_last_month_is_over_and_then_the_household_may_apply_again() {
    let county = County::new();
    let family = couple(&county);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    earns(&county, &family, &walk, "wage", 3_000, "2021-10-11");
    county.on("2021-10-18");
    phase_out(&county, &walk, &wish(Some(2))).unwrap();
    assert_eq!(
        ["2021-12", "2022-01"].map(|at| total(&county, at)),
        [780, 0]
    );
    let close = || assistance::end_phase_out_many(&county.desk(), &county.ctx(CLERK), &[walk.case]);
    let over = |scope: &Scope| {
        let today = county.today();
        county
            .store
            .read(|q| assistance::phasing_out(q, scope, today))
            .unwrap()
    };
    county.on("2021-12-31");
    assert!(!over(&Scope::county())[0].over);
    refused(close(), &["2021-12"]);
    county.on("2022-01-04");
    assert!(over(&Scope::county())[0].over);
    assert_eq!(over(&Scope::of(support::YALA)), []);
    let again = support::walk::application(&family, "urban-dibao");
    let apply = || assistance::apply(&county.desk(), &county.ctx(CLERK), &again);
    refused(apply(), &["is already in case"]);
    close().unwrap();
    assert_eq!(walk.state(), "stopped");
    assert_eq!(over(&Scope::county()), []);
    assert_eq!(total(&county, "2022-03"), 0, "closing changes no month");
    apply().unwrap();
}

#[test]
fn a_new_review_cuts_it_short_or_takes_its_place() {
    let start = |county: &County| {
        let family = couple(county);
        let (walk, _) = granted(county, &family, "urban-dibao", AUGUST);
        let case = walk.case;
        earns(county, &family, &walk, "wage", 3_000, "2021-10-11");
        county.on("2021-10-18");
        phase_out(county, &walk, &wish(None)).unwrap();
        (family, case)
    };
    let county = County::new();
    let (family, case) = start(&county);
    let walk = Walk {
        county: &county,
        case,
        clerk: CLERK,
        village: LUCHENG_1,
    };
    earns(&county, &family, &walk, "wage", 5_000, "2021-12-06");
    county.on("2021-12-20");
    let ended = assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), case).unwrap();
    assert_eq!(ended.kind, DecisionKind::Stop);
    assert_eq!(
        ["2021-12", "2022-01", "2022-05"].map(|at| total(&county, at)),
        [780, 0, 0]
    );

    let county = County::new();
    let (family, case) = start(&county);
    let walk = Walk {
        county: &county,
        case,
        clerk: CLERK,
        village: LUCHENG_1,
    };
    // The work is lost again: what is decided now goes on beyond the month in which the phase-out was to end.
    earns(&county, &family, &walk, "wage", 0, "2021-12-06");
    county.on("2021-12-20");
    let kept = assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), case).unwrap();
    assert_eq!(kept.kind, DecisionKind::Keep);
    assert_eq!(
        ["2022-01", "2022-04", "2022-05", "2023-01"].map(|at| total(&county, at)),
        [780; 4]
    );
    let list = county
        .store
        .read(|q| assistance::phasing_out(q, &Scope::county(), county.today()));
    assert_eq!(list.unwrap(), []);
}

#[test]
fn only_work_opens_it_and_only_while_the_claim_ends() {
    let county = County::new();
    let family = couple(&county);
    let (walk, _) = granted(&county, &family, "urban-dibao", AUGUST);
    earns(&county, &family, &walk, "transfer", 3_000, "2021-10-11");
    county.on("2021-10-18");
    refused(
        phase_out(&county, &walk, &wish(None)),
        &[
            "with the work income of the decision in force the claim ends as well",
            "income_not_below_standard",
        ],
    );
    let back = income("transfer", 400, "2021-10-18");
    change(&county, &family, family.members[0], back, false);
    refused(phase_out(&county, &walk, &wish(None)), &["still eligible"]);
    let work = income("wage", 3_000, "2021-10-18");
    change(&county, &family, family.members[0], work, false);
    refused(
        phase_out(&county, &walk, &wish(Some(7))),
        &["7 is not between 1 and 6"],
    );
    let silent = PhaseOut {
        months: None,
        reason: " ".to_owned(),
    };
    refused(phase_out(&county, &walk, &silent), &["say why"]);
    phase_out(&county, &walk, &wish(Some(6))).unwrap();
}

#[test]
fn the_old_law_knows_none() {
    let county = County::new();
    let family = couple(&county);
    let (walk, _) = granted_d12(&county, &family, "urban-dibao", APRIL);
    earns(&county, &family, &walk, "wage", 3_000, "2021-10-11");
    refused(
        phase_out(&county, &walk, &wish(None)),
        &["D12, the law of the case, knows none"],
    );
}
