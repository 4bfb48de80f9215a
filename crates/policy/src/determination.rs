//! The result of asking a programme about a household, with its reasons.
//!
//! Must not know: how the result was found.

use std::sync::Arc;

use minsheng_core::{Date, Fen, Month};
use serde::Serialize;

use crate::model::Entity;
use crate::text::{Bilingual, Lang};
use crate::wire;

/// The dates by which law and parameters are chosen; inputs, never today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct KeyDates {
    /// Day of acceptance of the case: chooses law, eligibility parameters, procedure and clocks.
    #[serde(serialize_with = "wire::date")]
    pub acceptance: Date,
    /// Month of benefit: chooses the parameters of the amount.
    #[serde(serialize_with = "wire::month")]
    pub month: Month,
}

/// What the programme says about a household.
#[derive(Debug, Clone, Serialize)]
pub struct Determination {
    /// Eligible, refused, or undetermined with the evidence that would decide it.
    pub outcome: Outcome,
    /// Amounts per counted member and month; empty unless eligible.
    pub members: Vec<MemberAmount>,
    /// Sum of `members`.
    #[serde(serialize_with = "wire::fen", rename = "total_fen")]
    pub total: Fen,
    /// Reasons of a refusal; empty otherwise.
    pub reasons: Vec<Reason>,
    /// Steps in the order in which they were found, each after those it rests on.
    pub trace: Vec<TraceStep>,
    /// Law chosen by the acceptance date.
    pub law: String,
    /// Parameters used, with the value and where it stands.
    pub parameters: Vec<ParameterUse>,
}

/// The outcome of a determination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// The conditions are met.
    Eligible,
    /// A condition is not met; see the reasons.
    Refused,
    /// Evidence is missing that would decide it.
    Undetermined {
        /// What is missing.
        needs: Vec<Need>,
    },
}

/// The value of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The value, ready to be shown.
    Known(String),
    /// Evidence is missing that would tell.
    Undetermined {
        /// What is missing.
        needs: Vec<Need>,
    },
}

/// A piece of evidence that is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Need {
    /// Household or person.
    pub entity: Entity,
    /// Its id in the facts.
    pub id: i64,
    /// Evidence name.
    pub field: String,
    /// What to ask for, in Chinese.
    pub zh: String,
    /// What to ask for, in English.
    pub en: String,
}

/// What one member adds to the payment of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberAmount {
    /// Person id.
    pub person: i64,
    /// Class code.
    pub class: String,
    /// Whole fen for the month.
    #[serde(serialize_with = "wire::fen", rename = "amount_fen")]
    pub amount: Fen,
}

/// A reason of refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Code, for example `income_not_below_standard`.
    pub code: String,
    /// The sentence for the applicant.
    pub text: Bilingual,
    /// Article.
    pub cite: String,
}

/// One step of the explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceStep {
    /// Rule (or exception, `rule: label`).
    pub rule: Arc<str>,
    /// Person it is about, if any.
    pub subject: Option<i64>,
    /// Value, ready to be shown.
    pub value: String,
    /// The same for a Chinese reader.
    pub value_zh: String,
    /// What it read, `name = value`.
    pub reads: Vec<String>,
    /// Law and article.
    pub cite: Arc<str>,
    /// What the rule says.
    pub text: Arc<Bilingual>,
}

/// A parameter that a determination used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParameterUse {
    /// Name.
    pub name: String,
    /// Value, ready to be shown.
    pub value: String,
    /// First day of validity.
    #[serde(serialize_with = "wire::date")]
    pub from: Date,
    /// Source of the value.
    pub cite: String,
    /// `law`, `practice`, `assume` or `seed`.
    pub mark: crate::text::Mark,
    /// File.
    pub path: String,
    /// Line.
    pub line: u32,
}

impl Determination {
    /// The explanation as plain text, one step per line with what it read.
    pub fn render(&self, lang: Lang) -> String {
        let mut out = String::new();
        for step in &self.trace {
            out.push_str(&step.render(lang));
            out.push('\n');
        }
        out
    }
}

impl TraceStep {
    /// What the rule says, for whom, the value, the article; then what it read.
    pub fn render(&self, lang: Lang) -> String {
        let subject = self
            .subject
            .map(|id| format!("P{id:06} "))
            .unwrap_or_default();
        let text = self.text.get(lang);
        let (value, cite) = (&self.value, &self.cite);
        let mut out = match lang {
            Lang::Zh => format!("{subject}{text}：{}（{cite}）", self.value_zh),
            Lang::En => format!("{subject}{text}: {value} ({cite})"),
        };
        if !self.reads.is_empty() {
            out.push_str("\n    ");
            out.push_str(&self.rule);
            out.push_str(" ← ");
            out.push_str(&self.reads.join("; "));
        }
        out
    }
}
