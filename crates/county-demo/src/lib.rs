//! The synthetic county of Kangding (513301) and its year 2021.
//!
//! [`plan`] draws people, evidence and dated acts from a seed; [`run`] drives the year through the public functions
//! of the offices, as clerks would, with a clock that only goes forward; [`demo`] does both on an empty database and
//! compares the yearbook with the published one. The inputs hold evidence and acts, never an amount to be paid, an
//! entitlement or an outcome; the one exception is the roll of 2019, which is a document.

mod change;
mod demo;
mod draw;
mod drive;
mod error;
mod geography;
mod identity;
mod inputs;
mod names;
mod plan;
mod staff;
mod targets;

pub use change::Change;
pub use demo::{
    AUTHORITY, DEMO_SETTING, DemoOptions, DemoReport, Draft, UNFINISHED, YEAR, demo, draft, live,
    opened_at,
};
pub use drive::{CampaignCounts, Counts, Progress, run};
pub use error::{ChangeError, DemoError, OfficeError, PlanError};
pub use inputs::Inputs;
pub use plan::plan;
pub use targets::Targets;

/// The tables of the inputs and their columns.
pub mod tables {
    pub use crate::inputs::*;
}
