//! The acts of casework. Each is one transaction over one case or over the list a person works through: every
//! case is checked against its procedure, everything that is missing in any of them is told at once, and nothing
//! is written unless all may go on.

mod category;
mod codes;
mod county;
mod extension;
mod flags;
mod inquiry;
mod intake;
mod jobs;
mod moves;
mod notice;
mod opinion;
mod own;
mod phase_out;
mod proposal;
mod relatives;
mod remedy;
mod review;
mod serving;
mod sitting;
mod spot_check;
mod terms;
mod visit;
mod withdrawal;

use minsheng_registry::{CaseId, Ctx, Desk};

use super::error::AssistanceError;

pub(crate) use category::REVIEW_CLOCK;
pub(crate) use sitting::{Dossier, Entry, NOTE, Sitting, programme, sit, sit_as};

pub use category::set_review_category;
pub use county::{Decided, county_opinion, county_opinion_many, decide, decide_many};
pub use extension::extend;
pub use inquiry::{
    Answer, Appraisal, appraise, appraise_many, cross_check_answer, cross_check_answer_many,
    cross_check_start, cross_check_start_many,
};
pub use intake::{
    FiledBy, NewApplication, Papers, accept, accept_many, apply, apply_many, request_papers,
    supplement,
};
pub use jobs::{JobAnswer, NewOffer, OfferLine, answer_job, job_offers, offer_job};
pub use moves::{Move, MoveLine, moves, receive_case, send_case};
pub use notice::{
    NoticeId, Resolution, forward, forward_many, object, post_county_notice, post_notices,
    resolve_objection,
};
pub use opinion::{Opinion, first_opinion, first_opinion_many};
pub use phase_out::{PhaseOut, PhasingOut, end_phase_out_many, phasing_out};
pub(crate) use proposal::Proposal;
pub(crate) use relatives::own_relatives;
pub use relatives::{
    Kinship, NearRelative, RelativeRow, Staff, end_relative, is_registered, register_relatives,
    relatives,
};
pub use remedy::{
    Filed, FilingLine, NewFiling, RemedyKind, RemedyOutcome, file_remedy, filings, remedy_outcome,
};
pub(crate) use review::{OPEN_REVIEW, open_in};
pub use review::{
    decide_review, decide_review_many, decide_review_phasing_out, open_review, open_review_many,
};
pub use serving::{
    Service, ServiceRow, Way, correct_service, notify_refusal, notify_refusal_many, serve,
    serve_many, served_on, services,
};
pub(crate) use spot_check::draw_of;
pub use spot_check::{Draw, DrawLine, DrawRow, draw, drawn_cases, draws};
pub use terms::recompute_provisional;
pub use visit::{
    Investigation, VisitRow, correct_visit, county_visit, county_visit_many, investigate,
    investigate_many, reinvestigate, visits,
};
pub use withdrawal::{Withdrawal, withdraw, withdraw_by};

/// Takes a step that records nothing but its words, in each of the cases.
pub(crate) fn plain_step(
    desk: &Desk<'_>,
    ctx: &Ctx,
    step: &str,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, step, |sitting| {
        for mut dossier in sitting.load(cases)? {
            sitting.take(&mut dossier, step, Entry::default())?;
        }
        Ok(())
    })
}

/// The only result of an act on one case.
pub(crate) fn only<T>(results: Vec<T>, whom: CaseId) -> Result<T, AssistanceError> {
    results
        .into_iter()
        .next()
        .ok_or_else(|| AssistanceError::inconsistent(whom, "an act on one case gave no result"))
}
