//! The days of the payment year: each month frozen on the last working day before it, with the bank by day 10, and
//! a second round for what the bank sent back and for accounts confirmed late.
//!
//! Source: handbook of assistance §1.7.

use minsheng_core::{Date, Month, epoch_day};

use super::model::{Account, Home};
use super::schedule::{Scheduler, day_after};
use crate::draw::Draw;

/// One round of a payment month.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// Month of benefit.
    pub month: Month,
    /// 1, or 2 for what is sent again.
    pub round: u32,
    /// Frozen.
    pub run_on: Date,
    /// Checked, released and exported.
    pub sent_on: Date,
    /// The bank's answer.
    pub answered_on: Date,
}

/// Both rounds of every month of the span.
pub(crate) fn rounds(schedule: &Scheduler<'_>, first: Month, last: Month) -> Vec<Round> {
    let mut rounds = Vec::new();
    for month in first.through(last) {
        let opening = month.first_day();
        let run_on = schedule.before(opening, 1);
        let sent_on = schedule.working(opening);
        let tenth = day_after(opening, 9);
        let mut answered_on = schedule.after(sent_on, 3);
        while answered_on > tenth {
            answered_on = schedule.before(answered_on, 1);
        }
        rounds.push(Round {
            month,
            round: 1,
            run_on,
            sent_on,
            answered_on,
        });
        let again = schedule.after(answered_on, 3);
        rounds.push(Round {
            month,
            round: 2,
            run_on: again,
            sent_on: again,
            answered_on: schedule.after(again, 1),
        });
    }
    rounds
}

/// The days on which a correction after the first round of a month is entered and confirmed.
pub(crate) fn corrected(schedule: &Scheduler<'_>, round: &Round) -> (Date, Date) {
    (
        schedule.after(round.answered_on, 1),
        schedule.after(round.answered_on, 2),
    )
}

/// A day before the bank's answer on which it closes an account, after everything of the month before.
pub(crate) fn closing_day(draw: &mut Draw, rounds: &[Round], round: &Round) -> Date {
    let before = rounds
        .iter()
        .filter(|other| other.answered_on < round.run_on)
        .map(|other| other.answered_on)
        .max();
    let from = before.map_or(day_after(round.run_on, -12), |day| day_after(day, 1));
    let days = epoch_day(round.answered_on) - epoch_day(from) - 1;
    day_after(from, draw.between(0, days.max(0)))
}

/// Closes the head's account before the answer of a round and puts a new one in its place.
pub(crate) fn close_account(
    draw: &mut Draw,
    schedule: &Scheduler<'_>,
    rounds: &[Round],
    round: &Round,
    home: &mut Home,
    mut replacement: Account,
) {
    let closed_on = closing_day(draw, rounds, round);
    let (entered_on, confirmed_on) = corrected(schedule, round);
    let head = &mut home.members[0];
    if let Some(last) = head.accounts.last_mut() {
        last.closed_on = Some(closed_on);
    }
    replacement.entered_on = entered_on;
    replacement.confirmed_on = confirmed_on;
    head.accounts.push(replacement);
}
