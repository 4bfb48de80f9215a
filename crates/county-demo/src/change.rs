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

use std::collections::BTreeSet;
use std::ops::Range;

use minsheng_core::{Date, Month};
use minsheng_policy::Source;
use minsheng_registry::{HouseholdId, PersonId};
use serde::Deserialize;
use toml::{Spanned, Table, Value};

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

    fn set_parameter(
        &self,
        parameter: &Parameter,
        sources: &mut [Source],
    ) -> Result<(), ChangeError> {
        let (programme, name) = (parameter.programme.get_ref(), parameter.name.get_ref());
        let mut owned = false;
        // The last file in the order of authorities is the one that counts: county after prefecture, province, nation.
        let mut found: Option<(usize, usize, Fenced)> = None;
        for (at, source) in sources.iter().enumerate() {
            let blocks = blocks(&source.text);
            if !blocks.iter().any(|block| owns(block, programme)) {
                continue;
            }
            owned = true;
            for block in blocks {
                if block.kind == "toml parameter"
                    && valued(&block).is_some_and(|table| named(&table, name))
                {
                    let depth = source.path.matches('-').count() + source.path.len();
                    if found.as_ref().is_none_or(|(deepest, ..)| *deepest <= depth) {
                        found = Some((depth, at, block));
                    }
                }
            }
        }
        let Some((_, at, block)) = found else {
            return Err(if owned {
                let problem = format!("`{programme}` gives no value for a parameter `{name}`");
                self.wrong(
                    parameter.name.span(),
                    problem,
                    "`minsheng policy show` lists the parameters of a programme",
                )
            } else {
                let problem = format!("there is no programme `{programme}` in the packs");
                self.wrong(
                    parameter.programme.span(),
                    problem,
                    "such as urban-dibao or rural-dibao",
                )
            });
        };
        let mut table = valued(&block).unwrap_or_default();
        let Some(rows) = table.get_mut("value").and_then(Value::as_array_mut) else {
            return Ok(());
        };
        let value = parameter.value.get_ref();
        match parameter.from {
            None => {
                for row in rows.iter_mut().filter_map(Value::as_table_mut) {
                    row.insert("value".to_owned(), value.clone());
                }
            }
            Some(from) => {
                rows.retain(|row| row.get("from").and_then(Value::as_datetime) != Some(&from));
                rows.push(Value::Table(Table::from_iter([
                    ("from".to_owned(), Value::Datetime(from)),
                    ("value".to_owned(), value.clone()),
                    (
                        "cite".to_owned(),
                        Value::String(format!("{}（演示变更）", self.path)),
                    ),
                    ("mark".to_owned(), Value::String("assume".to_owned())),
                ])));
                rows.sort_by_key(|row| {
                    row.get("from").map(ToString::to_string).unwrap_or_default()
                });
            }
        }
        let body = toml::to_string(&table).map_err(|error| {
            self.wrong(
                parameter.value.span(),
                error.to_string(),
                "give a number, as the pack does",
            )
        })?;
        sources[at].text.replace_range(block.body, &body);
        Ok(())
    }
}

/// A fenced block of a pack.
struct Fenced {
    /// What stands after the fence.
    kind: String,
    /// The text between the fences.
    text: String,
    /// Where it stands.
    body: Range<usize>,
}

fn blocks(text: &str) -> Vec<Fenced> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(rest) = line.trim_end().strip_prefix("```") {
            match open.take() {
                Some((kind, from)) => found.push(Fenced {
                    kind,
                    text: text[from..at].to_owned(),
                    body: from..at,
                }),
                None => open = Some((rest.trim().to_owned(), end)),
            }
        }
        at = end;
    }
    found
}

/// Whether the block says that its file belongs to a programme or module.
fn owns(block: &Fenced, code: &str) -> bool {
    matches!(block.kind.as_str(), "toml programme" | "toml module")
        && toml::from_str::<Table>(&block.text)
            .is_ok_and(|table| table.get("code").and_then(Value::as_str) == Some(code))
}

/// The block as a table, if it gives values.
fn valued(block: &Fenced) -> Option<Table> {
    let table: Table = toml::from_str(&block.text).ok()?;
    table
        .get("value")
        .and_then(Value::as_array)
        .is_some_and(|rows| !rows.is_empty())
        .then_some(table)
}

fn named(table: &Table, name: &str) -> bool {
    table.get("name").and_then(Value::as_str) == Some(name)
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
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn errors_name_file_line_and_what_to_do() {
        for (text, line, words) in [
            ("[[drop_household]]\nhousehold = 5\n", 2, "string"),
            ("\n[[move_death]]\nperson = \"P1\"\n", 2, "months"),
            (
                "[[parameter]]\nprogramme = \"x\"\nname = \"y\"\nvalue = 1\nfoo = 2\n",
                5,
                "foo",
            ),
            ("[[nonsense]]\n", 1, "nonsense"),
            ("a = \n", 1, ""),
        ] {
            let error = Change::parse("change.toml", text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.to_string().starts_with("change.toml:"), "{error}");
            assert!(error.problem.contains(words), "{error}");
            assert!(error.to_string().contains("hint: "));
        }
        let change = Change::parse("c", "[[drop_household]]\nhousehold = \"H9\"\n").unwrap();
        assert_eq!(
            change
                .apply_to_inputs(&mut Inputs::empty())
                .unwrap_err()
                .line,
            2
        );
        let change =
            Change::parse("c", "\n\n[[move_death]]\nperson = \"P7\"\nmonths = -3\n").unwrap();
        assert_eq!(
            change
                .apply_to_inputs(&mut Inputs::empty())
                .unwrap_err()
                .line,
            4
        );
    }

    const PACK: &str = "# X\n```toml programme\ncode = \"p\"\n```\ntext\n```toml parameter\nname = \"standard\"\n[[value]]\nfrom = 2020-01-01\nvalue = 5\ncite = \"c\"\nmark = \"seed\"\n```\nafter\n";

    fn changed(text: &str) -> Result<Vec<Source>, ChangeError> {
        let source = Source {
            path: "policies/cn-513301/p.md".to_owned(),
            text: PACK.to_owned(),
        };
        Change::parse("c", text)
            .unwrap()
            .apply_to_packs(vec![source])
    }

    #[test]
    fn a_parameter_is_replaced_or_given_a_later_value() {
        let all =
            changed("[[parameter]]\nprogramme = \"p\"\nname = \"standard\"\nvalue = 6\n").unwrap();
        assert!(
            all[0].text.contains("value = 6") && !all[0].text.contains("value = 5"),
            "{}",
            all[0].text
        );
        let later = changed(
            "[[parameter]]\nprogramme = \"p\"\nname = \"standard\"\nfrom = 2021-01-01\nvalue = 6\n",
        )
        .unwrap();
        let (before, after) = (
            later[0].text.find("value = 5").unwrap(),
            later[0].text.find("value = 6").unwrap(),
        );
        assert!(before < after);
        assert!(
            later[0].text.starts_with("# X\n```toml programme")
                && later[0].text.ends_with("```\nafter\n")
        );
        let error =
            changed("[[parameter]]\nprogramme = \"p\"\nname = \"other\"\nvalue = 6\n").unwrap_err();
        assert_eq!((error.line, error.problem.contains("other")), (3, true));
        let error =
            changed("[[parameter]]\nprogramme = \"q\"\nname = \"other\"\nvalue = 6\n").unwrap_err();
        assert_eq!(error.line, 2);
    }

    #[test]
    fn months_move_a_day_to_the_same_day_or_the_last_one() {
        assert_eq!(by_months(date(2021, 5, 20), -3), date(2021, 2, 20));
        assert_eq!(by_months(date(2021, 5, 31), -3), date(2021, 2, 28));
        assert_eq!(by_months(date(2021, 2, 10), -3), date(2020, 11, 10));
    }
}
