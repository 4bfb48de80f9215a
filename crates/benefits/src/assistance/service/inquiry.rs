//! Finding out: home investigation, cross-check, democratic appraisal.
//!
//! What people found is sealed under the household's key. What it says about means is recorded as evidence.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 15 to 18; its predecessor 民发〔2012〕220号.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::Value;
use serde_json::{Map, Value as Json, json};

use super::super::error::AssistanceError;
use super::super::records;
use super::{Entry, sit};

const CROSS_CHECK_START: &str = "cross_check_start";
const CROSS_CHECK_ANSWER: &str = "cross_check_answer";
const APPRAISE: &str = "appraise";
/// Label under which the answer of a source is sealed.
const FINDING: &str = "cross_check.finding";

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
    let sources: BTreeSet<&str> = sources
        .iter()
        .map(|source| source.trim())
        .filter(|source| !source.is_empty())
        .collect();
    sit(desk, ctx, CROSS_CHECK_START, |sitting| {
        let mut rows = Vec::new();
        for mut dossier in sitting.load(cases)? {
            if sources.is_empty() {
                return Err(AssistanceError::form(
                    dossier.whom(),
                    "sources",
                    "name at least one register to ask",
                ));
            }
            dossier.known_sources(sources.iter().copied())?;
            for source in &sources {
                let waiting = |(asked, answered): &(String, bool)| asked == source && !answered;
                if dossier.ground.cross_checks.iter().any(waiting) {
                    let reason = format!("`{source}` was asked and has not answered yet");
                    return Err(AssistanceError::form(dossier.whom(), "sources", reason));
                }
                let (case, today) = (Value::from(dossier.case.id), Value::from(sitting.today));
                rows.push(vec![case, Value::from(*source), today]);
                dossier
                    .ground
                    .cross_checks
                    .push(((*source).to_owned(), false));
            }
            let rest = Map::from_iter([("sources".to_owned(), json!(sources))]);
            sitting.take(
                &mut dossier,
                CROSS_CHECK_START,
                Entry {
                    rest,
                    ..Entry::default()
                },
            )?;
        }
        sitting
            .tx
            .insert_many("cross_check", &["case_id", "source", "requested_on"], rows)?;
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
        for row in records::CROSS_CHECKS.rows(sitting.tx, &cases)? {
            if row.opt_date(4)?.is_none() {
                open.insert((row.int(1)?, row.text(2)?.to_owned()), row.int(0)?);
            }
        }
        let mut updates = Vec::new();
        for (mut dossier, (case, given)) in sitting.load_for(answers)? {
            let subject = dossier.case.subject();
            for answer in given {
                let Some(id) = open.remove(&(case.0, answer.source.clone())) else {
                    let reason =
                        format!("`{}` was not asked, or has answered already", answer.source);
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
            sitting.take(
                &mut dossier,
                CROSS_CHECK_ANSWER,
                Entry {
                    rest,
                    ..Entry::default()
                },
            )?;
        }
        sitting
            .tx
            .update_many("cross_check", &["answered_on", "finding_sealed"], updates)?;
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
pub fn appraise(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    meeting: &Appraisal,
) -> Result<(), AssistanceError> {
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
            sitting.day_of_case(&dossier, "held_on", meeting.held_on)?;
            dossier.ground.form.appraisal = Some(!meeting.participants.is_empty());
            let note = meeting.note();
            let entry = Entry {
                rest: meeting.detail(),
                note: Some(&note),
                ..Entry::default()
            };
            sitting.take(&mut dossier, APPRAISE, entry)?;
        }
        Ok(())
    })
}
