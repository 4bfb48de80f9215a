//! Kinds of campaigns as the benefits office reads them: whom a campaign is about, its steps in order, its outcomes
//! and the grounds on which somebody leaves.
//!
//! Plain records; how steps are recorded and outcomes derived is the office's business.

use serde::Serialize;

use crate::text::{Bilingual, Mark};

/// A kind of campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignKind {
    /// Code, for example `dibao-rectification`.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// Programmes whose roll it goes through.
    pub programmes: Vec<String>,
    /// What its targets are: `roll_in_force`.
    pub targets: String,
    /// Cause under which the review of a target is opened.
    pub cause: String,
    /// Role that opens and closes it and records grounds.
    pub leads: String,
    /// What must hold of its figures.
    pub invariant: String,
    /// Steps in order.
    pub steps: Vec<CampaignStep>,
    /// Names of the outcomes.
    pub outcomes: Vec<OutcomeName>,
    /// Grounds of exit in the order of the pack.
    pub grounds: Vec<ExitGround>,
    /// Paper it rests on.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

impl CampaignKind {
    /// A step.
    pub fn step(&self, code: &str) -> Option<&CampaignStep> {
        self.steps.iter().find(|step| step.code == code)
    }

    /// A ground.
    pub fn ground(&self, code: &str) -> Option<&ExitGround> {
        self.grounds.iter().find(|ground| ground.code == code)
    }

    /// The ground that the reason of a decision says, if one does.
    pub fn ground_of_reason(&self, reason: &str) -> Option<&ExitGround> {
        let says = |ground: &&ExitGround| ground.reasons.iter().any(|code| code == reason);
        self.grounds.iter().find(says)
    }

    /// The name of an outcome.
    pub fn outcome(&self, code: &str) -> Option<&Bilingual> {
        let found = self.outcomes.iter().find(|outcome| outcome.code == code);
        found.map(|outcome| &outcome.name)
    }
}

/// A step that is taken for every target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignStep {
    /// Code, for example `visit`.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// Role that takes it.
    pub actor: String,
    /// Other roles that may take it.
    pub also: Vec<String>,
    /// Steps that come first.
    pub after: Vec<String>,
    /// What it needs: `two_investigators`, `finding`.
    pub needs: Vec<String>,
    /// Whether it opens the review of the target.
    pub opens_review: bool,
    /// Days of the public notice that it begins.
    pub notice_days: Option<u32>,
    /// Whether the decision waits for it, and for its notice.
    pub decision_waits: bool,
    /// Paper it rests on.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// The name of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeName {
    /// One of [`OUTCOMES`].
    pub code: String,
    /// Its name.
    pub name: Bilingual,
}

/// A ground on which a target leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExitGround {
    /// Code, for example `policy_quota`.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// Codes of reasons by which a decision says it by itself.
    pub reasons: Vec<String>,
    /// Whether it may be recorded because a decision does not say it.
    pub recorded: bool,
    /// Whether the decision then waits for no step.
    pub without_steps: bool,
    /// Whether the recorded ground is itself the reason to stop.
    pub stops: bool,
    /// Steps that exclude it.
    pub unless: Vec<String>,
    /// Paper it rests on.
    pub cite: String,
    /// How well founded.
    pub mark: Mark,
}

/// What the targets of a campaign may be.
pub const TARGETS: [&str; 1] = ["roll_in_force"];
/// What must hold of the figures of a campaign, by its targets.
pub const INVARIANTS: [&str; 1] = ["after == before - exits + entries"];
/// Causes under which a campaign opens reviews.
pub const CAUSES: [&str; 1] = ["rectification"];
/// What a step of a campaign may need.
pub const STEP_NEEDS: [&str; 2] = ["two_investigators", "finding"];
/// The outcomes, each of which has a name.
pub const OUTCOMES: [&str; 6] = ["kept", "raised", "lowered", "exited", "admitted", "open"];
