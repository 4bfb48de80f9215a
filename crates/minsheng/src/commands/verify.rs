//! `verify`: the proof of the books. First that the records are what the program wrote, then that they mean what
//! they should. A database that cannot even be opened as ours is proven as far as it goes.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args as Arguments;
use minsheng_benefits::assistance::proof;
use minsheng_exchange::list::{Cell, List};
use minsheng_payments::verify::verify as verify_payments;
use minsheng_store::{DbUrl, Finding, Store, Verification};

use crate::app::{App, Database, Office};
use crate::failure::Failure;
use crate::listing::ListFile;
use crate::wiring;

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[arg(long, value_name = "HEX")]
    expect_head: Option<String>,
    #[arg(long, conflicts_with = "out")]
    json: bool,
    #[command(flatten)]
    file: ListFile,
}

/// Proves the books and lists what is wrong.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let url = DbUrl::parse(&arguments.database.db)?;
    let options = wiring::options()?;
    if !Store::exists(&url, &options)? {
        return Err(crate::app::no_database(app, &url));
    }
    let store = Store::inspect(&url, &options)?;
    let records = store.verify_against(arguments.expect_head.as_deref())?;
    drop(store);
    let (books, erased) = books(app, &arguments.database);

    if arguments.json {
        app.out.json(&as_json(&records, &books, erased))?;
    } else {
        print(app, &records, &books)?;
        if erased > 0 {
            let line = app.words.tell("verify-erased", &[("count", &erased)]);
            app.out.line(&line)?;
        }
        if let Some(path) = &arguments.file.out {
            let list = list_of(app, &records, &books);
            app.public_list(path, arguments.file.encoding, &list)?;
        }
    }
    let count = records.findings.len() + books.len();
    if count == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    Err(anyhow!(Failure::new(
        app.words.tell("verify-failed", &[("count", &count)]),
        app.words.say("verify-failed-hint")
    )))
}

/// What the payment office finds, lots that cannot be drawn again, and of how many determinations the facts were
/// erased. That it cannot look is a finding too: nothing may pass for proven unproven.
fn books(app: &App, database: &Database) -> (Vec<Finding>, usize) {
    let unproven = |reason: String| {
        let what = app.words.tell("verify-unproven", &[("reason", &reason)]);
        vec![Finding {
            table: "payments".to_owned(),
            row: None,
            what,
        }]
    };
    let office = match Office::open(app, database) {
        Ok(office) => office,
        Err(error) => return (unproven(format!("{error:#}")), 0),
    };
    if let Err(error) = office.tell_unfinished(app) {
        return (unproven(format!("{error:#}")), 0);
    }
    let mut findings = match verify_payments(&office.desk()) {
        Ok(findings) => findings,
        Err(error) => unproven(error.to_string()),
    };
    match office.store.read(|q| proof::verify_draws(q)) {
        Ok(draws) => findings.extend(draws.into_iter().map(|found| Finding {
            table: "spot_check".to_owned(),
            row: Some(found.draw),
            what: found.what,
        })),
        Err(error) => findings.extend(unproven(error.to_string())),
    }
    let erased = office.store.read(|q| proof::erased(q));
    let erased = erased.unwrap_or_else(|error| {
        findings.extend(unproven(error.to_string()));
        0
    });
    (findings, erased)
}

fn print(app: &mut App, records: &Verification, books: &[Finding]) -> anyhow::Result<()> {
    for finding in records.findings.iter().chain(books) {
        app.out.line(&finding.to_string())?;
    }
    if !records.is_clean() || !books.is_empty() {
        app.out.line("")?;
    }
    let verdict = |clean: bool| {
        app.words.say(if clean {
            "verify-clean"
        } else {
            "verify-not-clean"
        })
    };
    let lines = [
        app.words.tell(
            "verify-records",
            &[
                ("tables", &records.tables),
                ("rows", &records.rows),
                ("transactions", &records.transactions),
                ("verdict", &verdict(records.is_clean())),
            ],
        ),
        app.words
            .tell("verify-books", &[("verdict", &verdict(books.is_empty()))]),
        app.words.tell(
            "verify-head",
            &[("tx", &records.head.tx), ("hash", &records.head.hash)],
        ),
    ];
    for line in lines {
        app.out.line(&line)?;
    }
    for exempt in &records.exempt {
        let key = format!("verify-exempt-{}", exempt.table.replace('_', "-"));
        let reason = app
            .words
            .maybe(&key)
            .unwrap_or_else(|| exempt.reason.clone());
        let line = app.words.tell(
            "verify-exempt",
            &[("table", &exempt.table), ("reason", &reason)],
        );
        app.out.line(&line)?;
    }
    Ok(())
}

/// The findings as a list. They name tables and rows, no persons; and records that do not fit take no entry.
fn list_of(app: &App, records: &Verification, books: &[Finding]) -> List {
    let mut list = List::new(app.columns(&["table", "row", "finding"]));
    for finding in records.findings.iter().chain(books) {
        list.push([
            Cell::from(finding.table.clone()),
            Cell::from(finding.row),
            Cell::from(finding.what.clone()),
        ]);
    }
    list
}

fn as_json(records: &Verification, books: &[Finding], erased: usize) -> serde_json::Value {
    let findings: Vec<serde_json::Value> = records
        .findings
        .iter()
        .chain(books)
        .map(|finding| serde_json::json!({ "table": finding.table, "row": finding.row, "what": finding.what }))
        .collect();
    let exempt: Vec<serde_json::Value> = records
        .exempt
        .iter()
        .map(|exempt| serde_json::json!({ "table": exempt.table, "reason": exempt.reason }))
        .collect();
    serde_json::json!({
        "clean": findings.is_empty(),
        "tables": records.tables,
        "rows": records.rows,
        "transactions": records.transactions,
        "head": { "audit_id": records.head.audit_id, "tx": records.head.tx.0, "hash": records.head.hash },
        "erased_determinations": erased,
        "findings": findings,
        "exempt": exempt,
    })
}
