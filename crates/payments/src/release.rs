//! Release: a third user sets the money of a checked batch aside, line by line, in the draw order of the
//! programme. No fund goes below zero; a batch that is not covered is refused whole, with the missing sum.
//!
//! Source: handbook of assistance §1.7 (draw order; per month, sum over sources = sum over payees).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minsheng_core::Fen;
use minsheng_ledger::{Draw, EntryKind, FundSource, LedgerError, draw_batch};
use minsheng_policy::PackSet;
use minsheng_registry::accounts;
use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Tx, TxNo, Value, statement};

use crate::accounts::{Chart, Entries, Movement, Purpose, document};
use crate::batches::{Opened, expect_state, four_eyes, open_batch};
use crate::funds::fund_balances;
use crate::recheck::Rechecked;
use crate::records::{Batch, BatchId, BatchState, Line};
use crate::run::run_by_id;
use crate::{PaymentError, PaymentOffice};

statement! {
    CREDITED_ACCOUNTS, internal "one batch, by a user whose area covers it; gives keys",
    "SELECT DISTINCT n.account_id FROM payment_line n WHERE n.batch_id = ?1 AND EXISTS (
       SELECT 1 FROM payment_line c WHERE c.account_id = n.account_id AND c.state = 'credited')"
}

impl PaymentOffice {
    /// Releases a checked batch, less what the check, made again, takes out of it; a batch of which nothing is left
    /// is rejected by that.
    ///
    /// # Errors
    /// [`PaymentError::FourEyes`] for its maker or checker, [`PaymentError::AccountEntered`] for the user who entered
    /// an account that it pays for the first time, [`PaymentError::Funds`], [`PaymentError::BatchState`],
    /// [`PaymentError::LinesChanged`], [`PaymentError::NotFound`], [`PaymentError::Registry`] for the role releaser
    /// or the area, whatever makes an amount uncertain, or the store's.
    pub fn release(
        &self,
        desk: &Desk<'_>,
        ctx: &Ctx,
        id: BatchId,
    ) -> Result<Rechecked, PaymentError> {
        ctx.require(Role::Releaser)?;
        desk.store.write(&ctx.act("pay.release"), |tx| {
            let mut opened = open_batch(tx, ctx, id)?;
            let batch = opened.batch.clone();
            expect_state(&batch, &[BatchState::Checked], "released")?;
            four_eyes(ctx, &batch, Some(&batch.made_by), "made", "release")?;
            let checker = batch.checked_by.as_deref();
            four_eyes(ctx, &batch, checker, "checked", "release")?;
            let left = self.recheck(desk, tx, ctx, &mut opened, BatchState::Released)?;
            if left.state == BatchState::Rejected {
                return Ok(left);
            }
            let run = run_by_id(tx, batch.run)?;
            refuse_own_accounts(tx, ctx, &batch, &opened.lines, run.known)?;
            let packs = desk.packs.by_hash(tx, &run.pack_hash)?;
            let draws = draw_lines(tx, &packs, &opened)?;
            book(tx, ctx, &opened.lines, &draws)?;
            tx.update(
                "payment_batch",
                id.0,
                &[
                    ("state", Value::from(BatchState::Released)),
                    ("released_by", Value::from(ctx.actor.username.as_str())),
                    ("released_on", Value::from(ctx.today())),
                ],
            )?;
            Ok(left)
        })
    }
}

fn refuse_own_accounts(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    batch: &Batch,
    lines: &[Line],
    known: TxNo,
) -> Result<(), PaymentError> {
    let user = ctx.actor.username.as_str();
    let entered: BTreeSet<i64> = accounts::as_known(tx, batch.frozen_on, known)?
        .into_values()
        .filter(|account| account.entered_by == user)
        .map(|account| account.id)
        .collect();
    if entered.is_empty() {
        return Ok(());
    }
    let mut credited = BTreeSet::new();
    for row in tx.rows(&CREDITED_ACCOUNTS, &[Value::from(batch.id)])? {
        credited.insert(row.int(0)?);
    }
    let own: Vec<&Line> = lines
        .iter()
        .filter(|line| entered.contains(&line.account) && !credited.contains(&line.account))
        .collect();
    match own.first() {
        None => Ok(()),
        Some(first) => Err(PaymentError::AccountEntered {
            user: user.to_owned(),
            number: batch.number.clone(),
            count: own.len(),
            line: first.line_no,
        }),
    }
}

/// What each line takes from which fund, in the order of the lines.
fn draw_lines(
    q: &mut dyn Query,
    packs: &PackSet,
    opened: &Opened,
) -> Result<Vec<Draw>, PaymentError> {
    let lines = &opened.lines;
    let mut available: Vec<(FundSource, Fen)> = fund_balances(q)?
        .into_iter()
        .map(|fund| (fund.source, fund.available))
        .collect();
    let before = available.clone();
    let mut by_programme: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        by_programme
            .entry(Arc::clone(&line.programme))
            .or_default()
            .push(at);
    }
    let mut draws: Vec<Draw> = vec![Draw::new(); lines.len()];
    let mut orders: BTreeSet<FundSource> = BTreeSet::new();
    for (code, places) in by_programme {
        let programme = packs
            .programme(&code)
            .ok_or_else(|| PaymentError::not_found("programme", &*code))?;
        let order: Vec<FundSource> = programme
            .payment
            .draw_order
            .iter()
            .map(|source| source.parse())
            .collect::<Result<_, LedgerError>>()?;
        orders.extend(&order);
        let amounts: Vec<Fen> = places.iter().map(|at| lines[*at].amount).collect();
        let drawn = draw_batch(&order, &available, &amounts)
            .map_err(|refusal| missing_sum(refusal, opened, &before, &orders))?;
        for (source, amount) in &drawn.totals {
            for (known, left) in &mut available {
                if known == source {
                    *left = left.checked_sub(*amount)?;
                }
            }
        }
        for (at, draw) in places.into_iter().zip(drawn.lines) {
            draws[at] = draw;
        }
    }
    Ok(draws)
}

/// Says the missing sum for the whole batch when its programmes draw on the same funds.
fn missing_sum(
    refusal: LedgerError,
    opened: &Opened,
    before: &[(FundSource, Fen)],
    orders: &BTreeSet<FundSource>,
) -> PaymentError {
    let LedgerError::NotEnough { missing, .. } = refusal else {
        return refusal.into();
    };
    let funds = Fen::sum(
        before
            .iter()
            .filter(|(source, _)| orders.contains(source))
            .map(|(_, amount)| *amount),
    );
    let whole = funds.map_err(PaymentError::from).and_then(|available| {
        let wanted = opened.total()?;
        Ok((wanted, available, wanted.checked_sub(available)?))
    });
    match whole {
        Ok((wanted, available, whole)) => {
            let missing = if whole > Fen::ZERO { whole } else { missing };
            PaymentError::Funds {
                number: opened.batch.number.clone(),
                wanted,
                available,
                missing,
            }
        }
        Err(error) => error,
    }
}

fn book(tx: &mut Tx<'_>, ctx: &Ctx, lines: &[Line], draws: &[Draw]) -> Result<(), PaymentError> {
    let mut chart = Chart::load(tx)?;
    let mut entries = Entries::default();
    for (line, draw) in lines.iter().zip(draws) {
        if Fen::sum(draw.iter().map(|(_, amount)| *amount))? != line.amount {
            return Err(PaymentError::inconsistent(
                format!("payment line {}", line.id),
                "its funds are not its amount",
            ));
        }
        for (source, amount) in draw {
            let movement = Movement {
                debit: chart.account(tx, &Purpose::Clearing(*source))?,
                credit: chart.account(tx, &Purpose::Fund(*source))?,
                amount: *amount,
            };
            entries.push(
                EntryKind::Pending,
                movement,
                (document::LINE, line.id),
                ctx.today(),
            );
        }
    }
    entries.write(tx)
}
