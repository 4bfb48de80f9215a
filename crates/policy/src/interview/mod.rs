//! The interview: which question to ask next, so that only what can still change the answer is asked.
//!
//! Everything about the household is unknown at first, what is declared `absent` too: nobody has looked yet. The
//! reference evaluator says which evidence its answer waits for; of that, a question is asked when two answers to it
//! can lead to different results (`change`). When no question is left, the result is the same whatever is still open.
//! Must not know: who answers, how it is shown.

mod answer;
mod change;
mod domain;

use minsheng_core::Date;

use crate::decide::Verdict;
use crate::determination::{Determination, KeyDates};
use crate::error::{BoundaryError, EvalError};
use crate::eval::needs::NeedRef;
use crate::facts::Facts;
use crate::layout::{BIRTH_DATE, Cell, HEAD, RELATION, SEX, Slot};
use crate::model::{CodeDecl, EvidenceDecl, Form};
use crate::programme::Programme;
use crate::text::Bilingual;
use change::Search;

/// Most persons of a household that is asked about.
pub const MAX_PERSONS: usize = 50;

/// A conversation about one household.
#[derive(Debug, Clone)]
pub struct Interview<'p> {
    programme: &'p Programme,
    key: KeyDates,
    facts: Facts,
}

/// A question of the interview.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Question {
    /// The name by which it is answered: `household.savings`, `members.2.birth_date`.
    pub name: String,
    /// What is asked.
    pub label: Bilingual,
    /// Who holds the evidence; `None` for what every person is registered with.
    pub source: Option<Bilingual>,
    /// Why it is asked.
    pub cite: Option<String>,
    /// What an answer looks like.
    pub answer: Shape,
    /// Whether "none" is an answer.
    pub none: bool,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "form")]
pub enum Shape {
    /// `true` or `false`.
    Flag,
    /// A day, `2021-03-01`.
    Date,
    /// One of these codes.
    Code {
        /// The codes.
        codes: Vec<CodeDecl>,
    },
    /// Digits, one for each part.
    Digits {
        /// Name, smallest and largest digit of each.
        parts: Vec<(String, i64, i64)>,
    },
    /// A whole number.
    Number {
        /// Unit as written.
        unit: String,
        /// Smallest.
        min: i64,
        /// Largest.
        max: Option<i64>,
    },
    /// A list of objects as JSON.
    Records {
        /// The fields of an object.
        fields: Vec<String>,
    },
}

/// What comes next.
#[derive(Debug, Clone)]
pub enum Next {
    /// The question to ask.
    Ask(Box<Question>),
    /// The end.
    Done(Box<Conclusion>),
}

/// The end of an interview.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// What the reference evaluator says.
    pub determination: Determination,
    /// Evidence that stays unknown and cannot change the result, by the names of its questions.
    pub left_open: Vec<String>,
}

impl<'p> Interview<'p> {
    /// Begins with a household of so many persons of whom nothing is known but that the first is its head.
    ///
    /// # Errors
    /// [`BoundaryError`] for no persons or too many.
    pub fn new(
        programme: &'p Programme,
        key: KeyDates,
        application_date: Date,
        persons: usize,
    ) -> Result<Interview<'p>, BoundaryError> {
        if persons == 0 || persons > MAX_PERSONS {
            return Err(BoundaryError {
                path: "persons".to_owned(),
                problem: format!("a household of {persons} persons"),
                hint: format!("write a number from 1 to {MAX_PERSONS}"),
            });
        }
        let layout = &programme.program.layout;
        let width = layout.person.len();
        let mut cells = vec![Cell::Missing; width * persons];
        let head = layout.code_lists[layout.person[RELATION].codes.unwrap_or_default() as usize]
            .index("head");
        for (index, row) in cells.chunks_mut(width).enumerate() {
            row[HEAD] = Cell::Bool(index == 0);
        }
        cells[RELATION] = head.map_or(Cell::Missing, Cell::Code);
        Ok(Interview {
            programme,
            key,
            facts: Facts {
                fingerprint: layout.fingerprint,
                household_id: 1,
                household: vec![Cell::Missing; layout.household.len()],
                person_ids: (1..).take(persons).collect(),
                persons: cells,
                width,
                records: Vec::new(),
                application_date,
                single: None,
            },
        })
    }

    /// The next question, or the end.
    ///
    /// # Errors
    /// What the reference evaluator says about facts that it can give no answer to.
    pub fn next(&self) -> Result<Next, EvalError> {
        let search = Search::new(self.programme, self.key);
        let mut facts = self.facts.clone();
        let mut left_open = Vec::new();
        while let Verdict::Open(needs) = search.verdict(&facts) {
            if let Some(need) = needs.iter().find(|need| search.may_change(&facts, **need)) {
                return Ok(Next::Ask(Box::new(self.question(*need))));
            }
            // None of them matters: with any value for them the evaluator says what else it waits for.
            let filled = search.fill(&mut facts, &needs);
            if filled.is_empty() {
                break;
            }
            left_open.extend(filled.into_iter().map(|need| self.name(need)));
        }
        left_open.sort();
        self.conclude(&facts, left_open)
    }

    fn conclude(&self, facts: &Facts, left_open: Vec<String>) -> Result<Next, EvalError> {
        Ok(Next::Done(Box::new(Conclusion {
            determination: self.programme.determine(facts, &self.key)?,
            left_open,
        })))
    }

    /// The facts as answered so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    fn slot(&self, need: NeedRef) -> &'p Slot {
        let layout = &self.programme.program.layout;
        match need.person {
            None => &layout.household[need.slot as usize],
            Some(_) => &layout.person[need.slot as usize],
        }
    }

    fn evidence(&self, slot: &Slot) -> Option<&'p EvidenceDecl> {
        slot.evidence
            .map(|index| &self.programme.program.layout.evidence[index as usize])
    }

    fn name(&self, need: NeedRef) -> String {
        let slot = self.slot(need);
        match need.person {
            None => format!("household.{}", slot.name),
            Some(person) => format!("members.{}.{}", person + 1, slot.name),
        }
    }

    fn question(&self, need: NeedRef) -> Question {
        let slot = self.slot(need);
        let evidence = self.evidence(slot);
        let label = match evidence {
            Some(evidence) => evidence.label.clone(),
            None => registered(need.slot as usize),
        };
        Question {
            name: self.name(need),
            label,
            source: evidence.map(|evidence| evidence.source.clone()),
            cite: evidence.map(|evidence| evidence.cite.clone()),
            answer: self.shape(slot, need.slot as usize),
            none: evidence.is_some_and(|evidence| evidence.absent.is_some()),
        }
    }

    fn shape(&self, slot: &Slot, index: usize) -> Shape {
        let codes = |list: Option<u16>| Shape::Code {
            codes: list.map_or_else(Vec::new, |list| {
                self.programme.program.layout.code_lists[list as usize]
                    .codes
                    .clone()
            }),
        };
        let Some(evidence) = self.evidence(slot) else {
            return match index {
                BIRTH_DATE => Shape::Date,
                HEAD => Shape::Flag,
                _ => codes(slot.codes),
            };
        };
        match &evidence.form {
            Form::Flag => Shape::Flag,
            Form::Since => Shape::Date,
            Form::Code { parts, .. } if !parts.is_empty() => Shape::Digits {
                parts: parts
                    .iter()
                    .map(|part| (part.name.clone(), part.min, part.max))
                    .collect(),
            },
            Form::Code { .. } => codes(slot.codes),
            Form::Quantity { unit, min, max } => Shape::Number {
                unit: unit.to_string(),
                min: *min,
                max: *max,
            },
            Form::Amount { unit } => Shape::Number {
                unit: unit.to_string(),
                min: 0,
                max: None,
            },
            Form::Records { fields, .. } => Shape::Records {
                fields: fields.iter().map(|field| field.name.clone()).collect(),
            },
        }
    }
}

/// The words for what every person is registered with.
fn registered(slot: usize) -> Bilingual {
    match slot {
        BIRTH_DATE => Bilingual::new("出生日期", "date of birth"),
        SEX => Bilingual::new("性别", "sex"),
        RELATION => Bilingual::new("与户主关系", "relation to the head of the household"),
        _ => Bilingual::new("户主", "head of the household"),
    }
}
