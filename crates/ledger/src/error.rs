//! What the books refuse, in words that name the entry, the account and the amounts.

use minsheng_core::{Fen, Month};

use crate::{AccountId, EntryId, FundSource};

/// A refusal of the ledger. The values it was asked about are unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// A stored word that this release does not write.
    #[error("`{word}` is not a {what} that the ledger knows")]
    UnknownWord {
        /// What it should have been.
        what: &'static str,
        /// What was found.
        word: String,
    },
    /// `kind` and `pending_id` of a stored entry do not fit.
    #[error("{}", match .pending {
        Some(id) => format!("an entry of kind `{}` names the pending entry {id}; only post and void do", .kind),
        None => format!("an entry of kind `{}` must name its pending entry", .kind),
    })]
    PendingColumn {
        /// Kind as stored.
        kind: String,
        /// Pending entry as stored.
        pending: Option<EntryId>,
    },
    /// An account lacks what its kind needs.
    #[error("account {account} `{code}` lacks {needs}")]
    AccountIncomplete {
        /// The account.
        account: AccountId,
        /// Its code.
        code: String,
        /// What is missing.
        needs: &'static str,
    },
    /// Two accounts carry the same number.
    #[error("account {account} is there twice")]
    DuplicateAccount {
        /// The number.
        account: AccountId,
    },
    /// An entry names an account that is not in the chart.
    #[error("entry {entry} names account {account}, which does not exist")]
    UnknownAccount {
        /// The entry.
        entry: EntryId,
        /// The account.
        account: AccountId,
    },
    /// An amount of zero or below.
    #[error("entry {entry} has the amount {amount}; an entry needs an amount above zero")]
    NotPositive {
        /// The entry.
        entry: EntryId,
        /// Its amount.
        amount: Fen,
    },
    /// Debit and credit are one account.
    #[error("entry {entry} debits and credits the same account {account}")]
    SameAccount {
        /// The entry.
        entry: EntryId,
        /// The account.
        account: AccountId,
    },
    /// An entry without the record it was made for.
    #[error("entry {entry} names no document")]
    NoDocument {
        /// The entry.
        entry: EntryId,
    },
    /// Entries are applied in the order of their numbers, each once.
    #[error(
        "entry {entry} comes after entry {last}; entries are applied once each, in the order of their numbers"
    )]
    OutOfOrder {
        /// The entry.
        entry: EntryId,
        /// The last entry applied.
        last: EntryId,
    },
    /// A fund would go below zero.
    #[error("entry {entry} wants {wanted} of `{code}`, where {available} is available")]
    BelowZero {
        /// The entry.
        entry: EntryId,
        /// Account that would go below zero.
        account: AccountId,
        /// Its code.
        code: String,
        /// Posted balance less what pending entries hold.
        available: Fen,
        /// What the entry takes.
        wanted: Fen,
    },
    /// A post or void names an entry that is not there, is later, or was not pending.
    #[error("entry {entry} resolves {pending}, which is no pending entry of this book")]
    UnknownPending {
        /// The entry.
        entry: EntryId,
        /// The entry it names.
        pending: EntryId,
    },
    /// A pending entry is posted or voided exactly once.
    #[error(
        "entry {entry} resolves the pending entry {pending}, which entry {by} has resolved before"
    )]
    AlreadyResolved {
        /// The entry.
        entry: EntryId,
        /// The pending entry.
        pending: EntryId,
        /// The entry that resolved it.
        by: EntryId,
    },
    /// A post or void has another amount than its pending entry.
    #[error(
        "entry {entry} resolves the pending entry {pending} with {amount} instead of {expected}"
    )]
    AmountDiffers {
        /// The entry.
        entry: EntryId,
        /// The pending entry.
        pending: EntryId,
        /// Amount of the entry.
        amount: Fen,
        /// Amount of the pending entry.
        expected: Fen,
    },
    /// A post or void has other accounts than its pending entry.
    #[error("entry {entry} resolves the pending entry {pending} over other accounts")]
    AccountsDiffer {
        /// The entry.
        entry: EntryId,
        /// The pending entry.
        pending: EntryId,
    },
    /// A sum does not fit into 64 bits.
    #[error("{what} does not fit into 64 bits of fen")]
    Overflow {
        /// Which sum.
        what: String,
        /// The entry, where one was applied.
        entry: Option<EntryId>,
    },
    /// The funds do not cover what is to be paid.
    #[error(
        "{wanted} is wanted and {available} is available: {missing} is missing\nhint: book an appropriation first"
    )]
    NotEnough {
        /// Amount to be drawn.
        wanted: Fen,
        /// Sum of all sources in the draw order.
        available: Fen,
        /// The difference.
        missing: Fen,
    },
    /// A source stands twice in the draw order or in the list of balances.
    #[error("the source {source_name} is named twice in {place}")]
    SourceTwice {
        /// The source.
        source_name: FundSource,
        /// Which list.
        place: &'static str,
    },
    /// The draw order names a source without a known balance. Missing is not zero.
    #[error("the draw order names the source {source_name}, whose balance is not known")]
    SourceMissing {
        /// The source.
        source_name: FundSource,
    },
    /// A source with a balance below zero.
    #[error("the source {source_name} stands at {amount}, below zero")]
    SourceBelowZero {
        /// The source.
        source_name: FundSource,
        /// Its balance.
        amount: Fen,
    },
    /// An amount that must not be below zero.
    #[error("{what} is {amount}, below zero")]
    Negative {
        /// Which amount.
        what: &'static str,
        /// The amount.
        amount: Fen,
    },
    /// An item of a recovery is named twice or has more settled than was owed.
    #[error("item {item} ({month}) of the recovery {what}")]
    RecoveryItem {
        /// Number of the item.
        item: i64,
        /// Its month.
        month: Month,
        /// What is wrong.
        what: &'static str,
    },
    /// More is repaid than is owed.
    #[error("{amount} is repaid, but only {open} is open")]
    RepaymentTooLarge {
        /// The repayment.
        amount: Fen,
        /// What is open.
        open: Fen,
    },
    /// The claims on a key exceed what was paid for it.
    #[error(
        "recovered {recovered}, written off {written_off} and open {open} are together more than the {credited} credited"
    )]
    ClaimsExceedPayments {
        /// Credited by the bank, net of returns.
        credited: Fen,
        /// Paid back.
        recovered: Fen,
        /// Given up.
        written_off: Fen,
        /// Still to be paid back.
        open: Fen,
    },
    /// More was paid for a key than it is entitled to, and no open recovery names the difference.
    #[error(
        "credited {net} (net of recoveries) against an entitlement of {entitled}: {unnamed} too much is named by no open recovery"
    )]
    Overpaid {
        /// Credited less recovered and written off.
        net: Fen,
        /// Entitlement.
        entitled: Fen,
        /// The part that no recovery names.
        unnamed: Fen,
    },
    /// Debits and credits of the whole book differ.
    #[error("the books do not balance: {what} debits {debits}, credits {credits}")]
    Unbalanced {
        /// "posted" or "pending".
        what: &'static str,
        /// Sum of the debits.
        debits: Fen,
        /// Sum of the credits.
        credits: Fen,
    },
    /// The ledger's own computation broke one of its promises; nothing was done with the result.
    #[error(
        "the ledger contradicts itself: {0}\nhint: this is a fault of the program; keep the database and report it"
    )]
    Broken(&'static str),
}

impl LedgerError {
    /// The entry that was refused, where there is one.
    pub fn entry(&self) -> Option<EntryId> {
        match self {
            Self::UnknownAccount { entry, .. }
            | Self::NotPositive { entry, .. }
            | Self::SameAccount { entry, .. }
            | Self::NoDocument { entry }
            | Self::OutOfOrder { entry, .. }
            | Self::BelowZero { entry, .. }
            | Self::UnknownPending { entry, .. }
            | Self::AlreadyResolved { entry, .. }
            | Self::AmountDiffers { entry, .. }
            | Self::AccountsDiffer { entry, .. } => Some(*entry),
            Self::Overflow { entry, .. } => *entry,
            _ => None,
        }
    }
}
