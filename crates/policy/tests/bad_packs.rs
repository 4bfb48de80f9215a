//! Packs with one mistake each: minimal text in, the errors an official reads out.

mod support;

use std::fmt::Write;

#[test]
fn every_mistake_is_named_at_its_place() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 30, "only {} bad packs", files.len());
    let mut report = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy();
        let errors = match support::load(&text) {
            Ok(_) => "ACCEPTED".to_owned(),
            Err(errors) => errors.to_string(),
        };
        writeln!(report, "== {name}\n{errors}\n").unwrap();
        assert_ne!(errors, "ACCEPTED", "{name} has no error");
    }
    insta::assert_snapshot!(report);
}
