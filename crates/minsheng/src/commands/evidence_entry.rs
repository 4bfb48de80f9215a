//! Evidence as a person types it, on the command line or in a form, compared with what the packs declare before
//! anything is written: an unknown kind or a missing amount is said at the field, not found months later.

use anyhow::anyhow;
use minsheng_core::{Date, Fen};
use minsheng_policy::{Entity, EvidenceDecl, PackSet};
use minsheng_registry::evidence::{About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::{RegistryError, checks};

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
fn declaration<'p>(
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

/// The evidence to record, checked as the registry will check it. `place` says in errors where the entry stands.
pub fn complete(
    app: &App,
    packs: &PackSet,
    about: About,
    entry: &Entry,
    days: Days,
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
        let kind = &entry.kind;
        anyhow!(Failure::new(
            app.words.tell(
                "evidence-wrong",
                &[
                    ("place", &place),
                    ("kind", kind),
                    ("label", &label),
                    ("what", &what)
                ],
            ),
            app.words
                .tell("evidence-wrong-hint", &[("cite", &declared.cite)]),
        ))
    };
    let amount = entry.amount.as_deref().map(Fen::parse_yuan).transpose();
    let amount = amount.map_err(|error| anyhow!(error).context(format!("{place}, amount")))?;
    let source = entry
        .source
        .clone()
        .filter(|source| !source.trim().is_empty());
    let source =
        source.ok_or_else(|| refused(app.words.tell("evidence-needs", &[("field", &"source")])))?;
    let new = NewEvidence {
        about,
        row: EvidenceRow {
            kind: entry.kind.clone(),
            slot: entry.slot.clone(),
            code: entry.code.clone(),
            quantity: entry.quantity,
            amount_fen: amount.map(Fen::get),
            valid_from: entry.from.unwrap_or(days.from),
            valid_to: entry.to,
        },
        health: declared.health,
        source,
    };
    match checks::check(packs, &new, days.today) {
        Ok(()) => Ok(new),
        Err(RegistryError::Field { field, reason }) => {
            // The place in the form says more than the key, which a new subject does not have yet.
            let field = field.rsplit(", ").next().unwrap_or(&field);
            Err(refused(format!("{field}: {reason}")))
        }
        Err(other) => Err(anyhow!(other).context(place.to_owned())),
    }
}

/// The days an entry is read with.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// First day of evidence that names none.
    pub from: Date,
    /// The day of the act; nothing may begin after it.
    pub today: Date,
}
