//! Why a review is opened, and how that reads as the reason of a change.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 31 to 38; 社会救助暂行办法 arts. 13, 65.

use minsheng_policy::{Bilingual, Reason};

use super::error::AssistanceError;

/// Why a review is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A member died.
    Death,
    /// Somebody joined or left the household.
    Members,
    /// Income or expenses changed.
    Income,
    /// Property changed.
    Property,
    /// Something else about a person changed: disability, school, register.
    Person,
    /// The review that the law asks for from time to time.
    Periodic,
    /// Somebody reported the household.
    Report,
    /// A campaign.
    Rectification,
    /// The household gives the benefit up.
    Renounced,
    /// The household moved out of the county.
    MovedAway,
    /// A member refused suitable jobs again and again, or has accepted work since.
    JobRefusal,
    /// A reconsideration or a court revoked or changed a decision.
    Remedy,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 12] = [
        Self::Death,
        Self::Members,
        Self::Income,
        Self::Property,
        Self::Person,
        Self::Periodic,
        Self::Report,
        Self::Rectification,
        Self::Renounced,
        Self::MovedAway,
        Self::JobRefusal,
        Self::Remedy,
    ];

    /// The word that records store and conditions of the pack read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Death => "death",
            Self::Members => "members",
            Self::Income => "income",
            Self::Property => "property",
            Self::Person => "person",
            Self::Periodic => "periodic",
            Self::Report => "report",
            Self::Rectification => "rectification",
            Self::Renounced => "renounced",
            Self::MovedAway => "moved_away",
            Self::JobRefusal => "job_refusal",
            Self::Remedy => "remedy",
        }
    }

    /// The article under which the benefit ends for this cause alone, whatever the household's means.
    pub(crate) const fn ends_under(self) -> Option<&'static str> {
        match self {
            Self::Renounced | Self::MovedAway => Some("社会救助暂行办法 art. 13"),
            _ => None,
        }
    }

    /// The cause as the reason of a change, by the article under which it is decided.
    pub(crate) fn reason(self, cite: &str) -> Reason {
        let (zh, en) = match self {
            Self::Death => ("家庭成员去世", "a member died"),
            Self::Members => ("家庭成员变化", "the members of the household changed"),
            Self::Income => ("家庭收入或者支出变化", "income or expenses changed"),
            Self::Property => ("家庭财产变化", "the property changed"),
            Self::Person => ("家庭成员的情况变化", "the situation of a member changed"),
            Self::Periodic => ("定期核查", "the periodic review"),
            Self::Report => ("举报核查", "a report was checked"),
            Self::Rectification => ("专项治理", "the special rectification"),
            Self::Renounced => (
                "本人自愿退出",
                "the household gave the benefit up of its own wish",
            ),
            Self::MovedAway => (
                "家庭已迁出本县（市）",
                "the household moved out of the county",
            ),
            Self::JobRefusal => (
                "成员无正当理由拒绝就业的情况变化",
                "a member's refusal of suitable jobs, or its end",
            ),
            Self::Remedy => (
                "行政复议或者诉讼撤销、变更了原决定",
                "a reconsideration or a court revoked or changed the decision",
            ),
        };
        Reason {
            code: self.as_str().to_owned(),
            text: Bilingual::new(zh, en),
            cite: cite.to_owned(),
        }
    }
}

impl std::str::FromStr for Cause {
    type Err = AssistanceError;

    fn from_str(text: &str) -> Result<Self, AssistanceError> {
        Self::ALL
            .into_iter()
            .find(|cause| cause.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<&str> = Self::ALL.iter().map(|cause| cause.as_str()).collect();
                AssistanceError::form(
                    "review",
                    "cause",
                    format!("`{text}` is none of {}", known.join(", ")),
                )
            })
    }
}
