//! A small invented register with the results of `bench/reference.py`, which knows nothing of this program.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use std::fs::File;
use std::path::Path;

use minsheng_core::Month;
use minsheng_policy::PackSet;
use minsheng_population::{Determined, Request, determine};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

fn set() -> PackSet {
    PackSet::embedded("county-core-2021").unwrap()
}

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

fn expected() -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(data().join("expected.json")).unwrap()).unwrap()
}

fn request() -> Request {
    Request {
        population: data().to_owned(),
        months: (1..=12)
            .map(|month| Month::new(2021, month).unwrap())
            .collect(),
        out: None,
        threads: 2,
        reuse: true,
    }
}

fn run(request: &Request) -> Determined {
    determine(&set(), request, &|| 0, &mut |_, _| {}).unwrap()
}

#[test]
fn every_month_equals_the_row_by_row_oracle_with_and_without_reuse() {
    let expected = expected();
    for (reuse, threads) in [(true, 1), (true, 2), (false, 1), (false, 3)] {
        let found = run(&Request {
            reuse,
            threads,
            ..request()
        });
        assert_eq!(
            (found.households, found.persons, found.undetermined),
            (673, 2000, 0)
        );
        assert_eq!(found.by_reference, Vec::new());
        assert_eq!(found.months.len(), 12);
        for (month, summary) in &found.months {
            let summary = serde_json::to_value(summary).unwrap();
            let keys: Vec<&String> = summary.as_object().unwrap().keys().collect();
            assert_eq!(
                keys,
                [
                    "checksum",
                    "dibao_households",
                    "sha256_int64le",
                    "sum_total_fen"
                ]
            );
            for key in keys {
                assert_eq!(
                    summary[key],
                    expected["months"][month.to_string()][key],
                    "{month} {key} reuse {reuse}"
                );
            }
        }
    }
}

#[test]
fn amounts_are_written_by_household_programme_and_month_and_add_up_to_the_sums() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("amounts");
    let found = run(&Request {
        out: Some(out.clone()),
        ..request()
    });
    let file = File::open(out.join("amounts.parquet")).unwrap();
    let mut sums = std::collections::BTreeMap::<(String, String), i64>::new();
    for row in SerializedFileReader::new(file)
        .unwrap()
        .get_row_iter(None)
        .unwrap()
    {
        let row = row.unwrap();
        let (programme, month) = (
            row.get_string(1).unwrap().clone(),
            row.get_string(2).unwrap().clone(),
        );
        assert!(row.get_long(3).unwrap() > 0 && (0..673).contains(&row.get_long(0).unwrap()));
        *sums.entry((month, programme)).or_default() += row.get_long(3).unwrap();
    }
    let expected = expected();
    for (month, summary) in &found.months {
        let month = month.to_string();
        let of = |programme: &str| {
            sums.get(&(month.clone(), format!("bench-{programme}")))
                .copied()
                .unwrap_or(0)
        };
        let parts = &expected["months"][&month]["components_fen"];
        for (programme, part) in [
            ("dibao", "dibao"),
            ("destitute", "destitute"),
            ("child", "child"),
            ("disability-living", "disability_living"),
            ("nursing", "nursing"),
            ("old-age", "old_age"),
        ] {
            assert_eq!(parts[part], of(programme), "{month} {programme}");
        }
        let all: i64 = sums
            .iter()
            .filter(|((at, _), _)| *at == month)
            .map(|(_, sum)| sum)
            .sum();
        assert_eq!(all, summary.sum_total_fen);
    }
    let names: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["amounts.parquet"], "no part of a file is left");
}
