//! What cannot be answered by columns, by name.

use minsheng_policy::EvalError;

/// Why a programme cannot be lowered, or a household has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnarError {
    /// A rule says something for which there is no operation on columns yet.
    #[error(
        "{programme}: the rule `{rule}` cannot be evaluated by columns: {what}\n  hint: write it without {what}, or ask about single households"
    )]
    Refused {
        /// Programme.
        programme: String,
        /// Rule, or code of a reason.
        rule: String,
        /// What there is no operation for.
        what: &'static str,
    },
    /// An error that the key dates alone decide: no law, no value of a parameter.
    #[error(transparent)]
    Evaluation(#[from] EvalError),
    /// Evaluation of one household failed.
    #[error("household {household}: {error}")]
    Household {
        /// Id.
        household: i64,
        /// What the reference evaluator says.
        error: EvalError,
    },
}
