//! The funds: appropriations received, what is left of each source, the trial balance.
//!
//! An appropriation is entered by one user with its document and confirmed by another; only then it is money.
//! Must not know who is paid. Source: 社会救助暂行办法 art. 5 (ring-fenced); draw order central, province,
//! prefecture, county is declared by the packs.

use minsheng_core::{Date, Fen};
use minsheng_ledger::{Balance, EntryKind, FundSource, Side, TrialBalance};
use minsheng_registry::{Ctx, Desk, Role};
use minsheng_store::{Query, Value, statement};

use crate::PaymentError;
use crate::accounts::{Chart, Entries, Movement, Purpose, balances, document};
use crate::records::AppropriationId;

/// An appropriation as the cashier enters it.
#[derive(Debug, Clone)]
pub struct NewAppropriation {
    /// Where the money comes from.
    pub source: FundSource,
    /// Amount, fen, above zero.
    pub amount: Fen,
    /// Number of the paper that brings it.
    pub document: String,
    /// Day on which it was received.
    pub received_on: Date,
}

/// What is left of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundBalance {
    /// The source.
    pub source: FundSource,
    /// Received and not paid, fen; what the bank has not answered is still in it.
    pub posted: Fen,
    /// Reserved by released batches, fen.
    pub reserved: Fen,
    /// What may still be released, fen.
    pub available: Fen,
}

statement! {
    APPROPRIATION, internal "appropriations hold no persons",
    "SELECT fund_source, amount_fen, document, received_on, entered_by, confirmed_by FROM appropriation WHERE id = ?1"
}

/// Enters an appropriation. It is not money before [`confirm`].
///
/// # Errors
/// [`PaymentError::Field`], [`PaymentError::Registry`] for the role cashier, or the store's.
pub fn appropriate(
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewAppropriation,
) -> Result<AppropriationId, PaymentError> {
    ctx.require(Role::Cashier)?;
    ctx.require_whole_county()?;
    if new.amount <= Fen::ZERO {
        return Err(PaymentError::Field {
            field: "amount",
            reason: format!("{} is not above zero", new.amount),
        });
    }
    if new.document.trim().is_empty() {
        return Err(PaymentError::Field {
            field: "document",
            reason: "is empty; give the number of the paper that brings the money".to_owned(),
        });
    }
    if new.received_on > ctx.today() {
        return Err(PaymentError::Field {
            field: "received_on",
            reason: format!("{} lies in the future", new.received_on),
        });
    }
    desk.store.write(&ctx.act("funds.appropriate"), |tx| {
        let id = tx.insert(
            "appropriation",
            &[
                ("fund_source", Value::from(new.source.as_str())),
                ("amount_fen", Value::from(new.amount)),
                ("document", Value::from(new.document.trim())),
                ("received_on", Value::from(new.received_on)),
                ("entered_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        Ok(AppropriationId(id))
    })
}

/// Confirms an appropriation and books it: debit fund, credit appropriation.
///
/// # Errors
/// [`PaymentError::FourEyes`] for the user who entered it, [`PaymentError::AlreadyConfirmed`],
/// [`PaymentError::NotFound`], [`PaymentError::Registry`] for the role checker, or the store's.
pub fn confirm(desk: &Desk<'_>, ctx: &Ctx, id: AppropriationId) -> Result<(), PaymentError> {
    ctx.require(Role::Checker)?;
    ctx.require_whole_county()?;
    let user = ctx.actor.username.as_str();
    desk.store.write(&ctx.act("funds.confirm"), |tx| {
        let rows = tx.rows(&APPROPRIATION, &[Value::from(id)])?;
        let row = rows
            .first()
            .ok_or_else(|| PaymentError::not_found("appropriation", id))?;
        if let Some(by) = row.opt_text(5)? {
            return Err(PaymentError::AlreadyConfirmed {
                what: format!("appropriation {id}"),
                by: by.to_owned(),
            });
        }
        if row.text(4)? == user {
            return Err(PaymentError::FourEyes {
                user: user.to_owned(),
                earlier: "entered",
                what: format!("appropriation {id}"),
                act: "confirm",
            });
        }
        let source: FundSource = row.text(0)?.parse()?;
        let mut chart = Chart::load(tx)?;
        let movement = Movement {
            debit: chart.account(tx, &Purpose::Fund(source))?,
            credit: chart.account(tx, &Purpose::Appropriation(source))?,
            amount: row.fen(1)?,
        };
        let mut entries = Entries::default();
        entries.push(
            EntryKind::Direct,
            movement,
            (document::APPROPRIATION, id.0),
            ctx.today(),
        );
        entries.write(tx)?;
        let now = Value::from(tx.number());
        tx.update(
            "appropriation",
            id.0,
            &[("confirmed_by", Value::from(user)), ("confirmed_tx", now)],
        )?;
        Ok(())
    })
}

/// What is left of every source; a source that never received anything stands at zero.
///
/// # Errors
/// The store's.
pub fn fund_balances(q: &mut dyn Query) -> Result<Vec<FundBalance>, PaymentError> {
    let chart = Chart::load(q)?;
    let sums = balances(q)?;
    FundSource::ALL
        .into_iter()
        .map(|source| {
            let account = chart.find(&Purpose::Fund(source));
            let balance = account
                .and_then(|account| sums.get(&account.id))
                .copied()
                .unwrap_or(Balance::ZERO);
            Ok(FundBalance {
                source,
                posted: balance.posted(Side::Debit),
                reserved: balance.sum(Side::Credit, true),
                available: balance.available(Side::Debit)?,
            })
        })
        .collect()
}

/// All accounts side by side.
///
/// # Errors
/// [`PaymentError::Ledger`] if debits and credits differ, or the store's.
pub fn trial_balance(q: &mut dyn Query) -> Result<TrialBalance, PaymentError> {
    let accounts = Chart::load(q)?.into_accounts();
    let sums = balances(q)?;
    let rows = accounts.iter().map(|account| {
        (
            account,
            sums.get(&account.id).copied().unwrap_or(Balance::ZERO),
        )
    });
    Ok(TrialBalance::over(rows)?)
}
