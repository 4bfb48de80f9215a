//! Other rules asked beside those in force: the lists are what the pack itself says of each household, sums are the
//! sums of the lists, and the same rules change nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use minsheng_benefits::simulation::{Asked, Effect, HouseholdType, Simulation, Standing, simulate};
use minsheng_core::{Fen, Month, Relation};
use minsheng_policy::{KeyDates, Outcome, PackSet, Source, embedded_sources};
use minsheng_registry::evidence::{self, About};
use minsheng_registry::facts;
use minsheng_store::Scope;
use support::family::{Draft, Family, couples, dies, urban_couple};
use support::walk::{AUGUST, VILLAGE, granted, granted_together};
use support::{County, day};

const DAYS: [&str; 4] = AUGUST;

/// The packs with one line of the county's urban rules written otherwise.
fn urban(from: &str, to: &str) -> PackSet {
    let sources: Vec<Source> = embedded_sources()
        .into_iter()
        .map(|mut source| {
            if source.path.ends_with("cn-513301/urban-dibao.md") {
                assert!(source.text.contains(from), "{from}");
                source.text = source.text.replace(from, to);
            }
            source
        })
        .collect();
    PackSet::from_sources("cn-513301", sources).unwrap()
}

fn standard(fen: i64) -> PackSet {
    urban("value = 59000", &format!("value = {fen}"))
}

fn asked(county: &County, rules: &PackSet, months: u8) -> Simulation {
    let from: Month = "2021-10".parse().unwrap();
    let asked = Asked {
        rules,
        on: county.today(),
        from,
        to: from.plus(i32::from(months) - 1),
    };
    let desk = county.desk();
    county
        .store
        .read(|q| simulate(&desk, q, &Scope::county(), &asked, &mut |_, _| {}))
        .unwrap()
}

/// Three urban couples with cases (two with 290 yuan a head, one with 580), one couple with 650 and one with 300 that
/// never applied.
fn town(county: &County) -> Vec<Family> {
    let mut families = couples(county, &[VILLAGE, VILLAGE]);
    families.push(urban_couple(county, VILLAGE, 580));
    granted_together(county, &families, DAYS);
    families.push(urban_couple(county, VILLAGE, 650));
    families.push(urban_couple(county, VILLAGE, 300));
    county.on("2021-09-06");
    families
}

#[test]
fn the_same_rules_change_nothing() {
    let county = County::new();
    let families = town(&county);
    dies(&county, &families[0], families[0].members[1], "2021-09-02");
    let found = asked(&county, &standard(59_000), 1);
    assert_eq!(found.before_hash, found.after_hash);
    assert_eq!(found.cases().count(), 3);
    assert!(found.lines.iter().all(|line| line.effect == Effect::Same));
    let (before, after) = found.cover();
    assert_eq!(before, after);
    assert_eq!((before.covered_cases, before.uncovered_households), (3, 1));
    assert_eq!(before.gap_fen, Fen::new(2 * 29_000));
    // one member is left in the household of the death
    assert_eq!(found.lines[0].household_type, Some(HouseholdType::Single));
}

#[test]
fn a_higher_standard_raises_and_lets_in_and_a_lower_one_lowers_and_lets_fall() {
    let county = County::new();
    let families = town(&county);
    let effects = |found: &Simulation| -> Vec<(i64, Effect, i64, i64)> {
        let lines = found.lines.iter();
        lines
            .map(|line| {
                let paid = |answer: Option<Fen>| answer.unwrap().get() / 100;
                let (before, after) = (paid(line.before.amount_fen), paid(line.after.amount_fen));
                (line.household.0, line.effect, before, after)
            })
            .collect()
    };
    let key = |at: usize| families[at].household.0;
    let higher = asked(&county, &standard(70_000), 1);
    assert_eq!(
        effects(&higher),
        [
            (key(0), Effect::Gains, 600, 820),
            (key(1), Effect::Gains, 600, 820),
            (key(2), Effect::Gains, 20, 240),
            (key(3), Effect::Enters, 0, 100),
            (key(4), Effect::Gains, 580, 800),
        ]
    );
    let (before, after) = higher.cover();
    assert_eq!(
        (before.gap_fen, after.gap_fen),
        (Fen::new(58_000), Fen::new(90_000))
    );
    let lower = asked(&county, &standard(50_000), 1);
    assert_eq!(
        effects(&lower),
        [
            (key(0), Effect::Loses, 600, 420),
            (key(1), Effect::Loses, 600, 420),
            (key(2), Effect::Leaves, 20, 0),
            (key(4), Effect::Loses, 580, 400),
        ]
    );
    assert_eq!(lower.lines[2].after.standing, Standing::NotEntitled);
    assert!(!lower.lines[2].after.reasons.is_empty());
}

#[test]
fn every_case_is_answered_as_the_pack_answers_it_alone_and_sums_are_those_of_the_lines() {
    let county = County::new();
    town(&county);
    let rules = standard(61_300);
    let found = asked(&county, &rules, 3);
    let desk = county.desk();
    let mut months = BTreeMap::new();
    for line in found.cases() {
        for (packs, answer) in [
            (desk.packs.current().as_ref(), &line.before),
            (&rules, &line.after),
        ] {
            let programme = packs.programme(&line.programme).unwrap();
            let (on, known) = (found.on, found.known);
            let read = county
                .store
                .read(|q| facts::assemble(q, programme, line.household, None, on, on, known))
                .unwrap();
            let key = KeyDates {
                acceptance: day(DAYS[0]),
                month: found.month,
            };
            let said = programme
                .determine(&programme.facts(&read).unwrap(), &key)
                .unwrap();
            assert_eq!(said.outcome, Outcome::Eligible);
            assert_eq!(
                (Some(said.total), &said.members),
                (answer.amount_fen, &answer.members)
            );
        }
        let sum = months.entry(line.programme.clone()).or_insert((0, 0));
        sum.0 += line.before.amount_fen.unwrap().get();
        sum.1 += line.after.amount_fen.unwrap().get();
    }
    // the facts and the standard are the same in all three months
    assert_eq!(found.costs.len(), 3);
    for cost in &found.costs {
        assert_eq!(
            (cost.before_fen.get(), cost.after_fen.get()),
            months[&cost.programme]
        );
    }
    let of = |groups: Vec<usize>| groups.into_iter().sum::<usize>();
    let all = found.cases().count();
    let townships = found.by_township();
    let types = found.by_type();
    assert_eq!(
        of(townships
            .iter()
            .flat_map(|one| one.effects.values())
            .map(|one| one.cases)
            .collect()),
        all
    );
    assert_eq!(
        of(types
            .iter()
            .flat_map(|one| one.effects.values())
            .map(|one| one.cases)
            .collect()),
        all
    );
    assert_eq!(
        of(found.effects().values().map(|one| one.cases).collect()),
        all
    );
}

#[test]
fn a_cost_that_is_not_known_is_counted_and_is_not_zero() {
    let county = County::new();
    let families = town(&county);
    let lack = &families[2];
    let rows = county
        .store
        .read(|q| evidence::history(q, About::Person(lack.members[1]), county.known()))
        .unwrap();
    let declared = rows
        .iter()
        .find(|row| row.row.kind == "income_declaration")
        .unwrap();
    evidence::withdraw(&county.desk(), &county.ctx(lack.clerk), declared.id).unwrap();
    let found = asked(&county, &standard(70_000), 1);
    assert_eq!(found.cases().count(), 3);
    let line = found.cases().nth(2).unwrap();
    assert_eq!(
        (line.before.standing, line.after.standing),
        (Standing::Undetermined, Standing::Undetermined)
    );
    let cost = &found.costs[0];
    assert_eq!((cost.unclear_before, cost.unclear_after), (1, 1));
    assert_eq!(cost.before_fen, Fen::new(2 * 60_000));
    // what is known of the others is not told as the sum of all
    let same = found.effects()["same"];
    assert_eq!((same.cases, same.before_fen), (1, None));
}

#[test]
fn a_cliff_is_where_one_more_yuan_takes_more_than_a_yuan() {
    let county = County::new();
    let couple = |first: i64, second: i64| {
        Draft::new(&county, VILLAGE, "rural")
            .member("扎西", "1970-05-04", Relation::Head)
            .earns("transfer", first)
            .member("卓玛", "1972-03-08", Relation::Spouse)
            .earns("transfer", second)
            .record()
    };
    // below 4,680 yuan a year each gets the rate of the class, whatever the income
    let (edge, far) = (couple(389, 390), couple(100, 100));
    granted(&county, &edge, "rural-dibao", DAYS);
    let later = ["2021-09-01", "2021-09-07", "2021-09-17", "2021-09-22"];
    granted(&county, &far, "rural-dibao", later);
    county.on("2021-09-23");
    let found = asked(&county, &standard(70_000), 1);
    let cliffs: Vec<_> = found
        .lines
        .iter()
        .map(|line| line.cliff_before.as_ref().map(|cliff| cliff.loss_fen))
        .collect();
    assert_eq!(cliffs, [Some(Fen::new(2 * 26_500 - 100)), None]);
    assert_eq!(found.lines[0].cliff_after, found.lines[0].cliff_before);
    assert_eq!(
        found.lines[0].cliff_before.as_ref().unwrap().evidence,
        "income"
    );
}

#[test]
fn a_township_sees_its_own_households_only() {
    let county = County::new();
    let families = town(&county);
    let rules = standard(70_000);
    let from: Month = "2021-10".parse().unwrap();
    let asked = Asked {
        rules: &rules,
        on: county.today(),
        from,
        to: from,
    };
    let desk = county.desk();
    let lines = |division| {
        let scope = Scope::of(division);
        let found = county
            .store
            .read(|q| simulate(&desk, q, &scope, &asked, &mut |_, _| {}));
        found.unwrap().lines.len()
    };
    assert_eq!(lines(VILLAGE / 1_000 * 1_000), families.len());
    assert_eq!(lines(513_301_100_000), 0);
}
