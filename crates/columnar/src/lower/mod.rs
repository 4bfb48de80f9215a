//! From the checked programme to the graph: every expression becomes a value, a mask of rows where it is not known,
//! and a mask of rows that are in trouble (overflow, division by zero, conflict).
//!
//! A row in trouble is not decided here: it is asked of the reference evaluator, which names the error or knows the
//! answer that needs more than 64 bits. So a node may be in trouble too often, never too seldom. What is decided in
//! spite of trouble (`false && …`) is decided here exactly where the reference evaluator decides it.

mod expression;
mod lists;
mod numbers;
mod outcome;
mod rules;
mod values;

use std::collections::HashMap;

use minsheng_core::{Date, Month};
use minsheng_policy::compiled::Program;
use minsheng_policy::{Key, KeyDates, Programme};

pub(crate) use outcome::Answers;

use crate::batch::{Batch, Column, Data};
use crate::error::ColumnarError;
use crate::graph::{Graph, Lane, N, Shape, lane_of};
use crate::schema::{Place, Schema, Slots};
use values::Val;

/// What is assumed of the columns of a batch: a plan serves every batch for which it holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assumptions {
    household: Vec<Assumed>,
    person: Vec<Assumed>,
    records: Vec<Vec<Assumed>>,
    pub members: i64,
    pub in_lists: Vec<i64>,
    pub single: bool,
}

/// See [`Assumptions`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Assumed {
    pub range: (i64, i64),
    pub lane: Lane,
    pub missing: bool,
    pub absent: bool,
}

impl Assumptions {
    pub fn of(schema: &Schema, batch: &Batch) -> Assumptions {
        let all = |columns: &[Column], place: Place| {
            let defs = schema.columns(place).iter();
            columns
                .iter()
                .zip(defs)
                .map(|(column, def)| Assumed::of(column, def.bounds))
                .collect()
        };
        let fields = |columns: &[Column]| {
            let any = (i64::MIN, i64::MAX);
            columns
                .iter()
                .map(|column| Assumed::of(column, any))
                .collect()
        };
        Assumptions {
            household: all(&batch.household, Place::Household),
            person: all(&batch.person, Place::Person),
            records: batch
                .records
                .iter()
                .map(|list| fields(&list.fields))
                .collect(),
            members: longest(&batch.offsets),
            in_lists: batch
                .records
                .iter()
                .map(|list| longest(&list.offsets))
                .collect(),
            single: batch.single.is_some(),
        }
    }

    /// Whether a plan made for these serves a batch of which `other` is true.
    pub fn cover(&self, other: &Assumptions) -> bool {
        let covers = |these: &[Assumed], those: &[Assumed]| {
            these.len() == those.len()
                && these
                    .iter()
                    .zip(those)
                    .all(|(this, that)| this.covers(that))
        };
        covers(&self.household, &other.household)
            && covers(&self.person, &other.person)
            && self.records.len() == other.records.len()
            && self
                .records
                .iter()
                .zip(&other.records)
                .all(|(a, b)| covers(a, b))
            && self.members >= other.members
            && self
                .in_lists
                .iter()
                .zip(&other.in_lists)
                .all(|(a, b)| a >= b)
            && (self.single || !other.single)
    }

    /// What both assume, so that one plan serves all batches of a register in the end.
    pub fn widened(mut self, other: &Assumptions) -> Assumptions {
        let widen = |these: &mut Vec<Assumed>, those: &[Assumed]| {
            for (this, that) in these.iter_mut().zip(those) {
                *this = this.widened(that);
            }
        };
        widen(&mut self.household, &other.household);
        widen(&mut self.person, &other.person);
        for (these, those) in self.records.iter_mut().zip(&other.records) {
            widen(these, those);
        }
        self.members = self.members.max(other.members);
        for (this, that) in self.in_lists.iter_mut().zip(&other.in_lists) {
            *this = (*this).max(*that);
        }
        self.single |= other.single;
        self
    }

    fn column(&self, place: Place, index: u16) -> Assumed {
        match place {
            Place::Household => self.household[index as usize],
            Place::Person => self.person[index as usize],
        }
    }
}

impl Assumed {
    /// `bounds` are kept by the boundary, but for rows without a value, which hold 0.
    fn of(column: &Column, bounds: (i64, i64)) -> Assumed {
        let (low, high) = column.range();
        let flag = matches!(column.data, Data::Mask(_));
        let range = if flag {
            (0, 1)
        } else {
            (
                rounded(low).max(bounds.0.min(0)),
                rounded(high).min(bounds.1.max(0)),
            )
        };
        Assumed {
            range,
            lane: if flag { Lane::Mask } else { lane_of(range) },
            missing: column.missing.is_some(),
            absent: column.absent.is_some(),
        }
    }

    fn covers(self, other: &Assumed) -> bool {
        self.range.0 <= other.range.0
            && self.range.1 >= other.range.1
            && (self.lane == Lane::Mask) == (other.lane == Lane::Mask)
            && (self.missing || !other.missing)
            && (self.absent || !other.absent)
    }

    fn widened(self, other: &Assumed) -> Assumed {
        let range = (
            self.range.0.min(other.range.0),
            self.range.1.max(other.range.1),
        );
        let flag = self.lane == Lane::Mask && other.lane == Lane::Mask;
        Assumed {
            range,
            lane: if flag { Lane::Mask } else { lane_of(range) },
            missing: self.missing || other.missing,
            absent: self.absent || other.absent,
        }
    }
}

/// The next power of two, less one: batches of one register then share their plan.
fn rounded(value: i64) -> i64 {
    let size = value
        .unsigned_abs()
        .checked_add(1)
        .and_then(u64::checked_next_power_of_two);
    let size = size
        .and_then(|size| i64::try_from(size - 1).ok())
        .unwrap_or(i64::MAX);
    if value == i64::MIN {
        value
    } else if value < 0 {
        -size
    } else {
        size
    }
}

fn longest(offsets: &[u32]) -> i64 {
    let longest = offsets
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .max()
        .unwrap_or(0);
    rounded(i64::from(longest))
}

/// Lowers one programme for one pair of key dates into a graph that it shares with others.
pub(crate) struct Lowering<'a> {
    pub programme: &'a Programme,
    pub program: &'a Program,
    pub graph: &'a mut Graph,
    schema: &'a Schema,
    slots: Slots,
    assumed: &'a Assumptions,
    /// Day by key: acceptance, first day of the month.
    on: [Date; 2],
    month: Month,
    application: Date,
    laws: [Option<u16>; 2],
    key: Key,
    known: HashMap<(u16, Key), Val>,
    locals: Vec<Option<Val>>,
    base: usize,
    /// How many lists of members stand around the expression.
    inside: u32,
    /// What is lowered now, for a refusal.
    rule: String,
}

impl<'a> Lowering<'a> {
    pub fn new(
        programme: &'a Programme,
        graph: &'a mut Graph,
        schema: &'a Schema,
        assumed: &'a Assumptions,
        key: &KeyDates,
        application: Date,
    ) -> Result<Lowering<'a>, ColumnarError> {
        Ok(Lowering {
            programme,
            program: programme.compiled(),
            slots: schema.slots(programme),
            laws: programme.laws_in_force(key)?,
            graph,
            schema,
            assumed,
            on: [key.acceptance, key.month.first_day()],
            month: key.month,
            application,
            key: Key::Acceptance,
            known: HashMap::new(),
            locals: Vec::new(),
            base: 0,
            inside: 0,
            rule: String::new(),
        })
    }

    fn refuse<T>(&self, what: &'static str) -> Result<T, ColumnarError> {
        Err(ColumnarError::Refused {
            programme: self.programme.code.clone(),
            rule: self.rule.clone(),
            what,
        })
    }

    fn no(&mut self) -> N {
        self.graph.truth(false)
    }
}

/// A graph that knows the shapes of a schema.
pub(crate) fn graph(schema: &Schema, assumed: &Assumptions) -> Graph {
    let mut graph = Graph::default();
    graph.records_of_persons = schema
        .records
        .iter()
        .map(|list| list.place == Place::Person)
        .collect();
    graph.largest.insert(Shape::Person, assumed.members);
    for (list, most) in assumed.in_lists.iter().enumerate() {
        graph.largest.insert(Shape::Records(list as u16), *most);
    }
    graph
}
