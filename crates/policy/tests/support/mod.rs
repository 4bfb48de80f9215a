//! A pack of few lines, to which a test adds the block it is about.

use minsheng_policy::{Answer, Diagnostics, KeyDates, PackSet, Source};
use serde_json::{Value, json};

/// A complete programme in a module; a test file uses it and adds its own.
const BASE: &str = r#"
```toml module
code = "base"
name = { zh = "底", en = "base" }
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

/// Law, classes and payment, for a test that writes a whole programme.
#[allow(dead_code, reason = "not every test file needs it")]
pub const FRAME: &str = r#"
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
"#;

const PACK: &str = r#"
```toml pack
authority = "xx"
name = { zh = "某", en = "some" }
layer = "nation"
language = 1
```
"#;

const PROGRAMME: &str = r#"```toml programme
code = "p"
name = { zh = "某项目", en = "some programme" }
unit = "household"
uses = ["base"]
```
"#;

/// Loads a text of one file, or of several after lines `%%% path`; a file without an owner belongs to programme `p`.
pub fn load(text: &str) -> Result<PackSet, Diagnostics> {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let mut sources = vec![source("xx/base.md", BASE), source("xx/pack.md", PACK)];
    let mut authority = "xx".to_owned();
    if text.starts_with("%%% ") {
        for part in text.split("%%% ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap_or((part, ""));
            sources.push(source(path, body));
            authority = path.split('/').next().unwrap_or_default().to_owned();
        }
    } else if text.contains("```toml programme") {
        sources.push(source("xx/p.md", text));
    } else {
        sources.push(source("xx/p.md", &format!("{PROGRAMME}{text}")));
    }
    PackSet::from_sources(&authority, sources)
}

/// A household of `ages` (birth years before 2021), head first, with extra fields.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn household(ages: &[i64], extra: Value) -> Value {
    let members: Vec<Value> = ages
        .iter()
        .enumerate()
        .map(|(index, age)| {
            json!({"id": index + 1, "birth_date": format!("{:04}-06-15", 2021 - age), "sex": "1",
                "relation": if index == 0 { "head" } else { "child" }, "head": index == 0})
        })
        .collect();
    let mut household = json!({"id": 1, "members": members});
    if let (Value::Object(to), Value::Object(from)) = (&mut household, extra) {
        to.extend(from);
    }
    json!({"household": household, "application": {"date": "2021-03-01", "single": null}})
}

/// The value of the rule `probe` in a pack of the given blocks.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn probe(blocks: &str, facts: &Value) -> Result<String, String> {
    let set = load(blocks).map_err(|errors| errors.to_string())?;
    let programme = set.programme("p").ok_or("no programme")?;
    let facts = programme.facts(facts).map_err(|error| error.to_string())?;
    let key = KeyDates {
        acceptance: "2021-03-10".parse().map_err(|_| "date")?,
        month: "2021-05".parse().map_err(|_| "month")?,
    };
    match programme.ask("probe", None, &facts, &key) {
        Ok(Answer::Known(value)) => Ok(value),
        Ok(Answer::Undetermined { needs }) => {
            let needs: Vec<String> = needs
                .iter()
                .map(|need| format!("{} {}", need.id, need.field))
                .collect();
            Ok(format!("undetermined: {}", needs.join(", ")))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The value of an expression of a type, without evidence.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn value(ty: &str, expression: &str) -> Result<String, String> {
    probe(&rule(ty, expression), &household(&[40, 38, 10], json!({})))
}

/// The rule `probe`.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn rule(ty: &str, expression: &str) -> String {
    format!("\n```rule probe: {ty}\n@cite L\n@zh 试\n@en probe\n{expression}\n```\n")
}
