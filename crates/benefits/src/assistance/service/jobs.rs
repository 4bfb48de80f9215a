//! Offers of jobs and how they were answered. Who refuses suitable jobs again and again without reason loses his
//! own share, by the decision of a review; who accepts work gets it back, by the next one.
//!
//! The count of such refusals is evidence about the person, written with the answer, so that the rules of the pack
//! read it and the determination explains it. What follows from it is the pack's to say. A refusal with good reason
//! and that of an unsuitable job are passed over: they neither count nor end the row (assumed).
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 34.

use std::sync::Arc;

use minsheng_core::Date;
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::{CaseId, Ctx, Desk, PersonId};
use minsheng_store::{Query, Row, Scope, StoreError, Value, statement};

use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::{Dossier, Entry, Sitting, programme, sit};

const OFFER: &str = "record_job_offer";
const ANSWER: &str = "record_job_answer";
/// Kind of evidence and parameter of the pack.
const REFUSALS: &str = "job_refusals";
const LIMIT: &str = "job_refusals_limit";
/// Labels under which words are sealed.
const WORK: &str = "job_offer.work";
const REASON: &str = "job_offer.reason";

statement! {
    OFFERS_OF_PERSON, internal "offers of a member of a case whose area is checked in the same act",
    "SELECT o.id, o.suitable, o.answer, o.good_reason, o.answered_on FROM job_offer o
     WHERE o.person_id = ?1 AND o.answer IS NOT NULL ORDER BY o.answered_on NULLS FIRST, o.id"
}
statement! {
    OFFER_BY_ID, internal "the case of an offer, whose area is checked in the same act",
    "SELECT o.case_id, o.person_id, o.offered_on, o.suitable, o.answer FROM job_offer o WHERE o.id = ?1"
}
statement! {
    PERSONS_OFFERED, internal "members of a case whose area is checked in the same act",
    "SELECT DISTINCT o.person_id FROM job_offer o WHERE o.case_id = ?1 ORDER BY o.person_id"
}
statement! {
    OFFERS_IN_AREA, scoped,
    "SELECT o.id, o.case_id, o.person_id, o.offered_on, o.suitable, o.answer, o.answered_on, o.good_reason
     FROM job_offer o JOIN case_file c ON c.id = o.case_id WHERE {scope:c.division} ORDER BY o.offered_on, o.id"
}

/// An offer of a job as it is entered.
#[derive(Debug, Clone)]
pub struct NewOffer {
    /// The case.
    pub case: CaseId,
    /// The member.
    pub person: PersonId,
    /// Day of the offer.
    pub offered_on: Date,
    /// The work and who offers it; sealed.
    pub work: String,
    /// Whether it suits health and ability of the person.
    pub suitable: bool,
}

/// How an offer was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobAnswer {
    /// The person took it.
    Accepted,
    /// The person did not, with or without good reason.
    Refused {
        /// Whether the reason is a good one.
        good_reason: bool,
    },
}

/// An offer as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OfferLine {
    /// Key.
    pub offer: i64,
    /// The case.
    pub case: CaseId,
    /// The member.
    pub person: PersonId,
    /// Day of the offer.
    pub offered_on: Date,
    /// Whether it suits the person.
    pub suitable: bool,
    /// `accepted` or `refused`; nothing while it is open.
    pub answer: Option<String>,
    /// Day of the answer.
    pub answered_on: Option<Date>,
    /// Whether a refusal had good reason.
    pub good_reason: Option<bool>,
}

/// Enters an offer and gives its key.
///
/// # Errors
/// [`AssistanceError::Refused`]; [`AssistanceError::Form`] under a law that knows no such refusals, for a person who
/// is no member and for a day after today; or the store's.
pub fn offer_job(desk: &Desk<'_>, ctx: &Ctx, offer: &NewOffer) -> Result<i64, AssistanceError> {
    sit(desk, ctx, OFFER, |sitting| {
        let mut dossier = sitting.load_one(offer.case)?;
        dossier.knows(OFFER)?;
        sitting.day_of_case(&dossier, "offered_on", offer.offered_on)?;
        let (household, known) = (dossier.case.household, sitting.tx.number());
        let members =
            minsheng_registry::households::members(sitting.tx, household, offer.offered_on, known)?;
        if !members.iter().any(|member| member.person == offer.person) {
            dossier.ground.found.push(Missing::NotMember {
                person: offer.person.to_string(),
                household: household.to_string(),
            });
        }
        if sitting
            .take(&mut dossier, OFFER, Entry::default())?
            .is_none()
        {
            return Ok(0);
        }
        let work = sitting.seal(dossier.case.subject(), WORK, offer.work.as_bytes())?;
        Ok(sitting.tx.insert(
            "job_offer",
            &[
                ("case_id", Value::from(offer.case)),
                ("person_id", Value::from(offer.person)),
                ("offered_on", Value::from(offer.offered_on)),
                ("work_sealed", Value::from(work)),
                ("suitable", Value::from(offer.suitable)),
                ("recorded_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?)
    })
}

/// Enters how an offer was answered, and gives the number of refusals in a row that count.
///
/// # Errors
/// [`AssistanceError::NotFound`]; [`AssistanceError::Form`] for an offer that is answered already, a day before the
/// offer or after today, and a refusal without a word; [`AssistanceError::Refused`]; or the store's.
pub fn answer_job(
    desk: &Desk<'_>,
    ctx: &Ctx,
    offer: i64,
    answered_on: Date,
    answer: JobAnswer,
    reason: &str,
) -> Result<i64, AssistanceError> {
    sit(desk, ctx, ANSWER, |sitting| {
        let rows = sitting.tx.rows(&OFFER_BY_ID, &[Value::from(offer)])?;
        let row = rows.first().ok_or(AssistanceError::NotFound {
            what: "offer of a job",
            id: offer,
        })?;
        let (case, person, offered_on) = (CaseId(row.int(0)?), PersonId(row.int(1)?), row.date(2)?);
        let mut dossier = sitting.load_one(case)?;
        let wrong = |field, reason: String| {
            Err(AssistanceError::form(
                format!("offer {offer}"),
                field,
                reason,
            ))
        };
        if row.opt_text(4)?.is_some() {
            return wrong("answer", "is answered already".to_owned());
        }
        if answered_on < offered_on || answered_on > sitting.today {
            let today = sitting.today;
            return wrong(
                "answered_on",
                format!("{answered_on} is not between the offer, {offered_on}, and today, {today}"),
            );
        }
        dossier.ground.form.reason =
            Some(answer == JobAnswer::Accepted || !reason.trim().is_empty());
        if sitting
            .take(&mut dossier, ANSWER, Entry::default())?
            .is_none()
        {
            return Ok(0);
        }
        let sealed = match reason.trim() {
            "" => None,
            words => Some(sitting.seal(dossier.case.subject(), REASON, words.as_bytes())?),
        };
        let (word, good) = match answer {
            JobAnswer::Accepted => ("accepted", None),
            JobAnswer::Refused { good_reason } => ("refused", Some(good_reason)),
        };
        sitting.tx.update(
            "job_offer",
            offer,
            &[
                ("answer", Value::from(word)),
                ("answered_on", Value::from(answered_on)),
                ("good_reason", Value::from(good)),
                ("reason_sealed", Value::from(sealed)),
                ("answer_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        let count = sitting.refusals(person)?.0;
        let new = NewEvidence {
            about: About::Person(person),
            row: EvidenceRow {
                kind: REFUSALS.to_owned(),
                slot: String::new(),
                code: None,
                quantity: Some(count),
                amount_fen: None,
                valid_from: answered_on,
                valid_to: None,
            },
            health: false,
            source: format!("offer {offer}"),
        };
        evidence::set_in(sitting.tx, desk, ctx, &new)?;
        Ok(count)
    })
}

impl Dossier {
    /// Refuses an act that the law of the case does not know.
    pub(super) fn knows(&self, step: &str) -> Result<(), AssistanceError> {
        let procedure = self.procedure()?;
        if procedure.steps_called(step).next().is_some() {
            return Ok(());
        }
        Err(AssistanceError::form(
            self.whom(),
            "law",
            format!(
                "{}, by which the case is decided, knows no `{step}`",
                procedure.law
            ),
        ))
    }
}

impl Sitting<'_, '_> {
    /// Refusals in a row that count, now and before the last acceptance of work.
    fn refusals(&mut self, person: PersonId) -> Result<(i64, i64), AssistanceError> {
        let (mut now, mut before) = (0, 0);
        for row in self.tx.rows(&OFFERS_OF_PERSON, &[Value::from(person)])? {
            let (suitable, good) = (row.bool(1)?, row.opt_bool(3)?);
            if row.text(2)? == "accepted" {
                (now, before) = (0, now);
            } else if suitable && good == Some(false) {
                now += 1;
            }
        }
        Ok((now, before))
    }

    /// Takes note whether a member of the case has refused so often that the share may be cut, or has accepted
    /// work since.
    pub(super) fn look_for_refusals(
        &mut self,
        dossier: &mut Dossier,
    ) -> Result<(), AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let limit = programme(&packs, &dossier.case.programme)?
            .parameter(LIMIT, self.today)
            .ok()
            .and_then(|value| value.value.as_int());
        let params = [Value::from(dossier.case.id)];
        let mut due = false;
        for row in self.tx.rows(&PERSONS_OFFERED, &params)? {
            let (now, before) = self.refusals(PersonId(row.int(0)?))?;
            due |= limit.is_some_and(|limit| now >= limit || before >= limit);
        }
        dossier.ground.form.jobs_refused = Some(due);
        Ok(())
    }
}

/// Offers in the area, the oldest first; the words stay sealed.
///
/// # Errors
/// The store's.
pub fn job_offers(q: &mut dyn Query, scope: &Scope) -> Result<Vec<OfferLine>, AssistanceError> {
    let rows = q.scoped(&OFFERS_IN_AREA, scope, &[])?;
    Ok(rows.iter().map(line).collect::<Result<_, StoreError>>()?)
}

fn line(row: &Row) -> Result<OfferLine, StoreError> {
    Ok(OfferLine {
        offer: row.int(0)?,
        case: CaseId(row.int(1)?),
        person: PersonId(row.int(2)?),
        offered_on: row.date(3)?,
        suitable: row.bool(4)?,
        answer: row.opt_text(5)?.map(str::to_owned),
        answered_on: row.opt_date(6)?,
        good_reason: row.opt_bool(7)?,
    })
}
