//! The trial balance: all accounts of a book side by side, and the proof that debits equal credits.

use minsheng_core::Fen;

use crate::{Account, AccountKind, Balance, Book, LedgerError, Side};

/// One account of a trial balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRow {
    /// Code of the account.
    pub code: String,
    /// Its kind.
    pub kind: AccountKind,
    /// Its four sums, in fen.
    pub balance: Balance,
    /// Posted balance on the normal side of the kind, in fen; below zero where it stands on the other side.
    pub posted: Fen,
}

/// All accounts, by account number, with the sums over all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// The accounts.
    pub rows: Vec<TrialRow>,
    /// Sum of the posted debits, which is that of the posted credits.
    pub posted: Fen,
    /// Sum of the pending debits, which is that of the pending credits.
    pub pending: Fen,
}

impl TrialBalance {
    /// Draws up the trial balance of a book.
    ///
    /// # Errors
    /// [`LedgerError::Unbalanced`], [`LedgerError::Overflow`].
    pub fn of(book: &Book) -> Result<TrialBalance, LedgerError> {
        TrialBalance::over(book.balances())
    }

    /// Draws up the trial balance of accounts with sums computed elsewhere, as by a query.
    ///
    /// # Errors
    /// [`LedgerError::Unbalanced`], [`LedgerError::Overflow`].
    pub fn over<'a>(
        balances: impl IntoIterator<Item = (&'a Account, Balance)>,
    ) -> Result<TrialBalance, LedgerError> {
        let rows: Vec<TrialRow> = balances
            .into_iter()
            .map(|(account, balance)| TrialRow {
                code: account.code.clone(),
                kind: account.kind,
                balance,
                posted: balance.posted(account.kind.normal_side()),
            })
            .collect();
        let posted = agreed(&rows, false)?;
        let pending = agreed(&rows, true)?;
        Ok(TrialBalance {
            rows,
            posted,
            pending,
        })
    }
}

fn agreed(rows: &[TrialRow], pending: bool) -> Result<Fen, LedgerError> {
    let what = if pending { "pending" } else { "posted" };
    let sum = |side: Side| {
        let wide: i128 = rows
            .iter()
            .map(|row| i128::from(row.balance.sum(side, pending).get()))
            .sum();
        i64::try_from(wide)
            .map(Fen::new)
            .map_err(|_| LedgerError::Overflow {
                what: format!("the sum of all {what} amounts"),
                entry: None,
            })
    };
    let (debits, credits) = (sum(Side::Debit)?, sum(Side::Credit)?);
    if debits != credits {
        return Err(LedgerError::Unbalanced {
            what,
            debits,
            credits,
        });
    }
    Ok(debits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, FundSource};

    #[test]
    fn a_sum_changed_behind_the_books_is_found() {
        let fund = Account {
            id: AccountId(1),
            code: "fund/central".to_owned(),
            kind: AccountKind::FundSource,
            fund_source: Some(FundSource::Central),
            programme: None,
        };
        let control = Account {
            id: AccountId(2),
            code: "appropriation".to_owned(),
            kind: AccountKind::AppropriationControl,
            fund_source: None,
            programme: None,
        };
        let debit = Balance {
            debit_posted: Fen::new(500),
            ..Balance::ZERO
        };
        let credit = Balance {
            credit_posted: Fen::new(500),
            ..Balance::ZERO
        };
        let trial = TrialBalance::over([(&fund, debit), (&control, credit)]).unwrap();
        assert_eq!((trial.posted, trial.pending), (Fen::new(500), Fen::ZERO));
        assert_eq!(
            [trial.rows[0].posted, trial.rows[1].posted],
            [Fen::new(500), Fen::new(500)]
        );

        let changed = Balance {
            credit_posted: Fen::new(400),
            ..Balance::ZERO
        };
        assert!(matches!(
            TrialBalance::over([(&fund, debit), (&control, changed)]),
            Err(LedgerError::Unbalanced { what: "posted", .. })
        ));
    }

    #[test]
    fn a_total_past_64_bits_is_an_error_and_not_a_wrapped_number() {
        let account = Account {
            id: AccountId(1),
            code: "clearing".to_owned(),
            kind: AccountKind::Clearing,
            fund_source: None,
            programme: None,
        };
        let large = Balance {
            debit_posted: Fen::new(i64::MAX),
            credit_posted: Fen::new(i64::MAX),
            ..Balance::ZERO
        };
        assert!(matches!(
            TrialBalance::over([(&account, large), (&account, large)]),
            Err(LedgerError::Overflow { .. })
        ));
    }
}
