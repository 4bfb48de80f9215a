//! A county in a folder of its own, and its year.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod reference;

use minsheng_county_demo::{Change, DemoOptions, DemoReport, Targets, demo, opened_at};
use minsheng_policy::PackSet;
use minsheng_registry::PackLibrary;
use minsheng_store::{DbUrl, Durability, Keys, Options, Store};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// A finished demo with its database.
pub struct County {
    _dir: tempfile::TempDir,
    pub store: Store,
    pub report: DemoReport,
    pub library: PackLibrary,
}

impl County {
    pub fn desk(&self) -> minsheng_registry::Desk<'_> {
        minsheng_registry::Desk {
            store: &self.store,
            packs: &self.library,
            calendar: minsheng_core::WorkCalendar::embedded(),
            regions: minsheng_core::Regions::with_demo(),
        }
    }

    /// The value of a figure as printed.
    pub fn figure(&self, id: &str) -> String {
        let figure = self.report.figures.iter().find(|figure| figure.id == id);
        figure
            .and_then(|figure| figure.value.clone())
            .unwrap_or_else(|| panic!("no figure {id}"))
    }
}

/// Runs a demo.
pub fn county(seed: u64, targets: Option<Targets>, change: Option<&str>) -> County {
    let dir = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let options =
        Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(seed)).durability(Durability::Relaxed);
    let url = DbUrl::file(dir.path().join("demo.db"));
    let store =
        Store::create(&url, &options, opened_at()).unwrap_or_else(|error| panic!("{error}"));
    let change = change
        .map(|text| Change::parse("change.toml", text).unwrap_or_else(|error| panic!("{error}")));
    let asked = DemoOptions {
        seed,
        change,
        packs: None,
        bank_dir: dir.path().join("bank"),
        inputs_dir: None,
        targets,
        progress: &|_, _, _| {},
    };
    let report = demo(&store, &asked).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let library = PackLibrary::new(std::sync::Arc::clone(&report.packs));
    County {
        _dir: dir,
        store,
        report,
        library,
    }
}

/// The packs of the repository.
pub fn packs() -> PackSet {
    PackSet::embedded(minsheng_county_demo::AUTHORITY).unwrap_or_else(|error| panic!("{error}"))
}

/// The seeds asked for by `MINSHENG_SEEDS` (`4..9`, both included, or `4,7`), or the test's own.
pub fn seeds(own: &str) -> Vec<u64> {
    let asked = std::env::var("MINSHENG_SEEDS").unwrap_or_else(|_| own.to_owned());
    let number = |text: &str| {
        text.trim()
            .parse::<u64>()
            .unwrap_or_else(|error| panic!("MINSHENG_SEEDS: `{asked}`: {error}"))
    };
    match asked.split_once("..") {
        Some((first, last)) => (number(first)..=number(last)).collect(),
        None => asked.split(',').map(number).collect(),
    }
}
