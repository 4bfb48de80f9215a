//! The bank file of a released batch. The file is whole or not there: it is written beside its place, brought
//! to the disk, and renamed; only then the batch is recorded as exported. Killed anywhere and run again, the
//! same bytes lie in the same place. Must not decide what is paid.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use minsheng_policy::PackSet;
use minsheng_registry::{Ctx, Desk, PersonId, Role, accounts, persons};
use minsheng_store::{Query, Scope, Store, Value};

use crate::PaymentError;
use crate::bank::{BankFile, BankLine, payment_text};
use crate::batches::{Opened, expect_state, open_batch};
use crate::freeze::{holder_names, sm3_of};
use crate::recheck::record_step;
use crate::records::{BatchId, BatchState, Line};
use crate::run::run_by_id;

/// Writes the bank file of a released batch into `dir` and gives its path. An exported batch gives the same
/// file again, if its bytes are those that were recorded.
///
/// # Errors
/// [`PaymentError::BatchState`], [`PaymentError::LinesChanged`], [`PaymentError::File`],
/// [`PaymentError::NotFound`], [`PaymentError::Registry`] for the roles cashier or releaser or the area, or the
/// store's.
pub fn export(
    desk: &Desk<'_>,
    ctx: &Ctx,
    id: BatchId,
    dir: &Path,
) -> Result<PathBuf, PaymentError> {
    ctx.require_any(&[Role::Cashier, Role::Releaser])?;
    let (file, batch) = desk.store.read(|q| {
        let Opened { batch, lines, .. } = open_batch(q, ctx, id)?;
        expect_state(
            &batch,
            &[BatchState::Released, BatchState::Exported],
            "exported",
        )?;
        let pack_hash = run_by_id(q, batch.run)?.pack_hash;
        let packs = desk.packs.by_hash(q, &pack_hash)?;
        let names = holder_names(q, id)?;
        let lines = bank_lines(q, &packs, &lines, &names)?;
        Ok::<_, PaymentError>((
            BankFile {
                number: batch.number.clone(),
                lines,
            },
            batch,
        ))
    })?;
    let text = payment_text(&file)?;
    let digest = sm3_of(text.as_bytes());
    let name = format!("{}.csv", batch.number);
    if batch
        .bank_file_digest
        .as_ref()
        .is_some_and(|recorded| *recorded != digest)
    {
        return Err(PaymentError::inconsistent(
            format!("bank file {name}"),
            "it would differ from the file already exported (an account or the pack changed since)",
        ));
    }
    let path = dir.join(&name);
    if batch.state == BatchState::Exported {
        if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
            place(desk.store, &path, text.as_bytes())?;
        }
        return Ok(path);
    }
    place(desk.store, &path, text.as_bytes())?;
    desk.store.write(&ctx.act("pay.export"), |tx| {
        let opened = open_batch(tx, ctx, id)?;
        expect_state(&opened.batch, &[BatchState::Released], "exported")?;
        tx.update(
            "payment_batch",
            id.0,
            &[
                ("state", Value::from(BatchState::Exported)),
                ("exported_by", Value::from(ctx.actor.username.as_str())),
                ("exported_on", Value::from(ctx.today())),
                ("bank_file_name", Value::from(name.as_str())),
                ("bank_file_digest", Value::from(digest.as_slice())),
            ],
        )?;
        record_step(tx, ctx, &opened, BatchState::Exported)
    })?;
    Ok(path)
}

fn bank_lines(
    q: &mut dyn Query,
    packs: &PackSet,
    lines: &[Line],
    names: &BTreeMap<i64, String>,
) -> Result<Vec<BankLine>, PaymentError> {
    let county = Scope::county();
    lines
        .iter()
        .map(|line| {
            // A batch frozen before names were kept is made with the names of today.
            let name = match names.get(&line.id) {
                Some(name) => name.clone(),
                None => {
                    let holder = PersonId(line.holder);
                    persons::find(q, &county, holder)?
                        .ok_or_else(|| PaymentError::not_found("person", holder))?
                        .name
                }
            };
            let programme = packs
                .programme(&line.programme)
                .ok_or_else(|| PaymentError::not_found("programme", &*line.programme))?;
            Ok(BankLine {
                line_no: line.line_no,
                account: accounts::number(q, line.account)?,
                name,
                amount: line.amount,
                purpose: programme.name.zh.clone(),
            })
        })
        .collect()
}

/// Writes the file so that its place holds either all of it or what was there before.
fn place(store: &Store, path: &Path, bytes: &[u8]) -> Result<(), PaymentError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let beside = path.with_extension("csv.part");
    let refused = |error: std::io::Error| PaymentError::file(&beside, &error);
    fs::create_dir_all(dir).map_err(|error| PaymentError::file(dir, &error))?;
    let (first, second) = bytes.split_at(bytes.len() / 2);
    store.point("bank_file.write");
    let mut file = create_private(&beside).map_err(refused)?;
    file.write_all(first).map_err(refused)?;
    store.point("bank_file.half");
    file.write_all(second)
        .and_then(|()| file.sync_all())
        .map_err(refused)?;
    drop(file);
    store.point("bank_file.rename");
    fs::rename(&beside, path).map_err(|error| PaymentError::file(path, &error))?;
    sync_folder(dir).map_err(|error| PaymentError::file(dir, &error))?;
    store.point("bank_file.done");
    Ok(())
}

/// The file holds names and account numbers: only its owner reads it.
#[cfg(unix)]
fn create_private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> std::io::Result<File> {
    File::create(path)
}

/// A rename is on the disk once its folder is.
#[cfg(unix)]
fn sync_folder(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}
