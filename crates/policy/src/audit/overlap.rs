//! Exceptions to one rule that can apply together and of which none is ranked over the other.

use super::formula::Builder;
use super::satisfy::{Together, together};
use crate::ir::{Exception, Rule};
use crate::model::Law;
use crate::pack::assemble::Assembly;
use crate::pack::report::{Place, Report};
use crate::pack::table::row_label;
use crate::programme::Programme;

pub(super) fn check(assembly: &Assembly, programme: &Programme, report: &mut Report<'_>) {
    let builder = Builder::new(&programme.program);
    for rule in &programme.program.rules {
        for (second_index, second) in rule.exceptions.iter().enumerate() {
            for (first_index, first) in rule.exceptions[..second_index].iter().enumerate() {
                let ranked = first.beats.contains(&(second_index as u16))
                    || second.beats.contains(&(first_index as u16));
                if ranked || exclusive_laws(first, second, &programme.laws) {
                    continue;
                }
                let found = pair(rule, [first_index, second_index], &builder);
                let Some(example) = found else { continue };
                if let Some((place, of)) = row(assembly, rule, &second.label) {
                    let first_of = row(assembly, rule, &first.label).map(|(_, number)| number);
                    report.error(
                        place,
                        format!(
                            "row {of} of the table `{}` can apply together with row {}{example}",
                            rule.name,
                            first_of.unwrap_or_default()
                        ),
                        "let the cells of the two rows exclude each other, or make one row of them",
                    );
                    continue;
                }
                let place = assembly
                    .exceptions
                    .iter()
                    .filter(|text| text.signature.name.text == *rule.name)
                    .find_map(|text| {
                        let label = text.signature.colon.as_ref()?;
                        (label.text == *second.label).then_some(Place {
                            file: text.place.file,
                            span: label.span,
                        })
                    });
                report.error(
                    place.unwrap_or(assembly.place),
                    format!(
                        "the exceptions `{}` and `{}` to `{}` can apply together{example}",
                        first.label, second.label, rule.name
                    ),
                    format!(
                        "write `@over {}` in `{}`, or the other way round, or let the conditions exclude each other",
                        first.label, second.label
                    ),
                );
            }
        }
    }
}

/// The place of a row of a rule's tables by its label, and its number.
fn row(assembly: &Assembly, rule: &Rule, label: &str) -> Option<(Place, usize)> {
    let versions: Vec<_> = assembly
        .rules
        .iter()
        .map(|layered| &layered.text)
        .filter(|text| text.signature.name.text == *rule.name)
        .collect();
    let several = versions.len() > 1;
    versions.iter().find_map(|version| {
        let rows = &version.table.as_ref()?.rows;
        let named = several.then_some(*version);
        let index = (0..rows.len()).find(|index| row_label(named, *index) == label)?;
        Some((rows[index].place, index + 1))
    })
}

/// Words for a case in which both apply and nothing beats either; `None` when there is none.
fn pair(rule: &Rule, both: [usize; 2], builder: &Builder<'_>) -> Option<String> {
    builder.begin();
    let mut formulas: Vec<_> = both
        .iter()
        .map(|index| builder.condition(&rule.exceptions[*index].condition))
        .collect();
    for other in &rule.exceptions {
        // One that has laws of its own need not be there.
        let beats = both
            .iter()
            .any(|index| other.beats.contains(&(*index as u16)));
        if beats && other.laws.is_empty() {
            formulas.push(builder.condition(&other.condition).not());
        }
    }
    if builder.gave_up() {
        return Some(" as far as can be told".to_owned());
    }
    match together(formulas) {
        Together::Never => None,
        Together::When(words) if words.is_empty() => Some(String::new()),
        Together::When(words) => Some(format!(", for example when {}", words.join(" and "))),
        Together::Unsure => Some(" as far as can be told".to_owned()),
    }
}

/// Whether two exceptions belong to different laws of one key date, so that they never meet.
fn exclusive_laws(first: &Exception, second: &Exception, laws: &[Law]) -> bool {
    let series = |exception: &Exception| {
        let mut keys: Vec<_> = exception
            .laws
            .iter()
            .map(|law| laws[*law as usize].applies_by)
            .collect();
        keys.dedup();
        match keys[..] {
            [Some(key)] => Some(key),
            _ => None,
        }
    };
    let one_series = series(first).is_some() && series(first) == series(second);
    one_series && first.laws.iter().all(|law| !second.laws.contains(law))
}
