//! `document add | list | show | link | grounds`: local rules, plans and reports, and what rests on them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_policy::{Constant, Lang};
use minsheng_registry::documents::{self, Document, KINDS, NewDocument};
use minsheng_store::Query;

use crate::app::{App, Listing, Office, Reading, Writing};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Add),
    List(List),
    Show(Show),
    Link(Link),
    Grounds(Grounds),
}

#[derive(Debug, Args)]
pub struct Add {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(long)]
    number: String,
    #[arg(long)]
    kind: String,
    #[arg(long)]
    title: String,
    #[arg(long)]
    issuer: String,
    #[arg(long, value_name = "DATE")]
    issued_on: Date,
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    #[arg(long, value_name = "DOCUMENT")]
    replaces: Option<i64>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Show {
    document: i64,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Args)]
pub struct Link {
    document: i64,
    #[arg(
        long = "parameter",
        value_name = "PROGRAMME/NAME@DATE",
        required = true
    )]
    parameters: Vec<String>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Grounds {
    #[arg(long)]
    without: bool,
    #[command(flatten)]
    listing: Listing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add(arguments) => add(app, arguments),
        Command::List(arguments) => list(app, arguments),
        Command::Show(arguments) => show(app, arguments),
        Command::Link(arguments) => link(app, arguments),
        Command::Grounds(arguments) => grounds(app, arguments),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn add(app: &mut App, add: &Add) -> anyhow::Result<()> {
    let office = Office::open(app, &add.writing.database)?;
    let ctx = office.ctx(app, &add.writing)?;
    let content =
        std::fs::read_to_string(&add.file).with_context(|| add.file.display().to_string())?;
    let new = NewDocument {
        number: add.number.clone(),
        kind: add.kind.clone(),
        title: add.title.clone(),
        issuer: add.issuer.clone(),
        issued_on: add.issued_on,
        valid_from: add.from.unwrap_or(add.issued_on),
        valid_to: add.until,
        content,
        replaces: add.replaces,
    };
    let id = documents::enter(&office.desk(), &ctx, &new)?;
    let line = app.words.tell(
        "document-added",
        &[("document", &id), ("title", &new.title)],
    );
    app.out.line(&line)
}

fn list(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let found = office.store.read(|q| {
        let known = q.last_tx()?;
        documents::list(q, known)
    })?;
    if list.listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&[
        "local-document",
        "document-number",
        "kind",
        "title",
        "issuer",
        "issued",
        "from",
        "to",
        "replaced",
    ]));
    for one in &found {
        let replaced = if one.replaced { "word-yes" } else { "word-no" };
        rows.push([
            Cell::from(one.id),
            Cell::from(one.number.clone()),
            Cell::from(kind(app.lang, one)),
            Cell::from(one.title.clone()),
            Cell::from(one.issuer.clone()),
            Cell::from(one.issued_on),
            Cell::from(one.valid_from),
            Cell::from(one.valid_to),
            Cell::from(app.words.say(replaced)),
        ]);
    }
    app.list(&office, &list.listing, "document list", &rows)
}

/// A kind as people call it.
fn kind(lang: Lang, document: &Document) -> String {
    let found = KINDS.iter().find(|(code, _, _)| *code == document.kind);
    match (found, lang) {
        (Some((_, zh, _)), Lang::Zh) => (*zh).to_owned(),
        (Some((_, _, en)), Lang::En) => (*en).to_owned(),
        (None, _) => document.kind.clone(),
    }
}

fn show(app: &mut App, show: &Show) -> anyhow::Result<()> {
    let office = Office::open(app, &show.reading.database)?;
    let (document, content) = office.store.read(|q| documents::by_id(q, show.document))?;
    if show.json {
        let mut value = serde_json::to_value(&document)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("content".to_owned(), serde_json::Value::from(content));
        }
        return app.out.json(&value);
    }
    let head = app.words.tell(
        "document-head",
        &[
            ("title", &document.title),
            ("number", &document.number),
            ("issuer", &document.issuer),
            ("issued", &document.issued_on),
        ],
    );
    app.out.line(&head)?;
    app.out.line("")?;
    app.out.line(content.trim_end())
}

fn link(app: &mut App, link: &Link) -> anyhow::Result<()> {
    let office = Office::open(app, &link.writing.database)?;
    let ctx = office.ctx(app, &link.writing)?;
    let unreadable = |text: &str| {
        anyhow!(Failure::usage(
            app.words
                .tell("document-parameter-unreadable", &[("text", &text)]),
            app.words.say("document-parameter-unreadable-hint"),
        ))
    };
    let mut values = Vec::with_capacity(link.parameters.len());
    for text in &link.parameters {
        let parts = text
            .split_once('/')
            .and_then(|(programme, rest)| Some((programme, rest.split_once('@')?)));
        let Some((programme, (name, from))) = parts else {
            return Err(unreadable(text));
        };
        let from: Date = from.parse().map_err(|_| unreadable(text))?;
        values.push((programme.to_owned(), name.to_owned(), from));
    }
    documents::link(&office.desk(), &ctx, link.document, &values)?;
    let line = app.words.tell(
        "document-linked",
        &[("document", &link.document), ("count", &values.len())],
    );
    app.out.line(&line)
}

fn grounds(app: &mut App, grounds: &Grounds) -> anyhow::Result<()> {
    let office = Office::open(app, &grounds.listing.reading.database)?;
    let mut found = office.store.read(|q| {
        let known = q.last_tx()?;
        documents::grounds(q, office.desk().packs.current(), known)
    })?;
    if grounds.without {
        found.retain(|one| one.document.is_none());
    }
    if grounds.listing.json {
        return app.out.json(&found);
    }
    let mut rows = Rows::new(app.columns(&[
        "programme",
        "parameter",
        "from",
        "value",
        "unit",
        "mark",
        "cite",
        "local-document",
        "document-number",
        "title",
    ]));
    for one in &found {
        rows.push([
            Cell::from(one.programme.clone()),
            Cell::from(one.parameter.clone()),
            Cell::from(one.from),
            Cell::from(printed(&one.value)?),
            Cell::from(one.unit.clone()),
            Cell::from(one.mark.as_str()),
            Cell::from(one.cite.clone()),
            Cell::from(one.document),
            Cell::from(one.number.clone().unwrap_or_default()),
            Cell::from(one.title.clone().unwrap_or_default()),
        ]);
    }
    app.list(&office, &grounds.listing, "document grounds", &rows)
}

/// A constant in a cell.
fn printed(value: &Constant) -> anyhow::Result<String> {
    Ok(match value {
        Constant::Ratio { num, den } => format!("{num}/{den}"),
        other => match serde_json::to_value(other)? {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    })
}
