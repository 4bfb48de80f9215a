//! Who lives together: sizes, ages and relations, drawn so that a roll looks like a roll. Many live alone, many
//! are old; children are minors or study.
//!
//! Must not know incomes or rules.

use minsheng_core::{Date, Relation, Sex, date_of_epoch_day, epoch_day};

use super::model::Member;
use crate::draw::Draw;
use crate::error::PlanError;
use crate::identity::Numbers;
use crate::names::{self, Naming};
use crate::targets::Group;

/// The day on which ages are drawn: before the first application.
pub(crate) const COUNTED_ON: Date = Date::constant(2020, 10, 1);

/// A role in the family and the span of ages for it.
type Seat = (Relation, i64, i64);

const HEAD: Relation = Relation::Head;
const SPOUSE: Relation = Relation::Spouse;
const CHILD: Relation = Relation::Child;
const PARENT: Relation = Relation::Parent;
const GRANDCHILD: Relation = Relation::Grandchild;

/// Families by size, with how common they are. Ages of children and parents lie so that no child is older than
/// its parent could allow.
const FAMILIES: &[(&[Seat], i64)] = &[
    (&[(HEAD, 60, 86)], 44),
    (&[(HEAD, 45, 59)], 34),
    (&[(HEAD, 28, 44)], 22),
    (&[(HEAD, 62, 80), (SPOUSE, 60, 78)], 32),
    (&[(HEAD, 34, 48), (CHILD, 3, 15)], 24),
    (&[(HEAD, 58, 72), (GRANDCHILD, 5, 15)], 10),
    (&[(HEAD, 44, 58), (SPOUSE, 42, 57)], 16),
    (&[(HEAD, 36, 48), (PARENT, 66, 84)], 18),
    (&[(HEAD, 32, 46), (SPOUSE, 30, 44), (CHILD, 2, 13)], 44),
    (&[(HEAD, 34, 46), (CHILD, 10, 15), (CHILD, 2, 9)], 22),
    (&[(HEAD, 38, 48), (SPOUSE, 36, 46), (PARENT, 66, 84)], 20),
    (&[(HEAD, 60, 74), (SPOUSE, 58, 70), (GRANDCHILD, 4, 14)], 14),
    (
        &[
            (HEAD, 34, 46),
            (SPOUSE, 32, 44),
            (CHILD, 9, 14),
            (CHILD, 2, 8),
        ],
        62,
    ),
    (
        &[
            (HEAD, 36, 48),
            (SPOUSE, 34, 46),
            (CHILD, 3, 14),
            (PARENT, 66, 84),
        ],
        38,
    ),
    (
        &[
            (HEAD, 36, 46),
            (SPOUSE, 34, 44),
            (CHILD, 8, 15),
            (CHILD, 2, 7),
            (PARENT, 66, 82),
        ],
        60,
    ),
    (
        &[
            (HEAD, 36, 46),
            (SPOUSE, 34, 44),
            (CHILD, 11, 15),
            (CHILD, 7, 10),
            (CHILD, 2, 6),
        ],
        40,
    ),
    (
        &[
            (HEAD, 38, 48),
            (SPOUSE, 36, 46),
            (CHILD, 10, 15),
            (CHILD, 4, 9),
            (PARENT, 68, 84),
            (PARENT, 66, 82),
        ],
        100,
    ),
];

/// The largest family there is.
pub(crate) const LARGEST: usize = 6;

/// Draws the size of a household of a group: about 1.55 persons in the town, 1.8 in villages, 2.9 backstop.
pub(crate) fn size(draw: &mut Draw, group: Group) -> usize {
    match group {
        Group::Urban => draw.weighted(&[(1, 64), (2, 22), (3, 10), (4, 3), (5, 1)]),
        Group::Rural => draw.weighted(&[(1, 44), (2, 36), (3, 13), (4, 6), (5, 1)]),
        Group::Backstop => draw.weighted(&[(1, 12), (2, 22), (3, 38), (4, 20), (5, 7), (6, 1)]),
    }
}

/// A date of birth of somebody who is `age` on [`COUNTED_ON`].
pub(crate) fn birth(draw: &mut Draw, age: i64) -> Date {
    let days = age * 1461 / 4 + draw.between(5, 359);
    date_of_epoch_day(epoch_day(COUNTED_ON) - days).unwrap_or(COUNTED_ON)
}

/// A family of `size` persons, the head first.
pub(crate) fn family(
    draw: &mut Draw,
    numbers: &mut Numbers,
    size: usize,
    group: Group,
) -> Result<Vec<Member>, PlanError> {
    let fitting: Vec<(&[Seat], i64)> = FAMILIES
        .iter()
        .copied()
        .filter(|(seats, _)| seats.len() == size)
        .collect();
    let seats = draw.weighted(&fitting);
    let naming = names::family(draw, if group == Group::Urban { 45 } else { 72 });
    let mut members: Vec<Member> = Vec::with_capacity(size);
    for (relation, youngest, oldest) in seats {
        let sex = match relation {
            // Two parents are of two sexes, and so are spouses.
            Relation::Spouse => other(members.first().map_or(Sex::Male, |head| head.sex)),
            Relation::Parent => match members.iter().find(|member| member.relation == PARENT) {
                Some(parent) => other(parent.sex),
                None => one_of(draw, 40),
            },
            Relation::Head => one_of(draw, if size == 1 { 56 } else { 66 }),
            _ => one_of(draw, 50),
        };
        let own = match relation {
            Relation::Spouse | Relation::Parent if sex == Sex::Female => {
                names::spouse(draw, naming)
            }
            _ => naming,
        };
        let age = draw.between(*youngest, *oldest);
        members.push(person(draw, numbers, own, *relation, sex, age)?);
    }
    Ok(members)
}

/// One more person.
pub(crate) fn person(
    draw: &mut Draw,
    numbers: &mut Numbers,
    naming: Naming,
    relation: Relation,
    sex: Sex,
    age: i64,
) -> Result<Member, PlanError> {
    let born = birth(draw, age);
    born_on(draw, numbers, naming, relation, sex, born)
}

/// One more person, born on a given day.
pub(crate) fn born_on(
    draw: &mut Draw,
    numbers: &mut Numbers,
    naming: Naming,
    relation: Relation,
    sex: Sex,
    birth: Date,
) -> Result<Member, PlanError> {
    Ok(Member {
        name: names::name(draw, naming, sex),
        sex,
        birth,
        id_number: numbers.citizen(draw, birth, sex)?,
        relation,
        joins: None,
        leaves: None,
        becomes: None,
        death: None,
        facts: Vec::new(),
        accounts: Vec::new(),
    })
}

fn one_of(draw: &mut Draw, male_of_100: i64) -> Sex {
    if draw.chance(male_of_100, 100) {
        Sex::Male
    } else {
        Sex::Female
    }
}

fn other(sex: Sex) -> Sex {
    if sex == Sex::Male {
        Sex::Female
    } else {
        Sex::Male
    }
}

#[cfg(test)]
mod tests {
    use minsheng_core::completed_age;

    use super::*;

    #[test]
    fn families_have_one_head_and_children_are_minors_for_the_whole_year() {
        let (mut draw, mut numbers) = (Draw::new(5, 1), Numbers::default());
        for size in 1..=LARGEST {
            for _ in 0..30 {
                let members = family(&mut draw, &mut numbers, size, Group::Rural).unwrap();
                assert_eq!(members.len(), size);
                assert_eq!(
                    members
                        .iter()
                        .filter(|member| member.relation == HEAD)
                        .count(),
                    1
                );
                let head = members[0].birth;
                for member in &members {
                    let age = completed_age(member.birth, Date::constant(2021, 12, 31));
                    assert!((1..=90).contains(&age), "{age}");
                    match member.relation {
                        CHILD | GRANDCHILD => {
                            assert!(age < 18, "{age}");
                            assert!(completed_age(head, member.birth) >= 18);
                        }
                        PARENT => assert!(completed_age(member.birth, head) >= 15),
                        SPOUSE => assert_ne!(member.sex, members[0].sex),
                        _ => {}
                    }
                }
            }
        }
    }
}
