//! Definitions of the figures, read from `data/indicators.toml`.
//!
//! Must not know: the records. A definition that does not say everything is refused when it is read, so the
//! rest of the crate works with complete definitions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minsheng_policy::Bilingual;
use serde::{Deserialize, Serialize};

use crate::StatisticsError;

const FILE: &str = "data/indicators.toml";
const TEXT: &str = include_str!("../data/indicators.toml");

/// What a figure is: how it relates to time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A state as of 31 December.
    Stock,
    /// A sum over the year.
    Flow,
    /// A parameter in force on 31 December.
    Rate,
    /// An earlier state, imported and never changed.
    Snapshot,
}

impl Kind {
    /// `stock`, `flow`, `rate` or `snapshot`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Flow => "flow",
            Self::Rate => "rate",
            Self::Snapshot => "snapshot",
        }
    }
}

/// How the value is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Print {
    /// Number of records.
    Count,
    /// The year that all records share.
    Year,
    /// Fen as yuan, exact.
    Yuan,
    /// Fen as 万元, half-up to so many decimals.
    WanYuan(u32),
}

/// Which query gives the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Households of the imported roll.
    SnapshotHouseholds,
    /// Persons of the imported roll.
    SnapshotPersons,
    /// The imported rolls themselves.
    SnapshotYear,
    /// Households on the December roll.
    RollHouseholds,
    /// Persons on the December roll.
    RollPersons,
    /// Money confirmed by the bank in the year, net of what was paid back.
    Paid,
    /// A parameter of the pack.
    Parameter {
        /// Its name.
        name: String,
        /// Its unit in the pack.
        unit: String,
    },
}

/// The definition of one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// Id, such as `A18`.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// Unit as in the published table.
    pub unit: String,
    /// The unit's name for people.
    pub unit_name: Bilingual,
    /// Relation to time.
    pub kind: Kind,
    /// The sentence it stands in.
    pub cite: String,
    pub(crate) print: Print,
    pub(crate) source: Source,
    pub(crate) programmes: Vec<String>,
    pub(crate) class: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    units: BTreeMap<String, String>,
    indicator: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    zh: String,
    en: String,
    unit: String,
    kind: Kind,
    print: String,
    decimals: Option<u32>,
    query: String,
    programmes: Vec<String>,
    class: Option<String>,
    parameter: Option<String>,
    parameter_unit: Option<String>,
    cite: String,
}

impl Entry {
    fn complete(self, units: &BTreeMap<String, String>) -> Result<Indicator, String> {
        let id = self.id.clone();
        let wrong = |what: String| format!("{id}: {what}");
        let zh = units
            .get(&self.unit)
            .ok_or_else(|| wrong(format!("the unit `{}` has no name", self.unit)))?;
        let unit_name = Bilingual::new(zh.clone(), self.unit.clone());
        let print = match (self.print.as_str(), self.decimals) {
            ("count", None) => Print::Count,
            ("year", None) => Print::Year,
            ("yuan", None) => Print::Yuan,
            ("wan_yuan", Some(decimals)) => Print::WanYuan(decimals),
            (other, decimals) => {
                return Err(wrong(format!("print `{other}` with decimals {decimals:?}")));
            }
        };
        let source = match (self.query.as_str(), self.parameter, self.parameter_unit) {
            ("snapshot_households", None, None) => Source::SnapshotHouseholds,
            ("snapshot_persons", None, None) => Source::SnapshotPersons,
            ("snapshot_year", None, None) => Source::SnapshotYear,
            ("roll_households", None, None) => Source::RollHouseholds,
            ("roll_persons", None, None) => Source::RollPersons,
            ("paid", None, None) => Source::Paid,
            ("parameter", Some(name), Some(unit)) => Source::Parameter { name, unit },
            (other, ..) => return Err(wrong(format!("query `{other}` with the parameter given"))),
        };
        let fits = match &source {
            Source::SnapshotHouseholds | Source::SnapshotPersons => {
                self.kind == Kind::Snapshot && print == Print::Count
            }
            Source::SnapshotYear => self.kind == Kind::Snapshot && print == Print::Year,
            Source::RollHouseholds | Source::RollPersons => {
                self.kind == Kind::Stock && print == Print::Count
            }
            Source::Paid => self.kind == Kind::Flow && matches!(print, Print::WanYuan(_)),
            Source::Parameter { .. } => {
                self.kind == Kind::Rate && print == Print::Yuan && self.programmes.len() == 1
            }
        };
        if !fits || self.programmes.is_empty() {
            return Err(wrong(
                "kind, print, query and programmes do not go together".to_owned(),
            ));
        }
        Ok(Indicator {
            id: self.id,
            name: Bilingual::new(self.zh, self.en),
            unit: self.unit,
            unit_name,
            kind: self.kind,
            cite: self.cite,
            print,
            source,
            programmes: self.programmes,
            class: self.class,
        })
    }
}

fn read(text: &str) -> Result<Vec<Indicator>, StatisticsError> {
    let refused = |reason| StatisticsError::Definition { file: FILE, reason };
    let file: File = toml::from_str(text).map_err(|error| refused(error.to_string()))?;
    let mut found: Vec<Indicator> = Vec::new();
    for entry in file.indicator {
        let indicator = entry.complete(&file.units).map_err(refused)?;
        if found.iter().any(|other| other.id == indicator.id) {
            return Err(refused(format!("{} is defined twice", indicator.id)));
        }
        found.push(indicator);
    }
    Ok(found)
}

static INDICATORS: LazyLock<Result<Vec<Indicator>, String>> =
    LazyLock::new(|| read(TEXT).map_err(|error| error.to_string()));

/// All definitions, in the order of the chapter.
///
/// # Errors
/// [`StatisticsError::Definition`] if the embedded definitions are wrong, which a test excludes.
pub fn indicators() -> Result<&'static [Indicator], StatisticsError> {
    match &*INDICATORS {
        Ok(found) => Ok(found),
        Err(reason) => Err(StatisticsError::Definition {
            file: FILE,
            reason: reason.clone(),
        }),
    }
}

/// The definition with this id (`a18` is `A18`).
///
/// # Errors
/// [`StatisticsError::UnknownFigure`] with all ids.
pub fn indicator(id: &str) -> Result<&'static Indicator, StatisticsError> {
    let all = indicators()?;
    all.iter()
        .find(|indicator| indicator.id.eq_ignore_ascii_case(id.trim()))
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|indicator| indicator.id.as_str()).collect();
            StatisticsError::UnknownFigure {
                id: id.to_owned(),
                known: known.join(" "),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Published;

    #[test]
    fn every_figure_of_the_dibao_sentences_is_defined_once_with_the_unit_of_the_published_table() {
        let mut wanted: Vec<String> = (5..=18).map(|number| format!("A{number:02}")).collect();
        wanted.push("A67".to_owned());
        wanted.extend((1..=6).map(|number| format!("RV-{number:02}")));
        let mut defined: Vec<String> = indicators().unwrap().iter().map(|i| i.id.clone()).collect();
        defined.sort();
        wanted.sort();
        assert_eq!(defined, wanted);
        let chapter = Published::embedded().unwrap();
        for indicator in indicators().unwrap() {
            let printed = chapter.get(&indicator.id).unwrap();
            assert_eq!(
                printed.unit.as_deref(),
                Some(indicator.unit.as_str()),
                "{}",
                indicator.id
            );
        }
    }

    #[test]
    fn an_id_is_found_in_any_case_and_an_unknown_one_is_answered_with_the_list() {
        assert_eq!(indicator(" rv-05 ").unwrap().id, "RV-05");
        let said = indicator("Z99").unwrap_err().to_string();
        assert!(said.contains("`Z99`") && said.contains("A67 A05"), "{said}");
    }

    #[test]
    fn an_incomplete_or_contradictory_definition_is_refused() {
        let base = |print: &str, query: &str, rest: &str| {
            format!(
                "[[indicator]]\nid='X'\nzh='x'\nen='x'\nunit='person'\nkind='stock'\nprint='{print}'\n\
                 query='{query}'\nprogrammes=['p']\ncite='c'\n{rest}"
            )
        };
        let read = |text: &str| read(&format!("[units]\nperson='人'\n{text}"));
        assert!(read(&base("count", "roll_persons", "")).is_ok());
        assert!(read(&base("count", "roll_persons", "").replace("'person'", "'persons'")).is_err());
        for text in [
            base("wan_yuan", "roll_persons", ""),
            base("count", "parameter", ""),
            base("count", "paid", ""),
            base("count", "roll_persons", "parameter='standard'\n"),
            base("count", "roll_persons", "surprise=1\n"),
            format!("{0}{0}", base("count", "roll_persons", "")),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
    }
}
