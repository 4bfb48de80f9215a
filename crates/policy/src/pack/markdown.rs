//! Splits a Markdown file into prose and program blocks, each with its byte range in the file.
//!
//! Fenced blocks at the margin are the program; block quotes are English prose, the rest is Chinese prose, and a
//! heading carries both around ` · `. A fence with an unknown word is refused, so that a misspelt `rule` is never
//! taken for prose; `text` marks a fence that is only to be shown.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::report::{Place, Report};
use crate::syntax::Span;

/// A part of a file, in order.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// `## 中文 · English`
    Heading { level: u8, text: String },
    /// Prose in Chinese (byte range).
    Chinese(Range<usize>),
    /// Prose in English: the inside of a block quote (byte range of the quote).
    English(Range<usize>),
    /// A program block (index).
    Block(usize),
}

/// A fenced block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// First word of the fence: `toml`, `rule`, `exception`, `reason`.
    pub kind: String,
    /// The rest of the fence line.
    pub header: String,
    /// Offset of `header` in the file.
    pub header_offset: u32,
    /// The text inside.
    pub body: String,
    /// Offset of `body` in the file.
    pub body_offset: u32,
    /// The whole block.
    pub place: Place,
}

const PROGRAM_WORDS: [&str; 4] = ["toml", "rule", "exception", "reason"];

/// Splits a file.
pub(crate) fn split(file: usize, text: &str, report: &mut Report<'_>) -> (Vec<Piece>, Vec<Block>) {
    let mut pieces = Vec::new();
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let mut body: Option<Range<usize>> = None;
                for (inner, inner_range) in events.by_ref() {
                    match inner {
                        Event::End(_) => break,
                        _ => {
                            body =
                                Some(body.map_or(inner_range.start, |b| b.start)..inner_range.end)
                        }
                    }
                }
                let place = Place {
                    file,
                    span: span(&range),
                };
                let word = info
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                if word == "text" && depth == 0 {
                    pieces.push(Piece::Chinese(range));
                } else if !PROGRAM_WORDS.contains(&word.as_str()) {
                    report.error(
                        place,
                        format!("unknown kind of block `{word}`"),
                        "program blocks begin with `toml`, `rule`, `exception` or `reason`; `text` is only shown",
                    );
                } else if depth > 0 {
                    report.error(
                        place,
                        "a program block inside a list or a quotation",
                        "let it begin at the margin",
                    );
                } else {
                    pieces.push(Piece::Block(blocks.len()));
                    blocks.push(block(text, &word, &range, body, place));
                }
            }
            Event::Start(tag) => {
                if depth == 0 {
                    pieces.push(prose(&tag, text, range));
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (pieces, blocks)
}

fn prose(tag: &Tag<'_>, text: &str, range: Range<usize>) -> Piece {
    match tag {
        Tag::Heading { level, .. } => Piece::Heading {
            level: heading_level(*level),
            text: text[range].trim().trim_matches('#').trim().to_owned(),
        },
        Tag::BlockQuote(_) => Piece::English(range),
        _ => Piece::Chinese(range),
    }
}

fn heading_level(level: HeadingLevel) -> u8 {
    level as u8
}

fn block(
    text: &str,
    word: &str,
    range: &Range<usize>,
    body: Option<Range<usize>>,
    place: Place,
) -> Block {
    let line_end = text[range.start..]
        .find('\n')
        .map_or(text.len(), |at| range.start + at);
    let word_at = text[range.start..line_end]
        .find(word)
        .map_or(range.start, |at| range.start + at);
    let after = &text[word_at + word.len()..line_end];
    let header_offset = word_at + word.len() + (after.len() - after.trim_start().len());
    // Between the first and the last line of the block stands the file's own text, line ends included.
    let body = body.unwrap_or((line_end + 1).min(text.len())..(line_end + 1).min(text.len()));
    Block {
        kind: word.to_owned(),
        header: after.trim().to_owned(),
        header_offset: header_offset as u32,
        body: text[body.clone()].to_owned(),
        body_offset: body.start as u32,
        place,
    }
}

fn span(range: &Range<usize>) -> Span {
    Span {
        start: range.start as u32,
        end: range.end as u32,
    }
}

/// The half of a heading in one language: `中文 · English`, or the whole when there is no ` · `.
pub(crate) fn heading_in(text: &str, chinese: bool) -> &str {
    match text.split_once(" · ") {
        Some((zh, en)) => {
            if chinese {
                zh.trim()
            } else {
                en.trim()
            }
        }
        None => text,
    }
}

/// The inside of a block quote, without the quotation marks of Markdown.
pub(crate) fn unquote(quote: &str) -> String {
    let mut out = String::new();
    for line in quote.trim_end().lines() {
        let line = line.trim_start().strip_prefix('>').unwrap_or(line);
        out.push_str(line.strip_prefix(' ').unwrap_or(line));
        out.push('\n');
    }
    out
}
