//! What a traced evaluation notes, and how it becomes an explanation with articles.

use minsheng_core::Month;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use super::display::{write_number, write_person, write_yuan};
use super::machine::{Fault, Machine};
use super::needs::NeedRef;
use crate::determination::{KeyDates, ParameterUse, Reason, TraceStep};
use crate::ir::{Piece, ReasonRule};
use crate::model::{self, Key};
use crate::text::{Bilingual, Lang};
use crate::types::Type;
use crate::value::Value;

/// Something read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Read {
    Parameter(u16, Value),
    Rule(u16, Option<u32>, Value),
    Evidence(NeedRef, Value),
    ApplicationDate,
    Single,
    BenefitMonth,
}

/// A rule evaluated.
#[derive(Debug, Clone)]
struct Step {
    rule: u16,
    exception: Option<u16>,
    subject: Option<u32>,
    value: Value,
    reads: Vec<Read>,
}

/// A version of a rule that gave a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) struct VersionUse {
    rule: String,
    /// The law that chose the version, where laws choose.
    law: Option<String>,
    /// Label of the exception that took its place.
    exception: Option<String>,
    cite: String,
    /// The rule as it is written.
    source: String,
}

/// Notes of a traced evaluation.
#[derive(Debug, Default)]
pub(crate) struct Tracer {
    open: Vec<Vec<Read>>,
    steps: Vec<Step>,
    /// Parameters used, with the index of the value.
    used: Vec<(u16, usize)>,
    /// Evidence read, in rules and in the conditions of reasons.
    evidence: BTreeSet<NeedRef>,
}

impl Tracer {
    pub fn enter(&mut self) {
        self.open.push(Vec::with_capacity(8));
    }

    pub fn leave(
        &mut self,
        rule: u16,
        subject: Option<u32>,
        value: Result<(Value, Option<u16>), Fault>,
    ) {
        let reads = self.open.pop().unwrap_or_default();
        let Ok((value, exception)) = value else {
            return;
        };
        // A rule asked under both key dates with one answer is one step.
        let again =
            |step: &Step| step.rule == rule && step.subject == subject && step.value == value;
        if !self.steps.iter().any(again) {
            self.steps.push(Step {
                rule,
                exception,
                subject,
                value,
                reads,
            });
        }
    }

    pub fn note(&mut self, read: Read) {
        if let Read::Evidence(need, _) = read {
            self.evidence.insert(need);
        }
        if let Some(reads) = self.open.last_mut()
            && !reads.contains(&read)
        {
            reads.push(read);
        }
    }

    pub fn used(&mut self, parameter: u16, value: usize) {
        if !self.used.contains(&(parameter, value)) {
            self.used.push((parameter, value));
        }
    }
}

impl Machine<'_> {
    /// All evidence that was read.
    pub fn evidence_read(&self) -> Vec<NeedRef> {
        let tracer = self.tracer.iter();
        tracer
            .flat_map(|tracer| &tracer.evidence)
            .copied()
            .collect()
    }

    /// The versions of rules, and the exceptions, that gave a value: each once, by the rule's name.
    pub fn versions_used(&self, laws: &[model::Law]) -> Vec<VersionUse> {
        let steps = self.tracer.iter().flat_map(|tracer| &tracer.steps);
        let mut used: Vec<VersionUse> = steps.map(|step| self.version_used(step, laws)).collect();
        used.sort();
        used.dedup();
        used
    }

    fn version_used(&self, step: &Step, laws: &[model::Law]) -> VersionUse {
        let rule = &self.program.rules[step.rule as usize];
        let (citation, law) = self.citation(rule, step.exception);
        let (exception, source) = match self.exception_of(rule, step.exception) {
            Some(exception) => (Some(exception.label.to_string()), exception.source.clone()),
            None => {
                let version = law
                    .and_then(|law| rule.by_law.get(law as usize).copied().flatten())
                    .unwrap_or(0);
                (None, rule.versions[version as usize].source.clone())
            }
        };
        let chosen = rule.series.and_then(|series| self.laws[series as usize]);
        VersionUse {
            rule: rule.name.to_string(),
            law: chosen.map(|law| laws[law as usize].id.clone()),
            exception,
            cite: citation.under(law).to_string(),
            source,
        }
    }

    /// The steps taken, each after those it rests on.
    pub fn trace(&self, key: &KeyDates) -> Vec<TraceStep> {
        let Some(tracer) = &self.tracer else {
            return Vec::new();
        };
        tracer
            .steps
            .iter()
            .map(|step| self.step(step, key.month))
            .collect()
    }

    fn step(&self, step: &Step, month: Month) -> TraceStep {
        let rule = &self.program.rules[step.rule as usize];
        let (citation, law) = self.citation(rule, step.exception);
        let (name, text) = match self.exception_of(rule, step.exception) {
            Some(exception) => (&exception.name, &exception.text),
            None => {
                let version = law
                    .and_then(|law| rule.by_law.get(law as usize).copied().flatten())
                    .unwrap_or(0);
                (&rule.name, &rule.versions[version as usize].text)
            }
        };
        let key = rule.key.unwrap_or(Key::Month);
        TraceStep {
            rule: Arc::clone(name),
            subject: step
                .subject
                .map(|index| self.facts.person_ids[index as usize]),
            value: self.show(step.value, &rule.ty, Lang::En),
            value_zh: self.show(step.value, &rule.ty, Lang::Zh),
            reads: step
                .reads
                .iter()
                .map(|read| self.read(*read, month))
                .collect(),
            cite: Arc::clone(citation.under(law)),
            text: match &text.fixed {
                Some(text) => Arc::clone(text),
                None => Arc::new(Bilingual {
                    zh: self.fill(&text.zh, Lang::Zh, key),
                    en: self.fill(&text.en, Lang::En, key),
                }),
            },
        }
    }

    fn read(&self, read: Read, month: Month) -> String {
        let mut out = String::with_capacity(48);
        let layout = &self.program.layout;
        // Writing into a String cannot fail.
        let _ = match read {
            Read::Parameter(index, value) => {
                let parameter = &self.program.parameters[index as usize];
                out.push_str(&parameter.name);
                out.push_str(" = ");
                self.write_value(&mut out, value, &parameter.ty, Lang::En);
                Ok(())
            }
            Read::Rule(index, subject, value) => {
                let rule = &self.program.rules[index as usize];
                out.push_str(&rule.name);
                if let Some(subject) = subject {
                    out.push('(');
                    write_person(&mut out, self.facts.person_ids[subject as usize]);
                    out.push(')');
                }
                out.push_str(" = ");
                self.write_value(&mut out, value, &rule.ty, Lang::En);
                Ok(())
            }
            Read::Evidence(need, value) => {
                let slot = match need.person {
                    Some(person) => {
                        write_person(&mut out, self.facts.person_ids[person as usize]);
                        &layout.person[need.slot as usize]
                    }
                    None => {
                        out.push_str("household");
                        &layout.household[need.slot as usize]
                    }
                };
                out.push('.');
                out.push_str(&slot.name);
                out.push_str(" = ");
                self.write_value(&mut out, value, &slot.ty, Lang::En);
                Ok(())
            }
            Read::ApplicationDate => {
                write!(out, "application.date = {}", self.facts.application_date)
            }
            Read::Single => match self.facts.single() {
                Some(id) => write!(out, "application.single = P{id:06}"),
                None => out.write_str("application.single = none"),
            },
            Read::BenefitMonth => write!(out, "benefit_month = {month}"),
        };
        out
    }

    /// A text with its values filled in; a rule that was not needed is shown as `…`.
    fn fill(&self, pieces: &[Piece], lang: Lang, key: Key) -> String {
        if let [Piece::Words(words)] = pieces {
            return words.clone();
        }
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Rule(index) => match self.remembered(*index, key) {
                    Some(value) => self.plain(
                        &mut out,
                        value,
                        &self.program.rules[*index as usize].ty,
                        lang,
                    ),
                    None => out.push('…'),
                },
                Piece::Parameter(index) => match self.parameter_value(*index, key) {
                    Some(value) => {
                        let ty = &self.program.parameters[*index as usize].ty;
                        self.plain(&mut out, value, ty, lang);
                    }
                    None => out.push('…'),
                },
            }
        }
        out
    }

    /// In running text the words carry the "per person and month"; money keeps its yuan.
    fn plain(&self, out: &mut String, value: Value, ty: &Type, lang: Lang) {
        match (value, ty) {
            (Value::Number(number), Type::Number { unit, .. }) if unit.is_money() => {
                write_yuan(out, number);
                out.push_str(if lang == Lang::Zh { "元" } else { " yuan" });
            }
            (Value::Number(number), _) => write_number(out, number, crate::units::Unit::NONE, lang),
            _ => self.write_value(out, value, ty, lang),
        }
    }

    /// A reason that applies, in words.
    pub fn reason(&self, reason: &ReasonRule) -> Reason {
        Reason {
            code: reason.code.clone(),
            text: Bilingual {
                zh: self.fill(&reason.text.zh, Lang::Zh, Key::Acceptance),
                en: self.fill(&reason.text.en, Lang::En, Key::Acceptance),
            },
            cite: reason.cite.under(self.law_of(None)).to_string(),
        }
    }

    /// Parameters used, in the order of the programme.
    pub fn parameters_used(&self, public: &[model::Parameter]) -> Vec<ParameterUse> {
        let Some(tracer) = &self.tracer else {
            return Vec::new();
        };
        let mut used = tracer.used.clone();
        used.sort_unstable();
        used.iter()
            .map(|(index, at)| {
                let declared = &public[*index as usize];
                let value = &declared.values[*at];
                ParameterUse {
                    name: declared.name.clone(),
                    value: crate::handbook::tables::constant(
                        &value.value,
                        &declared.unit,
                        Lang::En,
                    ),
                    from: value.from,
                    cite: value.cite.clone(),
                    mark: value.mark,
                    path: value.path.clone(),
                    line: value.line,
                }
            })
            .collect()
    }
}
