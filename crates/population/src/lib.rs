//! A register in columns: `household.parquet` and `person.parquet` of a folder, in the order of the households.
//!
//! `register` reads it part by part with typed columns, as the pack maps them to evidence; what is not declared, or
//! of another type, is refused with its name. `determine` evaluates part after part, so that memory does not grow
//! with the register; `amounts` writes what households receive, `summary` adds it up. Must not know: rules, SQL.

mod amounts;
mod column;
mod determine;
mod error;
mod file;
mod register;
mod summary;

pub use determine::{Determined, Progress, Request, Seconds, determine};
pub use error::PopulationError;
pub use register::{Part, Register};
pub use summary::MonthSummary;
