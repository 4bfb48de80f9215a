//! Other seeds, other people, other dates: the same chapter. `MINSHENG_SEEDS=4..9` tries more.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod support;

use minsheng_county_demo::DemoReport;

fn check(report: &DemoReport) {
    let seed = report.seed;
    let off: Vec<String> = report
        .figures
        .iter()
        .filter(|figure| figure.agrees != Some(true))
        .map(|figure| {
            format!(
                "{}: {:?}, published {:?}",
                figure.id, figure.value, figure.published
            )
        })
        .collect();
    assert!(report.agrees && off.is_empty(), "seed {seed}: {off:?}");
    let counts = &report.counts;
    assert!(
        counts.entries >= 60,
        "seed {seed}: {} entries",
        counts.entries
    );
    assert!(counts.deaths >= 60, "seed {seed}: {} deaths", counts.deaths);
    assert!(
        counts.refusals >= 40,
        "seed {seed}: {} refusals",
        counts.refusals
    );
    assert!(
        counts.objections >= 12 && counts.objections_upheld >= 5,
        "seed {seed}: {counts:?}"
    );
    assert!(
        counts.papers_asked >= 30,
        "seed {seed}: {}",
        counts.papers_asked
    );
    assert!(
        counts.returned >= 40,
        "seed {seed}: {} returned",
        counts.returned
    );
    assert!(
        counts.recoveries >= 15,
        "seed {seed}: {} recoveries",
        counts.recoveries
    );
    assert_eq!(counts.recoveries, counts.repaid, "seed {seed}");
    assert!(counts.held >= 3, "seed {seed}: {} held", counts.held);
    assert!(
        counts.adjusted >= 50 && counts.stopped >= 150,
        "seed {seed}: {counts:?}"
    );
    // Nothing was skipped but what a refusal, a withdrawal or a debt that is none makes empty.
    for step in counts.skipped.keys() {
        let expected = [
            "withdrawn",
            "opinion_negative",
            "not refused",
            "nothing is open",
            "nothing was due",
        ];
        assert!(
            expected.iter().any(|cause| step.contains(cause)),
            "seed {seed}: {step}"
        );
    }
}

/// Runs every second seed, so that two tests share the work of two cores.
fn run(part: usize) {
    let mut before: Option<DemoReport> = None;
    for seed in support::seeds("2..3").into_iter().skip(part).step_by(2) {
        let county = support::county(seed, None, None);
        check(&county.report);
        if let Some(other) = &before {
            assert_ne!(other.counts, county.report.counts);
        }
        before = Some(county.report);
    }
}

#[test]
fn other_seeds_agree_with_the_chapter_first_half() {
    run(0);
}

#[test]
fn other_seeds_agree_with_the_chapter_second_half() {
    run(1);
}
