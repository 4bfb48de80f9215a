//! Drives a year: takes the inputs in the order of time and does with each what a clerk would do, through the public
//! functions of the offices, as the user named, at a time that only goes forward. It reads nothing but the inputs
//! and what the offices answer.

mod bank;
mod campaigning;
mod casework;
mod counts;
mod drifting;
mod payday;
mod registering;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minsheng_benefits::campaigns::CampaignId;
use minsheng_core::{Date, Timestamp, cst_timestamp};
use minsheng_payments::{BatchId, PaymentOffice};
use minsheng_registry::{Actor, CaseId, Ctx, Desk, HouseholdId, PersonId, RegistryError, Role};

use crate::error::{DemoError, OfficeError};
use crate::inputs::Inputs;

pub use campaigning::CampaignCounts;
pub use counts::Counts;

use self::timeline::{Phase, Sitting};

/// Is told how far the year has come: name of the stage, steps done, steps in all.
pub type Progress<'a> = &'a dyn Fn(&str, usize, usize);

/// Hour and minute at which the first act of a day is made.
const OPENING: (i8, i8) = (8, 30);
/// Seconds between two acts.
const PACE: i64 = 5;

/// Drives the inputs through the offices. `dir` takes the files of the bank.
///
/// # Errors
/// [`DemoError::Act`] naming the first act that was refused although the state of its case allowed it.
pub fn run(
    desk: &Desk<'_>,
    inputs: &Inputs,
    dir: &Path,
    progress: Progress<'_>,
) -> Result<Counts, DemoError> {
    let sittings = timeline::timeline(inputs);
    let mut year = Year::new(desk, inputs, dir);
    let total = sittings.len();
    for (done, sitting) in sittings.iter().enumerate() {
        if done % 16 == 0 {
            progress(
                &format!("{}", minsheng_core::Month::from_date(sitting.day)),
                done,
                total,
            );
        }
        year.clock.open(sitting.day);
        year.sit(sitting)?;
    }
    year.count_waiting().map_err(|source| DemoError::Act {
        day: sittings.last().map_or(Date::MIN, |sitting| sitting.day),
        act: "drift list".to_owned(),
        source: Box::new(source),
    })?;
    progress("done", total, total);
    Ok(year.counts)
}

/// A clock that starts each day in the morning and moves a little with every act.
#[derive(Debug)]
pub(crate) struct Pace {
    now: Timestamp,
}

impl Pace {
    /// A clock before everything.
    pub(crate) fn new() -> Pace {
        Pace {
            now: Timestamp::MIN,
        }
    }

    /// Opens a day; time does not go back.
    pub(crate) fn open(&mut self, day: Date) {
        self.now = self.now.max(cst_timestamp(day, OPENING.0, OPENING.1, 0));
    }

    /// The time of the next act.
    pub(crate) fn next(&mut self) -> Timestamp {
        let now = self.now;
        self.now = now
            .checked_add(jiff::SignedDuration::from_secs(PACE))
            .unwrap_or(now);
        now
    }
}

struct Year<'a> {
    desk: &'a Desk<'a>,
    inputs: &'a Inputs,
    dir: &'a Path,
    office: PaymentOffice,
    clock: Pace,
    actors: BTreeMap<String, Actor>,
    clerks: BTreeMap<i64, String>,
    health: BTreeSet<String>,
    persons: BTreeMap<i64, PersonId>,
    households: BTreeMap<i64, HouseholdId>,
    cases: BTreeMap<i64, CaseId>,
    account_rows: BTreeMap<String, i64>,
    dead: BTreeSet<i64>,
    /// Persons who became heads of their households.
    heads: BTreeSet<i64>,
    opinions: BTreeMap<CaseId, bool>,
    withdrawn: BTreeSet<CaseId>,
    /// Cases about which the registers were asked.
    asked: BTreeSet<CaseId>,
    refused: BTreeSet<CaseId>,
    /// Cases whose homes the county has to visit.
    to_visit: BTreeSet<CaseId>,
    /// Cases whose homes the county visited.
    visited: BTreeSet<CaseId>,
    /// The open campaign and the cases on its list that are still to be decided when it opens.
    campaign: Option<(CampaignId, BTreeSet<CaseId>)>,
    batch: Option<BatchId>,
    bank: bank::Bank,
    counts: Counts,
}

impl<'a> Year<'a> {
    fn new(desk: &'a Desk<'a>, inputs: &'a Inputs, dir: &'a Path) -> Self {
        let health = desk
            .packs
            .current()
            .programmes()
            .iter()
            .flat_map(|programme| &programme.evidence)
            .filter(|declared| declared.health)
            .map(|declared| declared.kind.clone())
            .collect();
        let mut clerks = BTreeMap::new();
        for user in inputs
            .users
            .iter()
            .filter(|user| user.roles.contains(&Role::TownshipClerk))
        {
            clerks
                .entry(user.division)
                .or_insert_with(|| user.username.clone());
        }
        Year {
            desk,
            inputs,
            dir,
            office: PaymentOffice::new(),
            clock: Pace::new(),
            actors: BTreeMap::new(),
            clerks,
            health,
            persons: BTreeMap::new(),
            households: BTreeMap::new(),
            cases: BTreeMap::new(),
            account_rows: BTreeMap::new(),
            dead: BTreeSet::new(),
            heads: BTreeSet::new(),
            opinions: BTreeMap::new(),
            withdrawn: BTreeSet::new(),
            asked: BTreeSet::new(),
            refused: BTreeSet::new(),
            to_visit: BTreeSet::new(),
            visited: BTreeSet::new(),
            campaign: None,
            batch: None,
            bank: bank::Bank::new(&inputs.closed_accounts),
            counts: Counts::default(),
        }
    }

    fn sit(&mut self, sitting: &Sitting) -> Result<(), DemoError> {
        self.counts.acts += 1;
        let done = match sitting.phase {
            Phase::Person
            | Phase::Household
            | Phase::Membership
            | Phase::NewEvidence
            | Phase::OtherEvidence
            | Phase::Death
            | Phase::Account
            | Phase::ConfirmAccount => self.register(sitting),
            Phase::Appropriation
            | Phase::Repayment
            | Phase::PayRun
            | Phase::PaySent
            | Phase::PayAnswered => self.pay(sitting),
            Phase::OpenCampaign => self.open_campaign(sitting),
            Phase::CloseCampaign => self.close_campaign(),
            Phase::CompareNight => self.compare(),
            Phase::WorkOffDrift => self.work_off(),
            Phase::Application => self.applications(sitting),
            _ => self.casework(sitting),
        };
        done.map_err(|error| match error {
            Stop::Office(source) => DemoError::Act {
                day: sitting.day,
                act: self.describe(sitting),
                source: Box::new(source),
            },
            Stop::Bank { path, reason } => DemoError::Bank { path, reason },
        })
    }

    fn describe(&self, sitting: &Sitting) -> String {
        let Sitting {
            phase,
            place,
            items,
            ..
        } = sitting;
        let first = items.first().copied().unwrap_or(0);
        let act = self
            .inputs
            .acts
            .get(first)
            .filter(|_| (Phase::RequestPapers..=Phase::DecideReview).contains(phase))
            .filter(|_| *phase != Phase::WorkOffDrift);
        match act {
            Some(act) => format!(
                "{} on {} cases ({place}), the first of application {}",
                act.deed.step(),
                items.len(),
                act.application
            ),
            None => format!("{phase:?} of {} items ({place})", items.len()),
        }
    }

    /// The user acts now.
    fn ctx(&mut self, username: &str) -> Result<Ctx, Stop> {
        if !self.actors.contains_key(username) {
            let actor = self.desk.store.read(|q| Actor::load(q, username))?;
            self.actors.insert(username.to_owned(), actor);
        }
        match self.actors.get(username) {
            Some(actor) => Ok(Ctx {
                actor: actor.clone(),
                at: self.clock.next(),
            }),
            None => Err(RegistryError::UnknownUser(username.to_owned()).into()),
        }
    }

    /// The clerk who keeps the register of a township.
    fn clerk(&mut self, township: i64) -> Result<Ctx, Stop> {
        let name = self.clerks.get(&township).cloned();
        let name = name.ok_or(RegistryError::NotFound {
            what: "clerk of",
            id: township.to_string(),
        })?;
        self.ctx(&name)
    }

    fn person(&self, number: i64) -> Result<PersonId, Stop> {
        let missing = || RegistryError::NotFound {
            what: "person of the inputs",
            id: number.to_string(),
        };
        Ok(self.persons.get(&number).copied().ok_or_else(missing)?)
    }

    fn household(&self, number: i64) -> Result<HouseholdId, Stop> {
        let missing = || RegistryError::NotFound {
            what: "household of the inputs",
            id: number.to_string(),
        };
        Ok(self.households.get(&number).copied().ok_or_else(missing)?)
    }
}

/// Why an act could not be done.
enum Stop {
    Office(OfficeError),
    Bank { path: String, reason: String },
}

impl<E: Into<OfficeError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Office(error.into())
    }
}
