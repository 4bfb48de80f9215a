//! Entries: one amount from one account to another, either at once (`direct`) or in two steps (`pending`, then
//! `post` or `void`). An entry never changes; a mistake is corrected by a reversing entry. Must not know
//! balances.

use std::fmt;

use minsheng_core::Fen;

use crate::{AccountId, LedgerError};

/// Number of an entry, as the store gave it. Later entries have higher numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub i64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How an entry acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Changes both balances at once.
    Direct,
    /// Holds the amount until it is posted or voided.
    Pending,
    /// The pending entry became real. Same accounts, same amount.
    Post {
        /// The pending entry.
        pending: EntryId,
    },
    /// The pending entry came to nothing. Same accounts, same amount.
    Void {
        /// The pending entry.
        pending: EntryId,
    },
}

impl EntryKind {
    /// The columns `kind` and `pending_id` of the stored row.
    pub fn columns(self) -> (&'static str, Option<i64>) {
        match self {
            Self::Direct => ("direct", None),
            Self::Pending => ("pending", None),
            Self::Post { pending } => ("post", Some(pending.0)),
            Self::Void { pending } => ("void", Some(pending.0)),
        }
    }

    /// Reads the columns `kind` and `pending_id`.
    ///
    /// # Errors
    /// [`LedgerError::UnknownWord`]; [`LedgerError::PendingColumn`] where a post or void names no pending entry,
    /// or another kind names one.
    pub fn from_columns(kind: &str, pending_id: Option<i64>) -> Result<Self, LedgerError> {
        match (kind, pending_id.map(EntryId)) {
            ("direct", None) => Ok(Self::Direct),
            ("pending", None) => Ok(Self::Pending),
            ("post", Some(pending)) => Ok(Self::Post { pending }),
            ("void", Some(pending)) => Ok(Self::Void { pending }),
            ("direct" | "pending" | "post" | "void", pending) => Err(LedgerError::PendingColumn {
                kind: kind.to_owned(),
                pending,
            }),
            _ => Err(LedgerError::UnknownWord {
                what: "kind of entry",
                word: kind.to_owned(),
            }),
        }
    }

    /// The pending entry that a post or void resolves.
    pub fn resolves(self) -> Option<EntryId> {
        match self {
            Self::Post { pending } | Self::Void { pending } => Some(pending),
            Self::Direct | Self::Pending => None,
        }
    }
}

/// The record that an entry was made for: a payment line, an appropriation, a recovery event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Document {
    /// Table of the record.
    pub kind: String,
    /// Its number.
    pub id: i64,
}

/// One entry of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number given by the store.
    pub id: EntryId,
    /// How it acts.
    pub kind: EntryKind,
    /// Account debited.
    pub debit: AccountId,
    /// Account credited.
    pub credit: AccountId,
    /// Amount in fen, above zero.
    pub amount: Fen,
    /// What it was made for.
    pub document: Document,
}

impl Entry {
    /// What can be said of an entry by itself: an amount above zero, two accounts, a document.
    ///
    /// # Errors
    /// [`LedgerError::NotPositive`], [`LedgerError::SameAccount`], [`LedgerError::NoDocument`].
    pub fn check(&self) -> Result<(), LedgerError> {
        if self.amount <= Fen::ZERO {
            return Err(LedgerError::NotPositive {
                entry: self.id,
                amount: self.amount,
            });
        }
        if self.debit == self.credit {
            return Err(LedgerError::SameAccount {
                entry: self.id,
                account: self.debit,
            });
        }
        if self.document.kind.is_empty() {
            return Err(LedgerError::NoDocument { entry: self.id });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_read_back() {
        let pending = EntryId(7);
        for kind in [
            EntryKind::Direct,
            EntryKind::Pending,
            EntryKind::Post { pending },
            EntryKind::Void { pending },
        ] {
            let (word, id) = kind.columns();
            assert_eq!(EntryKind::from_columns(word, id).unwrap(), kind);
        }
    }

    #[test]
    fn a_post_without_its_pending_entry_is_refused_when_read() {
        assert_eq!(
            EntryKind::from_columns("post", None)
                .unwrap_err()
                .to_string(),
            "an entry of kind `post` must name its pending entry"
        );
        assert_eq!(
            EntryKind::from_columns("direct", Some(3))
                .unwrap_err()
                .to_string(),
            "an entry of kind `direct` names the pending entry 3; only post and void do"
        );
        assert!(matches!(
            EntryKind::from_columns("transfer", None),
            Err(LedgerError::UnknownWord { .. })
        ));
    }
}
