//! Writes an expression back as text that parses to the same tree, with few brackets.

use std::fmt;

use super::ast::{BinaryOp, Expr, ExprKind, UNARY_STRENGTH, UnaryOp};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self, 0)
    }
}

fn strength(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Let(..) | ExprKind::Conditional(..) => 0,
        ExprKind::Binary(op, ..) => op.strength(),
        ExprKind::Unary(..) => UNARY_STRENGTH,
        _ => u8::MAX,
    }
}

/// Writes `expr` where everything that binds less than `least` needs brackets.
fn write(f: &mut fmt::Formatter<'_>, expr: &Expr, least: u8) -> fmt::Result {
    let bracket = strength(expr) < least;
    if bracket {
        f.write_str("(")?;
    }
    match &expr.kind {
        ExprKind::Null => f.write_str("null")?,
        ExprKind::Bool(value) => write!(f, "{value}")?,
        ExprKind::Number {
            value,
            decimal: false,
        } => write!(f, "{value}")?,
        ExprKind::Number {
            value,
            decimal: true,
        } => write_decimal(f, value.num(), value.den())?,
        ExprKind::Figure(value) => write!(f, "{value}")?,
        ExprKind::Text(text) => write_text(f, text)?,
        ExprKind::Name(name) => f.write_str(name)?,
        ExprKind::Field(inner, name) => {
            write(f, inner, u8::MAX)?;
            write!(f, ".{}", name.text)?;
        }
        ExprKind::Call(name, args) => {
            f.write_str(&name.text)?;
            write_list(f, "(", args, ")")?;
        }
        ExprKind::Method(receiver, name, args) => {
            write(f, receiver, u8::MAX)?;
            write!(f, ".{}", name.text)?;
            write_list(f, "(", args, ")")?;
        }
        ExprKind::List(items) => write_list(f, "[", items, "]")?,
        ExprKind::Unary(op, operand) => {
            f.write_str(if *op == UnaryOp::Not { "!" } else { "-" })?;
            write(f, operand, UNARY_STRENGTH)?;
        }
        ExprKind::Binary(op, left, right) => write_binary(f, *op, left, right)?,
        ExprKind::Conditional(condition, yes, no) => {
            write(f, condition, 1)?;
            f.write_str(" ? ")?;
            write(f, yes, 0)?;
            f.write_str(" : ")?;
            write(f, no, 0)?;
        }
        ExprKind::Let(name, value, body) => {
            write!(f, "let {} = ", name.text)?;
            write(f, value, 0)?;
            f.write_str("; ")?;
            write(f, body, 0)?;
        }
    }
    if bracket {
        f.write_str(")")?;
    }
    Ok(())
}

fn write_binary(
    f: &mut fmt::Formatter<'_>,
    op: BinaryOp,
    left: &Expr,
    right: &Expr,
) -> fmt::Result {
    // `a && b || c` is right and easily misread: the `&&` gets its brackets.
    let least = |side: &Expr, least: u8| match side.kind {
        ExprKind::Binary(BinaryOp::And, ..) if op == BinaryOp::Or => u8::MAX,
        _ => least,
    };
    write(f, left, least(left, op.strength()))?;
    write!(f, " {} ", op.symbol())?;
    write(f, right, least(right, op.strength() + 1))
}

fn write_list(f: &mut fmt::Formatter<'_>, open: &str, items: &[Expr], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write(f, item, 0)?;
    }
    f.write_str(close)
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            _ => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// A decimal literal has a denominator of twos and fives only, so its digits end.
fn write_decimal(f: &mut fmt::Formatter<'_>, num: i128, den: i128) -> fmt::Result {
    write!(f, "{}.", num / den)?;
    let mut rest = num % den;
    let mut first = true;
    while rest != 0 || first {
        rest *= 10;
        write!(f, "{}", rest / den)?;
        rest %= den;
        first = false;
    }
    Ok(())
}
