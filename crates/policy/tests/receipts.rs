//! Receipts: made of what was used and nothing else, and proved again from it.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use minsheng_policy::{Asked, Issued, PackSet, Receipt, ReceiptError};
use serde_json::{Value, json};

fn set() -> PackSet {
    PackSet::embedded("cn-513301").unwrap()
}

/// The receipt of an example of the packs.
fn receipt(set: &PackSet, programme: &str, example: &str, asked: Asked) -> Receipt {
    let programme = set.programme(programme).unwrap();
    let (json, key) = programme.example(example).unwrap();
    let facts = programme.facts(json).unwrap();
    let issued = Issued {
        determination: Some(7),
        known_at: Some("2021-03-01T08:00:00Z".to_owned()),
        known_tx: Some(99),
    };
    Receipt::make(set, programme, &facts, &key, asked, &issued).unwrap()
}

#[test]
fn every_example_of_the_packs_has_a_receipt_that_is_proved() {
    let set = set();
    let mut proved = 0;
    for result in set.run_examples() {
        let programme = set.programme(&result.programme).unwrap();
        let Some((json, key)) = programme.example(&result.id) else {
            continue;
        };
        let Ok(facts) = programme.facts(json) else {
            continue;
        };
        for asked in [Asked::Determination, Asked::Amounts] {
            let Ok(receipt) =
                Receipt::make(&set, programme, &facts, &key, asked, &Issued::default())
            else {
                continue;
            };
            let read = Receipt::read(serde_json::from_str(&receipt.to_json().to_string()).unwrap());
            read.unwrap()
                .prove(&set)
                .unwrap_or_else(|error| panic!("{} {asked:?}: {error}", result.id));
            proved += 1;
        }
    }
    assert!(proved >= 60, "only {proved} receipts");
}

#[test]
fn a_receipt_names_what_was_used_and_nothing_else() {
    let set = set();
    let receipt = receipt(&set, "urban-dibao", "DB-1", Asked::Determination).to_json();
    let names = |list: &str, field: &str| -> Vec<String> {
        let rows = receipt[list].as_array().unwrap();
        rows.iter()
            .map(|row| row[field].as_str().unwrap().to_owned())
            .collect()
    };
    let rules = names("versions", "rule");
    assert!(rules.contains(&"eligible".to_owned()), "{rules:?}");
    // A household above the limits of property is refused before its income is looked at; this one is not.
    assert!(rules.contains(&"amount".to_owned()), "{rules:?}");
    let programme = set.programme("urban-dibao").unwrap();
    assert!(names("parameters", "name").len() < programme.parameters.len());
    assert_eq!(
        receipt["language"],
        json!(minsheng_policy::LANGUAGE_VERSION)
    );
    assert_eq!(receipt["known_tx"], json!(99));
    for version in receipt["versions"].as_array().unwrap() {
        assert!(
            version["law"].is_null() || version["law"] == receipt["result"]["law"],
            "{version}"
        );
    }
}

#[test]
fn a_receipt_that_was_changed_is_not_proved() {
    let set = set();
    let whole = receipt(&set, "urban-dibao", "DB-1", Asked::Determination).to_json();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        let receipt = Receipt::read(changed).and_then(|receipt| receipt.prove(&set));
        receipt.expect_err("a changed receipt").to_string()
    };
    let total = refused(&|receipt| receipt["result"]["total_fen"] = json!(1));
    assert!(
        total.starts_with("result.total_fen: the receipt says 1"),
        "{total}"
    );
    let hash = refused(&|receipt| receipt["result_hash"] = json!("00"));
    assert!(hash.starts_with("result_hash: "), "{hash}");
    let known = refused(&|receipt| receipt["known_tx"] = json!(100));
    assert!(known.starts_with("result_hash: "), "{known}");
    let added = refused(&|receipt| receipt["note"] = json!("x"));
    assert!(added.starts_with("note: "), "{added}");
    let pack = refused(&|receipt| receipt["pack"] = json!("ab"));
    assert!(
        pack.starts_with("pack: the receipt was made by ab"),
        "{pack}"
    );
    let cite = refused(&|receipt| receipt["versions"][0]["cite"] = json!("none"));
    assert!(cite.starts_with("versions[0].cite: "), "{cite}");
    // Every value is needed, and is of its kind.
    for index in 0..whole["values"].as_array().unwrap().len() {
        let less = refused(&|receipt| {
            receipt["values"].as_array_mut().unwrap().remove(index);
        });
        assert!(!less.is_empty(), "{index}");
        let wrong = refused(&|receipt| receipt["values"][index]["value"] = json!([["x"]]));
        assert!(!wrong.is_empty(), "{index}");
    }
    let text = refused(&|receipt| receipt["household"] = json!("1"));
    assert!(
        text.starts_with("household: expected a whole number"),
        "{text}"
    );
    assert!(matches!(
        Receipt::read(json!([])),
        Err(ReceiptError::Unreadable { .. })
    ));
}
