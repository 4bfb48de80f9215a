//! The bank's answer to a batch: every line is credited or returned, once. Credited lines are posted and become
//! cost; returned lines are voided and their items are due again. One transaction applies the whole file or
//! nothing of it.
//!
//! "Paid in the year" means credited here, net of returns and recoveries. Source: handbook of assistance §1.4,
//! §1.7.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use minsheng_core::Fen;
use minsheng_ledger::{AccountId, EntryId, EntryKind, FundSource};
use minsheng_registry::{Ctx, Desk, Role, evidence};
use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;
use crate::accounts::{Chart, Entries, Movement, Purpose, document};
use crate::bank::{Expected, LineResult, ResultCode, read_results};
use crate::batches::{Opened, expect_state, four_eyes, open_batch};
use crate::freeze::sm3_of;
use crate::overpaid::claim_lowered;
use crate::recheck::record_step;
use crate::records::{Batch, BatchId, BatchState, Line, LineState, RecoveryId};

statement! {
    PENDING_OF_BATCH, internal "one batch, by a user whose area covers it",
    "SELECT l.id, e.id, e.debit_account_id, e.credit_account_id, e.amount_fen, a.fund_source
     FROM payment_line l CROSS JOIN ledger_entry e JOIN ledger_account a ON a.id = e.credit_account_id
     WHERE l.batch_id = ?1 AND e.document_kind = 'payment_line' AND e.document_id = l.id AND e.kind = 'pending'
     ORDER BY l.line_no, e.id"
}

statement! {
    APPLIED, internal "batches hold no persons",
    "SELECT result_file_digest, settled_by, settled_on FROM payment_batch WHERE id = ?1"
}

/// What a result file did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Lines credited.
    pub credited: usize,
    /// Sum of them, fen.
    pub credited_sum: Fen,
    /// Lines returned.
    pub returned: usize,
    /// Sum of them, fen.
    pub returned_sum: Fen,
    /// Recoveries of what was credited although a run had lowered the entitlement meanwhile.
    pub recoveries: Vec<RecoveryId>,
}

/// Applies the bank's result file to an exported batch.
///
/// # Errors
/// [`PaymentError::BankFile`] with the row for a torn, truncated, foreign or contradictory file,
/// [`PaymentError::File`], [`PaymentError::FourEyes`] for the maker of the batch, [`PaymentError::BatchState`],
/// [`PaymentError::LinesChanged`], [`PaymentError::NotFound`], [`PaymentError::Registry`] for the roles cashier,
/// checker or releaser or the area, or the store's.
pub fn results(
    desk: &Desk<'_>,
    ctx: &Ctx,
    id: BatchId,
    file: &Path,
) -> Result<Settled, PaymentError> {
    ctx.require_any(&[Role::Cashier, Role::Checker, Role::Releaser])?;
    let bytes = fs::read(file).map_err(|error| PaymentError::file(file, &error))?;
    desk.store.write(&ctx.act("pay.results"), |tx| {
        let opened = open_batch(tx, ctx, id)?;
        let Opened { batch, lines, .. } = &opened;
        let name = file.display().to_string();
        refuse_applied(tx, batch, &name, &bytes)?;
        expect_state(batch, &[BatchState::Exported], "settled")?;
        four_eyes(ctx, batch, Some(&batch.made_by), "made", "settle")?;
        let expected = Expected {
            number: &batch.number,
            lines: lines
                .iter()
                .map(|line| (line.line_no, line.amount))
                .collect(),
            days: (batch.released_on.unwrap_or(batch.frozen_on), ctx.today()),
        };
        let answers = read_results(&name, &bytes, &expected)?;
        let answers: Vec<(&Line, &LineResult)> = lines.iter().zip(&answers).collect();
        settle_lines(tx, &answers)?;
        book(tx, ctx, id, &answers)?;
        tx.update(
            "payment_batch",
            id.0,
            &[
                ("state", Value::from(BatchState::Settled)),
                ("settled_by", Value::from(ctx.actor.username.as_str())),
                ("settled_on", Value::from(ctx.today())),
                ("result_file_digest", Value::from(sm3_of(&bytes))),
            ],
        )?;
        record_step(tx, ctx, &opened, BatchState::Settled)?;
        let known = tx.number();
        let deaths = evidence::deaths(tx, known)?;
        let recoveries = claim_lowered(tx, ctx, id.0, &deaths)?;
        let of = |credited: bool| {
            answers
                .iter()
                .filter(move |(_, answer)| is_credited(answer) == credited)
        };
        Ok(Settled {
            credited: of(true).count(),
            credited_sum: Fen::sum(of(true).map(|(line, _)| line.amount))?,
            returned: of(false).count(),
            returned_sum: Fen::sum(of(false).map(|(line, _)| line.amount))?,
            recoveries,
        })
    })
}

/// A file that was applied before is named as such.
fn refuse_applied(
    q: &mut dyn Query,
    batch: &Batch,
    name: &str,
    bytes: &[u8],
) -> Result<(), PaymentError> {
    let rows = q.rows(&APPLIED, &[Value::from(batch.id)])?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    if row.opt_blob(0)? != Some(sm3_of(bytes).as_slice()) {
        return Ok(());
    }
    let (by, on) = (row.opt_text(1)?.unwrap_or_default(), row.opt_date(2)?);
    Err(PaymentError::BankFile {
        file: name.to_owned(),
        row: 1,
        reason: format!(
            "`{by}` applied this file to batch {} on {} already",
            batch.number,
            on.map_or_else(String::new, |day| day.to_string())
        ),
        hint: "nothing was applied again; there is nothing left to do with this file",
    })
}

fn is_credited(answer: &LineResult) -> bool {
    answer.code == ResultCode::Credited
}

fn settle_lines(tx: &mut Tx<'_>, answers: &[(&Line, &LineResult)]) -> Result<(), PaymentError> {
    let now = tx.number();
    let rows = answers
        .iter()
        .map(|(line, answer)| {
            let (state, reason) = if is_credited(answer) {
                (LineState::Credited, Value::Null)
            } else {
                (LineState::Returned, Value::from(answer.code.as_str()))
            };
            (
                line.id,
                vec![
                    Value::from(state),
                    reason,
                    Value::from(answer.date),
                    Value::from(now),
                ],
            )
        })
        .collect();
    tx.update_many(
        "payment_line",
        &["state", "reason", "settled_on", "settled_tx"],
        rows,
    )?;
    Ok(())
}

/// Posts or voids what was pending; what was posted leaves the clearing accounts as cost of its programme.
fn book(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    batch: BatchId,
    answers: &[(&Line, &LineResult)],
) -> Result<(), PaymentError> {
    let mut pending: BTreeMap<i64, Vec<(EntryId, Movement, FundSource)>> = BTreeMap::new();
    for row in tx.rows(&PENDING_OF_BATCH, &[Value::from(batch)])? {
        let source = row
            .opt_text(5)?
            .ok_or_else(|| PaymentError::inconsistent("ledger account", "a fund has no source"))?;
        let movement = Movement {
            debit: AccountId(row.int(2)?),
            credit: AccountId(row.int(3)?),
            amount: row.fen(4)?,
        };
        pending.entry(row.int(0)?).or_default().push((
            EntryId(row.int(1)?),
            movement,
            source.parse()?,
        ));
    }
    let mut entries = Entries::default();
    let mut cost: BTreeMap<(Arc<str>, FundSource), Fen> = BTreeMap::new();
    for (line, answer) in answers {
        let held = pending.remove(&line.id).unwrap_or_default();
        if Fen::sum(held.iter().map(|(_, movement, _)| movement.amount))? != line.amount {
            let reason = "what is pending for it is not its amount";
            return Err(PaymentError::inconsistent(
                format!("payment line {}", line.id),
                reason,
            ));
        }
        for (pending, movement, source) in held {
            if is_credited(answer) {
                entries.push(
                    EntryKind::Post { pending },
                    movement,
                    (document::LINE, line.id),
                    answer.date,
                );
                let sum = cost
                    .entry((Arc::clone(&line.programme), source))
                    .or_insert(Fen::ZERO);
                *sum = sum.checked_add(movement.amount)?;
            } else {
                entries.push(
                    EntryKind::Void { pending },
                    movement,
                    (document::LINE, line.id),
                    answer.date,
                );
            }
        }
    }
    let mut chart = Chart::load(tx)?;
    for ((programme, source), amount) in cost {
        let movement = Movement {
            debit: chart.account(tx, &Purpose::Expense(programme.to_string(), source))?,
            credit: chart.account(tx, &Purpose::Clearing(source))?,
            amount,
        };
        entries.push(
            EntryKind::Direct,
            movement,
            (document::BATCH, batch.0),
            ctx.today(),
        );
    }
    entries.write(tx)
}
