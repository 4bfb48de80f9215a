//! Plain JSON values, each refused by its path when it is of another kind.

use minsheng_core::Date;
use serde_json::{Map, Value};

use crate::error::BoundaryError;

/// Greatest number of members and of records: a household, not a register.
const MAX_LIST: usize = 1000;

pub(super) type Read<T> = Result<T, BoundaryError>;

/// Where the reader is, for messages; written out only when something is wrong.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl Path<'_> {
    fn text(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::Field(Path::Root, name) => (*name).to_owned(),
            Path::Field(parent, name) => format!("{}.{name}", parent.text()),
            Path::Index(parent, index) => format!("{}[{index}]", parent.text()),
        }
    }

    pub(super) fn refuse<T>(&self, problem: impl Into<String>, hint: impl Into<String>) -> Read<T> {
        let path = self.text();
        let path = if path.is_empty() {
            "facts".to_owned()
        } else {
            path
        };
        Err(BoundaryError {
            path,
            problem: problem.into(),
            hint: hint.into(),
        })
    }
}

pub(super) fn object<'v>(value: &'v Value, path: Path<'_>) -> Read<&'v Map<String, Value>> {
    match value {
        Value::Object(object) => Ok(object),
        other => path.refuse(
            format!("expected an object, found {}", kind(other)),
            "write { … }",
        ),
    }
}

pub(super) fn list<'v>(value: &'v Value, path: Path<'_>) -> Read<&'v [Value]> {
    match value {
        Value::Array(items) if items.len() <= MAX_LIST => Ok(items),
        Value::Array(items) => path.refuse(
            format!("{} entries", items.len()),
            format!("at most {MAX_LIST}"),
        ),
        other => path.refuse(
            format!("expected a list, found {}", kind(other)),
            "write [ … ]",
        ),
    }
}

pub(super) fn required<'v>(
    object: &'v Map<String, Value>,
    name: &str,
    path: Path<'_>,
) -> Read<&'v Value> {
    match object.get(name) {
        Some(value) => Ok(value),
        None => Path::Field(&path, name).refuse("the field is missing", "it has no default"),
    }
}

pub(super) fn known(object: &Map<String, Value>, names: &[&str], path: Path<'_>) -> Read<()> {
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            Path::Field(&path, name).refuse("unknown field", format!("known: {}", names.join(", ")))
        }
    }
}

pub(super) fn string<'v>(value: &'v Value, path: Path<'_>) -> Read<&'v str> {
    match value {
        Value::String(text) => Ok(text),
        other => path.refuse(
            format!("expected a text, found {}", kind(other)),
            "write \"…\"",
        ),
    }
}

pub(super) fn boolean(value: &Value, path: Path<'_>) -> Read<bool> {
    match value {
        Value::Bool(value) => Ok(*value),
        other => path.refuse(
            format!("expected true or false, found {}", kind(other)),
            "write true or false, without quotes",
        ),
    }
}

pub(super) fn integer(value: &Value, path: Path<'_>) -> Read<i64> {
    let Value::Number(number) = value else {
        return path.refuse(
            format!("expected a whole number, found {}", kind(value)),
            "write it without quotes",
        );
    };
    match number.as_i64() {
        Some(whole) => Ok(whole),
        None => path.refuse(
            format!("{number} is not a whole number within range"),
            "amounts are whole fen, without decimals",
        ),
    }
}

pub(super) fn bounded(value: &Value, min: i64, max: Option<i64>, path: Path<'_>) -> Read<i64> {
    let whole = integer(value, path)?;
    match max {
        _ if whole < min => path.refuse(format!("{whole} is too small"), format!("at least {min}")),
        Some(max) if whole > max => {
            path.refuse(format!("{whole} is too large"), format!("at most {max}"))
        }
        _ => Ok(whole),
    }
}

pub(super) fn date(value: &Value, path: Path<'_>) -> Read<Date> {
    let text = string(value, path)?;
    match parse_date(text) {
        Some(date) => Ok(date),
        None => path.refuse(
            format!("\"{text}\" is not a date"),
            "write a day of the calendar as 2021-02-01",
        ),
    }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A date in the one form allowed, `2021-02-01`.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    if bytes.len() != 10
        || bytes[4] != b'-'
        || bytes[7] != b'-'
        || !digits(0..4)
        || !digits(5..7)
        || !digits(8..10)
    {
        return None;
    }
    Date::new(
        text[0..4].parse().ok()?,
        text[5..7].parse().ok()?,
        text[8..10].parse().ok()?,
    )
    .ok()
}
