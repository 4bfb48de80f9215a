//! Earlier rolls, taken over as documents: the latest one of each programme from before the year.

use std::collections::BTreeSet;

use minsheng_registry::snapshots::{self, SnapshotRow};
use minsheng_store::Query;

use super::{Opened, Reader, Year};
use crate::{Cell, Missing, Records, StatisticsError};

const HOUSEHOLD_COLUMNS: &[&str] = &["snapshot", "household_no", "division"];
const PERSON_COLUMNS: &[&str] = &[
    "snapshot",
    "snapshot_person",
    "household_no",
    "division",
    "relation",
];
const YEAR_COLUMNS: &[&str] = &["programme", "snapshot", "taken_on", "source"];

fn latest(
    q: &mut dyn Query,
    programme: &str,
    year: Year,
) -> Result<Option<SnapshotRow>, StatisticsError> {
    Ok(snapshots::latest_before(q, programme, year.first_day)?)
}

fn none_before(programme: &str, year: Year) -> Missing {
    Missing::Snapshot {
        programme: programme.to_owned(),
        before: year.number,
    }
}

pub(super) fn households(
    reader: &mut Reader<'_>,
    programmes: &[String],
) -> Result<Opened, StatisticsError> {
    let mut records = Records::new(HOUSEHOLD_COLUMNS);
    for programme in programmes {
        let Some(found) = latest(reader.q, programme, reader.year)? else {
            return Ok(Opened::missing(
                HOUSEHOLD_COLUMNS,
                none_before(programme, reader.year),
            ));
        };
        for (number, division) in snapshots::households(reader.q, reader.scope, found.id)? {
            records.rows.push(vec![
                Cell::Text(found.label.clone()),
                Cell::Text(number),
                Cell::Int(division),
            ]);
        }
    }
    Ok(Opened::counted(records))
}

pub(super) fn persons(
    reader: &mut Reader<'_>,
    programmes: &[String],
) -> Result<Opened, StatisticsError> {
    let mut records = Records::new(PERSON_COLUMNS);
    for programme in programmes {
        let Some(found) = latest(reader.q, programme, reader.year)? else {
            return Ok(Opened::missing(
                PERSON_COLUMNS,
                none_before(programme, reader.year),
            ));
        };
        for person in snapshots::persons(reader.q, reader.scope, found.id)? {
            records.rows.push(vec![
                Cell::Text(found.label.clone()),
                Cell::Int(person.id),
                Cell::Text(person.household_no),
                Cell::Int(person.division),
                Cell::Text(person.relation),
            ]);
        }
    }
    Ok(Opened::counted(records))
}

pub(super) fn year_taken(
    reader: &mut Reader<'_>,
    programmes: &[String],
) -> Result<Opened, StatisticsError> {
    let mut records = Records::new(YEAR_COLUMNS);
    let mut years = BTreeSet::new();
    let mut said = Vec::new();
    for programme in programmes {
        let Some(found) = latest(reader.q, programme, reader.year)? else {
            return Ok(Opened::missing(
                YEAR_COLUMNS,
                none_before(programme, reader.year),
            ));
        };
        years.insert(found.taken_on.year());
        said.push(format!("{programme} {}", found.taken_on.year()));
        records.rows.push(vec![
            Cell::Text(programme.clone()),
            Cell::Text(found.label),
            Cell::Day(found.taken_on),
            Cell::Text(found.source),
        ]);
    }
    if years.len() > 1 {
        return Ok(Opened::missing(
            YEAR_COLUMNS,
            Missing::SnapshotYears {
                years: said.join(", "),
            },
        ));
    }
    let value = match years.first() {
        Some(year) => Ok(year.to_string()),
        None => Err(none_before("", reader.year)),
    };
    Ok(Opened { records, value })
}
