//! Evidence as a person types it, on the command line or in a form, compared with what the packs declare before
//! anything is written: an unknown kind or a missing amount is said at the field, not found months later.

use anyhow::anyhow;
use minsheng_core::{Date, Fen};
use minsheng_policy::{Column, Entity, EvidenceDecl, Form, PackSet};
use minsheng_registry::evidence::{About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;

use crate::app::App;
use crate::failure::Failure;

/// One piece of evidence as typed.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Kind, such as `income`.
    pub kind: String,
    /// Which one of several, such as `wage`.
    pub slot: String,
    /// Code, such as `urban`.
    pub code: Option<String>,
    /// Whole number.
    pub quantity: Option<i64>,
    /// Yuan.
    pub amount: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// First day no longer.
    pub to: Option<Date>,
    /// Who holds it.
    pub source: Option<String>,
}

/// The declaration of a kind, in any programme of the packs.
pub fn declaration<'p>(
    app: &App,
    packs: &'p PackSet,
    entity: Entity,
    kind: &str,
) -> anyhow::Result<&'p EvidenceDecl> {
    let all = || {
        packs
            .programmes()
            .iter()
            .flat_map(|programme| &programme.evidence)
    };
    if let Some(found) = all().find(|declared| declared.entity == entity && declared.kind == kind) {
        return Ok(found);
    }
    let mut known: Vec<&str> = all()
        .filter(|declared| declared.entity == entity)
        .map(|declared| declared.kind.as_str())
        .collect();
    known.sort_unstable();
    known.dedup();
    let whose = app.words.say(match entity {
        Entity::Household => "word-household",
        Entity::Person => "word-person",
    });
    Err(anyhow!(Failure::new(
        app.words.tell(
            "evidence-unknown-kind",
            &[("kind", &kind), ("whose", &whose)]
        ),
        app.words.tell(
            "evidence-unknown-kind-hint",
            &[("known", &known.join(", "))]
        ),
    )))
}

/// What a declaration wants and the entry lacks or has wrong, in words; `None` when it fits.
fn fault(app: &App, declared: &EvidenceDecl, entry: &Entry) -> Option<String> {
    let needs = |field: &str| Some(app.words.tell("evidence-needs", &[("field", &field)]));
    let code_among = |codes: &[&str]| match entry.code.as_deref() {
        Some(code) if codes.contains(&code) => None,
        _ => Some(
            app.words
                .tell("evidence-code-among", &[("codes", &codes.join(", "))]),
        ),
    };
    let column = |column: Column, form: &Form| match column {
        Column::Slot if entry.slot.is_empty() => needs("slot"),
        Column::Code if entry.code.is_none() => needs("code"),
        Column::Quantity if entry.quantity.is_none() => needs("quantity"),
        Column::Amount if entry.amount.is_none() => needs("amount"),
        Column::Slot => match form {
            Form::Code { codes, .. }
                if !codes.is_empty() && !codes.iter().any(|code| code.code == entry.slot) =>
            {
                let codes: Vec<&str> = codes.iter().map(|code| code.code.as_str()).collect();
                Some(
                    app.words
                        .tell("evidence-slot-among", &[("slots", &codes.join(", "))]),
                )
            }
            _ => None,
        },
        _ => None,
    };
    match &declared.form {
        Form::Flag => code_among(&["yes", "no"]),
        Form::Since => None,
        Form::Code { codes, parts } if parts.is_empty() && !codes.is_empty() => code_among(
            &codes
                .iter()
                .map(|code| code.code.as_str())
                .collect::<Vec<_>>(),
        ),
        form @ Form::Code { .. } => column(Column::Code, form),
        form @ Form::Quantity { .. } => column(Column::Quantity, form),
        form @ Form::Amount { .. } => column(Column::Amount, form),
        Form::Records { fields, .. } => fields
            .iter()
            .find_map(|field| column(field.column, &field.form)),
    }
}

/// The evidence to record. `place` says in errors where the entry stands.
pub fn complete(
    app: &App,
    packs: &PackSet,
    about: About,
    entry: &Entry,
    from: Date,
    place: &str,
) -> anyhow::Result<NewEvidence> {
    let entity = match about {
        About::Person(_) => Entity::Person,
        About::Household(_) => Entity::Household,
    };
    let declared = declaration(app, packs, entity, &entry.kind)
        .map_err(|error| error.context(place.to_owned()))?;
    let refused = |what: String| {
        let label = declared.label.get(app.lang);
        Failure::new(
            app.words.tell(
                "evidence-wrong",
                &[
                    ("place", &place),
                    ("kind", &entry.kind),
                    ("label", &label),
                    ("what", &what),
                ],
            ),
            app.words
                .tell("evidence-wrong-hint", &[("cite", &declared.cite)]),
        )
    };
    if let Some(what) = fault(app, declared, entry) {
        return Err(anyhow!(refused(what)));
    }
    let amount = entry.amount.as_deref().map(Fen::parse_yuan).transpose();
    let amount = amount.map_err(|error| anyhow!(error).context(format!("{place}, amount")))?;
    let source = entry
        .source
        .clone()
        .filter(|source| !source.trim().is_empty());
    let source = source.ok_or_else(|| {
        anyhow!(refused(
            app.words.tell("evidence-needs", &[("field", &"source")])
        ))
    })?;
    Ok(NewEvidence {
        about,
        row: EvidenceRow {
            kind: entry.kind.clone(),
            slot: entry.slot.clone(),
            code: entry.code.clone(),
            quantity: entry.quantity,
            amount_fen: amount.map(Fen::get),
            valid_from: entry.from.unwrap_or(from),
            valid_to: entry.to,
        },
        health: declared.health,
        source,
    })
}
