//! Drawing: an amount is taken from the fund sources in a declared order, one source until it is empty, then
//! the next. Must not know why the order is what it is: it is the `draw_order` of a pack's payment section
//! (central, province, prefecture, county; an assumption of the pack).

use minsheng_core::Fen;

use crate::sums::{minus, plus, total};
use crate::{FundSource, LedgerError};

/// What one amount takes of each source: in draw order, every part above zero, together the amount.
pub type Draw = Vec<(FundSource, Fen)>;

/// A batch drawn line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchDraw {
    /// One draw per line, in the order of the lines.
    pub lines: Vec<Draw>,
    /// What the whole batch takes of each source: the draw of the sum of all lines.
    pub totals: Draw,
}

/// What is left in the sources while amounts are drawn one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purse {
    left: Vec<(FundSource, Fen)>,
}

impl Purse {
    /// The sources of `order` with what is available in them. Sources outside the order are not touched.
    ///
    /// # Errors
    /// [`LedgerError::SourceTwice`]; [`LedgerError::SourceMissing`], because a source whose balance is not
    /// known is not an empty one; [`LedgerError::SourceBelowZero`]; [`LedgerError::Overflow`].
    pub fn new(
        order: &[FundSource],
        available: &[(FundSource, Fen)],
    ) -> Result<Purse, LedgerError> {
        for (index, (source, amount)) in available.iter().enumerate() {
            if available[..index]
                .iter()
                .any(|(before, _)| before == source)
            {
                return Err(LedgerError::SourceTwice {
                    source_name: *source,
                    place: "the list of balances",
                });
            }
            if *amount < Fen::ZERO {
                return Err(LedgerError::SourceBelowZero {
                    source_name: *source,
                    amount: *amount,
                });
            }
        }
        let mut left: Vec<(FundSource, Fen)> = Vec::new();
        for source in order {
            if left.iter().any(|(before, _)| before == source) {
                return Err(LedgerError::SourceTwice {
                    source_name: *source,
                    place: "the draw order",
                });
            }
            let found = available.iter().find(|(known, _)| known == source);
            left.push(*found.ok_or(LedgerError::SourceMissing {
                source_name: *source,
            })?);
        }
        let purse = Purse { left };
        purse.sum()?;
        Ok(purse)
    }

    /// Takes `amount` and leaves the purse poorer by it. An amount of zero takes nothing. When it is refused,
    /// the purse is as before.
    ///
    /// # Errors
    /// [`LedgerError::Negative`]; [`LedgerError::NotEnough`], which says how much is missing.
    pub fn draw(&mut self, amount: Fen) -> Result<Draw, LedgerError> {
        if amount < Fen::ZERO {
            return Err(LedgerError::Negative {
                what: "the amount to draw",
                amount,
            });
        }
        let available = self.sum()?;
        if amount > available {
            let missing =
                minus(amount, available).ok_or(LedgerError::Broken("a draw went past 64 bits"))?;
            return Err(LedgerError::NotEnough {
                wanted: amount,
                available,
                missing,
            });
        }
        let mut wanted = amount.get();
        let mut parts = Draw::new();
        for (source, left) in &mut self.left {
            let part = wanted.min(left.get());
            if part > 0 {
                *left = Fen::new(left.get() - part);
                wanted -= part;
                parts.push((*source, Fen::new(part)));
            }
        }
        if wanted != 0 || total(parts.iter().map(|(_, part)| *part)) != Some(amount) {
            return Err(LedgerError::Broken(
                "the parts of a draw are not the amount drawn",
            ));
        }
        Ok(parts)
    }

    /// What is left, in draw order.
    pub fn left(&self) -> &[(FundSource, Fen)] {
        &self.left
    }

    fn sum(&self) -> Result<Fen, LedgerError> {
        total(self.left.iter().map(|(_, amount)| *amount)).ok_or_else(|| LedgerError::Overflow {
            what: "the sum of the sources".to_owned(),
            entry: None,
        })
    }
}

/// Spreads one amount over the sources.
///
/// # Errors
/// Those of [`Purse::new`] and [`Purse::draw`].
pub fn draw(
    order: &[FundSource],
    available: &[(FundSource, Fen)],
    amount: Fen,
) -> Result<Draw, LedgerError> {
    Purse::new(order, available)?.draw(amount)
}

/// Spreads a batch over the sources, line after line: a line may straddle two sources. Per line the parts are
/// the amount of the line, per source they are the total; both are checked before the result is given.
///
/// # Errors
/// Those of [`draw`], [`LedgerError::NotEnough`] being that of the whole batch.
pub fn draw_batch(
    order: &[FundSource],
    available: &[(FundSource, Fen)],
    lines: &[Fen],
) -> Result<BatchDraw, LedgerError> {
    if let Some(amount) = lines.iter().copied().find(|amount| *amount < Fen::ZERO) {
        return Err(LedgerError::Negative {
            what: "the amount of a line",
            amount,
        });
    }
    let wanted = total(lines.iter().copied()).ok_or_else(|| LedgerError::Overflow {
        what: "the sum of the lines".to_owned(),
        entry: None,
    })?;
    let totals = draw(order, available, wanted)?;

    let mut purse = Purse::new(order, available)?;
    let lines = lines
        .iter()
        .map(|amount| purse.draw(*amount))
        .collect::<Result<Vec<Draw>, LedgerError>>()?;
    for source in order {
        let of_source = |parts: &Draw| {
            parts
                .iter()
                .find(|(name, _)| name == source)
                .map_or(Fen::ZERO, |(_, part)| *part)
        };
        let by_line = lines
            .iter()
            .try_fold(Fen::ZERO, |sum, parts| plus(sum, of_source(parts)));
        if by_line != Some(of_source(&totals)) {
            return Err(LedgerError::Broken(
                "the lines of a batch and its totals differ for a source",
            ));
        }
    }
    Ok(BatchDraw { lines, totals })
}

#[cfg(test)]
mod tests {
    use super::FundSource::{Central, County, Prefecture, Province};
    use super::*;

    const ORDER: [FundSource; 4] = [Central, Province, Prefecture, County];

    fn fen(amount: i64) -> Fen {
        Fen::new(amount)
    }

    fn funds(amounts: [i64; 4]) -> Vec<(FundSource, Fen)> {
        // Stored in another order on purpose: only the draw order counts.
        let mut funds: Vec<_> = ORDER.into_iter().zip(amounts.map(Fen::new)).collect();
        funds.reverse();
        funds
    }

    #[test]
    fn one_source_is_emptied_before_the_next_is_touched() {
        let drawn = draw(&ORDER, &funds([100, 0, 50, 500]), fen(170)).unwrap();
        assert_eq!(
            drawn,
            [
                (Central, fen(100)),
                (Prefecture, fen(50)),
                (County, fen(20))
            ]
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let refused = draw(&ORDER, &funds([100, 0, 50, 0]), fen(15_100)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "151.00 is wanted and 1.50 is available: 149.50 is missing\nhint: book an appropriation first"
        );
    }

    #[test]
    fn a_source_outside_the_order_is_not_drawn() {
        assert!(matches!(
            draw(&[Central], &funds([100, 900, 0, 0]), fen(101)),
            Err(LedgerError::NotEnough { .. })
        ));
    }

    #[test]
    fn an_unknown_balance_is_not_an_empty_one() {
        let refused = draw(&ORDER, &[(Central, fen(1_000))], fen(1)).unwrap_err();
        assert_eq!(
            refused,
            LedgerError::SourceMissing {
                source_name: Province
            }
        );
    }

    #[test]
    fn lists_that_contradict_themselves_are_refused() {
        let twice = [(Central, fen(1)), (Central, fen(2))];
        assert!(matches!(
            draw(&[Central], &twice, fen(1)),
            Err(LedgerError::SourceTwice { .. })
        ));
        assert!(matches!(
            draw(&[Central, Central], &twice[..1], fen(1)),
            Err(LedgerError::SourceTwice { .. })
        ));
        let below = [(Central, fen(-1))];
        assert!(matches!(
            draw(&[Central], &below, fen(1)),
            Err(LedgerError::SourceBelowZero { .. })
        ));
        assert!(matches!(
            draw(&ORDER, &funds([9, 9, 9, 9]), fen(-1)),
            Err(LedgerError::Negative { .. })
        ));
        assert!(matches!(
            draw(&ORDER, &funds([i64::MAX, 1, 0, 0]), fen(1)),
            Err(LedgerError::Overflow { .. })
        ));
    }

    #[test]
    fn a_line_of_a_batch_may_straddle_two_sources() {
        let batch = draw_batch(
            &ORDER,
            &funds([100, 60, 0, 40]),
            &[fen(70), fen(0), fen(70), fen(60)],
        )
        .unwrap();
        assert_eq!(
            batch.lines,
            [
                vec![(Central, fen(70))],
                vec![],
                vec![(Central, fen(30)), (Province, fen(40))],
                vec![(Province, fen(20)), (County, fen(40))],
            ]
        );
        assert_eq!(
            batch.totals,
            [(Central, fen(100)), (Province, fen(60)), (County, fen(40))]
        );
    }

    #[test]
    fn a_batch_that_is_not_covered_is_refused_whole() {
        let refused = draw_batch(&ORDER, &funds([100, 0, 0, 0]), &[fen(70), fen(70)]).unwrap_err();
        assert_eq!(
            refused,
            LedgerError::NotEnough {
                wanted: fen(140),
                available: fen(100),
                missing: fen(40)
            }
        );
    }
}
