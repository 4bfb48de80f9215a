//! Rolls of earlier years, taken over household by household and person by person as they stood. A snapshot
//! is a document: it opens nothing and pays nothing.

use minsheng_core::Date;
use minsheng_store::{Query, Scope, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

/// One household of an old roll.
#[derive(Debug, Clone)]
pub struct SnapshotHousehold {
    /// Number on the old roll.
    pub household_no: String,
    /// 12-digit village code.
    pub division: i64,
    /// Name and relation to the head.
    pub persons: Vec<(String, String)>,
}

/// An old roll of one programme.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// What people call it, e.g. `2019`.
    pub label: String,
    /// Code of the programme.
    pub programme: String,
    /// The day it shows.
    pub taken_on: Date,
    /// Where it comes from.
    pub source: String,
    /// Its households.
    pub households: Vec<SnapshotHousehold>,
}

/// An old roll as a document, without its households.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Key.
    pub id: i64,
    /// What people call it.
    pub label: String,
    /// The day it shows.
    pub taken_on: Date,
    /// Where it comes from.
    pub source: String,
}

/// A person of an old roll, without the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPerson {
    /// Key.
    pub id: i64,
    /// Number of the household on the old roll.
    pub household_no: String,
    /// 12-digit village code.
    pub division: i64,
    /// Relation to the head.
    pub relation: String,
}

statement! {
    SNAPSHOTS, internal "the rolls as documents: no person and no household is returned",
    "SELECT id, label, taken_on, source FROM roll_snapshot
     WHERE programme = ?1 AND taken_on < ?2 ORDER BY taken_on DESC, id DESC"
}
statement! {
    SNAPSHOT_HOUSEHOLDS, scoped,
    "SELECT h.household_no, h.division FROM roll_snapshot_household h
     WHERE h.snapshot_id = ?1 AND {scope:h.division} ORDER BY h.id"
}
statement! {
    SNAPSHOT_PERSONS, scoped,
    "SELECT p.id, h.household_no, h.division, p.relation
     FROM roll_snapshot_household h JOIN roll_snapshot_person p ON p.snapshot_household_id = h.id
     WHERE h.snapshot_id = ?1 AND {scope:h.division} ORDER BY p.id"
}

/// The latest roll of a programme from before a day.
///
/// # Errors
/// The store's.
pub fn latest_before(
    q: &mut dyn Query,
    programme: &str,
    day: Date,
) -> Result<Option<SnapshotRow>, RegistryError> {
    q.rows(&SNAPSHOTS, &[Value::from(programme), Value::from(day)])?
        .first()
        .map(|row| {
            Ok(SnapshotRow {
                id: row.int(0)?,
                label: row.text(1)?.to_owned(),
                taken_on: row.date(2)?,
                source: row.text(3)?.to_owned(),
            })
        })
        .transpose()
}

/// Number and village of the households of an old roll that lie in the area.
///
/// # Errors
/// The store's.
pub fn households(
    q: &mut dyn Query,
    scope: &Scope,
    snapshot: i64,
) -> Result<Vec<(String, i64)>, RegistryError> {
    q.scoped(&SNAPSHOT_HOUSEHOLDS, scope, &[Value::from(snapshot)])?
        .iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)))
        .collect()
}

/// The persons of an old roll whose households lie in the area.
///
/// # Errors
/// The store's.
pub fn persons(
    q: &mut dyn Query,
    scope: &Scope,
    snapshot: i64,
) -> Result<Vec<SnapshotPerson>, RegistryError> {
    q.scoped(&SNAPSHOT_PERSONS, scope, &[Value::from(snapshot)])?
        .iter()
        .map(|row| {
            Ok(SnapshotPerson {
                id: row.int(0)?,
                household_no: row.text(1)?.to_owned(),
                division: row.int(2)?,
                relation: row.text(3)?.to_owned(),
            })
        })
        .collect()
}

/// Takes over an old roll, all or nothing.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn import(desk: &Desk<'_>, ctx: &Ctx, snapshot: &Snapshot) -> Result<i64, RegistryError> {
    ctx.require_any(&[Role::Officer, Role::Administrator])?;
    for household in &snapshot.households {
        ctx.require_area(household.division)?;
    }
    desk.store.write(&ctx.act("snapshot.import"), |tx| {
        let id = tx.insert(
            "roll_snapshot",
            &[
                ("label", Value::from(snapshot.label.as_str())),
                ("programme", Value::from(snapshot.programme.as_str())),
                ("taken_on", Value::from(snapshot.taken_on)),
                ("source", Value::from(snapshot.source.as_str())),
            ],
        )?;
        let households = snapshot
            .households
            .iter()
            .map(|household| {
                vec![
                    Value::from(id),
                    Value::from(household.household_no.as_str()),
                    Value::from(household.division),
                ]
            })
            .collect();
        let first = tx.insert_many(
            "roll_snapshot_household",
            &["snapshot_id", "household_no", "division"],
            households,
        )?;
        let persons = (first..)
            .zip(&snapshot.households)
            .flat_map(|(household_id, household)| {
                household.persons.iter().map(move |(name, relation)| {
                    vec![
                        Value::from(household_id),
                        Value::from(name.as_str()),
                        Value::from(relation.as_str()),
                    ]
                })
            })
            .collect();
        tx.insert_many(
            "roll_snapshot_person",
            &["snapshot_household_id", "name", "relation"],
            persons,
        )?;
        Ok(id)
    })
}
