//! What an open campaign asks before the review of one of its targets may be decided: its steps, the end of its notice,
//! answers to the objections against it, other eyes; and what a recorded ground of exit says about the decision. Which steps is data of the pack.

use std::collections::BTreeMap;

use minsheng_core::Date;
use minsheng_policy::{CampaignKind, ExitGround, Reason};
use minsheng_registry::CaseId;
use minsheng_store::Query;

use super::records::{self, Act, Campaign, CampaignId, Place};
use crate::assistance::service::Sitting;
use crate::assistance::{AssistanceError, DecisionKind, Missing};

/// What campaigns ask of one case.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// What is missing before it may be decided at all.
    pub(crate) missing: Vec<Missing>,
    grounds: Vec<(String, ExitGround)>,
}

impl Gate {
    /// The recorded ground as the reason to stop, if it is one.
    pub(crate) fn stop(&self) -> Option<Reason> {
        let (_, ground) = self.grounds.iter().find(|(_, ground)| ground.stops)?;
        Some(Reason {
            code: ground.code.clone(),
            text: ground.name.clone(),
            cite: ground.cite.clone(),
        })
    }

    /// What a recorded ground contradicts in a decision.
    pub(crate) fn against(&self, kind: DecisionKind, reasons: &[Reason]) -> Vec<Missing> {
        let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
        self.grounds
            .iter()
            .filter(|(_, ground)| contradicts(ground, kind, codes.first().copied()))
            .map(|(campaign, ground)| Missing::CampaignGround {
                campaign: campaign.clone(),
                ground: format!("{} ({})", ground.name.en, ground.name.zh),
                found: match codes.as_slice() {
                    [] => kind.to_string(),
                    codes => format!("{kind} ({})", codes.join(", ")),
                },
            })
            .collect()
    }
}

/// Whether a ground contradicts a decision: nobody leaves who is kept, and a ground that decisions say by themselves is
/// not claimed where the decision says another reason.
pub(super) fn contradicts(ground: &ExitGround, kind: DecisionKind, reason: Option<&str>) -> bool {
    let says = |reason: &str| ground.reasons.iter().any(|code| code == reason);
    kind.pays() || (!ground.reasons.is_empty() && !reason.is_some_and(says))
}

/// What the open campaigns ask of cases, by case; nothing for a case that is no target.
pub(crate) fn gates(
    sitting: &mut Sitting<'_, '_>,
    cases: &[CaseId],
) -> Result<BTreeMap<i64, Gate>, AssistanceError> {
    let known = sitting.tx.number();
    let mut open: BTreeMap<CampaignId, (Campaign, CampaignKind)> = BTreeMap::new();
    for campaign in records::list(sitting.tx, known)? {
        if campaign.closed_tx.is_none() {
            let kind = campaign.kind(sitting.desk, sitting.tx)?;
            open.insert(campaign.id, (campaign, kind));
        }
    }
    let mut gates: BTreeMap<i64, Gate> = BTreeMap::new();
    if open.is_empty() {
        return Ok(gates);
    }
    let keys: Vec<i64> = cases.iter().map(|case| case.0).collect();
    let q: &mut dyn Query = sitting.tx;
    for place in records::places_of(q, &keys, |campaign| open.contains_key(&campaign))? {
        if let Some((campaign, kind)) = open.get(&place.campaign) {
            let gate = gates.entry(place.case).or_default();
            look(sitting, campaign, kind, &place, gate);
        }
    }
    Ok(gates)
}

fn look(
    sitting: &Sitting<'_, '_>,
    campaign: &Campaign,
    kind: &CampaignKind,
    place: &Place,
    gate: &mut Gate,
) {
    let name = || campaign.name.clone();
    let ground = place.ground().and_then(|act| kind.ground(&act.code));
    if let Some(ground) = ground {
        gate.grounds.push((name(), ground.clone()));
    }
    if !ground.is_some_and(|ground| ground.without_steps) {
        let waited = || kind.steps.iter().filter(|step| step.decision_waits);
        let steps: Vec<String> = waited()
            .filter(|step| place.step(&step.code).is_none())
            .map(|step| format!("{} ({})", step.name.en, step.name.zh))
            .collect();
        if !steps.is_empty() {
            let campaign = name();
            gate.missing
                .push(Missing::CampaignSteps { campaign, steps });
        }
        for step in waited() {
            let (Some(act), Some(days)) = (place.step(&step.code), step.notice_days) else {
                continue;
            };
            let notice = sitting.desk.calendar.notice(act.acted_on, days);
            if sitting.today < notice.forward_from.date {
                gate.missing.push(Missing::CampaignNotice {
                    campaign: name(),
                    posted_on: act.acted_on,
                    last_day: notice.last_day,
                    from: notice.forward_from,
                });
            }
        }
    }
    let open: Vec<Date> = place.open_objections().map(|one| one.raised_on).collect();
    if !open.is_empty() {
        let campaign = name();
        gate.missing
            .push(Missing::CampaignObjections { campaign, open });
    }
    let user = sitting.ctx.actor.username.as_str();
    let answered = place.objections.iter().rev();
    let mut answered = answered.filter_map(|one| one.answered.as_ref());
    if let Some((on, user)) = answered.find(|(_, by)| by == user) {
        gate.missing.push(Missing::FourEyes {
            user: user.clone(),
            step: "answer".to_owned(),
            on: *on,
        });
    }
    if let Some(act) = place.acts.iter().rev().find(|act| took_part(act, user)) {
        gate.missing.push(Missing::FourEyes {
            user: user.to_owned(),
            step: act.code.clone(),
            on: act.acted_on,
        });
    }
}

/// Whether the user recorded the act or is named in it as investigator.
fn took_part(act: &Act, user: &str) -> bool {
    act.actor == user || act.investigators.iter().any(|name| name == user)
}
