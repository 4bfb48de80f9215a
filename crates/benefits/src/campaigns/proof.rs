//! Proof of the campaigns: the list of targets, the outcomes and the figures are found again on another way and
//! compared. What differs is a finding.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_registry::{CaseId, Desk};
use minsheng_store::{Query, Scope, TxNo, Value, statement};

use super::gate::contradicts;
use super::lifecycle::roll_at;
use super::outcome::Outcome;
use super::records::{self, Campaign, CampaignId, targets_of};
use super::report;
use super::view::{View, recorded_ground, view};
use crate::assistance::roll::{self, InForce};
use crate::assistance::{AssistanceError, DecisionRow};

statement! {
    SERVED_COUNTS, internal "a whole-county computation of the proof; gives keys and counts only",
    "SELECT decision_id, COUNT(*) FROM decision_person WHERE tx <= ?1 GROUP BY decision_id ORDER BY decision_id"
}

/// A campaign that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The campaign.
    pub campaign: CampaignId,
    /// What differs.
    pub what: String,
}

/// Proves every campaign on what is known now.
///
/// # Errors
/// The store's, or the registry's for a pack that does not load; what differs is a finding and no error.
pub fn verify(desk: &Desk<'_>, q: &mut dyn Query) -> Result<Vec<Finding>, AssistanceError> {
    let known = q.last_tx()?;
    let mut findings = Vec::new();
    for campaign in records::list(q, known)? {
        let mut differs = list_differs(desk, q, &campaign)?;
        differs.extend(figures_differ(desk, q, &campaign, known)?);
        findings.extend(differs.into_iter().map(|what| Finding {
            campaign: campaign.id,
            what,
        }));
    }
    Ok(findings)
}

/// The roll at the cut-off, derived again as known at the opening with the pack of the campaign.
fn list_differs(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    campaign: &Campaign,
) -> Result<Vec<String>, AssistanceError> {
    let packs = desk.packs.by_hash(q, &campaign.pack_hash)?;
    let kind = campaign.kind(desk, q)?;
    let roll = roll_at(q, &packs, &kind.programmes, campaign.cut_off, campaign.tx)?;
    let derived: BTreeMap<CaseId, (i64, i64, i64)> = roll
        .iter()
        .map(|on_roll| {
            let members = i64::try_from(on_roll.shares.len()).unwrap_or(i64::MAX);
            (
                on_roll.case.case,
                (on_roll.decision, members, on_roll.amount_fen()),
            )
        })
        .collect();
    let stored: BTreeMap<CaseId, (i64, i64, i64)> = targets_of(q, &Scope::county(), campaign.id)?
        .into_iter()
        .map(|target| {
            (
                target.case,
                (target.decision, target.members, target.amount.get()),
            )
        })
        .collect();
    let cases: BTreeSet<&CaseId> = derived.keys().chain(stored.keys()).collect();
    Ok(cases
        .into_iter()
        .filter(|case| derived.get(case) != stored.get(case))
        .map(|case| match (derived.get(case), stored.get(case)) {
            (Some(_), None) => format!("case {case} was on the roll at the cut-off and is no target"),
            (None, _) => format!("case {case} is a target and was not on the roll at the cut-off"),
            (Some(derived), Some(stored)) => format!(
                "case {case}: decision, members and fen at the cut-off are {derived:?}, the list says {stored:?}"
            ),
        })
        .collect())
}

/// The decision that stands of a case when all known ones have taken effect.
fn stands(case: &InForce) -> Option<&DecisionRow> {
    let last = case
        .decisions
        .iter()
        .map(|decision| decision.effective_month)
        .max()?;
    roll::decision_for(&case.decisions, last).filter(|decision| decision.kind.pays())
}

fn figures_differ(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    campaign: &Campaign,
    known: TxNo,
) -> Result<Vec<String>, AssistanceError> {
    let until = campaign.closed_tx.map_or(known, |closed| closed.min(known));
    let view = view(desk, q, &Scope::county(), campaign.id, known)?;
    // From the other end: the roll for payments, which knows nothing of campaigns.
    let standing: BTreeMap<CaseId, i64> = roll::in_force(q, until)?
        .iter()
        .filter(|case| view.kind.programmes.contains(&case.programme))
        .filter_map(|case| Some((case.case, stands(case)?.id)))
        .collect();
    let mut differs = outcomes_differ(&view, &standing);
    let mut served: BTreeMap<i64, i64> = BTreeMap::new();
    for row in q.rows(&SERVED_COUNTS, &[Value::from(until)])? {
        served.insert(row.int(0)?, row.int(1)?);
    }
    // A target whose decision at the cut-off still stands counts as it was frozen.
    let frozen: BTreeMap<i64, i64> = view
        .targets
        .iter()
        .map(|seen| (seen.target.decision, seen.target.members))
        .collect();
    let persons: i64 = standing
        .values()
        .filter_map(|decision| frozen.get(decision).or_else(|| served.get(decision)))
        .sum();
    let households = i64::try_from(standing.len()).unwrap_or(i64::MAX);
    differs.extend(grounds_differ(&view));
    let report = report::of_view(view, known, Date::MIN);
    let after = report.total.after;
    if (after.households, after.persons) != (households, persons) {
        differs.push(format!(
            "after it stand {households} households with {persons} persons; its report says {} with {}",
            after.households, after.persons
        ));
    }
    if !report.holds {
        differs.push("after is not before − exits + entries".to_owned());
    }
    let unsaid = report.grounds.iter().find(|ground| ground.ground.is_none());
    if let Some(unsaid) = unsaid.filter(|_| campaign.closed_on.is_some()) {
        let households = unsaid.exited.households;
        differs.push(format!(
            "it is closed with {households} exit(s) without a ground"
        ));
    }
    if campaign.closed_on.is_some() && report.total.open.households > 0 {
        differs.push(format!(
            "it is closed with {} open targets",
            report.total.open.households
        ));
    }
    Ok(differs)
}

fn outcomes_differ(view: &View, standing: &BTreeMap<CaseId, i64>) -> Vec<String> {
    let mut differs = Vec::new();
    let mut targets = BTreeSet::new();
    for seen in &view.targets {
        let case = seen.target.case;
        targets.insert(case);
        if standing.contains_key(&case) == (seen.outcome == Outcome::Exited) {
            differs.push(format!(
                "case {case} is `{}`, which the roll denies",
                seen.outcome.as_str()
            ));
        }
        if i64::try_from(seen.before.len()) != Ok(seen.target.members) {
            differs.push(format!("case {case}: its list of persons is not complete"));
        }
    }
    let admitted: BTreeSet<CaseId> = view.admitted.iter().map(|admitted| admitted.case).collect();
    let others: BTreeSet<CaseId> = standing
        .keys()
        .filter(|case| !targets.contains(case))
        .copied()
        .collect();
    let apart = admitted.symmetric_difference(&others);
    differs.extend(
        apart.map(|case| {
            format!("case {case} is admitted in the report or on the roll, not in both")
        }),
    );
    differs
}

/// What is recorded must keep to the order of the steps, and no ground may contradict a decision.
fn grounds_differ(view: &View) -> Vec<String> {
    let mut differs = Vec::new();
    for seen in &view.targets {
        let case = seen.target.case;
        if let Some(act) = recorded_ground(&seen.acts)
            && let Some(last) = seen.last.as_ref().filter(|_| seen.outcome != Outcome::Open)
        {
            let ground = view.kind.ground(&act.code);
            if ground
                .is_none_or(|ground| contradicts(ground, last.row.kind, last.reason.as_deref()))
            {
                differs.push(format!(
                    "case {case}: the ground `{}` contradicts its decision",
                    act.code
                ));
            }
        }
        for step in &view.kind.steps {
            if seen.did(&step.code) && step.after.iter().any(|before| !seen.did(before)) {
                differs.push(format!(
                    "case {case}: `{}` stands without the step before it",
                    step.code
                ));
            }
        }
        if seen.outcome != Outcome::Open && seen.open_objections > 0 {
            let open = seen.open_objections;
            differs.push(format!(
                "case {case} was decided while {open} objection(s) against it were open"
            ));
        }
        // What was decided while the campaign ran had its steps, or a ground that needs none.
        let anew = [Outcome::Kept, Outcome::Raised, Outcome::Lowered].contains(&seen.outcome);
        let waited = view.kind.steps.iter().filter(|step| step.decision_waits);
        let mut lacking = waited.filter(|step| !seen.did(&step.code));
        if anew && let Some(step) = lacking.next() {
            differs.push(format!("case {case} was decided without `{}`", step.code));
        }
    }
    differs
}
