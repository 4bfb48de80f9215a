//! The assistance office: cases from application to decision, and what follows from decisions.
//!
//! Evidence becomes a determination by the pack; people give opinions and decide on it; a decision freezes the
//! evidence it rests on. Which step is possible when, for whom, and with which term is data of the pack
//! ([`minsheng_policy::Procedure`]); the acts here only say what a form holds and what is written.
//!
//! It must not know payments. It reads the registry through its functions only.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号, "D21"); 最低生活保障审核审批办法（试行） (民发〔2012〕220号, "D12");
//! 社会救助暂行办法 (2014, amended 2019).

mod cause;
mod clocks;
pub mod commands;
mod condition;
pub(crate) mod conflict;
pub mod days;
pub(crate) mod determine;
mod error;
pub mod explain;
mod ground;
mod lot;
pub(crate) mod missing;
pub(crate) mod outlook;
pub mod periodic;
pub(crate) mod procedure;
pub mod proof;
pub mod queries;
pub mod receipt;
pub(crate) mod records;
mod remedies;
pub mod reports;
pub mod retention;
pub mod roll;
pub mod rules;
pub mod scans;
pub(crate) mod service;
pub(crate) mod wire;

pub use cause::Cause;
pub use determine::{Frozen, frozen, frozen_many};
pub use error::{AssistanceError, CampaignRefusal, Refusal};
pub use missing::Missing;
pub use records::{CaseFile, StepRow, case};
pub use remedies::Remedy;
pub use rules::{DecisionKind, DecisionRow};
pub use service::{
    Answer, Appraisal, Decided, Draw, DrawLine, DrawRow, Filed, FiledBy, FilingLine, Investigation,
    JobAnswer, Kinship, Move, MoveLine, NearRelative, NewApplication, NewFiling, NewOffer,
    NoticeId, OfferLine, Opinion, Papers, PhaseOut, PhasingOut, RelativeRow, RemedyKind,
    RemedyOutcome, Resolution, Service, ServiceRow, Staff, VisitRow, Way, Withdrawal, accept,
    accept_many, answer_job, apply, apply_many, appraise, appraise_many, correct_service,
    correct_visit, county_opinion, county_opinion_many, county_visit, county_visit_many,
    cross_check_answer, cross_check_answer_many, cross_check_start, cross_check_start_many, decide,
    decide_many, decide_review, decide_review_many, decide_review_phasing_out, draw, drawn_cases,
    draws, end_phase_out_many, end_relative, extend, file_remedy, filings, first_opinion,
    first_opinion_many, forward, forward_many, investigate, investigate_many, is_registered,
    job_offers, moves, notify_refusal, notify_refusal_many, object, offer_job, open_review,
    open_review_many, phasing_out, post_county_notice, post_notices, receive_case,
    recompute_provisional, register_relatives, reinvestigate, relatives, remedy_outcome,
    request_papers, resolve_objection, send_case, serve, serve_many, served_on, services,
    set_review_category, supplement, visits, withdraw, withdraw_by,
};
