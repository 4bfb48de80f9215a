//! What expressions mean: numbers, units, lists, missing evidence, exceptions, versions.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod support;

use serde_json::{Value, json};
use support::{household, load, probe, rule, value};

fn ok(ty: &str, expression: &str) -> String {
    value(ty, expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
}

fn error(ty: &str, expression: &str) -> String {
    value(ty, expression).expect_err(expression)
}

#[test]
fn numbers_are_exact() {
    assert_eq!(ok("int", "1 + 2 * 3 - 4"), "3");
    assert_eq!(ok("ratio", "7 / 2"), "7/2");
    assert_eq!(ok("bool", "0.1 + 0.2 == 0.3"), "true");
    assert_eq!(ok("bool", "1 / 3 * 3 == 1"), "true");
    assert_eq!(ok("int", "-7 % 3"), "-1");
    assert_eq!(ok("int", "min(3, 1, 2) + max(3, 1, 2)"), "4");
    assert!(error("int", "170141183460469231731687303715884105727 + 1").contains("too large"));
    assert!(error("ratio", "1 / (2 - 2)").contains("division by zero"));
    assert!(error("int", "1 % (2 - 2)").contains("division by zero"));
}

#[test]
fn operators_bind_as_in_cel() {
    assert_eq!(ok("bool", "!false && false"), "false");
    assert_eq!(ok("bool", "true || false && false"), "true");
    assert_eq!(ok("bool", "1 + 1 < 3 == true"), "true");
    assert_eq!(ok("int", "10 - 3 - 2"), "5");
    assert_eq!(ok("int", "false ? 1 : true ? 2 : 3"), "2");
    assert_eq!(ok("int", "let a = 2; let b = a * 3; a + b"), "8");
}

#[test]
fn a_decided_side_wins_over_an_error_of_the_other() {
    assert_eq!(ok("bool", "1 / (1 - 1) > 0 && false"), "false");
    assert_eq!(ok("bool", "true || 1 / (1 - 1) > 0"), "true");
    assert_eq!(
        ok("bool", "members.any(m, m.head || 1 / (1 - 1) > 0)"),
        "true"
    );
    assert!(error("bool", "1 / (1 - 1) > 0 && true").contains("division by zero"));
}

#[test]
fn money_rounds_by_name() {
    let yuan = |fen: &str| format!("{fen}.00 yuan/person/month");
    let money = |expression: &str| {
        let standard = parameter("gap", "fen/person/month", "100");
        let facts = household(&[40], json!({}));
        probe(
            &format!("{standard}{}", rule("fen/person/month", expression)),
            &facts,
        )
        .unwrap()
    };
    assert_eq!(money("ceil_yuan(gap / 3)"), yuan("1"));
    assert_eq!(money("floor_yuan(gap / 3)"), yuan("0"));
    assert_eq!(money("round_half_up_yuan(gap / 2)"), yuan("1"));
    assert_eq!(money("round_half_up_yuan(gap / 3)"), yuan("0"));
    assert_eq!(money("ceil_to(gap * 7 / 3, gap * 5)"), yuan("5"));
    assert_eq!(money("gap / 3"), "≈0.33 yuan/person/month");
}

#[test]
fn a_year_becomes_months_only_by_name() {
    let standard = parameter("standard", "fen/person/year", "468000");
    let facts = household(&[40, 38, 10], json!({}));
    let month = probe(
        &format!(
            "{standard}{}",
            rule("fen/person/month", "per_month(standard)")
        ),
        &facts,
    );
    assert_eq!(month.unwrap(), "390.00 yuan/person/month");
    let year = probe(
        &format!(
            "{standard}{}",
            rule("fen/person/year", "per_year(per_month(standard))")
        ),
        &facts,
    );
    assert_eq!(year.unwrap(), "4680.00 yuan/person/year");
    let total = rule(
        "fen/household",
        "months(24) * per_month(standard) * members.count()",
    );
    assert_eq!(
        probe(&format!("{standard}{total}"), &facts).unwrap(),
        "28080.00 yuan/household"
    );
    let sum = rule("fen/household/year", "members.sum(m, standard)");
    assert_eq!(
        probe(&format!("{standard}{sum}"), &facts).unwrap(),
        "14040.00 yuan/household/year"
    );
    let wrong = rule("fen/person/month", "per_month(per_month(standard))");
    assert!(
        probe(&format!("{standard}{wrong}"), &facts)
            .unwrap_err()
            .contains("converts an amount per year")
    );
}

#[test]
fn lists_are_folded() {
    assert_eq!(
        ok("person/household", "members.count()"),
        "3 person/household"
    );
    assert_eq!(
        ok("person/household", "members.count(m, !m.head)"),
        "2 person/household"
    );
    assert_eq!(ok("bool", "members.all(m, m.sex == \"1\")"), "true");
    assert_eq!(
        ok(
            "bool",
            "members.any(m, m.relation in [\"spouse\", \"parent\"])"
        ),
        "false"
    );
    assert_eq!(
        ok("bool", "members.exists(m, m.relation == \"child\")"),
        "true"
    );
    assert_eq!(ok("bool", "members.exists_one(m, m.head)"), "true");
    assert_eq!(ok("bool", "members.exists_one(m, !m.head)"), "false");
    assert_eq!(
        ok("list(person)", "members.filter(m, !m.head)"),
        "[P000002, P000003]"
    );
    assert_eq!(
        ok(
            "year",
            "members.sum(m, completed_age(m.birth_date, application.date))"
        ),
        "85 year"
    );
    assert_eq!(ok("bool", "2 in members.map(m, m.head ? 1 : 2)"), "true");
    assert_eq!(ok("bool", "members.filter(m, false).all(m, false)"), "true");
    assert_eq!(ok("int", "[1, 2, 3].sum(x, x * x)"), "14");
    assert_eq!(ok("int", "[0, 1, 2].sum(x, x)"), "3");
    assert_eq!(ok("list(ratio)", "[0, 1, 3 / 2]"), "[0, 1, 3/2]");
    assert_eq!(ok("int", "size([4, 5, 6]) + [7].size()"), "4");
    assert_eq!(
        ok("person/household", "size(members)"),
        "3 person/household"
    );
    assert_eq!(ok("list(int)", "[1, 2, 3].map(x, x > 1, x * x)"), "[4, 9]");
}

#[test]
fn the_calendar_counts_whole_years_and_months() {
    assert_eq!(
        ok(
            "year",
            "completed_years(date(\"2018-03-01\"), application.date)"
        ),
        "3 year"
    );
    assert_eq!(
        ok(
            "year",
            "completed_years(date(\"2018-03-02\"), application.date)"
        ),
        "2 year"
    );
    assert_eq!(
        ok(
            "month",
            "months_between(date(\"2021-01-31\"), application.date)"
        ),
        "1 month"
    );
    assert_eq!(
        ok(
            "day",
            "days_between(date(\"2021-02-01\"), application.date)"
        ),
        "28 day"
    );
    assert_eq!(
        ok("date", "add_months(date(\"2021-01-31\"), months(1))"),
        "2021-02-28"
    );
    assert_eq!(
        ok("bool", "benefit_month == month_of(date(\"2021-05-31\"))"),
        "true"
    );
    assert_eq!(ok("date", "last_day(benefit_month)"), "2021-05-31");
    assert_eq!(
        ok(
            "bool",
            "date(\"2021-03-01\") <= application.date && application.date < date(\"2021-03-02\")"
        ),
        "true"
    );
    assert!(error("date", "date(\"2021-2-1\")").contains("is not a date"));
    assert!(error("date", "add_months(date(\"9999-12-01\"), months(1))").contains("too large"));
}

const EVIDENCE: &str = r#"
```toml evidence
name = "savings"
entity = "household"
form = "amount"
unit = "fen/household"
source = { zh = "银行", en = "bank" }
label = { zh = "存款", en = "savings" }
cite = "L"
```
```toml evidence
name = "together"
entity = "person"
form = "flag"
source = { zh = "入户", en = "visit" }
label = { zh = "同住", en = "lives together" }
cite = "L"
```
```toml evidence
name = "since"
entity = "person"
form = "since"
absent = { value = "none", cite = "L", mark = "practice" }
source = { zh = "登记", en = "register" }
label = { zh = "何时起", en = "since" }
cite = "L"
```
"#;

fn with_evidence(ty: &str, expression: &str, extra: Value) -> String {
    let facts = household(&[40, 38], extra);
    probe(&format!("{EVIDENCE}{}", rule(ty, expression)), &facts)
        .unwrap_or_else(|error| panic!("{expression}: {error}"))
}

#[test]
fn missing_evidence_travels_with_what_would_decide_it() {
    let ask = |expression: &str| with_evidence("bool", expression, json!({}));
    assert_eq!(ask("false && household.savings > 0"), "false");
    assert_eq!(ask("household.savings > 0 && false"), "false");
    assert_eq!(ask("true || household.savings > 0"), "true");
    assert_eq!(ask("household.savings > 0 || true"), "true");
    assert_eq!(
        ask("true && household.savings > 0"),
        "undetermined: 1 savings"
    );
    assert_eq!(ask("!(household.savings > 0)"), "undetermined: 1 savings");
    assert_eq!(
        ask("household.savings + household.savings > 0"),
        "undetermined: 1 savings"
    );
    assert_eq!(
        ask("household.savings > 0 ? true : false"),
        "undetermined: 1 savings"
    );
    assert_eq!(
        ask("members.all(m, m.together) && household.savings > 0"),
        "undetermined: 1 savings, 1 together, 2 together"
    );
    assert_eq!(ask("members.any(m, m.head || m.together)"), "true");
    assert_eq!(
        ask("members.all(m, m.head || m.together)"),
        "undetermined: 2 together"
    );
    assert_eq!(
        ask("members.count(m, m.together) == members.count()"),
        "undetermined: 1 together, 2 together"
    );
    assert_eq!(
        ask("members.filter(m, m.together).any(m, m.head)"),
        "undetermined: 1 together, 2 together"
    );
    assert_eq!(
        ask("max(household.savings, 0) > 0"),
        "undetermined: 1 savings"
    );
}

#[test]
fn an_optional_null_is_unknown_and_any_other_is_refused() {
    let declared =
        |optional: &str| EVIDENCE.replacen("cite = \"L\"", &format!("cite = \"L\"{optional}"), 1);
    let ask = |optional: &str| {
        let blocks = format!(
            "{}{}",
            declared(optional),
            rule("bool", "household.savings > 0")
        );
        probe(&blocks, &household(&[40], json!({"savings": null})))
    };
    assert_eq!(ask("\noptional = true").unwrap(), "undetermined: 1 savings");
    let refused = ask("").unwrap_err();
    assert!(
        refused.starts_with("household.savings: null is not a value here"),
        "{refused}"
    );
}

#[test]
fn what_is_declared_absent_is_known() {
    let ask = |expression: &str, extra: Value| with_evidence("bool", expression, extra);
    assert_eq!(ask("members.any(m, has(m.since))", json!({})), "false");
    assert_eq!(ask("members.any(m, m.since != null)", json!({})), "false");
    assert_eq!(
        ask(
            "members.all(m, m.since == null || m.since < application.date)",
            json!({})
        ),
        "true"
    );
    assert_eq!(
        ask(
            "members.any(m, has(m.since) && m.since < application.date)",
            json!({})
        ),
        "false"
    );
    assert_eq!(
        ask(
            "members.all(m, !has(m.since) || m.since < application.date)",
            json!({})
        ),
        "true"
    );
    assert_eq!(
        ask(
            "members.all(m, has(m.since) ? m.since < application.date : true)",
            json!({})
        ),
        "true"
    );
}

fn parameter(name: &str, unit: &str, value: &str) -> String {
    format!(
        "\n```toml parameter\nname = \"{name}\"\nlabel = {{ zh = \"数\", en = \"number\" }}\nunit = \"{unit}\"\n[[value]]\nfrom = 2020-01-01\nvalue = {value}\ncite = \"L\"\nmark = \"assume\"\n```\n"
    )
}

fn exception(label: &str, notes: &str, body: &str) -> String {
    format!("\n```exception probe: {label}\n@cite L\n@zh 例外\n@en exception\n{notes}{body}\n```\n")
}

#[test]
fn exceptions_apply_by_rank_and_conflict_without() {
    let facts = household(&[40, 38], json!({"savings": 5}));
    let ask = |exceptions: &str| {
        probe(
            &format!("{EVIDENCE}{}{exceptions}", rule("int", "0")),
            &facts,
        )
    };
    let one = |notes: &str| exception("one", notes, "when household.savings > 0 then 1");
    let two = |notes: &str| exception("two", notes, "when household.savings > 0 then 2");
    let three = exception("three", "@over two\n", "when household.savings > 0 then 3");
    assert_eq!(ask("").unwrap(), "0");
    assert_eq!(ask(&one("")).unwrap(), "1");
    assert_eq!(
        ask(&exception("none", "", "when household.savings < 0 then 9")).unwrap(),
        "0"
    );
    let conflict = ask(&format!("{}{}", one(""), two(""))).unwrap_err();
    assert!(
        conflict.contains("the exceptions one and two both apply"),
        "{conflict}"
    );
    assert!(conflict.contains("@over"), "{conflict}");
    assert_eq!(
        ask(&format!("{}{}", one(""), two("@over one\n"))).unwrap(),
        "2"
    );
    assert_eq!(
        ask(&format!("{}{}{three}", one(""), two("@over one\n"))).unwrap(),
        "3"
    );
}

#[test]
fn an_exception_that_may_apply_leaves_the_rule_undetermined() {
    let facts = household(&[40, 38], json!({}));
    let ask = |exceptions: &str| {
        probe(
            &format!("{EVIDENCE}{}{exceptions}", rule("int", "0")),
            &facts,
        )
        .unwrap()
    };
    let unknown = exception("one", "", "when household.savings > 0 then 1");
    assert_eq!(ask(&unknown), "undetermined: 1 savings");
    // A winner that beats it makes the question needless.
    let winner = exception("two", "@over one\n", "when true then 2");
    assert_eq!(ask(&format!("{unknown}{winner}")), "2");
}

#[test]
fn a_rule_is_chosen_by_the_law_of_the_acceptance_date() {
    let text = r#"```toml programme
code = "p"
name = { zh = "某", en = "some" }
unit = "household"
uses = ["base"]
```
```toml law
id = "K"
title = { zh = "旧法", en = "older law" }
from = 2000-01-01
to = 2010-01-01
applies_by = "acceptance"
```
```rule probe: int
@law K art. 1
@zh 旧
@en old
1
```
```rule probe: int
@law L art. 2
@zh 新
@en new
2
```
"#;
    let set = load(text).unwrap();
    let programme = set.programme("p").unwrap();
    let facts = programme.facts(&household(&[40], json!({}))).unwrap();
    let ask = |acceptance: &str| {
        let key = minsheng_policy::KeyDates {
            acceptance: acceptance.parse().unwrap(),
            month: "2021-05".parse().unwrap(),
        };
        programme
            .ask("probe", None, &facts, &key)
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        ask("2009-12-31"),
        Ok(minsheng_policy::Answer::Known("1".to_owned()))
    );
    assert_eq!(
        ask("2010-01-01"),
        Ok(minsheng_policy::Answer::Known("2".to_owned()))
    );
    assert!(
        ask("1999-12-31")
            .unwrap_err()
            .contains("no law in force on 1999-12-31")
    );
    assert_eq!(
        programme.law_at("2009-12-31".parse().unwrap()).unwrap().id,
        "K"
    );
}

#[test]
fn a_period_without_a_value_is_an_error() {
    let gap = parameter("rate", "int", "1").replace("cite", "to = 2020-12-31\ncite");
    let text = format!("{gap}{}", rule("int", "rate"));
    let failed = probe(&text, &household(&[40], json!({}))).unwrap_err();
    assert!(
        failed.contains("parameter rate has no value on 2021-03-10"),
        "{failed}"
    );
}

#[test]
fn a_table_gives_the_value_of_the_one_row_that_applies() {
    let table = "| `completed_age(members.filter(x, x.head).sum(x, 0) == 0 ? date(\"1940-01-01\") : date(\"1950-01-01\"), application.date)` | household.savings | then |\n|:---|---|---|\n| 80 .. 89 | >= 100 | 1 |\n| 80 .. 89 | < 50, 60 .. 70 | 2 |\n| else | | 3 |";
    let ask = |savings: i64| with_evidence("int", table, json!({"savings": savings}));
    assert_eq!(ask(100), "1");
    assert_eq!(ask(99), "3");
    assert_eq!(ask(49), "2");
    assert_eq!(ask(50), "3");
    assert_eq!(ask(60), "2");
    assert_eq!(ask(71), "3");
    assert_eq!(
        with_evidence("int", table, json!({})),
        "undetermined: 1 savings"
    );
}

#[test]
fn two_rows_that_apply_are_an_error_and_an_exception_stands_above_the_table() {
    let table =
        "| household.savings | then |\n|---|---|\n| < 100 | 1 |\n| < 50 | 2 |\n| else | 3 |";
    let facts = |savings: i64| household(&[40], json!({"savings": savings}));
    let blocks = format!("{EVIDENCE}{}", rule("int", table));
    assert_eq!(probe(&blocks, &facts(60)).unwrap(), "1");
    let conflict = probe(&blocks, &facts(40)).unwrap_err();
    assert!(
        conflict.contains("the exceptions row 1 and row 2 both apply"),
        "{conflict}"
    );
    let with = format!("{blocks}{}", exception("rich", "", "when true then 9"));
    assert_eq!(probe(&with, &facts(40)).unwrap(), "9");
}
