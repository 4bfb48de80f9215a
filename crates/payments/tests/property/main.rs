//! Random months of a small county against a model that knows nothing of batches, ledgers or tables: what every
//! person is entitled to, was credited, owes and paid back. The books agree with the model, prove themselves, and
//! do not depend on how often a run was repeated.
//!
//! `MINSHENG_CASES` asks for more cases, `MINSHENG_SEED` for others.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod model;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use minsheng_benefits::assistance::Cause;
use minsheng_core::Month;
use minsheng_payments::queries::{batches, recoveries};
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_payments::{BatchState, FundSource, export, reject, results};
use minsheng_store::Scope;
use model::{House, Model};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use support::books::Sums;
use support::casework::Home;
use support::{County, bank_answers, day, month};

const SIZES: [usize; 6] = [1, 2, 3, 2, 1, 2];
/// Households of the first wave; the others may be granted later.
const FIRST_WAVE: usize = 4;
const MONTHS: [&str; 4] = ["2021-09", "2021-10", "2021-11", "2021-12"];

/// Something that happens in the county.
#[derive(Debug, Clone)]
enum Happening {
    /// A member dies so many months ago and it is recorded now; or a death recorded is moved there.
    Death {
        home: usize,
        member: usize,
        months_ago: i32,
    },
    /// A member's class is raised by a review.
    Disabled { home: usize, member: usize },
    /// The household gives the benefit up.
    Stop { home: usize },
    /// The bank closes the head's card.
    Close { home: usize },
    /// The head gets a new card, confirmed or not.
    Card { home: usize, confirmed: bool },
    /// All of the first open recovery is paid back, or given up.
    Settle { repaid: bool },
}

/// One month: the run takes place on the 26th of the month before.
#[derive(Debug, Clone)]
struct Turn {
    before_run: Vec<Happening>,
    /// After the run, before the check; another run may follow.
    before_check: Vec<Happening>,
    run_between: bool,
    /// After the check, before the release.
    before_release: Vec<Happening>,
    /// The checked batch is sent back.
    rejected: bool,
    /// While the bank has the file; followed by another run.
    at_bank: Vec<Happening>,
    after: Vec<Happening>,
    /// Whether the second wave is granted in this month.
    second_wave: bool,
    extra_runs: usize,
}

fn happening() -> impl Strategy<Value = Happening> {
    let home = 0..SIZES.len();
    prop_oneof![
        4 => (home.clone(), 0..3_usize, 0..4_i32)
            .prop_map(|(home, member, months_ago)| Happening::Death { home, member, months_ago }),
        2 => (home.clone(), 0..3_usize).prop_map(|(home, member)| Happening::Disabled { home, member }),
        2 => home.clone().prop_map(|home| Happening::Stop { home }),
        2 => home.clone().prop_map(|home| Happening::Close { home }),
        2 => (home, any::<bool>()).prop_map(|(home, confirmed)| Happening::Card { home, confirmed }),
        2 => any::<bool>().prop_map(|repaid| Happening::Settle { repaid }),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let some = |most: usize| prop::collection::vec(happening(), 0..most);
    (
        some(4),
        (some(2), any::<bool>(), some(2), prop::bool::weighted(0.2)),
        some(3),
        some(4),
        any::<bool>(),
        0..3_usize,
    )
        .prop_map(
            |(before_run, between, at_bank, after, second_wave, extra_runs)| {
                let (before_check, run_between, before_release, rejected) = between;
                Turn {
                    before_run,
                    before_check,
                    run_between,
                    before_release,
                    rejected,
                    at_bank,
                    after,
                    second_wave,
                    extra_runs,
                }
            },
        )
}

/// The county, the model beside it, and the rows of evidence that say who died.
struct Pair {
    county: County,
    model: Model,
    death_rows: BTreeMap<i64, i64>,
}

impl Pair {
    fn happen(&mut self, happenings: &[Happening]) {
        for happening in happenings {
            match happening {
                Happening::Death {
                    home,
                    member,
                    months_ago,
                } => self.dies(*home, *member, *months_ago),
                Happening::Disabled { home, member } => self.disabled(*home, *member),
                Happening::Stop { home } => self.stop(*home),
                Happening::Close { home } => {
                    self.model
                        .closed
                        .insert(self.model.houses[*home].home.number.clone());
                }
                Happening::Card { home, confirmed } => {
                    self.model.cards += 1;
                    let house = &mut self.model.houses[*home];
                    self.county
                        .new_card(&mut house.home, 5_000 + self.model.cards, *confirmed);
                    house.confirmed = *confirmed;
                }
                Happening::Settle { repaid } => self.settle(*repaid),
            }
        }
    }

    fn dies(&mut self, home: usize, member: usize, months_ago: i32) {
        let members = &self.model.houses[home].home.members;
        let person = members[member % members.len()];
        let on = Month::from_date(self.county.today())
            .plus(-months_ago)
            .first_day();
        let row = match self.death_rows.get(&person.0) {
            None => self.county.dies(person, on),
            Some(wrong) => self.county.died_otherwise(*wrong, person, on),
        };
        self.death_rows.insert(person.0, row);
        self.model.deaths.insert(person.0, on);
    }

    fn disabled(&mut self, home: usize, member: usize) {
        let house = &self.model.houses[home];
        let person = house.home.members[member % house.home.members.len()];
        let alive = self.model.alive(house.home.head().0) && self.model.alive(person.0);
        if !house.granted || house.stopped || !alive || self.model.disabled.contains(&person.0) {
            return;
        }
        self.county
            .disabled(person, Month::from_date(self.county.today()).first_day());
        self.county.review(&house.home, Cause::Person);
        self.model.disabled.insert(person.0);
        let decided = (
            Month::from_date(self.county.today()).next(),
            self.model.shares(home),
        );
        self.model.houses[home].decisions.push(decided);
    }

    fn stop(&mut self, home: usize) {
        let house = &mut self.model.houses[home];
        if house.granted && !house.stopped {
            self.county.review(&house.home, Cause::Renounced);
            house.stopped = true;
            house.decisions.push((
                Month::from_date(self.county.today()).next(),
                BTreeMap::new(),
            ));
        }
    }

    fn settle(&mut self, repaid: bool) {
        let county = &self.county;
        let all = county
            .store
            .read(|q| recoveries(q, &Scope::county()))
            .unwrap();
        let Some(open) = all.iter().find(|recovery| !recovery.open.is_zero()) else {
            return;
        };
        // Which keys a recovery claims is read from the books; what settling does to them is the model's. Two
        // recoveries of one key would make that ambiguous.
        let keys = county.keys_of_recovery(open.id.0);
        let shared = |other: &i64| {
            county
                .keys_of_recovery(*other)
                .iter()
                .any(|key| keys.contains(key))
        };
        let others = all
            .iter()
            .filter(|other| other.id != open.id && !other.open.is_zero());
        if others.map(|other| other.id.0).any(|other| shared(&other)) {
            return;
        }
        let document = "收据".to_owned();
        let new = NewSettlement {
            recovery: open.id,
            amount: None,
            document,
            happened_on: county.today(),
        };
        let enter = if repaid {
            recovery::repay
        } else {
            recovery::write_off
        };
        let event = enter(&county.desk(), &county.by("cashier-1"), &new).unwrap();
        recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();
        self.model.settled(&keys, repaid);
    }

    fn grant(&mut self, wave: std::ops::Range<usize>) {
        // Nobody applies for a household whose head has died.
        let ready: Vec<usize> = wave
            .filter(|at| self.model.alive(self.model.houses[*at].home.head().0))
            .collect();
        let mut homes: Vec<Home> = ready
            .iter()
            .map(|at| self.model.houses[*at].home.clone())
            .collect();
        if homes.is_empty() {
            return;
        }
        self.county.grant(&mut homes);
        let from = Month::from_date(self.county.today()).next();
        for (at, home) in ready.into_iter().zip(homes) {
            let shares = self.model.shares(at);
            let house = &mut self.model.houses[at];
            (house.home.case, house.granted) = (home.case, true);
            house.decisions.push((from, shares));
        }
    }

    fn run(&mut self, paid: Month) {
        let report = self.county.run(paid).unwrap();
        let sent = self.model.run(paid);
        assert_eq!(report.batch.is_some(), !sent.is_empty());
        if let Some(id) = report.batch {
            let batch = self
                .county
                .store
                .read(|q| minsheng_payments::batches::batch(q, id))
                .unwrap();
            self.model.flights.insert(batch.number, sent);
        }
    }

    /// Takes every batch to its end. What happens before the release, whether a batch is sent back, and what happens
    /// at the bank, happens once.
    fn finish(&mut self, paid: Month, turn: Option<&Turn>) {
        let mut before_release = turn.map(|turn| &turn.before_release);
        let mut rejected = turn.is_some_and(|turn| turn.rejected);
        let mut at_bank = turn.map(|turn| &turn.at_bank);
        loop {
            let all = self.county.store.read(|q| batches(q)).unwrap();
            let open = |state| !matches!(state, BatchState::Settled | BatchState::Rejected);
            let Some(batch) = all.into_iter().find(|batch| open(batch.state)) else {
                return;
            };
            if batch.state == BatchState::Checked
                && let Some(happenings) = before_release.take()
            {
                self.happen(happenings);
            }
            let county = &self.county;
            let desk = county.desk();
            match batch.state {
                BatchState::Frozen => {
                    let left = county
                        .office
                        .check(&desk, &county.by("checker-1"), batch.id)
                        .unwrap();
                    assert_eq!(left.lines, self.model.rechecked(&batch.number));
                }
                BatchState::Checked if rejected => {
                    rejected = false;
                    reject(&desk, &county.by("releaser-2"), batch.id, "已变更").unwrap();
                    self.model.rejected(&batch.number);
                    self.run(paid);
                }
                BatchState::Checked => {
                    let left = county
                        .office
                        .release(&desk, &county.by("releaser-1"), batch.id)
                        .unwrap();
                    assert_eq!(left.lines, self.model.rechecked(&batch.number));
                }
                _ => {
                    let file =
                        export(&desk, &county.by("releaser-1"), batch.id, &county.folder).unwrap();
                    if let Some(happenings) = at_bank.take() {
                        self.happen(happenings);
                        self.run(paid);
                    }
                    let county = &self.county;
                    let answer = bank_answers(&file, county.today(), &self.model.closed).unwrap();
                    results(&county.desk(), &county.by("checker-1"), batch.id, &answer).unwrap();
                    self.model.answered(&batch.number);
                }
            }
        }
    }

    fn play(&mut self, paid: Month, turn: &Turn) {
        let before = paid.prev().first_day();
        let to = |days: i64| before.saturating_add(Span::new().days(days));
        self.county.day(to(19));
        self.happen(&turn.before_run);
        self.county.day(to(25));
        self.run(paid);
        self.happen(&turn.before_check);
        if turn.run_between {
            self.run(paid);
        }
        self.finish(paid, Some(turn));
        // A run right after the bank's answer holds what was returned; a run after that finds nothing new.
        self.run(paid);
        let books = self.county.books();
        for _ in 0..turn.extra_runs {
            let report = self.county.run(paid).unwrap();
            assert_eq!(
                (report.batch, report.changed, report.recoveries.len()),
                (None, 0, 0)
            );
            assert_eq!(self.county.books(), books, "a repeated run leaves nothing");
        }
        self.county.day(to(27));
        self.happen(&turn.after);
    }

    /// Keys on which books and model differ.
    fn differences(&self) -> String {
        let found = self.county.sums();
        let keys: BTreeSet<_> = found.keys().chain(self.model.sums.keys()).collect();
        let mut text = String::new();
        for key in keys {
            let of = |sums: Option<&Sums>| sums.copied().unwrap_or_default();
            let (books, model) = (of(found.get(key)), of(self.model.sums.get(key)));
            if books != model {
                text += &format!(
                    "P{:06} {}: books {books:?}, model {model:?}\n",
                    key.0, key.1
                );
            }
        }
        text
    }
}

fn play(turns: &[Turn]) {
    let folder = tempfile::tempdir().unwrap();
    let county = County::create(folder.path(), day("2021-07-05"));
    county.day(day("2021-08-02"));
    let model = Model {
        houses: county
            .settle(1, &SIZES)
            .into_iter()
            .map(House::new)
            .collect(),
        deaths: BTreeMap::new(),
        disabled: BTreeSet::new(),
        closed: BTreeSet::new(),
        sums: BTreeMap::new(),
        cards: 0,
        first: month(MONTHS[0]).prev(),
        flights: BTreeMap::new(),
    };
    let mut pair = Pair {
        county,
        model,
        death_rows: BTreeMap::new(),
    };
    pair.county.fund(FundSource::Central, 3_000);
    pair.county.fund(FundSource::Province, 2_000);
    pair.county.fund(FundSource::County, 500_000);
    pair.grant(0..FIRST_WAVE);
    let mut second_wave = true;
    for (text, turn) in MONTHS.iter().zip(turns) {
        let paid = month(text);
        if turn.second_wave && second_wave && paid > month(MONTHS[0]) {
            second_wave = false;
            pair.county
                .day(paid.prev().first_day().saturating_add(Span::new().days(3)));
            pair.grant(FIRST_WAVE..SIZES.len());
        }
        pair.play(paid, turn);
        assert_eq!(pair.differences(), "", "after {paid}");
    }
    let last = month(MONTHS[MONTHS.len() - 1]);
    pair.county.day(last.first_day());
    pair.run(last);
    pair.finish(last, None);
    assert_eq!(pair.differences(), "");
    pair.county.assert_proved();
}

fn asked(variable: &str, default: u32) -> u32 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: asked("MINSHENG_CASES", 40),
        rng_seed: RngSeed::Fixed(u64::from(asked("MINSHENG_SEED", 1))),
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_books_agree_with_a_model_that_knows_only_persons_and_months(
        turns in prop::collection::vec(turn(), MONTHS.len()),
    ) {
        play(&turns);
    }
}
