//! `yearbook`: the chapter of a year, with each figure beside the published one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args as Arguments, ValueEnum};
use minsheng_exchange::list::{Cell, List};
use minsheng_statistics::{
    ACCOUNT_YEAR, Figure, Published, indicator, json, yearbook, yearbook_against, yearbook_csv,
    yearbook_markdown,
};

use crate::app::{App, Office, Reading};
use crate::failure::FAILED;
use crate::listing::ListFile;
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
    #[command(flatten)]
    file: ListFile,
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
    office.tell_unfinished(app)?;
    let scope = office.scope_of_sums(&arguments.reading)?;
    let figures = match &compared {
        None => yearbook(&office.desk(), &scope, arguments.year)?,
        Some(published) => yearbook_against(&office.desk(), &scope, arguments.year, published)?,
    };
    if let Some(path) = &arguments.file.out {
        let list = list_of(app, &figures);
        app.public_list(path, arguments.file.encoding, &list)?;
        return agreement(app, compared.as_ref(), &figures);
    }
    match arguments.format {
        Format::Md => app
            .out
            .text(&yearbook_markdown(&figures, arguments.year, app.lang)?)?,
        Format::Csv => app.out.text(&yearbook_csv(&figures, app.lang))?,
        Format::Json => app.out.json(&json(&figures))?,
    }
    agreement(app, compared.as_ref(), &figures)
}

/// The figures as a list. They are sums of a whole area and hold no persons.
fn list_of(app: &App, figures: &[Figure]) -> List {
    let mut list = List::new(app.columns(&[
        "figure",
        "name",
        "value",
        "published",
        "unit",
        "agrees",
        "records",
        "note",
    ]));
    for figure in figures {
        let agrees = figure
            .agrees
            .map(|agrees| app.words.say(if agrees { "word-yes" } else { "word-no" }));
        let missing = figure.missing.as_ref();
        list.push([
            Cell::from(figure.id.clone()),
            Cell::from(figure.name.get(app.lang)),
            figure.value.clone().map_or(Cell::Empty, Cell::Number),
            figure.published.clone().map_or(Cell::Empty, Cell::Number),
            Cell::from(figure.unit_name.get(app.lang)),
            Cell::from(agrees),
            Cell::from(figure.records),
            Cell::from(missing.map(|missing| missing.text().get(app.lang).to_owned())),
        ]);
    }
    list
}

/// The exit code of a comparison: 1 if a figure differs from the file.
fn agreement(
    app: &mut App,
    compared: Option<&Published>,
    figures: &[Figure],
) -> anyhow::Result<ExitCode> {
    let Some(published) = compared else {
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
