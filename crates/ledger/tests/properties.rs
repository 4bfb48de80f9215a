//! The algebra of the ledger over random input: books, draws and repayments. The number of cases is that of
//! `PROPTEST_CASES`, so that a soak run makes it large.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by unwrapping"
)]

mod common;

use std::collections::BTreeMap;

use common::{CENTRAL, COUNTY, chart, entry};
use minsheng_core::{Fen, Month};
use minsheng_ledger::recovery::open;
use minsheng_ledger::{
    AccountId, Book, Draw, Entry, EntryId, EntryKind, FundSource, LedgerError, Owed, Purse,
    TrialBalance, allocate, check_book, draw, draw_batch,
};
use proptest::prelude::*;

/// What somebody tries to book. Most tries are sensible, some are not.
#[derive(Debug, Clone)]
enum Try {
    /// Kind pending or direct, credit, debit, amount.
    Fresh {
        pending: bool,
        credit: i64,
        debit: i64,
        amount: i64,
    },
    /// Resolves the n-th entry so far (counted round), with the accounts and the amount off by these.
    Resolve {
        post: bool,
        nth: usize,
        amount_off: i64,
        swapped: bool,
    },
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let fresh = (any::<bool>(), 1..=7_i64, 1..=6_i64, -1..500_i64).prop_map(
        |(pending, credit, debit, amount)| Try::Fresh {
            pending,
            credit,
            debit,
            amount,
        },
    );
    let appropriation = (1..=2_i64, 1..2_000_i64).prop_map(|(debit, amount)| Try::Fresh {
        pending: false,
        credit: 6,
        debit,
        amount,
    });
    let resolve =
        (any::<bool>(), any::<usize>(), 0..20_u8).prop_map(|(post, nth, fault)| Try::Resolve {
            post,
            nth,
            amount_off: i64::from(fault == 0),
            swapped: fault == 1,
        });
    prop::collection::vec(
        prop_oneof![3 => fresh, 1 => appropriation, 3 => resolve],
        0..60,
    )
}

fn as_entry(id: i64, attempt: &Try, made: &[Entry]) -> Entry {
    match *attempt {
        Try::Fresh {
            pending,
            credit,
            debit,
            amount,
        } => {
            let kind = if pending {
                EntryKind::Pending
            } else {
                EntryKind::Direct
            };
            entry(id, kind, AccountId(debit), AccountId(credit), amount)
        }
        Try::Resolve {
            post,
            nth,
            amount_off,
            swapped,
        } => {
            let Some(target) = made.get(nth % made.len().max(1)) else {
                return entry(
                    id,
                    EntryKind::Post {
                        pending: EntryId(0),
                    },
                    AccountId(1),
                    AccountId(2),
                    1,
                );
            };
            let pending = target.id;
            let kind = if post {
                EntryKind::Post { pending }
            } else {
                EntryKind::Void { pending }
            };
            let (debit, credit) = if swapped {
                (target.credit, target.debit)
            } else {
                (target.debit, target.credit)
            };
            entry(id, kind, debit, credit, target.amount.get() + amount_off)
        }
    }
}

/// The entries of the tries that the book accepts, and the book.
fn accepted(tries: &[Try]) -> (Book, Vec<Entry>) {
    let mut book = Book::new(chart()).unwrap();
    let mut made: Vec<Entry> = Vec::new();
    for (id, attempt) in (1_i64..).zip(tries) {
        let entry = as_entry(id, attempt, &made);
        if book.apply(&entry).is_ok() {
            made.push(entry);
        }
    }
    (book, made)
}

/// What a fund still has, told from the entries alone.
fn left_of(fund: AccountId, entries: &[Entry]) -> i64 {
    let came_to_nothing = |id| {
        entries
            .iter()
            .any(|other| other.kind == EntryKind::Void { pending: id })
    };
    entries
        .iter()
        .map(|entry| match entry.kind {
            EntryKind::Direct if entry.debit == fund => entry.amount.get(),
            EntryKind::Post { .. } if entry.debit == fund => entry.amount.get(),
            EntryKind::Direct if entry.credit == fund => -entry.amount.get(),
            EntryKind::Pending if entry.credit == fund && !came_to_nothing(entry.id) => {
                -entry.amount.get()
            }
            _ => 0,
        })
        .sum()
}

proptest! {
    #[test]
    fn books_balance_after_every_entry_and_refusals_change_nothing(tries in tries()) {
        let mut book = Book::new(chart()).unwrap();
        let mut made: Vec<Entry> = Vec::new();
        for (id, attempt) in (1_i64..).zip(&tries) {
            let entry = as_entry(id, attempt, &made);
            let before = book.clone();
            match book.apply(&entry) {
                Ok(()) => made.push(entry),
                Err(error) => {
                    prop_assert_eq!(error.entry(), Some(entry.id));
                    prop_assert_eq!(&book, &before);
                    // What the book refuses, the second computation finds when it was written all the same.
                    let written = [made.as_slice(), &[entry]].concat();
                    let faults = check_book(&chart(), &written).faults;
                    prop_assert_eq!(faults.first().and_then(LedgerError::entry), error.entry());
                }
            }
            TrialBalance::of(&book).unwrap();
            for (source, fund) in [(FundSource::Central, CENTRAL), (FundSource::County, COUNTY)] {
                let left = left_of(fund, &made);
                prop_assert!(left >= 0);
                prop_assert!(book.funds().unwrap().contains(&(source, Fen::new(left))));
            }
        }
    }

    #[test]
    fn the_second_computation_agrees_and_replay_equals_incremental(tries in tries()) {
        let (book, made) = accepted(&tries);
        prop_assert_eq!(&Book::replay(chart(), &made).unwrap(), &book);
        let second = check_book(&chart(), &made);
        prop_assert_eq!(second.faults, vec![]);
        let first: Vec<_> = book.balances().map(|(account, balance)| (account.id, balance)).collect();
        prop_assert_eq!(first, second.balances);
    }

    #[test]
    fn a_book_that_goes_on_from_its_sums_ends_like_one_that_never_stopped(tries in tries(), cut in any::<prop::sample::Index>()) {
        let (whole, made) = accepted(&tries);
        let (before, after) = made.split_at(cut.index(made.len() + 1));
        let half = Book::replay(chart(), before).unwrap();
        let still_open: Vec<EntryId> = half.unresolved().map(|(id, _)| id).collect();
        let open: Vec<Entry> = before.iter().filter(|entry| still_open.contains(&entry.id)).cloned().collect();
        let sums: Vec<_> = half.balances().map(|(account, balance)| (account.clone(), balance)).collect();
        let mut resumed = Book::resume(sums, &open, half.last()).unwrap();
        resumed.apply_all(after).unwrap();
        prop_assert_eq!(
            resumed.balances().map(|(_, balance)| balance).collect::<Vec<_>>(),
            whole.balances().map(|(_, balance)| balance).collect::<Vec<_>>()
        );
        prop_assert_eq!(resumed.unresolved().collect::<Vec<_>>(), whole.unresolved().collect::<Vec<_>>());
    }

    #[test]
    fn a_pending_entry_is_posted_or_voided_or_open_and_never_two_of_them(tries in tries()) {
        let (book, made) = accepted(&tries);
        let open: Vec<EntryId> = book.unresolved().map(|(id, _)| id).collect();
        for pending in made.iter().filter(|entry| entry.kind == EntryKind::Pending) {
            let resolved = made.iter().filter(|entry| entry.kind.resolves() == Some(pending.id)).count();
            prop_assert_eq!(resolved + usize::from(open.contains(&pending.id)), 1);
        }
        let resolutions = made.iter().filter(|entry| entry.kind.resolves().is_some()).count();
        let pendings = made.iter().filter(|entry| entry.kind == EntryKind::Pending).count();
        prop_assert_eq!(resolutions + open.len(), pendings);
    }

    /// One entry is changed, dropped or doubled behind the books: both computations name the same entry first.
    #[test]
    fn tampered_entries_are_found_by_both_computations(
        tries in tries(),
        at in any::<prop::sample::Index>(),
        how in 0..7_u8,
        value in 1..2_000_i64,
    ) {
        let (_, mut made) = accepted(&tries);
        if made.is_empty() {
            return Ok(());
        }
        let index = at.index(made.len());
        match how {
            0 => made[index].amount = Fen::new(value),
            1 => made[index].debit = AccountId(1 + value % 7),
            2 => made[index].credit = AccountId(1 + value % 7),
            3 => made[index].kind = EntryKind::Direct,
            4 => made[index].kind = EntryKind::Void { pending: EntryId(value % 60) },
            5 => { made.remove(index); }
            _ => made.insert(index, made[index].clone()),
        }
        let faults = check_book(&chart(), &made).faults;
        match Book::replay(chart(), &made) {
            Ok(_) => prop_assert_eq!(faults, vec![]),
            Err(error) => {
                let first = faults.iter().filter_map(LedgerError::entry).min();
                prop_assert_eq!(first, error.entry(), "{} and {:?}", error, faults);
            }
        }
    }
}

fn purse() -> impl Strategy<Value = (Vec<FundSource>, Vec<(FundSource, Fen)>)> {
    let order = prop::sample::subsequence(FundSource::ALL.to_vec(), 0..=4).prop_shuffle();
    (
        order,
        prop::array::uniform4(prop_oneof![Just(0_i64), 0..10_000_i64]),
    )
        .prop_map(|(order, amounts)| {
            let available = FundSource::ALL
                .into_iter()
                .zip(amounts.map(Fen::new))
                .collect();
            (order, available)
        })
}

fn of(parts: &Draw, source: FundSource) -> i64 {
    parts
        .iter()
        .filter(|(name, _)| *name == source)
        .map(|(_, part)| part.get())
        .sum()
}

proptest! {
    #[test]
    fn the_parts_of_a_draw_are_the_amount_and_follow_the_order(
        (order, available) in purse(),
        amount in 0..30_000_i64,
    ) {
        let within: i64 = available.iter().filter(|(source, _)| order.contains(source)).map(|(_, left)| left.get()).sum();
        match draw(&order, &available, Fen::new(amount)) {
            Ok(parts) => {
                prop_assert!(amount <= within);
                prop_assert_eq!(parts.iter().map(|(_, part)| part.get()).sum::<i64>(), amount);
                prop_assert!(parts.iter().all(|(_, part)| *part > Fen::ZERO));
                // A source is touched only when all before it are empty.
                let mut rest = amount;
                for source in &order {
                    let left = of(&available, *source);
                    prop_assert_eq!(of(&parts, *source), rest.min(left));
                    rest -= rest.min(left);
                }
            }
            Err(LedgerError::NotEnough { wanted, available, missing }) => {
                prop_assert_eq!((wanted.get(), available.get(), missing.get()), (amount, within, amount - within));
                prop_assert!(amount > within);
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
    }

    #[test]
    fn drawing_a_batch_is_drawing_its_halves_one_after_the_other(
        (order, available) in purse(),
        lines in prop::collection::vec(0..4_000_i64, 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let lines: Vec<Fen> = lines.into_iter().map(Fen::new).collect();
        let Ok(whole) = draw_batch(&order, &available, &lines) else {
            let wanted: i64 = lines.iter().map(|line| line.get()).sum();
            prop_assert!(draw(&order, &available, Fen::new(wanted)).is_err());
            return Ok(());
        };
        let (first, second) = lines.split_at(cut.index(lines.len() + 1));
        let mut purse = Purse::new(&order, &available).unwrap();
        let mut one_by_one: Vec<Draw> = first.iter().map(|line| purse.draw(*line).unwrap()).collect();
        one_by_one.extend(draw_batch(&order, purse.left(), second).unwrap().lines);
        prop_assert_eq!(&one_by_one, &whole.lines);

        for (line, parts) in lines.iter().zip(&whole.lines) {
            prop_assert_eq!(parts.iter().map(|(_, part)| part.get()).sum::<i64>(), line.get());
        }
        for source in FundSource::ALL {
            let by_line: i64 = whole.lines.iter().map(|parts| of(parts, source)).sum();
            prop_assert_eq!(by_line, of(&whole.totals, source));
            prop_assert!(by_line <= of(&available, source));
        }
    }
}

fn recovery() -> impl Strategy<Value = Vec<Owed>> {
    let item = (24_240..24_264_i32, 1..1_000_i64, 0..=100_i64);
    prop::collection::vec(item, 0..10).prop_map(|items| {
        (1_i64..)
            .zip(items)
            .map(|(item, (month, amount, percent))| Owed {
                item,
                month: Month::from_index(month).unwrap(),
                amount: Fen::new(amount),
                settled: Fen::new(amount * percent / 100),
            })
            .collect()
    })
}

fn settle(items: &[Owed], parts: &[(i64, Fen)]) -> Vec<Owed> {
    let parts: BTreeMap<i64, Fen> = parts.iter().copied().collect();
    items
        .iter()
        .map(|owed| {
            let part = parts.get(&owed.item).map_or(0, |part| part.get());
            Owed {
                settled: Fen::new(owed.settled.get() + part),
                ..*owed
            }
        })
        .collect()
}

proptest! {
    #[test]
    fn a_repayment_in_two_parts_closes_the_items_that_one_payment_closes(
        items in recovery(),
        first in 0..3_000_i64,
        second in 0..3_000_i64,
    ) {
        let owed = open(&items).unwrap().get();
        match allocate(&items, Fen::new(first + second)) {
            Ok(at_once) => {
                prop_assert_eq!(at_once.iter().map(|(_, part)| part.get()).sum::<i64>(), first + second);
                let after_first = settle(&items, &allocate(&items, Fen::new(first)).unwrap());
                let in_two = settle(&after_first, &allocate(&after_first, Fen::new(second)).unwrap());
                prop_assert_eq!(&in_two, &settle(&items, &at_once));
                // Nothing younger is touched while something older is open.
                let mut by_age = in_two.clone();
                by_age.sort_by_key(|owed| (owed.month, owed.item));
                let touched = by_age.iter().rposition(|owed| at_once.iter().any(|(item, _)| *item == owed.item));
                for older in &by_age[..touched.unwrap_or(0)] {
                    prop_assert_eq!(older.open().unwrap(), Fen::ZERO);
                }
            }
            Err(LedgerError::RepaymentTooLarge { open, .. }) => {
                prop_assert_eq!(open.get(), owed);
                prop_assert!(first + second > owed);
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
    }
}
