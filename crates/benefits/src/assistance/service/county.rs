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
use super::phase_out::Granted;
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
    /// Last month that it governs, if it ends by itself.
    pub last_month: Option<Month>,
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
                    rests_on: None,
                    phase_out: None,
                    repeated_from: None,
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
    /// The determination in force on which a kept amount goes on to rest, with what it gives.
    pub(super) rests_on: Option<(i64, Vec<MemberAmount>)>,
    /// The phase-out that is granted with it.
    pub(super) phase_out: Option<Granted>,
    /// A later month from which an earlier decision was to take effect: this one governs that month too.
    pub(super) repeated_from: Option<Month>,
}

impl Verdict {
    /// What the persons served get.
    pub(super) fn members(&self) -> &[MemberAmount] {
        match (&self.rests_on, &self.found) {
            _ if !self.kind.pays() => &[],
            (Some((_, members)), _) => members,
            (None, Some(found)) => &found.determination.members,
            (None, None) => &[],
        }
    }

    /// The row of a decision as it is written.
    fn row(
        &self,
        sitting: &Sitting<'_, '_>,
        determination: Option<i64>,
        kind: DecisionKind,
        month: Month,
        given: &[Reason],
    ) -> Result<Vec<Value>, AssistanceError> {
        let first = given.first();
        let reasons = serde_json::to_string(given)
            .map_err(|error| AssistanceError::inconsistent(self.case.id, error))?;
        Ok(vec![
            Value::from(self.case.id),
            Value::from(determination),
            Value::from(kind.as_str()),
            Value::from(month),
            Value::from(sitting.today),
            Value::from(sitting.ctx.actor.username.as_str()),
            Value::from(self.proposed_by.as_str()),
            Value::from(first.map(|reason| reason.code.as_str())),
            Value::from(first.map(|_| reasons)),
            Value::from(first.map(|reason| reason.cite.as_str())),
        ])
    }
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
        // Of the decisions of one case the one that people are told of is written last.
        for verdict in &verdicts {
            let frozen = verdict.found.as_ref().map(|_| {
                next += 1;
                next - 1
            });
            let kind = verdict.kind;
            let rests_on = verdict.rests_on.as_ref().map(|(standing, _)| *standing);
            let determination = rests_on.or(frozen);
            let mut also = 0;
            if let (Some(granted), Some(found)) = (&verdict.phase_out, &verdict.found) {
                let stop = (DecisionKind::Stop, granted.last_month.next());
                let given = &found.determination.reasons;
                rows.push(verdict.row(self, frozen, stop.0, stop.1, given)?);
                also += 1;
            }
            if let Some(month) = verdict.repeated_from {
                rows.push(verdict.row(self, determination, kind, month, &verdict.reasons)?);
                also += 1;
            }
            let month = verdict.effective_month;
            rows.push(verdict.row(self, determination, kind, month, &verdict.reasons)?);
            let members = verdict.members().to_vec();
            let ended = verdict.phase_out.as_ref().map(|_| DecisionKind::Stop);
            let one = Decided {
                case: verdict.case.id,
                decision: 0,
                kind,
                effective_month: month,
                last_month: verdict.phase_out.as_ref().map(|granted| granted.last_month),
                determination,
                total_fen: Fen::sum(members.iter().map(|member| member.amount))
                    .map_err(|error| AssistanceError::inconsistent(verdict.case.id, error))?,
                members,
                reasons: verdict.reasons.clone(),
                remedies: remedies(ended.unwrap_or(kind))?,
            };
            decided.push((one, also));
        }
        let mut id = self.tx.insert_many("decision", &DECISION_COLUMNS, rows)?;
        let mut persons = Vec::new();
        let mut phase_outs = Vec::new();
        for ((one, also), verdict) in decided.iter_mut().zip(&verdicts) {
            let first = id;
            one.decision = first + *also;
            id = one.decision + 1;
            let repeated = verdict.repeated_from.map(|_| one.decision - 1);
            for decision in repeated.into_iter().chain([one.decision]) {
                persons.extend(one.members.iter().map(|member| {
                    vec![
                        Value::from(decision),
                        Value::from(one.case),
                        Value::from(member.person),
                    ]
                }));
            }
            if let Some(granted) = &verdict.phase_out {
                phase_outs.push(vec![
                    Value::from(one.case),
                    Value::from(one.decision),
                    Value::from(first),
                    Value::from(granted.last_month),
                ]);
            }
        }
        self.tx.insert_many(
            "phase_out",
            &["case_id", "decision_id", "stop_decision_id", "last_month"],
            phase_outs,
        )?;
        self.tx.insert_many(
            "decision_person",
            &["decision_id", "case_id", "person_id"],
            persons,
        )?;
        let decided: Vec<Decided> = decided.into_iter().map(|(one, _)| one).collect();
        let households: Vec<_> = verdicts
            .iter()
            .zip(&decided)
            .map(|(verdict, one)| (one.decision, verdict.case.household))
            .collect();
        self.keep_scans(&households)?;
        Ok(decided)
    }
}
