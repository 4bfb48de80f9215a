//! The ledger computed a second time, and every entry against the record it was made for.

use std::collections::BTreeMap;

use minsheng_core::Fen;
use minsheng_ledger::{AccountId, Document};
use minsheng_ledger::{Entry, EntryId, EntryKind, check_book};
use minsheng_store::{Query, statement};

use super::Findings;
use crate::PaymentError;
use crate::accounts::{Chart, document};

statement! {
    ENTRIES, internal "the books hold no persons",
    "SELECT id, kind, pending_id, debit_account_id, credit_account_id, amount_fen, document_kind, document_id
     FROM ledger_entry ORDER BY id"
}
statement! {
    APPROPRIATIONS, internal "appropriations hold no persons",
    "SELECT id, amount_fen, entered_by, confirmed_by FROM appropriation ORDER BY id"
}

const KINDS: [&str; 5] = [
    document::APPROPRIATION,
    document::LINE,
    document::BATCH,
    document::RECOVERY,
    document::RECOVERY_EVENT,
];

pub(super) fn check(q: &mut dyn Query, findings: &mut Findings) -> Result<(), PaymentError> {
    let accounts = Chart::load(q)?.into_accounts();
    let mut entries = Vec::new();
    for row in q.rows(&ENTRIES, &[])? {
        let id = row.int(0)?;
        let kind = match EntryKind::from_columns(row.text(1)?, row.opt_int(2)?) {
            Ok(kind) => kind,
            Err(fault) => {
                findings.add("ledger_entry", id, fault.to_string());
                continue;
            }
        };
        if !KINDS.contains(&row.text(6)?) {
            findings.add(
                "ledger_entry",
                id,
                format!("`{}` is no document that is booked", row.text(6)?),
            );
        }
        entries.push(Entry {
            id: EntryId(id),
            kind,
            debit: AccountId(row.int(3)?),
            credit: AccountId(row.int(4)?),
            amount: row.fen(5)?,
            document: Document {
                kind: row.text(6)?.to_owned(),
                id: row.int(7)?,
            },
        });
    }
    for fault in check_book(&accounts, &entries).faults {
        findings.add(
            "ledger_entry",
            fault.entry().map(|entry| entry.0),
            fault.to_string(),
        );
    }
    appropriations(q, &entries, findings)
}

fn appropriations(
    q: &mut dyn Query,
    entries: &[Entry],
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    let mut booked: BTreeMap<i64, Fen> = BTreeMap::new();
    for entry in entries
        .iter()
        .filter(|entry| entry.document.kind == document::APPROPRIATION)
    {
        let sum = booked.entry(entry.document.id).or_insert(Fen::ZERO);
        *sum = sum.checked_add(entry.amount)?;
    }
    for row in q.rows(&APPROPRIATIONS, &[])? {
        let (id, amount, confirmed) = (row.int(0)?, row.fen(1)?, row.opt_text(3)?);
        let expected = if confirmed.is_some() {
            amount
        } else {
            Fen::ZERO
        };
        let found = booked.remove(&id).unwrap_or(Fen::ZERO);
        if found != expected {
            findings.add(
                "appropriation",
                id,
                format!("{found} yuan are booked for it, {expected} were confirmed"),
            );
        }
        if confirmed == Some(row.text(2)?) {
            findings.add(
                "appropriation",
                id,
                "the same user entered and confirmed it",
            );
        }
    }
    for id in booked.keys() {
        findings.add(
            "ledger_entry",
            None,
            format!("entries name appropriation {id}, which is not there"),
        );
    }
    Ok(())
}
