//! The casework part of a day. Each planned step is taken if the case allows it: a refused case is not posted, a
//! withdrawn one not visited. What a case does not allow is counted by cause; any other refusal stops the demo.

use minsheng_benefits::assistance::{
    self, Answer, Appraisal, AssistanceError, Decided, FiledBy, Investigation, Kinship, Missing,
    NearRelative, NewApplication, Opinion, Papers, Refusal, Resolution, Staff,
};
use minsheng_core::{Date, Relation};
use minsheng_registry::{CaseId, Ctx, Role};

use super::timeline::Sitting;
use super::{Stop, Year};
use crate::inputs::{Act, Application, Deed, Membership};
use crate::staff::ACCOUNT_OFFICER;

/// An act with the case that its application became.
type Planned<'i> = (CaseId, &'i Act);

impl Year<'_> {
    pub(super) fn applications(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let mut rows = Vec::with_capacity(sitting.items.len());
        let mut numbers = Vec::with_capacity(sitting.items.len());
        let (mut relatives, mut flagged) = (Vec::new(), Vec::new());
        for at in &sitting.items {
            let application = &self.inputs.applications[*at];
            let Some(applicant) = self.applicant(application, sitting.day) else {
                self.counts.skip("apply", "the applicant has died");
                continue;
            };
            let household = self.household(application.household)?;
            let director = self.director(application.household);
            let registered = self
                .desk
                .store
                .read(|q| assistance::is_registered(q, household))?;
            let mut codes = application.papers.clone();
            if application.by_committee {
                codes.push("committee_agreement".to_owned());
            }
            if application.near_relative && !registered {
                let relative = NearRelative {
                    member: self.person(applicant)?,
                    staff: Staff::User(director.clone()),
                    kinship: Kinship::Sibling,
                };
                relatives.push((rows.len(), relative));
            }
            if application.near_relative || registered {
                flagged.push(rows.len());
            }
            numbers.push(application.number);
            rows.push(NewApplication {
                programme: application.programme.clone(),
                household,
                applicant: self.person(applicant)?,
                single: application.single,
                filed_by: if application.by_committee {
                    FiledBy::CommitteeMember(director)
                } else {
                    FiledBy::Applicant
                },
                papers: Papers {
                    codes,
                    near_relative: Some(application.near_relative || registered),
                },
            });
        }
        if rows.is_empty() {
            return Ok(());
        }
        let ctx = self.clerk(sitting.place)?;
        let cases = assistance::apply_many(self.desk, &ctx, &rows)?;
        let relatives: Vec<(CaseId, NearRelative)> = relatives
            .into_iter()
            .map(|(at, relative)| (cases[at], relative))
            .collect();
        assistance::register_relatives(self.desk, &ctx, &relatives)?;
        self.to_visit
            .extend(flagged.into_iter().map(|at| cases[at]));
        self.counts.applications += rows.len();
        self.cases.extend(numbers.into_iter().zip(cases));
        Ok(())
    }

    /// The director of the committee of a household's village.
    fn director(&self, household: i64) -> String {
        let homes = &self.inputs.households;
        let village = homes.iter().find(|home| home.number == household);
        let users = &self.inputs.users;
        let found = village.and_then(|home| {
            users.iter().find(|user| {
                user.division == home.division && user.roles.contains(&Role::VillageDirector)
            })
        });
        found.map(|user| user.username.clone()).unwrap_or_default()
    }

    /// The county's own visits before its opinions: those planned, and those that a near relative makes mandatory.
    fn county_visits(
        &mut self,
        ctx: &Ctx,
        day: Date,
        planned: &[Planned<'_>],
    ) -> Result<(), AssistanceError> {
        let wanted = planned.iter().filter(|(case, act)| {
            matches!(act.deed, Deed::CountyOpinion(true)) || self.to_visit.contains(case)
        });
        let visits: Vec<(CaseId, Investigation)> = wanted
            .filter(|(case, _)| !self.visited.contains(case))
            .map(|(case, act)| {
                let visit = Investigation {
                    investigators: vec![act.actor.clone(), ACCOUNT_OFFICER.to_owned()],
                    member_present: true,
                    visited_on: day,
                    finding: "县级入户核查，与乡镇调查一致".to_owned(),
                };
                (*case, visit)
            })
            .collect();
        if visits.is_empty() {
            return Ok(());
        }
        assistance::county_visit_many(self.desk, ctx, &visits)?;
        self.visited
            .extend(visits.into_iter().map(|(case, _)| case));
        Ok(())
    }

    /// Who applies on a day: the applicant, or for a family whose applicant has died another adult of it.
    fn applicant(&self, application: &Application, day: Date) -> Option<i64> {
        let alive = |person: i64| {
            !self
                .inputs
                .deaths
                .iter()
                .any(|death| death.person == person && death.died_on <= day)
        };
        if alive(application.applicant) {
            return Some(application.applicant);
        }
        let adult = |row: &&Membership| {
            let relation = row.relation;
            alive(row.person) && !matches!(relation, Relation::Child | Relation::Grandchild)
        };
        let heir = self.members_of(application.household).find(adult);
        heir.filter(|_| !application.single).map(|row| row.person)
    }

    pub(super) fn casework(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let mut planned: Vec<Planned<'_>> = Vec::with_capacity(sitting.items.len());
        for at in &sitting.items {
            let act = &self.inputs.acts[*at];
            match self.cases.get(&act.application) {
                Some(case) if self.withdrawn.contains(case) => {
                    self.counts.skip(act.deed.step(), "the case is withdrawn")
                }
                Some(case) if act.deed == Deed::NotifyRefusal && !self.refused.contains(case) => {
                    self.counts.skip(act.deed.step(), "the case is not refused");
                }
                Some(case) if act.deed == Deed::AnswerCrossCheck && !self.asked.contains(case) => {
                    self.counts
                        .skip(act.deed.step(), "the registers were not asked");
                }
                Some(case) if of_campaign(&act.deed) && !self.listed(*case) => {
                    self.counts
                        .skip(act.deed.step(), "the case is not on the list");
                }
                Some(case) if self.anybody_left(act) => planned.push((*case, act)),
                Some(_) => self
                    .counts
                    .skip(act.deed.step(), "its people or its head have died"),
                None => self.counts.skip(act.deed.step(), "nobody applied"),
            }
        }
        // Cases with an opinion to refuse go their own way; kept apart they hold nobody up.
        let (negative, others): (Vec<_>, Vec<_>) = planned
            .into_iter()
            .partition(|(case, _)| self.opinions.get(case) == Some(&false));
        for part in [others, negative] {
            self.part(sitting, part)?;
        }
        Ok(())
    }

    /// Whether the case still serves a living person and the household has a head to speak for it. A review may
    /// find that nobody is left.
    fn anybody_left(&self, act: &Act) -> bool {
        if self.dead.is_empty() {
            return true;
        }
        let Some(application) = self.application(act.application) else {
            return false;
        };
        let alive = |person: i64| !self.dead.contains(&person);
        let members = || self.members_of(application.household);
        let headed = members().any(|row| {
            let head = row.relation == Relation::Head || self.heads.contains(&row.person);
            head && alive(row.person)
        });
        match &act.deed {
            Deed::Ground(_) => true,
            deed if of_campaign(deed) => members().any(|row| alive(row.person)),
            Deed::OpenReview(_) | Deed::DecideReview => {
                headed || !members().any(|row| alive(row.person))
            }
            _ if application.single => alive(application.applicant) && headed,
            _ => headed,
        }
    }

    fn application(&self, number: i64) -> Option<&Application> {
        let table = &self.inputs.applications;
        let at = table.partition_point(|application| application.number < number);
        table
            .get(at)
            .filter(|application| application.number == number)
    }

    fn part(&mut self, sitting: &Sitting, mut planned: Vec<Planned<'_>>) -> Result<(), Stop> {
        while let Some((_, first)) = planned.first() {
            let ctx = self.ctx(&first.actor)?;
            let result = self.step(&ctx, sitting, &planned);
            match result {
                Ok(()) => return Ok(()),
                Err(AssistanceError::Refused(refusals)) => {
                    let step = first.deed.step();
                    let before = planned.len();
                    for refusal in &refusals {
                        let Some(cause) = not_its_turn(refusal) else {
                            return Err(AssistanceError::Refused(refusals).into());
                        };
                        planned.retain(|(case, _)| refusal.whom != format!("case {case}"));
                        self.counts.skip(step, &cause);
                    }
                    if planned.len() == before {
                        return Err(AssistanceError::Refused(refusals).into());
                    }
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    fn step(
        &mut self,
        ctx: &Ctx,
        sitting: &Sitting,
        planned: &[Planned<'_>],
    ) -> Result<(), AssistanceError> {
        let desk = self.desk;
        let cases: Vec<CaseId> = planned.iter().map(|(case, _)| *case).collect();
        let Some(deed) = planned.first().map(|(_, act)| &act.deed) else {
            return Ok(());
        };
        match deed {
            Deed::RequestPapers(missing) => {
                assistance::request_papers(desk, ctx, cases[0], missing)?;
                self.counts.papers_asked += 1;
            }
            Deed::Supplement(codes) => {
                let papers = Papers {
                    codes: codes.clone(),
                    near_relative: None,
                };
                assistance::supplement(desk, ctx, cases[0], &papers)?;
            }
            Deed::Accept => assistance::accept_many(desk, ctx, &cases)?,
            Deed::StartCrossCheck(sources) => {
                assistance::cross_check_start_many(desk, ctx, &cases, sources)?;
                self.asked.extend(&cases);
            }
            Deed::AnswerCrossCheck => self.answers(ctx, &cases)?,
            Deed::Withdraw => {
                assistance::withdraw(desk, ctx, cases[0], "本人自愿撤回申请")?;
                self.withdrawn.extend(&cases);
                self.counts.withdrawn += 1;
            }
            Deed::Investigate(_) => {
                assistance::investigate_many(desk, ctx, &visits(sitting.day, planned))?
            }
            Deed::Appraise => assistance::appraise_many(desk, ctx, &cases, &appraisal(sitting))?,
            Deed::FirstOpinion => {
                let opinions = assistance::first_opinion_many(desk, ctx, &cases)?;
                self.remember(&opinions);
            }
            Deed::PostNotice => {
                assistance::post_notices(desk, ctx, sitting.place, &cases)?;
            }
            Deed::Object(who, statement) => {
                assistance::object(desk, ctx, cases[0], who, statement)?;
                self.counts.objections += 1;
            }
            Deed::Resolve(upheld, reason) => {
                let resolution = Resolution {
                    upheld: *upheld,
                    appraisal: Some(appraisal(sitting)),
                    answer: reason.clone(),
                };
                let opinion = assistance::resolve_objection(desk, ctx, cases[0], &resolution)?;
                self.remember(&[opinion]);
                self.counts.objections_upheld += usize::from(*upheld);
            }
            Deed::Forward => assistance::forward_many(desk, ctx, &cases)?,
            Deed::CountyOpinion(_) => {
                self.county_visits(ctx, sitting.day, planned)?;
                let visited = |case: &CaseId| self.visited.contains(case).then_some(sitting.day);
                let cases: Vec<_> = planned
                    .iter()
                    .map(|(case, _)| (*case, visited(case)))
                    .collect();
                let opinions = assistance::county_opinion_many(desk, ctx, &cases)?;
                self.remember(&opinions);
            }
            Deed::PostCountyNotice => {
                assistance::post_county_notice(desk, ctx, sitting.place, &cases)?;
            }
            Deed::Decide => {
                let decided = assistance::decide_many(desk, ctx, &cases)?;
                self.count(&decided);
            }
            Deed::NotifyRefusal => {
                assistance::notify_refusal_many(desk, ctx, &cases, "送达回证，本人签收")?
            }
            Deed::OpenReview(cause) => {
                assistance::open_review_many(desk, ctx, &cases, *cause, cause_in_words(*cause))?;
            }
            Deed::Reapply
            | Deed::CampaignCheck
            | Deed::CampaignVisit(_)
            | Deed::CampaignNotice
            | Deed::Ground(_) => {
                if let Some((_, act)) = planned.first() {
                    self.campaign_step(ctx, sitting, act, &cases)?;
                }
            }
            Deed::DecideReview => {
                let decided = assistance::decide_review_many(desk, ctx, &cases)?;
                self.count(&decided);
            }
        }
        Ok(())
    }

    /// All registers that were asked answer that nothing else is known; what they do know is evidence.
    fn answers(&self, ctx: &Ctx, cases: &[CaseId]) -> Result<(), AssistanceError> {
        let asked = self.inputs.acts.iter().find_map(|act| match &act.deed {
            Deed::StartCrossCheck(sources) => Some(sources),
            _ => None,
        });
        let answers: Vec<Answer> = asked
            .into_iter()
            .flatten()
            .map(|source| Answer {
                source: source.clone(),
                finding: "核对无其他信息".to_owned(),
            })
            .collect();
        let cases: Vec<(CaseId, Vec<Answer>)> =
            cases.iter().map(|case| (*case, answers.clone())).collect();
        assistance::cross_check_answer_many(self.desk, ctx, &cases)
    }

    fn remember(&mut self, opinions: &[Opinion]) {
        self.opinions.extend(
            opinions
                .iter()
                .map(|opinion| (opinion.case, opinion.positive)),
        );
    }

    fn count(&mut self, decided: &[Decided]) {
        use assistance::rules::DecisionKind;
        for one in decided {
            if one.kind == DecisionKind::Refuse {
                self.refused.insert(one.case);
            }
            let count = match one.kind {
                DecisionKind::Grant
                    if one.effective_month.year() == 2021 && one.effective_month.month() == 1 =>
                {
                    &mut self.counts.granted_2020
                }
                DecisionKind::Grant => &mut self.counts.entries,
                DecisionKind::Refuse => &mut self.counts.refusals,
                DecisionKind::Adjust => &mut self.counts.adjusted,
                DecisionKind::Keep => &mut self.counts.kept,
                DecisionKind::Stop => &mut self.counts.stopped,
            };
            *count += 1;
        }
    }
}

/// Whether the act belongs to a campaign.
const fn of_campaign(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Reapply
            | Deed::CampaignCheck
            | Deed::CampaignVisit(_)
            | Deed::CampaignNotice
            | Deed::Ground(_)
    )
}

fn visits(day: Date, planned: &[Planned<'_>]) -> Vec<(CaseId, Investigation)> {
    planned
        .iter()
        .map(|(case, act)| {
            let second = match &act.deed {
                Deed::Investigate(second) => second.clone(),
                _ => String::new(),
            };
            let visit = Investigation {
                investigators: vec![act.actor.clone(), second],
                member_present: true,
                visited_on: day,
                finding: "入户核实，情况与申报一致".to_owned(),
            };
            (*case, visit)
        })
        .collect()
}

fn appraisal(sitting: &Sitting) -> Appraisal {
    let roles = [
        "乡镇包村干部",
        "村委会主任",
        "村民代表甲",
        "村民代表乙",
        "党员代表",
    ];
    Appraisal {
        held_on: sitting.day,
        participants: roles.iter().map(|role| (*role).to_owned()).collect(),
        agree: 5,
        disagree: 0,
        record: "评议申报情况属实".to_owned(),
    }
}

fn cause_in_words(cause: assistance::Cause) -> &'static str {
    use assistance::Cause;
    match cause {
        Cause::Death => "家庭成员死亡",
        Cause::Members => "家庭人口变动",
        Cause::Income => "家庭收入变化",
        Cause::Property => "家庭财产变化",
        Cause::Person => "残疾证等情况变化",
        Cause::Periodic => "定期复核",
        Cause::Report => "群众反映",
        Cause::Rectification => "低保专项治理",
        Cause::Renounced => "本人自愿退出",
        Cause::MovedAway => "迁出本市",
        Cause::JobRefusal => "拒绝就业",
        Cause::Remedy => "复议或者诉讼",
    }
}

/// Why the case is past the step or never came to it; nothing if the refusal has any other cause.
fn not_its_turn(refusal: &Refusal) -> Option<String> {
    let mut cause = None;
    for missing in &refusal.missing {
        let found = match missing {
            Missing::NoWay { .. } | Missing::Before { .. } => {
                format!("the case is `{}`", refusal.state)
            }
            Missing::Condition { found, .. } => format!("the case has {found}"),
            Missing::NoObjection => "no objection is open".to_owned(),
            // Said beside one of the above: who takes the step differs with the state.
            Missing::NotBegun { .. } | Missing::Role { .. } => continue,
            _ => return None,
        };
        cause.get_or_insert(found);
    }
    cause
}
