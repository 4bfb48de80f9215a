//! The county: opinion and decision; and what a decision writes, also that of a review.
//!
//! A decision determines again on the evidence as known now and freezes it. A refusal carries code, text and
//! article of its reason; what the law leaves the household to do against it comes from the pack.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 20 to 22, 38; 社会救助暂行办法 arts. 13, 65.

use minsheng_core::{Date, Fen, Month};
use minsheng_policy::{MemberAmount, Reason};
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::Value;
use serde_json::json;

use super::super::determine::{Found, Purpose};
use super::super::error::AssistanceError;
use super::super::records::CaseFile;
use super::super::remedies::{Remedy, remedies};
use super::super::rules::DecisionKind;
use super::opinion::{Opinion, positive, summary};
use super::{Dossier, Entry, Sitting, only, sit};

const COUNTY_OPINION: &str = "county_opinion";
const DECIDE: &str = "decide";
/// The word that a decision says.
pub(super) const DECISION: &str = "decision";

/// The county's opinion on a case; `visited_on` is the day of the recorded visit ([`super::county_visit`]) on which
/// the opinion rests, where there was one.
///
/// # Errors
/// As [`county_opinion_many`].
pub fn county_opinion(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    visited_on: Option<Date>,
) -> Result<Opinion, AssistanceError> {
    only(county_opinion_many(desk, ctx, &[(case, visited_on)])?, case)
}

/// The county's opinion on cases, all or none.
///
/// # Errors
/// As [`super::first_opinion_many`]; [`AssistanceError::Form`] for a day on which no visit of the county is recorded.
pub fn county_opinion_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[(CaseId, Option<Date>)],
) -> Result<Vec<Opinion>, AssistanceError> {
    sit(desk, ctx, COUNTY_OPINION, |sitting| {
        let mut found = Vec::with_capacity(cases.len());
        for (dossier, (_, visited_on)) in sitting.load_for(cases)? {
            if let Some(day) = visited_on {
                sitting.day_of_case(&dossier, "visited_on", *day)?;
                if !dossier.ground.county_visits.contains(day) {
                    let reason = format!(
                        "no home visit of the county on {day} is recorded\nhint: record it first with `minsheng case visit {}`",
                        dossier.case.id
                    );
                    return Err(AssistanceError::form(dossier.whom(), "visited_on", reason));
                }
            }
            let mut entry = Entry::default();
            if let Some(day) = visited_on {
                entry
                    .rest
                    .insert("visited_on".to_owned(), json!(day.to_string()));
            }
            found.extend(sitting.opinion(
                dossier,
                COUNTY_OPINION,
                Purpose::CountyOpinion,
                entry,
            )?);
        }
        sitting.freeze_opinions(&found)
    })
}

/// A decision as it was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decided {
    /// The case.
    pub case: CaseId,
    /// Key of the decision.
    pub decision: i64,
    /// What was decided.
    pub kind: DecisionKind,
    /// First month that it governs.
    pub effective_month: Month,
    /// Key of the determination it rests on.
    pub determination: Option<i64>,
    /// Amounts by person; empty for a refusal and a stop.
    pub members: Vec<MemberAmount>,
    /// Their sum.
    pub total_fen: Fen,
    /// Reasons of a refusal or a stop.
    pub reasons: Vec<Reason>,
    /// What the household may do against it.
    pub remedies: Vec<Remedy>,
}

/// Decides a case on the evidence as known now.
///
/// # Errors
/// As [`decide_many`].
pub fn decide(desk: &Desk<'_>, ctx: &Ctx, case: CaseId) -> Result<Decided, AssistanceError> {
    only(decide_many(desk, ctx, &[case])?, case)
}

/// Decides cases, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`], also where evidence is missing that would decide the case, or a counted person
/// is served in another case; [`AssistanceError::Facts`]; [`AssistanceError::Evaluation`]; or the store's.
pub fn decide_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
) -> Result<Vec<Decided>, AssistanceError> {
    sit(desk, ctx, DECIDE, |sitting| {
        let mut verdicts = Vec::with_capacity(cases.len());
        for mut dossier in sitting.load(cases)? {
            dossier.ground.forget(DECISION);
            if !sitting.may(&dossier, DECIDE)? {
                continue;
            }
            let found = sitting.determine(&dossier, Purpose::Decision)?;
            if sitting.stopped(&mut dossier, DECIDE, &found)? {
                continue;
            }
            dossier.ground.form.reason = Some(!found.determination.reasons.is_empty());
            let kind = if positive(&found) {
                DecisionKind::Grant
            } else {
                DecisionKind::Refuse
            };
            let proposed_by = proposer(&dossier);
            let words = sitting.words_of_terms(&dossier, &found)?;
            let mut says = vec![(DECISION, kind.as_str())];
            says.extend(words.iter().map(|(word, value)| (&**word, &**value)));
            let entry = Entry {
                says,
                rest: summary(&found),
                ..Entry::default()
            };
            if sitting.take(&mut dossier, DECIDE, entry)?.is_some() {
                sitting.serves(&dossier.case, &found.determination.members);
                verdicts.push(Verdict {
                    kind,
                    effective_month: found.key.month,
                    reasons: found.determination.reasons.clone(),
                    found: Some(found),
                    proposed_by,
                    case: dossier.case,
                });
            }
        }
        sitting.record(verdicts)
    })
}

/// Steps that give an opinion.
const OPINIONS: [&str; 3] = ["first_opinion", "resolve_objection", COUNTY_OPINION];

/// Who gave the opinion on which the decision follows: the last one, also where it answers an objection.
fn proposer(dossier: &Dossier) -> String {
    let last = dossier
        .steps
        .iter()
        .rev()
        .find(|row| OPINIONS.contains(&row.step.as_str()));
    last.map(|row| row.actor.clone()).unwrap_or_default()
}

/// What a decision is about to write.
pub(super) struct Verdict {
    pub(super) case: CaseFile,
    pub(super) kind: DecisionKind,
    pub(super) effective_month: Month,
    pub(super) found: Option<Found>,
    pub(super) reasons: Vec<Reason>,
    pub(super) proposed_by: String,
}

const DECISION_COLUMNS: [&str; 10] = [
    "case_id",
    "determination_id",
    "kind",
    "effective_month",
    "decided_on",
    "decided_by",
    "proposed_by",
    "reason_code",
    "reason",
    "cite",
];

impl Sitting<'_, '_> {
    /// Freezes the determinations and writes the decisions with the persons they serve.
    pub(super) fn record(
        &mut self,
        verdicts: Vec<Verdict>,
    ) -> Result<Vec<Decided>, AssistanceError> {
        let found: Vec<&Found> = verdicts
            .iter()
            .filter_map(|verdict| verdict.found.as_ref())
            .collect();
        let mut next = self.freeze(&found)?;
        let mut rows = Vec::with_capacity(verdicts.len());
        let mut decided = Vec::with_capacity(verdicts.len());
        for verdict in &verdicts {
            let determination = verdict.found.as_ref().map(|_| {
                next += 1;
                next - 1
            });
            let served = verdict.found.as_ref().filter(|_| verdict.kind.pays());
            let first = verdict.reasons.first();
            let reasons = serde_json::to_string(&verdict.reasons)
                .map_err(|error| AssistanceError::inconsistent(verdict.case.id, error))?;
            rows.push(vec![
                Value::from(verdict.case.id),
                Value::from(determination),
                Value::from(verdict.kind.as_str()),
                Value::from(verdict.effective_month),
                Value::from(self.today),
                Value::from(self.ctx.actor.username.as_str()),
                Value::from(verdict.proposed_by.as_str()),
                Value::from(first.map(|reason| reason.code.as_str())),
                Value::from(first.map(|_| reasons)),
                Value::from(first.map(|reason| reason.cite.as_str())),
            ]);
            decided.push(Decided {
                case: verdict.case.id,
                decision: 0,
                kind: verdict.kind,
                effective_month: verdict.effective_month,
                determination,
                members: served
                    .map(|found| found.determination.members.clone())
                    .unwrap_or_default(),
                total_fen: served.map_or(Fen::ZERO, |found| found.determination.total),
                reasons: verdict.reasons.clone(),
                remedies: remedies(verdict.kind)?,
            });
        }
        let first = self.tx.insert_many("decision", &DECISION_COLUMNS, rows)?;
        let mut persons = Vec::new();
        for (id, one) in (first..).zip(&mut decided) {
            one.decision = id;
            let served = one.members.iter();
            persons.extend(served.map(|member| {
                vec![
                    Value::from(id),
                    Value::from(one.case),
                    Value::from(member.person),
                ]
            }));
        }
        self.tx.insert_many(
            "decision_person",
            &["decision_id", "case_id", "person_id"],
            persons,
        )?;
        let households: Vec<_> = verdicts
            .iter()
            .zip(&decided)
            .map(|(verdict, one)| (one.decision, verdict.case.household))
            .collect();
        self.keep_scans(&households)?;
        Ok(decided)
    }
}
