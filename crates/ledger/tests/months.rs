//! Random sequences of facts through the whole ledger: entitlements rise and fall, payment runs, bank answers,
//! recoveries, repayments, write-offs and appropriations, booked as the crate's table says. Proves that running
//! twice pays nothing, that every key keeps its invariant, and that the books tell the same as the keys.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by unwrapping"
)]

mod common;

use common::{CENTRAL, CLEARING, CONTROL, COUNTY, EXPENSE, RECEIVABLE, chart, entry};
use minsheng_core::Fen;
use minsheng_ledger::{
    AccountId, Book, Difference, Entry, EntryId, EntryKind, FundSource, LedgerError, Settlement,
    Side, TrialBalance, check_book, draw_batch,
};
use proptest::prelude::*;

const KEYS: usize = 4;
const ORDER: [FundSource; 2] = [FundSource::Central, FundSource::County];

#[derive(Debug, Clone)]
enum Fact {
    Appropriation {
        county: bool,
        amount: i64,
    },
    Entitled {
        key: usize,
        amount: i64,
    },
    Run,
    /// The bank answers all lines in flight; the bit of a line tells whether it was returned.
    Answer {
        returned: u32,
    },
    /// Part of the open claim of a key, in hundredths.
    Repaid {
        key: usize,
        percent: i64,
    },
    WrittenOff {
        key: usize,
        percent: i64,
    },
    /// The claim that today's entitlement no longer supports is withdrawn.
    Withdrawn {
        key: usize,
    },
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let key = 0..KEYS;
    prop::collection::vec(
        prop_oneof![
            1 => (any::<bool>(), 1..3_000_i64).prop_map(|(county, amount)| Fact::Appropriation { county, amount }),
            3 => (key.clone(), prop_oneof![Just(0_i64), 1..800_i64]).prop_map(|(key, amount)| Fact::Entitled { key, amount }),
            3 => Just(Fact::Run),
            3 => prop_oneof![2 => Just(0), 1 => any::<u32>()].prop_map(|returned| Fact::Answer { returned }),
            1 => (key.clone(), 0..=100_i64).prop_map(|(key, percent)| Fact::Repaid { key, percent }),
            1 => (key.clone(), 0..=100_i64).prop_map(|(key, percent)| Fact::WrittenOff { key, percent }),
            1 => key.prop_map(|key| Fact::Withdrawn { key }),
        ],
        0..50,
    )
}

struct Line {
    key: usize,
    amount: i64,
    pending: Vec<Entry>,
}

struct County {
    book: Book,
    entries: Vec<Entry>,
    keys: Vec<Settlement>,
    in_flight: Vec<Line>,
    withdrawn: i64,
}

fn plus(amount: &mut Fen, by: i64) {
    *amount = Fen::new(amount.get() + by);
}

impl County {
    fn new() -> County {
        County {
            book: Book::new(chart()).unwrap(),
            entries: Vec::new(),
            keys: vec![Settlement::entitled_to(Fen::ZERO); KEYS],
            in_flight: Vec::new(),
            withdrawn: 0,
        }
    }

    fn book(&mut self, kind: EntryKind, debit: AccountId, credit: AccountId, amount: i64) -> Entry {
        let id = i64::try_from(self.entries.len()).unwrap() + 1;
        let entry = entry(id, kind, debit, credit, amount);
        self.book.apply(&entry).unwrap();
        self.entries.push(entry.clone());
        entry
    }

    /// Pays and claims what is due. True when something was.
    fn run(&mut self) -> Result<bool, LedgerError> {
        let due: Vec<Difference> = self
            .keys
            .iter()
            .map(|key| key.difference().unwrap())
            .collect();
        let payable: Vec<(usize, Fen)> = due
            .iter()
            .enumerate()
            .filter_map(|(key, difference)| match difference {
                Difference::Pay(amount) => Some((key, *amount)),
                _ => None,
            })
            .collect();
        let amounts: Vec<Fen> = payable.iter().map(|(_, amount)| *amount).collect();
        let drawn = draw_batch(&ORDER, &self.book.funds()?, &amounts)?;
        for ((key, amount), parts) in payable.iter().zip(drawn.lines) {
            let mut pending = Vec::new();
            for (source, part) in parts {
                let fund = if source == FundSource::Central {
                    CENTRAL
                } else {
                    COUNTY
                };
                pending.push(self.book(EntryKind::Pending, CLEARING, fund, part.get()));
            }
            plus(&mut self.keys[*key].in_flight, amount.get());
            self.in_flight.push(Line {
                key: *key,
                amount: amount.get(),
                pending,
            });
        }
        for (key, difference) in due.iter().enumerate() {
            if let Difference::Recover(amount) = difference {
                self.book(EntryKind::Direct, RECEIVABLE, EXPENSE, amount.get());
                plus(&mut self.keys[key].recovery_open, amount.get());
            }
        }
        Ok(due
            .iter()
            .any(|difference| *difference != Difference::Nothing))
    }

    fn answer(&mut self, returned: u32) {
        for (number, line) in std::mem::take(&mut self.in_flight).into_iter().enumerate() {
            let is_returned = returned >> (number % 32) & 1 == 1;
            for held in line.pending {
                let pending = held.id;
                let kind = if is_returned {
                    EntryKind::Void { pending }
                } else {
                    EntryKind::Post { pending }
                };
                self.book(kind, held.debit, held.credit, held.amount.get());
            }
            plus(&mut self.keys[line.key].in_flight, -line.amount);
            if !is_returned {
                self.book(EntryKind::Direct, EXPENSE, CLEARING, line.amount);
                plus(&mut self.keys[line.key].credited, line.amount);
            }
        }
    }

    fn lessen_claim(&mut self, key: usize, amount: i64, debit: AccountId) {
        if amount > 0 {
            self.book(EntryKind::Direct, debit, RECEIVABLE, amount);
            plus(&mut self.keys[key].recovery_open, -amount);
        }
    }

    fn happen(&mut self, fact: &Fact) -> Result<(), LedgerError> {
        match *fact {
            Fact::Appropriation { county, amount } => {
                self.book(
                    EntryKind::Direct,
                    if county { COUNTY } else { CENTRAL },
                    CONTROL,
                    amount,
                );
            }
            Fact::Entitled { key, amount } => self.keys[key].entitled = Fen::new(amount),
            Fact::Run => {
                self.run()?;
            }
            Fact::Answer { returned } => self.answer(returned),
            Fact::Repaid { key, percent } => {
                let amount = self.keys[key].recovery_open.get() * percent / 100;
                self.lessen_claim(key, amount, CENTRAL);
                plus(&mut self.keys[key].recovered, amount);
            }
            Fact::WrittenOff { key, percent } => {
                let amount = self.keys[key].recovery_open.get() * percent / 100;
                self.lessen_claim(key, amount, EXPENSE);
                plus(&mut self.keys[key].written_off, amount);
            }
            Fact::Withdrawn { key } => {
                let amount = self.keys[key].groundless().unwrap().get();
                self.lessen_claim(key, amount, EXPENSE);
                self.withdrawn += amount;
            }
        }
        Ok(())
    }

    fn sum(&self, of: impl Fn(&Settlement) -> Fen) -> i64 {
        self.keys.iter().map(|key| of(key).get()).sum()
    }

    fn posted(&self, account: AccountId, side: Side) -> i64 {
        self.book.balance(account).unwrap().posted(side).get()
    }

    /// The books and the keys tell the same.
    fn check(&self) {
        TrialBalance::of(&self.book).unwrap();
        let held = self.book.balance(CLEARING).unwrap();
        assert_eq!(held.debit_pending.get(), self.sum(|key| key.in_flight));
        assert_eq!(self.posted(CLEARING, Side::Debit), 0);
        assert_eq!(
            self.posted(RECEIVABLE, Side::Debit),
            self.sum(|key| key.recovery_open)
        );
        let spent = self.sum(|key| key.credited) - self.sum(|key| key.recovered);
        assert_eq!(
            self.posted(EXPENSE, Side::Debit) + self.posted(RECEIVABLE, Side::Debit),
            spent
        );
        let funds = self.posted(CENTRAL, Side::Debit) + self.posted(COUNTY, Side::Debit);
        assert_eq!(funds + spent, self.posted(CONTROL, Side::Credit));
        assert!(
            self.book
                .funds()
                .unwrap()
                .iter()
                .all(|(_, left)| *left >= Fen::ZERO)
        );
    }
}

proptest! {
    #[test]
    fn running_twice_pays_nothing_and_every_key_keeps_its_invariant(facts in facts()) {
        let mut county = County::new();
        for fact in &facts {
            match county.happen(fact) {
                // Not enough in the funds: the run is refused whole, and the county waits for an appropriation.
                Err(error) => prop_assert!(matches!(error, LedgerError::NotEnough { .. }), "{}", error),
                Ok(()) if matches!(fact, Fact::Run) => {
                    for key in &county.keys {
                        key.check().unwrap();
                    }
                    let before = county.entries.len();
                    prop_assert!(!county.run().unwrap(), "the second run found something to do");
                    prop_assert_eq!(county.entries.len(), before);
                }
                Ok(()) => {}
            }
            county.check();
        }
        prop_assert_eq!(check_book(&chart(), &county.entries).faults, vec![]);

        // Once the money is there and the bank has answered, everybody has what they are entitled to, or the
        // claims name what is too much; a key without write-offs and claims is exact.
        county.answer(0);
        county.happen(&Fact::Appropriation { county: true, amount: 1_000_000 }).unwrap();
        county.run().unwrap();
        county.answer(0);
        county.check();
        for key in &county.keys {
            prop_assert_eq!(key.difference().unwrap(), Difference::Nothing);
            key.check().unwrap();
            let kept = key.credited.get() - key.recovered.get();
            prop_assert!(kept >= key.entitled.get());
            if key.written_off == Fen::ZERO && key.recovery_open == Fen::ZERO {
                prop_assert_eq!(kept, key.entitled.get());
            }
        }
        prop_assert_eq!(county.book.unresolved().count(), 0);
        prop_assert_eq!(county.book.last().map(|EntryId(id)| id), i64::try_from(county.entries.len()).ok().filter(|n| *n > 0));
    }
}
