//! Types and units of an expression; names become slots.
//!
//! What may be absent (`has(x)`) can be read only where the expression itself has made sure of it: the right side
//! of `has(x) && …`, the matching branch of a conditional. Nothing else stands between an absent date and a wrong
//! result, so the checker keeps the list of what has been made sure of.

use super::literals::type_name;
use super::symbols::Symbols;
use crate::exact::Exact;
use crate::ir::{Node, Op};
use crate::pack::report::{Place, Report, suggestion};
use crate::syntax::{Expr, ExprKind, Name, Span, UnaryOp};
use crate::types::Type;
use crate::units::Unit;
use crate::value::Value;

/// A checked expression with its type.
pub(crate) type Typed = (Node, Type);

/// Checks the expressions of one block.
pub(crate) struct Checker<'c, 'r> {
    pub symbols: &'c Symbols<'c>,
    pub report: &'c mut Report<'r>,
    pub file: usize,
    /// Names in scope with their slots.
    pub scope: Vec<(String, Type, u16)>,
    /// Number of slots the frame needs.
    pub frame: u16,
    /// Expressions known to be present, as text.
    pub present: Vec<String>,
    pub uses: Vec<u16>,
    pub parameters: Vec<u16>,
    pub reads_month: bool,
    /// List operations around the place that is checked.
    pub(super) loops: u8,
    /// Literal texts met so far; a literal is a place in this list until its code list is known.
    pub(super) texts: Vec<String>,
}

impl<'c, 'r> Checker<'c, 'r> {
    pub fn new(
        symbols: &'c Symbols<'c>,
        report: &'c mut Report<'r>,
        file: usize,
        subject: Option<&Name>,
    ) -> Self {
        let mut checker = Checker {
            symbols,
            report,
            file,
            scope: Vec::new(),
            frame: 0,
            present: Vec::new(),
            uses: Vec::new(),
            parameters: Vec::new(),
            reads_month: false,
            loops: 0,
            texts: Vec::new(),
        };
        if let Some(subject) = subject {
            checker.bind(subject, Type::Person);
        }
        checker
    }

    pub fn fail<T>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<T> {
        self.report.error(
            Place {
                file: self.file,
                span,
            },
            message,
            hint,
        );
        None
    }

    pub fn name_of(&self, ty: &Type) -> String {
        type_name(ty, self.symbols.layout)
    }

    /// Gives a name the next slot.
    pub fn bind(&mut self, name: &Name, ty: Type) -> u16 {
        if self.symbols.is_global(&name.text)
            || self.scope.iter().any(|(known, _, _)| *known == name.text)
        {
            let message = format!("`{}` means something else here already", name.text);
            self.fail::<()>(name.span, message, "choose another name");
        }
        let slot = self.scope.len() as u16;
        self.scope.push((name.text.clone(), ty, slot));
        self.frame = self.frame.max(slot + 1);
        slot
    }

    /// Checks an expression against the type it must have.
    pub fn expect(&mut self, expr: &Expr, wanted: &Type) -> Option<Node> {
        let typed = self.infer(expr)?;
        self.coerce(typed, wanted, expr.span)
    }

    /// Finds the type of an expression.
    pub fn infer(&mut self, expr: &Expr) -> Option<Typed> {
        let span = expr.span;
        let constant = |value: Value, ty: Type| {
            Some((
                Node {
                    op: Op::Constant(value),
                    span,
                },
                ty,
            ))
        };
        match &expr.kind {
            ExprKind::Null => constant(Value::None, Type::Null),
            ExprKind::Bool(value) => constant(Value::Bool(*value), Type::Bool),
            ExprKind::Number { value, .. } if value.is_zero() => {
                constant(Value::Number(Exact::ZERO), Type::Zero)
            }
            ExprKind::Number { value, .. } => {
                let whole = value.as_whole().is_some();
                constant(
                    Value::Number(*value),
                    Type::Number {
                        unit: Unit::NONE,
                        whole,
                    },
                )
            }
            // Where nothing beside it has a unit, it is a plain number.
            ExprKind::Figure(value) => self.figure(*value, Unit::NONE, span),
            ExprKind::Text(text) => {
                self.texts.push(text.clone());
                constant(Value::Code((self.texts.len() - 1) as u32), Type::Text)
            }
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Field(inner, field) => self.field(expr, inner, field),
            ExprKind::Call(name, args) => self.call(name, args, span),
            ExprKind::Method(receiver, name, args) => self.method(receiver, name, args, span),
            ExprKind::List(items) => self.list(items, span),
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let node = self.expect(inner, &Type::Bool)?;
                Some((
                    Node {
                        op: Op::Not(Box::new(node)),
                        span,
                    },
                    Type::Bool,
                ))
            }
            ExprKind::Unary(UnaryOp::Negate, inner) => {
                let (node, ty) = self.infer(inner)?;
                if !matches!(ty, Type::Number { .. } | Type::Zero) {
                    let message = format!("`-` needs a number, found {}", self.name_of(&ty));
                    return self.fail(span, message, "");
                }
                Some((
                    Node {
                        op: Op::Negate(Box::new(node)),
                        span,
                    },
                    ty,
                ))
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, span),
            ExprKind::Conditional(condition, yes, no) => self.conditional(condition, yes, no, span),
            ExprKind::Let(name, value, body) => {
                let (value, ty) = self.infer(value)?;
                if matches!(ty, Type::Text | Type::Null | Type::Empty) {
                    return self.fail(
                        span,
                        "this has no type of its own",
                        "write it where it is used",
                    );
                }
                let slot = self.bind(name, ty);
                let body = self.infer(body);
                self.scope.pop();
                let (body, ty) = body?;
                Some((
                    Node {
                        op: Op::Let(slot, Box::new(value), Box::new(body)),
                        span,
                    },
                    ty,
                ))
            }
        }
    }

    /// A number of a table, with the unit of its column.
    pub(super) fn figure(&self, value: Exact, unit: Unit, span: Span) -> Option<Typed> {
        let whole = value.as_whole().is_some();
        let op = Op::Constant(Value::Number(value));
        Some((Node { op, span }, Type::Number { unit, whole }))
    }

    /// The type of what stands beside something of a type: a number of a table takes its unit.
    pub(super) fn infer_beside(&mut self, expr: &Expr, beside: Option<&Typed>) -> Option<Typed> {
        match (&expr.kind, beside) {
            (ExprKind::Figure(value), Some((_, Type::Number { unit, .. }))) => {
                self.figure(*value, *unit, expr.span)
            }
            _ => self.infer(expr),
        }
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Typed> {
        let found = |op: Op, ty: Type| Some((Node { op, span }, ty));
        if let Some((_, ty, slot)) = self.scope.iter().rev().find(|(known, _, _)| known == name) {
            let ty = match ty {
                Type::Optional(inner) if self.present.iter().any(|present| present == name) => {
                    (**inner).clone()
                }
                ty => ty.clone(),
            };
            return found(Op::Local(*slot), ty);
        }
        match name {
            "members" => return found(Op::Members, Type::list(Type::Person)),
            "benefit_month" => {
                self.reads_month = true;
                return found(Op::BenefitMonth, Type::Month);
            }
            "household" | "application" => {
                return self.fail(
                    span,
                    format!("`{name}` has fields, it is no value itself"),
                    format!("write `{name}.…`"),
                );
            }
            _ => {}
        }
        if let Some(index) = self.symbols.parameter(name) {
            self.parameters.push(index);
            return found(
                Op::Parameter(index),
                self.symbols.parameters[index as usize].ty.clone(),
            );
        }
        if let Some(index) = self.symbols.rule(name) {
            let rule = &self.symbols.rules[index as usize];
            if rule.subject {
                return self.fail(
                    span,
                    format!("the rule `{name}` is about a person"),
                    format!("write `{name}(m)`"),
                );
            }
            self.uses.push(index);
            return found(Op::Rule(index), rule.ty.clone());
        }
        let locals = self.scope.iter().map(|(known, _, _)| known.as_str());
        let hint = suggestion(name, self.symbols.names().chain(locals));
        self.fail(span, format!("unknown name `{name}`"), hint)
    }

    fn list(&mut self, items: &[Expr], span: Span) -> Option<Typed> {
        let mut nodes = Vec::new();
        let mut ty: Option<Type> = None;
        for item in items {
            let (node, found) = self.infer(item)?;
            let widens = match (&ty, &found) {
                // The literal 0 takes the unit of the others, a whole number goes among fractions.
                (None, _) | (Some(Type::Zero), Type::Number { .. }) => true,
                (
                    Some(Type::Number { unit, whole: true }),
                    Type::Number {
                        unit: other,
                        whole: false,
                    },
                ) => unit == other,
                _ => false,
            };
            match &ty {
                Some(known) if !widens => {
                    nodes.push(self.coerce((node, found), &known.clone(), item.span)?)
                }
                _ => {
                    nodes.push(node);
                    ty = Some(found);
                }
            }
        }
        let ty = ty.map_or(Type::Empty, Type::list);
        Some((
            Node {
                op: Op::List(nodes),
                span,
            },
            ty,
        ))
    }

    fn conditional(
        &mut self,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
        span: Span,
    ) -> Option<Typed> {
        let test = self.expect(condition, &Type::Bool)?;
        let yes_typed = self.with_present(condition, true, |checker| checker.infer(yes));
        let no_typed = self.with_present(condition, false, |checker| checker.infer(no));
        let (yes, no, ty) = self.same(yes_typed?, no_typed?, span, "the two branches are")?;
        Some((
            Node {
                op: Op::Conditional(Box::new(test), Box::new(yes), Box::new(no)),
                span,
            },
            ty,
        ))
    }
}
