//! Facts about one household: read once at the boundary, typed, in slots.
//!
//! Must not know: rules. Facts belong to the evidence declarations by which they were read.

mod plain;
mod read;
mod write;

use minsheng_core::Date;

pub(crate) use plain::parse_date;
pub(crate) use read::Reader;
pub(crate) use write::cell_json;

use crate::compiled::FactCells;
use crate::layout::Cell;

/// Facts about one household, as read by [`crate::Programme::facts`].
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub(crate) fingerprint: u64,
    pub(crate) household_id: i64,
    pub(crate) household: Vec<Cell>,
    pub(crate) person_ids: Vec<i64>,
    /// One row per person.
    pub(crate) persons: Vec<Cell>,
    /// Slots per person.
    pub(crate) width: usize,
    /// Fields of records, one after the other.
    pub(crate) records: Vec<Cell>,
    pub(crate) application_date: Date,
    /// Index of the member who applies alone.
    pub(crate) single: Option<u32>,
}

impl Facts {
    /// Household id.
    pub fn household_id(&self) -> i64 {
        self.household_id
    }

    /// Ids of the members, in the order given.
    pub fn person_ids(&self) -> &[i64] {
        &self.person_ids
    }

    /// Day of the application.
    pub fn application_date(&self) -> Date {
        self.application_date
    }

    /// Id of the member who applies alone.
    pub fn single(&self) -> Option<i64> {
        self.single
            .and_then(|index| self.person_ids.get(index as usize).copied())
    }

    /// The facts as cells.
    pub fn cells(&self) -> FactCells {
        FactCells {
            household_id: self.household_id,
            household: self.household.clone(),
            person_ids: self.person_ids.clone(),
            persons: self.persons.clone(),
            records: self.records.clone(),
            single: self.single,
        }
    }

    /// The cell of a slot, of a member or of the household.
    pub(crate) fn cell_mut(&mut self, person: Option<u32>, slot: u16) -> &mut Cell {
        match person {
            None => &mut self.household[slot as usize],
            Some(person) => &mut self.persons[person as usize * self.width + slot as usize],
        }
    }

    pub(crate) fn person(&self, index: u32, slot: u16) -> Cell {
        self.persons[index as usize * self.width + slot as usize]
    }
}
