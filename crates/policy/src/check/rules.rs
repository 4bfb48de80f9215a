//! Rules, exceptions and reasons: grouped by name, ordered by use, checked, versions chosen by law.

use std::sync::Arc;

use super::calls::FUNCTIONS;
use super::exceptions::check_exception;
use super::expression::Checker;
use super::literals::parse_type;
use super::order::{MAX_CHAIN, mentioned, order};
use super::symbols::{RESERVED, RuleSymbol, Symbols};
use super::templates;
use super::versions::{choose_by_law, citation, tagged};
use crate::ir::{Exception, ReasonRule, Rule, Version};
use crate::model::Law;
use crate::pack::assemble::Assembly;
use crate::pack::report::{Place, Report, suggestion};
use crate::pack::rule_text::{ExceptionText, RuleText};
use crate::pack::table::{Table, row_label};
use crate::syntax::{Expr, ExprKind};
use crate::types::Type;

/// The checked rules and reasons of a programme.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// In order of use.
    pub rules: Vec<Rule>,
    pub reasons: Vec<ReasonRule>,
}

/// All texts of one rule.
pub(super) struct Group<'a> {
    pub name: String,
    pub place: Place,
    pub versions: Vec<&'a RuleText>,
    pub exceptions: Vec<&'a ExceptionText>,
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
        let own = group
            .versions
            .iter()
            .flat_map(|version| version.expressions())
            .map(|expr| expr.height);
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
            version
                .expressions()
                .for_each(|expr| mentioned(expr, &mut names));
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
    let mut rows: Vec<(Exception, bool)> = Vec::new();
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
        if let Some(table) = &version.table {
            let label = (group.versions.len() > 1).then_some(*version);
            rows.extend(table_rows(
                &mut rule, version, table, label, symbols, laws, report,
            )?);
        }
        rule.versions.push(Version {
            body: node,
            frame,
            cite: citation(&version.notes, laws, version.place, report),
            text: templates::text(&version.notes, symbols, version.place, report),
            source: version.source(),
        });
    }
    choose_by_law(&mut rule, group, laws, report);
    for exception in &group.exceptions {
        whole &= check_exception(&mut rule, exception, &declared, symbols, laws, report)?;
    }
    super::exceptions::rank(&mut rule, &group.exceptions, report);
    // An exception that is written as one is an exception to the whole table.
    let first_row = rule.exceptions.len() as u16;
    let last_row = first_row + rows.len() as u16;
    for exception in &mut rule.exceptions {
        exception.beats.extend(first_row..last_row);
    }
    for (row, is_whole) in rows {
        whole &= is_whole;
        rule.exceptions.push(row);
    }
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

/// The rows of a table as exceptions to its `else`.
fn table_rows(
    rule: &mut Rule,
    version: &RuleText,
    table: &Table,
    named_by_law: Option<&RuleText>,
    symbols: &Symbols<'_>,
    laws: &[Law],
    report: &mut Report<'_>,
) -> Option<Vec<(Exception, bool)>> {
    let mut rows = Vec::new();
    for (index, row) in table.rows.iter().enumerate() {
        let label = row_label(named_by_law, index);
        let subject = version.signature.subject.as_ref();
        let mut checker = Checker::new(symbols, report, version.place.file, subject);
        let condition = checker.expect(&row.condition, &Type::Bool);
        let value = body(&mut checker, &row.value, &rule.ty);
        let frame = checker.frame;
        note_reads(rule, checker);
        let (value, whole) = value?;
        let row = Exception {
            name: Arc::from(format!("{}: {label}", rule.name)),
            label: Arc::from(label),
            laws: tagged(&version.notes, laws),
            condition: condition?,
            value,
            frame,
            beats: Vec::new(),
            cite: citation(&version.notes, laws, version.place, report),
            text: templates::text(&version.notes, symbols, version.place, report),
            source: format!("when {} then {}", row.condition, row.value),
        };
        rows.push((row, whole));
    }
    Some(rows)
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
pub(super) fn body(
    checker: &mut Checker<'_, '_>,
    expr: &Expr,
    declared: &Type,
) -> Option<(crate::ir::Node, bool)> {
    // A number in a cell of a table has the unit of the rule.
    let (node, ty) = match (&expr.kind, declared) {
        (ExprKind::Figure(value), Type::Number { unit, .. }) => {
            checker.figure(*value, *unit, expr.span)?
        }
        _ => checker.infer(expr)?,
    };
    let whole = matches!(ty, Type::Zero | Type::Number { whole: true, .. });
    Some((checker.coerce((node, ty), declared, expr.span)?, whole))
}

pub(super) fn note_reads(rule: &mut Rule, checker: Checker<'_, '_>) {
    rule.uses.extend(checker.uses);
    rule.parameters.extend(checker.parameters);
    rule.reads_month |= checker.reads_month;
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
    if reason.table.is_some() {
        report.error(
            reason.place,
            "a reason is a condition and no table",
            "put the table into a rule, and ask the rule here",
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
