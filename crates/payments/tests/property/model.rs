//! The model: persons, months and sums. It knows no batch but a number, no ledger, no table.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::{Date, Month};

use crate::support::books::{ByKey, Sums};
use crate::support::casework::Home;

pub const GENERAL: i64 = 26_500;
pub const DISABLED: i64 = 28_000;

/// One household.
pub struct House {
    pub home: Home,
    pub granted: bool,
    pub stopped: bool,
    /// From which month which member has which amount.
    pub decisions: Vec<(Month, BTreeMap<i64, i64>)>,
    /// Whether its card is confirmed.
    pub confirmed: bool,
    /// The card to which the last payment was returned.
    pub returned: Option<String>,
}

impl House {
    pub fn new(home: Home) -> House {
        let (granted, stopped, confirmed) = (false, false, true);
        House {
            home,
            granted,
            stopped,
            decisions: Vec::new(),
            confirmed,
            returned: None,
        }
    }
}

/// Money on its way for one key.
pub struct Sent {
    house: usize,
    card: String,
    key: (i64, Month),
    amount: i64,
}

pub struct Model {
    pub houses: Vec<House>,
    pub deaths: BTreeMap<i64, Date>,
    pub disabled: BTreeSet<i64>,
    /// Cards that the bank has closed.
    pub closed: BTreeSet<String>,
    pub sums: ByKey,
    pub cards: usize,
    pub first: Month,
    /// Money on its way, by the number of its batch.
    pub flights: BTreeMap<String, Vec<Sent>>,
}

impl Model {
    pub fn alive(&self, person: i64) -> bool {
        !self.deaths.contains_key(&person)
    }

    /// What the living members get by a decision of today.
    pub fn shares(&self, house: usize) -> BTreeMap<i64, i64> {
        let amount = |person| {
            if self.disabled.contains(&person) {
                DISABLED
            } else {
                GENERAL
            }
        };
        let members = self.houses[house]
            .home
            .members
            .iter()
            .map(|person| person.0);
        members
            .filter(|person| self.alive(*person))
            .map(|person| (person, amount(person)))
            .collect()
    }

    fn entitled(&self, house: &House, person: i64, month: Month) -> i64 {
        let dead = self
            .deaths
            .get(&person)
            .is_some_and(|day| Month::from_date(*day) < month);
        // Of equal months the last decision counts: max_by_key gives the last of equals.
        let decision = house
            .decisions
            .iter()
            .filter(|(from, _)| *from <= month)
            .max_by_key(|(from, _)| *from);
        decision
            .filter(|_| !dead)
            .and_then(|(_, shares)| shares.get(&person))
            .copied()
            .unwrap_or(0)
    }

    /// A run through `last`; gives what it sends.
    pub fn run(&mut self, last: Month) -> Vec<Sent> {
        let mut sums = std::mem::take(&mut self.sums);
        let mut sent = Vec::new();
        for (at, house) in self.houses.iter().enumerate() {
            let card = &house.home.number;
            let good = self.pays_to(house, card);
            for person in house.home.members.iter().map(|person| person.0) {
                for month in self.first.through(last) {
                    let key = sums.entry((person, month)).or_default();
                    key.entitled = self.entitled(house, person, month);
                    let unnamed = unnamed(key);
                    if unnamed < 0 {
                        let claims = open(key).min(-unnamed);
                        let given_up = key.written_off.min(-unnamed - claims);
                        key.withdrawn += claims + given_up;
                        key.written_off -= given_up;
                    }
                    let due = key.entitled - (key.credited - key.repaid) - key.in_flight;
                    if due > 0 {
                        if good {
                            key.in_flight += due;
                            sent.push(Sent {
                                house: at,
                                card: card.clone(),
                                key: (person, month),
                                amount: due,
                            });
                        }
                    } else {
                        key.claimed += unnamed.max(0);
                    }
                }
            }
        }
        self.sums = sums;
        sent
    }

    /// The bank answers a batch: money over what a run has lowered meanwhile is claimed back.
    pub fn answered(&mut self, batch: &str) {
        for sent in self.flights.remove(batch).unwrap() {
            let key = self.sums.get_mut(&sent.key).unwrap();
            key.in_flight -= sent.amount;
            if self.closed.contains(&sent.card) {
                key.returned += sent.amount;
                self.houses[sent.house].returned = Some(sent.card);
            } else {
                key.credited += sent.amount;
                key.claimed += unnamed(key).max(0);
            }
        }
    }

    /// The check of a batch: a household's line is taken out when one of its keys would get more than it is entitled
    /// to by now, or when its card no longer stands. Gives how many lines are left.
    pub fn rechecked(&mut self, batch: &str) -> usize {
        let sent = self.flights.remove(batch).unwrap();
        let wrong: BTreeSet<usize> = sent
            .iter()
            .filter(|sent| {
                let house = &self.houses[sent.house];
                let key = &self.sums[&sent.key];
                let due = self.entitled(house, sent.key.0, sent.key.1);
                key.credited - key.repaid + key.in_flight > due || !self.pays_to(house, &sent.card)
            })
            .map(|sent| sent.house)
            .collect();
        let (out, kept): (Vec<Sent>, Vec<Sent>) = sent
            .into_iter()
            .partition(|sent| wrong.contains(&sent.house));
        for sent in out {
            self.sums.get_mut(&sent.key).unwrap().in_flight -= sent.amount;
        }
        let left: BTreeSet<usize> = kept.iter().map(|sent| sent.house).collect();
        self.flights.insert(batch.to_owned(), kept);
        left.len()
    }

    /// Whether money of a household may go to a card now.
    fn pays_to(&self, house: &House, card: &str) -> bool {
        house.confirmed
            && house.home.number == card
            && self.alive(house.home.head().0)
            && house.returned.as_deref() != Some(card)
    }

    /// A batch is sent back before its release.
    pub fn rejected(&mut self, batch: &str) {
        for sent in self.flights.remove(batch).unwrap() {
            self.sums.get_mut(&sent.key).unwrap().in_flight -= sent.amount;
        }
    }

    /// Everything that is open on these keys is paid back or given up.
    pub fn settled(&mut self, keys: &[(i64, Month)], repaid: bool) {
        for key in keys {
            let sums = self.sums.get_mut(key).unwrap();
            let rest = open(sums);
            if repaid {
                sums.repaid += rest;
            } else {
                sums.written_off += rest;
            }
        }
    }
}

fn open(key: &Sums) -> i64 {
    key.claimed - key.repaid - key.written_off - key.withdrawn
}

/// Credited over the entitlement and named by no claim; below zero where claims name too much.
fn unnamed(key: &Sums) -> i64 {
    key.credited - key.repaid - key.entitled - key.written_off - open(key)
}
