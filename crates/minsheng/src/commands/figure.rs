//! `figure`: the records behind a figure.

use std::process::ExitCode;

use clap::{Args as Arguments, ValueEnum};
use minsheng_statistics::{ACCOUNT_YEAR, Drill, drill};

use crate::app::{App, Office, Reading};
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
}

/// Prints what a figure was counted or summed from.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(app, &arguments.reading.database)?;
    let scope = office.scope(&arguments.reading)?;
    let drill = drill(&office.desk(), &scope, &arguments.id, arguments.year)?;
    match arguments.format {
        Format::Csv => app.out.text(&drill.records.to_csv())?,
        Format::Json => app.out.json(&drill.records)?,
        Format::Text => return text(app, &drill).map(|()| ExitCode::SUCCESS),
    }
    if let Some(missing) = &drill.figure.missing {
        app.out.flush()?;
        note(missing.text().get(app.lang));
    }
    Ok(ExitCode::SUCCESS)
}

fn text(app: &mut App, drill: &Drill) -> anyhow::Result<()> {
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
    let cite = app.words.tell("figure-cite", &[("cite", &drill.cite)]);
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
