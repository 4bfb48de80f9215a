//! The roll of December: entitlements above zero as the last payment run stored them.

use std::collections::BTreeMap;

use minsheng_core::Month;
use minsheng_payments::queries;
use minsheng_payments::queries::RollRow;
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::Scope;

use super::{Opened, Reader, counts};
use crate::indicators::Indicator;
use crate::{Cell, Missing, Records, StatisticsError};

const HOUSEHOLD_COLUMNS: &[&str] = &["household", "division", "programme", "month", "persons"];
const PERSON_COLUMNS: &[&str] = &[
    "person",
    "household",
    "case",
    "division",
    "programme",
    "month",
    "class",
];

/// A month is covered when a run reached it and the first run was not after it, or when a later run found arrears
/// for it. Without that nobody knows the roll: it is missing, not empty.
fn covered(reader: &mut Reader<'_>, month: Month) -> Result<bool, StatisticsError> {
    let Some((first, last)) = queries::run_months(reader.q, reader.known)? else {
        return Ok(false);
    };
    if last < month {
        return Ok(false);
    }
    Ok(first <= month
        || !queries::roll(reader.q, &Scope::county(), month, reader.known)?.is_empty())
}

fn load<'r>(reader: &'r mut Reader<'_>) -> Result<Option<&'r [RollRow]>, StatisticsError> {
    if reader.roll.is_none() {
        let month = reader.year.december;
        if !covered(reader, month)? {
            return Ok(None);
        }
        reader.roll = Some(queries::roll(reader.q, reader.scope, month, reader.known)?);
    }
    Ok(reader.roll.as_deref())
}

pub(super) fn households(
    reader: &mut Reader<'_>,
    indicator: &Indicator,
) -> Result<Opened, StatisticsError> {
    let month = reader.year.december;
    let Some(roll) = load(reader)? else {
        return Ok(Opened::missing(HOUSEHOLD_COLUMNS, Missing::Roll { month }));
    };
    let mut found: BTreeMap<i64, (&RollRow, i64)> = BTreeMap::new();
    for row in roll
        .iter()
        .filter(|row| counts(indicator, &row.programme, &row.class))
    {
        found.entry(row.household).or_insert((row, 0)).1 += 1;
    }
    let mut records = Records::new(HOUSEHOLD_COLUMNS);
    for (household, (row, persons)) in found {
        records.rows.push(vec![
            Cell::Household(HouseholdId(household)),
            Cell::Int(row.division),
            Cell::Text(row.programme.clone()),
            Cell::Month(month),
            Cell::Int(persons),
        ]);
    }
    Ok(Opened::counted(records))
}

pub(super) fn persons(
    reader: &mut Reader<'_>,
    indicator: &Indicator,
) -> Result<Opened, StatisticsError> {
    let month = reader.year.december;
    let Some(roll) = load(reader)? else {
        return Ok(Opened::missing(PERSON_COLUMNS, Missing::Roll { month }));
    };
    let mut records = Records::new(PERSON_COLUMNS);
    for row in roll
        .iter()
        .filter(|row| counts(indicator, &row.programme, &row.class))
    {
        records.rows.push(vec![
            Cell::Person(PersonId(row.person)),
            Cell::Household(HouseholdId(row.household)),
            Cell::Case(CaseId(row.case)),
            Cell::Int(row.division),
            Cell::Text(row.programme.clone()),
            Cell::Month(month),
            Cell::Text(row.class.clone()),
        ]);
    }
    Ok(Opened::counted(records))
}
