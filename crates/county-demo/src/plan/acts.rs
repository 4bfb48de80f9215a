//! What people do about an application, day by day. Every step of the way to a grant is planned for every case;
//! in the run each is taken if the case then allows it, so that other rules lead to other outcomes on the same days.

use minsheng_benefits::assistance::Cause;
use minsheng_core::Date;
use minsheng_policy::{PackSet, Procedure};

use super::campaign::leaves_at_once;
use super::model::Home;
use super::schedule::Round;
use super::turns::seen_by_night;
use crate::draw::Draw;
use crate::error::PlanError;
use crate::inputs::{Act, Application, Deed, Inputs};
use crate::staff::Staff;
use crate::targets::StoryKind;

/// Papers of every application.
const PAPERS: [&str; 4] = [
    "identity_card",
    "household_register",
    "declaration",
    "authorisation",
];
/// Registers that are asked about every household.
const SOURCES: [&str; 4] = [
    "public_security",
    "social_security",
    "real_estate_vehicles",
    "banks",
];

/// Writes applications and acts.
pub(crate) struct Casework<'a> {
    pub(crate) packs: &'a PackSet,
    pub(crate) staff: Staff<'a>,
}

/// The day on which the death of somebody who lived alone is reported.
fn alone_and_dead(home: &Home) -> Option<Date> {
    let [only] = home.members.as_slice() else {
        return None;
    };
    only.death.map(|death| death.reported_on)
}

impl Casework<'_> {
    /// One application with all its acts.
    pub(crate) fn application(
        &self,
        draw: &mut Draw,
        inputs: &mut Inputs,
        number: i64,
        home: &Home,
        persons: &[i64],
    ) -> Result<(), PlanError> {
        let application = &home.application;
        let track = &application.track;
        let mut papers: Vec<String> = PAPERS.iter().map(|paper| (*paper).to_owned()).collect();
        let missing = if track.papers.is_some() {
            papers.split_off(draw.index(2) + 2)
        } else {
            Vec::new()
        };
        let near_relative = draw.chance(1, 70);
        inputs.applications.push(Application {
            number,
            programme: application.programme.to_owned(),
            household: number,
            applicant: persons[application.applicant],
            single: application.single,
            by_committee: draw.chance(1, 5),
            papers,
            near_relative,
            applied_on: track.applied,
        });
        let procedure = self.procedure(home)?;
        let mut act = |day: Date, deed: Deed| {
            let actor = self.actor(procedure, deed.step(), home.division);
            inputs.acts.push(Act {
                day,
                actor,
                application: number,
                deed,
            });
        };
        if let Some((asked, supplied)) = track.papers {
            act(asked, Deed::RequestPapers(missing.clone()));
            act(supplied, Deed::Supplement(missing));
        }
        act(track.accepted, Deed::Accept);
        let sources = SOURCES.iter().map(|source| (*source).to_owned()).collect();
        act(track.asked, Deed::StartCrossCheck(sources));
        act(track.answered, Deed::AnswerCrossCheck);
        if let Some(day) = track.withdrawn {
            act(day, Deed::Withdraw);
        }
        let visited = near_relative || track.objection.is_some() || draw.chance(36, 100);
        self.round(&mut act, home, &track.round, visited);
        if let Some(objection) = &track.objection {
            let (statement, answer) = if objection.upheld {
                ("该户有机动车未申报", "经核实，该户名下有机动车")
            } else {
                (
                    "该户有人在外务工",
                    "经核实，务工收入已申报，家庭收入未超标准",
                )
            };
            act(
                objection.raised,
                Deed::Object("同村村民".to_owned(), statement.to_owned()),
            );
            act(
                objection.resolved,
                Deed::Resolve(objection.upheld, answer.to_owned()),
            );
        }
        let at_once = leaves_at_once(home.story);
        if let (Some(days), Some(ground)) = (&home.campaign, at_once) {
            act(days.posted, Deed::Ground(ground.to_owned()));
        } else if let Some(days) = &home.campaign {
            let second = self.staff.second_investigator(home.division);
            let steps = [
                (days.reapplied, Deed::Reapply),
                (days.checked, Deed::CampaignCheck),
                (days.visited, Deed::CampaignVisit(second)),
                (days.posted, Deed::CampaignNotice),
            ];
            // Who lived alone and has died goes through no step any more.
            let died = alone_and_dead(home).unwrap_or(Date::MAX);
            for (day, step) in steps.into_iter().filter(|(day, _)| *day < died) {
                act(day, step);
            }
        }
        for review in &application.reviews {
            // Who is on the list of a campaign has his review opened by the application made anew.
            let listed = review.cause == Cause::Rectification
                && home
                    .campaign
                    .is_some_and(|days| review.opened_on >= days.reapplied);
            if !seen_by_night(review.cause) && !listed {
                act(review.opened_on, Deed::OpenReview(review.cause));
            }
            if let (Some(days), Some(day)) = (&home.campaign, alone_and_dead(home))
                && day <= days.posted
                && review.cause == Cause::Death
            {
                act(review.decided_on, Deed::Ground("death".to_owned()));
            }
            act(review.decided_on, Deed::DecideReview);
            if home.story == StoryKind::Leaver && listed {
                // What the special rectification found out about some who should never have been on the roll.
                let ground = match number % 9 {
                    0 => Some("policy_quota"),
                    4 => Some("favour"),
                    _ => None,
                };
                if let Some(ground) = ground {
                    act(review.decided_on, Deed::Ground(ground.to_owned()));
                }
            }
        }
        Ok(())
    }

    fn round(&self, act: &mut impl FnMut(Date, Deed), home: &Home, round: &Round, visited: bool) {
        act(
            round.visited,
            Deed::Investigate(self.staff.second_investigator(home.division)),
        );
        if let Some(day) = round.appraised {
            act(day, Deed::Appraise);
        }
        act(round.opinion, Deed::FirstOpinion);
        act(round.posted, Deed::PostNotice);
        act(round.forwarded, Deed::Forward);
        act(round.county_opinion, Deed::CountyOpinion(visited));
        if let Some(day) = round.county_posted {
            act(day, Deed::PostCountyNotice);
        }
        act(round.decided, Deed::Decide);
        act(round.notified, Deed::NotifyRefusal);
    }

    fn procedure(&self, home: &Home) -> Result<&Procedure, PlanError> {
        let broken = |reason: String| PlanError::Packs {
            story: format!("{:?}", home.story),
            reason,
        };
        let code = home.application.programme;
        let programme = self
            .packs
            .programme(code)
            .ok_or_else(|| broken(format!("no programme {code}")))?;
        programme
            .procedure_at(home.application.track.accepted)
            .map_err(|error| broken(error.to_string()))
    }

    /// The user for a step, by the role that the procedure names.
    fn actor(&self, procedure: &Procedure, step: &str, division: i64) -> String {
        let role = procedure
            .steps_called(step)
            .next()
            .map_or("", |step| step.actor.as_str());
        self.staff.for_step(role, step, division)
    }
}
