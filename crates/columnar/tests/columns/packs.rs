//! The packs of this repository: what their examples say, said by columns.

use minsheng_columnar::{Detail, Options, Question};
use minsheng_policy::PackSet;

use crate::compare::{Compared, compare};

fn examples(authority: &str) -> Compared {
    let set = PackSet::embedded(authority).unwrap_or_else(|errors| panic!("{errors}"));
    let mut all = Compared::default();
    for result in set.run_examples() {
        let programme = set.programme(&result.programme).expect("a programme");
        let Some((facts, key)) = programme.example(&result.id) else {
            continue;
        };
        let Ok(facts) = programme.facts(facts) else {
            continue;
        };
        let question = Question {
            key,
            application: facts.application_date(),
        };
        let households = vec![facts.cells(); 3];
        for reuse in [true, false] {
            let options = Options {
                reuse,
                detail: Detail::Members,
                threads: 1,
            };
            all.add(compare(programme, &households, &[question], options));
        }
    }
    all
}

#[test]
fn every_example_of_the_benchmark_is_answered_by_columns_alone() {
    let compared = examples("county-core-2021");
    assert!(compared.evaluations >= 120, "{compared:?}");
    assert_eq!((compared.asked, compared.why), (0, None));
}

#[test]
fn every_example_of_the_county_is_answered_as_the_reference_does() {
    let compared = examples("cn-513301");
    assert!(compared.evaluations >= 120, "{compared:?}");
    assert_eq!((compared.asked, compared.why), (0, None));
}
