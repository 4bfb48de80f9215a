//! Opinions: the determination is the opinion, and what stands in the way of giving one.
//!
//! Nobody writes an opinion by hand, so there is no favour and no quota.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 19, 28; its predecessor 民发〔2012〕220号.

use std::collections::BTreeSet;
use std::sync::Arc;

use minsheng_core::{Fen, Month};
use minsheng_policy::{KeyDates, MemberAmount, Outcome, Reason};
use minsheng_registry::{CaseId, Ctx, Desk, PersonId};
use minsheng_store::{Query, Value, statement};
use serde_json::{Map, Value as Json, json};

use super::super::conflict;
use super::super::determine::{self, Found, Purpose};
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::{Dossier, Entry, Sitting, only, programme, sit};

const FIRST_OPINION: &str = "first_opinion";
/// The word that an opinion says.
const OPINION: &str = "opinion";
/// The word that says whether an opinion after an objection is what was posted.
const POSTED: &str = "posted";

statement! {
    POSTED_RESULT, internal "what was posted of a case, whose area is checked in the same act",
    "SELECT d.id, d.result FROM determination d
     WHERE d.case_id = ?1 AND d.tx <= (SELECT MAX(p.tx) FROM public_notice_case p WHERE p.case_id = ?1)
     ORDER BY d.id DESC LIMIT 1"
}

/// What a notice says of a result.
#[derive(serde::Deserialize)]
struct PostedResult {
    members: Vec<PostedMember>,
}

/// A person of it with the amount in fen.
#[derive(serde::Deserialize)]
struct PostedMember {
    person: i64,
    amount_fen: i64,
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
            found.extend(sitting.opinion(
                dossier,
                FIRST_OPINION,
                Purpose::FirstOpinion,
                Entry::default(),
            )?);
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
        dossier.ground.forget(POSTED);
        if !self.may(&dossier, step)? {
            return Ok(None);
        }
        let found = self.determine(&dossier, purpose)?;
        if self.stopped(&mut dossier, step, &found)? {
            return Ok(None);
        }
        dossier.ground.form.reason = Some(!found.determination.reasons.is_empty());
        entry.says.push((
            OPINION,
            if positive(&found) {
                "positive"
            } else {
                "negative"
            },
        ));
        if purpose == Purpose::Objection {
            entry.says.push((POSTED, self.posted(&dossier, &found)?));
        }
        entry.rest.extend(summary(&found));
        Ok(self.take(&mut dossier, step, entry)?.map(|_| found))
    }

    /// Whether the persons and amounts found are those that stand on the notice.
    fn posted(
        &mut self,
        dossier: &Dossier,
        found: &Found,
    ) -> Result<&'static str, AssistanceError> {
        let rows = self
            .tx
            .rows(&POSTED_RESULT, &[Value::from(dossier.case.id)])?;
        let Some(row) = rows.first() else {
            return Ok("other");
        };
        let posted: PostedResult = serde_json::from_str(row.text(1)?).map_err(|error| {
            AssistanceError::inconsistent(
                format!("determination {}", row.int(0).unwrap_or(0)),
                error,
            )
        })?;
        let stands: BTreeSet<(i64, i64)> = posted
            .members
            .iter()
            .map(|member| (member.person, member.amount_fen))
            .collect();
        let members = found.determination.members.iter();
        let now: BTreeSet<(i64, i64)> = members
            .map(|member| (member.person, member.amount.get()))
            .collect();
        let same = stands == now;
        Ok(if same { "same" } else { "other" })
    }

    pub(super) fn freeze_opinions(
        &mut self,
        found: &[Found],
    ) -> Result<Vec<Opinion>, AssistanceError> {
        let first = self.freeze(&found.iter().collect::<Vec<_>>())?;
        Ok((first..)
            .zip(found)
            .map(|(id, found)| opinion_of(id, found))
            .collect())
    }

    /// The determination of a case on the evidence as known now, for the first month that a decision of today
    /// would govern.
    pub(super) fn determine(
        &mut self,
        dossier: &Dossier,
        purpose: Purpose,
    ) -> Result<Found, AssistanceError> {
        let case = &dossier.case;
        let packs = Arc::clone(self.desk.packs.current());
        let month = programme(&packs, &case.programme)?
            .payment
            .first_month_of(self.today);
        let key = KeyDates {
            acceptance: case.key_date(),
            month,
        };
        let (today, known) = (self.today, self.tx.number());
        let facts = determine::facts_of(self.tx, &packs, case, case.applied_on, today, known)?;
        determine::ask(&packs, case.into(), purpose, facts, key, today, known)
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

    fn in_the_way(
        &mut self,
        dossier: &Dossier,
        found: &Found,
    ) -> Result<Vec<Missing>, AssistanceError> {
        if let Outcome::Undetermined { needs } = &found.determination.outcome {
            return Ok(vec![Missing::Evidence {
                needs: needs.clone(),
            }]);
        }
        let packs = Arc::clone(self.desk.packs.current());
        let wanted = programme(&packs, &dossier.case.programme)?;
        let mut missing = Vec::new();
        for member in &found.determination.members {
            let (person, own) = (PersonId(member.person), dossier.case.id);
            missing.extend(conflict::of_person(self.tx, wanted, person, own)?);
            missing.extend(self.served_now(wanted, member.person));
        }
        Ok(missing)
    }
}

pub(super) fn positive(found: &Found) -> bool {
    found.determination.outcome == Outcome::Eligible
}

/// What the step of an opinion or decision records of its determination.
pub(super) fn summary(found: &Found) -> Map<String, Json> {
    let codes: Vec<&str> = found
        .determination
        .reasons
        .iter()
        .map(|reason| reason.code.as_str())
        .collect();
    let mut rest = Map::new();
    rest.insert("law".to_owned(), json!(found.determination.law));
    if positive(found) {
        rest.insert(
            "total_fen".to_owned(),
            json!(found.determination.total.get()),
        );
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
