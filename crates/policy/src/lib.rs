//! Policy packs: programmes of law as literate Markdown, checked, evaluated and explained.
//!
//! Pure: no files, no clock, no network, no database. Sources come in as text; results go out as values.

mod determination;
mod diagnostics;
mod error;
mod facts;
mod model;
mod packset;
mod programme;
mod source;
mod text;
mod units;
mod wire;

pub use determination::{
    Determination, KeyDates, MemberAmount, Need, Outcome, ParameterUse, Reason, TraceStep,
};
pub use diagnostics::{Diagnostic, Diagnostics};
pub use error::{BoundaryError, EvalError};
pub use facts::Facts;
pub use model::{
    Absent, AbsentValue, ClockDecl, ClockKind, ClockUnit, CodeDecl, CodePart, Column, Combination,
    CombinationRelation, Constant, Entity, EvidenceDecl, FirstMonth, Form, Key, LastMonth, Law,
    Parameter, ParameterValue, Payment, Procedure, RecordField, StateDecl, Step,
};
pub use packset::{ExampleResult, PackSet};
pub use programme::Programme;
pub use source::{Source, embedded_sources};
pub use text::{Bilingual, Lang, Mark};
pub use units::Unit;

/// Version of the policy language; part of the hash of a pack set.
pub const LANGUAGE_VERSION: u32 = 1;
