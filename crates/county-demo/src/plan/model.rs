//! What the planner puts together before it is written down as inputs: households with their people, what becomes
//! known about them and when, and the dates of what people do.
//!
//! Holds no amount to be paid and no outcome.

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Relation, Sex};
use minsheng_registry::facts::EvidenceRow;

use super::campaign::CampaignDays;
use super::schedule::Track;
use crate::targets::{Group, StoryKind};

/// Something that becomes known on a day.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// Day on which it is recorded.
    pub recorded_on: Date,
    /// Whether it is new, takes the place of what was true before, or ends it.
    pub way: Way,
    /// What it says.
    pub row: EvidenceRow,
    /// Who holds it.
    pub source: &'static str,
}

/// How a fact meets what is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing of its kind was known.
    New,
    /// From its first day on it takes the place of what was true.
    Change,
    /// From its first day on nothing of its kind is true.
    End,
}

/// A death.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Death {
    /// Day of death.
    pub on: Date,
    /// Day on which it is recorded.
    pub reported_on: Date,
}

/// An account and the days of its life.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Number.
    pub number: String,
    /// Day on which a clerk enters it.
    pub entered_on: Date,
    /// Day on which an officer confirms it.
    pub confirmed_on: Date,
    /// Day on which the bank closes it.
    pub closed_on: Option<Date>,
}

/// A person of a household.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub birth: Date,
    /// Identity number.
    pub id_number: String,
    /// Relation to the head.
    pub relation: Relation,
    /// First day in the household and the day it is recorded, for those who join later.
    pub joins: Option<(Date, Date)>,
    /// First day out of the household and the day it is recorded.
    pub leaves: Option<(Date, Date)>,
    /// Another relation from a day on, when the head changes.
    pub becomes: Option<(Relation, Date)>,
    /// Death.
    pub death: Option<Death>,
    /// What becomes known about the person.
    pub facts: Vec<Fact>,
    /// Accounts, in order.
    pub accounts: Vec<Account>,
}

impl Member {
    /// Whether the person is a member on `day`, as known then.
    pub(crate) fn lives_here(&self, day: Date) -> bool {
        self.joins
            .is_none_or(|(from, known)| from <= day && known <= day)
            && self
                .leaves
                .is_none_or(|(out, known)| day < out || day < known)
    }

    /// The relation on `day`.
    pub(crate) fn relation_on(&self, day: Date) -> Relation {
        match self.becomes {
            Some((relation, from)) if from <= day => relation,
            _ => self.relation,
        }
    }
}

/// A review of a granted case.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    /// Why.
    pub cause: Cause,
    /// Day on which what it is about became known.
    pub known_on: Date,
    /// The first day on which it can be decided.
    pub ready_on: Date,
    /// Day on which it is opened.
    pub opened_on: Date,
    /// Day on which it is decided.
    pub decided_on: Date,
    /// Whether it belongs to the story of the household.
    pub own: bool,
    /// Whether it ends the benefit whatever the facts are: by the household's own wish, or for what it left undone.
    pub stops: bool,
}

/// An application and what follows.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    /// Programme code.
    pub programme: &'static str,
    /// The applicant, by place in the household.
    pub applicant: usize,
    /// For the applicant alone.
    pub single: bool,
    /// Days of the procedure.
    pub track: Track,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
}

/// A household.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// What happens to it.
    pub story: StoryKind,
    /// Which roll it is planned for.
    pub group: Group,
    /// Whether it applied again with the whole caseload in 2020.
    pub caseload: bool,
    /// Village.
    pub division: i64,
    /// Since when they live together.
    pub since: Date,
    /// Members; the first is the head.
    pub members: Vec<Member>,
    /// What becomes known about the household.
    pub facts: Vec<Fact>,
    /// Its application.
    pub application: Application,
    /// The days of the campaign, for a household on the roll at its cut-off.
    pub campaign: Option<CampaignDays>,
    /// For an urban household of one: the place of the fact whose amount may be moved to close the year.
    pub slack: Option<usize>,
}

impl Home {
    /// The programme of a group.
    pub(crate) fn programme(group: Group) -> &'static str {
        match group {
            Group::Urban => "urban-dibao",
            Group::Rural | Group::Backstop => "rural-dibao",
        }
    }
}
