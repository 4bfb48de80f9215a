//! Why a household gets what it gets: the decision, its law, the trace, and the past as it was known.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_benefits::assistance::{self, Cause, explain};
use minsheng_core::Month;
use minsheng_policy::PackSet;
use minsheng_registry::{RegistryError, packs};
use minsheng_store::{Scope, TxNo};
use support::family::{dies, urban_couple};
use support::walk::{APRIL, AUGUST, Walk, granted, granted_d12};
use support::{CLERK, County, LUCHENG_1, REVIEWER, YALA_1};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn open(county: &County, walk: &Walk<'_>, cause: Cause) {
    assistance::open_review(
        &county.desk(),
        &county.ctx(CLERK),
        walk.case,
        cause,
        "情况变化",
    )
    .unwrap();
}

fn decide(county: &County, walk: &Walk<'_>) -> assistance::Decided {
    assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), walk.case).unwrap()
}

#[test]
fn an_explanation_names_decision_law_amounts_trace_and_evidence() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, _) = granted_d12(&county, &family, "urban-dibao", APRIL);
    let before = county.known();
    county.on("2021-06-02");
    dies(&county, &family, family.members[1], "2021-05-20");
    let explain = |at: &str, known| {
        county
            .store
            .read(|q| {
                explain::household_month(
                    &county.desk(),
                    q,
                    &Scope::county(),
                    family.household,
                    month(at),
                    known,
                )
            })
            .unwrap()
    };
    let june = explain("2021-06", county.known());
    let json = serde_json::to_value(&june).unwrap();
    assert_eq!(json["household"], "H000001");
    assert_eq!(json["month"], "2021-06");
    assert_eq!(json["known_at"], "2021-06-02T01:00:00Z");
    assert_eq!(json["programme"], "urban-dibao");
    assert_eq!(json["case"], walk.case.to_string());
    assert_eq!(json["law"], "D12");
    assert_eq!(json["outcome"], "entitled");
    assert_eq!(json["total_fen"], 30_000);
    assert_eq!(json["decision"]["kind"], "grant");
    assert_eq!(json["decision"]["effective_month"], "2021-05");
    assert_eq!(json["members"][0]["amount_fen"], 30_000);
    assert_eq!(json["members"][1]["amount_fen"], 0);
    assert_eq!(json["members"][1]["ended_by_death"], "2021-05-20");
    assert_eq!(json["members"][1]["name"], "李娜");
    assert_eq!(json["pack"], county.packs.current().hash());
    assert_eq!(
        json["evidence"]["household"]["members"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let trace = json["trace"].as_array().unwrap();
    assert!(
        trace.iter().any(|step| step["rule"] == "eligible"),
        "{trace:?}"
    );
    assert!(
        trace
            .iter()
            .all(|step| step["cite"].as_str().is_some_and(|cite| !cite.is_empty()))
    );

    let words = june.render(minsheng_policy::Lang::Zh);
    for part in [
        "H000001 2021-06",
        "享受待遇",
        "李娜 TOP_UP 0.00 (已去世 2021-05-20)",
        "合计 300.00",
        "月人均收入",
    ] {
        assert!(words.contains(part), "`{part}` is not in:\n{words}");
    }
    assert!(june.render(minsheng_policy::Lang::En).contains("entitled"));
    assert_eq!(
        explain("2021-06", before).answer.total_fen,
        60_000,
        "before the death was known"
    );
    assert_eq!(explain("2021-05", county.known()).answer.total_fen, 60_000);
    assert_eq!(explain("2021-04", county.known()).answer.outcome, "not_yet");

    county.on("2021-06-15");
    open(&county, &walk, Cause::Renounced);
    decide(&county, &walk);
    assert_eq!(
        serde_json::to_value(explain("2021-06", june_tx(&june))).unwrap(),
        json,
        "the past stays"
    );
    let july = explain("2021-07", county.known());
    assert_eq!(
        (july.answer.outcome, july.answer.reasons[0].code.as_str()),
        ("stopped", "renounced")
    );
}

/// The packs with another urban standard from October 2021 on.
fn raised(county: &County) -> PackSet {
    let mut sources = county.packs.current().sources().to_vec();
    let source = sources
        .iter_mut()
        .find(|source| source.path.ends_with("cn-513301/urban-dibao.md"))
        .unwrap();
    let row = "[[value]]\nfrom = 2021-10-01\nvalue = 62000\ncite = \"test\"\nmark = \"assume\"\n```\n\n每人的差额";
    source.text = source.text.replacen("```\n\n每人的差额", row, 1);
    PackSet::from_sources("cn-513301", sources).unwrap()
}

#[test]
fn the_amounts_are_those_of_the_pack_in_force_and_the_trace_that_of_the_decision() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    granted(&county, &family, "urban-dibao", AUGUST);
    let before = county.known();
    county.on("2021-10-08");
    let raised = raised(&county);
    packs::publish(&county.desk(), &county.ctx("admin-1"), &raised).unwrap();
    let explain = |at: &str, known| {
        let (desk, scope, household) = (county.desk(), Scope::county(), family.household);
        let explained = county
            .store
            .read(|q| explain::household_month(&desk, q, &scope, household, month(at), known));
        explained.unwrap()
    };
    let own = county.packs.current().hash();
    let october = explain("2021-10", county.known());
    assert_eq!(october.answer.total_fen, 66_000, "620 less 290 each");
    let json = serde_json::to_value(&october).unwrap();
    assert_eq!(json["pack"], own);
    assert_eq!(json["amounts_pack"], raised.hash());
    assert!(october.render(minsheng_policy::Lang::En).contains(&format!(
        "published later, the steps below by the pack of the decision: {}",
        raised.hash()
    )));
    assert_eq!(explain("2021-09", county.known()).answer.total_fen, 60_000);

    let past = explain("2021-10", before);
    assert_eq!(
        past.answer.total_fen, 60_000,
        "as known before it was published"
    );
    assert_eq!(past.answer.trace, october.answer.trace);
    assert_eq!(
        serde_json::to_value(&past).unwrap().get("amounts_pack"),
        None
    );
}

#[test]
fn an_explanation_of_a_refusal_gives_its_reason_and_of_nothing_says_so() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 590);
    let nobody = urban_couple(&county, LUCHENG_1, 290);
    let open = urban_couple(&county, LUCHENG_1, 290);
    county.on("2021-08-16");
    let walk = Walk::apply(&county, &family, "urban-dibao");
    walk.to_first_opinion();
    walk.forward().county_opinion();
    walk.decide();
    Walk::apply(&county, &open, "urban-dibao");
    let explain = |household, scope: &Scope| {
        let known = county.known();
        county.store.read(|q| {
            explain::household_month(&county.desk(), q, scope, household, month("2021-09"), known)
        })
    };
    let refused = explain(family.household, &Scope::county()).unwrap();
    assert_eq!(
        (refused.answer.outcome, refused.answer.total_fen),
        ("refused", 0)
    );
    assert_eq!(refused.answer.reasons[0].code, "income_not_below_standard");
    assert!(!refused.answer.trace.is_empty());
    assert_eq!(
        explain(nobody.household, &Scope::county())
            .unwrap()
            .answer
            .outcome,
        "no_case"
    );
    assert_eq!(
        explain(open.household, &Scope::county())
            .unwrap()
            .answer
            .outcome,
        "undecided"
    );
    let elsewhere = explain(family.household, &Scope::of(YALA_1)).unwrap_err();
    assert!(matches!(
        elsewhere,
        assistance::AssistanceError::Registry(RegistryError::NotFound { .. })
    ));
}

fn june_tx(explanation: &explain::Explanation) -> TxNo {
    TxNo(explanation.known_tx)
}

#[test]
fn a_receipt_is_proved_by_the_records_and_a_changed_one_is_not() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    granted_d12(&county, &family, "urban-dibao", APRIL);
    let issue = |household, scope: &Scope| {
        let known = county.known();
        county.store.read(|q| {
            assistance::receipt::issue(&county.desk(), q, scope, household, month("2021-06"), known)
        })
    };
    let prove = |receipt: &minsheng_policy::Receipt, scope: &Scope| {
        county
            .store
            .read(|q| assistance::receipt::prove(&county.desk(), q, scope, receipt))
    };
    let receipts = issue(family.household, &Scope::county()).unwrap();
    let [receipt] = &receipts[..] else {
        panic!("{receipts:?}")
    };
    prove(receipt, &Scope::county()).unwrap();
    let json = receipt.to_json();
    assert_eq!(json["pack"], county.packs.current().hash());
    assert_eq!(json["result"]["total_fen"], 60_000);
    // What the household was not asked for stays out of it: a stranger's area, another determination.
    let elsewhere = Scope::of(YALA_1);
    assert!(issue(family.household, &elsewhere).is_err());
    assert!(prove(receipt, &elsewhere).is_err());
    let mut later = json.clone();
    later["known_at"] = "2030-01-01T00:00:00Z".into();
    let changed = minsheng_policy::Receipt::read(later).unwrap();
    let error = prove(&changed, &Scope::county()).unwrap_err().to_string();
    assert!(error.starts_with("result_hash: "), "{error}");
}
