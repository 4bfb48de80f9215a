//! Definitions that nobody reads: a parameter, a rule or evidence that no rule of any programme comes to.
//!
//! A definition of a module is used when one of the programmes that read the module uses it.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::order::mentioned;
use crate::ir::{Node, Op, Piece, Rule};
use crate::model::Entity;
use crate::pack::assemble::Assembly;
use crate::pack::blocks::place_of;
use crate::pack::report::{Place, Report};
use crate::program::Program;
use crate::programme::Programme;
use crate::syntax::{Expr, ExprKind, children};

/// Parameters that the casework office asks for by name: refusals of jobs, answers to reports, phasing out.
const ASKED_BY_OFFICES: [&str; 4] = [
    "job_refusals_limit",
    "phase_out_income",
    "phase_out_months",
    "report_answer_days",
];

/// A declaration with the words for it.
type Declared = BTreeMap<(usize, u32), (Place, String, bool)>;

pub(super) fn check(pairs: &[(&Assembly, &Programme)], report: &mut Report<'_>) {
    let mut declared = Declared::new();
    for (assembly, programme) in pairs {
        let used = Used::of(programme);
        for parameter in &assembly.parameters {
            let name = &parameter.name.text;
            let place = Place {
                file: parameter.place.file,
                span: parameter.name.span,
            };
            note(
                &mut declared,
                place,
                format!("no rule reads the parameter `{name}`"),
                used.names.contains(name.as_str()),
            );
        }
        for rule in &assembly.rules {
            for expr in rule.text.expressions() {
                lets(expr, rule.text.place.file, &mut declared);
            }
            let name = &rule.text.signature.name;
            let place = Place {
                file: rule.text.place.file,
                span: name.span,
            };
            note(
                &mut declared,
                place,
                format!("nothing uses the rule `{}`", name.text),
                used.names.contains(name.text.as_str()),
            );
        }
        for (evidence, block) in &assembly.evidence {
            let name = evidence.name.get_ref();
            note(
                &mut declared,
                place_of(block, &evidence.name),
                format!("no rule reads the evidence `{name}`"),
                used.evidence
                    .contains(&(evidence.entity, name.as_str().to_owned())),
            );
        }
    }
    for (place, message, used) in declared.into_values() {
        if !used {
            report.error(
                place,
                message,
                "use it, or take it out: what stands in a pack is law that is applied",
            );
        }
    }
}

/// Names that a `let` gives and nothing after it reads.
fn lets(expr: &Expr, file: usize, declared: &mut Declared) {
    if let ExprKind::Let(name, _, body) = &expr.kind {
        let mut read = Vec::new();
        mentioned(body, &mut read);
        let place = Place {
            file,
            span: name.span,
        };
        let message = format!("nothing reads `{}`", name.text);
        note(declared, place, message, read.contains(&name.text));
    }
    for child in children(&expr.kind) {
        lets(child, file, declared);
    }
}

fn note(declared: &mut Declared, place: Place, message: String, used: bool) {
    let entry = declared
        .entry((place.file, place.span.start))
        .or_insert((place, message, false));
    entry.2 |= used;
}

/// What a programme comes to from its results.
struct Used {
    names: BTreeSet<String>,
    evidence: BTreeSet<(Entity, String)>,
}

impl Used {
    fn of(programme: &Programme) -> Used {
        let program = &programme.program;
        let mut used = Used {
            names: ASKED_BY_OFFICES.map(str::to_owned).into(),
            evidence: BTreeSet::new(),
        };
        let by_clocks = programme
            .procedures
            .iter()
            .flat_map(|procedure| &procedure.clocks)
            .filter_map(|clock| clock.by.clone());
        used.names.extend(by_clocks);
        let entries = program.entries;
        let mut next: Vec<u16> = vec![
            entries.eligible,
            entries.beneficiary,
            entries.class,
            entries.amount,
        ];
        for reason in &program.reasons {
            used.node(program, &reason.condition, &mut next);
            used.texts(program, [&reason.text.zh, &reason.text.en], &mut next);
        }
        for (index, rule) in program.rules.iter().enumerate() {
            if used.names.contains(&*rule.name) {
                next.push(index as u16);
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(index) = next.pop() {
            if seen.insert(index) {
                used.rule(program, &program.rules[index as usize], &mut next);
            }
        }
        // A list is known when the evidence that closes it is: whoever reads the list asks for that.
        let closers: Vec<(Entity, String)> = programme
            .evidence
            .iter()
            .filter(|evidence| {
                used.evidence
                    .contains(&(evidence.entity, evidence.name.clone()))
            })
            .filter_map(|evidence| Some((evidence.entity, evidence.closed_by.clone()?)))
            .collect();
        used.evidence.extend(closers);
        used
    }

    fn rule(&mut self, program: &Program, rule: &Rule, next: &mut Vec<u16>) {
        self.names.insert(rule.name.to_string());
        for version in &rule.versions {
            self.node(program, &version.body, next);
            self.texts(program, [&version.text.zh, &version.text.en], next);
        }
        for exception in &rule.exceptions {
            self.node(program, &exception.condition, next);
            self.node(program, &exception.value, next);
            self.texts(program, [&exception.text.zh, &exception.text.en], next);
        }
    }

    fn texts(&mut self, program: &Program, texts: [&Vec<Piece>; 2], next: &mut Vec<u16>) {
        for piece in texts.into_iter().flatten() {
            match piece {
                Piece::Rule(index) => next.push(*index),
                Piece::Parameter(index) => self.parameter(program, *index),
                Piece::Words(_) => {}
            }
        }
    }

    fn parameter(&mut self, program: &Program, index: u16) {
        self.names
            .insert(program.parameters[index as usize].name.to_string());
    }

    fn node(&mut self, program: &Program, node: &Node, next: &mut Vec<u16>) {
        match &node.op {
            Op::Parameter(index) => self.parameter(program, *index),
            Op::Rule(index) | Op::RuleOf(index, _) => next.push(*index),
            Op::Household(slot) => {
                let slot = &program.layout.household[*slot as usize];
                self.evidence.insert((Entity::Household, slot.name.clone()));
            }
            Op::Person(slot, _) => {
                let slot = &program.layout.person[*slot as usize];
                self.evidence.insert((Entity::Person, slot.name.clone()));
            }
            _ => {}
        }
        node.op
            .children()
            .for_each(|child| self.node(program, child, next));
    }
}
