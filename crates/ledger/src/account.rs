//! Accounts: what may be debited and credited, on which side each kind normally stands, and which may not go
//! below zero. Must not know balances (see [`crate::book`]) or where accounts are stored.

use std::fmt;
use std::str::FromStr;

use crate::LedgerError;

/// Number of an account, as the store gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The government level that a fund comes from. The order of the variants means nothing: the order of drawing
/// is declared by the payment section of a policy pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FundSource {
    /// 中央 central hardship pool (困难群众救助补助资金).
    Central,
    /// 省级 province.
    Province,
    /// 州(市)级 prefecture.
    Prefecture,
    /// 县级 county.
    County,
}

impl FundSource {
    /// All sources.
    pub const ALL: [FundSource; 4] = [
        Self::Central,
        Self::Province,
        Self::Prefecture,
        Self::County,
    ];

    /// The word stored in tables and written in packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
        }
    }
}

impl fmt::Display for FundSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FundSource {
    type Err = LedgerError;

    fn from_str(word: &str) -> Result<Self, LedgerError> {
        Self::ALL
            .into_iter()
            .find(|source| source.as_str() == word)
            .ok_or_else(|| LedgerError::UnknownWord {
                what: "fund source",
                word: word.to_owned(),
            })
    }
}

/// One side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// What an account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// Money of one source held by the treasury for assistance. May not go below zero, pending entries counted.
    FundSource,
    /// Money that the agent bank (代发银行) was told to credit.
    Clearing,
    /// What a programme has cost.
    Expense,
    /// What households owe back.
    RecoveryReceivable,
    /// The counterpart of every appropriation received.
    AppropriationControl,
}

impl AccountKind {
    /// All kinds.
    pub const ALL: [AccountKind; 5] = [
        Self::FundSource,
        Self::Clearing,
        Self::Expense,
        Self::RecoveryReceivable,
        Self::AppropriationControl,
    ];

    /// The word stored in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FundSource => "fund_source",
            Self::Clearing => "clearing",
            Self::Expense => "expense",
            Self::RecoveryReceivable => "recovery_receivable",
            Self::AppropriationControl => "appropriation_control",
        }
    }

    /// The side on which a balance of this kind is positive.
    pub fn normal_side(self) -> Side {
        match self {
            Self::FundSource | Self::Clearing | Self::Expense | Self::RecoveryReceivable => {
                Side::Debit
            }
            Self::AppropriationControl => Side::Credit,
        }
    }

    /// True where a balance below zero would mean that money was promised which is not there.
    pub fn never_below_zero(self) -> bool {
        matches!(self, Self::FundSource)
    }
}

impl fmt::Display for AccountKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AccountKind {
    type Err = LedgerError;

    fn from_str(word: &str) -> Result<Self, LedgerError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| LedgerError::UnknownWord {
                what: "account kind",
                word: word.to_owned(),
            })
    }
}

/// One account of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Number given by the store.
    pub id: AccountId,
    /// Name in the chart of accounts, met by people: "fund/central", "expense/urban-dibao".
    pub code: String,
    /// What it stands for.
    pub kind: AccountKind,
    /// The source; required for [`AccountKind::FundSource`].
    pub fund_source: Option<FundSource>,
    /// Code of the programme; required for [`AccountKind::Expense`].
    pub programme: Option<String>,
}

impl Account {
    /// Refuses an account that lacks what its kind needs.
    ///
    /// # Errors
    /// [`LedgerError::AccountIncomplete`].
    pub fn check(&self) -> Result<(), LedgerError> {
        let needs = match self.kind {
            _ if self.code.is_empty() => "a code",
            AccountKind::FundSource if self.fund_source.is_none() => "a fund source",
            AccountKind::Expense if self.programme.is_none() => "a programme",
            _ => return Ok(()),
        };
        Err(LedgerError::AccountIncomplete {
            account: self.id,
            code: self.code.clone(),
            needs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_sources_and_kinds_read_back() {
        for source in FundSource::ALL {
            assert_eq!(source.as_str().parse::<FundSource>().unwrap(), source);
        }
        for kind in AccountKind::ALL {
            assert_eq!(kind.as_str().parse::<AccountKind>().unwrap(), kind);
        }
        assert_eq!(
            "lottery".parse::<FundSource>().unwrap_err().to_string(),
            "`lottery` is not a fund source that the ledger knows"
        );
    }

    #[test]
    fn a_fund_needs_its_source_and_an_expense_its_programme() {
        let mut account = Account {
            id: AccountId(1),
            code: "fund/central".to_owned(),
            kind: AccountKind::FundSource,
            fund_source: None,
            programme: None,
        };
        assert!(matches!(
            account.check(),
            Err(LedgerError::AccountIncomplete {
                needs: "a fund source",
                ..
            })
        ));
        account.fund_source = Some(FundSource::Central);
        account.check().unwrap();
        account.kind = AccountKind::Expense;
        assert!(matches!(
            account.check(),
            Err(LedgerError::AccountIncomplete {
                needs: "a programme",
                ..
            })
        ));
        account.programme = Some("urban-dibao".to_owned());
        account.check().unwrap();
        account.code.clear();
        assert!(matches!(
            account.check(),
            Err(LedgerError::AccountIncomplete {
                needs: "a code",
                ..
            })
        ));
    }
}
