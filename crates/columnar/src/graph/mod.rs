//! Operations on columns as a graph in which equal parts are one part.
//!
//! Every node is total: it gives a value for every row. What is not known and what went wrong are columns of their
//! own, made by the lowering. Each node carries the range of its values, so that a sum that cannot overflow is a
//! plain sum, and a comparison that is always true is no comparison. Must not know: rules, law, evidence.

mod calendar;
mod fold;
mod logic;
mod numbers;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

pub(crate) use calendar::Calendar;

/// A node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct N(pub u32);

/// What a row of a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// One value for all.
    Const,
    Household,
    Person,
    /// Records of a list of the schema.
    Records(u16),
}

/// Width of a node's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// 0 or 1.
    Mask,
    /// Numbers from 0 to 255.
    Byte,
    Small,
    Wide,
}

/// What a column of the batch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Input {
    Value,
    Missing,
    Absent,
}

/// Where a column of the batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    Household(u16),
    Person(u16),
    /// List and field.
    Record(u16, u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Truth(bool),
    Number(i64),
    Input(Source, Input),
    /// Place of a member in the household.
    Position,
    /// Place of who applies alone.
    Single,
    Not(N),
    And(N, N),
    Or(N, N),
    Less(N, N),
    Equal(N, N),
    Select(N, N, N),
    Add(N, N),
    Subtract(N, N),
    Multiply(N, N),
    /// Rounds down; the divisor is above zero.
    Divide(N, N),
    /// With the sign of the dividend; the divisor is above zero.
    Remainder(N, N),
    AddOverflows(N, N),
    SubtractOverflows(N, N),
    MultiplyOverflows(N, N),
    Calendar(Calendar, N, N),
    CalendarFails(Calendar, N, N),
    /// From the rows below to the row above; wraps.
    Sum(N),
    SumOverflows(N),
    /// From the row above to the rows below.
    Spread(N),
    /// The same numbers, wider.
    Widen(N),
}

pub(crate) type Range = (i64, i64);

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub op: Op,
    pub shape: Shape,
    pub lane: Lane,
    pub range: Range,
}

/// A hash of a few numbers; nobody from outside chooses them.
#[derive(Debug, Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }
}

/// A graph; children have smaller numbers than those that use them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub nodes: Vec<Node>,
    known: HashMap<(Op, Shape), N, BuildHasherDefault<Quick>>,
    /// Whether a list of records belongs to persons.
    pub records_of_persons: Vec<bool>,
    /// Largest number of members, and of records of a list in one row.
    pub largest: HashMap<Shape, i64>,
    splits: u32,
}

impl Graph {
    pub fn node(&self, n: N) -> &Node {
        &self.nodes[n.0 as usize]
    }

    pub fn op(&self, n: N) -> Op {
        self.node(n).op
    }

    pub fn shape(&self, n: N) -> Shape {
        self.node(n).shape
    }

    pub fn range(&self, n: N) -> Range {
        self.node(n).range
    }

    fn lane(&self, n: N) -> Lane {
        self.node(n).lane
    }

    pub(super) fn add_node(&mut self, op: Op, shape: Shape, lane: Lane, range: Range) -> N {
        if let Some(known) = self.known.get(&(op, shape)) {
            return *known;
        }
        let n = N(self.nodes.len() as u32);
        self.nodes.push(Node {
            op,
            shape,
            lane,
            range,
        });
        self.known.insert((op, shape), n);
        n
    }

    fn mask(&mut self, op: Op, shape: Shape) -> N {
        self.add_node(op, shape, Lane::Mask, (0, 1))
    }

    pub fn truth(&mut self, value: bool) -> N {
        let range = (i64::from(value), i64::from(value));
        self.add_node(Op::Truth(value), Shape::Const, Lane::Mask, range)
    }

    pub fn number(&mut self, value: i64) -> N {
        let lane = lane_of((value, value));
        self.add_node(Op::Number(value), Shape::Const, lane, (value, value))
    }

    pub fn input(&mut self, source: Source, input: Input, lane: Lane, range: Range) -> N {
        let shape = match source {
            Source::Household(_) => Shape::Household,
            Source::Person(_) => Shape::Person,
            Source::Record(list, _) => Shape::Records(list),
        };
        self.add_node(Op::Input(source, input), shape, lane, range)
    }

    pub fn position(&mut self) -> N {
        let largest = self.largest.get(&Shape::Person).copied().unwrap_or(0);
        let range = (0, largest);
        self.add_node(Op::Position, Shape::Person, lane_of(range), range)
    }

    pub fn single(&mut self) -> N {
        let largest = self.largest.get(&Shape::Person).copied().unwrap_or(0);
        self.add_node(Op::Single, Shape::Household, Lane::Small, (-1, largest))
    }

    pub fn above(&self, shape: Shape) -> Shape {
        match shape {
            Shape::Records(list) if self.records_of_persons[list as usize] => Shape::Person,
            Shape::Person | Shape::Records(_) => Shape::Household,
            other => other,
        }
    }

    /// Whether rows of `low` belong to rows of `high`.
    fn below(&self, low: Shape, high: Shape) -> bool {
        let mut at = low;
        while at != high {
            let next = self.above(at);
            if next == at {
                return high == Shape::Const;
            }
            at = next;
        }
        true
    }

    /// The rows of both; `None` when neither belongs to the other.
    pub fn meet(&self, a: Shape, b: Shape) -> Option<Shape> {
        if a == Shape::Const || self.below(b, a) {
            Some(b)
        } else if b == Shape::Const || self.below(a, b) {
            Some(a)
        } else {
            None
        }
    }

    /// The node for the rows of a shape below its own.
    pub fn spread(&mut self, n: N, shape: Shape) -> N {
        let own = self.shape(n);
        if own == shape || own == Shape::Const {
            return n;
        }
        let above = self.above(shape);
        let n = self.spread(n, above);
        let (lane, range) = (self.lane(n), self.range(n));
        self.add_node(Op::Spread(n), shape, lane, range)
    }

    /// What a spread node was spread from.
    pub fn origin(&self, n: N) -> N {
        match self.op(n) {
            Op::Spread(of) => self.origin(of),
            _ => n,
        }
    }

    /// The highest shape at which all of them can meet, and they at that shape.
    fn highest(&mut self, nodes: &[N]) -> (Shape, Vec<N>) {
        let origins: Vec<N> = nodes.iter().map(|n| self.origin(*n)).collect();
        let shape = origins.iter().fold(Shape::Const, |shape, n| {
            // The lowering has made sure that they meet.
            self.meet(shape, self.shape(*n)).unwrap_or(shape)
        });
        let spread = origins.into_iter().map(|n| self.spread(n, shape)).collect();
        (shape, spread)
    }

    /// The same numbers in a wider lane, one step at a time: a node is widened in one way only.
    fn wide(&mut self, n: N, lane: Lane) -> N {
        if self.lane(n) >= lane || self.shape(n) == Shape::Const {
            return n;
        }
        let next = match self.lane(n) {
            Lane::Mask => Lane::Byte,
            Lane::Byte => Lane::Small,
            Lane::Small | Lane::Wide => Lane::Wide,
        };
        let (shape, range) = (self.shape(n), self.range(n));
        let n = self.add_node(Op::Widen(n), shape, next, range);
        self.wide(n, lane)
    }

    /// Marks what the roots need.
    pub fn reachable(&self, roots: &[N]) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        for root in roots {
            needed[root.0 as usize] = true;
        }
        for index in (0..self.nodes.len()).rev() {
            if needed[index] {
                for child in children(self.nodes[index].op).into_iter().flatten() {
                    needed[child.0 as usize] = true;
                }
            }
        }
        needed
    }
}

/// The narrowest lane of numbers that holds a range.
pub(crate) fn lane_of(range: Range) -> Lane {
    let within = |low: i64, high: i64| low <= range.0 && range.1 <= high;
    if within(0, u8::MAX.into()) {
        Lane::Byte
    } else if within(i32::MIN.into(), i32::MAX.into()) {
        Lane::Small
    } else {
        Lane::Wide
    }
}

/// What a node reads.
pub(crate) fn children(op: Op) -> [Option<N>; 3] {
    match op {
        Op::Truth(_) | Op::Number(_) | Op::Input(..) | Op::Position | Op::Single => [None; 3],
        Op::Not(a) | Op::Sum(a) | Op::SumOverflows(a) | Op::Spread(a) | Op::Widen(a) => {
            [Some(a), None, None]
        }
        Op::And(a, b)
        | Op::Or(a, b)
        | Op::Less(a, b)
        | Op::Equal(a, b)
        | Op::Add(a, b)
        | Op::Subtract(a, b)
        | Op::Multiply(a, b)
        | Op::Divide(a, b)
        | Op::Remainder(a, b)
        | Op::AddOverflows(a, b)
        | Op::SubtractOverflows(a, b)
        | Op::MultiplyOverflows(a, b)
        | Op::Calendar(_, a, b)
        | Op::CalendarFails(_, a, b) => [Some(a), Some(b), None],
        Op::Select(a, b, c) => [Some(a), Some(b), Some(c)],
    }
}
