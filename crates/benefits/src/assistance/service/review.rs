//! Dynamic management: a review is opened for a cause and ends in a decision of its own.
//!
//! Until then nothing changes, whatever became known, except what the law lets happen by itself (a death ends the
//! person's share with its month). The review determines anew; what the household gets from the next month is
//! compared with that: other amounts adjust, equal ones keep, none stops.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 31 to 34; 社会救助暂行办法 art. 13.

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::{Date, Month};
use minsheng_policy::{Bilingual, MemberAmount, Outcome, Reason};
use minsheng_registry::{CaseId, Ctx, Desk, PersonId, evidence};
use minsheng_store::{Query, Value, statement};

use super::super::determine::{self, frozen, nobody_left_reason};
use super::super::error::AssistanceError;
use super::super::outlook::{kept_or_adjusted, review_of};
use super::super::records::{self, CaseFile};
use super::super::roll;
use super::super::rules::{DecisionKind, decision_for, entitled};
use super::county::{Decided, Verdict};
use super::opinion::summary;
use super::{Dossier, Entry, Sitting, only, programme, sit};

pub(crate) const OPEN_REVIEW: &str = "open_review";
const DECIDE_REVIEW: &str = "decide_review";
/// Article under which a benefit ends that its household gives up.
const RENOUNCED_CITE: &str = "社会救助暂行办法 art. 13";
/// The word that a review's decision says.
const REVIEW: &str = "review";

/// Why a review is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A member died.
    Death,
    /// Somebody joined or left the household.
    Members,
    /// Income or expenses changed.
    Income,
    /// Property changed.
    Property,
    /// Something else about a person changed: disability, school, register.
    Person,
    /// The review that the law asks for from time to time.
    Periodic,
    /// Somebody reported the household.
    Report,
    /// A campaign.
    Rectification,
    /// The household gives the benefit up.
    Renounced,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 9] = [
        Self::Death,
        Self::Members,
        Self::Income,
        Self::Property,
        Self::Person,
        Self::Periodic,
        Self::Report,
        Self::Rectification,
        Self::Renounced,
    ];

    /// The word that records store and conditions of the pack read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Death => "death",
            Self::Members => "members",
            Self::Income => "income",
            Self::Property => "property",
            Self::Person => "person",
            Self::Periodic => "periodic",
            Self::Report => "report",
            Self::Rectification => "rectification",
            Self::Renounced => "renounced",
        }
    }
}

impl Cause {
    /// The cause as the reason of a change, by the article under which it is decided.
    fn reason(self, cite: &str) -> Reason {
        let (zh, en) = match self {
            Self::Death => ("家庭成员去世", "a member died"),
            Self::Members => ("家庭成员变化", "the members of the household changed"),
            Self::Income => ("家庭收入或者支出变化", "income or expenses changed"),
            Self::Property => ("家庭财产变化", "the property changed"),
            Self::Person => ("家庭成员的情况变化", "the situation of a member changed"),
            Self::Periodic => ("定期核查", "the periodic review"),
            Self::Report => ("举报核查", "a report was checked"),
            Self::Rectification => ("专项治理", "the special rectification"),
            Self::Renounced => (
                "本人自愿退出",
                "the household gave the benefit up of its own wish",
            ),
        };
        Reason {
            code: self.as_str().to_owned(),
            text: Bilingual::new(zh, en),
            cite: cite.to_owned(),
        }
    }
}

impl std::str::FromStr for Cause {
    type Err = AssistanceError;

    fn from_str(text: &str) -> Result<Self, AssistanceError> {
        Self::ALL
            .into_iter()
            .find(|cause| cause.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|cause| cause.as_str()).collect();
                AssistanceError::form(
                    "review",
                    "cause",
                    format!("`{text}` is none of {}", known.join(", ")),
                )
            })
    }
}

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
        dossier.ground.form.reason = Some(!reason.trim().is_empty());
        if *cause == Cause::Death {
            dossier.ground.event = sitting.first_new_death(&dossier.case)?;
        }
        let entry = Entry {
            says: vec![("cause", cause.as_str())],
            note: Some(reason),
            ..Entry::default()
        };
        if sitting.take(&mut dossier, OPEN_REVIEW, entry)?.is_some() {
            let (case, today) = (Value::from(dossier.case.id), Value::from(sitting.today));
            rows.push(vec![case, Value::from(cause.as_str()), today]);
        }
    }
    sitting
        .tx
        .insert_many("reassessment", &["case_id", "cause", "opened_on"], rows)?;
    Ok(())
}

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
    sit(desk, ctx, DECIDE_REVIEW, |sitting| {
        let keys: Vec<i64> = cases.iter().map(|case| case.0).collect();
        let mut open: BTreeMap<i64, Vec<Opened>> = BTreeMap::new();
        for row in records::REASSESSMENTS.rows(sitting.tx, &keys)? {
            let (id, cause) = (row.int(0)?, row.text(2)?.parse()?);
            open.entry(row.int(1)?).or_default().push(Opened {
                id,
                cause,
                opened_on: row.date(3)?,
            });
        }
        let known = sitting.tx.number();
        let deaths = evidence::deaths(sitting.tx, known)?;
        let mut verdicts = Vec::with_capacity(cases.len());
        for mut dossier in sitting.load(cases)? {
            dossier.ground.forget(REVIEW);
            if !sitting.may(&dossier, DECIDE_REVIEW)? {
                continue;
            }
            let causes = open
                .get(&dossier.case.id.0)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let Some(mut verdict) = sitting.review(&mut dossier, causes, &deaths)? else {
                continue;
            };
            dossier.ground.form.reason = Some(!verdict.reasons.is_empty() || !causes.is_empty());
            let words = match &verdict.found {
                Some(found) => sitting.words_of_terms(&dossier, found)?,
                None => Vec::new(),
            };
            let mut says = vec![(REVIEW, verdict.kind.as_str())];
            says.extend(words.iter().map(|(word, value)| (&**word, &**value)));
            let rest = verdict.found.as_ref().map(summary).unwrap_or_default();
            let entry = Entry {
                says,
                rest,
                note: None,
            };
            let Some(passage) = sitting.take(&mut dossier, DECIDE_REVIEW, entry)? else {
                continue;
            };
            if let Some(found) = &verdict.found {
                sitting.serves(&dossier.case, &found.determination.members);
            }
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
struct Opened {
    id: i64,
    cause: Cause,
    opened_on: Date,
}

impl Sitting<'_, '_> {
    /// The first death in the household that became known after the case was last decided.
    fn first_new_death(&mut self, case: &CaseFile) -> Result<Option<Date>, AssistanceError> {
        let decided = self.last_decision(case.id)?;
        let params = [Value::from(case.household), Value::from(decided)];
        let rows = self.tx.rows(&NEW_DEATHS, &params)?;
        Ok(rows.first().map(|row| row.date(0)).transpose()?)
    }

    /// What the review comes to; nothing if evidence is missing that would decide it, which is remembered.
    fn review(
        &mut self,
        dossier: &mut Dossier,
        causes: &[Opened],
        deaths: &BTreeMap<PersonId, Date>,
    ) -> Result<Option<Verdict>, AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let case = dossier.case.clone();
        let payment = &programme(&packs, &case.programme)?.payment;
        let stopped_from = payment.last_month_of(self.today).next();
        let proposed_by = dossier.actor_of(OPEN_REVIEW).unwrap_or_default().to_owned();
        let stop = |found, reasons| Verdict {
            case: case.clone(),
            kind: DecisionKind::Stop,
            effective_month: stopped_from,
            found,
            reasons,
            proposed_by: proposed_by.clone(),
        };
        if causes.iter().any(|opened| opened.cause == Cause::Renounced) {
            return Ok(Some(stop(
                None,
                vec![Cause::Renounced.reason(RENOUNCED_CITE)],
            )));
        }
        let asked_on = causes.last().map_or(self.today, |opened| opened.opened_on);
        let (today, known) = (self.today, self.tx.number());
        let facts = determine::facts_of(self.tx, &packs, &case, asked_on, today, known)?;
        let found = review_of(&packs, (&case).into(), facts, today, known)?;
        let Some(found) = found else {
            return Ok(Some(stop(None, vec![nobody_left_reason()])));
        };
        if self.stopped(dossier, DECIDE_REVIEW, &found)? {
            return Ok(None);
        }
        if found.determination.outcome == Outcome::Refused {
            let reasons = found.determination.reasons.clone();
            return Ok(Some(stop(Some(found), reasons)));
        }
        let month = found.key.month;
        let before = self.shares(&case, month, deaths)?;
        let kind = kept_or_adjusted(&before, &found.determination.members);
        Ok(Some(Verdict {
            case: case.clone(),
            kind,
            effective_month: month,
            found: Some(found),
            reasons: Vec::new(),
            proposed_by: proposed_by.clone(),
        }))
    }

    /// What the decision in force gives in `month` without the review.
    fn shares(
        &mut self,
        case: &CaseFile,
        month: Month,
        deaths: &BTreeMap<PersonId, Date>,
    ) -> Result<Vec<MemberAmount>, AssistanceError> {
        let rows = records::DECISIONS.rows(self.tx, &[case.id.0])?;
        let decisions = rows
            .iter()
            .map(|row| roll::decision_of(row, 1))
            .collect::<Result<Vec<_>, _>>()?;
        let in_force = decision_for(&decisions, month).filter(|decision| decision.kind.pays());
        let Some(determination) = in_force.and_then(|decision| decision.determination) else {
            return Ok(Vec::new());
        };
        let frozen = frozen(self.tx, determination)?;
        let amounts = roll::amounts(self.desk.packs.current(), &frozen, month)?;
        Ok(entitled(&amounts, deaths, month))
    }
}
