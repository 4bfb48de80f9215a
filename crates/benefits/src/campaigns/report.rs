//! The report of a campaign: before, outcomes, after, by township and programme, in households, persons and money a
//! month; grounds of exit; progress of the steps. It is computed from the records each time and stored nowhere.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};
use minsheng_registry::Desk;
use minsheng_store::{Query, Scope, TxNo};

use super::outcome::Outcome;
use super::records::{Campaign, CampaignId};
use super::view::{View, count, view};
use crate::assistance::AssistanceError;

/// Codes of villages in a township (GB/T 10114).
const TOWNSHIP: i64 = 1_000;

/// Households, persons and money a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Count {
    /// Households.
    pub households: i64,
    /// Persons counted.
    pub persons: i64,
    /// Amount a month.
    pub amount_fen: Fen,
}

impl Count {
    fn add(&mut self, persons: i64, amount: Fen) {
        self.households += 1;
        self.persons += persons;
        self.amount_fen = Fen::new(self.amount_fen.get() + amount.get());
    }
}

/// What became of those who were there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Flow {
    /// On the roll at the cut-off.
    pub before: Count,
    /// Kept: as they stand after.
    pub kept: Count,
    /// Raised: as they stand after.
    pub raised: Count,
    /// Lowered: as they stand after.
    pub lowered: Count,
    /// Exited: as they stood before.
    pub exited: Count,
    /// Newly admitted.
    pub admitted: Count,
    /// Not decided anew: as they stand.
    pub open: Count,
    /// Persons who joined households that stay.
    pub joined: i64,
    /// Persons who left households that stay.
    pub left: i64,
    /// On the roll after.
    pub after: Count,
}

impl Flow {
    /// Whether after = before − exits + entries; persons also by the changes of members.
    #[must_use]
    pub const fn holds(&self) -> bool {
        let (before, exited, admitted) = (&self.before, &self.exited, &self.admitted);
        self.after.households == before.households - exited.households + admitted.households
            && self.after.persons
                == before.persons - exited.persons + admitted.persons + self.joined - self.left
    }
}

/// One township and programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// 12-digit code of the township.
    pub township: i64,
    /// Programme code: urban or rural.
    pub programme: String,
    /// Its figures.
    pub flow: Flow,
}

/// Exits on one ground.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GroundCount {
    /// Code of the ground; nothing where neither the decision nor an officer says it.
    pub ground: Option<String>,
    /// The exits, as they stood before.
    pub exited: Count,
}

/// How far a step has come.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StepCount {
    /// Code of the step.
    pub step: String,
    /// Targets for which it was taken.
    pub done: i64,
    /// Targets that left, or leave, without it.
    pub not_needed: i64,
    /// All targets.
    pub of: i64,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The campaign.
    pub campaign: Campaign,
    /// As known at this transaction.
    #[serde(serialize_with = "crate::assistance::wire::tx")]
    pub known: TxNo,
    /// Day of the report.
    pub on: Date,
    /// By township and programme, in this order.
    pub lines: Vec<Line>,
    /// The whole area.
    pub total: Flow,
    /// Exits by ground, in the order of the pack; those that nobody says at the end.
    pub grounds: Vec<GroundCount>,
    /// Progress of the steps.
    pub steps: Vec<StepCount>,
    /// Open targets after the day by which the campaign is to be finished.
    pub overdue: i64,
    /// Whether the invariant holds in every line and in the whole.
    pub holds: bool,
}

/// The report of a campaign in an area as known at `known`; `on` says what is overdue. Equal arguments give equal
/// reports whatever is recorded later.
///
/// # Errors
/// [`AssistanceError::NoCampaign`]; the store's.
pub fn report(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
    on: Date,
) -> Result<Report, AssistanceError> {
    Ok(of_view(view(desk, q, scope, campaign, known)?, known, on))
}

pub(super) fn of_view(view: View, known: TxNo, on: Date) -> Report {
    let mut lines: BTreeMap<(i64, String), Flow> = BTreeMap::new();
    let mut total = Flow::default();
    let mut grounds: BTreeMap<Option<String>, Count> = BTreeMap::new();
    for seen in &view.targets {
        let (persons, amount) = (seen.target.members, seen.target.amount);
        let key = place(seen.target.division, &seen.target.programme);
        if seen.outcome == Outcome::Exited {
            let ground = grounds.entry(seen.ground.clone()).or_default();
            ground.add(persons, amount);
        }
        for flow in [lines.entry(key).or_default(), &mut total] {
            flow.before.add(persons, amount);
            let after = (count(&seen.after), seen.amount_after);
            let (into, (persons, amount)) = match seen.outcome {
                Outcome::Exited => (&mut flow.exited, (persons, amount)),
                Outcome::Kept => (&mut flow.kept, after),
                Outcome::Raised => (&mut flow.raised, after),
                Outcome::Lowered => (&mut flow.lowered, after),
                Outcome::Open | Outcome::Admitted => (&mut flow.open, after),
            };
            into.add(persons, amount);
            if seen.outcome != Outcome::Exited {
                flow.after.add(after.0, after.1);
                flow.joined += seen.after.difference(&seen.before).count() as i64;
                flow.left += seen.before.difference(&seen.after).count() as i64;
            }
        }
    }
    for admitted in &view.admitted {
        let key = place(admitted.division, &admitted.programme);
        for flow in [lines.entry(key).or_default(), &mut total] {
            flow.admitted.add(admitted.persons, admitted.amount);
            flow.after.add(admitted.persons, admitted.amount);
        }
    }
    let holds = total.holds() && lines.values().all(Flow::holds);
    let overdue = if on > view.campaign.ends_on && view.campaign.closed_on.is_none() {
        total.open.households
    } else {
        0
    };
    Report {
        steps: steps(&view),
        grounds: in_order(&view, grounds),
        campaign: view.campaign,
        known,
        on,
        lines: lines
            .into_iter()
            .map(|((township, programme), flow)| Line {
                township,
                programme,
                flow,
            })
            .collect(),
        total,
        overdue,
        holds,
    }
}

fn place(division: i64, programme: &str) -> (i64, String) {
    (division - division % TOWNSHIP, programme.to_owned())
}

fn in_order(view: &View, mut grounds: BTreeMap<Option<String>, Count>) -> Vec<GroundCount> {
    let codes = view
        .kind
        .grounds
        .iter()
        .map(|ground| Some(ground.code.clone()));
    let mut found = Vec::new();
    for ground in codes.chain([None]) {
        if let Some(exited) = grounds.remove(&ground) {
            found.push(GroundCount { ground, exited });
        }
    }
    found
}

fn steps(view: &View) -> Vec<StepCount> {
    let of = view.targets.len() as i64;
    let count = |step: &str| StepCount {
        step: step.to_owned(),
        done: view.targets.iter().filter(|seen| seen.did(step)).count() as i64,
        not_needed: view
            .targets
            .iter()
            .filter(|seen| !seen.did(step) && (seen.waived || seen.outcome == Outcome::Exited))
            .count() as i64,
        of,
    };
    view.kind
        .steps
        .iter()
        .map(|step| count(&step.code))
        .collect()
}
