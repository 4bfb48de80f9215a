//! Makes one household for a story: draws people and means, sets the days of the procedure, lays the story over it,
//! and asks the packs whether it comes out; if not, draws again.

use std::collections::BTreeMap;

use minsheng_core::{Date, Relation, Sex, WorkCalendar};

use super::campaign::{self, CampaignDays};
use super::model::{Account, Application, Home, Member};
use super::schedule::{Scheduler, VillagePlan, day_after};
use super::trial::Trial;
use super::{check, people, periodic, stories};
use crate::draw::Draw;
use crate::error::PlanError;
use crate::geography::{County, township_of};
use crate::identity::Numbers;
use crate::names;
use crate::targets::{Group, StoryKind};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    /// The story.
    pub kind: StoryKind,
    /// For which roll.
    pub group: Group,
    /// Year of the application.
    pub applied: i16,
    /// Persons, if it matters.
    pub size: Option<usize>,
    /// Yuan by which the income per head is drawn higher or lower than usual.
    pub bias: i64,
    /// The month of a leaver's review, if it matters.
    pub month: Option<i64>,
    /// A death reported months late.
    pub late: bool,
    /// Papers asked for once.
    pub papers: bool,
}

/// Draws per household before the planner gives up.
const DRAWS: usize = 120;

/// Makes households.
pub(crate) struct Maker<'a> {
    pub(crate) seed: u64,
    pub(crate) draw: Draw,
    pub(crate) numbers: Numbers,
    pub(crate) schedule: Scheduler<'a>,
    pub(crate) trial: Trial<'a>,
    county: &'a County,
    villages: BTreeMap<i64, VillagePlan>,
    campaign: BTreeMap<i64, CampaignDays>,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(
        seed: u64,
        county: &'a County,
        calendar: &'a WorkCalendar,
        trial: Trial<'a>,
    ) -> Self {
        let schedule = Scheduler::new(calendar);
        let mut draw = Draw::new(seed, 1);
        let mut villages = BTreeMap::new();
        let mut campaign = BTreeMap::new();
        for (wave, township) in (0..).zip(&county.townships) {
            campaign.insert(township.code, schedule.campaign(wave));
            for village in &township.villages {
                villages.insert(village.code, schedule.village(&mut draw, wave % 9));
            }
        }
        Maker {
            seed,
            draw,
            numbers: Numbers::default(),
            schedule,
            trial,
            county,
            villages,
            campaign,
        }
    }

    /// A household that lives the story.
    pub(crate) fn make(&mut self, order: Order) -> Result<Home, PlanError> {
        let mut last = String::new();
        for _ in 0..DRAWS {
            let Some(mut home) = self.draft(order)? else {
                last = "the family drawn cannot have this story".to_owned();
                continue;
            };
            if !periodic::lay_over(&self.trial, &self.schedule, &mut home)? {
                last = "a review by period finds no day".to_owned();
                continue;
            }
            match check::fault(&self.trial, &home)? {
                None => return Ok(home),
                Some(fault) => last = fault,
            }
        }
        Err(PlanError::Story {
            story: format!("{order:?}"),
            seed: self.seed,
            last,
        })
    }

    fn draft(&mut self, order: Order) -> Result<Option<Home>, PlanError> {
        let size = order
            .size
            .unwrap_or_else(|| stories::size(&mut self.draw, order));
        let division = self
            .county
            .place(&mut self.draw, order.group == Group::Urban);
        let draw = &mut self.draw;
        let members = match order.kind {
            StoryKind::Clergy | StoryKind::EntryClergy => clergy(draw, &mut self.numbers)?,
            _ => people::family(draw, &mut self.numbers, size, order.group)?,
        };
        let track = if order.applied == 2020 {
            let village = self
                .villages
                .get(&division)
                .cloned()
                .unwrap_or_else(|| self.schedule.village(draw, 0));
            self.schedule.in_village(draw, &village, order.papers)
        } else {
            let day = stories::application_day(draw, order);
            let track = self.schedule.alone(draw, day);
            if order.papers {
                self.schedule.with_papers(draw, &track)
            } else {
                track
            }
        };
        let youngest = members
            .iter()
            .map(|member| member.birth)
            .max()
            .unwrap_or(people::COUNTED_ON);
        let since = day_after(Date::constant(2012, 1, 1), draw.between(0, 2800)).max(youngest);
        let mut home = Home {
            story: order.kind,
            group: order.group,
            caseload: order.applied == 2020,
            division,
            since,
            members,
            facts: Vec::new(),
            application: Application {
                programme: Home::programme(order.group),
                applicant: 0,
                single: false,
                track,
                reviews: Vec::new(),
            },
            campaign: None,
            slack: None,
        };
        stories::declare(draw, &mut home, order.bias);
        if order.papers {
            late_papers(&mut home);
        }
        let lives = stories::tell(draw, &mut self.numbers, &self.schedule, &mut home, order)?;
        if !lives {
            return Ok(None);
        }
        if let Some(days) = self.campaign.get(&township_of(division)) {
            campaign::lay_over(&self.schedule, &mut home, *days);
        }
        self.open_accounts(&mut home)?;
        Ok(Some(home))
    }

    /// The head's account, entered with the papers and confirmed by another user before the first payroll.
    fn open_accounts(&mut self, home: &mut Home) -> Result<(), PlanError> {
        let entered_on = home.application.track.accepted;
        let confirmed_on = self.schedule.after(entered_on, self.draw.between(2, 9));
        let number = self.numbers.account(&mut self.draw)?;
        home.members[0].accounts.insert(
            0,
            Account {
                number,
                entered_on,
                confirmed_on,
                closed_on: None,
            },
        );
        for place in 1..home.members.len() {
            if let Some((Relation::Head, from)) = home.members[place].becomes {
                let number = self.numbers.account(&mut self.draw)?;
                let confirmed_on = self.schedule.after(from, self.draw.between(1, 3));
                home.members[place].accounts.push(Account {
                    number,
                    entered_on: from,
                    confirmed_on,
                    closed_on: None,
                });
            }
        }
        Ok(())
    }

    /// Replaces an account that the bank closed.
    pub(crate) fn new_account(
        &mut self,
        entered_on: Date,
        confirmed_on: Date,
    ) -> Result<Account, PlanError> {
        Ok(Account {
            number: self.numbers.account(&mut self.draw)?,
            entered_on,
            confirmed_on,
            closed_on: None,
        })
    }

    /// Township of a household.
    pub(crate) fn township(home: &Home) -> i64 {
        township_of(home.division)
    }
}

/// Clergy: alone in the monastery, or still of the household of a family that is no recipient.
fn clergy(draw: &mut Draw, numbers: &mut Numbers) -> Result<Vec<Member>, PlanError> {
    let naming = names::family(draw, 100);
    let sex = if draw.chance(4, 5) {
        Sex::Male
    } else {
        Sex::Female
    };
    if draw.chance(7, 10) {
        let age = draw.between(24, 78);
        return Ok(vec![people::person(
            draw,
            numbers,
            naming,
            Relation::Head,
            sex,
            age,
        )?]);
    }
    let father = draw.between(48, 62);
    let mut members = vec![people::person(
        draw,
        numbers,
        naming,
        Relation::Head,
        Sex::Male,
        father,
    )?];
    members.push(people::person(
        draw,
        numbers,
        naming,
        Relation::Spouse,
        Sex::Female,
        father - 2,
    )?);
    let own = draw.between(20, father - 24);
    members.push(people::person(
        draw,
        numbers,
        naming,
        Relation::Child,
        sex,
        own,
    )?);
    Ok(members)
}

/// What was missing at the application comes in with the papers: the declarations of the last member.
fn late_papers(home: &mut Home) {
    let Some((_, supplied)) = home.application.track.papers else {
        return;
    };
    if let Some(member) = home.members.last_mut() {
        for fact in &mut member.facts {
            fact.recorded_on = supplied;
            if fact.row.kind != "clergy" {
                fact.row.valid_from = supplied;
            }
        }
    }
}
