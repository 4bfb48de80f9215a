//! The expression language: tokens, tree, parser and printer.
//!
//! A subset of CEL (Common Expression Language) with exact numbers; what differs stands in
//! `docs/policy-language.md`. Must not know: names, types, households.

mod ast;
mod lexer;
mod parser;
mod print;

pub use ast::{BinaryOp, Expr, ExprKind, Name, Span, UnaryOp};
pub(crate) use parser::children;
pub(crate) use parser::parse_cell;
pub use parser::{parse_expression, parse_when_then};

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Place in the file.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl SyntaxError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            span,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> SyntaxError {
        self.hint = Some(hint.into());
        self
    }
}
