//! Ranks among exceptions: `@over label` says which one wins when both apply.

use crate::ir::Rule;
use crate::pack::report::{Place, Report, suggestion};
use crate::pack::rule_text::ExceptionText;

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
