//! Evidence on two time axes: overlaps are refused with both rows named, nothing is overwritten, and what was
//! known at a transaction reads the same ever after.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use minsheng_core::{Relation, Timestamp};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::{HouseholdId, PersonId, RegistryError, facts, persons};
use minsheng_store::{Query, TxNo};
use proptest::prelude::*;
use support::{County, LUCHENG, YALA, at, day_of, person, row};

fn fact(about: About, row: EvidenceRow) -> NewEvidence {
    NewEvidence {
        about,
        row,
        health: false,
        source: "declaration".to_owned(),
    }
}

fn household_of_two(county: &County) -> (HouseholdId, PersonId, PersonId) {
    let ctx = county.ctx("clerk-lucheng", at(2020, 10, 8));
    let desk = county.desk();
    let list = [
        person("扎西", day_of(1960, 2, 29), 1, LUCHENG),
        person("卓玛", day_of(1985, 6, 15), 302, LUCHENG),
    ];
    let ids = persons::register_many(&desk, &ctx, &list).unwrap();
    let household = households::form(
        &desk,
        &ctx,
        &NewHousehold {
            division: LUCHENG,
            members: vec![(ids[0], Relation::Head), (ids[1], Relation::Child)],
            since: day_of(2010, 1, 1),
        },
    )
    .unwrap();
    (household, ids[0], ids[1])
}

fn known(county: &County) -> TxNo {
    county.store.read(|q| persons::known_now(q)).unwrap()
}

fn facts_json(
    county: &County,
    household: HouseholdId,
    on: minsheng_core::Date,
    at: TxNo,
) -> String {
    let programme = county.packs.current().programme("urban-dibao").unwrap();
    county
        .store
        .read(|q| facts::assemble(q, programme, household, None, day_of(2020, 11, 2), on, at))
        .unwrap()
        .to_string()
}

#[test]
fn an_overlap_is_refused_with_both_rows_named() {
    County::on_both(|county| {
        let (_, father, _) = household_of_two(county);
        let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
        let first = row("income", "wage", Some(210_000), day_of(2020, 1, 1), None);
        let old =
            evidence::record(&county.desk(), &ctx, &fact(About::Person(father), first)).unwrap();
        let second = row(
            "income",
            "wage",
            Some(90_000),
            day_of(2020, 6, 1),
            Some(day_of(2020, 9, 1)),
        );
        let error = evidence::record(
            &county.desk(),
            &ctx,
            &fact(About::Person(father), second.clone()),
        )
        .unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&format!("row {old}")), "{text}");
        assert!(
            text.contains("2020-06-01..2020-09-01") && text.contains("2020-01-01..open"),
            "{text}"
        );

        let other_slot = EvidenceRow {
            slot: "transfer".to_owned(),
            ..second.clone()
        };
        evidence::record(
            &county.desk(),
            &ctx,
            &fact(About::Person(father), other_slot),
        )
        .unwrap();
        let bulk =
            evidence::record_many(&county.desk(), &ctx, &[fact(About::Person(father), second)])
                .unwrap_err();
        assert!(
            bulk.to_string().contains(&old.to_string()),
            "the guard of the database names the row: {bulk}"
        );
    });
}

#[test]
fn a_change_keeps_what_was_known_before() {
    County::on_both(|county| {
        let (household, father, _) = household_of_two(county);
        let desk = county.desk();
        let clerk = |month, day| county.ctx("clerk-lucheng", at(2020, month, day));
        let about = About::Person(father);
        let declared = EvidenceRow {
            code: Some("declared".to_owned()),
            quantity: None,
            ..row("income_declaration", "", None, day_of(2020, 1, 1), None)
        };
        evidence::record(&desk, &clerk(10, 9), &fact(about, declared)).unwrap();
        evidence::record(
            &desk,
            &clerk(10, 9),
            &fact(
                about,
                row("income", "wage", Some(210_000), day_of(2020, 1, 1), None),
            ),
        )
        .unwrap();
        let before = known(county);
        let october = facts_json(county, household, day_of(2020, 10, 9), before);
        assert!(october.contains("210000"), "{october}");

        evidence::change(
            &desk,
            &clerk(11, 3),
            &fact(
                about,
                row("income", "wage", Some(80_000), day_of(2020, 10, 1), None),
            ),
        )
        .unwrap();
        let after = known(county);
        assert!(after > before);
        assert_eq!(
            facts_json(county, household, day_of(2020, 10, 9), before),
            october
        );
        assert!(facts_json(county, household, day_of(2020, 10, 9), after).contains("80000"));
        assert!(facts_json(county, household, day_of(2020, 9, 30), after).contains("210000"));

        let history = county
            .store
            .read(|q| evidence::history(q, about, after))
            .unwrap();
        let wages: Vec<_> = history
            .iter()
            .filter(|entry| entry.row.kind == "income")
            .collect();
        assert_eq!(
            wages.len(),
            3,
            "the old row, the same up to October, the new one"
        );
        assert_eq!(
            wages
                .iter()
                .filter(|entry| entry.superseded_tx.is_some())
                .count(),
            1
        );
    });
}

#[test]
fn a_view_at_a_time_is_up_to_the_last_transaction_before_it() {
    County::on_both(|county| {
        household_of_two(county);
        let exactly = at(2020, 10, 8);
        let second = Timestamp::from_microsecond(exactly.as_microsecond() + 1).unwrap();
        let (before, after) = county
            .store
            .read(|q| {
                Ok::<_, minsheng_store::StoreError>((q.tx_before(exactly)?, q.tx_before(second)?))
            })
            .unwrap();
        assert!(before < after);
        assert_eq!(after, known(county));
    });
}

#[test]
fn health_facts_and_numbers_do_not_stand_in_the_file() {
    let county = County::new();
    let (household, father, _) = household_of_two(&county);
    let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
    let certificate = EvidenceRow {
        code: Some("42".to_owned()),
        quantity: None,
        ..row("disability", "", None, day_of(2015, 1, 1), None)
    };
    let sealed = NewEvidence {
        about: About::Person(father),
        row: certificate,
        health: true,
        source: "federation".to_owned(),
    };
    evidence::record(&county.desk(), &ctx, &sealed).unwrap();
    let seen = facts_json(&county, household, day_of(2020, 10, 9), known(&county));
    assert!(seen.contains("\"42\""), "{seen}");
    let masked = county
        .store
        .read(|q| persons::masked_number(q, father))
        .unwrap()
        .unwrap();
    assert_eq!(masked, "513301***********7");
    drop(county.store);
    for entry in std::fs::read_dir(county.directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in ["51330119600229001", "[\"42\",null,null]"] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in the file in the clear");
        }
    }
}

#[test]
fn one_identity_number_is_one_person() {
    County::on_both(|county| {
        let (_, father, _) = household_of_two(county);
        let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
        let again = person("扎西", day_of(1960, 2, 29), 1, LUCHENG);
        match persons::register(&county.desk(), &ctx, &again) {
            Err(RegistryError::DuplicateIdNumber { existing, .. }) => assert_eq!(existing, father),
            other => panic!("{other:?}"),
        }
        let found = county
            .store
            .read(|q| persons::search(q, &ctx.scope(), "51330119600229001x".trim_end_matches('x')))
            .unwrap();
        assert!(
            found.is_empty(),
            "seventeen characters are a name, not a number"
        );
        let found = county
            .store
            .read(|q| persons::search(q, &ctx.scope(), "513301196002290017"))
            .unwrap();
        assert_eq!(found.len(), 1);
    });
}

#[test]
fn a_number_that_contradicts_the_form_is_refused_by_field() {
    County::on_both(|county| {
        let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
        let good = person("扎西", day_of(1960, 2, 29), 1, LUCHENG);
        let cases = [
            (
                persons::NewPerson {
                    birth: day_of(1960, 3, 1),
                    ..good.clone()
                },
                "birth",
            ),
            (
                persons::NewPerson {
                    sex: "2".to_owned(),
                    ..good.clone()
                },
                "sex",
            ),
            (
                persons::NewPerson {
                    id_number: Some("513301196002290018".to_owned()),
                    ..good.clone()
                },
                "id_number",
            ),
            (
                persons::NewPerson {
                    name: " ".to_owned(),
                    ..good.clone()
                },
                "name",
            ),
            (
                persons::NewPerson {
                    birth: day_of(2031, 1, 1),
                    id_number: None,
                    ..good
                },
                "birth",
            ),
        ];
        for (form, field) in cases {
            let error = persons::register(&county.desk(), &ctx, &form)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(&format!("person 1, {field}")), "{error}");
        }
    });
}

#[test]
fn a_clerk_writes_and_reads_only_in_the_own_township() {
    County::on_both(|county| {
        let (household, father, _) = household_of_two(county);
        let yala = county.ctx("clerk-yala", at(2020, 10, 9));
        let new = fact(
            About::Person(father),
            row("income", "wage", Some(1), day_of(2020, 1, 1), None),
        );
        assert!(matches!(
            evidence::record(&county.desk(), &yala, &new),
            Err(RegistryError::Area { .. })
        ));
        assert!(matches!(
            evidence::record_many(&county.desk(), &yala, &[new]),
            Err(RegistryError::Area { .. })
        ));
        let stranger = person("央金", day_of(1990, 5, 5), 4, LUCHENG);
        assert!(matches!(
            persons::register(&county.desk(), &yala, &stranger),
            Err(RegistryError::Area { .. })
        ));
        let own = person("央金", day_of(1990, 5, 5), 4, YALA);
        persons::register(&county.desk(), &yala, &own).unwrap();
        county
            .store
            .read(|q| {
                assert_eq!(persons::find(q, &yala.scope(), father)?, None);
                assert_eq!(persons::search(q, &yala.scope(), "扎西")?, vec![]);
                assert_eq!(households::find(q, &yala.scope(), household)?, None);
                assert_eq!(
                    households::member_count(q, &yala.scope(), day_of(2020, 10, 9))?,
                    0
                );
                Ok::<_, RegistryError>(())
            })
            .unwrap();
        let auditor = county.ctx("auditor-1", at(2020, 10, 10));
        let refused = persons::register(
            &county.desk(),
            &auditor,
            &person("尼玛", day_of(1991, 5, 5), 6, YALA),
        );
        assert!(matches!(refused, Err(RegistryError::Role { .. })));
    });
}

#[test]
fn a_person_lives_in_one_household_at_a_time() {
    County::on_both(|county| {
        let (household, _, daughter) = household_of_two(county);
        let desk = county.desk();
        let ctx = county.ctx("clerk-lucheng", at(2020, 10, 9));
        let own = NewHousehold {
            division: LUCHENG,
            members: vec![(daughter, Relation::Head)],
            since: day_of(2020, 10, 1),
        };
        match households::form(&desk, &ctx, &own) {
            Err(RegistryError::AlreadyMember {
                household: other, ..
            }) => assert_eq!(other, household),
            other => panic!("{other:?}"),
        }
        let then = known(county);
        households::leave(&desk, &ctx, household, daughter, day_of(2020, 10, 1)).unwrap();
        households::form(&desk, &ctx, &own).unwrap();
        let count = |on, at| {
            county
                .store
                .read(|q| households::members(q, household, on, at))
                .unwrap()
                .len()
        };
        assert_eq!(count(day_of(2020, 9, 30), known(county)), 2);
        assert_eq!(count(day_of(2020, 10, 1), known(county)), 1);
        assert_eq!(
            count(day_of(2020, 10, 1), then),
            2,
            "what was known before stays"
        );
        let two = NewHousehold {
            members: vec![(daughter, Relation::Head), (daughter, Relation::Head)],
            ..own
        };
        assert!(matches!(
            households::form(&desk, &ctx, &two),
            Err(RegistryError::Heads(2))
        ));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(24), ..ProptestConfig::default() })]

    /// Random changes of one income, learnt in any order: every earlier view reads the same at the end, and at
    /// every view at most one row covers a day.
    #[test]
    fn earlier_views_never_change(changes in proptest::collection::vec((0_i32..640, 1_i64..900_000), 1..12)) {
        let county = County::new();
        let (_, father, _) = household_of_two(&county);
        let about = About::Person(father);
        let mut views = Vec::new();
        for (step, (offset, amount)) in changes.iter().enumerate() {
            let from = day_of(2019, 1, 1).checked_add(jiff::Span::new().days(*offset)).unwrap();
            let ctx = county.ctx("clerk-lucheng", Timestamp::from_microsecond(at(2020, 10, 9).as_microsecond() + step as i64).unwrap());
            let new = fact(about, row("income", "wage", Some(*amount), from, None));
            let done = evidence::change(&county.desk(), &ctx, &new);
            prop_assert!(matches!(done, Ok(_) | Err(RegistryError::Overlap { .. })), "{done:?}");
            let now = known(&county);
            views.push((now, current(&county, about, now)));
        }
        for (at, seen) in &views {
            prop_assert_eq!(&current(&county, about, *at), seen);
            for (place, (_, from, to)) in seen.iter().enumerate() {
                for (_, other_from, other_to) in &seen[place + 1..] {
                    let apart = to.is_some_and(|to| to <= *other_from) || other_to.is_some_and(|to| to <= *from);
                    prop_assert!(apart, "two rows cover one day: {:?}", seen);
                }
            }
        }
    }
}

/// How often a test that makes a database each time is repeated, unless a long run asks for more.
fn cases(few: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(few)
}

type Span = (
    Option<i64>,
    minsheng_core::Date,
    Option<minsheng_core::Date>,
);

fn current(county: &County, about: About, known: TxNo) -> Vec<Span> {
    let rows = county
        .store
        .read(|q| evidence::history(q, about, known))
        .unwrap();
    rows.into_iter()
        .filter(|entry| entry.superseded_tx.is_none_or(|tx| tx > known.0))
        .map(|entry| {
            (
                entry.row.amount_fen,
                entry.row.valid_from,
                entry.row.valid_to,
            )
        })
        .collect()
}
