//! Rules, exceptions and reasons: grouped by name, ordered by use, checked, versions chosen by law.

use std::sync::Arc;

use super::calls::FUNCTIONS;
use super::expression::Checker;
use super::literals::{parse_type, type_name};
use super::order::{MAX_CHAIN, mentioned, order};
use super::symbols::{RESERVED, RuleSymbol, Symbols};
use super::templates;
use crate::ir::{Citation, Exception, ReasonRule, Rule, Version};
use crate::model::{Key, Law};
use crate::pack::assemble::Assembly;
use crate::pack::report::{Place, Report, suggestion};
use crate::pack::rule_text::{Annotations, ExceptionText, RuleText};
use crate::syntax::{Expr, Name};
use crate::types::Type;

/// The checked rules and reasons of a programme.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// In order of use.
    pub rules: Vec<Rule>,
    pub reasons: Vec<ReasonRule>,
}

/// All texts of one rule.
struct Group<'a> {
    name: String,
    place: Place,
    versions: Vec<&'a RuleText>,
    exceptions: Vec<&'a ExceptionText>,
}

/// Checks rules and reasons. `symbols.rules` is filled on the way, in the order of the result.
pub(crate) fn rules(
    assembly: &Assembly,
    symbols: &mut Symbols<'_>,
    laws: &[Law],
    report: &mut Report<'_>,
) -> Rules {
    let groups = groups(assembly, report);
    let uses = uses(&groups);
    let order = match order(&uses) {
        Ok(order) => order,
        Err(cycle) => {
            let names: Vec<&str> = cycle
                .iter()
                .map(|index| groups[*index].name.as_str())
                .collect();
            let message = format!("these rules rest on each other: {}", names.join(" → "));
            report.error(
                groups[cycle[0]].place,
                message,
                "one of them must do without the other",
            );
            return Rules::default();
        }
    };
    let mut checked = Rules::default();
    let mut heights: Vec<u32> = vec![0; groups.len()];
    for index in order {
        let group = &groups[index];
        let own = group.versions.iter().map(|v| v.body.height);
        let excepted = group
            .exceptions
            .iter()
            .map(|e| e.condition.height.max(e.value.height));
        let below = uses[index]
            .iter()
            .map(|used| heights[*used])
            .max()
            .unwrap_or(0);
        heights[index] = below + u32::from(own.chain(excepted).max().unwrap_or(0)) + 1;
        if heights[index] > MAX_CHAIN {
            report.error(
                group.place,
                format!("the chain of rules below `{}` is too long", group.name),
                "",
            );
        }
        match check_group(group, symbols, laws, report) {
            Some(rule) => checked.rules.push(rule),
            // Those that use it need not say that it is unknown: its own error is the one to mend.
            None => {
                let first = group.versions.first();
                let ty = first
                    .and_then(|first| declared_type(first, symbols, report))
                    .unwrap_or(Type::Bool);
                let subject = first.is_some_and(|first| first.signature.subject.is_some());
                symbols.rules.push(RuleSymbol {
                    name: group.name.clone(),
                    subject,
                    ty,
                });
            }
        }
    }
    for reason in &assembly.reasons {
        if let Some(reason) = check_reason(reason, symbols, laws, report) {
            checked.reasons.push(reason);
        }
    }
    checked
}

fn groups<'a>(assembly: &'a Assembly, report: &mut Report<'_>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for rule in &assembly.rules {
        let name = &rule.text.signature.name;
        let place = Place {
            file: rule.text.place.file,
            span: name.span,
        };
        let is_parameter = assembly
            .parameters
            .iter()
            .any(|parameter| parameter.name.text == name.text);
        if RESERVED.contains(&name.text.as_str())
            || FUNCTIONS.contains(&name.text.as_str())
            || is_parameter
        {
            report.error(
                place,
                format!("`{}` means something else already", name.text),
                "choose another name",
            );
            continue;
        }
        match groups.iter_mut().find(|group| group.name == name.text) {
            Some(group) => group.versions.push(&rule.text),
            None => groups.push(Group {
                name: name.text.clone(),
                place,
                versions: vec![&rule.text],
                exceptions: Vec::new(),
            }),
        }
    }
    for exception in &assembly.exceptions {
        let name = &exception.signature.name;
        if let Some(group) = groups.iter_mut().find(|group| group.name == name.text) {
            group.exceptions.push(exception);
        } else {
            let hint = suggestion(&name.text, groups.iter().map(|group| group.name.as_str()));
            let place = Place {
                file: exception.place.file,
                span: name.span,
            };
            report.error(
                place,
                format!("an exception to an unknown rule `{}`", name.text),
                hint,
            );
        }
    }
    groups
}

fn uses(groups: &[Group<'_>]) -> Vec<Vec<usize>> {
    let uses_of = |group: &Group<'_>| {
        let mut names = Vec::new();
        for version in &group.versions {
            mentioned(&version.body, &mut names);
        }
        for exception in &group.exceptions {
            mentioned(&exception.condition, &mut names);
            mentioned(&exception.value, &mut names);
        }
        let mut used: Vec<usize> = names
            .iter()
            .filter_map(|name| groups.iter().position(|group| group.name == *name))
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    };
    groups.iter().map(uses_of).collect()
}

fn check_group(
    group: &Group<'_>,
    symbols: &mut Symbols<'_>,
    laws: &[Law],
    report: &mut Report<'_>,
) -> Option<Rule> {
    let first = group.versions.first()?;
    let declared = declared_type(first, symbols, report)?;
    let subject = first.signature.subject.is_some();
    let mut rule = Rule {
        name: Arc::from(group.name.as_str()),
        subject,
        ty: declared.clone(),
        key: first.notes.by,
        series: None,
        versions: Vec::new(),
        by_law: Vec::new(),
        exceptions: Vec::new(),
        uses: Vec::new(),
        parameters: Vec::new(),
        reads_month: false,
        place: report.describe(group.place),
    };
    let mut whole = true;
    for version in &group.versions {
        let place = Place {
            file: version.place.file,
            span: version.signature.name.span,
        };
        if version.signature.subject.is_some() != subject
            || declared_type(version, symbols, report)? != declared
            || version.notes.by != rule.key
        {
            report.error(
                place,
                format!(
                    "the versions of `{}` differ in subject, type or key date",
                    group.name
                ),
                "",
            );
            return None;
        }
        let mut checker = Checker::new(
            symbols,
            report,
            version.place.file,
            version.signature.subject.as_ref(),
        );
        let (node, is_whole) = body(&mut checker, &version.body, &declared)?;
        whole &= is_whole;
        let frame = checker.frame;
        note_reads(&mut rule, checker);
        rule.versions.push(Version {
            body: node,
            frame,
            cite: citation(&version.notes, laws, version.place, report),
            text: templates::text(&version.notes, symbols, version.place, report),
            source: version.body.to_string(),
        });
    }
    choose_by_law(&mut rule, group, laws, report);
    for exception in &group.exceptions {
        whole &= check_exception(&mut rule, exception, &declared, symbols, laws, report)?;
    }
    super::exceptions::rank(&mut rule, &group.exceptions, report);
    if let Type::Number { unit, whole: false } = declared {
        rule.ty = Type::Number {
            unit,
            whole: whole
                && first
                    .signature
                    .colon
                    .as_ref()
                    .is_none_or(|ty| ty.text != "ratio"),
        };
    }
    symbols.rules.push(RuleSymbol {
        name: group.name.clone(),
        subject,
        ty: rule.ty.clone(),
    });
    for list in [&mut rule.uses, &mut rule.parameters] {
        list.sort_unstable();
        list.dedup();
    }
    Some(rule)
}

fn declared_type(rule: &RuleText, symbols: &Symbols<'_>, report: &mut Report<'_>) -> Option<Type> {
    let file = rule.place.file;
    let Some(colon) = &rule.signature.colon else {
        let place = Place {
            file,
            span: rule.signature.name.span,
        };
        report.error(
            place,
            format!("the rule `{}` has no type", rule.signature.name.text),
            "write `name: type` or `name(m): type`",
        );
        return None;
    };
    parse_type(&colon.text, symbols.layout)
        .map_err(|error| {
            report.error(
                Place { file, span: colon.span },
                error,
                "types are bool, int, ratio, date, calendar_month, person, code(…), list(person) and units such as fen/person/month",
            );
        })
        .ok()
}

/// Checks an expression against the declared type; says whether a number is certainly whole.
fn body(
    checker: &mut Checker<'_, '_>,
    expr: &Expr,
    declared: &Type,
) -> Option<(crate::ir::Node, bool)> {
    let (node, ty) = checker.infer(expr)?;
    let whole = matches!(ty, Type::Zero | Type::Number { whole: true, .. });
    Some((checker.coerce((node, ty), declared, expr.span)?, whole))
}

fn note_reads(rule: &mut Rule, checker: Checker<'_, '_>) {
    rule.uses.extend(checker.uses);
    rule.parameters.extend(checker.parameters);
    rule.reads_month |= checker.reads_month;
}

fn check_exception(
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

fn check_reason(
    reason: &RuleText,
    symbols: &Symbols<'_>,
    laws: &[Law],
    report: &mut Report<'_>,
) -> Option<ReasonRule> {
    if let Some(extra) = reason
        .signature
        .colon
        .as_ref()
        .or(reason.signature.subject.as_ref())
    {
        let place = Place {
            file: reason.place.file,
            span: extra.span,
        };
        report.error(
            place,
            "a reason has a code and nothing else",
            "write ```reason code",
        );
    }
    let mut checker = Checker::new(symbols, report, reason.place.file, None);
    let condition = checker.expect(&reason.body, &Type::Bool);
    let frame = checker.frame;
    let cite = citation(&reason.notes, laws, reason.place, report);
    let text = templates::text(&reason.notes, symbols, reason.place, report);
    Some(ReasonRule {
        code: reason.signature.name.text.clone(),
        laws: tagged(&reason.notes, laws),
        condition: condition?,
        frame,
        cite,
        text,
    })
}

/// Laws named in `@law` that choose versions.
fn tagged(notes: &Annotations, laws: &[Law]) -> Vec<u16> {
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

fn citation(notes: &Annotations, laws: &[Law], place: Place, report: &mut Report<'_>) -> Citation {
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
fn choose_by_law(rule: &mut Rule, group: &Group<'_>, laws: &[Law], report: &mut Report<'_>) {
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

/// Requires a rule that every programme has.
pub(crate) fn required(
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
