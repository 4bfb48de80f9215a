//! Recoveries, their items, their events and what is booked for them say the same.

use std::collections::BTreeMap;

use minsheng_core::Fen;
use minsheng_store::{Query, Scope, statement};

use super::Findings;
use crate::PaymentError;
use crate::intern::Names;
use crate::positions::Positions;
use crate::queries::recoveries;
use crate::records::{RecoveryEventKind, RecoveryState};

statement! {
    EVENTS, internal "the proof of the whole books; gives keys and sums",
    "SELECT e.id, e.kind, e.amount_fen, e.entered_by, e.confirmed_by,
            CAST(COALESCE((SELECT SUM(x.amount_fen) FROM recovery_event_item x WHERE x.event_id = e.id), 0) AS BIGINT)
     FROM recovery_event e ORDER BY e.id"
}
statement! {
    FOREIGN_EVENT_ITEMS, internal "the proof of the whole books; gives keys",
    "SELECT x.id FROM recovery_event_item x JOIN recovery_event e ON e.id = x.event_id
     JOIN recovery_item ri ON ri.id = x.recovery_item_id WHERE ri.recovery_id <> e.recovery_id ORDER BY x.id"
}
statement! {
    FOREIGN_ITEMS, internal "the proof of the whole books; gives keys",
    "SELECT ri.id FROM recovery_item ri JOIN payment_item i ON i.id = ri.payment_item_id
     JOIN payment_line l ON l.id = i.line_id JOIN recovery r ON r.id = ri.recovery_id
     WHERE ri.person_id <> i.person_id OR ri.month <> i.month OR ri.programme <> i.programme OR ri.class <> i.class
        OR l.state <> 'credited' OR r.case_id <> i.case_id OR r.programme <> ri.programme
     ORDER BY ri.id"
}
statement! {
    CLAIMED_ITEMS, internal "the proof of the whole books; gives keys and sums",
    "SELECT ri.payment_item_id, i.amount_fen, CAST(SUM(ri.amount_fen) AS BIGINT),
            CAST(SUM(COALESCE((SELECT SUM(x.amount_fen) FROM recovery_event_item x JOIN recovery_event e ON e.id = x.event_id
                               WHERE x.recovery_item_id = ri.id AND e.kind IN ('withdrawn', 'write_off_withdrawn')), 0)) AS BIGINT)
     FROM recovery_item ri JOIN payment_item i ON i.id = ri.payment_item_id
     GROUP BY ri.payment_item_id, i.amount_fen ORDER BY ri.payment_item_id"
}
statement! {
    BOOKED, internal "the books of recoveries give keys and sums",
    "SELECT document_kind, document_id, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_entry
     WHERE document_kind IN ('recovery', 'recovery_event') AND kind = 'direct' GROUP BY document_kind, document_id"
}

pub(super) fn check(q: &mut dyn Query, findings: &mut Findings) -> Result<(), PaymentError> {
    let mut booked: BTreeMap<(String, i64), Fen> = BTreeMap::new();
    for row in q.rows(&BOOKED, &[])? {
        booked.insert((row.text(0)?.to_owned(), row.int(1)?), row.fen(2)?);
    }
    let mut claimed: BTreeMap<i64, Fen> = BTreeMap::new();
    for claim in &Positions::load(q, &mut Names::default())?.claims {
        let sum = claimed.entry(claim.recovery).or_insert(Fen::ZERO);
        *sum = sum.checked_add(claim.amount)?;
    }
    for recovery in recoveries(q, &Scope::county())? {
        let id = recovery.id.0;
        let items = claimed.remove(&id).unwrap_or(Fen::ZERO);
        if items != recovery.amount {
            findings.add(
                "recovery",
                id,
                format!(
                    "{} yuan are claimed, its items make {items}",
                    recovery.amount
                ),
            );
        }
        if recovery.open.is_negative()
            || (recovery.state == RecoveryState::Open) == recovery.open.is_zero()
        {
            findings.add(
                "recovery",
                id,
                format!(
                    "it is {} with {} yuan open",
                    recovery.state.as_str(),
                    recovery.open
                ),
            );
        }
        let found = booked
            .remove(&("recovery".to_owned(), id))
            .unwrap_or(Fen::ZERO);
        if found != recovery.amount {
            findings.add(
                "recovery",
                id,
                format!("{} yuan are claimed, {found} are booked", recovery.amount),
            );
        }
    }
    for id in claimed.keys() {
        findings.add(
            "recovery_item",
            None,
            format!("items name recovery {id}, which is not there"),
        );
    }
    events(q, &mut booked, findings)?;
    for (kind, id) in booked.keys() {
        findings.add(
            "ledger_entry",
            None,
            format!("entries name {kind} {id}, which is not there"),
        );
    }
    for row in q.rows(&FOREIGN_EVENT_ITEMS, &[])? {
        findings.add(
            "recovery_event_item",
            row.int(0)?,
            "it settles an item of another recovery",
        );
    }
    for row in q.rows(&FOREIGN_ITEMS, &[])? {
        findings.add(
            "recovery_item",
            row.int(0)?,
            "it differs from the payment it claims back, or that was not credited",
        );
    }
    for row in q.rows(&CLAIMED_ITEMS, &[])? {
        let (paid, claimed) = (row.fen(1)?, row.fen(2)?.checked_sub(row.fen(3)?)?);
        if claimed > paid {
            findings.add(
                "payment_item",
                row.int(0)?,
                format!("{paid} yuan were paid, {claimed} are claimed back"),
            );
        }
    }
    Ok(())
}

fn events(
    q: &mut dyn Query,
    booked: &mut BTreeMap<(String, i64), Fen>,
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    for row in q.rows(&EVENTS, &[])? {
        let (id, amount, confirmed) = (row.int(0)?, row.fen(2)?, row.opt_text(4)?);
        let Ok(kind) = RecoveryEventKind::read(row.text(1)?) else {
            findings.add(
                "recovery_event",
                id,
                format!("`{}` is no event of a recovery", row.text(1)?),
            );
            continue;
        };
        // A withdrawal follows from a run and needs nobody; the others count once confirmed.
        let by_run = matches!(
            kind,
            RecoveryEventKind::Withdrawn | RecoveryEventKind::WriteOffWithdrawn
        );
        let counts = by_run || confirmed.is_some();
        let expected = if counts { amount } else { Fen::ZERO };
        // A write-off that is withdrawn leaves the cost where it was.
        let to_book = if kind == RecoveryEventKind::WriteOffWithdrawn {
            Fen::ZERO
        } else {
            expected
        };
        let (items, found) = (
            row.fen(5)?,
            booked
                .remove(&("recovery_event".to_owned(), id))
                .unwrap_or(Fen::ZERO),
        );
        if items != expected || found != to_book {
            findings.add(
                "recovery_event",
                id,
                format!("{expected} yuan count, its items make {items}, {found} are booked"),
            );
        }
        if confirmed == Some(row.text(3)?) {
            findings.add(
                "recovery_event",
                id,
                "the same user entered and confirmed it",
            );
        }
    }
    Ok(())
}
