//! Forms of evidence: from a block to the public form, the type in rules and the fields of records.

use crate::layout::{Layout, RecordSlot};
use crate::model::{CodeDecl, CodePart, Column, Form, RecordField};
use crate::pack::blocks::{EvidenceBlock, FieldBlock, FormWord, Word, place_of};
use crate::pack::markdown::Block;
use crate::pack::report::Report;
use crate::types::{CodeList, Type};
use crate::units::Unit;

pub(super) type Shape = (Form, Type, Option<u16>, Vec<RecordSlot>);

pub(super) fn form(
    layout: &mut Layout,
    evidence: &EvidenceBlock,
    index: u16,
    block: &Block,
    report: &mut Report<'_>,
) -> Shape {
    let name = evidence.name.get_ref();
    match evidence.form {
        FormWord::Flag => (Form::Flag, Type::Bool, None, Vec::new()),
        FormWord::Since => (Form::Since, Type::Date, None, Vec::new()),
        FormWord::Code if !evidence.part.is_empty() => {
            let parts: Vec<CodePart> = evidence
                .part
                .iter()
                .map(|part| {
                    if !(0..=9).contains(&part.min) || !(part.min..=9).contains(&part.max) {
                        report.error(
                            place_of(block, &part.name),
                            "a part of a code is one digit, 0 to 9",
                            "",
                        );
                    }
                    CodePart {
                        name: part.name.get_ref().clone(),
                        min: part.min,
                        max: part.max,
                    }
                })
                .collect();
            if parts.len() > 9 {
                report.error(
                    place_of(block, &evidence.name),
                    "a compound code has at most nine digits",
                    "",
                );
            }
            (
                Form::Code {
                    codes: Vec::new(),
                    parts,
                },
                Type::Compound(index),
                None,
                Vec::new(),
            )
        }
        FormWord::Code => {
            let list = code_list(
                layout,
                name.clone(),
                &evidence.code,
                &evidence.name,
                block,
                report,
            );
            let form = Form::Code {
                codes: evidence.code.clone(),
                parts: Vec::new(),
            };
            (form, Type::Code(list), Some(list), Vec::new())
        }
        FormWord::Quantity => {
            let unit = unit(evidence.unit.as_ref(), Unit::NONE, block, report);
            let form = Form::Quantity {
                unit,
                min: evidence.min.unwrap_or(0),
                max: evidence.max,
            };
            (form, Type::whole(unit), None, Vec::new())
        }
        FormWord::Amount => {
            let unit = money_unit(evidence.unit.as_ref(), &evidence.name, block, report);
            (Form::Amount { unit }, Type::whole(unit), None, Vec::new())
        }
        FormWord::Records => {
            let mut fields = Vec::new();
            let mut slots = Vec::new();
            for field in &evidence.field {
                let (form, ty, codes) = field_form(layout, name, field, block, report);
                slots.push(RecordSlot {
                    name: field.name.get_ref().clone(),
                    ty,
                    codes,
                });
                fields.push(RecordField {
                    name: field.name.get_ref().clone(),
                    column: field.column,
                    form,
                    label: field.label.clone(),
                });
            }
            if fields.is_empty() {
                report.error(
                    place_of(block, &evidence.name),
                    "records without a `[[field]]`",
                    "",
                );
            }
            let key = evidence.key.as_ref().map(|key| {
                if !fields.iter().any(|field| field.name == *key.get_ref()) {
                    report.error(
                        place_of(block, key),
                        format!("unknown field `{}`", key.get_ref()),
                        "",
                    );
                }
                key.get_ref().clone()
            });
            (
                Form::Records { fields, key },
                Type::list(Type::Record(index)),
                None,
                slots,
            )
        }
    }
}

fn field_form(
    layout: &mut Layout,
    evidence: &str,
    field: &FieldBlock,
    block: &Block,
    report: &mut Report<'_>,
) -> (Form, Type, Option<u16>) {
    match field.column {
        Column::Slot | Column::Code => {
            let name = format!("{evidence}.{}", field.name.get_ref());
            let list = code_list(layout, name, &field.code, &field.name, block, report);
            (
                Form::Code {
                    codes: field.code.clone(),
                    parts: Vec::new(),
                },
                Type::Code(list),
                Some(list),
            )
        }
        Column::Quantity => {
            let unit = unit(field.unit.as_ref(), Unit::NONE, block, report);
            (
                Form::Quantity {
                    unit,
                    min: field.min.unwrap_or(0),
                    max: field.max,
                },
                Type::whole(unit),
                None,
            )
        }
        Column::Amount => {
            let unit = money_unit(field.unit.as_ref(), &field.name, block, report);
            (Form::Amount { unit }, Type::whole(unit), None)
        }
    }
}

fn code_list(
    layout: &mut Layout,
    name: String,
    codes: &[CodeDecl],
    word: &Word,
    block: &Block,
    report: &mut Report<'_>,
) -> u16 {
    if codes.is_empty() {
        report.error(
            place_of(block, word),
            "a code without its list",
            "add `[[code]]` rows with `code` and `label`",
        );
    }
    layout.code_lists.push(CodeList {
        name,
        codes: codes.to_vec(),
    });
    (layout.code_lists.len() - 1) as u16
}

fn unit(word: Option<&Word>, otherwise: Unit, block: &Block, report: &mut Report<'_>) -> Unit {
    let Some(word) = word else { return otherwise };
    word.get_ref().parse().unwrap_or_else(|error: String| {
        report.error(
            place_of(block, word),
            error,
            "units are made of fen, person, household, day, month and year with / and *",
        );
        otherwise
    })
}

fn money_unit(word: Option<&Word>, name: &Word, block: &Block, report: &mut Report<'_>) -> Unit {
    let unit = unit(word, Unit::FEN, block, report);
    if word.is_none() || !unit.is_money() {
        report.error(
            place_of(block, word.unwrap_or(name)),
            "an amount needs a unit of money",
            "for example `fen/person/month`",
        );
    }
    unit
}
