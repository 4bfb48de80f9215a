//! A campaign is opened with its list and closed when nothing is open any more and every exit has its ground.

use std::collections::BTreeMap;

use minsheng_core::{Date, Month};
use minsheng_policy::{CampaignKind, MemberAmount, PackSet};
use minsheng_registry::{Ctx, Desk, RegistryError, Role, evidence};
use minsheng_store::{Query, Scope, TxNo, Value};

use super::outcome::Outcome;
use super::records::{self, CASE, Campaign, CampaignId};
use super::report;
use super::view::{Seen, view};
use crate::assistance::roll::{self, InForce};
use crate::assistance::{AssistanceError, CampaignRefusal, Frozen, frozen_many};

/// Determinations read at once.
const GROUP: usize = 256;

/// A campaign to be opened.
#[derive(Debug, Clone)]
pub struct NewCampaign {
    /// Code of its kind in the pack.
    pub kind: String,
    /// Its name, unique in the county.
    pub name: String,
    /// Day whose roll becomes the list of targets.
    pub cut_off: Date,
    /// Day by which it is to be finished.
    pub ends_on: Date,
    /// Number of its plan.
    pub plan_document: Option<String>,
}

/// A case on the roll, with what it gives.
pub(super) struct OnRoll {
    pub(super) case: InForce,
    /// The decision in force.
    pub(super) decision: i64,
    pub(super) shares: Vec<MemberAmount>,
}

impl OnRoll {
    pub(super) fn amount_fen(&self) -> i64 {
        self.shares.iter().map(|share| share.amount.get()).sum()
    }
}

/// The roll of programmes in the month of `cut_off` as known at `known`: every case whose decision in force pays,
/// with the shares that no death had ended.
pub(super) fn roll_at(
    q: &mut dyn Query,
    packs: &PackSet,
    programmes: &[String],
    cut_off: Date,
    known: TxNo,
) -> Result<Vec<OnRoll>, AssistanceError> {
    let month = Month::from_date(cut_off);
    let deaths = evidence::deaths(q, known)?;
    let mut cases = Vec::new();
    for case in roll::in_force(q, known)? {
        let decision = roll::decision_for(&case.decisions, month)
            .filter(|decision| decision.kind.pays() && programmes.contains(&case.programme));
        if let Some(decision) = decision.copied() {
            cases.push((case, decision));
        }
    }
    let mut found = Vec::with_capacity(cases.len());
    let mut rest = cases.into_iter().peekable();
    while rest.peek().is_some() {
        let group: Vec<_> = rest.by_ref().take(GROUP).collect();
        let keys: Vec<i64> = group
            .iter()
            .filter_map(|(_, decision)| decision.determination)
            .collect();
        let frozen: BTreeMap<i64, Frozen> = frozen_many(q, &keys)?
            .into_iter()
            .map(|frozen| (frozen.determination, frozen))
            .collect();
        for (case, decision) in group {
            let facts = decision.determination.and_then(|key| frozen.get(&key));
            let facts = facts.ok_or_else(|| {
                let what = format!("decision {}", decision.id);
                AssistanceError::inconsistent(what, "it pays and rests on no determination")
            })?;
            let shares = roll::amounts(packs, facts, month)?;
            found.push(OnRoll {
                shares: roll::entitled(&shares, &deaths, month),
                decision: decision.id,
                case,
            });
        }
    }
    Ok(found)
}

/// Opens a campaign: its list of targets is the roll at the cut-off as known now, and never changes.
///
/// # Errors
/// [`AssistanceError::Form`] for a kind that the pack does not have, a name in use, days that do not follow each other;
/// [`AssistanceError::Campaign`] while another campaign of this kind is open; [`AssistanceError::Registry`] for a user
/// who does not lead such campaigns in the whole county; the store's.
pub fn open(desk: &Desk<'_>, ctx: &Ctx, new: &NewCampaign) -> Result<CampaignId, AssistanceError> {
    let packs = desk.packs.current();
    let Some(kind) = packs.campaign(&new.kind) else {
        let known: Vec<&str> = packs
            .campaigns()
            .iter()
            .map(|kind| kind.code.as_str())
            .collect();
        let reason = format!(
            "there is no `{}`\nhint: one of {}",
            new.kind,
            known.join(", ")
        );
        return Err(AssistanceError::form("campaign", "kind", reason));
    };
    leads(ctx, kind)?;
    let name = new.name.trim();
    let form = |field, reason: String| Err(AssistanceError::form("campaign", field, reason));
    if name.is_empty() {
        return form(
            "name",
            "is empty\nhint: give the name it bears in its plan".to_owned(),
        );
    }
    let today = ctx.today();
    if new.cut_off > today {
        let hint = "hint: the roll of a day is known when the day has come";
        return form(
            "cut_off",
            format!("{} lies after today, {today}\n{hint}", new.cut_off),
        );
    }
    if new.ends_on < today {
        let hint = "hint: give the day by which it is to be finished";
        return form(
            "ends_on",
            format!("{} lies before today, {today}\n{hint}", new.ends_on),
        );
    }
    desk.store.write(&ctx.act("campaign.open"), |tx| {
        let known = tx.number();
        for other in records::list(tx, known)? {
            if other.name == name {
                return form(
                    "name",
                    format!("campaign {} bears it already\nhint: give another", other.id),
                );
            }
            if other.kind == kind.code && other.closed_tx.is_none() {
                return Err(AssistanceError::Campaign(vec![CampaignRefusal {
                    whom: format!("campaign {} `{}`", other.id, other.name),
                    what: format!(
                        "is open; nobody is the target of two `{}` at once",
                        kind.code
                    ),
                    hint: "close it first".to_owned(),
                }]));
            }
        }
        let on_roll = roll_at(tx, packs, &kind.programmes, new.cut_off, known)?;
        let id = tx.insert(
            "campaign",
            &[
                ("kind", Value::from(kind.code.as_str())),
                ("name", Value::from(name)),
                ("cut_off", Value::from(new.cut_off)),
                ("ends_on", Value::from(new.ends_on)),
                ("opened_on", Value::from(today)),
                ("opened_by", Value::from(ctx.actor.username.as_str())),
                ("pack_hash", Value::from(packs.hash())),
                ("plan_document", Value::from(new.plan_document.as_deref())),
            ],
        )?;
        let rows = on_roll
            .iter()
            .map(|on_roll| target_row(id, on_roll))
            .collect();
        let first = tx.insert_many("campaign_target", &TARGET_COLUMNS, rows)?;
        let persons = (first..).zip(&on_roll).flat_map(|(target, on_roll)| {
            on_roll.shares.iter().map(move |share| {
                vec![
                    Value::from(target),
                    Value::from(share.person),
                    Value::from(share.amount),
                ]
            })
        });
        let columns = ["target_id", "person_id", "amount_fen"];
        tx.insert_many("campaign_target_person", &columns, persons.collect())?;
        Ok(CampaignId(id))
    })
}

const TARGET_COLUMNS: [&str; 9] = [
    "campaign_id",
    "subject_kind",
    "subject_id",
    "household_id",
    "division",
    "programme",
    "decision_id",
    "members",
    "amount_fen",
];

fn target_row(campaign: i64, on_roll: &OnRoll) -> Vec<Value> {
    let case = &on_roll.case;
    let members = i64::try_from(on_roll.shares.len()).unwrap_or(i64::MAX);
    vec![
        Value::from(campaign),
        Value::from(CASE),
        Value::from(case.case),
        Value::from(case.household),
        Value::from(case.division),
        Value::from(case.programme.as_str()),
        Value::from(on_roll.decision),
        Value::from(members),
        Value::from(on_roll.amount_fen()),
    ]
}

/// Closes a campaign. From then on its report does not change any more.
///
/// # Errors
/// [`AssistanceError::Campaign`] naming every target that is open or has left without a ground, or if it is closed already;
/// [`AssistanceError::NoCampaign`]; [`AssistanceError::Inconsistent`] if the invariant does not hold; the store's.
pub fn close(desk: &Desk<'_>, ctx: &Ctx, campaign: CampaignId) -> Result<(), AssistanceError> {
    desk.store.write(&ctx.act("campaign.close"), |tx| {
        let known = tx.number();
        let found = still_open(tx, campaign, known)?;
        let kind = found.kind(desk, tx)?;
        leads(ctx, &kind)?;
        let view = view(desk, tx, &Scope::county(), campaign, known)?;
        let refusals: Vec<CampaignRefusal> = view.targets.iter().filter_map(unfinished).collect();
        if !refusals.is_empty() {
            return Err(AssistanceError::Campaign(refusals));
        }
        let report = report::of_view(view, known, ctx.today());
        if !report.holds {
            return Err(AssistanceError::inconsistent(
                format!("campaign {campaign}"),
                format!("its figures do not keep to `{}`", kind.invariant),
            ));
        }
        let values = [
            ("closed_on", Value::from(ctx.today())),
            ("closed_by", Value::from(ctx.actor.username.as_str())),
            ("closed_tx", Value::from(known)),
        ];
        tx.update("campaign", campaign.0, &values)?;
        Ok(())
    })
}

/// Why a campaign is not closed over a target.
fn unfinished(seen: &Seen) -> Option<CampaignRefusal> {
    let (what, hint) = match (seen.outcome, &seen.ground) {
        (Outcome::Open, _) => (
            "is open: it was not decided since the campaign was opened",
            "finish its steps and decide its review",
        ),
        (Outcome::Exited, None) => (
            "has left without a ground: neither its decision nor an officer says one",
            "record it with `campaign ground`",
        ),
        _ => return None,
    };
    Some(CampaignRefusal {
        whom: format!("case {} ({})", seen.target.case, seen.target.number),
        what: what.to_owned(),
        hint: hint.to_owned(),
    })
}

/// The campaign, if it is open.
pub(super) fn still_open(
    q: &mut dyn Query,
    campaign: CampaignId,
    known: TxNo,
) -> Result<Campaign, AssistanceError> {
    let found = records::by_id(q, campaign, known)?;
    match found.closed_on {
        None => Ok(found),
        Some(day) => Err(AssistanceError::Campaign(vec![CampaignRefusal {
            whom: format!("campaign {campaign} `{}`", found.name),
            what: format!("was closed on {day}"),
            hint: "what is decided from now on is casework of its own".to_owned(),
        }])),
    }
}

/// Refuses a user who does not lead campaigns of the kind in the whole county.
fn leads(ctx: &Ctx, kind: &CampaignKind) -> Result<(), RegistryError> {
    ctx.require(kind.leads.parse::<Role>()?)?;
    ctx.require_whole_county()
}
