//! Exact numbers as a numerator and a denominator. Nothing is reduced; a product that may not fit is in trouble.

use minsheng_policy::Exact;
use minsheng_policy::compiled::{Arithmetic, Comparison, Function};

use super::Lowering;
use crate::error::ColumnarError;
use crate::graph::N;

/// A number: numerator, denominator above zero.
pub(super) type Ratio = (N, N);

impl Lowering<'_> {
    pub(super) fn exact(&mut self, number: Exact) -> Result<Ratio, ColumnarError> {
        match (i64::try_from(number.num()), i64::try_from(number.den())) {
            (Ok(num), Ok(den)) => Ok((self.graph.number(num), self.graph.number(den))),
            _ => self.refuse("a constant of more than 64 bits"),
        }
    }

    fn times(&mut self, a: N, b: N, over: &mut Vec<N>) -> N {
        let (product, trouble) = self.graph.multiply(a, b);
        over.push(trouble);
        product
    }

    /// Both over one denominator.
    fn alike(&mut self, a: Ratio, b: Ratio, over: &mut Vec<N>) -> (N, N, N) {
        if a.1 == b.1 {
            return (a.0, b.0, a.1);
        }
        let (left, right) = (self.times(a.0, b.1, over), self.times(b.0, a.1, over));
        (left, right, self.times(a.1, b.1, over))
    }

    /// Whether `a` is below `b`; with the trouble of it.
    pub(super) fn compared(&mut self, comparison: Comparison, a: Ratio, b: Ratio) -> (N, N) {
        let mut over = Vec::new();
        let (left, right, _) = self.alike(a, b, &mut over);
        let found = self.ordered(comparison, left, right);
        (found, self.graph.any_of(&over))
    }

    pub(super) fn ordered(&mut self, comparison: Comparison, a: N, b: N) -> N {
        match comparison {
            Comparison::Less => self.graph.less(a, b),
            Comparison::AtMost => self.graph.at_most(a, b),
            Comparison::Greater => self.graph.less(b, a),
            Comparison::AtLeast => self.graph.at_most(b, a),
        }
    }

    pub(super) fn equal_numbers(&mut self, a: Ratio, b: Ratio) -> (N, N) {
        let mut over = Vec::new();
        let (left, right, _) = self.alike(a, b, &mut over);
        (self.graph.equal(left, right), self.graph.any_of(&over))
    }

    pub(super) fn negated(&mut self, a: Ratio) -> (Ratio, N) {
        let zero = self.graph.number(0);
        let (num, over) = self.graph.subtract(zero, a.0);
        ((num, a.1), over)
    }

    pub(super) fn computed(
        &mut self,
        arithmetic: Arithmetic,
        a: Ratio,
        b: Ratio,
    ) -> Result<(Ratio, N), ColumnarError> {
        let mut over = Vec::new();
        let result = match arithmetic {
            Arithmetic::Add | Arithmetic::Subtract => {
                let (left, right, den) = self.alike(a, b, &mut over);
                let (num, trouble) = if arithmetic == Arithmetic::Add {
                    self.graph.add(left, right)
                } else {
                    self.graph.subtract(left, right)
                };
                over.push(trouble);
                (num, den)
            }
            Arithmetic::Multiply => (
                self.times(a.0, b.0, &mut over),
                self.times(a.1, b.1, &mut over),
            ),
            Arithmetic::Divide => {
                let (sign, size, zero) = self.divisor(b.0, &mut over);
                over.push(zero);
                let (negative, trouble) = self.negated(a);
                let negative_used = self.graph.and(sign, trouble);
                over.push(negative_used);
                let num = self.graph.select(sign, negative.0, a.0);
                (
                    self.times(num, b.1, &mut over),
                    self.times(a.1, size, &mut over),
                )
            }
            Arithmetic::Remainder => {
                if a.1 != b.1 || self.graph.range(a.1) != (1, 1) {
                    return self.refuse("`%` of numbers that are not whole");
                }
                let (_, size, zero) = self.divisor(b.0, &mut over);
                over.push(zero);
                (self.graph.remainder(a.0, size), a.1)
            }
        };
        Ok((result, self.graph.any_of(&over)))
    }

    /// Whether a divisor is below zero, its size (at least 1), and whether it is zero.
    fn divisor(&mut self, n: N, over: &mut Vec<N>) -> (N, N, N) {
        let (zero, one) = (self.graph.number(0), self.graph.number(1));
        let is_zero = self.graph.equal(n, zero);
        let sign = self.graph.less(n, zero);
        let (negative, trouble) = self.graph.subtract(zero, n);
        let used = self.graph.and(sign, trouble);
        over.push(used);
        let size = self.graph.select(sign, negative, n);
        let small = self.graph.less(size, one);
        (sign, self.graph.select(small, one, size), is_zero)
    }

    /// Rounds to a multiple of a step; a step that is not above zero is in trouble.
    pub(super) fn rounded(&mut self, function: Function, a: Ratio, step: Ratio) -> (Ratio, N) {
        let mut over = Vec::new();
        let (zero, one, two) = (
            self.graph.number(0),
            self.graph.number(1),
            self.graph.number(2),
        );
        let bad = self.graph.at_most(step.0, zero);
        let size = self.graph.select(bad, one, step.0);
        // a/b ÷ s/t = (a·t) / (b·s)
        let num = self.times(a.0, step.1, &mut over);
        let den = self.times(a.1, size, &mut over);
        let steps = match function {
            Function::FloorTo => self.graph.divide(num, den),
            Function::CeilTo => {
                let (less, _) = self.graph.subtract(den, one);
                let (num, trouble) = self.graph.add(num, less);
                over.push(trouble);
                self.graph.divide(num, den)
            }
            _ => {
                let negative = self.graph.less(num, zero);
                let (opposite, trouble) = self.graph.subtract(zero, num);
                over.push(trouble);
                let size = self.graph.select(negative, opposite, num);
                let (twice, wide) = (
                    self.times(size, two, &mut over),
                    self.times(den, two, &mut over),
                );
                let (num, trouble) = self.graph.add(twice, den);
                over.push(trouble);
                let steps = self.graph.divide(num, wide);
                let (opposite, _) = self.graph.subtract(zero, steps);
                self.graph.select(negative, opposite, steps)
            }
        };
        let result = self.times(steps, size, &mut over);
        over.push(bad);
        ((result, step.1), self.graph.any_of(&over))
    }
}
