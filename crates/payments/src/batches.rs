//! A batch between the cashier and the money: a second user checks it or sends it back.
//!
//! Who made a batch never checks it, and who checked it never releases it. The check computes the digest of the
//! lines again and looks whether a later run has lowered what the batch would pay. Must not know funds or files.

use std::collections::BTreeSet;

use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;
use crate::freeze::{digest_of, items_of, lines_of};
use crate::intern::Names;
use crate::overpaid::lowered_since;
use crate::records::{Batch, BatchId, BatchState, Line, LineState, batch_columns};

statement! {
    BATCH_BY_ID, internal "batches hold no persons",
    concat!("SELECT ", batch_columns!(), " FROM payment_batch b WHERE b.id = ?1")
}
statement! {
    BATCH_BY_NUMBER, internal "batches hold no persons",
    concat!("SELECT ", batch_columns!(), " FROM payment_batch b WHERE b.number = ?1")
}

/// A batch by its row.
///
/// # Errors
/// [`PaymentError::NotFound`] or the store's.
pub fn batch(q: &mut dyn Query, id: BatchId) -> Result<Batch, PaymentError> {
    let rows = q.rows(&BATCH_BY_ID, &[Value::from(id)])?;
    Batch::of(
        rows.first()
            .ok_or_else(|| PaymentError::not_found("payment batch", id))?,
    )
}

/// A batch by its number, `PAY-513301-2021-05-01`.
///
/// # Errors
/// [`PaymentError::NotFound`] or the store's.
pub fn by_number(q: &mut dyn Query, number: &str) -> Result<Batch, PaymentError> {
    let rows = q.rows(&BATCH_BY_NUMBER, &[Value::from(number)])?;
    Batch::of(
        rows.first()
            .ok_or_else(|| PaymentError::not_found("payment batch", number))?,
    )
}

/// A batch with its lines as an act on it finds them.
pub(crate) struct Opened {
    pub(crate) batch: Batch,
    pub(crate) lines: Vec<Line>,
}

/// Loads a batch for an act: the user's area covers every line, and the lines are those that were frozen.
pub(crate) fn open_batch(
    tx: &mut dyn Query,
    ctx: &Ctx,
    id: BatchId,
) -> Result<Opened, PaymentError> {
    let batch = batch(tx, id)?;
    let mut names = Names::default();
    let lines = lines_of(tx, id, &mut names)?;
    let items = items_of(tx, id, &mut names)?;
    for division in lines
        .iter()
        .map(|line| line.division)
        .collect::<BTreeSet<_>>()
    {
        ctx.require_area(division)?;
    }
    if digest_of(&batch.number, &lines, &items) != batch.lines_digest {
        return Err(PaymentError::LinesChanged {
            number: batch.number,
        });
    }
    Ok(Opened { batch, lines })
}

/// Keeps what a batch came to, by whom and when: its columns hold the last stage only.
pub(crate) fn record_step(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    batch: &Batch,
    state: BatchState,
) -> Result<(), PaymentError> {
    tx.insert(
        "payment_batch_step",
        &[
            ("batch_id", Value::from(batch.id)),
            ("state", Value::from(state)),
            ("line_count", Value::from(batch.line_count)),
            ("total_fen", Value::from(batch.total)),
            ("lines_digest", Value::from(batch.lines_digest.as_slice())),
            ("acted_by", Value::from(ctx.actor.username.as_str())),
            ("acted_on", Value::from(ctx.today())),
        ],
    )?;
    Ok(())
}

/// Refuses a batch of which a later run lowered an entitlement.
pub(crate) fn refuse_stale(q: &mut dyn Query, batch: &Batch) -> Result<(), PaymentError> {
    let lowered = lowered_since(q, batch.id.0)?;
    match lowered.first() {
        None => Ok(()),
        Some(first) => Err(PaymentError::Stale {
            number: batch.number.clone(),
            count: lowered.len(),
            example: first.to_string(),
        }),
    }
}

/// What stage comes after one, for hints.
pub(crate) fn expect_state(
    batch: &Batch,
    wanted: &[BatchState],
    act: &'static str,
) -> Result<(), PaymentError> {
    if wanted.contains(&batch.state) {
        return Ok(());
    }
    let hint = match batch.state {
        BatchState::Frozen => "a second user checks it first",
        BatchState::Checked => "a third user releases it next",
        BatchState::Released => "its bank file is exported next",
        BatchState::Exported => "the result file of the bank is next",
        BatchState::Settled => {
            "it is finished; returned lines are paid by the next run once the account is corrected"
        }
        BatchState::Rejected => "run the month again; it makes a new batch",
    };
    Err(PaymentError::BatchState {
        number: batch.number.clone(),
        state: batch.state.as_str(),
        act,
        hint,
    })
}

pub(crate) fn four_eyes(
    ctx: &Ctx,
    batch: &Batch,
    before: Option<&str>,
    earlier: &'static str,
    act: &'static str,
) -> Result<(), PaymentError> {
    if before != Some(ctx.actor.username.as_str()) {
        return Ok(());
    }
    let (user, what) = (
        ctx.actor.username.clone(),
        format!("batch {}", batch.number),
    );
    Err(PaymentError::FourEyes {
        user,
        earlier,
        what,
        act,
    })
}

/// Checks a frozen batch.
///
/// # Errors
/// [`PaymentError::FourEyes`] for its maker, [`PaymentError::BatchState`], [`PaymentError::LinesChanged`],
/// [`PaymentError::Stale`], [`PaymentError::NotFound`], [`PaymentError::Registry`] for the role checker or the
/// area, or the store's.
pub fn check(desk: &Desk<'_>, ctx: &Ctx, id: BatchId) -> Result<(), PaymentError> {
    ctx.require(Role::Checker)?;
    desk.store.write(&ctx.act("pay.check"), |tx| {
        let Opened { batch, .. } = open_batch(tx, ctx, id)?;
        expect_state(&batch, &[BatchState::Frozen], "checked")?;
        four_eyes(ctx, &batch, Some(&batch.made_by), "made", "check")?;
        refuse_stale(tx, &batch)?;
        tx.update(
            "payment_batch",
            id.0,
            &[
                ("state", Value::from(BatchState::Checked)),
                ("checked_by", Value::from(ctx.actor.username.as_str())),
                ("checked_on", Value::from(ctx.today())),
            ],
        )?;
        record_step(tx, ctx, &batch, BatchState::Checked)
    })
}

/// Sends a batch back before its release. Its lines pay nothing, what they would have paid is due again.
///
/// # Errors
/// [`PaymentError::FourEyes`] for its maker, [`PaymentError::BatchState`], [`PaymentError::Field`] without a
/// reason, [`PaymentError::NotFound`], [`PaymentError::Registry`] for the role checker or releaser or the area,
/// or the store's.
pub fn reject(desk: &Desk<'_>, ctx: &Ctx, id: BatchId, reason: &str) -> Result<(), PaymentError> {
    ctx.require_any(&[Role::Checker, Role::Releaser])?;
    if reason.trim().is_empty() {
        return Err(PaymentError::Field {
            field: "reason",
            reason: "is empty; say what is wrong".to_owned(),
        });
    }
    desk.store.write(&ctx.act("pay.reject"), |tx| {
        let Opened { batch, lines } = open_batch(tx, ctx, id)?;
        expect_state(
            &batch,
            &[BatchState::Frozen, BatchState::Checked],
            "rejected",
        )?;
        four_eyes(ctx, &batch, Some(&batch.made_by), "made", "reject")?;
        cancel_lines(tx, &lines)?;
        tx.update(
            "payment_batch",
            id.0,
            &[
                ("state", Value::from(BatchState::Rejected)),
                ("checked_by", Value::from(ctx.actor.username.as_str())),
                ("checked_on", Value::from(ctx.today())),
                ("reject_reason", Value::from(reason.trim())),
            ],
        )?;
        record_step(tx, ctx, &batch, BatchState::Rejected)
    })
}

fn cancel_lines(tx: &mut Tx<'_>, lines: &[Line]) -> Result<(), PaymentError> {
    let now = tx.number();
    let rows = lines
        .iter()
        .map(|line| {
            (
                line.id,
                vec![Value::from(LineState::Cancelled), Value::from(now)],
            )
        })
        .collect();
    tx.update_many("payment_line", &["state", "settled_tx"], rows)?;
    Ok(())
}
