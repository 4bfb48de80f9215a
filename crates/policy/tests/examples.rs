//! The packs of this repository load without an error and every example in them holds.

use minsheng_policy::PackSet;

#[test]
fn every_example_of_the_packs_holds() {
    let set = PackSet::embedded("cn-513301").unwrap_or_else(|errors| panic!("{errors}"));
    let results = set.run_examples();
    let failed: Vec<String> = results
        .iter()
        .filter_map(|result| {
            let failure = result.failure.as_ref()?;
            Some(format!(
                "{}:{}: {} {}: {failure}",
                result.path, result.line, result.programme, result.id
            ))
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} examples fail:\n{}",
        failed.len(),
        results.len(),
        failed.join("\n")
    );
    assert!(results.len() >= 29, "only {} examples", results.len());
}
