//! Sets of missing evidence: what a missing value carries with it.

use crate::determination::Need;
use crate::facts::Facts;
use crate::layout::{Layout, Slot};
use crate::model::Entity;

/// A slot of the household or of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NeedRef {
    /// Index of the member; `None` for the household.
    pub person: Option<u32>,
    pub slot: u16,
}

/// The sets made during an evaluation.
#[derive(Debug, Default)]
pub(crate) struct NeedSets {
    sets: Vec<Vec<NeedRef>>,
}

impl NeedSets {
    /// A set of one.
    pub fn one(&mut self, need: NeedRef) -> u32 {
        self.add(vec![need])
    }

    /// Everything in either.
    pub fn union(&mut self, left: u32, right: u32) -> u32 {
        if left == right {
            return left;
        }
        let mut all = self.sets[left as usize].clone();
        all.extend(&self.sets[right as usize]);
        all.sort_unstable();
        all.dedup();
        self.add(all)
    }

    fn add(&mut self, set: Vec<NeedRef>) -> u32 {
        match self.sets.iter().position(|known| *known == set) {
            Some(index) => index as u32,
            None => {
                self.sets.push(set);
                (self.sets.len() - 1) as u32
            }
        }
    }

    /// What a set holds.
    pub fn of(&self, set: u32) -> &[NeedRef] {
        &self.sets[set as usize]
    }

    /// All missing evidence that was met.
    pub fn all(&self) -> Vec<NeedRef> {
        let mut all: Vec<NeedRef> = self.sets.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The set in the words of the declarations, each question once.
    pub fn describe(&self, set: u32, facts: &Facts, layout: &Layout) -> Vec<Need> {
        let mut needs: Vec<Need> = self.sets[set as usize]
            .iter()
            .map(|need| describe(*need, facts, layout))
            .collect();
        needs.sort();
        needs.dedup();
        needs
    }
}

fn describe(need: NeedRef, facts: &Facts, layout: &Layout) -> Need {
    let (entity, id, slots) = match need.person {
        None => (Entity::Household, facts.household_id, &layout.household),
        Some(person) => (
            Entity::Person,
            facts.person_ids[person as usize],
            &layout.person,
        ),
    };
    let asked: &Slot = &slots[need.slot as usize];
    // A list that other evidence closes is asked for by that evidence.
    let evidence = slots
        .iter()
        .find(|slot| slot.name == asked.asks_for)
        .and_then(|slot| slot.evidence)
        .map(|index| &layout.evidence[index as usize]);
    let (zh, en) = match evidence {
        Some(evidence) => (evidence.label.zh.clone(), evidence.label.en.clone()),
        None => (asked.name.clone(), asked.name.clone()),
    };
    Need {
        entity,
        id,
        field: asked.asks_for.clone(),
        zh,
        en,
    }
}
