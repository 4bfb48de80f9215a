//! The columnar evaluator: what checked programmes say about every household of a register, month after month.
//!
//! The reference evaluator of `minsheng-policy` says what a programme means; this one answers the same, or refuses a
//! rule by its name and lets the reference evaluator answer for it. It starts threads; it must not know files or a clock.
//!
//! # From the programme to the answer
//!
//! `schema` says which columns programmes read, `batch` holds them for some households. `lower` turns programmes and
//! months into a `graph` in which equal parts are one part, so that what does not change from month to month is
//! computed once. `exec` runs the graph block by block: a block of households fits into the cache, and its members
//! stand in such an order that a sum over members is a sum of columns. `plan` and `evaluate` put it together.

mod batch;
mod error;
mod evaluate;
mod exec;
mod graph;
mod lower;
mod plan;
mod results;
mod schema;

pub use batch::{Batch, Column, Data, Records};
pub use error::ColumnarError;
pub use evaluate::Evaluator;
pub use plan::{Detail, Options, Question};
pub use results::{Failed, MemberColumns, ProgrammeResult, QuestionResult, Results};
pub use schema::{ColumnDef, ListDef, Place, Schema, Values};
