//! `attachment add | list | open | find | withdraw`: scanned evidence and signatures.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use minsheng_benefits::assistance::scans;
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_policy::Lang;
use minsheng_registry::attachments::{self, Attachment, NewAttachment, PAPERS};
use minsheng_registry::{HouseholdId, PersonId};

use super::case::find;
use super::whom::{ListOf, Whom};
use crate::app::{App, Listing, Office, Writing};
use crate::listing::file_name;

#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Add),
    List(ListOf),
    Kept(Kept),
    Open(Open),
    Find(Find),
    Withdraw(Withdraw),
}

#[derive(Debug, Args)]
pub struct Add {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    whom: Whom,
    #[arg(long)]
    paper: String,
    #[arg(long, value_name = "DATE")]
    dated_on: Option<Date>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Kept {
    case: String,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Open {
    attachment: i64,
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Find {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Withdraw {
    attachment: i64,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add(arguments) => add(app, arguments),
        Command::List(arguments) => list(app, arguments),
        Command::Kept(arguments) => kept(app, arguments),
        Command::Open(arguments) => open(app, arguments),
        Command::Find(arguments) => find_file(app, arguments),
        Command::Withdraw(arguments) => withdraw(app, arguments),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn read(path: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path)
        .with_context(|| path.display().to_string())?
        .len();
    // A file that cannot be taken is not read either; the office says why.
    let most = attachments::MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, size.min(most)), &mut bytes)
        .with_context(|| path.display().to_string())?;
    Ok(bytes)
}

fn add(app: &mut App, add: &Add) -> anyhow::Result<()> {
    let office = Office::open(app, &add.writing.database)?;
    let about = add.whom.about(app)?;
    for path in &add.files {
        let ctx = office.ctx(app, &add.writing)?;
        let new = NewAttachment {
            about,
            paper: add.paper.clone(),
            dated_on: add.dated_on,
            file_name: file_name(path),
            bytes: read(path)?,
        };
        let attached = attachments::attach(&office.desk(), &ctx, &new)?;
        let key = if attached.already {
            "attachment-already"
        } else {
            "attachment-added"
        };
        let line = app.words.tell(
            key,
            &[("attachment", &attached.id), ("file", &new.file_name)],
        );
        app.out.line(&line)?;
    }
    Ok(())
}

fn list(app: &mut App, list: &ListOf) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let about = list.whom.about(app)?;
    let known = list.known.read(app)?;
    let found = office.store.read(|q| {
        let known = known.tx(q)?;
        attachments::of_subject(q, &scope, about, known)
    })?;
    show(app, &office, &list.listing, "attachment list", &found)
}

fn kept(app: &mut App, kept: &Kept) -> anyhow::Result<()> {
    let office = Office::open(app, &kept.listing.reading.database)?;
    let scope = office.scope(&kept.listing.reading)?;
    let case = find(app, &office, &scope, &kept.case)?.id;
    let found = office.store.read(|q| scans::kept(q, &scope, case))?;
    if kept.listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&["decision", "attachment"]));
    for one in &found {
        rows.push([Cell::from(one.decision), Cell::from(one.attachment)]);
    }
    app.list(&office, &kept.listing, "attachment kept", &rows)
}

fn find_file(app: &mut App, find: &Find) -> anyhow::Result<()> {
    let office = Office::open(app, &find.listing.reading.database)?;
    let scope = office.scope(&find.listing.reading)?;
    let bytes = read(&find.file)?;
    let found = office
        .store
        .read(|q| attachments::with_content(q, &scope, &bytes))?;
    show(app, &office, &find.listing, "attachment find", &found)
}

fn show(
    app: &mut App,
    office: &Office,
    listing: &Listing,
    name: &str,
    found: &[Attachment],
) -> anyhow::Result<()> {
    if listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&[
        "attachment",
        "whom",
        "paper",
        "dated",
        "received",
        "user",
        "media-type",
        "bytes",
        "content",
        "withdrawn",
        "erased",
    ]));
    for one in found {
        let whom = match one.subject_kind.as_str() {
            "household" => HouseholdId(one.subject).to_string(),
            _ => PersonId(one.subject).to_string(),
        };
        rows.push([
            Cell::from(one.id),
            Cell::from(whom),
            Cell::from(paper(app.lang, &one.paper)),
            Cell::from(one.dated_on),
            Cell::from(one.received_on),
            Cell::from(one.received_by.clone()),
            Cell::from(one.media_type.clone()),
            Cell::from(one.byte_count),
            Cell::from(one.content.get(..16).unwrap_or_default()),
            Cell::from(one.withdrawn_reason.clone().unwrap_or_default()),
            Cell::from(one.erased_on),
        ]);
    }
    app.list(office, listing, name, &rows)
}

/// A paper as people call it.
pub(super) fn paper(lang: Lang, code: &str) -> String {
    let found = PAPERS.iter().find(|(known, _, _)| *known == code);
    match (found, lang) {
        (Some((_, zh, _)), Lang::Zh) => (*zh).to_owned(),
        (Some((_, _, en)), Lang::En) => (*en).to_owned(),
        (None, _) => code.to_owned(),
    }
}

fn open(app: &mut App, open: &Open) -> anyhow::Result<()> {
    let office = Office::open(app, &open.writing.database)?;
    let ctx = office.ctx(app, &open.writing)?;
    let opened = attachments::open(&office.desk(), &ctx, open.attachment, &open.reason)?;
    app.write_whole(&open.to, &opened.bytes)?;
    let line = app.words.tell(
        "attachment-opened",
        &[
            ("attachment", &open.attachment),
            ("name", &opened.file_name),
            ("file", &open.to.display()),
        ],
    );
    app.out.line(&line)
}

fn withdraw(app: &mut App, withdraw: &Withdraw) -> anyhow::Result<()> {
    let office = Office::open(app, &withdraw.writing.database)?;
    let ctx = office.ctx(app, &withdraw.writing)?;
    attachments::withdraw(&office.desk(), &ctx, withdraw.attachment, &withdraw.reason)?;
    let line = app.words.tell(
        "attachment-withdrawn",
        &[("attachment", &withdraw.attachment)],
    );
    app.out.line(&line)
}
