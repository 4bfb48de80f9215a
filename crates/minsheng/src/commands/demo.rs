//! `demo`: a synthetic county driven through its year, and its yearbook beside the published one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args as Arguments;
use minsheng_county_demo::{Change, DemoOptions, DemoReport, YEAR, draft, live, opened_at};
use minsheng_statistics::{Figure, json, paragraphs};
use minsheng_store::{DbUrl, Store};

use super::policy::{Packs, sources};
use crate::app::App;
use crate::failure::Failure;
use crate::output::table;
use crate::progress::Stages;
use crate::wiring::{self, Stopwatch};

#[derive(Debug, Arguments)]
pub struct Args {
    #[arg(long, value_name = "DIR", default_value = "minsheng-demo")]
    dir: PathBuf,
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[arg(long, value_name = "FILE")]
    change: Option<PathBuf>,
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    #[arg(long)]
    json: bool,
    #[arg(long)]
    force: bool,
}

/// Makes the county, runs its year and compares.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let watch = Stopwatch::start();
    let file = arguments.dir.join("minsheng.db");
    let url = match &arguments.db {
        Some(db) => DbUrl::parse(db)?,
        None => DbUrl::file(&file),
    };
    let change = arguments
        .change
        .as_deref()
        .map(|path| read_change(app, path))
        .transpose()?;
    let packs = match &arguments.pack {
        None => None,
        Some(folder) => Some(sources(app, &Packs::in_folder(folder.clone()))?.1),
    };
    refuse_existing(app, &url, arguments)?;
    let stages = Stages::new(&app.words);
    let options = DemoOptions {
        seed: arguments.seed,
        change,
        packs,
        bank_dir: arguments.dir.join("bank"),
        inputs_dir: Some(arguments.dir.join("input")),
        targets: None,
        progress: &|stage, done, total| stages.tell(stage, done, total),
    };
    // A change that cannot be made is told before anything that is there is touched.
    let lived = draft(&options)
        .map_err(anyhow::Error::from)
        .and_then(|draft| {
            make_room(app, &url, arguments)?;
            let store = Store::create(&url, &wiring::demo_options()?, opened_at())?;
            Ok(live(&store, draft, &options)?)
        });
    stages.finish();
    let report = lived?;
    keep_summary(app, &arguments.dir, &report)?;

    if arguments.json {
        app.out.json(&json(&report.figures))?;
    } else {
        print(app, &report, &url, &watch)?;
    }
    if report.agrees {
        return Ok(ExitCode::SUCCESS);
    }
    let differing: Vec<&str> = report
        .figures
        .iter()
        .filter(|figure| figure.agrees != Some(true))
        .map(|figure| figure.id.as_str())
        .collect();
    let hint = app.words.say(if report.changed {
        "demo-differs-changed"
    } else {
        "demo-differs-hint"
    });
    Err(anyhow!(Failure::new(
        app.words
            .tell("demo-differs", &[("ids", &differing.join(" "))]),
        hint
    )))
}

/// Keeps what happened in the year beside the database, as JSON.
fn keep_summary(app: &App, folder: &Path, report: &DemoReport) -> anyhow::Result<()> {
    let path = folder.join("summary.json");
    let mut text = serde_json::to_string_pretty(&report.counts)?;
    text.push('\n');
    std::fs::write(&path, text).with_context(|| {
        let file = path.display().to_string();
        app.words.tell("file-unwritable", &[("file", &file)])
    })
}

fn read_change(app: &App, path: &Path) -> anyhow::Result<Change> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
    Ok(Change::parse(&name, &text)?)
}

/// Refuses a database that is there, unless it is to be made anew.
fn refuse_existing(app: &App, url: &DbUrl, arguments: &Args) -> anyhow::Result<()> {
    if !arguments.force && Store::exists(url, &wiring::demo_options()?)? {
        return Err(anyhow!(Failure::new(
            app.words.tell("database-exists", &[("url", url)]),
            app.words.say("demo-exists-hint"),
        )));
    }
    Ok(())
}

/// Makes room for the database: with `--force` removes the one that is there and the files beside it.
fn make_room(app: &App, url: &DbUrl, arguments: &Args) -> anyhow::Result<()> {
    let options = wiring::demo_options()?;
    let exists = Store::exists(url, &options)?;
    let unmakeable = |folder: &Path| {
        app.words.tell(
            "folder-unmakeable",
            &[("folder", &folder.display().to_string())],
        )
    };
    if arguments.force {
        if exists {
            Store::destroy(url, &options)?;
        }
        for made in ["bank", "input"].map(|name| arguments.dir.join(name)) {
            if made.exists() {
                std::fs::remove_dir_all(&made).with_context(|| unmakeable(&made))?;
            }
        }
    }
    std::fs::create_dir_all(&arguments.dir).with_context(|| unmakeable(&arguments.dir))?;
    Ok(())
}

fn print(app: &mut App, report: &DemoReport, url: &DbUrl, watch: &Stopwatch) -> anyhow::Result<()> {
    for paragraph in paragraphs(&report.figures, app.lang)? {
        app.out.line(&paragraph)?;
        app.out.line("")?;
    }
    let rows: Vec<Vec<String>> = report
        .figures
        .iter()
        .map(|figure| row(app, figure))
        .collect();
    let header = app.columns(&[
        "figure",
        "name",
        "value",
        "published",
        "unit",
        "agrees",
        "records",
    ]);
    app.out.text(&table(&header, &[2, 3, 6], &rows))?;
    app.out.line("")?;
    let counts = &report.counts;
    let lines = [
        app.words.tell(
            "demo-people",
            &[
                ("persons", &counts.persons),
                ("households", &counts.households),
                ("applications", &counts.applications),
            ],
        ),
        app.words.tell(
            "demo-cases",
            &[
                ("refusals", &counts.refusals),
                ("withdrawn", &counts.withdrawn),
                ("objections", &counts.objections),
                ("deaths", &counts.deaths),
                ("entries", &counts.entries),
                ("stopped", &counts.stopped),
            ],
        ),
        app.words.tell(
            "demo-payments",
            &[
                ("batches", &counts.batches),
                ("credited", &counts.credited),
                ("returned", &counts.returned),
                ("recoveries", &counts.recoveries),
            ],
        ),
        app.words.tell(
            "demo-campaign",
            &[
                ("targets", &counts.campaign.targets),
                ("kept", &counts.campaign.kept),
                ("raised", &counts.campaign.raised),
                ("lowered", &counts.campaign.lowered),
                ("exited", &counts.campaign.exited),
                ("entered", &counts.campaign.entered),
            ],
        ),
        app.words.tell(
            "demo-drift",
            &[
                ("nights", &counts.drift_nights),
                ("found", &counts.drift_found),
                ("reviews", &counts.drift_reviews),
                ("dismissed", &counts.drift_dismissed),
                ("waiting", &counts.drift_waiting),
            ],
        ),
        app.words.tell(
            "demo-time",
            &[
                ("seconds", &watch.seconds()),
                ("url", url),
                ("seed", &report.seed),
            ],
        ),
    ];
    for line in lines {
        app.out.line(&line)?;
    }
    app.out.line("")?;
    let verdict = app.words.say(if report.agrees {
        "demo-agrees"
    } else {
        "demo-disagrees"
    });
    app.out.line(&verdict)?;
    let next = app
        .words
        .tell("demo-next", &[("url", url), ("year", &YEAR)]);
    app.out.line(&next)
}

fn row(app: &App, figure: &Figure) -> Vec<String> {
    let missing = figure
        .missing
        .as_ref()
        .map(|missing| missing.text().get(app.lang).to_owned());
    vec![
        figure.id.clone(),
        figure.name.get(app.lang).to_owned(),
        figure.value.clone().or(missing).unwrap_or_default(),
        figure.published.clone().unwrap_or_default(),
        figure.unit_name.get(app.lang).to_owned(),
        app.words.say(if figure.agrees == Some(true) {
            "word-yes"
        } else {
            "word-differs"
        }),
        figure.records.to_string(),
    ]
}
