//! Which cells of a form are to be written. A row is found by its identity number, by the key of the person, or by
//! household number and name; by a name alone never, because names are many people's.

use std::collections::BTreeSet;

use minsheng_core::normalise_name;
use minsheng_exchange::form::{Edit, Mark};
use minsheng_exchange::list::Cell;
use minsheng_exchange::mapping::{Field, Mapping};
use minsheng_exchange::sheet::Sheet;
use minsheng_exchange::table::{Line, Value, letters};
use minsheng_registry::{HouseholdId, PersonId, households, persons};
use minsheng_store::Query;

use super::answer::{agrees, same};
use super::{KnownPerson, Sources};
use crate::StatisticsError;

/// What became of one cell.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Outcome {
    /// The cell, as `C3`; of a row that was not found, its first filled one.
    pub cell: String,
    /// Name of the field; empty for a row.
    pub field: String,
    /// What stood there, as far as it may be shown.
    pub old: String,
    /// What stands there now; empty where nothing was written.
    pub new: String,
    /// `filled`, `changed`, `fixed` (a formula or a merged cell, left as it is), or why a row was not found:
    /// `no-key`, `unknown`, `several`, `name-differs`.
    pub what: &'static str,
}

/// A form with its answers.
#[derive(Debug, Clone, Default)]
pub struct FilledForm {
    /// The cells to be written and marked.
    pub edits: Vec<Edit>,
    /// What became of each cell that is not as it was, and of each row that was not found.
    pub outcomes: Vec<Outcome>,
    /// Rows of the form.
    pub rows: usize,
    /// Rows whose person was found.
    pub found: usize,
}

impl FilledForm {
    /// How many outcomes are of a kind.
    pub fn count(&self, what: &str) -> usize {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.what == what)
            .count()
    }
}

/// Answers a form. Identity numbers and accounts are written only where `whole_numbers` says so, or where the form
/// has no number yet and a masked one is enough.
///
/// # Errors
/// [`StatisticsError`] of the records.
pub fn fill(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    sheet: &Sheet<'_>,
    mapping: &Mapping,
    fixed: &BTreeSet<(u32, usize)>,
) -> Result<FilledForm, StatisticsError> {
    let mut form = FilledForm {
        rows: sheet.rows.len(),
        ..FilledForm::default()
    };
    for line in &sheet.rows {
        match find(q, sources, sheet, line)? {
            Ok(person) => {
                form.found += 1;
                answer(&mut form, sheet, mapping, fixed, line, &person);
            }
            Err(why) => not_found(&mut form, line, why),
        }
    }
    Ok(form)
}

fn answer(
    form: &mut FilledForm,
    sheet: &Sheet<'_>,
    mapping: &Mapping,
    fixed: &BTreeSet<(u32, usize)>,
    line: &Line,
    person: &KnownPerson,
) {
    for column in &sheet.columns {
        let new = person.answer(&column.field);
        let old = line.cell(column.at);
        if new == Cell::Empty || same(mapping, &column.field, old, &new) {
            continue;
        }
        // the key of the sender stays: his number of a household is not ours
        if column.field == Field::HouseholdNo && !old.is_empty() {
            continue;
        }
        let secret = matches!(column.field, Field::IdNumber | Field::Account);
        let shown = |text: String| {
            if secret {
                minsheng_exchange::roll::shown(&text)
            } else {
                text
            }
        };
        let what = match (fixed.contains(&(line.number, column.at)), old.is_empty()) {
            (true, _) => "fixed",
            (false, true) => "filled",
            (false, false) => "changed",
        };
        form.outcomes.push(Outcome {
            cell: format!("{}{}", letters(column.at), line.number),
            field: column.field.name(),
            old: shown(old.text()),
            new: if what == "fixed" {
                String::new()
            } else {
                shown(new.to_string())
            },
            what,
        });
        if what != "fixed" {
            form.edits.push(Edit {
                line: line.number,
                column: column.at,
                value: Some(new),
                mark: Mark::Filled,
            });
        }
    }
}

fn not_found(form: &mut FilledForm, line: &Line, why: &'static str) {
    let column = line
        .cells
        .iter()
        .position(|cell| !cell.is_empty())
        .unwrap_or(0);
    form.outcomes.push(Outcome {
        cell: format!("{}{}", letters(column), line.number),
        field: String::new(),
        old: minsheng_exchange::roll::shown(&line.cell(column).text()),
        new: String::new(),
        what: why,
    });
    form.edits.push(Edit {
        line: line.number,
        column,
        value: None,
        mark: Mark::NotFound,
    });
}

type Found = Result<KnownPerson, &'static str>;

fn find(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    sheet: &Sheet<'_>,
    line: &Line,
) -> Result<Found, StatisticsError> {
    let text = |field: &Field| match sheet.cell(line, field) {
        Value::Empty => None,
        other => Some(other.text()),
    };
    let name = text(&Field::Name).map(|name| normalise_name(&name));
    let number = text(&Field::IdNumber);
    let candidates = match (&number, text(&Field::PersonKey), text(&Field::HouseholdNo)) {
        (Some(number), _, _) if !number.contains('*') => persons::search(q, sources.scope, number)?
            .into_iter()
            .map(|person| person.id)
            .collect(),
        (_, Some(key), _) => key.parse::<PersonId>().ok().into_iter().collect(),
        (Some(masked), None, _) => match &name {
            None => return Ok(Err("no-key")),
            Some(name) => masked_alike(q, sources, name, masked)?,
        },
        (None, None, Some(household)) => match household.parse::<HouseholdId>() {
            Err(_) => return Ok(Err("unknown")),
            Ok(household) => of_household(q, sources, household, name.as_deref())?,
        },
        (None, None, None) => return Ok(Err("no-key")),
    };
    let [id] = candidates.as_slice() else {
        return Ok(Err(if candidates.is_empty() {
            "unknown"
        } else {
            "several"
        }));
    };
    Ok(match sources.person(q, *id)? {
        None => Err("unknown"),
        Some(person) if name.is_some_and(|name| name != person.name) => Err("name-differs"),
        Some(person) => Ok(person),
    })
}

/// Persons of a name whose number fits the digits that are shown.
fn masked_alike(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    name: &str,
    masked: &str,
) -> Result<Vec<PersonId>, StatisticsError> {
    let mut found = Vec::new();
    for person in persons::search(q, sources.scope, name)? {
        let own = persons::whole_number(q, person.id)?;
        if own.is_some_and(|own| agrees(&own, masked)) {
            found.push(person.id);
        }
    }
    Ok(found)
}

/// The member of that name, or the head.
fn of_household(
    q: &mut dyn Query,
    sources: &Sources<'_>,
    household: HouseholdId,
    name: Option<&str>,
) -> Result<Vec<PersonId>, StatisticsError> {
    if households::find(q, sources.scope, household)?.is_none() {
        return Ok(Vec::new());
    }
    let members = households::members(q, household, sources.day(), sources.known)?;
    let meant = members.into_iter().filter(|member| match name {
        Some(name) => member.name == name,
        None => member.relation == "head",
    });
    Ok(meant.map(|member| member.person).collect())
}
