//! The year of seed 1: it comes to the chapter; what was paid is what the reference evaluator says of the frozen
//! facts; and when something is changed the figures move by exactly what the reference evaluator says.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use minsheng_core::{Fen, Month};
use minsheng_county_demo::tables::{Inputs, Joining};
use minsheng_county_demo::{AUTHORITY, Change, YEAR};
use minsheng_policy::{PackSet, embedded_sources};
use minsheng_registry::{PersonId, persons};
use minsheng_statistics::drill;
use minsheng_store::{Query, Scope, statement};
use support::County;
use support::reference::{Reference, Totals};

const SEED: u64 = 1;

struct Base {
    county: County,
    reference: Reference,
    totals: Totals,
}

/// The unchanged year, made once for all tests.
fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let county = support::county(SEED, None, None);
        let reference = Reference::load(&county);
        let totals = reference.year(&support::packs(), None);
        Base {
            county,
            reference,
            totals,
        }
    })
}

/// Fen behind a figure: the records that statistics counts, not the printed sum.
fn fen(county: &County, id: &str) -> i64 {
    drill(&county.desk(), &Scope::county(), id, YEAR)
        .unwrap()
        .records
        .total()
        .unwrap()
        .get()
}

fn roll(county: &County, households: &str, persons: &str) -> (usize, usize) {
    (
        county.figure(households).parse().unwrap(),
        county.figure(persons).parse().unwrap(),
    )
}

/// What was paid and who is on the rolls is what the totals say.
fn agree(county: &County, totals: &Totals) {
    assert_eq!(fen(county, "A18"), totals.total_fen());
    assert_eq!(fen(county, "RV-05"), totals.of_class("BACKSTOP"));
    assert_eq!(roll(county, "A07", "A08"), totals.on_roll("rural-dibao"));
    assert_eq!(roll(county, "A11", "A12"), totals.on_roll("urban-dibao"));
}

#[test]
fn the_year_comes_to_the_chapter_and_to_what_the_reference_evaluator_says() {
    let base = base();
    let report = &base.county.report;
    let off: Vec<&str> = report
        .figures
        .iter()
        .filter(|f| f.agrees != Some(true))
        .map(|f| f.id.as_str())
        .collect();
    assert!(report.agrees && off.is_empty(), "{off:?}");
    agree(&base.county, &base.totals);
    assert_eq!(base.totals.of_class("BACKSTOP"), 18_296 * 29_500);
    let total = base.totals.total_fen();
    assert!(
        (2_655_025_000..=2_655_034_900).contains(&total),
        "{}",
        Fen::new(total)
    );
}

#[test]
fn the_rectification_is_a_campaign_over_the_roll_and_the_nights_find_what_clerks_work_off() {
    let base = base();
    let (counts, inputs) = (&base.county.report.counts, &base.county.report.inputs);
    let campaign = &counts.campaign;
    assert_eq!(inputs.campaigns.len(), 1);
    let cut_off = Month::from_date(inputs.campaigns[0].cut_off);
    let on_the_roll = base.reference.on_the_roll(cut_off);
    assert_eq!(usize::try_from(campaign.targets).unwrap(), on_the_roll);
    assert!(campaign.holds, "{campaign:?}");
    let decided = campaign.kept + campaign.raised + campaign.lowered + campaign.exited;
    assert_eq!(decided, campaign.targets, "{campaign:?}");
    assert!(
        campaign.exited >= 150 && campaign.entered > 0,
        "{campaign:?}"
    );

    let worked_off = counts.drift_reviews + counts.drift_dismissed;
    assert!(counts.drift_found >= 300 && worked_off >= 300, "{counts:?}");
    assert_eq!(counts.drift_waiting, 0);
}

#[test]
fn numbers_of_the_inputs_are_numbers_of_the_records() {
    let county = &base().county;
    let inputs = &county.report.inputs;
    county
        .store
        .read(|q| {
            for person in inputs.persons.iter().step_by(97) {
                let found = persons::find(q, &Scope::county(), PersonId(person.number))?.unwrap();
                assert_eq!(
                    (found.name.as_str(), found.birth),
                    (person.name.as_str(), person.birth)
                );
            }
            Ok::<_, minsheng_registry::RegistryError>(())
        })
        .unwrap();
    let urban: BTreeSet<i64> = inputs
        .applications
        .iter()
        .filter(|row| row.programme == "urban-dibao")
        .map(|row| row.household)
        .collect();
    assert!(
        base().totals.households["urban-dibao"]
            .iter()
            .all(|household| urban.contains(household))
    );
}

#[test]
fn every_case_is_decided_by_evidence_and_the_books_are_clean() {
    let county = &base().county;
    let desk = county.desk();
    let findings = county
        .store
        .read(|q| minsheng_benefits::assistance::proof::verify(&desk, q))
        .unwrap();
    assert!(
        findings.is_empty(),
        "{:?}",
        &findings[..findings.len().min(5)]
    );
    let findings = minsheng_payments::verify::verify(&desk).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    let verification = county.store.verify().unwrap();
    assert!(
        verification.findings.is_empty(),
        "{:?}",
        verification.findings
    );
}

statement! {
    LATE, internal "a test's whole-county computation",
    "SELECT clock, COUNT(*) FROM case_clock WHERE kind = 'at_most' AND met_on > due_on GROUP BY clock"
}
statement! {
    UNMET, internal "a test's whole-county computation",
    "SELECT clock, COUNT(*) FROM case_clock WHERE met_on IS NULL AND due_on < ?1 GROUP BY clock"
}

#[test]
fn every_step_is_taken_within_its_term() {
    let late = |statement, values: &[minsheng_store::Value]| {
        base()
            .county
            .store
            .read(|q| {
                let rows = q.rows(statement, values)?;
                rows.iter()
                    .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)))
                    .collect::<Result<Vec<_>, minsheng_store::StoreError>>()
            })
            .unwrap()
    };
    // Of a death that was reported months late the household is re-checked late; nothing else is.
    for (clock, count) in late(&LATE, &[]) {
        assert!(clock == "death_recheck" && count <= 18, "{clock}: {count}");
    }
    // What falls due in the last month may be under way when the year ends.
    let end = minsheng_core::Date::constant(2021, 12, 1);
    assert_eq!(late(&UNMET, &[minsheng_store::Value::from(end)]), []);
}

#[test]
fn without_one_household_the_year_lacks_exactly_its_money_and_its_people() {
    let base = base();
    // An urban household of several persons that receives all year.
    let inputs = &base.county.report.inputs;
    let size = |household: i64| {
        inputs
            .memberships
            .iter()
            .filter(|row| row.household == household)
            .count()
    };
    let household = *base.totals.households["urban-dibao"]
        .iter()
        .find(|household| size(**household) == 3)
        .unwrap();
    let change = format!("[[drop_household]]\nhousehold = \"H{household:06}\"\n");
    let county = support::county(SEED, None, Some(&change));
    assert!(!county.report.agrees && county.report.changed);
    let totals = base.reference.year(&support::packs(), Some(household));
    assert_ne!(totals.total_fen(), base.totals.total_fen());
    // Later households move up by one number; sums and counts are what is compared.
    assert_eq!(fen(&county, "A18"), totals.total_fen());
    assert_eq!(roll(&county, "A07", "A08"), totals.on_roll("rural-dibao"));
    assert_eq!(roll(&county, "A11", "A12"), totals.on_roll("urban-dibao"));
    let (households, persons) = base.totals.on_roll("urban-dibao");
    assert_eq!(totals.on_roll("urban-dibao"), (households - 1, persons - 3));
}

#[test]
fn a_standard_of_600_moves_the_year_by_what_the_frozen_facts_say() {
    let base = base();
    let change = "[[parameter]]\nprogramme = \"urban-dibao\"\nname = \"standard\"\nvalue = 60000\n";
    let sources = Change::parse("change.toml", change)
        .unwrap()
        .apply_to_packs(embedded_sources())
        .unwrap();
    let packs = PackSet::from_sources(AUTHORITY, sources).unwrap();
    assert_ne!(packs.hash(), support::packs().hash());
    let county = support::county(SEED, None, Some(change));
    assert!(!county.report.agrees);
    let totals = base.reference.year(&packs, None);
    agree(&county, &totals);
    assert_eq!(county.figure("A13"), "600");
    // Ten yuan more for everybody who was on the roll, and whatever more for who comes in between 590 and 600.
    let months = base
        .totals
        .fen
        .iter()
        .filter(|((code, _), _)| code == "urban-dibao")
        .count();
    assert_eq!(months, 1);
    assert!(totals.total_fen() - base.totals.total_fen() >= 12 * 1000 * 2000);
    assert_eq!(
        totals.of_class("BACKSTOP"),
        base.totals.of_class("BACKSTOP")
    );
}

/// A person of a household of several who dies after June and is reported in the same month.
fn a_death(inputs: &Inputs) -> (i64, Month) {
    let size = |person: i64| {
        let home = inputs
            .memberships
            .iter()
            .find(|row| row.person == person)
            .unwrap()
            .household;
        let stays = inputs
            .memberships
            .iter()
            .all(|row| row.household != home || row.joining == Joining::First);
        (
            inputs
                .memberships
                .iter()
                .filter(|row| row.household == home)
                .count(),
            stays,
        )
    };
    let found = inputs.deaths.iter().find(|death| {
        let (size, stays) = size(death.person);
        stays
            && size > 1
            && death.died_on.month() > 6
            && death.reported_on.month() == death.died_on.month()
    });
    let death = found.unwrap();
    (death.person, Month::from_date(death.died_on))
}

#[test]
fn a_death_three_months_earlier_takes_three_months_of_one_share() {
    let base = base();
    let (person, month) = a_death(&base.county.report.inputs);
    let change = format!("[[move_death]]\nperson = \"P{person:06}\"\nmonths = -3\n");
    let county = support::county(SEED, None, Some(&change));
    assert!(!county.report.agrees);
    let mut moved = Reference {
        cases: Reference::load(&base.county).cases,
        deaths: base.reference.deaths.clone(),
    };
    let day = moved.deaths.get_mut(&PersonId(person)).unwrap();
    assert_eq!(Month::from_date(*day), month);
    *day = month.plus(-3).first_day();
    let totals = moved.year(&support::packs(), None);
    agree(&county, &totals);
    let less = base.totals.total_fen() - totals.total_fen();
    assert!(less > 0 && less % 3 == 0, "{}", Fen::new(less));
}
