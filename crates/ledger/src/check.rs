//! The books computed a second time, for `verify`: account by account over the finished list of entries, in
//! 128 bits, and going on after a fault so that every fault is named. It shares no computation with
//! [`crate::book`], so that a mistake in one does not hide in the other.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Fen;

use crate::{Account, AccountId, Balance, Entry, EntryId, EntryKind, LedgerError, Side};

/// The outcome of [`check_book`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Every fault found, by entry number; faults without an entry stand first.
    pub faults: Vec<LedgerError>,
    /// The sums by account number. Only meaningful where there is no fault.
    pub balances: Vec<(AccountId, Balance)>,
}

/// What one entry did to one account, for the second look.
struct Movement {
    entry: EntryId,
    side: Side,
    kind: EntryKind,
    amount: i128,
}

/// Computes all balances anew and lists everything that no correct program would have written. The entries
/// may stand in any order; their numbers give the order in which they were made.
pub fn check_book(accounts: &[Account], entries: &[Entry]) -> Checked {
    let mut faults = Vec::new();
    let chart = chart(accounts, &mut faults);

    let mut by_number: BTreeMap<EntryId, &Entry> = BTreeMap::new();
    for entry in entries {
        if by_number.insert(entry.id, entry).is_some() {
            faults.push(LedgerError::OutOfOrder {
                entry: entry.id,
                last: entry.id,
            });
        }
    }

    let resolutions = resolutions(&by_number, &mut faults);
    let mut movements: BTreeMap<AccountId, Vec<Movement>> = BTreeMap::new();
    for entry in by_number.values() {
        faults.extend(entry.check().err());
        for (account, side) in [(entry.debit, Side::Debit), (entry.credit, Side::Credit)] {
            if !chart.contains_key(&account) {
                faults.push(LedgerError::UnknownAccount {
                    entry: entry.id,
                    account,
                });
            }
            let amount = i128::from(entry.amount.get());
            movements.entry(account).or_default().push(Movement {
                entry: entry.id,
                side,
                kind: entry.kind,
                amount,
            });
        }
    }

    let mut balances = Vec::new();
    let mut totals = [0_i128; 4];
    for (id, account) in &chart {
        let moves = movements.get(id).map_or(&[][..], Vec::as_slice);
        if account.kind.never_below_zero() {
            faults.extend(lowest_point(account, moves));
        }
        let sums = [
            (Side::Debit, false),
            (Side::Credit, false),
            (Side::Debit, true),
            (Side::Credit, true),
        ]
        .map(|(side, pending)| final_sum(moves, side, pending, &resolutions));
        for (total, sum) in totals.iter_mut().zip(sums) {
            *total += sum;
        }
        match sums.map(|sum| i64::try_from(sum).map(Fen::new)) {
            [
                Ok(debit_posted),
                Ok(credit_posted),
                Ok(debit_pending),
                Ok(credit_pending),
            ] => {
                balances.push((
                    *id,
                    Balance {
                        debit_posted,
                        credit_posted,
                        debit_pending,
                        credit_pending,
                    },
                ));
            }
            _ => faults.push(LedgerError::Overflow {
                what: format!("the sum of account `{}`", account.code),
                entry: None,
            }),
        }
    }
    // Only an entry over an unknown account can do this, and that one is named above.
    if faults.is_empty() && (totals[0] != totals[1] || totals[2] != totals[3]) {
        faults.push(LedgerError::Broken("the sums of debits and credits differ"));
    }
    faults.sort_by_key(LedgerError::entry);
    Checked { faults, balances }
}

fn chart<'a>(
    accounts: &'a [Account],
    faults: &mut Vec<LedgerError>,
) -> BTreeMap<AccountId, &'a Account> {
    let mut chart = BTreeMap::new();
    for account in accounts {
        faults.extend(account.check().err());
        if chart.insert(account.id, account).is_some() {
            faults.push(LedgerError::DuplicateAccount {
                account: account.id,
            });
        }
    }
    chart
}

/// The pending entries that some entry resolved. Faulty resolutions are named.
fn resolutions(
    by_number: &BTreeMap<EntryId, &Entry>,
    faults: &mut Vec<LedgerError>,
) -> BTreeSet<EntryId> {
    let mut first: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    for (id, entry) in by_number {
        let Some(pending) = entry.kind.resolves() else {
            continue;
        };
        match by_number
            .get(&pending)
            .filter(|held| held.kind == EntryKind::Pending && held.id < *id)
        {
            None => faults.push(LedgerError::UnknownPending {
                entry: *id,
                pending,
            }),
            Some(held) => {
                if (held.debit, held.credit) != (entry.debit, entry.credit) {
                    faults.push(LedgerError::AccountsDiffer {
                        entry: *id,
                        pending,
                    });
                }
                if held.amount != entry.amount {
                    let (amount, expected) = (entry.amount, held.amount);
                    faults.push(LedgerError::AmountDiffers {
                        entry: *id,
                        pending,
                        amount,
                        expected,
                    });
                }
                if let Some(by) = first.get(&pending) {
                    faults.push(LedgerError::AlreadyResolved {
                        entry: *id,
                        pending,
                        by: *by,
                    });
                } else {
                    first.insert(pending, *id);
                }
            }
        }
    }
    first.into_keys().collect()
}

/// A posted sum counts direct and post entries; a pending sum counts pending entries that nothing resolved.
fn final_sum(moves: &[Movement], side: Side, pending: bool, resolved: &BTreeSet<EntryId>) -> i128 {
    moves
        .iter()
        .filter(|movement| movement.side == side)
        .filter(|movement| match movement.kind {
            EntryKind::Direct | EntryKind::Post { .. } => !pending,
            EntryKind::Pending => pending && !resolved.contains(&movement.entry),
            EntryKind::Void { .. } => false,
        })
        .map(|movement| movement.amount)
        .sum()
}

/// Walks what is available of a guarded account and names the first entry that takes it below zero.
fn lowest_point(account: &Account, moves: &[Movement]) -> Option<LedgerError> {
    let normal = account.kind.normal_side();
    let mut available = 0_i128;
    for movement in moves {
        let change = match (movement.side == normal, movement.kind) {
            (true, EntryKind::Direct | EntryKind::Post { .. }) => movement.amount,
            (true, EntryKind::Pending | EntryKind::Void { .. }) => 0,
            // Taken when it is held; posting takes nothing more, voiding gives it back.
            (false, EntryKind::Direct | EntryKind::Pending) => -movement.amount,
            (false, EntryKind::Post { .. }) => 0,
            (false, EntryKind::Void { .. }) => movement.amount,
        };
        if available + change < 0 {
            let fen = |value: i128| i64::try_from(value).map_or(Fen::ZERO, Fen::new);
            return Some(LedgerError::BelowZero {
                entry: movement.entry,
                account: account.id,
                code: account.code.clone(),
                available: fen(available),
                wanted: fen(-change),
            });
        }
        available += change;
    }
    None
}
