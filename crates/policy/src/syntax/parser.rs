//! From tokens to the tree. The grammar follows CEL; `let a = b; c` and `when a then b` are additions.

use super::SyntaxError;
use super::ast::{BinaryOp, Expr, ExprKind, Name, Span, UNARY_STRENGTH, UnaryOp};
use super::lexer::{Token, tokens};
use crate::exact::parse_exact;

/// Greatest height of a tree: a bound on recursion here, in the checker and in the evaluator.
const MAX_HEIGHT: u16 = 100;

const KEYWORDS: [&str; 7] = ["true", "false", "null", "in", "let", "when", "then"];

/// Parses a whole text as one expression; `base` is its offset in the file.
pub fn parse_expression(text: &str, base: u32) -> Result<Expr, SyntaxError> {
    let mut parser = Parser::new(text, base)?;
    let expr = parser.expression(0)?;
    parser.end()?;
    Ok(expr)
}

/// Parses a cell of a table: an expression, or a number that has the unit of its column.
pub(crate) fn parse_cell(text: &str, base: u32) -> Result<Expr, SyntaxError> {
    let mut expr = parse_expression(text, base)?;
    if let ExprKind::Number { value, .. } = expr.kind {
        expr.kind = ExprKind::Figure(value);
    }
    Ok(expr)
}

/// Parses `when CONDITION then VALUE`.
pub fn parse_when_then(text: &str, base: u32) -> Result<(Expr, Expr), SyntaxError> {
    let mut parser = Parser::new(text, base)?;
    parser.keyword("when")?;
    let condition = parser.expression(0)?;
    parser.keyword("then")?;
    let value = parser.expression(0)?;
    parser.end()?;
    Ok((condition, value))
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: u16,
}

impl Parser {
    fn new(text: &str, base: u32) -> Result<Parser, SyntaxError> {
        Ok(Parser {
            tokens: tokens(text, base)?,
            at: 0,
            depth: 0,
        })
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn span(&self) -> Span {
        self.tokens[self.at].1
    }

    fn previous_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].1
    }

    fn next(&mut self) -> (Token, Span) {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == sign);
        if found {
            self.next();
        }
        found
    }

    fn expect_sign(&mut self, sign: &'static str) -> Result<(), SyntaxError> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(SyntaxError::new(
            self.span(),
            format!("expected `{sign}`, found {}", self.found()),
        ))
    }

    fn keyword(&mut self, word: &'static str) -> Result<(), SyntaxError> {
        if matches!(self.peek(), Token::Word(w) if w == word) {
            self.next();
            return Ok(());
        }
        Err(SyntaxError::new(
            self.span(),
            format!("expected `{word}`, found {}", self.found()),
        )
        .hint("an exception is written `when CONDITION then VALUE`"))
    }

    fn found(&self) -> String {
        match self.peek() {
            Token::Word(word) => format!("`{word}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Text(text) => format!("\"{text}\""),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        }
    }

    fn end(&self) -> Result<(), SyntaxError> {
        if *self.peek() == Token::End {
            return Ok(());
        }
        Err(SyntaxError::new(
            self.span(),
            format!("expected the end or an operator, found {}", self.found()),
        ))
    }

    fn node(&self, kind: ExprKind, span: Span) -> Result<Expr, SyntaxError> {
        let height = 1 + children(&kind).map(|child| child.height).max().unwrap_or(0);
        if height > MAX_HEIGHT {
            return Err(too_deep(span));
        }
        Ok(Expr { kind, span, height })
    }

    fn expression(&mut self, strength: u8) -> Result<Expr, SyntaxError> {
        self.depth += 1;
        let result = if self.depth > MAX_HEIGHT {
            Err(too_deep(self.span()))
        } else {
            self.expression_inner(strength)
        };
        self.depth -= 1;
        result
    }

    fn expression_inner(&mut self, strength: u8) -> Result<Expr, SyntaxError> {
        if strength == 0 && matches!(self.peek(), Token::Word(word) if word == "let") {
            return self.binding();
        }
        let mut left = self.unary()?;
        while let Some(op) = self.binary_operator() {
            if op.strength() <= strength {
                break;
            }
            self.next();
            let right = self.expression(op.strength())?;
            let span = left.span.to(right.span);
            left = self.node(ExprKind::Binary(op, Box::new(left), Box::new(right)), span)?;
        }
        if strength == 0 && self.take_sign("?") {
            let yes = self.expression(0)?;
            self.expect_sign(":")?;
            let no = self.expression(0)?;
            let span = left.span.to(no.span);
            left = self.node(
                ExprKind::Conditional(Box::new(left), Box::new(yes), Box::new(no)),
                span,
            )?;
        }
        Ok(left)
    }

    fn binding(&mut self) -> Result<Expr, SyntaxError> {
        let (_, start) = self.next();
        let name = self.name()?;
        self.expect_sign("=")?;
        let value = self.expression(0)?;
        self.expect_sign(";")?;
        let body = self.expression(0)?;
        let span = start.to(body.span);
        self.node(ExprKind::Let(name, Box::new(value), Box::new(body)), span)
    }

    fn binary_operator(&self) -> Option<BinaryOp> {
        Some(match self.peek() {
            Token::Word(word) if word == "in" => BinaryOp::In,
            Token::Sign(sign) => match *sign {
                "||" => BinaryOp::Or,
                "&&" => BinaryOp::And,
                "==" => BinaryOp::Equal,
                "!=" => BinaryOp::NotEqual,
                "<" => BinaryOp::Less,
                "<=" => BinaryOp::AtMost,
                ">" => BinaryOp::Greater,
                ">=" => BinaryOp::AtLeast,
                "+" => BinaryOp::Add,
                "-" => BinaryOp::Subtract,
                "*" => BinaryOp::Multiply,
                "/" => BinaryOp::Divide,
                "%" => BinaryOp::Remainder,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn unary(&mut self) -> Result<Expr, SyntaxError> {
        let op = match self.peek() {
            Token::Sign("!") => UnaryOp::Not,
            Token::Sign("-") => UnaryOp::Negate,
            _ => return self.member(),
        };
        let (_, start) = self.next();
        let operand = self.expression(UNARY_STRENGTH)?;
        let span = start.to(operand.span);
        self.node(ExprKind::Unary(op, Box::new(operand)), span)
    }

    fn member(&mut self) -> Result<Expr, SyntaxError> {
        let mut expr = self.primary()?;
        while self.take_sign(".") {
            let name = self.name()?;
            let start = expr.span;
            let kind = if self.take_sign("(") {
                let args = self.list_until(")")?;
                ExprKind::Method(Box::new(expr), name, args)
            } else {
                ExprKind::Field(Box::new(expr), name)
            };
            expr = self.node(kind, start.to(self.previous_span()))?;
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, SyntaxError> {
        let (token, span) = self.next();
        let kind = match token {
            Token::Number(text) => {
                let value = parse_exact(&text).ok_or_else(|| {
                    SyntaxError::new(span, format!("the number {text} is too large"))
                })?;
                ExprKind::Number {
                    value,
                    decimal: text.contains('.'),
                }
            }
            Token::Text(text) => ExprKind::Text(text),
            Token::Word(word) => match word.as_str() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "null" => ExprKind::Null,
                _ if KEYWORDS.contains(&word.as_str()) => {
                    return Err(misplaced(&format!("`{word}`"), span));
                }
                _ if self.take_sign("(") => {
                    let args = self.list_until(")")?;
                    let call = ExprKind::Call(Name { text: word, span }, args);
                    return self.node(call, span.to(self.previous_span()));
                }
                _ => ExprKind::Name(word),
            },
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.expect_sign(")")?;
                return Ok(inner);
            }
            Token::Sign("[") => {
                let items = self.list_until("]")?;
                return self.node(ExprKind::List(items), span.to(self.previous_span()));
            }
            Token::Sign(sign) => return Err(misplaced(&format!("`{sign}`"), span)),
            Token::End => return Err(misplaced("the end", span)),
        };
        self.node(kind, span)
    }

    fn list_until(&mut self, close: &'static str) -> Result<Vec<Expr>, SyntaxError> {
        let mut items = Vec::new();
        while !self.take_sign(close) {
            items.push(self.expression(0)?);
            if !self.take_sign(",") {
                self.expect_sign(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn name(&mut self) -> Result<Name, SyntaxError> {
        let (token, span) = self.next();
        match token {
            Token::Word(text) if !KEYWORDS.contains(&text.as_str()) => Ok(Name { text, span }),
            _ => Err(SyntaxError::new(span, "expected a name")),
        }
    }
}

fn misplaced(what: &str, span: Span) -> SyntaxError {
    SyntaxError::new(span, format!("expected a value, found {what}"))
}

fn too_deep(span: Span) -> SyntaxError {
    SyntaxError::new(span, "the expression is nested too deeply")
        .hint("give parts of it a name with a rule of their own")
}

/// Direct parts of an expression.
pub(crate) fn children(kind: &ExprKind) -> impl Iterator<Item = &Expr> {
    let (single, many): (Vec<&Expr>, &[Expr]) = match kind {
        ExprKind::Field(inner, _) | ExprKind::Unary(_, inner) => (vec![inner], &[]),
        ExprKind::Call(_, args) | ExprKind::List(args) => (Vec::new(), args),
        ExprKind::Method(receiver, _, args) => (vec![receiver], args),
        ExprKind::Binary(_, left, right) | ExprKind::Let(_, left, right) => {
            (vec![left, right], &[])
        }
        ExprKind::Conditional(condition, yes, no) => (vec![condition, yes, no], &[]),
        _ => (Vec::new(), &[]),
    };
    single.into_iter().chain(many)
}
