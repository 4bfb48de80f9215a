//! The 17 townships and the communities and villages below them, from `data/divisions.toml`.
//!
//! Must not know persons. Source: national statistics lists of 2020 to 2023; village codes are the demo's [assume].

use serde::Deserialize;

use crate::draw::Draw;
use crate::error::PlanError;

const TEXT: &str = include_str!("../data/divisions.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    county: String,
    code: i64,
    township: Vec<TownshipFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TownshipFile {
    code: i64,
    name: String,
    clerk: String,
    communities: Vec<String>,
    villages: Vec<String>,
}

/// The county.
#[derive(Debug, Clone)]
pub(crate) struct County {
    /// Name.
    pub name: String,
    /// 12-digit code.
    pub code: i64,
    /// Its townships, by code.
    pub townships: Vec<Township>,
}

/// A street, town or township.
#[derive(Debug, Clone)]
pub(crate) struct Township {
    /// 12-digit code.
    pub code: i64,
    /// Name.
    pub name: String,
    /// Pinyin in the user names of its clerks.
    pub clerk: String,
    /// Residents' communities and villages.
    pub villages: Vec<Village>,
}

/// A community or village.
#[derive(Debug, Clone)]
pub(crate) struct Village {
    /// 12-digit code.
    pub code: i64,
    /// Name.
    pub name: String,
}

impl Village {
    /// Whether it is a residents' community: 001 to 199.
    pub(crate) fn is_community(&self) -> bool {
        self.code % 1000 < 200
    }
}

/// The township of a village.
pub(crate) fn township_of(village: i64) -> i64 {
    village / 1000 * 1000
}

impl County {
    /// Kangding.
    pub(crate) fn load() -> Result<County, PlanError> {
        let broken = |error: toml::de::Error| PlanError::Data {
            file: "divisions.toml",
            reason: error.to_string(),
        };
        let file: File = toml::from_str(TEXT).map_err(broken)?;
        let townships = file
            .township
            .into_iter()
            .map(|township| {
                let code = township.code * 1000;
                let communities = (1..).zip(township.communities);
                let villages = (201..).zip(township.villages);
                Township {
                    code,
                    name: township.name,
                    clerk: township.clerk,
                    villages: communities
                        .chain(villages)
                        .map(|(place, name)| Village {
                            code: code + place,
                            name,
                        })
                        .collect(),
                }
            })
            .collect();
        Ok(County {
            name: file.county,
            code: file.code * 1_000_000,
            townships,
        })
    }

    /// A place to live: an urban household in a community, a rural one in a village.
    pub(crate) fn place(&self, draw: &mut Draw, urban: bool) -> i64 {
        let places: Vec<(i64, i64)> = self
            .townships
            .iter()
            .flat_map(|township| &township.villages)
            .filter(|village| village.is_community() == urban)
            // The two streets are the town itself: most urban households live there.
            .map(|village| {
                (
                    village.code,
                    if urban
                        && village.code / 1_000_000 == 513_301
                        && village.code % 1_000_000 < 3_000
                    {
                        4
                    } else {
                        1
                    },
                )
            })
            .collect();
        draw.weighted(&places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kangding_has_17_townships_12_communities_and_villages_in_each() {
        let county = County::load().unwrap();
        assert_eq!((county.code, county.townships.len()), (513_301_000_000, 17));
        let villages: Vec<&Village> = county
            .townships
            .iter()
            .flat_map(|township| &township.villages)
            .collect();
        assert_eq!(
            villages
                .iter()
                .filter(|village| village.is_community())
                .count(),
            12
        );
        for township in &county.townships {
            assert!(
                township
                    .villages
                    .iter()
                    .any(|village| !village.is_community()),
                "{}",
                township.name
            );
            assert!(
                township
                    .villages
                    .iter()
                    .all(|village| township_of(village.code) == township.code)
            );
        }
        let codes: std::collections::BTreeSet<i64> =
            villages.iter().map(|village| village.code).collect();
        assert_eq!(codes.len(), villages.len());
        for named in ["向阳社区", "公主桥社区", "俄达门巴村"] {
            assert!(
                villages.iter().any(|village| village.name == named),
                "{named}"
            );
        }
    }
}
