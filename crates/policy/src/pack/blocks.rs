//! The `toml` blocks of a pack as written: one struct per kind, unknown fields refused.
//!
//! What may be left out here because a layer above says it is an `Option`; the merge checks it.

use std::collections::BTreeMap;

use minsheng_core::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::markdown::Block;
use super::report::{Place, Report};
use crate::model::{CodeDecl, CombinationRelation, Entity, FirstMonth, Key, LastMonth};
use crate::procedure::{ClockKind, ClockUnit};
use crate::syntax::{Name, Span};
use crate::text::{Bilingual, Mark};

/// A name in a `toml` block, with its offset inside the block.
pub(crate) type Word = Spanned<String>;

/// Level of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layer {
    Nation,
    Province,
    Prefecture,
    County,
}

impl Layer {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Layer::Nation => "nation",
            Layer::Province => "province",
            Layer::Prefecture => "prefecture",
            Layer::County => "county",
        }
    }
}

/// A day written as a TOML date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let value = toml::value::Datetime::deserialize(deserializer)?;
        match (value.date, value.time, value.offset) {
            (Some(date), None, None) => i16::try_from(date.year)
                .ok()
                .and_then(|year| Date::new(year, date.month as i8, date.day as i8).ok())
                .map(Day)
                .ok_or_else(|| D::Error::custom(format!("{date} is not a day of the calendar"))),
            _ => Err(D::Error::custom(
                "expected a date without a time, such as 2021-07-01",
            )),
        }
    }
}

/// `toml pack`: who speaks in this folder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackBlock {
    pub authority: Word,
    pub name: Bilingual,
    pub layer: Layer,
    pub parent: Option<Word>,
    pub language: Spanned<u32>,
}

/// `toml programme` and `toml module`: whose definitions this file holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnerBlock {
    pub code: Word,
    pub name: Option<Bilingual>,
    pub unit: Option<String>,
    #[serde(default)]
    pub uses: Vec<Word>,
}

/// `toml law`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LawBlock {
    pub id: Word,
    pub title: Bilingual,
    pub from: Day,
    pub to: Option<Day>,
    pub applies_by: Option<Key>,
}

/// `toml parameter`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterBlock {
    pub name: Word,
    pub label: Option<Bilingual>,
    pub unit: Option<Word>,
    #[serde(default)]
    pub value: Vec<Spanned<ValueRow>>,
}

/// `[[value]]` of a parameter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueRow {
    pub from: Day,
    pub to: Option<Day>,
    pub value: Spanned<RawValue>,
    pub cite: String,
    pub mark: Mark,
}

/// A value before its unit is known.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum RawValue {
    Bool(bool),
    Int(i64),
    Text(String),
    Codes(Vec<String>),
}

/// What a lower authority may do with an open definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OpenMode {
    /// It must give what the law leaves open.
    Fill,
    /// It may replace what the law says.
    Depart,
}

/// `toml open`: what this pack leaves to lower authorities.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenBlock {
    /// A parameter, `payment.FIELD`, or with `rule` the head of a rule.
    pub name: Option<Word>,
    /// `class(m): code(class)`: a rule that a lower authority writes.
    pub rule: Option<Word>,
    pub to: Vec<Layer>,
    pub mode: OpenMode,
    pub cite: String,
}

/// `toml codes`: a list of codes of the programme's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodesBlock {
    pub name: Word,
    pub code: Vec<CodeDecl>,
}

/// `toml evidence`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceBlock {
    pub name: Word,
    pub entity: Entity,
    pub kind: Option<String>,
    pub form: FormWord,
    #[serde(default)]
    pub code: Vec<CodeDecl>,
    #[serde(default)]
    pub part: Vec<PartBlock>,
    pub unit: Option<Word>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    #[serde(default)]
    pub field: Vec<FieldBlock>,
    pub key: Option<Word>,
    pub absent: Option<AbsentBlock>,
    /// A null in its place is unknown.
    #[serde(default)]
    pub optional: bool,
    pub closed_by: Option<Word>,
    #[serde(default)]
    pub health: bool,
    /// Not declared: the situation of a person.
    pub change: Option<crate::model::Change>,
    pub source: Bilingual,
    pub label: Bilingual,
    pub cite: String,
}

/// Shape of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormWord {
    Flag,
    Since,
    Code,
    Quantity,
    Amount,
    Records,
}

/// `[[part]]` of a compound code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartBlock {
    pub name: Word,
    pub min: i64,
    pub max: i64,
}

/// `[[field]]` of records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldBlock {
    pub name: Word,
    pub column: crate::model::Column,
    #[serde(default)]
    pub code: Vec<CodeDecl>,
    pub unit: Option<Word>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub label: Bilingual,
}

/// `absent = { value = …, cite = …, mark = … }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AbsentBlock {
    pub value: Spanned<RawValue>,
    pub cite: String,
    pub mark: Mark,
}

/// One law or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Laws {
    One(String),
    Many(Vec<String>),
}

impl Laws {
    pub(crate) fn list(&self) -> Vec<&str> {
        match self {
            Laws::One(law) => vec![law],
            Laws::Many(laws) => laws.iter().map(String::as_str).collect(),
        }
    }
}

/// One citation, or one per law.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Cites {
    One(String),
    PerLaw(std::collections::BTreeMap<String, String>),
}

impl Cites {
    pub(crate) fn of(&self, law: &str) -> Option<String> {
        match self {
            Cites::One(cite) => Some(cite.clone()),
            Cites::PerLaw(cites) => cites.get(law).cloned(),
        }
    }
}

/// `toml procedure`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProcedureBlock {
    pub law: Word,
    pub initial: Word,
    pub spot_check: Option<ShareBlock>,
}

/// `spot_check = { percent = …, cite = …, mark = … }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareBlock {
    pub percent: u8,
    pub cite: String,
    pub mark: Mark,
}

/// `toml papers`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PapersBlock {
    pub paper: Vec<NamedRow>,
}

/// `toml sources`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourcesBlock {
    pub source: Vec<NamedRow>,
}

/// `[[paper]]` and `[[source]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedRow {
    pub code: Word,
    pub name: Bilingual,
}

/// `toml state`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatesBlock {
    pub state: Vec<StateRow>,
}

/// `[[state]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateRow {
    pub code: Word,
    pub name: Bilingual,
}

/// `toml clock`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockBlock {
    pub law: Spanned<Laws>,
    pub code: Word,
    pub name: Bilingual,
    pub term: i64,
    pub unit: ClockUnit,
    pub kind: ClockKind,
    pub extended: Option<i64>,
    pub by: Option<Word>,
    #[serde(default)]
    pub terms: BTreeMap<String, i64>,
    pub after: Option<Word>,
    pub cite: Cites,
    pub mark: Option<Mark>,
}

/// `toml step`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepBlock {
    pub law: Spanned<Laws>,
    pub code: Word,
    pub name: Bilingual,
    pub from: Vec<Word>,
    pub to: Option<Word>,
    pub actor: Word,
    #[serde(default)]
    pub also: Vec<Word>,
    #[serde(default)]
    pub needs: Vec<Word>,
    #[serde(default)]
    pub starts: Vec<Word>,
    #[serde(default)]
    pub meets: Vec<Word>,
    #[serde(default)]
    pub extends: Vec<Word>,
    pub at_most: Option<u32>,
    #[serde(default)]
    pub differs_from: Vec<Word>,
    pub when: Option<Word>,
    pub cite: Cites,
}

/// `toml payment`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentBlock {
    pub payee: Option<String>,
    pub fund: Option<String>,
    pub draw_order: Option<Vec<String>>,
    pub first_month: Option<FirstMonth>,
    pub last_month: Option<LastMonth>,
    pub self_executing: Option<Vec<String>>,
    pub pay_day: Option<u8>,
    pub correct_within_working_days: Option<i64>,
    pub cite: String,
    pub mark: Option<Mark>,
}

/// `toml combination`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CombinationBlock {
    pub with: String,
    pub relation: CombinationRelation,
    pub cite: String,
    pub mark: Mark,
}

/// `toml figures`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FiguresBlock {
    pub ids: Vec<String>,
}

/// Reads a block; the error of the parser comes at its own place.
pub(crate) fn read<T: DeserializeOwned>(block: &Block, report: &mut Report<'_>) -> Option<T> {
    match toml::from_str(&block.body) {
        Ok(value) => Some(value),
        Err(error) => {
            let place = match error.span() {
                Some(span) => place_in(block, span.start, span.end),
                None => block.place,
            };
            report.error(place, error.message().trim().replace('\n', "; "), "");
            None
        }
    }
}

/// Place of a byte range of a block's body.
pub(crate) fn place_in(block: &Block, start: usize, end: usize) -> Place {
    let span = Span {
        start: block.body_offset + start as u32,
        end: block.body_offset + end as u32,
    };
    Place {
        file: block.place.file,
        span,
    }
}

/// Place of a word of a block.
pub(crate) fn place_of<T>(block: &Block, word: &Spanned<T>) -> Place {
    place_in(block, word.span().start, word.span().end)
}

/// A word of a block as a name with its place in the file.
pub(crate) fn name_of(block: &Block, word: &Word) -> Name {
    Name {
        text: word.get_ref().clone(),
        span: place_of(block, word).span,
    }
}
