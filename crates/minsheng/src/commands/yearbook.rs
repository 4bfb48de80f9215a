//! `yearbook`: the chapter of a year, with each figure beside the published one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args as Arguments, ValueEnum};
use minsheng_statistics::{
    ACCOUNT_YEAR, Published, indicator, json, yearbook, yearbook_against, yearbook_csv,
    yearbook_markdown,
};

use crate::app::{App, Office, Reading};
use crate::failure::FAILED;
use crate::output::note;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Md,
    Csv,
    Json,
}

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    reading: Reading,
    #[arg(long, default_value_t = ACCOUNT_YEAR)]
    year: i16,
    #[arg(long, value_enum, default_value_t = Format::Md)]
    format: Format,
    #[arg(long, value_name = "FILE.csv")]
    compare: Option<PathBuf>,
}

/// Prints the chapter. With `--compare` a figure that differs from the file ends in exit code 1.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let compared = match &arguments.compare {
        None => None,
        Some(path) => {
            let name = path.display().to_string();
            let bytes = std::fs::read(path)
                .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
            Some(Published::parse(&name, &bytes)?)
        }
    };
    let office = Office::open(app, &arguments.reading.database)?;
    let scope = office.scope(&arguments.reading)?;
    let figures = match &compared {
        None => yearbook(&office.desk(), &scope, arguments.year)?,
        Some(published) => yearbook_against(&office.desk(), &scope, arguments.year, published)?,
    };
    match arguments.format {
        Format::Md => app
            .out
            .text(&yearbook_markdown(&figures, arguments.year, app.lang)?)?,
        Format::Csv => app.out.text(&yearbook_csv(&figures, app.lang))?,
        Format::Json => app.out.json(&json(&figures))?,
    }
    let Some(published) = &compared else {
        return Ok(ExitCode::SUCCESS);
    };
    let unknown = published
        .iter()
        .filter(|printed| indicator(&printed.id).is_err())
        .count();
    if unknown > 0 {
        app.out.flush()?;
        note(&app.words.tell("compare-unknown", &[("count", &unknown)]));
    }
    let differing: Vec<&str> = figures
        .iter()
        .filter(|figure| figure.agrees == Some(false))
        .map(|figure| figure.id.as_str())
        .collect();
    if differing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    app.out.flush()?;
    note(
        &app.words
            .tell("figures-differ", &[("ids", &differing.join(" "))]),
    );
    Ok(ExitCode::from(FAILED))
}
