//! The set of packs as a whole: identity, what it declares, months and epochs, and what missing evidence may do.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use std::collections::BTreeSet;

use minsheng_core::{Date, Month};
use minsheng_policy::{KeyDates, Outcome, PackSet, Programme, Source};
use proptest::prelude::*;
use serde_json::{Value, json};

fn county() -> PackSet {
    PackSet::embedded("cn-513301").unwrap_or_else(|errors| panic!("{errors}"))
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

#[test]
fn stored_sources_give_the_same_set() {
    let set = county();
    let again = PackSet::from_sources("cn-513301", set.sources().to_vec()).unwrap();
    assert_eq!(again.hash(), set.hash());
    assert_eq!(set.hash().len(), 64);
    let mut moved: Vec<Source> = set.sources().to_vec();
    moved.reverse();
    for source in &mut moved {
        source.path = source.path.replace("policies/", "/somewhere/else/");
    }
    moved.push(Source {
        path: "policies/bench/other.md".to_owned(),
        text: "prose".to_owned(),
    });
    assert_eq!(
        PackSet::from_sources("cn-513301", moved).unwrap().hash(),
        set.hash()
    );
}

#[test]
fn one_changed_letter_is_another_set() {
    let set = county();
    let mut changed = set.sources().to_vec();
    let source = changed
        .iter_mut()
        .find(|source| source.path.ends_with("cn-513301/urban-dibao.md"))
        .unwrap();
    source.text = source.text.replace("value = 59000", "value = 60000");
    let changed = PackSet::from_sources("cn-513301", changed).unwrap();
    assert_ne!(changed.hash(), set.hash());
    let standard = changed
        .programme("urban-dibao")
        .unwrap()
        .parameter("standard", date("2021-05-01"))
        .unwrap();
    assert_eq!(standard.value.as_int(), Some(60_000));
}

#[test]
fn the_nation_alone_leaves_open_what_a_county_fills() {
    let errors = PackSet::embedded("cn").unwrap_err().to_string();
    for open in [
        "`standard` is left open",
        "`payment.draw_order` is left open to province",
        "`class` is left open",
    ] {
        assert!(errors.contains(open), "{open} in\n{errors}");
    }
    let prefecture = PackSet::embedded("cn-5133").unwrap_err().to_string();
    assert!(!prefecture.contains("payment.draw_order"), "{prefecture}");
    let nowhere = PackSet::embedded("cn-99").unwrap_err().to_string();
    assert!(nowhere.contains("there is no pack of `cn-99`"), "{nowhere}");
}

#[test]
fn a_parameter_names_its_source() {
    let set = county();
    let standard = set
        .programme("rural-dibao")
        .unwrap()
        .parameter("standard", date("2021-05-01"))
        .unwrap();
    assert_eq!(standard.value.as_int(), Some(468_000));
    assert_eq!(
        (standard.unit.as_str(), standard.mark.as_str()),
        ("fen/person/year", "seed")
    );
    assert_eq!(standard.path, "policies/cn-513301/rural-dibao.md");
    let text = &set
        .sources()
        .iter()
        .find(|source| source.path == standard.path)
        .unwrap()
        .text;
    assert_eq!(
        text.lines().nth(standard.line as usize - 1),
        Some("[[value]]")
    );
}

#[test]
fn both_procedures_are_complete() {
    let set = county();
    for programme in set.programmes() {
        for (acceptance, law) in [("2021-06-30", "D12"), ("2021-07-01", "D21")] {
            let procedure = programme.procedure_at(date(acceptance)).unwrap();
            assert_eq!(procedure.law, law);
            // Every state can be reached, and from every state that is no end a step leads on.
            let mut reached: BTreeSet<&str> = BTreeSet::from([procedure.initial.as_str()]);
            for _ in 0..procedure.steps.len() {
                for step in &procedure.steps {
                    if step.from.iter().any(|from| reached.contains(from.as_str())) {
                        reached.extend(step.to.as_deref());
                    }
                }
            }
            let states: BTreeSet<&str> = procedure
                .states
                .iter()
                .map(|state| state.code.as_str())
                .collect();
            assert_eq!(reached, states, "{law}");
            for state in &states {
                let leads_on = procedure.steps.iter().any(|step| {
                    let reopens = step.needs.iter().any(|need| need == "revoked_decision");
                    step.to.is_some() && !reopens && step.from.iter().any(|from| from == state)
                });
                let end = ["refused", "withdrawn", "stopped"].contains(state);
                assert_eq!(leads_on, !end, "{law} {state}");
            }
            let decide = procedure.steps_called("decide").next().unwrap();
            for maker in ["apply", "accept", "first_opinion", "county_opinion"] {
                assert!(
                    decide.differs_from.iter().any(|step| step == maker),
                    "{law}: {maker}"
                );
            }
            assert_eq!(
                procedure
                    .steps_called("request_papers")
                    .next()
                    .unwrap()
                    .at_most,
                Some(1)
            );
            assert_eq!(procedure.clock("notice").unwrap().term, 7);
            // D12 appraises every case; after an objection both laws know an appraisal that leads nowhere by itself.
            let every_case = procedure
                .steps_called("appraise")
                .filter(|step| step.to.is_some());
            assert_eq!(every_case.count(), usize::from(law == "D12"));
        }
    }
}

#[test]
fn months_of_equal_epochs_have_equal_amounts() {
    let set = county();
    for (code, example) in [("urban-dibao", "DB-1"), ("rural-dibao", "DB-3")] {
        let programme = set.programme(code).unwrap();
        let (facts, key) = programme.example(example).unwrap();
        let facts = programme.facts(facts).unwrap();
        let at = |text: &str| {
            programme
                .amounts(
                    &facts,
                    &KeyDates {
                        month: month(text),
                        ..key
                    },
                )
                .unwrap()
        };
        assert_eq!(
            programme.amount_epoch(month("2020-12")),
            programme.amount_epoch(month("2021-12"))
        );
        assert_ne!(
            programme.amount_epoch(month("2019-12")),
            programme.amount_epoch(month("2020-01"))
        );
        assert_eq!(at("2020-12"), at("2021-12"));
    }
    let mut raised = set.sources().to_vec();
    let source = raised
        .iter_mut()
        .find(|source| source.path.ends_with("cn-513301/urban-dibao.md"))
        .unwrap();
    let row = "[[value]]\nfrom = 2021-07-01\nvalue = 60000\ncite = \"test\"\nmark = \"assume\"\n```\n\n每人的差额";
    source.text = source.text.replacen("```\n\n每人的差额", row, 1);
    let raised = PackSet::from_sources("cn-513301", raised).unwrap();
    let urban = raised.programme("urban-dibao").unwrap();
    assert_ne!(
        urban.amount_epoch(month("2021-06")),
        urban.amount_epoch(month("2021-07"))
    );
    let (facts, key) = urban.example("DB-1").unwrap();
    let facts = urban.facts(facts).unwrap();
    let amounts = urban
        .amounts(
            &facts,
            &KeyDates {
                month: month("2021-07"),
                ..key
            },
        )
        .unwrap();
    assert_eq!(
        amounts[0].amount.get(),
        4_000,
        "the standard of the month, the income of the acceptance"
    );
}

#[test]
fn every_assumption_of_the_county_is_shown_as_one() {
    let set = county();
    let urban = set.programme("urban-dibao").unwrap();
    for name in [
        "employment_cost_share",
        "employment_cost_cap",
        "asset_months",
        "vehicles_allowed",
        "category_support",
        "income_window",
    ] {
        assert_eq!(
            urban
                .parameter(name, date("2021-03-01"))
                .unwrap()
                .mark
                .as_str(),
            "assume",
            "{name}"
        );
    }
}

prop_compose! {
    fn member(index: usize)(
        age in 1_i16..80, relation in 0_usize..8, clergy in prop::option::weighted(0.2, 2010_i16..2021),
        absence in 0_usize..8, disability in prop::option::weighted(0.3, (1_u8..8, 1_u8..5)), flags in 0_u8..64,
        wage in 0_i64..400_000, months in 1_i64..13, expense in 0_i64..900_000,
    ) -> Value {
        let absences = ["prison", "detox", "missing"];
        let relations = ["spouse", "child", "child", "parent", "grandparent", "grandchild", "sibling", "other"];
        let mut person = json!({
            "id": index + 1, "birth_date": format!("{:04}-03-04", 2021 - age), "sex": "2",
            "relation": if index == 0 { "head" } else { relations[relation] }, "head": index == 0,
            "destitute": flags & 1 == 1 && flags & 2 == 2, "lives_together": flags & 4 == 4,
            "own_register": if flags & 8 == 8 { "yes" } else { "no" },
            "student": if flags & 16 == 16 { "full_time" } else { "no" },
            "serious_illness": if flags & 32 == 32 && flags & 1 == 1 { "yes" } else { "no" },
            "absence": if (5..8).contains(&absence) { absences[absence - 5] } else { "none" },
            "income_declaration": "declared",
            "income": [{"kind": "wage", "amount": wage, "months": months}],
            "self_paid_expense": [{"kind": "medical", "amount": expense}],
        });
        if let Some(year) = clergy {
            person["clergy"] = json!(format!("{year}-03-01"));
        }
        if let Some((class, level)) = disability {
            person["disability"] = json!(format!("{class}{level}"));
        }
        person
    }
}

prop_compose! {
    fn complete_facts()(size in 1_usize..6)(
        members in (0..size).map(member).collect::<Vec<_>>(),
        assets in 0_i64..8_000_000, vehicle in 0_i64..3, second_home in 0_i64..3, company in 0_u8..6,
        rural in any::<bool>(), single in prop::option::weighted(0.4, 0..size),
    ) -> Value {
        json!({
            "household": {
                "id": 1, "residence_area": if rural { "rural" } else { "urban" }, "financial_assets": assets,
                "vehicle": vehicle / 2, "second_home": second_home / 2,
                "active_company": if company == 0 { "yes" } else { "no" }, "members": members,
            },
            "application": {"date": "2021-06-20", "single": single.map(|index| index + 1)},
        })
    }
}

/// Evidence that is needed and may be missing.
const HOUSEHOLD: [&str; 5] = [
    "residence_area",
    "financial_assets",
    "vehicle",
    "second_home",
    "active_company",
];
const PERSON: [&str; 3] = ["income_declaration", "lives_together", "own_register"];

/// Takes away the evidence whose bit is set; answers what was taken as (entity, id, field).
fn take_away(facts: &mut Value, mut bits: u64) -> BTreeSet<(String, i64, String)> {
    let mut taken = BTreeSet::new();
    let mut take = |object: &mut Value, entity: &str, names: &[&str]| {
        let id = object["id"].as_i64().unwrap();
        for name in names {
            if bits & 1 == 1 {
                object.as_object_mut().unwrap().remove(*name);
                taken.insert((entity.to_owned(), id, (*name).to_owned()));
            }
            bits >>= 1;
        }
    };
    take(&mut facts["household"], "household", &HOUSEHOLD);
    for member in facts["household"]["members"].as_array_mut().unwrap() {
        take(member, "person", &PERSON);
    }
    taken
}

fn check_missing(programme: &Programme, full: &Value, bits: u64, acceptance: &str) {
    let key = KeyDates {
        acceptance: date(acceptance),
        month: month("2021-08"),
    };
    let mut partial = full.clone();
    let taken = take_away(&mut partial, bits);
    let known = programme
        .determine(&programme.facts(full).unwrap(), &key)
        .unwrap();
    assert!(
        !matches!(known.outcome, Outcome::Undetermined { .. }),
        "{full}"
    );
    let guessed = programme
        .determine(&programme.facts(&partial).unwrap(), &key)
        .unwrap();
    match &guessed.outcome {
        Outcome::Undetermined { needs } => {
            assert!(!needs.is_empty());
            for need in needs {
                let entity = serde_json::to_value(need.entity)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned();
                assert!(
                    taken.contains(&(entity, need.id, need.field.clone())),
                    "{need:?} was never taken away"
                );
            }
        }
        outcome => {
            assert_eq!(
                *outcome, known.outcome,
                "decided otherwise without the evidence"
            );
            assert_eq!(guessed.members, known.members);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A result that does not need the missing evidence is the result with it; and only what is missing is asked for.
    #[test]
    fn missing_evidence_never_changes_a_decided_result(
        full in complete_facts(), bits in any::<u64>(), more in any::<u64>(), late in any::<bool>(),
    ) {
        let set = SET.get_or_init(county);
        let acceptance = if late { "2021-07-01" } else { "2021-06-30" };
        for programme in set.programmes() {
            let mut facts = full.clone();
            if programme.code == "rural-dibao" {
                facts["household"]["filed_poor"] = json!(if bits & 1 == 1 { "yes" } else { "no" });
                facts["household"]["cannot_escape_by_work"] = json!("yes");
            }
            check_missing(programme, &facts, bits & more, acceptance);
        }
    }
}

static SET: std::sync::OnceLock<PackSet> = std::sync::OnceLock::new();

fn with_county_file(text: &str) -> Result<PackSet, String> {
    let mut sources = county().sources().to_vec();
    let text = format!("```toml module\ncode = \"dibao\"\n```\n\n{text}");
    sources.push(Source {
        path: "policies/cn-513301/more.md".to_owned(),
        text,
    });
    PackSet::from_sources("cn-513301", sources).map_err(|errors| errors.to_string())
}

fn value_block(name: &str, value: &str) -> String {
    format!(
        "```toml parameter\nname = \"{name}\"\n[[value]]\nfrom = 2020-01-01\nvalue = {value}\ncite = \"test\"\nmark = \"assume\"\n```\n"
    )
}

#[test]
fn a_county_departs_where_the_nation_lets_it() {
    let set = with_county_file(&value_block("near_dibao_factor", "\"2\"")).unwrap();
    let factor = set
        .programme("urban-dibao")
        .unwrap()
        .parameter("near_dibao_factor", date("2021-08-01"))
        .unwrap();
    assert_eq!(
        (factor.value.as_int(), factor.path.as_str()),
        (Some(2), "policies/cn-513301/more.md")
    );
    let changed: Vec<String> = set
        .run_examples()
        .into_iter()
        .filter(|example| example.failure.is_some())
        .map(|example| example.id)
        .collect();
    assert_eq!(
        changed,
        ["RD-19", "UD-27"],
        "only the examples of the near-dibao line"
    );
}

#[test]
fn what_is_not_left_open_or_filled_above_cannot_be_given() {
    let age = with_county_file(&value_block("adult_age", "16")).unwrap_err();
    assert!(
        age.contains("more.md:6:8: `adult_age` departs from the higher law"),
        "{age}"
    );
    let income = with_county_file(&value_block("uncounted_income_local", "[]")).unwrap_err();
    assert!(
        income.contains("`uncounted_income_local` is not open to a county"),
        "{income}"
    );
    let order =
        with_county_file("```toml payment\ndraw_order = [\"county\"]\ncite = \"test\"\n```\n")
            .unwrap_err();
    assert!(
        order.contains("`payment.draw_order` is not open to a county"),
        "{order}"
    );
    let rule = "@law D21 art. 9\n@law D12 art. 5\n@zh 试\n@en test\n";
    let eligible =
        with_county_file(&format!("```rule eligible: bool\n{rule}true\n```\n")).unwrap_err();
    assert!(
        eligible.contains("`eligible` departs from the higher law"),
        "{eligible}"
    );
    let exception = format!("```exception income_per_capita: none\n{rule}when true then 0\n```\n");
    let exception = with_county_file(&exception).unwrap_err();
    assert!(
        exception.contains("`income_per_capita` departs from the higher law"),
        "{exception}"
    );
    let step = "```toml clock\nlaw = \"D21\"\ncode = \"x\"\nname = { zh = \"x\", en = \"x\" }\nterm = 1\nunit = \"months\"\nkind = \"at_most\"\ncite = \"x\"\n```\n";
    let step = with_county_file(step).unwrap_err();
    assert!(
        step.contains("the procedure belongs to the pack that declares it"),
        "{step}"
    );
}
