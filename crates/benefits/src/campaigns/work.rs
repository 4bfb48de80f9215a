//! Targets at work: an act loads them, checks each, and writes only when nothing stands in the way of any of them.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_policy::{CampaignKind, CampaignStep, ExitGround};
use minsheng_registry::{CaseId, Ctx, HouseholdId, PersonId, Role};
use minsheng_store::{Subject, Value};

use super::acts::NewStep;
use super::lifecycle::still_open;
use super::notice::Posted;
use super::outcome::{self, Outcome};
use super::records::{self, ActDetail, Campaign, CampaignId, Judged, Place};
use crate::assistance::records::{CASE_BY_ID, REASSESSMENTS, RELATIVES, case_of};
use crate::assistance::service::{Proposal, Sitting, open_in};
use crate::assistance::{AssistanceError, CampaignRefusal, CaseFile, Cause};

/// Label under which the words of people are sealed.
pub(super) const NOTE: &str = "campaign_act.note";
/// Investigators that visit a home together (D21 art. 16).
pub(super) const INVESTIGATORS: usize = 2;

/// What stands in the way, and what to do.
pub(super) type Wrong = (String, String);

pub(super) fn decided(outcome: Outcome) -> Wrong {
    (
        format!("is decided already: {}", outcome.as_str()),
        "what changes from now on is a review of its own".to_owned(),
    )
}

pub(super) fn about_the_user(ctx: &Ctx, actor: &str, also: &[String], one: &One) -> Vec<Wrong> {
    let case = &one.case;
    let user = &ctx.actor.username;
    let mut wrong = one.near([user.as_str()]);
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

/// Different names, without blanks.
pub(super) fn distinct(names: &[String]) -> Vec<String> {
    let names: BTreeSet<&str> = names.iter().map(|name| name.trim()).collect();
    names
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// One target at work.
pub(super) struct One {
    pub(super) place: Place,
    pub(super) case: CaseFile,
    pub(super) outcome: Outcome,
    pub(super) last: Option<Judged>,
    /// Users who are registered as near relatives, and of which member.
    relatives: Vec<(String, PersonId)>,
}

impl One {
    /// Those of the users who are near relatives of a member: they take no part in what is done about the household.
    pub(super) fn near<'n>(&self, users: impl IntoIterator<Item = &'n str>) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        for user in users {
            if let Some((_, person)) = self.relatives.iter().find(|(name, _)| name == user) {
                wrong.push((
                    format!("`{user}` is a near relative of {person}"),
                    "a colleague who is no relative does this".to_owned(),
                ));
            }
        }
        wrong
    }
}

/// An act over targets: loaded, checked, and only then written.
pub(super) struct Work {
    pub(super) campaign: Campaign,
    pub(super) kind: CampaignKind,
    targets: BTreeMap<i64, One>,
    refusals: Vec<CampaignRefusal>,
}

impl Work {
    pub(super) fn load(
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
        let mut relatives: BTreeMap<i64, Vec<(String, PersonId)>> = BTreeMap::new();
        for row in RELATIVES.rows(sitting.tx, &keys)? {
            if let Some(user) = row.opt_text(3)? {
                let of_case = relatives.entry(row.int(0)?).or_default();
                of_case.push((user.to_owned(), PersonId(row.int(2)?)));
            }
        }
        let mut decisions = records::judged_of_cases(sitting.tx, &keys)?;
        let mut targets = BTreeMap::new();
        for place in records::places_of(sitting.tx, &keys, |id| id == campaign.id)? {
            let judged = decisions.remove(&place.case).unwrap_or_default();
            if let Some(case) = files.remove(&place.case) {
                let one = One {
                    outcome: outcome::of_target(&judged, place.before, campaign.tx),
                    last: outcome::standing(&judged).cloned(),
                    relatives: relatives.remove(&place.case).unwrap_or_default(),
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

    pub(super) fn one(&self, case: CaseId) -> Option<&One> {
        self.targets.get(&case.0)
    }

    pub(super) fn step(&self, code: &str) -> Result<&CampaignStep, AssistanceError> {
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

    pub(super) fn ground(&self, code: &str) -> Result<&ExitGround, AssistanceError> {
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
    pub(super) fn fits(
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

    pub(super) fn refuse(&mut self, case: CaseId, wrong: Vec<Wrong>) {
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

    pub(super) fn finish(&mut self) -> Result<(), AssistanceError> {
        let refusals = std::mem::take(&mut self.refusals);
        if refusals.is_empty() {
            Ok(())
        } else {
            Err(AssistanceError::Campaign(refusals))
        }
    }

    /// Writes an act of each case and gives the key of the first; they follow each other in the order of the cases.
    pub(super) fn write(
        &self,
        sitting: &mut Sitting<'_, '_>,
        cases: &[CaseId],
        (kind, code, on, note): (&str, &str, Date, &str),
        detail: &ActDetail,
    ) -> Result<i64, AssistanceError> {
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
        Ok(sitting.tx.insert_many("campaign_act", &columns, rows)?)
    }

    /// What the reviews of the cases would come to, in their order; where evidence is missing it is remembered as a
    /// refusal.
    pub(super) fn proposals(
        &mut self,
        sitting: &mut Sitting<'_, '_>,
        cases: &[CaseId],
    ) -> Result<Vec<Proposal>, AssistanceError> {
        let files: Vec<&CaseFile> = cases
            .iter()
            .filter_map(|case| Some(&self.one(*case)?.case))
            .collect();
        let mut found = sitting.proposals(&files)?;
        let mut proposals = Vec::with_capacity(cases.len());
        for case in cases {
            let leaves = self.one(*case).and_then(|one| one.place.ground());
            let leaves = leaves.and_then(|act| self.kind.ground(&act.code));
            let proposal = match found.remove(case) {
                Some(_) if leaves.is_some_and(|ground| ground.stops) => Proposal::ENDS,
                Some(proposal) => proposal,
                None => Proposal::ENDS,
            };
            if let Proposal::Lacks(missing) = &proposal {
                let hint = missing.hint_in(Some(&case.to_string()));
                self.refuse(*case, vec![(format!("cannot be posted; {missing}"), hint)]);
            }
            proposals.push(proposal);
        }
        Ok(proposals)
    }

    /// The lines of the public lists: each case with its recorded step, the first of which has the key `first`.
    pub(super) fn posted(
        &self,
        cases: &[CaseId],
        first: i64,
        proposed: &[Proposal],
    ) -> Vec<Posted> {
        let mut posted = Vec::with_capacity(cases.len());
        for ((case, proposal), act) in cases.iter().zip(proposed).zip(first..) {
            if let (Some(one), Proposal::Gives { members, amount }) = (self.one(*case), proposal) {
                posted.push(Posted {
                    act,
                    target: one.place.target,
                    division: one.case.division,
                    members: *members,
                    amount: *amount,
                });
            }
        }
        posted
    }

    /// Opens the reviews of targets; one that is under review for another cause gets the campaign as a further cause.
    pub(super) fn open_reviews(
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
