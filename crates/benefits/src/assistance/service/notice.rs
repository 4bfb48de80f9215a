//! Public notice before the decision, objections, and handing the case to the county.
//!
//! A notice is one list of one village; it holds name, village, number of members and proposed amount, nothing
//! else (see [`super::super::queries::notice_list`]).
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 18, 19, 24; its predecessor 民发〔2012〕220号.

use minsheng_core::{Date, Deadline};
use minsheng_policy::ClockKind;
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::{Scope, Value};
use serde_json::{Map, json};

use super::super::determine::Purpose;
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::super::procedure::Passage;
use super::super::records;
use super::inquiry::Appraisal;
use super::opinion::Opinion;
use super::{Entry, Sitting, only, plain_step, sit};

const POST_NOTICE: &str = "post_notice";
const POST_COUNTY_NOTICE: &str = "post_county_notice";
const OBJECT: &str = "object";
const RESOLVE_OBJECTION: &str = "resolve_objection";
const FORWARD: &str = "forward";
/// Label under which the words of an objector, and the answer, are sealed.
pub(crate) const OBJECTION: &str = "objection";

/// Key of a posted list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct NoticeId(pub i64);

/// Posts the list of a village (or township) with these cases.
///
/// # Errors
/// [`AssistanceError::Refused`], also for a case of another place; or the store's.
pub fn post_notices(
    desk: &Desk<'_>,
    ctx: &Ctx,
    division: i64,
    cases: &[CaseId],
) -> Result<NoticeId, AssistanceError> {
    sit(desk, ctx, POST_NOTICE, |sitting| {
        sitting.post(POST_NOTICE, "township", division, cases)
    })
}

/// Posts the county's own list of a place with these cases, where the law asks for a second notice.
///
/// # Errors
/// As [`post_notices`].
pub fn post_county_notice(
    desk: &Desk<'_>,
    ctx: &Ctx,
    division: i64,
    cases: &[CaseId],
) -> Result<NoticeId, AssistanceError> {
    sit(desk, ctx, POST_COUNTY_NOTICE, |sitting| {
        sitting.post(POST_COUNTY_NOTICE, "county", division, cases)
    })
}

/// The days of a notice: last day, and first day on which a case may go on.
struct Term {
    last_day: Date,
    forward_from: Deadline,
}

impl Term {
    /// The longest minimum time that the step started.
    fn of(passage: &Passage) -> Option<Self> {
        let terms = passage
            .starts
            .iter()
            .filter(|started| started.kind == ClockKind::AtLeast);
        terms
            .map(|started| Term {
                last_day: started.last_day,
                forward_from: started.due,
            })
            .max_by_key(|term| term.last_day)
    }
}

impl Sitting<'_, '_> {
    fn post(
        &mut self,
        step: &'static str,
        stage: &str,
        division: i64,
        cases: &[CaseId],
    ) -> Result<NoticeId, AssistanceError> {
        let area = Scope::of(division);
        let notice = self.tx.insert_many("public_notice", &[], Vec::new())?;
        let mut term: Option<Term> = None;
        let mut listed = Vec::with_capacity(cases.len());
        for mut dossier in self.load(cases)? {
            if !area.contains(dossier.case.division) {
                let reason = format!(
                    "the list is for {division}, the case belongs to {}",
                    dossier.case.division
                );
                dossier.ground.found.push(Missing::Notice { reason });
            }
            let rest = Map::from_iter([("notice".to_owned(), json!(notice))]);
            let entry = Entry {
                rest,
                ..Entry::default()
            };
            let Some(passage) = self.take(&mut dossier, step, entry)? else {
                continue;
            };
            let Some(own) = Term::of(&passage) else {
                return Err(AssistanceError::Procedure {
                    programme: dossier.case.programme.clone(),
                    law: dossier.case.law.clone().unwrap_or_default(),
                    problem: format!(
                        "step `{step}` starts no clock of the kind at_least, so the notice has no end"
                    ),
                });
            };
            if term
                .as_ref()
                .is_none_or(|longest| longest.last_day < own.last_day)
            {
                term = Some(own);
            }
            listed.push(vec![Value::from(notice), Value::from(dossier.case.id)]);
        }
        if let Some(term) = term {
            let given = self.tx.insert(
                "public_notice",
                &[
                    ("division", Value::from(division)),
                    ("stage", Value::from(stage)),
                    ("posted_on", Value::from(self.today)),
                    (
                        "first_day",
                        Value::from(self.today.tomorrow().unwrap_or(Date::MAX)),
                    ),
                    ("last_day", Value::from(term.last_day)),
                    ("forward_from", Value::from(term.forward_from.date)),
                    ("provisional", Value::from(term.forward_from.provisional)),
                    ("posted_by", Value::from(self.ctx.actor.username.as_str())),
                ],
            )?;
            if given != notice {
                let reason = format!("key {given} was given where {notice} was due");
                return Err(AssistanceError::inconsistent("public notice", reason));
            }
            self.tx
                .insert_many("public_notice_case", &["notice_id", "case_id"], listed)?;
        } else if cases.is_empty() {
            return Err(AssistanceError::form(
                "public notice",
                "cases",
                "name at least one case",
            ));
        }
        Ok(NoticeId(notice))
    }
}

/// Enters an objection against a posted case. Name and words of the objector are sealed.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] for an empty statement; or the store's.
pub fn object(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    objector: &str,
    statement: &str,
) -> Result<i64, AssistanceError> {
    sit(desk, ctx, OBJECT, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        if statement.trim().is_empty() {
            return Err(AssistanceError::form(
                dossier.whom(),
                "statement",
                "say what is objected to",
            ));
        }
        dossier.ground.form.reason = Some(true);
        if sitting
            .take(&mut dossier, OBJECT, Entry::default())?
            .is_none()
        {
            return Ok(0);
        }
        let notices = records::NOTICES.rows(sitting.tx, &[case.0])?;
        let Some(notice) = notices.last() else {
            return Err(AssistanceError::inconsistent(
                case,
                "it was never on a notice",
            ));
        };
        let words = json!({ "objector": objector, "statement": statement }).to_string();
        let sealed = sitting.seal(dossier.case.subject(), OBJECTION, words.as_bytes())?;
        let row = [
            ("case_id", Value::from(case)),
            ("notice_id", Value::from(notice.int(0)?)),
            ("statement_sealed", Value::from(sealed)),
            ("raised_on", Value::from(sitting.today)),
        ];
        Ok(sitting.tx.insert("objection", &row)?)
    })
}

/// The answer to the open objections of a case.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// Whether the objector was right.
    pub upheld: bool,
    /// The democratic appraisal, where one was held.
    pub appraisal: Option<Appraisal>,
    /// What was found, in words for the objector; sealed.
    pub answer: String,
}

/// Answers the open objections of a case and gives a new opinion: the determination on the evidence as known now,
/// with what the objection brought to light recorded before. The procedure says where the case goes on: with the
/// notice that runs if persons and amounts are those posted, and with a new notice if they are others.
///
/// # Errors
/// [`AssistanceError::Refused`], also when no objection is open, none was examined by a new investigation
/// ([`super::reinvestigate`]) or an appraisal, or evidence is missing;
/// [`AssistanceError::Form`] for an empty answer; or the store's.
pub fn resolve_objection(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    resolution: &Resolution,
) -> Result<Opinion, AssistanceError> {
    let opinions = sit(desk, ctx, RESOLVE_OBJECTION, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        if resolution.answer.trim().is_empty() {
            return Err(AssistanceError::form(
                dossier.whom(),
                "answer",
                "say what was found",
            ));
        }
        let open = std::mem::take(&mut dossier.ground.objections);
        if open.is_empty() {
            dossier.ground.found.push(Missing::NoObjection);
        }
        let subject = dossier.case.subject();
        let meeting = resolution.appraisal.as_ref();
        if let Some(meeting) = meeting {
            sitting.day_of_case(&dossier, "held_on", meeting.held_on)?;
        }
        dossier.ground.form.appraisal = meeting.map(|meeting| !meeting.participants.is_empty());
        let note = meeting.map(Appraisal::note);
        let mut entry = Entry {
            says: vec![(
                "objection",
                if resolution.upheld {
                    "upheld"
                } else {
                    "dismissed"
                },
            )],
            rest: meeting.map(Appraisal::detail).unwrap_or_default(),
            note: note.as_deref(),
        };
        entry.rest.insert("objections".to_owned(), json!(open));
        let found = sitting.opinion(dossier, RESOLVE_OBJECTION, Purpose::Objection, entry)?;
        let sealed = sitting.seal(subject, OBJECTION, resolution.answer.as_bytes())?;
        let values = [
            Value::from(resolution.upheld),
            Value::from(sealed),
            Value::from(sitting.today),
        ];
        let updates = open.into_iter().map(|id| (id, values.to_vec())).collect();
        sitting.tx.update_many(
            "objection",
            &["upheld", "resolution_sealed", "resolved_on"],
            updates,
        )?;
        sitting.freeze_opinions(found.as_slice())
    })?;
    only(opinions, case)
}

/// Hands a case to the county.
///
/// # Errors
/// As [`forward_many`].
pub fn forward(desk: &Desk<'_>, ctx: &Ctx, case: CaseId) -> Result<(), AssistanceError> {
    forward_many(desk, ctx, &[case])
}

/// Hands cases to the county, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`], while the notice runs or an objection is open; or the store's.
pub fn forward_many(desk: &Desk<'_>, ctx: &Ctx, cases: &[CaseId]) -> Result<(), AssistanceError> {
    plain_step(desk, ctx, FORWARD, cases)
}
