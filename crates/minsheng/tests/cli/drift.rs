//! The nightly comparison on the command line: printing writes nothing, keeping names who keeps.

use crate::line::{good, run};

#[test]
fn the_comparison_prints_and_only_keeps_a_list_for_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    let before = good(at, "verify --db r.db");
    let printed = good(at, "drift --db r.db --on 2021-01-05");
    assert!(
        printed.contains("2021-01-05: 0 cases in force and 0 households"),
        "{printed}"
    );
    let json = good(at, "drift --db r.db --on 2021-01-05 --json");
    assert!(json.contains("\"differences\": []"), "{json}");
    assert_eq!(before, good(at, "verify --db r.db"), "nothing was written");

    let nobody = run(at, "drift --db r.db --record");
    assert!(
        nobody.contains("exit code: 2") && nobody.contains("hint: add --as USER"),
        "{nobody}"
    );
    let kept = good(
        at,
        "drift --db r.db --record --as anna --at 2021-01-05T22:00",
    );
    assert!(kept.contains("Run 1 of 2021-01-05"), "{kept}");
    let again = good(
        at,
        "drift --db r.db --record --as anna --at 2021-01-05T22:10",
    );
    assert!(again.contains("nothing was written"), "{again}");
    good(at, "drift list --db r.db --state waiting");
    let none = run(at, "drift work-off 7 --db r.db --as anna --at 2021-01-06");
    assert!(none.contains("township_clerk"), "{none}");
    let unnamed = run(at, "drift");
    assert!(unnamed.contains("exit code: 2"), "{unnamed}");
}
