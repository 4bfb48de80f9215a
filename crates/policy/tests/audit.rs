//! What an author must mend before a set is published: found before anything runs, at its place, with a hint.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod support;

use std::fmt::Write;

use minsheng_policy::PackSet;

#[test]
fn the_packs_of_this_repository_have_nothing_to_mend() {
    let set = PackSet::embedded("cn-513301").unwrap();
    if let Err(findings) = set.audit() {
        panic!("{findings}");
    }
}

#[test]
fn every_finding_is_named_at_its_place() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/findings");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut report = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let set = support::load(&text).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let found = match set.audit() {
            Ok(()) => "nothing".to_owned(),
            Err(findings) => findings.to_string(),
        };
        // A file whose name begins with `fine` shows what is no finding.
        assert_eq!(
            found == "nothing",
            name.starts_with("fine"),
            "{name}: {found}"
        );
        writeln!(report, "== {name}\n{found}\n").unwrap();
    }
    insta::assert_snapshot!(report);
}
