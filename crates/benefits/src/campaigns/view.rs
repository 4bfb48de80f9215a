//! A campaign as it stood at a transaction: every target with its outcome, its ground, its steps; and who was admitted.

use std::collections::BTreeSet;

use minsheng_core::Fen;
use minsheng_policy::CampaignKind;
use minsheng_registry::{CaseId, Desk, HouseholdId, PersonId};
use minsheng_store::{Query, Scope, TxNo};

use super::objections::{objections, open_by_case};
use super::outcome::{self, Outcome};
use super::records::{
    self, Act, Campaign, CampaignId, GROUND, Judged, STEP, Target, acts_of, decisions_of,
    others_of, persons_of, served_of, targets_of,
};
use crate::assistance::AssistanceError;

/// A campaign in an area, as known.
pub(super) struct View {
    pub(super) campaign: Campaign,
    pub(super) kind: CampaignKind,
    pub(super) targets: Vec<Seen>,
    pub(super) admitted: Vec<Admitted>,
}

/// A target as known.
pub(super) struct Seen {
    pub(super) target: Target,
    pub(super) outcome: Outcome,
    pub(super) ground: Option<String>,
    /// The decision that stands.
    pub(super) last: Option<Judged>,
    pub(super) acts: Vec<Act>,
    /// Whether the decision waits for no step.
    pub(super) waived: bool,
    /// Objections that nobody answered yet.
    pub(super) open_objections: i64,
    pub(super) before: BTreeSet<PersonId>,
    /// Nobody after an exit.
    pub(super) after: BTreeSet<PersonId>,
    pub(super) amount_after: Fen,
}

impl Seen {
    pub(super) fn did(&self, step: &str) -> bool {
        self.acts
            .iter()
            .any(|act| act.kind == STEP && act.code == step)
    }
}

/// A case newly admitted.
pub(super) struct Admitted {
    pub(super) case: CaseId,
    pub(super) number: String,
    pub(super) household: HouseholdId,
    pub(super) division: i64,
    pub(super) programme: String,
    pub(super) persons: i64,
    pub(super) amount: Fen,
}

/// Looks at a campaign as known at `known`; once it is closed, nothing later belongs to it.
pub(super) fn view(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
) -> Result<View, AssistanceError> {
    let campaign = records::by_id(q, campaign, known)?;
    let known = campaign.closed_tx.map_or(known, |closed| closed.min(known));
    let kind = campaign.kind(desk, q)?;
    let id = campaign.id;
    let mut persons = persons_of(q, scope, id)?;
    let mut served = served_of(q, scope, id, known)?;
    let mut acts = acts_of(q, scope, id, known)?;
    let mut decisions = decisions_of(q, scope, id, known)?;
    let mut objected = open_by_case(&objections(q, scope, id, known)?);
    let mut targets = Vec::new();
    for target in targets_of(q, scope, id)? {
        let before: BTreeSet<PersonId> = persons
            .remove(&target.id)
            .unwrap_or_default()
            .into_iter()
            .collect();
        let of_case = decisions.remove(&target.case).unwrap_or_default();
        let acts = acts.remove(&target.id).unwrap_or_default();
        let outcome = outcome::of_target(&of_case, target.amount, campaign.tx);
        let last = outcome::standing(&of_case);
        let (after, amount_after) = match last {
            _ if outcome == Outcome::Exited => (BTreeSet::new(), Fen::ZERO),
            Some(last) if last.row.id != target.decision => {
                let now = served.remove(&last.row.id).unwrap_or_default();
                (now.into_iter().collect(), last.total.unwrap_or(Fen::ZERO))
            }
            _ => (before.clone(), target.amount),
        };
        targets.push(Seen {
            ground: ground_of(&kind, outcome, last, &acts),
            waived: waived(&kind, &acts),
            open_objections: objected.remove(&target.case).unwrap_or_default(),
            last: last.cloned(),
            target,
            outcome,
            acts,
            before,
            after,
            amount_after,
        });
    }
    let admitted = admitted(q, scope, &campaign, &kind, known)?;
    Ok(View {
        campaign,
        kind,
        targets,
        admitted,
    })
}

/// The recorded ground of a target, if there is one.
pub(super) fn recorded_ground(acts: &[Act]) -> Option<&Act> {
    acts.iter().find(|act| act.kind == GROUND)
}

fn waived(kind: &CampaignKind, acts: &[Act]) -> bool {
    let ground = recorded_ground(acts).and_then(|act| kind.ground(&act.code));
    ground.is_some_and(|ground| ground.without_steps)
}

/// The ground of an exit: the recorded one, else what the reason of the decision says.
fn ground_of(
    kind: &CampaignKind,
    outcome: Outcome,
    last: Option<&Judged>,
    acts: &[Act],
) -> Option<String> {
    if let Some(act) = recorded_ground(acts) {
        return Some(act.code.clone());
    }
    let reason = last
        .filter(|_| outcome == Outcome::Exited)?
        .reason
        .as_deref()?;
    Some(kind.ground_of_reason(reason)?.code.clone())
}

fn admitted(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: &Campaign,
    kind: &CampaignKind,
    known: TxNo,
) -> Result<Vec<Admitted>, AssistanceError> {
    let mut found = Vec::new();
    for other in others_of(q, scope, campaign.id, known)? {
        let last = other
            .decisions
            .iter()
            .max_by_key(|(judged, _)| (judged.row.effective_month, judged.row.id));
        let Some((last, persons)) = last.filter(|(judged, _)| judged.row.kind.pays()) else {
            continue;
        };
        if !kind.programmes.contains(&other.programme) {
            continue;
        }
        found.push(Admitted {
            case: other.case,
            number: other.number,
            household: other.household,
            division: other.division,
            programme: other.programme,
            persons: *persons,
            amount: last.total.unwrap_or(Fen::ZERO),
        });
    }
    Ok(found)
}

/// Which targets are asked for; all fields must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// That lack this step.
    pub without: Option<String>,
}

/// A target, or a case newly admitted, in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TargetLine {
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// The household.
    pub household: HouseholdId,
    /// 12-digit code of the village.
    pub division: i64,
    /// Programme code.
    pub programme: String,
    /// Persons counted at the cut-off.
    pub persons_before: i64,
    /// Amount a month at the cut-off.
    pub before_fen: Fen,
    /// Persons counted by the standing decision.
    pub persons_after: i64,
    /// Amount a month of the standing decision.
    pub after_fen: Fen,
    /// What it came to.
    pub outcome: Outcome,
    /// Ground of exit.
    pub ground: Option<String>,
    /// Steps taken.
    pub done: Vec<String>,
    /// Steps that the decision still waits for.
    pub waits_for: Vec<String>,
    /// Objections that it still waits to be answered.
    pub open_objections: i64,
}

/// The targets of the area in the order of the list, and after them the cases newly admitted.
///
/// # Errors
/// [`AssistanceError::NoCampaign`]; the store's.
pub fn targets(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
    filter: &Filter,
) -> Result<Vec<TargetLine>, AssistanceError> {
    let view = view(desk, q, scope, campaign, known)?;
    let wanted = |outcome| filter.outcome.is_none_or(|wanted| wanted == outcome);
    let mut lines = Vec::new();
    for seen in &view.targets {
        let lacks = filter.without.as_deref().is_none_or(|step| !seen.did(step));
        if !wanted(seen.outcome) || !lacks {
            continue;
        }
        let target = &seen.target;
        let waits = |code: &str| seen.outcome == Outcome::Open && !seen.waived && !seen.did(code);
        lines.push(TargetLine {
            case: target.case,
            number: target.number.clone(),
            household: target.household,
            division: target.division,
            programme: target.programme.clone(),
            persons_before: target.members,
            before_fen: target.amount,
            persons_after: count(&seen.after),
            after_fen: seen.amount_after,
            outcome: seen.outcome,
            ground: seen.ground.clone(),
            done: codes(&view.kind, |code| seen.did(code), |_| true),
            waits_for: codes(&view.kind, waits, |step| step.decision_waits),
            open_objections: seen.open_objections,
        });
    }
    if filter.without.is_none() && wanted(Outcome::Admitted) {
        lines.extend(view.admitted.iter().map(|admitted| TargetLine {
            case: admitted.case,
            number: admitted.number.clone(),
            household: admitted.household,
            division: admitted.division,
            programme: admitted.programme.clone(),
            persons_before: 0,
            before_fen: Fen::ZERO,
            persons_after: admitted.persons,
            after_fen: admitted.amount,
            outcome: Outcome::Admitted,
            ground: None,
            done: Vec::new(),
            waits_for: Vec::new(),
            open_objections: 0,
        }));
    }
    Ok(lines)
}

pub(super) fn count(persons: &BTreeSet<PersonId>) -> i64 {
    i64::try_from(persons.len()).unwrap_or(i64::MAX)
}

fn codes(
    kind: &CampaignKind,
    wanted: impl Fn(&str) -> bool,
    which: impl Fn(&minsheng_policy::CampaignStep) -> bool,
) -> Vec<String> {
    let steps = kind.steps.iter().filter(|step| which(step));
    steps
        .map(|step| step.code.clone())
        .filter(|code| wanted(code))
        .collect()
}
