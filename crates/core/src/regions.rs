//! County codes, those out of use included: who got an ID number keeps the code of that day.
//!
//! Must not know where a person lives, nor divisions below the county; that is the register of divisions. Which
//! codes the country has and ever had is known to the crate `id-card`; the file `data/regions-cn.csv` adds names and
//! years where the county needs them.
//!
//! Source: GB/T 2260 and its amendments.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::citizen_id::check_character;

/// The region of synthetic persons born from 2015 on; no authority ever gave it.
const DEMO: &str = "993301";
const COLUMNS: [&str; 4] = ["code", "name", "from_year", "to_year"];

/// A county-level code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Six digits, the last two not 00.
    pub code: String,
    /// The name under this code, the last one if it changed.
    pub name: String,
    /// The year from which the code was in use, if known.
    pub from_year: Option<i16>,
    /// The year in which it went out of use; none while it is in use.
    pub to_year: Option<i16>,
}

/// Why a table of county codes could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionsError {
    /// The file is not CSV of the expected shape.
    #[error(
        "the county codes cannot be read: {0}\nhint: the columns must be code,name,from_year,to_year"
    )]
    Syntax(String),
    /// A row contradicts itself or another.
    #[error("county code {code}: {reason}\nhint: six digits, the last two not 00, one row each")]
    Row {
        /// The code of the row.
        code: String,
        /// What does not fit.
        reason: &'static str,
    },
}

/// The county codes that an ID number may begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regions {
    named: BTreeMap<String, Region>,
    published: bool,
}

impl Regions {
    /// Every code that was in use since the number exists, read once.
    ///
    /// # Panics
    /// If the compiled-in file is wrong, which the tests of this crate exclude.
    #[must_use]
    pub fn national() -> &'static Self {
        static NATIONAL: LazyLock<Regions> = LazyLock::new(|| {
            let named = Regions::parse(include_str!("../data/regions-cn.csv"))
                .unwrap_or_else(|error| panic!("compiled-in county codes: {error}"));
            Regions {
                published: true,
                ..named
            }
        });
        &NATIONAL
    }

    /// The codes that come with the program and the region 993301 of synthetic persons, read once.
    ///
    /// # Panics
    /// As [`Regions::national`].
    #[must_use]
    pub fn with_demo() -> &'static Self {
        static WITH_DEMO: LazyLock<Regions> = LazyLock::new(|| {
            let mut regions = Regions::national().clone();
            regions
                .add(Region {
                    code: DEMO.to_owned(),
                    name: "演示区域".to_owned(),
                    from_year: Some(2015),
                    to_year: None,
                })
                .unwrap_or_else(|error| panic!("demo region: {error}"));
            regions
        });
        &WITH_DEMO
    }

    /// Reads a table in the form of `data/regions-cn.csv`; only its rows are known then.
    ///
    /// # Errors
    /// [`RegionsError`].
    pub fn parse(text: &str) -> Result<Self, RegionsError> {
        let syntax = |error: csv::Error| RegionsError::Syntax(error.to_string());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().map_err(syntax)?;
        if columns != COLUMNS.as_slice() {
            return Err(RegionsError::Syntax(format!(
                "the columns are {}",
                columns.iter().collect::<Vec<_>>().join(",")
            )));
        }
        let mut regions = Self::default();
        for row in reader.deserialize() {
            regions.add(row.map_err(syntax)?)?;
        }
        Ok(regions)
    }

    fn add(&mut self, region: Region) -> Result<(), RegionsError> {
        let code = region.code.clone();
        let row = |reason| {
            Err(RegionsError::Row {
                code: code.clone(),
                reason,
            })
        };
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return row("is not six digits");
        }
        if code.ends_with("00") {
            return row("is a province or prefecture");
        }
        if region.name.is_empty() {
            return row("has no name");
        }
        if region
            .from_year
            .zip(region.to_year)
            .is_some_and(|(from, to)| to < from)
        {
            return row("ends before it begins");
        }
        if self.named.insert(code.clone(), region).is_some() {
            return row("is given twice");
        }
        Ok(())
    }

    /// Whether `code` is or was a county code.
    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        self.named.contains_key(code) || (self.published && published(code))
    }

    /// Name and years of the county with the code `code`, where the table has them.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Region> {
        self.named.get(code)
    }

    /// Every county with a name, in the order of codes.
    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.named.values()
    }
}

/// Whether a county code was ever published. The library answers for whole numbers, so the code is asked for as the
/// beginning of one whose other parts are right.
fn published(code: &str) -> bool {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) || code.ends_with("00") {
        return false;
    }
    let first_17 = format!("{code}19900101001");
    check_character(&first_17).is_some_and(|check| id_card::validate(&format!("{first_17}{check}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_of_the_whole_country_are_known_closed_ones_too() {
        let national = Regions::national();
        for code in [
            "110101", "310230", "500101", "510118", "513402", "513401", "513422", "650102",
        ] {
            assert!(national.contains(code), "{code}");
        }
        for code in ["990101", "513399", "000000", "51330", "5133011", "51330x"] {
            assert!(!national.contains(code), "{code}");
        }
        let own = Regions::parse("code,name,from_year,to_year\n513301,康定市,,").unwrap();
        assert!(own.contains("513301") && !own.contains("510118"));
    }

    #[test]
    fn codes_out_of_use_are_known() {
        let national = Regions::national();
        for code in ["513301", "513321", "110105", "440524"] {
            assert!(national.contains(code), "{code}");
        }
        let old = national.get("513321").unwrap();
        assert_eq!((old.name.as_str(), old.to_year), ("康定县", Some(2015)));
        assert_eq!(national.get("513301").unwrap().from_year, Some(2015));
    }

    #[test]
    fn provinces_prefectures_and_invented_codes_are_unknown() {
        for code in ["513300", "510000", "990101", "513320", "", "康定市"] {
            assert!(!Regions::national().contains(code), "{code}");
        }
    }

    #[test]
    fn only_the_demo_knows_its_region() {
        assert!(!Regions::national().contains("993301"));
        assert!(Regions::with_demo().contains("993301"));
        let without: Vec<_> = Regions::with_demo()
            .iter()
            .filter(|region| region.code != "993301")
            .collect();
        assert_eq!(without, Regions::national().iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_wrong_row_is_refused_by_its_code() {
        let table = |rows: &str| Regions::parse(&format!("code,name,from_year,to_year\n{rows}"));
        for (rows, reason) in [
            ("51330,康定市,,", "is not six digits"),
            ("513300,甘孜藏族自治州,,", "is a province or prefecture"),
            ("513301,,,", "has no name"),
            ("513321,康定县,2015,1980", "ends before it begins"),
            ("513301,康定市,,\n513301,康定县,,", "is given twice"),
        ] {
            let Err(RegionsError::Row { reason: said, .. }) = table(rows) else {
                panic!("{rows} was not refused by its row");
            };
            assert_eq!(said, reason);
        }
        assert!(matches!(
            table("513301,康定市,soon,"),
            Err(RegionsError::Syntax(_))
        ));
        assert!(matches!(
            Regions::parse("code,name\n513301,康定市"),
            Err(RegionsError::Syntax(_))
        ));
    }
}
