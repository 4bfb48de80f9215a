//! What can go wrong when a loaded programme is asked: named errors, never a default.

use minsheng_core::Date;

/// An evaluation that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// No law is in force on the key date.
    #[error(
        "{programme}: no law in force on {on}\n  hint: the earliest law of the pack begins on {earliest}"
    )]
    NoLaw {
        /// Programme code.
        programme: String,
        /// Key date.
        on: Date,
        /// First day of the first law.
        earliest: Date,
    },
    /// No procedure for the law in force.
    #[error("{programme}: no procedure for {law}")]
    NoProcedure {
        /// Programme code.
        programme: String,
        /// Law id.
        law: String,
    },
    /// A parameter has no value on the key date.
    #[error(
        "parameter {parameter} has no value on {on}\n  hint: add a [[value]] that covers this day, with its citation"
    )]
    NoValue {
        /// Parameter name.
        parameter: String,
        /// Key date.
        on: Date,
    },
    /// There is no such parameter.
    #[error("unknown parameter {0}")]
    UnknownParameter(String),
    /// There is no such rule, or it is asked for the wrong subject.
    #[error(
        "unknown rule {0}\n  hint: a rule about a person is asked for one of the members, any other for none"
    )]
    UnknownRule(String),
    /// A result does not fit.
    #[error("{rule}: the number is too large")]
    Overflow {
        /// Rule being evaluated.
        rule: String,
    },
    /// Division by zero.
    #[error("{rule}: division by zero")]
    DivisionByZero {
        /// Rule being evaluated.
        rule: String,
    },
    /// Two exceptions apply and neither is ranked over the other.
    #[error(
        "{rule}: the exceptions {first} and {second} both apply and neither is ranked over the other\n  hint: write `@over {second}` in {first}, or the other way round"
    )]
    Conflict {
        /// Rule.
        rule: String,
        /// Label.
        first: String,
        /// Label.
        second: String,
    },
    /// The household is neither eligible nor is there a reason to refuse it, or the reverse.
    #[error(
        "{programme}: eligible is {eligible} but the reasons that apply are [{reasons}]\n  hint: every refusal needs a reason, and a reason that applies refuses"
    )]
    ReasonsDisagree {
        /// Programme code.
        programme: String,
        /// Value of the eligibility rule.
        eligible: bool,
        /// Codes of the reasons that apply.
        reasons: String,
    },
    /// Facts that were read for another programme.
    #[error(
        "{programme}: these facts were read for a programme with other evidence\n  hint: read them again with the facts() of this programme"
    )]
    ForeignFacts {
        /// Programme code.
        programme: String,
    },
    /// An amount cannot be told because evidence is missing.
    #[error("{programme}: the amount is undetermined: needs {needs}")]
    Undetermined {
        /// Programme code.
        programme: String,
        /// The missing evidence, `entity id field`.
        needs: String,
    },
}

/// A value refused at the boundary, with the path of its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}\n  hint: {hint}")]
pub struct BoundaryError {
    /// Path of the field, for example `household.members[2].income[0].amount`.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
}
