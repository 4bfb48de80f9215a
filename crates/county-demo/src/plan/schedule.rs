//! The days of a procedure: each step within its clock, on working days, notices for their seven days. Both
//! versions of the procedure; what a household's case makes of the days is seen in the run.
//!
//! Source: D12 (民发〔2012〕220号): visit within 10 working days, appraisal within 5 after it, county within 5, a second
//! notice, decision within 3. D21 (民发〔2021〕57号): visit and cross-check begun within 3, county within 10, decision
//! within 30 in all.

use minsheng_core::{Date, WorkCalendar, epoch_day};

use crate::draw::Draw;
use crate::inputs::DriftNight;

/// The first day on which cases are accepted under D21.
pub(crate) const D21_FROM: Date = Date::constant(2021, 7, 1);

/// Days of a public notice.
const NOTICE_DAYS: u32 = 7;

/// The way from the visit to the decision.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// Home visit.
    pub visited: Date,
    /// Democratic appraisal (D12).
    pub appraised: Option<Date>,
    /// First opinion of the township.
    pub opinion: Date,
    /// First notice.
    pub posted: Date,
    /// Forwarded to the county.
    pub forwarded: Date,
    /// Opinion of the county.
    pub county_opinion: Date,
    /// Second notice (D12).
    pub county_posted: Option<Date>,
    /// Decision.
    pub decided: Date,
    /// A refusal is handed over.
    pub notified: Date,
}

/// An objection during the first notice.
#[derive(Debug, Clone)]
pub(crate) struct Objection {
    /// Day on which it is raised.
    pub raised: Date,
    /// Day on which it is answered.
    pub resolved: Date,
    /// Whether it brings new evidence.
    pub upheld: bool,
}

/// All days of an application.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    /// Application.
    pub applied: Date,
    /// Asked for papers, and the day they are handed in.
    pub papers: Option<(Date, Date)>,
    /// Acceptance.
    pub accepted: Date,
    /// Cross-check begun.
    pub asked: Date,
    /// Answers of the sources asked.
    pub answered: Date,
    /// The way to the decision.
    pub round: Round,
    /// Objection.
    pub objection: Option<Objection>,
    /// Day on which the applicant withdraws.
    pub withdrawn: Option<Date>,
}

impl Track {
    /// Day of the decision, if the case comes to one.
    pub(crate) fn decided(&self) -> Date {
        self.round.decided
    }
}

/// Makes tracks.
pub(crate) struct Scheduler<'a> {
    calendar: &'a WorkCalendar,
}

impl<'a> Scheduler<'a> {
    pub(crate) fn new(calendar: &'a WorkCalendar) -> Self {
        Self { calendar }
    }

    /// `count` working days after `day`.
    pub(crate) fn after(&self, day: Date, count: i64) -> Date {
        self.calendar
            .add_working_days(day, u32::try_from(count).unwrap_or(0))
            .date
    }

    /// `day`, or the first working day after it.
    pub(crate) fn working(&self, day: Date) -> Date {
        self.calendar.next_working_day(day).date
    }

    /// The nights of comparison of the year: twice a month, and the working day on which the clerks take up what they
    /// found.
    pub(crate) fn nights(&self) -> Vec<DriftNight> {
        let mut nights = Vec::new();
        for month in 1..=12 {
            for day in [10, 22] {
                let night = self.working(Date::constant(2021, month, day));
                let worked_on = self.after(night, 1);
                nights.push(DriftNight { night, worked_on });
            }
        }
        nights
    }

    /// The day on which the clerks take up what became known on `day`, if a night of the year is left.
    pub(crate) fn noticed(&self, day: Date) -> Option<Date> {
        let nights = self.nights();
        let next = nights.iter().find(|drift| day <= drift.night);
        next.map(|drift| drift.worked_on)
    }

    /// `count` working days before `day`, which is one.
    pub(crate) fn before(&self, day: Date, count: i64) -> Date {
        let mut found = day;
        let mut left = count;
        while left > 0 {
            match found.yesterday() {
                Ok(earlier) => found = earlier,
                Err(_) => return found,
            }
            if self.calendar.is_working_day(found).is_working() {
                left -= 1;
            }
        }
        found
    }

    /// The day from which a case may go on after a notice posted on `posted`.
    pub(crate) fn notice_over(&self, posted: Date) -> Date {
        self.calendar.notice(posted, NOTICE_DAYS).forward_from.date
    }

    /// An application of the re-application of 2020: the village holds one appraisal and posts one list, and the
    /// county decides for the village on one day.
    pub(crate) fn in_village(&self, draw: &mut Draw, village: &VillagePlan, papers: bool) -> Track {
        let appraised = village.appraised;
        let visited = self.before(appraised, draw.between(1, 4));
        let accepted = self.before(visited, draw.between(4, 9));
        let applied = self.before(accepted, if papers { 6 } else { draw.between(0, 2) });
        let papers = papers.then(|| (self.after(applied, 1), self.before(accepted, 1)));
        let round = Round {
            visited,
            appraised: Some(appraised),
            opinion: village.opinion,
            posted: village.posted,
            forwarded: village.forwarded,
            county_opinion: village.county_opinion,
            county_posted: Some(village.county_posted),
            decided: village.decided,
            notified: self.after(village.decided, draw.between(1, 3)),
        };
        let asked = self.after(accepted, draw.between(1, 3));
        let answered = self
            .before(village.opinion, 1)
            .min(self.after(asked, draw.between(2, 4)));
        Track {
            applied,
            papers,
            accepted,
            asked,
            answered,
            round,
            objection: None,
            withdrawn: None,
        }
    }

    /// The days of a village in the re-application of 2020; `wave` staggers the townships.
    pub(crate) fn village(&self, draw: &mut Draw, wave: i64) -> VillagePlan {
        let appraised = self.after(Date::constant(2020, 11, 11), wave + draw.between(0, 2));
        let opinion = self.after(appraised, 1);
        let posted = self.after(opinion, 1);
        let forwarded = self.notice_over(posted);
        let county_opinion = self.after(forwarded, draw.between(1, 3));
        let county_posted = self.after(county_opinion, 1);
        let decided = self.notice_over(county_posted);
        VillagePlan {
            appraised,
            opinion,
            posted,
            forwarded,
            county_opinion,
            county_posted,
            decided,
        }
    }

    /// An application on its own.
    pub(crate) fn alone(&self, draw: &mut Draw, applied: Date) -> Track {
        let applied = self.working(applied);
        let accepted = self.after(applied, draw.between(0, 2));
        self.accepted(draw, applied, None, accepted)
    }

    /// The same application, with papers asked for once before it is accepted.
    pub(crate) fn with_papers(&self, draw: &mut Draw, track: &Track) -> Track {
        let asked = self.after(track.applied, 1);
        let supplied = self.after(asked, draw.between(2, 6));
        let accepted = self.after(supplied, 1);
        self.accepted(draw, track.applied, Some((asked, supplied)), accepted)
    }

    fn accepted(
        &self,
        draw: &mut Draw,
        applied: Date,
        papers: Option<(Date, Date)>,
        accepted: Date,
    ) -> Track {
        let old = accepted < D21_FROM;
        let visited = self.after(
            accepted,
            if old {
                draw.between(2, 8)
            } else {
                draw.between(1, 3)
            },
        );
        let asked = self.after(accepted, draw.between(1, 3));
        let answered = self.after(asked, draw.between(1, 4));
        let round = self.round(draw, old, visited, answered);
        Track {
            applied,
            papers,
            accepted,
            asked,
            answered,
            round,
            objection: None,
            withdrawn: None,
        }
    }

    /// From a visit to the decision; the first opinion waits for the answers of the cross-check.
    fn round(&self, draw: &mut Draw, old: bool, visited: Date, answered: Date) -> Round {
        let appraised = old.then(|| self.after(visited, draw.between(1, 4)));
        let ready = appraised.unwrap_or(visited).max(answered);
        let opinion = self.after(ready, draw.between(1, 2));
        let posted = self.after(opinion, draw.between(0, 1));
        let forwarded = self.notice_over(posted);
        let county_opinion = self.after(
            forwarded,
            if old {
                draw.between(1, 4)
            } else {
                draw.between(1, 5)
            },
        );
        let county_posted = old.then(|| self.after(county_opinion, 1));
        let decided = match county_posted {
            Some(posted) => self.after(self.notice_over(posted), draw.between(0, 2)),
            None => self.after(county_opinion, draw.between(1, 3)),
        };
        let notified = self.after(decided, draw.between(1, 3));
        Round {
            visited,
            appraised,
            opinion,
            posted,
            forwarded,
            county_opinion,
            county_posted,
            decided,
            notified,
        }
    }

    /// Lays an objection over a track. It is answered while the notice runs or soon after; what follows waits for it.
    pub(crate) fn object(&self, draw: &mut Draw, track: &mut Track, upheld: bool) {
        let raised = self.working(day_after(track.round.posted, draw.between(1, 4)));
        let resolved = self.after(raised, draw.between(1, 2));
        let round = &mut track.round;
        if resolved > round.forwarded {
            round.forwarded = resolved;
            round.county_opinion = self.after(resolved, 2);
            round.county_posted = round
                .county_posted
                .map(|_| self.after(round.county_opinion, 1));
            round.decided = match round.county_posted {
                Some(posted) => self.notice_over(posted),
                None => self.after(round.county_opinion, 2),
            };
            round.notified = self.after(round.decided, 2);
        }
        track.objection = Some(Objection {
            raised,
            resolved,
            upheld,
        });
    }
}

/// The days that a village has in common in 2020.
#[derive(Debug, Clone)]
pub(crate) struct VillagePlan {
    /// Appraisal.
    pub appraised: Date,
    /// First opinions.
    pub opinion: Date,
    /// First list.
    pub posted: Date,
    /// Forwarded.
    pub forwarded: Date,
    /// County opinions.
    pub county_opinion: Date,
    /// Second list.
    pub county_posted: Date,
    /// Decisions.
    pub decided: Date,
}

/// `count` calendar days after a day.
pub(crate) fn day_after(day: Date, count: i64) -> Date {
    minsheng_core::date_of_epoch_day(epoch_day(day) + count).unwrap_or(day)
}
