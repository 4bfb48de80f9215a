//! What a person at the counter is told when the registry cannot do what was asked.

use minsheng_core::Date;
use minsheng_store::StoreError;

use crate::erasure::Obstacle;
use crate::ids::{HouseholdId, PersonId};

/// A refusal of the registry; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The records could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file that cannot be used.
    #[error(transparent)]
    Exchange(#[from] minsheng_exchange::ExchangeError),
    /// There is no such user.
    #[error("there is no user `{0}`\nhint: `minsheng user list` shows them")]
    UnknownUser(String),
    /// The user is switched off.
    #[error(
        "the user `{0}` is not active\nhint: `minsheng user list` shows who is; an administrator may activate the user again"
    )]
    InactiveUser(String),
    /// The user lacks the role.
    #[error(
        "`{user}` may not do this: it needs the role {role}\nhint: ask a user with that role, or an administrator to grant it"
    )]
    Role {
        /// Who tried.
        user: String,
        /// What is needed.
        role: String,
    },
    /// The record lies outside the user's area.
    #[error("`{user}` works in area {area} and may not act on records of {division}")]
    Area {
        /// Who tried.
        user: String,
        /// Area of the user.
        area: i64,
        /// Division of the record.
        division: i64,
    },
    /// The act is for the whole county.
    #[error(
        "`{user}` works in area {area}; this concerns the whole county\nhint: a user of the county bureau does it"
    )]
    WholeCounty {
        /// Who tried.
        user: String,
        /// Area of the user.
        area: i64,
    },
    /// Two different users are needed.
    #[error("`{user}` entered this and may not {what} it\nhint: a second user has to do it")]
    FourEyes {
        /// Who tried.
        user: String,
        /// The act refused.
        what: String,
    },
    /// An unknown role name.
    #[error(
        "`{0}` is not a role\nhint: one of village_director, township_clerk, officer, reviewer, cashier, checker, releaser, statistician, auditor, administrator"
    )]
    UnknownRole(String),
    /// A key that is not of the form it should be.
    #[error("`{value}` is not a {what}\nhint: write it like {example}")]
    Key {
        /// What was given.
        value: String,
        /// What was wanted.
        what: &'static str,
        /// A good one.
        example: &'static str,
    },
    /// Nobody and nothing has this number.
    #[error("there is no {what} {id}")]
    NotFound {
        /// Kind of record.
        what: &'static str,
        /// Its number.
        id: String,
    },
    /// A field of a form is wrong.
    #[error("{field}: {reason}")]
    Field {
        /// Name of the field, with its place in the form.
        field: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The identity number is already registered.
    #[error(
        "this identity number already belongs to {existing} ({name})\nhint: use that person, or correct the number"
    )]
    DuplicateIdNumber {
        /// Who has it.
        existing: PersonId,
        /// Name of that person.
        name: String,
    },
    /// The identity number is already registered, outside of the user's area.
    #[error(
        "this identity number is already registered in another area\nhint: compare it with the card; if it is right, ask the county for the person to be moved"
    )]
    IdNumberElsewhere,
    /// Two rows would be true at the same time.
    #[error(
        "{what}: the new row {new_from}..{new_to} overlaps row {old_id} ({old_from}..{old_to})\nhint: close or correct row {old_id} first"
    )]
    Overlap {
        /// Subject and kind.
        what: String,
        /// First day of the new row.
        new_from: Date,
        /// Day after the last of the new row, or `open`.
        new_to: String,
        /// The row in the way.
        old_id: i64,
        /// Its first day.
        old_from: Date,
        /// Its end, or `open`.
        old_to: String,
    },
    /// The row was already superseded.
    #[error(
        "row {0} of the evidence was already superseded\nhint: correct the row that replaced it"
    )]
    Superseded(i64),
    /// The person already lives in another household then.
    #[error("{person} is a member of {household} from {from}\nhint: end that membership first")]
    AlreadyMember {
        /// The person.
        person: PersonId,
        /// The household in the way.
        household: HouseholdId,
        /// Since when.
        from: Date,
    },
    /// A household needs exactly one head.
    #[error("a household has exactly one head; this one has {0}")]
    Heads(usize),
    /// A stored pack does not load any more.
    #[error("the published pack {hash} does not load: {reason}")]
    Pack {
        /// Hash of the pack.
        hash: String,
        /// The diagnostics.
        reason: String,
    },
    /// The record may not be erased now.
    #[error("the record of {what} may not be erased now:{}\nhint: `minsheng retention list --due` shows the records that may", listed(.obstacles))]
    NotErasable {
        /// The record.
        what: String,
        /// Everything that stands in the way.
        obstacles: Vec<Obstacle>,
    },
    /// Scans that are proposed for erasure may not be erased now.
    #[error("{} proposal(s) about scans cannot be confirmed, so nothing was erased:{}\nhint: reject those with `minsheng retention reject NUMBER` and confirm the others", .0.len(), proposals_listed(.0))]
    ScansKept(Vec<(i64, Obstacle)>),
    /// Records of other offices are known again by keyed hashes.
    #[error(
        "{0} open entries of the list of drift are known again by keyed hashes, so the key of hashes stays\nhint: work the list off first, or change the master key alone (without --search)"
    )]
    HashesHeld(i64),
    /// The record was erased before.
    #[error("{what} was {erased}")]
    AlreadyErased {
        /// The record.
        what: String,
        /// When and why.
        erased: String,
    },
    /// A name, number or date in the form does not fit.
    #[error("inconsistent record of {what}: {reason}\nhint: run `minsheng verify`")]
    Inconsistent {
        /// Which record.
        what: String,
        /// What is wrong.
        reason: String,
    },
}

fn listed(obstacles: &[Obstacle]) -> String {
    obstacles
        .iter()
        .map(|one| format!("\n  - {} {}", words(one.code), one.detail))
        .collect()
}

fn proposals_listed(kept: &[(i64, Obstacle)]) -> String {
    kept.iter()
        .map(|(id, one)| format!("\n  - proposal {id}: {} {}", words(one.code), one.detail))
        .collect()
}

fn words(code: &str) -> &'static str {
    match code {
        "case_open" => "a case is not decided",
        "case_in_force" => "a case is in force",
        "remedy" => "a remedy runs",
        "payment_open" => "a payment is on its way",
        "recovery_open" => "a recovery is open",
        "repayment_open" => "a repayment has lost its claim and is not closed",
        "hold" => "money is held back",
        "guardian" => "the account of somebody else is in this name",
        "household" => "the record of a household speaks of this person",
        "term" => "the term of retention runs until",
        "no_end" => "nothing says when it ended",
        _ => "something stands in the way",
    }
}
