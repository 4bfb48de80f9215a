//! Conditions as formulas: what is asked of one thing (a code, a number, a truth value) stands together, however it
//! is written, so that `age < 60` and `80 <= age` are seen to exclude each other.

use std::cell::Cell as Budget;
use std::collections::BTreeMap;

use minsheng_core::Date;

use crate::eval::calendar::days_between;
use crate::exact::Exact;
use crate::ir::{Arithmetic, Comparison, Fold, Function, Node, Op};
use crate::program::Program;
use crate::types::Type;
use crate::value::Value;

/// Rules written out within rules; deeper ones are taken as things of their own.
const DEEPEST: u8 = 24;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Formula {
    Known(bool),
    /// A truth value, by the words for it.
    Atom(String),
    /// A thing is this code; of how many, if it must have one of them.
    Code {
        of: String,
        code: u32,
        text: String,
        count: Option<u32>,
    },
    /// A number is below (or not above) a bound.
    Below {
        of: String,
        bound: Exact,
        inclusive: bool,
        whole: bool,
    },
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    pub fn not(self) -> Formula {
        match self {
            Formula::Known(value) => Formula::Known(!value),
            Formula::Not(inner) => *inner,
            other => Formula::Not(Box::new(other)),
        }
    }
}

/// A thing that is compared: the words for it, and what is known of its values.
#[derive(Debug, Clone)]
struct Thing {
    words: String,
    whole: bool,
    codes: Option<u16>,
    /// Always one of its codes.
    total: bool,
}

/// Turns conditions of one programme into formulas.
pub(super) struct Builder<'p> {
    program: &'p Program,
    /// Parts that may still be written out: a part that is used twice at each step is written out twice at each.
    left: Budget<u32>,
}

/// Parts written out for one question.
const MOST: u32 = 3_000;

/// What stands in the slots of a frame.
type Frame<'p> = BTreeMap<u16, Bound<'p>>;

#[derive(Clone)]
enum Bound<'p> {
    /// A person or an item of a list.
    Word(String),
    /// A `let`, with the frame in which its value was written.
    Value(&'p Node, Frame<'p>),
}

impl<'p> Builder<'p> {
    pub fn new(program: &'p Program) -> Builder<'p> {
        Builder {
            program,
            left: Budget::new(MOST),
        }
    }

    /// Begins a new question.
    pub fn begin(&self) {
        self.left.set(MOST);
    }

    /// Whether the question was too large to be written out: its formulas say nothing then.
    pub fn gave_up(&self) -> bool {
        self.left.get() == 0
    }

    fn spent(&self) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        self.gave_up()
    }

    /// The formula of a condition about `m`, or about the household.
    pub fn condition(&self, node: &'p Node) -> Formula {
        let frame = Frame::from([(0, Bound::Word("m".to_owned()))]);
        self.formula(node, &frame, 0)
    }

    fn formula(&self, node: &'p Node, frame: &Frame<'p>, depth: u8) -> Formula {
        if self.spent() {
            return Formula::Known(true);
        }
        let of = |inner: &'p Node| self.formula(inner, frame, depth);
        match &node.op {
            Op::Constant(Value::Bool(value)) => Formula::Known(*value),
            Op::Not(inner) => of(inner).not(),
            Op::And(left, right) => Formula::All(vec![of(left), of(right)]),
            Op::Or(left, right) => Formula::Any(vec![of(left), of(right)]),
            Op::Conditional(condition, yes, no) => {
                let condition = of(condition);
                Formula::Any(vec![
                    Formula::All(vec![condition.clone(), of(yes)]),
                    Formula::All(vec![condition.not(), of(no)]),
                ])
            }
            Op::Let(slot, value, body) => {
                let mut inner = frame.clone();
                inner.insert(*slot, Bound::Value(value, frame.clone()));
                self.formula(body, &inner, depth)
            }
            Op::Local(slot) => match frame.get(slot) {
                Some(Bound::Value(value, outer)) => self.formula(value, outer, depth),
                _ => self.atom(node, frame),
            },
            Op::Rule(index) => match self.inside(*index, None, depth) {
                Some((body, inner)) => self.formula(body, &inner, depth + 1),
                None => self.atom(node, frame),
            },
            Op::RuleOf(index, person) => {
                match self.inside(*index, Some(self.words(person, frame)), depth) {
                    Some((body, inner)) => self.formula(body, &inner, depth + 1),
                    None => self.atom(node, frame),
                }
            }
            Op::Equal(left, right) => self.equal(left, right, frame, depth),
            Op::Compare(comparison, left, right) => {
                self.compare(*comparison, left, right, frame, depth)
            }
            Op::In(item, list) => match &list.op {
                Op::List(items) => Formula::Any(
                    items
                        .iter()
                        .map(|one| self.equal(item, one, frame, depth))
                        .collect(),
                ),
                _ => self.atom(node, frame),
            },
            _ => self.atom(node, frame),
        }
    }

    fn atom(&self, node: &'p Node, frame: &Frame<'p>) -> Formula {
        Formula::Atom(self.words(node, frame))
    }

    /// The body of a rule that says the same wherever it is asked: one version, no exceptions, no key date of its
    /// own.
    fn inside(
        &self,
        index: u16,
        person: Option<String>,
        depth: u8,
    ) -> Option<(&'p Node, Frame<'p>)> {
        let rule = &self.program.rules[index as usize];
        let plain = rule.versions.len() == 1 && rule.exceptions.is_empty() && rule.key.is_none();
        (plain && depth < DEEPEST).then(|| {
            let frame = person.map(|person| (0, Bound::Word(person)));
            (&rule.versions[0].body, frame.into_iter().collect())
        })
    }

    fn equal(&self, left: &'p Node, right: &'p Node, frame: &Frame<'p>, depth: u8) -> Formula {
        let (left, right) = match &left.op {
            Op::Constant(_) => (right, left),
            _ if constant(left).is_some() => (right, left),
            _ => (left, right),
        };
        let thing = self.thing(left, frame, depth);
        match &right.op {
            Op::Constant(Value::Bool(value)) => {
                let formula = self.formula(left, frame, depth);
                if *value { formula } else { formula.not() }
            }
            Op::Constant(Value::Code(code)) => {
                let list = thing
                    .codes
                    .map(|list| &self.program.layout.code_lists[list as usize].codes);
                Formula::Code {
                    text: list
                        .and_then(|list| list.get(*code as usize))
                        .map_or_else(|| code.to_string(), |code| code.code.clone()),
                    count: list.map(|list| list.len() as u32).filter(|_| thing.total),
                    of: thing.words,
                    code: *code,
                }
            }
            _ if constant(right).is_some() => {
                let below = |inclusive| Formula::Below {
                    of: thing.words.clone(),
                    bound: constant(right).unwrap_or(Exact::ZERO),
                    inclusive,
                    whole: thing.whole,
                };
                Formula::All(vec![below(true), below(false).not()])
            }
            _ => {
                let (mut a, mut b) = (thing.words, self.thing(right, frame, depth).words);
                if a > b {
                    std::mem::swap(&mut a, &mut b);
                }
                Formula::Atom(format!("{a} == {b}"))
            }
        }
    }

    fn compare(
        &self,
        comparison: Comparison,
        left: &'p Node,
        right: &'p Node,
        frame: &Frame<'p>,
        depth: u8,
    ) -> Formula {
        // Everything becomes "left below right", perhaps turned round.
        let (left, right, inclusive, turned) = match comparison {
            Comparison::Less => (left, right, false, false),
            Comparison::AtMost => (left, right, true, false),
            Comparison::Greater => (left, right, true, true),
            Comparison::AtLeast => (left, right, false, true),
        };
        let formula = match (constant(left), constant(right)) {
            (_, Some(bound)) => {
                let thing = self.thing(left, frame, depth);
                Formula::Below {
                    of: thing.words,
                    bound,
                    inclusive,
                    whole: thing.whole,
                }
            }
            // `60 < age` is "not: age at most 60".
            (Some(bound), None) => {
                let thing = self.thing(right, frame, depth);
                Formula::Below {
                    of: thing.words,
                    bound,
                    inclusive: !inclusive,
                    whole: thing.whole,
                }
                .not()
            }
            (None, None) => {
                let (left, right) = (
                    self.thing(left, frame, depth).words,
                    self.thing(right, frame, depth).words,
                );
                // `a <= b` is "not: b < a", so that both ways of writing it meet.
                if inclusive {
                    Formula::Atom(format!("{right} < {left}")).not()
                } else {
                    Formula::Atom(format!("{left} < {right}"))
                }
            }
        };
        if turned { formula.not() } else { formula }
    }

    /// What is compared, its rules written out.
    fn thing(&self, node: &'p Node, frame: &Frame<'p>, depth: u8) -> Thing {
        let inner = match &node.op {
            Op::Local(slot) => match frame.get(slot) {
                Some(Bound::Value(value, outer)) => Some((*value, outer.clone())),
                _ => None,
            },
            Op::Rule(index) => self.inside(*index, None, depth),
            Op::RuleOf(index, person) => {
                self.inside(*index, Some(self.words(person, frame)), depth)
            }
            _ => None,
        };
        if let Some((body, inner)) = inner {
            return self.thing(body, &inner, depth + 1);
        }
        let layout = &self.program.layout;
        let typed = |ty: &Type| match ty {
            Type::Code(list) => (true, Some(*list), true),
            Type::Number { whole, .. } => (*whole, None, true),
            Type::Optional(inner) => match **inner {
                Type::Code(list) => (true, Some(list), false),
                _ => (true, None, false),
            },
            _ => (true, None, true),
        };
        let (whole, codes, total) = match &node.op {
            Op::Household(slot) => typed(&layout.household[*slot as usize].ty),
            Op::Person(slot, _) => typed(&layout.person[*slot as usize].ty),
            Op::Parameter(index) => typed(&self.program.parameters[*index as usize].ty),
            Op::Rule(index) | Op::RuleOf(index, _) => {
                typed(&self.program.rules[*index as usize].ty)
            }
            Op::Digit(..) | Op::Fold(Fold::Count, ..) => (true, None, true),
            Op::Call(
                Function::CompletedYears | Function::MonthsBetween | Function::DaysBetween,
                _,
            ) => (true, None, true),
            _ => (false, None, true),
        };
        Thing {
            words: self.words(node, frame),
            whole,
            codes,
            total,
        }
    }

    /// The words for a part of a condition; equal words are equal values.
    fn words(&self, node: &'p Node, frame: &Frame<'p>) -> String {
        if self.spent() {
            return String::new();
        }
        let of = |inner: &'p Node| self.words(inner, frame);
        let list = |items: &'p [Node]| items.iter().map(of).collect::<Vec<_>>().join(", ");
        let layout = &self.program.layout;
        match &node.op {
            Op::Constant(value) => match value {
                Value::Number(number) => number.to_string(),
                Value::Date(date) => date.to_string(),
                Value::Bool(value) => value.to_string(),
                other => format!("{other:?}"),
            },
            Op::Local(slot) => match frame.get(slot) {
                Some(Bound::Word(word)) => word.clone(),
                Some(Bound::Value(value, outer)) => self.words(value, outer),
                None => format!("x{slot}"),
            },
            Op::Parameter(index) => self.program.parameters[*index as usize].name.to_string(),
            Op::Rule(index) => self.program.rules[*index as usize].name.to_string(),
            Op::RuleOf(index, person) => format!(
                "{}({})",
                self.program.rules[*index as usize].name,
                of(person)
            ),
            Op::Members => "members".to_owned(),
            Op::ApplicationDate => "application.date".to_owned(),
            Op::Single => "application.single".to_owned(),
            Op::BenefitMonth => "benefit_month".to_owned(),
            Op::Household(slot) => format!("household.{}", layout.household[*slot as usize].name),
            Op::Person(slot, person) => {
                format!("{}.{}", of(person), layout.person[*slot as usize].name)
            }
            Op::Record(field, record) => format!("{}.{field}", of(record)),
            Op::Digit(divisor, code) => format!("{}.digit{divisor}", of(code)),
            Op::Has(inner) => format!("has({})", of(inner)),
            Op::Not(inner) => format!("!({})", of(inner)),
            Op::Negate(inner) => format!("-({})", of(inner)),
            Op::And(left, right) => format!("({} && {})", of(left), of(right)),
            Op::Or(left, right) => format!("({} || {})", of(left), of(right)),
            Op::Conditional(condition, yes, no) => {
                format!("({} ? {} : {})", of(condition), of(yes), of(no))
            }
            Op::Let(slot, value, body) => {
                let mut inner = frame.clone();
                inner.insert(*slot, Bound::Value(value, frame.clone()));
                self.words(body, &inner)
            }
            Op::Equal(left, right) => format!("({} == {})", of(left), of(right)),
            Op::Compare(comparison, left, right) => {
                let sign = match comparison {
                    Comparison::Less => "<",
                    Comparison::AtMost => "<=",
                    Comparison::Greater => ">",
                    Comparison::AtLeast => ">=",
                };
                format!("({} {sign} {})", of(left), of(right))
            }
            Op::Arithmetic(arithmetic, left, right) => {
                let sign = match arithmetic {
                    Arithmetic::Add => "+",
                    Arithmetic::Subtract => "-",
                    Arithmetic::Multiply => "*",
                    Arithmetic::Divide => "/",
                    Arithmetic::Remainder => "%",
                };
                format!("({} {sign} {})", of(left), of(right))
            }
            Op::In(item, items) => format!("({} in {})", of(item), of(items)),
            Op::List(items) => format!("[{}]", list(items)),
            Op::Call(Function::Scale(factor), args) if *factor == Exact::whole(1) => list(args),
            Op::Call(Function::Scale(factor), args) => format!("({} * {factor})", list(args)),
            Op::Call(function, args) => format!("{}({})", called(*function), list(args)),
            Op::Fold(fold, slot, items, body) => {
                let mut inner = frame.clone();
                inner.insert(*slot, Bound::Word(format!("x{slot}")));
                let body = body
                    .as_deref()
                    .map_or_else(String::new, |body| self.words(body, &inner));
                format!("{}.{fold:?}(x{slot}, {body})", of(items))
            }
        }
    }
}

/// The name of a function in a pack.
fn called(function: Function) -> &'static str {
    match function {
        Function::Min => "min",
        Function::Max => "max",
        Function::CeilTo => "ceil_to",
        Function::FloorTo => "floor_to",
        Function::RoundHalfUpTo => "round_half_up_to",
        Function::Scale(_) => "scale",
        Function::CompletedYears => "completed_years",
        Function::MonthsBetween => "months_between",
        Function::DaysBetween => "days_between",
        Function::MonthOf => "month_of",
        Function::FirstDay => "first_day",
        Function::LastDay => "last_day",
        Function::AddMonths => "add_months",
    }
}

/// A number or day that is written out, perhaps with its unit: `years(60)`.
fn constant(node: &Node) -> Option<Exact> {
    match &node.op {
        Op::Constant(value) => scale(value),
        Op::Negate(inner) => constant(inner)?.checked_neg(),
        Op::Call(Function::Scale(factor), args) => constant(args.first()?)?.checked_mul(*factor),
        _ => None,
    }
}

/// Numbers and days on one scale.
fn scale(value: &Value) -> Option<Exact> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Date(date) => {
            let days = days_between(Date::constant(1970, 1, 1), *date);
            Some(Exact::whole(i128::from(days)))
        }
        _ => None,
    }
}
