//! The rows of campaigns as they are read. Everything is asked "as known at" a transaction, so that the past of a
//! campaign stays what it was.

use std::collections::BTreeMap;
use std::fmt;

use minsheng_core::{Date, Fen};
use minsheng_policy::CampaignKind;
use minsheng_registry::{CaseId, Desk, HouseholdId, PersonId};
use minsheng_store::{Query, Row, Scope, TxNo, Value, statement};

use crate::assistance::AssistanceError;
use crate::assistance::records::{Keyed, keyed, many};
use crate::assistance::roll;
use crate::assistance::rules::DecisionRow;

/// Kind of subject whose review a campaign goes through.
pub(super) const CASE: &str = "case";
/// Kind of act: a step.
pub(super) const STEP: &str = "step";
/// Kind of act: a ground of exit.
pub(super) const GROUND: &str = "ground";

/// Key of a campaign.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct CampaignId(pub i64);

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Campaign {
    /// Key.
    pub id: CampaignId,
    /// Code of its kind in the pack.
    pub kind: String,
    /// Its name, unique.
    pub name: String,
    /// Day whose roll is the list of targets.
    pub cut_off: Date,
    /// Day by which it is to be finished.
    pub ends_on: Date,
    /// Day on which it was opened.
    pub opened_on: Date,
    /// Who opened it.
    pub opened_by: String,
    /// Pack whose kind it follows.
    pub pack_hash: String,
    /// Number of its plan.
    pub plan_document: Option<String>,
    /// Day on which it was closed, as far as known.
    pub closed_on: Option<Date>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// Transaction that closed it.
    #[serde(skip)]
    pub closed_tx: Option<TxNo>,
    /// Transaction that opened it.
    #[serde(serialize_with = "crate::assistance::wire::tx")]
    pub tx: TxNo,
}

impl Campaign {
    /// Its kind, from the pack with which it was opened.
    pub(super) fn kind(
        &self,
        desk: &Desk<'_>,
        q: &mut dyn Query,
    ) -> Result<CampaignKind, AssistanceError> {
        let packs = desk.packs.by_hash(q, &self.pack_hash)?;
        let kind = packs.campaign(&self.kind).cloned();
        kind.ok_or_else(|| {
            let whom = format!("campaign {}", self.id);
            AssistanceError::inconsistent(whom, format!("its pack has no kind `{}`", self.kind))
        })
    }
}

statement! {
    CAMPAIGNS, internal "a campaign is no person",
    "SELECT id, kind, name, cut_off, ends_on, opened_on, opened_by, pack_hash, plan_document, closed_on, closed_by, closed_tx, tx
     FROM campaign WHERE tx <= ?1 ORDER BY id"
}
statement! {
    TARGETS, scoped,
    "SELECT g.id, g.subject_id, c.number, g.household_id, g.division, g.programme, g.decision_id, g.members, g.amount_fen
     FROM campaign_target g JOIN case_file c ON c.id = g.subject_id
     WHERE g.campaign_id = ?1 AND g.subject_kind = 'case' AND {scope:g.division} ORDER BY g.id"
}
statement! {
    TARGET_PERSONS, scoped,
    "SELECT p.target_id, p.person_id FROM campaign_target g JOIN campaign_target_person p ON p.target_id = g.id
     WHERE g.campaign_id = ?1 AND {scope:g.division} ORDER BY p.id"
}
statement! {
    ACTS, scoped,
    "SELECT a.target_id, a.id, a.kind, a.code, a.acted_on, a.actor, a.detail, a.tx
     FROM campaign_target g JOIN campaign_act a ON a.target_id = g.id
     WHERE g.campaign_id = ?1 AND a.tx <= ?2 AND (a.superseded_tx IS NULL OR a.superseded_tx > ?2) AND {scope:g.division}
     ORDER BY a.id"
}
statement! {
    TARGET_DECISIONS, scoped,
    "SELECT d.case_id, d.id, d.kind, d.effective_month, d.determination_id, d.tx, d.decided_on, d.reason_code, t.total_fen
     FROM campaign_target g JOIN decision d ON d.case_id = g.subject_id LEFT JOIN determination t ON t.id = d.determination_id
     WHERE g.campaign_id = ?1 AND g.subject_kind = 'case' AND d.tx <= ?2 AND d.kind <> 'refuse' AND {scope:g.division}
     ORDER BY d.id"
}
statement! {
    TARGET_SERVED, scoped,
    "SELECT p.decision_id, p.person_id
     FROM campaign_target g JOIN decision d ON d.case_id = g.subject_id JOIN decision_person p ON p.decision_id = d.id
     WHERE g.campaign_id = ?1 AND g.subject_kind = 'case' AND d.tx <= ?2 AND d.id > g.decision_id AND {scope:g.division}
     ORDER BY p.id"
}
statement! {
    OTHERS, scoped,
    "SELECT c.id, d.id, d.kind, d.effective_month, d.determination_id, d.tx, d.decided_on, d.reason_code, t.total_fen,
            c.number, c.programme, c.household_id, COALESCE(n.division, c.division),
            (SELECT COUNT(*) FROM decision_person p WHERE p.decision_id = d.id)
     FROM decision d JOIN case_file c ON c.id = d.case_id LEFT JOIN determination t ON t.id = d.determination_id
     LEFT JOIN public_notice n ON n.id = (SELECT MIN(m.notice_id) FROM public_notice_case m WHERE m.case_id = c.id)
     WHERE d.tx <= ?2 AND d.kind <> 'refuse' AND {scope:COALESCE(n.division, c.division)}
       AND NOT EXISTS (SELECT 1 FROM campaign_target g WHERE g.campaign_id = ?1 AND g.subject_kind = 'case' AND g.subject_id = c.id)
     ORDER BY d.id"
}

/// All campaigns as known at `known`, in the order in which they were opened.
///
/// # Errors
/// The store's.
pub fn list(q: &mut dyn Query, known: TxNo) -> Result<Vec<Campaign>, AssistanceError> {
    let rows = q.rows(&CAMPAIGNS, &[Value::from(known)])?;
    rows.iter().map(|row| campaign_of(row, known)).collect()
}

fn campaign_of(row: &Row, known: TxNo) -> Result<Campaign, AssistanceError> {
    let closed_tx = row.opt_tx(11)?.filter(|tx| *tx <= known);
    let (closed_on, closed_by) = (row.opt_date(9)?, row.opt_text(10)?.map(str::to_owned));
    Ok(Campaign {
        id: CampaignId(row.int(0)?),
        kind: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        cut_off: row.date(3)?,
        ends_on: row.date(4)?,
        opened_on: row.date(5)?,
        opened_by: row.text(6)?.to_owned(),
        pack_hash: row.text(7)?.to_owned(),
        plan_document: row.opt_text(8)?.map(str::to_owned),
        closed_on: closed_on.filter(|_| closed_tx.is_some()),
        closed_by: closed_by.filter(|_| closed_tx.is_some()),
        closed_tx,
        tx: row.tx(12)?,
    })
}

/// A campaign by its key or its name, as known at `known`.
///
/// # Errors
/// [`AssistanceError::NoCampaign`] or the store's.
pub fn find(q: &mut dyn Query, named: &str, known: TxNo) -> Result<Campaign, AssistanceError> {
    let named = named.trim();
    let key = named.parse::<i64>().ok().map(CampaignId);
    let found = list(q, known)?
        .into_iter()
        .find(|campaign| Some(campaign.id) == key || campaign.name == named);
    found.ok_or_else(|| AssistanceError::NoCampaign(named.to_owned()))
}

/// A campaign by its key.
pub(super) fn by_id(
    q: &mut dyn Query,
    id: CampaignId,
    known: TxNo,
) -> Result<Campaign, AssistanceError> {
    let found = list(q, known)?
        .into_iter()
        .find(|campaign| campaign.id == id);
    found.ok_or_else(|| AssistanceError::NoCampaign(id.to_string()))
}

/// A target as it was frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: i64,
    pub(super) case: CaseId,
    pub(super) number: String,
    pub(super) household: HouseholdId,
    pub(super) division: i64,
    pub(super) programme: String,
    /// The decision in force at the cut-off.
    pub(super) decision: i64,
    pub(super) members: i64,
    pub(super) amount: Fen,
}

/// The targets of the area, in the order of the list.
pub(super) fn targets_of(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
) -> Result<Vec<Target>, AssistanceError> {
    q.scoped(&TARGETS, scope, &[Value::from(campaign.0)])?
        .iter()
        .map(|row| {
            Ok(Target {
                id: row.int(0)?,
                case: CaseId(row.int(1)?),
                number: row.text(2)?.to_owned(),
                household: HouseholdId(row.int(3)?),
                division: row.int(4)?,
                programme: row.text(5)?.to_owned(),
                decision: row.int(6)?,
                members: row.int(7)?,
                amount: row.fen(8)?,
            })
        })
        .collect()
}

/// Persons counted at the cut-off, by target.
pub(super) fn persons_of(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
) -> Result<BTreeMap<i64, Vec<PersonId>>, AssistanceError> {
    pairs(&q.scoped(&TARGET_PERSONS, scope, &[Value::from(campaign.0)])?)
}

/// Persons whom the decisions since the cut-off serve, by decision.
pub(super) fn served_of(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
) -> Result<BTreeMap<i64, Vec<PersonId>>, AssistanceError> {
    let params = [Value::from(campaign.0), Value::from(known)];
    pairs(&q.scoped(&TARGET_SERVED, scope, &params)?)
}

fn pairs(rows: &[Row]) -> Result<BTreeMap<i64, Vec<PersonId>>, AssistanceError> {
    let mut found: BTreeMap<i64, Vec<PersonId>> = BTreeMap::new();
    for row in rows {
        found
            .entry(row.int(0)?)
            .or_default()
            .push(PersonId(row.int(1)?));
    }
    Ok(found)
}

/// A step or a ground as recorded and not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) code: String,
    pub(super) acted_on: Date,
    pub(super) actor: String,
    /// Investigators of a visit.
    pub(super) investigators: Vec<String>,
    pub(super) tx: TxNo,
}

/// Reads an act whose key stands in column `at`.
pub(super) fn act_of(row: &Row, at: usize) -> Result<Act, AssistanceError> {
    let id = row.int(at)?;
    let detail: ActDetail = serde_json::from_str(row.text(at + 5)?)
        .map_err(|error| AssistanceError::inconsistent(format!("campaign act {id}"), error))?;
    Ok(Act {
        id,
        kind: row.text(at + 1)?.to_owned(),
        code: row.text(at + 2)?.to_owned(),
        acted_on: row.date(at + 3)?,
        actor: row.text(at + 4)?.to_owned(),
        investigators: detail.investigators,
        tx: row.tx(at + 6)?,
    })
}

/// What an act records openly of itself.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct ActDetail {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) investigators: Vec<String>,
}

/// The acts of the area in force, by target.
pub(super) fn acts_of(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
) -> Result<BTreeMap<i64, Vec<Act>>, AssistanceError> {
    let mut found: BTreeMap<i64, Vec<Act>> = BTreeMap::new();
    let params = [Value::from(campaign.0), Value::from(known)];
    for row in q.scoped(&ACTS, scope, &params)? {
        found.entry(row.int(0)?).or_default().push(act_of(&row, 1)?);
    }
    Ok(found)
}

/// A decision as a campaign looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) row: DecisionRow,
    pub(super) decided_on: Date,
    pub(super) reason: Option<String>,
    pub(super) total: Option<Fen>,
}

fn judged_of(row: &Row) -> Result<Judged, AssistanceError> {
    Ok(Judged {
        row: roll::decision_of(row, 1)?,
        decided_on: row.date(6)?,
        reason: row.opt_text(7)?.map(str::to_owned),
        total: row.opt_fen(8)?,
    })
}

/// The decisions about the targets of the area, by case.
pub(super) fn decisions_of(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
) -> Result<BTreeMap<CaseId, Vec<Judged>>, AssistanceError> {
    let mut found: BTreeMap<CaseId, Vec<Judged>> = BTreeMap::new();
    let params = [Value::from(campaign.0), Value::from(known)];
    for row in q.scoped(&TARGET_DECISIONS, scope, &params)? {
        let case = CaseId(row.int(0)?);
        found.entry(case).or_default().push(judged_of(&row)?);
    }
    Ok(found)
}

/// A case that is no target, with its decisions. Its village is that of its first public notice, which never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) case: CaseId,
    pub(super) number: String,
    pub(super) programme: String,
    pub(super) household: HouseholdId,
    pub(super) division: i64,
    /// Each with the number of persons it serves.
    pub(super) decisions: Vec<(Judged, i64)>,
}

/// The cases of the area that are no targets, by key.
pub(super) fn others_of(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
) -> Result<Vec<Other>, AssistanceError> {
    let mut found: BTreeMap<CaseId, Other> = BTreeMap::new();
    let params = [Value::from(campaign.0), Value::from(known)];
    for row in q.scoped(&OTHERS, scope, &params)? {
        let case = CaseId(row.int(0)?);
        let judged = (judged_of(&row)?, row.int(13)?);
        if let Some(other) = found.get_mut(&case) {
            other.decisions.push(judged);
            continue;
        }
        let other = Other {
            case,
            number: row.text(9)?.to_owned(),
            programme: row.text(10)?.to_owned(),
            household: HouseholdId(row.int(11)?),
            division: row.int(12)?,
            decisions: vec![judged],
        };
        found.insert(case, other);
    }
    Ok(found.into_values().collect())
}

keyed! {
    TARGET_OF_CASE, TARGETS_OF_CASES, "the places of cases in campaigns, inside an act that checks the area of each",
    "SELECT id, campaign_id, subject_id, amount_fen FROM campaign_target WHERE subject_kind = 'case' AND subject_id IN", "ORDER BY id"
}
keyed! {
    ACTS_OF_TARGET, ACTS_OF_TARGETS, "what was recorded of targets, inside an act that checks the area of each",
    "SELECT target_id, id, kind, code, acted_on, actor, detail, tx FROM campaign_act WHERE superseded_tx IS NULL AND target_id IN",
    "ORDER BY id"
}
keyed! {
    JUDGED_OF_CASE, JUDGED_OF_CASES, "decisions about targets, inside an act that checks the area of each",
    "SELECT d.case_id, d.id, d.kind, d.effective_month, d.determination_id, d.tx, d.decided_on, d.reason_code, t.total_fen
     FROM decision d LEFT JOIN determination t ON t.id = d.determination_id WHERE d.kind <> 'refuse' AND d.case_id IN",
    "ORDER BY d.id"
}

keyed! {
    OBJECTIONS_OF_TARGET, OBJECTIONS_OF_TARGETS, "objections against targets, inside an act that checks the area of each",
    "SELECT target_id, id, raised_on, answered_on, answered_by FROM campaign_objection WHERE target_id IN", "ORDER BY id"
}

const BY_CASE: Keyed = Keyed::new(&TARGET_OF_CASE, &TARGETS_OF_CASES);
const BY_TARGET: Keyed = Keyed::new(&ACTS_OF_TARGET, &ACTS_OF_TARGETS);
const OBJECTED: Keyed = Keyed::new(&OBJECTIONS_OF_TARGET, &OBJECTIONS_OF_TARGETS);
const JUDGED: Keyed = Keyed::new(&JUDGED_OF_CASE, &JUDGED_OF_CASES);

/// The place of a case in a campaign, with what is recorded of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) target: i64,
    pub(super) campaign: CampaignId,
    pub(super) case: i64,
    pub(super) before: Fen,
    pub(super) acts: Vec<Act>,
    pub(super) objections: Vec<Objection>,
}

/// An objection against a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) id: i64,
    pub(super) raised_on: Date,
    /// Day of the answer and who gave it.
    pub(super) answered: Option<(Date, String)>,
}

impl Place {
    /// Objections that nobody answered yet.
    pub(super) fn open_objections(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter().filter(|one| one.answered.is_none())
    }

    /// The step as it was taken, if it was.
    pub(super) fn step(&self, code: &str) -> Option<&Act> {
        self.acts
            .iter()
            .find(|act| act.kind == STEP && act.code == code)
    }

    /// The recorded ground, if there is one.
    pub(super) fn ground(&self) -> Option<&Act> {
        self.acts.iter().find(|act| act.kind == GROUND)
    }
}

/// The places of cases in campaigns, each with the acts in force.
pub(super) fn places_of(
    q: &mut dyn Query,
    cases: &[i64],
    wanted: impl Fn(CampaignId) -> bool,
) -> Result<Vec<Place>, AssistanceError> {
    let mut places: BTreeMap<i64, Place> = BTreeMap::new();
    for row in BY_CASE.rows(q, cases)? {
        let campaign = CampaignId(row.int(1)?);
        if !wanted(campaign) {
            continue;
        }
        let target = row.int(0)?;
        let place = Place {
            target,
            campaign,
            case: row.int(2)?,
            before: row.fen(3)?,
            acts: Vec::new(),
            objections: Vec::new(),
        };
        places.insert(target, place);
    }
    let keys: Vec<i64> = places.keys().copied().collect();
    for row in BY_TARGET.rows(q, &keys)? {
        if let Some(place) = places.get_mut(&row.int(0)?) {
            place.acts.push(act_of(&row, 1)?);
        }
    }
    for row in OBJECTED.rows(q, &keys)? {
        if let Some(place) = places.get_mut(&row.int(0)?) {
            let answered = row.opt_date(3)?.zip(row.opt_text(4)?);
            place.objections.push(Objection {
                id: row.int(1)?,
                raised_on: row.date(2)?,
                answered: answered.map(|(on, by)| (on, by.to_owned())),
            });
        }
    }
    Ok(places.into_values().collect())
}

/// The decisions about cases as known now, by case.
pub(super) fn judged_of_cases(
    q: &mut dyn Query,
    cases: &[i64],
) -> Result<BTreeMap<i64, Vec<Judged>>, AssistanceError> {
    let mut found: BTreeMap<i64, Vec<Judged>> = BTreeMap::new();
    for row in JUDGED.rows(q, cases)? {
        found.entry(row.int(0)?).or_default().push(judged_of(&row)?);
    }
    Ok(found)
}
