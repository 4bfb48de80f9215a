//! `toml example` as written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::pack::blocks::{Day, Word};
use crate::text::Bilingual;

/// `toml example`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExampleBlock {
    pub id: Word,
    pub title: Bilingual,
    /// Takes the facts and dates of another example, which `set` and `unset` change.
    pub like: Option<Word>,
    pub acceptance: Option<Day>,
    /// Month of benefit; without it the month of acceptance.
    pub month: Option<String>,
    pub household: Option<toml::Table>,
    pub application: Option<toml::Table>,
    /// `"members.2.disability" = "42"`: a member by id.
    #[serde(default)]
    pub set: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub unset: Vec<String>,
    pub expect: Option<ExpectBlock>,
    #[serde(default)]
    pub decision: Vec<DecisionRow>,
    #[serde(default)]
    pub death: Vec<DeathRow>,
    /// Month to the sum paid for it, in fen, under the first decision.
    #[serde(default)]
    pub pays: BTreeMap<String, i64>,
}

/// `[expect]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectBlock {
    pub outcome: String,
    pub law: Option<String>,
    pub total: Option<i64>,
    pub members: Option<Vec<MemberRow>>,
    pub reasons: Option<Vec<String>>,
    pub needs: Option<Vec<String>>,
    /// Part of the message of an evaluation error (outcome `error`).
    pub error: Option<String>,
}

/// A member of `expect`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberRow {
    pub id: i64,
    pub class: String,
    pub amount: i64,
}

/// `[[decision]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionRow {
    pub decided: Day,
    pub stopped: Option<Day>,
    pub first_month: Option<String>,
    pub last_month: Option<String>,
}

/// `[[death]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeathRow {
    pub id: i64,
    pub on: Day,
}
