//! Periods without a value: days that lie between two values of a parameter, and a law whose rules read a parameter
//! before it has one.

use std::collections::BTreeSet;

use crate::ir::{Node, Op};
use crate::pack::assemble::Assembly;
use crate::pack::report::{Place, Report};
use crate::programme::Programme;

pub(super) fn check(assembly: &Assembly, programme: &Programme, report: &mut Report<'_>) {
    for (index, source) in assembly.parameters.iter().enumerate() {
        let parameter = &programme.program.parameters[index];
        let place = |from| {
            let row = source.rows.iter().find(|(row, _, _)| row.from.0 == from);
            row.map_or(
                Place {
                    file: source.place.file,
                    span: source.name.span,
                },
                |(_, place, _)| *place,
            )
        };
        for pair in parameter.values.windows(2) {
            if let Some(to) = pair[0].to.filter(|to| *to < pair[1].from) {
                report.error(
                    place(pair[1].from),
                    format!(
                        "`{}` has no value from {to} until {}",
                        source.name.text, pair[1].from
                    ),
                    "let the value before it last until this one begins, or give the days between a value of their own",
                );
            }
        }
        begins_late(assembly, programme, index, report);
    }
}

/// A law that takes the place of an earlier one, and reads a parameter that begins later than the law.
fn begins_late(
    assembly: &Assembly,
    programme: &Programme,
    parameter: usize,
    report: &mut Report<'_>,
) {
    let Some(first) = programme.program.parameters[parameter].values.first() else {
        return;
    };
    for rule in &programme.program.rules {
        let Some(series) = rule.series else { continue };
        for (law_index, version) in rule.by_law.iter().enumerate() {
            let Some(version) = version.map(|version| &rule.versions[version as usize]) else {
                continue;
            };
            let law = &programme.laws[law_index];
            let follows = programme
                .laws
                .iter()
                .any(|other| other.applies_by == Some(series) && other.from < law.from);
            if !follows || first.from <= law.from || law.to.is_some_and(|to| to <= first.from) {
                continue;
            }
            let mut read = BTreeSet::new();
            parameters(&version.body, &mut read);
            if read.contains(&(parameter as u16)) {
                let source = &assembly.parameters[parameter];
                report.error(
                    Place {
                        file: source.place.file,
                        span: source.name.span,
                    },
                    format!(
                        "`{}` has no value from {} until {}: `{}` reads it under {}",
                        source.name.text, law.from, first.from, rule.name, law.id
                    ),
                    format!("give it a value from {}", law.from),
                );
            }
        }
    }
}

fn parameters(node: &Node, found: &mut BTreeSet<u16>) {
    if let Op::Parameter(index) = &node.op {
        found.insert(*index);
    }
    node.op
        .children()
        .for_each(|child| parameters(child, found));
}
