//! Each figure is counted or summed from the records that it opens to.

use minsheng_core::Fen;
use serde_json::Value;

use crate::bed::{county, minsheng, out};

const IDS: [&str; 21] = [
    "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "A13", "A14", "A15", "A16", "A17",
    "A18", "A67", "RV-01", "RV-02", "RV-03", "RV-04", "RV-05", "RV-06",
];

fn figures() -> Vec<Value> {
    let parsed: Value = serde_json::from_str(&county().printed).unwrap();
    parsed.as_array().unwrap().clone()
}

#[test]
fn the_demo_prints_the_yearbook_and_every_figure_agrees() {
    let figures = figures();
    let mut ids: Vec<&str> = figures
        .iter()
        .map(|figure| figure["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, IDS);
    for figure in &figures {
        assert_eq!(figure["agrees"], Value::Bool(true), "{figure}");
        assert_eq!(figure["value"], figure["published"], "{figure}");
        assert!(figure["value"].is_number(), "{figure}");
        let kind = figure["kind"].as_str().unwrap();
        assert!(
            ["stock", "flow", "rate", "snapshot"].contains(&kind),
            "{figure}"
        );
    }
    let value =
        |id: &str| figures.iter().find(|figure| figure["id"] == id).unwrap()["value"].to_string();
    // the chapter's own words: 2655.03 万元, 2489 户 5014 人, 1329 户 2067 人, 539.73 万元
    for (id, printed) in [
        ("A18", "2655.03"),
        ("A07", "2489"),
        ("A08", "5014"),
        ("A11", "1329"),
        ("A12", "2067"),
        ("RV-05", "539.73"),
        ("A05", "2526"),
        ("A06", "5497"),
        ("A09", "1509"),
        ("A10", "2465"),
        ("A13", "590"),
        ("A14", "4680"),
        ("A15", "265"),
        ("A16", "280"),
        ("A17", "295"),
        ("A67", "2019"),
        ("RV-03", "444"),
        ("RV-04", "1300"),
    ] {
        assert_eq!(value(id), printed, "{id}");
    }
}

#[test]
fn every_figure_opens_to_the_records_that_make_it() {
    let county = county();
    let database = county.database();
    let database = database.to_str().unwrap();
    for figure in figures() {
        let id = figure["id"].as_str().unwrap();
        let shown = minsheng(
            std::env::temp_dir().as_path(),
            &["figure", id, "--db", database, "--format", "csv"],
        );
        assert!(shown.status.success(), "{id}");
        let text = out(&shown);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(
            figure["records"].to_string(),
            rows.len().to_string(),
            "{id}: records"
        );
        assert!(!rows.is_empty(), "{id} opens to nothing");
        let value = figure["value"].to_string();
        match figure["unit"].as_str().unwrap() {
            "10k yuan" => {
                let place = header.iter().position(|name| name == "amount_fen").unwrap();
                let amounts = rows.iter().map(|row| Fen::new(row[place].parse().unwrap()));
                assert_eq!(Fen::sum(amounts).unwrap().wan_yuan(2), value, "{id}");
            }
            "household" | "person" => assert_eq!(rows.len().to_string(), value, "{id}"),
            _ => assert!(rows.len() < 10, "{id}: a parameter is read from few rows"),
        }
        for name in header.iter() {
            assert!(
                !name.contains("id_number") && !name.contains("account") && name != "name",
                "{id} shows {name}"
            );
        }
    }
}

#[test]
fn an_explanation_of_the_past_stays_what_it_was() {
    let county = county();
    let database = county.database();
    let database = database.to_str().unwrap();
    let explain = |known: &str| {
        let shown = minsheng(
            std::env::temp_dir().as_path(),
            &[
                "explain",
                "--db",
                database,
                "--household",
                "H000001",
                "--month",
                "2021-05",
                "--known-at",
                known,
                "--json",
            ],
        );
        assert!(shown.status.success());
        serde_json::from_str::<Value>(&out(&shown)).unwrap()
    };
    let (before, after) = (explain("2020-10-02"), explain("2021-06-01"));
    assert_ne!(before, after, "in October 2020 nothing was decided yet");
    assert!(
        after.to_string().contains("D12"),
        "the law of the acceptance date is cited"
    );
    assert_eq!(explain("2021-06-01"), after);
}

#[test]
fn the_sentence_of_the_yearbook_is_said_of_its_own_year_only() {
    let folder = county().copy();
    let said = |year: &str| {
        let line = ["figure", "A10", "--db", "minsheng.db", "--year", year];
        out(&minsheng(folder.path(), &line))
    };
    assert!(said("2021").contains("sentence: "), "{}", said("2021"));
    let later = said("2022");
    assert!(
        later.contains("in the yearbook of 2021 it stands in: ") && !later.contains("sentence: "),
        "{later}"
    );
}
