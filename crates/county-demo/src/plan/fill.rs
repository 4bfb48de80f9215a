//! Fills the county up to its figures: as many steady households as the December rolls still lack, as many backstop
//! leavers as the person-months still lack, and incomes of urban households of one moved by whole yuan until the
//! year's sum lies where it has to.
//!
//! Only evidence and dates are chosen here; what they amount to is asked of the packs.

use std::collections::BTreeMap;

use minsheng_core::Month;

use super::check::{BACKSTOP, months};
use super::maker::{Maker, Order};
use super::means::YUAN;
use super::model::Home;
use super::people;
use super::trial::Shares;
use crate::draw::Draw;
use crate::error::PlanError;
use crate::targets::{Group, StoryKind, Targets};

/// What households come to, in the packs' words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// Households and persons on the December roll.
    pub december: BTreeMap<Group, (i64, i64)>,
    /// Person-months of the backstop class.
    pub backstop_months: i64,
    /// Paid in the year, fen.
    pub total_fen: i64,
}

impl Tally {
    fn add(&mut self, home: &Home, year: &BTreeMap<Month, Shares>) {
        for shares in year.values() {
            for (_, share) in shares {
                self.total_fen += share.amount.get();
                self.backstop_months += i64::from(share.class == BACKSTOP);
            }
        }
        if let Some(december) = year.get(&months().1) {
            let backstop = december.iter().any(|(_, share)| share.class == BACKSTOP);
            let group = match (home.group, backstop) {
                (Group::Urban, _) => Group::Urban,
                (_, true) => Group::Backstop,
                (_, false) => Group::Rural,
            };
            let (households, persons) = self.december.entry(group).or_default();
            *households += 1;
            *persons += i64::try_from(december.len()).unwrap_or(0);
        }
    }

    fn of(&self, group: Group) -> (i64, i64) {
        self.december.get(&group).copied().unwrap_or_default()
    }
}

/// Fills the county.
pub(crate) struct Filler<'m, 'a> {
    maker: &'m mut Maker<'a>,
    draw: Draw,
    /// The households.
    pub homes: Vec<Home>,
    /// What they come to.
    pub tally: Tally,
    papers_left: i64,
}

impl<'m, 'a> Filler<'m, 'a> {
    pub(crate) fn new(maker: &'m mut Maker<'a>, papers: i64) -> Self {
        let draw = Draw::new(maker.seed, 2);
        Filler {
            maker,
            draw,
            homes: Vec::new(),
            tally: Tally::default(),
            papers_left: papers,
        }
    }

    fn not_closed(&self, what: &'static str, planned: i64, wanted: i64) -> PlanError {
        PlanError::NotClosed {
            seed: self.maker.seed,
            what,
            planned,
            wanted,
        }
    }

    fn push(&mut self, mut order: Order, papers_in: i64) -> Result<(i64, i64), PlanError> {
        order.papers = self.papers_left > 0 && self.draw.chance(1, papers_in);
        self.papers_left -= i64::from(order.papers);
        let home = self.maker.make(order)?;
        let (first, last) = months();
        let year = self.maker.trial.year(&home, first, last)?;
        let before = (self.tally.backstop_months, self.tally.total_fen);
        self.tally.add(&home, &year);
        self.homes.push(home);
        Ok((
            self.tally.backstop_months - before.0,
            self.tally.total_fen - before.1,
        ))
    }

    /// Makes the households of the stories, in random order; `late` deaths are reported months late.
    pub(crate) fn stories(&mut self, targets: &Targets) -> Result<(), PlanError> {
        let mut orders = Vec::new();
        for story in &targets.story {
            for _ in 0..story.count {
                let (kind, group, applied) = (story.kind, story.group, story.applied);
                orders.push(Order {
                    kind,
                    group,
                    applied,
                    size: None,
                    bias: 0,
                    month: None,
                    late: false,
                    papers: false,
                });
            }
        }
        self.draw.shuffle(&mut orders);
        let mut late = targets.spread.deaths_reported_late;
        for mut order in orders {
            let dies = matches!(
                order.kind,
                StoryKind::DeathAlone | StoryKind::DeathMember | StoryKind::DeathHead
            );
            order.late = dies && late > 0;
            late -= i64::from(order.late);
            self.push(order, if order.applied == 2021 { 4 } else { 40 })?;
        }
        Ok(())
    }

    /// Steady households until the December roll of the group is full. With a sum wanted, in yuan, their incomes are
    /// drawn higher or lower as the rest of the sum asks.
    pub(crate) fn steady(
        &mut self,
        group: Group,
        households: i64,
        persons: i64,
        wanted_yuan: Option<i64>,
    ) -> Result<(), PlanError> {
        let (have_households, have_persons) = self.tally.of(group);
        let (lack_households, mut lack_persons) =
            (households - have_households, persons - have_persons);
        let sizes =
            sizes(&mut self.draw, lack_households, lack_persons, group).ok_or_else(|| {
                self.not_closed("households of a December roll", have_households, households)
            })?;
        let mut bias = 0;
        // A small county has to be steered in smaller steps.
        for some in sizes.chunks((sizes.len() / 36).clamp(4, 25)) {
            let (before, mut made) = (self.tally.total_fen, 0);
            for size in some {
                let (kind, size) = (StoryKind::Steady, *size);
                let order = Order {
                    kind,
                    group,
                    applied: 2020,
                    size: Some(size),
                    bias,
                    month: None,
                    late: false,
                    papers: false,
                };
                self.push(order, 60)?;
                made += i64::try_from(size).unwrap_or(0);
            }
            lack_persons -= made;
            if let Some(wanted) = wanted_yuan.filter(|_| made > 0 && lack_persons > 0) {
                let given = (self.tally.total_fen - before) / (made * 12 * YUAN);
                let needed = (wanted * YUAN - self.tally.total_fen) / (lack_persons * 12 * YUAN);
                bias = (bias + (given - needed) / 2).clamp(-250, 250);
            }
        }
        if self.tally.of(group) == (households, persons) {
            return Ok(());
        }
        Err(self.not_closed(
            "persons of a December roll",
            self.tally.of(group).1,
            persons,
        ))
    }

    /// Backstop households that leave in the rectification until the person-months are full: of any size at first,
    /// of one person at the end, where a month more or less is a person-month more or less.
    pub(crate) fn leavers(&mut self, person_months: i64) -> Result<(), PlanError> {
        let order = |size: usize, month: i64| Order {
            kind: StoryKind::Leaver,
            group: Group::Backstop,
            applied: 2020,
            size: Some(size),
            bias: 0,
            month: Some(month),
            late: false,
            papers: false,
        };
        while person_months - self.tally.backstop_months > 56 {
            let size = people::size(&mut self.draw, Group::Backstop);
            let month = self
                .draw
                .weighted(&[(4, 1), (5, 3), (6, 9), (7, 4), (8, 1)]);
            self.push(order(size, month), 90)?;
        }
        let mut left = person_months - self.tally.backstop_months;
        while left > 0 {
            // Parts of four to eight months each.
            let parts = (left + 7) / 8;
            let month = left / parts;
            if !(2..=11).contains(&month) {
                break;
            }
            left -= self.push(order(1, month), 90)?.0;
        }
        if self.tally.backstop_months == person_months {
            return Ok(());
        }
        Err(self.not_closed(
            "backstop person-months",
            self.tally.backstop_months,
            person_months,
        ))
    }

    /// Moves incomes of urban households of one by whole yuan until the year's sum lies in the window.
    pub(crate) fn money(&mut self, from_yuan: i64, to_yuan: i64) -> Result<(), PlanError> {
        let middle = (from_yuan + to_yuan) / 2 * YUAN;
        let mut slack: Vec<usize> = (0..self.homes.len())
            .filter(|place| self.homes[*place].slack.is_some())
            .collect();
        self.draw.shuffle(&mut slack);
        // A yuan of income more is a yuan of top-up less in each of twelve months.
        let mut steps = (self.tally.total_fen - middle) / (12 * YUAN);
        let mut moved = true;
        while steps != 0 && moved {
            moved = false;
            let left = i64::try_from(slack.len()).unwrap_or(1).max(1);
            let stride = (steps.abs() / left + 1).min(steps.abs());
            for place in &slack {
                let stride = stride.min(steps.abs());
                let Some(income) = self.movable(*place) else {
                    continue;
                };
                let wanted = *income + steps.signum() * stride * YUAN;
                if stride > 0 && (3 * YUAN..586 * YUAN).contains(&wanted) {
                    *income = wanted;
                    steps -= steps.signum() * stride;
                    moved = true;
                }
            }
        }
        let (first, last) = months();
        let mut tally = Tally::default();
        for home in &self.homes {
            tally.add(home, &self.maker.trial.year(home, first, last)?);
        }
        self.tally = tally;
        let planned = self.tally.total_fen;
        if (from_yuan * YUAN..=to_yuan * YUAN).contains(&planned) {
            return Ok(());
        }
        Err(self.not_closed("yuan paid in the year", planned / YUAN, middle / YUAN))
    }

    fn movable(&mut self, place: usize) -> Option<&mut i64> {
        let home = &mut self.homes[place];
        let fact = home.slack?;
        home.members[0].facts.get_mut(fact)?.row.amount_fen.as_mut()
    }
}

/// Sizes of so many households with so many persons in all.
pub(crate) fn sizes(
    draw: &mut Draw,
    households: i64,
    persons: i64,
    group: Group,
) -> Option<Vec<usize>> {
    let count = usize::try_from(households).ok()?;
    let wanted = usize::try_from(persons).ok()?;
    if wanted < count || wanted > count * people::LARGEST {
        return None;
    }
    let mut sizes: Vec<usize> = (0..count).map(|_| people::size(draw, group)).collect();
    let mut sum: usize = sizes.iter().sum();
    while sum != wanted {
        let place = draw.index(count);
        if sum < wanted && sizes[place] < people::LARGEST - 1 {
            sizes[place] += 1;
            sum += 1;
        } else if sum > wanted && sizes[place] > 1 {
            sizes[place] -= 1;
            sum -= 1;
        } else if sizes.iter().all(|size| *size >= people::LARGEST - 1) {
            return None;
        }
    }
    Some(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_add_up_to_the_persons_wanted() {
        let mut draw = Draw::new(1, 1);
        for (households, persons) in [(1329, 2067), (2045, 3714), (444, 1300), (0, 0), (1, 1)] {
            let sizes = sizes(&mut draw, households, persons, Group::Urban).unwrap();
            assert_eq!(i64::try_from(sizes.len()).unwrap(), households);
            assert_eq!(i64::try_from(sizes.iter().sum::<usize>()).unwrap(), persons);
            assert!(sizes.iter().all(|size| (1..people::LARGEST).contains(size)));
        }
        assert!(super::sizes(&mut draw, 3, 2, Group::Urban).is_none());
    }
}
