//! The public conformance files of CEL against the subset that the policy language is. Each case passes or is
//! excluded by name, with its reason; an exclusion of a case that passes, or of one that is not there, fails.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod support;
#[path = "support/textproto.rs"]
mod textproto;

use std::collections::BTreeMap;

use minsheng_policy::syntax::parse_expression;
use textproto::Value;

const FILES: [&str; 6] = [
    "basic",
    "integer_math",
    "logic",
    "comparisons",
    "lists",
    "macros",
];

fn folder() -> String {
    format!("{}/tests/conformance", env!("CARGO_MANIFEST_DIR"))
}

/// Cases by name, `file/section/case`. Two of one name stand under the name with a number.
fn cases() -> BTreeMap<String, Value> {
    let mut cases = BTreeMap::new();
    for file in FILES {
        let text = std::fs::read_to_string(format!("{}/{file}.textproto", folder())).unwrap();
        let whole = textproto::read(&text);
        for section in whole.all("section") {
            for case in section.all("test") {
                let part = |value: &Value| value.get("name").unwrap().text().to_owned();
                let name = format!("{file}/{}/{}", part(section), part(case));
                let mut unique = name.clone();
                let mut number = 1;
                while cases.contains_key(&unique) {
                    number += 1;
                    unique = format!("{name}#{number}");
                }
                cases.insert(unique, case.clone());
            }
        }
    }
    cases
}

/// Excluded cases with their reason: lines `= reason`, each followed by the names that it is for.
fn exclusions() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(format!("{}/exclusions.txt", folder())).unwrap();
    let mut found = BTreeMap::new();
    let mut reason = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix("= ") {
            Some(words) => words.clone_into(&mut reason),
            None => {
                assert!(!reason.is_empty(), "{line} has no reason");
                let before = found.insert(line.to_owned(), reason.clone());
                assert!(before.is_none(), "{line} is excluded twice");
            }
        }
    }
    found
}

/// The type of a value and the value as the language shows it.
fn expected(value: &Value) -> Result<(String, String), String> {
    let Value::Message(fields) = value else {
        return Err("no value".to_owned());
    };
    let field = fields.first().ok_or("no value")?;
    match (field.name.as_str(), &field.value) {
        ("bool_value", word) => Ok(("bool".to_owned(), word.text().to_owned())),
        // A quotient of whole numbers is a ratio here; 21 is 21 all the same.
        ("int64_value" | "double_value", word) => Ok(("ratio".to_owned(), word.text().to_owned())),
        ("list_value", list) => {
            let items: Vec<(String, String)> =
                list.all("values").map(expected).collect::<Result<_, _>>()?;
            let ty = items.first().map_or("ratio", |(ty, _)| ty).to_owned();
            let shown: Vec<&str> = items.iter().map(|(_, shown)| shown.as_str()).collect();
            Ok((format!("list({ty})"), format!("[{}]", shown.join(", "))))
        }
        (other, _) => Err(format!("there is no {other} here")),
    }
}

/// The variables of a case, each as a `let`.
fn bindings(case: &Value) -> Result<String, String> {
    let mut lets = String::new();
    for binding in case.all("bindings") {
        let (name, value) = (binding.get("key"), binding.get("value"));
        let (name, value) = name.zip(value).ok_or("a binding without a value")?;
        let (_, shown) = expected(value.get("value").ok_or("a binding without a value")?)?;
        // A reserved word means itself, whatever is bound to it.
        if !["true", "false", "null"].contains(&name.text()) {
            lets.push_str(&format!("let {} = {shown}; ", name.text()));
        }
    }
    Ok(lets)
}

/// Runs a case; the error says what differs.
fn run(case: &Value) -> Result<(), String> {
    let expression = case.get("expr").ok_or("no expression")?.text().trim();
    let expression = &format!("{}{expression}", bindings(case)?);
    // What cannot be read proves nothing about errors: only a checked or evaluated expression may fail as CEL does.
    parse_expression(expression, 0).map_err(|error| error.message)?;
    if case.get("eval_error").is_some() {
        for ty in ["bool", "int", "ratio", "list(int)", "list(bool)"] {
            match support::value(ty, expression) {
                Ok(value) => return Err(format!("an error was expected, found {value}")),
                Err(error) if error.contains("unknown function") => return Err(error),
                Err(_) => {}
            }
        }
        return Ok(());
    }
    let (ty, wanted) = expected(case.get("value").ok_or("nothing is expected")?)?;
    let found = support::value(&ty, expression)?;
    if found == wanted {
        return Ok(());
    }
    Err(format!("{found}, expected {wanted}"))
}

#[test]
fn each_case_of_cel_passes_or_is_excluded_with_a_reason() {
    let cases = cases();
    let exclusions = exclusions();
    let mut wrong = Vec::new();
    let mut passed = 0;
    for (name, case) in &cases {
        match (run(case), exclusions.contains_key(name)) {
            (Ok(()), false) => passed += 1,
            (Ok(()), true) => wrong.push(format!("{name} passes: take it off the exclusions")),
            (Err(_), true) => {}
            (Err(error), false) => {
                let expression = case.get("expr").map(Value::text).unwrap_or_default();
                wrong.push(format!(
                    "{name}\t{expression}\t{}",
                    error.replace('\n', " ")
                ));
            }
        }
    }
    for name in exclusions.keys().filter(|name| !cases.contains_key(*name)) {
        wrong.push(format!("{name} is excluded and there is no such case"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.len(), passed + exclusions.len());
    assert!(passed >= 100, "only {passed} of {} pass", cases.len());
}
