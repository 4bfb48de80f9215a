//! What must hold for packs and expressions of any bytes: an error with a position, or a value; never a panic, and
//! never a hang.
//!
//! Run by the fuzz targets beside this file, and in bounds by `crates/policy/tests/robustness.rs`.

use minsheng_policy::syntax::parse_expression;
use minsheng_policy::{Diagnostics, KeyDates, PackSet, Source};
use serde_json::json;

const PACK: &str = "```toml pack\nauthority = \"xx\"\nname = { zh = \"某\", en = \"some\" }\nlayer = \"nation\"\nlanguage = 1\n```\n";

/// A programme in which everything is declared that an expression may ask for; at its end stands the rule `probe`.
const PROGRAMME: &str = r#"
```toml programme
code = "p"
name = { zh = "某", en = "some" }
unit = "household"
```
```toml law
id = "L"
title = { zh = "法", en = "law" }
from = 2010-01-01
applies_by = "acceptance"
```
```toml codes
name = "class"
code = [{ code = "A", label = { zh = "甲", en = "a" } }, { code = "B", label = { zh = "乙", en = "b" } }]
```
```toml payment
payee = "household_head"
fund = "pool"
draw_order = ["county"]
first_month = "after_decision"
last_month = "of_stop_decision"
self_executing = ["death"]
pay_day = 10
correct_within_working_days = 5
cite = "L"
```
```toml evidence
name = "savings"
entity = "household"
form = "amount"
unit = "fen/household"
source = { zh = "行", en = "bank" }
label = { zh = "款", en = "savings" }
cite = "L"
```
```toml evidence
name = "ill"
entity = "person"
form = "flag"
source = { zh = "册", en = "register" }
label = { zh = "病", en = "ill" }
cite = "L"
```
```toml evidence
name = "since"
entity = "person"
form = "since"
absent = { value = "none", cite = "L", mark = "practice" }
source = { zh = "册", en = "register" }
label = { zh = "起", en = "since" }
cite = "L"
```
```rule eligible: bool
@cite L
@zh 符合
@en eligible
true
```
```rule beneficiary(m): bool
@cite L
@zh 对象
@en beneficiary
true
```
```rule class(m): code(class)
@cite L
@zh 档
@en class
"A"
```
```rule amount(m): fen/person/month
@cite L
@zh 额
@en amount
0
```
"#;

/// A pack whose programme ends in these bytes, and one that is nothing else.
pub fn pack(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    load(format!("{PROGRAMME}{text}"));
    load(text.into_owned());
}

/// An expression, as it is parsed and as the rule of each type.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = parse_expression(&text, 7) {
        assert!(error.span.start >= 7 && error.span.end as usize <= 7 + text.len());
    }
    for ty in [
        "bool",
        "int",
        "ratio",
        "date",
        "list(person)",
        "fen/household",
    ] {
        load(format!(
            "{PROGRAMME}\n```rule probe: {ty}\n@cite L\n@zh 试\n@en probe\n{text}\n```\n"
        ));
    }
}

/// Loads a pack; asks what was loaded everything that can be asked of it.
fn load(text: String) {
    let source = |path: &str, text: String| Source {
        path: path.to_owned(),
        text,
    };
    let sources = vec![
        source("xx/p.md", text),
        source("xx/pack.md", PACK.to_owned()),
    ];
    let set = match PackSet::from_sources("xx", sources) {
        Ok(set) => set,
        Err(errors) => return placed(&errors),
    };
    if let Err(findings) = set.audit() {
        placed(&findings);
    }
    for result in set.run_examples() {
        assert!(!result.path.is_empty() && result.line >= 1);
    }
    let (Ok(acceptance), Ok(month)) = ("2021-03-10".parse(), "2021-05".parse()) else {
        return;
    };
    let key = KeyDates { acceptance, month };
    for programme in set.programmes() {
        for member in [json!({}), json!({"ill": true, "since": "2020-02-29"})] {
            let mut person = json!({"id": 1, "birth_date": "1950-06-15", "sex": "1", "relation": "head", "head": true});
            let mut child = json!({"id": 2, "birth_date": "2016-02-29", "sex": "2", "relation": "child", "head": false});
            for whom in [&mut person, &mut child] {
                if let (Some(to), Some(from)) = (whom.as_object_mut(), member.as_object()) {
                    to.extend(from.clone());
                }
            }
            let facts = json!({
                "household": {"id": 1, "members": [person, child]},
                "application": {"date": "2021-03-01", "single": null},
            });
            let Ok(facts) = programme.facts(&facts) else {
                continue;
            };
            // An error names its rule; which one it is does not matter here.
            let _ = programme.determine(&facts, &key);
            let _ = programme.ask("probe", None, &facts, &key);
        }
        for lang in [minsheng_policy::Lang::Zh, minsheng_policy::Lang::En] {
            assert!(set.handbook(&programme.code, lang).is_some());
        }
    }
}

fn placed(errors: &Diagnostics) {
    assert!(!errors.list.is_empty());
    for error in &errors.list {
        assert!(error.line >= 1 && error.column >= 1 && !error.message.is_empty());
    }
}
