//! What is wrong with a population, with the file and the column.

use minsheng_columnar::ColumnarError;
use minsheng_core::Month;
use minsheng_policy::EvalError;

/// Why a population cannot be determined.
#[derive(Debug, thiserror::Error)]
pub enum PopulationError {
    /// The pack does not say what the columns hold.
    #[error(
        "the pack says nothing about the columns of a population\n  hint: declare them with a `toml population` block in the file of the pack"
    )]
    NoMapping,
    /// A file cannot be opened, read or written.
    #[error("{file}: {problem}\n  hint: {hint}")]
    File {
        /// File.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        hint: &'static str,
    },
    /// A column is missing, unknown or of another type.
    #[error("{file}: column `{column}`: {problem}\n  hint: {hint}")]
    Column {
        /// File.
        file: String,
        /// Column.
        column: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// A value is refused.
    #[error("{file}: column `{column}`, row {row}: {problem}\n  hint: {hint}")]
    Value {
        /// File.
        file: String,
        /// Column.
        column: String,
        /// Row, from 1.
        row: u64,
        /// What is wrong.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// The dates alone leave no answer.
    #[error(transparent)]
    Columnar(#[from] ColumnarError),
    /// A household has no answer.
    #[error("household {household}, {programme}, {month}: {error}")]
    Household {
        /// Id.
        household: i64,
        /// Programme; `all` for the sum of all.
        programme: String,
        /// Month.
        month: Month,
        /// What the reference evaluator says.
        error: EvalError,
        /// How many households have none, in the part of the register in which the first was met.
        failed: usize,
    },
}

impl PopulationError {
    pub(crate) fn unreadable(file: &str, error: impl std::fmt::Display) -> PopulationError {
        PopulationError::File {
            file: file.to_owned(),
            problem: error.to_string(),
            hint: "a folder holds `household.parquet` and `person.parquet`, whole and readable",
        }
    }

    pub(crate) fn unwritable(file: &str, error: impl std::fmt::Display) -> PopulationError {
        PopulationError::File {
            file: file.to_owned(),
            problem: error.to_string(),
            hint: "name a folder that can be written and has room",
        }
    }
}
