//! The yearbook as a list of figures, and the records behind each.

use minsheng_policy::Bilingual;
use minsheng_registry::Desk;
use minsheng_store::Scope;

use crate::decimal::same_number;
use crate::indicators::{Indicator, indicator, indicators};
use crate::queries::{Opened, Reader, Year};
use crate::{Kind, Missing, Published, Records, StatisticsError};

/// One figure of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Id, such as `A18`.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// The number as printed; `None` where the records say nothing, see `missing`.
    pub value: Option<String>,
    /// Unit as in the published table.
    pub unit: String,
    /// The unit's name for people.
    pub unit_name: Bilingual,
    /// Relation to time.
    pub kind: Kind,
    /// The number that was published, if one was.
    pub published: Option<String>,
    /// Unit of the published number where it differs from ours.
    pub published_unit: Option<String>,
    /// Whether ours is the published one; `None` where nothing was published.
    pub agrees: Option<bool>,
    /// How many records the figure opens to.
    pub records: usize,
    /// Why there is no value.
    pub missing: Option<Missing>,
}

/// A figure with its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// The figure, compared with the chapter of its year.
    pub figure: Figure,
    /// The sentence it stands in.
    pub cite: String,
    /// What was counted or summed.
    pub records: Records,
}

/// All figures of a year, in the order of the chapter, beside the chapter published for that year.
///
/// # Errors
/// [`StatisticsError`] when the records cannot be read; missing records are not an error.
pub fn yearbook(desk: &Desk<'_>, scope: &Scope, year: i16) -> Result<Vec<Figure>, StatisticsError> {
    yearbook_against(desk, scope, year, &Published::of_year(year)?)
}

/// All figures of a year beside other published figures.
///
/// # Errors
/// See [`yearbook`].
pub fn yearbook_against(
    desk: &Desk<'_>,
    scope: &Scope,
    year: i16,
    published: &Published,
) -> Result<Vec<Figure>, StatisticsError> {
    let year = Year::new(year)?;
    let definitions = indicators()?;
    desk.store.read(|q| {
        let mut reader = Reader::new(desk, q, scope, year)?;
        definitions
            .iter()
            .map(|definition| Ok(compare(definition, &reader.open(definition)?, published)))
            .collect()
    })
}

/// One figure of a year with the records behind it.
///
/// # Errors
/// [`StatisticsError::UnknownFigure`]; otherwise see [`yearbook`].
pub fn drill(
    desk: &Desk<'_>,
    scope: &Scope,
    id: &str,
    year: i16,
) -> Result<Drill, StatisticsError> {
    let definition = indicator(id)?;
    let published = Published::of_year(year)?;
    let year = Year::new(year)?;
    desk.store.read(|q| {
        let opened = Reader::new(desk, q, scope, year)?.open(definition)?;
        let figure = compare(definition, &opened, &published);
        Ok(Drill {
            figure,
            cite: definition.cite.clone(),
            records: opened.records,
        })
    })
}

/// Whether every figure has a value and is the published one.
#[must_use]
pub fn all_agree(figures: &[Figure]) -> bool {
    !figures.is_empty() && figures.iter().all(|figure| figure.agrees == Some(true))
}

fn compare(definition: &Indicator, opened: &Opened, published: &Published) -> Figure {
    let printed = published.get(&definition.id);
    let other_unit = printed
        .and_then(|printed| printed.unit.clone())
        .filter(|unit| !unit.is_empty() && *unit != definition.unit);
    let value = opened.value.as_ref().ok();
    let agrees = printed.map(|printed| {
        other_unit.is_none() && value.is_some_and(|value| same_number(value, &printed.value))
    });
    Figure {
        id: definition.id.clone(),
        name: definition.name.clone(),
        value: value.cloned(),
        unit: definition.unit.clone(),
        unit_name: definition.unit_name.clone(),
        kind: definition.kind,
        published: printed.map(|printed| printed.value.clone()),
        published_unit: other_unit,
        agrees,
        records: opened.records.rows.len(),
        missing: opened.value.as_ref().err().cloned(),
    }
}
