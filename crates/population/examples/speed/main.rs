//! `speed FOLDER [EXPECTED.json] [ROUNDS]`: the benchmark policy as a pack beside the same policy as a loop in Rust,
//! in one process, one after the other in every round. Prints CPU time of one thread and ratios. Every engine is
//! compared with the loop in every month, and with the digests of a file of expected results.

mod native;

use std::path::Path;

use minsheng_columnar::{Detail, Evaluator, Options, Question, Schema};
use minsheng_core::Month;
use minsheng_policy::PackSet;
use minsheng_population::{Part, Register, Request, determine};

use native::{Figures, Population};

/// CPU time of this thread in nanoseconds.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")
        .expect("Linux tells the time of a thread");
    let first = text.split(' ').next().expect("three numbers");
    first.parse().expect("a number")
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures; nothing is decided by it"
)]
fn wall() -> u64 {
    use std::sync::LazyLock;
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn median(times: &[u64]) -> u64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let folder = Path::new(arguments.get(1).expect("a folder with a population"));
    let rounds: usize = arguments
        .get(3)
        .map_or(9, |rounds| rounds.parse().expect("a number of rounds"));
    let set = PackSet::embedded("county-core-2021").expect("the pack is whole");
    let months: Vec<Month> = (1..=12)
        .map(|month| Month::new(2021, month).expect("a month"))
        .collect();
    if let Some(path) = arguments.get(2).filter(|path| path.ends_with(".json")) {
        check(&set, folder, path, &months);
    }
    let programmes: Vec<_> = set.programmes().iter().collect();
    let schema = Schema::of(&programmes);
    let mut register = Register::open(folder, &schema, set.population().expect("a mapping"))
        .expect("a population");
    let mut parts: Vec<Part> = Vec::new();
    while let Some(part) = register.next(2).expect("a part") {
        parts.push(part);
    }
    let mut plain = Population::default();
    for part in &parts {
        plain.add(&part.clone().into_batch().expect("a batch"), &schema);
    }
    let households = plain.households();
    let figures: Vec<Figures> = (1..=12)
        .map(|month| Figures::of(month, months[0]))
        .collect();
    let mut loop_full = vec![vec![0_i64; households]; 12];
    let mut loop_hoisted = loop_full.clone();
    let evaluator = |reuse: bool, threads: usize, these: &[Month]| {
        let questions = these
            .iter()
            .map(|month| Question::of_month(*month))
            .collect();
        let options = Options {
            reuse,
            detail: Detail::Totals,
            threads,
        };
        Evaluator::new(programmes.clone(), questions, options)
    };
    let mut engines = [
        ("pack, in full", evaluator(false, 1, &months)),
        ("pack, reuse", evaluator(true, 1, &months)),
        ("pack, one month", evaluator(true, 1, &months[..1])),
    ];
    let mut pairs = [
        [evaluator(false, 1, &months), evaluator(false, 2, &months)],
        [evaluator(true, 1, &months), evaluator(true, 2, &months)],
    ];
    let mut times: Vec<Vec<u64>> = vec![Vec::new(); 6];
    let mut walls: Vec<Vec<u64>> = vec![Vec::new(); 4];
    for _ in 0..rounds {
        let start = cpu();
        for (figures, out) in figures.iter().zip(&mut loop_full) {
            native::full(&plain, figures, out);
        }
        times[0].push(cpu() - start);
        let start = cpu();
        native::hoisted(&plain, &figures, &mut loop_hoisted);
        times[1].push(cpu() - start);
        assert_eq!(loop_full, loop_hoisted, "the loops agree");
        let start = cpu();
        native::full(&plain, &figures[0], &mut loop_full[0]);
        times[2].push(cpu() - start);
        for (index, (name, engine)) in engines.iter_mut().enumerate() {
            let copies = parts.clone();
            let (mut used, mut first) = (0, 0);
            for part in copies {
                let start = cpu();
                let batch = part.into_batch().expect("a batch");
                let results = engine.run(&batch).expect("answers");
                used += cpu() - start;
                for (month, question) in results.questions.iter().enumerate() {
                    let rows = first..first + question.total.len();
                    assert_eq!(question.total, loop_full[month][rows], "{name}");
                }
                first += batch.households();
            }
            times[3 + index].push(used);
        }
        for (which, pair) in pairs.iter_mut().enumerate() {
            for (threads, engine) in pair.iter_mut().enumerate() {
                let mut used = 0;
                for part in parts.clone() {
                    let start = wall();
                    let batch = part.into_batch().expect("a batch");
                    engine.run(&batch).expect("answers");
                    used += wall() - start;
                }
                walls[which * 2 + threads].push(used);
            }
        }
    }
    let names = [
        "loop, in full",
        "loop, hoisted",
        "loop, one month",
        engines[0].0,
        engines[1].0,
        engines[2].0,
    ];
    for (name, times) in names.iter().zip(&times) {
        let used = median(times);
        let all = households as u64 * if name.ends_with("one month") { 1 } else { 12 };
        println!(
            "{name:<18} {:>9} us CPU {:>7} thousand household-months per second",
            used / 1000,
            all * 1_000_000 / used
        );
    }
    let ratio = |name: &str, over: &[u64], under: &[u64]| {
        let ratios: Vec<u64> = over.iter().zip(under).map(|(a, b)| a * 100 / b).collect();
        let ratio = median(&ratios);
        println!("{name:<40} {}.{:02}", ratio / 100, ratio % 100);
    };
    ratio("speed of the loop reached, in full", &times[0], &times[3]);
    ratio(
        "speed of the hoisted loop, with reuse",
        &times[1],
        &times[4],
    );
    ratio("speed of the loop, one month", &times[2], &times[5]);
    ratio("two threads to one, in full (wall)", &walls[0], &walls[1]);
    ratio("two threads to one, reuse (wall)", &walls[2], &walls[3]);
}

/// Compares with a file of expected results, with and without reuse.
fn check(set: &PackSet, folder: &Path, path: &str, months: &[Month]) {
    let text = std::fs::read_to_string(path).expect("expected results");
    let expected: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for reuse in [true, false] {
        let request = Request {
            population: folder.to_owned(),
            months: months.to_vec(),
            out: None,
            threads: 2,
            reuse,
        };
        let found = determine(set, &request, &wall, &mut |_, _| {}).expect("determined");
        for (month, summary) in &found.months {
            let wanted = &expected["months"][month.to_string()];
            let summary = serde_json::to_value(summary).expect("JSON");
            for (key, value) in summary.as_object().expect("an object") {
                assert_eq!(*value, wanted[key], "{month} {key}");
            }
        }
        println!(
            "equal to {path} in {} months, reuse {reuse}, {:?}",
            found.months.len(),
            found.seconds
        );
    }
}
