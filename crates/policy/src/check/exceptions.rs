//! Exceptions to rules, and their ranks: `@over label` says which one wins when both apply.

use std::sync::Arc;

use super::expression::Checker;
use super::rules::{body, note_reads};
use super::symbols::Symbols;
use super::templates;
use super::versions::{citation, tagged};
use crate::ir::{Exception, Rule};
use crate::model::Law;
use crate::pack::report::{Place, Report, suggestion};
use crate::pack::rule_text::ExceptionText;
use crate::types::Type;

/// Fills in which exception beats which, through chains of ranks; a circle of ranks is an error.
pub(crate) fn rank(rule: &mut Rule, texts: &[&ExceptionText], report: &mut Report<'_>) {
    let count = rule.exceptions.len();
    let mut beats = vec![vec![false; count]; count];
    for (index, text) in texts.iter().enumerate().take(count) {
        for over in &text.notes.over {
            let place = Place {
                file: text.place.file,
                span: over.span,
            };
            match rule
                .exceptions
                .iter()
                .position(|known| *known.label == *over.text)
            {
                Some(beaten) => beats[index][beaten] = true,
                None => {
                    let hint = suggestion(
                        &over.text,
                        rule.exceptions.iter().map(|known| &*known.label),
                    );
                    report.error(
                        place,
                        format!("`{}` has no exception `{}`", rule.name, over.text),
                        hint,
                    );
                }
            }
        }
    }
    for middle in 0..count {
        for first in 0..count {
            for last in 0..count {
                beats[first][last] |= beats[first][middle] && beats[middle][last];
            }
        }
    }
    for (index, text) in texts.iter().enumerate().take(count) {
        if beats[index][index] {
            let place = Place {
                file: text.place.file,
                span: text.signature.name.span,
            };
            report.error(
                place,
                "these exceptions are ranked over each other in a circle",
                "",
            );
        }
        rule.exceptions[index].beats = (0..count)
            .filter(|beaten| beats[index][*beaten])
            .map(|beaten| beaten as u16)
            .collect();
    }
}

/// Checks an exception and adds it to its rule; says whether its value is certainly whole.
pub(super) fn check_exception(
    rule: &mut Rule,
    exception: &ExceptionText,
    declared: &Type,
    symbols: &Symbols<'_>,
    laws: &[Law],
    report: &mut Report<'_>,
) -> Option<bool> {
    let name_place = Place {
        file: exception.place.file,
        span: exception.signature.name.span,
    };
    let Some(label) = &exception.signature.colon else {
        report.error(
            name_place,
            "the exception has no label",
            "write `name(m): label`",
        );
        return None;
    };
    if exception.signature.subject.is_some() != rule.subject {
        report.error(
            name_place,
            format!("`{}` and its exception differ in subject", rule.name),
            "",
        );
        return None;
    }
    if rule
        .exceptions
        .iter()
        .any(|known| *known.label == *label.text)
    {
        report.error(
            Place {
                file: exception.place.file,
                span: label.span,
            },
            format!("two exceptions are labelled `{}`", label.text),
            "",
        );
    }
    let mut checker = Checker::new(
        symbols,
        report,
        exception.place.file,
        exception.signature.subject.as_ref(),
    );
    let condition = checker.expect(&exception.condition, &Type::Bool);
    let value = body(&mut checker, &exception.value, declared);
    let frame = checker.frame;
    note_reads(rule, checker);
    let (value, whole) = value?;
    rule.exceptions.push(Exception {
        label: Arc::from(label.text.as_str()),
        name: Arc::from(format!("{}: {}", rule.name, label.text)),
        laws: tagged(&exception.notes, laws),
        condition: condition?,
        value,
        frame,
        beats: Vec::new(),
        cite: citation(&exception.notes, laws, exception.place, report),
        text: templates::text(&exception.notes, symbols, exception.place, report),
        source: format!("when {} then {}", exception.condition, exception.value),
    });
    Some(whole)
}
