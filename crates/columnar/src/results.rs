//! What comes out of a batch.
//!
//! Must not know: how it was found.

use minsheng_policy::EvalError;

/// Answers for the households of a batch, in their order.
#[derive(Debug, Default)]
pub struct Results {
    /// One per question.
    pub questions: Vec<QuestionResult>,
    /// Households without an answer, in the order in which they were met.
    pub failed: Vec<Failed>,
}

/// Answers to one question.
#[derive(Debug, Default)]
pub struct QuestionResult {
    /// Fen of all programmes together, by household.
    pub total: Vec<i64>,
    /// One per programme.
    pub programmes: Vec<ProgrammeResult>,
}

/// Answers of a programme to one question.
#[derive(Debug, Default)]
pub struct ProgrammeResult {
    /// Households that are eligible.
    pub eligible: u64,
    /// Households of which it is not known.
    pub undetermined: u64,
    /// Households that the reference evaluator was asked about.
    pub asked: u64,
    /// 1 where eligible, if asked for.
    pub is_eligible: Vec<u8>,
    /// 1 where not known, if asked for.
    pub is_undetermined: Vec<u8>,
    /// Fen by household, if asked for.
    pub total: Vec<i64>,
    /// What members receive, if asked for.
    pub members: MemberColumns,
}

/// What members receive, by person of the batch; the rest means something only where `receives` is 1 and the household
/// is eligible.
#[derive(Debug, Default)]
pub struct MemberColumns {
    /// 1 where the member receives.
    pub receives: Vec<u8>,
    /// Fen.
    pub amount: Vec<i64>,
    /// Index of the class in its code list.
    pub class: Vec<i64>,
}

/// A household without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Index of the question.
    pub question: usize,
    /// Index of the programme; `None` for the sum of all.
    pub programme: Option<usize>,
    /// Household by its place in the batch.
    pub row: usize,
    /// What the reference evaluator says.
    pub error: EvalError,
}
