//! The payment of a programme, put together from the blocks of the layers field by field.

use super::assemble::Assembly;
use super::blocks::{Layer, PaymentBlock};
use super::markdown::Block;
use super::opens::unfilled;
use super::report::Report;
use crate::model::Payment;

impl Assembly {
    pub(super) fn close_payment(&mut self, report: &mut Report<'_>) {
        let parts = std::mem::take(&mut self.payment_parts);
        let Some((_, first_block, _)) = parts.first() else {
            return report.error(
                self.place,
                format!("`{}` does not say how it is paid", self.code),
                "add a `toml payment` block",
            );
        };
        let mut merged = Merged {
            assembly: self,
            parts: &parts,
            report,
        };
        let (payee, fund) = (
            merged.take("payee", |p| p.payee.clone()),
            merged.take("fund", |p| p.fund.clone()),
        );
        let draw_order = merged.take("draw_order", |p| p.draw_order.clone());
        let (first_month, last_month) = (
            merged.take("first_month", |p| p.first_month),
            merged.take("last_month", |p| p.last_month),
        );
        let self_executing = merged.take("self_executing", |p| p.self_executing.clone());
        let pay_day = merged.take("pay_day", |p| p.pay_day);
        let correct = merged.take("correct_within_working_days", |p| {
            p.correct_within_working_days
        });
        let cites: Vec<String> = parts
            .iter()
            .map(|(part, _, _)| match part.mark {
                Some(mark) => format!("{} [{}]", part.cite, mark.as_str()),
                None => part.cite.clone(),
            })
            .collect();
        if pay_day.is_some_and(|day| !(1..=28).contains(&day)) {
            report.error(
                first_block.place,
                "the pay day is a day of every month, 1 to 28",
                "",
            );
        }
        let all = (
            payee,
            fund,
            draw_order,
            first_month,
            last_month,
            self_executing,
            pay_day,
            correct,
        );
        if let (
            Some(payee),
            Some(fund),
            Some(draw_order),
            Some(first_month),
            Some(last_month),
            Some(self_executing),
            Some(pay_day),
            Some(correct),
        ) = all
        {
            self.payment = Some(Payment {
                payee,
                fund,
                draw_order,
                first_month,
                last_month,
                self_executing,
                pay_day,
                correct_within_working_days: correct,
                cite: cites.join("; "),
            });
        }
    }
}

/// Takes the fields of the payment blocks, one by one, from the layer that may say them.
struct Merged<'m, 's> {
    assembly: &'m Assembly,
    parts: &'m [(PaymentBlock, Block, Layer)],
    report: &'m mut Report<'s>,
}

impl Merged<'_, '_> {
    fn take<T>(&mut self, field: &str, of: impl Fn(&PaymentBlock) -> Option<T>) -> Option<T> {
        let key = format!("payment.{field}");
        let first_layer = self.parts[0].2;
        let mut value = None;
        let mut given_by = None;
        for (part, block, layer) in self.parts {
            let Some(new) = of(part) else { continue };
            if given_by == Some(*layer) {
                self.report
                    .error(block.place, format!("`{key}` is given twice"), "");
            } else if *layer == first_layer
                || self
                    .assembly
                    .permit(&key, *layer, value.is_some(), block.place, self.report)
            {
                value = Some(new);
                given_by = Some(*layer);
            }
        }
        if value.is_none() {
            match self.assembly.opens.get(&key) {
                Some(open) => unfilled(&key, open, self.report),
                None => self.report.error(
                    self.parts[0].1.place,
                    format!("the payment does not say `{field}`"),
                    "",
                ),
            }
        }
        value
    }
}
