//! What happens to households: each story as changes of people and evidence and as days of reviews.
//!
//! Must not know amounts or outcomes; whether a story comes out is asked of the packs in [`super::check`].

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Relation, Sex, completed_age};

use super::maker::Order;
use super::means::{self, Property, YUAN};
use super::model::{Death, Fact, Home, Review, Way};
use super::people;
use super::schedule::{Scheduler, day_after};
use crate::draw::Draw;
use crate::error::PlanError;
use crate::identity::Numbers;
use crate::names::Naming;
use crate::targets::{Group, StoryKind};

/// The last day on which a review of the year is decided: effective in December, before its payroll is frozen.
const LAST_REVIEW: Date = Date::constant(2021, 11, 25);

/// The size that a story needs.
pub(crate) fn size(draw: &mut Draw, order: Order) -> usize {
    match order.kind {
        StoryKind::DeathAlone => 1,
        StoryKind::DeathMember | StoryKind::DeathHead | StoryKind::MovedOut => {
            people::size(draw, order.group).clamp(2, 4)
        }
        StoryKind::Birth => 3,
        StoryKind::EntrySingle => 3,
        _ => people::size(draw, order.group),
    }
}

/// The day of an application outside of the re-application: decided within the year, so made from December on.
pub(crate) fn application_day(draw: &mut Draw, order: Order) -> Date {
    let (from, to) = match order.kind {
        // Refusals and withdrawals may come to their end in December.
        StoryKind::RefusedIncome | StoryKind::RefusedProperty | StoryKind::Withdrawn => (10, 318),
        // One person alone out of a family: the law of July 2021 made it wide.
        StoryKind::EntrySingle => (186, 268),
        StoryKind::ObjectionUpheld | StoryKind::ObjectionRejected => (12, 240),
        _ => (-29, 270),
    };
    day_after(Date::constant(2021, 1, 1), draw.between(from, to))
}

/// The declarations of the application.
pub(crate) fn declare(draw: &mut Draw, home: &mut Home, bias: i64) {
    let on = home.application.track.applied;
    let group = home.group;
    certificates(draw, home, on);
    let property = match home.story {
        StoryKind::RefusedProperty => *draw.pick(&[
            Property::Savings,
            Property::Vehicle,
            Property::SecondHome,
            Property::Company,
        ]),
        _ => Property::Little,
    };
    let per_head = match home.story {
        StoryKind::RefusedIncome => means::ample(draw, group),
        // Income of the family between the line and one and a half times the line.
        StoryKind::EntrySingle => draw.between(420, 550) * YUAN,
        StoryKind::Clergy | StoryKind::EntryClergy if home.members.len() > 1 => {
            draw.between(420, 800) * YUAN
        }
        StoryKind::Clergy | StoryKind::EntryClergy => draw.between(0, 200) * YUAN,
        StoryKind::IncomeRisen | StoryKind::LateFact => draw.between(60, 330) * YUAN,
        StoryKind::IncomeFallen => draw.between(250, 560) * YUAN,
        _ => match means::modest(draw, group) {
            0 => 0,
            usual => (usual + bias * YUAN).clamp(5 * YUAN, 584 * YUAN),
        },
    };
    home.facts = means::household(draw, home, on, property);
    let counted = match home.story {
        // The monk of a family is not counted with it, and his own income is not the family's.
        StoryKind::Clergy | StoryKind::EntryClergy if home.members.len() > 1 => {
            home.members.len() - 1
        }
        _ => home.members.len(),
    };
    let place = means::incomes(draw, &mut home.members[..counted], on, group, per_head);
    // Nothing but this one income: a yuan more is a yuan of income per head more.
    let money = |fact: &&Fact| matches!(fact.row.kind.as_str(), "income" | "self_paid_expense");
    let only = home.members[0].facts.iter().filter(money).count() == 1;
    home.slack = place.filter(|_| only && group == Group::Urban && home.story == StoryKind::Steady);
    if counted < home.members.len() {
        let own = draw.between(20, 160) * YUAN;
        if let Some(monk) = home.members.last_mut() {
            monk.facts.push(means::coded(
                on,
                "income_declaration",
                "declared",
                "本人申报",
            ));
            monk.facts
                .push(means::income(on, "transfer", own, 12, "寺庙管理委员会"));
        }
    }
    for member in &mut home.members {
        if !matches!(
            member.relation,
            Relation::Head | Relation::Spouse | Relation::Child
        ) {
            member
                .facts
                .push(means::coded(on, "lives_together", "yes", "入户调查表"));
        }
    }
}

/// Certificates of disability: about a fifth of the members of rural households, fewer elsewhere.
fn certificates(draw: &mut Draw, home: &mut Home, on: Date) {
    let of_hundred = match (home.group, home.story) {
        (
            _,
            StoryKind::CertificateGained
            | StoryKind::Clergy
            | StoryKind::EntryClergy
            | StoryKind::EntrySingle,
        ) => 0,
        (Group::Rural, _) => 21,
        (Group::Backstop, _) => 14,
        (Group::Urban, _) => 10,
    };
    for member in &mut home.members {
        let minor = completed_age(member.birth, on) < 18;
        if draw.chance(if minor { of_hundred / 4 } else { of_hundred }, 100) {
            let code = means::certificate(draw);
            member
                .facts
                .push(means::coded(on, "disability", &code, "残联证件库"));
        }
    }
}

/// Lays the story over a household that has applied. False if this family cannot have it.
pub(crate) fn tell(
    draw: &mut Draw,
    numbers: &mut Numbers,
    schedule: &Scheduler<'_>,
    home: &mut Home,
    order: Order,
) -> Result<bool, PlanError> {
    let applied = home.application.track.applied;
    match order.kind {
        StoryKind::Steady
        | StoryKind::Entry
        | StoryKind::RefusedIncome
        | StoryKind::RefusedProperty => {}
        StoryKind::Clergy | StoryKind::EntryClergy => {
            let place = home.members.len() - 1;
            let since = day_after(Date::constant(2004, 3, 1), draw.between(0, 4_600));
            let row = means::row("clergy", "", since);
            home.members[place].facts.push(Fact {
                recorded_on: applied,
                way: Way::New,
                row,
                source: "宗教教职人员证",
            });
            home.application.applicant = place;
            home.application.single = true;
        }
        StoryKind::EntrySingle => return Ok(alone(draw, home, applied)),
        StoryKind::DeathAlone => death(draw, schedule, home, 0, order.late),
        StoryKind::DeathMember => {
            let place = 1 + draw.index(home.members.len() - 1);
            death(draw, schedule, home, place, order.late);
        }
        StoryKind::DeathHead => return Ok(head_dies(draw, schedule, home, order.late)),
        StoryKind::ExitIncome => found_income(draw, schedule, home, None),
        StoryKind::Leaver => {
            let month = order.month.unwrap_or(6);
            found_income(draw, schedule, home, Some(month));
        }
        StoryKind::ExitProperty => {
            let on = review(draw, schedule, home, Cause::Property, None);
            let mut fact = means::counted(
                on,
                if draw.chance(2, 3) {
                    "vehicle"
                } else {
                    "second_home"
                },
                1,
                "信息核对",
            );
            fact.way = Way::Change;
            home.facts.push(fact);
        }
        StoryKind::IncomeRisen | StoryKind::IncomeFallen => other_income(draw, schedule, home),
        StoryKind::LateFact => late_fact(draw, schedule, home),
        StoryKind::CertificateGained => {
            let on = review(draw, schedule, home, Cause::Person, None);
            let place = draw.index(home.members.len());
            let code = means::certificate(draw);
            home.members[place]
                .facts
                .push(means::coded(on, "disability", &code, "残联证件库"));
        }
        StoryKind::CertificateEnded => {
            let holder = home.members.iter().position(|member| {
                member
                    .facts
                    .iter()
                    .any(|fact| fact.row.kind == "disability")
            });
            let Some(place) = holder else {
                return Ok(false);
            };
            let on = review(draw, schedule, home, Cause::Person, None);
            let row = means::row("disability", "", on);
            home.members[place].facts.push(Fact {
                recorded_on: on,
                way: Way::End,
                row,
                source: "残联证件库",
            });
        }
        StoryKind::BackstopEnded => {
            let on = review(draw, schedule, home, Cause::Rectification, None);
            let mut fact = means::coded(on, "cannot_escape_by_work", "no", "乡镇认定");
            fact.way = Way::Change;
            home.facts.push(fact);
        }
        StoryKind::BackstopBegun => {
            let on = review(draw, schedule, home, Cause::Rectification, None);
            home.facts
                .push(means::coded(on, "filed_poor", "yes", "建档立卡名册"));
            home.facts
                .push(means::coded(on, "cannot_escape_by_work", "yes", "乡镇认定"));
        }
        StoryKind::Birth => return birth(draw, numbers, schedule, home),
        StoryKind::MovedOut => {
            let place = home.members.len() - 1;
            let on = review(draw, schedule, home, Cause::Members, None);
            home.members[place].leaves = Some((day_after(on, -draw.between(3, 20)), on));
        }
        StoryKind::ObjectionRejected => schedule.object(draw, &mut home.application.track, false),
        StoryKind::ObjectionUpheld => {
            let track = &mut home.application.track;
            schedule.object(draw, track, true);
            let Some(on) = track.objection.as_ref().map(|objection| objection.resolved) else {
                return Ok(false);
            };
            let mut fact = means::counted(on, "vehicle", 1, "群众反映，车管所核实");
            fact.way = Way::Change;
            home.facts.push(fact);
        }
        StoryKind::Renounced => {
            review(draw, schedule, home, Cause::Renounced, None);
        }
        StoryKind::Withdrawn => {
            let track = &mut home.application.track;
            track.withdrawn = Some(schedule.after(track.accepted, draw.between(1, 3)));
        }
    }
    Ok(true)
}

/// One adult of the family, severely disabled and without income, applies alone.
fn alone(draw: &mut Draw, home: &mut Home, applied: Date) -> bool {
    let adult = |place: &usize| {
        let member = &home.members[*place];
        completed_age(member.birth, applied) >= 18
            && member.facts.iter().all(|fact| fact.row.kind != "income")
    };
    let Some(place) = (0..home.members.len()).rev().find(adult) else {
        return false;
    };
    let code = format!("{}{}", draw.pick(&[1, 4, 5, 6]), draw.between(1, 2));
    home.members[place]
        .facts
        .push(means::coded(applied, "disability", &code, "残联证件库"));
    home.application.applicant = place;
    home.application.single = true;
    true
}

/// Opens a review on a working day of the year and decides it; gives the day on which the finding is recorded.
fn review(
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
    let opened_on = schedule.after(found, draw.between(0, 2));
    let decided_on = schedule
        .after(opened_on, draw.between(2, 7))
        .min(LAST_REVIEW);
    home.application.reviews.push(Review {
        cause,
        opened_on,
        decided_on,
    });
    found
}

/// A death, and for households of several the review that follows it.
fn death(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home, place: usize, late: bool) {
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
    let opened_on = schedule.after(reported_on, draw.between(1, 6));
    let decided_on = schedule.after(opened_on, draw.between(4, 35));
    if decided_on <= LAST_REVIEW {
        home.application.reviews.push(Review {
            cause: Cause::Death,
            opened_on,
            decided_on,
        });
    }
}

/// The head dies; the eldest adult below 80 becomes the head on a later day, and the review waits for that.
fn head_dies(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home, late: bool) -> bool {
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
    for review in &mut home.application.reviews {
        review.opened_on = review.opened_on.max(schedule.after(named, 1));
        review.decided_on = review.decided_on.max(schedule.after(review.opened_on, 3));
    }
    home.application
        .reviews
        .retain(|review| review.decided_on <= LAST_REVIEW);
    named <= LAST_REVIEW
}

/// The review finds wages that lift the household above the standard.
fn found_income(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home, month: Option<i64>) {
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
fn other_income(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home) {
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
        let row = minsheng_registry::facts::EvidenceRow {
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
fn late_fact(draw: &mut Draw, schedule: &Scheduler<'_>, home: &mut Home) {
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
fn birth(
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
