//! Dynamic management: a review is opened for a cause and ends in a decision of its own.
//!
//! Until then nothing changes, whatever became known, except what the law lets happen by itself (a death ends the
//! person's share with its month). The review determines anew; what the household gets from the next month is
//! compared with that: other amounts adjust, equal ones keep, none stops. Where a decision was revoked, the review
//! decides in its place: on what was true then as far as it is known now, from the month of that decision.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 31 to 34, 38; 社会救助暂行办法 arts. 13, 65.

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::{Date, Month};
use minsheng_policy::{MemberAmount, Outcome, Reason};
use minsheng_registry::{CaseId, Ctx, Desk, PersonId, evidence};
use minsheng_store::{Query, Value, statement};

use crate::campaigns::gate::{self, Gate};

use super::super::cause::Cause;
use super::super::determine::{self, Found, frozen, nobody_left_reason};
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::super::outlook::{kept_or_adjusted, review_from};
use super::super::records::{self, CaseFile};
use super::super::reports;
use super::super::roll;
use super::super::rules::{DecisionKind, DecisionRow, decision_for, entitled};
use super::county::{Decided, Verdict};
use super::opinion::summary;
use super::phase_out::{PHASE_OUT, PhaseOut};
use super::{Dossier, Entry, Sitting, only, programme, sit};

/// The step that opens a review.
pub(crate) const OPEN_REVIEW: &str = "open_review";
pub(super) const DECIDE_REVIEW: &str = "decide_review";
/// The word that a review's decision says.
const REVIEW: &str = "review";

statement! {
    NEW_DEATHS, internal "the day from which the term of a review counts, of a case whose area is checked",
    "SELECT e.valid_from FROM membership m JOIN evidence e ON e.subject_kind = 'person' AND e.subject_id = m.person_id
     WHERE m.household_id = ?1 AND m.superseded_tx IS NULL AND (m.valid_to IS NULL OR m.valid_to > e.valid_from)
       AND e.kind = 'death' AND e.superseded_tx IS NULL AND e.tx > ?2
     ORDER BY e.valid_from"
}

/// Opens a review of a case in force. It changes no payment.
///
/// # Errors
/// As [`open_review_many`].
pub fn open_review(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    cause: Cause,
    reason: &str,
) -> Result<(), AssistanceError> {
    open_review_many(desk, ctx, &[case], cause, reason)
}

/// Opens reviews of cases for one cause, all or none.
///
/// # Errors
/// [`AssistanceError::Refused`] or the store's.
pub fn open_review_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
    cause: Cause,
    reason: &str,
) -> Result<(), AssistanceError> {
    let reviews: Vec<(CaseId, Cause)> = cases.iter().map(|case| (*case, cause)).collect();
    sit(desk, ctx, OPEN_REVIEW, |sitting| {
        open_in(sitting, &reviews, reason)
    })
}

/// Opens reviews, each for its own cause, inside of an act.
pub(crate) fn open_in(
    sitting: &mut Sitting<'_, '_>,
    reviews: &[(CaseId, Cause)],
    reason: &str,
) -> Result<(), AssistanceError> {
    let mut rows = Vec::with_capacity(reviews.len());
    for (mut dossier, (_, cause)) in sitting.load_for(reviews)? {
        if sitting.open_review(&mut dossier, *cause, reason)? {
            rows.push(sitting.reassessment(dossier.case.id, *cause));
        }
    }
    sitting
        .tx
        .insert_many("reassessment", &REASSESSMENT_COLUMNS, rows)?;
    Ok(())
}

pub(super) const REASSESSMENT_COLUMNS: [&str; 3] = ["case_id", "cause", "opened_on"];

/// Decides the review of a case on the evidence as known now.
///
/// # Errors
/// As [`decide_review_many`].
pub fn decide_review(desk: &Desk<'_>, ctx: &Ctx, case: CaseId) -> Result<Decided, AssistanceError> {
    only(decide_review_many(desk, ctx, &[case])?, case)
}

/// Decides reviews, all or none.
///
/// # Errors
/// As [`super::decide_many`].
pub fn decide_review_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
) -> Result<Vec<Decided>, AssistanceError> {
    decide_with(desk, ctx, cases, None)
}

/// Decides the review of a household that work lifts above the standard so that the old amount goes on for some
/// months and then ends by itself (渐退期).
///
/// # Errors
/// [`AssistanceError::Refused`] where the law of the case knows no phase-out, the household is still eligible, or
/// something else than work ends its claim; [`AssistanceError::Form`] for more months than the pack allows; or as
/// [`decide_review_many`].
pub fn decide_review_phasing_out(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    phase_out: &PhaseOut,
) -> Result<Decided, AssistanceError> {
    only(decide_with(desk, ctx, &[case], Some(phase_out))?, case)
}

fn decide_with(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
    phase_out: Option<&PhaseOut>,
) -> Result<Vec<Decided>, AssistanceError> {
    sit(desk, ctx, DECIDE_REVIEW, |sitting| {
        let mut open = sitting.opened(cases)?;
        let known = sitting.tx.number();
        let deaths = evidence::deaths(sitting.tx, known)?;
        let gates = gate::gates(sitting, cases)?;
        let mut verdicts = Vec::with_capacity(cases.len());
        for mut dossier in sitting.load(cases)? {
            dossier.ground.forget(REVIEW);
            let gate = gates.get(&dossier.case.id.0);
            dossier
                .ground
                .found
                .extend(gate.iter().flat_map(|gate| gate.missing.iter().cloned()));
            let causes = open
                .get(&dossier.case.id.0)
                .map(Vec::as_slice)
                .unwrap_or_default();
            if causes.iter().any(|opened| opened.cause == Cause::Report) {
                let open = reports::unchecked(sitting.tx, dossier.case.household)?;
                if !open.is_empty() {
                    dossier.ground.found.push(Missing::Reports { open });
                }
            }
            if !sitting.may(&dossier, DECIDE_REVIEW)? {
                continue;
            }
            // A phase-out that a recorded ground contradicts is refused below.
            let ends = gate.filter(|_| phase_out.is_none()).and_then(Gate::stop);
            let verdict = match ends {
                Some(reason) => Some(sitting.stop(&dossier, reason)?),
                None => sitting.review(&mut dossier, causes, &deaths, phase_out)?,
            };
            let Some(mut verdict) = verdict else {
                continue;
            };
            if let Some(gate) = gate {
                let against = gate.against(verdict.kind, &verdict.reasons);
                dossier.ground.found.extend(against);
            }
            dossier.ground.form.reason = Some(!verdict.reasons.is_empty() || !causes.is_empty());
            let words = match &verdict.found {
                Some(found) => sitting.words_of_terms(&dossier, found)?,
                None => Vec::new(),
            };
            let word = match verdict.phase_out {
                Some(_) => PHASE_OUT,
                None => verdict.kind.as_str(),
            };
            let mut says = vec![(REVIEW, word)];
            says.extend(words.iter().map(|(word, value)| (&**word, &**value)));
            let entry = Entry {
                says,
                rest: verdict.found.as_ref().map(summary).unwrap_or_default(),
                note: phase_out.map(|phase_out| phase_out.reason.as_str()),
            };
            let Some(passage) = sitting.take(&mut dossier, DECIDE_REVIEW, entry)? else {
                continue;
            };
            sitting.serves(&dossier.case, verdict.members());
            if verdict.kind == DecisionKind::Adjust {
                // A change of amount states its reason, which is the cause of the review.
                verdict.reasons = causes
                    .iter()
                    .map(|opened| opened.cause.reason(&passage.cite))
                    .collect();
            }
            verdicts.push(verdict);
        }
        let decided = sitting.record(verdicts)?;
        let mut closed = Vec::new();
        for one in &decided {
            let values = [Value::from(sitting.today), Value::from(one.decision)];
            let of_case = open.remove(&one.case.0).unwrap_or_default();
            closed.extend(
                of_case
                    .into_iter()
                    .map(|opened| (opened.id, values.to_vec())),
            );
        }
        sitting
            .tx
            .update_many("reassessment", &["closed_on", "decision_id"], closed)?;
        Ok(decided)
    })
}

/// An open review.
pub(super) struct Opened {
    pub(super) id: i64,
    pub(super) cause: Cause,
    pub(super) opened_on: Date,
}

/// The decision in whose place a review decides.
pub(super) struct Revoked {
    pub(super) kind: DecisionKind,
    pub(super) decided_on: Date,
    pub(super) effective_month: Month,
}

/// From which month a review governs, and on which day its facts are true.
pub(super) struct Basis {
    /// First month that it governs.
    pub(super) month: Month,
    /// First month that is not paid, if it stops.
    stopped_from: Month,
    /// Day on which the facts are true.
    pub(super) on: Date,
    /// Day of the application of which the facts tell.
    pub(super) asked_on: Date,
    /// Whether the decision revoked was a refusal.
    refused: bool,
}

impl Sitting<'_, '_> {
    /// The open reviews of cases.
    pub(super) fn opened(
        &mut self,
        cases: &[CaseId],
    ) -> Result<BTreeMap<i64, Vec<Opened>>, AssistanceError> {
        let keys: Vec<i64> = cases.iter().map(|case| case.0).collect();
        let mut open: BTreeMap<i64, Vec<Opened>> = BTreeMap::new();
        for row in records::REASSESSMENTS.rows(self.tx, &keys)? {
            let (id, cause) = (row.int(0)?, row.text(2)?.parse()?);
            open.entry(row.int(1)?).or_default().push(Opened {
                id,
                cause,
                opened_on: row.date(3)?,
            });
        }
        Ok(open)
    }

    /// A stop for a reason that needs no determination.
    fn stop(&self, dossier: &Dossier, reason: Reason) -> Result<Verdict, AssistanceError> {
        let packs = self.desk.packs.current();
        let payment = &programme(packs, &dossier.case.programme)?.payment;
        Ok(Verdict {
            case: dossier.case.clone(),
            kind: DecisionKind::Stop,
            effective_month: payment.last_month_of(self.today).next(),
            found: None,
            reasons: vec![reason],
            proposed_by: dossier.actor_of(OPEN_REVIEW).unwrap_or_default().to_owned(),
            rests_on: None,
            phase_out: None,
            repeated_from: None,
        })
    }

    /// Takes the step that opens a review; whether it was taken.
    pub(super) fn open_review(
        &mut self,
        dossier: &mut Dossier,
        cause: Cause,
        reason: &str,
    ) -> Result<bool, AssistanceError> {
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        match cause {
            Cause::Death => dossier.ground.event = self.first_new_death(&dossier.case)?,
            Cause::JobRefusal => self.look_for_refusals(dossier)?,
            _ => {}
        }
        let entry = Entry {
            says: vec![("cause", cause.as_str())],
            note: Some(reason),
            ..Entry::default()
        };
        Ok(self.take(dossier, OPEN_REVIEW, entry)?.is_some())
    }

    pub(super) fn reassessment(&self, case: CaseId, cause: Cause) -> Vec<Value> {
        vec![
            Value::from(case),
            Value::from(cause.as_str()),
            Value::from(self.today),
        ]
    }

    /// The first death in the household that became known after the case was last decided.
    fn first_new_death(&mut self, case: &CaseFile) -> Result<Option<Date>, AssistanceError> {
        let decided = self.last_decision(case.id)?;
        let params = [Value::from(case.household), Value::from(decided)];
        let rows = self.tx.rows(&NEW_DEATHS, &params)?;
        Ok(rows.first().map(|row| row.date(0)).transpose()?)
    }

    /// What the review comes to; nothing if something stands in its way, which is remembered.
    fn review(
        &mut self,
        dossier: &mut Dossier,
        causes: &[Opened],
        deaths: &BTreeMap<PersonId, Date>,
        phase_out: Option<&PhaseOut>,
    ) -> Result<Option<Verdict>, AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let case = dossier.case.clone();
        let proposed_by = dossier.actor_of(OPEN_REVIEW).unwrap_or_default().to_owned();
        let basis = self.basis(&case, causes)?;
        let decisions = self.decisions(case.id)?;
        let verdict = |kind, month, found: Option<Found>| Verdict {
            kind,
            effective_month: month,
            reasons: match &found {
                Some(found) => found.determination.reasons.clone(),
                None => Vec::new(),
            },
            found,
            proposed_by: proposed_by.clone(),
            case: case.clone(),
            rests_on: None,
            phase_out: None,
            repeated_from: None,
        };
        let stopped = basis.stopped_from;
        let ends = causes
            .iter()
            .find_map(|opened| Some((opened.cause, opened.cause.ends_under()?)));
        if let Some((cause, cite)) = ends {
            return Ok(Some(Verdict {
                reasons: vec![cause.reason(cite)],
                ..verdict(DecisionKind::Stop, stopped, None)
            }));
        }
        let (on, known) = (basis.on, self.tx.number());
        let facts = determine::facts_of(self.tx, &packs, &case, basis.asked_on, on, known)?;
        let whom = (&case).into();
        let Some(found) = review_from(&packs, whom, facts, on, basis.month, known)? else {
            return Ok(Some(Verdict {
                reasons: vec![nobody_left_reason()],
                ..verdict(DecisionKind::Stop, stopped, None)
            }));
        };
        if self.stopped(dossier, DECIDE_REVIEW, &found)? {
            return Ok(None);
        }
        let month = basis.month;
        let before = self.shares(&decisions, month, deaths)?;
        if let Some(phase_out) = phase_out {
            let standing = decision_for(&decisions, month).copied();
            let granted = self.phasing_out(dossier, &found, standing, phase_out, month)?;
            return Ok(granted.map(|granted| Verdict {
                reasons: vec![granted.reason()],
                rests_on: Some((granted.determination, before)),
                phase_out: Some(granted),
                ..verdict(DecisionKind::Keep, month, Some(found))
            }));
        }
        if found.determination.outcome == Outcome::Refused {
            let kind = if basis.refused {
                DecisionKind::Refuse
            } else {
                DecisionKind::Stop
            };
            return Ok(Some(verdict(kind, stopped, Some(found))));
        }
        let kind = if basis.refused {
            DecisionKind::Grant
        } else {
            kept_or_adjusted(&before, &found.determination.members)
        };
        // What was set to take effect later (the end of a phase-out) gives way to what is decided now; a decision
        // that stands in the place of a revoked one leaves those made since as they are.
        let gives_way = |decision: &&DecisionRow| decision.effective_month > month;
        let repeated_from = match causes.iter().any(|opened| opened.cause == Cause::Remedy) {
            true => None,
            false => decisions
                .iter()
                .filter(gives_way)
                .map(|decision| decision.effective_month)
                .max(),
        };
        Ok(Some(Verdict {
            repeated_from,
            ..verdict(kind, month, Some(found))
        }))
    }

    pub(super) fn basis(
        &mut self,
        case: &CaseFile,
        causes: &[Opened],
    ) -> Result<Basis, AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let payment = &programme(&packs, &case.programme)?.payment;
        if let Some(revoked) = self.revoked(causes)? {
            let refused = revoked.kind == DecisionKind::Refuse;
            return Ok(Basis {
                month: revoked.effective_month,
                stopped_from: revoked.effective_month,
                on: revoked.decided_on,
                asked_on: if refused {
                    case.applied_on
                } else {
                    revoked.decided_on
                },
                refused,
            });
        }
        Ok(Basis {
            month: payment.first_month_of(self.today),
            stopped_from: payment.last_month_of(self.today).next(),
            on: self.today,
            asked_on: causes.last().map_or(self.today, |opened| opened.opened_on),
            refused: false,
        })
    }

    /// All decisions of a case, in the order in which they were made.
    pub(super) fn decisions(&mut self, case: CaseId) -> Result<Vec<DecisionRow>, AssistanceError> {
        records::DECISIONS
            .rows(self.tx, &[case.0])?
            .iter()
            .map(|row| roll::decision_of(row, 1))
            .collect()
    }

    /// What the decision in force gives in `month` without the review.
    fn shares(
        &mut self,
        decisions: &[DecisionRow],
        month: Month,
        deaths: &BTreeMap<PersonId, Date>,
    ) -> Result<Vec<MemberAmount>, AssistanceError> {
        let in_force = decision_for(decisions, month).filter(|decision| decision.kind.pays());
        let Some(determination) = in_force.and_then(|decision| decision.determination) else {
            return Ok(Vec::new());
        };
        let frozen = frozen(self.tx, determination)?;
        let amounts = roll::amounts(self.desk.packs.current(), &frozen, month)?;
        Ok(entitled(&amounts, deaths, month))
    }
}
