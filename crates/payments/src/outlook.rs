//! Which funds a cost that is only foreseen would draw on, month after month, starting from what is available now.
//! It books nothing. Draw orders are those of the packs; what the sources do not hold is told as missing.

use std::collections::BTreeMap;

use minsheng_core::{Fen, Month};
use minsheng_ledger::{FundSource, LedgerError, Purse};
use minsheng_policy::PackSet;
use minsheng_store::Query;

use crate::PaymentError;
use crate::funds::fund_balances;

/// What one month would take from one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Foreseen {
    /// The month.
    pub month: Month,
    /// The source; nothing for what no source holds.
    #[serde(serialize_with = "code")]
    pub source: Option<FundSource>,
    /// Fen.
    pub amount_fen: Fen,
}

fn code<S: serde::Serializer>(
    source: &Option<FundSource>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match source {
        Some(source) => serializer.serialize_some(source.as_str()),
        None => serializer.serialize_none(),
    }
}

/// Spreads the costs of months over the sources, in the order of the months, programmes of a month by their code.
///
/// # Errors
/// [`PaymentError::NotFound`] for a programme that the packs do not have; [`PaymentError::Ledger`]; the store's.
pub fn outlook(
    q: &mut dyn Query,
    packs: &PackSet,
    costs: &BTreeMap<(Month, String), Fen>,
) -> Result<Vec<Foreseen>, PaymentError> {
    let mut left: Vec<(FundSource, Fen)> = fund_balances(q)?
        .into_iter()
        .map(|balance| (balance.source, balance.available.max(Fen::ZERO)))
        .collect();
    let mut sums: BTreeMap<(Month, Option<FundSource>), Fen> = BTreeMap::new();
    for ((month, code), cost) in costs {
        let programme = packs
            .programme(code)
            .ok_or_else(|| PaymentError::not_found("programme", code))?;
        let order: Vec<FundSource> = programme
            .payment
            .draw_order
            .iter()
            .map(|source| source.parse())
            .collect::<Result<_, LedgerError>>()?;
        let mut purse = Purse::new(&order, &left)?;
        let there = Fen::sum(purse.left().iter().map(|(_, amount)| *amount))?;
        let taken = (*cost).min(there);
        let mut parts: Vec<(Option<FundSource>, Fen)> = purse
            .draw(taken)?
            .into_iter()
            .map(|(source, amount)| (Some(source), amount))
            .collect();
        parts.push((None, cost.checked_sub(taken)?));
        for (source, amount) in parts {
            if !amount.is_zero() {
                let sum = sums.entry((*month, source)).or_insert(Fen::ZERO);
                *sum = sum.checked_add(amount)?;
            }
        }
        for (source, now) in purse.left() {
            for (known, before) in &mut left {
                if known == source {
                    *before = *now;
                }
            }
        }
    }
    Ok(sums
        .into_iter()
        .map(|((month, source), amount_fen)| Foreseen {
            month,
            source,
            amount_fen,
        })
        .collect())
}
