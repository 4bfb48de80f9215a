//! The walk: rules with memory, versions by law, exceptions, expressions.

use minsheng_core::{Date, Month};

use super::needs::{NeedRef, NeedSets};
use super::trace::{Read, Tracer};
use crate::determination::KeyDates;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::ir::{Node, Op, ParameterConstant};
use crate::layout::Cell;
use crate::model::Key;
use crate::program::Program;
use crate::value::{ListRange, Value};

/// Why there is no value; the rule is added where it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fault {
    pub kind: FaultKind,
    pub rule: Option<u16>,
}

/// See [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FaultKind {
    Overflow,
    DivisionByZero,
    /// Parameter without a value on a day.
    NoValue {
        parameter: u16,
        on: Date,
    },
    /// Exceptions by index.
    Conflict {
        first: u16,
        second: u16,
    },
    /// No law of the series is in force.
    NoLaw {
        on: Date,
    },
}

pub(crate) type Evaluated = Result<Value, Fault>;

pub(crate) fn fault(kind: FaultKind) -> Fault {
    Fault { kind, rule: None }
}

/// One evaluation of one household.
pub(crate) struct Machine<'a> {
    pub program: &'a Program,
    pub facts: &'a Facts,
    month: Month,
    /// Day by key: acceptance, first day of the month.
    pub(super) on: [Date; 2],
    pub(super) laws: [Option<u16>; 2],
    pub(super) key: Key,
    pub(super) memory: Vec<Option<Evaluated>>,
    parameters: Vec<Option<Value>>,
    pub(super) locals: Vec<Value>,
    pub(super) base: usize,
    /// Items of all lists; the members come first.
    pub lists: Vec<Value>,
    pub needs: NeedSets,
    pub tracer: Option<Tracer>,
}

impl<'a> Machine<'a> {
    pub fn new(
        program: &'a Program,
        facts: &'a Facts,
        key: &KeyDates,
        laws: [Option<u16>; 2],
        traced: bool,
    ) -> Machine<'a> {
        let members = facts.person_ids.len();
        let mut lists = Vec::with_capacity(64);
        lists.extend((0..members as u32).map(Value::Person));
        Machine {
            program,
            facts,
            month: key.month,
            on: [key.acceptance, key.month.first_day()],
            laws,
            key: Key::Acceptance,
            memory: vec![None; 2 * program.rules.len() * (members + 1)],
            parameters: vec![None; 2 * program.parameters.len()],
            locals: Vec::with_capacity(32),
            base: 0,
            lists,
            needs: NeedSets::default(),
            tracer: traced.then(Tracer::default),
        }
    }

    pub fn list(&self, range: ListRange) -> &[Value] {
        &self.lists[range.start as usize..(range.start + range.len) as usize]
    }

    /// The law in force for a rule's series.
    pub fn law_of(&self, series: Option<Key>) -> Option<u16> {
        self.laws[series.unwrap_or(Key::Acceptance) as usize]
    }

    pub(super) fn eval(&mut self, node: &'a Node) -> Evaluated {
        match &node.op {
            Op::Constant(value) => Ok(*value),
            Op::Local(slot) => Ok(self.locals[self.base + *slot as usize]),
            Op::Parameter(index) => self.parameter(*index),
            Op::Rule(index) => {
                let value = self.rule(*index, None, self.key)?;
                self.note(Read::Rule(*index, None, value));
                Ok(value)
            }
            Op::RuleOf(index, person) => match self.eval(person)? {
                Value::Person(person) => {
                    let value = self.rule(*index, Some(person), self.key)?;
                    self.note(Read::Rule(*index, Some(person), value));
                    Ok(value)
                }
                other => Ok(other),
            },
            Op::Members => Ok(Value::List(ListRange {
                start: 0,
                len: self.facts.person_ids.len() as u32,
            })),
            Op::ApplicationDate => {
                self.note(Read::ApplicationDate);
                Ok(Value::Date(self.facts.application_date))
            }
            Op::Single => {
                self.note(Read::Single);
                Ok(self.facts.single.map_or(Value::None, Value::Person))
            }
            Op::BenefitMonth => {
                self.note(Read::BenefitMonth);
                Ok(Value::Month(self.month))
            }
            Op::Household(slot) => {
                let cell = self.facts.household[*slot as usize];
                Ok(self.cell(
                    cell,
                    NeedRef {
                        person: None,
                        slot: *slot,
                    },
                ))
            }
            Op::Person(slot, of) => match self.eval(of)? {
                Value::Person(person) => {
                    let cell = self.facts.person(person, *slot);
                    Ok(self.cell(
                        cell,
                        NeedRef {
                            person: Some(person),
                            slot: *slot,
                        },
                    ))
                }
                other => Ok(other),
            },
            Op::Record(field, of) => match self.eval(of)? {
                Value::Record(start) => {
                    Ok(plain(self.facts.records[start as usize + *field as usize]))
                }
                other => Ok(other),
            },
            Op::Digit(divisor, of) => match self.eval(of)? {
                Value::Number(number) => Ok(Value::Number(Exact::whole(
                    number.floor() / i128::from(*divisor) % 10,
                ))),
                other => Ok(other),
            },
            Op::Has(of) => match self.eval(of)? {
                Value::Missing(set) => Ok(Value::Missing(set)),
                value => Ok(Value::Bool(value != Value::None)),
            },
            Op::Not(of) => match self.eval(of)? {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                other => Ok(other),
            },
            Op::And(left, right) => self.decided_by(false, left, right),
            Op::Or(left, right) => self.decided_by(true, left, right),
            Op::Conditional(condition, yes, no) => match self.eval(condition)? {
                Value::Bool(true) => self.eval(yes),
                Value::Bool(false) => self.eval(no),
                other => Ok(other),
            },
            Op::Let(slot, value, body) => {
                let value = self.eval(value)?;
                let place = self.base + *slot as usize;
                self.locals[place] = value;
                self.eval(body)
            }
            Op::Negate(of) => {
                let value = self.eval(of)?;
                self.negate(value)
            }
            Op::Equal(left, right) => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                Ok(self.both(left, right, |left, right| Value::Bool(left == right)))
            }
            Op::Compare(comparison, left, right) => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                Ok(self.compare(*comparison, left, right))
            }
            Op::Arithmetic(arithmetic, left, right) => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                self.arithmetic(*arithmetic, left, right)
            }
            Op::In(item, list) => {
                let (item, list) = (self.eval(item)?, self.eval(list)?);
                Ok(self.member_of(item, list))
            }
            Op::List(items) => self.make_list(items),
            Op::Call(function, args) => self.call(*function, args),
            Op::Fold(fold, slot, list, body) => self.fold(*fold, *slot, list, body.as_deref()),
        }
    }

    /// `&&` is decided by false, `||` by true: by either side, whatever the other is.
    fn decided_by(&mut self, decisive: bool, left: &'a Node, right: &'a Node) -> Evaluated {
        let first = self.eval(left);
        if first == Ok(Value::Bool(decisive)) {
            return first;
        }
        let second = self.eval(right);
        match (first, second) {
            (_, Ok(Value::Bool(value))) if value == decisive => second,
            (Err(fault), _) | (_, Err(fault)) => Err(fault),
            (Ok(Value::Missing(a)), Ok(Value::Missing(b))) => {
                Ok(Value::Missing(self.needs.union(a, b)))
            }
            (Ok(Value::Missing(set)), _) | (_, Ok(Value::Missing(set))) => Ok(Value::Missing(set)),
            _ => Ok(Value::Bool(!decisive)),
        }
    }

    fn parameter(&mut self, index: u16) -> Evaluated {
        let place = self.key as usize * self.program.parameters.len() + index as usize;
        let value = match self.parameters[place] {
            Some(value) => value,
            None => {
                let parameter = &self.program.parameters[index as usize];
                let on = self.on[self.key as usize];
                let at = parameter.at(on).ok_or(fault(FaultKind::NoValue {
                    parameter: index,
                    on,
                }))?;
                let value = match &parameter.values[at].value {
                    ParameterConstant::One(value) => *value,
                    ParameterConstant::Codes(codes) => {
                        let start = self.lists.len() as u32;
                        self.lists
                            .extend(codes.iter().map(|code| Value::Code(*code)));
                        Value::List(ListRange {
                            start,
                            len: codes.len() as u32,
                        })
                    }
                };
                if let Some(tracer) = &mut self.tracer {
                    tracer.used(index, at);
                }
                self.parameters[place] = Some(value);
                value
            }
        };
        self.note(Read::Parameter(index, value));
        Ok(value)
    }

    fn cell(&mut self, cell: Cell, need: NeedRef) -> Value {
        let value = match cell {
            Cell::Missing => Value::Missing(self.needs.one(need)),
            Cell::Records { start, count } => self.record_list(start, count, need),
            other => plain(other),
        };
        self.note(Read::Evidence(need, value));
        value
    }

    fn record_list(&mut self, start: u32, count: u32, need: NeedRef) -> Value {
        let layout = &self.program.layout;
        let slots = if need.person.is_some() {
            &layout.person
        } else {
            &layout.household
        };
        let width = slots[need.slot as usize]
            .evidence
            .map_or(1, |evidence| layout.records[evidence as usize].len());
        let from = self.lists.len() as u32;
        self.lists
            .extend((0..count).map(|index| Value::Record(start + index * width as u32)));
        Value::List(ListRange {
            start: from,
            len: count,
        })
    }

    fn note(&mut self, read: Read) {
        if let Some(tracer) = &mut self.tracer {
            tracer.note(read);
        }
    }
}

/// A cell that is neither missing nor a list.
fn plain(cell: Cell) -> Value {
    match cell {
        Cell::Bool(value) => Value::Bool(value),
        Cell::Int(value) => Value::Number(Exact::whole(i128::from(value))),
        Cell::Code(code) => Value::Code(code),
        Cell::Date(date) => Value::Date(date),
        Cell::None | Cell::Missing | Cell::Records { .. } => Value::None,
    }
}
