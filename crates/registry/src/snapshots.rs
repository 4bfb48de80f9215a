//! Rolls of earlier years, taken over household by household and person by person as they stood. A snapshot
//! is a document: it opens nothing and pays nothing.

use minsheng_core::Date;
use minsheng_store::Value;

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
