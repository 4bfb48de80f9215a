//! Where each piece of evidence stands in the facts of a household: slots instead of names.

use minsheng_core::Date;

use crate::model::EvidenceDecl;
use crate::types::{CodeList, Type};

/// What is stored in a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell {
    /// Not known.
    Missing,
    /// Declared to be absent.
    None,
    Bool(bool),
    Int(i64),
    Code(u32),
    Date(Date),
    /// Records: offset of the first, number.
    Records {
        start: u32,
        count: u32,
    },
}

/// A slot: a fact about the household or about each member.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
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
pub(crate) struct RecordSlot {
    pub name: String,
    pub ty: Type,
    pub codes: Option<u16>,
}

/// All slots of a programme.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    pub household: Vec<Slot>,
    pub person: Vec<Slot>,
    /// Fields by evidence index (empty where the evidence is not a list of records).
    pub records: Vec<Vec<RecordSlot>>,
    pub code_lists: Vec<CodeList>,
    pub evidence: Vec<EvidenceDecl>,
    /// Equal for programmes that read the same evidence.
    pub fingerprint: u64,
}

/// Slots that every person has, in this order.
pub(crate) const BIRTH_DATE: usize = 0;
/// See [`BIRTH_DATE`].
pub(crate) const SEX: usize = 1;
/// See [`BIRTH_DATE`].
pub(crate) const RELATION: usize = 2;
/// See [`BIRTH_DATE`].
pub(crate) const HEAD: usize = 3;

impl Layout {
    pub fn code_list(&self, name: &str) -> Option<u16> {
        self.code_lists
            .iter()
            .position(|list| list.name == name)
            .map(|index| index as u16)
    }
}
