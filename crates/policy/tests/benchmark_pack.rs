//! The benchmark policy as a pack: it loads, and each of its examples holds.

use minsheng_policy::PackSet;

#[test]
fn every_example_of_the_benchmark_pack_holds() {
    let set = PackSet::embedded("county-core-2021").unwrap_or_else(|errors| panic!("{errors}"));
    let results = set.run_examples();
    let failed: Vec<String> = results
        .iter()
        .filter_map(|result| {
            let failure = result.failure.as_ref()?;
            Some(format!("{}: {failure}", result.id))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(results.len() >= 20, "only {} examples", results.len());
}
