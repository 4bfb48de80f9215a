//! A loaded programme and the questions it answers.

use std::collections::BTreeMap;

use minsheng_core::{Date, Month, Period};

use crate::check::versions::law_in_force;
use crate::compiled::FactCells;
use crate::determination::{Answer, Determination, KeyDates, MemberAmount};
use crate::error::{BoundaryError, EvalError};
use crate::eval::machine::{Fault, FaultKind, Machine};
use crate::examples::Example;
use crate::facts::{Facts, Reader};
use crate::model::{Combination, EvidenceDecl, Key, Law, Parameter, ParameterValue, Payment};
use crate::procedure::Procedure;
use crate::program::Program;
use crate::text::{Bilingual, Lang};
use crate::value::Value;

/// A programme of a pack set.
#[derive(Debug)]
pub struct Programme {
    /// Code, for example `urban-dibao`.
    pub code: String,
    /// Name.
    pub name: Bilingual,
    /// Unit of assistance: `household`.
    pub unit: String,
    /// Laws cited and applied.
    pub laws: Vec<Law>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Evidence read.
    pub evidence: Vec<EvidenceDecl>,
    /// Procedure versions.
    pub procedures: Vec<Procedure>,
    /// Payment.
    pub payment: Payment,
    /// Combination with other benefits.
    pub combinations: Vec<Combination>,
    /// Ids of the figures that it feeds.
    pub figures: Vec<String>,
    pub(crate) program: Program,
    pub(crate) examples: Vec<Example>,
    /// Days on which a parameter or law of the amounts changes, ascending; `None` when amounts read the month itself.
    pub(crate) amount_changes: Option<Vec<Date>>,
    /// Indices of its sources in the set.
    pub(crate) files: Vec<usize>,
}

impl Programme {
    /// The law chosen by the day of acceptance.
    ///
    /// # Errors
    /// [`EvalError::NoLaw`].
    pub fn law_at(&self, acceptance: Date) -> Result<&Law, EvalError> {
        let index = law_in_force(&self.laws, Key::Acceptance, acceptance);
        index
            .map(|index| &self.laws[index as usize])
            .ok_or_else(|| self.no_law(acceptance))
    }

    fn no_law(&self, on: Date) -> EvalError {
        let earliest = self
            .laws
            .iter()
            .filter(|law| law.applies_by.is_some())
            .map(|law| law.from)
            .min();
        EvalError::NoLaw {
            programme: self.code.clone(),
            on,
            earliest: earliest.unwrap_or(Date::MAX),
        }
    }

    /// The procedure ordered by the law of the day of acceptance.
    ///
    /// # Errors
    /// [`EvalError::NoLaw`], [`EvalError::NoProcedure`].
    pub fn procedure_at(&self, acceptance: Date) -> Result<&Procedure, EvalError> {
        let law = self.law_at(acceptance)?;
        let found = self
            .procedures
            .iter()
            .find(|procedure| procedure.law == law.id);
        found.ok_or_else(|| EvalError::NoProcedure {
            programme: self.code.clone(),
            law: law.id.clone(),
        })
    }

    /// Reads facts field by field.
    ///
    /// # Errors
    /// The path of the first field that is unknown, missing or of the wrong type.
    pub fn facts(&self, json: &serde_json::Value) -> Result<Facts, BoundaryError> {
        Reader {
            layout: &self.program.layout,
        }
        .facts(json)
    }

    /// Facts from cells that stand in the slots of [`Programme::compiled`]: the way in for registers of columns,
    /// whose reader has refused wrong types already.
    pub fn facts_of(&self, cells: FactCells, application_date: Date) -> Facts {
        Facts {
            fingerprint: self.program.layout.fingerprint,
            household_id: cells.household_id,
            household: cells.household,
            person_ids: cells.person_ids,
            persons: cells.persons,
            width: self.program.layout.person.len(),
            records: cells.records,
            application_date,
            single: cells.single,
        }
    }

    /// The checked programme, for another evaluator.
    pub fn compiled(&self) -> &Program {
        &self.program
    }

    /// Indices of the laws in force, by acceptance and by month.
    ///
    /// # Errors
    /// [`EvalError::NoLaw`] when none is chosen by the acceptance.
    pub fn laws_in_force(&self, key: &KeyDates) -> Result<[Option<u16>; 2], EvalError> {
        let by_acceptance = law_in_force(&self.laws, Key::Acceptance, key.acceptance);
        if by_acceptance.is_none() {
            return Err(self.no_law(key.acceptance));
        }
        let by_month = law_in_force(&self.laws, Key::Month, key.month.first_day());
        Ok([by_acceptance, by_month])
    }

    /// Eligibility by the acceptance date, amounts by the month, with reasons and trace.
    ///
    /// # Errors
    /// See [`EvalError`]; missing evidence is no error but [`crate::Outcome::Undetermined`].
    pub fn determine(&self, facts: &Facts, key: &KeyDates) -> Result<Determination, EvalError> {
        let mut machine = self.machine(facts, key, true)?;
        let found = self.found(&mut machine, facts)?;
        let parameters = machine.parameters_used(&self.parameters);
        Ok(Determination {
            trace: machine.trace(key),
            parameters,
            ..found
        })
    }

    /// What an entitlement of that month is: no eligibility test, no trace.
    ///
    /// # Errors
    /// See [`EvalError`]; missing evidence is [`EvalError::Undetermined`].
    pub fn amounts(&self, facts: &Facts, key: &KeyDates) -> Result<Vec<MemberAmount>, EvalError> {
        let mut machine = self.machine(facts, key, false)?;
        self.member_amounts(&mut machine)?.map_err(|set| {
            let needs = machine.needs.describe(set, facts, &self.program.layout);
            let needs: Vec<String> = needs
                .iter()
                .map(|need| format!("{} {} {}", entity(need.entity), need.id, need.field))
                .collect();
            EvalError::Undetermined {
                programme: self.code.clone(),
                needs: needs.join(", "),
            }
        })
    }

    /// The value of one rule, for a member or for the household, by the acceptance date unless the rule says
    /// otherwise.
    ///
    /// # Errors
    /// [`EvalError::UnknownRule`] and the errors of the evaluation.
    pub fn ask(
        &self,
        rule: &str,
        person: Option<i64>,
        facts: &Facts,
        key: &KeyDates,
    ) -> Result<Answer, EvalError> {
        let unknown = || EvalError::UnknownRule(rule.to_owned());
        let index = self
            .program
            .rules
            .iter()
            .position(|known| *known.name == *rule)
            .ok_or_else(unknown)?;
        let subject = match person {
            None => None,
            Some(id) => Some(
                facts
                    .person_ids
                    .iter()
                    .position(|known| *known == id)
                    .ok_or_else(unknown)? as u32,
            ),
        };
        if self.program.rules[index].subject != subject.is_some() {
            return Err(unknown());
        }
        let mut machine = self.machine(facts, key, false)?;
        Ok(
            match self.value(machine.rule(index as u16, subject, Key::Acceptance))? {
                Value::Missing(set) => Answer::Undetermined {
                    needs: machine.needs.describe(set, facts, &self.program.layout),
                },
                value => {
                    Answer::Known(machine.show(value, &self.program.rules[index].ty, Lang::En))
                }
            },
        )
    }

    /// Facts and key dates of an example of the pack.
    pub fn example(&self, id: &str) -> Option<(&serde_json::Value, KeyDates)> {
        self.examples
            .iter()
            .find(|example| example.id == id)?
            .question()
    }

    /// Months of equal epochs give equal [`Programme::amounts`] for equal facts and acceptance.
    pub fn amount_epoch(&self, month: Month) -> i64 {
        match &self.amount_changes {
            Some(changes) => changes
                .iter()
                .filter(|change| **change <= month.first_day())
                .count() as i64,
            None => i64::from(month.index()),
        }
    }

    /// The words for a code of one of the programme's lists, if there is such a code.
    pub fn code_label(&self, list: &str, code: &str) -> Option<&Bilingual> {
        let lists = &self.program.layout.code_lists;
        let list = lists.iter().find(|known| known.name == list)?;
        let found = list.codes.iter().find(|known| known.code == code)?;
        Some(&found.label)
    }

    /// The value of a parameter on a day, with its source.
    ///
    /// # Errors
    /// [`EvalError::UnknownParameter`], [`EvalError::NoValue`].
    pub fn parameter(&self, name: &str, on: Date) -> Result<&ParameterValue, EvalError> {
        let index = self
            .parameters
            .iter()
            .position(|parameter| parameter.name == name);
        let index = index.ok_or_else(|| EvalError::UnknownParameter(name.to_owned()))?;
        let at = self.program.parameters[index].at(on);
        let at = at.ok_or_else(|| EvalError::NoValue {
            parameter: name.to_owned(),
            on,
        })?;
        Ok(&self.parameters[index].values[at])
    }

    /// Amounts that a decision gives for one month: those of the frozen facts, in the months that the decision
    /// pays, without the shares that ended by a death (`deaths`: person to day of death).
    ///
    /// # Errors
    /// As [`Programme::amounts`].
    pub fn entitled(
        &self,
        facts: &Facts,
        key: &KeyDates,
        months: Period<Month>,
        deaths: &BTreeMap<i64, Date>,
    ) -> Result<Vec<MemberAmount>, EvalError> {
        if !months.contains(key.month) {
            return Ok(Vec::new());
        }
        let mut amounts = self.amounts(facts, key)?;
        amounts.retain(|amount| {
            self.payment
                .share_continues(key.month, deaths.get(&amount.person).copied())
        });
        Ok(amounts)
    }

    pub(crate) fn machine<'a>(
        &'a self,
        facts: &'a Facts,
        key: &KeyDates,
        traced: bool,
    ) -> Result<Machine<'a>, EvalError> {
        if facts.fingerprint != self.program.layout.fingerprint {
            return Err(EvalError::ForeignFacts {
                programme: self.code.clone(),
            });
        }
        let laws = self.laws_in_force(key)?;
        Ok(Machine::new(&self.program, facts, key, laws, traced))
    }

    pub(crate) fn value(&self, value: Result<Value, Fault>) -> Result<Value, EvalError> {
        value.map_err(|fault| {
            let rule = fault.rule.map(|index| &self.program.rules[index as usize]);
            let name = rule.map_or_else(
                || self.code.clone(),
                |rule| format!("{} ({})", rule.name, rule.place),
            );
            match fault.kind {
                FaultKind::Overflow => EvalError::Overflow { rule: name },
                FaultKind::DivisionByZero => EvalError::DivisionByZero { rule: name },
                FaultKind::NoValue { parameter, on } => EvalError::NoValue {
                    parameter: self.parameters[parameter as usize].name.clone(),
                    on,
                },
                FaultKind::Conflict { first, second } => {
                    let label = |index: u16| {
                        rule.map(|rule| rule.exceptions[index as usize].label.to_string())
                            .unwrap_or_default()
                    };
                    EvalError::Conflict {
                        rule: name,
                        first: label(first),
                        second: label(second),
                    }
                }
                FaultKind::NoLaw { on } => self.no_law(on),
            }
        })
    }
}

pub(crate) fn entity(entity: crate::model::Entity) -> &'static str {
    match entity {
        crate::model::Entity::Household => "household",
        crate::model::Entity::Person => "person",
    }
}
