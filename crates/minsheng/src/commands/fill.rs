//! `fill`: a form that was sent, returned with what the records say. What was written is marked, and said in a sheet
//! of its own.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args as Arguments;
use minsheng_core::{Month, civil_date};
use minsheng_exchange::form::Form;
use minsheng_exchange::list::{Cell, Format, List};
use minsheng_exchange::sheet::Sheet;
use minsheng_exchange::table::{self, Limits};
use minsheng_registry::exports::{self, NewExport};
use minsheng_statistics::forms::{FilledForm, Outcome, Sources, fill};

use super::import::mapping;
use crate::app::{App, Database, Office};
use crate::failure::Failure;
use crate::listing::file_name;

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(value_name = "FILE.xlsx")]
    file: PathBuf,
    #[arg(long, value_name = "OUT.xlsx")]
    out: Option<PathBuf>,
    #[arg(long, value_name = "FILE.toml|NAME")]
    mapping: Option<String>,
    #[arg(long)]
    month: Option<Month>,
    #[arg(long, value_name = "REASON")]
    unmask: Option<String>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: Database,
    #[arg(long = "as", value_name = "USER")]
    user: String,
}

/// Fills the form.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let name = arguments.file.display().to_string();
    if Format::of_name(&name)? != Format::Xlsx {
        return Err(anyhow!(Failure::usage(
            app.words.say("fill-xlsx"),
            app.words.say("fill-xlsx-hint")
        )));
    }
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| arguments.file.with_extension("filled.xlsx"));
    if out == arguments.file {
        return Err(anyhow!(Failure::usage(
            app.words.say("fill-same"),
            app.words.say("fill-same-hint")
        )));
    }
    let bytes = std::fs::read(&arguments.file)
        .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
    let office = Office::open(app, &arguments.database)?;
    let ctx = office.taking_out(app, &arguments.user)?;
    let (mapping, _) = mapping(app, &office, arguments.mapping.as_deref())?;
    let limits = Limits::default();
    let tables =
        table::read(&file_name(&arguments.file), &bytes, &limits).with_context(|| name.clone())?;
    let sheet = Sheet::find(&tables, &mapping).with_context(|| name.clone())?;
    let form = Form::open(&bytes, &limits).with_context(|| name.clone())?;
    let fixed = form.fixed(&sheet.name).with_context(|| name.clone())?;
    let month = arguments
        .month
        .unwrap_or_else(|| Month::from_date(civil_date(ctx.at)));
    let (desk, scope) = (office.desk(), ctx.scope());
    let filled = office.store.read(|q| {
        let sources = Sources::read(&desk, q, &scope, month, arguments.unmask.is_some())?;
        fill(q, &sources, &sheet, &mapping, &fixed)
    })?;
    let legend = legend(app, &filled);
    let title = app.words.say("fill-legend");
    let written = form
        .fill(&sheet.name, &filled.edits, (&title, &legend))
        .with_context(|| name.clone())?;
    let export = NewExport {
        list: &format!("fill {month}"),
        file_name: &file_name(&out),
        digest: &minsheng_exchange::digest(&written),
        rows: filled.found,
        unmasked_for: arguments.unmask.as_deref(),
    };
    exports::record(&office.store, &ctx, &export)?;
    app.write_whole(&out, &written)?;
    let counts = [
        ("rows", filled.rows),
        ("found", filled.found),
        ("filled", filled.count("filled")),
        ("changed", filled.count("changed")),
        ("fixed", filled.count("fixed")),
        ("missing", filled.rows - filled.found),
    ];
    if arguments.json {
        let counts: serde_json::Map<String, serde_json::Value> = counts
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count.into()))
            .collect();
        let file = out.display().to_string();
        app.out.json(
            &serde_json::json!({ "file": file, "counts": counts, "cells": filled.outcomes }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    for row in filled
        .outcomes
        .iter()
        .filter(|outcome| outcome.field.is_empty())
    {
        let why = what(app, row);
        let line = app.words.tell(
            "fill-not-found",
            &[("cell", &row.cell), ("old", &row.old), ("why", &why)],
        );
        app.out.line(&line)?;
    }
    let with: Vec<(&str, &dyn std::fmt::Display)> = counts
        .iter()
        .map(|(name, count)| (*name, count as &dyn std::fmt::Display))
        .collect();
    let line = app.words.tell("fill-done", &with);
    app.out.line(&line)?;
    let line = app.words.tell("fill-written", &[("file", &out.display())]);
    app.out.line(&line)?;
    Ok(ExitCode::SUCCESS)
}

fn legend(app: &App, filled: &FilledForm) -> List {
    let mut list = List::new(app.columns(&["cell", "field", "old", "new", "note"]));
    for outcome in &filled.outcomes {
        list.push([
            Cell::from(outcome.cell.as_str()),
            Cell::from(outcome.field.as_str()),
            Cell::from(outcome.old.as_str()),
            Cell::from(outcome.new.as_str()),
            Cell::from(what(app, outcome)),
        ]);
    }
    list
}

fn what(app: &App, outcome: &Outcome) -> String {
    app.words.say(match outcome.what {
        "filled" => "fill-filled",
        "changed" => "fill-changed",
        "fixed" => "fill-fixed",
        "several" => "fill-several",
        "no-key" => "fill-no-key",
        "name-differs" => "fill-name-differs",
        _ => "fill-unknown",
    })
}
