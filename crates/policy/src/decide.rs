//! How a programme comes to its answer: eligibility, then reasons, then the amounts; and the answer in the forms in
//! which it is asked for, with a trace, with a receipt, or alone.

use minsheng_core::Fen;
use serde_json::json;

use crate::determination::{Determination, KeyDates, MemberAmount, Outcome, Reason};
use crate::error::EvalError;
use crate::eval::machine::Machine;
use crate::eval::needs::NeedRef;
use crate::facts::Facts;
use crate::model::Key;
use crate::programme::Programme;
use crate::types::Type;
use crate::value::Value;

/// What was found; a set of missing evidence is a number of the machine that found it.
enum Decided {
    Eligible(Vec<MemberAmount>),
    Refused,
    Open(u32),
}

/// An answer with the versions, values and figures that it rests on, as a receipt shows them.
pub(crate) struct Answered {
    pub result: serde_json::Value,
    pub versions: serde_json::Value,
    pub parameters: serde_json::Value,
    pub read: Vec<NeedRef>,
}

/// A result without its explanation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// The conditions are met.
    Eligible(Vec<MemberAmount>),
    /// They are not.
    Refused,
    /// Evidence is missing.
    Open(Vec<NeedRef>),
    /// There is no answer, and why.
    Failed(String),
}

impl Programme {
    /// The determination without its trace.
    pub(crate) fn found<'a>(
        &'a self,
        machine: &mut Machine<'a>,
        facts: &Facts,
    ) -> Result<Determination, EvalError> {
        let (decided, reasons) = self.decide(machine)?;
        let mut members = Vec::new();
        let outcome = match decided {
            Decided::Refused => Outcome::Refused,
            Decided::Open(set) => Outcome::Undetermined {
                needs: machine.needs.describe(set, facts, &self.program.layout),
            },
            Decided::Eligible(amounts) => {
                members = amounts;
                Outcome::Eligible
            }
        };
        let law = machine.law_of(None);
        Ok(Determination {
            outcome,
            total: total(&members)?,
            members,
            reasons,
            trace: Vec::new(),
            law: law.map_or_else(String::new, |law| self.laws[law as usize].id.clone()),
            parameters: Vec::new(),
        })
    }

    /// An answer with everything that it rests on.
    pub(crate) fn receipt(
        &self,
        facts: &Facts,
        key: &KeyDates,
        whole: bool,
    ) -> Result<Answered, EvalError> {
        let mut machine = self.machine(facts, key, true)?;
        let result = if whole {
            let found = self.found(&mut machine, facts)?;
            json!({
                "law": found.law,
                "outcome": found.outcome,
                "members": found.members,
                "total_fen": found.total.get(),
                "reasons": found.reasons,
            })
        } else {
            match self.member_amounts(&mut machine)? {
                Ok(members) => json!({
                    "members": members,
                    "total_fen": total(&members)?.get(),
                }),
                Err(set) => json!({
                    "needs": machine.needs.describe(set, facts, &self.program.layout),
                }),
            }
        };
        let parameters = machine.parameters_used(&self.parameters);
        Ok(Answered {
            result,
            versions: json!(machine.versions_used(&self.laws)),
            parameters: json!(
                parameters
                    .iter()
                    .map(|used| json!({
                        "name": used.name,
                        "value": used.value,
                        "from": used.from.to_string(),
                        "cite": used.cite,
                        "mark": used.mark,
                    }))
                    .collect::<Vec<_>>()
            ),
            read: machine.evidence_read(),
        })
    }

    /// The result alone, without its explanation; an error is a result too, unless missing evidence was read on the
    /// way to it: what is answered may lead around the error.
    pub(crate) fn verdict(&self, facts: &Facts, key: &KeyDates) -> Verdict {
        let mut machine = match self.machine(facts, key, false) {
            Ok(machine) => machine,
            Err(error) => return Verdict::Failed(error.to_string()),
        };
        let decided = self.decide(&mut machine).and_then(|(decided, _)| {
            if let Decided::Eligible(members) = &decided {
                total(members)?;
            }
            Ok(decided)
        });
        match decided {
            Ok(Decided::Refused) => Verdict::Refused,
            Ok(Decided::Eligible(members)) => Verdict::Eligible(members),
            Ok(Decided::Open(set)) => Verdict::Open(machine.needs.of(set).to_vec()),
            Err(error) => match machine.needs.all() {
                needs if needs.is_empty() => Verdict::Failed(error.to_string()),
                needs => Verdict::Open(needs),
            },
        }
    }

    /// Eligibility, then reasons, then amounts.
    fn decide<'a>(
        &'a self,
        machine: &mut Machine<'a>,
    ) -> Result<(Decided, Vec<Reason>), EvalError> {
        let eligible =
            self.value(machine.rule(self.program.entries.eligible, None, Key::Acceptance))?;
        if let Value::Missing(set) = eligible {
            return Ok((Decided::Open(set), Vec::new()));
        }
        let eligible = eligible == Value::Bool(true);
        let mut reasons = Vec::new();
        let mut unknown: Option<u32> = None;
        for reason in &self.program.reasons {
            let law = machine.law_of(None);
            if !reason.laws.is_empty() && !law.is_some_and(|law| reason.laws.contains(&law)) {
                continue;
            }
            match self.value(machine.free(&reason.condition, reason.frame, Key::Acceptance))? {
                Value::Bool(true) => reasons.push(machine.reason(reason)),
                Value::Missing(set) => {
                    unknown = Some(unknown.map_or(set, |known| machine.needs.union(known, set)));
                }
                _ => {}
            }
        }
        // Refused, and the evidence that would tell why is missing.
        if let (false, true, Some(set)) = (eligible, reasons.is_empty(), unknown) {
            return Ok((Decided::Open(set), reasons));
        }
        if eligible != reasons.is_empty() {
            let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
            let reasons = codes.join(", ");
            return Err(EvalError::ReasonsDisagree {
                programme: self.code.clone(),
                eligible,
                reasons,
            });
        }
        let decided = if eligible {
            match self.member_amounts(machine)? {
                Ok(amounts) => Decided::Eligible(amounts),
                Err(set) => Decided::Open(set),
            }
        } else {
            Decided::Refused
        };
        Ok((decided, reasons))
    }

    /// Class and amount of each beneficiary; `Err` inside is the set of what is missing.
    pub(crate) fn member_amounts(
        &self,
        machine: &mut Machine<'_>,
    ) -> Result<Result<Vec<MemberAmount>, u32>, EvalError> {
        let entries = self.program.entries;
        let mut amounts = Vec::with_capacity(machine.facts.person_ids.len());
        let mut missing: Option<u32> = None;
        for index in 0..machine.facts.person_ids.len() as u32 {
            let mut ask = |rule: u16| self.value(machine.rule(rule, Some(index), Key::Month));
            let beneficiary = ask(entries.beneficiary)?;
            if beneficiary == Value::Bool(false) {
                continue;
            }
            let (class, amount) = (ask(entries.class)?, ask(entries.amount)?);
            match (beneficiary, class, amount) {
                (Value::Bool(true), Value::Code(class), Value::Number(amount)) => {
                    let amount = amount
                        .as_whole()
                        .and_then(|whole| i64::try_from(whole).ok());
                    let amount = amount.ok_or_else(|| EvalError::Overflow {
                        rule: "amount".to_owned(),
                    })?;
                    amounts.push(MemberAmount {
                        person: machine.facts.person_ids[index as usize],
                        class: self.class_code(class),
                        amount: Fen::new(amount),
                    });
                }
                (beneficiary, class, amount) => {
                    for value in [beneficiary, class, amount] {
                        if let Value::Missing(set) = value {
                            missing =
                                Some(missing.map_or(set, |known| machine.needs.union(known, set)));
                        }
                    }
                }
            }
        }
        Ok(match missing {
            Some(set) => Err(set),
            None => Ok(amounts),
        })
    }

    fn class_code(&self, index: u32) -> String {
        let rule = &self.program.rules[self.program.entries.class as usize];
        let list = match rule.ty {
            Type::Code(list) => list,
            _ => 0,
        };
        self.program.layout.code_lists[list as usize].codes[index as usize]
            .code
            .clone()
    }
}

fn total(members: &[MemberAmount]) -> Result<Fen, EvalError> {
    Fen::sum(members.iter().map(|member| member.amount)).map_err(|_| EvalError::Overflow {
        rule: "amount".to_owned(),
    })
}
