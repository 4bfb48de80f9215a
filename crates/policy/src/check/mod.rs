//! From the definitions of a programme to its checked form: names, types, units, versions, order of use.
//!
//! Must not know: facts, evaluation.

pub(crate) mod calls;
pub(crate) mod evidence;
pub(crate) mod exceptions;
pub(crate) mod expression;
mod fields;
mod forms;
mod lists;
pub(crate) mod literals;
mod matching;
mod operators;
pub(crate) mod order;
pub(crate) mod parameters;
mod presence;
pub(crate) mod rules;
pub(crate) mod symbols;
pub(crate) mod templates;
pub(crate) mod versions;
