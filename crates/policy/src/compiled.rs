//! The checked programme as another evaluator sees it: rules, versions, parameters and the layout of evidence.
//!
//! The reference evaluator of this crate says what they mean; `minsheng-columnar` lowers them into operations on
//! columns. Whatever reads this must answer as the reference evaluator does, or refuse.

pub use crate::eval::calendar::{add_months, completed_years, days_between, months_between};
pub use crate::ir::{
    Arithmetic, Citation, Comparison, DatedValue, Exception, Fold, Function, Node, Op, Parameter,
    ParameterConstant, Piece, ReasonRule, Rule, Text, Version,
};
pub use crate::layout::{BIRTH_DATE, Cell, HEAD, Layout, RELATION, RecordSlot, SEX, Slot};
pub use crate::program::{Entries, Program};
pub use crate::types::{CodeList, Type};
pub use crate::value::{ListRange, Value};

/// Facts as cells, in the slots of a layout; what [`crate::Programme::facts_of`] takes.
#[derive(Debug, Clone, Default)]
pub struct FactCells {
    /// Household id.
    pub household_id: i64,
    /// One cell per household slot.
    pub household: Vec<Cell>,
    /// Ids of the members.
    pub person_ids: Vec<i64>,
    /// One cell per member and person slot, member by member.
    pub persons: Vec<Cell>,
    /// Fields of records, one after the other.
    pub records: Vec<Cell>,
    /// Index of the member who applies alone.
    pub single: Option<u32>,
}
