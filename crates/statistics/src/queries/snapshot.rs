//! Earlier rolls, taken over as documents: the latest one of each programme from before the year.

use std::collections::BTreeSet;

use minsheng_core::Date;
use minsheng_store::{Query, Value, statement};

use super::{Opened, Reader, Year};
use crate::{Cell, Missing, Records, StatisticsError};

statement! {
    SNAPSHOTS, internal "the rolls as documents: no person and no household is returned",
    "SELECT id, label, taken_on, source FROM roll_snapshot
     WHERE programme = ?1 AND taken_on < ?2 ORDER BY taken_on DESC, id DESC"
}
statement! {
    SNAPSHOT_HOUSEHOLDS, scoped,
    "SELECT h.household_no, h.division FROM roll_snapshot_household h
     WHERE h.snapshot_id = ?1 AND {scope:h.division} ORDER BY h.id"
}
statement! {
    SNAPSHOT_PERSONS, scoped,
    "SELECT p.id, h.household_no, h.division, p.relation
     FROM roll_snapshot_household h JOIN roll_snapshot_person p ON p.snapshot_household_id = h.id
     WHERE h.snapshot_id = ?1 AND {scope:h.division} ORDER BY p.id"
}

const HOUSEHOLD_COLUMNS: &[&str] = &["snapshot", "household_no", "division"];
const PERSON_COLUMNS: &[&str] = &[
    "snapshot",
    "snapshot_person",
    "household_no",
    "division",
    "relation",
];
const YEAR_COLUMNS: &[&str] = &["programme", "snapshot", "taken_on", "source"];

struct Found {
    id: i64,
    label: String,
    taken_on: Date,
    source: String,
}

fn latest(
    q: &mut dyn Query,
    programme: &str,
    year: Year,
) -> Result<Option<Found>, StatisticsError> {
    let rows = q.rows(
        &SNAPSHOTS,
        &[Value::from(programme), Value::from(year.first_day)],
    )?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Found {
        id: row.int(0)?,
        label: row.text(1)?.to_owned(),
        taken_on: row.date(2)?,
        source: row.text(3)?.to_owned(),
    }))
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
        for row in reader
            .q
            .scoped(&SNAPSHOT_HOUSEHOLDS, reader.scope, &[Value::from(found.id)])?
        {
            records.rows.push(vec![
                Cell::Text(found.label.clone()),
                Cell::Text(row.text(0)?.to_owned()),
                Cell::Int(row.int(1)?),
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
        for row in reader
            .q
            .scoped(&SNAPSHOT_PERSONS, reader.scope, &[Value::from(found.id)])?
        {
            records.rows.push(vec![
                Cell::Text(found.label.clone()),
                Cell::Int(row.int(0)?),
                Cell::Text(row.text(1)?.to_owned()),
                Cell::Int(row.int(2)?),
                Cell::Text(row.text(3)?.to_owned()),
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
