//! What a year comes to by the reference evaluator: from the frozen facts of every decision, the deaths as known at
//! the end, and nothing else. It does not know the payments office.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_benefits::assistance::{Frozen, frozen_many};
use minsheng_core::{Date, Month};
use minsheng_policy::{KeyDates, Outcome, PackSet};
use minsheng_registry::{PersonId, evidence, persons};
use minsheng_store::{Query, statement};

use super::County;

statement! {
    DECISIONS, internal "a test's whole-county computation",
    "SELECT d.id, d.case_id, d.kind, d.effective_month, d.determination_id FROM decision d ORDER BY d.id"
}

/// A decision of the base run.
pub struct Decision {
    pub effective: Month,
    /// Whether months under it are paid.
    pub pays: bool,
    pub frozen: Option<Frozen>,
}

/// All decisions by case, and all deaths.
pub struct Reference {
    pub cases: BTreeMap<i64, Vec<Decision>>,
    pub deaths: BTreeMap<PersonId, Date>,
}

/// What a year comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Fen by programme and class.
    pub fen: BTreeMap<(String, String), i64>,
    /// Households on the December roll by programme.
    pub households: BTreeMap<String, BTreeSet<i64>>,
    /// Persons on the December roll by programme.
    pub persons: BTreeMap<String, BTreeSet<i64>>,
}

impl Totals {
    pub fn total_fen(&self) -> i64 {
        self.fen.values().sum()
    }

    pub fn of_class(&self, class: &str) -> i64 {
        self.fen
            .iter()
            .filter(|((_, of), _)| of == class)
            .map(|(_, fen)| fen)
            .sum()
    }

    pub fn on_roll(&self, programme: &str) -> (usize, usize) {
        let count =
            |map: &BTreeMap<String, BTreeSet<i64>>| map.get(programme).map_or(0, BTreeSet::len);
        (count(&self.households), count(&self.persons))
    }
}

impl Reference {
    /// Reads decisions and deaths of a finished run.
    pub fn load(county: &County) -> Reference {
        county
            .store
            .read(|q| {
                let rows = q.rows(&DECISIONS, &[])?;
                let ids: Vec<i64> = rows
                    .iter()
                    .filter_map(|row| row.opt_int(4).unwrap())
                    .collect();
                let mut frozen: BTreeMap<i64, Frozen> = BTreeMap::new();
                for some in ids.chunks(200) {
                    frozen.extend(
                        frozen_many(q, some)?
                            .into_iter()
                            .map(|one| (one.determination, one)),
                    );
                }
                let mut cases: BTreeMap<i64, Vec<Decision>> = BTreeMap::new();
                for row in &rows {
                    let pays = matches!(row.text(2)?, "grant" | "adjust" | "keep");
                    let frozen = row.opt_int(4)?.and_then(|id| frozen.remove(&id));
                    cases.entry(row.int(1)?).or_default().push(Decision {
                        effective: row.month(3)?,
                        pays,
                        frozen,
                    });
                }
                let known = persons::known_now(q)?;
                Ok::<_, minsheng_benefits::assistance::AssistanceError>(Reference {
                    cases,
                    deaths: evidence::deaths(q, known)?,
                })
            })
            .unwrap()
    }

    /// Cases on the roll of a month: what was decided last for it pays.
    pub fn on_the_roll(&self, month: Month) -> usize {
        let pays = |decisions: &&Vec<Decision>| {
            let standing = decisions.iter().rev().find(|one| one.effective <= month);
            standing.is_some_and(|decision| decision.pays)
        };
        self.cases.values().filter(pays).count()
    }

    /// The year with other packs: every decision is determined again with its own frozen facts, amounts follow.
    pub fn year(&self, packs: &PackSet, without_household: Option<i64>) -> Totals {
        let mut totals = Totals::default();
        let (january, december) = (Month::new(2021, 1).unwrap(), Month::new(2021, 12).unwrap());
        for decisions in self.cases.values() {
            let first = decisions[0].frozen.as_ref().unwrap();
            if without_household == Some(first.household.0) {
                continue;
            }
            let programme = packs.programme(&first.programme).unwrap();
            let key = |month| KeyDates {
                acceptance: first.acceptance,
                month,
            };
            // What each decision leaves to be paid from its month on.
            let mut course = Vec::new();
            for decision in decisions {
                let facts = decision
                    .frozen
                    .as_ref()
                    .map(|frozen| programme.facts(&frozen.facts).unwrap());
                let facts = facts.filter(|facts| {
                    programme
                        .determine(facts, &key(decision.effective))
                        .unwrap()
                        .outcome
                        == Outcome::Eligible
                });
                let refused = facts.is_none() && course.is_empty();
                course.push((decision.effective, facts));
                if refused {
                    break;
                }
            }
            for month in january.through(december) {
                let standing = course
                    .iter()
                    .rev()
                    .find(|(effective, _)| *effective <= month);
                let Some((_, Some(facts))) = standing else {
                    continue;
                };
                for share in programme.amounts(facts, &key(month)).unwrap() {
                    let died = self.deaths.get(&PersonId(share.person));
                    if died.is_some_and(|day| Month::from_date(*day) < month)
                        || share.amount.get() == 0
                    {
                        continue;
                    }
                    let code = first.programme.clone();
                    *totals
                        .fen
                        .entry((code.clone(), share.class.clone()))
                        .or_default() += share.amount.get();
                    if month == december {
                        totals
                            .households
                            .entry(code.clone())
                            .or_default()
                            .insert(first.household.0);
                        totals.persons.entry(code).or_default().insert(share.person);
                    }
                }
            }
        }
        totals
    }
}
