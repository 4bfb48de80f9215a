//! The texts of rules and reasons: words with `{names}` whose values are filled in.

use std::sync::Arc;

use super::symbols::Symbols;
use crate::ir::{Piece, Text};
use crate::pack::report::{Place, Report, suggestion};
use crate::pack::rule_text::Annotations;
use crate::syntax::{Name, Span};
use crate::text::Bilingual;

/// Reads `@zh` and `@en`; both must be there.
pub(crate) fn text(
    notes: &Annotations,
    symbols: &Symbols<'_>,
    place: Place,
    report: &mut Report<'_>,
) -> Text {
    let (Some(zh), Some(en)) = (&notes.zh, &notes.en) else {
        report.error(
            place,
            "the explanation is missing in a language",
            "add `@zh …` and `@en …`",
        );
        return Text::default();
    };
    let (zh, en) = (
        pieces(zh, symbols, place.file, report),
        pieces(en, symbols, place.file, report),
    );
    let fixed = match (&zh[..], &en[..]) {
        ([Piece::Words(zh)], [Piece::Words(en)]) => Some(Arc::new(Bilingual::new(zh, en))),
        _ => None,
    };
    Text { zh, en, fixed }
}

fn pieces(text: &Name, symbols: &Symbols<'_>, file: usize, report: &mut Report<'_>) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text.text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            found.push(Piece::Words(before.to_owned()));
        }
        let Some((name, after)) = after.split_once('}') else {
            report.error(at(text, file), "a `{` in the text is not closed", "");
            return found;
        };
        rest = after;
        let rule = symbols
            .rule(name)
            .filter(|index| !symbols.rules[*index as usize].subject);
        match (rule, symbols.parameter(name)) {
            (Some(index), _) => found.push(Piece::Rule(index)),
            (None, Some(index)) => found.push(Piece::Parameter(index)),
            (None, None) => {
                let hint = suggestion(name, symbols.names());
                report.error(
                    at(text, file),
                    format!("the text asks for the unknown value `{name}`"),
                    hint,
                );
            }
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest.to_owned()));
    }
    found
}

fn at(text: &Name, file: usize) -> Place {
    Place {
        file,
        span: Span {
            start: text.span.start,
            end: text.span.end,
        },
    }
}
