//! From the definitions of a programme to the programme: checks them together and keeps what is asked for later.

use std::collections::BTreeSet;

use minsheng_core::Date;

use crate::check::literals::type_name;
use crate::check::rules::{Rules, rules};
use crate::check::symbols::{ParameterSymbol, Symbols};
use crate::check::{evidence, parameters};
use crate::examples::Example;
use crate::ir::Parameter;
use crate::model::{Key, Law};
use crate::pack::assemble::Assembly;
use crate::pack::report::{Place, Report};
use crate::program::{Entries, Program};
use crate::programme::Programme;
use crate::types::Type;
use crate::units::Unit;

/// Checks a programme; `None` when something was reported.
pub(crate) fn load(mut assembly: Assembly, report: &mut Report<'_>) -> Option<Programme> {
    let laws = laws(&assembly, report);
    let layout = evidence::layout(&assembly, report);
    let (checked_parameters, public_parameters) =
        parameters::parameters(&assembly, &layout, report);
    let mut symbols = Symbols {
        layout: &layout,
        parameters: checked_parameters
            .iter()
            .map(|parameter| ParameterSymbol {
                name: parameter.name.to_string(),
                ty: parameter.ty.clone(),
            })
            .collect(),
        rules: Vec::new(),
    };
    let rules = rules(&assembly, &mut symbols, &laws, report);
    let procedures = assembly.procedures.resolve(&laws, report);
    if laws
        .iter()
        .all(|law| law.applies_by != Some(Key::Acceptance))
    {
        report.error(
            assembly.place,
            "no law is chosen by the acceptance date",
            "give a `toml law` block `applies_by = \"acceptance\"`",
        );
    }
    // What is missing because a rule failed is not worth an error of its own.
    let entries = if report.is_clean() {
        entries(&rules, &layout, &assembly, report)
    } else {
        None
    };
    let examples = Example::read_all(std::mem::take(&mut assembly.examples), report);
    let (Some(entries), Some(name), Some(payment)) = (entries, assembly.name, assembly.payment)
    else {
        return None;
    };
    let amount_changes = amount_changes(&rules, &checked_parameters, &laws, entries);
    Some(Programme {
        code: assembly.code,
        name,
        unit: assembly.unit,
        laws,
        parameters: public_parameters,
        evidence: layout.evidence.clone(),
        procedures,
        payment,
        combinations: assembly.combinations,
        figures: assembly.figures,
        program: Program {
            rules: rules.rules,
            reasons: rules.reasons,
            parameters: checked_parameters,
            layout,
            entries,
        },
        examples,
        amount_changes,
        files: assembly.files,
    })
}

/// Laws in order of time; those of one key date follow each other without an overlap.
fn laws(assembly: &Assembly, report: &mut Report<'_>) -> Vec<Law> {
    let mut laws = assembly.laws.clone();
    laws.sort_by_key(|(law, _)| law.from);
    for (index, (law, place)) in laws.iter().enumerate() {
        let earlier = laws[..index]
            .iter()
            .rfind(|(earlier, _)| law.applies_by.is_some() && earlier.applies_by == law.applies_by);
        match earlier {
            Some((earlier, _)) if earlier.to.is_none_or(|to| to > law.from) => {
                let message = format!(
                    "{} is still in force when {} begins on {}",
                    earlier.id, law.id, law.from
                );
                report.error(
                    *place,
                    message,
                    format!("write `to = {}` in {}", law.from, earlier.id),
                );
            }
            Some((earlier, _)) if earlier.to.is_some_and(|to| to < law.from) => {
                let message = format!("no law is in force between {} and {}", earlier.id, law.id);
                report.error(
                    *place,
                    message,
                    "the first ends on the day on which the second begins",
                );
            }
            _ => {}
        }
    }
    laws.into_iter().map(|(law, _)| law).collect()
}

fn entries(
    rules: &Rules,
    layout: &crate::layout::Layout,
    assembly: &Assembly,
    report: &mut Report<'_>,
) -> Option<Entries> {
    let Some(class) = layout.code_list("class") else {
        report.error(
            assembly.place,
            "the programme has no classes",
            "add `toml codes` with `name = \"class\"`",
        );
        return None;
    };
    let per_month = Unit::FEN
        .per(Unit::PERSON)
        .and_then(|unit| unit.per(Unit::MONTH))
        .unwrap_or(Unit::FEN);
    let mut find = |name: &str, subject: bool, ty: Type| {
        required(rules, name, subject, &ty, layout, assembly.place, report)
    };
    let eligible = find("eligible", false, Type::Bool);
    let beneficiary = find("beneficiary", true, Type::Bool);
    let class = find("class", true, Type::Code(class));
    let amount = find("amount", true, Type::whole(per_month));
    Some(Entries {
        eligible: eligible?,
        beneficiary: beneficiary?,
        class: class?,
        amount: amount?,
    })
}

/// Requires a rule that every programme has.
fn required(
    rules: &Rules,
    name: &str,
    subject: bool,
    ty: &Type,
    layout: &crate::layout::Layout,
    place: Place,
    report: &mut Report<'_>,
) -> Option<u16> {
    let head = format!("{name}{}", if subject { "(m)" } else { "" });
    let Some(index) = rules.rules.iter().position(|rule| *rule.name == *name) else {
        let hint = format!("add a rule `{head}: {}`", type_name(ty, layout));
        report.error(place, format!("the programme has no rule `{name}`"), hint);
        return None;
    };
    let rule = &rules.rules[index];
    let fits = rule.subject == subject
        && (rule.ty == *ty || matches!((&rule.ty, ty), (Type::Code(_), Type::Code(_))));
    if !fits {
        let message = format!(
            "the rule `{head}` must be {}, found {}",
            type_name(ty, layout),
            type_name(&rule.ty, layout)
        );
        report.error(
            place,
            message,
            "an amount is rounded by name: `ceil_yuan(…)`",
        );
    }
    Some(index as u16)
}

/// Days on which something that the amounts read by the month changes its value.
fn amount_changes(
    rules: &Rules,
    parameters: &[Parameter],
    laws: &[Law],
    entries: Entries,
) -> Option<Vec<Date>> {
    let mut seen: BTreeSet<(u16, bool)> = BTreeSet::new();
    let mut next: Vec<(u16, Key)> = [entries.beneficiary, entries.class, entries.amount]
        .map(|rule| (rule, Key::Month))
        .to_vec();
    let mut days: BTreeSet<Date> = BTreeSet::new();
    while let Some((index, inherited)) = next.pop() {
        let rule = &rules.rules[index as usize];
        let key = rule.key.unwrap_or(inherited);
        if !seen.insert((index, key == Key::Month)) {
            continue;
        }
        if rule.reads_month {
            return None;
        }
        next.extend(rule.uses.iter().map(|used| (*used, key)));
        if rule.series == Some(Key::Month) {
            days.extend(
                laws.iter()
                    .filter(|law| law.applies_by == Some(Key::Month))
                    .map(|law| law.from),
            );
        }
        if key == Key::Month {
            for parameter in rule
                .parameters
                .iter()
                .map(|index| &parameters[*index as usize])
            {
                days.extend(
                    parameter
                        .values
                        .iter()
                        .enumerate()
                        .filter_map(|(at, value)| {
                            let before = at.checked_sub(1).map(|before| &parameter.values[before]);
                            let same = before.is_some_and(|before| {
                                before.value == value.value && before.to == Some(value.from)
                            });
                            (!same).then_some(value.from)
                        }),
                );
                days.extend(
                    parameter
                        .values
                        .iter()
                        .enumerate()
                        .filter_map(|(at, value)| {
                            let goes_on = parameter
                                .values
                                .get(at + 1)
                                .is_some_and(|after| value.to == Some(after.from));
                            value.to.filter(|_| !goes_on)
                        }),
                );
            }
        }
    }
    Some(days.into_iter().collect())
}
