//! Where each piece of evidence stands in the facts of a household: slots instead of names.

use minsheng_core::Date;

use crate::model::EvidenceDecl;
use crate::types::{CodeList, Type};

/// What is stored in a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// Not known.
    Missing,
    /// Declared to be absent.
    None,
    /// Truth value.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Index in the code list.
    Code(u32),
    /// Day.
    Date(Date),
    /// Records: offset of the first, number.
    Records {
        /// Offset of the first field among the records of the facts.
        start: u32,
        /// Number of records.
        count: u32,
    },
}

/// A slot: a fact about the household or about each member.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Field name.
    pub name: String,
    /// Type when it is read.
    pub ty: Type,
    /// Index of the declaration; `None` for what every person has.
    pub evidence: Option<u16>,
    /// Name of the evidence that is needed when this is missing.
    pub asks_for: String,
    /// What stands here when nothing is given.
    pub absent: Cell,
    /// Code list of a code.
    pub codes: Option<u16>,
}

/// A field of a record, one cell each.
#[derive(Debug, Clone)]
pub struct RecordSlot {
    /// Field name.
    pub name: String,
    /// Type when it is read.
    pub ty: Type,
    /// Code list of a code.
    pub codes: Option<u16>,
}

/// All slots of a programme.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Slots of the household.
    pub household: Vec<Slot>,
    /// Slots of each member.
    pub person: Vec<Slot>,
    /// Fields by evidence index (empty where the evidence is not a list of records).
    pub records: Vec<Vec<RecordSlot>>,
    /// Code lists.
    pub code_lists: Vec<CodeList>,
    /// Declarations.
    pub evidence: Vec<EvidenceDecl>,
    /// Equal for programmes that read the same evidence.
    pub fingerprint: u64,
}

/// Slots that every person has, in this order.
pub const BIRTH_DATE: usize = 0;
/// See [`BIRTH_DATE`].
pub const SEX: usize = 1;
/// See [`BIRTH_DATE`].
pub const RELATION: usize = 2;
/// See [`BIRTH_DATE`].
pub const HEAD: usize = 3;

impl Layout {
    /// The index of a code list.
    pub fn code_list(&self, name: &str) -> Option<u16> {
        self.code_lists
            .iter()
            .position(|list| list.name == name)
            .map(|index| index as u16)
    }
}
