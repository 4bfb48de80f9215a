//! Rules: the version that the law chooses, and the exception that applies, row by row.

use minsheng_policy::Key;
use minsheng_policy::compiled::{Node, Rule};

use super::Lowering;
use super::expression::Lowered;
use super::values::{Kind, List, Val};
use crate::graph::N;

impl Lowering<'_> {
    /// The value of a rule; of one about a person, for the member of each row. Lowered once per key date.
    pub(crate) fn rule(&mut self, index: u16, key: Key) -> Lowered {
        let program = self.program;
        let rule = &program.rules[index as usize];
        let key = rule.key.unwrap_or(key);
        if let Some(known) = self.known.get(&(index, key)) {
            return Ok(known.clone());
        }
        let outer = (
            std::mem::replace(&mut self.key, key),
            std::mem::replace(&mut self.base, self.locals.len()),
            std::mem::replace(&mut self.inside, u32::from(rule.subject)),
            std::mem::replace(&mut self.rule, rule.name.to_string()),
        );
        let val = self.value_of(rule);
        self.locals.truncate(self.base);
        (self.key, self.base, self.inside, self.rule) = outer;
        let val = val?;
        self.known.insert((index, key), val.clone());
        Ok(val)
    }

    fn framed(&mut self, node: &Node, frame: u16, subject: bool) -> Lowered {
        self.locals.truncate(self.base);
        self.locals.resize(self.base + frame as usize, None);
        if subject && frame > 0 {
            let person = self.plain(Kind::Person);
            self.locals[self.base] = Some(person);
        }
        self.expression(node)
    }

    /// An expression that stands outside of rules.
    pub(super) fn free(&mut self, node: &Node, frame: u16, name: &str) -> Lowered {
        self.key = Key::Acceptance;
        self.base = self.locals.len();
        self.inside = 0;
        name.clone_into(&mut self.rule);
        let val = self.framed(node, frame, false);
        self.locals.truncate(self.base);
        val
    }

    fn value_of(&mut self, rule: &Rule) -> Lowered {
        let version = match rule.series {
            None => Some(0),
            Some(series) => self.laws[series as usize]
                .and_then(|law| rule.by_law.get(law as usize).copied().flatten()),
        };
        let base = match version {
            Some(version) => {
                let version = &rule.versions[version as usize];
                Some(self.framed(&version.body, version.frame, rule.subject)?)
            }
            None => None,
        };
        if rule.exceptions.is_empty() {
            return match base {
                Some(base) => Ok(base),
                None => self.without_law(rule),
            };
        }
        let base = match base {
            Some(base) => base,
            None => self.without_law(rule)?,
        };
        self.excepted(rule, base)
    }

    /// No law of the series is in force: trouble for every row that asks.
    fn without_law(&mut self, rule: &Rule) -> Lowered {
        let version = &rule.versions[0];
        let shape = self.framed(&version.body, version.frame, rule.subject)?;
        let yes = self.graph.truth(true);
        Ok(Val {
            trouble: yes,
            ..shape
        })
    }

    fn excepted(&mut self, rule: &Rule, base: Val) -> Lowered {
        let no = self.no();
        let mut trouble = Vec::new();
        let mut found: Vec<(usize, N, N, Val)> = Vec::new();
        for (index, exception) in rule.exceptions.iter().enumerate() {
            let exists = exception.laws.is_empty()
                || self
                    .laws
                    .iter()
                    .flatten()
                    .any(|law| exception.laws.contains(law));
            if !exists {
                continue;
            }
            let condition = self.framed(&exception.condition, exception.frame, rule.subject)?;
            let truth = self.truth_of(&condition)?;
            let open = self.graph.or(condition.unknown, condition.trouble);
            let known = self.graph.not(open);
            let applies = self.graph.and(known, truth);
            trouble.push(condition.trouble);
            let value = self.framed(&exception.value, exception.frame, rule.subject)?;
            found.push((index, applies, condition.unknown, value));
        }
        let mut open = Vec::new();
        let mut winners: Vec<(N, Val)> = Vec::new();
        for (index, applies, unknown, value) in &found {
            let beaten: Vec<N> = found
                .iter()
                .filter(|(other, ..)| rule.exceptions[*other].beats.contains(&(*index as u16)))
                .map(|(_, applies, ..)| *applies)
                .collect();
            let beaten = self.graph.any_of(&beaten);
            let unbeaten = self.graph.not(beaten);
            open.push(self.graph.and(*unknown, unbeaten));
            winners.push((self.graph.and(*applies, unbeaten), value.clone()));
        }
        let mut conflict = no;
        for first in 0..winners.len() {
            for second in first + 1..winners.len() {
                let both = self.graph.and(winners[first].0, winners[second].0);
                conflict = self.graph.or(conflict, both);
            }
        }
        let mut result = base;
        for (wins, value) in &winners {
            result = self.chosen(*wins, value, &result)?;
        }
        let open = self.graph.any_of(&open);
        let closed = self.graph.not(open);
        let inner = self.graph.or(conflict, result.trouble);
        let inner = self.graph.and(closed, inner);
        let outer = self.graph.any_of(&trouble);
        let unknown = self.graph.or(open, result.unknown);
        if let Kind::List(List::Items(_)) = result.kind {
            return self.refuse("an exception that is a list");
        }
        Ok(Val {
            unknown,
            trouble: self.graph.or(outer, inner),
            ..result
        })
    }
}
