//! Finding out: home investigation, cross-check, democratic appraisal, and the township's first opinion.
//!
//! What people found is sealed under the household's key. The opinion is the determination: nobody writes it by
//! hand, so there is no favour and no quota.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 15 to 18; its predecessor 民发〔2012〕220号.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::{Date, Fen, Month};
use minsheng_policy::{KeyDates, MemberAmount, Outcome, Reason};
use minsheng_registry::{CaseId, Ctx, Desk, PersonId};
use minsheng_store::Value;
use serde_json::{Map, Value as Json, json};

use super::super::conflict;
use super::super::determine::{self, Found, Purpose};
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::{Dossier, Entry, Sitting, only, programme, sit};

const INVESTIGATE: &str = "investigate";
const CROSS_CHECK_START: &str = "cross_check_start";
const CROSS_CHECK_ANSWER: &str = "cross_check_answer";
const APPRAISE: &str = "appraise";
const FIRST_OPINION: &str = "first_opinion";
/// The word that an opinion says.
const OPINION: &str = "opinion";
/// Label under which the answer of a source is sealed.
const FINDING: &str = "cross_check.finding";

/// A home visit.
#[derive(Debug, Clone)]
pub struct Investigation {
    /// Who went; user names where they are users.
    pub investigators: Vec<String>,
    /// Whether a member was there and signed.
    pub member_present: bool,
    /// Day of the visit.
    pub visited_on: Date,
    /// What was found; sealed.
    pub finding: String,
}

/// Enters a home visit.
///
/// # Errors
/// As [`investigate_many`].
pub fn investigate(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    visit: &Investigation,
) -> Result<(), AssistanceError> {
    investigate_many(desk, ctx, &[(case, visit.clone())])
}

/// Enters home visits, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] for a visit in the future; or the store's.
pub fn investigate_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    visits: &[(CaseId, Investigation)],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, INVESTIGATE, |sitting| {
        for (mut dossier, (_, visit)) in sitting.load_for(visits)? {
            sitting.not_in_future(&dossier, "visited_on", visit.visited_on)?;
            let team: BTreeSet<&str> =
                visit.investigators.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
            dossier.ground.form.investigators = Some(team.len());
            let rest = Map::from_iter([
                ("investigators".to_owned(), json!(team)),
                ("member_present".to_owned(), json!(visit.member_present)),
                ("visited_on".to_owned(), json!(visit.visited_on.to_string())),
            ]);
            let entry = Entry { rest, note: Some(&visit.finding), ..Entry::default() };
            sitting.take(&mut dossier, INVESTIGATE, entry)?;
        }
        Ok(())
    })
}

/// Asks other registers about a household.
///
/// # Errors
/// As [`cross_check_start_many`].
pub fn cross_check_start(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    sources: &[String],
) -> Result<(), AssistanceError> {
    cross_check_start_many(desk, ctx, &[case], sources)
}

/// Asks other registers about the households of cases, all or none; the same sources for each.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] when no source is named or one is asked again while it
/// has not answered; or the store's.
pub fn cross_check_start_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
    sources: &[String],
) -> Result<(), AssistanceError> {
    let sources: BTreeSet<&str> =
        sources.iter().map(|source| source.trim()).filter(|source| !source.is_empty()).collect();
    sit(desk, ctx, CROSS_CHECK_START, |sitting| {
        let mut rows = Vec::new();
        for mut dossier in sitting.load(cases)? {
            if sources.is_empty() {
                return Err(AssistanceError::form(dossier.whom(), "sources", "name at least one register to ask"));
            }
            for source in &sources {
                let waiting = |(asked, answered): &(String, bool)| asked == source && !answered;
                if dossier.ground.cross_checks.iter().any(waiting) {
                    let reason = format!("`{source}` was asked and has not answered yet");
                    return Err(AssistanceError::form(dossier.whom(), "sources", reason));
                }
                let (case, today) = (Value::from(dossier.case.id), Value::from(sitting.today));
                rows.push(vec![case, Value::from(*source), today]);
                dossier.ground.cross_checks.push(((*source).to_owned(), false));
            }
            let rest = Map::from_iter([("sources".to_owned(), json!(sources))]);
            sitting.take(&mut dossier, CROSS_CHECK_START, Entry { rest, ..Entry::default() })?;
        }
        sitting.tx.insert_many("cross_check", &["case_id", "source", "requested_on"], rows)?;
        Ok(())
    })
}

/// What a register answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The register, as it was asked.
    pub source: String,
    /// Its answer; sealed. What it says about a member's means is recorded as evidence.
    pub finding: String,
}

/// Enters the answer of one register.
///
/// # Errors
/// As [`cross_check_answer_many`].
pub fn cross_check_answer(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    answer: &Answer,
) -> Result<(), AssistanceError> {
    cross_check_answer_many(desk, ctx, &[(case, vec![answer.clone()])])
}

/// Enters the answers of registers for cases, all or none. The answers of a case that come together are one step.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] for a source that was not asked or has answered; or
/// the store's.
pub fn cross_check_answer_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    answers: &[(CaseId, Vec<Answer>)],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, CROSS_CHECK_ANSWER, |sitting| {
        let cases: Vec<i64> = answers.iter().map(|(case, _)| case.0).collect();
        let mut open = BTreeMap::new();
        for row in super::super::records::CROSS_CHECKS.rows(sitting.tx, &cases)? {
            if row.opt_date(4)?.is_none() {
                open.insert((row.int(1)?, row.text(2)?.to_owned()), row.int(0)?);
            }
        }
        let mut updates = Vec::new();
        for (mut dossier, (case, given)) in sitting.load_for(answers)? {
            let subject = dossier.case.subject();
            for answer in given {
                let Some(id) = open.remove(&(case.0, answer.source.clone())) else {
                    let reason = format!("`{}` was not asked, or has answered already", answer.source);
                    return Err(AssistanceError::form(dossier.whom(), "source", reason));
                };
                let sealed = sitting.seal(subject, FINDING, answer.finding.as_bytes())?;
                updates.push((id, vec![Value::from(sitting.today), Value::from(sealed)]));
                let asked = dossier.ground.cross_checks.iter_mut();
                for (_, answered) in asked.filter(|(source, _)| *source == answer.source) {
                    *answered = true;
                }
            }
            let sources: Vec<&str> = given.iter().map(|answer| answer.source.as_str()).collect();
            let rest = Map::from_iter([("sources".to_owned(), json!(sources))]);
            sitting.take(&mut dossier, CROSS_CHECK_ANSWER, Entry { rest, ..Entry::default() })?;
        }
        sitting.tx.update_many("cross_check", &["answered_on", "finding_sealed"], updates)?;
        Ok(())
    })
}

/// A democratic appraisal (民主评议).
#[derive(Debug, Clone)]
pub struct Appraisal {
    /// Day of the meeting.
    pub held_on: Date,
    /// Who took part.
    pub participants: Vec<String>,
    /// How many held what the family declared for true.
    pub agree: u32,
    /// How many did not.
    pub disagree: u32,
    /// What was said; sealed.
    pub record: String,
}

impl Appraisal {
    /// Day and counts, which stand open.
    pub(super) fn detail(&self) -> Map<String, Json> {
        Map::from_iter([
            ("held_on".to_owned(), json!(self.held_on.to_string())),
            ("participants".to_owned(), json!(self.participants.len())),
            ("agree".to_owned(), json!(self.agree)),
            ("disagree".to_owned(), json!(self.disagree)),
        ])
    }

    /// Names and words, which are sealed.
    pub(super) fn note(&self) -> String {
        json!({ "participants": self.participants, "record": self.record }).to_string()
    }
}

/// Enters the appraisal of one case.
///
/// # Errors
/// As [`appraise_many`].
pub fn appraise(desk: &Desk<'_>, ctx: &Ctx, case: CaseId, meeting: &Appraisal) -> Result<(), AssistanceError> {
    appraise_many(desk, ctx, &[case], meeting)
}

/// Enters one meeting that appraised the cases of a village, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] for a meeting in the future; or the store's.
pub fn appraise_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
    meeting: &Appraisal,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, APPRAISE, |sitting| {
        for mut dossier in sitting.load(cases)? {
            sitting.not_in_future(&dossier, "held_on", meeting.held_on)?;
            dossier.ground.form.appraisal = Some(!meeting.participants.is_empty());
            let note = meeting.note();
            let entry = Entry { rest: meeting.detail(), note: Some(&note), ..Entry::default() };
            sitting.take(&mut dossier, APPRAISE, entry)?;
        }
        Ok(())
    })
}

/// What the determination says at an opinion.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Opinion {
    /// The case.
    pub case: CaseId,
    /// Whether the opinion is to admit.
    pub positive: bool,
    /// Key of the stored determination.
    pub determination: i64,
    /// Month for which the amounts hold.
    pub month: Month,
    /// Proposed amounts by person.
    pub members: Vec<MemberAmount>,
    /// Their sum.
    pub total_fen: Fen,
    /// Reasons, if the opinion is to refuse.
    pub reasons: Vec<Reason>,
}

/// The township's opinion on a case: the determination on the evidence as known now.
///
/// # Errors
/// As [`first_opinion_many`].
pub fn first_opinion(desk: &Desk<'_>, ctx: &Ctx, case: CaseId) -> Result<Opinion, AssistanceError> {
    only(first_opinion_many(desk, ctx, &[case])?, case)
}

/// The township's opinion on cases, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`], also where evidence is missing that would decide the case, or a counted person
/// is served in another case; [`AssistanceError::Facts`]; [`AssistanceError::Evaluation`]; or the store's.
pub fn first_opinion_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
) -> Result<Vec<Opinion>, AssistanceError> {
    sit(desk, ctx, FIRST_OPINION, |sitting| {
        let mut found = Vec::with_capacity(cases.len());
        for dossier in sitting.load(cases)? {
            found.extend(sitting.opinion(dossier, FIRST_OPINION, Purpose::FirstOpinion, Entry::default())?);
        }
        sitting.freeze_opinions(&found)
    })
}

impl Sitting<'_, '_> {
    /// Determines a case and takes `step` with the word `opinion`, if the case allows it.
    pub(super) fn opinion(
        &mut self,
        mut dossier: Dossier,
        step: &'static str,
        purpose: Purpose,
        mut entry: Entry<'_>,
    ) -> Result<Option<Found>, AssistanceError> {
        dossier.ground.forget(OPINION);
        if !self.may(&dossier, step)? {
            return Ok(None);
        }
        let found = self.determine(&dossier, purpose)?;
        if self.stopped(&mut dossier, step, &found)? {
            return Ok(None);
        }
        dossier.ground.form.reason = Some(!found.determination.reasons.is_empty());
        entry.says.push((OPINION, if positive(&found) { "positive" } else { "negative" }));
        entry.rest.extend(summary(&found));
        Ok(self.take(&mut dossier, step, entry)?.map(|_| found))
    }

    pub(super) fn freeze_opinions(&mut self, found: &[Found]) -> Result<Vec<Opinion>, AssistanceError> {
        let first = self.freeze(&found.iter().collect::<Vec<_>>())?;
        Ok((first..).zip(found).map(|(id, found)| opinion_of(id, found)).collect())
    }

    /// The determination of a case on the evidence as known now, for the first month that a decision of today
    /// would govern.
    pub(super) fn determine(&mut self, dossier: &Dossier, purpose: Purpose) -> Result<Found, AssistanceError> {
        let case = &dossier.case;
        let packs = std::sync::Arc::clone(self.desk.packs.current());
        let month = programme(&packs, &case.programme)?.payment.first_month_of(self.today);
        let key = KeyDates { acceptance: case.key_date(), month };
        let (today, known) = (self.today, self.tx.number());
        let facts = determine::facts_of(self.tx, &packs, case, case.applied_on, today, known)?;
        determine::ask(&packs, case, purpose, facts, key, today, known)
    }

    /// Whether missing evidence, or a case that serves a counted person already, stops the step; remembers it.
    pub(super) fn stopped(
        &mut self,
        dossier: &mut Dossier,
        step: &'static str,
        found: &Found,
    ) -> Result<bool, AssistanceError> {
        dossier.ground.found = self.in_the_way(dossier, found)?;
        Ok(!dossier.ground.found.is_empty() && !self.may(dossier, step)?)
    }

    fn in_the_way(&mut self, dossier: &Dossier, found: &Found) -> Result<Vec<Missing>, AssistanceError> {
        if let Outcome::Undetermined { needs } = &found.determination.outcome {
            return Ok(vec![Missing::Evidence { needs: needs.clone() }]);
        }
        let packs = std::sync::Arc::clone(self.desk.packs.current());
        let wanted = programme(&packs, &dossier.case.programme)?;
        let mut missing = Vec::new();
        for member in &found.determination.members {
            missing.extend(conflict::of_person(self.tx, wanted, PersonId(member.person), dossier.case.id)?);
        }
        Ok(missing)
    }

    pub(super) fn not_in_future(
        &self,
        dossier: &Dossier,
        field: &'static str,
        day: Date,
    ) -> Result<(), AssistanceError> {
        if day <= self.today {
            return Ok(());
        }
        Err(AssistanceError::form(dossier.whom(), field, format!("{day} lies after today, {}", self.today)))
    }

    /// Loads the cases of a list of forms, each with its form.
    pub(super) fn load_for<'f, F>(
        &mut self,
        forms: &'f [(CaseId, F)],
    ) -> Result<Vec<(Dossier, &'f (CaseId, F))>, AssistanceError> {
        let cases: Vec<CaseId> = forms.iter().map(|(case, _)| *case).collect();
        Ok(self.load(&cases)?.into_iter().zip(forms).collect())
    }
}

pub(super) fn positive(found: &Found) -> bool {
    found.determination.outcome == Outcome::Eligible
}

/// What the step of an opinion or decision records of its determination.
pub(super) fn summary(found: &Found) -> Map<String, Json> {
    let codes: Vec<&str> = found.determination.reasons.iter().map(|reason| reason.code.as_str()).collect();
    let mut rest = Map::new();
    rest.insert("law".to_owned(), json!(found.determination.law));
    if positive(found) {
        rest.insert("total_fen".to_owned(), json!(found.determination.total.get()));
    }
    if !codes.is_empty() {
        rest.insert("reasons".to_owned(), json!(codes));
    }
    rest
}

fn opinion_of(determination: i64, found: &Found) -> Opinion {
    Opinion {
        case: found.case,
        positive: positive(found),
        determination,
        month: found.key.month,
        members: found.determination.members.clone(),
        total_fen: found.determination.total,
        reasons: found.determination.reasons.clone(),
    }
}
