//! Consequences of entitlements that fell below what was credited, and of claims whose ground fell away: a
//! recovery is opened, or withdrawn. Nobody decides here; what people do about a recovery stands in
//! [`crate::recovery`]. Must not know why an entitlement fell, except that a death is said to be one.
//!
//! A claim names the payment items it rests on and the fund each part was paid from: the last payment of a key
//! is claimed back first. Source: handbook of assistance §1.8; 社会救助暂行办法 art. 68.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen, Month};
use minsheng_ledger::{Difference, EntryKind, FundSource};
use minsheng_registry::{Ctx, PersonId};
use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;
use crate::accounts::{Chart, Entries, Movement, Purpose, document};
use crate::intern::Names;
use crate::positions::{Claim, Positions, key_of};
use crate::records::{Key, RecoveryCause, RecoveryEventKind, RecoveryId, RecoveryState};

statement! {
    CREDITED_ITEMS, internal "one key inside of a run or of the settling of its batch",
    "SELECT i.id, i.line_id, i.case_id, i.class, i.amount_fen, l.household_id, l.division
     FROM payment_item i JOIN payment_line l ON l.id = i.line_id
     WHERE i.person_id = ?1 AND i.month = ?2 AND i.programme = ?3 AND l.state = 'credited' ORDER BY i.id DESC"
}
statement! {
    ITEMS_OF_LINE, internal "one line inside of a run or of the settling of its batch",
    "SELECT id, amount_fen FROM payment_item WHERE line_id = ?1 ORDER BY id"
}
statement! {
    SOURCES_OF_LINE, internal "one line inside of a run or of the settling of its batch",
    "SELECT a.fund_source, e.amount_fen FROM ledger_entry e JOIN ledger_account a ON a.id = e.credit_account_id
     WHERE e.document_kind = 'payment_line' AND e.document_id = ?1 AND e.kind = 'pending' ORDER BY e.id"
}
statement! {
    CLAIMED_OF_ITEM, internal "one item inside of a run or of the settling of its batch",
    "SELECT fund_source, id, amount_fen FROM recovery_item WHERE payment_item_id = ?1"
}
statement! {
    LOWERED_SINCE, internal "one batch, by a user whose area covers it; gives keys",
    "SELECT i.person_id, i.month, i.programme
     FROM payment_line l CROSS JOIN payment_item i CROSS JOIN entitlement e
     WHERE l.batch_id = ?1 AND i.line_id = l.id AND e.id = i.entitlement_id AND e.superseded_tx IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM entitlement n WHERE n.person_id = i.person_id AND n.month = i.month
         AND n.programme = i.programme AND n.superseded_tx IS NULL AND n.amount_fen >= e.amount_fen)
     ORDER BY i.id"
}
statement! {
    ENTITLED_NOW, internal "one key inside of the settling of its batch",
    "SELECT amount_fen FROM entitlement
     WHERE person_id = ?1 AND month = ?2 AND programme = ?3 AND superseded_tx IS NULL"
}

/// A key of which more was credited than it is entitled to.
#[derive(Debug, Clone)]
pub(crate) struct Overpaid {
    pub(crate) key: Key,
    pub(crate) amount: Fen,
}

/// A part of a payment item that came from one fund and is not claimed yet.
#[derive(Debug)]
struct Portion {
    item: i64,
    case: i64,
    household: i64,
    division: i64,
    class: String,
    source: FundSource,
    amount: Fen,
}

/// Keys of a batch whose entitlement a later run lowered.
pub(crate) fn lowered_since(q: &mut dyn Query, batch: i64) -> Result<Vec<Key>, PaymentError> {
    let mut names = Names::default();
    q.rows(&LOWERED_SINCE, &[Value::from(batch)])?
        .iter()
        .map(|row| key_of(row, &mut names))
        .collect()
}

/// After lines were credited: what a later run already lowered is claimed back at once.
pub(crate) fn claim_lowered(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    batch: i64,
    deaths: &BTreeMap<PersonId, Date>,
) -> Result<Vec<RecoveryId>, PaymentError> {
    let mut over = Vec::new();
    for key in lowered_since(tx, batch)? {
        let params = [
            Value::from(key.person),
            Value::from(key.month),
            Value::from(&*key.programme),
        ];
        let entitled = tx
            .rows(&ENTITLED_NOW, &params)?
            .first()
            .map_or(Ok(Fen::ZERO), |row| row.fen(0))?;
        let position = Positions::of_key(tx, &key, &mut Names::default())?.against(&key, entitled);
        if let Difference::Recover(amount) = position.difference()? {
            over.push(Overpaid { key, amount });
        }
    }
    open(tx, ctx, &over, deaths)
}

/// Opens recoveries: one per case and cause, with an item per key, payment item and fund.
pub(crate) fn open(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    over: &[Overpaid],
    deaths: &BTreeMap<PersonId, Date>,
) -> Result<Vec<RecoveryId>, PaymentError> {
    let mut by_case: BTreeMap<(i64, String, RecoveryCause), Vec<(Key, Portion)>> = BTreeMap::new();
    for Overpaid { key, amount } in over {
        let late_death = deaths
            .get(&PersonId(key.person))
            .is_some_and(|day| Month::from_date(*day) < key.month);
        let cause = if late_death {
            RecoveryCause::LateDeath
        } else {
            RecoveryCause::LowerEntitlement
        };
        for portion in take(unclaimed(tx, key)?, *amount, key)? {
            let group = (portion.case, key.programme.to_string(), cause);
            by_case
                .entry(group)
                .or_default()
                .push((key.clone(), portion));
        }
    }
    if by_case.is_empty() {
        return Ok(Vec::new());
    }
    let mut chart = Chart::load(tx)?;
    let mut entries = Entries::default();
    let mut opened = Vec::with_capacity(by_case.len());
    for ((case, programme, cause), mut portions) in by_case {
        portions
            .sort_by_key(|(key, portion)| (key.month, key.person, portion.item, portion.source));
        let Some((household, division)) = portions
            .first()
            .map(|(_, first)| (first.household, first.division))
        else {
            continue;
        };
        let total = Fen::sum(portions.iter().map(|(_, portion)| portion.amount))?;
        let id = tx.insert(
            "recovery",
            &[
                ("case_id", Value::from(case)),
                ("programme", Value::from(programme.as_str())),
                ("household_id", Value::from(household)),
                ("division", Value::from(division)),
                ("cause", Value::from(cause)),
                ("amount_fen", Value::from(total)),
                ("opened_on", Value::from(ctx.today())),
                ("state", Value::from(RecoveryState::Open)),
            ],
        )?;
        let mut by_source: BTreeMap<FundSource, Fen> = BTreeMap::new();
        let mut rows = Vec::with_capacity(portions.len());
        for (key, portion) in &portions {
            rows.push(vec![
                Value::from(id),
                Value::from(portion.item),
                Value::from(programme.as_str()),
                Value::from(key.person),
                Value::from(key.month),
                Value::from(portion.class.as_str()),
                Value::from(portion.source.as_str()),
                Value::from(portion.amount),
            ]);
            let sum = by_source.entry(portion.source).or_insert(Fen::ZERO);
            *sum = sum.checked_add(portion.amount)?;
        }
        let columns = [
            "recovery_id",
            "payment_item_id",
            "programme",
            "person_id",
            "month",
            "class",
            "fund_source",
            "amount_fen",
        ];
        tx.insert_many("recovery_item", &columns, rows)?;
        for (source, amount) in by_source {
            let movement = Movement {
                debit: chart.account(tx, &Purpose::Receivable(programme.clone(), source))?,
                credit: chart.account(tx, &Purpose::Expense(programme.clone(), source))?,
                amount,
            };
            entries.push(
                EntryKind::Direct,
                movement,
                (document::RECOVERY, id),
                ctx.today(),
            );
        }
        opened.push(RecoveryId(id));
    }
    entries.write(tx)?;
    Ok(opened)
}

/// What was credited for a key and is claimed by no recovery, the last payment first.
fn unclaimed(tx: &mut Tx<'_>, key: &Key) -> Result<Vec<Portion>, PaymentError> {
    let params = [
        Value::from(key.person),
        Value::from(key.month),
        Value::from(&*key.programme),
    ];
    let claims = Positions::of_key(tx, key, &mut Names::default())?.claims;
    let mut portions = Vec::new();
    for row in tx.rows(&CREDITED_ITEMS, &params)? {
        let (item, line) = (row.int(0)?, row.int(1)?);
        let mut claimed: BTreeMap<FundSource, Fen> = BTreeMap::new();
        for row in tx.rows(&CLAIMED_OF_ITEM, &[Value::from(item)])? {
            let id = row.int(1)?;
            let withdrawn = claims
                .iter()
                .find(|claim| claim.id == id)
                .map_or(Fen::ZERO, |claim| claim.withdrawn);
            let sum = claimed.entry(row.text(0)?.parse()?).or_insert(Fen::ZERO);
            *sum = sum.checked_add(row.fen(2)?.checked_sub(withdrawn)?)?;
        }
        let mut parts = sources_of_item(tx, line, item)?;
        parts.reverse();
        for (source, amount) in parts {
            let left = amount.checked_sub(claimed.get(&source).copied().unwrap_or(Fen::ZERO))?;
            if left > Fen::ZERO {
                portions.push(Portion {
                    item,
                    case: row.int(2)?,
                    class: row.text(3)?.to_owned(),
                    household: row.int(5)?,
                    division: row.int(6)?,
                    source,
                    amount: left,
                });
            }
        }
    }
    Ok(portions)
}

/// The funds that an item of a line was paid from. Items fill the sources of their line in order.
fn sources_of_item(
    q: &mut dyn Query,
    line: i64,
    item: i64,
) -> Result<Vec<(FundSource, Fen)>, PaymentError> {
    let mut before = Fen::ZERO;
    let mut own = None;
    for row in q.rows(&ITEMS_OF_LINE, &[Value::from(line)])? {
        if row.int(0)? == item {
            own = Some(row.fen(1)?);
            break;
        }
        before = before.checked_add(row.fen(1)?)?;
    }
    let own = own.ok_or_else(|| {
        PaymentError::inconsistent(
            format!("payment line {line}"),
            format!("item {item} is not on it"),
        )
    })?;
    let mut sources = Vec::new();
    for row in q.rows(&SOURCES_OF_LINE, &[Value::from(line)])? {
        sources.push((row.text(0)?.parse()?, row.fen(1)?));
    }
    overlay(&sources, before, own).ok_or_else(|| {
        PaymentError::inconsistent(
            format!("payment line {line}"),
            "its entries do not cover its items",
        )
    })
}

/// The part `before..before + own` of the amounts laid end to end.
fn overlay(sources: &[(FundSource, Fen)], before: Fen, own: Fen) -> Option<Vec<(FundSource, Fen)>> {
    let (mut start, mut parts, mut found) = (0_i64, Vec::new(), 0_i64);
    let (from, to) = (before.get(), before.get().checked_add(own.get())?);
    for (source, amount) in sources {
        let end = start.checked_add(amount.get())?;
        let part = end.min(to) - start.max(from);
        if part > 0 {
            found += part;
            parts.push((*source, Fen::new(part)));
        }
        start = end;
    }
    (found == own.get()).then_some(parts)
}

fn take(portions: Vec<Portion>, amount: Fen, key: &Key) -> Result<Vec<Portion>, PaymentError> {
    let mut rest = amount;
    let mut taken = Vec::new();
    for mut portion in portions {
        if rest.is_zero() {
            break;
        }
        portion.amount = portion.amount.min(rest);
        rest = rest.checked_sub(portion.amount)?;
        taken.push(portion);
    }
    if rest.is_zero() {
        return Ok(taken);
    }
    Err(PaymentError::inconsistent(
        key.to_string(),
        format!("{rest} yuan more would be claimed than was credited"),
    ))
}

/// Withdraws `amount` of the claims on each key that are open, or that were given up, the latest claim first.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    run: i64,
    kind: RecoveryEventKind,
    groundless: &[Overpaid],
    positions: &Positions,
) -> Result<(), PaymentError> {
    let mut by_recovery: BTreeMap<i64, Vec<(&Claim, Fen)>> = BTreeMap::new();
    for Overpaid { key, amount } in groundless {
        let mut rest = *amount;
        for claim in positions
            .claims
            .iter()
            .rev()
            .filter(|claim| claim.key == *key)
        {
            let part = match kind {
                RecoveryEventKind::WriteOffWithdrawn => claim.written_off,
                _ => claim.open()?,
            }
            .min(rest);
            if part > Fen::ZERO {
                rest = rest.checked_sub(part)?;
                by_recovery
                    .entry(claim.recovery)
                    .or_default()
                    .push((claim, part));
            }
        }
        if !rest.is_zero() {
            return Err(PaymentError::inconsistent(
                key.to_string(),
                format!("{rest} yuan of a claim have no recovery"),
            ));
        }
    }
    let mut chart = Chart::load(tx)?;
    for (recovery, parts) in by_recovery {
        let event = crate::recovery::NewEvent {
            recovery: RecoveryId(recovery),
            kind,
            amount: Fen::sum(parts.iter().map(|(_, amount)| *amount))?,
            document: format!("payment run {run}"),
            happened_on: ctx.today(),
        };
        let id = crate::recovery::insert_event(tx, &event, &ctx.actor.username)?;
        let parts: Vec<(Claim, Fen)> = parts
            .into_iter()
            .map(|(claim, amount)| (claim.clone(), amount))
            .collect();
        crate::recovery::settle(tx, ctx, &mut chart, id, &event, &parts)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use minsheng_ledger::FundSource::{Central, County, Province};

    use super::*;

    #[test]
    fn an_item_is_paid_from_the_funds_that_lie_under_it() {
        let fen = Fen::new;
        let line = [(Central, fen(50)), (Province, fen(30)), (County, fen(20))];
        assert_eq!(
            overlay(&line, fen(0), fen(50)).unwrap(),
            [(Central, fen(50))]
        );
        assert_eq!(
            overlay(&line, fen(40), fen(45)).unwrap(),
            [(Central, fen(10)), (Province, fen(30)), (County, fen(5))]
        );
        assert_eq!(
            overlay(&line, fen(85), fen(15)).unwrap(),
            [(County, fen(15))]
        );
        assert_eq!(overlay(&line, fen(85), fen(16)), None);
    }
}
