//! What a loaded programme declares beside its rules: laws, parameters, evidence, procedure, payment.
//!
//! Plain records without behaviour beyond look-ups; the casework and payment offices read them as data.
//! Must not know: how packs are parsed, how rules are evaluated.

use minsheng_core::Date;
use serde::{Deserialize, Serialize};

use crate::text::{Bilingual, Mark};
use crate::units::Unit;
use crate::wire;

/// The date by which a version of law, or a parameter, is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// The day on which the township accepted the case.
    Acceptance,
    /// The month of benefit (its first day).
    Month,
}

/// A law that the programme cites; with `applies_by` it also chooses versions of rules and procedures.
#[derive(Debug, Clone, Serialize)]
pub struct Law {
    /// Short name used in rules, for example `D21`.
    pub id: String,
    /// Title and document number.
    pub title: Bilingual,
    /// First day in force.
    #[serde(serialize_with = "wire::date")]
    pub from: Date,
    /// First day no longer in force.
    #[serde(serialize_with = "wire::opt_date")]
    pub to: Option<Date>,
    /// The key date that chooses this law; `None` for laws that are only cited.
    pub applies_by: Option<Key>,
}

/// A parameter: dated values with citation.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// Name used in rules.
    pub name: String,
    /// What it is.
    pub label: Bilingual,
    /// Unit as written in the pack, for example `fen/person/month`, `ratio`, `codes(income.kind)`.
    pub unit: String,
    /// Values, by first day, ascending.
    pub values: Vec<ParameterValue>,
}

/// One dated value of a parameter, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParameterValue {
    /// The value.
    pub value: Constant,
    /// Unit as written in the pack.
    pub unit: String,
    /// First day of validity.
    #[serde(serialize_with = "wire::date")]
    pub from: Date,
    /// First day of no validity, when the value ends without a successor.
    #[serde(serialize_with = "wire::opt_date")]
    pub to: Option<Date>,
    /// Where the value comes from.
    pub cite: String,
    /// How well founded it is.
    pub mark: Mark,
    /// File that states it.
    pub path: String,
    /// Line in that file, from 1.
    pub line: u32,
}

/// A constant of the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Constant {
    /// Truth value.
    Bool(bool),
    /// Whole number; fen when the unit is money.
    Int(i64),
    /// Exact ratio in lowest terms.
    Ratio {
        /// Numerator.
        num: i64,
        /// Denominator, positive.
        den: i64,
    },
    /// List of codes.
    Codes(Vec<String>),
}

impl Constant {
    /// The whole number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Constant::Int(value) => Some(*value),
            _ => None,
        }
    }
}

/// Whom a piece of evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Entity {
    /// The household.
    Household,
    /// One of its members.
    Person,
}

/// A code with its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeDecl {
    /// The code as stored.
    pub code: String,
    /// Its name.
    pub label: Bilingual,
}

/// One digit group of a compound code (`42` = class 4, level 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodePart {
    /// Field name in rules.
    pub name: String,
    /// Smallest digit.
    pub min: i64,
    /// Largest digit.
    pub max: i64,
}

/// The column of an evidence row that a field of a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// The slot that tells rows of one kind apart.
    Slot,
    /// The code.
    Code,
    /// The whole number.
    Quantity,
    /// The amount in fen.
    Amount,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordField {
    /// Field name in JSON and in rules.
    pub name: String,
    /// Column of the evidence row.
    pub column: Column,
    /// What it holds: `Code`, `Quantity` or `Amount`.
    pub form: Form,
    /// What it is.
    pub label: Bilingual,
}

/// The shape of a piece of evidence, in JSON and in rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// JSON bool.
    Flag,
    /// JSON date string, or null where the declaration has `absent`.
    Since,
    /// JSON string, one of the codes; or digits given by the parts.
    Code {
        /// The codes allowed (empty when `parts` says it).
        codes: Vec<CodeDecl>,
        /// Digits of a compound code.
        parts: Vec<CodePart>,
    },
    /// JSON whole number.
    Quantity {
        /// Unit as written.
        unit: Unit,
        /// Smallest value allowed.
        min: i64,
        /// Largest value allowed.
        max: Option<i64>,
    },
    /// JSON whole number of fen, not below zero.
    Amount {
        /// Unit as written, a kind of `fen`.
        unit: Unit,
    },
    /// JSON list of objects.
    Records {
        /// Fields, each required.
        fields: Vec<RecordField>,
        /// The field whose value may occur once in a list.
        key: Option<String>,
    },
}

/// What it means when nothing is recorded; declared with a citation and a mark, never assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absent {
    /// The value that stands for it.
    pub value: AbsentValue,
    /// Why.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// The value declared for evidence of which nothing is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsentValue {
    /// There is none: `has(x)` is false.
    None,
    /// A flag's value.
    Flag(bool),
    /// A code.
    Code(String),
    /// A number.
    Quantity(i64),
}

/// What kind of change of circumstances it is when this evidence changes: the cause of the review that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Who belongs to the household.
    Members,
    /// Income or expenses.
    Income,
    /// Property.
    Property,
    /// The situation of a person, or of the household in another way.
    Person,
}

/// Evidence that the programme reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceDecl {
    /// Name in rules and in the JSON of facts.
    pub name: String,
    /// Whom it is about.
    pub entity: Entity,
    /// Kind in the register of evidence.
    pub kind: String,
    /// Shape.
    pub form: Form,
    /// Declared meaning of silence; `None`: silence is missing evidence.
    pub absent: Option<Absent>,
    /// Whether a null may stand in its place: it is unknown then, as if the field were left out.
    pub optional: bool,
    /// Name of the evidence whose presence closes this list.
    pub closed_by: Option<String>,
    /// Health fact: sealed at rest.
    pub health: bool,
    /// What kind of change it is when it changes.
    pub change: Change,
    /// Who holds it.
    pub source: Bilingual,
    /// What it is.
    pub label: Bilingual,
    /// The rule that asks for it.
    pub cite: String,
}

/// How the programme is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payment {
    /// Who receives: `household_head`.
    pub payee: String,
    /// Fund code: `hardship-pool`.
    pub fund: String,
    /// Sources of the fund in the order in which they are drawn.
    pub draw_order: Vec<String>,
    /// Rule for the first month.
    pub first_month: FirstMonth,
    /// Rule for the last month.
    pub last_month: LastMonth,
    /// Facts that end a person's share without a decision: `death`.
    pub self_executing: Vec<String>,
    /// Day of the month by which the money is in the account.
    pub pay_day: u8,
    /// Term for correcting and sending again a returned payment, in working days.
    pub correct_within_working_days: i64,
    /// Articles of the block.
    pub cite: String,
}

/// From which month a decision pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstMonth {
    /// The month after the decision.
    AfterDecision,
}

/// The last month that a stopped entitlement pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastMonth {
    /// The month of the stop decision.
    OfStopDecision,
}

/// How two programmes go together for the same person and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Combination {
    /// The other programme or benefit.
    pub with: String,
    /// Both, neither, or the difference only.
    pub relation: CombinationRelation,
    /// Article or practice.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// See [`Combination`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CombinationRelation {
    /// Both are paid.
    Both,
    /// Never both.
    Never,
    /// The other benefit is paid only as far as it exceeds this one.
    Difference,
}
