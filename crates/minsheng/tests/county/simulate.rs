//! Other rules asked over the whole county by the command: the sums are those of the list, the funds carry the costs,
//! and nothing is written.

use std::path::Path;

use serde_json::Value;

use crate::bed::{county, minsheng, out};

fn simulate(folder: &Path, change: &str, more: &[&str]) -> std::process::Output {
    std::fs::write(folder.join("change.toml"), change).unwrap();
    let mut arguments = vec!["policy", "simulate", "--change", "change.toml"];
    arguments.extend(["--db", "minsheng.db", "--on", "2022-01-31"]);
    arguments.extend(more);
    minsheng(folder, &arguments)
}

fn standard(fen: i64) -> String {
    format!("[[parameter]]\nprogramme = \"urban-dibao\"\nname = \"standard\"\nvalue = {fen}\n")
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_standard_raised_by_ten_yuan_is_counted_by_household_township_month_and_fund() {
    let folder = county().copy();
    let at = folder.path();
    let before = std::fs::read(at.join("minsheng.db")).unwrap();
    let made = simulate(at, &standard(60_000), &["--json", "--to", "2022-04"]);
    let errors = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{errors}");
    let found: Value = serde_json::from_str(&out(&made)).unwrap();
    let effects = found["effects"].as_object().unwrap();
    assert!(int(&effects["gains"]["cases"]) > 1_000, "{effects:?}");
    assert!(!effects.contains_key("loses") && !effects.contains_key("leaves"));

    // the list is the numbers
    let lines: Vec<&Value> = found["lines"].as_array().unwrap().iter().collect();
    let of = |effect: &str| {
        let lines = lines
            .iter()
            .filter(|line| line["effect"] == effect && !line["case"].is_null());
        lines.fold((0, 0, 0), |sum, line| {
            let paid = |side: &str| line[side]["amount_fen"].as_i64().unwrap_or(0);
            (sum.0 + 1, sum.1 + paid("before"), sum.2 + paid("after"))
        })
    };
    let mut changed = 0;
    for (effect, count) in effects {
        if effect == "same" {
            continue;
        }
        let numbers = (
            int(&count["cases"]),
            int(&count["before_fen"]),
            int(&count["after_fen"]),
        );
        assert_eq!(of(effect), numbers, "{effect}");
        changed += numbers.2 - numbers.1;
    }
    // the same difference again by month, by township and by fund
    let costs = found["costs"].as_array().unwrap();
    let months: std::collections::BTreeSet<&str> = costs
        .iter()
        .map(|cost| cost["month"].as_str().unwrap())
        .collect();
    assert_eq!(months.len(), 3, "{months:?}");
    let sum = |side: &str| costs.iter().map(|cost| int(&cost[side])).sum::<i64>();
    assert_eq!(sum("after_fen") - sum("before_fen"), 3 * changed);
    let townships = found["by_township"].as_array().unwrap();
    let by_township: i64 = townships
        .iter()
        .flat_map(|one| one["effects"].as_object().unwrap().values())
        .map(|count| int(&count["after_fen"]) - int(&count["before_fen"]))
        .sum();
    assert_eq!(by_township, changed);
    for side in ["before", "after"] {
        let funds = found["funds"][side].as_array().unwrap();
        let drawn: i64 = funds.iter().map(|fund| int(&fund["amount_fen"])).sum();
        assert_eq!(drawn, sum(&format!("{side}_fen")));
    }
    assert_eq!(std::fs::read(at.join("minsheng.db")).unwrap(), before);
}

#[test]
fn a_lower_standard_is_told_in_words_with_the_households_behind_it() {
    let folder = county().copy();
    let at = folder.path();
    let said = out(&simulate(at, &standard(50_000), &[]));
    for words in [
        "What happens to the cases",
        "gets less",
        "falls out",
        "By township",
        "children",
        "central",
        "Cases that the rules entitle",
        "--effect loses",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let file = simulate(
        at,
        &standard(50_000),
        &[
            "--effect",
            "leaves",
            "--as",
            "officer-1",
            "--out",
            "out.csv",
        ],
    );
    let errors = String::from_utf8_lossy(&file.stderr);
    assert!(file.status.success(), "{errors}");
    let list = std::fs::read_to_string(at.join("out.csv")).unwrap();
    // a household without a case may fall out of what it could apply for; the sums are of cases
    let with_case = |line: &&str| line.split(',').nth(3).is_some_and(|case| !case.is_empty());
    let leaving = list.lines().skip(1).filter(with_case).count();
    assert!(leaving > 0, "{list}");
    let row = said
        .lines()
        .find(|line| line.trim_start().starts_with("falls out"));
    let told = row.unwrap().split_whitespace().nth(2).unwrap();
    assert_eq!(told, leaving.to_string(), "{said}");

    let months = simulate(
        at,
        &standard(50_000),
        &["--from", "2022-03", "--to", "2022-02"],
    );
    let refused = String::from_utf8_lossy(&months.stderr).into_owned();
    assert!(
        !months.status.success() && refused.contains("the months from 2022-03 to 2022-02"),
        "{refused}"
    );
    let people = simulate(at, "[[drop_household]]\nhousehold = \"H000001\"\n", &[]);
    let refused = String::from_utf8_lossy(&people.stderr).into_owned();
    assert!(
        !people.status.success() && refused.contains("are not rules"),
        "{refused}"
    );
}
