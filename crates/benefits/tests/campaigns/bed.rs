//! A campaign of the tests: its days, its acts, and what is looked at.

use std::collections::BTreeMap;

use minsheng_benefits::assistance::{self, AssistanceError};
use minsheng_benefits::campaigns::{
    self, CampaignId, Filter, NewCampaign, NewGround, NewStep, Report, TargetLine, proof,
};
use minsheng_registry::CaseId;
use minsheng_store::{Scope, TxNo};

use crate::support::family::{Family, change, income};
use crate::support::{CLERK, CLERK_2, County, EVERYBODY, OFFICER, OFFICER_2, REVIEWER, day};

pub const KIND: &str = "dibao-rectification";
pub const STEPS: [&str; 4] = ["reapply", "cross_check", "visit", "notice"];
/// Days of the steps, and the first day on which the notice is over.
pub const DAYS: [&str; 4] = ["2021-11-02", "2021-11-04", "2021-11-05", "2021-11-08"];
pub const OVER: &str = "2021-11-16";

pub fn new_campaign() -> NewCampaign {
    NewCampaign {
        kind: KIND.to_owned(),
        name: "2021年低保专项治理".to_owned(),
        cut_off: day("2021-10-31"),
        ends_on: day("2021-12-31"),
        plan_document: Some("康民〔2021〕45号".to_owned()),
    }
}

pub fn opened(county: &County) -> CampaignId {
    at(county, "2021-11-01");
    campaigns::open(&county.desk(), &county.ctx(OFFICER), &new_campaign()).unwrap()
}

pub fn step_form(county: &County, campaign: CampaignId, step: &str) -> NewStep {
    NewStep {
        campaign,
        step: step.to_owned(),
        on: county.today(),
        investigators: vec![CLERK.to_owned(), CLERK_2.to_owned()],
        finding: "与申报一致".to_owned(),
    }
}

pub fn step(
    county: &County,
    campaign: CampaignId,
    user: &str,
    step: &str,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    let form = step_form(county, campaign, step);
    campaigns::record_step_many(&county.desk(), &county.ctx(user), &form, cases)
}

pub fn ground(
    county: &County,
    campaign: CampaignId,
    ground: &str,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    let form = NewGround {
        campaign,
        ground: ground.to_owned(),
        finding: "村委会和邻居均证实".to_owned(),
    };
    campaigns::record_ground_many(&county.desk(), &county.ctx(OFFICER), &form, cases)
}

/// Goes on to a day; the clock never goes back within it.
pub fn at(county: &County, text: &str) {
    if county.today() != day(text) {
        county.on(text);
    }
}

/// Takes all steps for the cases, each on its day.
pub fn all_steps(county: &County, campaign: CampaignId, cases: &[CaseId]) {
    for (code, on) in STEPS.iter().zip(DAYS) {
        at(county, on);
        let user = if *code == "cross_check" {
            OFFICER_2
        } else {
            EVERYBODY
        };
        step(county, campaign, user, code, cases).unwrap();
    }
}

pub fn decide(county: &County, case: CaseId) -> Result<assistance::Decided, AssistanceError> {
    assistance::decide_review(&county.desk(), &county.ctx(REVIEWER), case)
}

pub fn report_at(county: &County, campaign: CampaignId, scope: &Scope, known: TxNo) -> Report {
    let (desk, today) = (county.desk(), county.today());
    county
        .store
        .read(|q| campaigns::report(&desk, q, scope, campaign, known, today))
        .unwrap()
}

pub fn report(county: &County, campaign: CampaignId) -> Report {
    report_at(county, campaign, &Scope::county(), county.known())
}

pub fn lines(county: &County, campaign: CampaignId) -> BTreeMap<CaseId, TargetLine> {
    let (desk, known) = (county.desk(), county.known());
    let all = Filter::default();
    county
        .store
        .read(|q| campaigns::targets(&desk, q, &Scope::county(), campaign, known, &all))
        .unwrap()
        .into_iter()
        .map(|line| (line.case, line))
        .collect()
}

#[track_caller]
pub fn proved(county: &County) {
    let desk = county.desk();
    let found = county.store.read(|q| proof::verify(&desk, q)).unwrap();
    assert_eq!(found, []);
    let found = county
        .store
        .read(|q| assistance::proof::verify(&desk, q))
        .unwrap();
    assert_eq!(found, []);
}

pub fn earns(county: &County, family: &Family, yuan: i64) {
    let row = income("transfer", yuan, "2021-10-01");
    change(county, family, family.members[0], row, false);
}
