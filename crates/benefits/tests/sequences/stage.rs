//! A case on which acts are played, each with a complete and true form.

use minsheng_benefits::assistance::reports::{NewReport, ReportCheck, check_report, file_report};
use minsheng_benefits::assistance::{
    self, AssistanceError, Cause, Investigation, JobAnswer, Kinship, Move, NearRelative, NewFiling,
    NewOffer, Papers, PhaseOut, RemedyKind, RemedyOutcome, Resolution, Service, Staff, Way,
};
use minsheng_registry::CaseId;
use minsheng_store::{Scope, TxNo};

use super::list::Act;
use super::support::family::{Family, change, income, urban_couple};
use super::support::walk::{answers, application, meeting, sources, visit};
use super::support::{
    CLERK, CLERK_YALA, County, DIRECTOR, LUCHENG_1, OFFICER, OFFICER_2, REVIEWER, YALA_1,
};

/// Every act that is tried in every state.
pub const ACTS: &[&str] = &[
    "apply",
    "ask-papers",
    "supplement",
    "accept",
    "investigate",
    "ask",
    "answer",
    "appraise",
    "opinion",
    "post",
    "object",
    "keep",
    "county-keep",
    "forward",
    "county",
    "county-visited",
    "post-county",
    "decide",
    "notify",
    "withdraw",
    "review",
    "decide-review",
    "category",
    "relative",
    "end-relative",
    "reinvestigate",
    "county-reinvestigate",
    "visit",
    "correct-visit",
    "correct-county-visit",
    "extend",
    "serve",
    "correct-service",
    "phase-out",
    "close",
    "job",
    "job-no",
    "send",
    "receive",
    "file",
    "revoked",
];

/// The step of the procedure that an act of the lists takes.
pub fn step_of(act: &str) -> &'static str {
    match act {
        "apply" | "apply-bare" | "apply-relative" => "apply",
        "ask-papers" => "request_papers",
        "supplement" => "supplement",
        "accept" => "accept",
        "investigate" | "investigate-alone" => "investigate",
        "ask" => "cross_check_start",
        "answer" => "cross_check_answer",
        "appraise" => "appraise",
        "opinion" => "first_opinion",
        "post" => "post_notice",
        "object" => "object",
        "keep" | "keep-bare" | "uphold" | "county-keep" | "county-keep-bare" | "county-uphold" => {
            "resolve_objection"
        }
        "forward" => "forward",
        "county" | "county-visited" => "county_opinion",
        "post-county" => "post_county_notice",
        "decide" => "decide",
        "notify" => "notify_refusal",
        "withdraw" => "withdraw",
        "review" => "open_review",
        "decide-review" => "decide_review",
        "category" => "set_review_category",
        "relative" => "register_relative",
        "end-relative" => "end_relative",
        "reinvestigate" | "county-reinvestigate" => "reinvestigate",
        "visit" => "county_visit",
        "correct-visit" => "correct_visit",
        "correct-county-visit" => "correct_county_visit",
        "extend" => "extend",
        "serve" => "serve",
        "correct-service" => "correct_service",
        "earns-400" | "earns-900" => "no step: evidence",
        "phase-out" => "decide_review",
        "close" => "end_phase_out",
        "job" => "record_job_offer",
        "job-no" => "record_job_answer",
        "send" => "send_case",
        "receive" => "receive_case",
        "file" | "file-told-today" => "file_remedy",
        "review-report" => "open_review",
        "report" | "check-report" => "no step: about the household",
        "revoked" => "remedy_outcome",
        "wage-3000" => "no step: evidence",
        other => panic!("the lists know no act `{other}`"),
    }
}

/// Who takes a step if the list names nobody.
fn user_of(act: &str) -> &'static str {
    match step_of(act) {
        _ if act.starts_with("county-") || act == "check-report" => OFFICER,
        "cross_check_start" | "cross_check_answer" => OFFICER_2,
        "county_opinion"
        | "post_county_notice"
        | "county_visit"
        | "correct_county_visit"
        | "end_relative"
        | "extend" => OFFICER,
        "file_remedy" | "remedy_outcome" => OFFICER,
        "receive_case" => CLERK_YALA,
        "decide" | "decide_review" => REVIEWER,
        _ => CLERK,
    }
}

pub struct Stage {
    county: County,
    family: Family,
    case: Option<CaseId>,
    /// The last offer of a job and the last filing; 0 before there is one.
    offer: i64,
    filing: i64,
    /// The last report about the family.
    report: i64,
}

impl Stage {
    /// A county of its own, because time does not go back in one.
    pub fn new(family: &str) -> Self {
        let county = County::new();
        let per_head = match family {
            "eligible" => 290,
            "ineligible" => 700,
            other => panic!("no family `{other}`"),
        };
        // Families are on record before anybody applies.
        county.on("2020-12-01");
        let family = urban_couple(&county, LUCHENG_1, per_head);
        Stage {
            county,
            family,
            case: None,
            offer: 0,
            filing: 0,
            report: 0,
        }
    }

    pub fn on(&mut self, day: &str) {
        self.county.on(day);
    }

    /// The last transaction: moves with everything that is written.
    pub fn footprint(&self) -> TxNo {
        self.county.known()
    }

    pub fn state(&self) -> String {
        let case = self.case.expect("nobody has applied yet");
        let found = self.county.store.read(|q| assistance::case(q, case));
        found.unwrap().state
    }

    /// The visit of a level that counts; a key that nothing has where there is none.
    fn visit_of(&self, level: &str) -> i64 {
        let case = self.case.unwrap();
        let visits = self
            .county
            .store
            .read(|q| assistance::visits(q, &Scope::county(), case))
            .unwrap();
        let counts =
            |row: &&assistance::VisitRow| row.level == level && row.superseded_on.is_none();
        visits.iter().rev().find(counts).map_or(999, |row| row.id)
    }

    /// The last service of the case; a key that nothing has where there is none.
    fn service_of(&self) -> i64 {
        let case = self.case.unwrap();
        let services = self
            .county
            .store
            .read(|q| assistance::services(q, &Scope::county(), Some(case)))
            .unwrap();
        services
            .iter()
            .rev()
            .find_map(|row| row.service)
            .unwrap_or(999)
    }

    /// Whether the last decision of the case is served on record.
    fn served(&self) -> bool {
        let case = self.case.unwrap();
        let services = self
            .county
            .store
            .read(|q| assistance::services(q, &Scope::county(), Some(case)))
            .unwrap();
        services.last().is_some_and(|row| row.service.is_some())
    }

    fn county_team(&self) -> Investigation {
        Investigation {
            investigators: vec![OFFICER.to_owned(), OFFICER_2.to_owned()],
            ..visit(&self.county)
        }
    }

    /// Takes an act; the words of the refusal otherwise.
    pub fn act(&mut self, act: &Act) -> Result<(), String> {
        self.take(act).map_err(|error| error.to_string())
    }

    fn take(&mut self, act: &Act) -> Result<(), AssistanceError> {
        let county = &self.county;
        let desk = county.desk();
        let name = act.name.as_str();
        let ctx = county.ctx(act.user.as_deref().unwrap_or_else(|| user_of(name)));
        if step_of(name) == "apply" {
            let mut form = application(&self.family, "urban-dibao");
            match name {
                "apply-bare" => form.papers.codes.retain(|code| code != "declaration"),
                "apply-relative" => form.papers.near_relative = Some(true),
                _ => {}
            }
            self.case = Some(assistance::apply(&desk, &ctx, &form)?);
            return Ok(());
        }
        let case = self.case.expect("nobody has applied yet");
        let resolution = |upheld| Resolution {
            upheld,
            appraisal: Some(meeting(county)),
            answer: "已经核实".to_owned(),
        };
        match name {
            "ask-papers" => {
                assistance::request_papers(&desk, &ctx, case, &["declaration".to_owned()])
            }
            "supplement" => {
                let papers = Papers {
                    codes: vec!["declaration".to_owned()],
                    near_relative: None,
                };
                assistance::supplement(&desk, &ctx, case, &papers)
            }
            "accept" => assistance::accept(&desk, &ctx, case),
            "investigate" => assistance::investigate(&desk, &ctx, case, &visit(county)),
            "investigate-alone" => {
                let mut alone = visit(county);
                alone.investigators.truncate(1);
                assistance::investigate(&desk, &ctx, case, &alone)
            }
            "ask" => assistance::cross_check_start(&desk, &ctx, case, &sources()),
            "answer" => assistance::cross_check_answer_many(&desk, &ctx, &[(case, answers())]),
            "appraise" => assistance::appraise(&desk, &ctx, case, &meeting(county)),
            "opinion" => assistance::first_opinion(&desk, &ctx, case).map(drop),
            "post" => assistance::post_notices(&desk, &ctx, LUCHENG_1, &[case]).map(drop),
            "object" => assistance::object(&desk, &ctx, case, "邻居", "他家有车").map(drop),
            "keep" | "county-keep" => {
                assistance::resolve_objection(&desk, &ctx, case, &resolution(false)).map(drop)
            }
            "uphold" | "county-uphold" => {
                assistance::resolve_objection(&desk, &ctx, case, &resolution(true)).map(drop)
            }
            "forward" => assistance::forward(&desk, &ctx, case),
            "county" => assistance::county_opinion(&desk, &ctx, case, None).map(drop),
            "county-visited" => {
                assistance::county_opinion(&desk, &ctx, case, Some(county.today())).map(drop)
            }
            "post-county" => {
                assistance::post_county_notice(&desk, &ctx, LUCHENG_1, &[case]).map(drop)
            }
            "decide" => assistance::decide(&desk, &ctx, case).map(drop),
            "notify" => assistance::notify_refusal(&desk, &ctx, case, "当面送达"),
            "keep-bare" | "county-keep-bare" => {
                let bare = Resolution {
                    appraisal: None,
                    ..resolution(false)
                };
                assistance::resolve_objection(&desk, &ctx, case, &bare).map(drop)
            }
            "relative" => {
                let relative = NearRelative {
                    member: self.family.members[0],
                    staff: Staff::User(DIRECTOR.to_owned()),
                    kinship: Kinship::Sibling,
                };
                assistance::register_relatives(&desk, &ctx, &[(case, relative)])
            }
            "end-relative" => assistance::end_relative(&desk, &ctx, 1, "登记错了"),
            "reinvestigate" | "county-reinvestigate" => {
                assistance::reinvestigate(&desk, &ctx, case, &visit(county))
            }
            "visit" => assistance::county_visit(&desk, &ctx, case, &self.county_team()),
            "correct-visit" => {
                let wrong = self.visit_of("township");
                assistance::correct_visit(&desk, &ctx, wrong, &visit(county), "写错了")
            }
            "correct-county-visit" => {
                let wrong = self.visit_of("county");
                assistance::correct_visit(&desk, &ctx, wrong, &self.county_team(), "写错了")
            }
            "extend" => assistance::extend(&desk, &ctx, case, "核对未完成", REVIEWER),
            "serve" => assistance::serve(&desk, &ctx, case, &service(county)),
            "correct-service" => {
                let wrong = self.service_of();
                assistance::correct_service(&desk, &ctx, wrong, &service(county), "写错了")
            }
            "withdraw" => assistance::withdraw(&desk, &ctx, case, "家庭收入好转"),
            "review" => assistance::open_review(&desk, &ctx, case, Cause::Periodic, "定期核查"),
            "decide-review" => assistance::decide_review(&desk, &ctx, case).map(drop),
            "category" => {
                // A category that both laws know.
                assistance::set_review_category(&desk, &ctx, case, "stable", "只有养老金收入")
            }
            "phase-out" => {
                let wish = PhaseOut {
                    months: None,
                    reason: "刚就业".to_owned(),
                };
                assistance::decide_review_phasing_out(&desk, &ctx, case, &wish).map(drop)
            }
            "close" => assistance::end_phase_out_many(&desk, &ctx, &[case]),
            "job" => {
                let offer = NewOffer {
                    case,
                    person: self.family.members[0],
                    offered_on: county.today(),
                    work: "道路养护".to_owned(),
                    suitable: true,
                };
                self.offer = assistance::offer_job(&desk, &ctx, &offer)?;
                Ok(())
            }
            "job-no" => {
                let (today, no) = (county.today(), JobAnswer::Refused { good_reason: false });
                assistance::answer_job(&desk, &ctx, self.offer, today, no, "太远").map(drop)
            }
            "send" => {
                let to = Move {
                    to_division: YALA_1,
                    moved_on: county.today(),
                    words: "投靠亲属".to_owned(),
                };
                assistance::send_case(&desk, &ctx, case, &to)
            }
            "receive" => assistance::receive_case(&desk, &ctx, case),
            "file" | "file-told-today" => {
                let told_on = (name != "file" || !self.served()).then(|| county.today());
                let filing = NewFiling {
                    case,
                    decision: None,
                    remedy: RemedyKind::Reconsideration,
                    body: "市人民政府".to_owned(),
                    number: "1".to_owned(),
                    told_on,
                    filed_on: county.today(),
                    grounds: "不服".to_owned(),
                };
                self.filing = assistance::file_remedy(&desk, &ctx, &filing)?.filing;
                Ok(())
            }
            "report" => {
                let report = NewReport {
                    household: self.family.household,
                    reporter: None,
                    statement: "家有货车".to_owned(),
                    about_users: Vec::new(),
                    received_on: county.today(),
                };
                self.report = file_report(&desk, &ctx, &report)?;
                Ok(())
            }
            "check-report" => {
                let check = ReportCheck {
                    upheld: false,
                    visited_on: None,
                    finding: "不属实".to_owned(),
                };
                check_report(&desk, &ctx, self.report, &check)
            }
            "review-report" => assistance::open_review(&desk, &ctx, case, Cause::Report, "举报"),
            "revoked" => {
                let (today, revoked) = (county.today(), RemedyOutcome::Revoked);
                assistance::remedy_outcome(&desk, &ctx, self.filing, revoked, today, "撤销")
            }
            "wage-3000" => {
                let today = county.today().to_string();
                let wage = income("wage", 3_000, &today);
                change(county, &self.family, self.family.members[0], wage, false);
                Ok(())
            }
            "earns-400" | "earns-900" => {
                let today = county.today().to_string();
                let yuan = if name == "earns-400" { 400 } else { 1_800 };
                let more = income("transfer", yuan, &today);
                change(county, &self.family, self.family.members[0], more, false);
                Ok(())
            }
            other => panic!("the lists know no act `{other}`"),
        }
    }
}

fn service(county: &County) -> Service {
    Service {
        decision: None,
        way: Way::InPerson,
        served_on: county.today(),
        received_by: "张伟".to_owned(),
        witness: None,
        proof: "送达回证".to_owned(),
    }
}
