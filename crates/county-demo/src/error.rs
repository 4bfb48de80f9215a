//! What can go wrong in the demo: a plan that cannot be made, a change file that cannot be read, an act that was
//! refused although it should have been possible.

use minsheng_benefits::assistance::AssistanceError;
use minsheng_core::Date;
use minsheng_payments::PaymentError;
use minsheng_registry::RegistryError;
use minsheng_statistics::StatisticsError;
use minsheng_store::StoreError;

/// The county of a seed cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A data file of this crate does not read.
    #[error("the demo's {file} does not read: {reason}")]
    Data {
        /// File name.
        file: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// A synthetic number cannot be made.
    #[error("cannot make a synthetic {what}: {reason}")]
    Synthetic {
        /// What.
        what: String,
        /// Why.
        reason: String,
    },
    /// The packs do not answer a question of the planner.
    #[error("the packs do not answer for a planned household ({story}): {reason}")]
    Packs {
        /// Story of the household.
        story: String,
        /// What the evaluator said.
        reason: String,
    },
    /// A story did not come out after many draws.
    #[error(
        "no household was found for the story {story} on seed {seed}: {last}\nhint: try another seed, or see data/targets.toml"
    )]
    Story {
        /// The story.
        story: String,
        /// The seed.
        seed: u64,
        /// What the last draw gave.
        last: String,
    },
    /// The plan does not close on the figures.
    #[error("the plan of seed {seed} does not close: {what} is {planned}, wanted {wanted}")]
    NotClosed {
        /// The seed.
        seed: u64,
        /// Which figure.
        what: &'static str,
        /// What was planned.
        planned: i64,
        /// What was wanted.
        wanted: i64,
    },
    /// The files of the inputs cannot be written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
}

/// A change file that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {problem}\nhint: {hint}")]
pub struct ChangeError {
    /// The file as it was named.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

/// Why the demo stopped.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The county cannot be planned.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The change file is wrong.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The packs do not load.
    #[error("the policy packs do not load:\n{0}")]
    Packs(String),
    /// An act of the year was refused although the case allowed it.
    #[error("{day}, {act}: {source}")]
    Act {
        /// Day of the act.
        day: Date,
        /// What was tried and on what.
        act: String,
        /// What the office said.
        source: Box<OfficeError>,
    },
    /// The synthetic bank cannot read or write its files.
    #[error("the demo's bank: {path}: {reason}")]
    Bank {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The yearbook cannot be made.
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
}

/// The refusal of an office.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Of the registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Of the assistance office.
    #[error(transparent)]
    Assistance(#[from] AssistanceError),
    /// Of the payment office.
    #[error(transparent)]
    Payments(#[from] PaymentError),
}
