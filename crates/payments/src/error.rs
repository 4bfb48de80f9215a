//! What the payment office refuses, in the words of the cashier, the checker and the releaser who meet it.

use minsheng_benefits::assistance::AssistanceError;
use minsheng_core::{Date, Fen, MoneyError, Month};
use minsheng_ledger::LedgerError;
use minsheng_registry::RegistryError;
use minsheng_store::StoreError;

/// A refusal of the payment office. Nothing was written when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The records could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The registry refused (role, area, unknown user, unknown pack).
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The roll of decisions could not be read.
    #[error(transparent)]
    Assistance(#[from] AssistanceError),
    /// The books refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The pack gives no amount for a decision.
    #[error(
        "determination {determination}, month {month}: {reason}\nhint: `minsheng policy check`, then look at the case's decision"
    )]
    Amount {
        /// Row of the determination.
        determination: i64,
        /// Month of the entitlement.
        month: Month,
        /// What the evaluator or the boundary said.
        reason: String,
    },
    /// The pack in force does not know the programme of a decision.
    #[error(
        "the pack in force has no programme `{programme}`, which case {case} was granted under\nhint: publish a pack that still has it; entitlements of ended programmes are computed too"
    )]
    Programme {
        /// Code of the programme.
        programme: String,
        /// Row of the case.
        case: i64,
    },
    /// A payee rule that this release cannot pay.
    #[error(
        "programme `{programme}` pays `{payee}`, which this release does not know\nhint: household_head is known"
    )]
    PayeeRule {
        /// Code of the programme.
        programme: String,
        /// The word in the pack.
        payee: String,
    },
    /// A month is paid at the earliest from the month before.
    #[error(
        "{month} cannot be paid on {today}: the payroll of a month is made from the month before it"
    )]
    MonthAhead {
        /// The month asked for.
        month: Month,
        /// The day of the run.
        today: Date,
    },
    /// A run covers all months up to its own; an earlier one would leave later months behind.
    #[error(
        "{month} lies before {last}, which was run already\nhint: run {last}: it pays what is still due for all earlier months"
    )]
    MonthBehind {
        /// The month asked for.
        month: Month,
        /// The latest month run.
        last: Month,
    },
    /// Nothing has this number.
    #[error("there is no {what} {id}")]
    NotFound {
        /// Kind of record.
        what: &'static str,
        /// Its number.
        id: String,
    },
    /// The batch is at another stage.
    #[error("batch {number} is {state}, it cannot be {act}\nhint: {hint}")]
    BatchState {
        /// Number of the batch.
        number: String,
        /// Its state.
        state: &'static str,
        /// The act refused.
        act: &'static str,
        /// What would be next.
        hint: &'static str,
    },
    /// One user may take one of the three steps only.
    #[error(
        "`{user}` has {earlier} {what} and may not {act} it\nhint: a different user has to do it"
    )]
    FourEyes {
        /// Who tried.
        user: String,
        /// What that user did before.
        earlier: &'static str,
        /// The record.
        what: String,
        /// The act refused.
        act: &'static str,
    },
    /// Lines are not what was frozen.
    #[error(
        "the lines of batch {number} are not those that were frozen\nhint: run `minsheng verify`; do not release this batch"
    )]
    LinesChanged {
        /// Number of the batch.
        number: String,
    },
    /// Who changed an account may not release the next payment to it.
    #[error(
        "`{user}` entered the account of {count} payees of batch {number}, the first in line {line}, and may not release its first payment\nhint: another releaser has to do it"
    )]
    AccountEntered {
        /// Who tried.
        user: String,
        /// Number of the batch.
        number: String,
        /// How many lines.
        count: usize,
        /// First line.
        line: i64,
    },
    /// The funds do not cover the batch.
    #[error(
        "batch {number} needs {wanted} yuan, {available} yuan are available: {missing} yuan are missing\nhint: book and confirm an appropriation, then release again"
    )]
    Funds {
        /// Number of the batch.
        number: String,
        /// Sum of the batch.
        wanted: Fen,
        /// Sum of its sources.
        available: Fen,
        /// The difference.
        missing: Fen,
    },
    /// A file of the bank is not what it should be; nothing of it was applied.
    #[error("{file}, row {row}: {reason}\nhint: {hint}")]
    BankFile {
        /// The file.
        file: String,
        /// Row in the file, from 1.
        row: u64,
        /// What is wrong.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
    /// A file could not be read or written.
    #[error(
        "{path}: {reason}\nhint: nothing was recorded; run the same command again when the folder is reachable"
    )]
    File {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A form's field is wrong.
    #[error("{field}: {reason}")]
    Field {
        /// The field.
        field: &'static str,
        /// What is wrong and what to do.
        reason: String,
    },
    /// It was confirmed before.
    #[error("{what} was confirmed by `{by}` already")]
    AlreadyConfirmed {
        /// The record.
        what: String,
        /// Who confirmed it.
        by: String,
    },
    /// The records contradict themselves.
    #[error("inconsistent record of {what}: {reason}\nhint: run `minsheng verify`")]
    Inconsistent {
        /// Which record.
        what: String,
        /// What is wrong.
        reason: String,
    },
}

impl PaymentError {
    pub(crate) fn inconsistent(what: impl Into<String>, reason: impl Into<String>) -> Self {
        PaymentError::Inconsistent {
            what: what.into(),
            reason: reason.into(),
        }
    }

    pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Self {
        PaymentError::NotFound {
            what,
            id: id.to_string(),
        }
    }

    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        PaymentError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        }
    }
}
