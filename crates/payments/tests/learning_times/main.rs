//! Late facts, over random facts, learning times, runs and kills. What happens by itself: the books of every key come
//! to the same sum, whenever it was learnt, and to what the story alone says. What waits for a decision: it changes
//! nothing before, and equal decisions give equal books.
//!
//! `MINSHENG_SEEDS` asks for more seeds; with `MINSHENG_SOAK` each seed tells [`LONG`] stories.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod killed;
mod play;
mod story;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use killed::copy;
use minsheng_core::Date;
use minsheng_payments::FundSource;
use play::{Aside, Play};
use story::{Chance, Course, Pending, SIZES, Story, at_once, late, learnt, pending, story};
use support::casework::Home;
use support::{County, day, seeds};

const LONG: u64 = 10;

/// A county whose households were all granted from September, at rest in a folder.
struct Template {
    folder: tempfile::TempDir,
    homes: Vec<Home>,
    left: Date,
}

impl Template {
    fn new() -> Template {
        let folder = tempfile::tempdir().unwrap();
        let county = County::create(folder.path(), day("2021-07-05"));
        county.day(day("2021-08-02"));
        let mut homes = county.settle(1, &SIZES);
        county.fund(FundSource::Central, 3_000);
        county.fund(FundSource::Province, 2_000);
        county.fund(FundSource::County, 500_000);
        county.grant(&mut homes);
        let left = county.today().saturating_add(jiff::Span::new().days(1));
        drop(county);
        Template {
            folder,
            homes,
            left,
        }
    }

    /// Plays a story from here on.
    fn play<T>(
        &self,
        story: &Story,
        course: &Course,
        aside: &[Aside<'_>],
        look: impl FnOnce(&Play<'_>) -> T,
    ) -> T {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), &folder.path().join("county"));
        let place: &Path = folder.path();
        let mut play = Play::new(place, self.left, &self.homes, story, course, aside);
        play.play();
        look(&play)
    }
}

/// One chance for every story that is asked for.
fn chances() -> Vec<(String, Chance)> {
    let each = if std::env::var_os("MINSHENG_SOAK").is_some() {
        LONG
    } else {
        1
    };
    seeds(&[1, 2, 3])
        .into_iter()
        .flat_map(|seed| (0..each).map(move |story| (seed, story)))
        .map(|(seed, story)| {
            let name = format!("seed {seed}, story {story}");
            (name, Chance::new(seed * 1_000 + story))
        })
        .collect()
}

#[test]
fn what_happens_by_itself_comes_to_the_same_sum_whenever_it_is_learnt() {
    let template = Template::new();
    let mut kills = 0;
    for (name, mut chance) in chances() {
        let story = story(&mut chance);
        let courses = [
            at_once(&story),
            late(&story, &mut chance),
            late(&story, &mut chance),
        ];
        let mut sums = Vec::new();
        for course in &courses {
            println!("{name}: {story:?}\n{course:?}");
            let (settled, truth, killed) = template.play(&story, course, &[], |play| {
                (play.settled(), play.truth(), play.kills)
            });
            for (key, entitled) in truth {
                let found = settled.get(&key).copied().unwrap_or(0);
                assert_eq!(found, entitled, "{name}: P{:06} for {}", key.0, key.1);
            }
            kills += killed;
            sums.push(
                settled
                    .into_iter()
                    .filter(|(_, sum)| *sum != 0)
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(sums[0], sums[1], "{name}");
        assert_eq!(sums[0], sums[2], "{name}");
    }
    assert!(kills > 0, "nothing was killed");
}

/// The books at every point of a course in which facts that wait for a decision become known at some time.
fn books_of(
    template: &Template,
    story: &Story,
    course: &Course,
    facts: &[Pending],
    chance: &mut Chance,
    decided: bool,
) -> Vec<String> {
    let aside: Vec<Aside<'_>> = facts
        .iter()
        .map(|fact| Aside {
            fact,
            learnt: learnt(fact, chance),
            decided,
        })
        .collect();
    let course = Course {
        kills: Some(u64::try_from(chance.below(1 << 30)).unwrap()),
        ..course.clone()
    };
    template.play(story, &course, &aside, |play| {
        for (key, entitled) in play.truth() {
            let found = play.settled().get(&key).copied().unwrap_or(0);
            assert_eq!(found, entitled, "P{:06} for {}", key.0, key.1);
        }
        play.kept.clone()
    })
}

fn assert_same(name: &str, what: &str, one: &[String], other: &[String]) {
    for (at, (one, other)) in one.iter().zip(other).enumerate() {
        for (one, other) in one.lines().zip(other.lines()) {
            assert_eq!(one, other, "{name}, point {at}: {what}");
        }
        assert_eq!(one, other, "{name}, point {at}: {what}");
    }
}

#[test]
fn what_waits_for_a_decision_changes_nothing_before_it_and_equal_decisions_give_equal_books() {
    let template = Template::new();
    let mut changed = 0;
    for (name, mut chance) in chances() {
        let story = story(&mut chance);
        let course = late(&story, &mut chance);
        let facts = pending(&story, &mut chance);
        println!("{name}: {story:?}\n{course:?}\n{facts:?}");
        let mut books = |facts: &[Pending], decided| {
            books_of(&template, &story, &course, facts, &mut chance, decided)
        };
        let without = books(&[], false);
        let never = books(&facts, false);
        assert_same(&name, "an undecided fact changes nothing", &without, &never);
        let (one, other) = (books(&facts, true), books(&facts, true));
        assert_same(&name, "equal decisions give equal books", &one, &other);
        let Some(first) = facts.iter().map(|fact| fact.decided).min() else {
            continue;
        };
        let before = story::place(first);
        assert_same(
            &name,
            "nothing changes before the decision",
            &without[..=before],
            &one[..=before],
        );
        changed += usize::from(one.last() != without.last());
    }
    assert!(changed > 0, "no decision changed anything");
}
