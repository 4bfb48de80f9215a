//! Words that people read, in the two languages of the system, and the weight a statement of law carries.
//!
//! Must not know: rules, households, programmes.

use serde::{Deserialize, Serialize};

/// A text in Chinese and in English; a pack gives both or is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese text.
    pub zh: String,
    /// English text.
    pub en: String,
}

impl Bilingual {
    /// Both texts at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Language of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// How well a statement is founded: the text of the law, common practice, a local assumption, or the yearbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// The text of the law is known.
    Law,
    /// Common practice.
    Practice,
    /// A local value set because the sources are silent; shown to users as an assumption.
    Assume,
    /// Stated by the yearbook.
    Seed,
}

impl Mark {
    /// The word used in packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Law => "law",
            Mark::Practice => "practice",
            Mark::Assume => "assume",
            Mark::Seed => "seed",
        }
    }
}
