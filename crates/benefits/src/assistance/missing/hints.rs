//! What to do about a thing that a step lacks, with the command to type.

use super::Missing;
use crate::assistance::commands;

impl Missing {
    /// What to do about it.
    pub fn hint(&self) -> String {
        self.hint_in(None)
    }

    /// What to do about it in a case, with the command to type.
    pub(crate) fn hint_in(&self, case: Option<&str>) -> String {
        let line = |step: &str| commands::line(step, case).unwrap_or_else(|| format!("`{step}`"));
        match self {
            Self::Before { step, actor, .. } => {
                format!("a user with the role {actor} types {}", line(step))
            }
            Self::NoWay { .. } => {
                "look at the history of the case; a closed case needs a new application".to_owned()
            }
            Self::Role { role, .. } => format!("a user with the role {role} takes this step"),
            Self::Area { division, .. } => {
                format!("a user of {division}, or of the county, takes this step")
            }
            Self::FourEyes { .. } | Self::OwnEvidence { .. } | Self::OwnRelative { .. } => {
                "hand the case to a colleague".to_owned()
            }
            Self::Over { .. } => "go on without; the delay stays in the record".to_owned(),
            Self::RelativeUnnamed => format!(
                "register the member, the user or committee member and the kinship: {}",
                line("register_relative")
            ),
            Self::CommitteeMember => {
                "withdraw it and apply again with `--committee-member`, or let the director file it"
                    .to_owned()
            }
            Self::ObjectionUnexamined => format!(
                "{}, or {}, or name the participants with the answer",
                line("reinvestigate"),
                line("appraise")
            ),
            Self::Approval => {
                "name the reviewer who approved; nobody approves what he asks for".to_owned()
            }
            Self::WithdrawnBy => "name an adult member with `--by`".to_owned(),
            Self::Service { .. } => {
                "`minsheng case services` lists the services; a wrong one is corrected".to_owned()
            }
            Self::Times { .. } => "go on with what has been handed in".to_owned(),
            Self::Early { from, .. } => format!("come back on {}", from.date),
            Self::NotBegun { .. } => "take the step that begins it first".to_owned(),
            Self::Objections { .. } => "resolve each objection first".to_owned(),
            Self::NoObjection => "record the objection first".to_owned(),
            Self::NoCrossCheck => format!("ask registers with {}", line("cross_check_start")),
            Self::CrossCheck { .. } => {
                format!("record each answer with {}", line("cross_check_answer"))
            }
            Self::Papers { .. } => format!(
                "hand them in with {}, or list them once with {}",
                line("supplement"),
                line("request_papers")
            ),
            Self::Investigators { needed, .. } => {
                format!("name {needed} investigators by their user names")
            }
            Self::PapersList => {
                "name every paper that is missing; they can be listed only once".to_owned()
            }
            Self::NearRelative => {
                "ask the applicant; the answer is handed in with the application or a supplement"
                    .to_owned()
            }
            Self::NearRelativeStays => {
                "hand the papers in without this answer; the county visits the home".to_owned()
            }
            Self::Appraisal => format!("name those who took part: {}", line("appraise")),
            Self::HomeVisit { .. } => {
                format!("visit the home and record it with {}", line("county_visit"))
            }
            Self::Reason => "say why, in words that the household can be told".to_owned(),
            Self::Notice { .. } => "post it with the cases of its own village".to_owned(),
            Self::Evidence { .. } => "record this evidence, then take the step again".to_owned(),
            Self::Condition { .. } => "look at the opinions in the history of the case".to_owned(),
            Self::Served { .. } => {
                "finish or withdraw that case first; nobody is served twice".to_owned()
            }
            Self::PhaseOut { .. } => "decide the review without it".to_owned(),
            Self::PhaseOutRuns { .. } => {
                "come back when the month is over; a review may end it before".to_owned()
            }
            Self::JobRefusals => "record each offer and its answer first".to_owned(),
            Self::NotRevoked => {
                "record the filing and its outcome; they open the review".to_owned()
            }
            Self::NotSent => "the township that is left sends it first".to_owned(),
            Self::Reports { .. } => {
                "an officer who is not reported on checks it with `report check`".to_owned()
            }
            Self::CampaignSteps { .. } => {
                "record them with `campaign step`, or a ground of exit that needs none with `campaign ground`"
                    .to_owned()
            }
            Self::CampaignNotice { from, .. } => format!("come back on {}", from.date),
            Self::CampaignObjections { .. } => {
                "examine them and answer them with `campaign answer`".to_owned()
            }
            Self::CampaignGround { .. } => {
                "take the ground back with `campaign undo`, or correct the evidence".to_owned()
            }
            Self::NotMember { .. } => {
                "record the membership first, or name another applicant".to_owned()
            }
        }
    }
}
