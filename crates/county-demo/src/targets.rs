//! The figures the year has to come to and the number of events in it, from `data/targets.toml`.
//!
//! Known to the planner and to nobody else: a run reads only [`crate::Inputs`].

use serde::Deserialize;

use crate::error::PlanError;

const TEXT: &str = include_str!("../data/targets.toml");

/// A figure with its source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited {
    /// The figure.
    pub value: i64,
    /// Id in the list of figures.
    pub cite: String,
    /// `seed`: stated by the yearbook.
    pub mark: String,
}

/// Rolls of December, in households and persons.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roll {
    pub rural_households: Cited,
    pub rural_persons: Cited,
    pub backstop_households: Cited,
    pub backstop_persons: Cited,
    pub urban_households: Cited,
    pub urban_persons: Cited,
}

/// The roll of 2019, in households and persons.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot2019 {
    pub rural_households: Cited,
    pub rural_persons: Cited,
    pub urban_households: Cited,
    pub urban_persons: Cited,
}

/// Payments of the year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paid {
    pub backstop_person_months: Cited,
    pub total_from_yuan: Cited,
    pub total_to_yuan: Cited,
}

/// Which roll a household stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Urban dibao.
    Urban,
    /// Rural dibao, general and disabled or clergy.
    Rural,
    /// Rural dibao of registered poor households that cannot get out by work.
    Backstop,
}

/// What happens to a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryKind {
    /// Receives all year and nothing happens.
    Steady,
    /// Applies within the year.
    Entry,
    /// One person of a family that gets nothing applies alone.
    EntrySingle,
    /// Clergy apply alone within the year.
    EntryClergy,
    /// Clergy who receive all year.
    Clergy,
    /// A recipient who lives alone dies.
    DeathAlone,
    /// A member dies.
    DeathMember,
    /// The head dies; another becomes the head and the payee.
    DeathHead,
    /// A review finds income above the standard.
    ExitIncome,
    /// A review finds property above the limits.
    ExitProperty,
    /// Gives the benefit up.
    Renounced,
    /// A review finds more income, still below the standard.
    IncomeRisen,
    /// A review finds less income.
    IncomeFallen,
    /// Income that began months ago becomes known.
    LateFact,
    /// A member gets a certificate of disability.
    CertificateGained,
    /// A certificate ends.
    CertificateEnded,
    /// A backstop household can get out by work: general from then on.
    BackstopEnded,
    /// A general household becomes backstop.
    BackstopBegun,
    /// A child is born.
    Birth,
    /// A member moves away.
    MovedOut,
    /// Does not apply again in the rectification.
    NoReapplication,
    /// Has moved away, as the rectification finds.
    MovedAway,
    /// Leaves backstop and dibao in the rectification.
    Leaver,
    /// Applies with too much income.
    RefusedIncome,
    /// Applies with too much property.
    RefusedProperty,
    /// An objection without ground.
    ObjectionRejected,
    /// An objection that brings new evidence.
    ObjectionUpheld,
    /// Withdraws the application.
    Withdrawn,
}

/// How many households have a story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What happens.
    pub kind: StoryKind,
    /// To whom.
    pub group: Group,
    /// Year of the application: 2020 for the re-application of the whole caseload.
    pub applied: i16,
    /// Households.
    pub count: i64,
}

/// Numbers of things that happen across stories; see the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    pub deaths_reported_late: i64,
    pub papers_asked: i64,
    pub accounts_closed: i64,
    pub accounts_confirmed_late: i64,
}

/// The file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Rolls of December.
    pub roll: Roll,
    /// Payments of the year.
    pub paid: Paid,
    /// The roll of 2019.
    pub snapshot: Snapshot2019,
    /// Things that happen across stories.
    pub spread: Spread,
    /// Stories.
    pub story: Vec<Story>,
}

impl Targets {
    /// The chapter's county.
    ///
    /// # Errors
    /// [`PlanError::Data`] if the file does not read.
    pub fn load() -> Result<Targets, PlanError> {
        toml::from_str(TEXT).map_err(|error| PlanError::Data {
            file: "targets.toml",
            reason: error.to_string(),
        })
    }

    /// A county `divisor` times smaller, for quick tests: its figures are nobody's, but it has to close on them.
    #[must_use]
    pub fn scaled(mut self, divisor: i64) -> Targets {
        let (roll, snapshot, paid) = (&mut self.roll, &mut self.snapshot, &mut self.paid);
        for figure in [
            &mut roll.rural_households,
            &mut roll.rural_persons,
            &mut roll.backstop_households,
            &mut roll.backstop_persons,
            &mut roll.urban_households,
            &mut roll.urban_persons,
            &mut snapshot.rural_households,
            &mut snapshot.rural_persons,
            &mut snapshot.urban_households,
            &mut snapshot.urban_persons,
            &mut paid.backstop_person_months,
            &mut paid.total_from_yuan,
        ] {
            figure.value /= divisor;
        }
        paid.total_to_yuan.value = paid.total_from_yuan.value + 99;
        let spread = &mut self.spread;
        let counts = [
            &mut spread.deaths_reported_late,
            &mut spread.papers_asked,
            &mut spread.accounts_closed,
            &mut spread.accounts_confirmed_late,
        ];
        for count in counts
            .into_iter()
            .chain(self.story.iter_mut().map(|story| &mut story.count))
        {
            *count = (*count + divisor - 1) / divisor;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_asks_for_enough_of_everything() {
        let targets = Targets::load().unwrap();
        assert_eq!(targets.roll.rural_persons.value, 5014);
        let count = |kinds: &[StoryKind]| -> i64 {
            targets
                .story
                .iter()
                .filter(|story| kinds.contains(&story.kind))
                .map(|story| story.count)
                .sum()
        };
        use StoryKind::*;
        assert!(count(&[Entry, EntrySingle, EntryClergy]) >= 60);
        assert!(count(&[DeathAlone, DeathMember, DeathHead]) >= 60);
        assert!(count(&[RefusedIncome, RefusedProperty]) >= 40);
        assert!(count(&[ObjectionRejected, ObjectionUpheld]) >= 12);
        assert!(targets.spread.papers_asked >= 30 && targets.spread.accounts_closed >= 40);
    }

    #[test]
    fn a_scaled_county_keeps_every_kind_of_story() {
        let full = Targets::load().unwrap();
        let small = full.clone().scaled(10);
        assert_eq!(small.roll.rural_households.value, 248);
        assert_eq!(small.story.len(), full.story.len());
        assert!(small.story.iter().all(|story| story.count >= 1));
    }
}
