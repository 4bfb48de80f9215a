//! Types and units of an expression; names become slots.
//!
//! What may be absent (`has(x)`) can be read only where the expression itself has made sure of it: the right side
//! of `has(x) && …`, the matching branch of a conditional. Nothing else stands between an absent date and a wrong
//! result, so the checker keeps the list of what has been made sure of.

use super::literals::type_name;
use super::symbols::Symbols;
use crate::exact::Exact;
use crate::ir::{Arithmetic, Comparison, Node, Op};
use crate::layout::Slot;
use crate::pack::report::{Place, Report, suggestion};
use crate::syntax::{BinaryOp, Expr, ExprKind, Name, Span, UnaryOp};
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
    /// Literal texts met so far; a literal is a place in this list until its code list is known.
    texts: Vec<String>,
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

    /// Turns literals into the wanted type; reports what does not fit.
    pub fn coerce(&mut self, (node, ty): Typed, wanted: &Type, span: Span) -> Option<Node> {
        match (&ty, wanted) {
            (Type::Zero, Type::Number { .. }) => return Some(node),
            (Type::Empty, Type::List(_)) => return Some(node),
            (Type::Text, Type::Code(list)) => return self.code(&node, *list, span),
            (Type::List(inner), Type::List(wanted_inner)) if **inner == Type::Text => {
                let Op::List(items) = node.op else {
                    return Some(node);
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
        let Op::Constant(Value::Code(at)) = node.op else {
            return None;
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

    fn field(&mut self, whole: &Expr, inner: &Expr, field: &Name) -> Option<Typed> {
        let span = whole.span;
        let found = |op: Op, ty: Type| Some((Node { op, span }, ty));
        let (node, ty) = match &inner.kind {
            ExprKind::Name(name) if name == "household" => {
                let slots = &self.symbols.layout.household;
                let Some(index) = slots.iter().position(|slot| slot.name == field.text) else {
                    return self.unknown_field("the household", slots, field);
                };
                (Op::Household(index as u16), slots[index].ty.clone())
            }
            ExprKind::Name(name) if name == "application" => match field.text.as_str() {
                "date" => return found(Op::ApplicationDate, Type::Date),
                "single" => (Op::Single, Type::optional(Type::Person)),
                _ => {
                    return self.fail(
                        field.span,
                        format!("the application has no `{}`", field.text),
                        "it has `date` and `single`",
                    );
                }
            },
            _ => {
                let (of, ty) = self.infer(inner)?;
                self.field_of(of, &ty, field)?
            }
        };
        let ty = match ty {
            Type::Optional(present) if self.present.contains(&whole.to_string()) => *present,
            ty => ty,
        };
        found(node, ty)
    }

    fn field_of(&mut self, of: Node, ty: &Type, field: &Name) -> Option<(Op, Type)> {
        let layout = self.symbols.layout;
        match ty {
            Type::Person => {
                let Some(index) = layout
                    .person
                    .iter()
                    .position(|slot| slot.name == field.text)
                else {
                    return self.unknown_field("a person", &layout.person, field);
                };
                Some((
                    Op::Person(index as u16, Box::new(of)),
                    layout.person[index].ty.clone(),
                ))
            }
            Type::Record(evidence) => {
                let fields = &layout.records[*evidence as usize];
                let Some(index) = fields.iter().position(|slot| slot.name == field.text) else {
                    let name = &layout.evidence[*evidence as usize].name;
                    let hint =
                        suggestion(&field.text, fields.iter().map(|slot| slot.name.as_str()));
                    return self.fail(
                        field.span,
                        format!("a record of {name} has no `{}`", field.text),
                        hint,
                    );
                };
                Some((
                    Op::Record(index as u16, Box::new(of)),
                    fields[index].ty.clone(),
                ))
            }
            Type::Compound(evidence) => {
                let crate::model::Form::Code { parts, .. } =
                    &layout.evidence[*evidence as usize].form
                else {
                    return None;
                };
                let Some(index) = parts.iter().position(|part| part.name == field.text) else {
                    let hint = suggestion(&field.text, parts.iter().map(|part| part.name.as_str()));
                    return self.fail(
                        field.span,
                        format!("the code has no part `{}`", field.text),
                        hint,
                    );
                };
                let divisor = 10_i64.pow((parts.len() - 1 - index) as u32);
                Some((Op::Digit(divisor, Box::new(of)), Type::whole(Unit::NONE)))
            }
            _ => {
                let message = format!("{} has no fields", self.name_of(ty));
                let hint = self.mismatch_hint(ty, ty);
                self.fail(field.span, message, hint)
            }
        }
    }

    fn unknown_field<T>(&mut self, whose: &str, slots: &[Slot], field: &Name) -> Option<T> {
        let mut hint = suggestion(&field.text, slots.iter().map(|slot| slot.name.as_str()));
        if hint.is_empty() {
            hint = "declare it in a `toml evidence` block".to_owned();
        }
        self.fail(
            field.span,
            format!("no evidence `{}` about {whose} is declared", field.text),
            hint,
        )
    }

    fn list(&mut self, items: &[Expr], span: Span) -> Option<Typed> {
        let mut nodes = Vec::new();
        let mut ty: Option<Type> = None;
        for item in items {
            match &ty {
                Some(ty) => nodes.push(self.expect(item, ty)?),
                None => {
                    let (node, first) = self.infer(item)?;
                    nodes.push(node);
                    ty = Some(first);
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

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Option<Typed> {
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
                let (left, right) = (self.infer(left), self.infer(right));
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

    fn equality(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Option<Typed> {
        let (left, right) = (self.infer(left), self.infer(right));
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

    fn arithmetic(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Option<Typed> {
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

    /// Runs `inner` knowing that `condition` is `outcome`.
    fn with_present<T>(
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

pub(crate) fn number(ty: &Type) -> Option<(Unit, bool)> {
    match ty {
        Type::Number { unit, whole } => Some((*unit, *whole)),
        Type::Zero => Some((Unit::NONE, true)),
        _ => None,
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
