//! What one key (programme, beneficiary person, month) is due, and what must hold for it at all times. Must
//! not know where the amounts come from: an entitlement is a pure function of decisions and facts, the others
//! are sums of what happened.
//!
//! The money that counts against paying is what the person holds or is about to get: credited and in flight,
//! less what was paid back. A claim that is open or was given up took no money back, so it never makes a
//! payment larger: an entitlement that rises again after a write-off is not paid a second time.

use minsheng_core::Fen;

use crate::LedgerError;
use crate::sums::{minus, plus};

/// All amounts of one key, in fen, each zero or above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// What the person is entitled to, as known now.
    pub entitled: Fen,
    /// Confirmed by the bank, less what the bank returned afterwards.
    pub credited: Fen,
    /// In a batch that was frozen and not yet answered by the bank; a returned line that is sent again counts here.
    pub in_flight: Fen,
    /// Paid back.
    pub recovered: Fen,
    /// Claims given up.
    pub written_off: Fen,
    /// Claims still open.
    pub recovery_open: Fen,
}

/// What to do for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Pay this much, above zero: the month's benefit or arrears.
    Pay(Fen),
    /// Propose a recovery of this much, above zero, beside those that are open.
    Recover(Fen),
    /// The key is settled.
    Nothing,
}

impl Settlement {
    /// A key for which nothing has happened yet.
    pub fn entitled_to(entitled: Fen) -> Settlement {
        let (credited, in_flight, recovered, written_off, recovery_open) =
            (Fen::ZERO, Fen::ZERO, Fen::ZERO, Fen::ZERO, Fen::ZERO);
        Settlement {
            entitled,
            credited,
            in_flight,
            recovered,
            written_off,
            recovery_open,
        }
    }

    /// What is still to be paid or to be claimed. Asked again after it was done, it answers
    /// [`Difference::Nothing`].
    ///
    /// Money in flight holds back a second payment, but is not claimed: the bank may still return it. Ask again
    /// when the result is in.
    ///
    /// # Errors
    /// [`LedgerError::Negative`], [`LedgerError::ClaimsExceedPayments`], [`LedgerError::Overflow`].
    pub fn difference(&self) -> Result<Difference, LedgerError> {
        self.check_claims()?;
        let kept = self.kept()?;
        let reaching = plus(kept, self.in_flight).ok_or_else(overflow)?;
        let due = minus(self.entitled, reaching).ok_or_else(overflow)?;
        if due > Fen::ZERO {
            return Ok(Difference::Pay(due));
        }
        let unclaimed = self.unnamed(kept)?;
        if unclaimed > Fen::ZERO {
            return Ok(Difference::Recover(unclaimed));
        }
        Ok(Difference::Nothing)
    }

    /// The part of the open claims that today's entitlement no longer supports, in fen: after a late fact in
    /// the person's favour, demand this much less.
    ///
    /// # Errors
    /// Those of [`Settlement::difference`].
    pub fn groundless(&self) -> Result<Fen, LedgerError> {
        Ok(self.excess()?.min(self.recovery_open))
    }

    /// The part of what was given up that today's entitlement says was rightly paid, in fen, after the open claims
    /// are [lowered](Settlement::groundless): there was nothing to give up.
    ///
    /// # Errors
    /// Those of [`Settlement::difference`].
    pub fn groundless_write_off(&self) -> Result<Fen, LedgerError> {
        let rest = minus(self.excess()?, self.groundless()?).ok_or_else(overflow)?;
        Ok(rest.min(self.written_off))
    }

    /// How far claims, open and given up, go beyond what was paid too much.
    fn excess(&self) -> Result<Fen, LedgerError> {
        self.check_claims()?;
        let unclaimed = self.unnamed(self.kept()?)?;
        let excess = minus(Fen::ZERO, unclaimed).ok_or_else(overflow)?;
        Ok(excess.max(Fen::ZERO))
    }

    /// The invariant of every key: credited − returned − recovered − written off ≤ entitled, or open
    /// recoveries name the difference.
    ///
    /// # Errors
    /// [`LedgerError::Overpaid`] with the part that nothing names; those of [`Settlement::difference`].
    pub fn check(&self) -> Result<(), LedgerError> {
        self.check_claims()?;
        let kept = self.kept()?;
        let unnamed = self.unnamed(kept)?;
        if unnamed > Fen::ZERO {
            let net = minus(kept, self.written_off).ok_or_else(overflow)?;
            return Err(LedgerError::Overpaid {
                net,
                entitled: self.entitled,
                unnamed,
            });
        }
        Ok(())
    }

    /// Credited and not paid back.
    fn kept(&self) -> Result<Fen, LedgerError> {
        minus(self.credited, self.recovered).ok_or_else(overflow)
    }

    /// What was kept beyond the entitlement and is neither claimed nor given up; below zero where the claims
    /// go further than the entitlement asks for.
    fn unnamed(&self, kept: Fen) -> Result<Fen, LedgerError> {
        minus(kept, self.entitled)
            .and_then(|over| minus(over, self.written_off))
            .and_then(|rest| minus(rest, self.recovery_open))
            .ok_or_else(overflow)
    }

    /// No amount is below zero, and nobody is asked for more than was paid.
    fn check_claims(&self) -> Result<(), LedgerError> {
        let amounts = [
            ("the entitlement", self.entitled),
            ("the credited sum", self.credited),
            ("the sum in flight", self.in_flight),
            ("the recovered sum", self.recovered),
            ("the sum written off", self.written_off),
            ("the open recovery", self.recovery_open),
        ];
        if let Some((what, amount)) = amounts.into_iter().find(|(_, amount)| *amount < Fen::ZERO) {
            return Err(LedgerError::Negative { what, amount });
        }
        let claims =
            plus(self.recovered, self.written_off).and_then(|sum| plus(sum, self.recovery_open));
        if claims.ok_or_else(overflow)? > self.credited {
            return Err(LedgerError::ClaimsExceedPayments {
                credited: self.credited,
                recovered: self.recovered,
                written_off: self.written_off,
                open: self.recovery_open,
            });
        }
        Ok(())
    }
}

fn overflow() -> LedgerError {
    LedgerError::Overflow {
        what: "the settlement of a key".to_owned(),
        entry: None,
    }
}

#[cfg(test)]
mod tests {
    use super::Difference::{Nothing, Pay, Recover};
    use super::*;

    /// entitled | credited in_flight recovered written_off open | difference | groundless | invariant
    const TABLE: &str = "
        590 |   0   0   0   0   0 | pay 590     |   0 | holds    # first payment
        590 |   0 590   0   0   0 | nothing     |   0 | holds    # with the bank: not paid twice
        590 | 590   0   0   0   0 | nothing     |   0 | holds    # paid
        590 | 450   0   0   0   0 | pay 140     |   0 | holds    # arrears after a late fact
        590 | 450 100   0   0   0 | pay 40      |   0 | holds    # part of the arrears is on its way
          0 | 590   0   0   0   0 | recover 590 |   0 | fails    # died before, known later
          0 |   0 590   0   0   0 | nothing     |   0 | holds    # the same while with the bank: wait for the result
          0 | 590   0   0   0 590 | nothing     |   0 | holds    # the recovery names the difference
          0 | 590   0 200   0 390 | nothing     |   0 | holds    # partly repaid
          0 | 590   0 200 390   0 | nothing     |   0 | holds    # the rest written off
          0 | 590   0 200   0 300 | recover 90  |   0 | fails    # a claim that is too small
        450 | 590   0   0   0 590 | nothing     | 450 | holds    # most of the claim has lost its reason
        590 | 590   0 200   0 390 | pay 200     | 390 | holds    # all of it has: pay back what was repaid
        590 | 590   0 200 390   0 | pay 200     |   0 | holds    # what was written off was never given back
        700 | 590   0   0   0 590 | pay 110     | 590 | holds
    ";

    fn row(line: &str) -> (Settlement, Difference, Fen, bool) {
        let line = line.split('#').next().unwrap();
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let amount = |text: &str| Fen::new(text.parse().unwrap());
        let sums: Vec<Fen> = columns[1].split_whitespace().map(amount).collect();
        let settlement = Settlement {
            entitled: amount(columns[0]),
            credited: sums[0],
            in_flight: sums[1],
            recovered: sums[2],
            written_off: sums[3],
            recovery_open: sums[4],
        };
        let difference = match columns[2].split_once(' ') {
            Some(("pay", rest)) => Pay(amount(rest)),
            Some(("recover", rest)) => Recover(amount(rest)),
            _ => Nothing,
        };
        (
            settlement,
            difference,
            amount(columns[3]),
            columns[4] == "holds",
        )
    }

    #[test]
    fn the_table_of_keys() {
        for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
            let (settlement, difference, groundless, holds) = row(line);
            assert_eq!(settlement.difference().unwrap(), difference, "{line}");
            assert_eq!(settlement.groundless().unwrap(), groundless, "{line}");
            assert_eq!(settlement.check().is_ok(), holds, "{line}");
        }
    }

    #[test]
    fn a_write_off_of_what_was_rightly_paid_is_groundless_after_the_open_claims() {
        let fen = Fen::new;
        let of = |entitled, recovered, written_off, recovery_open| {
            let settlement = Settlement {
                credited: fen(590),
                recovered: fen(recovered),
                written_off: fen(written_off),
                recovery_open: fen(recovery_open),
                ..Settlement::entitled_to(fen(entitled))
            };
            let open = settlement.groundless().unwrap().get();
            (open, settlement.groundless_write_off().unwrap().get())
        };
        assert_eq!(of(0, 200, 390, 0), (0, 0), "the ground stands");
        assert_eq!(of(590, 200, 390, 0), (0, 390), "all of it has gone");
        assert_eq!(of(590, 0, 590, 0), (0, 590));
        assert_eq!(of(450, 0, 590, 0), (0, 450), "140 were paid too much");
        assert_eq!(of(450, 0, 290, 300), (300, 150), "what is open goes first");
        assert_eq!(of(140, 0, 290, 300), (140, 0));
    }

    #[test]
    fn an_overpayment_without_a_claim_is_named_with_its_amount() {
        let settlement = Settlement {
            credited: Fen::new(59_000),
            ..Settlement::entitled_to(Fen::new(45_000))
        };
        assert_eq!(
            settlement.check().unwrap_err().to_string(),
            "credited 590.00 (net of recoveries) against an entitlement of 450.00: 140.00 too much is named by no open recovery"
        );
    }

    #[test]
    fn nobody_is_asked_for_more_than_was_paid() {
        let fen = Fen::new;
        let paid = Settlement {
            credited: fen(100),
            ..Settlement::entitled_to(Fen::ZERO)
        };
        for claims in [
            Settlement {
                recovered: fen(101),
                ..paid
            },
            Settlement {
                written_off: fen(101),
                ..paid
            },
            Settlement {
                recovery_open: fen(101),
                ..paid
            },
            Settlement {
                recovered: fen(50),
                written_off: fen(30),
                recovery_open: fen(21),
                ..paid
            },
        ] {
            assert!(matches!(
                claims.check(),
                Err(LedgerError::ClaimsExceedPayments { .. })
            ));
            assert!(matches!(
                claims.difference(),
                Err(LedgerError::ClaimsExceedPayments { .. })
            ));
        }
        let below = Settlement {
            in_flight: fen(-1),
            ..paid
        };
        assert!(matches!(
            below.difference(),
            Err(LedgerError::Negative {
                what: "the sum in flight",
                ..
            })
        ));
        let large = Settlement {
            credited: fen(i64::MAX),
            in_flight: fen(1),
            ..paid
        };
        assert!(matches!(
            large.difference(),
            Err(LedgerError::Overflow { .. })
        ));
    }
}
