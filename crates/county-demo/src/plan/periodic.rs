//! Reviews by period in the plan: a household is looked at again before its term ends, on days that its township has
//! in common, and never between the day on which something becomes known and the day on which that is decided.
//!
//! How long the term is the packs say. Must not know amounts.
//!
//! Source: D21 (民发〔2021〕57号) art. 31; D12 (民发〔2012〕220号) art. 33.

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Month};

use super::model::{Home, Review};
use super::schedule::Scheduler;
use super::trial::Trial;
use crate::error::PlanError;

/// The last day of the year that is driven.
const YEAR_END: Date = Date::constant(2021, 12, 31);
/// Days of a month on which reviews are opened, or the first working day after them.
const ROUND_DAYS: [i8; 3] = [4, 14, 24];
/// Working days from the opening to the decision.
const ROUND_LENGTH: i64 = 2;

/// Lays the reviews by period over a household. False if one of them finds no day.
pub(crate) fn lay_over(
    trial: &Trial<'_>,
    schedule: &Scheduler<'_>,
    home: &mut Home,
) -> Result<bool, PlanError> {
    let track = &home.application.track;
    if track.withdrawn.is_some() {
        return Ok(true);
    }
    let rounds = rounds(schedule);
    let own = home.application.reviews.clone();
    let mut own = own.iter().peekable();
    let (mut decided, mut asked) = (track.decided(), track.applied);
    let mut laid = Vec::new();
    while let Some(months) = trial.review_term(home, decided, asked)? {
        let due = decided.saturating_add(jiff::Span::new().months(months));
        if let Some(review) = own.next_if(|review| review.decided_on <= due) {
            if review.stops {
                break;
            }
            (decided, asked) = (review.decided_on, review.opened_on);
            continue;
        }
        let reported = home.members.iter().filter_map(|member| member.death);
        let free_until = own
            .peek()
            .map(|review| review.known_on.min(review.opened_on))
            .into_iter()
            .chain(
                reported
                    .map(|death| death.reported_on)
                    .filter(|day| *day > decided),
            )
            .min()
            .unwrap_or(Date::MAX);
        if due > YEAR_END || free_until <= decided {
            break;
        }
        let round = rounds.iter().rev().find(|(opened_on, decided_on)| {
            *opened_on > decided && *decided_on <= due && *decided_on < free_until
        });
        let Some((opened_on, decided_on)) = round.copied() else {
            return Ok(false);
        };
        laid.push(Review {
            cause: Cause::Periodic,
            known_on: opened_on,
            ready_on: opened_on,
            opened_on,
            decided_on,
            own: false,
            stops: false,
        });
        (decided, asked) = (decided_on, opened_on);
    }
    home.application.reviews.extend(laid);
    home.application
        .reviews
        .sort_by_key(|review| review.decided_on);
    Ok(true)
}

/// The days of the year on which reviews are opened, and those on which they are decided.
fn rounds(schedule: &Scheduler<'_>) -> Vec<(Date, Date)> {
    let days = super::check::months();
    days.0
        .through(days.1)
        .flat_map(|month: Month| {
            ROUND_DAYS.map(|day| {
                let opened = month
                    .first_day()
                    .saturating_add(jiff::Span::new().days(day - 1));
                let opened = schedule.working(opened);
                (opened, schedule.after(opened, ROUND_LENGTH))
            })
        })
        .collect()
}
