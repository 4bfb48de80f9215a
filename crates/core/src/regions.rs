//! County codes, those out of use included: who got an ID number keeps the code of that day.
//!
//! Must not know where a person lives, nor divisions below the county; that is the register of divisions. The file
//! that comes with the program says in `data/README.md` which codes it holds; a fuller one is read with
//! [`Regions::parse`].
//!
//! Source: GB/T 2260 and its amendments.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The region of synthetic persons born from 2015 on; no authority ever gave it.
const DEMO: &str = "993301";

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
        "the county codes cannot be read: {0}\nhint: the columns are code,name,from_year,to_year"
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
pub struct Regions(BTreeMap<String, Region>);

impl Regions {
    /// The codes that come with the program, read once.
    ///
    /// # Errors
    /// [`RegionsError`] when the compiled-in file is wrong, which the tests of this crate exclude.
    pub fn national() -> Result<&'static Self, RegionsError> {
        static NATIONAL: OnceLock<Result<Regions, RegionsError>> = OnceLock::new();
        NATIONAL
            .get_or_init(|| Self::parse(include_str!("../data/regions-cn.csv")))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The codes that come with the program and the region 993301 of synthetic persons, read once.
    ///
    /// # Errors
    /// As [`Regions::national`].
    pub fn with_demo() -> Result<&'static Self, RegionsError> {
        static WITH_DEMO: OnceLock<Result<Regions, RegionsError>> = OnceLock::new();
        WITH_DEMO
            .get_or_init(|| {
                let mut regions = Self::national()?.clone();
                regions.add(Region {
                    code: DEMO.to_owned(),
                    name: "演示区域".to_owned(),
                    from_year: Some(2015),
                    to_year: None,
                })?;
                Ok(regions)
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Reads a table in the form of `data/regions-cn.csv`.
    ///
    /// # Errors
    /// [`RegionsError`].
    pub fn parse(text: &str) -> Result<Self, RegionsError> {
        let mut regions = Self::default();
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            regions.add(row.map_err(|error| RegionsError::Syntax(error.to_string()))?)?;
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
        if self.0.insert(code.clone(), region).is_some() {
            return row("is given twice");
        }
        Ok(())
    }

    /// Whether `code` is or was a county code.
    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// The county with the code `code`.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Region> {
        self.0.get(code)
    }

    /// Every county, in the order of codes.
    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.0.values()
    }
}
