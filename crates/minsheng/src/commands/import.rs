//! `import …`: files that come in. A roll is read, compared with the register and taken over as one act; what is
//! wrong with it is said line by line, and nothing is written unless all is well or the bad rows may be left out.

mod bad_rows;
mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List};
use minsheng_exchange::mapping::Mapping;
use minsheng_exchange::table::{self, Limits, Tables};
use minsheng_registry::rolls::{self, ImportRow, Intake};

use crate::app::{App, Listing, Office, Writing};
use crate::failure::{FAILED, Failure};
use crate::listing::file_name;
use crate::progress::Steps;

#[derive(Debug, Subcommand)]
pub enum Command {
    Roll(Roll),
    List(Listing),
    Show(Show),
}

#[derive(Debug, Args)]
pub struct Roll {
    #[arg(value_name = "FILE.xlsx|FILE.csv")]
    file: PathBuf,
    #[arg(long, value_name = "FILE.toml|NAME")]
    mapping: Option<String>,
    #[arg(long, value_name = "NAME", requires = "mapping")]
    save_mapping: Option<String>,
    #[arg(long)]
    programme: Option<String>,
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    #[arg(long)]
    skip_bad: bool,
    #[arg(long)]
    update: bool,
    #[arg(long)]
    accept_duplicates: bool,
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Show {
    import: i64,
    #[command(flatten)]
    listing: Listing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Roll(arguments) => roll(app, arguments),
        Command::List(listing) => list(app, listing, None).map(|()| ExitCode::SUCCESS),
        Command::Show(show) => {
            list(app, &show.listing, Some(show.import)).map(|()| ExitCode::SUCCESS)
        }
    }
}

/// Reads a file whole; how large it may be is the reader's to say.
fn tables(app: &App, path: &Path) -> anyhow::Result<(Tables, [u8; 32])> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path)
        .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
    let tables =
        table::read(&file_name(path), &bytes, &Limits::default()).with_context(|| name.clone())?;
    Ok((tables, minsheng_exchange::digest(&bytes)))
}

/// The mapping of a file, or the one saved under a name; and its text.
pub(super) fn mapping(
    app: &App,
    office: &Office,
    named: Option<&str>,
) -> anyhow::Result<(Mapping, String)> {
    let text = match named {
        None => return Ok((Mapping::default(), String::new())),
        Some(name) if name.ends_with(".toml") => std::fs::read_to_string(name)
            .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?,
        Some(name) => office.store.read(|q| rolls::mapping(q, name))?,
    };
    let mapping = Mapping::parse(&text).with_context(|| named.unwrap_or_default().to_owned())?;
    Ok((mapping, text))
}

fn roll(app: &mut App, arguments: &Roll) -> anyhow::Result<ExitCode> {
    let office = Office::open(app, &arguments.writing.database)?;
    let ctx = office.ctx(app, &arguments.writing)?;
    let (mapping, text) = mapping(app, &office, arguments.mapping.as_deref())?;
    if let Some(programme) = &arguments.programme
        && office.desk().packs.current().programme(programme).is_none()
    {
        return Err(anyhow!(Failure::new(
            app.words
                .tell("import-programme", &[("programme", programme)]),
            app.words.say("policy-show-hint"),
        )));
    }
    let bad_path = bad_rows::path(&arguments.file);
    if arguments.skip_bad && !arguments.dry_run && bad_path.exists() {
        return Err(anyhow!(Failure::new(
            app.words
                .tell("import-bad-exists", &[("file", &bad_path.display())]),
            app.words.say("import-bad-exists-hint"),
        )));
    }
    let steps = Steps::new(&app.words);
    steps.tell("read", 0, 1);
    let (tables, digest) = tables(app, &arguments.file)?;
    let desk = office.desk();
    let read = office
        .store
        .read(|q| rolls::read(&desk, q, &tables, &mapping, ctx.today()))?;
    let named = arguments
        .save_mapping
        .as_ref()
        .or(arguments.mapping.as_ref());
    let file = file_name(&arguments.file);
    let intake = Intake {
        roll: &read,
        file_name: &file,
        digest: &digest,
        mapping: named.map_or("", String::as_str),
        programme: arguments.programme.as_deref().unwrap_or_default(),
        since: arguments.since.unwrap_or_else(|| ctx.today()),
        update: arguments.update,
        accept_duplicates: arguments.accept_duplicates,
        skip_bad: arguments.skip_bad,
    };
    let report = if arguments.dry_run {
        rolls::preview(&desk, &ctx, &intake)?
    } else {
        rolls::import(&desk, &ctx, &intake, &|stage, done, total| {
            steps.tell(stage, done, total)
        })?
    };
    steps.finish();
    let refused = report.refused(&intake);
    if !refused && !arguments.dry_run {
        if let Some(name) = &arguments.save_mapping {
            rolls::save_mapping(&desk, &ctx, name, &text)?;
        }
        if !report.bad_lines.is_empty() {
            let bytes = bad_rows::bytes(app, &arguments.file, &tables, &mapping, &report)?;
            app.write_whole(&bad_path, &bytes)?;
        }
    }
    if arguments.json {
        app.out.json(&serde_json::json!({
            "file": file,
            "sheet": read.sheet,
            "rows": read.rows,
            "columns": read.read,
            "columns_not_read": read.unread,
            "lines_not_rows": read.skipped,
            "written": report.import.is_some(),
            "report": report,
        }))?;
    } else {
        let bad_file =
            (!refused && !arguments.dry_run && !report.bad_lines.is_empty()).then_some(bad_path);
        print::report(
            app,
            &intake,
            &report,
            arguments.dry_run,
            bad_file.as_deref(),
        )?;
    }
    if refused {
        app.out.flush()?;
        return Err(anyhow!(print::refusal(app, &intake, &report)));
    }
    let differs = arguments.dry_run && (!report.findings.is_empty() || !report.suspects.is_empty());
    Ok(if differs {
        ExitCode::from(FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

fn list(app: &mut App, listing: &Listing, only: Option<i64>) -> anyhow::Result<()> {
    let office = Office::open(app, &listing.reading.database)?;
    let scope = office.scope(&listing.reading)?;
    let mut imports = office.store.read(|q| rolls::list(q, &scope))?;
    if let Some(id) = only {
        imports.retain(|import| import.id == id);
        if imports.is_empty() {
            return Err(anyhow!(Failure::new(
                app.words.tell("import-unknown", &[("import", &id)]),
                app.words.say("import-unknown-hint"),
            )));
        }
    }
    if listing.json {
        return app.out.json(&imports);
    }
    let mut rows = List::new(app.columns(&[
        "import",
        "day",
        "file",
        "digest",
        "mapping",
        "rows",
        "households",
        "new-households",
        "new-persons",
        "unchanged",
        "changed",
        "bad-rows",
        "user",
    ]));
    for import in &imports {
        rows.push(row(import));
    }
    app.list(
        &office,
        listing,
        if only.is_some() {
            "import show"
        } else {
            "import list"
        },
        &rows,
    )
}

fn row(import: &ImportRow) -> Vec<Cell> {
    vec![
        Cell::from(import.id),
        Cell::from(import.imported_on),
        Cell::from(import.file_name.clone()),
        Cell::from(import.digest.get(..16).unwrap_or_default()),
        Cell::from(import.mapping.clone()),
        Cell::from(import.rows),
        Cell::from(import.households),
        Cell::from(import.new_households),
        Cell::from(import.new_persons),
        Cell::from(import.unchanged),
        Cell::from(import.changed),
        Cell::from(import.bad_rows),
        Cell::from(import.imported_by.clone()),
    ]
}
