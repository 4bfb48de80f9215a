//! The check repeated: before a batch is checked, and again before it is released, every line is held against what
//! is known by then. A line whose items nobody is entitled to any more, or whose account no longer stands, is taken
//! out and pays nothing; what is still due to its household is held from that moment and paid by the next run. The other
//! lines keep their numbers.
//!
//! Must not know funds or files. Source: handbook of assistance §1.7 (exclusivity, death and account check).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minsheng_core::{Fen, Month};
use minsheng_ledger::Difference;
use minsheng_policy::PackSet;
use minsheng_registry::{Ctx, Desk, PersonId, accounts};
use minsheng_store::{Query, Tx, Value};

use crate::batches::Opened;
use crate::entitlement::{Roll, roll_through};
use crate::freeze::digest_of;
use crate::holds::{Hold, Place, hold_places};
use crate::intern::Names;
use crate::payees::{Destination, Payees};
use crate::positions::Positions;
use crate::records::{
    Batch, BatchState, Entitled, HoldCause, Item, Line, LineState, WithdrawalCause,
};
use crate::run::last_month;
use crate::{PaymentError, PaymentOffice};

/// What is left of a batch after a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rechecked {
    /// Stage of the batch now; rejected if no line is left.
    pub state: BatchState,
    /// Lines taken out just now.
    pub withdrawn: Vec<Withdrawal>,
    /// Lines that are left.
    pub lines: usize,
    /// Sum of them, fen.
    pub total: Fen,
}

/// A line taken out of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Number within the batch.
    pub line_no: i64,
    /// Why.
    pub cause: WithdrawalCause,
    /// In words, with the key or the account.
    pub reason: String,
}

/// Why no line is left, as the reason of a rejected batch.
const NOTHING_LEFT: &str = "no line is left after the check";

impl PaymentOffice {
    /// Takes out of a batch what would be paid wrongly, and records the stage that it reaches, `next` or rejected.
    /// `opened` then holds what is left.
    pub(crate) fn recheck(
        &self,
        desk: &Desk<'_>,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        opened: &mut Opened,
        next: BatchState,
    ) -> Result<Rechecked, PaymentError> {
        let batch = &opened.batch;
        let known = tx.last_tx()?;
        let packs = desk.packs.current();
        let month = last_month(tx)?.unwrap_or(batch.month).max(batch.month);
        let roll = roll_through(self, tx, packs, month, known)?;
        let payees = Payees::load(tx, &roll.deaths, ctx.today(), known)?;
        let mut found = Vec::new();
        let mut items = opened.items.iter().peekable();
        for line in &opened.lines {
            let mut wrong = None;
            while let Some(item) = items.next_if(|item| item.line == line.id) {
                if wrong.is_none() {
                    wrong = lost_ground(tx, &roll, line, item)?;
                }
            }
            if wrong.is_none() {
                let programme =
                    packs
                        .programme(&line.programme)
                        .ok_or_else(|| PaymentError::Programme {
                            programme: line.programme.to_string(),
                            case: 0,
                        })?;
                let destination = payees.destination(tx, programme, line.household)?;
                wrong = other_way(tx, line, destination)?;
            }
            if let Some((cause, reason)) = wrong {
                found.push((line.id, line.line_no, cause, reason));
            }
        }
        let out: BTreeSet<i64> = found.iter().map(|(line, ..)| *line).collect();
        write(tx, ctx, batch, &found)?;
        let gone: Vec<&Line> = opened
            .lines
            .iter()
            .filter(|line| out.contains(&line.id))
            .collect();
        hold_what_is_due(tx, ctx, batch, packs, &payees, &roll, &gone)?;
        opened.lines.retain(|line| !out.contains(&line.id));
        opened.items.retain(|item| !out.contains(&item.line));
        let state = if opened.lines.is_empty() {
            tx.update(
                "payment_batch",
                batch.id.0,
                &[
                    ("state", Value::from(BatchState::Rejected)),
                    ("reject_reason", Value::from(NOTHING_LEFT)),
                ],
            )?;
            BatchState::Rejected
        } else {
            next
        };
        record_step(tx, ctx, opened, state)?;
        Ok(Rechecked {
            state,
            lines: opened.lines.len(),
            total: opened.total()?,
            withdrawn: found
                .into_iter()
                .map(|(_, line_no, cause, reason)| Withdrawal {
                    line_no,
                    cause,
                    reason,
                })
                .collect(),
        })
    }
}

/// Holds what the households of lines taken out are due by now: the living keep their share, whenever the next run is.
fn hold_what_is_due(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    batch: &Batch,
    packs: &PackSet,
    payees: &Payees<'_>,
    roll: &Roll,
    gone: &[&Line],
) -> Result<(), PaymentError> {
    if gone.is_empty() {
        return Ok(());
    }
    let mut due: BTreeMap<Place, Vec<(Month, Fen)>> = gone
        .iter()
        .map(|line| ((Arc::clone(&line.programme), line.household), Vec::new()))
        .collect();
    let mut names = Names::default();
    for entitled in &roll.entitled {
        let place = (Arc::clone(&entitled.key.programme), entitled.household);
        let Some(months) = due.get_mut(&place) else {
            continue;
        };
        let position = Positions::of_key(tx, &entitled.key, &mut names)?
            .against(&entitled.key, entitled.amount);
        if let Difference::Pay(amount) = position.difference()? {
            months.push((entitled.key.month, amount));
        }
    }
    let places: BTreeSet<Place> = due.keys().cloned().collect();
    let mut holds = Vec::new();
    for ((code, household), months) in due {
        let all = || months.iter().map(|(month, _)| *month);
        let (Some(first), Some(last)) = (all().min(), all().max()) else {
            continue;
        };
        let programme = packs
            .programme(&code)
            .ok_or_else(|| PaymentError::not_found("programme", &*code))?;
        let (payee, cause, reason) = match payees.destination(tx, programme, household)? {
            Destination::Held {
                payee,
                cause,
                reason,
            } => (payee, cause, reason),
            Destination::Account { payee, .. } => (
                Some(payee),
                HoldCause::LineWithdrawn,
                format!(
                    "its line was taken out of batch {}: run the month again to pay it",
                    batch.number
                ),
            ),
        };
        let Some(division) = gone
            .iter()
            .find(|line| line.household == household)
            .map(|line| line.division)
        else {
            continue;
        };
        holds.push(Hold {
            programme: code.to_string(),
            household,
            payee,
            division,
            months: (first, last),
            amount: Fen::sum(months.iter().map(|(_, amount)| *amount))?,
            cause,
            reason,
        });
    }
    hold_places(tx, ctx, batch.run, &places, &holds)
}

/// Why an item would pay more than its key is entitled to now.
fn lost_ground(
    tx: &mut Tx<'_>,
    roll: &Roll,
    line: &Line,
    item: &Item,
) -> Result<Option<(WithdrawalCause, String)>, PaymentError> {
    let found: Option<&Entitled> = roll
        .entitled
        .binary_search_by(|entitled| entitled.key.cmp(&item.key))
        .ok()
        .map(|at| &roll.entitled[at]);
    let here = found.filter(|entitled| entitled.household == line.household);
    let now = here.map_or(Fen::ZERO, |entitled| entitled.amount);
    if here.is_some() && now >= item.entitled {
        return Ok(None);
    }
    let position = Positions::of_key(tx, &item.key, &mut Names::default())?.against(&item.key, now);
    let reaching = position
        .credited
        .checked_sub(position.recovered)?
        .checked_add(position.in_flight)?;
    if here.is_some() && reaching <= now {
        return Ok(None);
    }
    let dead = roll
        .deaths
        .get(&PersonId(item.key.person))
        .filter(|day| Month::from_date(**day) < item.key.month);
    Ok(Some(match (dead, found.filter(|_| here.is_none())) {
        (Some(day), _) => (
            WithdrawalCause::Death,
            format!("{}: died on {day}", item.key),
        ),
        (None, Some(other)) => (
            WithdrawalCause::PaidElsewhere,
            format!("{}: case C{:06} pays it", item.key, other.case),
        ),
        (None, None) => (
            WithdrawalCause::NotEntitled,
            format!(
                "{}: {now} yuan are due now, not {}",
                item.key, item.entitled
            ),
        ),
    }))
}

/// Why a line would go to an account that no longer stands.
fn other_way(
    q: &mut dyn Query,
    line: &Line,
    destination: Destination,
) -> Result<Option<(WithdrawalCause, String)>, PaymentError> {
    match destination {
        Destination::Held { reason, .. } => Ok(Some((WithdrawalCause::Account, reason))),
        Destination::Account {
            payee,
            account,
            holder,
        } => {
            if payee != line.payee {
                let reason = format!("the payee is {} now", PersonId(payee));
                return Ok(Some((WithdrawalCause::Payee, reason)));
            }
            // An account that ends on a later day gets a row of its own; its number is what counts.
            let same = account == line.account
                || (holder == line.holder
                    && accounts::number(q, account)? == accounts::number(q, line.account)?);
            let other = || {
                let reason = format!("{} has another account now", PersonId(payee));
                (WithdrawalCause::Account, reason)
            };
            Ok((!same).then(other))
        }
    }
}

type Found = (i64, i64, WithdrawalCause, String);

fn write(tx: &mut Tx<'_>, ctx: &Ctx, batch: &Batch, found: &[Found]) -> Result<(), PaymentError> {
    if found.is_empty() {
        return Ok(());
    }
    let now = tx.number();
    let states = found
        .iter()
        .map(|(line, _, cause, _)| {
            let state = Value::from(LineState::Withdrawn);
            (*line, vec![state, Value::from(*cause), Value::from(now)])
        })
        .collect();
    tx.update_many("payment_line", &["state", "reason", "settled_tx"], states)?;
    let rows = found
        .iter()
        .map(|(line, _, cause, reason)| {
            vec![
                Value::from(batch.id),
                Value::from(*line),
                Value::from(*cause),
                Value::from(reason.as_str()),
                Value::from(ctx.actor.username.as_str()),
                Value::from(ctx.today()),
            ]
        })
        .collect();
    let columns = [
        "batch_id",
        "line_id",
        "cause",
        "reason",
        "withdrawn_by",
        "withdrawn_on",
    ];
    tx.insert_many("payment_withdrawal", &columns, rows)?;
    Ok(())
}

/// Keeps what a batch came to, by whom and when, with the digest of the lines that are left: the columns of the
/// batch hold its last stage, and the lines as they were frozen.
pub(crate) fn record_step(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    opened: &Opened,
    state: BatchState,
) -> Result<(), PaymentError> {
    let count = i64::try_from(opened.lines.len()).unwrap_or(i64::MAX);
    let digest = digest_of(&opened.batch.number, &opened.lines, &opened.items);
    tx.insert(
        "payment_batch_step",
        &[
            ("batch_id", Value::from(opened.batch.id)),
            ("state", Value::from(state)),
            ("line_count", Value::from(count)),
            ("total_fen", Value::from(opened.total()?)),
            ("lines_digest", Value::from(digest)),
            ("acted_by", Value::from(ctx.actor.username.as_str())),
            ("acted_on", Value::from(ctx.today())),
        ],
    )?;
    Ok(())
}
