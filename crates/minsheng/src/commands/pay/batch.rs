//! The way of a batch: run, check, release, bank file, result file.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use minsheng_core::Month;
use minsheng_payments::{self as payments, Batch, BatchId, PaymentOffice, Rechecked, batches};
use minsheng_registry::Ctx;

use crate::app::{App, Office, Writing};

#[derive(Debug, Args)]
pub struct Run {
    #[arg(long)]
    month: Month,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Named {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Reject {
    #[command(flatten)]
    named: Named,
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    named: Named,
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Results {
    #[command(flatten)]
    named: Named,
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

/// The batch of a number or a key.
pub(super) fn find(office: &Office, named: &str) -> anyhow::Result<Batch> {
    let found = office.store.read(|q| match named.parse::<i64>() {
        Ok(id) => batches::batch(q, BatchId(id)),
        Err(_) => batches::by_number(q, named),
    })?;
    Ok(found)
}

fn open(app: &App, named: &Named) -> anyhow::Result<(Office, Ctx, Batch)> {
    let office = Office::open(app, &named.writing.database)?;
    let ctx = office.ctx(app, &named.writing)?;
    let batch = find(&office, &named.batch)?;
    Ok((office, ctx, batch))
}

fn done(app: &mut App, office: &Office, batch: &Batch) -> anyhow::Result<()> {
    let batch = office.store.read(|q| batches::batch(q, batch.id))?;
    let state = app.words.say(&format!("state-{}", batch.state.as_str()));
    let line = app.words.tell(
        "batch-now",
        &[
            ("batch", &batch.number),
            ("state", &state),
            ("lines", &batch.kept_lines),
            ("total", &batch.kept_total),
        ],
    );
    app.out.line(&line)
}

pub(super) fn run(app: &mut App, arguments: &Run) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.writing.database)?;
    let ctx = office.ctx(app, &arguments.writing)?;
    let report = PaymentOffice::new().run(&office.desk(), &ctx, arguments.month)?;
    let line = app.words.tell(
        "run-report",
        &[("month", &arguments.month), ("changed", &report.changed)],
    );
    app.out.line(&line)?;
    if !report.recoveries.is_empty() {
        let line = app
            .words
            .tell("run-recoveries", &[("count", &report.recoveries.len())]);
        app.out.line(&line)?;
    }
    if report.held > 0 {
        let line = app.words.tell("run-held", &[("count", &report.held)]);
        app.out.line(&line)?;
    }
    match report.batch {
        Some(id) => {
            let batch = office.store.read(|q| batches::batch(q, id))?;
            done(app, &office, &batch)
        }
        None => {
            let line = app.words.say("run-nothing");
            app.out.line(&line)
        }
    }
}

pub(super) fn check(app: &mut App, named: &Named) -> anyhow::Result<()> {
    let (office, ctx, batch) = open(app, named)?;
    let left = PaymentOffice::new().check(&office.desk(), &ctx, batch.id)?;
    withdrawn(app, &left)?;
    done(app, &office, &batch)
}

/// Names the lines that the check took out.
fn withdrawn(app: &mut App, left: &Rechecked) -> anyhow::Result<()> {
    for line in &left.withdrawn {
        let cause = app
            .words
            .say(&format!("state-withdrawal-{}", line.cause.as_str()));
        let text = app.words.tell(
            "line-withdrawn",
            &[
                ("line", &line.line_no),
                ("cause", &cause),
                ("reason", &line.reason),
            ],
        );
        app.out.line(&text)?;
    }
    Ok(())
}

pub(super) fn reject(app: &mut App, reject: &Reject) -> anyhow::Result<()> {
    let (office, ctx, batch) = open(app, &reject.named)?;
    payments::reject(&office.desk(), &ctx, batch.id, &reject.reason)?;
    done(app, &office, &batch)
}

pub(super) fn release(app: &mut App, named: &Named) -> anyhow::Result<()> {
    let (office, ctx, batch) = open(app, named)?;
    let left = PaymentOffice::new().release(&office.desk(), &ctx, batch.id)?;
    withdrawn(app, &left)?;
    done(app, &office, &batch)
}

pub(super) fn export(app: &mut App, export: &Export) -> anyhow::Result<()> {
    let (office, ctx, batch) = open(app, &export.named)?;
    let folder = export.out.display().to_string();
    std::fs::create_dir_all(&export.out)
        .with_context(|| app.words.tell("folder-unmakeable", &[("folder", &folder)]))?;
    let file = payments::export(&office.desk(), &ctx, batch.id, &export.out)?;
    let line = app
        .words
        .tell("batch-exported", &[("file", &file.display())]);
    app.out.line(&line)?;
    done(app, &office, &batch)
}

pub(super) fn results(app: &mut App, results: &Results) -> anyhow::Result<()> {
    let (office, ctx, batch) = open(app, &results.named)?;
    let settled = payments::results(&office.desk(), &ctx, batch.id, &results.file)?;
    let line = app.words.tell(
        "batch-settled",
        &[
            ("credited", &settled.credited),
            ("creditedsum", &settled.credited_sum),
            ("returned", &settled.returned),
            ("returnedsum", &settled.returned_sum),
        ],
    );
    app.out.line(&line)?;
    done(app, &office, &batch)
}
