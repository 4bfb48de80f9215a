//! Sums over the rows below: what is the same for the whole household is taken out of the sum, and constants are
//! counted instead of added. So a rate per member is a count times a rate, as one would write it by hand.

use super::numbers::Checked;
use super::{Graph, Lane, N, Op, Shape, lane_of};

/// How deep a sum is searched for what can be taken out.
const DEPTH: u32 = 12;
/// How often sums are split by what is taken out of them, in one graph.
const SPLITS: u32 = 4_000;

impl Graph {
    /// The sum of `n` over the rows of `shape` that belong to each row above.
    pub fn sum(&mut self, n: N, shape: Shape) -> Checked {
        let no = self.truth(false);
        if self.range(n) == (0, 0) {
            return (self.number(0), no);
        }
        if let Some(found) = self.split(n, shape) {
            return found;
        }
        match self.op(n) {
            // The same in every row.
            _ if self.meet(self.shape(self.origin(n)), self.above(shape))
                == Some(self.above(shape)) =>
            {
                let origin = self.origin(n);
                let length = self.length(shape);
                return self.multiply(origin, length);
            }
            Op::Widen(of) => return self.sum(of, shape),
            Op::Select(condition, yes, no) => {
                if let Some(found) = self.sum_of_choice(condition, yes, no, shape) {
                    return found;
                }
            }
            _ => {}
        }
        let n = self.spread(n, shape);
        let largest = i128::from(self.largest.get(&shape).copied().unwrap_or(i64::MAX));
        let (low, high) = self.range(n);
        let range = (
            i128::from(low.min(0)) * largest,
            i128::from(high.max(0)) * largest,
        );
        let above = self.above(shape);
        match (i64::try_from(range.0), i64::try_from(range.1)) {
            (Ok(low), Ok(high)) => {
                let lane = lane_of((low, high)).max(self.lane(n));
                (self.add_node(Op::Sum(n), above, lane, (low, high)), no)
            }
            _ => {
                let n = self.wide(n, Lane::Wide);
                let over = self.mask(Op::SumOverflows(n), above);
                let all = (i64::MIN, i64::MAX);
                (self.add_node(Op::Sum(n), above, Lane::Wide, all), over)
            }
        }
    }

    /// How many rows hold.
    pub fn count(&mut self, mask: N, shape: Shape) -> N {
        if matches!(self.op(mask), Op::Truth(false)) {
            return self.number(0);
        }
        if let Some((found, _)) = self.split(mask, shape) {
            return found;
        }
        if let Op::Not(inner) = self.op(mask) {
            let (length, those) = (self.length(shape), self.count(inner, shape));
            return self.subtract(length, those).0;
        }
        let origin = self.origin(mask);
        let above = self.above(shape);
        let own = self.shape(origin);
        if own != Shape::Const && self.meet(own, above) == Some(above) {
            let (length, none) = (self.length(shape), self.number(0));
            return self.select(origin, length, none);
        }
        let largest = self.largest.get(&shape).copied().unwrap_or(i64::MAX);
        let largest = largest.min(i64::from(i32::MAX));
        // A truth that is the same in all rows has no shape of its own: the node keeps whose rows it counts.
        let of = if self.shape(mask) == Shape::Const {
            self.add_node(Op::Truth(true), shape, Lane::Mask, (1, 1))
        } else {
            mask
        };
        self.add_node(Op::Sum(of), above, lane_of((0, largest)), (0, largest))
    }

    fn sum_of_choice(&mut self, condition: N, yes: N, no: N, shape: Shape) -> Option<Checked> {
        let none = self.truth(false);
        if let Op::Widen(of) = self.op(yes) {
            let choice = self.choice_without_width(condition, of, no)?;
            return Some(self.sum(choice, shape));
        }
        match (self.op(yes), self.op(no)) {
            (Op::Number(a), Op::Number(b)) => {
                let count = self.count(condition, shape);
                let (length, a, b) = (self.length(shape), self.number(a), self.number(b));
                let (difference, over) = self.subtract(a, b);
                let (more, more_over) = self.multiply(difference, count);
                let (base, base_over) = self.multiply(b, length);
                let (sum, sum_over) = self.add(base, more);
                let clear = [over, more_over, base_over, sum_over]
                    .iter()
                    .all(|over| *over == none);
                clear.then_some((sum, none))
            }
            // x where it holds, otherwise nothing: what is the same for all rows is counted.
            (Op::Spread(_), Op::Number(0)) => {
                let (origin, above) = (self.origin(yes), self.above(shape));
                if self.meet(self.shape(origin), above) != Some(above) {
                    return None;
                }
                let count = self.count(condition, shape);
                let (product, over) = self.multiply(origin, count);
                (over == none).then_some((product, none))
            }
            (Op::Select(inner, x, y), Op::Number(0)) => {
                let fixed = |graph: &Graph, n: N| matches!(graph.op(n), Op::Number(_));
                let zero = self.number(0);
                let both = self.and(condition, inner);
                let (first, second, over) = match (fixed(self, x), fixed(self, y)) {
                    // y for all that hold, and the difference for those in which the inner one holds as well.
                    (true, true) => {
                        let (difference, over) = self.subtract(x, y);
                        let all = self.select(condition, y, zero);
                        (all, self.select(both, difference, zero), over)
                    }
                    (false, false) => return None,
                    _ => {
                        let not = self.not(inner);
                        let rest = self.and(condition, not);
                        let one = self.select(both, x, zero);
                        (one, self.select(rest, y, zero), none)
                    }
                };
                let ((a, a_over), (b, b_over)) = (self.sum(first, shape), self.sum(second, shape));
                let (sum, sum_over) = self.add(a, b);
                let clear = [over, a_over, b_over, sum_over]
                    .iter()
                    .all(|over| *over == none);
                clear.then_some((sum, none))
            }
            _ => None,
        }
    }

    fn choice_without_width(&mut self, condition: N, of: N, no: N) -> Option<N> {
        let no = match self.op(no) {
            Op::Widen(narrow) => narrow,
            Op::Number(_) => no,
            _ => return None,
        };
        let choice = self.select(condition, of, no);
        // Choosing makes it wide again where one side needs it; then nothing is gained.
        match self.op(choice) {
            Op::Select(_, a, b)
                if matches!(self.op(a), Op::Widen(_)) || matches!(self.op(b), Op::Widen(_)) =>
            {
                None
            }
            _ => Some(choice),
        }
    }

    /// Two sums instead of one, where a truth about the whole household decides between them.
    fn split(&mut self, n: N, shape: Shape) -> Option<Checked> {
        if self.splits >= SPLITS {
            return None;
        }
        let above = self.above(shape);
        let leaf = self.truth_from_above(n, above, DEPTH)?;
        self.splits += 1;
        let (yes, no) = (self.truth(true), self.truth(false));
        let (with, without) = (self.replaced(n, leaf, yes), self.replaced(n, leaf, no));
        let condition = self.origin(leaf);
        if self.lane(n) == Lane::Mask {
            let (a, b) = (self.count(with, shape), self.count(without, shape));
            let none = self.truth(false);
            return Some((self.select(condition, a, b), none));
        }
        let ((a, a_over), (b, b_over)) = (self.sum(with, shape), self.sum(without, shape));
        let over = self.choose(condition, a_over, b_over);
        Some((self.select(condition, a, b), over))
    }

    /// A mask below logic and choices that was spread from `above` or higher.
    fn truth_from_above(&self, n: N, above: Shape, depth: u32) -> Option<N> {
        if depth == 0 {
            return None;
        }
        match self.op(n) {
            Op::Spread(_) if self.lane(n) == Lane::Mask => {
                let origin = self.shape(self.origin(n));
                (self.meet(origin, above) == Some(above)).then_some(n)
            }
            Op::Not(a) | Op::Widen(a) => self.truth_from_above(a, above, depth - 1),
            Op::And(a, b) | Op::Or(a, b) => self
                .truth_from_above(a, above, depth - 1)
                .or_else(|| self.truth_from_above(b, above, depth - 1)),
            Op::Select(c, a, b) => [c, a, b]
                .into_iter()
                .find_map(|n| self.truth_from_above(n, above, depth - 1)),
            _ => None,
        }
    }

    /// The same with another truth in one place.
    fn replaced(&mut self, n: N, leaf: N, by: N) -> N {
        if n == leaf {
            return by;
        }
        match self.op(n) {
            Op::Not(a) => {
                let a = self.replaced(a, leaf, by);
                self.not(a)
            }
            Op::Widen(a) => {
                let inner = self.replaced(a, leaf, by);
                if inner == a { n } else { inner }
            }
            Op::And(a, b) => {
                let (a, b) = (self.replaced(a, leaf, by), self.replaced(b, leaf, by));
                self.and(a, b)
            }
            Op::Or(a, b) => {
                let (a, b) = (self.replaced(a, leaf, by), self.replaced(b, leaf, by));
                self.or(a, b)
            }
            Op::Select(c, a, b) => {
                let c = self.replaced(c, leaf, by);
                let (a, b) = (self.replaced(a, leaf, by), self.replaced(b, leaf, by));
                self.select(c, a, b)
            }
            _ => n,
        }
    }
}
