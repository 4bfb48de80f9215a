//! What a pack leaves open to lower authorities, and who may give what.

use super::assemble::Assembly;
use super::blocks::{Layer, OpenBlock, OpenMode, place_of};
use super::markdown::Block;
use super::report::{Place, Report};
use super::rule_text::{Signature, signature};

/// What a pack leaves open.
#[derive(Debug)]
pub(super) struct Open {
    pub place: Place,
    pub layer: Layer,
    pub to: Vec<Layer>,
    pub mode: OpenMode,
    pub head: Option<(Signature, usize)>,
    pub cite: String,
}

impl Assembly {
    pub(super) fn open(
        &mut self,
        open: &OpenBlock,
        block: &Block,
        layer: Layer,
        report: &mut Report<'_>,
    ) {
        let (word, is_rule) = match (&open.name, &open.rule) {
            (Some(name), None) => (name, false),
            (None, Some(rule)) => (rule, true),
            _ => {
                report.error(
                    block.place,
                    "an `open` block names one definition",
                    "give either `name` or `rule`",
                );
                return;
            }
        };
        let place = place_of(block, word);
        let mut key = word.get_ref().clone();
        let mut head = None;
        if is_rule {
            // The span of a TOML text includes its quote.
            match signature(&key, place.span.start + 1) {
                Ok(signature) => {
                    key = signature.name.text.clone();
                    head = Some((signature, place.file));
                }
                Err(error) => return report.syntax(place.file, error),
            }
        }
        if open.to.iter().any(|to| *to <= layer) {
            report.error(
                place,
                format!("`{key}` is left open to an authority that is not below"),
                "",
            );
        }
        if let Some(first) = self.opens.get(&key) {
            let message = format!(
                "`{key}` is left open at {} already",
                report.describe(first.place)
            );
            return report.error(place, message, "");
        }
        let open = Open {
            place,
            layer,
            to: open.to.clone(),
            mode: open.mode,
            head,
            cite: open.cite.clone(),
        };
        self.opens.insert(key, open);
    }

    /// Whether a layer may give a value to something that a higher layer declares.
    pub(super) fn permit(
        &self,
        key: &str,
        layer: Layer,
        has_value: bool,
        place: Place,
        report: &mut Report<'_>,
    ) -> bool {
        let hint = |open: &Open| {
            let to: Vec<&str> = open.to.iter().map(|layer| layer.as_str()).collect();
            format!(
                "{} leaves it open to: {} ({})",
                report.describe(open.place),
                to.join(", "),
                open.cite
            )
        };
        let (message, hint) = match self.opens.get(key) {
            None => (
                format!("`{key}` departs from the higher law, which does not allow it"),
                "only what a higher pack declares in an `open` block may be given here".to_owned(),
            ),
            Some(open) if !open.to.contains(&layer) => (
                format!("`{key}` is not open to a {}", layer.as_str()),
                hint(open),
            ),
            Some(open) if open.mode == OpenMode::Fill && has_value => (
                format!("`{key}` is filled by a higher authority already"),
                hint(open),
            ),
            Some(_) => return true,
        };
        report.error(place, message, hint);
        false
    }
}

pub(super) fn unfilled(key: &str, open: &Open, report: &mut Report<'_>) {
    let to: Vec<&str> = open.to.iter().map(|layer| layer.as_str()).collect();
    report.error(
        open.place,
        format!(
            "`{key}` is left open to {} and nobody fills it",
            to.join(", ")
        ),
        format!("add it to the pack of a {}", to.join(" or ")),
    );
}
