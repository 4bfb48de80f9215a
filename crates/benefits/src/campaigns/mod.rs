//! Campaigns: a list of targets frozen at a cut-off date, steps taken for each of them, outcomes derived from what was
//! decided since, an invariant over the figures, and a report.
//!
//! Which steps there are, who takes them, which of them a decision waits for and on which grounds a target leaves is
//! data of the pack ([`minsheng_policy::CampaignKind`]); the decisions themselves are casework and go through the
//! ordinary review. Outcomes are never typed in. The only thing an officer adds is the ground of an exit where the
//! decision does not say it.
//!
//! It must not know rules of law, amounts or payments.
//!
//! Source: handbook of assistance, special rectification (专项治理): after = before − exits + entries.

mod acts;
pub(crate) mod gate;
mod lifecycle;
mod notice;
mod objections;
mod outcome;
pub mod proof;
mod records;
mod report;
mod view;
mod work;

pub use acts::{NewGround, NewStep, record_ground_many, record_step_many, undo_many};
pub use lifecycle::{NewCampaign, close, open};
pub use notice::{CampaignNotice, CampaignNoticeId, CampaignNoticeList, notice_list, notices};
pub use objections::{
    CampaignAnswer, CampaignObjection, Examined, answer_objections, object, objections,
};
pub use outcome::Outcome;
pub use records::{Campaign, CampaignId, find, list};
pub use report::{Count, Flow, GroundCount, Line, Report, StepCount, report};
pub use view::{Filter, TargetLine, targets};
