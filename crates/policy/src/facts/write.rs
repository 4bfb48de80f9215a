//! Cells as the JSON that they were read from.

use serde_json::{Map, Value, json};

use crate::layout::{Cell, Layout, Slot};
use crate::model::{EvidenceDecl, Form};

/// The value of a cell in JSON; nothing when it is missing.
pub(crate) fn cell_json(
    layout: &Layout,
    slot: &Slot,
    cell: Cell,
    records: &[Cell],
) -> Option<Value> {
    let evidence = slot.evidence.map(|index| &layout.evidence[index as usize]);
    Some(match cell {
        Cell::Missing => return None,
        Cell::None => Value::Null,
        Cell::Bool(value) => json!(value),
        Cell::Date(date) => json!(date.to_string()),
        Cell::Code(code) => json!(code_text(layout, slot.codes, code)?),
        Cell::Int(number) => match digits(evidence) {
            Some(width) => json!(format!("{number:0width$}")),
            None => json!(number),
        },
        Cell::Records { start, count } => {
            let index = slot.evidence? as usize;
            let Form::Records { fields, .. } = &layout.evidence[index].form else {
                return None;
            };
            let slots = &layout.records[index];
            let rows = (0..count as usize).map(|row| {
                let first = start as usize + row * slots.len();
                let object: Option<Map<String, Value>> = fields
                    .iter()
                    .zip(slots)
                    .zip(&records[first..first + slots.len()])
                    .map(|((field, slot), cell)| {
                        let value = match cell {
                            Cell::Code(code) => json!(code_text(layout, slot.codes, *code)?),
                            Cell::Int(number) => json!(number),
                            _ => return None,
                        };
                        Some((field.name.clone(), value))
                    })
                    .collect();
                object.map(Value::Object)
            });
            Value::Array(rows.collect::<Option<Vec<Value>>>()?)
        }
    })
}

fn code_text(layout: &Layout, list: Option<u16>, code: u32) -> Option<&str> {
    let codes = &layout.code_lists[list? as usize].codes;
    codes.get(code as usize).map(|code| code.code.as_str())
}

/// How many digits a compound code has.
fn digits(evidence: Option<&EvidenceDecl>) -> Option<usize> {
    match &evidence?.form {
        Form::Code { parts, .. } if !parts.is_empty() => Some(parts.len()),
        _ => None,
    }
}
