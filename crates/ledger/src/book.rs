//! The book: applies entries in the order of their numbers and keeps four sums per account. A refused entry
//! changes nothing. Must not know why an entry was made; [`crate::check`] computes the same in another way.

use std::collections::BTreeMap;

use minsheng_core::Fen;

use crate::sums::{minus, plus};
use crate::{Account, AccountId, Entry, EntryId, EntryKind, FundSource, LedgerError, Side};

/// The four sums of an account, in fen. All are zero or above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Sum of direct and posted debits.
    pub debit_posted: Fen,
    /// Sum of direct and posted credits.
    pub credit_posted: Fen,
    /// Sum of debits that are pending.
    pub debit_pending: Fen,
    /// Sum of credits that are pending.
    pub credit_pending: Fen,
}

impl Balance {
    /// An account that nothing was booked on.
    pub const ZERO: Balance = Balance {
        debit_posted: Fen::ZERO,
        credit_posted: Fen::ZERO,
        debit_pending: Fen::ZERO,
        credit_pending: Fen::ZERO,
    };

    /// Posted sum of `side` less the posted sum of the other side.
    pub fn posted(&self, side: Side) -> Fen {
        let (own, other, _) = self.seen_from(side);
        Fen::new(own.get() - other.get())
    }

    /// What may still be taken: the posted balance less what pending entries hold on the other side. Pending
    /// entries on the own side are hopes and do not count.
    ///
    /// # Errors
    /// [`LedgerError::Overflow`], when the two sums of the other side together pass 64 bits.
    pub fn available(&self, side: Side) -> Result<Fen, LedgerError> {
        let (own, other, held) = self.seen_from(side);
        plus(other, held)
            .and_then(|taken| minus(own, taken))
            .ok_or_else(|| LedgerError::Overflow {
                what: "what is available".to_owned(),
                entry: None,
            })
    }

    /// The sum of `side`, posted or pending.
    pub fn sum(&self, side: Side, pending: bool) -> Fen {
        match (side, pending) {
            (Side::Debit, false) => self.debit_posted,
            (Side::Credit, false) => self.credit_posted,
            (Side::Debit, true) => self.debit_pending,
            (Side::Credit, true) => self.credit_pending,
        }
    }

    /// Posted on `side`, posted on the other, pending on the other.
    fn seen_from(&self, side: Side) -> (Fen, Fen, Fen) {
        match side {
            Side::Debit => (self.debit_posted, self.credit_posted, self.credit_pending),
            Side::Credit => (self.credit_posted, self.debit_posted, self.debit_pending),
        }
    }

    fn sum_mut(&mut self, side: Side, pending: bool) -> &mut Fen {
        match (side, pending) {
            (Side::Debit, false) => &mut self.debit_posted,
            (Side::Credit, false) => &mut self.credit_posted,
            (Side::Debit, true) => &mut self.debit_pending,
            (Side::Credit, true) => &mut self.credit_pending,
        }
    }

    /// The balance after `entry` acted on `side`.
    fn after(mut self, entry: &Entry, side: Side, code: &str) -> Result<Balance, LedgerError> {
        let amount = entry.amount;
        let overflow = || LedgerError::Overflow {
            what: format!("the sum of account `{code}`"),
            entry: Some(entry.id),
        };
        if matches!(entry.kind, EntryKind::Post { .. } | EntryKind::Void { .. }) {
            let held = self.sum_mut(side, true);
            let rest = minus(*held, amount).filter(|rest| *rest >= Fen::ZERO);
            *held = rest.ok_or(LedgerError::Broken("more was resolved than was pending"))?;
        }
        if !matches!(entry.kind, EntryKind::Void { .. }) {
            let sum = self.sum_mut(side, entry.kind == EntryKind::Pending);
            *sum = plus(*sum, amount).ok_or_else(overflow)?;
        }
        Ok(self)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    debit: AccountId,
    credit: AccountId,
    amount: Fen,
    resolved_by: Option<EntryId>,
}

/// Accounts with their balances, and the pending entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    accounts: BTreeMap<AccountId, (Account, Balance)>,
    pending: BTreeMap<EntryId, Held>,
    last: Option<EntryId>,
}

impl Book {
    /// A book in which nothing was booked yet.
    ///
    /// # Errors
    /// [`LedgerError::DuplicateAccount`], [`LedgerError::AccountIncomplete`].
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Result<Book, LedgerError> {
        Book::resume(
            accounts.into_iter().map(|account| (account, Balance::ZERO)),
            &[],
            None,
        )
    }

    /// A book that goes on from known sums, so that a payment run need not read every entry ever made.
    /// `open` are the pending entries not yet resolved, `last` is the highest entry number so far.
    /// Pending entries resolved before are not known to this book: resolving one again is
    /// [`LedgerError::UnknownPending`] instead of [`LedgerError::AlreadyResolved`].
    ///
    /// # Errors
    /// Those of [`Book::new`]; those of [`Book::apply`] when an open entry is no pending entry of these
    /// accounts; [`LedgerError::Broken`] when the open entries do not add up to the pending sums.
    pub fn resume(
        accounts: impl IntoIterator<Item = (Account, Balance)>,
        open: &[Entry],
        last: Option<EntryId>,
    ) -> Result<Book, LedgerError> {
        let mut book = Book {
            accounts: BTreeMap::new(),
            pending: BTreeMap::new(),
            last: None,
        };
        let mut balances = Vec::new();
        for (account, balance) in accounts {
            account.check()?;
            let id = account.id;
            // Pending sums start at zero: applying the open entries must bring them to the sums given.
            let opening = Balance {
                debit_pending: Fen::ZERO,
                credit_pending: Fen::ZERO,
                ..balance
            };
            if book.accounts.insert(id, (account, opening)).is_some() {
                return Err(LedgerError::DuplicateAccount { account: id });
            }
            balances.push((id, balance));
        }
        for entry in open {
            if entry.kind != EntryKind::Pending {
                return Err(LedgerError::UnknownPending {
                    entry: entry.id,
                    pending: entry.id,
                });
            }
            book.apply(entry)?;
        }
        if balances
            .iter()
            .any(|(id, given)| book.balance(*id) != Some(*given))
        {
            return Err(LedgerError::Broken(
                "the open pending entries do not add up to the pending sums",
            ));
        }
        if last < book.last {
            return Err(LedgerError::Broken(
                "an open pending entry is later than the last entry",
            ));
        }
        book.last = last;
        Ok(book)
    }

    /// The book after all `entries`, which stand in the order of their numbers.
    ///
    /// # Errors
    /// Those of [`Book::new`] and [`Book::apply`].
    pub fn replay<'e>(
        accounts: impl IntoIterator<Item = Account>,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> Result<Book, LedgerError> {
        let mut book = Book::new(accounts)?;
        entries
            .into_iter()
            .try_for_each(|entry| book.apply(entry))?;
        Ok(book)
    }

    /// Applies one entry. When it is refused, the book is as before.
    ///
    /// # Errors
    /// Any [`LedgerError`] that names an entry.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        entry.check()?;
        if let Some(last) = self.last.filter(|last| entry.id <= *last) {
            return Err(LedgerError::OutOfOrder {
                entry: entry.id,
                last,
            });
        }
        self.check_resolution(entry)?;
        let debit = self.changed(entry, Side::Debit)?;
        let credit = self.changed(entry, Side::Credit)?;

        for (id, balance) in [(entry.debit, debit), (entry.credit, credit)] {
            if let Some((_, kept)) = self.accounts.get_mut(&id) {
                *kept = balance;
            }
        }
        match entry.kind {
            EntryKind::Direct => {}
            EntryKind::Pending => {
                let held = Held {
                    debit: entry.debit,
                    credit: entry.credit,
                    amount: entry.amount,
                    resolved_by: None,
                };
                self.pending.insert(entry.id, held);
            }
            EntryKind::Post { pending } | EntryKind::Void { pending } => {
                if let Some(held) = self.pending.get_mut(&pending) {
                    held.resolved_by = Some(entry.id);
                }
            }
        }
        self.last = Some(entry.id);
        Ok(())
    }

    /// Applies all entries or, when one is refused, none.
    ///
    /// # Errors
    /// That of the first entry refused.
    pub fn apply_all<'e>(
        &mut self,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> Result<(), LedgerError> {
        let mut next = self.clone();
        entries
            .into_iter()
            .try_for_each(|entry| next.apply(entry))?;
        *self = next;
        Ok(())
    }

    /// The sums of one account.
    pub fn balance(&self, account: AccountId) -> Option<Balance> {
        self.accounts.get(&account).map(|(_, balance)| *balance)
    }

    /// All accounts with their sums, by account number.
    pub fn balances(&self) -> impl Iterator<Item = (&Account, Balance)> {
        self.accounts
            .values()
            .map(|(account, balance)| (account, *balance))
    }

    /// What each fund source still has, pending entries counted, by source: what [`mod@crate::draw`] takes.
    /// Several accounts of one source are added up.
    ///
    /// # Errors
    /// [`LedgerError::Overflow`].
    pub fn funds(&self) -> Result<Vec<(FundSource, Fen)>, LedgerError> {
        let mut funds: BTreeMap<FundSource, Fen> = BTreeMap::new();
        for (account, balance) in self.accounts.values() {
            let Some(source) = account
                .fund_source
                .filter(|_| account.kind.never_below_zero())
            else {
                continue;
            };
            let sum = funds.entry(source).or_insert(Fen::ZERO);
            *sum = plus(*sum, balance.available(account.kind.normal_side())?).ok_or_else(|| {
                LedgerError::Overflow {
                    what: format!("the fund {source}"),
                    entry: None,
                }
            })?;
        }
        Ok(funds.into_iter().collect())
    }

    /// The pending entries that are neither posted nor voided, in order, with their amounts.
    pub fn unresolved(&self) -> impl Iterator<Item = (EntryId, Fen)> {
        self.pending
            .iter()
            .filter(|(_, held)| held.resolved_by.is_none())
            .map(|(id, held)| (*id, held.amount))
    }

    /// The highest entry number applied.
    pub fn last(&self) -> Option<EntryId> {
        self.last
    }

    fn check_resolution(&self, entry: &Entry) -> Result<(), LedgerError> {
        let Some(pending) = entry.kind.resolves() else {
            return Ok(());
        };
        let held = self
            .pending
            .get(&pending)
            .ok_or(LedgerError::UnknownPending {
                entry: entry.id,
                pending,
            })?;
        if let Some(by) = held.resolved_by {
            return Err(LedgerError::AlreadyResolved {
                entry: entry.id,
                pending,
                by,
            });
        }
        if (held.debit, held.credit) != (entry.debit, entry.credit) {
            return Err(LedgerError::AccountsDiffer {
                entry: entry.id,
                pending,
            });
        }
        if held.amount != entry.amount {
            let (amount, expected) = (entry.amount, held.amount);
            return Err(LedgerError::AmountDiffers {
                entry: entry.id,
                pending,
                amount,
                expected,
            });
        }
        Ok(())
    }

    /// The balance of the account on `side` after the entry, once it is known to be allowed.
    fn changed(&self, entry: &Entry, side: Side) -> Result<Balance, LedgerError> {
        let id = match side {
            Side::Debit => entry.debit,
            Side::Credit => entry.credit,
        };
        let (account, before) = self.accounts.get(&id).ok_or(LedgerError::UnknownAccount {
            entry: entry.id,
            account: id,
        })?;
        let after = before.after(entry, side, &account.code)?;
        if account.kind.never_below_zero() {
            let normal = account.kind.normal_side();
            if after.available(normal)? < Fen::ZERO {
                return Err(LedgerError::BelowZero {
                    entry: entry.id,
                    account: id,
                    code: account.code.clone(),
                    available: before.available(normal)?,
                    wanted: entry.amount,
                });
            }
        }
        Ok(after)
    }
}
