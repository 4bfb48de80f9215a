//! Everything the year is driven by: people, what becomes known about them and when, applications, the dated acts of
//! named users, deaths, facts on the bank's side, appropriations, and the roll of 2019 as a document.
//!
//! Never an amount to be paid, an entitlement or an outcome: [`columns`] lists every column with what it is, and a
//! test holds that list against a written one. A run reads nothing else.

mod act_tables;
mod csv;
mod register_tables;
mod tables;

use minsheng_benefits::assistance::Cause;
use minsheng_core::{Date, Month, Relation, Sex};
use minsheng_registry::Role;

pub use csv::Column;
pub use tables::columns;

/// A division of the county.
#[derive(Debug, Clone)]
pub struct Division {
    /// 12-digit code.
    pub code: i64,
    /// `C`, `T` or `V`.
    pub level: char,
    /// Name.
    pub name: String,
}

/// A user of the demo.
#[derive(Debug, Clone)]
pub struct User {
    /// Login name.
    pub username: String,
    /// Name shown.
    pub display_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Area.
    pub division: i64,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Number, as it will be in the register: `P000001` is 1.
    pub number: i64,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub birth: Date,
    /// Identity number.
    pub id_number: String,
    /// Village.
    pub division: i64,
    /// Day of registration.
    pub registered_on: Date,
}

/// A household.
#[derive(Debug, Clone)]
pub struct Household {
    /// Number, as it will be in the register: `H000001` is 1.
    pub number: i64,
    /// Village.
    pub division: i64,
    /// Since when its first members live together.
    pub since: Date,
    /// Day of registration.
    pub registered_on: Date,
}

/// How a membership changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// With the household.
    First,
    /// Later.
    Joins,
    /// Ends.
    Leaves,
    /// Takes another relation.
    Becomes,
}

/// A person's place in a household.
#[derive(Debug, Clone)]
pub struct Membership {
    /// Household.
    pub household: i64,
    /// Person.
    pub person: i64,
    /// Relation to the head.
    pub relation: Relation,
    /// What happens.
    pub joining: Joining,
    /// First day on which it is so.
    pub from: Date,
    /// Day on which it is recorded.
    pub recorded_on: Date,
}

/// Whom evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A household.
    Household(i64),
    /// A person.
    Person(i64),
}

/// How evidence meets what is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing of its kind and slot was known.
    New,
    /// Takes the place of what was true before.
    Change,
    /// Nothing of its kind and slot is true any more.
    End,
}

/// A row of evidence.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Whom it is about.
    pub about: Subject,
    /// How it meets what is known.
    pub way: Way,
    /// Kind.
    pub kind: String,
    /// Tells rows of one kind apart.
    pub slot: String,
    /// Code.
    pub code: Option<String>,
    /// Number, such as months or cars.
    pub quantity: Option<i64>,
    /// Income, expense or savings as declared or found, fen.
    pub means_fen: Option<i64>,
    /// First day on which it is true.
    pub valid_from: Date,
    /// Who holds it.
    pub source: String,
    /// Day on which it is recorded.
    pub recorded_on: Date,
}

/// A death.
#[derive(Debug, Clone)]
pub struct Death {
    /// Person.
    pub person: i64,
    /// Day of death.
    pub died_on: Date,
    /// Day on which it is reported and recorded.
    pub reported_on: Date,
}

/// An account of a person.
#[derive(Debug, Clone)]
pub struct Account {
    /// Person.
    pub person: i64,
    /// Number.
    pub number: String,
    /// Day on which a clerk enters it.
    pub entered_on: Date,
    /// Day on which an officer confirms it.
    pub confirmed_on: Date,
}

/// A fact on the bank's side.
#[derive(Debug, Clone)]
pub struct ClosedAccount {
    /// Account number.
    pub number: String,
    /// Day from which the bank sends money for it back.
    pub closed_on: Date,
}

/// An application.
#[derive(Debug, Clone)]
pub struct Application {
    /// Number, as the case will have: `C000001` is 1.
    pub number: i64,
    /// Programme.
    pub programme: String,
    /// Household.
    pub household: i64,
    /// Applicant.
    pub applicant: i64,
    /// For the applicant alone.
    pub single: bool,
    /// Filed by the village committee.
    pub by_committee: bool,
    /// Papers handed in, by code.
    pub papers: Vec<String>,
    /// Whether a member is a near relative of an officer or committee member.
    pub near_relative: bool,
    /// Day of the application.
    pub applied_on: Date,
}

/// What somebody does about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Asks for papers, by code.
    RequestPapers(Vec<String>),
    /// Enters papers handed in.
    Supplement(Vec<String>),
    /// Accepts the application.
    Accept,
    /// Enters a home visit with a second investigator.
    Investigate(String),
    /// Asks the registers.
    StartCrossCheck(Vec<String>),
    /// Enters the answers of the registers asked.
    AnswerCrossCheck,
    /// Enters the appraisal of the village.
    Appraise,
    /// Gives the township's opinion.
    FirstOpinion,
    /// Puts the case on the list of its village.
    PostNotice,
    /// Enters an objection: who objects, and what is said.
    Object(String, String),
    /// Answers the objection: whether it is upheld, and why.
    Resolve(bool, String),
    /// Hands the case to the county.
    Forward,
    /// Gives the county's opinion; whether the county visited the home itself.
    CountyOpinion(bool),
    /// Puts the case on the county's list.
    PostCountyNotice,
    /// Decides.
    Decide,
    /// Hands over the written refusal, if there is one.
    NotifyRefusal,
    /// Enters the applicant's withdrawal.
    Withdraw,
    /// Opens a review: its cause.
    OpenReview(Cause),
    /// Decides the review.
    DecideReview,
    /// Enters that the household applied again in the campaign.
    Reapply,
    /// Enters the answers of the registers in the campaign.
    CampaignCheck,
    /// Enters the home visit of the campaign with a second investigator.
    CampaignVisit(String),
    /// Posts the case in the campaign.
    CampaignNotice,
    /// Enters what the campaign found out about a household, by the code of the ground.
    Ground(String),
}

impl Deed {
    /// The step of the procedure.
    #[must_use]
    pub const fn step(&self) -> &'static str {
        match self {
            Deed::RequestPapers(_) => "request_papers",
            Deed::Supplement(_) => "supplement",
            Deed::Accept => "accept",
            Deed::Investigate(_) => "investigate",
            Deed::StartCrossCheck(_) => "cross_check_start",
            Deed::AnswerCrossCheck => "cross_check_answer",
            Deed::Appraise => "appraise",
            Deed::FirstOpinion => "first_opinion",
            Deed::PostNotice => "post_notice",
            Deed::Object(..) => "object",
            Deed::Resolve(..) => "resolve_objection",
            Deed::Forward => "forward",
            Deed::CountyOpinion(_) => "county_opinion",
            Deed::PostCountyNotice => "post_county_notice",
            Deed::Decide => "decide",
            Deed::NotifyRefusal => "notify_refusal",
            Deed::Withdraw => "withdraw",
            Deed::OpenReview(_) => "open_review",
            Deed::DecideReview => "decide_review",
            Deed::Reapply => "reapply",
            Deed::CampaignCheck => "cross_check",
            Deed::CampaignVisit(_) => "visit",
            Deed::CampaignNotice => "notice",
            Deed::Ground(_) => "ground",
        }
    }

    /// What is said or asked.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Deed::RequestPapers(papers) | Deed::Supplement(papers) => papers.join(" "),
            Deed::Investigate(second) | Deed::CampaignVisit(second) => second.clone(),
            Deed::Ground(ground) => ground.clone(),
            Deed::StartCrossCheck(sources) => sources.join(" "),
            Deed::Object(who, statement) => format!("{who}：{statement}"),
            Deed::Resolve(true, reason) => format!("成立：{reason}"),
            Deed::Resolve(false, reason) => format!("不成立：{reason}"),
            Deed::CountyOpinion(true) => "入户核查".to_owned(),
            Deed::OpenReview(cause) => cause.as_str().to_owned(),
            _ => String::new(),
        }
    }
}

/// A dated act of a named user about a case.
#[derive(Debug, Clone)]
pub struct Act {
    /// Day.
    pub day: Date,
    /// User.
    pub actor: String,
    /// Application.
    pub application: i64,
    /// What is done.
    pub deed: Deed,
}

/// Who brings a payment month through, and when.
#[derive(Debug, Clone)]
pub struct PayRound {
    /// Month of benefit.
    pub month: Month,
    /// 1, or 2 for what is sent again.
    pub round: u32,
    /// Day of the run.
    pub run_on: Date,
    /// Day of check, release and export.
    pub sent_on: Date,
    /// Day of the bank's answer.
    pub answered_on: Date,
}

/// A campaign over the whole roll.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Its kind, by code.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Number of its plan.
    pub plan: String,
    /// Day whose roll is the list of targets.
    pub cut_off: Date,
    /// Day on which it is opened.
    pub opened_on: Date,
    /// Day by which it is to be finished.
    pub ends_on: Date,
    /// Day on which it is closed.
    pub closed_on: Date,
}

/// A night on which the decisions in force are laid beside the law, and the day on which the clerks work off what
/// differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftNight {
    /// Day whose evening it is.
    pub night: Date,
    /// Day on which the clerks work the list off.
    pub worked_on: Date,
}

/// Households bring back what is open.
#[derive(Debug, Clone)]
pub struct Repayment {
    /// Household.
    pub household: i64,
    /// Day on which the money arrives.
    pub day: Date,
    /// Number of the bank slip.
    pub document: String,
}

/// Money granted to the county.
#[derive(Debug, Clone)]
pub struct Appropriation {
    /// `central`, `province`, `prefecture` or `county`.
    pub source: String,
    /// Fen granted to the county by this paper.
    pub granted_fen: i64,
    /// Number of the paper.
    pub document: String,
    /// Day on which it was received.
    pub received_on: Date,
}

/// A household of the roll of 2019.
#[derive(Debug, Clone)]
pub struct OldHousehold {
    /// Programme.
    pub programme: String,
    /// Number on that roll.
    pub number: String,
    /// Village.
    pub division: i64,
    /// Names and relations to the head.
    pub persons: Vec<(String, Relation)>,
}

/// All inputs of a year.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "each field is a list of the type of its name, which says what it is"
)]
pub struct Inputs {
    /// The seed they were drawn from.
    pub seed: u64,
    pub divisions: Vec<Division>,
    pub users: Vec<User>,
    pub persons: Vec<Person>,
    pub households: Vec<Household>,
    pub memberships: Vec<Membership>,
    pub evidence: Vec<Evidence>,
    pub deaths: Vec<Death>,
    pub accounts: Vec<Account>,
    pub closed_accounts: Vec<ClosedAccount>,
    pub applications: Vec<Application>,
    pub acts: Vec<Act>,
    pub pay_rounds: Vec<PayRound>,
    pub campaigns: Vec<Campaign>,
    pub drift_nights: Vec<DriftNight>,
    pub repayments: Vec<Repayment>,
    pub appropriations: Vec<Appropriation>,
    pub old_roll: Vec<OldHousehold>,
}
