//! The values that evidence may have: all of them where they are few, telling ones where they are not.

use minsheng_core::Date;

use crate::determination::KeyDates;
use crate::eval::calendar::add_months;
use crate::eval::needs::NeedRef;
use crate::facts::Facts;
use crate::ir::ParameterConstant;
use crate::layout::{BIRTH_DATE, Cell, Layout, Slot};
use crate::model::{CodePart, Form, RecordField};
use crate::programme::Programme;
use crate::value::Value;

/// Values of a piece of evidence.
pub(super) struct Domain {
    /// The values.
    pub cells: Vec<Cell>,
    /// Whether there are no others.
    pub complete: bool,
}

/// Up to so many values are all tried.
const FEW: i64 = 40;
/// More than any standard, in fen or in units.
const MUCH: i64 = 1_000_000_000_000;
/// Ages at which law changes its mind, in years.
const AGES: [i64; 22] = [
    0, 1, 3, 6, 14, 15, 16, 17, 18, 35, 45, 55, 59, 60, 61, 65, 70, 79, 80, 90, 100, 101,
];

/// The values that a question may be answered with. Records are appended to those of the facts.
pub(super) fn domain(
    programme: &Programme,
    key: &KeyDates,
    facts: &mut Facts,
    need: NeedRef,
) -> Domain {
    let layout = &programme.program.layout;
    let slot = match need.person {
        None => &layout.household[need.slot as usize],
        Some(_) => &layout.person[need.slot as usize],
    };
    let mut found = match slot.evidence {
        None if need.slot as usize == BIRTH_DATE => dates(key),
        None => codes(layout, slot.codes),
        Some(index) => {
            let evidence = &layout.evidence[index as usize];
            match &evidence.form {
                Form::Flag => Domain {
                    cells: vec![Cell::Bool(false), Cell::Bool(true)],
                    complete: true,
                },
                Form::Since => dates(key),
                Form::Code { parts, .. } if !parts.is_empty() => digits(parts),
                Form::Code { .. } => codes(layout, slot.codes),
                Form::Quantity { min, max, .. } => numbers(programme, *min, *max),
                Form::Amount { .. } => numbers(programme, 0, None),
                Form::Records { fields, .. } => records(layout, index, fields, facts),
            }
        }
    };
    if let Slot {
        absent,
        evidence: Some(_),
        ..
    } = slot
        && *absent != Cell::Missing
        && !found.cells.contains(absent)
    {
        found.cells.insert(0, *absent);
    }
    found
}

fn codes(layout: &Layout, list: Option<u16>) -> Domain {
    let count = list.map_or(0, |list| layout.code_lists[list as usize].codes.len());
    Domain {
        cells: (0..count as u32).map(Cell::Code).collect(),
        complete: true,
    }
}

fn digits(parts: &[CodePart]) -> Domain {
    let mut numbers = vec![0_i64];
    let mut complete = true;
    for part in parts {
        numbers = numbers
            .iter()
            .flat_map(|number| (part.min..=part.max).map(move |digit| number * 10 + digit))
            .collect();
        if numbers.len() > FEW as usize * 4 {
            complete = false;
            numbers.truncate(FEW as usize * 4);
        }
    }
    Domain {
        cells: numbers.into_iter().map(Cell::Int).collect(),
        complete,
    }
}

fn numbers(programme: &Programme, min: i64, max: Option<i64>) -> Domain {
    if let Some(max) = max.filter(|max| max.saturating_sub(min) < FEW) {
        return Domain {
            cells: (min..=max).map(Cell::Int).collect(),
            complete: true,
        };
    }
    let mut values = vec![min, min.saturating_add(1), max.unwrap_or(MUCH)];
    for parameter in &programme.program.parameters {
        for dated in &parameter.values {
            if let ParameterConstant::One(Value::Number(number)) = &dated.value
                && let Ok(whole) = i64::try_from(number.floor())
            {
                values.extend([whole - 1, whole, whole.saturating_add(1)]);
            }
        }
    }
    values.retain(|value| *value >= min && max.is_none_or(|max| *value <= max));
    values.sort_unstable();
    values.dedup();
    values.truncate(64);
    Domain {
        cells: values.into_iter().map(Cell::Int).collect(),
        complete: false,
    }
}

fn dates(key: &KeyDates) -> Domain {
    let before = |years: i64| add_months(key.acceptance, -12 * years);
    let mut days: Vec<Date> = AGES.iter().filter_map(|years| before(*years)).collect();
    days.push(key.acceptance);
    Domain {
        cells: days.into_iter().map(Cell::Date).collect(),
        complete: false,
    }
}

/// The empty list, and lists of one record with little and with much.
fn records(layout: &Layout, evidence: u16, fields: &[RecordField], facts: &mut Facts) -> Domain {
    let slots = &layout.records[evidence as usize];
    let mut cells = vec![Cell::Records { start: 0, count: 0 }];
    let widest = slots
        .iter()
        .map(|slot| {
            slot.codes.map_or(1, |list| {
                layout.code_lists[list as usize].codes.len() as u32
            })
        })
        .max()
        .unwrap_or(1);
    for code in 0..widest.min(12) {
        for much in [false, true] {
            let start = facts.records.len() as u32;
            for (field, slot) in fields.iter().zip(slots) {
                let cell = match (&field.form, slot.codes) {
                    (_, Some(list)) => {
                        let count = layout.code_lists[list as usize].codes.len() as u32;
                        Cell::Code(code.min(count.saturating_sub(1)))
                    }
                    (Form::Quantity { min, max, .. }, _) => {
                        Cell::Int(if much { max.unwrap_or(MUCH) } else { *min })
                    }
                    _ => Cell::Int(if much { MUCH } else { 0 }),
                };
                facts.records.push(cell);
            }
            cells.push(Cell::Records { start, count: 1 });
        }
    }
    Domain {
        cells,
        complete: false,
    }
}
