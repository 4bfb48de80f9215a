//! Types meeting types: literals take the type of their place, everything else must fit as it is.

use super::expression::{Checker, Typed};
use crate::ir::{Node, Op};
use crate::pack::report::suggestion;
use crate::syntax::Span;
use crate::types::Type;
use crate::units::Unit;
use crate::value::Value;

impl Checker<'_, '_> {
    /// Turns literals into the wanted type; reports what does not fit.
    pub fn coerce(&mut self, (node, ty): Typed, wanted: &Type, span: Span) -> Option<Node> {
        match (&ty, wanted) {
            (Type::Zero, Type::Number { .. }) => return Some(node),
            (Type::Empty, Type::List(_)) => return Some(node),
            (Type::List(inner), Type::List(wanted)) if fits_without_change(inner, wanted) => {
                return Some(node);
            }
            (Type::Text, Type::Code(list)) => return self.code(&node, *list, span),
            (Type::List(inner), Type::List(wanted_inner)) if **inner == Type::Text => {
                // Only a list that is written out holds texts whose codes can be looked up.
                let Op::List(items) = node.op else {
                    return self.fail(
                        span,
                        "the codes of a list are written out",
                        "write `[\"…\", \"…\"]`",
                    );
                };
                let items: Option<Vec<Node>> = items
                    .into_iter()
                    .map(|item| {
                        let span = item.span;
                        self.coerce((item, Type::Text), wanted_inner, span)
                    })
                    .collect();
                return Some(Node {
                    op: Op::List(items?),
                    span,
                });
            }
            (
                Type::Number { unit, whole },
                Type::Number {
                    unit: wanted_unit,
                    whole: wanted_whole,
                },
            ) if unit == wanted_unit => {
                if *wanted_whole && !*whole {
                    return self.fail(
                        span,
                        "a whole number is wanted, and this may have a fraction",
                        "round it by name, for example `ceil_yuan(…)`",
                    );
                }
                return Some(node);
            }
            _ if ty == *wanted => return Some(node),
            _ => {}
        }
        let message = format!(
            "expected {}, found {}",
            self.name_of(wanted),
            self.name_of(&ty)
        );
        let hint = self.mismatch_hint(&ty, wanted);
        self.fail(span, message, hint)
    }

    /// What to do about two types that do not go together.
    pub fn mismatch_hint(&self, one: &Type, other: &Type) -> String {
        match (one, other) {
            (Type::Optional(_), _) | (_, Type::Optional(_)) => {
                "it may be absent: make sure of it first with `has(…) && …`".to_owned()
            }
            (Type::Number { unit: a, .. }, Type::Number { unit: b, .. }) => {
                let (year, month) = (Unit::YEAR, Unit::MONTH);
                if (a.is_rate_in(year) && b.is_rate_in(month))
                    || (a.is_rate_in(month) && b.is_rate_in(year))
                {
                    "`per_month(…)` and `per_year(…)` convert".to_owned()
                } else {
                    "both need the same unit; `months(12)` and `years(3)` give a number its unit"
                        .to_owned()
                }
            }
            _ => String::new(),
        }
    }

    fn code(&mut self, node: &Node, list: u16, span: Span) -> Option<Node> {
        if let Op::Conditional(test, yes, no) = &node.op {
            let (yes, no) = (self.code(yes, list, span), self.code(no, list, span));
            return Some(Node {
                op: Op::Conditional(test.clone(), Box::new(yes?), Box::new(no?)),
                span: node.span,
            });
        }
        let Op::Constant(Value::Code(at)) = node.op else {
            return self.fail(
                span,
                "a text in quotes is wanted here",
                "write the code itself, or choose between codes with `? :`",
            );
        };
        // A literal text is kept as its place until its list is known.
        let text = self.texts.get(at as usize)?.clone();
        let codes = &self.symbols.layout.code_lists[list as usize];
        let Some(index) = codes.index(&text) else {
            let hint = suggestion(&text, codes.codes.iter().map(|code| code.code.as_str()));
            let known: Vec<&str> = codes.codes.iter().map(|code| code.code.as_str()).collect();
            let hint = if hint.is_empty() {
                format!("known: {}", known.join(", "))
            } else {
                hint
            };
            let message = format!("\"{text}\" is not a code of {}", codes.name);
            return self.fail(span, message, hint);
        };
        Some(Node {
            op: Op::Constant(Value::Code(index)),
            span: node.span,
        })
    }

    /// Brings two expressions to one type.
    pub fn same(
        &mut self,
        left: Typed,
        right: Typed,
        span: Span,
        what: &str,
    ) -> Option<(Node, Node, Type)> {
        let ((left, left_type), (right, right_type)) = (left, right);
        let number = |ty: &Type| matches!(ty, Type::Number { .. });
        match (&left_type, &right_type) {
            (Type::Number { unit: a, whole: x }, Type::Number { unit: b, whole: y }) if a == b => {
                let ty = Type::Number {
                    unit: *a,
                    whole: *x && *y,
                };
                Some((left, right, ty))
            }
            (Type::Zero, other) if number(other) => Some((left, right, right_type)),
            (other, Type::Zero) if number(other) => Some((left, right, left_type)),
            (Type::Text, Type::Code(list)) => {
                Some((self.code(&left, *list, span)?, right, right_type))
            }
            (Type::Code(list), Type::Text) => {
                Some((left, self.code(&right, *list, span)?, left_type))
            }
            (a, b) if a == b => Some((left, right, left_type)),
            (a, b) => {
                let message = format!("{what} {} and {}", self.name_of(a), self.name_of(b));
                let hint = self.mismatch_hint(a, b);
                self.fail(span, message, hint)
            }
        }
    }
}

/// Whether items of one type stand as they are where the other is wanted: `0` in any unit, whole numbers among
/// those that may have a fraction.
fn fits_without_change(item: &Type, wanted: &Type) -> bool {
    match (item, wanted) {
        (Type::Zero, Type::Number { .. }) => true,
        (
            Type::Number { unit, whole: true },
            Type::Number {
                unit: wanted,
                whole: false,
            },
        ) => unit == wanted,
        _ => false,
    }
}

pub(crate) fn number(ty: &Type) -> Option<(Unit, bool)> {
    match ty {
        Type::Number { unit, whole } => Some((*unit, *whole)),
        Type::Zero => Some((Unit::NONE, true)),
        _ => None,
    }
}
