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
pub struct Node {
    /// What is done.
    pub op: Op,
    /// Place in the file of the rule.
    pub span: Span,
}

/// Operations; `slot` is a place in the frame of the rule.
#[derive(Debug, Clone)]
pub enum Op {
    /// A constant.
    Constant(Value),
    /// A variable of the frame: the subject of a rule, the variable of a fold, a `let`.
    Local(u16),
    /// A parameter by index, under the key date in force.
    Parameter(u16),
    /// A rule without subject.
    Rule(u16),
    /// A rule about a person.
    RuleOf(u16, Box<Node>),
    /// All members of the household.
    Members,
    /// Day of the application.
    ApplicationDate,
    /// Who applies alone.
    Single,
    /// Month of benefit.
    BenefitMonth,
    /// Household evidence by slot.
    Household(u16),
    /// Person evidence by slot.
    Person(u16, Box<Node>),
    /// Field of a record.
    Record(u16, Box<Node>),
    /// Digit of a compound code: divisor by which it is cut off.
    Digit(i64, Box<Node>),
    /// Whether evidence that may be declared absent is there.
    Has(Box<Node>),
    /// Negation of a truth value.
    Not(Box<Node>),
    /// Negation of a number.
    Negate(Box<Node>),
    /// `&&`: false on either side decides.
    And(Box<Node>, Box<Node>),
    /// `||`: true on either side decides.
    Or(Box<Node>, Box<Node>),
    /// `? :`
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    /// A local, its value, and what reads it; the value is evaluated first.
    Let(u16, Box<Node>, Box<Node>),
    /// `==`
    Equal(Box<Node>, Box<Node>),
    /// Orders of numbers, dates and months.
    Compare(Comparison, Box<Node>, Box<Node>),
    /// Operations on numbers.
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    /// Whether a list holds a value.
    In(Box<Node>, Box<Node>),
    /// A list written out.
    List(Vec<Node>),
    /// A function.
    Call(Function, Vec<Node>),
    /// A list operation: the slot of its variable, the list, the body (none: the length).
    Fold(Fold, u16, Box<Node>, Option<Box<Node>>),
}

impl Op {
    /// The parts of an operation, in the order in which they are written.
    pub fn children(&self) -> impl Iterator<Item = &Node> {
        let (boxed, listed): ([Option<&Node>; 3], &[Node]) = match self {
            Op::Constant(_)
            | Op::Local(_)
            | Op::Parameter(_)
            | Op::Rule(_)
            | Op::Members
            | Op::ApplicationDate
            | Op::Single
            | Op::BenefitMonth
            | Op::Household(_) => ([None; 3], &[]),
            Op::RuleOf(_, of)
            | Op::Person(_, of)
            | Op::Record(_, of)
            | Op::Digit(_, of)
            | Op::Has(of)
            | Op::Not(of)
            | Op::Negate(of) => ([Some(of), None, None], &[]),
            Op::And(left, right)
            | Op::Or(left, right)
            | Op::Let(_, left, right)
            | Op::Equal(left, right)
            | Op::Compare(_, left, right)
            | Op::Arithmetic(_, left, right)
            | Op::In(left, right) => ([Some(left), Some(right), None], &[]),
            Op::Conditional(condition, yes, no) => ([Some(condition), Some(yes), Some(no)], &[]),
            Op::List(items) | Op::Call(_, items) => ([None; 3], items),
            Op::Fold(_, _, list, body) => ([Some(list), body.as_deref(), None], &[]),
        };
        boxed.into_iter().flatten().chain(listed)
    }
}

/// Orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// Operations on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// Functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The smallest multiple of the step that is not below.
    CeilTo,
    /// The largest multiple of the step that is not above.
    FloorTo,
    /// The nearest multiple of the step; halves away from zero.
    RoundHalfUpTo,
    /// Multiplies by a constant of the conversion (`per_month`, `per_year`, `months` …).
    Scale(Exact),
    /// Whole years between two days.
    CompletedYears,
    /// Whole months between two days.
    MonthsBetween,
    /// Days between two days.
    DaysBetween,
    /// Month of a day.
    MonthOf,
    /// First day of a month.
    FirstDay,
    /// Last day of a month.
    LastDay,
    /// A day so many months later.
    AddMonths,
}

/// What is done with the members of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Sum of the body.
    Sum,
    /// How many hold.
    Count,
    /// Whether one holds.
    Any,
    /// Whether all hold.
    All,
    /// Whether exactly one holds.
    ExistsOne,
    /// Those that hold.
    Filter,
    /// The body of each.
    Map,
}

/// A parameter with typed values.
#[derive(Debug)]
pub struct Parameter {
    /// Name.
    pub name: Arc<str>,
    /// Type.
    pub ty: Type,
    /// Ascending by first day.
    pub values: Vec<DatedValue>,
}

/// A value from a day on.
#[derive(Debug)]
pub struct DatedValue {
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Option<Date>,
    /// The value.
    pub value: ParameterConstant,
}

/// A constant; a list of codes stays outside the machine's lists.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterConstant {
    /// One value.
    One(Value),
    /// Codes by index.
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
pub struct Rule {
    /// Name.
    pub name: Arc<str>,
    /// Whether it is about a person.
    pub subject: bool,
    /// Type.
    pub ty: Type,
    /// The key date that it imposes on what it reads.
    pub key: Option<Key>,
    /// The key date of the laws that choose its version.
    pub series: Option<Key>,
    /// Versions.
    pub versions: Vec<Version>,
    /// Version by index of the law; empty without `series`.
    pub by_law: Vec<Option<u16>>,
    /// Exceptions.
    pub exceptions: Vec<Exception>,
    /// Rules that it uses, in any version.
    pub uses: Vec<u16>,
    /// Parameters that it reads, in any version.
    pub parameters: Vec<u16>,
    /// Whether it reads the month of benefit itself.
    pub reads_month: bool,
    /// `path:line` of the first version.
    pub place: String,
}

/// A version of a rule.
#[derive(Debug)]
pub struct Version {
    /// The expression.
    pub body: Node,
    /// Slots of its frame.
    pub frame: u16,
    /// What it cites.
    pub cite: Citation,
    /// What it says.
    pub text: Text,
    /// The expression as text.
    pub source: String,
}

/// An exception to a rule.
#[derive(Debug)]
pub struct Exception {
    /// Label.
    pub label: Arc<str>,
    /// `rule: label`
    pub name: Arc<str>,
    /// Laws under which it exists; empty: all.
    pub laws: Vec<u16>,
    /// When it applies.
    pub condition: Node,
    /// What then holds.
    pub value: Node,
    /// Slots of its frame.
    pub frame: u16,
    /// Indices of exceptions that it beats, transitively.
    pub beats: Vec<u16>,
    /// What it cites.
    pub cite: Citation,
    /// What it says.
    pub text: Text,
    /// The expression as text.
    pub source: String,
}

/// A reason of refusal.
#[derive(Debug)]
pub struct ReasonRule {
    /// Code.
    pub code: String,
    /// Laws under which it exists; empty: all.
    pub laws: Vec<u16>,
    /// When it applies.
    pub condition: Node,
    /// Slots of its frame.
    pub frame: u16,
    /// What it cites.
    pub cite: Citation,
    /// What it says.
    pub text: Text,
}

/// What is cited: by law, where the law decides.
#[derive(Debug, Clone)]
pub struct Citation {
    /// Under laws that no tag names.
    pub general: Arc<str>,
    /// Law index and its citation.
    pub by_law: Vec<(u16, Arc<str>)>,
}

impl Citation {
    /// The citation under a law.
    pub fn under(&self, law: Option<u16>) -> &Arc<str> {
        let special = self.by_law.iter().find(|(index, _)| Some(*index) == law);
        special.map_or(&self.general, |(_, cite)| cite)
    }
}

/// Explanation text in both languages, with values to be filled in.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// In Chinese.
    pub zh: Vec<Piece>,
    /// In English.
    pub en: Vec<Piece>,
    /// The whole text when there is nothing to fill in.
    pub fixed: Option<Arc<Bilingual>>,
}

/// Part of a text.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Words as they are.
    Words(String),
    /// The value of a rule without subject.
    Rule(u16),
    /// The value of a parameter.
    Parameter(u16),
}
