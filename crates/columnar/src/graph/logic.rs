//! Truth values: what is always so is not computed.

use super::{Graph, Lane, N, Op, Shape};

/// Longest row of `&&` that is searched for what decides it.
const LONGEST: usize = 24;
/// How deep it is searched for what follows from what.
const DEPTH: u32 = 6;

impl Graph {
    pub fn not(&mut self, a: N) -> N {
        match self.op(a) {
            Op::Truth(value) => self.truth(!value),
            Op::Not(inner) => inner,
            Op::Spread(_) => {
                let shape = self.shape(a);
                let origin = self.origin(a);
                let not = self.not(origin);
                self.spread(not, shape)
            }
            _ => self.mask(Op::Not(a), self.shape(a)),
        }
    }

    pub fn and(&mut self, a: N, b: N) -> N {
        let (shape, both) = self.highest(&[a, b]);
        let (a, b) = (both[0].min(both[1]), both[0].max(both[1]));
        match (self.op(a), self.op(b)) {
            (Op::Truth(false), _) | (_, Op::Truth(false)) => return self.truth(false),
            (Op::Truth(true), _) => return b,
            (_, Op::Truth(true)) => return a,
            _ if a == b => return a,
            _ => {}
        }
        let (mut left, mut right) = (Vec::new(), Vec::new());
        self.conjuncts(a, &mut left);
        self.conjuncts(b, &mut right);
        for x in &left {
            for y in &right {
                if self.excludes(*x, *y) {
                    return self.truth(false);
                }
            }
        }
        // What is there already, or holds because of what is there, adds nothing.
        if right
            .iter()
            .all(|y| left.iter().any(|x| self.implies(*x, *y)))
        {
            return a;
        }
        if left
            .iter()
            .all(|x| right.iter().any(|y| self.implies(*y, *x)))
        {
            return b;
        }
        for (one, other) in [(a, b), (b, a)] {
            if let Some(rest) = self.without(one, other) {
                return self.and(one, rest);
            }
        }
        self.mask(Op::And(a, b), shape)
    }

    pub fn or(&mut self, a: N, b: N) -> N {
        let (shape, both) = self.highest(&[a, b]);
        let (a, b) = (both[0].min(both[1]), both[0].max(both[1]));
        match (self.op(a), self.op(b)) {
            (Op::Truth(true), _) | (_, Op::Truth(true)) => return self.truth(true),
            (Op::Truth(false), _) => return b,
            (_, Op::Truth(false)) => return a,
            _ if a == b => return a,
            _ if self.cover(a, b) => return self.truth(true),
            _ => {}
        }
        if self.implies(a, b) {
            return b;
        }
        if self.implies(b, a) {
            return a;
        }
        for (one, other) in [(a, b), (b, a)] {
            // Where the one does not hold, a part of the other holds anyway.
            if let Op::And(x, y) = self.op(other) {
                let rest = if self.cover(one, x) {
                    y
                } else if self.cover(one, y) {
                    x
                } else {
                    continue;
                };
                return self.or(one, rest);
            }
        }
        self.mask(Op::Or(a, b), shape)
    }

    pub fn any_of(&mut self, masks: &[N]) -> N {
        let no = self.truth(false);
        masks.iter().fold(no, |any, mask| self.or(any, *mask))
    }

    /// Whether two masks are equal.
    pub fn same(&mut self, a: N, b: N) -> N {
        match (self.op(a), self.op(b)) {
            (Op::Truth(true), _) => b,
            (_, Op::Truth(true)) => a,
            (Op::Truth(false), _) => self.not(b),
            (_, Op::Truth(false)) => self.not(a),
            _ if a == b => self.truth(true),
            _ if self.excludes(a, b) && self.cover(a, b) => self.truth(false),
            _ => {
                let (yes, neither) = (self.and(a, b), self.or(a, b));
                let neither = self.not(neither);
                self.or(yes, neither)
            }
        }
    }

    /// Chooses between masks.
    pub fn choose(&mut self, condition: N, a: N, b: N) -> N {
        if a == b {
            return a;
        }
        let not = self.not(condition);
        let (yes, no) = (self.and(condition, a), self.and(not, b));
        self.or(yes, no)
    }

    fn conjuncts(&self, n: N, found: &mut Vec<N>) {
        match self.op(n) {
            Op::And(a, b) if found.len() < LONGEST => {
                self.conjuncts(a, found);
                self.conjuncts(b, found);
            }
            _ => found.push(n),
        }
    }

    /// What is left of `other` where `one` holds.
    fn without(&mut self, one: N, other: N) -> Option<N> {
        match self.op(other) {
            Op::Or(x, y) if self.excludes(one, x) => Some(y),
            Op::Or(x, y) if self.excludes(one, y) => Some(x),
            Op::Not(inner) => match self.op(inner) {
                Op::And(x, y) if self.implies(one, x) => Some(self.not(y)),
                Op::And(x, y) if self.implies(one, y) => Some(self.not(x)),
                Op::Or(x, y) if self.excludes(one, x) => Some(self.not(y)),
                Op::Or(x, y) if self.excludes(one, y) => Some(self.not(x)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `a` and `b` certainly never hold together; `false` when it is not seen.
    fn excludes(&self, a: N, b: N) -> bool {
        let refutes =
            |x: N, y: N| matches!(self.op(self.origin(y)), Op::Not(of) if self.implies(x, of));
        refutes(a, b) || refutes(b, a)
    }

    /// Whether one of both certainly holds; `false` when it is not seen.
    fn cover(&self, a: N, b: N) -> bool {
        let follows =
            |x: N, y: N| matches!(self.op(self.origin(x)), Op::Not(of) if self.implies(of, y));
        follows(a, b) || follows(b, a)
    }

    /// Whether `b` certainly holds where `a` does; `false` when it is not seen.
    pub(super) fn implies(&self, a: N, b: N) -> bool {
        self.implies_within(a, b, DEPTH)
    }

    fn implies_within(&self, a: N, b: N, depth: u32) -> bool {
        let (shape, a, b) = (self.shape(a), self.origin(a), self.origin(b));
        if a == b {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let implies = |x: N, y: N| self.implies_within(x, y, depth);
        match (self.op(a), self.op(b)) {
            (_, Op::And(x, y)) => implies(a, x) && implies(a, y),
            (Op::Or(x, y), _) => implies(x, b) && implies(y, b),
            (_, Op::Or(x, y)) if implies(a, x) || implies(a, y) => true,
            (Op::And(x, y), _) => implies(x, b) || implies(y, b),
            (Op::Not(x), Op::Not(y)) => implies(y, x),
            (Op::Less(x, c), Op::Less(y, d)) => match (self.op(c), self.op(d)) {
                (Op::Number(c), Op::Number(d)) => x == y && c <= d,
                _ => match (self.op(x), self.op(y)) {
                    (Op::Number(x), Op::Number(y)) => self.origin(c) == self.origin(d) && x >= y,
                    _ => false,
                },
            },
            // Who is counted makes the count more than nothing.
            (_, Op::Less(zero, count)) => match (self.op(zero), self.op(count)) {
                (Op::Number(0), Op::Sum(those)) => {
                    self.lane(those) == Lane::Mask
                        && self.shape(those) == shape
                        && implies(a, those)
                }
                _ => false,
            },
            _ => false,
        }
    }

    pub fn less(&mut self, a: N, b: N) -> N {
        let (left, right) = (self.range(a), self.range(b));
        if left.1 < right.0 {
            return self.truth(true);
        }
        if left.0 >= right.1 || a == b {
            return self.truth(false);
        }
        let (shape, both) = self.highest(&[a, b]);
        let (a, b) = (both[0], both[1]);
        if let Some(found) = self.less_by_form(a, b, shape) {
            return found;
        }
        let lane = self.lane(a).max(self.lane(b));
        let (a, b) = (self.wide(a, lane), self.wide(b, lane));
        self.mask(Op::Less(a, b), shape)
    }

    fn less_by_form(&mut self, a: N, b: N, shape: Shape) -> Option<N> {
        match (self.op(a), self.op(b)) {
            (Op::Calendar(..), Op::Number(limit)) => {
                let found = self.before(a, limit)?;
                Some(self.spread(found, shape))
            }
            (Op::Number(limit), Op::Calendar(..)) => {
                let found = self.before(b, limit.checked_add(1)?)?;
                let not = self.not(found);
                Some(self.spread(not, shape))
            }
            (Op::Number(_), Op::Select(condition, yes, no)) => {
                let fixed = |graph: &Graph, n: N| matches!(graph.op(n), Op::Number(_));
                if !fixed(self, yes) && !fixed(self, no) {
                    return None;
                }
                let (yes, no) = (self.less(a, yes), self.less(a, no));
                Some(self.choose(condition, yes, no))
            }
            (Op::Select(condition, yes, no), Op::Number(_)) => {
                let fixed = |graph: &Graph, n: N| matches!(graph.op(n), Op::Number(_));
                if !fixed(self, yes) && !fixed(self, no) {
                    return None;
                }
                let (yes, no) = (self.less(yes, b), self.less(no, b));
                Some(self.choose(condition, yes, no))
            }
            _ => None,
        }
    }

    pub fn at_most(&mut self, a: N, b: N) -> N {
        let greater = self.less(b, a);
        self.not(greater)
    }

    pub fn equal(&mut self, a: N, b: N) -> N {
        let (left, right) = (self.range(a), self.range(b));
        if left.1 < right.0 || right.1 < left.0 {
            return self.truth(false);
        }
        if a == b || (left.0 == left.1 && left == right) {
            return self.truth(true);
        }
        let (shape, both) = self.highest(&[a, b]);
        let (a, b) = (both[0].min(both[1]), both[0].max(both[1]));
        let (value, number) = if matches!(self.op(a), Op::Number(_)) {
            (b, a)
        } else {
            (a, b)
        };
        if let Op::Number(constant) = self.op(number) {
            // At an end of its range, equal is the same as not beyond.
            let range = self.range(value);
            if constant == range.0 {
                let beyond = self.less(number, value);
                return self.not(beyond);
            }
            if constant == range.1 {
                let beyond = self.less(value, number);
                return self.not(beyond);
            }
            if let Op::Select(condition, yes, no) = self.op(value) {
                let fixed =
                    |graph: &Graph, n: N| matches!(graph.op(n), Op::Number(_) | Op::Select(..));
                if fixed(self, yes) && fixed(self, no) {
                    let (yes, no) = (self.equal(yes, number), self.equal(no, number));
                    return self.choose(condition, yes, no);
                }
            }
        }
        let lane = self.lane(a).max(self.lane(b));
        let (a, b) = (self.wide(a, lane), self.wide(b, lane));
        self.mask(Op::Equal(a, b), shape)
    }
}
