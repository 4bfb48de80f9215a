//! `minsheng determine` on the small invented register, compared with its oracle; and how it refuses.

use std::path::Path;

use serde_json::Value;

use crate::line::{minsheng, run};

const PACK: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../policies/bench/county-core-2021"
);
const POPULATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../population/tests/data");

fn json(folder: &Path, more: &[&str]) -> Value {
    let mut command = minsheng(folder);
    command.args(["determine", "--pack", PACK, "--population", POPULATION]);
    command.args(["--from", "2021-06", "--to", "2021-07", "--summary", "json"]);
    let output = command.args(more).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        !output.stderr.is_empty(),
        "progress is shown on standard error"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_summary_has_the_agreed_shape_and_the_figures_of_the_oracle() {
    let folder = tempfile::tempdir().unwrap();
    let expected = std::fs::read_to_string(Path::new(POPULATION).join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    for more in [
        &["--threads", "1"][..],
        &["--no-reuse", "--threads", "2"],
        &["--out", "amounts"],
    ] {
        let found = json(folder.path(), more);
        let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["months", "seconds"]);
        let months = found["months"].as_object().unwrap();
        assert_eq!(months.keys().collect::<Vec<_>>(), ["2021-06", "2021-07"]);
        for (month, summary) in months {
            for key in [
                "sum_total_fen",
                "dibao_households",
                "checksum",
                "sha256_int64le",
            ] {
                assert_eq!(
                    summary[key], expected["months"][month][key],
                    "{month} {key}"
                );
            }
        }
        for stage in ["read", "compute", "write"] {
            assert!(found["seconds"][stage].is_number(), "{stage}");
        }
    }
    assert!(folder.path().join("amounts/amounts.parquet").exists());
}

#[test]
fn months_that_are_none_and_a_folder_without_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let line = |from: &str, population: &str| {
        let line =
            format!("determine --pack {PACK} --population {population} --from {from} --to 2021-01");
        run(folder.path(), &line)
            .replace(PACK, "[pack]")
            .replace(POPULATION, "[population]")
    };
    insta::assert_snapshot!(format!(
        "{}\n{}",
        line("2021-02", POPULATION),
        line("2021-01", "nowhere")
    ));
}

#[test]
fn without_a_form_the_sums_are_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let line =
        format!("determine --pack {PACK} --population {POPULATION} --from 2021-06 --to 2021-07");
    insta::assert_snapshot!(
        run(folder.path(), &line)
            .replace(PACK, "[pack]")
            .replace(POPULATION, "[population]")
    );
}
