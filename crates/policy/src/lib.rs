//! Policy packs: programmes of law as literate Markdown, checked, evaluated and explained.
//!
//! A pack is a folder of Markdown files whose fenced blocks are the program; `docs/policy-language.md` describes
//! the language. [`PackSet`] loads the packs of an authority and of those above it; a [`Programme`] reads
//! [`Facts`] and answers.
//!
//! Pure: no files, no clock, no network, no database. Sources come in as text; results go out as values. It must
//! not know cases, payments or how evidence is stored.
//!
//! # From the text to the answer
//!
//! `source` → `pack` (Markdown, blocks, layers) → `syntax` (expressions) → `check` (names, types, units, order of
//! use) → `ir` → `eval` (one household, with trace). `facts` is the boundary through which evidence comes in.
//!
//! # Words of procedures that the casework office interprets
//!
//! - Needs of a step: `authorisation` (signed by all members), `declaration` (income and property declared),
//!   `missing_papers_listed`, `near_relative_answer`, `cross_check_started`, `cross_check_answered`,
//!   `two_investigators`, `appraisal_record`, `evidence_complete` (the determination is not undetermined),
//!   `no_open_objection`, `home_visit_if_flagged` (near relative or reported case), `not_own_evidence` (the user
//!   recorded no evidence and no member of the household since the case was last decided), `reason`,
//!   `jobs_refused`, `revoked_decision`.
//! - Conditions (`when`): `opinion == positive`, `opinion == negative` (the opinion given with the step),
//!   `decision == grant`, `decision == refuse`, `cause == death` and others, `review == keep` and others:
//!   [`CONDITIONS`] holds them all.
//! - `starts` begins a clock on the day of the step, or, when the clock says `after`, at the end of that other
//!   clock; `meets` says that the step falls not after an `at_most` and not before the end of an `at_least`.

mod audit;
mod campaign;
mod check;
pub mod compiled;
mod decide;
mod determination;
mod diagnostics;
mod error;
mod eval;
mod exact;
mod examples;
mod facts;
mod handbook;
mod interview;
mod ir;
mod layout;
mod load;
mod model;
mod pack;
mod packset;
mod payment;
mod population;
mod procedure;
mod program;
mod programme;
mod receipt;
mod source;
pub mod syntax;
mod text;
mod types;
mod units;
mod value;
mod wire;

pub use campaign::{CampaignKind, CampaignStep, ExitGround, OUTCOMES, OutcomeName};
pub use determination::{
    Answer, Determination, KeyDates, MemberAmount, Need, Outcome, ParameterUse, Reason, TraceStep,
};
pub use diagnostics::{Diagnostic, Diagnostics};
pub use error::{BoundaryError, EvalError};
pub use exact::Exact;
pub use facts::Facts;
pub use interview::{Conclusion, Interview, MAX_PERSONS, Next, Question, Shape};
pub use model::{
    Absent, AbsentValue, Change, CodeDecl, CodePart, Column, Combination, CombinationRelation,
    Constant, Entity, EvidenceDecl, FirstMonth, Form, Key, LastMonth, Law, Parameter,
    ParameterValue, Payment, RecordField,
};
pub use pack::procedure::{CONDITIONS, NEEDS, ROLES};
pub use packset::{ExampleResult, PackSet};
pub use population::{Population, PopulationColumn};
pub use procedure::{
    ClockDecl, ClockKind, ClockUnit, NamedCode, Procedure, SpotCheckDecl, StateDecl, Step,
};
pub use programme::Programme;
pub use receipt::{Asked, Issued, Receipt, ReceiptError};
pub use source::{Source, embedded_sources};
pub use text::{Bilingual, Lang, Mark};
pub use units::Unit;

/// Version of the policy language; part of the hash of a pack set.
pub const LANGUAGE_VERSION: u32 = 1;
