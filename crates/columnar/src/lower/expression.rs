//! Expressions, one operation after the other, as the reference evaluator walks them.

use minsheng_core::epoch_day;
use minsheng_policy::compiled::{Comparison, Function, Node, Op, ParameterConstant, Type, Value};
use minsheng_policy::{EvalError, Exact};

use super::values::{Kind, List, Val};
use super::{Lowering, Place};
use crate::error::ColumnarError;
use crate::graph::{Calendar, Graph, Input, Lane, N, Shape, Source};

pub(super) type Lowered = Result<Val, ColumnarError>;

const OTHER_PERSON: &str = "evidence or a rule of a person who is not the member of the list";

impl Lowering<'_> {
    pub(super) fn plain(&mut self, kind: Kind) -> Val {
        let no = self.no();
        Val {
            kind,
            unknown: no,
            trouble: no,
            none: no,
        }
    }

    /// A value that comes of others: not known where one of them is not, in trouble where one of them is, or, where
    /// all are known, where the operation itself is.
    pub(super) fn of(&mut self, kind: Kind, parts: &[&Val], own: N) -> Val {
        let unknown: Vec<N> = parts.iter().map(|part| part.unknown).collect();
        let trouble: Vec<N> = parts.iter().map(|part| part.trouble).collect();
        let (unknown, trouble) = (self.graph.any_of(&unknown), self.graph.any_of(&trouble));
        let known = self.graph.not(unknown);
        let own = self.graph.and(own, known);
        Val {
            kind,
            unknown,
            trouble: self.graph.or(trouble, own),
            none: self.no(),
        }
    }

    pub(super) fn truth_of(&self, val: &Val) -> Result<N, ColumnarError> {
        match val.kind {
            Kind::Truth(n) => Ok(n),
            _ => self.refuse("a truth value that is none"),
        }
    }

    fn ratio_of(&self, val: &Val) -> Result<(N, N), ColumnarError> {
        match val.kind {
            Kind::Number(num, den) => Ok((num, den)),
            _ => self.refuse("a number that is none"),
        }
    }

    fn plain_of(&self, val: &Val) -> Result<N, ColumnarError> {
        match val.kind {
            Kind::Plain(n) => Ok(n),
            _ => self.refuse("a date that is none"),
        }
    }

    pub(super) fn constant(&mut self, value: &Value) -> Lowered {
        let kind = match value {
            Value::Bool(value) => Kind::Truth(self.graph.truth(*value)),
            Value::Number(number) => {
                let (num, den) = self.exact(*number)?;
                Kind::Number(num, den)
            }
            Value::Date(date) => Kind::Plain(self.graph.number(epoch_day(*date))),
            Value::Month(month) => Kind::Plain(self.graph.number(i64::from(month.index()))),
            Value::Code(code) => Kind::Plain(self.graph.number(i64::from(*code))),
            _ => return self.refuse("a constant of this kind"),
        };
        Ok(self.plain(kind))
    }

    fn codes(&mut self, codes: &[u32]) -> Val {
        let mut items = Vec::new();
        for code in codes {
            let n = self.graph.number(i64::from(*code));
            items.push(self.plain(Kind::Plain(n)));
        }
        self.plain(Kind::List(List::Items(items)))
    }

    fn whole(&mut self, n: N) -> Kind {
        let one = self.graph.number(1);
        Kind::Number(n, one)
    }

    pub(super) fn expression(&mut self, node: &Node) -> Lowered {
        match &node.op {
            Op::Constant(value) => self.constant(value),
            Op::Local(slot) => match &self.locals[self.base + *slot as usize] {
                Some(val) => Ok(val.clone()),
                None => {
                    self.refuse("a list of members inside another that reads the member of both")
                }
            },
            Op::Parameter(index) => self.parameter(*index),
            Op::Rule(index) => self.rule(*index, self.key),
            Op::RuleOf(index, person) => {
                let person = self.expression(person)?;
                if !matches!(person.kind, Kind::Person) {
                    return self.refuse(OTHER_PERSON);
                }
                self.rule(*index, self.key)
            }
            Op::Members => {
                let all = self.graph.truth(true);
                Ok(self.plain(Kind::List(List::Rows(Shape::Person, all))))
            }
            Op::ApplicationDate => {
                let day = self.graph.number(epoch_day(self.application));
                Ok(self.plain(Kind::Plain(day)))
            }
            Op::Single => {
                let nobody = self.graph.number(-1);
                let place = if self.assumed.single {
                    self.graph.single()
                } else {
                    nobody
                };
                let zero = self.graph.number(0);
                let none = self.graph.less(place, zero);
                let val = self.plain(Kind::Single(place));
                Ok(Val { none, ..val })
            }
            Op::BenefitMonth => {
                let month = self.graph.number(i64::from(self.month.index()));
                Ok(self.plain(Kind::Plain(month)))
            }
            Op::Household(slot) => {
                let ty = self.program.layout.household[*slot as usize].ty.clone();
                Ok(self.evidence(Place::Household, self.slots.household[*slot as usize], &ty))
            }
            Op::Person(slot, of) => {
                let of = self.expression(of)?;
                if !matches!(of.kind, Kind::Person) {
                    return self.refuse(OTHER_PERSON);
                }
                let ty = self.program.layout.person[*slot as usize].ty.clone();
                Ok(self.evidence(Place::Person, self.slots.person[*slot as usize], &ty))
            }
            Op::Record(field, of) => match self.expression(of)?.kind {
                Kind::Record(list) => {
                    let assumed = self.assumed.records[list as usize][*field as usize];
                    let source = Source::Record(list, *field);
                    let n = self
                        .graph
                        .input(source, Input::Value, assumed.lane, assumed.range);
                    let code = self.schema.records[list as usize].codes[*field as usize];
                    let kind = if code { Kind::Plain(n) } else { self.whole(n) };
                    Ok(self.plain(kind))
                }
                _ => self.refuse("a field of what is no record"),
            },
            Op::Digit(divisor, of) => {
                let of = self.expression(of)?;
                let (num, _) = self.ratio_of(&of)?;
                let (divisor, ten) = (self.graph.number(*divisor), self.graph.number(10));
                let cut = self.graph.divide(num, divisor);
                let digit = self.graph.remainder(cut, ten);
                let (kind, no) = (self.whole(digit), self.no());
                let val = self.of(kind, &[&of], no);
                Ok(Val {
                    none: of.none,
                    ..val
                })
            }
            Op::Has(of) => {
                let of = self.expression(of)?;
                let there = self.graph.not(of.none);
                let no = self.no();
                Ok(self.of(Kind::Truth(there), &[&of], no))
            }
            Op::Not(of) => {
                let of = self.expression(of)?;
                let not = self.truth_of(&of)?;
                let (not, no) = (self.graph.not(not), self.no());
                Ok(self.of(Kind::Truth(not), &[&of], no))
            }
            Op::And(left, right) => self.decided(false, left, right),
            Op::Or(left, right) => self.decided(true, left, right),
            Op::Conditional(condition, yes, no) => {
                let condition = self.expression(condition)?;
                let (yes, no) = (self.expression(yes)?, self.expression(no)?);
                self.conditional(&condition, &yes, &no)
            }
            Op::Let(slot, value, body) => {
                let value = self.expression(value)?;
                let trouble = value.trouble;
                let place = self.base + *slot as usize;
                let before = self.locals[place].replace(value);
                let body = self.expression(body);
                self.locals[place] = before;
                let body = body?;
                let trouble = self.graph.or(trouble, body.trouble);
                Ok(Val { trouble, ..body })
            }
            Op::Negate(of) => {
                let of = self.expression(of)?;
                let ratio = self.ratio_of(&of)?;
                let ((num, den), over) = self.negated(ratio);
                Ok(self.of(Kind::Number(num, den), &[&of], over))
            }
            Op::Equal(left, right) => {
                let (left, right) = (self.expression(left)?, self.expression(right)?);
                let (equal, over) = self.equality(&left, &right)?;
                Ok(self.of(Kind::Truth(equal), &[&left, &right], over))
            }
            Op::Compare(comparison, left, right) => {
                let (left, right) = (self.expression(left)?, self.expression(right)?);
                self.comparison(*comparison, &left, &right)
            }
            Op::Arithmetic(arithmetic, left, right) => {
                let (left, right) = (self.expression(left)?, self.expression(right)?);
                let (a, b) = (self.ratio_of(&left)?, self.ratio_of(&right)?);
                let ((num, den), over) = self.computed(*arithmetic, a, b)?;
                Ok(self.of(Kind::Number(num, den), &[&left, &right], over))
            }
            Op::In(item, list) => {
                let (item, list) = (self.expression(item)?, self.expression(list)?);
                self.member_of(&item, &list)
            }
            Op::List(items) => {
                let items: Result<Vec<Val>, _> =
                    items.iter().map(|item| self.expression(item)).collect();
                let items = items?;
                let trouble: Vec<N> = items.iter().map(|item| item.trouble).collect();
                let trouble = self.graph.any_of(&trouble);
                let val = self.plain(Kind::List(List::Items(items)));
                Ok(Val { trouble, ..val })
            }
            Op::Call(function, args) => self.call(*function, args),
            Op::Fold(fold, slot, list, body) => self.fold(*fold, *slot, list, body.as_deref()),
        }
    }

    fn parameter(&mut self, index: u16) -> Lowered {
        let parameter = &self.program.parameters[index as usize];
        let on = self.on[self.key as usize];
        let at = parameter.at(on).ok_or_else(|| EvalError::NoValue {
            parameter: parameter.name.to_string(),
            on,
        });
        match at {
            Ok(at) => match &parameter.values[at].value {
                ParameterConstant::One(value) => {
                    let value = *value;
                    self.constant(&value)
                }
                ParameterConstant::Codes(codes) => {
                    let codes = codes.clone();
                    Ok(self.codes(&codes))
                }
            },
            // An error only for households that read it.
            Err(_) => {
                let kind = match &parameter.ty {
                    Type::Bool => Kind::Truth(self.no()),
                    Type::Number { .. } => {
                        let zero = self.graph.number(0);
                        self.whole(zero)
                    }
                    _ => Kind::List(List::Items(Vec::new())),
                };
                let val = self.plain(kind);
                let trouble = self.graph.truth(true);
                Ok(Val { trouble, ..val })
            }
        }
    }

    fn evidence(&mut self, place: Place, column: u16, ty: &Type) -> Val {
        let source = match place {
            Place::Household => Source::Household(column),
            Place::Person => Source::Person(column),
        };
        let assumed = self.assumed.column(place, column);
        let mask = |graph: &mut Graph, input: Input, there: bool| {
            if there {
                graph.input(source, input, Lane::Mask, (0, 1))
            } else {
                graph.truth(false)
            }
        };
        let unknown = mask(self.graph, Input::Missing, assumed.missing);
        let none = mask(self.graph, Input::Absent, assumed.absent);
        let ty = match ty {
            Type::Optional(inner) => inner,
            other => other,
        };
        let kind = match (self.schema.columns(place)[column as usize].records, ty) {
            (Some(list), _) => {
                let all = self.graph.truth(true);
                Kind::List(List::Rows(Shape::Records(list), all))
            }
            (None, Type::Bool) => {
                Kind::Truth(self.graph.input(source, Input::Value, Lane::Mask, (0, 1)))
            }
            (None, ty) => {
                let n = self
                    .graph
                    .input(source, Input::Value, assumed.lane, assumed.range);
                match ty {
                    Type::Number { .. } | Type::Compound(_) => self.whole(n),
                    _ => Kind::Plain(n),
                }
            }
        };
        Val {
            kind,
            unknown,
            trouble: self.no(),
            none,
        }
    }

    /// `&&` is decided by false, `||` by true: by either side, whatever the other is.
    fn decided(&mut self, decisive: bool, left: &Node, right: &Node) -> Lowered {
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        let mut deciding = Vec::new();
        for side in [&left, &right] {
            let truth = self.truth_of(side)?;
            let decides = if decisive {
                truth
            } else {
                self.graph.not(truth)
            };
            let open = self.graph.or(side.unknown, side.trouble);
            let known = self.graph.not(open);
            deciding.push(self.graph.and(decides, known));
        }
        let is_decided = self.graph.any_of(&deciding);
        let not_decided = self.graph.not(is_decided);
        let trouble = self.graph.or(left.trouble, right.trouble);
        let unknown = self.graph.or(left.unknown, right.unknown);
        let (a, b) = (self.truth_of(&left)?, self.truth_of(&right)?);
        // Where both are known it is the operation itself; where one decides in spite of the other, the deciding value.
        let plainly = trouble == self.no() && unknown == self.no();
        let value = match (plainly, decisive) {
            (true, false) => self.graph.and(a, b),
            (true, true) => self.graph.or(a, b),
            (false, false) => not_decided,
            (false, true) => is_decided,
        };
        Ok(Val {
            kind: Kind::Truth(value),
            unknown: self.graph.and(unknown, not_decided),
            trouble: self.graph.and(trouble, not_decided),
            none: self.no(),
        })
    }

    /// A value chosen by a mask, masks and all.
    pub(super) fn chosen(&mut self, condition: N, yes: &Val, no: &Val) -> Lowered {
        let kind = match (&yes.kind, &no.kind) {
            (Kind::Truth(a), Kind::Truth(b)) => Kind::Truth(self.graph.choose(condition, *a, *b)),
            (Kind::Number(a, c), Kind::Number(b, d)) => {
                let num = self.graph.select(condition, *a, *b);
                Kind::Number(num, self.graph.select(condition, *c, *d))
            }
            (Kind::Plain(a), Kind::Plain(b)) => Kind::Plain(self.graph.select(condition, *a, *b)),
            (Kind::List(List::Rows(a, x)), Kind::List(List::Rows(b, y))) if a == b => {
                Kind::List(List::Rows(*a, self.graph.choose(condition, *x, *y)))
            }
            _ => {
                return self
                    .refuse("a choice between persons, records or lists of different kinds");
            }
        };
        Ok(Val {
            kind,
            unknown: self.graph.choose(condition, yes.unknown, no.unknown),
            trouble: self.graph.choose(condition, yes.trouble, no.trouble),
            none: self.graph.choose(condition, yes.none, no.none),
        })
    }

    fn conditional(&mut self, condition: &Val, yes: &Val, no: &Val) -> Lowered {
        let truth = self.truth_of(condition)?;
        let val = self.chosen(truth, yes, no)?;
        let known = self.graph.not(condition.unknown);
        let inner = self.graph.and(known, val.trouble);
        Ok(Val {
            unknown: self.graph.or(condition.unknown, val.unknown),
            trouble: self.graph.or(condition.trouble, inner),
            ..val
        })
    }

    pub(super) fn equality(&mut self, left: &Val, right: &Val) -> Result<(N, N), ColumnarError> {
        let no = self.no();
        Ok(match (&left.kind, &right.kind) {
            (Kind::Truth(a), Kind::Truth(b)) => (self.graph.same(*a, *b), no),
            (Kind::Number(a, b), Kind::Number(c, d)) => self.equal_numbers((*a, *b), (*c, *d)),
            (Kind::Plain(a), Kind::Plain(b)) => (self.graph.equal(*a, *b), no),
            (Kind::Person, Kind::Single(place)) | (Kind::Single(place), Kind::Person) => {
                let position = self.graph.position();
                (self.graph.equal(position, *place), no)
            }
            (Kind::Person, Kind::Person) => (self.graph.truth(true), no),
            _ => return self.refuse("this comparison"),
        })
    }

    fn comparison(&mut self, comparison: Comparison, left: &Val, right: &Val) -> Lowered {
        let (found, over) = match (&left.kind, &right.kind) {
            (Kind::Number(a, b), Kind::Number(c, d)) => {
                self.compared(comparison, (*a, *b), (*c, *d))
            }
            (Kind::Plain(a), Kind::Plain(b)) => (self.ordered(comparison, *a, *b), self.no()),
            _ => return self.refuse("this comparison"),
        };
        Ok(self.of(Kind::Truth(found), &[left, right], over))
    }

    fn member_of(&mut self, item: &Val, list: &Val) -> Lowered {
        let Kind::List(list_kind) = &list.kind else {
            return self.refuse("`in` of what is no list");
        };
        let (found, open, over) = match list_kind {
            List::Rows(Shape::Person, mask) if matches!(item.kind, Kind::Person) => {
                let no = self.no();
                (*mask, no, no)
            }
            List::Rows(..) => return self.refuse("`in` of a list of rows"),
            List::Items(items) => {
                let (mut found, mut open, mut over) = (Vec::new(), Vec::new(), Vec::new());
                for other in items {
                    let (equal, trouble) = self.equality(item, other)?;
                    let known = self.graph.not(other.unknown);
                    found.push(self.graph.and(equal, known));
                    open.push(other.unknown);
                    over.push(self.graph.and(trouble, known));
                }
                (
                    self.graph.any_of(&found),
                    self.graph.any_of(&open),
                    self.graph.any_of(&over),
                )
            }
        };
        let val = self.of(Kind::Truth(found), &[item, list], over);
        let not_found = self.graph.not(found);
        let open = self.graph.and(open, not_found);
        let unknown = self.graph.or(val.unknown, open);
        Ok(Val { unknown, ..val })
    }

    fn call(&mut self, function: Function, args: &[Node]) -> Lowered {
        let vals: Result<Vec<Val>, _> = args.iter().map(|arg| self.expression(arg)).collect();
        let vals = vals?;
        let Some(first) = vals.first() else {
            return self.refuse("a function without a value");
        };
        let no = self.no();
        match function {
            Function::Min | Function::Max => {
                let mut best = first.clone();
                let order = if function == Function::Min {
                    Comparison::Less
                } else {
                    Comparison::Greater
                };
                for next in &vals[1..] {
                    let better = self.comparison(order, next, &best)?;
                    let truth = self.truth_of(&better)?;
                    let val = self.chosen(truth, next, &best)?;
                    best = Val {
                        unknown: better.unknown,
                        trouble: better.trouble,
                        ..val
                    };
                }
                Ok(best)
            }
            Function::Scale(factor) => {
                let (ratio, factor) = (self.ratio_of(first)?, self.exact(factor)?);
                let times = minsheng_policy::compiled::Arithmetic::Multiply;
                let ((num, den), over) = self.computed(times, ratio, factor)?;
                Ok(self.of(Kind::Number(num, den), &[first], over))
            }
            Function::MonthOf | Function::FirstDay | Function::LastDay => {
                let function = match function {
                    Function::MonthOf => Calendar::MonthOf,
                    Function::FirstDay => Calendar::FirstDay,
                    _ => Calendar::LastDay,
                };
                let (day, zero) = (self.plain_of(first)?, self.graph.number(0));
                let (n, fails) = self.graph.calendar(function, day, zero);
                Ok(self.of(Kind::Plain(n), &[first], fails))
            }
            _ => {
                let Some(second) = vals.get(1) else {
                    return self.refuse("a function without its second value");
                };
                let both = [first, second];
                match function {
                    Function::DaysBetween => {
                        let (from, on) = (self.plain_of(first)?, self.plain_of(second)?);
                        let (days, over) = self.graph.subtract(on, from);
                        let kind = self.whole(days);
                        Ok(self.of(kind, &both, over))
                    }
                    Function::CompletedYears | Function::MonthsBetween => {
                        let function = match function {
                            Function::CompletedYears => Calendar::CompletedYears,
                            _ => Calendar::MonthsBetween,
                        };
                        let (from, on) = (self.plain_of(first)?, self.plain_of(second)?);
                        let (n, fails) = self.graph.calendar(function, from, on);
                        let kind = self.whole(n);
                        Ok(self.of(kind, &both, fails))
                    }
                    Function::AddMonths => {
                        let (from, months) = (self.plain_of(first)?, self.ratio_of(second)?);
                        let months = self.graph.divide(months.0, months.1);
                        let (n, fails) = self.graph.calendar(Calendar::AddMonths, from, months);
                        Ok(self.of(Kind::Plain(n), &both, fails))
                    }
                    _ => {
                        let (a, step) = (self.ratio_of(first)?, self.ratio_of(second)?);
                        let ((num, den), over) = self.rounded(function, a, step);
                        let over = self.graph.or(over, no);
                        Ok(self.of(Kind::Number(num, den), &both, over))
                    }
                }
            }
        }
    }

    /// A whole number as the reference evaluator gives it.
    pub(super) fn exact_whole(&mut self, number: i64) -> Lowered {
        self.constant(&Value::Number(Exact::whole(i128::from(number))))
    }
}
