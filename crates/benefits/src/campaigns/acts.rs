//! What is recorded of targets: steps, and grounds of exit where the decision does not say them. Nothing is overwritten:
//! what was recorded wrongly is taken back with a reason and may then be recorded anew.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_policy::{CampaignKind, CampaignStep, ExitGround};
use minsheng_registry::{CaseId, Ctx, Desk, HouseholdId, Role};
use minsheng_store::{Subject, Value};

use super::gate::contradicts;
use super::lifecycle::still_open;
use super::outcome::{self, Outcome};
use super::records::{self, ActDetail, Campaign, CampaignId, GROUND, Judged, Place, STEP};
use crate::assistance::records::{CASE_BY_ID, REASSESSMENTS, case_of};
use crate::assistance::service::{OPEN_REVIEW, Sitting, open_in, sit_as};
use crate::assistance::{AssistanceError, CampaignRefusal, CaseFile, Cause};

/// Label under which the words of people are sealed.
const NOTE: &str = "campaign_act.note";
/// Investigators that visit a home together (D21 art. 16).
const INVESTIGATORS: usize = 2;

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

/// Records a step for targets, all or none; the step that opens the review opens it.
///
/// # Errors
/// [`AssistanceError::Campaign`] naming every target for which it is not possible: no target, decided already, another's
/// area or role, taken already, before its turn; [`AssistanceError::Refused`] if a review cannot be opened;
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
            let mut wrong = about_the_user(ctx, &step.actor, &step.also, &one.case);
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
        let detail = ActDetail {
            investigators: distinct(&new.investigators),
        };
        let act = (STEP, step.code.as_str(), new.on, new.finding.as_str());
        work.write(sitting, cases, act, &detail)?;
        if step.opens_review {
            work.open_reviews(sitting, cases)?;
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
            let mut wrong = about_the_user(ctx, &leads, &[], &one.case);
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
            let mut wrong = about_the_user(ctx, &actor, &also, &one.case);
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

/// What stands in the way, and what to do.
type Wrong = (String, String);

fn decided(outcome: Outcome) -> Wrong {
    (
        format!("is decided already: {}", outcome.as_str()),
        "what changes from now on is a review of its own".to_owned(),
    )
}

fn about_the_user(ctx: &Ctx, actor: &str, also: &[String], case: &CaseFile) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let user = &ctx.actor.username;
    let names: Vec<&str> = std::iter::once(actor)
        .chain(also.iter().map(String::as_str))
        .collect();
    let holds = |name: &&str| {
        name.parse::<Role>()
            .is_ok_and(|role| ctx.actor.roles.contains(&role))
    };
    if !names.iter().any(holds) {
        let roles = names.join(" or ");
        wrong.push((
            format!("`{user}` does not hold the role {roles}"),
            format!("a user with the role {roles} records this"),
        ));
    }
    if !ctx.scope().contains(case.division) {
        wrong.push((
            format!(
                "`{user}` works in area {}; the case belongs to {}",
                ctx.actor.division, case.division
            ),
            format!(
                "a user of {}, or of the county, records this",
                case.division
            ),
        ));
    }
    wrong
}

fn distinct(names: &[String]) -> Vec<String> {
    let names: BTreeSet<&str> = names.iter().map(|name| name.trim()).collect();
    names
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// One target at work.
struct One {
    place: Place,
    case: CaseFile,
    outcome: Outcome,
    last: Option<Judged>,
}

/// An act over targets: loaded, checked, and only then written.
struct Work {
    campaign: Campaign,
    kind: CampaignKind,
    targets: BTreeMap<i64, One>,
    refusals: Vec<CampaignRefusal>,
}

impl Work {
    fn load(
        sitting: &mut Sitting<'_, '_>,
        campaign: CampaignId,
        cases: &[CaseId],
    ) -> Result<Self, AssistanceError> {
        let known = sitting.tx.number();
        let campaign = still_open(sitting.tx, campaign, known)?;
        let kind = campaign.kind(sitting.desk, sitting.tx)?;
        let keys: BTreeSet<i64> = cases.iter().map(|case| case.0).collect();
        if keys.len() < cases.len() {
            return Err(AssistanceError::form(
                "campaign",
                "cases",
                "a case is named twice in the list",
            ));
        }
        let keys: Vec<i64> = keys.into_iter().collect();
        let mut files: BTreeMap<i64, CaseFile> = BTreeMap::new();
        for row in CASE_BY_ID.rows(sitting.tx, &keys)? {
            let case = case_of(&row)?;
            files.insert(case.id.0, case);
        }
        if let Some(missing) = keys.iter().find(|key| !files.contains_key(key)) {
            return Err(AssistanceError::NoCase(CaseId(*missing)));
        }
        let mut decisions = records::judged_of_cases(sitting.tx, &keys)?;
        let mut targets = BTreeMap::new();
        for place in records::places_of(sitting.tx, &keys, |id| id == campaign.id)? {
            let judged = decisions.remove(&place.case).unwrap_or_default();
            if let Some(case) = files.remove(&place.case) {
                let one = One {
                    outcome: outcome::of_target(&judged, place.before, campaign.tx),
                    last: outcome::standing(&judged).cloned(),
                    case,
                    place,
                };
                targets.insert(one.place.case, one);
            }
        }
        let refusals = files
            .values()
            .map(|case| CampaignRefusal {
                whom: format!("case {} ({})", case.id, case.number),
                what: format!("is no target of `{}`", campaign.name),
                hint: "the list was frozen when the campaign was opened; see `campaign targets`"
                    .to_owned(),
            })
            .collect();
        Ok(Self {
            campaign,
            kind,
            targets,
            refusals,
        })
    }

    fn one(&self, case: CaseId) -> Option<&One> {
        self.targets.get(&case.0)
    }

    fn step(&self, code: &str) -> Result<&CampaignStep, AssistanceError> {
        self.kind.step(code).ok_or_else(|| {
            let known: Vec<&str> = self
                .kind
                .steps
                .iter()
                .map(|step| step.code.as_str())
                .collect();
            let reason = format!(
                "there is no step `{code}`\nhint: one of {}",
                known.join(", ")
            );
            AssistanceError::form("campaign", "step", reason)
        })
    }

    fn ground(&self, code: &str) -> Result<&ExitGround, AssistanceError> {
        self.kind.ground(code).ok_or_else(|| {
            let known: Vec<&str> = self
                .kind
                .grounds
                .iter()
                .map(|ground| ground.code.as_str())
                .collect();
            let reason = format!(
                "there is no ground `{code}`\nhint: one of {}",
                known.join(", ")
            );
            AssistanceError::form("campaign", "ground", reason)
        })
    }

    /// Whether the form of a step is complete.
    fn fits(
        &self,
        sitting: &Sitting<'_, '_>,
        step: &CampaignStep,
        new: &NewStep,
    ) -> Result<(), AssistanceError> {
        let today = sitting.today;
        let form = |field, reason: String| Err(AssistanceError::form("campaign", field, reason));
        if new.on > today || new.on < self.campaign.cut_off {
            let reason = format!(
                "{} does not lie between the cut-off, {}, and today, {today}\nhint: give the day on which it was done",
                new.on, self.campaign.cut_off
            );
            return form("on", reason);
        }
        if step.notice_days.is_some() && new.on != today {
            let reason = format!(
                "a notice is recorded on the day on which it is posted\nhint: leave the day out, today is {today}"
            );
            return form("on", reason);
        }
        let needs = |need: &str| step.needs.iter().any(|known| known == need);
        let given = distinct(&new.investigators).len();
        if needs("two_investigators") && given < INVESTIGATORS {
            let reason = format!(
                "{INVESTIGATORS} different investigators; {given} named\nhint: name {INVESTIGATORS} by their user names"
            );
            return form("investigators", reason);
        }
        if needs("finding") && new.finding.trim().is_empty() {
            return form("finding", "is empty\nhint: say what was found".to_owned());
        }
        Ok(())
    }

    fn refuse(&mut self, case: CaseId, wrong: Vec<Wrong>) {
        let number = self
            .one(case)
            .map(|one| one.case.number.clone())
            .unwrap_or_default();
        self.refusals
            .extend(wrong.into_iter().map(|(what, hint)| CampaignRefusal {
                whom: format!("case {case} ({number})"),
                what,
                hint,
            }));
    }

    fn finish(&mut self) -> Result<(), AssistanceError> {
        let refusals = std::mem::take(&mut self.refusals);
        if refusals.is_empty() {
            Ok(())
        } else {
            Err(AssistanceError::Campaign(refusals))
        }
    }

    fn write(
        &self,
        sitting: &mut Sitting<'_, '_>,
        cases: &[CaseId],
        (kind, code, on, note): (&str, &str, Date, &str),
        detail: &ActDetail,
    ) -> Result<(), AssistanceError> {
        let detail = serde_json::to_string(detail)
            .map_err(|error| AssistanceError::inconsistent("campaign act", error))?;
        let mut rows = Vec::with_capacity(cases.len());
        for one in cases.iter().filter_map(|case| self.one(*case)) {
            let HouseholdId(household) = one.case.household;
            let sealed = match note.trim() {
                "" => None,
                note => Some(sitting.seal(Subject::Household(household), NOTE, note.as_bytes())?),
            };
            rows.push(vec![
                Value::from(one.place.target),
                Value::from(kind),
                Value::from(code),
                Value::from(on),
                Value::from(sitting.ctx.actor.username.as_str()),
                Value::from(detail.as_str()),
                Value::from(sealed),
            ]);
        }
        let columns = [
            "target_id",
            "kind",
            "code",
            "acted_on",
            "actor",
            "detail",
            "note_sealed",
        ];
        sitting.tx.insert_many("campaign_act", &columns, rows)?;
        Ok(())
    }

    /// Opens the reviews of targets; one that is under review for another cause gets the campaign as a further cause.
    fn open_reviews(
        &self,
        sitting: &mut Sitting<'_, '_>,
        cases: &[CaseId],
    ) -> Result<(), AssistanceError> {
        let cause: Cause = self.kind.cause.parse()?;
        let keys: Vec<i64> = cases.iter().map(|case| case.0).collect();
        let mut running: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for row in REASSESSMENTS.rows(sitting.tx, &keys)? {
            let causes = running.entry(row.int(1)?).or_default();
            causes.insert(row.text(2)?.to_owned());
        }
        let (under_review, others): (Vec<CaseId>, Vec<CaseId>) =
            cases.iter().partition(|case| running.contains_key(&case.0));
        let further = under_review
            .iter()
            .filter(|case| {
                !running
                    .get(&case.0)
                    .is_some_and(|causes| causes.contains(cause.as_str()))
            })
            .map(|case| {
                let today = Value::from(sitting.today);
                vec![Value::from(*case), Value::from(cause.as_str()), today]
            })
            .collect();
        let columns = ["case_id", "cause", "opened_on"];
        sitting.tx.insert_many("reassessment", &columns, further)?;
        let others: Vec<(CaseId, Cause)> = others.into_iter().map(|case| (case, cause)).collect();
        open_in(sitting, &others, &self.campaign.name)
    }
}
