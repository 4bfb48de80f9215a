//! From the definitions of a programme to its checked form: names, types, units, versions, order of use.
//!
//! Must not know: facts, evaluation.

pub(crate) mod calls;
pub(crate) mod evidence;
pub(crate) mod exceptions;
pub(crate) mod expression;
pub(crate) mod literals;
pub(crate) mod order;
pub(crate) mod parameters;
pub(crate) mod rules;
pub(crate) mod symbols;
pub(crate) mod templates;
