//! The text of a `rule`, `exception` or `reason` block: a header, lines beginning with `@`, an expression.

use super::markdown::Block;
use super::report::{Place, Report};
use super::table::{Table, parse_table};
use crate::model::Key;
use crate::syntax::{Expr, Name, Span, SyntaxError, parse_expression, parse_when_then};
use crate::text::Mark;

/// What the lines beginning with `@` say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Annotations {
    /// `@law D21 art. 8`: law, article.
    pub laws: Vec<(Name, String)>,
    /// `@cite …`
    pub cite: Option<String>,
    /// `@mark assume`
    pub mark: Option<Mark>,
    /// `@by acceptance`
    pub by: Option<Key>,
    /// `@zh …`
    pub zh: Option<Name>,
    /// `@en …`
    pub en: Option<Name>,
    /// `@over label`
    pub over: Vec<Name>,
}

/// `rule name(m): type`
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub name: Name,
    /// Name of the person it is about.
    pub subject: Option<Name>,
    /// The text after the colon: a type, or the label of an exception.
    pub colon: Option<Name>,
}

/// A rule as written.
#[derive(Debug, Clone)]
pub(crate) struct RuleText {
    pub signature: Signature,
    pub notes: Annotations,
    pub body: Expr,
    /// The table of which `body` is the `else`.
    pub table: Option<Table>,
    pub place: Place,
}

impl RuleText {
    /// The expression or table as text.
    pub fn source(&self) -> String {
        match &self.table {
            Some(table) => table.text.clone(),
            None => self.body.to_string(),
        }
    }

    /// All expressions of the rule.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let rows = self.table.iter().flat_map(|table| &table.rows);
        std::iter::once(&self.body).chain(rows.flat_map(|row| [&row.condition, &row.value]))
    }
}

/// An exception as written.
#[derive(Debug, Clone)]
pub(crate) struct ExceptionText {
    pub signature: Signature,
    pub notes: Annotations,
    pub condition: Expr,
    pub value: Expr,
    pub place: Place,
}

pub(crate) fn parse_rule(block: &Block, report: &mut Report<'_>) -> Option<RuleText> {
    let file = block.place.file;
    let signature = signature(&block.header, block.header_offset);
    let signature = keep(file, signature, report)?;
    let (notes, body, offset) = annotations(block, report)?;
    let (body, table) = if body.trim_start().starts_with('|') {
        let table = parse_table(body, offset, file, report)?;
        (table.otherwise.clone(), Some(table))
    } else {
        (keep(file, parse_expression(body, offset), report)?, None)
    };
    Some(RuleText {
        signature,
        notes,
        body,
        table,
        place: block.place,
    })
}

pub(crate) fn parse_exception(block: &Block, report: &mut Report<'_>) -> Option<ExceptionText> {
    let file = block.place.file;
    let signature = keep(file, signature(&block.header, block.header_offset), report)?;
    let (notes, body, offset) = annotations(block, report)?;
    let (condition, value) = keep(file, parse_when_then(body, offset), report)?;
    Some(ExceptionText {
        signature,
        notes,
        condition,
        value,
        place: block.place,
    })
}

fn keep<T>(file: usize, result: Result<T, SyntaxError>, report: &mut Report<'_>) -> Option<T> {
    result.map_err(|error| report.syntax(file, error)).ok()
}

/// Reads `name`, `name: text`, `name(m)` or `name(m): text`.
pub(crate) fn signature(header: &str, offset: u32) -> Result<Signature, SyntaxError> {
    let wrong = |at: usize, message: &str| {
        let start = offset + at as u32;
        SyntaxError::new(
            Span {
                start,
                end: start + 1,
            },
            message,
        )
        .hint("write `name: type` or `name(m): type`")
    };
    let (head, colon) = match header.split_once(':') {
        Some((head, tail)) => (head, Some(named(tail, offset + head.len() as u32 + 1))),
        None => (header, None),
    };
    let (name, subject) = match head.split_once('(') {
        Some((name, rest)) => {
            let Some(inner) = rest.trim_end().strip_suffix(')') else {
                return Err(wrong(name.len(), "the bracket is not closed"));
            };
            (name, Some(named(inner, offset + name.len() as u32 + 1)))
        }
        None => (head, None),
    };
    let name = named(name, offset);
    for word in std::iter::once(&name).chain(&subject) {
        if !is_name(&word.text) {
            return Err(wrong(
                (word.span.start - offset) as usize,
                &format!("`{}` is not a name", word.text),
            ));
        }
    }
    Ok(Signature {
        name,
        subject,
        colon,
    })
}

fn named(text: &str, offset: u32) -> Name {
    let start = offset + (text.len() - text.trim_start().len()) as u32;
    let text = text.trim().to_owned();
    let end = start + text.len() as u32;
    Name {
        text,
        span: Span { start, end },
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Takes the lines beginning with `@`, and the indented lines that go on with them; the rest is the expression.
fn annotations<'b>(
    block: &'b Block,
    report: &mut Report<'_>,
) -> Option<(Annotations, &'b str, u32)> {
    let mut notes = Annotations::default();
    let mut at = 0;
    while block.body[at..].starts_with('@') {
        let start = at;
        at = line_end(&block.body, at);
        while block.body[at..].starts_with([' ', '\t'])
            && !block.body[at..line_end(&block.body, at)].trim().is_empty()
        {
            at = line_end(&block.body, at);
        }
        let offset = block.body_offset + start as u32;
        note(
            &mut notes,
            &block.body[start..at],
            offset,
            block.place.file,
            report,
        )?;
    }
    Some((notes, &block.body[at..], block.body_offset + at as u32))
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

fn note(
    notes: &mut Annotations,
    text: &str,
    offset: u32,
    file: usize,
    report: &mut Report<'_>,
) -> Option<()> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let value = named(rest, offset + word.len() as u32 + 1);
    let place = Place {
        file,
        span: Span {
            start: offset,
            end: offset + word.len() as u32,
        },
    };
    if value.text.is_empty() {
        report.error(place, format!("`{word}` says nothing"), "");
        return None;
    }
    let joined = || value.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match word {
        "@law" => {
            let (id, article) = value
                .text
                .split_once(char::is_whitespace)
                .unwrap_or((&value.text, ""));
            notes
                .laws
                .push((named(id, value.span.start), article.trim().to_owned()));
        }
        "@cite" => notes.cite = Some(joined()),
        "@zh" => {
            notes.zh = Some(Name {
                text: joined(),
                span: value.span,
            })
        }
        "@en" => {
            notes.en = Some(Name {
                text: joined(),
                span: value.span,
            })
        }
        "@over" => notes.over.push(value),
        "@by" => match value.text.as_str() {
            "acceptance" => notes.by = Some(Key::Acceptance),
            "month" => notes.by = Some(Key::Month),
            _ => report.error(
                place,
                format!("unknown key date `{}`", value.text),
                "write `acceptance` or `month`",
            ),
        },
        "@mark" => match value.text.as_str() {
            "law" => notes.mark = Some(Mark::Law),
            "practice" => notes.mark = Some(Mark::Practice),
            "assume" => notes.mark = Some(Mark::Assume),
            "seed" => notes.mark = Some(Mark::Seed),
            _ => report.error(
                place,
                format!("unknown mark `{}`", value.text),
                "write `law`, `practice`, `assume` or `seed`",
            ),
        },
        _ => report.error(
            place,
            format!("unknown note `{word}`"),
            "notes are @law @cite @mark @by @zh @en @over",
        ),
    }
    Some(())
}
