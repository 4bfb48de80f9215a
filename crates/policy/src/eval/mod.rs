//! The reference evaluator: walks the checked tree of one household, small and obvious, and can say what it did.
//!
//! Missing evidence is a value that travels with the set of what would decide it: `false && missing` is false,
//! `missing + 1` is missing. As in CEL, `&&` and `||` let a decided side win over an error of the other.
//! Must not know: text of packs, JSON.

pub(crate) mod calendar;
pub(crate) mod display;
pub(crate) mod folds;
pub(crate) mod machine;
pub(crate) mod needs;
pub(crate) mod operations;
mod rules;
pub(crate) mod trace;
