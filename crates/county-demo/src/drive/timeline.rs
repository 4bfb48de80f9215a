//! All inputs in the order of time: what is registered on a day comes before the casework of that day, casework
//! before the accounts that are confirmed, and payments last. Items of a day that one person can do in one sitting
//! stand together.
//!
//! Must not know what an item leads to.

use std::collections::BTreeMap;

use minsheng_core::Date;

use crate::geography::township_of;
use crate::inputs::{Deed, Inputs, Joining, Subject, Way};

/// What an item is; the order of the variants is the order within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Person,
    Household,
    Membership,
    NewEvidence,
    OtherEvidence,
    Death,
    Account,
    Application,
    RequestPapers,
    Supplement,
    Accept,
    StartCrossCheck,
    AnswerCrossCheck,
    Withdraw,
    Investigate,
    Appraise,
    FirstOpinion,
    PostNotice,
    Object,
    Resolve,
    Forward,
    CountyOpinion,
    PostCountyNotice,
    Decide,
    NotifyRefusal,
    OpenReview,
    WorkOffDrift,
    OpenCampaign,
    Reapply,
    CampaignCheck,
    CampaignVisit,
    CampaignNotice,
    GroundBefore,
    DecideReview,
    GroundAfter,
    CloseCampaign,
    ConfirmAccount,
    Appropriation,
    Repayment,
    PayAnswered,
    CompareNight,
    PayRun,
    PaySent,
}

impl Phase {
    fn of(deed: &Deed) -> Phase {
        match deed {
            Deed::RequestPapers(_) => Phase::RequestPapers,
            Deed::Supplement(_) => Phase::Supplement,
            Deed::Accept => Phase::Accept,
            Deed::Investigate(_) => Phase::Investigate,
            Deed::StartCrossCheck(_) => Phase::StartCrossCheck,
            Deed::AnswerCrossCheck => Phase::AnswerCrossCheck,
            Deed::Appraise => Phase::Appraise,
            Deed::FirstOpinion => Phase::FirstOpinion,
            Deed::PostNotice => Phase::PostNotice,
            Deed::Object(..) => Phase::Object,
            Deed::Resolve(..) => Phase::Resolve,
            Deed::Forward => Phase::Forward,
            Deed::CountyOpinion(_) => Phase::CountyOpinion,
            Deed::PostCountyNotice => Phase::PostCountyNotice,
            Deed::Decide => Phase::Decide,
            Deed::NotifyRefusal => Phase::NotifyRefusal,
            Deed::Withdraw => Phase::Withdraw,
            Deed::OpenReview(_) => Phase::OpenReview,
            Deed::DecideReview => Phase::DecideReview,
            Deed::Reapply => Phase::Reapply,
            Deed::CampaignCheck => Phase::CampaignCheck,
            Deed::CampaignVisit(_) => Phase::CampaignVisit,
            Deed::CampaignNotice => Phase::CampaignNotice,
            // What explains a decision is said after it, what lets it be made before.
            Deed::Ground(ground) if matches!(ground.as_str(), "policy_quota" | "favour") => {
                Phase::GroundAfter
            }
            Deed::Ground(_) => Phase::GroundBefore,
        }
    }

    /// Whether items of one place are one sitting; others are done one by one.
    fn grouped(self) -> bool {
        !matches!(
            self,
            Phase::Membership
                | Phase::OtherEvidence
                | Phase::RequestPapers
                | Phase::Supplement
                | Phase::Withdraw
                | Phase::Object
                | Phase::Resolve
                | Phase::WorkOffDrift
                | Phase::OpenCampaign
                | Phase::CloseCampaign
                | Phase::GroundBefore
                | Phase::GroundAfter
                | Phase::CompareNight
                | Phase::Appropriation
                | Phase::Repayment
                | Phase::PayAnswered
                | Phase::PayRun
                | Phase::PaySent
        )
    }
}

/// Items of one sitting: places in the table of their phase.
#[derive(Debug, Clone)]
pub(super) struct Sitting {
    pub(super) day: Date,
    pub(super) phase: Phase,
    /// Village, township or county; 0 where it does not matter.
    pub(super) place: i64,
    pub(super) items: Vec<usize>,
}

/// Sorts everything into sittings.
pub(super) fn timeline(inputs: &Inputs) -> Vec<Sitting> {
    let village_of: BTreeMap<i64, i64> = inputs
        .households
        .iter()
        .map(|household| (household.number, household.division))
        .collect();
    let home_of: BTreeMap<i64, i64> = inputs
        .persons
        .iter()
        .map(|person| (person.number, person.division))
        .collect();
    let household_of: BTreeMap<i64, i64> = inputs
        .applications
        .iter()
        .map(|application| (application.number, application.household))
        .collect();
    let village = |household: i64| village_of.get(&household).copied().unwrap_or(0);
    let home = |person: i64| home_of.get(&person).copied().unwrap_or(0);
    let formed: BTreeMap<i64, Date> = inputs
        .households
        .iter()
        .map(|household| (household.number, household.registered_on))
        .collect();
    let registered: BTreeMap<i64, Date> = inputs
        .persons
        .iter()
        .map(|person| (person.number, person.registered_on))
        .collect();

    let mut items: Vec<(Date, Phase, i64, &str, usize)> = Vec::new();
    let mut put = |day: Date, phase: Phase, place: i64, item: usize| {
        items.push((day, phase, place, "", item))
    };
    for (at, person) in inputs.persons.iter().enumerate() {
        put(
            person.registered_on,
            Phase::Person,
            township_of(person.division),
            at,
        );
    }
    for (at, household) in inputs.households.iter().enumerate() {
        put(
            household.registered_on,
            Phase::Household,
            township_of(household.division),
            at,
        );
    }
    for (at, membership) in inputs.memberships.iter().enumerate() {
        if membership.joining != Joining::First {
            let formed = formed
                .get(&membership.household)
                .copied()
                .unwrap_or(membership.recorded_on);
            put(
                membership.recorded_on.max(formed),
                Phase::Membership,
                township_of(village(membership.household)),
                at,
            );
        }
    }
    for (at, evidence) in inputs.evidence.iter().enumerate() {
        let place = match evidence.about {
            Subject::Household(number) => village(number),
            Subject::Person(number) => home(number),
        };
        let phase = if evidence.way == Way::New {
            Phase::NewEvidence
        } else {
            Phase::OtherEvidence
        };
        put(evidence.recorded_on, phase, township_of(place), at);
    }
    for (at, death) in inputs.deaths.iter().enumerate() {
        // Nobody can report a death of a person whom the register does not know yet.
        let known = registered
            .get(&death.person)
            .copied()
            .unwrap_or(death.reported_on);
        put(
            death.reported_on.max(known),
            Phase::Death,
            township_of(home(death.person)),
            at,
        );
    }
    for (at, account) in inputs.accounts.iter().enumerate() {
        put(
            account.entered_on,
            Phase::Account,
            township_of(home(account.person)),
            at,
        );
        put(account.confirmed_on, Phase::ConfirmAccount, 0, at);
    }
    for (at, application) in inputs.applications.iter().enumerate() {
        put(
            application.applied_on,
            Phase::Application,
            township_of(village(application.household)),
            at,
        );
    }
    for (at, act) in inputs.acts.iter().enumerate() {
        let village = household_of
            .get(&act.application)
            .map_or(0, |household| village(*household));
        let place = match act.deed {
            Deed::Appraise
            | Deed::PostNotice
            | Deed::PostCountyNotice
            | Deed::CampaignVisit(_)
            | Deed::CampaignNotice => village,
            Deed::CountyOpinion(_) | Deed::Decide | Deed::DecideReview => 0,
            Deed::OpenReview(cause) => cause as i64,
            _ => township_of(village),
        };
        items.push((act.day, Phase::of(&act.deed), place, &act.actor, at));
    }
    let mut put = |day: Date, phase: Phase, item: usize| items.push((day, phase, 0, "", item));
    for (at, appropriation) in inputs.appropriations.iter().enumerate() {
        put(appropriation.received_on, Phase::Appropriation, at);
    }
    for (at, repayment) in inputs.repayments.iter().enumerate() {
        put(repayment.day, Phase::Repayment, at);
    }
    for (at, round) in inputs.pay_rounds.iter().enumerate() {
        put(round.run_on, Phase::PayRun, at);
        put(round.sent_on, Phase::PaySent, at);
        put(round.answered_on, Phase::PayAnswered, at);
    }
    for (at, campaign) in inputs.campaigns.iter().enumerate() {
        put(campaign.opened_on, Phase::OpenCampaign, at);
        put(campaign.closed_on, Phase::CloseCampaign, at);
    }
    for (at, drift) in inputs.drift_nights.iter().enumerate() {
        put(drift.night, Phase::CompareNight, at);
        put(drift.worked_on, Phase::WorkOffDrift, at);
    }
    items.sort_unstable();
    let mut sittings: Vec<Sitting> = Vec::new();
    let mut before = "";
    for (day, phase, place, actor, item) in items {
        match sittings.last_mut() {
            Some(last)
                if phase.grouped()
                    && (last.day, last.phase, last.place, before) == (day, phase, place, actor) =>
            {
                last.items.push(item);
            }
            _ => sittings.push(Sitting {
                day,
                phase,
                place,
                items: vec![item],
            }),
        }
        before = actor;
    }
    sittings
}
