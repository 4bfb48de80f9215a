//! What is computed for everybody at once is what is computed one by one.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_benefits::assistance::{self, Decided, DecisionKind, frozen, roll};
use minsheng_core::Relation;
use minsheng_policy::{KeyDates, Outcome};
use minsheng_registry::evidence::{self};
use minsheng_registry::facts::{self};
use minsheng_registry::households::{self};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest,
};

use crate::support::family::{Draft, Family, change, income, urban_couple};
use crate::support::walk::{AUGUST, SEPTEMBER, Walk, granted, granted_together};
use crate::support::{County, LUCHENG_1, YALA_1};
use crate::{Event, happen, today};

/// The comparison one by one, by the public functions of the offices: who differs, and what the law gives.
fn one_by_one(county: &County) -> BTreeMap<HouseholdId, (Option<CaseId>, BTreeMap<i64, i64>)> {
    let (on, known) = (county.today(), county.known());
    let packs = county.packs.current();
    county
        .store
        .read(|q| {
            let mut found = BTreeMap::new();
            let deaths = evidence::deaths(q, known)?;
            let mut busy = BTreeSet::new();
            for case in roll::in_force(q, known)? {
                let stopped = case.decisions.last().unwrap().kind == DecisionKind::Stop;
                if stopped {
                    continue;
                }
                busy.insert(case.household);
                let programme = packs.programme(&case.programme).unwrap();
                let facts = facts::assemble(q, programme, case.household, None, on, on, known)?;
                let month = programme.payment.first_month_of(on);
                let (_, before) = roll::entitled_amounts(q, packs, &case, &deaths, month)?;
                // Without a head nobody can be asked about, and nobody is left where no member is.
                let nobody = headless(&facts);
                let after = if nobody {
                    Vec::new()
                } else {
                    let key = KeyDates {
                        acceptance: case.acceptance,
                        month,
                    };
                    let read = programme.facts(&facts).unwrap();
                    programme.determine(&read, &key).unwrap().members
                };
                if nobody || before != after {
                    found.insert(case.household, (Some(case.case), amounts(&after)));
                }
            }
            for (household, _) in households::all(q, known)? {
                if busy.contains(&household) {
                    continue;
                }
                for programme in packs.programmes() {
                    let facts = facts::assemble(q, programme, household, None, on, on, known)?;
                    if headless(&facts) {
                        continue;
                    }
                    let key = KeyDates {
                        acceptance: on,
                        month: programme.payment.first_month_of(on),
                    };
                    let read = programme.facts(&facts).unwrap();
                    let answer = programme.determine(&read, &key).unwrap();
                    if answer.outcome == Outcome::Eligible {
                        found.insert(household, (None, amounts(&answer.members)));
                    }
                }
            }
            Ok::<_, assistance::AssistanceError>(found)
        })
        .unwrap()
}

fn headless(facts: &serde_json::Value) -> bool {
    let members = facts["household"]["members"].as_array().unwrap();
    !members.iter().any(|member| member["head"] == true)
}

fn amounts(members: &[minsheng_policy::MemberAmount]) -> BTreeMap<i64, i64> {
    members
        .iter()
        .map(|member| (member.person, member.amount.get()))
        .collect()
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Nothing),
        (0_i64..1_300).prop_map(Event::Earns),
        (0_usize..2).prop_map(Event::Dies),
        Just(Event::AllDie),
        Just(Event::Leaves),
        (0_i64..1_300).prop_map(Event::Joins),
        (0_i64..60_000).prop_map(Event::Saves),
        Just(Event::Undeclared),
        Just(Event::MovesToTheCountry),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_whole_county_at_once_equals_the_households_one_by_one(
        families in prop::collection::vec((0_i64..620, event(), any::<bool>()), 1..7),
    ) {
        let county = County::new();
        let all: Vec<Family> = families
            .iter()
            .map(|(per_head, _, _)| urban_couple(&county, LUCHENG_1, *per_head))
            .collect();
        let applied: Vec<Family> = families
            .iter()
            .zip(&all)
            .filter(|((per_head, _, applies), _)| *applies && *per_head < 590)
            .map(|(_, family)| family.clone())
            .collect();
        granted_together(&county, &applied, AUGUST);
        county.on("2021-10-11");
        for ((_, event, _), family) in families.iter().zip(&all) {
            happen(&county, family, *event);
        }
        let found: BTreeMap<_, _> = today(&county)
            .into_iter()
            .map(|one| (one.household, (one.case, amounts(&one.after))))
            .collect();
        prop_assert_eq!(found, one_by_one(&county));
    }
}

#[test]
fn what_is_known_at_once_is_what_is_assembled_one_by_one() {
    County::on_both(|county| {
        let families: Vec<Family> = [
            Draft::new(county, LUCHENG_1, "urban")
                .member("张伟", "1970-05-04", Relation::Head)
                .earns("wage", 900)
                .earns("transfer", 20)
                .member("李娜", "1972-03-08", Relation::Spouse)
                .disabled("42"),
            Draft::new(county, YALA_1, "rural").silent("王强", "1950-05-04", Relation::Head),
        ]
        .into_iter()
        .map(Draft::record)
        .collect();
        granted_quietly(county, &families[0]);
        let (on, known) = (county.today(), county.known());
        let keys: Vec<HouseholdId> = families.iter().map(|family| family.household).collect();
        let programme = county.packs.current().programme("urban-dibao").unwrap();
        let (many, one) = county
            .store
            .read(|q| {
                let rows = facts::rows_of(q, &keys, on, known, &mut |_| {})?;
                let many: Vec<_> = rows
                    .into_iter()
                    .map(|(household, rows)| {
                        facts::build(&facts::FactsInput {
                            declared: &programme.evidence,
                            household,
                            evidence: rows.evidence,
                            members: rows.members,
                            single: None,
                            applied_on: on,
                            valid_on: on,
                        })
                    })
                    .collect();
                let mut one = Vec::new();
                for key in &keys {
                    one.push(facts::assemble(q, programme, *key, None, on, on, known)?);
                }
                Ok::<_, assistance::AssistanceError>((many, one))
            })
            .unwrap();
        assert_eq!(many, one);
        assert_eq!(many[0]["household"]["members"][1]["disability"], "42");
    });
}

/// A change after the first entry, so that superseded rows are about.
fn granted_quietly(county: &County, family: &Family) {
    let person: PersonId = family.members[0];
    county.on("2021-03-01");
    change(
        county,
        family,
        person,
        income("wage", 950, "2021-02-01"),
        false,
    );
}

#[test]
fn frozen_facts_are_those_of_the_decision_that_governs_the_next_month() {
    let county = County::new();
    let family = urban_couple(&county, LUCHENG_1, 290);
    let (walk, decided): (Walk<'_>, Decided) = granted(&county, &family, "urban-dibao", SEPTEMBER);
    // Decided on 1 September, it pays from October: on the day itself nothing differs.
    assert_eq!(today(&county), []);
    let frozen = county
        .store
        .read(|q| frozen(q, decided.determination.unwrap()))
        .unwrap();
    assert_eq!(frozen.case, walk.case);
    county.on("2021-09-02");
    happen_on(&county, &family, "2021-09-02");
    let found = today(&county).remove(0);
    assert_eq!(found.before_fen(), decided.total_fen);
}

fn happen_on(county: &County, family: &Family, from: &str) {
    let row = income("transfer", 490, from);
    change(county, family, family.members[0], row, false);
}
