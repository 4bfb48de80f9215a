//! `toml population`, in the file of a pack: which columns of a register hold which evidence.

use serde::Deserialize;
use toml::Spanned;

use super::blocks::{Word, place_of};
use super::chain::Folder;
use super::file::{Item, Owner};
use super::markdown::Block;
use super::report::{Report, suggestion};
use crate::model::Entity;
use crate::population::{Population, PopulationColumn};
use crate::programme::Programme;

/// `toml population`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PopulationBlock {
    pub household_id: Word,
    pub person_id: Word,
    pub counted: Option<Word>,
    pub column: Vec<Spanned<ColumnRow>>,
    #[serde(default)]
    pub unread: Vec<Word>,
}

/// `[[column]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnRow {
    pub entity: Entity,
    pub evidence: Word,
    pub column: Word,
    #[serde(default)]
    pub optional: bool,
}

/// The mapping that the lowest pack of the chain declares.
pub(crate) fn population(
    chain: &[Folder],
    programmes: &[Programme],
    report: &mut Report<'_>,
) -> Option<Population> {
    let mut found = None;
    for file in chain.iter().flat_map(|folder| &folder.files) {
        let of_pack = matches!(file.owner, Some((Owner::Pack(_), _)));
        for (item, at) in &file.items {
            let (Item::Population(written), block) = (item, &file.blocks[*at]) else {
                continue;
            };
            if of_pack {
                found = Some(resolve(written, block, programmes, report));
            } else {
                report.error(
                    block.place,
                    "a population outside of the file of the pack",
                    "put it into the file that begins with `toml pack`",
                );
            }
        }
    }
    found
}

fn resolve(
    written: &PopulationBlock,
    block: &Block,
    programmes: &[Programme],
    report: &mut Report<'_>,
) -> Population {
    let text = |word: &Word| word.get_ref().clone();
    let mut columns: Vec<PopulationColumn> = Vec::new();
    for row in &written.column {
        let row = row.get_ref();
        let known = names(programmes, row.entity);
        if !known.contains(&row.evidence.get_ref().as_str()) {
            let message = format!(
                "no programme reads the evidence `{}`",
                row.evidence.get_ref()
            );
            let hint = suggestion(row.evidence.get_ref(), known);
            report.error(place_of(block, &row.evidence), message, hint);
        }
        let twice = |known: &PopulationColumn| {
            known.entity == row.entity
                && (known.evidence == *row.evidence.get_ref()
                    || known.column == *row.column.get_ref())
        };
        if columns.iter().any(twice) {
            let message = format!(
                "`{}` or its column `{}` is mapped twice",
                row.evidence.get_ref(),
                row.column.get_ref()
            );
            report.error(
                place_of(block, &row.evidence),
                message,
                "one column, one piece of evidence",
            );
        }
        columns.push(PopulationColumn {
            entity: row.entity,
            evidence: text(&row.evidence),
            column: text(&row.column),
            optional: row.optional,
        });
    }
    if let Some(counted) = &written.counted
        && !programmes
            .iter()
            .any(|programme| programme.code == *counted.get_ref())
    {
        let known = programmes.iter().map(|programme| programme.code.as_str());
        report.error(
            place_of(block, counted),
            format!("unknown programme `{}`", counted.get_ref()),
            suggestion(counted.get_ref(), known),
        );
    }
    Population {
        household_id: text(&written.household_id),
        person_id: text(&written.person_id),
        counted: written.counted.as_ref().map(text),
        columns,
        unread: written.unread.iter().map(text).collect(),
    }
}

/// Slots of all programmes.
fn names(programmes: &[Programme], entity: Entity) -> Vec<&str> {
    let mut names = Vec::new();
    for programme in programmes {
        let layout = &programme.program.layout;
        let slots = match entity {
            Entity::Household => &layout.household,
            Entity::Person => &layout.person,
        };
        names.extend(slots.iter().map(|slot| slot.name.as_str()));
    }
    names.sort_unstable();
    names.dedup();
    names
}
