//! The checked form of a programme: names are slots, types and units are settled, nothing is left to look up.
//!
//! Made by `check`, walked by `eval`. Must not know: text of packs, JSON.

use std::sync::Arc;

use minsheng_core::Date;

use crate::exact::Exact;
use crate::model::Key;
use crate::syntax::Span;
use crate::text::Bilingual;
use crate::types::Type;
use crate::value::Value;

/// A checked expression.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub op: Op,
    /// Place in the file of the rule.
    pub span: Span,
}

/// Operations; `slot` is a place in the frame of the rule.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Constant(Value),
    Local(u16),
    Parameter(u16),
    Rule(u16),
    RuleOf(u16, Box<Node>),
    Members,
    ApplicationDate,
    Single,
    BenefitMonth,
    /// Household evidence by slot.
    Household(u16),
    /// Person evidence by slot.
    Person(u16, Box<Node>),
    /// Field of a record.
    Record(u16, Box<Node>),
    /// Digit of a compound code: divisor by which it is cut off.
    Digit(i64, Box<Node>),
    Has(Box<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    Let(u16, Box<Node>, Box<Node>),
    Equal(Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Call(Function, Vec<Node>),
    Fold(Fold, u16, Box<Node>, Option<Box<Node>>),
}

/// Orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Operations on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Min,
    Max,
    CeilTo,
    FloorTo,
    RoundHalfUpTo,
    /// Multiplies by a constant of the conversion (`per_month`, `per_year`, `months` …).
    Scale(Exact),
    CompletedYears,
    MonthsBetween,
    DaysBetween,
    MonthOf,
    FirstDay,
    LastDay,
    AddMonths,
}

/// What is done with the members of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Sum,
    Count,
    Any,
    All,
    ExistsOne,
    Filter,
    Map,
}

/// A parameter with typed values.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub name: Arc<str>,
    pub ty: Type,
    /// Ascending by first day.
    pub values: Vec<DatedValue>,
}

/// A value from a day on.
#[derive(Debug)]
pub(crate) struct DatedValue {
    pub from: Date,
    pub to: Option<Date>,
    pub value: ParameterConstant,
}

/// A constant; a list of codes stays outside the machine's lists.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ParameterConstant {
    One(Value),
    Codes(Vec<u32>),
}

impl Parameter {
    /// Index of the value in force on a day.
    pub fn at(&self, on: Date) -> Option<usize> {
        let index = self.values.iter().rposition(|value| value.from <= on)?;
        self.values[index]
            .to
            .is_none_or(|to| on < to)
            .then_some(index)
    }
}

/// A rule with its versions and exceptions.
#[derive(Debug)]
pub(crate) struct Rule {
    pub name: Arc<str>,
    /// Whether it is about a person.
    pub subject: bool,
    pub ty: Type,
    /// The key date that it imposes on what it reads.
    pub key: Option<Key>,
    /// The key date of the laws that choose its version.
    pub series: Option<Key>,
    pub versions: Vec<Version>,
    /// Version by index of the law; empty without `series`.
    pub by_law: Vec<Option<u16>>,
    pub exceptions: Vec<Exception>,
    /// Rules that it uses, in any version.
    pub uses: Vec<u16>,
    pub parameters: Vec<u16>,
    pub reads_month: bool,
    /// `path:line` of the first version.
    pub place: String,
}

/// A version of a rule.
#[derive(Debug)]
pub(crate) struct Version {
    pub body: Node,
    /// Slots of its frame.
    pub frame: u16,
    pub cite: Citation,
    pub text: Text,
    /// The expression as text.
    pub source: String,
}

/// An exception to a rule.
#[derive(Debug)]
pub(crate) struct Exception {
    pub label: Arc<str>,
    /// `rule: label`
    pub name: Arc<str>,
    /// Laws under which it exists; empty: all.
    pub laws: Vec<u16>,
    pub condition: Node,
    pub value: Node,
    pub frame: u16,
    /// Indices of exceptions that it beats, transitively.
    pub beats: Vec<u16>,
    pub cite: Citation,
    pub text: Text,
    pub source: String,
}

/// A reason of refusal.
#[derive(Debug)]
pub(crate) struct ReasonRule {
    pub code: String,
    pub laws: Vec<u16>,
    pub condition: Node,
    pub frame: u16,
    pub cite: Citation,
    pub text: Text,
}

/// What is cited: by law, where the law decides.
#[derive(Debug, Clone)]
pub(crate) struct Citation {
    /// Under laws that no tag names.
    pub general: Arc<str>,
    /// Law index and its citation.
    pub by_law: Vec<(u16, Arc<str>)>,
}

impl Citation {
    pub fn under(&self, law: Option<u16>) -> &Arc<str> {
        let special = self.by_law.iter().find(|(index, _)| Some(*index) == law);
        special.map_or(&self.general, |(_, cite)| cite)
    }
}

/// Explanation text in both languages, with values to be filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pub zh: Vec<Piece>,
    pub en: Vec<Piece>,
    /// The whole text when there is nothing to fill in.
    pub fixed: Option<Arc<Bilingual>>,
}

/// Part of a text.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Words(String),
    /// The value of a rule without subject.
    Rule(u16),
    /// The value of a parameter.
    Parameter(u16),
}
