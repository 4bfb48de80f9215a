//! The nightly comparison and what the clerks make of it the next day: reviews for what differs, each in the
//! township of its household; for households that would be granted but do not wish to apply, a dismissal with the
//! reason. What a death leaves to be re-checked although no amount differs is opened from its own list.

use std::collections::BTreeMap;

use minsheng_benefits::assistance::{self, Cause, queries};
use minsheng_benefits::drift::{self, EntryId, EntryState, Work};
use minsheng_registry::CaseId;
use minsheng_store::Scope;

use super::{Stop, Year};
use crate::error::OfficeError;
use crate::geography::township_of;
use crate::staff;

impl Year<'_> {
    /// The night: the list is brought up to date.
    pub(super) fn compare(&mut self) -> Result<(), Stop> {
        let ctx = self.ctx(staff::DRIFT_OFFICER)?;
        let report = drift::run(self.desk, &ctx, &mut |_, _| {})?;
        self.counts.drift_nights += 1;
        self.counts.drift_found += report.opened;
        Ok(())
    }

    /// The day after: each township works its entries off.
    pub(super) fn work_off(&mut self) -> Result<(), Stop> {
        let store = self.desk.store;
        let area = Scope::county();
        let waiting = store.read(|q| drift::entries(q, &area, Some(EntryState::Waiting)))?;
        // A review that somebody opened since the night decides what the entry is about.
        let in_force: BTreeMap<CaseId, i64> = store
            .read(|q| queries::cases(q, &area, Some("in_force")))?
            .into_iter()
            .map(|case| (case.id, case.division))
            .collect();
        let mut reviews: BTreeMap<i64, Vec<EntryId>> = BTreeMap::new();
        let mut unwilling: BTreeMap<i64, Vec<EntryId>> = BTreeMap::new();
        for line in &waiting {
            let list = match line.case {
                Some(case) if !in_force.contains_key(&case) => continue,
                Some(_) => &mut reviews,
                None => &mut unwilling,
            };
            let township = list.entry(township_of(line.division)).or_default();
            township.push(line.entry);
        }
        for (township, entries) in reviews {
            let ctx = self.clerk(township)?;
            let opened = drift::work_off(self.desk, &ctx, &entries, Work::OpenReview)?;
            self.counts.drift_reviews += opened;
        }
        for (township, entries) in unwilling {
            let ctx = self.clerk(township)?;
            let reason = "已上门告知可以申请，本人表示自愿不申请";
            let work = Work::Dismiss { reason };
            self.counts.drift_dismissed += drift::work_off(self.desk, &ctx, &entries, work)?;
        }
        self.recheck_deaths(&in_force)
    }

    /// What is left of the list at the end.
    pub(super) fn count_waiting(&mut self) -> Result<(), OfficeError> {
        let area = Scope::county();
        let totals = self.desk.store.read(|q| drift::totals(q, &area))?;
        self.counts.drift_waiting = totals.waiting;
        Ok(())
    }

    /// After a death the household is re-checked also where its amount does not differ.
    fn recheck_deaths(&mut self, in_force: &BTreeMap<CaseId, i64>) -> Result<(), Stop> {
        let store = self.desk.store;
        let area = Scope::county();
        let deaths = store.read(|q| queries::deaths_to_review(q, &area))?;
        if deaths.is_empty() {
            return Ok(());
        }
        let mut cases: BTreeMap<i64, Vec<CaseId>> = BTreeMap::new();
        for death in deaths {
            let Some(division) = in_force.get(&death.case) else {
                continue;
            };
            let township = cases.entry(township_of(*division)).or_default();
            if !township.contains(&death.case) {
                township.push(death.case);
            }
        }
        for (township, cases) in cases {
            let ctx = self.clerk(township)?;
            let reason = "家庭成员死亡，复核";
            assistance::open_review_many(self.desk, &ctx, &cases, Cause::Death, reason)?;
        }
        Ok(())
    }
}
