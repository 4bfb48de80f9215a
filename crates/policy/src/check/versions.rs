//! Versions of rules and what they cite: laws choose, each on its own key date.

use std::sync::Arc;

use super::rules::Group;
use crate::ir::{Citation, Rule};
use crate::model::{Key, Law};
use crate::pack::report::{Place, Report, suggestion};
use crate::pack::rule_text::Annotations;
use crate::syntax::Name;

/// Laws named in `@law` that choose versions.
pub(super) fn tagged(notes: &Annotations, laws: &[Law]) -> Vec<u16> {
    let applying = |name: &Name| {
        laws.iter()
            .position(|law| law.id == name.text && law.applies_by.is_some())
    };
    notes
        .laws
        .iter()
        .filter_map(|(name, _)| applying(name))
        .map(|index| index as u16)
        .collect()
}

pub(super) fn citation(
    notes: &Annotations,
    laws: &[Law],
    place: Place,
    report: &mut Report<'_>,
) -> Citation {
    let mark = notes
        .mark
        .map(|mark| format!(" [{}]", mark.as_str()))
        .unwrap_or_default();
    let mut general: Vec<String> = Vec::new();
    let mut special: Vec<(u16, String)> = Vec::new();
    for (name, article) in &notes.laws {
        let cited = if article.is_empty() {
            name.text.clone()
        } else {
            format!("{} {article}", name.text)
        };
        match laws.iter().position(|law| law.id == name.text) {
            Some(index) if laws[index].applies_by.is_some() => special.push((index as u16, cited)),
            Some(_) => general.push(cited),
            None => {
                let hint = suggestion(&name.text, laws.iter().map(|law| law.id.as_str()));
                let place = Place {
                    file: place.file,
                    span: name.span,
                };
                report.error(place, format!("unknown law `{}`", name.text), hint);
            }
        }
    }
    general.extend(notes.cite.clone());
    if general.is_empty() && notes.laws.is_empty() {
        report.error(
            place,
            "no article is cited",
            "add `@law ID art. N` or `@cite …`",
        );
    }
    let join =
        |parts: Vec<String>| -> Arc<str> { Arc::from(format!("{}{mark}", parts.join("; "))) };
    let by_law = special
        .iter()
        .map(|(index, cited)| {
            (
                *index,
                join(
                    std::iter::once(cited.clone())
                        .chain(general.iter().cloned())
                        .collect(),
                ),
            )
        })
        .collect();
    let all = if general.is_empty() {
        special.into_iter().map(|(_, cited)| cited).collect()
    } else {
        general
    };
    Citation {
        general: join(all),
        by_law,
    }
}

/// Lets the laws choose among the versions of a rule: each law in force has exactly one.
pub(super) fn choose_by_law(
    rule: &mut Rule,
    group: &Group<'_>,
    laws: &[Law],
    report: &mut Report<'_>,
) {
    let tags: Vec<Vec<u16>> = group
        .versions
        .iter()
        .map(|version| tagged(&version.notes, laws))
        .collect();
    let all: Vec<u16> = tags.iter().flatten().copied().collect();
    let Some(key) = all.first().and_then(|law| laws[*law as usize].applies_by) else {
        if let Some(second) = group.versions.get(1) {
            let place = Place {
                file: second.place.file,
                span: second.signature.name.span,
            };
            report.error(
                place,
                format!("the rule `{}` is written twice", rule.name),
                "versions differ by `@law`",
            );
        }
        return;
    };
    rule.series = Some(key);
    rule.by_law = vec![None; laws.len()];
    for (index, law) in laws
        .iter()
        .enumerate()
        .filter(|(_, law)| law.applies_by == Some(key))
    {
        let chosen: Vec<usize> = (0..tags.len())
            .filter(|version| tags[*version].contains(&(index as u16)))
            .collect();
        match chosen[..] {
            [one] => rule.by_law[index] = Some(one as u16),
            [] => report.error(
                group.place,
                format!(
                    "the rule `{}` has no version for {}, in force from {}",
                    rule.name, law.id, law.from
                ),
                format!("add `@law {} art. …` to a version", law.id),
            ),
            [_, second, ..] => {
                let version = group.versions[second];
                let place = Place {
                    file: version.place.file,
                    span: version.signature.name.span,
                };
                report.error(
                    place,
                    format!("two versions of `{}` are for {}", rule.name, law.id),
                    "",
                );
            }
        }
    }
    if all
        .iter()
        .any(|law| laws[*law as usize].applies_by != Some(key))
    {
        report.error(
            group.place,
            format!(
                "the versions of `{}` are chosen by two key dates",
                rule.name
            ),
            "",
        );
    }
    if let Some(untagged) = tags.iter().position(Vec::is_empty) {
        let version = group.versions[untagged];
        let place = Place {
            file: version.place.file,
            span: version.signature.name.span,
        };
        report.error(
            place,
            format!("this version of `{}` does not say its law", rule.name),
            "add `@law ID art. N`",
        );
    }
}

/// The laws that are chosen by a key date, in force on a day.
pub(crate) fn law_in_force(laws: &[Law], key: Key, on: minsheng_core::Date) -> Option<u16> {
    let in_force = |law: &&Law| {
        law.applies_by == Some(key) && law.from <= on && law.to.is_none_or(|to| on < to)
    };
    let best = laws.iter().filter(in_force).max_by_key(|law| law.from)?;
    laws.iter()
        .position(|law| law.id == best.id)
        .map(|index| index as u16)
}
