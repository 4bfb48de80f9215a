//! Procedures as the casework office reads them: states, steps, clocks.
//!
//! Plain records; what the words of needs and conditions mean stands in the documentation of the crate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::{Bilingual, Mark};

/// Steps and clocks of one version of the procedure.
#[derive(Debug, Clone, Serialize)]
pub struct Procedure {
    /// The law that orders it.
    pub law: String,
    /// State before the first step.
    pub initial: String,
    /// All states, in order of first mention, with their names.
    pub states: Vec<StateDecl>,
    /// Steps in the order of the pack.
    pub steps: Vec<Step>,
    /// Clocks.
    pub clocks: Vec<ClockDecl>,
    /// Papers that may be handed in; none: the pack does not say, and any code is taken.
    pub papers: Vec<NamedCode>,
    /// Registers that may be asked in a cross-check; none: the pack does not say.
    pub sources: Vec<NamedCode>,
    /// The share of home visits that the county draws by lot, if the law asks for one.
    pub spot_check: Option<SpotCheckDecl>,
}

impl Procedure {
    /// The steps with this code, in order (several when the condition tells them apart).
    pub fn steps_called<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Step> {
        self.steps.iter().filter(move |step| step.code == code)
    }

    /// The clock with this code.
    pub fn clock(&self, code: &str) -> Option<&ClockDecl> {
        self.clocks.iter().find(|clock| clock.code == code)
    }

    /// The name of a state.
    pub fn state_name(&self, code: &str) -> Option<&Bilingual> {
        let found = self.states.iter().find(|state| state.code == code);
        found.map(|state| &state.name)
    }

    /// The name of the step that leads from one state to the other; of the first with this code if none does.
    pub fn step_name(&self, code: &str, from: &str, to: &str) -> Option<&Bilingual> {
        let leads = |step: &&Step| {
            step.from.iter().any(|state| state == from) && step.to.as_deref().unwrap_or(from) == to
        };
        let called = || self.steps.iter().filter(|step| step.code == code);
        let found = called().find(leads).or_else(|| called().next());
        found.map(|step| &step.name)
    }
}

/// A code with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedCode {
    /// Code, for example `authorisation`.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
}

/// A share of cases that is drawn by lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpotCheckDecl {
    /// Share of all forwarded cases, in percent.
    pub percent: u8,
    /// Article.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateDecl {
    /// Code, for example `accepted`.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
}

/// A step of the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Code, for example `post_notice`; several entries may share it when `when` tells them apart.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// States from which it may be taken.
    pub from: Vec<String>,
    /// State it leads to; `None` leaves the state as it is.
    pub to: Option<String>,
    /// Role that takes it.
    pub actor: String,
    /// Other roles that may take it (a village committee may file an application).
    pub also: Vec<String>,
    /// What it needs (codes listed in the crate's documentation).
    pub needs: Vec<String>,
    /// Clocks that it starts.
    pub starts: Vec<String>,
    /// Clocks that it meets: not after an `at_most`, not before an `at_least`.
    pub meets: Vec<String>,
    /// Clocks whose running term it lengthens to the one for special cases.
    pub extends: Vec<String>,
    /// How often it may be taken in a case.
    pub at_most: Option<u32>,
    /// Steps whose actors must be other users.
    pub differs_from: Vec<String>,
    /// Condition, for example `opinion == positive`.
    pub when: Option<String>,
    /// Article.
    pub cite: String,
}

impl Step {
    /// Whether a user with this role may take the step.
    pub fn may_be_taken_by(&self, role: &str) -> bool {
        self.actor == role || self.also.iter().any(|also| also == role)
    }
}

/// A term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockDecl {
    /// Code, for example `decision`.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// Length in `unit`.
    pub term: i64,
    /// Unit of `term`.
    pub unit: ClockUnit,
    /// A latest day or an earliest day.
    pub kind: ClockKind,
    /// Length in special cases, in `unit`.
    pub extended: Option<i64>,
    /// The word of the case on which the length depends.
    pub by: Option<String>,
    /// Length in `unit` for each value of that word; `term` holds while the word is not known.
    pub terms: BTreeMap<String, i64>,
    /// The clock at whose end this one begins; `None`: it begins with the step that starts it.
    pub after: Option<String>,
    /// Article.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

impl ClockDecl {
    /// The clock with the length that holds for a case, whose words `find` gives.
    pub fn with_word<'w>(&self, find: impl FnOnce(&str) -> Option<&'w str>) -> Self {
        let value = self.by.as_deref().and_then(find);
        let term = value.and_then(|value| self.terms.get(value)).copied();
        Self {
            term: term.unwrap_or(self.term),
            ..self.clone()
        }
    }
}

/// Unit of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockUnit {
    /// Days of work by the calendar.
    WorkingDays,
    /// Days.
    CalendarDays,
    /// Months.
    Months,
}

/// Whether a term bounds from above or from below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The step must be taken by then.
    AtMost,
    /// The step may not be taken before.
    AtLeast,
}
