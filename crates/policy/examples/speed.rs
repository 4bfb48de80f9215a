//! Measures one determination and one set of amounts of a household of three: `cargo run --release --example speed`.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::hint::black_box;
use std::time::Instant;

use minsheng_policy::{KeyDates, PackSet};
use serde_json::json;

fn main() {
    let started = Instant::now();
    let set = PackSet::embedded("cn-513301").unwrap_or_else(|errors| panic!("{errors}"));
    println!("load {:?}", started.elapsed());
    let member = |id: i64, relation: &str, wage: i64| {
        json!({"id": id, "birth_date": "1980-05-01", "sex": "1", "relation": relation, "head": relation == "head",
            "income_declaration": "declared", "income": [{"kind": "wage", "amount": wage, "months": 12}]})
    };
    for (code, area) in [("urban-dibao", "urban"), ("rural-dibao", "rural")] {
        let Some(programme) = set.programme(code) else {
            continue;
        };
        let json = json!({"household": {"id": 1, "residence_area": area, "financial_assets": 0, "vehicle": 0,
            "second_home": 0, "active_company": "no",
            "members": [member(1, "head", 100_000), member(2, "spouse", 10_000), member(3, "parent", 0)]},
            "application": {"date": "2021-02-22", "single": null}});
        let facts = programme
            .facts(&json)
            .unwrap_or_else(|error| panic!("{error}"));
        let (Ok(acceptance), Ok(month)) = ("2021-03-01".parse(), "2021-05".parse()) else {
            continue;
        };
        let key = KeyDates { acceptance, month };
        let rounds = 20_000_u32;
        let started = Instant::now();
        for _ in 0..rounds {
            black_box(programme.facts(black_box(&json))).ok();
        }
        println!("{code} facts {:?}", started.elapsed() / rounds);
        let started = Instant::now();
        for _ in 0..rounds {
            black_box(programme.amounts(black_box(&facts), &key)).ok();
        }
        println!("{code} amounts {:?}", started.elapsed() / rounds);
        let started = Instant::now();
        for _ in 0..rounds {
            black_box(programme.determine(black_box(&facts), &key)).ok();
        }
        println!("{code} determine {:?}", started.elapsed() / rounds);
    }
}
