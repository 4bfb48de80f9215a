//! The things a step may lack, each with the sentence a clerk reads; what to do about it stands in `hints.rs`.

mod hints;

use std::fmt;

use minsheng_core::{Date, Deadline, Month};
use minsheng_policy::{Entity, Need};
use minsheng_registry::{CaseId, HouseholdId, PersonId};

/// One thing that a step lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// Another step comes first.
    Before {
        /// Code of that step.
        step: String,
        /// Its name.
        name: String,
        /// Role that takes it.
        actor: String,
    },
    /// No way leads from this state to the step.
    NoWay {
        /// Steps that are possible in this state.
        possible: Vec<String>,
    },
    /// The user does not hold the role.
    Role {
        /// Who tried.
        user: String,
        /// Role that takes the step.
        role: String,
    },
    /// The case lies outside the user's area.
    Area {
        /// Who tried.
        user: String,
        /// Area of the user.
        area: i64,
        /// Division of the case.
        division: i64,
    },
    /// The user took a step that another user than the one of this step has to take.
    FourEyes {
        /// Who tried.
        user: String,
        /// The step taken before.
        step: String,
        /// When.
        on: Date,
    },
    /// The user recorded the evidence on which this step decides.
    OwnEvidence {
        /// Who tried.
        user: String,
        /// Household and persons about whom the user recorded something.
        about: Vec<String>,
        /// When last.
        on: Date,
    },
    /// The user is a near relative of a member of the household.
    OwnRelative {
        /// Who tried, or was named to take part.
        user: String,
        /// The members.
        persons: Vec<String>,
    },
    /// The step was taken as often as the law allows.
    Times {
        /// How often it may be taken.
        at_most: u32,
        /// When it was taken last.
        last_on: Date,
        /// Article.
        cite: String,
    },
    /// A minimum time has not passed.
    Early {
        /// Name of the term.
        name: String,
        /// Day from which it counts.
        started_on: Date,
        /// Last day of the term.
        last_day: Date,
        /// The step that waits for it.
        step: String,
        /// First day on which that step may be taken.
        from: Deadline,
    },
    /// A minimum time was never begun.
    NotBegun {
        /// Name of the term.
        name: String,
    },
    /// A term is over and cannot be lengthened any more.
    Over {
        /// Name of the term.
        name: String,
        /// Its last day.
        due_on: Date,
    },
    /// Objections are open.
    Objections {
        /// Their keys.
        open: Vec<i64>,
    },
    /// No objection is open.
    NoObjection,
    /// No source was asked.
    NoCrossCheck,
    /// Sources have not answered.
    CrossCheck {
        /// The sources.
        open: Vec<String>,
    },
    /// Papers that were asked for are not there.
    Papers {
        /// The papers.
        papers: Vec<String>,
    },
    /// Too few investigators.
    Investigators {
        /// How many different ones were named.
        given: usize,
        /// How many the step needs.
        needed: usize,
    },
    /// The request names no paper.
    PapersList,
    /// The question about near relatives was not answered.
    NearRelative,
    /// A case that is filed as a near relative's was to be filed as none.
    NearRelativeStays,
    /// The answer was yes, and nobody is registered.
    RelativeUnnamed,
    /// The committee filed, and it is not known who of it.
    CommitteeMember,
    /// The appraisal was not held, or names nobody who took part.
    Appraisal,
    /// Neither a new investigation nor an appraisal followed the objection.
    ObjectionUnexamined,
    /// The county did not visit the home although it has to.
    HomeVisit {
        /// Why it has to: `near_relative`, `reported` or `spot_check`.
        flag: String,
    },
    /// No reviewer other than the user approved.
    Approval,
    /// It is not said who of the household takes the application back.
    WithdrawnBy,
    /// A decision cannot be served: there is none, or it is served already.
    Service {
        /// Why.
        reason: String,
    },
    /// No reason is given.
    Reason,
    /// The notice cannot hold the case.
    Notice {
        /// Why.
        reason: String,
    },
    /// The evidence leaves the determination open.
    Evidence {
        /// What is missing.
        needs: Vec<Need>,
    },
    /// The procedure allows the step only under a condition that does not hold.
    Condition {
        /// The condition, as the pack writes it.
        condition: String,
        /// What is so instead.
        found: String,
    },
    /// Somebody is already served, or has applied.
    Served {
        /// The person or household.
        whom: String,
        /// The case in the way.
        case: CaseId,
        /// Its programme.
        programme: String,
        /// Its state.
        state: String,
    },
    /// The benefit may not be phased out.
    PhaseOut {
        /// Why.
        why: String,
    },
    /// No phase-out of the case is over.
    PhaseOutRuns {
        /// Last month of the one that runs.
        last: Option<Month>,
    },
    /// No member refused suitable jobs often enough.
    JobRefusals,
    /// No decision of the case was revoked or changed.
    NotRevoked,
    /// The case was not sent.
    NotSent,
    /// The review was opened for reports that are not checked.
    Reports {
        /// Their keys.
        open: Vec<i64>,
    },
    /// The case is a target of an open campaign, and steps of it were not taken.
    CampaignSteps {
        /// Name of the campaign.
        campaign: String,
        /// Names of the steps.
        steps: Vec<String>,
    },
    /// The case is a target of an open campaign, and its notice is not over.
    CampaignNotice {
        /// Name of the campaign.
        campaign: String,
        /// Day of posting.
        posted_on: Date,
        /// Last day of the notice.
        last_day: Date,
        /// First day on which it may be decided.
        from: Deadline,
    },
    /// The case is a target of an open campaign, and objections against it are not answered.
    CampaignObjections {
        /// Name of the campaign.
        campaign: String,
        /// Days on which they were raised.
        open: Vec<Date>,
    },
    /// A ground of exit is recorded that the decision contradicts.
    CampaignGround {
        /// Name of the campaign.
        campaign: String,
        /// Name of the ground.
        ground: String,
        /// What the review comes to.
        found: String,
    },
    /// The applicant is no member of the household.
    NotMember {
        /// The applicant.
        person: String,
        /// The household.
        household: String,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before { step, name, actor } => {
                write!(
                    f,
                    "`{step}` ({name}) comes first; the role {actor} takes it"
                )
            }
            Self::NoWay { possible } if possible.is_empty() => {
                write!(f, "the case is closed; no step is possible")
            }
            Self::NoWay { possible } => {
                write!(
                    f,
                    "no way leads there from this state; possible: {}",
                    possible.join(", ")
                )
            }
            Self::Role { user, role } => write!(f, "`{user}` does not hold the role {role}"),
            Self::Area {
                user,
                area,
                division,
            } => {
                write!(
                    f,
                    "`{user}` works in area {area}; the case belongs to {division}"
                )
            }
            Self::FourEyes { user, step, on } => {
                write!(
                    f,
                    "`{user}` took part in `{step}` on {on}; this step needs another user"
                )
            }
            Self::OwnEvidence { user, about, on } => {
                write!(
                    f,
                    "`{user}` recorded evidence or membership of {}, last on {on}; who entered never confirms",
                    about.join(", ")
                )
            }
            Self::OwnRelative { user, persons } => {
                write!(
                    f,
                    "`{user}` is registered as a near relative of {}; staff take no part in the case of a near relative",
                    persons.join(", ")
                )
            }
            Self::Times {
                at_most,
                last_on,
                cite,
            } => {
                write!(
                    f,
                    "the step may be taken {at_most} time(s) in a case and was taken on {last_on} ({cite})"
                )
            }
            Self::Early {
                name,
                started_on,
                last_day,
                step,
                from,
            } => {
                write!(
                    f,
                    "{name}: begun {started_on}, runs until {last_day}; `{step}` may be taken from {}",
                    from.date
                )?;
                if from.provisional {
                    write!(f, " (provisional)")
                } else {
                    Ok(())
                }
            }
            Self::NotBegun { name } => write!(f, "{name}: has not begun"),
            Self::Over { name, due_on } => {
                write!(
                    f,
                    "{name}: ended on {due_on} and cannot be lengthened any more"
                )
            }
            Self::Objections { open } => {
                let keys: Vec<String> = open.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "{} objection(s) are open: {}",
                    open.len(),
                    keys.join(", ")
                )
            }
            Self::NoObjection => write!(f, "no objection is open"),
            Self::NoCrossCheck => write!(f, "the cross-check was not begun"),
            Self::CrossCheck { open } => write!(f, "no answer yet from {}", open.join(", ")),
            Self::Papers { papers } => write!(f, "papers: {}", papers.join(", ")),
            Self::Investigators { given, needed } => {
                write!(f, "{needed} different investigators; {given} named")
            }
            Self::PapersList => write!(f, "the list of papers is empty"),
            Self::NearRelative => {
                write!(
                    f,
                    "no answer whether a member is a near relative of an officer or committee member"
                )
            }
            Self::NearRelativeStays => write!(
                f,
                "the case is filed as a near relative's (`near_relative = yes`); a later `no` does not undo that"
            ),
            Self::Appraisal => write!(
                f,
                "the record of the democratic appraisal with its participants"
            ),
            Self::RelativeUnnamed => write!(
                f,
                "the case is a near relative's; it is not registered who of the household is whose near relative"
            ),
            Self::CommitteeMember => write!(
                f,
                "the committee filed the application; it is not said who of the committee did"
            ),
            Self::ObjectionUnexamined => write!(
                f,
                "a new investigation or the record of the democratic appraisal since the objection"
            ),
            Self::HomeVisit { flag } => {
                let why = match flag.as_str() {
                    "near_relative" => "the case is filed as a near relative's",
                    "reported" => "the case was reported",
                    _ => "the case was drawn by lot",
                };
                write!(f, "a home visit of the county: {why}")
            }
            Self::Approval => write!(f, "the approval of a reviewer other than the user"),
            Self::WithdrawnBy => {
                write!(f, "the adult member of the household who takes it back")
            }
            Self::Service { reason } => f.write_str(reason),
            Self::Reason => write!(f, "a reason"),
            Self::Notice { reason } => f.write_str(reason),
            Self::Evidence { needs } => {
                let whom = |need: &Need| match need.entity {
                    Entity::Household => HouseholdId(need.id).to_string(),
                    Entity::Person => PersonId(need.id).to_string(),
                };
                let names: Vec<String> = needs
                    .iter()
                    .map(|need| format!("{} of {} ({})", need.en, whom(need), need.zh))
                    .collect();
                write!(
                    f,
                    "the determination is undetermined: needs {}",
                    names.join("; ")
                )
            }
            Self::Condition { condition, found } => {
                write!(f, "the condition `{condition}`; found {found}")
            }
            Self::Served {
                whom,
                case,
                programme,
                state,
            } => {
                write!(
                    f,
                    "{whom} is already in case {case} ({programme}, state `{state}`)"
                )
            }
            Self::PhaseOut { why } => write!(f, "a ground for a phase-out: {why}"),
            Self::PhaseOutRuns { last: Some(last) } => {
                write!(f, "the end of the phase-out, which pays until {last}")
            }
            Self::PhaseOutRuns { last: None } => write!(f, "a phase-out; none is in force"),
            Self::JobRefusals => write!(
                f,
                "refusals of suitable jobs without reason in a row, as often as the law asks, by a member of the case"
            ),
            Self::NotRevoked => write!(f, "no decision was revoked or changed"),
            Self::NotSent => write!(f, "the case was not sent to another township"),
            Self::Reports { open } => {
                let keys: Vec<String> = open.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "the check of the report(s) {}, for which the review was opened",
                    keys.join(", ")
                )
            }
            Self::CampaignSteps { campaign, steps } => write!(
                f,
                "the campaign `{campaign}`: not yet done: {}",
                steps.join(", ")
            ),
            Self::CampaignNotice {
                campaign,
                posted_on,
                last_day,
                from,
            } => {
                write!(
                    f,
                    "the campaign `{campaign}`: posted {posted_on}, the notice runs until {last_day}; it may be decided from {}",
                    from.date
                )?;
                if from.provisional {
                    write!(f, " (provisional)")
                } else {
                    Ok(())
                }
            }
            Self::CampaignObjections { campaign, open } => {
                let days: Vec<String> = open.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "the campaign `{campaign}`: {} objection(s) are open, of {}",
                    open.len(),
                    days.join(", ")
                )
            }
            Self::CampaignGround {
                campaign,
                ground,
                found,
            } => write!(
                f,
                "the campaign `{campaign}`: the ground of exit `{ground}` is recorded, but the review comes to: {found}"
            ),
            Self::NotMember { person, household } => {
                write!(f, "{person} is no member of {household}")
            }
        }
    }
}

impl Missing {
    /// Whether it lies in the records of the case, not in the form of one act.
    pub(crate) fn is_of_the_case(&self) -> bool {
        !matches!(
            self,
            Self::Investigators { .. }
                | Self::PapersList
                | Self::Appraisal
                | Self::Approval
                | Self::WithdrawnBy
                | Self::Service { .. }
                | Self::OwnEvidence { .. }
                | Self::OwnRelative { .. }
                | Self::Reason
                | Self::JobRefusals
                | Self::NotRevoked
                | Self::NotSent
        )
    }
}
