//! Whole numbers of 64 bits. Where a range shows that a result fits, nothing is checked; where it may not fit, the
//! node that tells is a mask beside the result.

use super::{Graph, Lane, N, Op, Range, Shape, lane_of};

/// A result and the mask of rows in which it does not fit.
pub(crate) type Checked = (N, N);

/// Makes an operation of its two arguments.
type Make = fn(N, N) -> Op;

fn fit(range: (i128, i128)) -> Option<Range> {
    Some((i64::try_from(range.0).ok()?, i64::try_from(range.1).ok()?))
}

const ALL: Range = (i64::MIN, i64::MAX);

impl Graph {
    fn numeric(
        &mut self,
        a: N,
        b: N,
        range: (i128, i128),
        ops: (Make, Make),
        fold: fn(i64, i64) -> Option<i64>,
    ) -> Checked {
        let no = self.truth(false);
        if let (Op::Number(a), Op::Number(b)) = (self.op(a), self.op(b)) {
            return match fold(a, b) {
                Some(value) => (self.number(value), no),
                None => (self.number(0), self.truth(true)),
            };
        }
        let (shape, both) = self.highest(&[a, b]);
        let fits = fit(range);
        let lane = match fits {
            Some(range) => lane_of(range)
                .max(self.lane(both[0]))
                .max(self.lane(both[1])),
            None => Lane::Wide,
        };
        let (a, b) = (self.wide(both[0], lane), self.wide(both[1], lane));
        let result = self.add_node(ops.0(a, b), shape, lane, fits.unwrap_or(ALL));
        let over = match fits {
            Some(_) => no,
            None => self.mask(ops.1(a, b), shape),
        };
        (result, over)
    }

    pub fn add(&mut self, a: N, b: N) -> Checked {
        let ((a0, a1), (b0, b1)) = (self.range(a), self.range(b));
        if (a0, a1) == (0, 0) {
            return (b, self.truth(false));
        }
        if (b0, b1) == (0, 0) {
            return (a, self.truth(false));
        }
        let range = (
            i128::from(a0) + i128::from(b0),
            i128::from(a1) + i128::from(b1),
        );
        self.numeric(a, b, range, (Op::Add, Op::AddOverflows), i64::checked_add)
    }

    pub fn subtract(&mut self, a: N, b: N) -> Checked {
        let ((a0, a1), (b0, b1)) = (self.range(a), self.range(b));
        if (b0, b1) == (0, 0) {
            return (a, self.truth(false));
        }
        let range = (
            i128::from(a0) - i128::from(b1),
            i128::from(a1) - i128::from(b0),
        );
        let ops = (
            Op::Subtract as fn(N, N) -> Op,
            Op::SubtractOverflows as fn(N, N) -> Op,
        );
        self.numeric(a, b, range, ops, i64::checked_sub)
    }

    pub fn multiply(&mut self, a: N, b: N) -> Checked {
        let ((a0, a1), (b0, b1)) = (self.range(a), self.range(b));
        match ((a0, a1), (b0, b1)) {
            ((0, 0), _) | (_, (0, 0)) => return (self.number(0), self.truth(false)),
            ((1, 1), _) => return (b, self.truth(false)),
            (_, (1, 1)) => return (a, self.truth(false)),
            _ => {}
        }
        let ends =
            [(a0, b0), (a0, b1), (a1, b0), (a1, b1)].map(|(a, b)| i128::from(a) * i128::from(b));
        let range = ends.iter().fold((ends[0], ends[0]), |(min, max), end| {
            (min.min(*end), max.max(*end))
        });
        let ops = (
            Op::Multiply as fn(N, N) -> Op,
            Op::MultiplyOverflows as fn(N, N) -> Op,
        );
        self.numeric(a, b, range, ops, i64::checked_mul)
    }

    /// The larger of a number and 1: a divisor that is safe in every row.
    fn at_least_one(&mut self, n: N) -> N {
        if self.range(n).0 >= 1 {
            return n;
        }
        let one = self.number(1);
        let less = self.less(n, one);
        self.select(less, one, n)
    }

    /// Rounds down. Rows in which the divisor is not above zero have no meaning.
    pub fn divide(&mut self, a: N, b: N) -> N {
        let b = self.at_least_one(b);
        if self.range(b) == (1, 1) {
            return a;
        }
        if let (Op::Number(a), Op::Number(b)) = (self.op(a), self.op(b)) {
            return self.number(a.div_euclid(b));
        }
        let (low, high) = self.range(a);
        let (shape, both) = self.highest(&[a, b]);
        let range = (low.min(0), high.max(0));
        let lane = self.lane(both[0]).max(self.lane(both[1]));
        let (a, b) = (self.wide(both[0], lane), self.wide(both[1], lane));
        self.add_node(Op::Divide(a, b), shape, lane, range)
    }

    /// The remainder with the sign of the dividend, for divisors above zero.
    pub fn remainder(&mut self, a: N, b: N) -> N {
        let b = self.at_least_one(b);
        if let (Op::Number(a), Op::Number(b)) = (self.op(a), self.op(b)) {
            return self.number(a % b);
        }
        let ((low, high), most) = (self.range(a), self.range(b).1 - 1);
        let range = (low.max(-most).min(0), high.min(most).max(0));
        let (shape, both) = self.highest(&[a, b]);
        let lane = self.lane(both[0]).max(self.lane(both[1]));
        let (a, b) = (self.wide(both[0], lane), self.wide(both[1], lane));
        self.add_node(Op::Remainder(a, b), shape, lane, range)
    }

    /// Chooses between numbers.
    pub fn select(&mut self, condition: N, a: N, b: N) -> N {
        if a == b {
            return a;
        }
        match self.op(condition) {
            Op::Truth(true) => return a,
            Op::Truth(false) => return b,
            Op::Not(inner) => return self.select(inner, b, a),
            _ => {}
        }
        let (shape, three) = self.highest(&[condition, a, b]);
        let condition = three[0];
        // What the same condition has chosen already is chosen.
        let (a, b) = match (self.op(three[1]), self.op(three[2])) {
            (Op::Select(known, yes, _), _) if known == condition => (yes, three[2]),
            (_, Op::Select(known, _, no)) if known == condition => (three[1], no),
            _ => (three[1], three[2]),
        };
        if a == b {
            return a;
        }
        // A number that is zero wherever the condition fails needs no choice.
        if self.range(b) == (0, 0)
            && let Op::Less(zero, counted) = self.op(condition)
            && self.range(zero) == (0, 0)
            && self.vanishes_with(a, counted)
        {
            return a;
        }
        let (x, y) = (self.range(a), self.range(b));
        let range = (x.0.min(y.0), x.1.max(y.1));
        let lane = lane_of(range).max(self.lane(a)).max(self.lane(b));
        let (a, b) = (self.wide(a, lane), self.wide(b, lane));
        self.add_node(Op::Select(condition, a, b), shape, lane, range)
    }

    fn vanishes_with(&self, n: N, counted: N) -> bool {
        if self.range(counted).0 < 0 {
            return false;
        }
        match self.op(n) {
            _ if n == counted => true,
            Op::Widen(inner) => self.vanishes_with(inner, counted),
            Op::Multiply(a, b) => self.vanishes_with(a, counted) || self.vanishes_with(b, counted),
            Op::Add(a, b) => self.vanishes_with(a, counted) && self.vanishes_with(b, counted),
            // Where nothing is counted, nothing that implies it is counted.
            Op::Sum(these) if self.lane(these) == Lane::Mask => match self.op(counted) {
                Op::Sum(those) => {
                    self.lane(those) == Lane::Mask
                        && self.shape(these) == self.shape(those)
                        && self.implies(these, those)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// How many rows stand below each row of the shape above.
    pub fn length(&mut self, shape: Shape) -> N {
        let yes = self.truth(true);
        self.count(yes, shape)
    }
}
