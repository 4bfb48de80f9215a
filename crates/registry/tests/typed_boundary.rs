//! Rows of the database become facts by their declarations: what is of another kind is refused by the name of its
//! field, and an empty column is no answer.

#![expect(
    clippy::unwrap_used,
    reason = "a preparation that fails is a test that fails"
)]

use minsheng_core::Date;
use minsheng_policy::{Entity, PackSet};
use minsheng_registry::evidence::{About, NewEvidence};
use minsheng_registry::facts::{EvidenceRow, FactsInput, MemberRows, build};
use minsheng_registry::{HouseholdId, PersonId, RegistryError, checks};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn row(kind: &str) -> EvidenceRow {
    EvidenceRow {
        kind: kind.to_owned(),
        slot: String::new(),
        code: None,
        quantity: None,
        amount_fen: None,
        valid_from: day("2020-01-01"),
        valid_to: None,
    }
}

/// What the boundary of a programme says about one row about the household or about its head.
fn read(entity: Entity, row: EvidenceRow) -> Result<(), String> {
    let set = PackSet::embedded("cn-513301").unwrap();
    let programme = set.programme("urban-dibao").unwrap();
    let (of_household, of_person) = match entity {
        Entity::Household => (vec![row], Vec::new()),
        Entity::Person => (Vec::new(), vec![row]),
    };
    let facts = build(&FactsInput {
        declared: &programme.evidence,
        household: HouseholdId(1),
        evidence: of_household,
        members: vec![MemberRows {
            person: PersonId(1),
            birth: day("1980-02-01"),
            sex: "1".to_owned(),
            relation: "head".to_owned(),
            evidence: of_person,
        }],
        single: None,
        applied_on: day("2021-03-01"),
        valid_on: day("2021-03-01"),
    });
    programme
        .facts(&facts)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

#[test]
fn a_row_of_another_kind_is_refused_by_its_field() {
    let with = |kind: &str, change: &dyn Fn(&mut EvidenceRow)| {
        let mut row = row(kind);
        change(&mut row);
        row
    };
    let flag = |code: Option<&str>| {
        with("destitute", &|row: &mut EvidenceRow| {
            row.code = code.map(str::to_owned);
        })
    };
    assert_eq!(read(Entity::Person, flag(Some("no"))), Ok(()));
    let text = read(Entity::Person, flag(Some("false"))).unwrap_err();
    assert!(
        text.starts_with("household.members[0].destitute: expected true or false"),
        "{text}"
    );
    let amount = |fen: Option<i64>| {
        with("financial_assets", &|row: &mut EvidenceRow| {
            row.amount_fen = fen;
        })
    };
    assert_eq!(read(Entity::Household, amount(Some(100))), Ok(()));
    for refused in [amount(None), amount(Some(-1))] {
        let text = read(Entity::Household, refused).unwrap_err();
        assert!(text.starts_with("household.financial_assets: "), "{text}");
    }
    let code = with("residence_area", &|row: &mut EvidenceRow| {
        row.code = Some("city".to_owned());
    });
    let text = read(Entity::Household, code).unwrap_err();
    assert!(
        text.starts_with("household.residence_area: unknown code"),
        "{text}"
    );
}

#[test]
fn a_field_that_its_kind_does_not_have_is_refused_before_it_is_recorded() {
    let set = PackSet::embedded("cn-513301").unwrap();
    let refused = |row: EvidenceRow| {
        let new = NewEvidence {
            about: About::Household(HouseholdId(1)),
            row,
            health: false,
            source: "bank".to_owned(),
        };
        match checks::check(&set, &new, day("2021-03-01")) {
            Ok(()) => "taken".to_owned(),
            Err(RegistryError::Field { field, reason }) => format!("{field}: {reason}"),
            Err(other) => other.to_string(),
        }
    };
    let mut good = row("financial_assets");
    good.amount_fen = Some(100);
    assert_eq!(refused(good.clone()), "taken");
    let mut extra = good.clone();
    extra.quantity = Some(1);
    assert!(refused(extra).ends_with("quantity: this kind of evidence has no such field"),);
    let mut unknown = good;
    unknown.kind = "savings_of_a_friend".to_owned();
    assert!(refused(unknown).contains("kind: no programme reads `savings_of_a_friend`"));
}
