//! The turns that stories are made of: reviews, deaths, income found or changed, a birth. Each adds evidence and days.
//!
//! Must not know amounts or outcomes.

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Relation, Sex, completed_age};
use minsheng_registry::facts::EvidenceRow;

use super::means::{self, YUAN};
use super::model::{Death, Fact, Home, Review, Way};
use super::people;
use super::schedule::{Scheduler, day_after};
use crate::draw::Draw;
use crate::error::PlanError;
use crate::identity::Numbers;
use crate::names::Naming;
use crate::targets::StoryKind;

/// The last day on which a review of the year is decided: effective in December, before its payroll is frozen.
const LAST_REVIEW: Date = Date::constant(2021, 11, 25);
/// The last day on which reviews are decided at all.
const YEAR_END: Date = Date::constant(2021, 12, 24);

/// Opens a review on a working day of the year and decides it; gives the day on which the finding is recorded.
pub(super) fn review(
    draw: &mut Draw,
    schedule: &Scheduler<'_>,
    home: &mut Home,
    cause: Cause,
    month: Option<i64>,
) -> Date {
    let month = month.unwrap_or_else(|| draw.between(2, 11));
    review_in(draw, schedule, home, cause, month)
}

/// A review decided in a month.
pub(crate) fn review_in(
    draw: &mut Draw,
    schedule: &Scheduler<'_>,
    home: &mut Home,
    cause: Cause,
    month: i64,
) -> Date {
    let first = Date::constant(2021, 1, 1).saturating_add(jiff::Span::new().months(month - 1));
    let found = schedule.working(day_after(first, draw.between(2, 8)));
    // What the nightly comparison sees is taken up after it; the rest is somebody's own act.
    let own = schedule.after(found, draw.between(0, 2));
    let opened_on = match cause {
        cause if seen_by_night(cause) => schedule.noticed(found).unwrap_or(own),
        // On the day itself, before a night sees it too.
        Cause::Rectification => found,
        _ => own,
    };
    let decided_on = schedule
        .after(opened_on, draw.between(2, 7))
        .min(LAST_REVIEW);
    home.application.reviews.push(Review {
        cause,
        known_on: found,
        ready_on: found,
        opened_on,
        decided_on,
        own: true,
        stops: cause == Cause::Renounced,
    });
    found
}

/// Whether the nightly comparison can know of the cause: it sees facts, not wishes, reports or campaigns.
pub(crate) const fn seen_by_night(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Death | Cause::Members | Cause::Income | Cause::Property | Cause::Person
    )
}

/// A decision that would come too late for December is made in December, for the next year; none if even its last
/// day comes before the case is `ready`.
fn decision_day(schedule: &Scheduler<'_>, wanted: Date, ready: Date) -> Option<Date> {
    if wanted <= LAST_REVIEW {
        return Some(wanted);
    }
    let late = wanted.max(schedule.after(LAST_REVIEW, 5)).min(YEAR_END);
    (ready <= late).then_some(late)
}

/// A death, and for households of several the review that follows it.
pub(super) fn death(
    draw: &mut Draw,
    schedule: &Scheduler<'_>,
    home: &mut Home,
    place: usize,
    late: bool,
) {
    let first = Date::constant(2021, 1, 1);
    let (month, delay) = if late {
        (draw.between(1, 7), draw.between(62, 118))
    } else {
        (draw.between(0, 10), draw.between(1, 7))
    };
    let day = first.saturating_add(jiff::Span::new().months(month).days(draw.between(0, 19)));
    let reported_on = schedule.working(day_after(day, delay));
    home.members[place].death = Some(Death {
        on: day,
        reported_on,
    });
    let own = schedule.after(reported_on, draw.between(1, 6));
    let opened_on = schedule.noticed(reported_on).unwrap_or(own);
    let wanted = schedule.after(opened_on, draw.between(4, 35));
    let ready = schedule.after(opened_on, 2);
    if let Some(decided_on) = decision_day(schedule, wanted, ready) {
        home.application.reviews.push(Review {
            cause: Cause::Death,
            known_on: reported_on,
            ready_on: reported_on,
            opened_on,
            decided_on,
            own: true,
            stops: false,
        });
    }
}

/// The head dies; the eldest adult below 80 becomes the head on a later day, and the review waits for that.
pub(super) fn head_dies(
    draw: &mut Draw,
    schedule: &Scheduler<'_>,
    home: &mut Home,
    late: bool,
) -> bool {
    let on = Date::constant(2021, 1, 1);
    let adult = |place: &usize| (18..80).contains(&completed_age(home.members[*place].birth, on));
    let heir = (1..home.members.len())
        .filter(adult)
        .min_by_key(|place| home.members[*place].birth);
    let Some(heir) = heir else { return false };
    death(draw, schedule, home, 0, late);
    let Some(death) = home.members[0].death else {
        return false;
    };
    // Some wait longer than the next payroll: the line is held until the new payee is named.
    let named = schedule.after(death.reported_on, draw.weighted(&[(2, 2), (9, 2), (24, 1)]));
    home.members[0].leaves = Some((day_after(death.on, 1), named));
    home.members[heir].becomes = Some((Relation::Head, named));
    // The review is opened when the night has seen the death; its decision waits for the new head.
    home.application.reviews.retain_mut(|review| {
        let ready = schedule.after(named.max(review.opened_on), 4);
        let day = decision_day(schedule, review.decided_on.max(ready), ready);
        review.decided_on = day.unwrap_or(review.decided_on);
        review.ready_on = schedule.after(named, 4);
        day.is_some()
    });
    named <= LAST_REVIEW
}

/// The review finds wages that lift the household above the standard.
pub(super) fn found_income(
    draw: &mut Draw,
    schedule: &Scheduler<'_>,
    home: &mut Home,
    month: Option<i64>,
) {
    let cause = if home.story == StoryKind::Leaver {
        Cause::Rectification
    } else {
        Cause::Income
    };
    let on = review(draw, schedule, home, cause, month);
    let heads = i64::try_from(home.members.len()).unwrap_or(1);
    let wage = (draw.between(700, 1_300) * heads + 600) * YUAN;
    let earner = (0..home.members.len())
        .min_by_key(|place| home.members[*place].birth < Date::constant(1962, 1, 1))
        .unwrap_or(0);
    let mut fact = means::income(on, "wage", wage, 12, "社保缴费记录");
    fact.way = Way::Change;
    home.members[earner].facts.push(fact);
}

/// The head's income changes: up by a part of what it was, or down to a part of it.
pub(super) fn other_income(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home) {
    let on = review(draw, schedule, home, Cause::Income, None);
    let risen = home.story == StoryKind::IncomeRisen;
    for member in &mut home.members {
        let Some(before) = member.facts.iter().find(|fact| {
            fact.row.kind == "income"
                && fact.row.slot != "base_pension"
                && fact.row.slot != "old_age_allowance"
        }) else {
            continue;
        };
        let amount = before.row.amount_fen.unwrap_or(0);
        let percent = if risen {
            draw.between(118, 160)
        } else {
            draw.between(30, 75)
        };
        let row = EvidenceRow {
            amount_fen: Some(amount * percent / 100 / YUAN * YUAN),
            valid_from: on,
            ..before.row.clone()
        };
        let source = before.source;
        member.facts.push(Fact {
            recorded_on: on,
            way: Way::Change,
            row,
            source,
        });
        return;
    }
}

/// Wages that began months before they became known; they change nothing until somebody decides.
pub(super) fn late_fact(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home) {
    let month = draw.between(6, 11);
    let on = review(draw, schedule, home, Cause::Income, Some(month));
    let heads = i64::try_from(home.members.len()).unwrap_or(1);
    let mut fact = means::income(
        on,
        "wage",
        draw.between(120, 260) * heads * YUAN,
        12,
        "社保缴费记录",
    );
    fact.way = Way::Change;
    fact.row.valid_from = day_after(on, -draw.between(70, 130));
    home.members[0].facts.push(fact);
}

/// A child is born and declared.
pub(super) fn birth(
    draw: &mut Draw,
    numbers: &mut Numbers,
    schedule: &Scheduler<'_>,
    home: &mut Home,
) -> Result<bool, PlanError> {
    let parents = home
        .members
        .iter()
        .any(|member| member.relation == Relation::Spouse);
    if !parents {
        return Ok(false);
    }
    let known = review(draw, schedule, home, Cause::Members, None);
    let born = day_after(known, -draw.between(8, 30));
    if born < Date::constant(2021, 1, 5) {
        return Ok(false);
    }
    let sex = if draw.chance(1, 2) {
        Sex::Male
    } else {
        Sex::Female
    };
    let mut child = people::born_on(draw, numbers, Naming::Tibetan, Relation::Child, sex, born)?;
    child.joins = Some((born, known));
    child.facts.push(means::coded(
        known,
        "income_declaration",
        "declared",
        "监护人申报",
    ));
    home.members.push(child);
    Ok(true)
}
