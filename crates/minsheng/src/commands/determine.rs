//! `determine`: a register of columns, determined month by month by the programmes of a pack.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args as Arguments, ValueEnum};
use minsheng_core::Month;
use minsheng_policy::{PackSet, Source, embedded_sources};
use minsheng_population::{Determined, MonthSummary, Request, determine};
use serde::Serialize;
use serde_json::Number;

use super::policy::{Packs, load, load_sources, markdown};
use crate::app::App;
use crate::failure::Failure;
use crate::output::{note, table};
use crate::progress::Stages;
use crate::wiring;

/// The forms in which the sums can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Summary {
    Table,
    Json,
}

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(long, value_name = "DIR")]
    pack: PathBuf,
    #[arg(long, value_name = "DIR")]
    population: PathBuf,
    #[arg(long, value_name = "YYYY-MM")]
    from: Month,
    #[arg(long, value_name = "YYYY-MM")]
    to: Month,
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[arg(long)]
    no_reuse: bool,
    #[arg(long, value_enum, value_name = "FORM", default_value = "table")]
    summary: Summary,
}

/// The shape that other programs read.
#[derive(Serialize)]
struct Json {
    months: serde_json::Map<String, serde_json::Value>,
    seconds: Seconds,
}

#[derive(Serialize)]
struct Seconds {
    read: Number,
    compute: Number,
    write: Number,
}

/// Determines the register.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    if arguments.to < arguments.from {
        return Err(anyhow!(Failure::usage(
            app.words.tell(
                "determine-months",
                &[("from", &arguments.from), ("to", &arguments.to)]
            ),
            app.words.say("determine-months-hint"),
        )));
    }
    let set = pack(app, &arguments.pack)?;
    let request = Request {
        population: arguments.population.clone(),
        months: months(arguments.from, arguments.to),
        out: arguments.out.clone(),
        threads: threads(arguments.threads),
        reuse: !arguments.no_reuse,
    };
    let stages = Stages::new(&app.words);
    let clock = wiring::nanoseconds();
    let mut progress = |done: u64, all: u64| stages.tell_rows("determine", done, all);
    progress(0, 0);
    let found = determine(&set, &request, &clock, &mut progress);
    stages.finish();
    let found = found?;
    for (programme, why) in &found.by_reference {
        let first = why.lines().next().unwrap_or_default();
        note(&app.words.tell(
            "determine-by-reference",
            &[("programme", programme), ("why", &first)],
        ));
    }
    if found.undetermined > 0 {
        note(
            &app.words
                .tell("determine-undetermined", &[("count", &found.undetermined)]),
        );
    }
    match arguments.summary {
        Summary::Json => app.out.json(&json(&found)?)?,
        Summary::Table => print(app, &found)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The pack of a folder: one pack by itself, whose parents are those of this program, or a folder of packs.
fn pack(app: &App, folder: &Path) -> anyhow::Result<PackSet> {
    let unreadable = || {
        app.words
            .tell("file-unreadable", &[("file", &folder.display())])
    };
    let own = markdown(folder).with_context(unreadable)?;
    let direct = |source: &Source| Path::new(&source.path).parent() == Some(folder);
    if !own.iter().any(direct) {
        return load(app, &Packs::in_folder(folder.to_owned()));
    }
    let whole: io::Result<PathBuf> = folder.canonicalize();
    let whole = whole.with_context(unreadable)?;
    let authority = whole
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let authority = authority.unwrap_or_default();
    let inside = format!("/{authority}/");
    let mut sources: Vec<Source> = embedded_sources();
    sources.retain(|source| !source.path.contains(&inside));
    sources.extend(own.into_iter().filter(direct).map(|source| {
        let file = Path::new(&source.path).file_name().unwrap_or_default();
        let path = whole.join(file).display().to_string().replace('\\', "/");
        Source { path, ..source }
    }));
    load_sources(app, &authority, sources)
}

fn months(from: Month, to: Month) -> Vec<Month> {
    let indices = from.index()..=to.index();
    // Between two months there are only months.
    indices
        .filter_map(|index| Month::from_index(index).ok())
        .collect()
}

fn threads(asked: Option<NonZeroUsize>) -> usize {
    let asked = asked.or_else(|| std::thread::available_parallelism().ok());
    asked.map_or(1, NonZeroUsize::get)
}

fn json(found: &Determined) -> anyhow::Result<Json> {
    let mut months = serde_json::Map::new();
    for (month, summary) in &found.months {
        months.insert(month.to_string(), serde_json::to_value(summary)?);
    }
    Ok(Json {
        months,
        seconds: Seconds {
            read: seconds(found.seconds.read)?,
            compute: seconds(found.seconds.compute)?,
            write: seconds(found.seconds.write)?,
        },
    })
}

/// Nanoseconds as seconds, to the last digit.
fn seconds(nanoseconds: u64) -> anyhow::Result<Number> {
    let text = format!(
        "{}.{:09}",
        nanoseconds / 1_000_000_000,
        nanoseconds % 1_000_000_000
    );
    text.parse().context("a number of seconds")
}

fn print(app: &mut App, found: &Determined) -> anyhow::Result<()> {
    let row = |(month, summary): (&Month, &MonthSummary)| {
        vec![
            month.to_string(),
            minsheng_core::Fen::new(summary.sum_total_fen).to_string(),
            summary.dibao_households.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = found.months.iter().map(row).collect();
    let header = app.columns(&["month", "yuan", "households"]);
    app.out.text(&table(&header, &[1, 2], &rows))?;
    app.out.line("")?;
    let line = app.words.tell(
        "determine-done",
        &[
            ("households", &found.households),
            ("persons", &found.persons),
        ],
    );
    app.out.line(&line)
}
