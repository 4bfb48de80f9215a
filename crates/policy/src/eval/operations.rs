//! Operations on values: what is missing stays missing, what overflows is a fault.

use super::calendar;
use super::machine::{Evaluated, Fault, FaultKind, Machine, fault};
use crate::exact::Exact;
use crate::ir::{Arithmetic, Comparison, Function, Node};
use crate::value::Value;
use minsheng_core::Month;

impl<'a> Machine<'a> {
    /// Applies `operation` when neither side is missing.
    pub(super) fn both(
        &mut self,
        left: Value,
        right: Value,
        operation: impl FnOnce(Value, Value) -> Value,
    ) -> Value {
        match (left, right) {
            (Value::Missing(a), Value::Missing(b)) => Value::Missing(self.needs.union(a, b)),
            (Value::Missing(set), _) | (_, Value::Missing(set)) => Value::Missing(set),
            (left, right) => operation(left, right),
        }
    }

    pub(super) fn negate(&self, value: Value) -> Evaluated {
        match value {
            Value::Number(number) => number.checked_neg().map(Value::Number).ok_or(overflow()),
            other => Ok(other),
        }
    }

    pub(super) fn compare(&mut self, comparison: Comparison, left: Value, right: Value) -> Value {
        self.both(left, right, |left, right| {
            let order = match (left, right) {
                (Value::Number(left), Value::Number(right)) => left.cmp(&right),
                (Value::Date(left), Value::Date(right)) => left.cmp(&right),
                (Value::Month(left), Value::Month(right)) => left.cmp(&right),
                _ => return Value::None,
            };
            Value::Bool(match comparison {
                Comparison::Less => order.is_lt(),
                Comparison::AtMost => order.is_le(),
                Comparison::Greater => order.is_gt(),
                Comparison::AtLeast => order.is_ge(),
            })
        })
    }

    pub(super) fn arithmetic(
        &mut self,
        arithmetic: Arithmetic,
        left: Value,
        right: Value,
    ) -> Evaluated {
        let (Value::Number(left), Value::Number(right)) = (left, right) else {
            return Ok(self.both(left, right, |_, _| Value::None));
        };
        let result = match arithmetic {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide | Arithmetic::Remainder if right.is_zero() => {
                return Err(fault(FaultKind::DivisionByZero));
            }
            Arithmetic::Divide => left.checked_div(right),
            Arithmetic::Remainder => left.checked_rem(right),
        };
        result.map(Value::Number).ok_or(overflow())
    }

    pub(super) fn member_of(&mut self, item: Value, list: Value) -> Value {
        let mut missing = None;
        let range = match (item, list) {
            (_, Value::List(range)) if !matches!(item, Value::Missing(_)) => range,
            _ => return self.both(item, list, |_, _| Value::None),
        };
        for index in range.start..range.start + range.len {
            match self.lists[index as usize] {
                Value::Missing(set) => {
                    missing = Some(missing.map_or(set, |known| self.needs.union(known, set)))
                }
                value if value == item => return Value::Bool(true),
                _ => {}
            }
        }
        missing.map_or(Value::Bool(false), Value::Missing)
    }

    pub(super) fn call(&mut self, function: Function, args: &'a [Node]) -> Evaluated {
        let first = match args.first() {
            Some(node) => self.eval(node)?,
            None => return Ok(Value::None),
        };
        match function {
            Function::Min | Function::Max => args[1..].iter().try_fold(first, |best, node| {
                let next = self.eval(node)?;
                let comparison = if function == Function::Min {
                    Comparison::Less
                } else {
                    Comparison::Greater
                };
                Ok(match self.compare(comparison, next, best) {
                    Value::Bool(true) => next,
                    Value::Bool(false) => best,
                    missing => missing,
                })
            }),
            Function::Scale(factor) => match first {
                Value::Number(number) => number
                    .checked_mul(factor)
                    .map(Value::Number)
                    .ok_or(overflow()),
                other => Ok(other),
            },
            Function::MonthOf | Function::FirstDay | Function::LastDay => {
                Ok(match (function, first) {
                    (Function::MonthOf, Value::Date(date)) => Value::Month(Month::from_date(date)),
                    (Function::FirstDay, Value::Month(month)) => Value::Date(month.first_day()),
                    (_, Value::Month(month)) => Value::Date(month.last_day()),
                    (_, other) => other,
                })
            }
            _ => {
                let second = match args.get(1) {
                    Some(node) => self.eval(node)?,
                    None => return Ok(Value::None),
                };
                self.call_two(function, first, second)
            }
        }
    }

    fn call_two(&mut self, function: Function, first: Value, second: Value) -> Evaluated {
        let days = |number: i64| Value::Number(Exact::whole(i128::from(number)));
        Ok(match (function, first, second) {
            (_, Value::Missing(_), _) | (_, _, Value::Missing(_)) => {
                self.both(first, second, |_, _| Value::None)
            }
            (Function::CompletedYears, Value::Date(from), Value::Date(on)) => {
                days(calendar::completed_years(from, on))
            }
            (Function::MonthsBetween, Value::Date(from), Value::Date(on)) => {
                days(calendar::months_between(from, on))
            }
            (Function::DaysBetween, Value::Date(from), Value::Date(on)) => {
                days(calendar::days_between(from, on))
            }
            (Function::AddMonths, Value::Date(from), Value::Number(months)) => {
                let months = i64::try_from(months.floor()).map_err(|_| overflow())?;
                Value::Date(calendar::add_months(from, months).ok_or(overflow())?)
            }
            (_, Value::Number(value), Value::Number(step)) => {
                if step <= Exact::ZERO {
                    return Err(fault(FaultKind::DivisionByZero));
                }
                let rounded = match function {
                    Function::CeilTo => value.ceil_to(step),
                    Function::FloorTo => value.floor_to(step),
                    _ => value.round_half_up_to(step),
                };
                Value::Number(rounded.ok_or(overflow())?)
            }
            _ => Value::None,
        })
    }
}

pub(super) fn overflow() -> Fault {
    fault(FaultKind::Overflow)
}
