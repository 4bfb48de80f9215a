//! A county ten times smaller: quick, and closed on its own figures like the real one.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use minsheng_county_demo::{DemoOptions, Draft, Targets, draft, live, opened_at};
use minsheng_store::{DbUrl, Durability, Keys, Options, Store};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

#[test]
fn a_small_county_comes_to_its_own_figures() {
    let targets = Targets::load().unwrap().scaled(10);
    let roll = targets.roll.clone();
    let person_months = targets.paid.backstop_person_months.value;
    let county = support::county(11, Some(targets), None);
    for (id, wanted) in [
        ("A07", roll.rural_households.value),
        ("A08", roll.rural_persons.value),
        ("RV-03", roll.backstop_households.value),
        ("RV-04", roll.backstop_persons.value),
        ("A11", roll.urban_households.value),
        ("A12", roll.urban_persons.value),
    ] {
        assert_eq!(county.figure(id), wanted.to_string(), "{id}");
    }
    let fen = minsheng_core::Fen::from_yuan(person_months * 295).unwrap();
    assert_eq!(county.figure("RV-05"), fen.wan_yuan(2));
}

#[test]
fn a_run_reads_its_inputs_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let targets = Targets::load().unwrap().scaled(12);
    let mut options = DemoOptions {
        seed: 12,
        change: None,
        packs: None,
        bank_dir: dir.path().join("bank"),
        inputs_dir: None,
        targets: Some(targets.clone()),
        progress: &|_, _, _| {},
    };
    let Draft { mut inputs, packs } = draft(&options).unwrap();
    // Neither the seed nor the targets reach the run: it comes to the same without them.
    inputs.seed = 0;
    options.seed = 0;
    options.targets = None;
    let store_options =
        Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(0)).durability(Durability::Relaxed);
    let url = DbUrl::file(dir.path().join("demo.db"));
    let store = Store::create(&url, &store_options, opened_at()).unwrap();
    let blind = live(&store, Draft { inputs, packs }, &options).unwrap();
    let county = support::county(12, Some(targets), None);
    assert_eq!(blind.counts, county.report.counts);
    assert_eq!(blind.figures, county.report.figures);
}

#[test]
fn a_parameter_that_refuses_everybody_pays_nobody_and_stops_nowhere() {
    let change = "[[parameter]]\nprogramme = \"urban-dibao\"\nname = \"standard\"\nvalue = 100\n";
    let county = support::county(13, Some(Targets::load().unwrap().scaled(15)), Some(change));
    assert!(
        county.report.counts.refusals > 80,
        "{:?}",
        county.report.counts
    );
    assert!(!county.report.agrees);
}
