//! Lists that leave the house as files: what stands in them, and who took them out.

use crate::line::{good, run};

#[test]
fn a_list_becomes_a_file_of_the_kind_its_name_says_and_leaves_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    let before = good(at, "verify --db r.db");
    good(at, "user list --db r.db --as anna --out users.csv");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(at.join("users.csv")).unwrap();
        assert_eq!(
            mode.permissions().mode() & 0o077,
            0,
            "only its owner reads it"
        );
    }
    let text = std::fs::read_to_string(at.join("users.csv")).unwrap();
    assert!(
        text.starts_with("\u{feff}user,name,roles,division,active\r\nanna,"),
        "{text}"
    );
    good(
        at,
        "--lang zh user list --db r.db --as anna --out users.xlsx --encoding gb18030",
    );
    assert!(
        std::fs::read(at.join("users.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );
    assert_eq!(
        std::fs::read_dir(at)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().extension() == Some("part".as_ref()))
            .count(),
        0
    );
    let after = good(at, "verify --db r.db");
    assert_ne!(before, after, "two exports are two entries of the chain");
    // the clock of the rehearsal stands where it stood
    good(
        at,
        "user add bert --name Bert --role officer --division 513301000000 --db r.db --as anna --at 2021-01-02",
    );
}

#[test]
fn a_list_without_a_name_or_of_an_unknown_kind_stays_inside() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(
        at,
        "init --db r.db --admin anna --rehearsal --at 2021-01-01",
    );
    let refused = run(at, "user list --db r.db --out users.csv");
    assert!(
        refused.contains("exit code: 2") && refused.contains("hint: add `--as USER`"),
        "{refused}"
    );
    let refused = run(at, "user list --db r.db --as anna --out users.ods");
    assert!(refused.contains("neither .xlsx nor .csv"), "{refused}");
    let refused = run(at, "user list --db r.db --as anna --out nowhere/users.csv");
    assert!(
        refused.contains("cannot write nowhere/users.csv"),
        "{refused}"
    );
    assert_eq!(
        std::fs::read_dir(at)
            .unwrap()
            .filter(|entry| entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("users"))
            .count(),
        0
    );
}
