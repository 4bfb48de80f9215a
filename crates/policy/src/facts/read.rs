//! The boundary: JSON in, typed cells out. Every field is known or refused, by its path.

use minsheng_core::Date;
use serde_json::{Map, Value};

use super::Facts;
use super::plain::{
    Path, Read, boolean, bounded, date, integer, known, list, object, required, string,
};
use crate::layout::{BIRTH_DATE, Cell, HEAD, Layout, RELATION, RecordSlot, SEX, Slot};
use crate::model::{CodePart, EvidenceDecl, Form, RecordField};
use crate::types::Type;

/// Reads facts by the declarations of a programme.
pub(crate) struct Reader<'a> {
    pub layout: &'a Layout,
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
            Some(Value::Null) if evidence.optional => Ok(Cell::Missing),
            Some(Value::Null) => path.refuse(
                "null is not a value here",
                "leave the field out when nothing is known",
            ),
            Some(value) => self.value(value, slot, evidence, index, records, path),
        }
    }

    /// One value for a slot, refused by `name`.
    pub fn one(
        &self,
        value: &Value,
        slot: &Slot,
        records: &mut Vec<Cell>,
        name: &str,
    ) -> Read<Cell> {
        let path = Path::Field(&Path::Root, name);
        match slot.evidence {
            Some(index) => {
                let evidence = &self.layout.evidence[index as usize];
                self.value(value, slot, evidence, index, records, path)
            }
            None if slot.codes.is_some() => self.code(value, slot.codes, path),
            None if slot.ty == Type::Bool => Ok(Cell::Bool(boolean(value, path)?)),
            None => Ok(Cell::Date(date(value, path)?)),
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
