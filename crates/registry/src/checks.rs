//! Evidence is checked against what the packs declare before it is recorded: kind, code, bounds, dates. A row that
//! no rule can read would make a household undetermined for reasons that nobody sees.

use minsheng_core::Date;
use minsheng_policy::{CodePart, Column, Entity, EvidenceDecl, Form, PackSet};

use crate::RegistryError;
use crate::evidence::{About, NewEvidence};
use crate::facts::EvidenceRow;

/// The declaration of a kind of evidence about persons or households, if a programme has one.
pub fn declaration(packs: &PackSet, about: About, kind: &str) -> Option<EvidenceDecl> {
    let entity = match about {
        About::Person(_) => Entity::Person,
        About::Household(_) => Entity::Household,
    };
    let mut all = packs
        .programmes()
        .iter()
        .flat_map(|programme| &programme.evidence);
    all.find(|declared| declared.entity == entity && declared.kind == kind)
        .cloned()
}

/// Refuses a row that its declaration does not allow.
///
/// # Errors
/// [`RegistryError::Field`] naming the row, the field and what would be right.
pub fn check(packs: &PackSet, new: &NewEvidence, today: Date) -> Result<(), RegistryError> {
    let row = &new.row;
    let what = new.about.describe(&row.kind, &row.slot);
    let refuse = |field: &str, reason: String| {
        Err(RegistryError::Field {
            field: format!("{what}, {field}"),
            reason,
        })
    };
    let Some(declared) = declaration(packs, new.about, &row.kind) else {
        return refuse(
            "kind",
            format!(
                "no programme reads `{}`\nhint: `minsheng policy show PROGRAMME` lists the evidence",
                row.kind
            ),
        );
    };
    if declared.health != new.health {
        return refuse("kind", "health facts are sealed, others are not".to_owned());
    }
    if row.amount_fen.is_some_and(|amount| amount < 0) {
        return refuse(
            "amount",
            "is below zero; an amount is never negative".to_owned(),
        );
    }
    if row.valid_from > today {
        return refuse(
            "valid_from",
            format!(
                "{} lies in the future; record it when it is true",
                row.valid_from
            ),
        );
    }
    let given = [
        (Column::Code, "code", row.code.is_some()),
        (Column::Quantity, "quantity", row.quantity.is_some()),
        (Column::Amount, "amount", row.amount_fen.is_some()),
    ];
    for (column, name, given) in given {
        if given && !declared_columns(&declared.form).contains(&column) {
            return refuse(name, "this kind of evidence has no such field".to_owned());
        }
    }
    match &declared.form {
        Form::Flag => one_of(
            row.code.as_deref(),
            ["yes", "no"].into_iter(),
            &refuse,
            "code",
        ),
        Form::Since => Ok(()),
        Form::Code { codes, parts } if parts.is_empty() => one_of(
            row.code.as_deref(),
            codes.iter().map(|code| code.code.as_str()),
            &refuse,
            "code",
        ),
        Form::Code { parts, .. } => compound(row.code.as_deref(), parts, &refuse),
        Form::Quantity { min, max, .. } => within(row.quantity, *min, *max, &refuse, "quantity"),
        Form::Amount { .. } if row.amount_fen.is_none() => {
            refuse("amount", "is missing".to_owned())
        }
        Form::Amount { .. } => Ok(()),
        Form::Records { fields, .. } => {
            for field in fields {
                record_field(row, field.column, &field.form, &refuse)?;
            }
            Ok(())
        }
    }
}

/// The columns that a form reads.
fn declared_columns(form: &Form) -> Vec<Column> {
    match form {
        Form::Flag | Form::Code { .. } => vec![Column::Code],
        Form::Since => Vec::new(),
        Form::Quantity { .. } => vec![Column::Quantity],
        Form::Amount { .. } => vec![Column::Amount],
        Form::Records { fields, .. } => fields.iter().map(|field| field.column).collect(),
    }
}

fn record_field(
    row: &EvidenceRow,
    column: Column,
    form: &Form,
    refuse: &dyn Fn(&str, String) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    let text = match column {
        Column::Slot => Some(row.slot.as_str()),
        _ => row.code.as_deref(),
    };
    let name = match column {
        Column::Slot => "slot",
        Column::Code => "code",
        Column::Quantity => "quantity",
        Column::Amount => "amount",
    };
    match form {
        Form::Code { codes, .. } => one_of(
            text,
            codes.iter().map(|code| code.code.as_str()),
            refuse,
            name,
        ),
        Form::Quantity { min, max, .. } => within(row.quantity, *min, *max, refuse, name),
        Form::Amount { .. } if row.amount_fen.is_none() => refuse(name, "is missing".to_owned()),
        _ => Ok(()),
    }
}

fn one_of<'a>(
    code: Option<&str>,
    allowed: impl Iterator<Item = &'a str>,
    refuse: &dyn Fn(&str, String) -> Result<(), RegistryError>,
    field: &str,
) -> Result<(), RegistryError> {
    let allowed: Vec<&str> = allowed.collect();
    match code {
        Some(code) if allowed.contains(&code) => Ok(()),
        Some(code) => refuse(
            field,
            format!("`{code}` is unknown; one of {}", allowed.join(", ")),
        ),
        None => refuse(field, format!("is missing; one of {}", allowed.join(", "))),
    }
}

fn within(
    number: Option<i64>,
    min: i64,
    max: Option<i64>,
    refuse: &dyn Fn(&str, String) -> Result<(), RegistryError>,
    field: &str,
) -> Result<(), RegistryError> {
    let bounds = max.map_or_else(|| format!("{min} or more"), |max| format!("{min} to {max}"));
    match number {
        Some(number) if number >= min && max.is_none_or(|max| number <= max) => Ok(()),
        Some(number) => refuse(field, format!("{number} is out of bounds; {bounds}")),
        None => refuse(field, format!("is missing; {bounds}")),
    }
}

fn compound(
    code: Option<&str>,
    parts: &[CodePart],
    refuse: &dyn Fn(&str, String) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    let form: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {} to {}", part.name, part.min, part.max))
        .collect();
    let good = code.is_some_and(|code| {
        code.len() == parts.len()
            && code.bytes().zip(parts).all(|(digit, part)| {
                digit.is_ascii_digit() && (part.min..=part.max).contains(&i64::from(digit - b'0'))
            })
    });
    if good {
        return Ok(());
    }
    refuse(
        "code",
        format!(
            "`{}` does not fit; one digit each: {}",
            code.unwrap_or(""),
            form.join(", ")
        ),
    )
}
