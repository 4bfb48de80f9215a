//! Values of the machine: small, copied, without text.

use minsheng_core::{Date, Month};

use crate::exact::Exact;

/// A value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Truth value.
    Bool(bool),
    /// Number.
    Number(Exact),
    /// Day.
    Date(Date),
    /// Month.
    Month(Month),
    /// Index in its code list.
    Code(u32),
    /// Index of a member.
    Person(u32),
    /// Offset of a record's first field among the records of the facts.
    Record(u32),
    /// Range in the lists of the machine.
    List(ListRange),
    /// Declared to be absent.
    None,
    /// Not known; index of the set of evidence that would tell.
    Missing(u32),
}

/// A range in the lists of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRange {
    /// First place.
    pub start: u32,
    /// Number of places.
    pub len: u32,
}
