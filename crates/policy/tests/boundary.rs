//! Facts from outside: every field is typed, and what does not fit is refused by its path.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use minsheng_policy::PackSet;
use serde_json::{Value, json};

fn facts() -> Value {
    let set = PackSet::embedded("cn-513301").unwrap();
    set.programme("urban-dibao")
        .unwrap()
        .example("DB-1")
        .unwrap()
        .0
        .clone()
}

/// Replaces the value at a JSON pointer (adding the last field) and reads the facts.
fn refused(pointer: &str, value: Value) -> String {
    let mut facts = facts();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    facts.pointer_mut(parent).unwrap()[field] = value;
    let set = PackSet::embedded("cn-513301").unwrap();
    set.programme("urban-dibao")
        .unwrap()
        .facts(&facts)
        .expect_err(pointer)
        .to_string()
}

#[test]
fn wrong_values_are_refused_by_path() {
    let mut report = String::new();
    for (pointer, value) in [
        ("/household/members/0/head", json!("false")),
        ("/household/members/0/destitute", json!("false")),
        ("/household/members/0/destitute", json!(0)),
        ("/household/members/0/birth_date", json!("2021-2-1")),
        ("/household/members/0/birth_date", json!("2021-02-30")),
        ("/household/members/0/birth_date", json!(null)),
        ("/household/members/0/sex", json!("male")),
        ("/household/members/0/relation", json!("son")),
        ("/household/members/0/income/0/amount", json!(2100.5)),
        ("/household/members/0/income/0/amount", json!("210000")),
        ("/household/members/0/income/0/amount", json!(-1)),
        (
            "/household/members/0/income/0/amount",
            json!(9_223_372_036_854_775_808_u64),
        ),
        ("/household/members/0/income/0/months", json!(13)),
        ("/household/members/0/income/0/months", json!(0)),
        ("/household/members/0/income/0/kind", json!("wages")),
        ("/household/members/0/income/0/note", json!("x")),
        ("/household/members/0/income", json!({"kind": "wage"})),
        (
            "/household/members/0/income",
            json!([{"kind": "wage", "amount": 1}]),
        ),
        ("/household/members/0/disability", json!("48")),
        ("/household/members/0/disability", json!("4")),
        ("/household/members/0/disability", json!(42)),
        ("/household/members/0/income_declaration", json!(null)),
        ("/household/members/0/incme", json!([])),
        ("/household/members/1/id", json!(1)),
        ("/household/members/1/head", json!(true)),
        ("/household/members", json!([])),
        ("/household/financial_assets", json!(null)),
        ("/household/financial_assets", json!(1e3)),
        ("/household/vehicles", json!(0)),
        ("/household/active_company", json!("maybe")),
        ("/application/single", json!(9)),
        ("/application/date", json!("2021-02-22T00:00:00")),
        ("/application/channel", json!("online")),
        ("/today", json!("2021-02-22")),
    ] {
        report.push_str(&format!(
            "{pointer} = {value}\n{}\n\n",
            refused(pointer, value.clone())
        ));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn one_record_for_each_kind() {
    let wage = json!({"kind": "wage", "amount": 1, "months": 1});
    let error = refused("/household/members/0/income", json!([wage, wage]));
    assert!(
        error.starts_with("household.members[0].income[1].kind: this occurs twice in the list"),
        "{error}"
    );
}

#[test]
fn null_stands_for_what_is_declared_absent() {
    let set = PackSet::embedded("cn-513301").unwrap();
    let programme = set.programme("urban-dibao").unwrap();
    let mut facts = facts();
    facts["household"]["members"][0]["clergy"] = json!(null);
    facts["household"]["members"][0]["disability"] = json!(null);
    facts["household"]["members"][0]["absence"] = json!("none");
    assert_eq!(programme.facts(&facts), programme.facts(&self::facts()));
}

#[test]
fn facts_of_a_programme_with_other_evidence_are_refused() {
    let set = PackSet::embedded("cn-513301").unwrap();
    let urban = set.programme("urban-dibao").unwrap();
    let rural = set.programme("rural-dibao").unwrap();
    let (json, key) = urban.example("DB-1").unwrap();
    let facts = urban.facts(json).unwrap();
    let error = rural.amounts(&facts, &key).unwrap_err().to_string();
    assert!(
        error.contains("were read for a programme with other evidence"),
        "{error}"
    );
}
