//! The interview over generated programmes: it never asks what cannot change the answer, and it ends in the answer
//! of the reference evaluator to the whole facts.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod support;

use std::collections::BTreeMap;

use minsheng_policy::{Determination, KeyDates, Next, Outcome, PackSet, Programme};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::load;

const EVIDENCE: &str = r#"
```toml evidence
name = "filed"
entity = "household"
form = "flag"
source = { zh = "册", en = "register" }
label = { zh = "在册", en = "filed" }
cite = "L"
```
```toml evidence
name = "area"
entity = "household"
form = "code"
code = [
  { code = "u", label = { zh = "城", en = "urban" } },
  { code = "r", label = { zh = "乡", en = "rural" } },
  { code = "p", label = { zh = "牧", en = "pastoral" } },
]
source = { zh = "册", en = "register" }
label = { zh = "地区", en = "area" }
cite = "L"
```
```toml evidence
name = "cows"
entity = "household"
form = "quantity"
min = 0
max = 2
absent = { value = 0, cite = "L", mark = "practice" }
source = { zh = "册", en = "register" }
label = { zh = "牛", en = "cows" }
cite = "L"
```
```toml evidence
name = "ill"
entity = "person"
form = "flag"
source = { zh = "册", en = "register" }
label = { zh = "病", en = "ill" }
cite = "L"
```
"#;

/// A programme with this condition; who is counted is paid by the cows.
fn programme(condition: &str, beneficiary: &str, amount: &str) -> PackSet {
    let text = format!(
        r#"```toml programme
code = "p"
name = {{ zh = "某", en = "some" }}
unit = "household"
```
{}
{EVIDENCE}
```toml parameter
name = "unit_rate"
label = {{ zh = "数", en = "rate" }}
unit = "fen/person/month"
[[value]]
from = 2010-01-01
value = 100
cite = "L"
mark = "assume"
```
```rule eligible: bool
@cite L
@zh 符合
@en eligible
{condition}
```
```rule beneficiary(m): bool
@cite L
@zh 对象
@en beneficiary
{beneficiary}
```
```rule class(m): code(class)
@cite L
@zh 档
@en class
"A"
```
```rule amount(m): fen/person/month
@cite L
@zh 额
@en amount
{amount}
```
```reason not_eligible
@cite L
@zh 不符合
@en not eligible
!eligible
```
"#,
        support::FRAME
    );
    load(&text).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

fn key() -> KeyDates {
    KeyDates {
        acceptance: "2021-03-10".parse().unwrap(),
        month: "2021-05".parse().unwrap(),
    }
}

/// The domains, by the names of the questions.
fn domains(persons: usize) -> Vec<(String, Vec<Value>)> {
    let mut all = vec![
        (
            "household.filed".to_owned(),
            vec![json!(true), json!(false)],
        ),
        (
            "household.area".to_owned(),
            vec![json!("u"), json!("r"), json!("p")],
        ),
        (
            "household.cows".to_owned(),
            vec![json!(0), json!(1), json!(2)],
        ),
    ];
    for person in 1..=persons {
        all.push((
            format!("members.{person}.ill"),
            vec![json!(true), json!(false)],
        ));
    }
    all
}

fn facts(answers: &BTreeMap<String, Value>, persons: usize) -> Value {
    let mut facts = support::household(&[40, 38, 10][..persons], json!({}));
    for (name, value) in answers {
        let parts: Vec<&str> = name.split('.').collect();
        match parts[..] {
            ["household", field] => facts["household"][field] = value.clone(),
            [_, number, field] => {
                let index: usize = number.parse().unwrap();
                facts["household"]["members"][index - 1][field] = value.clone();
            }
            _ => unreachable!("{name}"),
        }
    }
    facts
}

/// What people are told: the outcome and the amounts.
fn result(determination: &Determination) -> String {
    match &determination.outcome {
        Outcome::Undetermined { .. } => "open".to_owned(),
        outcome => format!("{outcome:?} {:?}", determination.members),
    }
}

fn reference(
    programme: &Programme,
    answers: &BTreeMap<String, Value>,
    persons: usize,
) -> Result<String, String> {
    let facts = programme.facts(&facts(answers, persons)).unwrap();
    programme
        .determine(&facts, &key())
        .map(|found| result(&found))
        .map_err(|error| error.to_string())
}

/// All completions of what is not answered.
fn completions(
    answers: &BTreeMap<String, Value>,
    domains: &[(String, Vec<Value>)],
) -> Vec<BTreeMap<String, Value>> {
    let mut all = vec![answers.clone()];
    for (name, values) in domains {
        if answers.contains_key(name) {
            continue;
        }
        all = all
            .into_iter()
            .flat_map(|known| {
                values.iter().map(move |value| {
                    let mut more = known.clone();
                    more.insert(name.clone(), value.clone());
                    more
                })
            })
            .collect();
    }
    all
}

/// Whether two answers to a question lead to different results in some completion of the rest.
fn can_change(
    programme: &Programme,
    answers: &BTreeMap<String, Value>,
    domains: &[(String, Vec<Value>)],
    question: &str,
    persons: usize,
) -> bool {
    let (_, values) = domains.iter().find(|(name, _)| name == question).unwrap();
    let rest: Vec<_> = domains
        .iter()
        .filter(|(name, _)| name != question)
        .cloned()
        .collect();
    completions(answers, &rest).into_iter().any(|completion| {
        let results: Vec<_> = values
            .iter()
            .map(|value| {
                let mut all = completion.clone();
                all.insert(question.to_owned(), value.clone());
                reference(programme, &all, persons)
            })
            .collect();
        results.windows(2).any(|pair| pair[0] != pair[1])
    })
}

/// Holds an interview with these answers, judging every question.
fn converse(
    programme: &Programme,
    truth: &BTreeMap<String, Value>,
    persons: usize,
) -> Result<usize, String> {
    let domains = domains(persons);
    let date = "2021-03-01".parse().unwrap();
    let mut interview = minsheng_policy::Interview::new(programme, key(), date, persons).unwrap();
    let mut answers = BTreeMap::new();
    loop {
        match interview.next() {
            Ok(Next::Ask(question)) => {
                if !can_change(programme, &answers, &domains, &question.name, persons) {
                    return Err(format!(
                        "{} is asked after {answers:?} and cannot change the answer",
                        question.name
                    ));
                }
                let value = truth[&question.name].clone();
                let text = match &value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                interview
                    .answer(&question.name, &text)
                    .map_err(|error| error.to_string())?;
                answers.insert(question.name, value);
            }
            Ok(Next::Done(conclusion)) => {
                let found = result(&conclusion.determination);
                let wanted = reference(programme, truth, persons);
                if Ok(&found) != wanted.as_ref() {
                    return Err(format!("ends in {found}, the reference says {wanted:?}"));
                }
                return Ok(answers.len());
            }
            Err(error) => {
                let wanted = reference(programme, truth, persons);
                return match wanted {
                    Err(known) if known == error.to_string() => Ok(answers.len()),
                    other => Err(format!("ends in {error}, the reference says {other:?}")),
                };
            }
        }
    }
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "household.filed",
        "household.area == \"u\"",
        "household.area in [\"u\", \"r\"]",
        "household.cows > 0",
        "household.cows == 2",
        "household.cows * 2 >= 3",
        "members.any(m, m.ill)",
        "members.all(m, m.ill || m.head)",
        "members.count(m, m.ill) == members.count()",
        "members.filter(m, m.ill).any(m, m.head)",
        "members.exists_one(m, m.ill)",
        "true",
        "false",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

fn amount() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "unit_rate",
        "household.cows > 1 ? unit_rate * 3 : unit_rate",
        "max(unit_rate * household.cows, unit_rate * 2)",
        "m.ill ? unit_rate : unit_rate * 2",
        "household.area == \"p\" ? unit_rate / household.cows * household.cows * 1 == unit_rate ? unit_rate : unit_rate * 2 : unit_rate",
    ])
    .prop_map(|text| format!("ceil_yuan({text})"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn only_what_can_change_the_answer_is_asked_and_the_end_is_the_reference(
        condition in condition(), amount in amount(),
        beneficiary in prop::sample::select(vec!["true", "m.head", "m.ill || m.head", "!m.ill"]),
        persons in 1_usize..3, choice in prop::collection::vec(0_usize..6, 5),
    ) {
        let set = programme(&condition, beneficiary, &amount);
        let programme = set.programme("p").unwrap();
        let truth: BTreeMap<String, Value> = domains(persons)
            .into_iter()
            .zip(&choice)
            .map(|((name, values), choice)| {
                let value = values[choice % values.len()].clone();
                (name, value)
            })
            .collect();
        if let Err(error) = converse(programme, &truth, persons) {
            prop_assert!(false, "{}\neligible: {}\nbeneficiary: {}\namount: {}", error, condition, beneficiary, amount);
        }
    }
}

#[test]
fn what_is_the_same_either_way_is_not_asked() {
    let set = programme(
        "household.filed && (household.cows > 0 || household.cows == 0)",
        "true",
        "unit_rate",
    );
    let programme = set.programme("p").unwrap();
    let truth = BTreeMap::from([
        ("household.filed".to_owned(), json!(true)),
        ("household.area".to_owned(), json!("u")),
        ("household.cows".to_owned(), json!(1)),
        ("members.1.ill".to_owned(), json!(true)),
    ]);
    assert_eq!(converse(programme, &truth, 1), Ok(1));
}

#[test]
fn answers_pass_the_typed_boundary() {
    let set = PackSet::embedded("cn-513301").unwrap();
    let programme = set.programme("urban-dibao").unwrap();
    let date = "2021-03-01".parse().unwrap();
    let mut interview = minsheng_policy::Interview::new(programme, key(), date, 2).unwrap();
    for (name, text) in [
        ("members.1.birth_date", "2021-2-1"),
        ("members.2.sex", "male"),
        ("members.2.head", "true"),
        ("members.3.sex", "1"),
        ("members.1.destitute", "0"),
        (
            "members.1.income",
            "[{\"kind\": \"wage\", \"amount\": 2100.5, \"months\": 12}]",
        ),
        ("household.financial_assets", "12.50"),
        ("household.financial_assets", "none"),
        ("household.financial_asset", "1"),
        ("household.vehicles", "0"),
        ("savings", "1"),
    ] {
        let error = interview.answer(name, text).expect_err(name);
        assert_eq!(
            error.path,
            if name.ends_with("income") {
                "members.1.income[0].amount"
            } else {
                name
            }
        );
        assert!(!error.hint.is_empty(), "{error}");
    }
    interview
        .answer("members.1.birth_date", "1980-02-01")
        .unwrap();
    let again = interview
        .answer("members.1.birth_date", "1980-02-01")
        .unwrap_err();
    assert_eq!(again.problem, "answered already");
}

#[test]
fn an_interview_about_dibao_ends() {
    let set = PackSet::embedded("cn-513301").unwrap();
    for code in ["urban-dibao", "rural-dibao"] {
        let programme = set.programme(code).unwrap();
        let date = "2021-03-01".parse().unwrap();
        let mut interview = minsheng_policy::Interview::new(programme, key(), date, 2).unwrap();
        let mut asked = Vec::new();
        let conclusion = loop {
            match interview.next().unwrap() {
                Next::Done(conclusion) => break conclusion,
                Next::Ask(question) => {
                    let text = match &question.answer {
                        _ if question.name == "household.residence_area" => {
                            code.split_once('-').unwrap().0.to_owned()
                        }
                        minsheng_policy::Shape::Flag => "false".to_owned(),
                        minsheng_policy::Shape::Date if question.none => "none".to_owned(),
                        minsheng_policy::Shape::Date => "1980-02-01".to_owned(),
                        minsheng_policy::Shape::Code { .. } if question.none => "none".to_owned(),
                        minsheng_policy::Shape::Code { codes } => {
                            codes.last().unwrap().code.clone()
                        }
                        minsheng_policy::Shape::Digits { .. } => "none".to_owned(),
                        minsheng_policy::Shape::Number { min, .. } => min.to_string(),
                        minsheng_policy::Shape::Records { .. } => "[]".to_owned(),
                    };
                    interview.answer(&question.name, &text).unwrap();
                    asked.push(question.name);
                    assert!(asked.len() < 200, "{asked:?}");
                }
            }
        };
        assert!(!matches!(
            conclusion.determination.outcome,
            Outcome::Undetermined { .. }
        ));
        assert!(
            asked.contains(&"members.1.income".to_owned()),
            "{code}: {asked:?}"
        );
    }
}
