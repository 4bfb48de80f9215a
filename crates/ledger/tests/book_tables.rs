//! The book, told as tables of text. A line is one act:
//!
//! ```text
//! 7 pending central -> clearing 800      entry 7 credits central and debits clearing, in fen
//! 9 post 7 central -> clearing 800       entry 9 posts the pending entry 7
//! 9 … ! words                            the book refuses it with exactly these words
//! central 1000 - 800 held 200            posted debits 1000, posted credits 800, pending credits 200
//! central available 0                    what may still be taken
//! trial 1000 held 200                    the trial balance agrees, on these totals
//! ```
//!
//! After every accepted entry the second computation of the books must find no fault and the same sums.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by unwrapping"
)]

mod common;

use common::{chart, entry};
use minsheng_core::Fen;
use minsheng_ledger::{
    AccountId, Book, Entry, EntryId, EntryKind, LedgerError, TrialBalance, check_book,
};

fn account_named(name: &str) -> AccountId {
    let known = chart()
        .into_iter()
        .find(|account| account.code == name)
        .map(|account| account.id);
    known.unwrap_or_else(|| AccountId(name.trim_start_matches('#').parse().unwrap()))
}

fn parse_entry(words: &[&str]) -> Entry {
    let id = words[0].parse().unwrap();
    let (kind, rest) = match words[1] {
        "direct" => (EntryKind::Direct, &words[2..]),
        "pending" => (EntryKind::Pending, &words[2..]),
        "post" => (
            EntryKind::Post {
                pending: EntryId(words[2].parse().unwrap()),
            },
            &words[3..],
        ),
        "void" => (
            EntryKind::Void {
                pending: EntryId(words[2].parse().unwrap()),
            },
            &words[3..],
        ),
        other => panic!("{other} is no kind of entry"),
    };
    let [credit, "->", debit, amount] = rest else {
        panic!("credit -> debit amount, not {rest:?}")
    };
    entry(
        id,
        kind,
        account_named(debit),
        account_named(credit),
        amount.parse().unwrap(),
    )
}

fn check_agreement(book: &Book, accepted: &[Entry]) {
    let second = check_book(&chart(), accepted);
    assert_eq!(second.faults, []);
    let first: Vec<_> = book
        .balances()
        .map(|(account, balance)| (account.id, balance))
        .collect();
    assert_eq!(first, second.balances);
    assert_eq!(*book, Book::replay(chart(), accepted).unwrap());
}

/// What the book refuses, the second computation names when it was written all the same. It sorts by number,
/// so the order of writing is not its concern; sums past 64 bits it names by account.
fn check_found(accepted: &[Entry], refused: &Entry, error: &LedgerError) {
    if matches!(error, LedgerError::OutOfOrder { .. }) {
        return;
    }
    let written = [accepted, std::slice::from_ref(refused)].concat();
    let faults = check_book(&chart(), &written).faults;
    match error {
        LedgerError::Overflow { .. } => assert!(matches!(
            faults[0],
            LedgerError::Overflow { entry: None, .. }
        )),
        _ => assert!(faults.contains(error), "{error}: {faults:?}"),
    }
}

/// Runs a table and returns the book.
fn run(table: &str) -> Book {
    let mut book = Book::new(chart()).unwrap();
    let mut accepted: Vec<Entry> = Vec::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (act, refusal) = match line.split_once(" ! ") {
            Some((act, words)) => (act, Some(words)),
            None => (line, None),
        };
        let words: Vec<&str> = act.split_whitespace().collect();
        if words[0].parse::<i64>().is_ok() {
            let entry = parse_entry(&words);
            let before = book.clone();
            match (book.apply(&entry), refusal) {
                (Ok(()), None) => accepted.push(entry),
                (Err(error), Some(words)) => {
                    assert_eq!(error.to_string(), words, "{line}");
                    assert_eq!(error.entry(), Some(entry.id), "{line}");
                    assert_eq!(book, before, "a refused entry changes nothing: {line}");
                    check_found(&accepted, &entry, &error);
                }
                (result, _) => panic!("{line}: {result:?}"),
            }
            check_agreement(&book, &accepted);
            continue;
        }
        let amount = |text: &str| Fen::new(text.parse().unwrap());
        match words.as_slice() {
            ["trial", posted, "held", pending] => {
                let trial = TrialBalance::of(&book).unwrap();
                assert_eq!(
                    (trial.posted, trial.pending),
                    (amount(posted), amount(pending)),
                    "{line}"
                );
            }
            [name, "available", left] => {
                let account = account_named(name);
                let normal = chart()
                    .into_iter()
                    .find(|one| one.id == account)
                    .unwrap()
                    .kind
                    .normal_side();
                let balance = book.balance(account).unwrap();
                assert_eq!(balance.available(normal).unwrap(), amount(left), "{line}");
            }
            [name, debits, "-", credits, "held", held] => {
                let balance = book.balance(account_named(name)).unwrap();
                let found = (
                    balance.debit_posted,
                    balance.credit_posted,
                    balance.credit_pending,
                );
                assert_eq!(
                    found,
                    (amount(debits), amount(credits), amount(held)),
                    "{line}"
                );
            }
            _ => panic!("no act: {line}"),
        }
    }
    book
}

#[test]
fn a_payment_month_with_one_return() {
    let book = run("
        1 direct control -> central 100000
        2 pending central -> clearing 59000
        3 pending central -> clearing 41000
        central 100000 - 0 held 100000
        central available 0
        trial 100000 held 100000
        4 post 2 central -> clearing 59000
        5 direct clearing -> expense 59000
        6 void 3 central -> clearing 41000
        central 100000 - 59000 held 0
        central available 41000
        clearing 59000 - 59000 held 0
        7 pending central -> clearing 41000
        8 post 7 central -> clearing 41000
        9 direct clearing -> expense 41000
        central available 0
        trial 300000 held 0
    ");
    assert_eq!(book.unresolved().count(), 0);
    assert_eq!(book.last(), Some(EntryId(9)));
}

#[test]
fn a_fund_never_goes_below_zero_and_pending_entries_count() {
    run("
        1 direct central -> expense 1 ! entry 1 wants 0.01 of `central`, where 0.00 is available
        2 direct control -> central 1000
        3 pending central -> clearing 800
        4 pending central -> clearing 201 ! entry 4 wants 2.01 of `central`, where 2.00 is available
        5 direct central -> expense 201 ! entry 5 wants 2.01 of `central`, where 2.00 is available
        6 direct central -> expense 200
        7 direct central -> expense 1 ! entry 7 wants 0.01 of `central`, where 0.00 is available
        8 void 3 central -> clearing 800
        9 direct central -> expense 800
        central available 0
    ");
}

#[test]
fn money_that_is_only_promised_to_a_fund_cannot_be_spent() {
    run("
        1 pending control -> central 1000
        2 direct central -> expense 1 ! entry 2 wants 0.01 of `central`, where 0.00 is available
        3 post 1 control -> central 1000
        4 direct central -> expense 1000
    ");
}

#[test]
fn other_accounts_may_stand_on_either_side() {
    run("
        1 direct clearing -> expense 500
        clearing 0 - 500 held 0
        clearing available -500
        2 direct expense -> receivable 700
        expense available -200
    ");
}

#[test]
fn a_pending_entry_is_resolved_exactly_once() {
    run("
        1 direct control -> central 1000
        2 pending central -> clearing 300
        3 pending central -> clearing 300
        4 post 2 central -> clearing 300
        5 post 2 central -> clearing 300 ! entry 5 resolves the pending entry 2, which entry 4 has resolved before
        6 void 2 central -> clearing 300 ! entry 6 resolves the pending entry 2, which entry 4 has resolved before
        7 void 3 central -> clearing 300
        8 post 3 central -> clearing 300 ! entry 8 resolves the pending entry 3, which entry 7 has resolved before
        9 post 1 control -> central 1000 ! entry 9 resolves 1, which is no pending entry of this book
        10 post 4 central -> clearing 300 ! entry 10 resolves 4, which is no pending entry of this book
        11 void 99 central -> clearing 300 ! entry 11 resolves 99, which is no pending entry of this book
        central available 700
    ");
}

#[test]
fn a_resolution_has_the_accounts_and_the_amount_of_its_pending_entry() {
    run("
        1 direct control -> central 1000
        2 direct control -> county 1000
        3 pending central -> clearing 300
        4 post 3 central -> clearing 299 ! entry 4 resolves the pending entry 3 with 2.99 instead of 3.00
        5 void 3 central -> clearing 301 ! entry 5 resolves the pending entry 3 with 3.01 instead of 3.00
        6 post 3 county -> clearing 300 ! entry 6 resolves the pending entry 3 over other accounts
        7 post 3 clearing -> central 300 ! entry 7 resolves the pending entry 3 over other accounts
        8 post 3 central -> clearing 300
    ");
}

#[test]
fn an_entry_must_make_sense_by_itself() {
    run("
        1 direct control -> central 0 ! entry 1 has the amount 0.00; an entry needs an amount above zero
        2 direct control -> central -5 ! entry 2 has the amount -0.05; an entry needs an amount above zero
        3 direct central -> central 5 ! entry 3 debits and credits the same account 1
        4 direct #77 -> central 5 ! entry 4 names account 77, which does not exist
        5 direct control -> #78 5 ! entry 5 names account 78, which does not exist
        6 direct control -> central 5
        6 direct control -> central 5 ! entry 6 comes after entry 6; entries are applied once each, in the order of their numbers
        5 direct control -> central 5 ! entry 5 comes after entry 6; entries are applied once each, in the order of their numbers
    ");
    let mut without_document = entry(1, EntryKind::Direct, common::CENTRAL, common::CONTROL, 5);
    without_document.document.kind.clear();
    let refused = Book::new(chart())
        .unwrap()
        .apply(&without_document)
        .unwrap_err();
    assert_eq!(refused.to_string(), "entry 1 names no document");
}

#[test]
fn sums_past_64_bits_are_refused_and_not_wrapped() {
    run(&format!(
        "
        1 direct control -> central {max}
        2 direct control -> central 1 ! the sum of account `central` does not fit into 64 bits of fen
        3 direct central -> clearing {max}
        4 direct clearing -> central 1 ! the sum of account `central` does not fit into 64 bits of fen
        ",
        max = i64::MAX
    ));
    let large = |id| {
        entry(
            id,
            EntryKind::Direct,
            common::EXPENSE,
            common::CLEARING,
            i64::MAX,
        )
    };
    let second = check_book(&chart(), &[large(1), large(2)]);
    assert_eq!(second.faults.len(), 2, "{:?}", second.faults);
    assert_eq!(
        second.faults[0].to_string(),
        "the sum of account `clearing` does not fit into 64 bits of fen"
    );
}

#[test]
fn a_repayment_comes_back_to_its_fund() {
    let book = run("
        1 direct control -> central 59000
        2 pending central -> clearing 59000
        3 post 2 central -> clearing 59000
        4 direct clearing -> expense 59000
        5 direct expense -> receivable 59000
        6 direct receivable -> central 20000
        7 direct receivable -> expense 39000
        central available 20000
        receivable available 0
        expense available 39000
    ");
    let funds = book.funds().unwrap();
    assert_eq!(
        funds
            .iter()
            .map(|(source, left)| (source.as_str(), left.get()))
            .collect::<Vec<_>>(),
        [("central", 20_000), ("county", 0),]
    );
}

#[test]
fn a_chart_with_two_accounts_of_one_number_is_refused() {
    let mut twice = chart();
    twice.push(twice[0].clone());
    assert_eq!(
        Book::new(twice.clone()).unwrap_err().to_string(),
        "account 1 is there twice"
    );
    assert_eq!(
        check_book(&twice, &[]).faults[0].to_string(),
        "account 1 is there twice"
    );
}

#[test]
fn a_list_is_applied_whole_or_not_at_all() {
    let mut book = run("1 direct control -> central 1000");
    let before = book.clone();
    let pending = |id, amount| {
        entry(
            id,
            EntryKind::Pending,
            common::CLEARING,
            common::CENTRAL,
            amount,
        )
    };
    let refused = book
        .apply_all(&[pending(2, 600), pending(3, 600)])
        .unwrap_err();
    assert_eq!(refused.entry(), Some(EntryId(3)));
    assert_eq!(book, before);
    book.apply_all(&[pending(2, 600), pending(3, 400)]).unwrap();
    assert_eq!(
        book.unresolved().collect::<Vec<_>>(),
        [(EntryId(2), Fen::new(600)), (EntryId(3), Fen::new(400))]
    );
}

#[test]
fn a_book_goes_on_only_from_sums_that_its_open_entries_explain() {
    let book = run("
        1 direct control -> central 1000
        2 pending central -> clearing 300
        3 pending central -> clearing 400
        4 post 3 central -> clearing 400
    ");
    let sums: Vec<_> = book
        .balances()
        .map(|(account, balance)| (account.clone(), balance))
        .collect();
    let open = entry(
        2,
        EntryKind::Pending,
        common::CLEARING,
        common::CENTRAL,
        300,
    );
    let resumed =
        Book::resume(sums.clone(), std::slice::from_ref(&open), Some(EntryId(4))).unwrap();
    assert_eq!(resumed.funds().unwrap(), book.funds().unwrap());
    assert_eq!(
        resumed.unresolved().collect::<Vec<_>>(),
        book.unresolved().collect::<Vec<_>>()
    );

    assert_eq!(
        Book::resume(sums.clone(), &[], Some(EntryId(4)))
            .unwrap_err()
            .to_string()
            .lines()
            .next()
            .unwrap(),
        "the ledger contradicts itself: the open pending entries do not add up to the pending sums"
    );
    assert!(Book::resume(sums.clone(), std::slice::from_ref(&open), Some(EntryId(1))).is_err());
    let direct = entry(2, EntryKind::Direct, common::CLEARING, common::CENTRAL, 300);
    assert!(Book::resume(sums, &[direct], Some(EntryId(4))).is_err());
}
