//! Rules in the machine: memory, versions by law, exceptions by rank.

use super::machine::{Evaluated, Fault, FaultKind, Machine, fault};
use crate::ir::{Citation, Exception, Node, ParameterConstant, Rule};
use crate::model::Key;
use crate::value::Value;

impl<'a> Machine<'a> {
    /// The value of a rule, evaluated once.
    pub fn rule(&mut self, index: u16, subject: Option<u32>, key: Key) -> Evaluated {
        let rule = &self.program.rules[index as usize];
        let key = rule.key.unwrap_or(key);
        let place = self.memory_place(index, subject, key);
        if let Some(value) = self.memory[place] {
            return value;
        }
        let outer = (
            std::mem::replace(&mut self.key, key),
            std::mem::replace(&mut self.base, self.locals.len()),
        );
        if let Some(tracer) = &mut self.tracer {
            tracer.enter();
        }
        let value = self.rule_value(rule, subject);
        let value = value.map_err(|fault| Fault {
            rule: fault.rule.or(Some(index)),
            ..fault
        });
        self.locals.truncate(self.base);
        (self.key, self.base) = outer;
        self.memory[place] = Some(value.map(|(value, _)| value));
        if let Some(tracer) = &mut self.tracer {
            tracer.leave(index, subject, value);
        }
        value.map(|(value, _)| value)
    }

    /// The value of a rule if it has been evaluated under this key.
    pub fn remembered(&self, index: u16, key: Key) -> Option<Value> {
        let key = self.program.rules[index as usize].key.unwrap_or(key);
        self.memory[self.memory_place(index, None, key)].and_then(Result::ok)
    }

    /// The value of a parameter for a text; lists of codes are not shown.
    pub fn parameter_value(&self, index: u16, key: Key) -> Option<Value> {
        let parameter = &self.program.parameters[index as usize];
        let at = parameter.at(self.on[key as usize])?;
        match &parameter.values[at].value {
            ParameterConstant::One(value) => Some(*value),
            ParameterConstant::Codes(_) => None,
        }
    }

    fn memory_place(&self, index: u16, subject: Option<u32>, key: Key) -> usize {
        let persons = self.facts.person_ids.len() + 1;
        let row = key as usize * self.program.rules.len() + index as usize;
        row * persons + subject.map_or(0, |subject| subject as usize + 1)
    }

    fn rule_value(
        &mut self,
        rule: &'a Rule,
        subject: Option<u32>,
    ) -> Result<(Value, Option<u16>), Fault> {
        let (chosen, missing) = if rule.exceptions.is_empty() {
            (None, None)
        } else {
            self.exception(rule, subject)?
        };
        if let Some(set) = missing {
            return Ok((Value::Missing(set), None));
        }
        if let Some(index) = chosen {
            let exception = &rule.exceptions[index as usize];
            self.frame(exception.frame, subject);
            return Ok((self.eval(&exception.value)?, chosen));
        }
        let version = match rule.series {
            None => 0,
            Some(series) => {
                let law = self.laws[series as usize]
                    .and_then(|law| rule.by_law.get(law as usize).copied().flatten());
                law.ok_or(fault(FaultKind::NoLaw {
                    on: self.on[series as usize],
                }))?
            }
        };
        let version = &rule.versions[version as usize];
        self.frame(version.frame, subject);
        Ok((self.eval(&version.body)?, None))
    }

    /// The exception that applies, or the evidence that would tell. Two that apply must be ranked.
    fn exception(
        &mut self,
        rule: &'a Rule,
        subject: Option<u32>,
    ) -> Result<(Option<u16>, Option<u32>), Fault> {
        let mut applying: Vec<u16> = Vec::new();
        let mut unknown: Vec<(u16, u32)> = Vec::new();
        for (index, exception) in rule.exceptions.iter().enumerate() {
            if !exception.laws.is_empty()
                && !self
                    .laws
                    .iter()
                    .flatten()
                    .any(|law| exception.laws.contains(law))
            {
                continue;
            }
            self.frame(exception.frame, subject);
            match self.eval(&exception.condition)? {
                Value::Bool(true) => applying.push(index as u16),
                Value::Missing(set) => unknown.push((index as u16, set)),
                _ => {}
            }
        }
        let beaten = |index: u16| {
            applying
                .iter()
                .any(|other| rule.exceptions[*other as usize].beats.contains(&index))
        };
        let open: Vec<u32> = unknown
            .iter()
            .filter(|(index, _)| !beaten(*index))
            .map(|(_, set)| *set)
            .collect();
        if let Some((first, rest)) = open.split_first() {
            let all = rest
                .iter()
                .fold(*first, |all, set| self.needs.union(all, *set));
            return Ok((None, Some(all)));
        }
        let winners: Vec<u16> = applying
            .iter()
            .copied()
            .filter(|index| !beaten(*index))
            .collect();
        match winners[..] {
            [first, second, ..] => Err(fault(FaultKind::Conflict { first, second })),
            [one] => Ok((Some(one), None)),
            [] => Ok((None, None)),
        }
    }

    /// Evaluates an expression that stands outside of rules.
    pub fn free(&mut self, node: &'a Node, frame: u16, key: Key) -> Evaluated {
        self.key = key;
        self.base = self.locals.len();
        self.frame(frame, None);
        let value = self.eval(node);
        self.locals.truncate(self.base);
        value
    }

    fn frame(&mut self, size: u16, subject: Option<u32>) {
        self.locals.resize(self.base + size as usize, Value::None);
        if let (Some(subject), 1..) = (subject, size) {
            self.locals[self.base] = Value::Person(subject);
        }
    }

    /// Citation of a rule's version or exception under the laws in force.
    pub fn citation(&self, rule: &'a Rule, exception: Option<u16>) -> (&'a Citation, Option<u16>) {
        let law = self.law_of(rule.series);
        match exception {
            Some(index) => (&rule.exceptions[index as usize].cite, self.laws[0]),
            None => {
                let version = law
                    .and_then(|law| rule.by_law.get(law as usize).copied().flatten())
                    .unwrap_or(0);
                (&rule.versions[version as usize].cite, law)
            }
        }
    }

    /// The version of a rule, or its exception, that gave a value.
    pub fn exception_of(&self, rule: &'a Rule, exception: Option<u16>) -> Option<&'a Exception> {
        exception.map(|index| &rule.exceptions[index as usize])
    }
}
