//! The special rectification in the plan: the days on which each township takes its steps, and which reviews of a
//! household the campaign decides.
//!
//! Must not know amounts or outcomes.
//!
//! Source: handbook of assistance §2 (专项治理): everybody on the roll applies again, is checked, visited and posted.

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Month};

use super::model::{Home, Review};
use super::schedule::Scheduler;
use super::turns::seen_by_night;
use crate::inputs::Campaign;
use crate::targets::StoryKind;

/// Day whose roll is the list of targets.
const CUT_OFF: Date = Date::constant(2021, 3, 31);
/// Day on which it is opened, before the first household applies again.
const OPENED: Date = Date::constant(2021, 4, 1);
/// Day by which it is to be finished.
const ENDS: Date = Date::constant(2021, 11, 30);
/// Day on which it is closed.
const CLOSED: Date = Date::constant(2021, 12, 1);

/// The campaign of the year.
pub(crate) fn campaign() -> Campaign {
    Campaign {
        kind: "dibao-rectification".to_owned(),
        name: "2021年低保专项治理".to_owned(),
        plan: "康民发〔2021〕11号".to_owned(),
        cut_off: CUT_OFF,
        opened_on: OPENED,
        ends_on: ENDS,
        closed_on: CLOSED,
    }
}

/// The days of a township.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CampaignDays {
    /// Everybody applies again.
    pub reapplied: Date,
    /// Answers of the registers.
    pub checked: Date,
    /// Home visits.
    pub visited: Date,
    /// The list is posted.
    pub posted: Date,
    /// Decisions.
    pub decided: Date,
}

impl Scheduler<'_> {
    /// The days of a township; `wave` staggers them.
    pub(crate) fn campaign(&self, wave: i64) -> CampaignDays {
        let reapplied = self.after(OPENED, wave % 3);
        let checked = self.after(reapplied, 2);
        let visited = self.after(checked, 1);
        let posted = self.after(visited, 1);
        CampaignDays {
            reapplied,
            checked,
            visited,
            posted,
            decided: self.after(self.notice_over(posted), 1),
        }
    }
}

/// Whether the household is planned to be on the roll at the cut-off.
fn on_the_roll(home: &Home) -> bool {
    let refused = matches!(
        home.story,
        StoryKind::RefusedIncome
            | StoryKind::RefusedProperty
            | StoryKind::ObjectionUpheld
            | StoryKind::Withdrawn
    );
    let first = Month::from_date(home.application.track.decided()).next();
    let own = home.application.reviews.first();
    let left = leaves(home.story) && own.is_some_and(|review| review.decided_on < OPENED);
    !refused && !left && first <= Month::from_date(CUT_OFF)
}

/// Stories that end in a stop.
const fn leaves(story: StoryKind) -> bool {
    matches!(
        story,
        StoryKind::ExitIncome
            | StoryKind::ExitProperty
            | StoryKind::Renounced
            | StoryKind::Leaver
            | StoryKind::DeathAlone
            | StoryKind::NoReapplication
            | StoryKind::MovedAway
    )
}

/// The ground under which a household leaves without going through the steps.
pub(crate) const fn leaves_at_once(story: StoryKind) -> Option<&'static str> {
    match story {
        StoryKind::NoReapplication => Some("no_reapplication"),
        StoryKind::MovedAway => Some("moved"),
        _ => None,
    }
}

/// A household whose head has died is posted when another one is named.
fn with_a_head(schedule: &Scheduler<'_>, home: &Home, days: CampaignDays) -> CampaignDays {
    let died = home.members[0].death.map(|death| death.reported_on);
    let named = home.members.iter().find_map(|member| member.becomes);
    match (died, named) {
        (Some(died), Some((_, named))) if died <= days.decided && named >= days.posted => {
            let posted = schedule.after(named, 1);
            CampaignDays {
                posted,
                decided: schedule.after(schedule.notice_over(posted), 1),
                ..days
            }
        }
        _ => days,
    }
}

/// Lays the campaign over a household: a review that falls into its steps is decided with it, one that the household
/// asks for waits, and who has no other review is decided anew on the day of the township.
pub(crate) fn lay_over(schedule: &Scheduler<'_>, home: &mut Home, days: CampaignDays) {
    if !on_the_roll(home) {
        return;
    }
    let days = with_a_head(schedule, home, days);
    home.campaign = Some(days);
    let mut decided_with_it = false;
    for review in &mut home.application.reviews {
        if review.cause == Cause::Rectification {
            if review.decided_on >= OPENED {
                review.opened_on = days.reapplied;
                review.decided_on = review.decided_on.max(days.decided);
                decided_with_it = true;
            }
        } else if seen_by_night(review.cause) {
            if review.known_on <= days.decided && review.decided_on >= OPENED {
                review.opened_on = review.opened_on.min(days.reapplied);
                review.decided_on = days.decided.max(review.ready_on);
                decided_with_it = true;
            }
        } else if review.opened_on <= days.decided && review.decided_on >= OPENED {
            review.opened_on = schedule.after(days.decided, 2);
            review.decided_on = schedule.after(days.decided, 5);
        }
    }
    if !decided_with_it {
        let at_once = leaves_at_once(home.story).is_some();
        home.application.reviews.push(Review {
            cause: Cause::Rectification,
            known_on: days.reapplied,
            ready_on: days.reapplied,
            opened_on: days.reapplied,
            decided_on: days.decided,
            own: at_once,
            stops: at_once,
        });
    }
    home.application
        .reviews
        .sort_by_key(|review| review.decided_on);
}
