//! What an expression has made sure of: the right side of `has(x) && …` may read `x`.

use super::expression::Checker;
use crate::syntax::{BinaryOp, Expr, ExprKind, UnaryOp};

impl Checker<'_, '_> {
    /// Runs `inner` knowing that `condition` is `outcome`.
    pub(super) fn with_present<T>(
        &mut self,
        condition: &Expr,
        outcome: bool,
        inner: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.present.len();
        made_sure(condition, outcome, &mut self.present);
        let result = inner(self);
        self.present.truncate(before);
        result
    }
}

/// Collects what is certainly present when `condition` is `outcome`.
fn made_sure(condition: &Expr, outcome: bool, present: &mut Vec<String>) {
    match &condition.kind {
        ExprKind::Call(name, args) if outcome && name.text == "has" && args.len() == 1 => {
            present.push(args[0].to_string())
        }
        ExprKind::Unary(UnaryOp::Not, inner) => made_sure(inner, !outcome, present),
        ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right)
            if outcome == (*op == BinaryOp::And) =>
        {
            made_sure(left, outcome, present);
            made_sure(right, outcome, present);
        }
        ExprKind::Binary(op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right)
            if outcome == (*op == BinaryOp::NotEqual) =>
        {
            match (&left.kind, &right.kind) {
                (_, ExprKind::Null) => present.push(left.to_string()),
                (ExprKind::Null, _) => present.push(right.to_string()),
                _ => {}
            }
        }
        _ => {}
    }
}
