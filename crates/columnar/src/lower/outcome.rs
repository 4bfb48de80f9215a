//! What a programme says about each household of a batch, as columns.

use minsheng_policy::Key;

use super::Lowering;
use super::values::{Kind, Val};
use crate::error::ColumnarError;
use crate::graph::{N, Shape};

/// The answers of a programme for one month.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answers {
    /// Households that are eligible and whose amounts are known.
    pub eligible: N,
    /// Households of which it is not known.
    pub undetermined: N,
    /// Households that the reference evaluator is asked about.
    pub ask: N,
    /// Fen for the month; 0 where not eligible.
    pub total: N,
    /// Members that receive something, if their household is eligible.
    pub receives: N,
    /// Fen of each member that receives.
    pub amount: N,
    /// Class of each member that receives.
    pub class: N,
}

impl Lowering<'_> {
    /// Lowers what [`minsheng_policy::Programme::determine`] says.
    pub fn answers(&mut self) -> Result<Answers, ColumnarError> {
        let entries = self.program.entries;
        let eligible = self.rule(entries.eligible, Key::Acceptance)?;
        self.rule = "eligible".to_owned();
        let truth = self.truth_of(&eligible)?;
        let reasons = self.reasons(&eligible, truth)?;
        let (members, receives, amount, class) = self.members()?;
        let known = self.graph.not(eligible.unknown);
        let reached = self.graph.and(known, truth);
        let inner = self.graph.and(reached, members.trouble);
        let ask = self.graph.any_of(&[eligible.trouble, reasons, inner]);
        let settled = self.graph.not(ask);
        let open = self.graph.and(reached, members.unknown);
        let open = self.graph.or(eligible.unknown, open);
        let undetermined = self.graph.and(settled, open);
        let determined = self.graph.not(open);
        let clear = self.graph.and(settled, determined);
        let granted = self.graph.and(truth, clear);
        let Kind::Number(total, _) = members.kind else {
            return self.refuse("amounts that are no numbers");
        };
        let zero = self.graph.number(0);
        Ok(Answers {
            eligible: granted,
            undetermined,
            ask,
            total: self.graph.select(granted, total, zero),
            receives,
            amount,
            class,
        })
    }

    /// Where the reasons of a refusal fail or do not agree with the refusal.
    fn reasons(&mut self, eligible: &Val, truth: N) -> Result<N, ColumnarError> {
        let program = self.program;
        let (mut applying, mut trouble) = (Vec::new(), Vec::new());
        for reason in &program.reasons {
            let exists = reason.laws.is_empty()
                || self.laws[0].is_some_and(|law| reason.laws.contains(&law));
            if !exists {
                continue;
            }
            let condition = self.free(&reason.condition, reason.frame, &reason.code)?;
            let holds = self.truth_of(&condition)?;
            let open = self.graph.or(condition.unknown, condition.trouble);
            let known = self.graph.not(open);
            applying.push(self.graph.and(known, holds));
            trouble.push(condition.trouble);
        }
        let any = self.graph.any_of(&applying);
        let trouble = self.graph.any_of(&trouble);
        let disagree = self.graph.same(truth, any);
        let inner = self.graph.or(trouble, disagree);
        let known = self.graph.not(eligible.unknown);
        Ok(self.graph.and(known, inner))
    }

    /// The sum of the household, and for members: whether they receive, what, and their class.
    fn members(&mut self) -> Result<(Val, N, N, N), ColumnarError> {
        let entries = self.program.entries;
        let beneficiary = self.rule(entries.beneficiary, Key::Month)?;
        let class = self.rule(entries.class, Key::Month)?;
        let amount = self.rule(entries.amount, Key::Month)?;
        self.rule = "amount".to_owned();
        let truth = self.truth_of(&beneficiary)?;
        let (Kind::Number(num, den), Kind::Plain(code)) = (&amount.kind, &class.kind) else {
            return self.refuse("an amount or a class of another kind");
        };
        let (num, den, code) = (*num, *den, *code);
        let no = self.graph.truth(false);
        // Who certainly does not receive is not asked for class and amount.
        let refused = self.graph.not(truth);
        let open = self.graph.or(beneficiary.unknown, beneficiary.trouble);
        let sure = self.graph.not(open);
        let skipped = self.graph.and(refused, sure);
        let asked = self.graph.not(skipped);
        let unknown = self
            .graph
            .any_of(&[beneficiary.unknown, class.unknown, amount.unknown]);
        let unknown = self.graph.and(asked, unknown);
        let (rest, zero) = (self.graph.remainder(num, den), self.graph.number(0));
        let whole = self.graph.equal(rest, zero);
        let broken = self.graph.not(whole);
        let known = self.graph.not(unknown);
        let broken = self.graph.and(broken, known);
        let inner = self.graph.any_of(&[class.trouble, amount.trouble, broken]);
        let inner = self.graph.and(asked, inner);
        let trouble = self.graph.or(beneficiary.trouble, inner);
        let open = self.graph.or(unknown, trouble);
        let settled = self.graph.not(open);
        let receives = self.graph.and(truth, settled);
        let fen = self.graph.divide(num, den);
        let paid = self.graph.select(receives, fen, zero);
        let (total, over) = self.graph.sum(paid, Shape::Person);
        let mut any = |mask: N| {
            let count = self.graph.count(mask, Shape::Person);
            self.graph.less(zero, count)
        };
        let (unknown, trouble) = (any(unknown), any(trouble));
        let over = {
            let known = self.graph.not(unknown);
            self.graph.and(over, known)
        };
        let one = self.graph.number(1);
        let val = Val {
            kind: Kind::Number(total, one),
            unknown,
            trouble: self.graph.or(trouble, over),
            none: no,
        };
        Ok((val, receives, paid, code))
    }
}
