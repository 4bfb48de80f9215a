//! Evidence: what is known about a person or a household, on two time axes.
//!
//! A row says that something was true from `valid_from` up to, not including, `valid_to`. Rows are never
//! changed: a correction supersedes the row and records another. Two rows of one subject, kind and slot never
//! cover the same day. Health facts (个人信息保护法 art. 28, sensitive) are sealed under the person's own key.

use std::collections::BTreeMap;

use minsheng_core::Date;
use minsheng_store::{Query, StoreError, Subject, Tx, TxNo, Value, statement};

use crate::checks::check;
use crate::erasure::Erased;
use crate::facts::EvidenceRow;
use crate::{Ctx, Desk, HouseholdId, PersonId, RegistryError, Role};

pub(crate) const SEALED_LABEL: &str = "evidence";

/// Whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A person.
    Person(PersonId),
    /// A household.
    Household(HouseholdId),
}

impl About {
    /// The key as people write it.
    pub(crate) fn name(self) -> String {
        match self {
            About::Person(id) => id.to_string(),
            About::Household(id) => id.to_string(),
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            About::Person(_) => "person",
            About::Household(_) => "household",
        }
    }

    pub(crate) fn id(self) -> i64 {
        match self {
            About::Person(id) => id.0,
            About::Household(id) => id.0,
        }
    }

    pub(crate) fn subject(self) -> Subject {
        match self {
            About::Person(id) => Subject::Person(id.0),
            About::Household(id) => Subject::Household(id.0),
        }
    }

    pub(crate) fn describe(self, kind: &str, slot: &str) -> String {
        let whom = self.name();
        if slot.is_empty() {
            format!("{kind} of {whom}")
        } else {
            format!("{kind}/{slot} of {whom}")
        }
    }
}

/// Evidence as a clerk enters it.
#[derive(Debug, Clone)]
pub struct NewEvidence {
    /// Whom it is about.
    pub about: About,
    /// What it says.
    pub row: EvidenceRow,
    /// Whether it is a health fact and has to be sealed (declared in the pack).
    pub health: bool,
    /// Who holds it: an office, a paper, a declaration.
    pub source: String,
}

/// A row with its place on the recorded axis.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordedEvidence {
    /// Key of the row.
    pub id: i64,
    /// What it says.
    pub row: EvidenceRow,
    /// Who holds it.
    pub source: String,
    /// Transaction that recorded it.
    pub tx: i64,
    /// Transaction that superseded it.
    pub superseded_tx: Option<i64>,
    /// Why its value cannot be read any more; code, quantity and amount are empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

statement! {
    EVIDENCE_IN_THE_WAY, internal "the guard against overlap inside an act whose area was checked",
    "SELECT id, valid_from, valid_to FROM evidence
     WHERE subject_kind = ?1 AND subject_id = ?2 AND kind = ?3 AND slot = ?4 AND superseded_tx IS NULL
       AND (valid_to IS NULL OR valid_to > ?5) AND valid_from < ?6
     ORDER BY valid_from"
}
statement! {
    EVIDENCE_BY_ID, internal "one row inside an act whose area is checked from it",
    "SELECT id, kind, slot, code, quantity, amount_fen, sealed, valid_from, valid_to, source, tx, superseded_tx, subject_kind, subject_id
     FROM evidence WHERE id = ?1"
}
statement! {
    EVIDENCE_OF_SUBJECT, internal "the time line of one subject, whose area the caller checked",
    "SELECT id, kind, slot, code, quantity, amount_fen, sealed, valid_from, valid_to, source, tx, superseded_tx, subject_kind, subject_id
     FROM evidence WHERE subject_kind = ?1 AND subject_id = ?2 AND tx <= ?3 ORDER BY kind, slot, valid_from, id"
}
statement! {
    DEATH_OF, internal "one person inside an act whose area was checked",
    "SELECT valid_from FROM evidence
     WHERE subject_kind = 'person' AND subject_id = ?1 AND kind = 'death' AND valid_to IS NULL AND tx <= ?2
       AND (superseded_tx IS NULL OR superseded_tx > ?2)
     ORDER BY valid_from"
}
statement! {
    DEATHS, internal "a whole-county computation of the payment run; gives keys and days only",
    "SELECT subject_id, valid_from FROM evidence
     WHERE kind = 'death' AND subject_kind = 'person' AND valid_to IS NULL AND tx <= ?1 AND (superseded_tx IS NULL OR superseded_tx > ?1)
     ORDER BY subject_id"
}

const FAR: i64 = 4_000_000;

/// Records one row.
///
/// # Errors
/// [`RegistryError::Overlap`] naming both rows, [`RegistryError::Role`], [`RegistryError::Area`],
/// [`RegistryError::Field`], or the store's.
pub fn record(desk: &Desk<'_>, ctx: &Ctx, evidence: &NewEvidence) -> Result<i64, RegistryError> {
    may_write(ctx)?;
    desk.store.write(&ctx.act("evidence.record"), |tx| {
        ctx.require_area(division_of(tx, evidence.about)?)?;
        check(desk.packs.current(), evidence, ctx.today())?;
        refuse_overlap(tx, evidence)?;
        insert(tx, std::slice::from_ref(evidence))
    })
}

/// Records many rows, all or none, and gives the key of the first; the others follow it.
///
/// # Errors
/// As [`record`]; an overlap is refused by the guard of the database, which names both rows.
pub fn record_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    evidence: &[NewEvidence],
) -> Result<i64, RegistryError> {
    may_write(ctx)?;
    desk.store.write(&ctx.act("evidence.record"), |tx| {
        let mut seen = BTreeMap::new();
        for row in evidence {
            check(desk.packs.current(), row, ctx.today())?;
            if seen.insert(row.about, ()).is_none() {
                ctx.require_area(division_of(tx, row.about)?)?;
            }
        }
        insert(tx, evidence)
    })
}

/// Records that from `row.valid_from` on something else is true: the row open on that day is superseded and
/// entered again up to that day, then the new one is entered.
///
/// # Errors
/// As [`record`].
pub fn change(desk: &Desk<'_>, ctx: &Ctx, evidence: &NewEvidence) -> Result<i64, RegistryError> {
    may_write(ctx)?;
    desk.store.write(&ctx.act("evidence.change"), |tx| {
        change_in(tx, desk, ctx, evidence)
    })
}

pub(crate) fn change_in(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    ctx: &Ctx,
    evidence: &NewEvidence,
) -> Result<i64, RegistryError> {
    ctx.require_area(division_of(tx, evidence.about)?)?;
    check(desk.packs.current(), evidence, ctx.today())?;
    end_at(
        tx,
        evidence.about,
        &evidence.row.kind,
        &evidence.row.slot,
        evidence.row.valid_from,
    )?;
    refuse_overlap(tx, evidence)?;
    insert(tx, std::slice::from_ref(evidence))
}

/// Records that from a day on nothing of this kind and slot is true any more.
///
/// # Errors
/// [`RegistryError::NotFound`] if nothing was true then; otherwise as [`record`].
pub fn end(
    desk: &Desk<'_>,
    ctx: &Ctx,
    about: About,
    kind: &str,
    slot: &str,
    first_day_not: Date,
) -> Result<(), RegistryError> {
    may_write(ctx)?;
    desk.store.write(&ctx.act("evidence.end"), |tx| {
        ctx.require_area(division_of(tx, about)?)?;
        if end_at(tx, about, kind, slot, first_day_not)? {
            Ok(())
        } else {
            Err(RegistryError::NotFound {
                what: "current evidence:",
                id: about.describe(kind, slot),
            })
        }
    })
}

/// Replaces a row that was wrong from the start. The wrong row stays readable at the transactions before.
///
/// # Errors
/// [`RegistryError::NotFound`], [`RegistryError::Superseded`]; otherwise as [`record`].
pub fn correct(
    desk: &Desk<'_>,
    ctx: &Ctx,
    wrong: i64,
    right: &NewEvidence,
) -> Result<i64, RegistryError> {
    may_write(ctx)?;
    desk.store.write(&ctx.act("evidence.correct"), |tx| {
        supersede(tx, ctx, wrong)?;
        ctx.require_area(division_of(tx, right.about)?)?;
        check(desk.packs.current(), right, ctx.today())?;
        refuse_overlap(tx, right)?;
        insert(tx, std::slice::from_ref(right))
    })
}

/// Withdraws a row that should never have been recorded, such as the death of somebody who lives. It stays
/// readable at the transactions before.
///
/// # Errors
/// [`RegistryError::NotFound`], [`RegistryError::Superseded`]; otherwise as [`record`].
pub fn withdraw(desk: &Desk<'_>, ctx: &Ctx, wrong: i64) -> Result<(), RegistryError> {
    may_write(ctx)?;
    desk.store.write(&ctx.act("evidence.withdraw"), |tx| {
        supersede(tx, ctx, wrong)
    })
}

/// Records what is true from a day on inside the act of another office, which has checked the area: what was true
/// before ends with that day, and what was recorded for the same day is corrected.
///
/// # Errors
/// [`RegistryError::Field`] for what the packs do not declare; or the store's.
pub fn set_in(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewEvidence,
) -> Result<i64, RegistryError> {
    check(desk.packs.current(), new, ctx.today())?;
    let row = &new.row;
    let key = (row.kind.as_str(), row.slot.as_str());
    match in_the_way(tx, new.about, key, row.valid_from, row.valid_to)? {
        Some((same_day, from, _)) if from == row.valid_from => supersede(tx, ctx, same_day)?,
        _ => {
            end_at(tx, new.about, key.0, key.1, row.valid_from)?;
        }
    }
    refuse_overlap(tx, new)?;
    insert(tx, std::slice::from_ref(new))
}

fn supersede(tx: &mut Tx<'_>, ctx: &Ctx, wrong: i64) -> Result<(), RegistryError> {
    let rows = tx.rows(&EVIDENCE_BY_ID, &[Value::from(wrong)])?;
    let Some(row) = rows.first() else {
        return Err(RegistryError::NotFound {
            what: "evidence row",
            id: wrong.to_string(),
        });
    };
    if row.opt_int(11)?.is_some() {
        return Err(RegistryError::Superseded(wrong));
    }
    ctx.require_area(division_of(tx, about_of(row.text(12)?, row.int(13)?))?)?;
    let now = Value::from(tx.number());
    tx.update("evidence", wrong, &[("superseded_tx", now)])?;
    Ok(())
}

/// Everything ever recorded about a subject up to a transaction, superseded rows included; sealed rows opened.
///
/// # Errors
/// The store's; [`RegistryError::Inconsistent`] for a sealed row that does not read.
pub fn history(
    q: &mut dyn Query,
    about: About,
    known: TxNo,
) -> Result<Vec<RecordedEvidence>, RegistryError> {
    let key = [
        Value::from(about.kind()),
        Value::from(about.id()),
        Value::from(known),
    ];
    let rows = q.rows(&EVIDENCE_OF_SUBJECT, &key)?;
    rows.iter()
        .map(|row| {
            let (read, erased) = match read_row(q, row, about, 1) {
                Ok(read) => (read, None),
                Err(RegistryError::Store(StoreError::Erased {
                    on, ground, cite, ..
                })) => (unread(row, 1)?, Some(Erased { on, ground, cite })),
                Err(other) => return Err(other),
            };
            Ok(RecordedEvidence {
                id: row.int(0)?,
                row: read,
                source: row.text(9)?.to_owned(),
                tx: row.int(10)?,
                // what happened later was not known then
                superseded_tx: row.opt_int(11)?.filter(|tx| *tx <= known.0),
                erased,
            })
        })
        .collect()
}

/// The day on which a person died, as known at a transaction.
///
/// # Errors
/// The store's.
pub fn death_of(
    q: &mut dyn Query,
    person: PersonId,
    known: TxNo,
) -> Result<Option<Date>, RegistryError> {
    let rows = q.rows(&DEATH_OF, &[Value::from(person), Value::from(known)])?;
    Ok(rows.first().map(|row| row.date(0)).transpose()?)
}

/// Deaths as known at a transaction: the self-executing fact of every programme.
///
/// # Errors
/// The store's.
pub fn deaths(q: &mut dyn Query, known: TxNo) -> Result<BTreeMap<PersonId, Date>, RegistryError> {
    q.rows(&DEATHS, &[Value::from(known)])?
        .iter()
        .map(|row| Ok((PersonId(row.int(0)?), row.date(1)?)))
        .collect()
}

fn may_write(ctx: &Ctx) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])
}

pub(crate) fn about_of(kind: &str, id: i64) -> About {
    if kind == "household" {
        About::Household(HouseholdId(id))
    } else {
        About::Person(PersonId(id))
    }
}

pub(crate) fn division_of(q: &mut dyn Query, about: About) -> Result<i64, RegistryError> {
    match about {
        About::Household(id) => crate::households::division_of(q, id),
        About::Person(id) => crate::persons::division_of(q, id),
    }
}

fn in_the_way(
    tx: &mut Tx<'_>,
    about: About,
    row: (&str, &str),
    from: Date,
    to: Option<Date>,
) -> Result<Option<(i64, Date, Option<Date>)>, RegistryError> {
    let until = to.map_or(Value::from(FAR), Value::from);
    let key = [
        Value::from(about.kind()),
        Value::from(about.id()),
        Value::from(row.0),
        Value::from(row.1),
        Value::from(from),
        until,
    ];
    match tx.rows(&EVIDENCE_IN_THE_WAY, &key)?.first() {
        Some(found) => Ok(Some((found.int(0)?, found.date(1)?, found.opt_date(2)?))),
        None => Ok(None),
    }
}

fn refuse_overlap(tx: &mut Tx<'_>, new: &NewEvidence) -> Result<(), RegistryError> {
    let open = |to: Option<Date>| to.map_or_else(|| "open".to_owned(), |day| day.to_string());
    let row = &new.row;
    match in_the_way(
        tx,
        new.about,
        (&row.kind, &row.slot),
        row.valid_from,
        row.valid_to,
    )? {
        None => Ok(()),
        Some((old_id, old_from, old_to)) => Err(RegistryError::Overlap {
            what: new.about.describe(&row.kind, &row.slot),
            new_from: row.valid_from,
            new_to: open(row.valid_to),
            old_id,
            old_from,
            old_to: open(old_to),
        }),
    }
}

/// Ends the row that covers `day`, if there is one, so that `day` is the first day it does not cover.
fn end_at(
    tx: &mut Tx<'_>,
    about: About,
    kind: &str,
    slot: &str,
    day: Date,
) -> Result<bool, RegistryError> {
    let Some((id, from, to)) = in_the_way(tx, about, (kind, slot), day, None)? else {
        return Ok(false);
    };
    if from >= day || to == Some(day) {
        return Ok(false);
    }
    let rows = tx.rows(&EVIDENCE_BY_ID, &[Value::from(id)])?;
    let Some(row) = rows.first() else {
        return Ok(false);
    };
    let sealed = row
        .opt_blob(6)?
        .map_or(Value::Null, |blob| Value::from(blob.to_vec()));
    let copy = [
        ("subject_kind", Value::from(about.kind())),
        ("subject_id", Value::from(about.id())),
        ("kind", Value::from(kind)),
        ("slot", Value::from(slot)),
        ("code", row.opt_text(3)?.map_or(Value::Null, Value::from)),
        ("quantity", row.opt_int(4)?.map_or(Value::Null, Value::from)),
        (
            "amount_fen",
            row.opt_int(5)?.map_or(Value::Null, Value::from),
        ),
        ("sealed", sealed),
        ("valid_from", Value::from(from)),
        ("valid_to", Value::from(day)),
        ("source", Value::from(row.text(9)?)),
    ];
    let now = Value::from(tx.number());
    tx.update("evidence", id, &[("superseded_tx", now)])?;
    tx.insert("evidence", &copy)?;
    Ok(true)
}

pub(crate) fn insert(tx: &mut Tx<'_>, evidence: &[NewEvidence]) -> Result<i64, RegistryError> {
    let mut rows = Vec::with_capacity(evidence.len());
    for new in evidence {
        let row = &new.row;
        if row.valid_to.is_some_and(|to| to <= row.valid_from) {
            return Err(RegistryError::Field {
                field: format!("{}, valid_to", new.about.describe(&row.kind, &row.slot)),
                reason: format!("must lie after valid_from {}", row.valid_from),
            });
        }
        let plain = |value: Value| if new.health { Value::Null } else { value };
        let sealed = if new.health {
            let text = serde_json::to_vec(&(&row.code, row.quantity, row.amount_fen)).map_err(
                |error| RegistryError::Inconsistent {
                    what: new.about.describe(&row.kind, &row.slot),
                    reason: error.to_string(),
                },
            )?;
            Value::from(tx.seal(new.about.subject(), SEALED_LABEL, &text)?)
        } else {
            Value::Null
        };
        rows.push(vec![
            Value::from(new.about.kind()),
            Value::from(new.about.id()),
            Value::from(row.kind.as_str()),
            Value::from(row.slot.as_str()),
            plain(row.code.as_deref().map_or(Value::Null, Value::from)),
            plain(row.quantity.map_or(Value::Null, Value::from)),
            plain(row.amount_fen.map_or(Value::Null, Value::from)),
            sealed,
            Value::from(row.valid_from),
            Value::from(row.valid_to),
            Value::from(new.source.as_str()),
        ]);
    }
    let columns = [
        "subject_kind",
        "subject_id",
        "kind",
        "slot",
        "code",
        "quantity",
        "amount_fen",
        "sealed",
        "valid_from",
        "valid_to",
        "source",
    ];
    Ok(tx.insert_many("evidence", &columns, rows)?)
}

/// Reads an evidence row whose `kind` stands in column `at`, followed by slot, code, quantity, amount, sealed,
/// valid_from and valid_to; opens it if it is sealed.
pub(crate) fn read_row(
    q: &mut dyn Query,
    row: &minsheng_store::Row,
    about: About,
    at: usize,
) -> Result<EvidenceRow, RegistryError> {
    let (kind, slot) = (row.text(at)?.to_owned(), row.text(at + 1)?.to_owned());
    let (code, quantity, amount_fen) = match row.opt_blob(at + 5)? {
        None => (
            row.opt_text(at + 2)?.map(str::to_owned),
            row.opt_int(at + 3)?,
            row.opt_int(at + 4)?,
        ),
        Some(sealed) => {
            let plain = q.unseal(about.subject(), SEALED_LABEL, sealed)?;
            serde_json::from_slice(&plain).map_err(|error| RegistryError::Inconsistent {
                what: about.describe(&kind, &slot),
                reason: error.to_string(),
            })?
        }
    };
    Ok(EvidenceRow {
        code,
        quantity,
        amount_fen,
        ..unread(row, at)?
    })
}

/// The row without its value.
fn unread(row: &minsheng_store::Row, at: usize) -> Result<EvidenceRow, RegistryError> {
    Ok(EvidenceRow {
        kind: row.text(at)?.to_owned(),
        slot: row.text(at + 1)?.to_owned(),
        code: None,
        quantity: None,
        amount_fen: None,
        valid_from: row.date(at + 6)?,
        valid_to: row.opt_date(at + 7)?,
    })
}
