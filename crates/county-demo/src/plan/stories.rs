//! What happens to households: each story as changes of people and evidence and as days of reviews.
//!
//! Must not know amounts or outcomes; whether a story comes out is asked of the packs in [`super::check`].

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Month, Relation, completed_age};

use super::maker::Order;
use super::means::{self, Property, YUAN};
use super::model::{Fact, Home, Way};
use super::people;
use super::schedule::{Scheduler, day_after};
use super::turns::{birth, death, found_income, head_dies, late_fact, other_income, review};
use crate::draw::Draw;
use crate::error::PlanError;
use crate::identity::Numbers;
use crate::targets::{Group, StoryKind};

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
        | StoryKind::NoReapplication
        | StoryKind::MovedAway
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
        StoryKind::DeathAlone => {
            death(draw, schedule, home, 0, order.late);
            return Ok(paid_before_known(schedule, home));
        }
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

/// Whether the death of somebody who lived alone is reported after the payment of its month went to the bank. Reported
/// before, the share of that month would wait for a payee, and nobody is left to be one.
fn paid_before_known(schedule: &Scheduler<'_>, home: &Home) -> bool {
    home.members[0].death.is_some_and(|death| {
        let sent_on = schedule.working(Month::from_date(death.on).first_day());
        death.reported_on > sent_on
    })
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
