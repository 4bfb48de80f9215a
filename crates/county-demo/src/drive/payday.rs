//! The payment part of a day: funds that arrive, the run, check, release and export, the bank's answer, and money
//! that households bring back.

use minsheng_core::Fen;
use minsheng_payments::funds::{self, NewAppropriation};
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_payments::{RecoveryState, batches, export, queries, results};
use minsheng_store::Scope;

use super::timeline::{Phase, Sitting};
use super::{Stop, Year};
use crate::staff;

impl Year<'_> {
    pub(super) fn pay(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        for at in &sitting.items {
            match sitting.phase {
                Phase::Appropriation => self.appropriation(*at)?,
                Phase::Repayment => self.repayment(*at)?,
                Phase::PayRun => self.pay_run(*at)?,
                Phase::PaySent => self.send()?,
                _ => self.answer(*at)?,
            }
        }
        Ok(())
    }

    fn appropriation(&mut self, at: usize) -> Result<(), Stop> {
        let granted = &self.inputs.appropriations[at];
        let new = NewAppropriation {
            source: granted
                .source
                .parse()
                .map_err(minsheng_payments::PaymentError::from)?,
            amount: Fen::new(granted.granted_fen),
            document: granted.document.clone(),
            received_on: granted.received_on,
        };
        let ctx = self.ctx(staff::CASHIER)?;
        let id = funds::appropriate(self.desk, &ctx, &new)?;
        let ctx = self.ctx(staff::CHECKER)?;
        Ok(funds::confirm(self.desk, &ctx, id)?)
    }

    /// A household brings back all that is open; often nothing is.
    fn repayment(&mut self, at: usize) -> Result<(), Stop> {
        let repayment = &self.inputs.repayments[at];
        let household = self.household(repayment.household)?;
        let open: Vec<_> = self
            .desk
            .store
            .read(|q| queries::recoveries(q, &Scope::county()))?
            .into_iter()
            .filter(|row| row.household == household.0 && row.state == RecoveryState::Open)
            .collect();
        if open.is_empty() {
            self.counts.skip("repay", "nothing is open");
        }
        for row in open {
            let new = NewSettlement {
                recovery: row.id,
                amount: None,
                document: repayment.document.clone(),
                happened_on: repayment.day,
            };
            let ctx = self.ctx(staff::CASHIER)?;
            let event = recovery::repay(self.desk, &ctx, &new)?;
            let ctx = self.ctx(staff::CHECKER)?;
            recovery::confirm(self.desk, &ctx, event)?;
            self.counts.repaid += 1;
        }
        Ok(())
    }

    fn pay_run(&mut self, at: usize) -> Result<(), Stop> {
        let month = self.inputs.pay_rounds[at].month;
        let ctx = self.ctx(staff::CASHIER)?;
        let report = self.office.run(self.desk, &ctx, month)?;
        self.counts.recoveries += report.recoveries.len();
        self.counts.held = self.counts.held.max(report.held);
        self.counts.batches += usize::from(report.batch.is_some());
        self.batch = report.batch;
        Ok(())
    }

    fn send(&mut self) -> Result<(), Stop> {
        let Some(batch) = self.batch else {
            self.counts.skip("check", "nothing was due");
            return Ok(());
        };
        let ctx = self.ctx(staff::CHECKER)?;
        self.office.check(self.desk, &ctx, batch)?;
        let ctx = self.ctx(staff::RELEASER)?;
        self.office.release(self.desk, &ctx, batch)?;
        let ctx = self.ctx(staff::CASHIER)?;
        export(self.desk, &ctx, batch, self.dir)?;
        Ok(())
    }

    fn answer(&mut self, at: usize) -> Result<(), Stop> {
        let Some(batch) = self.batch.take() else {
            return Ok(());
        };
        let day = self.inputs.pay_rounds[at].answered_on;
        let found = self.desk.store.read(|q| batches::batch(q, batch))?;
        let name = found
            .bank_file_name
            .unwrap_or_else(|| format!("{}.csv", found.number));
        let answer = self.bank.answer(&self.dir.join(name), day)?;
        let ctx = self.ctx(staff::CHECKER)?;
        let settled = results(self.desk, &ctx, batch, &answer)?;
        self.counts.credited += settled.credited;
        self.counts.returned += settled.returned;
        self.counts.recoveries += settled.recoveries.len();
        Ok(())
    }
}
