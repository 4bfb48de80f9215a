//! Operations over lists with one variable: masks of the rows below, summed up to the row above.

use minsheng_policy::compiled::{Fold, Node};

use super::Lowering;
use super::expression::Lowered;
use super::values::{Kind, List, Val};
use crate::graph::{N, Shape};

/// Largest divisor for which a common multiple of all smaller ones leaves room for money.
const LARGEST_DIVISOR: i64 = 20;

/// A number that every divisor up to `largest` divides.
fn common_multiple(largest: i64) -> Option<i64> {
    let greatest = |mut a: i64, mut b: i64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (1..=LARGEST_DIVISOR)
        .contains(&largest)
        .then(|| (1..=largest).fold(1, |all, next| all / greatest(all, next) * next))
}

impl Lowering<'_> {
    pub(super) fn fold(
        &mut self,
        fold: Fold,
        slot: u16,
        list: &Node,
        body: Option<&Node>,
    ) -> Lowered {
        let list = self.expression(list)?;
        let Kind::List(kind) = &list.kind else {
            return self.refuse("a list operation on what is no list");
        };
        match kind {
            List::Items(items) => {
                let items = items.clone();
                self.fold_items(fold, slot, &list, &items, body)
            }
            List::Rows(shape, mask) => self.fold_rows(fold, slot, &list, (*shape, *mask), body),
        }
    }

    /// Lowers the body with the variable standing for a row.
    fn body(&mut self, slot: u16, item: Val, shape: Option<Shape>, body: &Node) -> Lowered {
        let place = self.base + slot as usize;
        let outer = self.locals.clone();
        if shape == Some(Shape::Person) && self.inside > 0 {
            // The rows of the member outside are not the rows of the member inside.
            for index in 0..self.locals.len() {
                let reads_member = |val: &Val| {
                    matches!(val.kind, Kind::Person | Kind::Record(_))
                        || val.nodes().iter().any(|n| {
                            !matches!(self.graph.shape(*n), Shape::Const | Shape::Household)
                        })
                        || matches!(val.kind, Kind::List(List::Rows(Shape::Records(_), _)))
                };
                if self.locals[index].as_ref().is_some_and(reads_member) {
                    self.locals[index] = None;
                }
            }
        }
        if self.locals.len() <= place {
            self.locals.resize(place + 1, None);
        }
        self.locals[place] = Some(item);
        self.inside += u32::from(shape == Some(Shape::Person));
        let val = self.expression(body);
        self.inside -= u32::from(shape == Some(Shape::Person));
        self.locals = outer;
        val
    }

    /// Whether any row of those that hold.
    fn any_below(&mut self, mask: N, shape: Shape) -> N {
        let (count, zero) = (self.graph.count(mask, shape), self.graph.number(0));
        self.graph.less(zero, count)
    }

    fn fold_rows(
        &mut self,
        fold: Fold,
        slot: u16,
        list: &Val,
        (shape, mask): (Shape, N),
        body: Option<&Node>,
    ) -> Lowered {
        let no = self.no();
        let Some(body) = body else {
            let count = self.graph.count(mask, shape);
            let one = self.graph.number(1);
            return Ok(self.of(Kind::Number(count, one), &[list], no));
        };
        let row = match shape {
            Shape::Records(list) => Kind::Record(list),
            _ => Kind::Person,
        };
        let row = self.plain(row);
        let item = self.body(slot, row, Some(shape), body)?;
        // Only rows that are in the list speak.
        let unknown_in = self.graph.and(mask, item.unknown);
        let trouble_in = self.graph.and(mask, item.trouble);
        let open = self.graph.or(item.unknown, item.trouble);
        let known = self.graph.not(open);
        let known_in = self.graph.and(mask, known);
        let (unknown, trouble) = (
            self.any_below(unknown_in, shape),
            self.any_below(trouble_in, shape),
        );
        match fold {
            Fold::Any | Fold::All => {
                let truth = self.truth_of(&item)?;
                let decides = if fold == Fold::Any {
                    truth
                } else {
                    self.graph.not(truth)
                };
                let decides = self.graph.and(known_in, decides);
                let decided = self.any_below(decides, shape);
                let not_decided = self.graph.not(decided);
                let value = if fold == Fold::Any {
                    decided
                } else {
                    not_decided
                };
                let unknown = self.graph.and(unknown, not_decided);
                let trouble = self.graph.and(trouble, not_decided);
                Ok(self.folded(Kind::Truth(value), list, unknown, trouble))
            }
            Fold::Count | Fold::ExistsOne => {
                let truth = self.truth_of(&item)?;
                let holds = self.graph.and(known_in, truth);
                let count = self.graph.count(holds, shape);
                let one = self.graph.number(1);
                if fold == Fold::Count {
                    return Ok(self.folded(Kind::Number(count, one), list, unknown, trouble));
                }
                let many = self.graph.less(one, count);
                let few = self.graph.not(many);
                let exactly = self.graph.equal(count, one);
                let unknown = self.graph.and(unknown, few);
                Ok(self.folded(Kind::Truth(exactly), list, unknown, trouble))
            }
            Fold::Filter => {
                let truth = self.truth_of(&item)?;
                let kept = self.graph.and(mask, truth);
                Ok(self.folded(Kind::List(List::Rows(shape, kept)), list, unknown, trouble))
            }
            Fold::Sum => {
                let Kind::Number(num, den) = item.kind else {
                    return self.refuse("a sum of what is no number");
                };
                let above = self.graph.above(shape);
                let origin = self.graph.origin(den);
                let mut over = no;
                let (num, den) = if self.graph.meet(self.graph.shape(origin), above) == Some(above)
                {
                    (num, origin)
                } else {
                    let Some(common) = common_multiple(self.graph.range(origin).1) else {
                        return self
                            .refuse("a sum of quotients whose divisors differ from row to row");
                    };
                    let common = self.graph.number(common);
                    let factor = self.graph.divide(common, origin);
                    let (num, fails) = self.graph.multiply(num, factor);
                    over = fails;
                    (num, common)
                };
                let zero = self.graph.number(0);
                let those = self.graph.select(known_in, num, zero);
                let (sum, fails) = self.graph.sum(those, shape);
                let over_in = self.graph.and(known_in, over);
                let over = self.any_below(over_in, shape);
                let trouble = self.graph.any_of(&[trouble, fails, over]);
                Ok(self.folded(Kind::Number(sum, den), list, unknown, trouble))
            }
            Fold::Map => self.refuse("`map`"),
        }
    }

    /// The value of a fold: that of the list comes before that of its rows.
    fn folded(&mut self, kind: Kind, list: &Val, unknown: N, trouble: N) -> Val {
        let known = self.graph.not(list.unknown);
        let inner = self.graph.and(trouble, known);
        Val {
            kind,
            unknown: self.graph.or(list.unknown, unknown),
            trouble: self.graph.or(list.trouble, inner),
            none: self.no(),
        }
    }

    fn fold_items(
        &mut self,
        fold: Fold,
        slot: u16,
        list: &Val,
        items: &[Val],
        body: Option<&Node>,
    ) -> Lowered {
        let Some(body) = body else {
            let length = self.exact_whole(items.len() as i64)?;
            return Ok(Val {
                trouble: list.trouble,
                unknown: list.unknown,
                ..length
            });
        };
        if !matches!(fold, Fold::Any | Fold::All) {
            return self.refuse("this operation on a list that is written out");
        }
        let (mut decides, mut unknown, mut trouble) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let val = self.body(slot, item.clone(), None, body)?;
            let truth = self.truth_of(&val)?;
            let truth = if fold == Fold::Any {
                truth
            } else {
                self.graph.not(truth)
            };
            let open = self.graph.or(val.unknown, val.trouble);
            let known = self.graph.not(open);
            decides.push(self.graph.and(known, truth));
            unknown.push(val.unknown);
            trouble.push(val.trouble);
        }
        let decided = self.graph.any_of(&decides);
        let not_decided = self.graph.not(decided);
        let value = if fold == Fold::Any {
            decided
        } else {
            not_decided
        };
        let (unknown, trouble) = (self.graph.any_of(&unknown), self.graph.any_of(&trouble));
        let (unknown, trouble) = (
            self.graph.and(unknown, not_decided),
            self.graph.and(trouble, not_decided),
        );
        Ok(self.folded(Kind::Truth(value), list, unknown, trouble))
    }
}
