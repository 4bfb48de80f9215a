//! Random months of a small county against a model that knows nothing of batches, ledgers or tables: what every
//! person is entitled to, was credited, owes and paid back. The books agree with the model, prove themselves, and
//! do not depend on how often a run was repeated.
//!
//! `MINSHENG_CASES` asks for more cases.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Month};
use minsheng_payments::FundSource;
use minsheng_payments::queries::recoveries;
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_store::Scope;
use proptest::prelude::*;
use support::books::Sums;
use support::casework::Home;
use support::{County, day, month};

const GENERAL: i64 = 26_500;
const DISABLED: i64 = 28_000;
const SIZES: [usize; 6] = [1, 2, 3, 2, 1, 2];
/// Households of the first wave; the others may be granted later.
const FIRST_WAVE: usize = 4;
const MONTHS: [&str; 4] = ["2021-09", "2021-10", "2021-11", "2021-12"];

/// Something that happens in the county.
#[derive(Debug, Clone)]
enum Happening {
    /// A member dies so many months ago and it is recorded now.
    Death { home: usize, member: usize, months_ago: i32 },
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

#[derive(Debug, Clone)]
struct Turn {
    before_run: Vec<Happening>,
    after_run: Vec<Happening>,
    /// Whether the second wave is granted in this month.
    second_wave: bool,
    extra_runs: usize,
}

fn happening() -> impl Strategy<Value = Happening> {
    let home = 0..SIZES.len();
    prop_oneof![
        3 => (home.clone(), 0..3_usize, 0..3_i32)
            .prop_map(|(home, member, months_ago)| Happening::Death { home, member, months_ago }),
        2 => (home.clone(), 0..3_usize).prop_map(|(home, member)| Happening::Disabled { home, member }),
        2 => home.clone().prop_map(|home| Happening::Stop { home }),
        2 => home.clone().prop_map(|home| Happening::Close { home }),
        2 => (home, any::<bool>()).prop_map(|(home, confirmed)| Happening::Card { home, confirmed }),
        2 => any::<bool>().prop_map(|repaid| Happening::Settle { repaid }),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let happenings = || prop::collection::vec(happening(), 0..4);
    (happenings(), happenings(), any::<bool>(), 0..3_usize).prop_map(
        |(before_run, after_run, second_wave, extra_runs)| Turn { before_run, after_run, second_wave, extra_runs },
    )
}

/// The model of one household.
struct House {
    home: Home,
    granted: bool,
    stopped: bool,
    /// From which month which member has which amount.
    decisions: Vec<(Month, BTreeMap<i64, i64>)>,
    confirmed: bool,
    /// The card to which the last payment was returned.
    returned: Option<String>,
}

struct Model {
    houses: Vec<House>,
    deaths: BTreeMap<i64, Date>,
    disabled: BTreeSet<i64>,
    closed: BTreeSet<String>,
    sums: BTreeMap<(i64, Month), Sums>,
    cards: usize,
    waves: usize,
}

impl Model {
    fn amount(&self, person: i64) -> i64 {
        if self.disabled.contains(&person) { DISABLED } else { GENERAL }
    }

    /// What the living members get by a decision of today.
    fn shares(&self, house: &House) -> BTreeMap<i64, i64> {
        let members = house.home.members.iter().map(|person| person.0);
        members.filter(|person| !self.deaths.contains_key(person)).map(|person| (person, self.amount(person))).collect()
    }

    fn entitled(&self, house: &House, person: i64, month: Month) -> i64 {
        let dead = self.deaths.get(&person).is_some_and(|day| Month::from_date(*day) < month);
        let decision = house.decisions.iter().filter(|(from, _)| *from <= month).max_by_key(|(from, _)| *from);
        // Of equal months the last decision counts: max_by_key gives the last of equals.
        decision.filter(|_| !dead).and_then(|(_, shares)| shares.get(&person)).copied().unwrap_or(0)
    }

    /// A run of `last` and the bank's answer.
    fn pay(&mut self, last: Month) {
        let mut sums = std::mem::take(&mut self.sums);
        let first = month(MONTHS[0]).plus(-1);
        for at in 0..self.houses.len() {
            let house = &self.houses[at];
            let head = house.home.head().0;
            let good = house.confirmed && !self.deaths.contains_key(&head) && house.returned.as_ref() != Some(&house.home.number);
            let accepted = !self.closed.contains(&house.home.number);
            let mut sent = false;
            for person in house.home.members.iter().map(|person| person.0) {
                for month in first.through(last) {
                    let entitled = self.entitled(house, person, month);
                    let key = sums.entry((person, month)).or_default();
                    key.entitled = entitled;
                    let open = key.claimed - key.repaid - key.written_off - key.withdrawn;
                    let kept = key.credited - key.repaid;
                    let unnamed = kept - entitled - key.written_off - open;
                    if unnamed < 0 {
                        key.withdrawn += open.min(-unnamed);
                    }
                    if entitled > kept && good {
                        sent = true;
                        if accepted {
                            key.credited += entitled - kept;
                        } else {
                            key.returned += entitled - kept;
                        }
                    } else if unnamed > 0 {
                        key.claimed += unnamed;
                    }
                }
            }
            if sent && !accepted {
                self.houses[at].returned = Some(self.houses[at].home.number.clone());
            }
        }
        self.sums = sums;
    }
}

fn happen(county: &County, model: &mut Model, happening: &Happening) {
    let next = Month::from_date(county.today()).next();
    match happening {
        Happening::Death { home, member, months_ago } => {
            let members = &model.houses[*home].home.members;
            let person = members[member % members.len()];
            if model.deaths.contains_key(&person.0) {
                return;
            }
            let on = Month::from_date(county.today()).plus(-months_ago).first_day();
            county.dies(person, on);
            model.deaths.insert(person.0, on);
        }
        Happening::Disabled { home, member } => {
            let house = &model.houses[*home];
            let person = house.home.members[member % house.home.members.len()];
            let alive = |person: i64| !model.deaths.contains_key(&person);
            let reviewable = house.granted && !house.stopped && alive(house.home.head().0) && alive(person.0);
            if !reviewable || !model.disabled.insert(person.0) {
                return;
            }
            county.disabled(person, Month::from_date(county.today()).first_day());
            let home_now = model.houses[*home].home.clone();
            county.review(&home_now, Cause::Person);
            let shares = model.shares(&model.houses[*home]);
            model.houses[*home].decisions.push((next, shares));
        }
        Happening::Stop { home } => {
            let house = &mut model.houses[*home];
            if !house.granted || house.stopped {
                return;
            }
            county.review(&house.home, Cause::Renounced);
            house.stopped = true;
            house.decisions.push((next, BTreeMap::new()));
        }
        Happening::Close { home } => {
            model.closed.insert(model.houses[*home].home.number.clone());
        }
        Happening::Card { home, confirmed } => {
            model.cards += 1;
            let number = 5_000 + model.cards;
            let house = &mut model.houses[*home];
            county.new_card(&mut house.home, number, *confirmed);
            house.confirmed = *confirmed;
        }
        Happening::Settle { repaid } => settle(county, model, *repaid),
    }
}

fn settle(county: &County, model: &mut Model, repaid: bool) {
    let all = county.store.read(|q| recoveries(q, &Scope::county())).unwrap();
    let Some(open) = all.iter().find(|recovery| !recovery.open.is_zero()) else { return };
    let new = NewSettlement {
        recovery: open.id,
        amount: None,
        document: "收据".to_owned(),
        happened_on: county.today(),
    };
    // Which keys a recovery claims is read from the books; what settling does to them is the model's.
    for key in county.keys_of_recovery(open.id.0) {
        let sums = model.sums.get_mut(&key).unwrap();
        let rest = sums.claimed - sums.repaid - sums.written_off - sums.withdrawn;
        if repaid {
            sums.repaid += rest;
        } else {
            sums.written_off += rest;
        }
    }
    let enter = if repaid { recovery::repay } else { recovery::write_off };
    let event = enter(&county.desk(), &county.by("cashier-1"), &new).unwrap();
    recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap();
}

fn grant(county: &County, model: &mut Model, wave: std::ops::Range<usize>) {
    let mut homes: Vec<Home> = model.houses[wave.clone()].iter().map(|house| house.home.clone()).collect();
    // Nobody applies for a household whose head has died, or with a card that somebody still has to confirm.
    let ready = |home: &Home| !model.deaths.contains_key(&home.head().0);
    homes.retain(ready);
    if homes.is_empty() {
        return;
    }
    county.grant(&mut homes);
    let from = Month::from_date(county.today()).next();
    for home in homes {
        let at = model.houses.iter().position(|house| house.home.household == home.household).unwrap();
        let shares = model.shares(&model.houses[at]);
        model.houses[at].home.case = home.case;
        model.houses[at].granted = true;
        model.houses[at].decisions.push((from, shares));
    }
}

fn play(turns: &[Turn]) {
    let folder = tempfile::tempdir().unwrap();
    let county = County::create(folder.path(), day("2021-07-05"));
    county.day(day("2021-08-02"));
    let homes = county.settle(1, &SIZES);
    let house = |home| House { home, granted: false, stopped: false, decisions: Vec::new(), confirmed: true, returned: None };
    let mut model = Model {
        houses: homes.into_iter().map(house).collect(),
        deaths: BTreeMap::new(),
        disabled: BTreeSet::new(),
        closed: BTreeSet::new(),
        sums: BTreeMap::new(),
        cards: 0,
        waves: 1,
    };
    county.fund(FundSource::Central, 3_000);
    county.fund(FundSource::Province, 2_000);
    county.fund(FundSource::County, 500_000);
    grant(&county, &mut model, 0..FIRST_WAVE);
    for (text, turn) in MONTHS.iter().zip(turns) {
        let paid = month(text);
        if turn.second_wave && model.waves == 1 && paid > month(MONTHS[0]) {
            model.waves = 2;
            county.day(paid.prev().first_day().saturating_add(jiff::Span::new().days(3)));
            grant(&county, &mut model, FIRST_WAVE..SIZES.len());
        }
        county.day(paid.prev().first_day().saturating_add(jiff::Span::new().days(19)));
        for happening in &turn.before_run {
            happen(&county, &mut model, happening);
        }
        county.day(paid.prev().first_day().saturating_add(jiff::Span::new().days(25)));
        county.pay(paid, 1, &model.closed).unwrap();
        model.pay(paid);
        // A run right after the bank's answer may find what was returned and hold it; a run after that finds nothing.
        county.run(paid).unwrap();
        let settled = county.books();
        for _ in 0..turn.extra_runs {
            let report = county.run(paid).unwrap();
            assert_eq!((report.batch, report.changed, report.recoveries.len()), (None, 0, 0));
            assert_eq!(county.books(), settled, "a repeated run leaves nothing");
        }
        county.day(paid.prev().first_day().saturating_add(jiff::Span::new().days(27)));
        for happening in &turn.after_run {
            happen(&county, &mut model, happening);
        }
    }
    let last = month(MONTHS[turns.len().min(MONTHS.len()) - 1]);
    county.day(last.first_day());
    county.pay(last, county.rounds(last) + 1, &model.closed).unwrap();
    model.pay(last);
    assert_eq!(differences(&county, &model), "");
    county.assert_proved();
}

/// Keys on which books and model differ.
fn differences(county: &County, model: &Model) -> String {
    let found = county.sums();
    let keys: BTreeSet<_> = found.keys().chain(model.sums.keys()).collect();
    let mut text = String::new();
    for key in keys {
        let of = |sums: Option<&Sums>| sums.copied().unwrap_or_default();
        let (books, model) = (of(found.get(key)), of(model.sums.get(key)));
        if books != model {
            text += &format!("P{:06} {}: books {books:?}, model {model:?}\n", key.0, key.1);
        }
    }
    text
}

fn cases() -> u32 {
    std::env::var("MINSHENG_CASES").map_or(12, |text| text.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_agree_with_a_model_that_knows_only_persons_and_months(turns in prop::collection::vec(turn(), MONTHS.len())) {
        play(&turns);
    }
}
