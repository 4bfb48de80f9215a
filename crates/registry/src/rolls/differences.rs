//! What a roll says otherwise than the register, and who may be somebody registered already.

use minsheng_core::Date;

use crate::{HouseholdId, PersonId};

/// A difference between the roll and the register.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The line in the file; 0 where the file has none.
    pub line: u32,
    /// The household; none while a registered person comes into a new one.
    pub household: Option<HouseholdId>,
    /// Who is meant.
    pub name: String,
    /// What differs.
    pub kind: ChangeKind,
    /// What the register has, as far as it may be shown.
    pub old: String,
    /// What the roll says, as far as it may be shown.
    pub new: String,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A person of the roll is not in the household.
    NewMember,
    /// A member of the household is not on the roll.
    MemberGone,
    /// Another relation to the head.
    Relation,
    /// Another account.
    Account,
    /// Other evidence of this kind.
    Evidence(String),
    /// Another village. A move is an act of its own and is never made by a roll.
    Division,
}

/// A person of the roll who may be registered already, or may stand on the roll twice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Suspect {
    /// The line in the file.
    pub line: u32,
    /// Name.
    pub name: String,
    /// Date of birth.
    pub birth: Date,
    /// The registered person, if in the user's area.
    pub existing: Option<PersonId>,
    /// The earlier line of the file.
    pub earlier_line: Option<u32>,
}
