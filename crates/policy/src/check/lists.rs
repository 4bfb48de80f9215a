//! List operations with a variable: `members.sum(m, …)`.

use super::expression::{Checker, Typed};
use crate::ir::{Fold, Node, Op};
use crate::pack::report::suggestion;
use crate::syntax::{Expr, ExprKind, Name, Span};
use crate::types::Type;
use crate::units::Unit;

/// List operations within each other in one expression: each multiplies the work by the size of its list.
const MAX_LOOPS: u8 = 4;

/// Names of list operations.
const FOLDS: [(&str, Fold); 9] = [
    ("sum", Fold::Sum),
    ("count", Fold::Count),
    ("size", Fold::Count),
    ("any", Fold::Any),
    ("exists", Fold::Any),
    ("all", Fold::All),
    ("exists_one", Fold::ExistsOne),
    ("filter", Fold::Filter),
    ("map", Fold::Map),
];

impl Checker<'_, '_> {
    pub(super) fn method(
        &mut self,
        receiver: &Expr,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let Some((_, fold)) = FOLDS.iter().find(|(known, _)| *known == name.text) else {
            let hint = suggestion(&name.text, FOLDS.iter().map(|(name, _)| *name));
            return self.fail(
                name.span,
                format!("unknown list operation `{}`", name.text),
                hint,
            );
        };
        self.fold(receiver, name, *fold, args, span)
    }

    /// A list operation; without a variable it counts the list.
    pub(super) fn fold(
        &mut self,
        receiver: &Expr,
        name: &Name,
        fold: Fold,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        if self.loops >= MAX_LOOPS {
            return self.fail(
                span,
                format!("more than {MAX_LOOPS} list operations within each other"),
                "give the inner ones a name with a rule of their own",
            );
        }
        self.loops += 1;
        let folded = self.fold_within(receiver, name, fold, args, span);
        self.loops -= 1;
        folded
    }

    fn fold_within(
        &mut self,
        receiver: &Expr,
        name: &Name,
        fold: Fold,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let (mut list, ty) = self.infer(receiver)?;
        let item = match ty {
            Type::List(item) => item,
            // What nobody can count out of: any type of item does.
            Type::Empty => Box::new(Type::whole(Unit::NONE)),
            ty => {
                let message = format!("`{}` needs a list, found {}", name.text, self.name_of(&ty));
                return self.fail(receiver.span, message, "");
            }
        };
        let count = if *item == Type::Person {
            per_household(Unit::PERSON)
        } else {
            Some(Unit::NONE)
        }?;
        let (variable, condition, body) = match args {
            [] if fold == Fold::Count => {
                let op = Op::Fold(Fold::Count, 0, Box::new(list), None);
                return Some((Node { op, span }, Type::whole(count)));
            }
            [
                Expr {
                    kind: ExprKind::Name(variable),
                    span,
                    ..
                },
                rest @ ..,
                body,
            ] if rest.is_empty() || (rest.len() == 1 && fold == Fold::Map) => {
                let variable = Name {
                    text: variable.clone(),
                    span: *span,
                };
                (variable, rest.first(), body)
            }
            _ => {
                let hint = format!("write `….{}(m, …)`", name.text);
                return self.fail(
                    span,
                    format!("`{}` takes a variable and an expression", name.text),
                    hint,
                );
            }
        };
        let person = *item == Type::Person;
        let slot = self.bind(&variable, (*item).clone());
        // As in CEL, `map(x, condition, value)` maps those for which the condition holds.
        if let Some(condition) = condition {
            let condition = self.expect(condition, &Type::Bool);
            let Some(condition) = condition else {
                self.scope.pop();
                return None;
            };
            list = Node {
                op: Op::Fold(
                    Fold::Filter,
                    slot,
                    Box::new(list),
                    Some(Box::new(condition)),
                ),
                span,
            };
        }
        let typed = if matches!(fold, Fold::Sum | Fold::Map) {
            self.infer(body)
        } else {
            self.expect(body, &Type::Bool)
                .map(|node| (node, Type::Bool))
        };
        self.scope.pop();
        let (body, body_type) = typed?;
        let ty = match fold {
            Fold::Any | Fold::All | Fold::ExistsOne => Type::Bool,
            Fold::Count => Type::whole(count),
            Fold::Filter => Type::List(item),
            Fold::Map => Type::list(body_type),
            Fold::Sum => match body_type {
                Type::Number { unit, whole } if person && unit.person_power() == -1 => {
                    let unit = unit
                        .times(Unit::PERSON)
                        .and_then(|unit| unit.per(Unit::HOUSEHOLD))?;
                    Type::Number { unit, whole }
                }
                Type::Number { .. } | Type::Zero => body_type,
                other => {
                    let message = format!("`sum` adds numbers, found {}", self.name_of(&other));
                    return self.fail(body.span, message, "");
                }
            },
        };
        Some((
            Node {
                op: Op::Fold(fold, slot, Box::new(list), Some(Box::new(body))),
                span,
            },
            ty,
        ))
    }
}

fn per_household(unit: Unit) -> Option<Unit> {
    unit.per(Unit::HOUSEHOLD)
}
