//! The roll of 2019, household by household and person by person: most of those who applied again in 2020, and
//! others who had left before. A document; it opens nothing and pays nothing.

use minsheng_core::{Date, Relation, Sex};

use super::fill::sizes;
use super::model::Home;
use crate::draw::Draw;
use crate::error::PlanError;
use crate::geography::County;
use crate::inputs::OldHousehold;
use crate::names;
use crate::targets::{Group, Targets};

/// Who was born later cannot stand on the roll.
const TAKEN_ON: Date = Date::constant(2019, 12, 31);

/// The rolls of both programmes.
pub(crate) fn old_roll(
    seed: u64,
    county: &County,
    homes: &[Home],
    targets: &Targets,
) -> Result<Vec<OldHousehold>, PlanError> {
    let mut draw = Draw::new(seed, 3);
    let figures = &targets.snapshot;
    let mut rolls = Vec::new();
    for (group, households, persons) in [
        (
            Group::Urban,
            figures.urban_households.value,
            figures.urban_persons.value,
        ),
        (
            Group::Rural,
            figures.rural_households.value,
            figures.rural_persons.value,
        ),
    ] {
        let mut roll = stayed(&mut draw, homes, group, households * 4 / 5);
        let count = |roll: &[OldHousehold]| {
            let persons: usize = roll.iter().map(|household| household.persons.len()).sum();
            (
                i64::try_from(roll.len()).unwrap_or(0),
                i64::try_from(persons).unwrap_or(0),
            )
        };
        let (have_households, have_persons) = count(&roll);
        let lack = sizes(
            &mut draw,
            households - have_households,
            persons - have_persons,
            group,
        )
        .ok_or(PlanError::NotClosed {
            seed,
            what: "persons of the roll of 2019",
            planned: have_persons,
            wanted: persons,
        })?;
        for size in lack {
            roll.push(left(&mut draw, county, group, size));
        }
        draw.shuffle(&mut roll);
        let letter = if group == Group::Urban { "U" } else { "R" };
        for (place, household) in (1..).zip(&mut roll) {
            household.number = format!("2019-{letter}-{place:05}");
        }
        rolls.extend(roll);
    }
    Ok(rolls)
}

/// Up to `most` of the households that applied again.
fn stayed(draw: &mut Draw, homes: &[Home], group: Group, most: i64) -> Vec<OldHousehold> {
    let mut again: Vec<&Home> = homes
        .iter()
        .filter(|home| home.caseload && !home.application.single)
        .filter(|home| (home.group == Group::Urban) == (group == Group::Urban))
        .collect();
    draw.shuffle(&mut again);
    again.truncate(usize::try_from(most).unwrap_or(0));
    again
        .into_iter()
        .map(|home| OldHousehold {
            programme: home.application.programme.to_owned(),
            number: String::new(),
            division: home.division,
            persons: home
                .members
                .iter()
                .filter(|member| member.birth <= TAKEN_ON)
                .map(|member| (member.name.clone(), member.relation))
                .collect(),
        })
        .collect()
}

/// A household that left before the re-application.
fn left(draw: &mut Draw, county: &County, group: Group, size: usize) -> OldHousehold {
    let naming = names::family(draw, if group == Group::Urban { 45 } else { 72 });
    let relations = [
        Relation::Head,
        Relation::Spouse,
        Relation::Child,
        Relation::Child,
        Relation::Parent,
        Relation::Child,
    ];
    let persons = relations
        .into_iter()
        .cycle()
        .take(size)
        .map(|relation| {
            let sex = if draw.chance(1, 2) {
                Sex::Male
            } else {
                Sex::Female
            };
            (names::name(draw, naming, sex), relation)
        })
        .collect();
    OldHousehold {
        programme: Home::programme(group).to_owned(),
        number: String::new(),
        division: county.place(draw, group == Group::Urban),
        persons,
    }
}
