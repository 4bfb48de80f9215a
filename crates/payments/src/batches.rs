//! A batch between the cashier and the money: a second user checks it or sends it back.
//!
//! Who made a batch never checks it, and who checked it never releases it. The check computes the digest of the
//! lines again and holds each of them against what is known by now (`recheck`). Must not know funds or files.

use std::collections::BTreeSet;

use minsheng_core::Fen;
use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Tx, Value, statement};

use crate::freeze::{digest_of, items_of, lines_of};
use crate::intern::Names;
use crate::recheck::{Rechecked, record_step};
use crate::records::{Batch, BatchId, BatchState, Item, Line, LineState, batch_columns};
use crate::{PaymentError, PaymentOffice};

statement! {
    BATCH_BY_ID, internal "batches hold no persons",
    concat!("SELECT ", batch_columns!(), " FROM payment_batch b WHERE b.id = ?1")
}
statement! {
    BATCH_BY_NUMBER, internal "batches hold no persons",
    concat!("SELECT ", batch_columns!(), " FROM payment_batch b WHERE b.number = ?1")
}

statement! {
    LAST_STEP, internal "steps of batches hold no persons",
    "SELECT lines_digest FROM payment_batch_step WHERE batch_id = ?1 ORDER BY id DESC LIMIT 1"
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

/// A batch with its lines as an act on it finds them, those taken out left away.
pub(crate) struct Opened {
    pub(crate) batch: Batch,
    pub(crate) lines: Vec<Line>,
    pub(crate) items: Vec<Item>,
}

impl Opened {
    /// Sum of the lines.
    pub(crate) fn total(&self) -> Result<Fen, PaymentError> {
        Ok(Fen::sum(self.lines.iter().map(|line| line.amount))?)
    }
}

/// Loads a batch for an act: the user's area covers every line, the lines are those that were frozen, and those
/// that are left are those that the step before left.
pub(crate) fn open_batch(
    tx: &mut dyn Query,
    ctx: &Ctx,
    id: BatchId,
) -> Result<Opened, PaymentError> {
    let batch = batch(tx, id)?;
    let mut names = Names::default();
    let mut lines = lines_of(tx, id, &mut names)?;
    let mut items = items_of(tx, id, &mut names)?;
    for division in lines
        .iter()
        .map(|line| line.division)
        .collect::<BTreeSet<_>>()
    {
        ctx.require_area(division)?;
    }
    let changed = || PaymentError::LinesChanged {
        number: batch.number.clone(),
    };
    if digest_of(&batch.number, &lines, &items) != batch.lines_digest {
        return Err(changed());
    }
    drop_withdrawn(&mut lines, &mut items);
    if let Some(left) = last_step_digest(tx, id)?
        && digest_of(&batch.number, &lines, &items) != left
    {
        return Err(changed());
    }
    Ok(Opened {
        batch,
        lines,
        items,
    })
}

/// Leaves away the lines that were taken out.
pub(crate) fn drop_withdrawn(lines: &mut Vec<Line>, items: &mut Vec<Item>) {
    let out: BTreeSet<i64> = lines
        .iter()
        .filter(|line| line.state == LineState::Withdrawn)
        .map(|line| line.id)
        .collect();
    if !out.is_empty() {
        lines.retain(|line| !out.contains(&line.id));
        items.retain(|item| !out.contains(&item.line));
    }
}

/// The digest of the lines that the last step left; none before the first one.
pub(crate) fn last_step_digest(
    q: &mut dyn Query,
    id: BatchId,
) -> Result<Option<Vec<u8>>, PaymentError> {
    let rows = q.rows(&LAST_STEP, &[Value::from(id)])?;
    Ok(rows
        .first()
        .map(|row| row.blob(0).map(<[u8]>::to_vec))
        .transpose()?)
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

impl PaymentOffice {
    /// Checks a frozen batch, and takes out of it what would be paid wrongly by now; a batch of which nothing is left
    /// is rejected by that.
    ///
    /// # Errors
    /// [`PaymentError::FourEyes`] for its maker, [`PaymentError::BatchState`], [`PaymentError::LinesChanged`],
    /// [`PaymentError::NotFound`], [`PaymentError::Registry`] for the role checker or the area, whatever makes an
    /// amount uncertain, or the store's.
    pub fn check(
        &self,
        desk: &Desk<'_>,
        ctx: &Ctx,
        id: BatchId,
    ) -> Result<Rechecked, PaymentError> {
        ctx.require(Role::Checker)?;
        desk.store.write(&ctx.act("pay.check"), |tx| {
            let mut opened = open_batch(tx, ctx, id)?;
            let batch = &opened.batch;
            expect_state(batch, &[BatchState::Frozen], "checked")?;
            four_eyes(ctx, batch, Some(&batch.made_by), "made", "check")?;
            tx.update(
                "payment_batch",
                id.0,
                &[
                    ("state", Value::from(BatchState::Checked)),
                    ("checked_by", Value::from(ctx.actor.username.as_str())),
                    ("checked_on", Value::from(ctx.today())),
                ],
            )?;
            self.recheck(desk, tx, ctx, &mut opened, BatchState::Checked)
        })
    }
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
        let opened = open_batch(tx, ctx, id)?;
        let batch = &opened.batch;
        expect_state(
            batch,
            &[BatchState::Frozen, BatchState::Checked],
            "rejected",
        )?;
        four_eyes(ctx, batch, Some(&batch.made_by), "made", "reject")?;
        cancel_lines(tx, &opened.lines)?;
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
        record_step(tx, ctx, &opened, BatchState::Rejected)
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
