//! Objections against a target that hangs out on a list of a campaign. While one is open the target is not decided.
//! It is examined by a new visit or an appraisal and answered; if persons or amount would then be others than those
//! posted, the notice is taken back and the target is posted anew.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 19; words of people are sealed under the household.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::{Query, Scope, Subject, TxNo, Value, statement};
use serde_json::json;

use super::notice::CampaignNoticeId;
use super::outcome::Outcome;
use super::records::CampaignId;
use super::work::{INVESTIGATORS, NOTE, Work, about_the_user, decided, distinct};
use crate::assistance::AssistanceError;
use crate::assistance::service::{OPEN_REVIEW, Proposal, sit_as};

/// Label under which the words of an objector, and the answer, are sealed.
const OBJECTION: &str = "campaign_objection";

statement! {
    LINE_OF_TARGET, internal "the line posted last of a target, inside an act that checks its area",
    "SELECT l.id, l.act_id, l.members, l.amount_fen FROM campaign_notice_line l WHERE l.target_id = ?1 ORDER BY l.id DESC LIMIT 1"
}
statement! {
    OBJECTIONS, scoped,
    "SELECT o.id, g.subject_id, c.number, g.division, l.notice_id, o.raised_on, o.recorded_by, o.upheld, o.answered_on,
            o.answered_by, o.answered_tx
     FROM campaign_target g JOIN campaign_objection o ON o.target_id = g.id JOIN campaign_notice_line l ON l.id = o.line_id
     JOIN case_file c ON c.id = g.subject_id
     WHERE g.campaign_id = ?1 AND o.tx <= ?2 AND {scope:g.division} ORDER BY o.id"
}

/// How an objection was examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Examined {
    /// By a new visit of the home; user names of the investigators.
    Visit(Vec<String>),
    /// By a democratic appraisal; who took part.
    Appraisal(Vec<String>),
}

/// The answer to the open objections against a target.
#[derive(Debug, Clone)]
pub struct CampaignAnswer {
    /// Whether the objector was right.
    pub upheld: bool,
    /// How it was examined.
    pub examined: Examined,
    /// What was found, in words for the objector; sealed.
    pub answer: String,
}

/// Enters an objection against a posted target and gives its key. Name and words of the objector are sealed.
///
/// # Errors
/// [`AssistanceError::Campaign`] for no target, one that is not posted or is decided, another's area or role;
/// [`AssistanceError::Form`] for an empty statement; the store's.
pub fn object(
    desk: &Desk<'_>,
    ctx: &Ctx,
    campaign: CampaignId,
    case: CaseId,
    objector: &str,
    statement: &str,
) -> Result<i64, AssistanceError> {
    sit_as(desk, ctx, "campaign.object", OPEN_REVIEW, |sitting| {
        let mut work = Work::load(sitting, campaign, &[case])?;
        work.may_object(ctx, case, false);
        work.finish()?;
        if statement.trim().is_empty() {
            let reason = "is empty\nhint: say what is objected to";
            return Err(AssistanceError::form(case, "statement", reason));
        }
        let Some(target) = work.one(case) else {
            return Err(AssistanceError::NoCase(case));
        };
        let Some(line) = line_of(sitting.tx, target.place.target)? else {
            return Err(AssistanceError::inconsistent(
                case,
                "its notice was recorded and it stands on no list",
            ));
        };
        let words = json!({ "objector": objector, "statement": statement }).to_string();
        let subject = Subject::Household(target.case.household.0);
        let sealed = sitting.seal(subject, OBJECTION, words.as_bytes())?;
        let row = [
            ("target_id", Value::from(target.place.target)),
            ("line_id", Value::from(line.id)),
            ("statement_sealed", Value::from(sealed)),
            ("raised_on", Value::from(sitting.today)),
            ("recorded_by", Value::from(ctx.actor.username.as_str())),
        ];
        Ok(sitting.tx.insert("campaign_objection", &row)?)
    })
}

/// Answers the open objections against a target; whether it has to be posted anew, because what its review would come
/// to is not what was posted.
///
/// # Errors
/// [`AssistanceError::Campaign`] where none is open, evidence is missing, or for another's area or role;
/// [`AssistanceError::Form`] for an empty answer, fewer than two investigators or an appraisal by nobody; the store's.
pub fn answer_objections(
    desk: &Desk<'_>,
    ctx: &Ctx,
    campaign: CampaignId,
    case: CaseId,
    answer: &CampaignAnswer,
) -> Result<bool, AssistanceError> {
    sit_as(desk, ctx, "campaign.answer", OPEN_REVIEW, |sitting| {
        let mut work = Work::load(sitting, campaign, &[case])?;
        work.may_object(ctx, case, true);
        work.finish()?;
        let form = |field, reason: String| Err(AssistanceError::form(case, field, reason));
        let (examined, people) = match &answer.examined {
            Examined::Visit(people) => ("visit", distinct(people)),
            Examined::Appraisal(people) => ("appraisal", distinct(people)),
        };
        match (&answer.examined, people.len()) {
            (Examined::Visit(_), named) if named < INVESTIGATORS => {
                let hint = format!("hint: name {INVESTIGATORS} by their user names");
                let reason = format!("{INVESTIGATORS} different investigators; {named} named");
                return form("investigators", format!("{reason}\n{hint}"));
            }
            (Examined::Appraisal(_), 0) => {
                let reason = "nobody is named\nhint: say who took part in the appraisal";
                return form("participants", reason.to_owned());
            }
            _ => {}
        }
        if answer.answer.trim().is_empty() {
            return form("answer", "is empty\nhint: say what was found".to_owned());
        }
        let team = people.iter().map(String::as_str);
        let near = work.one(case).map(|one| one.near(team));
        work.refuse(case, near.unwrap_or_default());
        work.finish()?;
        let now = work.proposals(sitting, &[case])?;
        work.finish()?;
        let (Some(target), [now]) = (work.one(case), &now[..]) else {
            return Err(AssistanceError::NoCase(case));
        };
        let subject = Subject::Household(target.case.household.0);
        let sealed = sitting.seal(subject, OBJECTION, answer.answer.as_bytes())?;
        let detail = json!({ "by": examined, "people": people }).to_string();
        let values = [
            Value::from(answer.upheld),
            Value::from(detail),
            Value::from(sealed),
            Value::from(sitting.today),
            Value::from(ctx.actor.username.as_str()),
            Value::from(sitting.tx.number()),
        ];
        let columns = [
            "upheld",
            "examined",
            "answer_sealed",
            "answered_on",
            "answered_by",
            "answered_tx",
        ];
        let open = target.place.open_objections();
        let rows = open.map(|one| (one.id, values.to_vec())).collect();
        sitting
            .tx
            .update_many("campaign_objection", &columns, rows)?;
        let Some(line) = line_of(sitting.tx, target.place.target)? else {
            return Ok(false);
        };
        let runs = target.place.acts.iter().any(|act| act.id == line.act);
        let posted = Proposal::Gives {
            members: line.members,
            amount: line.amount,
        };
        if !runs || posted == *now {
            return Ok(false);
        }
        let note = sitting.seal(subject, NOTE, answer.answer.as_bytes())?;
        let taken_back = [
            ("superseded_tx", Value::from(sitting.tx.number())),
            ("superseded_by", Value::from(ctx.actor.username.as_str())),
            ("superseded_note_sealed", Value::from(note)),
        ];
        sitting.tx.update("campaign_act", line.act, &taken_back)?;
        Ok(true)
    })
}

impl Work {
    /// Remembers what stands in the way of an objection against the target, or of an `answer` to those that are open.
    fn may_object(&mut self, ctx: &Ctx, case: CaseId, answer: bool) {
        let Some(one) = self.one(case) else { return };
        let step = self
            .kind
            .steps
            .iter()
            .find(|step| step.notice_days.is_some());
        let Some(step) = step else {
            let wrong = (
                "the campaign posts nothing".to_owned(),
                "enter a report".to_owned(),
            );
            return self.refuse(case, vec![wrong]);
        };
        let mut also = step.also.clone();
        also.push(self.kind.leads.clone());
        let mut wrong = about_the_user(ctx, &step.actor, &also, one);
        if answer && one.place.open_objections().next().is_none() {
            wrong.push((
                "no objection is open".to_owned(),
                "`campaign objections` lists them".to_owned(),
            ));
        }
        if !answer && one.place.step(&step.code).is_none() {
            wrong.push((
                format!("`{}` is not recorded: it hangs out on no list", step.code),
                "enter what was said as a report with `report file`".to_owned(),
            ));
        }
        if !answer && one.outcome != Outcome::Open {
            wrong.push(decided(one.outcome));
        }
        self.refuse(case, wrong);
    }
}

/// What hangs out of a target.
struct Line {
    id: i64,
    act: i64,
    members: i64,
    amount: Fen,
}

/// The line posted last of a target.
fn line_of(q: &mut dyn Query, target: i64) -> Result<Option<Line>, AssistanceError> {
    let rows = q.rows(&LINE_OF_TARGET, &[Value::from(target)])?;
    let line = rows.first().map(|row| {
        Ok::<_, AssistanceError>(Line {
            id: row.int(0)?,
            act: row.int(1)?,
            members: row.int(2)?,
            amount: row.fen(3)?,
        })
    });
    line.transpose()
}

/// An objection as it is listed: without words and without who objected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CampaignObjection {
    /// Key.
    pub objection: i64,
    /// The case objected to.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// 12-digit code of the village.
    pub division: i64,
    /// The list on which it stood.
    pub notice: CampaignNoticeId,
    /// Day of the objection.
    pub raised_on: Date,
    /// Who recorded it.
    pub recorded_by: String,
    /// Whether the objector was right; nothing while it is open.
    pub upheld: Option<bool>,
    /// Day of the answer.
    pub answered_on: Option<Date>,
    /// Who answered.
    pub answered_by: Option<String>,
}

/// The objections against targets of the area as known, in the order in which they were recorded.
///
/// # Errors
/// The store's.
pub fn objections(
    q: &mut dyn Query,
    scope: &Scope,
    campaign: CampaignId,
    known: TxNo,
) -> Result<Vec<CampaignObjection>, AssistanceError> {
    let params = [Value::from(campaign.0), Value::from(known)];
    q.scoped(&OBJECTIONS, scope, &params)?
        .iter()
        .map(|row| {
            let answered = row.opt_tx(10)?.is_some_and(|tx| tx <= known);
            Ok(CampaignObjection {
                objection: row.int(0)?,
                case: CaseId(row.int(1)?),
                number: row.text(2)?.to_owned(),
                division: row.int(3)?,
                notice: CampaignNoticeId(row.int(4)?),
                raised_on: row.date(5)?,
                recorded_by: row.text(6)?.to_owned(),
                upheld: row.opt_bool(7)?.filter(|_| answered),
                answered_on: row.opt_date(8)?.filter(|_| answered),
                answered_by: row.opt_text(9)?.filter(|_| answered).map(str::to_owned),
            })
        })
        .collect()
}

/// Open objections by case, of those that were listed.
pub(super) fn open_by_case(listed: &[CampaignObjection]) -> BTreeMap<CaseId, i64> {
    let mut open = BTreeMap::new();
    for one in listed.iter().filter(|one| one.answered_on.is_none()) {
        *open.entry(one.case).or_insert(0) += 1;
    }
    open
}
