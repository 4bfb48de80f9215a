//! Both evaluators, the same questions about the same households: values, errors and unknowns are equal.
//!
//! Programmes and registers are drawn from a seed. `MINSHENG_SEEDS=5..24` begins with another seed, `MINSHENG_SOAK`
//! asks for ten million answers in place of a hundred thousand.

use minsheng_columnar::{Detail, Options, Question};
use minsheng_core::Month;

use crate::chance::Chance;
use crate::compare::{Compared, compare};
use crate::{programmes, registers};

const HOUSEHOLDS: usize = 150;

fn wanted() -> u64 {
    if std::env::var_os("MINSHENG_SOAK").is_some() {
        10_000_000
    } else {
        100_000
    }
}

fn first_seed() -> u64 {
    let asked = std::env::var("MINSHENG_SEEDS").ok();
    let first = asked
        .as_deref()
        .and_then(|text| text.split(['.', ',']).next());
    first.and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn one(seed: u64) -> Result<Compared, String> {
    let set = programmes::load(seed)?;
    let programme = &set.programmes()[0];
    let mut chance = Chance(!seed);
    let households = registers::households(programme, &mut chance, HOUSEHOLDS);
    let questions: Vec<Question> = ["2021-01", "2021-02", "2021-06"]
        .iter()
        .map(|month| Question::of_month(month.parse::<Month>().expect("a month")))
        .collect();
    let options = Options {
        reuse: chance.percent(50),
        detail: Detail::Members,
        threads: 1 + chance.below(2) as usize,
    };
    Ok(compare(programme, &households, &questions, options))
}

#[test]
fn both_evaluators_give_the_same_values_errors_and_unknowns() {
    let (mut all, mut seed, mut programmes, mut unwritable) =
        (Compared::default(), first_seed() * 1_000_000, 0, Vec::new());
    while all.evaluations < wanted() {
        println!("seed {seed}");
        match one(seed) {
            Ok(compared) => {
                programmes += 1;
                all.add(compared);
            }
            Err(error) => unwritable.push(error),
        }
        seed += 1;
    }
    println!(
        "{programmes} programmes, {} not well typed, {all:?}",
        unwritable.len()
    );
    // A generator that writes nonsense, or a register on which nothing happens, would prove nothing.
    assert!(
        unwritable.len() * 5 < programmes,
        "{} of {programmes}: {}",
        unwritable.len(),
        unwritable[0]
    );
    let share = |part: u64| part * 100 / all.evaluations;
    assert!(
        share(all.eligible) >= 10 && share(all.undetermined) >= 5 && all.errors > 100,
        "{all:?}"
    );
    // What columns leave to the reference evaluator is the exception.
    assert!(
        share(all.refused) <= 25 && share(all.asked) <= 10,
        "{all:?}"
    );
}
