//! The special rectification: it is opened over the roll, every household on its list goes through the steps, and it is
//! closed with its report. Which case is on the list, and what becomes of it, the office says.

use minsheng_benefits::assistance::AssistanceError;
use minsheng_benefits::campaigns::{
    self, Filter, NewCampaign, NewGround, NewStep, Outcome, Report, record_ground_many,
    record_step_many,
};
use minsheng_registry::{CaseId, Ctx};
use minsheng_store::{Query, Scope};

use super::timeline::Sitting;
use super::{Stop, Year};
use crate::inputs::{Act, Deed};
use crate::staff;

/// What a campaign came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct CampaignCounts {
    /// Households on its list.
    pub targets: i64,
    /// Decided anew, the same amount.
    pub kept: i64,
    /// Decided anew, more.
    pub raised: i64,
    /// Decided anew, less.
    pub lowered: i64,
    /// Left.
    pub exited: i64,
    /// Newly admitted since the cut-off.
    pub entered: i64,
    /// Whether households and persons after are those before, less exits, plus entries.
    pub holds: bool,
}

fn counted(report: &Report) -> CampaignCounts {
    let total = &report.total;
    CampaignCounts {
        targets: total.before.households,
        kept: total.kept.households,
        raised: total.raised.households,
        lowered: total.lowered.households,
        exited: total.exited.households,
        entered: total.admitted.households,
        holds: report.holds,
    }
}

impl Year<'_> {
    pub(super) fn open_campaign(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        for at in &sitting.items {
            let planned = &self.inputs.campaigns[*at];
            let new = NewCampaign {
                kind: planned.kind.clone(),
                name: planned.name.clone(),
                cut_off: planned.cut_off,
                ends_on: planned.ends_on,
                plan_document: Some(planned.plan.clone()),
            };
            let ctx = self.ctx(staff::CAMPAIGN_OFFICER)?;
            let campaign = campaigns::open(self.desk, &ctx, &new)?;
            let (desk, area) = (self.desk, Scope::county());
            let filter = Filter {
                outcome: Some(Outcome::Open),
                without: None,
            };
            let lines = desk.store.read(|q| {
                let known = q.last_tx()?;
                campaigns::targets(desk, q, &area, campaign, known, &filter)
            })?;
            let listed = lines.iter().map(|line| line.case).collect();
            self.campaign = Some((campaign, listed));
        }
        Ok(())
    }

    /// Closes the campaign with its report.
    pub(super) fn close_campaign(&mut self) -> Result<(), Stop> {
        let Some((campaign, _)) = self.campaign.take() else {
            return Ok(());
        };
        let ctx = self.ctx(staff::CAMPAIGN_OFFICER)?;
        let (desk, area, on) = (self.desk, Scope::county(), ctx.today());
        campaigns::close(desk, &ctx, campaign)?;
        let report: Report = desk.store.read(|q| {
            let known = q.last_tx()?;
            campaigns::report(desk, q, &area, campaign, known, on)
        })?;
        self.counts.campaign = counted(&report);
        Ok(())
    }

    /// Whether the case is on the list of the open campaign and was still to be decided when it opened.
    pub(super) fn listed(&self, case: CaseId) -> bool {
        let campaign = self.campaign.as_ref();
        campaign.is_some_and(|(_, listed)| listed.contains(&case))
    }

    /// A step of the campaign, or a ground that an officer enters.
    pub(super) fn campaign_step(
        &self,
        ctx: &Ctx,
        sitting: &Sitting,
        act: &Act,
        cases: &[CaseId],
    ) -> Result<(), AssistanceError> {
        let Some((campaign, _)) = &self.campaign else {
            return Ok(());
        };
        if let Deed::Ground(ground) = &act.deed {
            let new = NewGround {
                campaign: *campaign,
                ground: ground.clone(),
                finding: "专项治理核查认定".to_owned(),
            };
            return record_ground_many(self.desk, ctx, &new, cases);
        }
        let (investigators, finding) = match &act.deed {
            Deed::CampaignVisit(second) => (
                vec![act.actor.clone(), second.clone()],
                "入户核查，情况与申报一致",
            ),
            Deed::CampaignCheck => (Vec::new(), "核对无其他信息"),
            _ => (Vec::new(), ""),
        };
        let new = NewStep {
            campaign: *campaign,
            step: act.deed.step().to_owned(),
            on: sitting.day,
            investigators,
            finding: finding.to_owned(),
        };
        record_step_many(self.desk, ctx, &new, cases)
    }
}
