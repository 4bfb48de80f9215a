//! Functions and the list operations with a variable (`members.sum(m, …)`).

use super::expression::{Checker, Typed};
use super::matching::number;
use crate::exact::Exact;
use crate::ir::{Fold, Function, Node, Op};
use crate::pack::report::suggestion;
use crate::syntax::{Expr, ExprKind, Name, Span};
use crate::types::Type;
use crate::units::Unit;
use crate::value::Value;

/// Names of functions.
pub(crate) const FUNCTIONS: [&str; 24] = [
    "has",
    "size",
    "min",
    "max",
    "ceil_yuan",
    "floor_yuan",
    "round_half_up_yuan",
    "ceil_to",
    "floor_to",
    "round_half_up_to",
    "per_month",
    "per_year",
    "days",
    "months",
    "years",
    "completed_age",
    "completed_years",
    "months_between",
    "days_between",
    "month_of",
    "first_day",
    "last_day",
    "date",
    "add_months",
];

impl Checker<'_, '_> {
    pub(super) fn call(&mut self, name: &Name, args: &[Expr], span: Span) -> Option<Typed> {
        let wanted = match name.text.as_str() {
            "min" | "max" => return self.extreme(name, args, span),
            "first_day" | "last_day" | "has" | "size" | "ceil_yuan" | "floor_yuan"
            | "round_half_up_yuan" | "per_month" | "per_year" | "days" | "months" | "years"
            | "month_of" | "date" => 1,
            "ceil_to" | "floor_to" | "round_half_up_to" | "completed_age" | "completed_years"
            | "months_between" | "days_between" | "add_months" => 2,
            _ => return self.rule_call(name, args, span),
        };
        if args.len() != wanted {
            return self.fail(
                name.span,
                format!(
                    "`{}` takes {wanted} value(s), found {}",
                    name.text,
                    args.len()
                ),
                "",
            );
        }
        match name.text.as_str() {
            "has" => self.has(&args[0], span),
            "size" => self.fold(&args[0], name, Fold::Count, &[], span),
            "ceil_yuan" | "floor_yuan" | "round_half_up_yuan" => {
                let (node, unit) = self.money(&name.text, &args[0])?;
                let yuan = Node {
                    op: Op::Constant(Value::Number(Exact::whole(100))),
                    span,
                };
                let function = rounding(&name.text);
                Some((
                    Node {
                        op: Op::Call(function, vec![node, yuan]),
                        span,
                    },
                    Type::whole(unit),
                ))
            }
            "ceil_to" | "floor_to" | "round_half_up_to" => {
                let (value, step) = (self.infer(&args[0]), self.infer(&args[1]));
                let step_whole = matches!(&step, Some((_, Type::Number { whole: true, .. })));
                let (value, step, ty) =
                    self.same(value?, step?, span, "number and step differ:")?;
                let Type::Number { unit, .. } = ty else {
                    return self.fail(span, format!("`{}` needs two numbers", name.text), "");
                };
                let ty = Type::Number {
                    unit,
                    whole: step_whole,
                };
                Some((
                    Node {
                        op: Op::Call(rounding(&name.text), vec![value, step]),
                        span,
                    },
                    ty,
                ))
            }
            "per_month" => self.convert(
                name,
                &args[0],
                Unit::YEAR,
                Unit::MONTH,
                Exact::ratio(1, 12)?,
                span,
            ),
            "per_year" => self.convert(
                name,
                &args[0],
                Unit::MONTH,
                Unit::YEAR,
                Exact::whole(12),
                span,
            ),
            "days" => self.with_unit(&args[0], Unit::DAY, span),
            "months" => self.with_unit(&args[0], Unit::MONTH, span),
            "years" => self.with_unit(&args[0], Unit::YEAR, span),
            "completed_age" | "completed_years" => self.calendar(
                Function::CompletedYears,
                args,
                Type::whole(Unit::YEAR),
                span,
            ),
            "months_between" => self.calendar(
                Function::MonthsBetween,
                args,
                Type::whole(Unit::MONTH),
                span,
            ),
            "days_between" => {
                self.calendar(Function::DaysBetween, args, Type::whole(Unit::DAY), span)
            }
            "month_of" => {
                let date = self.expect(&args[0], &Type::Date)?;
                Some((
                    Node {
                        op: Op::Call(Function::MonthOf, vec![date]),
                        span,
                    },
                    Type::Month,
                ))
            }
            "first_day" | "last_day" => {
                let month = self.expect(&args[0], &Type::Month)?;
                let function = if name.text == "first_day" {
                    Function::FirstDay
                } else {
                    Function::LastDay
                };
                Some((
                    Node {
                        op: Op::Call(function, vec![month]),
                        span,
                    },
                    Type::Date,
                ))
            }
            "add_months" => {
                let date = self.expect(&args[0], &Type::Date)?;
                let months = self.expect(&args[1], &Type::whole(Unit::MONTH))?;
                Some((
                    Node {
                        op: Op::Call(Function::AddMonths, vec![date, months]),
                        span,
                    },
                    Type::Date,
                ))
            }
            _ => self.date(&args[0], span),
        }
    }

    fn rule_call(&mut self, name: &Name, args: &[Expr], span: Span) -> Option<Typed> {
        let Some(index) = self.symbols.rule(&name.text) else {
            let rules = self
                .symbols
                .rules
                .iter()
                .filter(|rule| rule.subject)
                .map(|rule| rule.name.as_str());
            let hint = suggestion(&name.text, FUNCTIONS.into_iter().chain(rules));
            return self.fail(
                name.span,
                format!("unknown function or rule `{}`", name.text),
                hint,
            );
        };
        let rule = &self.symbols.rules[index as usize];
        let ty = rule.ty.clone();
        if !rule.subject || args.len() != 1 {
            let hint = if rule.subject {
                format!("write `{}(m)`", name.text)
            } else {
                format!("write `{}`", name.text)
            };
            return self.fail(span, format!("`{}` is not called so", name.text), hint);
        }
        let person = self.expect(&args[0], &Type::Person)?;
        self.uses.push(index);
        Some((
            Node {
                op: Op::RuleOf(index, Box::new(person)),
                span,
            },
            ty,
        ))
    }

    fn has(&mut self, arg: &Expr, span: Span) -> Option<Typed> {
        // Asking twice is allowed: what is known to be present is asked for without that knowledge.
        let present = std::mem::take(&mut self.present);
        let typed = self.infer(arg);
        self.present = present;
        let (node, ty) = typed?;
        if !matches!(ty, Type::Optional(_)) {
            return self.fail(
                arg.span,
                "this is never absent",
                "only evidence that is declared with `absent = { value = \"none\" … }` can be",
            );
        }
        Some((
            Node {
                op: Op::Has(Box::new(node)),
                span,
            },
            Type::Bool,
        ))
    }

    fn money(&mut self, name: &str, arg: &Expr) -> Option<(Node, Unit)> {
        let (node, ty) = self.infer(arg)?;
        match number(&ty) {
            Some((unit, _)) if unit.is_money() => Some((node, unit)),
            _ => {
                let message = format!("`{name}` rounds money, found {}", self.name_of(&ty));
                self.fail(arg.span, message, "")
            }
        }
    }

    fn extreme(&mut self, name: &Name, args: &[Expr], span: Span) -> Option<Typed> {
        let function = if name.text == "min" {
            Function::Min
        } else {
            Function::Max
        };
        let Some((first, rest)) = args.split_first() else {
            return self.fail(span, format!("`{}` needs values", name.text), "");
        };
        let (node, mut ty) = self.infer(first)?;
        let mut nodes = vec![node];
        for arg in rest {
            let typed = self.infer(arg)?;
            let last = nodes.pop()?;
            let (left, right, same) =
                self.same((last, ty), typed, arg.span, "these cannot be compared:")?;
            nodes.extend([left, right]);
            ty = same;
        }
        if !matches!(
            ty,
            Type::Number { .. } | Type::Date | Type::Month | Type::Zero
        ) {
            let message = format!("{} has no order", self.name_of(&ty));
            return self.fail(span, message, "");
        }
        Some((
            Node {
                op: Op::Call(function, nodes),
                span,
            },
            ty,
        ))
    }

    fn convert(
        &mut self,
        name: &Name,
        arg: &Expr,
        from: Unit,
        to: Unit,
        factor: Exact,
        span: Span,
    ) -> Option<Typed> {
        let (node, ty) = self.infer(arg)?;
        // A rate per year has the year below the line exactly once.
        let converted = number(&ty).and_then(|(unit, whole)| {
            let once = unit.is_rate_in(from);
            once.then(|| unit.times(from)?.per(to))
                .flatten()
                .map(|unit| (unit, whole))
        });
        let Some((unit, whole)) = converted else {
            let message = format!(
                "`{}` converts an amount per {from}, found {}",
                name.text,
                self.name_of(&ty)
            );
            return self.fail(arg.span, message, "");
        };
        let ty = Type::Number {
            unit,
            whole: whole && factor.as_whole().is_some(),
        };
        Some((
            Node {
                op: Op::Call(Function::Scale(factor), vec![node]),
                span,
            },
            ty,
        ))
    }

    fn with_unit(&mut self, arg: &Expr, unit: Unit, span: Span) -> Option<Typed> {
        let node = self.expect(arg, &Type::whole(Unit::NONE))?;
        Some((
            Node {
                op: Op::Call(Function::Scale(Exact::whole(1)), vec![node]),
                span,
            },
            Type::whole(unit),
        ))
    }

    fn calendar(
        &mut self,
        function: Function,
        args: &[Expr],
        ty: Type,
        span: Span,
    ) -> Option<Typed> {
        let from = self.expect(&args[0], &Type::Date);
        let on = self.expect(&args[1], &Type::Date);
        Some((
            Node {
                op: Op::Call(function, vec![from?, on?]),
                span,
            },
            ty,
        ))
    }

    fn date(&mut self, arg: &Expr, span: Span) -> Option<Typed> {
        let ExprKind::Text(text) = &arg.kind else {
            return self.fail(
                arg.span,
                "`date` needs a text",
                "write `date(\"2021-07-01\")`",
            );
        };
        let Some(date) = crate::facts::parse_date(text) else {
            return self.fail(
                arg.span,
                format!("\"{text}\" is not a date"),
                "write `date(\"2021-07-01\")`",
            );
        };
        Some((
            Node {
                op: Op::Constant(Value::Date(date)),
                span,
            },
            Type::Date,
        ))
    }
}

fn rounding(name: &str) -> Function {
    match name {
        "ceil_yuan" | "ceil_to" => Function::CeilTo,
        "floor_yuan" | "floor_to" => Function::FloorTo,
        _ => Function::RoundHalfUpTo,
    }
}
