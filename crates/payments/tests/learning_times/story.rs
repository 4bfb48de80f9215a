//! Stories: what is true, what everybody does on which day, and when who learns what. Drawn from a seed, and nothing
//! of it asks the program.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use minsheng_core::Date;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::support::{day, month};

/// Members of each household.
pub const SIZES: [usize; 8] = [1, 2, 3, 2, 4, 1, 2, 3];
/// Months of benefit that are run and paid.
pub const MONTHS: [&str; 5] = ["2021-09", "2021-10", "2021-11", "2021-12", "2022-01"];

/// Chance from a seed.
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(end).unwrap()).unwrap()
    }

    pub fn in_hundred(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

/// Where in a payment month something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    BeforeRun,
    /// Between the freeze and the check.
    Frozen,
    /// Between the check and the release.
    Checked,
    /// While the bank has the file.
    AtBank,
    /// After the bank's answer.
    Answered,
}

const SLOTS: [Slot; 5] = [
    Slot::BeforeRun,
    Slot::Frozen,
    Slot::Checked,
    Slot::AtBank,
    Slot::Answered,
];

/// A payment month by its place in [`MONTHS`], and a slot in it.
pub type Point = (usize, Slot);

/// The day of a point.
pub fn day_of((turn, slot): Point) -> Date {
    let days = match slot {
        Slot::BeforeRun => 19,
        Slot::Frozen => 25,
        Slot::Checked => 26,
        Slot::AtBank => 27,
        Slot::Answered => 28,
    };
    month(MONTHS[turn])
        .prev()
        .first_day()
        .saturating_add(Span::new().days(days))
}

fn points() -> Vec<Point> {
    (0..MONTHS.len())
        .flat_map(|turn| SLOTS.map(|slot| (turn, slot)))
        .collect()
}

/// The place of a point among all of them.
pub fn place(point: Point) -> usize {
    points().iter().take_while(|other| **other < point).count()
}

/// A member of a household, by places.
pub type Member = (usize, usize);

/// What the office believes about a person from a point on: the day of death, or that the person lives.
pub type Belief = (Point, Option<Date>);

/// What people do, whoever knows what.
#[derive(Debug, Clone)]
pub enum Act {
    /// The bank closes the head's card.
    Close { home: usize },
    /// The head gets a new card.
    Card { home: usize },
    /// A part of the first open recovery is paid back or given up: all of it, or a third.
    Settle { repaid: bool, whole: bool },
    /// All of the first open recovery is paid back, and nobody confirms it yet.
    Enter,
    /// What was paid back and nobody confirmed is confirmed, or closed if its claim fell away.
    Conclude,
    /// The household gives the benefit up.
    Stop { home: usize },
    /// A member's class is raised by a review.
    Raise { who: Member },
}

/// What is true and what is done.
#[derive(Debug)]
pub struct Story {
    /// Who died when, or lives although somebody will say otherwise.
    pub deaths: BTreeMap<Member, Option<Date>>,
    pub acts: BTreeMap<Point, Vec<Act>>,
}

/// How a story became known, and what disturbed it.
#[derive(Debug, Clone, Default)]
pub struct Course {
    pub beliefs: BTreeMap<Member, Vec<Belief>>,
    /// Points with a run of their own.
    pub runs: BTreeSet<Point>,
    /// Seed of the kills, if any.
    pub kills: Option<u64>,
}

fn date_between(chance: &mut Chance, first: Date, last: Date) -> Date {
    let days = usize::try_from((last - first).get_days()).unwrap();
    let days = i64::try_from(chance.below(days + 1)).unwrap();
    first.saturating_add(Span::new().days(days))
}

fn first_death() -> Date {
    day("2021-08-20")
}

pub fn story(chance: &mut Chance) -> Story {
    let mut deaths = BTreeMap::new();
    while deaths.len() < 5 {
        let home = chance.below(SIZES.len());
        let who = (home, chance.below(SIZES[home]));
        let on = date_between(chance, first_death(), day_of((4, Slot::BeforeRun)));
        deaths.insert(who, chance.in_hundred(80).then_some(on));
    }
    let mut story = Story {
        deaths,
        acts: BTreeMap::new(),
    };
    for _ in 0..18 {
        let at = points()[chance.below(points().len())];
        let home = chance.below(SIZES.len());
        let who = (home, chance.below(SIZES[home]));
        // A decision rests on what is known when it is made; these rest on nothing that is learnt late.
        let head = story.deaths.contains_key(&(home, 0));
        let any = story.deaths.keys().any(|(other, _)| *other == home);
        let act = match chance.below(9) {
            0 => Act::Close { home },
            1 => Act::Card { home },
            2 if !head => Act::Stop { home },
            3 | 4 if !any => Act::Raise { who },
            5 => Act::Enter,
            6 => Act::Conclude,
            _ => Act::Settle {
                repaid: chance.in_hundred(50),
                whole: chance.in_hundred(50),
            },
        };
        story.acts.entry(at).or_default().push(act);
    }
    story
}

/// Everything is learnt on the first point after it was true.
pub fn at_once(story: &Story) -> Course {
    let beliefs = story.deaths.iter().filter_map(|(who, on)| {
        let on = (*on)?;
        let at = points().into_iter().find(|at| day_of(*at) >= on)?;
        Some((*who, vec![(at, Some(on))]))
    });
    Course {
        beliefs: beliefs.collect(),
        ..Course::default()
    }
}

/// Everything is learnt at some time, some of it wrongly first.
pub fn late(story: &Story, chance: &mut Chance) -> Course {
    let mut course = Course {
        kills: Some(u64::try_from(chance.below(1 << 30)).unwrap()),
        ..Course::default()
    };
    for (who, on) in &story.deaths {
        let after = |first: Option<Point>| -> Vec<Point> {
            let mut points = points();
            points.retain(|at| {
                first.is_none_or(|first| *at > first) && on.is_none_or(|on| day_of(*at) >= on)
            });
            points
        };
        let mut beliefs = Vec::new();
        let early = points();
        let wrong_at = early[chance.below(early.len() - 3)];
        let wrong = on.is_none() || chance.in_hundred(40);
        if wrong && day_of(wrong_at) >= first_death() && !after(Some(wrong_at)).is_empty() {
            let said = date_between(chance, first_death(), day_of(wrong_at));
            beliefs.push((wrong_at, Some(said)));
        }
        let rest = after(beliefs.first().map(|(at, _)| *at));
        if on.is_some() || !beliefs.is_empty() {
            beliefs.push((rest[chance.below(rest.len())], *on));
        }
        course.beliefs.insert(*who, beliefs);
    }
    for at in points() {
        if chance.in_hundred(25) {
            course.runs.insert(at);
        }
    }
    course
}

/// A fact that changes nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A wage that lifts the household over the standard.
    Wage,
    /// A disability, which raises the person's class.
    Disability,
}

/// A fact that waits for a decision.
#[derive(Debug, Clone)]
pub struct Pending {
    pub who: Member,
    pub kind: Kind,
    pub from: Date,
    /// When the review is decided.
    pub decided: Point,
}

/// Facts that wait for a decision, about households of which nothing else becomes known.
pub fn pending(story: &Story, chance: &mut Chance) -> Vec<Pending> {
    let acts: Vec<&Act> = story.acts.values().flatten().collect();
    let free = (0..SIZES.len()).filter(|home| {
        let dies = story.deaths.keys().any(|(other, _)| other == home);
        let acted = acts.iter().any(|act| match act {
            Act::Stop { home: other } => other == home,
            Act::Raise { who } => who.0 == *home,
            _ => false,
        });
        !dies && !acted
    });
    free.take(3)
        .map(|home| Pending {
            who: (home, chance.below(SIZES[home])),
            kind: [Kind::Wage, Kind::Disability][chance.below(2)],
            from: date_between(chance, day("2021-09-01"), day_of((1, Slot::BeforeRun))),
            decided: (3, SLOTS[chance.below(SLOTS.len())]),
        })
        .collect()
}

/// When a pending fact is learnt: after it is true, and before it is decided.
pub fn learnt(fact: &Pending, chance: &mut Chance) -> Point {
    let mut points = points();
    points.retain(|at| day_of(*at) >= fact.from && *at < fact.decided);
    points[chance.below(points.len())]
}
