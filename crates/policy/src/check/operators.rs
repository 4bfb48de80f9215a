//! Operators: what goes together, and what unit comes out.

use super::expression::{Checker, Typed};
use super::matching::number;
use crate::ir::{Arithmetic, Comparison, Node, Op};
use crate::syntax::{BinaryOp, Expr, Span};
use crate::types::Type;
use crate::units::Unit;

impl Checker<'_, '_> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Typed> {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let first = self.expect(left, &Type::Bool);
                let second = self.with_present(left, op == BinaryOp::And, |checker| {
                    checker.expect(right, &Type::Bool)
                });
                let (first, second) = (Box::new(first?), Box::new(second?));
                let op = if op == BinaryOp::And {
                    Op::And(first, second)
                } else {
                    Op::Or(first, second)
                };
                Some((Node { op, span }, Type::Bool))
            }
            BinaryOp::In => {
                let item = self.infer(left);
                let (list, list_type) = self.infer(right)?;
                let (item, item_type) = item?;
                let (item, list) = match (&item_type, &list_type) {
                    (Type::Text, Type::List(inner)) if **inner == Type::Text => {
                        return self.fail(
                            span,
                            "a text cannot be compared with texts",
                            "a code in quotes is compared with evidence or a rule that has this list of codes",
                        );
                    }
                    (Type::Text, Type::List(inner)) => {
                        (self.coerce((item, Type::Text), inner, left.span)?, list)
                    }
                    (_, Type::List(_) | Type::Empty) => (
                        item,
                        self.coerce((list, list_type), &Type::list(item_type), right.span)?,
                    ),
                    _ => {
                        let message =
                            format!("`in` needs a list, found {}", self.name_of(&list_type));
                        return self.fail(right.span, message, "");
                    }
                };
                Some((
                    Node {
                        op: Op::In(Box::new(item), Box::new(list)),
                        span,
                    },
                    Type::Bool,
                ))
            }
            BinaryOp::Equal | BinaryOp::NotEqual => self.equality(op, left, right, span),
            BinaryOp::Less | BinaryOp::AtMost | BinaryOp::Greater | BinaryOp::AtLeast => {
                let left = self.infer(left);
                let right = self.infer_beside(right, left.as_ref());
                let (left, right, ty) =
                    self.same(left?, right?, span, "these cannot be compared:")?;
                if !matches!(
                    ty,
                    Type::Number { .. } | Type::Date | Type::Month | Type::Zero
                ) {
                    let message = format!("{} has no order", self.name_of(&ty));
                    let hint = self.mismatch_hint(&ty, &ty);
                    return self.fail(span, message, hint);
                }
                let comparison = match op {
                    BinaryOp::Less => Comparison::Less,
                    BinaryOp::AtMost => Comparison::AtMost,
                    BinaryOp::Greater => Comparison::Greater,
                    _ => Comparison::AtLeast,
                };
                Some((
                    Node {
                        op: Op::Compare(comparison, Box::new(left), Box::new(right)),
                        span,
                    },
                    Type::Bool,
                ))
            }
            _ => self.arithmetic(op, left, right, span),
        }
    }

    pub(super) fn equality(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Typed> {
        let left = self.infer(left);
        let right = self.infer_beside(right, left.as_ref());
        let (left, right) = (left?, right?);
        let equal = match (&left.1, &right.1) {
            (Type::Optional(_), Type::Null) => Op::Not(Box::new(Node {
                op: Op::Has(Box::new(left.0)),
                span,
            })),
            (Type::Null, Type::Optional(_)) => Op::Not(Box::new(Node {
                op: Op::Has(Box::new(right.0)),
                span,
            })),
            (Type::Null, _) | (_, Type::Null) => {
                return self.fail(
                    span,
                    "this is never null",
                    "only evidence that is declared with `absent` can be null",
                );
            }
            _ => {
                let (left, right, ty) =
                    self.same(left, right, span, "these cannot be compared:")?;
                if matches!(
                    ty,
                    Type::Optional(_) | Type::List(_) | Type::Record(_) | Type::Text
                ) {
                    let message = format!("{} cannot be compared", self.name_of(&ty));
                    let hint = self.mismatch_hint(&ty, &ty);
                    return self.fail(span, message, hint);
                }
                Op::Equal(Box::new(left), Box::new(right))
            }
        };
        let node = Node { op: equal, span };
        let node = if op == BinaryOp::Equal {
            node
        } else {
            Node {
                op: Op::Not(Box::new(node)),
                span,
            }
        };
        Some((node, Type::Bool))
    }

    pub(super) fn arithmetic(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Typed> {
        let (left, right) = (self.infer(left), self.infer(right));
        let (left, right) = (left?, right?);
        let (arithmetic, left, right, ty) = match op {
            BinaryOp::Add | BinaryOp::Subtract => {
                let what = if op == BinaryOp::Add {
                    "these cannot be added:"
                } else {
                    "these cannot be subtracted:"
                };
                let (left, right, ty) = self.same(left, right, span, what)?;
                (
                    if op == BinaryOp::Add {
                        Arithmetic::Add
                    } else {
                        Arithmetic::Subtract
                    },
                    left,
                    right,
                    ty,
                )
            }
            _ => {
                let (Some((a, x)), Some((b, y))) = (number(&left.1), number(&right.1)) else {
                    let (left, right) = (self.name_of(&left.1), self.name_of(&right.1));
                    return self.fail(
                        span,
                        format!("`{}` needs numbers, found {left} and {right}", op.symbol()),
                        "",
                    );
                };
                let (arithmetic, unit, whole) = match op {
                    BinaryOp::Multiply => (Arithmetic::Multiply, a.times(b), x && y),
                    BinaryOp::Divide => (Arithmetic::Divide, a.per(b), false),
                    _ if !(x && y) || (a != b && b != Unit::NONE) => {
                        return self.fail(span, "`%` needs whole numbers of one unit", "");
                    }
                    _ => (Arithmetic::Remainder, Some(a), true),
                };
                let Some(unit) = unit else {
                    return self.fail(span, "the unit of the result is out of all measure", "");
                };
                (arithmetic, left.0, right.0, Type::Number { unit, whole })
            }
        };
        if !matches!(ty, Type::Number { .. } | Type::Zero) {
            let message = format!(
                "`{}` needs numbers, found {}",
                op.symbol(),
                self.name_of(&ty)
            );
            return self.fail(span, message, "");
        }
        Some((
            Node {
                op: Op::Arithmetic(arithmetic, Box::new(left), Box::new(right)),
                span,
            },
            ty,
        ))
    }
}
