//! Sums of a simulation. Every one of them can be counted again from the lines.

use std::collections::BTreeMap;

use minsheng_core::{Fen, Month};
use serde::Serialize;

use super::{Answer, HouseholdType, Line, Simulation, Standing};

/// What one programme costs in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthCost {
    /// The month.
    pub month: Month,
    /// Programme code.
    pub programme: String,
    /// Under the rules in force, fen.
    pub before_fen: Fen,
    /// Under the others, fen.
    pub after_fen: Fen,
    /// Cases of which the rules in force give no answer: their cost is not known and not in the sum.
    pub unclear_before: usize,
    /// As above, under the others.
    pub unclear_after: usize,
}

/// A sum, and how many are not in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    pub(super) sum: Fen,
    pub(super) unclear: usize,
}

impl Cost {
    pub(super) fn add(&mut self, answer: &Answer) {
        match answer.amount_fen {
            Some(amount) => self.sum = plus(self.sum, amount),
            None => self.unclear += 1,
        }
    }
}

/// Cases of one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Cases.
    pub cases: usize,
    /// What the rules in force give them, fen per month; nothing where they give no answer of one.
    pub before_fen: Option<Fen>,
    /// What the others give them, fen per month; nothing where they give no answer of one.
    pub after_fen: Option<Fen>,
}

/// The cases of a township, of a type of household, or of a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupTotals<K> {
    /// Which.
    pub group: K,
    /// By effect; an effect that nobody has is not there.
    pub effects: BTreeMap<&'static str, Count>,
}

/// How much of the need is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cover {
    /// Cases in force that the rules entitle.
    pub covered_cases: usize,
    /// What they are given, fen per month.
    pub covered_fen: Fen,
    /// Households without a case that the rules would entitle on the evidence recorded.
    pub uncovered_households: usize,
    /// What they would be given, fen per month: the gap that is left.
    pub gap_fen: Fen,
}

impl Simulation {
    /// All cases by effect; an effect that nobody has is not there.
    #[must_use]
    pub fn effects(&self) -> BTreeMap<&'static str, Count> {
        counted(self.cases())
    }

    /// The lines of cases in force.
    pub fn cases(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.case.is_some())
    }

    /// Cases by 12-digit code of the township.
    #[must_use]
    pub fn by_township(&self) -> Vec<GroupTotals<i64>> {
        self.grouped(|line| Some(line.division / 1_000 * 1_000))
    }

    /// Cases by type of household; households of which nobody is left are of none.
    #[must_use]
    pub fn by_type(&self) -> Vec<GroupTotals<HouseholdType>> {
        self.grouped(|line| line.household_type)
    }

    /// Coverage and gap under the rules in force, and under the others.
    #[must_use]
    pub fn cover(&self) -> (Cover, Cover) {
        let mut both = (Cover::default(), Cover::default());
        for line in &self.lines {
            for (cover, answer) in [(&mut both.0, &line.before), (&mut both.1, &line.after)] {
                let (Standing::Entitled, Some(amount)) = (answer.standing, answer.amount_fen)
                else {
                    continue;
                };
                let (households, sum) = if line.case.is_some() {
                    (&mut cover.covered_cases, &mut cover.covered_fen)
                } else {
                    (&mut cover.uncovered_households, &mut cover.gap_fen)
                };
                *households += 1;
                *sum = plus(*sum, amount);
            }
        }
        both
    }

    fn grouped<K: Ord + Clone>(&self, key: impl Fn(&Line) -> Option<K>) -> Vec<GroupTotals<K>> {
        let mut groups: BTreeMap<K, Vec<&Line>> = BTreeMap::new();
        for line in self.cases() {
            if let Some(key) = key(line) {
                groups.entry(key).or_default().push(line);
            }
        }
        groups
            .into_iter()
            .map(|(group, lines)| GroupTotals {
                group,
                effects: counted(lines.into_iter()),
            })
            .collect()
    }
}

fn counted<'l>(lines: impl Iterator<Item = &'l Line>) -> BTreeMap<&'static str, Count> {
    let mut effects: BTreeMap<&'static str, Count> = BTreeMap::new();
    for line in lines {
        let count = effects.entry(line.effect.as_str()).or_insert(Count {
            cases: 0,
            before_fen: Some(Fen::ZERO),
            after_fen: Some(Fen::ZERO),
        });
        count.cases += 1;
        let with = |sum: Option<Fen>, answer: &Answer| Some(plus(sum?, answer.amount_fen?));
        count.before_fen = with(count.before_fen, &line.before);
        count.after_fen = with(count.after_fen, &line.after);
    }
    effects
}

/// Sums of a county do not come near the largest amount; one that did would be shown as it.
fn plus(one: Fen, other: Fen) -> Fen {
    Fen::new(one.get().saturating_add(other.get()))
}
