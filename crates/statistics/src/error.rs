//! What can go wrong between the records and a printed figure.

use minsheng_core::{Date, MoneyError, MonthError};
use minsheng_payments::PaymentError;
use minsheng_policy::EvalError;
use minsheng_registry::RegistryError;
use minsheng_store::StoreError;

/// A figure that could not be made. Missing records are not an error: see [`crate::Missing`].
#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    /// The records could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The decisions could not be read.
    #[error(transparent)]
    Assistance(#[from] minsheng_benefits::assistance::AssistanceError),
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The payments could not be read.
    #[error(transparent)]
    Payments(#[from] PaymentError),
    /// A sum does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A month does not exist.
    #[error(transparent)]
    Month(#[from] MonthError),
    /// The pack cannot say what a parameter is.
    #[error(transparent)]
    Policy(#[from] EvalError),
    /// There is no definition with this id.
    #[error("there is no figure `{id}`\nhint: the figures are {known}")]
    UnknownFigure {
        /// What was asked for.
        id: String,
        /// All ids.
        known: String,
    },
    /// A year outside of the calendar.
    #[error("{0} is not a year that can be reported\nhint: give a year such as 2021")]
    Year(i16),
    /// The parameter of a rate is not a whole number of fen, or stands in another unit than the figure.
    #[error(
        "{parameter} is in `{found}` on {on}, the figure needs `{wanted}`\n\
         hint: correct the unit in the pack, or the definition of the figure"
    )]
    Parameter {
        /// Figure, programme and parameter.
        parameter: String,
        /// Unit that was found.
        found: String,
        /// Unit that the definition names.
        wanted: String,
        /// Day of the value.
        on: Date,
    },
    /// The definitions themselves are wrong.
    #[error("{file}: {reason}")]
    Definition {
        /// File of definitions.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A file of published figures cannot be read.
    #[error(
        "{file}: {reason}\nhint: the first row names the columns; `id` and `value` are needed, `unit` is compared when it is there"
    )]
    PublishedFile {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A cell in a file of published figures is wrong.
    #[error("{file}: row {row}, column {}: `{found}` {fault}", fault.column())]
    PublishedCell {
        /// The file.
        file: String,
        /// Row, counted from 1 with the header as row 1.
        row: u64,
        /// What stands there.
        found: String,
        /// What is wrong with it.
        fault: CellFault,
    },
}

/// What is wrong with a cell of a file of published figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// The row names no figure.
    #[error("is empty\nhint: every row names its figure, such as A18")]
    NoId,
    /// The value is not a number.
    #[error(
        "is not a number\nhint: write digits as printed, such as 2655.03, without unit or grouping"
    )]
    NoNumber,
    /// The figure stands in the file twice.
    #[error("stands in the file twice\nhint: keep one of the rows")]
    Twice,
}

impl CellFault {
    /// The column that it is in.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::NoId | Self::Twice => "id",
            Self::NoNumber => "value",
        }
    }
}
