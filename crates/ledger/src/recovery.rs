//! A repayment, or an amount written off, spread over the items of a recovery: the oldest month first, within
//! a month by the number of the item. Must not know how the money came in.
//!
//! Source: overpaid assistance is stopped and returned (社会救助暂行办法 art. 68); the order of months is the
//! usual one of the books, so that the oldest claim closes first.

use minsheng_core::{Fen, Month};

use crate::LedgerError;
use crate::sums::{minus, total};

/// One item of a recovery: what is owed back for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// Number of the item.
    pub item: i64,
    /// Benefit month of the key.
    pub month: Month,
    /// Claimed, in fen.
    pub amount: Fen,
    /// Repaid or written off before, in fen.
    pub settled: Fen,
}

impl Owed {
    /// What is still open, in fen.
    ///
    /// # Errors
    /// [`LedgerError::RecoveryItem`] when the claim is not above zero, or more is settled than was claimed.
    pub fn open(&self) -> Result<Fen, LedgerError> {
        let fault = |what| LedgerError::RecoveryItem {
            item: self.item,
            month: self.month,
            what,
        };
        if self.amount <= Fen::ZERO {
            return Err(fault("claims no amount above zero"));
        }
        if self.settled < Fen::ZERO {
            return Err(fault("has less than nothing settled"));
        }
        minus(self.amount, self.settled)
            .filter(|open| *open >= Fen::ZERO)
            .ok_or_else(|| fault("has more settled than was claimed"))
    }
}

/// What is open over all items, in fen.
///
/// # Errors
/// [`LedgerError::RecoveryItem`], [`LedgerError::Overflow`].
pub fn open(items: &[Owed]) -> Result<Fen, LedgerError> {
    let open = items
        .iter()
        .map(Owed::open)
        .collect::<Result<Vec<Fen>, LedgerError>>()?;
    total(open).ok_or_else(|| LedgerError::Overflow {
        what: "the sum of a recovery".to_owned(),
        entry: None,
    })
}

/// Spreads `amount` over the items and returns (item, part), every part above zero, in the order in which the
/// items close.
///
/// # Errors
/// [`LedgerError::Negative`] for an amount below zero; [`LedgerError::RepaymentTooLarge`] when more is repaid
/// than is open: the rest belongs to the household and is not kept; [`LedgerError::RecoveryItem`] for an item
/// that is named twice or contradicts itself.
pub fn allocate(items: &[Owed], amount: Fen) -> Result<Vec<(i64, Fen)>, LedgerError> {
    if amount < Fen::ZERO {
        return Err(LedgerError::Negative {
            what: "the repayment",
            amount,
        });
    }
    let mut oldest_first: Vec<&Owed> = items.iter().collect();
    oldest_first.sort_by_key(|owed| (owed.month, owed.item));
    for (index, owed) in oldest_first.iter().enumerate() {
        if oldest_first[..index]
            .iter()
            .any(|before| before.item == owed.item)
        {
            let (item, month) = (owed.item, owed.month);
            return Err(LedgerError::RecoveryItem {
                item,
                month,
                what: "is named twice",
            });
        }
    }
    let open = open(items)?;
    if amount > open {
        return Err(LedgerError::RepaymentTooLarge { amount, open });
    }
    let mut rest = amount.get();
    let mut parts = Vec::new();
    for owed in oldest_first {
        let part = rest.min(owed.open()?.get());
        if part > 0 {
            rest -= part;
            parts.push((owed.item, Fen::new(part)));
        }
    }
    if rest != 0 {
        return Err(LedgerError::Broken(
            "the parts of a repayment are not the repayment",
        ));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owed(item: i64, month: &str, amount: i64, settled: i64) -> Owed {
        Owed {
            item,
            month: month.parse().unwrap(),
            amount: Fen::new(amount),
            settled: Fen::new(settled),
        }
    }

    #[test]
    fn the_oldest_month_closes_first_and_numbers_break_ties() {
        let items = [
            owed(4, "2021-06", 300, 0),
            owed(3, "2021-05", 300, 250),
            owed(2, "2021-06", 200, 0),
            owed(1, "2021-04", 100, 100),
        ];
        let parts = allocate(&items, Fen::new(300)).unwrap();
        assert_eq!(
            parts,
            [(3, Fen::new(50)), (2, Fen::new(200)), (4, Fen::new(50))]
        );
        assert_eq!(open(&items).unwrap(), Fen::new(550));
    }

    #[test]
    fn more_than_is_open_is_refused_and_nothing_is_kept() {
        let items = [owed(1, "2021-04", 100, 40)];
        let refused = allocate(&items, Fen::new(61)).unwrap_err();
        assert_eq!(refused.to_string(), "0.61 is repaid, but only 0.60 is open");
        assert!(matches!(
            allocate(&items, Fen::new(-1)),
            Err(LedgerError::Negative { .. })
        ));
        assert_eq!(allocate(&items, Fen::ZERO).unwrap(), []);
    }

    #[test]
    fn items_that_contradict_themselves_are_named() {
        let refused = |items: &[Owed]| allocate(items, Fen::new(1)).unwrap_err().to_string();
        assert_eq!(
            refused(&[owed(1, "2021-04", 100, 101)]),
            "item 1 (2021-04) of the recovery has more settled than was claimed"
        );
        assert_eq!(
            refused(&[owed(1, "2021-04", 0, 0)]),
            "item 1 (2021-04) of the recovery claims no amount above zero"
        );
        assert_eq!(
            refused(&[owed(1, "2021-04", 100, -1)]),
            "item 1 (2021-04) of the recovery has less than nothing settled"
        );
        assert_eq!(
            refused(&[owed(1, "2021-05", 100, 0), owed(1, "2021-04", 100, 0)]),
            "item 1 (2021-05) of the recovery is named twice"
        );
    }
}
