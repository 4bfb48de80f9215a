//! Drift: every night what the law gives today, on the evidence as known now, is compared with the decisions in
//! force. What differs is the work list of dynamic management: who may still get it (应保尽保), who may no longer
//! (应退尽退), and whose amount has changed.
//!
//! The comparison computes and changes no case: an entry predicts what a review opened and decided today would come
//! to, because both ask [`crate::assistance`] the same question. People work the list off, by reviews or with a
//! reason why not.
//!
//! It must not know payments, and no rule or name of a programme.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 31 to 34; 社会救助暂行办法 art. 13.

mod compare;
pub mod proof;
mod qualify;
pub mod queries;
mod run;
mod survey;
mod work;

pub use compare::{Difference, Kind, Lack};
pub(crate) use compare::{Night, unread};
pub use queries::{EntryLine, EntryState, entries, totals};
pub use run::{RunReport, known_by_hash, run};
pub use survey::{Survey, current};
pub(crate) use survey::{going_on, running, served};
pub use work::{EntryId, Work, work_off};
