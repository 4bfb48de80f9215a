//! Changes to a demo: what would the figures be if one household were not there, a parameter were another, a death
//! had come earlier? Given as a TOML file:
//!
//! ```toml
//! [[drop_household]]
//! household = "H000123"        # as the demo without changes numbers it
//!
//! [[parameter]]
//! programme = "urban-dibao"
//! name = "standard"
//! from = 2021-01-01            # may be left out: then every dated value becomes this one
//! value = 60000                # in the unit of the parameter
//!
//! [[move_death]]
//! person = "P000456"
//! months = -3                  # moves the death and its report
//! ```
//!
//! Households and deaths change the inputs, parameters the texts of the packs, both before the run; the planner never
//! sees a change. With a change the figures differ from the published ones, and the demo says so.

mod packs;

use std::collections::BTreeSet;
use std::ops::Range;

use minsheng_core::{Date, Month};
use minsheng_policy::Source;
use minsheng_registry::{HouseholdId, PersonId};
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::error::ChangeError;
use crate::inputs::{Inputs, Joining, Subject};

/// A change file.
#[derive(Debug, Clone)]
pub struct Change {
    path: String,
    text: String,
    file: File,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    drop_household: Vec<DropHousehold>,
    #[serde(default)]
    parameter: Vec<Parameter>,
    #[serde(default)]
    move_death: Vec<MoveDeath>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DropHousehold {
    household: Spanned<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    programme: Spanned<String>,
    name: Spanned<String>,
    from: Option<toml::value::Datetime>,
    value: Spanned<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveDeath {
    person: Spanned<String>,
    months: Spanned<i32>,
}

/// Longest move of a death, in months.
const FARTHEST: i32 = 24;

impl Change {
    /// Reads a change file; `path` is how errors name it.
    ///
    /// # Errors
    /// [`ChangeError`] with the line.
    pub fn parse(path: &str, text: &str) -> Result<Change, ChangeError> {
        let change = |file| Change {
            path: path.to_owned(),
            text: text.to_owned(),
            file,
        };
        match toml::from_str(text) {
            Ok(file) => Ok(change(file)),
            Err(error) => {
                let hint = "write [[drop_household]], [[parameter]] or [[move_death]]; `minsheng demo --help` shows each";
                Err(change(File::default()).wrong(
                    error.span().unwrap_or(0..0),
                    error.message().to_owned(),
                    hint,
                ))
            }
        }
    }

    fn wrong(&self, span: Range<usize>, problem: String, hint: &str) -> ChangeError {
        let before = self.text.as_bytes().iter().take(span.start);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        ChangeError {
            path: self.path.clone(),
            line,
            problem,
            hint: hint.to_owned(),
        }
    }

    /// Changes the inputs.
    ///
    /// # Errors
    /// [`ChangeError`] naming the line of a household or person that the inputs do not have, or a death that is none.
    pub fn apply_to_inputs(&self, inputs: &mut Inputs) -> Result<(), ChangeError> {
        for drop in &self.file.drop_household {
            let fault = |problem| {
                self.wrong(
                    drop.household.span(),
                    problem,
                    "give a household like H000123",
                )
            };
            let id: HouseholdId = drop
                .household
                .get_ref()
                .parse()
                .map_err(|error: minsheng_registry::RegistryError| fault(error.to_string()))?;
            if !inputs
                .households
                .iter()
                .any(|household| household.number == id.0)
            {
                return Err(fault(format!("the demo has no household {id}")));
            }
            drop_household(inputs, id.0);
        }
        for moved in &self.file.move_death {
            let fault = |problem| {
                self.wrong(
                    moved.person.span(),
                    problem,
                    "give a person who dies in the demo, like P000456",
                )
            };
            let id: PersonId = moved
                .person
                .get_ref()
                .parse()
                .map_err(|error: minsheng_registry::RegistryError| fault(error.to_string()))?;
            let months = *moved.months.get_ref();
            if months.abs() > FARTHEST {
                let problem = format!("{months} months are too far");
                return Err(self.wrong(
                    moved.months.span(),
                    problem,
                    "at most 24 months, earlier with a minus",
                ));
            }
            let birth = inputs
                .persons
                .iter()
                .find(|person| person.number == id.0)
                .map(|person| person.birth);
            let Some(death) = inputs.deaths.iter_mut().find(|death| death.person == id.0) else {
                return Err(fault(format!("{id} does not die in the demo")));
            };
            let (died_on, reported_on) = (
                by_months(death.died_on, months),
                by_months(death.reported_on, months),
            );
            if birth.is_some_and(|birth| died_on < birth) {
                return Err(self.wrong(
                    moved.months.span(),
                    format!("{id} was not born then"),
                    "move it less far",
                ));
            }
            death.died_on = died_on;
            death.reported_on = reported_on;
            Self::move_succession(inputs, id.0, months);
            if months > 0 {
                move_repayment(inputs, id.0, months);
            }
        }
        Ok(())
    }

    /// Refuses a change of people: where only rules may differ.
    ///
    /// # Errors
    /// [`ChangeError`] naming the line of the first household or death.
    pub fn rules_only(&self) -> Result<(), ChangeError> {
        let households = self.file.drop_household.iter();
        let spans = households
            .map(|drop| drop.household.span())
            .chain(self.file.move_death.iter().map(|moved| moved.person.span()));
        match spans.min_by_key(|span| span.start) {
            None => Ok(()),
            Some(span) => Err(self.wrong(
                span,
                "households and deaths are not rules".to_owned(),
                "leave [[parameter]] only; `minsheng demo --change` takes the others",
            )),
        }
    }

    /// Changes the texts of packs.
    ///
    /// # Errors
    /// [`ChangeError`] naming the line of a programme or parameter that the packs do not have.
    pub fn apply_to_packs(&self, mut sources: Vec<Source>) -> Result<Vec<Source>, ChangeError> {
        for parameter in &self.file.parameter {
            self.set_parameter(parameter, &mut sources)?;
        }
        Ok(sources)
    }

    /// Who follows a head who died is named with the report of the death; that moves with it.
    fn move_succession(inputs: &mut Inputs, person: i64, months: i32) {
        let left = inputs
            .memberships
            .iter()
            .find(|row| row.person == person && row.joining == Joining::Leaves);
        let Some((household, named)) = left.map(|row| (row.household, row.recorded_on)) else {
            return;
        };
        for row in inputs
            .memberships
            .iter_mut()
            .filter(|row| row.household == household && row.recorded_on == named)
        {
            row.from = by_months(row.from, months);
            row.recorded_on = by_months(row.recorded_on, months);
        }
    }
}

/// The same day `months` later; the last day of the month if it has no such day.
fn by_months(day: Date, months: i32) -> Date {
    let month = Month::from_date(day).plus(months);
    let wanted = i64::from(day.day()) - 1;
    let moved = minsheng_core::epoch_day(month.first_day()) + wanted;
    minsheng_core::date_of_epoch_day(moved)
        .unwrap_or(day)
        .min(month.last_day())
}

/// A household brings money back after the report, so a later report makes it later. It stays in the year.
fn move_repayment(inputs: &mut Inputs, person: i64, months: i32) {
    let home = inputs
        .memberships
        .iter()
        .find(|row| row.person == person)
        .map(|row| row.household);
    for row in inputs
        .repayments
        .iter_mut()
        .filter(|row| Some(row.household) == home)
    {
        let last = inputs
            .pay_rounds
            .iter()
            .map(|round| round.answered_on)
            .max()
            .unwrap_or(row.day);
        row.day = by_months(row.day, months).min(last.max(row.day));
    }
}

/// Takes a household with everything about it out of the inputs. The roll of 2019 is a document and stays.
fn drop_household(inputs: &mut Inputs, household: i64) {
    let persons: BTreeSet<i64> = inputs
        .memberships
        .iter()
        .filter(|row| row.household == household)
        .map(|row| row.person)
        .collect();
    let applications: BTreeSet<i64> = inputs
        .applications
        .iter()
        .filter(|row| row.household == household)
        .map(|row| row.number)
        .collect();
    let accounts: BTreeSet<String> = inputs
        .accounts
        .iter()
        .filter(|row| persons.contains(&row.person))
        .map(|row| row.number.clone())
        .collect();
    inputs.households.retain(|row| row.number != household);
    inputs.persons.retain(|row| !persons.contains(&row.number));
    inputs.memberships.retain(|row| row.household != household);
    inputs.evidence.retain(|row| match row.about {
        Subject::Household(number) => number != household,
        Subject::Person(number) => !persons.contains(&number),
    });
    inputs.deaths.retain(|row| !persons.contains(&row.person));
    inputs.accounts.retain(|row| !persons.contains(&row.person));
    inputs
        .closed_accounts
        .retain(|row| !accounts.contains(&row.number));
    inputs.applications.retain(|row| row.household != household);
    inputs
        .acts
        .retain(|row| !applications.contains(&row.application));
    inputs.repayments.retain(|row| row.household != household);
}

#[cfg(test)]
mod tests;
