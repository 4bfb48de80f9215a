//! The way from the state of a case to a step that is not possible there yet: what a clerk is told to do first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minsheng_policy::Step;

use super::super::error::AssistanceError;
use super::super::ground;
use super::super::missing::Missing;
use super::Ask;

impl Ask<'_> {
    /// The steps that lie between this state and the step, with the terms and needs that hold up the first.
    pub(super) fn way_to(&self, called: &[&Step]) -> Result<Vec<Missing>, AssistanceError> {
        let goals: BTreeSet<&str> = called
            .iter()
            .flat_map(|step| step.from.iter().map(String::as_str))
            .collect();
        let mut before: BTreeMap<&str, (&str, &Step)> = BTreeMap::new();
        let mut queue = VecDeque::from([self.state]);
        while let Some(state) = queue.pop_front() {
            if goals.contains(state) {
                return self.along(state, &before);
            }
            for step in self
                .procedure
                .steps
                .iter()
                .filter(|step| step.from.iter().any(|from| from == state))
            {
                let Some(to) = step.to.as_deref() else {
                    continue;
                };
                if to != self.state && !before.contains_key(to) && self.may_hold(step)? {
                    before.insert(to, (state, step));
                    queue.push_back(to);
                }
            }
        }
        let mut possible: Vec<String> = Vec::new();
        for step in self
            .procedure
            .steps
            .iter()
            .filter(|step| step.from.iter().any(|from| from == self.state))
        {
            if !possible.contains(&step.code) {
                possible.push(step.code.clone());
            }
        }
        Ok(vec![Missing::NoWay { possible }])
    }

    fn along(
        &self,
        goal: &str,
        before: &BTreeMap<&str, (&str, &Step)>,
    ) -> Result<Vec<Missing>, AssistanceError> {
        let mut way: Vec<&Step> = Vec::new();
        let mut at = goal;
        while let Some((from, step)) = before.get(at) {
            way.push(step);
            at = from;
        }
        way.reverse();
        let mut missing = Vec::new();
        if let Some(first) = way.first() {
            for clock in &first.meets {
                missing.extend(self.too_early(first, clock)?);
            }
            for need in &first.needs {
                missing.extend(ground::unmet(self, need)?.filter(Missing::is_of_the_case));
            }
        }
        missing.extend(way.into_iter().map(|step| Missing::Before {
            step: step.code.clone(),
            name: step.name.zh.clone(),
            actor: step.actor.clone(),
        }));
        Ok(missing)
    }
}
