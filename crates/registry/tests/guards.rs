//! What the registry refuses before anything is written: rows that no rule can read, cards that serve somebody
//! else, and a look over the fence into another township.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use minsheng_core::{Relation, bank_account};
use minsheng_registry::accounts::{self, NewAccount};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::{PersonId, RegistryError, persons};
use support::{County, LUCHENG, YALA, at, day_of, person, row};

fn two_people(county: &County) -> Vec<PersonId> {
    let ctx = county.ctx("clerk-lucheng", at(2020, 10, 8));
    let list = [
        person("扎西", day_of(1960, 2, 29), 1, LUCHENG),
        person("卓玛", day_of(1985, 6, 15), 302, LUCHENG),
    ];
    persons::register_many(&county.desk(), &ctx, &list).unwrap()
}

#[test]
fn a_row_that_no_rule_can_read_is_refused_by_field() {
    let county = County::new();
    let father = two_people(&county)[0];
    let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
    let wage = row("income", "wage", Some(90_000), day_of(2020, 1, 1), None);
    let coded = |kind: &str, code: &str| EvidenceRow {
        code: Some(code.to_owned()),
        quantity: None,
        ..row(kind, "", None, day_of(2020, 1, 1), None)
    };
    let cases = [
        (
            EvidenceRow {
                amount_fen: Some(-5),
                ..wage.clone()
            },
            false,
            "amount",
        ),
        (
            EvidenceRow {
                amount_fen: None,
                ..wage.clone()
            },
            false,
            "amount",
        ),
        (
            EvidenceRow {
                quantity: Some(13),
                ..wage.clone()
            },
            false,
            "quantity",
        ),
        (
            EvidenceRow {
                quantity: Some(-1),
                ..wage.clone()
            },
            false,
            "quantity",
        ),
        (
            EvidenceRow {
                slot: "lottery".to_owned(),
                ..wage.clone()
            },
            false,
            "slot",
        ),
        (
            EvidenceRow {
                valid_from: day_of(2020, 10, 10),
                ..wage.clone()
            },
            false,
            "valid_from",
        ),
        (
            EvidenceRow {
                kind: "wealth".to_owned(),
                ..wage
            },
            false,
            "kind",
        ),
        (coded("student", "part_time"), false, "code"),
        (coded("disability", "85"), true, "code"),
        (coded("disability", "42"), false, "kind"),
    ];
    for (row, health, field) in cases {
        let new = NewEvidence {
            about: About::Person(father),
            row: row.clone(),
            health,
            source: "test".to_owned(),
        };
        let one = evidence::record(&county.desk(), &ctx, &new)
            .unwrap_err()
            .to_string();
        assert!(one.contains(&format!(", {field}: ")), "{row:?}: {one}");
        let many = evidence::record_many(&county.desk(), &ctx, &[new])
            .unwrap_err()
            .to_string();
        assert_eq!(one, many);
    }
}

#[test]
fn a_death_recorded_by_mistake_is_withdrawn_and_stays_readable() {
    County::on_both(|county| {
        let father = two_people(county)[0];
        let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
        let death = EvidenceRow {
            quantity: None,
            ..row("death", "", None, day_of(2020, 10, 1), None)
        };
        let new = NewEvidence {
            about: About::Person(father),
            row: death,
            health: false,
            source: "call".to_owned(),
        };
        let wrong = evidence::record(&county.desk(), &ctx, &new).unwrap();
        let then = county.store.read(|q| persons::known_now(q)).unwrap();
        evidence::withdraw(&county.desk(), &ctx, wrong).unwrap();
        let now = county.store.read(|q| persons::known_now(q)).unwrap();
        let deaths = |known| county.store.read(|q| evidence::deaths(q, known)).unwrap();
        assert_eq!(deaths(then).get(&father), Some(&day_of(2020, 10, 1)));
        assert!(deaths(now).is_empty());
        assert!(matches!(
            evidence::withdraw(&county.desk(), &ctx, wrong),
            Err(RegistryError::Superseded(row)) if row == wrong
        ));
    });
}

#[test]
fn one_card_serves_one_holder_even_within_a_list() {
    let county = County::new();
    let people = two_people(&county);
    let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
    let number = bank_account::complete("621700000000000000")
        .unwrap()
        .as_str()
        .to_owned();
    let account = |person| NewAccount {
        person,
        holder: person,
        number: number.clone(),
        valid_from: day_of(2020, 10, 9),
    };
    let list = [account(people[0]), account(people[1])];
    let refused = accounts::enter_many(&county.desk(), &ctx, &list)
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("account 2"), "{refused}");
    let first = accounts::enter(&county.desk(), &ctx, &list[0]).unwrap();
    let refused = accounts::enter(&county.desk(), &ctx, &list[1])
        .unwrap_err()
        .to_string();
    assert!(refused.contains(&people[0].to_string()), "{refused}");
    let same = accounts::confirm_many(
        &county.desk(),
        &county.ctx("officer-1", at(2020, 10, 10)),
        &[first],
    );
    assert!(same.is_ok());
}

#[test]
fn nothing_is_told_about_another_township() {
    let county = County::new();
    let father = two_people(&county)[0];
    let yala = county.ctx("clerk-yala", at(2020, 10, 9));
    let again = person("央金", day_of(1960, 2, 29), 1, YALA);
    match persons::register(&county.desk(), &yala, &again) {
        Err(RegistryError::IdNumberElsewhere) => {}
        other => panic!("{other:?}"),
    }
    let taken = NewHousehold {
        division: YALA,
        members: vec![(father, Relation::Head)],
        since: day_of(2020, 1, 1),
    };
    assert!(matches!(
        households::form(&county.desk(), &yala, &taken),
        Err(RegistryError::Area { .. })
    ));
}
