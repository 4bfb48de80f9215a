//! Answers: text in, a typed cell out, through the same boundary as facts in JSON.

use serde_json::Value;

use super::{Interview, Shape};
use crate::error::BoundaryError;
use crate::eval::needs::NeedRef;
use crate::facts::Reader;
use crate::layout::{Cell, HEAD};
use crate::pack::report::suggestion;

impl Interview<'_> {
    /// Takes the answer to a question, by its name.
    ///
    /// # Errors
    /// [`BoundaryError`] with the name of the question: unknown, answered before, or of another kind.
    pub fn answer(&mut self, name: &str, text: &str) -> Result<(), BoundaryError> {
        let need = self.find(name)?;
        let refuse = |problem: String, hint: &str| BoundaryError {
            path: name.to_owned(),
            problem,
            hint: hint.to_owned(),
        };
        if *self.cell(need) != Cell::Missing {
            return Err(refuse(
                "answered already".to_owned(),
                "each question is answered once",
            ));
        }
        let slot = self.slot(need);
        let text = text.trim();
        let none = matches!(text, "none" | "null" | "无");
        let cell = match self.evidence(slot) {
            Some(evidence) if none && evidence.absent.is_some() => slot.absent,
            Some(_)
                if none && !matches!(self.shape(slot, need.slot as usize), Shape::Code { .. }) =>
            {
                return Err(refuse(
                    "this is never absent".to_owned(),
                    "answer it, or leave it open",
                ));
            }
            _ => {
                let json = self.json(need, text);
                let reader = Reader {
                    layout: &self.programme.program.layout,
                };
                let mut records = std::mem::take(&mut self.facts.records);
                let read = reader.one(&json, slot, &mut records, name);
                self.facts.records = records;
                read?
            }
        };
        *self.cell(need) = cell;
        Ok(())
    }

    /// The JSON value that a text stands for, by the form of its question; what does not fit stays a text and is
    /// refused as one.
    fn json(&self, need: NeedRef, text: &str) -> Value {
        let otherwise = || Value::String(text.to_owned());
        match self.shape(self.slot(need), need.slot as usize) {
            Shape::Flag => match text {
                "true" | "yes" | "是" => Value::Bool(true),
                "false" | "no" | "否" => Value::Bool(false),
                _ => otherwise(),
            },
            Shape::Number { .. } | Shape::Records { .. } => {
                serde_json::from_str(text).unwrap_or_else(|_| otherwise())
            }
            Shape::Date | Shape::Code { .. } | Shape::Digits { .. } => otherwise(),
        }
    }

    fn cell(&mut self, need: NeedRef) -> &mut Cell {
        self.facts.cell_mut(need.person, need.slot)
    }

    fn find(&self, name: &str) -> Result<NeedRef, BoundaryError> {
        let layout = &self.programme.program.layout;
        let unknown = |known: Vec<String>| {
            let mut hint = suggestion(name, known.iter().map(String::as_str));
            if hint.is_empty() {
                hint = "questions are named `household.NAME` and `members.NUMBER.NAME`".to_owned();
            }
            BoundaryError {
                path: name.to_owned(),
                problem: "there is no such question".to_owned(),
                hint,
            }
        };
        if let Some(field) = name.strip_prefix("household.") {
            let slot = layout.household.iter().position(|slot| slot.name == field);
            return slot
                .map(|slot| NeedRef {
                    person: None,
                    slot: slot as u16,
                })
                .ok_or_else(|| {
                    unknown(
                        layout
                            .household
                            .iter()
                            .map(|slot| format!("household.{}", slot.name))
                            .collect(),
                    )
                });
        }
        let member = name
            .strip_prefix("members.")
            .and_then(|rest| rest.split_once('.'));
        let Some((number, field)) = member else {
            return Err(unknown(Vec::new()));
        };
        let persons = self.facts.person_ids.len();
        let Some(person) = number
            .parse::<usize>()
            .ok()
            .filter(|number| (1..=persons).contains(number))
        else {
            return Err(BoundaryError {
                path: name.to_owned(),
                problem: format!("there is no member {number}"),
                hint: format!("the household has {persons} persons"),
            });
        };
        let slot = layout
            .person
            .iter()
            .position(|slot| slot.name == field)
            .filter(|slot| *slot != HEAD);
        slot.map(|slot| NeedRef {
            person: Some(person as u32 - 1),
            slot: slot as u16,
        })
        .ok_or_else(|| {
            unknown(
                layout
                    .person
                    .iter()
                    .map(|slot| format!("members.{number}.{}", slot.name))
                    .collect(),
            )
        })
    }
}
