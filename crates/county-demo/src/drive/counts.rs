//! What happened in a run, counted while it happens.

use std::collections::BTreeMap;

use super::campaigning::CampaignCounts;

/// Counts of a year. What is a figure of the chapter is not counted here but asked of the records.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Persons registered.
    pub persons: usize,
    /// Households registered.
    pub households: usize,
    /// Rows of evidence recorded.
    pub evidence: usize,
    /// Deaths recorded.
    pub deaths: usize,
    /// Applications.
    pub applications: usize,
    /// Applicants asked for papers.
    pub papers_asked: usize,
    /// Cases granted with January 2021 as their first month.
    pub granted_2020: usize,
    /// Cases granted with a later first month.
    pub entries: usize,
    /// Applications refused.
    pub refusals: usize,
    /// Applications withdrawn.
    pub withdrawn: usize,
    /// Objections.
    pub objections: usize,
    /// Objections upheld.
    pub objections_upheld: usize,
    /// Reviews decided: other amounts.
    pub adjusted: usize,
    /// Reviews decided: the same amounts.
    pub kept: usize,
    /// Reviews decided: nothing from then on.
    pub stopped: usize,
    /// What the campaign came to.
    pub campaign: CampaignCounts,
    /// Nights on which decisions in force were compared with the law.
    pub drift_nights: usize,
    /// Entries that the nights found.
    pub drift_found: usize,
    /// Entries for which a review was opened.
    pub drift_reviews: usize,
    /// Entries dismissed with a reason.
    pub drift_dismissed: usize,
    /// Entries about which nobody has done anything at the end of the year.
    pub drift_waiting: usize,
    /// Payment batches.
    pub batches: usize,
    /// Payment lines credited.
    pub credited: usize,
    /// Payment lines returned by the bank.
    pub returned: usize,
    /// Households whose money was held back at some run.
    pub held: usize,
    /// Recoveries opened.
    pub recoveries: usize,
    /// Recoveries repaid.
    pub repaid: usize,
    /// Acts of any kind.
    pub acts: usize,
    /// Planned steps that the case did not allow, by step and cause.
    pub skipped: BTreeMap<String, usize>,
}

impl Counts {
    pub(super) fn skip(&mut self, step: &str, cause: &str) {
        *self.skipped.entry(format!("{step}: {cause}")).or_default() += 1;
    }
}
