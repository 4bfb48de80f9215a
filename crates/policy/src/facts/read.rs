//! The boundary: JSON in, typed cells out. Every field is known or refused, by its path.

use minsheng_core::Date;
use serde_json::{Map, Value};

use super::Facts;
use crate::error::BoundaryError;
use crate::layout::{BIRTH_DATE, Cell, HEAD, Layout, RELATION, RecordSlot, SEX, Slot};
use crate::model::{CodePart, EvidenceDecl, Form, RecordField};

/// Greatest number of members and of records: a household, not a register.
const MAX_LIST: usize = 1000;

type Read<T> = Result<T, BoundaryError>;

/// Reads facts by the declarations of a programme.
pub(crate) struct Reader<'a> {
    pub layout: &'a Layout,
}

/// Where the reader is, for messages; written out only when something is wrong.
#[derive(Clone, Copy)]
enum Path<'p> {
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

    fn refuse<T>(&self, problem: impl Into<String>, hint: impl Into<String>) -> Read<T> {
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

impl Reader<'_> {
    pub fn facts(&self, json: &Value) -> Read<Facts> {
        let root = Path::Root;
        let top = object(json, root)?;
        known(top, &["household", "application"], root)?;
        let household_path = Path::Field(&root, "household");
        let household = object(required(top, "household", root)?, household_path)?;
        let mut facts = Facts {
            fingerprint: self.layout.fingerprint,
            household_id: integer(
                required(household, "id", household_path)?,
                Path::Field(&household_path, "id"),
            )?,
            household: Vec::with_capacity(self.layout.household.len()),
            person_ids: Vec::new(),
            persons: Vec::new(),
            width: self.layout.person.len(),
            records: Vec::new(),
            application_date: Date::ZERO,
            single: None,
        };
        self.known_slots(
            household,
            &self.layout.household,
            &["id", "members"],
            household_path,
        )?;
        for slot in &self.layout.household {
            let cell = self.slot(household, slot, &mut facts.records, household_path)?;
            facts.household.push(cell);
        }
        self.close(
            &self.layout.household,
            &mut facts.household,
            &mut facts.records,
        );
        self.members(household, household_path, &mut facts)?;
        self.application(top, root, &mut facts)?;
        Ok(facts)
    }

    fn members(
        &self,
        household: &Map<String, Value>,
        path: Path<'_>,
        facts: &mut Facts,
    ) -> Read<()> {
        let members_path = Path::Field(&path, "members");
        let members = list(required(household, "members", path)?, members_path)?;
        if members.is_empty() {
            return members_path.refuse("a household without members", "name at least the head");
        }
        let mut heads = 0;
        for (index, member) in members.iter().enumerate() {
            let path = Path::Index(&members_path, index);
            let person = object(member, path)?;
            self.known_slots(person, &self.layout.person, &["id"], path)?;
            let id = integer(required(person, "id", path)?, Path::Field(&path, "id"))?;
            if facts.person_ids.contains(&id) {
                return Path::Field(&path, "id").refuse(
                    format!("the person {id} is listed twice"),
                    "each member once",
                );
            }
            facts.person_ids.push(id);
            let start = facts.persons.len();
            for (index, slot) in self.layout.person.iter().enumerate() {
                let field = Path::Field(&path, &slot.name);
                let cell = match index {
                    BIRTH_DATE => Cell::Date(date(required(person, &slot.name, path)?, field)?),
                    SEX | RELATION => {
                        self.code(required(person, &slot.name, path)?, slot.codes, field)?
                    }
                    HEAD => Cell::Bool(boolean(required(person, &slot.name, path)?, field)?),
                    _ => self.slot(person, slot, &mut facts.records, path)?,
                };
                facts.persons.push(cell);
            }
            heads += usize::from(facts.persons[start + HEAD] == Cell::Bool(true));
            self.close(
                &self.layout.person,
                &mut facts.persons[start..],
                &mut facts.records,
            );
        }
        if heads != 1 {
            return members_path.refuse(
                format!("{heads} members are the head of the household"),
                "exactly one member has `head: true`",
            );
        }
        Ok(())
    }

    fn application(&self, top: &Map<String, Value>, root: Path<'_>, facts: &mut Facts) -> Read<()> {
        let path = Path::Field(&root, "application");
        let application = object(required(top, "application", root)?, path)?;
        known(application, &["date", "single"], path)?;
        facts.application_date = date(
            required(application, "date", path)?,
            Path::Field(&path, "date"),
        )?;
        let single_path = Path::Field(&path, "single");
        match application.get("single") {
            None | Some(Value::Null) => {}
            Some(value) => {
                let id = integer(value, single_path)?;
                let Some(index) = facts.person_ids.iter().position(|known| *known == id) else {
                    return single_path.refuse(
                        format!("the person {id} is not a member"),
                        "the id of a member, or null",
                    );
                };
                facts.single = Some(index as u32);
            }
        }
        Ok(())
    }

    fn known_slots(
        &self,
        object: &Map<String, Value>,
        slots: &[Slot],
        also: &[&str],
        path: Path<'_>,
    ) -> Read<()> {
        for name in object.keys() {
            if !also.contains(&name.as_str()) && !slots.iter().any(|slot| slot.name == *name) {
                let names: Vec<&str> = slots.iter().map(|slot| slot.name.as_str()).collect();
                let mut hint = crate::pack::report::suggestion(name, names.iter().copied());
                if hint.is_empty() {
                    hint = "only evidence that the programme declares is read".to_owned();
                }
                return Path::Field(&path, name).refuse("unknown field", hint);
            }
        }
        Ok(())
    }

    fn slot(
        &self,
        object: &Map<String, Value>,
        slot: &Slot,
        records: &mut Vec<Cell>,
        path: Path<'_>,
    ) -> Read<Cell> {
        let Some(index) = slot.evidence else {
            return Ok(Cell::Missing);
        };
        let evidence = &self.layout.evidence[index as usize];
        let path = Path::Field(&path, &slot.name);
        match object.get(&slot.name) {
            None => Ok(slot.absent),
            Some(Value::Null) if evidence.absent.is_some() => Ok(slot.absent),
            Some(Value::Null) => path.refuse(
                "null is not a value here",
                "leave the field out when nothing is known",
            ),
            Some(value) => self.value(value, slot, evidence, index, records, path),
        }
    }

    fn value(
        &self,
        value: &Value,
        slot: &Slot,
        evidence: &EvidenceDecl,
        index: u16,
        records: &mut Vec<Cell>,
        path: Path<'_>,
    ) -> Read<Cell> {
        match &evidence.form {
            Form::Flag => Ok(Cell::Bool(boolean(value, path)?)),
            Form::Since => Ok(Cell::Date(date(value, path)?)),
            Form::Code { parts, .. } if !parts.is_empty() => compound(value, parts, slot, path),
            Form::Code { .. } => self.code(value, slot.codes, path),
            Form::Quantity { min, max, .. } => Ok(Cell::Int(bounded(value, *min, *max, path)?)),
            Form::Amount { .. } => Ok(Cell::Int(bounded(value, 0, None, path)?)),
            Form::Records { fields, key } => {
                let slots = &self.layout.records[index as usize];
                self.records(
                    list(value, path)?,
                    fields,
                    key.as_deref(),
                    slots,
                    records,
                    path,
                )
            }
        }
    }

    fn records(
        &self,
        items: &[Value],
        fields: &[RecordField],
        key: Option<&str>,
        slots: &[RecordSlot],
        records: &mut Vec<Cell>,
        path: Path<'_>,
    ) -> Read<Cell> {
        let start = records.len();
        let key = key.and_then(|key| fields.iter().position(|field| field.name == key));
        for (index, item) in items.iter().enumerate() {
            let path = Path::Index(&path, index);
            let object = object(item, path)?;
            for name in object.keys() {
                if !fields.iter().any(|field| field.name == *name) {
                    let hint = crate::pack::report::suggestion(
                        name,
                        fields.iter().map(|field| field.name.as_str()),
                    );
                    return Path::Field(&path, name).refuse("unknown field", hint);
                }
            }
            let first = records.len();
            for (field, slot) in fields.iter().zip(slots) {
                let value = required(object, &field.name, path)?;
                let path = Path::Field(&path, &field.name);
                records.push(match &field.form {
                    Form::Quantity { min, max, .. } => Cell::Int(bounded(value, *min, *max, path)?),
                    Form::Amount { .. } => Cell::Int(bounded(value, 0, None, path)?),
                    _ => self.code(value, slot.codes, path)?,
                });
            }
            if let Some(key) = key {
                let earlier = (start..first)
                    .step_by(fields.len())
                    .any(|at| records[at + key] == records[first + key]);
                if earlier {
                    return Path::Field(&path, &fields[key].name)
                        .refuse("this occurs twice in the list", "one record for each");
                }
            }
        }
        Ok(Cell::Records {
            start: start as u32,
            count: items.len() as u32,
        })
    }

    fn code(&self, value: &Value, list: Option<u16>, path: Path<'_>) -> Read<Cell> {
        let text = string(value, path)?;
        let Some(list) = list.map(|index| &self.layout.code_lists[index as usize]) else {
            return Ok(Cell::Missing);
        };
        match list.index(text) {
            Some(index) => Ok(Cell::Code(index)),
            None => {
                let known: Vec<&str> = list.codes.iter().map(|code| code.code.as_str()).collect();
                path.refuse(
                    format!("unknown code \"{text}\""),
                    format!("known: {}", known.join(", ")),
                )
            }
        }
    }

    /// A list that other evidence closes is known only together with it.
    fn close(&self, slots: &[Slot], cells: &mut [Cell], records: &mut [Cell]) {
        for (index, slot) in slots.iter().enumerate() {
            if slot.asks_for == slot.name {
                continue;
            }
            let closed = slots
                .iter()
                .position(|closer| closer.name == slot.asks_for)
                .is_some_and(|closer| !matches!(cells[closer], Cell::Missing | Cell::None));
            cells[index] = match (closed, cells[index]) {
                (false, _) => Cell::Missing,
                (true, Cell::Missing) => Cell::Records {
                    start: records.len() as u32,
                    count: 0,
                },
                (true, known) => known,
            };
        }
    }
}

fn object<'v>(value: &'v Value, path: Path<'_>) -> Read<&'v Map<String, Value>> {
    match value {
        Value::Object(object) => Ok(object),
        other => path.refuse(
            format!("expected an object, found {}", kind(other)),
            "write { … }",
        ),
    }
}

fn list<'v>(value: &'v Value, path: Path<'_>) -> Read<&'v [Value]> {
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

fn required<'v>(object: &'v Map<String, Value>, name: &str, path: Path<'_>) -> Read<&'v Value> {
    match object.get(name) {
        Some(value) => Ok(value),
        None => Path::Field(&path, name).refuse("the field is missing", "it has no default"),
    }
}

fn known(object: &Map<String, Value>, names: &[&str], path: Path<'_>) -> Read<()> {
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            Path::Field(&path, name).refuse("unknown field", format!("known: {}", names.join(", ")))
        }
    }
}

fn string<'v>(value: &'v Value, path: Path<'_>) -> Read<&'v str> {
    match value {
        Value::String(text) => Ok(text),
        other => path.refuse(
            format!("expected a text, found {}", kind(other)),
            "write \"…\"",
        ),
    }
}

fn boolean(value: &Value, path: Path<'_>) -> Read<bool> {
    match value {
        Value::Bool(value) => Ok(*value),
        other => path.refuse(
            format!("expected true or false, found {}", kind(other)),
            "write true or false, without quotes",
        ),
    }
}

fn integer(value: &Value, path: Path<'_>) -> Read<i64> {
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

fn bounded(value: &Value, min: i64, max: Option<i64>, path: Path<'_>) -> Read<i64> {
    let whole = integer(value, path)?;
    match max {
        _ if whole < min => path.refuse(format!("{whole} is too small"), format!("at least {min}")),
        Some(max) if whole > max => {
            path.refuse(format!("{whole} is too large"), format!("at most {max}"))
        }
        _ => Ok(whole),
    }
}

fn date(value: &Value, path: Path<'_>) -> Read<Date> {
    let text = string(value, path)?;
    match parse_date(text) {
        Some(date) => Ok(date),
        None => path.refuse(
            format!("\"{text}\" is not a date"),
            "write a day of the calendar as 2021-02-01",
        ),
    }
}

fn compound(value: &Value, parts: &[CodePart], slot: &Slot, path: Path<'_>) -> Read<Cell> {
    let text = string(value, path)?;
    if text == "none" && slot.absent == Cell::None {
        return Ok(Cell::None);
    }
    let digits: Option<Vec<i64>> = text
        .chars()
        .map(|c| c.to_digit(10).map(i64::from))
        .collect();
    let fits = digits.as_ref().is_some_and(|digits| {
        digits.len() == parts.len()
            && digits
                .iter()
                .zip(parts)
                .all(|(digit, part)| (part.min..=part.max).contains(digit))
    });
    match digits {
        Some(digits) if fits => Ok(Cell::Int(
            digits.iter().fold(0, |number, digit| number * 10 + digit),
        )),
        _ => {
            let wanted: Vec<String> = parts
                .iter()
                .map(|part| format!("{} {} to {}", part.name, part.min, part.max))
                .collect();
            path.refuse(
                format!("unknown code \"{text}\""),
                format!("digits: {}", wanted.join(", ")),
            )
        }
    }
}

fn kind(value: &Value) -> &'static str {
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
