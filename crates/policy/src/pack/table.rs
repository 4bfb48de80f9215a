//! Decision tables: a Markdown table in the place of an expression.
//!
//! The heading of a column is what is asked, a cell says which answers the row is for, the last column what then
//! holds; the last row is `else`. A row becomes an exception to the rule of the `else` row, so that two rows that
//! apply together are the same error as two exceptions.

use super::report::{Place, Report};
use super::rule_text::RuleText;
use crate::syntax::{BinaryOp, Expr, ExprKind, Span, SyntaxError, parse_cell, parse_expression};

/// Most columns of conditions.
const MAX_COLUMNS: usize = 12;
/// Most answers in one cell.
const MAX_ANSWERS: usize = 24;

/// A table as written.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Rows before `else`.
    pub rows: Vec<Row>,
    /// The value of the `else` row.
    pub otherwise: Expr,
    /// The table without the space around it.
    pub text: String,
}

/// A row as written.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// When it applies.
    pub condition: Expr,
    /// What then holds.
    pub value: Expr,
    /// Where it stands.
    pub place: Place,
}

/// A cell with its place in the file.
#[derive(Clone, Copy)]
struct Cell<'t> {
    text: &'t str,
    offset: u32,
}

impl Cell<'_> {
    fn span(&self) -> Span {
        Span {
            start: self.offset,
            end: self.offset + self.text.len() as u32,
        }
    }
}

/// The label of a row: `row 2`, or `D21 row 2` where several laws have a table of their own.
pub(crate) fn row_label(named_by_law: Option<&RuleText>, index: usize) -> String {
    let law = named_by_law.and_then(|version| version.notes.laws.first());
    match law {
        Some((law, _)) => format!("{} row {}", law.text, index + 1),
        None => format!("row {}", index + 1),
    }
}

/// Reads a table; what is wrong is reported at its cell.
pub(crate) fn parse_table(
    text: &str,
    offset: u32,
    file: usize,
    report: &mut Report<'_>,
) -> Option<Table> {
    table(text, offset, file)
        .map_err(|error| report.syntax(file, error))
        .ok()
}

fn table(text: &str, offset: u32, file: usize) -> Result<Table, SyntaxError> {
    let lines = lines(text, offset);
    let start = Span {
        start: offset,
        end: offset + 1,
    };
    let wrong =
        |span: Span, message: String, hint: &str| SyntaxError::new(span, message).hint(hint);
    let [heading, rule, rest @ ..] = &lines[..] else {
        return Err(wrong(
            start,
            "the table has no rows".to_owned(),
            "a heading, a line `|---|---|`, the rows, and a last row that begins with `else`",
        ));
    };
    let heading = cells(heading)?;
    let rule = cells(rule)?;
    if rule.len() != heading.len() || !rule.iter().all(|cell| is_rule(cell.text)) {
        return Err(wrong(
            rule.first().map_or(start, Cell::span),
            "a line `|---|---|` with as many columns as the heading is missing".to_owned(),
            "it stands between the heading and the rows",
        ));
    }
    let Some((_, asked)) = heading.split_last().filter(|(_, asked)| !asked.is_empty()) else {
        return Err(wrong(
            heading.first().map_or(start, Cell::span),
            "the table asks nothing".to_owned(),
            "at least one column of conditions stands before the column of the result",
        ));
    };
    if asked.len() > MAX_COLUMNS {
        return Err(wrong(
            asked[MAX_COLUMNS].span(),
            format!("more than {MAX_COLUMNS} columns of conditions"),
            "give parts of it a name with a rule of their own",
        ));
    }
    let asked: Vec<Expr> = asked
        .iter()
        .map(|cell| parse_expression(cell.text, cell.offset))
        .collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    let mut otherwise = None;
    for line in rest {
        let cells = cells(line)?;
        let first = cells.first().map_or(start, Cell::span);
        if cells.len() != asked.len() + 1 {
            return Err(wrong(
                first,
                format!(
                    "this row has {} cells, the heading {}",
                    cells.len(),
                    asked.len() + 1
                ),
                "an empty cell stands for any answer: `| |`",
            ));
        }
        if otherwise.is_some() {
            return Err(wrong(
                first,
                "a row after `else`".to_owned(),
                "`else` is for all that no other row is for: it is the last one",
            ));
        }
        let (value, conditions) = (cells[asked.len()], &cells[..asked.len()]);
        let value = parse_cell(value.text, value.offset)?;
        if conditions[0].text == "else" {
            if let Some(cell) = conditions[1..].iter().find(|cell| !cell.text.is_empty()) {
                return Err(wrong(
                    cell.span(),
                    "`else` asks nothing more".to_owned(),
                    "leave the other cells of the row empty",
                ));
            }
            otherwise = Some(value);
            continue;
        }
        let mut condition: Option<Expr> = None;
        for (asked, cell) in asked.iter().zip(conditions) {
            let Some(answer) = answers(asked, cell)? else {
                continue;
            };
            condition = Some(match condition {
                Some(before) => join(BinaryOp::And, before, answer),
                None => answer,
            });
        }
        let condition = condition.ok_or_else(|| {
            wrong(
                first,
                "this row is for everything".to_owned(),
                "such a row is written `else` and stands last",
            )
        })?;
        rows.push(Row {
            condition,
            value,
            place: Place { file, span: first },
        });
    }
    let Some(otherwise) = otherwise else {
        return Err(wrong(
            lines.last().map_or(start, Cell::span),
            "the table has no row `else`".to_owned(),
            "the last row says what holds when no other row applies: `| else | | 0 |`",
        ));
    };
    Ok(Table {
        rows,
        otherwise,
        text: text.trim().to_owned(),
    })
}

/// The lines that are not empty.
fn lines(text: &str, offset: u32) -> Vec<Cell<'_>> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let cell = trimmed(line, offset + at as u32);
        if !cell.text.is_empty() {
            found.push(cell);
        }
        at += line.len();
    }
    found
}

fn trimmed(text: &str, offset: u32) -> Cell<'_> {
    let before = text.len() - text.trim_start().len();
    Cell {
        text: text.trim(),
        offset: offset + before as u32,
    }
}

/// The cells of a line `| a | b |`; a `|` in a text in quotes is part of the text.
fn cells<'t>(line: &Cell<'t>) -> Result<Vec<Cell<'t>>, SyntaxError> {
    let inner = line
        .text
        .strip_prefix('|')
        .and_then(|rest| rest.strip_suffix('|'));
    let Some(inner) = inner else {
        return Err(
            SyntaxError::new(line.span(), "a row of a table begins and ends with `|`")
                .hint("nothing else stands in the block of a table"),
        );
    };
    let mut found = Vec::new();
    let mut from = 0;
    let mut quote: Option<char> = None;
    for (at, c) in inner.char_indices().chain([(inner.len(), '|')]) {
        match (c, quote) {
            ('|', None) => {
                found.push(unticked(
                    &inner[from..at.max(from)],
                    line.offset + 1 + from as u32,
                ));
                from = at + 1;
            }
            ('"' | '\'', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    if quote.is_some() {
        return Err(SyntaxError::new(
            line.span(),
            "the text has no closing quote",
        ));
    }
    Ok(found)
}

/// A cell without the space and the backticks around it.
fn unticked(text: &str, offset: u32) -> Cell<'_> {
    let cell = trimmed(text, offset);
    match cell
        .text
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'))
    {
        Some(inner) => trimmed(inner, cell.offset + 1),
        None => cell,
    }
}

fn is_rule(text: &str) -> bool {
    let dashes = text.trim_matches(':');
    dashes.len() >= 3 && dashes.bytes().all(|byte| byte == b'-')
}

/// The condition of a cell: any of its answers; `None` when every answer is good.
fn answers(asked: &Expr, cell: &Cell<'_>) -> Result<Option<Expr>, SyntaxError> {
    if matches!(cell.text, "" | "-") {
        return Ok(None);
    }
    let mut found: Option<Expr> = None;
    for (number, part) in split(cell, ",").into_iter().enumerate() {
        if number >= MAX_ANSWERS {
            return Err(SyntaxError::new(
                part.span(),
                format!("more than {MAX_ANSWERS} answers in one cell"),
            )
            .hint("give the list a name: a parameter of codes, or a rule"));
        }
        let answer = answer(asked, &part)?;
        found = Some(match found {
            Some(before) => join(BinaryOp::Or, before, answer),
            None => answer,
        });
    }
    Ok(found)
}

/// `< 60`, `60 .. 79`, `"urban"`, `true`.
fn answer(asked: &Expr, cell: &Cell<'_>) -> Result<Expr, SyntaxError> {
    let compare = |op: BinaryOp, value: &Cell<'_>| -> Result<Expr, SyntaxError> {
        let value = parse_cell(value.text, value.offset)?;
        Ok(binary(op, asked.clone(), value, cell.span()))
    };
    if let [from, to] = split(cell, "..")[..] {
        return Ok(join(
            BinaryOp::And,
            compare(BinaryOp::AtLeast, &from)?,
            compare(BinaryOp::AtMost, &to)?,
        ));
    }
    for (sign, op) in [
        ("<=", BinaryOp::AtMost),
        (">=", BinaryOp::AtLeast),
        ("!=", BinaryOp::NotEqual),
        ("==", BinaryOp::Equal),
        ("<", BinaryOp::Less),
        (">", BinaryOp::Greater),
    ] {
        if let Some(rest) = cell.text.strip_prefix(sign) {
            return compare(op, &trimmed(rest, cell.offset + sign.len() as u32));
        }
    }
    compare(BinaryOp::Equal, cell)
}

/// Parts of a cell between `sign`, outside of quotes and brackets.
fn split<'t>(cell: &Cell<'t>, sign: &str) -> Vec<Cell<'t>> {
    let mut found = Vec::new();
    let (mut from, mut depth, mut quote) = (0, 0_i32, None);
    for (at, c) in cell.text.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('(' | '[', None) => depth += 1,
            (')' | ']', None) => depth -= 1,
            _ if quote.is_none()
                && depth == 0
                && at >= from
                && cell.text[at..].starts_with(sign) =>
            {
                found.push(trimmed(&cell.text[from..at], cell.offset + from as u32));
                from = at + sign.len();
            }
            _ => {}
        }
    }
    found.push(trimmed(&cell.text[from..], cell.offset + from as u32));
    found
}

fn join(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span;
    binary(op, left, right, span)
}

fn binary(op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
    Expr {
        height: 1 + left.height.max(right.height),
        kind: ExprKind::Binary(op, Box::new(left), Box::new(right)),
        span,
    }
}
