//! Batches, lines, items and entries say the same: sums, digests, states, three users.

use std::collections::BTreeMap;

use minsheng_core::Fen;
use minsheng_store::{Query, statement};

use super::Findings;
use crate::PaymentError;
use crate::batches::{drop_withdrawn, last_step_digest};
use crate::freeze::{digest_of, items_of, lines_of};
use crate::intern::Names;
use crate::queries::batches;
use crate::records::{Batch, BatchState, Item, Line, LineState};

statement! {
    LINE_STATES, internal "the proof of the whole books; gives keys and sums",
    "SELECT id, batch_id, state, amount_fen, settled_on, settled_tx FROM payment_line ORDER BY id"
}
statement! {
    BOOKED_LINES, internal "the proof of the whole books; gives keys and sums",
    "SELECT document_id, kind, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_entry
     WHERE document_kind = 'payment_line' GROUP BY document_id, kind"
}
statement! {
    BOOKED_BATCHES, internal "the books of batches hold no persons",
    "SELECT document_id, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_entry
     WHERE document_kind = 'payment_batch' AND kind = 'direct' GROUP BY document_id"
}
statement! {
    MISMATCHED_ITEMS, internal "the proof of the whole books; gives keys",
    "SELECT i.id FROM payment_item i JOIN payment_line l ON l.id = i.line_id JOIN entitlement e ON e.id = i.entitlement_id
     WHERE i.batch_id <> l.batch_id OR i.programme <> l.programme OR i.programme <> e.programme
        OR i.person_id <> e.person_id OR i.month <> e.month OR i.case_id <> e.case_id OR i.class <> e.class
        OR i.amount_fen > e.amount_fen OR l.household_id <> e.household_id
     ORDER BY i.id"
}
statement! {
    UNEXPLAINED, internal "the proof of the whole books; gives keys",
    "SELECT l.id FROM payment_line l WHERE l.state = 'withdrawn' AND NOT EXISTS (
       SELECT 1 FROM payment_withdrawal w WHERE w.line_id = l.id AND w.batch_id = l.batch_id AND w.tx = l.settled_tx) ORDER BY l.id"
}
statement! {
    LOOSE_LINES, internal "the proof of the whole books; gives keys",
    "SELECT l.id FROM payment_line l WHERE NOT EXISTS (SELECT 1 FROM payment_batch b WHERE b.id = l.batch_id) ORDER BY l.id"
}

#[derive(Default, Clone, Copy)]
struct Booked {
    pending: Fen,
    post: Fen,
    void: Fen,
}

pub(super) fn check(q: &mut dyn Query, findings: &mut Findings) -> Result<(), PaymentError> {
    let all = batches(q)?;
    for batch in &all {
        frozen(q, batch, findings)?;
        users(batch, findings);
    }
    for row in q.rows(&MISMATCHED_ITEMS, &[])? {
        findings.add(
            "payment_item",
            row.int(0)?,
            "it differs from its line or from the entitlement it pays",
        );
    }
    for row in q.rows(&UNEXPLAINED, &[])? {
        findings.add(
            "payment_line",
            row.int(0)?,
            "it was taken out of its batch without a reason",
        );
    }
    for row in q.rows(&LOOSE_LINES, &[])? {
        findings.add("payment_line", row.int(0)?, "its batch is not there");
    }
    let by_id: BTreeMap<i64, &Batch> = all.iter().map(|batch| (batch.id.0, batch)).collect();
    booked(q, &by_id, findings)
}

/// Lines and items are what was frozen, and add up.
fn frozen(q: &mut dyn Query, batch: &Batch, findings: &mut Findings) -> Result<(), PaymentError> {
    let mut names = Names::default();
    let mut lines = lines_of(q, batch.id, &mut names)?;
    let mut items = items_of(q, batch.id, &mut names)?;
    if digest_of(&batch.number, &lines, &items) != batch.lines_digest {
        findings.add(
            "payment_batch",
            batch.id.0,
            "its lines and items are not those that were frozen",
        );
    }
    if i64::try_from(lines.len()).ok() != Some(batch.line_count) {
        findings.add(
            "payment_batch",
            batch.id.0,
            format!(
                "{} lines were frozen, {} are there",
                batch.line_count,
                lines.len()
            ),
        );
    }
    let total = Fen::sum(lines.iter().map(|line| line.amount))?;
    if total != batch.total {
        findings.add(
            "payment_batch",
            batch.id.0,
            format!("its total is {}, its lines make {total}", batch.total),
        );
    }
    let mut sums: BTreeMap<i64, Fen> = BTreeMap::new();
    for item in &items {
        let sum = sums.entry(item.line).or_insert(Fen::ZERO);
        *sum = sum.checked_add(item.amount)?;
    }
    for line in &lines {
        let sum = sums.get(&line.id).copied().unwrap_or(Fen::ZERO);
        if sum != line.amount {
            findings.add(
                "payment_line",
                line.id,
                format!("its amount is {}, its items make {sum}", line.amount),
            );
        }
    }
    drop_withdrawn(&mut lines, &mut items);
    left(q, batch, &lines, &items, findings)
}

/// What the checks left of a batch is what its last step says.
fn left(
    q: &mut dyn Query,
    batch: &Batch,
    lines: &[Line],
    items: &[Item],
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    let (count, total) = (
        i64::try_from(lines.len()).ok(),
        Fen::sum(lines.iter().map(|line| line.amount))?,
    );
    let digest = last_step_digest(q, batch.id)?;
    let same = digest.is_none_or(|digest| digest == digest_of(&batch.number, lines, items));
    if !same || count != Some(batch.kept_lines) || total != batch.kept_total {
        findings.add(
            "payment_batch",
            batch.id.0,
            format!(
                "its last step left {} lines over {}, {} lines over {total} are there",
                batch.kept_lines,
                batch.kept_total,
                lines.len()
            ),
        );
    }
    Ok(())
}

/// Maker, checker and releaser are three users, as far as the batch has come.
fn users(batch: &Batch, findings: &mut Findings) {
    let id = batch.id.0;
    let (maker, checker, releaser) = (
        Some(&batch.made_by),
        batch.checked_by.as_ref(),
        batch.released_by.as_ref(),
    );
    if checker == maker || releaser == maker || (checker.is_some() && checker == releaser) {
        findings.add(
            "payment_batch",
            id,
            "maker, checker and releaser are not different users",
        );
    }
    let checked = !matches!(batch.state, BatchState::Frozen);
    let released = matches!(
        batch.state,
        BatchState::Released | BatchState::Exported | BatchState::Settled
    );
    if checked != checker.is_some() || released != releaser.is_some() {
        findings.add(
            "payment_batch",
            id,
            format!(
                "it is {} and its users do not fit that",
                batch.state.as_str()
            ),
        );
    }
}

/// What is booked for each line is what its state says.
fn booked(
    q: &mut dyn Query,
    batches: &BTreeMap<i64, &Batch>,
    findings: &mut Findings,
) -> Result<(), PaymentError> {
    let mut by_line: BTreeMap<i64, Booked> = BTreeMap::new();
    for row in q.rows(&BOOKED_LINES, &[])? {
        let booked = by_line.entry(row.int(0)?).or_default();
        match row.text(1)? {
            "pending" => booked.pending = row.fen(2)?,
            "post" => booked.post = row.fen(2)?,
            "void" => booked.void = row.fen(2)?,
            other => findings.add(
                "ledger_entry",
                None,
                format!("a payment line is booked as `{other}`"),
            ),
        }
    }
    let mut cost: BTreeMap<i64, Fen> = BTreeMap::new();
    for row in q.rows(&LINE_STATES, &[])? {
        let (id, batch, amount) = (row.int(0)?, row.int(1)?, row.fen(3)?);
        let Ok(state) = LineState::read(row.text(2)?) else {
            findings.add(
                "payment_line",
                id,
                format!("`{}` is no state of a line", row.text(2)?),
            );
            continue;
        };
        let Some(batch) = batches.get(&batch) else {
            continue;
        };
        let (state_fits, pending) = match batch.state {
            _ if state == LineState::Withdrawn => (batch.state != BatchState::Frozen, Fen::ZERO),
            BatchState::Frozen | BatchState::Checked => (state == LineState::Open, Fen::ZERO),
            BatchState::Released | BatchState::Exported => (state == LineState::Open, amount),
            BatchState::Settled => (
                matches!(state, LineState::Credited | LineState::Returned),
                amount,
            ),
            BatchState::Rejected => (state == LineState::Cancelled, Fen::ZERO),
        };
        let answered = matches!(state, LineState::Credited | LineState::Returned);
        // Lines of a batch rejected before this was kept do not name the act that ended them.
        let ended = row.opt_int(5)?.is_some();
        let ends = match state {
            LineState::Open => !ended,
            LineState::Credited | LineState::Returned | LineState::Withdrawn => ended,
            LineState::Cancelled => true,
        };
        if !state_fits || !ends || answered != row.opt_int(4)?.is_some() {
            let what = format!(
                "it is {} in a batch that is {}",
                state.as_str(),
                batch.state.as_str()
            );
            findings.add("payment_line", id, what);
        }
        let post = if state == LineState::Credited {
            amount
        } else {
            Fen::ZERO
        };
        let void = if state == LineState::Returned {
            amount
        } else {
            Fen::ZERO
        };
        let found = by_line.remove(&id).unwrap_or_default();
        if (found.pending, found.post, found.void) != (pending, post, void) {
            let what = format!(
                "{} yuan are booked as pending, {} posted, {} voided; a line that is {} has {pending}, {post}, {void}",
                found.pending,
                found.post,
                found.void,
                state.as_str()
            );
            findings.add("payment_line", id, what);
        }
        let sum = cost.entry(batch.id.0).or_insert(Fen::ZERO);
        *sum = sum.checked_add(post)?;
    }
    for id in by_line.keys() {
        findings.add(
            "ledger_entry",
            None,
            format!("entries name payment line {id}, which is not there"),
        );
    }
    let mut by_batch: BTreeMap<i64, Fen> = BTreeMap::new();
    for row in q.rows(&BOOKED_BATCHES, &[])? {
        by_batch.insert(row.int(0)?, row.fen(1)?);
    }
    for id in batches.keys() {
        let (expected, found) = (
            cost.remove(id).unwrap_or(Fen::ZERO),
            by_batch.remove(id).unwrap_or(Fen::ZERO),
        );
        if expected != found {
            findings.add(
                "payment_batch",
                *id,
                format!("{expected} yuan were credited, {found} are booked as cost"),
            );
        }
    }
    for id in by_batch.keys() {
        findings.add(
            "ledger_entry",
            None,
            format!("entries name payment batch {id}, which is not there"),
        );
    }
    Ok(())
}
