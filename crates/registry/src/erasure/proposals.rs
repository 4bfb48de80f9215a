//! Proposals to erase: what was proposed with which ground, and what a second person made of it.
//!
//! Must not know what stands in the way of an erasure or how keys go: who proposes and confirms asks that first.

use minsheng_core::Date;
use minsheng_store::{Query, Row, Scope, Tx, Value, statement};

use crate::evidence::{About, about_of, division_of};
use crate::{Ctx, RegistryError};

/// A proposal with what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Proposal {
    /// Key.
    pub id: i64,
    /// `H000123`, `P000123`, or of a scan its content and whose it is: `12 (H000123)`.
    pub about: String,
    /// Why.
    pub ground: String,
    /// The legal reference.
    pub cite: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_on: Date,
    /// Who confirmed or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_on: Option<Date>,
    /// Whether it was confirmed.
    pub confirmed: Option<bool>,
}

/// What a proposal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The record of a household, or of a person in none.
    Record(About),
    /// The content of one scan.
    Scan(i64),
}

impl Target {
    fn key(self) -> (&'static str, i64) {
        match self {
            Target::Record(about) => (about.kind(), about.id()),
            Target::Scan(content) => (SCAN, content),
        }
    }
}

/// Word under which proposals about scans are stored.
const SCAN: &str = "attachment";

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.subject_kind, e.subject_id, e.ground, e.cite, e.proposed_by, e.proposed_on, e.decided_by,
                    e.decided_on, e.confirmed, c.subject_kind, c.subject_id
             FROM erasure e
             LEFT JOIN attachment_content c ON e.subject_kind = 'attachment' AND c.id = e.subject_id ",
            $rest
        )
    };
}

statement! {
    PROPOSAL, internal "one proposal inside an act whose area is checked from its subject",
    columns!("WHERE e.id = ?1")
}
statement! {
    PROPOSALS, scoped,
    columns!(
        "LEFT JOIN household h ON h.id = CASE WHEN e.subject_kind = 'household' THEN e.subject_id
                                              WHEN c.subject_kind = 'household' THEN c.subject_id END
         LEFT JOIN person p ON p.id = CASE WHEN e.subject_kind = 'person' THEN e.subject_id
                                           WHEN c.subject_kind = 'person' THEN c.subject_id END
         WHERE {scope:COALESCE(h.division, p.division)} ORDER BY e.id"
    )
}
statement! {
    SCANS_PROPOSED, scoped,
    columns!(
        "LEFT JOIN household h ON c.subject_kind = 'household' AND h.id = c.subject_id
         LEFT JOIN person p ON c.subject_kind = 'person' AND p.id = c.subject_id
         WHERE e.subject_kind = 'attachment' AND e.decided_tx IS NULL AND {scope:COALESCE(h.division, p.division)}
         ORDER BY e.id"
    )
}
statement! {
    OPEN_PROPOSAL, internal "one subject inside an act whose area was checked",
    "SELECT id FROM erasure WHERE subject_kind = ?1 AND subject_id = ?2 AND decided_tx IS NULL"
}

/// All proposals of the area, oldest first.
///
/// # Errors
/// The store's.
pub fn proposals(q: &mut dyn Query, scope: &Scope) -> Result<Vec<Proposal>, RegistryError> {
    let rows = q.scoped(&PROPOSALS, scope, &[])?;
    rows.iter()
        .map(|row| Ok(proposal_of(row)?.proposal))
        .collect()
}

/// The proposals about scans of the area that wait for a second person.
pub(super) fn scans_waiting(
    q: &mut dyn Query,
    scope: &Scope,
) -> Result<Vec<(Proposal, i64)>, RegistryError> {
    let mut waiting = Vec::new();
    for row in q.scoped(&SCANS_PROPOSED, scope, &[])? {
        let read = proposal_of(&row)?;
        if let Target::Scan(content) = read.target {
            waiting.push((read.proposal, content));
        }
    }
    Ok(waiting)
}

/// Checks that a ground and a legal reference are given, in 1 to 200 characters each.
pub(super) fn expect_grounds(ground: &str, cite: &str) -> Result<(), RegistryError> {
    for (field, text) in [("ground", ground), ("cite", cite)] {
        if !(1..=200).contains(&text.trim().chars().count()) {
            return Err(RegistryError::Field {
                field: field.to_owned(),
                reason: "give 1 to 200 characters".to_owned(),
            });
        }
    }
    Ok(())
}

/// The proposal about a subject that waits for a second person, if there is one.
pub(super) fn open(q: &mut dyn Query, target: Target) -> Result<Option<i64>, RegistryError> {
    let (kind, id) = target.key();
    let rows = q.rows(&OPEN_PROPOSAL, &[Value::from(kind), Value::from(id)])?;
    Ok(rows.first().map(|row| row.int(0)).transpose()?)
}

/// Writes a proposal down.
pub(super) fn propose(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    target: Target,
    (ground, cite): (&str, &str),
    (ended_on, due_on): (Option<Date>, Option<Date>),
) -> Result<i64, RegistryError> {
    let (kind, id) = target.key();
    Ok(tx.insert(
        "erasure",
        &[
            ("subject_kind", kind.into()),
            ("subject_id", id.into()),
            ("ground", ground.trim().into()),
            ("cite", cite.trim().into()),
            ("ended_on", Value::from(ended_on)),
            ("due_on", Value::from(due_on)),
            ("proposed_by", ctx.actor.username.as_str().into()),
            ("proposed_on", ctx.today().into()),
        ],
    )?)
}

/// A proposal that waits, of the user's area and not the user's own.
pub(super) fn waiting(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: i64,
    what: &str,
) -> Result<(Proposal, Target), RegistryError> {
    let rows = tx.rows(&PROPOSAL, &[Value::from(id)])?;
    let Some(row) = rows.first() else {
        return Err(RegistryError::NotFound {
            what: "proposal of erasure",
            id: id.to_string(),
        });
    };
    let Read {
        proposal,
        target,
        whose,
    } = proposal_of(row)?;
    ctx.require_area(division_of(tx, whose)?)?;
    if let Some(by) = &proposal.decided_by {
        return Err(RegistryError::Field {
            field: format!("proposal {id}"),
            reason: format!("{by} decided it already"),
        });
    }
    expect_other(ctx, &proposal, what)?;
    Ok((proposal, target))
}

/// Four eyes: who proposed does not decide.
pub(super) fn expect_other(
    ctx: &Ctx,
    proposal: &Proposal,
    what: &str,
) -> Result<(), RegistryError> {
    if proposal.proposed_by == ctx.actor.username {
        return Err(RegistryError::FourEyes {
            user: ctx.actor.username.clone(),
            what: what.to_owned(),
        });
    }
    Ok(())
}

/// Writes down what was decided.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: i64,
    confirmed: bool,
) -> Result<(), RegistryError> {
    let now = tx.number();
    tx.update(
        "erasure",
        id,
        &[
            ("decided_by", ctx.actor.username.as_str().into()),
            ("decided_on", ctx.today().into()),
            ("decided_tx", now.into()),
            ("confirmed", confirmed.into()),
        ],
    )?;
    Ok(())
}

/// A row as read.
struct Read {
    proposal: Proposal,
    target: Target,
    /// Whose area it is of.
    whose: About,
}

fn proposal_of(row: &Row) -> Result<Read, RegistryError> {
    let (kind, id) = (row.text(1)?, row.int(2)?);
    let (target, whose) = match (kind, row.opt_text(10)?, row.opt_int(11)?) {
        ("household" | "person", ..) => (Target::Record(about_of(kind, id)), about_of(kind, id)),
        (SCAN, Some(of), Some(whose)) => (Target::Scan(id), about_of(of, whose)),
        _ => {
            return Err(RegistryError::Inconsistent {
                what: format!("proposal {}", row.int(0)?),
                reason: format!("it is about `{kind}` {id}, which is nothing known"),
            });
        }
    };
    let proposal = Proposal {
        id: row.int(0)?,
        about: match target {
            Target::Record(about) => about.name(),
            Target::Scan(content) => format!("{content} ({})", whose.name()),
        },
        ground: row.text(3)?.to_owned(),
        cite: row.text(4)?.to_owned(),
        proposed_by: row.text(5)?.to_owned(),
        proposed_on: row.date(6)?,
        decided_by: row.opt_text(7)?.map(str::to_owned),
        decided_on: row.opt_date(8)?,
        confirmed: row.opt_int(9)?.map(|value| value != 0),
    };
    Ok(Read {
        proposal,
        target,
        whose,
    })
}
