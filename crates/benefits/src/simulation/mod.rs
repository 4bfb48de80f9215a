//! What other rules would change: every case in force, and every household without one, asked under the packs in
//! force and under others, on the facts as known now. The two answers differ by the rules alone, so drift that waits
//! to be worked off is in both.
//!
//! It computes and writes nothing. It must not know payments, nor any rule or name of a programme.
//!
//! The poverty line is the one the rules draw themselves: the gap of a household is what they would give it. What
//! goes to households with a case is covered; what would go to those without one, on the evidence recorded, is the
//! gap that is left.

mod cliff;
mod run;
mod totals;

pub use cliff::Cliff;
pub use run::{Asked, simulate};
pub use totals::{Count, Cover, GroupTotals, MonthCost};

use minsheng_core::{Date, Fen, Month};
use minsheng_policy::MemberAmount;
use minsheng_registry::{CaseId, HouseholdId};
use minsheng_store::TxNo;
use serde::Serialize;

/// What one set of rules says of one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is entitled.
    Entitled,
    /// It is not.
    NotEntitled,
    /// Evidence is missing, or the record was erased.
    Undetermined,
}

/// The answer of one set of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether it is entitled.
    pub standing: Standing,
    /// Fen per month; nothing where it cannot be said.
    pub amount_fen: Option<Fen>,
    /// The shares of the members.
    pub members: Vec<MemberAmount>,
    /// Codes of the reasons of a refusal.
    pub reasons: Vec<String>,
}

/// What the change of rules does to one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Entitled before and after, to more.
    Gains,
    /// Entitled before and after, to less.
    Loses,
    /// Entitled to the same amount, for other persons or in other classes.
    Shifts,
    /// Entitled only under the new rules.
    Enters,
    /// Entitled only under the rules in force.
    Leaves,
    /// The same answer.
    Same,
    /// One of the two sets of rules gives no answer on what is recorded.
    Unclear,
}

impl Effect {
    /// All effects, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Gains,
        Self::Loses,
        Self::Shifts,
        Self::Enters,
        Self::Leaves,
        Self::Same,
        Self::Unclear,
    ];

    /// The word of the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gains => "gains",
            Self::Loses => "loses",
            Self::Shifts => "shifts",
            Self::Enters => "enters",
            Self::Leaves => "leaves",
            Self::Same => "same",
            Self::Unclear => "unclear",
        }
    }

    /// Whether a household notices it.
    #[must_use]
    pub const fn is_change(self) -> bool {
        !matches!(self, Self::Same)
    }

    /// What two answers come to.
    #[must_use]
    pub fn of(before: &Answer, after: &Answer) -> Self {
        use Standing::{Entitled, NotEntitled, Undetermined};
        match (before.standing, after.standing) {
            (Undetermined, Undetermined) | (NotEntitled, NotEntitled) => Self::Same,
            (Undetermined, _) | (_, Undetermined) => Self::Unclear,
            (NotEntitled, Entitled) => Self::Enters,
            (Entitled, NotEntitled) => Self::Leaves,
            (Entitled, Entitled) => match after.amount_fen.cmp(&before.amount_fen) {
                std::cmp::Ordering::Greater => Self::Gains,
                std::cmp::Ordering::Less => Self::Loses,
                std::cmp::Ordering::Equal if before.members == after.members => Self::Same,
                std::cmp::Ordering::Equal => Self::Shifts,
            },
        }
    }
}

/// Who lives in a household on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdType {
    /// One person.
    Single,
    /// Several, with a child below 18 and somebody of 60 or more.
    ChildrenAndElders,
    /// Several, with a child below 18.
    Children,
    /// Several, with somebody of 60 or more.
    Elders,
    /// Several adults below 60.
    Adults,
}

impl HouseholdType {
    /// All types.
    pub const ALL: [Self; 5] = [
        Self::Single,
        Self::ChildrenAndElders,
        Self::Children,
        Self::Elders,
        Self::Adults,
    ];

    /// The word of the JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::ChildrenAndElders => "children_and_elders",
            Self::Children => "children",
            Self::Elders => "elders",
            Self::Adults => "adults",
        }
    }

    /// The type of a household whose members were born on these days; nothing if nobody is left.
    #[must_use]
    pub fn of(births: &[Date], day: Date) -> Option<Self> {
        let ages = || {
            births
                .iter()
                .map(|birth| minsheng_core::completed_age(*birth, day))
        };
        let (child, elder) = (ages().any(|age| age < 18), ages().any(|age| age >= 60));
        match births.len() {
            0 => None,
            1 => Some(Self::Single),
            _ => Some(match (child, elder) {
                (true, true) => Self::ChildrenAndElders,
                (true, false) => Self::Children,
                (false, true) => Self::Elders,
                (false, false) => Self::Adults,
            }),
        }
    }
}

/// One case in force, or one household without a case that one of the two sets of rules would grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The household.
    pub household: HouseholdId,
    /// Its case; nothing where nobody applied.
    pub case: Option<CaseId>,
    /// Programme code.
    pub programme: String,
    /// 12-digit code of the village.
    pub division: i64,
    /// Who lives there; nothing if nobody is left.
    pub household_type: Option<HouseholdType>,
    /// What the rules in force say.
    pub before: Answer,
    /// What the other rules say.
    pub after: Answer,
    /// The two compared.
    pub effect: Effect,
    /// Where one yuan more of income takes more than a yuan away, under the rules in force.
    pub cliff_before: Option<Cliff>,
    /// As above, under the other rules.
    pub cliff_after: Option<Cliff>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Simulation {
    /// The day on which the facts are true.
    pub on: Date,
    /// The month whose amounts the lines give.
    pub month: Month,
    /// The last transaction that was known.
    #[serde(serialize_with = "crate::assistance::wire::tx")]
    pub known: TxNo,
    /// Hash of the rules in force.
    pub before_hash: String,
    /// Hash of the others.
    pub after_hash: String,
    /// Cases in force, by key, then households without one that are granted by one of the two, by key.
    pub lines: Vec<Line>,
    /// What each month of the period costs, by programme.
    pub costs: Vec<MonthCost>,
}
