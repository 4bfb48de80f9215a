//! What is recorded of targets: steps, and grounds of exit where the decision does not say them. Nothing is overwritten:
//! what was recorded wrongly is taken back with a reason and may then be recorded anew.

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::{Subject, Value};

use super::gate::contradicts;
use super::notice;
use super::outcome::Outcome;
use super::records::{ActDetail, CampaignId, GROUND, STEP};
use super::work::{NOTE, Work, about_the_user, decided, distinct};
use crate::assistance::AssistanceError;
use crate::assistance::service::{OPEN_REVIEW, sit_as};

/// A step to be recorded for targets.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// The campaign.
    pub campaign: CampaignId,
    /// Code of the step.
    pub step: String,
    /// Day on which it was taken; a notice is posted today.
    pub on: Date,
    /// User names of the investigators, where the step needs them.
    pub investigators: Vec<String>,
    /// What was found, in words; sealed. Empty where the step needs none.
    pub finding: String,
}

/// A ground of exit to be recorded for targets.
#[derive(Debug, Clone)]
pub struct NewGround {
    /// The campaign.
    pub campaign: CampaignId,
    /// Code of the ground.
    pub ground: String,
    /// How it is known, in words; sealed.
    pub finding: String,
}

/// Records a step for targets, all or none; the step that opens the review opens it, and the step that begins the
/// notice posts one list for each village with what the reviews would come to.
///
/// # Errors
/// [`AssistanceError::Campaign`] naming every target for which it is not possible: no target, decided already, another's
/// area or role, a near relative of the household who takes or took part, taken already, before its turn, or posted without the evidence that an amount needs; [`AssistanceError::Refused`] if a review cannot be opened;
/// [`AssistanceError::Form`]; the store's.
pub fn record_step_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewStep,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    sit_as(desk, ctx, "campaign.step", OPEN_REVIEW, |sitting| {
        let mut work = Work::load(sitting, new.campaign, cases)?;
        let step = work.step(&new.step)?.clone();
        work.fits(sitting, &step, new)?;
        for case in cases {
            let Some(one) = work.one(*case) else { continue };
            let mut wrong = about_the_user(ctx, &step.actor, &step.also, one);
            let team = new.investigators.iter().map(|name| name.trim());
            wrong.extend(one.near(team.filter(|name| *name != ctx.actor.username)));
            if one.outcome != Outcome::Open {
                wrong.push(decided(one.outcome));
            }
            if let Some(act) = one.place.step(&step.code) {
                wrong.push((
                    format!(
                        "`{}` was recorded on {} by `{}`",
                        step.code, act.acted_on, act.actor
                    ),
                    "take it back with `campaign undo` if it was wrong".to_owned(),
                ));
            }
            for before in &step.after {
                let taken = one.place.step(before);
                if taken.is_none_or(|act| act.acted_on > new.on) {
                    wrong.push((
                        format!("`{before}` comes before `{}`", step.code),
                        format!("record `{before}` first"),
                    ));
                }
            }
            if let Some(act) = one.place.ground() {
                let ground = work.kind.ground(&act.code);
                if ground.is_some_and(|ground| ground.unless.contains(&step.code)) {
                    wrong.push((
                        format!(
                            "the ground `{}` is recorded, which `{}` excludes",
                            act.code, step.code
                        ),
                        "take the ground back with `campaign undo` first".to_owned(),
                    ));
                }
            }
            work.refuse(*case, wrong);
        }
        work.finish()?;
        let proposed = match step.notice_days {
            Some(_) => work.proposals(sitting, cases)?,
            None => Vec::new(),
        };
        work.finish()?;
        let detail = ActDetail {
            investigators: distinct(&new.investigators),
        };
        let act = (STEP, step.code.as_str(), new.on, new.finding.as_str());
        let first = work.write(sitting, cases, act, &detail)?;
        if step.opens_review {
            work.open_reviews(sitting, cases)?;
        }
        if let Some(days) = step.notice_days {
            let posted = work.posted(cases, first, &proposed);
            notice::post(sitting, &work.campaign, &step, days, &posted)?;
        }
        Ok(())
    })
}

/// Records a ground of exit for targets, all or none. Where the ground waits for no step, the review is opened with it.
///
/// # Errors
/// [`AssistanceError::Campaign`] naming every target for which it is not possible: also where the decision contradicts it;
/// otherwise as [`record_step_many`].
pub fn record_ground_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    new: &NewGround,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    sit_as(desk, ctx, "campaign.ground", OPEN_REVIEW, |sitting| {
        let mut work = Work::load(sitting, new.campaign, cases)?;
        let ground = work.ground(&new.ground)?.clone();
        if new.finding.trim().is_empty() {
            let reason = "is empty\nhint: say how the ground is known";
            return Err(AssistanceError::form("campaign", "finding", reason));
        }
        let leads = work.kind.leads.clone();
        let mut undecided = Vec::new();
        for case in cases {
            let Some(one) = work.one(*case) else { continue };
            let mut wrong = about_the_user(ctx, &leads, &[], one);
            if !ground.recorded {
                wrong.push((
                    format!("the ground `{}` is the decision's to say", ground.code),
                    "decide the review; its reason says it".to_owned(),
                ));
            }
            if let Some(act) = one.place.ground() {
                wrong.push((
                    format!("the ground `{}` is recorded by `{}`", act.code, act.actor),
                    "take it back with `campaign undo` if it was wrong".to_owned(),
                ));
            }
            if let Some(step) = ground
                .unless
                .iter()
                .find(|step| one.place.step(step).is_some())
            {
                wrong.push((
                    format!(
                        "`{step}` is recorded, which excludes the ground `{}`",
                        ground.code
                    ),
                    "record the ground that is true".to_owned(),
                ));
            }
            match (&one.last, one.outcome) {
                (_, Outcome::Open) => undecided.push(*case),
                (Some(last), _) if contradicts(&ground, last.row.kind, last.reason.as_deref()) => {
                    let reason = last.reason.as_deref().unwrap_or("no reason");
                    wrong.push((
                        format!(
                            "the ground `{}` contradicts the decision of {}: {} ({reason})",
                            ground.code, last.decided_on, last.row.kind
                        ),
                        "only an exit has a ground, and one that its decision does not deny"
                            .to_owned(),
                    ));
                }
                _ => {}
            }
            work.refuse(*case, wrong);
        }
        work.finish()?;
        let act = (
            GROUND,
            ground.code.as_str(),
            sitting.today,
            new.finding.as_str(),
        );
        work.write(sitting, cases, act, &ActDetail::default())?;
        if ground.without_steps {
            work.open_reviews(sitting, &undecided)?;
        }
        Ok(())
    })
}

/// Takes a step or a ground back for targets, all or none, with the reason why it was wrong. It stays in the records.
///
/// # Errors
/// [`AssistanceError::Campaign`] naming every target of which it is not recorded, of which a later step rests on it, or
/// whose decision rests on it; otherwise as [`record_step_many`].
pub fn undo_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    campaign: CampaignId,
    code: &str,
    reason: &str,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    sit_as(desk, ctx, "campaign.undo", OPEN_REVIEW, |sitting| {
        let mut work = Work::load(sitting, campaign, cases)?;
        let reason = reason.trim();
        if reason.is_empty() {
            let text = "is empty\nhint: say why it was wrong; it stays in the records";
            return Err(AssistanceError::form("campaign", "reason", text));
        }
        let step = work.kind.step(code).cloned();
        let ground = work.kind.ground(code).cloned();
        if step.is_none() && ground.is_none() {
            work.step(code)?;
        }
        let (actor, also) = match &step {
            Some(step) => (step.actor.clone(), step.also.clone()),
            None => (work.kind.leads.clone(), Vec::new()),
        };
        let mut rows = Vec::new();
        for case in cases {
            let Some(one) = work.one(*case) else { continue };
            let mut wrong = about_the_user(ctx, &actor, &also, one);
            // A ground that only explains the decision may be corrected after it.
            let explains = ground
                .as_ref()
                .is_some_and(|g| !g.without_steps && !g.stops);
            if one.outcome != Outcome::Open && !explains {
                wrong.push(decided(one.outcome));
            }
            let later = work
                .kind
                .steps
                .iter()
                .filter(|step| step.after.iter().any(|c| c == code));
            for later in later.filter(|step| one.place.step(&step.code).is_some()) {
                wrong.push((
                    format!("`{}` was recorded after it", later.code),
                    format!("take `{}` back first", later.code),
                ));
            }
            match one.place.acts.iter().find(|act| act.code == code) {
                None => wrong.push((
                    format!("`{code}` is not recorded"),
                    "look at the target with `campaign targets`".to_owned(),
                )),
                Some(act) => {
                    let subject = Subject::Household(one.case.household.0);
                    let note = sitting.seal(subject, NOTE, reason.as_bytes())?;
                    let values = vec![
                        Value::from(sitting.tx.number()),
                        Value::from(ctx.actor.username.as_str()),
                        Value::from(note),
                    ];
                    rows.push((act.id, values));
                }
            }
            work.refuse(*case, wrong);
        }
        work.finish()?;
        let columns = ["superseded_tx", "superseded_by", "superseded_note_sealed"];
        sitting.tx.update_many("campaign_act", &columns, rows)?;
        Ok(())
    })
}
