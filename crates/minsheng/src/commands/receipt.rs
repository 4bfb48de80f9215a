//! Receipts as files: `explain --issue FILE` writes them, `explain --receipt FILE` proves them again, by the records or
//! by a pack alone.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use minsheng_benefits::assistance::receipt;
use minsheng_policy::{Receipt, ReceiptError};

use super::policy::{Packs, load};
use crate::app::{App, Office, Reading};
use crate::failure::Failure;

/// Writes the receipts of a month, a list in one file.
pub fn write(app: &mut App, file: &Path, receipts: &[Receipt]) -> anyhow::Result<ExitCode> {
    if receipts.is_empty() {
        return Err(anyhow!(Failure::new(
            app.words.say("receipt-nothing"),
            app.words.say("receipt-nothing-hint"),
        )));
    }
    let list: Vec<serde_json::Value> = receipts.iter().map(Receipt::to_json).collect();
    let mut text = serde_json::to_string_pretty(&list).context("cannot write JSON")?;
    text.push('\n');
    app.write_whole(file, text.as_bytes())?;
    for receipt in receipts {
        let line = app.words.tell(
            "receipt-written",
            &[("file", &file.display()), ("hash", &receipt.result_hash()?)],
        );
        app.out.line(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Proves every receipt of a file.
pub fn prove(
    app: &mut App,
    file: &Path,
    reading: Option<&Reading>,
    pack: Option<&PathBuf>,
) -> anyhow::Result<ExitCode> {
    let unreadable = || {
        app.words
            .tell("file-unreadable", &[("file", &file.display())])
    };
    let text = std::fs::read_to_string(file).with_context(unreadable)?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        anyhow!(Failure::new(
            format!(
                "{}:{}:{}: {error}",
                file.display(),
                error.line(),
                error.column()
            ),
            app.words.say("receipt-hint"),
        ))
    })?;
    let values = match value {
        serde_json::Value::Array(values) => values,
        one => vec![one],
    };
    for (index, value) in values.into_iter().enumerate() {
        let place = format!("{}[{index}]", file.display());
        let receipt = Receipt::read(value).map_err(|error| failed(app, &place, &error))?;
        let known = match reading {
            Some(reading) => by_records(app, reading, &receipt, &place)?,
            None => by_pack(app, pack, &receipt, &place)?,
        };
        let line = app.words.tell(
            known,
            &[
                ("programme", &receipt.programme()?),
                ("month", &receipt.month()?),
                ("hash", &receipt.result_hash()?),
            ],
        );
        app.out.line(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// By the records of a county: pack, facts and moment of knowledge are theirs.
fn by_records(
    app: &App,
    reading: &Reading,
    receipt: &Receipt,
    place: &str,
) -> anyhow::Result<&'static str> {
    let office = Office::open(app, &reading.database)?;
    let scope = office.scope(reading)?;
    let desk = office.desk();
    let proved = office
        .store
        .read(|q| receipt::prove(&desk, q, &scope, receipt));
    match proved {
        Ok(()) => Ok("receipt-proved-by-records"),
        Err(minsheng_benefits::assistance::AssistanceError::Receipt(error)) => {
            Err(failed(app, place, &error))
        }
        Err(other) => Err(other.into()),
    }
}

/// By the pack alone: what was read and what came out agree.
fn by_pack(
    app: &App,
    pack: Option<&PathBuf>,
    receipt: &Receipt,
    place: &str,
) -> anyhow::Result<&'static str> {
    let authority = receipt
        .authority()
        .map_err(|error| failed(app, place, &error))?;
    let packs = match pack {
        Some(folder) => Packs::in_folder(folder.clone()),
        None => Packs::embedded(authority.to_owned()),
    };
    let set = load(app, &packs)?;
    receipt
        .prove(&set)
        .map_err(|error| failed(app, place, &error))?;
    Ok("receipt-proved-by-pack")
}

/// The receipt is not what it should be; the field is named.
fn failed(app: &App, place: &str, error: &ReceiptError) -> anyhow::Error {
    let text = error.to_string();
    let (what, hint) = text.split_once("\n  hint: ").unwrap_or((&text, ""));
    let hint = if hint.is_empty() {
        app.words.say("receipt-hint")
    } else {
        hint.to_owned()
    };
    anyhow!(Failure::new(
        app.words
            .tell("receipt-not-proved", &[("place", &place), ("what", &what)]),
        hint,
    ))
}
