//! Whether the answer to a question can still change the result.
//!
//! It can when some completion of everything else gives different results for two answers. First completions are
//! drawn from a fixed sequence: most questions have such a witness close by. Where none was drawn, the completions
//! are walked one after the other, as far as the evaluator asks for them; if that ends and all values were tried,
//! the question is needless. What cannot be decided so is asked: a needless question does less harm than a result
//! that rests on a guess.

use std::cell::Cell as Counter;

use super::domain::{Domain, domain};
use crate::decide::Verdict;
use crate::determination::KeyDates;
use crate::eval::needs::NeedRef;
use crate::facts::Facts;
use crate::programme::Programme;

/// Completions drawn before they are walked.
const DRAWN: u32 = 120;
/// Evaluations of one walk.
const WALKED: u32 = 6_000;

pub(super) struct Search<'p> {
    programme: &'p Programme,
    key: KeyDates,
    sequence: Counter<u64>,
    left: Counter<u32>,
}

/// What a walk over completions has found.
#[derive(Clone, Copy, PartialEq)]
enum Walk {
    /// All completions give one result.
    Same,
    /// Two differ.
    Differs,
    /// Not all could be tried.
    Unsure,
}

impl<'p> Search<'p> {
    pub fn new(programme: &'p Programme, key: KeyDates) -> Search<'p> {
        Search {
            programme,
            key,
            sequence: Counter::new(0x9e37_79b9_7f4a_7c15),
            left: Counter::new(0),
        }
    }

    pub fn verdict(&self, facts: &Facts) -> Verdict {
        self.programme.verdict(facts, &self.key)
    }

    /// Whether two answers can lead to different results, whatever else comes out.
    pub fn may_change(&self, facts: &Facts, need: NeedRef) -> bool {
        let mut base = facts.clone();
        let values = self.domain(&mut base, need);
        let states: Vec<Facts> = values
            .cells
            .iter()
            .map(|cell| {
                let mut state = base.clone();
                *state.cell_mut(need.person, need.slot) = *cell;
                state
            })
            .collect();
        if states.len() < 2 {
            return !values.complete;
        }
        for _ in 0..DRAWN {
            if self.draw(&states) == Walk::Differs {
                return true;
            }
        }
        self.left.set(WALKED);
        match self.walk(&states) {
            Walk::Same => !values.complete,
            Walk::Differs | Walk::Unsure => true,
        }
    }

    /// Gives the needs any value, and says which have one.
    pub fn fill(&self, facts: &mut Facts, needs: &[NeedRef]) -> Vec<NeedRef> {
        let mut filled = Vec::new();
        for need in needs {
            let values = self.domain(facts, *need);
            if let Some(cell) = values.cells.first() {
                *facts.cell_mut(need.person, need.slot) = *cell;
                filled.push(*need);
            }
        }
        filled
    }

    fn domain(&self, facts: &mut Facts, need: NeedRef) -> Domain {
        domain(self.programme, &self.key, facts, need)
    }

    /// The verdicts of all states, or the first thing that one of them still needs.
    fn verdicts(&self, states: &[Facts]) -> Result<bool, NeedRef> {
        let mut first: Option<Verdict> = None;
        let mut differs = false;
        for state in states {
            match self.verdict(state) {
                Verdict::Open(needs) => {
                    if let Some(need) = needs.first() {
                        return Err(*need);
                    }
                }
                verdict => match &first {
                    None => first = Some(verdict),
                    Some(known) => differs |= *known != verdict,
                },
            }
        }
        Ok(differs)
    }

    /// One completion from the sequence, the same for all states.
    fn draw(&self, states: &[Facts]) -> Walk {
        let mut states = states.to_vec();
        loop {
            match self.verdicts(&states) {
                Ok(true) => return Walk::Differs,
                Ok(false) => return Walk::Same,
                Err(need) => {
                    let values = self.spread(&mut states, need);
                    if values.cells.is_empty() {
                        return Walk::Unsure;
                    }
                    let chosen = values.cells[self.chance(values.cells.len())];
                    for state in &mut states {
                        *state.cell_mut(need.person, need.slot) = chosen;
                    }
                }
            }
        }
    }

    /// All completions, as far as the evaluator asks for them.
    fn walk(&self, states: &[Facts]) -> Walk {
        let cost = states.len() as u32;
        if self.left.get() < cost {
            return Walk::Unsure;
        }
        self.left.set(self.left.get() - cost);
        let need = match self.verdicts(states) {
            Ok(true) => return Walk::Differs,
            Ok(false) => return Walk::Same,
            Err(need) => need,
        };
        let mut states = states.to_vec();
        let values = self.spread(&mut states, need);
        let mut found = if values.complete {
            Walk::Same
        } else {
            Walk::Unsure
        };
        for cell in values.cells {
            for state in &mut states {
                *state.cell_mut(need.person, need.slot) = cell;
            }
            match self.walk(&states) {
                Walk::Differs => return Walk::Differs,
                Walk::Unsure => found = Walk::Unsure,
                Walk::Same => {}
            }
            if self.left.get() == 0 {
                return Walk::Unsure;
            }
        }
        found
    }

    /// The values of a need, its records in every state: the states hold the same records throughout.
    fn spread(&self, states: &mut [Facts], need: NeedRef) -> Domain {
        let Some((first, rest)) = states.split_first_mut() else {
            return Domain {
                cells: Vec::new(),
                complete: true,
            };
        };
        let values = self.domain(first, need);
        for state in rest {
            state.records.clone_from(&first.records);
        }
        values
    }

    /// The next number below `below` of a fixed sequence (SplitMix64): the same interview every time.
    fn chance(&self, below: usize) -> usize {
        let next = self.sequence.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.sequence.set(next);
        let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below.max(1) as u64) as usize
    }
}
