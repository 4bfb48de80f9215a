//! The registry: who lives here, with whom, and what is known about them.
//!
//! Persons, households, memberships and evidence on two time axes: when a fact was true (`valid_from`,
//! `valid_to`, half-open days) and when we knew it (numbers of the transactions that recorded and superseded
//! it). Nothing is overwritten. The lowest office: it knows no programme's rules, no case and no payment.
//!
//! Source: design of the loop in `docs/ARCHITECTURE.md`; identifiers GB 11643-1999; personal data rules of
//! 个人信息保护法 (minimum necessary, art. 6).

pub mod accounts;
pub mod actor;
pub mod attachments;
pub mod checks;
pub mod divisions;
pub mod documents;
pub mod drills;
pub mod erasure;
mod error;
pub mod evidence;
pub mod exports;
pub mod facts;
pub mod households;
pub mod ids;
pub mod keys;
pub mod packs;
pub mod persons;
pub mod retention;
pub mod rolls;
pub mod settings;
pub mod snapshots;
pub mod users;

pub use actor::{Actor, Ctx, Desk, Role};
pub use error::RegistryError;
pub use ids::{CaseId, HouseholdId, PersonId};
pub use packs::PackLibrary;
