//! Evidence declarations: from blocks to slots, types and the public list.

use super::forms::form;
use crate::layout::{Cell, Layout, Slot};
use crate::model::{Absent, AbsentValue, Change, CodeDecl, Entity, EvidenceDecl, Form};
use crate::pack::assemble::Assembly;
use crate::pack::blocks::{EvidenceBlock, FormWord, RawValue, place_of};
use crate::pack::markdown::Block;
use crate::pack::report::{Report, suggestion};
use crate::text::Bilingual;
use crate::types::{CodeList, Type};

/// Builds the layout of a programme from its evidence and code lists.
pub(crate) fn layout(assembly: &Assembly, report: &mut Report<'_>) -> Layout {
    let mut layout = Layout {
        code_lists: common_codes(),
        ..Layout::default()
    };
    let (sex, relation) = (0, 1);
    layout.person = vec![
        built_in("birth_date", Type::Date, None),
        built_in("sex", Type::Code(sex), Some(sex)),
        built_in("relation", Type::Code(relation), Some(relation)),
        built_in("head", Type::Bool, None),
    ];
    for (codes, block) in &assembly.codes {
        if layout.code_list(codes.name.get_ref()).is_some() {
            report.error(
                place_of(block, &codes.name),
                format!(
                    "the code list `{}` is declared already",
                    codes.name.get_ref()
                ),
                "",
            );
        }
        layout.code_lists.push(CodeList {
            name: codes.name.get_ref().clone(),
            codes: codes.code.clone(),
        });
    }
    for (evidence, block) in &assembly.evidence {
        add(&mut layout, evidence, block, report);
    }
    for (evidence, block) in &assembly.evidence {
        close(&mut layout, evidence, block, report);
    }
    layout.fingerprint = fingerprint(&layout.evidence);
    layout
}

fn built_in(name: &str, ty: Type, codes: Option<u16>) -> Slot {
    Slot {
        name: name.to_owned(),
        ty,
        evidence: None,
        asks_for: name.to_owned(),
        absent: Cell::Missing,
        codes,
    }
}

fn common_codes() -> Vec<CodeList> {
    let list = |name: &str, codes: &[(&str, &str, &str)]| CodeList {
        name: name.to_owned(),
        codes: codes
            .iter()
            .map(|(code, zh, en)| CodeDecl {
                code: (*code).to_owned(),
                label: Bilingual::new(*zh, *en),
            })
            .collect(),
    };
    vec![
        list(
            "sex",
            &[
                ("0", "未知的性别", "unknown"),
                ("1", "男", "male"),
                ("2", "女", "female"),
                ("9", "未说明的性别", "not stated"),
            ],
        ),
        list(
            "relation",
            &[
                ("head", "户主", "head"),
                ("spouse", "配偶", "spouse"),
                ("child", "子女", "child"),
                ("parent", "父母", "parent"),
                ("grandparent", "祖父母、外祖父母", "grandparent"),
                ("grandchild", "孙子女、外孙子女", "grandchild"),
                ("sibling", "兄弟姐妹", "sibling"),
                ("other", "其他", "other"),
            ],
        ),
    ]
}

fn add(layout: &mut Layout, evidence: &EvidenceBlock, block: &Block, report: &mut Report<'_>) {
    let name = evidence.name.get_ref();
    let slots = if evidence.entity == Entity::Household {
        &layout.household
    } else {
        &layout.person
    };
    let reserved = ["id", "members"].contains(&name.as_str());
    if reserved || slots.iter().any(|slot| slot.name == *name) {
        return report.error(
            place_of(block, &evidence.name),
            format!("the evidence `{name}` is declared already"),
            "",
        );
    }
    let index = layout.evidence.len() as u16;
    let (form, ty, codes, records) = form(layout, evidence, index, block, report);
    let absent = absent(layout, evidence, &form, codes, block, report);
    if evidence.optional && absent.is_some() {
        report.error(
            place_of(block, &evidence.name),
            format!("`{name}` is declared both optional and absent"),
            "a null cannot be unknown and known at once: keep `absent` when nothing recorded means something",
        );
    }
    let optional = matches!(absent, Some((_, Cell::None)));
    let ty = match (&form, optional) {
        (Form::Since | Form::Code { .. }, true) => Type::optional(ty),
        _ => ty,
    };
    let slot = Slot {
        name: name.clone(),
        ty,
        evidence: Some(index),
        asks_for: name.clone(),
        absent: absent.as_ref().map_or(Cell::Missing, |(_, cell)| *cell),
        codes,
    };
    match evidence.entity {
        Entity::Household => layout.household.push(slot),
        Entity::Person => layout.person.push(slot),
    }
    layout.records.push(records);
    layout.evidence.push(EvidenceDecl {
        name: name.clone(),
        entity: evidence.entity,
        kind: evidence.kind.clone().unwrap_or_else(|| name.clone()),
        form,
        absent: absent.map(|(absent, _)| absent),
        optional: evidence.optional,
        closed_by: evidence
            .closed_by
            .as_ref()
            .map(|word| word.get_ref().clone()),
        health: evidence.health,
        change: evidence.change.unwrap_or(Change::Person),
        source: evidence.source.clone(),
        label: evidence.label.clone(),
        cite: evidence.cite.clone(),
    });
}

fn absent(
    layout: &Layout,
    evidence: &EvidenceBlock,
    form: &Form,
    codes: Option<u16>,
    block: &Block,
    report: &mut Report<'_>,
) -> Option<(Absent, Cell)> {
    let declared = evidence.absent.as_ref()?;
    let list = codes.map(|index| &layout.code_lists[index as usize]);
    let found = match (declared.value.get_ref(), form) {
        (RawValue::Text(text), Form::Since) if text == "none" => {
            Some((AbsentValue::None, Cell::None))
        }
        (RawValue::Text(text), Form::Code { .. }) => match list.and_then(|list| list.index(text)) {
            Some(index) => Some((AbsentValue::Code(text.clone()), Cell::Code(index))),
            None if text == "none" => Some((AbsentValue::None, Cell::None)),
            None => None,
        },
        (RawValue::Bool(value), Form::Flag) => {
            Some((AbsentValue::Flag(*value), Cell::Bool(*value)))
        }
        (RawValue::Int(value), Form::Quantity { .. } | Form::Amount { .. }) => {
            Some((AbsentValue::Quantity(*value), Cell::Int(*value)))
        }
        _ => None,
    };
    let Some((value, cell)) = found else {
        let place = place_of(block, &declared.value);
        report.error(
            place,
            "this cannot stand for absent evidence",
            "write one of its codes, a flag, a number, or \"none\"",
        );
        return None;
    };
    Some((
        Absent {
            value,
            cite: declared.cite.clone(),
            mark: declared.mark,
        },
        cell,
    ))
}

/// Resolves `closed_by`, once all evidence is known.
fn close(layout: &mut Layout, evidence: &EvidenceBlock, block: &Block, report: &mut Report<'_>) {
    let Some(closer) = &evidence.closed_by else {
        return;
    };
    let slots = if evidence.entity == Entity::Household {
        &mut layout.household
    } else {
        &mut layout.person
    };
    if evidence.form != FormWord::Records || evidence.absent.is_some() {
        report.error(
            place_of(block, closer),
            "only a list of records without `absent` is closed by other evidence",
            "",
        );
    }
    if !slots
        .iter()
        .any(|slot| slot.name == *closer.get_ref() && slot.evidence.is_some())
    {
        let hint = suggestion(
            closer.get_ref(),
            slots.iter().map(|slot| slot.name.as_str()),
        );
        report.error(
            place_of(block, closer),
            format!("unknown evidence `{}`", closer.get_ref()),
            hint,
        );
    }
    if let Some(slot) = slots
        .iter_mut()
        .find(|slot| slot.name == *evidence.name.get_ref())
    {
        slot.asks_for = closer.get_ref().clone();
    }
}

/// FNV-1a over the declarations.
fn fingerprint(evidence: &[EvidenceDecl]) -> u64 {
    let text = format!("{evidence:?}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
