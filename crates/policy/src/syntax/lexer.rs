//! Words and signs of an expression.

use super::SyntaxError;
use super::ast::Span;

/// A word or sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Name or keyword.
    Word(String),
    /// Digits, perhaps with a decimal point.
    Number(String),
    /// Text in quotes, unescaped.
    Text(String),
    /// An operator or bracket.
    Sign(&'static str),
    /// End of the expression.
    End,
}

/// Longest first.
const SIGNS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")",
    "[", "]", ".", ",", ";", "=",
];

/// Splits an expression into tokens; `base` is the offset of `text` in its file.
pub(crate) fn tokens(text: &str, base: u32) -> Result<Vec<(Token, Span)>, SyntaxError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let (token, length) = if first.is_ascii_alphabetic() || first == '_' {
            let length = word_length(rest);
            (Token::Word(rest[..length].to_owned()), length)
        } else if first.is_ascii_digit() {
            let length = number_length(rest);
            (Token::Number(rest[..length].to_owned()), length)
        } else if first == '"' || first == '\'' {
            let (content, length) = quoted(rest, first, base + at as u32)?;
            (Token::Text(content), length)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            let span = span_at(base, at, at + first.len_utf8());
            return Err(
                SyntaxError::new(span, format!("`{first}` is not part of the language"))
                    .hint("signs are written in their ASCII form, texts stand in double quotes"),
            );
        };
        found.push((token, span_at(base, at, at + length)));
        at += length;
    }
    found.push((
        Token::End,
        span_at(base, text.trim_end().len(), text.trim_end().len()),
    ));
    Ok(found)
}

fn span_at(base: u32, start: usize, end: usize) -> Span {
    Span {
        start: base + start as u32,
        end: base + end as u32,
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

fn number_length(text: &str) -> usize {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let whole = digits(text);
    match text[whole..].strip_prefix('.') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => whole + 1 + digits(rest),
        _ => whole,
    }
}

fn quoted(text: &str, quote: char, offset: u32) -> Result<(String, usize), SyntaxError> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((content, index + 1)),
            '\n' => break,
            '\\' => match chars.next() {
                Some((_, escaped @ ('\\' | '"' | '\''))) => content.push(escaped),
                Some((_, 'n')) => content.push('\n'),
                Some((_, 't')) => content.push('\t'),
                _ => {
                    let span = span_at(offset, index, index + 1);
                    return Err(SyntaxError::new(span, "unknown escape in a text")
                        .hint("only \\\\, \\\", \\', \\n and \\t have a meaning"));
                }
            },
            _ => content.push(c),
        }
    }
    Err(SyntaxError::new(
        span_at(offset, 0, 1),
        "the text has no closing quote",
    ))
}
