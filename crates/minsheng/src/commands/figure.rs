//! `figure`: the records behind a figure.

use std::process::ExitCode;

use clap::{Args as Arguments, ValueEnum};
use minsheng_exchange::list::{Cell, List};
use minsheng_statistics::{ACCOUNT_YEAR, Cell as Record, Drill, Records, drill, indicator};

use crate::app::{App, Office, Reading};
use crate::listing::ListFile;
use crate::output::{note, table};

/// Rows shown to a person; a file holds them all.
const SHOWN: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Csv,
    Json,
}

#[derive(Debug, Arguments)]
pub struct Args {
    id: String,
    #[command(flatten)]
    reading: Reading,
    #[arg(long, default_value_t = ACCOUNT_YEAR)]
    year: i16,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    file: ListFile,
}

/// Prints what a figure was counted or summed from.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(app, &arguments.reading.database)?;
    indicator(&arguments.id)?;
    let scope = office.scope(&arguments.reading)?;
    let drill = drill(&office.desk(), &scope, &arguments.id, arguments.year)?;
    if arguments.file.out.is_some() {
        let name = format!("figure {}", arguments.id);
        let user = arguments.reading.user.as_deref();
        app.list_of(
            &office,
            user,
            &arguments.file,
            &name,
            &list_of(app, &drill.records),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    match arguments.format {
        Format::Csv => app.out.text(&drill.records.to_csv())?,
        Format::Json => app.out.json(&drill.records)?,
        Format::Text => return text(app, &drill, arguments.year).map(|()| ExitCode::SUCCESS),
    }
    if let Some(missing) = &drill.figure.missing {
        app.out.flush()?;
        note(missing.text().get(app.lang));
    }
    Ok(ExitCode::SUCCESS)
}

/// Headings of records where no list has them under the same name.
const HEADINGS: [(&str, &str); 12] = [
    ("amount_fen", "column-yuan"),
    ("value_fen", "column-yuan"),
    ("settled_on", "column-day"),
    ("taken_on", "column-day"),
    ("movement", "column-movement"),
    ("document", "column-document"),
    ("parameter", "column-parameter"),
    ("cite", "column-cite"),
    ("mark", "column-mark"),
    ("persons", "column-members"),
    ("snapshot", "column-snapshot"),
    ("household_no", "column-household-no"),
];

/// The records as a list: amounts in yuan, headings in the language of the reader.
fn list_of(app: &App, records: &Records) -> List {
    let heading = |name: &str| {
        let known = HEADINGS.iter().find(|(column, _)| *column == name);
        let key = known.map_or_else(|| format!("column-{name}"), |(_, key)| (*key).to_owned());
        app.words.maybe(&key).unwrap_or_else(|| name.to_owned())
    };
    let mut list = List::new(records.columns.iter().map(|name| heading(name)).collect());
    for row in &records.rows {
        list.push(
            row.iter()
                .zip(records.columns)
                .map(|(cell, column)| match cell {
                    Record::Int(number) if *column != "division" => Cell::from(*number),
                    Record::Fen(fen) => Cell::from(*fen),
                    Record::Day(day) => Cell::from(*day),
                    other => Cell::from(other.to_string()),
                }),
        );
    }
    list
}

fn text(app: &mut App, drill: &Drill, year: i16) -> anyhow::Result<()> {
    let figure = &drill.figure;
    let value = match (&figure.value, &figure.missing) {
        (Some(value), _) => value.clone(),
        (None, missing) => {
            let reason = missing
                .as_ref()
                .map(|missing| missing.text().get(app.lang).to_owned());
            app.words
                .tell("figure-missing", &[("reason", &reason.unwrap_or_default())])
        }
    };
    app.out
        .line(&format!("{}  {}", figure.id, figure.name.get(app.lang)))?;
    let value = app.words.tell(
        "figure-value",
        &[("value", &value), ("unit", &figure.unit_name.get(app.lang))],
    );
    app.out.line(&value)?;
    if let Some(published) = &figure.published {
        let line = app.words.tell("figure-published", &[("value", published)]);
        app.out.line(&line)?;
    }
    // The sentence is that of one year; of any other year it is only where the figure comes from.
    let cite = if year == ACCOUNT_YEAR {
        app.words.tell("figure-cite", &[("cite", &drill.cite)])
    } else {
        let with: [(&str, &dyn std::fmt::Display); 2] =
            [("year", &ACCOUNT_YEAR), ("cite", &drill.cite)];
        app.words.tell("figure-cite-of", &with)
    };
    app.out.line(&cite)?;
    let count = app
        .words
        .tell("figure-records", &[("count", &figure.records)]);
    app.out.line(&count)?;
    if drill.records.rows.is_empty() {
        return Ok(());
    }
    app.out.line("")?;
    let header: Vec<String> = drill
        .records
        .columns
        .iter()
        .map(|column| (*column).to_owned())
        .collect();
    let right: Vec<usize> = header
        .iter()
        .enumerate()
        .filter(|(_, name)| name.ends_with("_fen"))
        .map(|(at, _)| at)
        .collect();
    let rows: Vec<Vec<String>> = drill
        .records
        .rows
        .iter()
        .take(SHOWN)
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    app.out.text(&table(&header, &right, &rows))?;
    let left = drill.records.rows.len().saturating_sub(SHOWN);
    if left > 0 {
        let more = app.words.tell("figure-more", &[("count", &left)]);
        app.out.line(&more)?;
    }
    Ok(())
}
