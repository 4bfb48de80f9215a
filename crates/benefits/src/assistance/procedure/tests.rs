//! The interpreter on a procedure of its own, which no law knows: what is proved here is the engine.

use std::collections::BTreeSet;

use jiff::civil::date;
use minsheng_core::cst_timestamp;
use minsheng_policy::{Bilingual, ClockUnit, Mark, StateDecl};
use minsheng_registry::{Actor, CaseId};
use minsheng_store::TxNo;

use super::*;

fn step(code: &str, from: &[&str], to: Option<&str>, actor: &str) -> Step {
    let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
    Step {
        code: code.to_owned(),
        name: Bilingual::new(format!("步骤{code}"), code),
        from: list(from),
        to: to.map(str::to_owned),
        actor: actor.to_owned(),
        also: Vec::new(),
        needs: Vec::new(),
        starts: Vec::new(),
        meets: Vec::new(),
        extends: Vec::new(),
        at_most: None,
        differs_from: Vec::new(),
        when: None,
        cite: "art. 1".to_owned(),
    }
}

fn clock(code: &str, term: i64, unit: ClockUnit, kind: ClockKind) -> ClockDecl {
    ClockDecl {
        code: code.to_owned(),
        name: Bilingual::new("公示", "public notice"),
        term,
        unit,
        kind,
        extended: None,
        by: None,
        terms: std::collections::BTreeMap::new(),
        after: None,
        cite: "art. 2".to_owned(),
        mark: Mark::Law,
    }
}

fn words(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

/// open → posted → sent → yes | no; a note may be taken anywhere on the way.
fn procedure() -> Procedure {
    let post = Step {
        starts: words(&["wait", "answer"]),
        ..step("post", &["open"], Some("posted"), "township_clerk")
    };
    let send = Step {
        meets: words(&["wait"]),
        needs: words(&["no_open_objection"]),
        starts: words(&["short"]),
        ..step("send", &["posted"], Some("sent"), "township_clerk")
    };
    let judge = |to: &str, when: &str| Step {
        differs_from: words(&["post", "visit"]),
        meets: words(&["answer"]),
        when: Some(when.to_owned()),
        ..step("judge", &["sent"], Some(to), "officer")
    };
    let ask = Step {
        at_most: Some(1),
        ..step("ask", &["open"], None, "township_clerk")
    };
    let visit = Step {
        needs: words(&["two_investigators"]),
        ..step("visit", &["open", "posted"], None, "township_clerk")
    };
    let mut short = clock("short", 3, ClockUnit::WorkingDays, ClockKind::AtMost);
    short.after = Some("answer".to_owned());
    Procedure {
        law: "T1".to_owned(),
        initial: "open".to_owned(),
        states: ["open", "posted", "sent", "yes", "no"]
            .map(|code| StateDecl {
                code: code.to_owned(),
                name: Bilingual::new(code, code),
            })
            .to_vec(),
        steps: vec![
            ask,
            visit,
            post,
            send,
            judge("yes", "opinion == positive"),
            judge("no", "opinion == negative"),
        ],
        clocks: vec![
            clock("wait", 7, ClockUnit::CalendarDays, ClockKind::AtLeast),
            clock("answer", 10, ClockUnit::WorkingDays, ClockKind::AtMost),
            short,
        ],
        papers: Vec::new(),
        sources: Vec::new(),
        spot_check: None,
    }
}

struct Case {
    procedure: Procedure,
    state: &'static str,
    today: Date,
    user: &'static str,
    roles: Vec<Role>,
    area: i64,
    steps: Vec<StepRow>,
    clocks: Vec<ClockRow>,
    ground: Ground,
}

const VILLAGE: i64 = 513_301_001_001;

impl Case {
    fn new(state: &'static str, user: &'static str) -> Self {
        Case {
            procedure: procedure(),
            state,
            today: date(2021, 9, 10),
            user,
            roles: vec![Role::TownshipClerk, Role::Officer],
            area: 513_301_000_000,
            steps: Vec::new(),
            clocks: Vec::new(),
            ground: Ground::default(),
        }
    }

    fn taken(mut self, step: &str, actor: &str, on: Date, detail: &str) -> Self {
        let id = i64::try_from(self.steps.len()).unwrap() + 1;
        self.steps.push(StepRow {
            id,
            case: CaseId(1),
            step: step.to_owned(),
            from_state: "open".to_owned(),
            to_state: "open".to_owned(),
            actor: actor.to_owned(),
            acted_on: on,
            due_on: None,
            due_provisional: false,
            detail: detail.to_owned(),
            tx: TxNo(id),
        });
        let objections = std::mem::take(&mut self.ground.objections);
        self.ground = Ground::of(&self.steps).unwrap();
        self.ground.objections = objections;
        self
    }

    fn running(mut self, clock: &str, started_on: Date, due: Date) -> Self {
        let id = i64::try_from(self.clocks.len()).unwrap() + 11;
        let due = Deadline {
            date: due,
            provisional: false,
        };
        let clock = clock.to_owned();
        self.clocks.push(ClockRow {
            id,
            case: CaseId(1),
            clock,
            started_on,
            due,
            met_on: None,
        });
        self
    }

    fn ask(&self, step: &str) -> Result<Passage, Refusal> {
        let actor = Actor {
            username: self.user.to_owned(),
            roles: self.roles.iter().copied().collect::<BTreeSet<_>>(),
            division: self.area,
        };
        let ctx = Ctx {
            actor,
            at: cst_timestamp(self.today, 9, 0, 0),
        };
        Ask {
            programme: "test",
            procedure: &self.procedure,
            calendar: WorkCalendar::embedded(),
            ctx: &ctx,
            today: self.today,
            whom: "case C000001".to_owned(),
            state: self.state,
            division: VILLAGE,
            step,
            steps: &self.steps,
            clocks: &self.clocks,
            ground: &self.ground,
        }
        .answer()
        .unwrap()
    }

    #[track_caller]
    fn lacks(&self, step: &str) -> Vec<Missing> {
        self.ask(step).unwrap_err().missing
    }
}

fn posted() -> Case {
    Case::new("posted", "li")
        .taken("post", "wang", date(2021, 9, 10), "{}")
        .running("wait", date(2021, 9, 10), date(2021, 9, 18))
        .running("answer", date(2021, 9, 10), date(2021, 9, 27))
}

#[test]
fn a_step_leads_on_and_starts_its_terms() {
    let passage = Case::new("open", "li").ask("post").unwrap();
    assert_eq!(passage.to, "posted");
    let days: Vec<(&str, Date, Date)> = passage
        .starts
        .iter()
        .map(|started| (started.clock.as_str(), started.last_day, started.due.date))
        .collect();
    assert_eq!(
        days,
        [
            ("wait", date(2021, 9, 17), date(2021, 9, 18)),
            ("answer", date(2021, 9, 26), date(2021, 9, 26))
        ]
    );
}

#[test]
fn a_minimum_time_blocks_until_its_day_and_names_it() {
    let mut case = posted();
    case.today = date(2021, 9, 17);
    let text = case.ask("send").unwrap_err().to_string();
    for part in [
        "case C000001 is in state `posted`",
        "`send` is not possible",
        "runs until 2021-09-17",
        "from 2021-09-18",
    ] {
        assert!(text.contains(part), "{text}");
    }
    case.today = date(2021, 9, 18);
    let passage = case.ask("send").unwrap();
    assert_eq!(
        (passage.to.as_str(), passage.meets.as_slice()),
        ("sent", &[11][..])
    );
}

#[test]
fn a_term_may_follow_the_end_of_another() {
    let mut case = posted();
    case.today = date(2021, 9, 18);
    let passage = case.ask("send").unwrap();
    // ten working days after 2021-09-10 end on 09-26 (make-up day); three more on 09-29
    assert_eq!(passage.starts[0].started_on, date(2021, 9, 26));
    assert_eq!(passage.starts[0].due.date, date(2021, 9, 29));
}

#[test]
fn a_step_far_away_names_the_way_and_what_holds_it_up() {
    let mut case = posted();
    case.today = date(2021, 9, 12);
    let text = case.ask("judge").unwrap_err().to_string();
    for part in [
        "`judge` is not possible",
        "may be taken from 2021-09-18",
        "`send` (步骤send) comes first; the role township_clerk takes it",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(
        text.matches("\n    hint: ").count(),
        text.matches("\n  - ").count()
    );
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let mut case = posted();
    case.roles = vec![Role::Auditor];
    case.area = 513_301_002_000;
    case.ground.objections = vec![4];
    let missing = case.lacks("send");
    assert!(
        matches!(
            missing.as_slice(),
            [
                Missing::Role { .. },
                Missing::Area { .. },
                Missing::Early { .. },
                Missing::Objections { .. }
            ]
        ),
        "{missing:?}"
    );
}

#[test]
fn another_user_is_needed_where_the_procedure_says_so() {
    let mut case = posted().taken(
        "visit",
        "zhao",
        date(2021, 9, 11),
        r#"{"investigators":["zhao","li"]}"#,
    );
    case.state = "sent";
    case.ground.say("opinion", "positive");
    for (user, four_eyes) in [
        ("wang", true),
        ("zhao", true),
        ("li", true),
        ("chen", false),
    ] {
        case.user = user;
        let found = case.ask("judge").map_err(|refusal| refusal.missing);
        match found {
            Ok(_) => assert!(!four_eyes, "{user}"),
            Err(missing) => {
                assert!(four_eyes, "{user}");
                assert!(
                    missing
                        .iter()
                        .all(|one| matches!(one, Missing::FourEyes { .. })),
                    "{missing:?}"
                );
            }
        }
    }
}

#[test]
fn the_condition_chooses_the_way() {
    let mut case = posted();
    case.state = "sent";
    case.user = "chen";
    assert!(
        case.ask("judge").is_ok(),
        "unknown words leave the step open"
    );
    case.ground.say("opinion", "negative");
    assert_eq!(case.ask("judge").unwrap().to, "no");
    case.ground.say("opinion", "none");
    let text = case.ask("judge").unwrap_err().to_string();
    assert!(
        text.contains("opinion == positive` or `opinion == negative")
            && text.contains("opinion = none"),
        "{text}"
    );
}

#[test]
fn a_step_is_taken_as_often_as_allowed() {
    let case = Case::new("open", "li");
    assert_eq!(case.ask("ask").unwrap().to, "open");
    let case = case.taken("ask", "li", date(2021, 9, 2), "{}");
    let text = case.ask("ask").unwrap_err().to_string();
    assert!(
        text.contains("1 time(s)") && text.contains("2021-09-02") && text.contains("art. 1"),
        "{text}"
    );
}

#[test]
fn a_need_looks_at_the_form_of_the_act() {
    let mut case = Case::new("open", "li");
    case.ground.form.investigators = Some(1);
    assert_eq!(
        case.lacks("visit"),
        [Missing::Investigators {
            given: 1,
            needed: 2
        }]
    );
    case.ground.form.investigators = Some(2);
    assert!(case.ask("visit").is_ok());
}

#[test]
fn lateness_is_marked_and_blocks_nothing() {
    let mut case = posted();
    case.state = "sent";
    case.user = "chen";
    case.today = date(2021, 10, 20);
    case.ground.say("opinion", "positive");
    let passage = case.ask("judge").unwrap();
    assert_eq!(passage.due.map(|due| due.date), Some(date(2021, 9, 27)));
}

#[test]
fn the_end_of_a_case_ends_its_terms_and_a_new_start_replaces_the_old() {
    let mut case = posted();
    case.state = "sent";
    case.user = "chen";
    case.ground.say("opinion", "positive");
    assert_eq!(
        case.ask("judge").unwrap().meets,
        [11, 12],
        "no step leaves `yes`"
    );
    let mut case = posted();
    case.state = "open";
    assert_eq!(
        case.ask("post").unwrap().meets,
        [11, 12],
        "both are begun anew"
    );
}

#[test]
fn a_closed_case_says_so() {
    let missing = Case::new("yes", "li").lacks("post");
    assert_eq!(
        missing,
        [Missing::NoWay {
            possible: Vec::new()
        }]
    );
}

#[test]
fn what_the_pack_names_and_nobody_knows_is_an_error_of_the_pack() {
    let mut case = Case::new("open", "li");
    case.procedure.steps[1].needs = words(&["moonlight"]);
    let ctx = Ctx {
        actor: Actor {
            username: "li".to_owned(),
            roles: BTreeSet::from([Role::TownshipClerk]),
            division: VILLAGE,
        },
        at: cst_timestamp(case.today, 9, 0, 0),
    };
    let ask = Ask {
        programme: "test",
        procedure: &case.procedure,
        calendar: WorkCalendar::embedded(),
        ctx: &ctx,
        today: case.today,
        whom: String::new(),
        state: "open",
        division: VILLAGE,
        step: "visit",
        steps: &[],
        clocks: &[],
        ground: &case.ground,
    };
    let text = ask.answer().unwrap_err().to_string();
    assert!(
        text.contains("moonlight") && text.contains("procedure T1"),
        "{text}"
    );
}

#[test]
fn every_step_of_the_packs_is_understood() {
    let packs = minsheng_policy::PackSet::embedded("cn-513301").unwrap();
    let mut steps = 0;
    for programme in packs.programmes() {
        for procedure in &programme.procedures {
            for step in &procedure.steps {
                let mut case = Case::new("", "li");
                case.procedure = procedure.clone();
                case.ground.say("near_relative", "yes");
                let ctx = Ctx {
                    actor: Actor {
                        username: "li".to_owned(),
                        roles: Role::ALL.into_iter().collect(),
                        division: VILLAGE,
                    },
                    at: cst_timestamp(case.today, 9, 0, 0),
                };
                let ask = Ask {
                    programme: &programme.code,
                    procedure: &case.procedure,
                    calendar: WorkCalendar::embedded(),
                    ctx: &ctx,
                    today: case.today,
                    whom: String::new(),
                    state: &step.from[0],
                    division: VILLAGE,
                    step: &step.code,
                    steps: &[],
                    clocks: &[],
                    ground: &case.ground,
                };
                // A refusal is an answer; what nobody knows (role, need, clock, condition) is an error.
                let answer = ask.answer();
                assert!(answer.is_ok(), "{}: {answer:?}", step.code);
                steps += 1;
            }
        }
    }
    assert!(steps > 60, "{steps}");
}
