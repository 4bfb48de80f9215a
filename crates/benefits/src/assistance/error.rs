//! What a clerk is told when the office cannot do what was asked: everything that is missing, at once.

use std::fmt;

use minsheng_policy::{BoundaryError, EvalError, ReceiptError};
use minsheng_registry::{CaseId, RegistryError};
use minsheng_store::StoreError;

use super::missing::Missing;

/// A failure of the assistance office. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AssistanceError {
    /// The procedure does not allow the step; each case with all that it lacks.
    #[error("{}", lines(.0))]
    Refused(Vec<Refusal>),
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The records could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pack gives no answer for this household.
    #[error("{whom}: {source}")]
    Evaluation {
        /// The case or household.
        whom: String,
        /// What the pack says.
        source: EvalError,
    },
    /// The recorded evidence does not have the shape that the pack declares.
    #[error("{whom}: the evidence does not fit the pack: {source}")]
    Facts {
        /// The case or household.
        whom: String,
        /// Where and why.
        source: BoundaryError,
    },
    /// A receipt is not proved.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// The facts of the household were erased.
    #[error("{whom}: {erased}")]
    Erased {
        /// The record.
        whom: String,
        /// When and why.
        erased: String,
    },
    /// There is no such programme.
    #[error("there is no programme `{code}`\nhint: one of {known}")]
    Programme {
        /// What was asked for.
        code: String,
        /// The programmes of the pack.
        known: String,
    },
    /// There is no such case.
    #[error("there is no case {0}\nhint: `minsheng case list` shows the cases of your area")]
    NoCase(CaseId),
    /// There is no such campaign.
    #[error("there is no campaign `{0}`\nhint: `minsheng campaign list` shows the campaigns")]
    NoCampaign(String),
    /// A campaign does not allow the act; each target with what stands in the way.
    #[error("{}", lines_of(.0))]
    Campaign(Vec<CampaignRefusal>),
    /// There is no such record.
    #[error("there is no {what} {id}")]
    NotFound {
        /// Kind of record.
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// A field of a form is wrong.
    #[error("{whom}: {field}: {reason}")]
    Form {
        /// The case or application.
        whom: String,
        /// Name of the field.
        field: &'static str,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Entries of the drift list that cannot be worked off, each with the reason.
    #[error("{}\nhint: `minsheng drift list` shows what is to be worked off", .0.join("\n"))]
    Entries(Vec<String>),
    /// The procedure of the pack asks for something that this office does not know.
    #[error(
        "{programme}, procedure {law}: {problem}\nhint: correct the procedure block of the pack"
    )]
    Procedure {
        /// Programme code.
        programme: String,
        /// Law of the procedure.
        law: String,
        /// What is wrong.
        problem: String,
    },
    /// A record holds something that no release of this program writes.
    #[error("inconsistent record of {what}: {reason}\nhint: run `minsheng verify`")]
    Inconsistent {
        /// Which record.
        what: String,
        /// What is wrong.
        reason: String,
    },
}

/// A step that the procedure does not allow now, with everything that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The case or the application, as people write it.
    pub whom: String,
    /// State of the case.
    pub state: String,
    /// Step that was asked for.
    pub step: String,
    /// All that is missing.
    pub missing: Vec<Missing>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is in state `{}`: `{}` is not possible; missing:",
            self.whom, self.state, self.step
        )?;
        let case = self.whom.strip_prefix("case ");
        for missing in &self.missing {
            write!(f, "\n  - {missing}\n    hint: {}", missing.hint_in(case))?;
        }
        Ok(())
    }
}

/// A target, or a campaign, for which an act of a campaign is not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRefusal {
    /// The target or campaign, as people write it.
    pub whom: String,
    /// What stands in the way.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for CampaignRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    hint: {}", self.whom, self.what, self.hint)
    }
}

fn lines_of(refusals: &[CampaignRefusal]) -> String {
    let texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

fn lines(refusals: &[Refusal]) -> String {
    let texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

impl AssistanceError {
    /// Everything that is missing, over all cases that were refused; empty for other failures.
    pub fn missing(&self) -> Vec<&Missing> {
        match self {
            Self::Refused(refusals) => refusals
                .iter()
                .flat_map(|refusal| &refusal.missing)
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn inconsistent(what: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self::Inconsistent {
            what: what.to_string(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn form(
        whom: impl fmt::Display,
        field: &'static str,
        reason: impl fmt::Display,
    ) -> Self {
        Self::Form {
            whom: whom.to_string(),
            field,
            reason: reason.to_string(),
        }
    }
}
