//! From Markdown files to the definitions of one programme: blocks, declarations, layers.
//!
//! Must not know: types, evaluation.

pub(crate) mod assemble;
pub(crate) mod blocks;
pub(crate) mod campaign;
pub(crate) mod chain;
pub(crate) mod file;
pub(crate) mod markdown;
mod opens;
mod owners;
mod payment;
pub(crate) mod population;
pub(crate) mod procedure;
pub(crate) mod report;
pub(crate) mod rule_text;
pub(crate) mod table;
