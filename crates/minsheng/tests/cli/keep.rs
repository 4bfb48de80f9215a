//! Keeping and moving a county, as typed: the small county of the first release is proved, brought forward, backed
//! up, drilled, carried to PostgreSQL and back, and pays its next month there.

use std::io::Read as _;
use std::path::Path;

use minsheng_store_testing::FreshPostgres;

use crate::line::{good, run};

/// Puts the county of the first release into the folder as `r.db`.
fn released(folder: &Path) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../store/tests/released/0001/county.db.gz"
    );
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    std::fs::write(folder.join("r.db"), bytes).unwrap();
}

fn json(folder: &Path, line: &str) -> serde_json::Value {
    serde_json::from_str(&good(folder, line)).unwrap()
}

/// The next payment month of the county, from the run to the answer of the bank.
fn pay_september(folder: &Path, db: &str) {
    let by = |user: &str, at: &str, line: &str| {
        good(folder, &format!("{line} --db '{db}' --as {user} --at {at}"))
    };
    let batch = "PAY-513301-2021-09-01";
    by("cashier-1", "2021-08-30", "pay run --month 2021-09");
    by("checker-1", "2021-08-30", &format!("pay check {batch}"));
    by("releaser-1", "2021-08-30", &format!("pay release {batch}"));
    by(
        "cashier-1",
        "2021-09-01",
        &format!("pay export {batch} --out bank"),
    );
    let answer = format!(
        "minsheng-result,1,{batch},1,190.00\nline_no,amount_yuan,result,date\n1,190.00,00,2021-09-09\nend,1,190.00,0.00\n"
    );
    std::fs::write(folder.join("answer.csv"), answer).unwrap();
    by(
        "checker-1",
        "2021-09-10",
        &format!("pay results {batch} --file answer.csv"),
    );
    let explained = good(
        folder,
        &format!("explain --household H000001 --month 2021-09 --db '{db}'"),
    );
    assert!(
        explained.contains("Credited by the bank: 190.00 yuan"),
        "{explained}"
    );
    let verified = good(folder, &format!("verify --db '{db}'"));
    assert!(!verified.contains("NOT CLEAN"), "{verified}");
}

#[test]
fn a_county_of_the_first_release_is_brought_forward_moved_and_pays_its_next_month() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    released(folder);
    // until it is brought forward, it is proved and not opened
    let refused = run(folder, "yearbook --db r.db --year 2021");
    assert!(refused.contains("minsheng migrate"), "{refused}");
    let would = good(folder, "migrate --db r.db --dry-run");
    assert!(would.contains("nothing was changed"), "{would}");
    let done = json(folder, "migrate --db r.db --json");
    assert_eq!(done["from"], 1);
    assert_eq!(done["backup"], "r.db.schema-1.minsheng");
    let again = good(folder, "migrate --db r.db");
    assert!(again.contains("nothing to do"), "{again}");

    // the copy that was made before is the county of then
    good(folder, "restore r.db.schema-1.minsheng --db then.db");
    let then = json(folder, "backup --db then.db --to then.minsheng --json");
    assert_eq!(
        (&then["schema"], &then["head"]["tx"]),
        (&1.into(), &36.into())
    );

    let exported = json(folder, "export-all --db r.db --to county.minsheng --json");
    let drilled = good(
        folder,
        "restore --drill county.minsheng --db r.db --as admin --at 2026-12-01",
    );
    assert!(drilled.contains("recorded"), "{drilled}");
    assert!(run(folder, "restore --drill county.minsheng --db r.db").contains("--as"));

    // to PostgreSQL and back
    let server = FreshPostgres::new();
    let url = server.url();
    good(folder, &format!("import-all county.minsheng --db '{url}'"));
    let refused = run(folder, &format!("import-all county.minsheng --db '{url}'"));
    assert!(refused.contains("not empty"), "{refused}");
    let there = json(
        folder,
        &format!("export-all --db '{url}' --to there.minsheng --json"),
    );
    good(folder, "import-all there.minsheng --db back.db");
    let back = json(folder, "backup --db back.db --to back.minsheng --json");
    for other in [&there, &back] {
        for field in ["head", "tables", "rows", "keys"] {
            assert_eq!(other[field], exported[field], "{field}");
        }
    }
}

#[test]
fn a_county_brought_forward_pays_on_either_engine() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    released(folder);
    // restored at the schema of then, migrated there: with no act of today before the rehearsed ones
    let server = FreshPostgres::new();
    good(folder, "backup --db r.db --to r.minsheng");
    let restored = good(
        folder,
        &format!("restore r.minsheng --db '{}'", server.url()),
    );
    assert!(restored.contains("minsheng migrate"), "{restored}");
    // a server has no place for the copy: it is named, or declined, and nothing is done before
    let refused = run(
        folder,
        &format!("migrate --db '{}' --at 2021-08-11", server.url()),
    );
    assert!(
        refused.contains("exit code: 1")
            && refused.contains("hint: name its file: `minsheng migrate --db"),
        "{refused}"
    );
    let due = good(
        folder,
        &format!("migrate --db '{}' --dry-run", server.url()),
    );
    assert!(due.contains("0002"), "{due}");
    for (db, copy) in [
        ("r.db", "--no-backup"),
        (server.url(), "--backup before.minsheng"),
    ] {
        good(
            folder,
            &format!("migrate --db '{db}' {copy} --at 2021-08-11"),
        );
        pay_september(folder, db);
        std::fs::remove_dir_all(folder.join("bank")).unwrap();
    }
    let before = good(folder, "restore before.minsheng --db before.db");
    assert!(before.contains("minsheng migrate"), "{before}");
}

#[test]
fn a_torn_copy_is_refused_and_the_drill_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    released(folder);
    good(folder, "migrate --db r.db --no-backup");
    good(folder, "backup --db r.db --to a.minsheng");
    let again = run(folder, "backup --db r.db --to a.minsheng");
    assert!(
        again.contains("exit code: 1") && again.contains("never written over"),
        "{again}"
    );
    let mut bytes = std::fs::read(folder.join("a.minsheng")).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(folder.join("torn.minsheng"), &bytes).unwrap();
    for line in [
        "restore torn.minsheng --db new.db",
        "restore --drill torn.minsheng --db r.db --as admin --at 2026-12-01",
    ] {
        let said = run(folder, line);
        assert!(
            said.contains("exit code: 1") && said.contains("torn"),
            "{said}"
        );
    }
    assert!(!folder.join("new.db").exists());
    // a copy of another county is sound, and not ours
    good(folder, "init --db other.db --rehearsal --at 2021-07-01");
    good(folder, "backup --db other.db --to other.minsheng");
    let said = run(
        folder,
        "restore --drill other.minsheng --db r.db --as admin --at 2026-12-01",
    );
    assert!(said.contains("another county"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_read_only_copy_is_read_and_not_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    released(folder);
    good(folder, "migrate --db r.db --no-backup --at 2021-08-11");
    std::fs::set_permissions(folder.join("r.db"), std::fs::Permissions::from_mode(0o444)).unwrap();
    for line in [
        "yearbook --db r.db --year 2021",
        "explain --household H000001 --month 2021-08 --db r.db",
        "verify --db r.db",
    ] {
        good(folder, line);
    }
    let said = run(
        folder,
        "pay run --month 2021-09 --db r.db --as cashier-1 --at 2021-08-30",
    );
    assert!(
        said.contains("read-only") && said.contains("hint:"),
        "{said}"
    );
    let said = run(folder, "migrate --db r.db");
    assert!(said.contains("nothing to do"), "{said}");
}

#[test]
fn packs_are_published_by_an_administrator_and_said_to_differ_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    good(folder, "init --db r.db --rehearsal --at 2021-07-01");
    good(
        folder,
        "user add cashier-1 --name 某人 --role cashier --division 513301 --db r.db --as admin --at 2021-07-01",
    );
    assert!(good(folder, "migrate --db r.db").contains("are those of this program"));
    let refused = run(
        folder,
        "policy publish --db r.db --as cashier-1 --at 2021-07-02",
    );
    assert!(refused.contains("exit code: 1"), "{refused}");
    // a county with packs of its own
    let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    copy_with_a_word_more(Path::new(policies), &folder.join("own"));
    good(
        folder,
        "policy publish --pack own --db r.db --as admin --at 2021-07-02",
    );
    let differ = good(folder, "migrate --db r.db");
    assert!(differ.contains("policy publish"), "{differ}");
    assert!(differ.contains("~ cn/dibao.md"), "{differ}");
    let back = run(
        folder,
        "policy publish --db r.db --as admin --at 2021-07-03",
    );
    assert!(back.contains("forward only"), "{back}");
    let verified = good(folder, "verify --db r.db");
    assert!(!verified.contains("NOT CLEAN"), "{verified}");
}

/// The packs, each with a line of prose at its end: other texts, the same law.
fn copy_with_a_word_more(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_with_a_word_more(&path, &target);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(target, format!("{text}\nOwn words.\n")).unwrap();
        }
    }
}
