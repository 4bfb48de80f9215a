//! Values as people read them.

use std::fmt::Write;

use super::machine::Machine;
use crate::exact::Exact;
use crate::text::Lang;
use crate::types::Type;
use crate::units::{BASES, Unit};
use crate::value::Value;

impl Machine<'_> {
    /// The value with its unit.
    pub fn show(&self, value: Value, ty: &Type, lang: Lang) -> String {
        let mut out = String::new();
        self.write_value(&mut out, value, ty, lang);
        out
    }

    pub(super) fn write_value(&self, out: &mut String, value: Value, ty: &Type, lang: Lang) {
        // Writing into a String cannot fail.
        let _ = match value {
            Value::Bool(value) => out.write_str(truth(value, lang)),
            Value::Number(number) => {
                let unit = match ty {
                    Type::Number { unit, .. } => *unit,
                    _ => Unit::NONE,
                };
                write_number(out, number, unit, lang);
                Ok(())
            }
            Value::Date(date) => write!(out, "{date}"),
            Value::Month(month) => write!(out, "{month}"),
            Value::Code(code) => {
                let list = match ty {
                    Type::Code(list) => Some(*list),
                    Type::Optional(inner) => match **inner {
                        Type::Code(list) => Some(list),
                        _ => None,
                    },
                    _ => None,
                };
                let list = list.map(|index| &self.program.layout.code_lists[index as usize]);
                match list.and_then(|list| list.codes.get(code as usize)) {
                    Some(code) if lang == Lang::Zh => out.write_str(&code.label.zh),
                    Some(code) => out.write_str(&code.code),
                    None => write!(out, "{code}"),
                }
            }
            Value::Person(index) => {
                write_person(out, self.facts.person_ids[index as usize]);
                Ok(())
            }
            Value::Record(start) => {
                self.write_record(out, start, ty, lang);
                Ok(())
            }
            Value::List(range) => {
                let item_type = match ty {
                    Type::List(inner) => inner,
                    other => other,
                };
                out.push('[');
                for (index, item) in self.list(range).iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.write_value(out, *item, item_type, lang);
                }
                out.push(']');
                Ok(())
            }
            Value::None => out.write_str(if lang == Lang::Zh { "无" } else { "none" }),
            Value::Missing(_) => out.write_str(if lang == Lang::Zh {
                "尚不能确定"
            } else {
                "undetermined"
            }),
        };
    }

    fn write_record(&self, out: &mut String, start: u32, ty: &Type, lang: Lang) {
        let Type::Record(evidence) = ty else { return };
        let fields = &self.program.layout.records[*evidence as usize];
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                out.push(' ');
            }
            let value = match self.facts.records[start as usize + index] {
                crate::layout::Cell::Code(code) => Value::Code(code),
                crate::layout::Cell::Int(number) => Value::Number(Exact::whole(i128::from(number))),
                _ => Value::None,
            };
            self.write_value(out, value, &field.ty, lang);
        }
    }
}

fn truth(value: bool, lang: Lang) -> &'static str {
    match (value, lang) {
        (true, Lang::Zh) => "是",
        (false, Lang::Zh) => "否",
        (true, Lang::En) => "true",
        (false, Lang::En) => "false",
    }
}

/// `P000007`, as the register prints persons.
pub(crate) fn write_person(out: &mut String, id: i64) {
    let _ = write!(out, "P{id:06}");
}

/// Words for the bases of units; money is written before them.
const CHINESE: [&str; 6] = ["元", "人", "户", "日", "月", "年"];

/// A number with its unit: money in yuan with two decimals, `≈` when fen are left over.
pub(crate) fn write_number(out: &mut String, number: Exact, unit: Unit, lang: Lang) {
    if unit.is_money() {
        write_yuan(out, number);
        out.push_str(if lang == Lang::Zh { "元" } else { " yuan" });
    } else {
        let _ = write!(out, "{number}");
        if unit != Unit::NONE && lang == Lang::En {
            out.push(' ');
        }
    }
    unit.write_words(out, if lang == Lang::Zh { &CHINESE } else { &BASES });
}

/// Fen as yuan with two decimals.
pub(crate) fn write_yuan(out: &mut String, number: Exact) {
    let rounded = match number.as_whole() {
        Some(fen) => fen,
        None => {
            out.push('≈');
            number
                .round_half_up_to(Exact::whole(1))
                .map_or(number.floor(), Exact::floor)
        }
    };
    let sign = if rounded < 0 { "-" } else { "" };
    let fen = rounded.unsigned_abs();
    let _ = write!(out, "{sign}{}.{:02}", fen / 100, fen % 100);
}
