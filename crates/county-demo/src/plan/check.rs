//! Whether a planned household lives its story: asked of the packs month by month. A household that does not is
//! drawn again.

use std::collections::BTreeMap;

use minsheng_core::{Fen, Month};
use minsheng_policy::Outcome;

use super::model::{Home, Review};
use super::trial::{Shares, Trial};
use crate::error::PlanError;
use crate::targets::{Group, StoryKind};

/// The first and the last month of the year.
pub(crate) fn months() -> (Month, Month) {
    let december = Month::MAX.min(month(12));
    (month(1), december)
}

/// A month of 2021.
pub(crate) fn month(number: i8) -> Month {
    Month::new(2021, number).unwrap_or(Month::MIN)
}

/// Class of the backstop households in the packs.
pub(crate) const BACKSTOP: &str = "BACKSTOP";

/// What is wrong with a household for its story; nothing if it comes out.
pub(crate) fn fault(trial: &Trial<'_>, home: &Home) -> Result<Option<String>, PlanError> {
    let (first, last) = months();
    let year = trial.year(home, first, last)?;
    Ok(told(trial, home, &year)?.err())
}

type Told = Result<(), String>;

fn told(trial: &Trial<'_>, home: &Home, year: &BTreeMap<Month, Shares>) -> Result<Told, PlanError> {
    let track = &home.application.track;
    let granted_from = Month::from_date(track.decided()).next();
    let (january, december) = months();
    let persons = |month: Month| year.get(&month).map_or(0, Vec::len);
    let told = match home.story {
        StoryKind::RefusedIncome | StoryKind::RefusedProperty | StoryKind::Withdrawn => {
            expect(year.is_empty(), || {
                format!("it would be granted from {granted_from}")
            })
        }
        StoryKind::ObjectionUpheld => {
            let (before, _) = trial.determine(home, track.round.opinion, track.applied)?;
            expect(before.outcome == Outcome::Eligible, || {
                format!("before the objection: {:?}", before.outcome)
            })
            .and(expect(year.is_empty(), || {
                "it would be granted in spite of the objection".to_owned()
            }))
        }
        StoryKind::DeathAlone => first_month(home, granted_from, year).and(ends(home, year)),
        StoryKind::ExitIncome
        | StoryKind::ExitProperty
        | StoryKind::Renounced
        | StoryKind::NoReapplication
        | StoryKind::MovedAway
        | StoryKind::Leaver => first_month(home, granted_from, year).and(ends(home, year)),
        _ => {
            let counted = home
                .members
                .iter()
                .filter(|member| member.lives_here(december.last_day()))
                .filter(|member| member.death.is_none())
                .count();
            let counted = if home.application.single { 1 } else { counted };
            first_month(home, granted_from, year)
                .and(expect(persons(december) == counted, || {
                    format!(
                        "{} of {counted} persons count in December",
                        persons(december)
                    )
                }))
                .and(expect(
                    year.len() == months_from(granted_from.max(january), december),
                    || "there is a gap".to_owned(),
                ))
                .and(changes(home, granted_from, year))
        }
    };
    Ok(told.and(group(home, year)))
}

fn months_from(first: Month, last: Month) -> usize {
    usize::try_from(last.months_since(first) + 1).unwrap_or(0)
}

fn expect(holds: bool, fault: impl FnOnce() -> String) -> Told {
    if holds { Ok(()) } else { Err(fault()) }
}

/// All persons who applied are paid in the first month, which is January for the caseload of 2020.
fn first_month(home: &Home, granted_from: Month, year: &BTreeMap<Month, Shares>) -> Told {
    let (january, december) = months();
    let wanted = if home.caseload {
        january..=january
    } else {
        month(2)..=december
    };
    expect(wanted.contains(&granted_from), || {
        format!("granted from {granted_from}")
    })?;
    let joined = home
        .members
        .iter()
        .filter(|member| member.joins.is_none())
        .count();
    let applied = if home.application.single { 1 } else { joined };
    let paid = year.get(&granted_from).map_or(0, Vec::len);
    expect(paid == applied, || {
        format!("{paid} of {applied} persons count at first")
    })
}

/// The household is paid up to its last month and not in December.
fn ends(home: &Home, year: &BTreeMap<Month, Shares>) -> Told {
    let last = match (home.story, own_review(home)) {
        (StoryKind::DeathAlone, _) => home.members[0]
            .death
            .map(|death| Month::from_date(death.on)),
        (_, Some(review)) => Some(Month::from_date(review.decided_on)),
        _ => None,
    };
    let found = year.keys().next_back().copied();
    expect(found == last, || {
        format!("paid up to {found:?}, planned {last:?}")
    })
}

/// The review of the story.
fn own_review(home: &Home) -> Option<&Review> {
    home.application.reviews.iter().find(|review| review.own)
}

/// A review changes what its story says.
fn changes(home: &Home, granted_from: Month, year: &BTreeMap<Month, Shares>) -> Told {
    let total = |shares: &Shares| {
        shares
            .iter()
            .map(|(_, share)| share.amount)
            .fold(0, |sum, fen: Fen| sum + fen.get())
    };
    let classes = |shares: &Shares| {
        shares
            .iter()
            .map(|(place, share)| (*place, share.class.clone()))
            .collect::<Vec<_>>()
    };
    let (Some(first), Some(last)) = (year.get(&granted_from), year.get(&months().1)) else {
        return Err("it is not on the roll".to_owned());
    };
    match home.story {
        StoryKind::IncomeRisen | StoryKind::LateFact => expect(total(last) < total(first), || {
            "the amount did not fall".to_owned()
        }),
        StoryKind::IncomeFallen => expect(total(last) > total(first), || {
            "the amount did not rise".to_owned()
        }),
        StoryKind::CertificateGained
        | StoryKind::CertificateEnded
        | StoryKind::BackstopBegun
        | StoryKind::BackstopEnded => expect(classes(first) != classes(last), || {
            "no class changed".to_owned()
        }),
        _ => Ok(()),
    }
}

/// Who is planned as backstop is paid as such in the first month, and nobody else.
fn group(home: &Home, year: &BTreeMap<Month, Shares>) -> Told {
    let Some(first) = year.values().next() else {
        return Ok(());
    };
    let backstop = first.iter().all(|(_, share)| share.class == BACKSTOP);
    expect(backstop == (home.group == Group::Backstop), || {
        format!("backstop is {backstop}")
    })
}
