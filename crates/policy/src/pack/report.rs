//! Collects the errors of a pack with their places.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Source;
use crate::syntax::{Span, SyntaxError};

/// A span in one of the files being loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Place {
    /// Index of the file.
    pub file: usize,
    /// Bytes in it.
    pub span: Span,
}

/// The errors found so far.
pub(crate) struct Report<'a> {
    sources: &'a [Source],
    found: Vec<(Place, Diagnostic)>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(sources: &'a [Source]) -> Report<'a> {
        Report {
            sources,
            found: Vec::new(),
        }
    }

    /// Notes an error with a hint; an empty hint is none.
    pub(crate) fn error(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let source = &self.sources[place.file];
        let (line, column) = source.position(place.span.start as usize);
        let hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        let diagnostic = Diagnostic {
            path: source.path.clone(),
            line,
            column,
            message: message.into(),
            hint,
        };
        // A module used by two programmes says its errors once.
        if !self.found.iter().any(|(_, known)| *known == diagnostic) {
            self.found.push((place, diagnostic));
        }
    }

    pub(crate) fn syntax(&mut self, file: usize, error: SyntaxError) {
        self.error(
            Place {
                file,
                span: error.span,
            },
            error.message,
            error.hint.unwrap_or_default(),
        );
    }

    /// `path:line` of a place, for messages that name a second place.
    pub(crate) fn describe(&self, place: Place) -> String {
        let source = &self.sources[place.file];
        format!(
            "{}:{}",
            source.path,
            source.position(place.span.start as usize).0
        )
    }

    pub(crate) fn line(&self, place: Place) -> (String, u32) {
        let source = &self.sources[place.file];
        (
            source.path.clone(),
            source.position(place.span.start as usize).0,
        )
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn finish(mut self) -> Result<(), Diagnostics> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found
            .sort_by_key(|(place, _)| (place.file, place.span.start));
        Err(Diagnostics {
            list: self
                .found
                .into_iter()
                .map(|(_, diagnostic)| diagnostic)
                .collect(),
        })
    }
}

/// ` — did you mean …?` for a misspelt name.
pub(crate) fn suggestion<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let best = known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min();
    best.map(|(_, name)| format!("did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Number of letters to change, add or leave out.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, r) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
