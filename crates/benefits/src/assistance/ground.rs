//! What is recorded about a case as far as conditions and needs of steps look at it.
//!
//! Each act records words (`opinion = positive`, `cause = death`) in the detail of its step; the word recorded
//! last counts, except that a near relative's case stays one. The needs that a procedure may name are listed at [`unmet`].

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use serde_json::{Map, Value, json};

use super::error::AssistanceError;
use super::missing::Missing;
use super::procedure::Ask;
use super::records::StepRow;

/// Investigators that visit a home together (D21 art. 16, D12 art. 17: two or more).
const INVESTIGATORS: usize = 2;

/// The word that files a case as a near relative's.
pub(crate) const NEAR_RELATIVE: &str = "near_relative";

/// The word that a named report against the case says.
pub(crate) const REPORTED: &str = "reported";

/// Paper with which a household lets the committee file for it.
const COMMITTEE_AGREEMENT: &str = "committee_agreement";

/// What conditions and needs look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ground {
    words: BTreeMap<String, String>,
    /// Investigators by the key of the step that names them.
    named: BTreeMap<i64, BTreeSet<String>>,
    /// Papers asked for.
    asked: BTreeSet<String>,
    /// Papers handed in.
    handed: BTreeSet<String>,
    /// Sources asked, and whether each has answered.
    pub(crate) cross_checks: Vec<(String, bool)>,
    /// Keys of open objections.
    pub(crate) objections: Vec<i64>,
    /// Key of the step that raised an objection last.
    objected: Option<i64>,
    /// Key of the last new investigation or appraisal.
    examined: Option<i64>,
    /// Near relatives of staff among the members of the household, as registered.
    pub(crate) relatives: Vec<Registered>,
    /// Days of the county's own visits of the home, without those that were corrected.
    pub(crate) county_visits: Vec<Date>,
    /// Whether the case was drawn for a visit by lot.
    pub(crate) drawn: bool,
    /// Whether the committee filed the application, and then whether it is known who did.
    pub(crate) committee: Option<bool>,
    /// What the user of the present act recorded about the household since the case was last decided.
    pub(crate) own_evidence: Option<Recorded>,
    /// Day of the event that the present act answers; its terms count from there, and otherwise from today.
    pub(crate) event: Option<Date>,
    /// What the form of the present act holds.
    pub(crate) form: Form,
    /// What else stands in the way, found by the act itself.
    pub(crate) found: Vec<Missing>,
}

/// A member of the household who is a near relative of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    /// Key of the registration.
    pub(crate) id: i64,
    /// The member, as people write it.
    pub(crate) person: String,
    /// The user who is the relative; none for a committee member who is no user.
    pub(crate) username: Option<String>,
}

/// What a user recorded about a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// About whom, as people write it.
    pub(crate) about: BTreeSet<String>,
    /// The last day.
    pub(crate) on: Date,
}

/// What the form of an act holds, as far as needs look at it; nothing where the act has no such field.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form {
    /// Whether missing papers are listed.
    pub(crate) papers_listed: Option<bool>,
    /// Different investigators of this visit.
    pub(crate) investigators: Option<usize>,
    /// Whether the appraisal names its participants.
    pub(crate) appraisal: Option<bool>,
    /// Whether a reason is given.
    pub(crate) reason: Option<bool>,
    /// Whether a reviewer approved.
    pub(crate) approved: Option<bool>,
    /// Whether it is said who of the household takes the application back.
    pub(crate) withdrawn_by: Option<bool>,
    /// Whether a member refused suitable jobs so often that the share may be cut, or accepted work since.
    pub(crate) jobs_refused: Option<bool>,
    /// Whether the act records that a decision was revoked or changed.
    pub(crate) revoked: Option<bool>,
}

impl Ground {
    /// What the steps of a case recorded.
    pub(crate) fn of(steps: &[StepRow]) -> Result<Self, AssistanceError> {
        let mut ground = Ground::default();
        for step in steps {
            let broken =
                |reason: String| AssistanceError::inconsistent(format!("step {}", step.id), reason);
            let detail: Map<String, Value> =
                serde_json::from_str(&step.detail).map_err(|error| broken(error.to_string()))?;
            ground.read(step.id, &detail);
            match step.step.as_str() {
                "object" => ground.objected = Some(step.id),
                "reinvestigate" | "appraise" => ground.examined = Some(step.id),
                // A registration ended as a mistake takes the answer with it; it is asked for again.
                "end_relative" if detail.get("left") == Some(&json!(0)) => {
                    ground.forget(NEAR_RELATIVE);
                }
                "apply" => {
                    ground.committee = detail.get(COMMITTEE_NAMED).and_then(Value::as_bool);
                }
                _ => {}
            }
        }
        Ok(ground)
    }

    fn read(&mut self, step: i64, detail: &Map<String, Value>) {
        let texts = |name: &str| {
            let list = detail
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            list.filter_map(Value::as_str)
                .map(str::to_owned)
                .collect::<BTreeSet<String>>()
        };
        for (word, value) in detail
            .get("says")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if let Some(value) = value.as_str() {
                self.say(word, value);
            }
        }
        let investigators = texts("investigators");
        if !investigators.is_empty() {
            self.named.insert(step, investigators);
        }
        self.asked.extend(texts("asked"));
        self.handed.extend(texts("papers"));
    }

    /// Says a word anew. Once a case is filed as a near relative's it stays so.
    pub(crate) fn say(&mut self, word: &str, value: &str) {
        if word == NEAR_RELATIVE && self.find(NEAR_RELATIVE) == Some("yes") {
            return;
        }
        self.words.insert(word.to_owned(), value.to_owned());
    }

    /// Whether the case is filed as a near relative's: because the applicant said so, or because a member stands in
    /// the register of near relatives, whatever was said this time.
    pub(crate) fn filed_as_near_relative(&self) -> bool {
        self.find(NEAR_RELATIVE) == Some("yes") || !self.relatives.is_empty()
    }

    /// Why the county has to visit the home itself, if it has to: the first word that applies.
    pub(crate) fn visit_flag(&self) -> Option<&'static str> {
        [
            (NEAR_RELATIVE, self.filed_as_near_relative()),
            (REPORTED, self.find(REPORTED) == Some("yes")),
            ("spot_check", self.drawn),
        ]
        .into_iter()
        .find_map(|(word, applies)| applies.then_some(word))
    }

    /// Whether the objection raised last was examined by a new investigation or an appraisal.
    fn objection_examined(&self) -> bool {
        self.form.appraisal == Some(true)
            || self.examined.is_some() && self.examined > self.objected
    }

    /// Members of whom the user is a near relative.
    pub(crate) fn relatives_of(&self, user: &str) -> Vec<String> {
        let own = |row: &&Registered| row.username.as_deref() == Some(user);
        let rows = self.relatives.iter().filter(own);
        rows.map(|row| row.person.clone()).collect()
    }

    /// Takes a word as unknown: the act that asks is about to say it anew.
    pub(crate) fn forget(&mut self, word: &str) {
        self.words.remove(word);
    }

    pub(crate) fn find(&self, word: &str) -> Option<&str> {
        self.words.get(word).map(String::as_str)
    }

    /// A word as people are told of it.
    pub(crate) fn word(&self, word: &str) -> &str {
        self.find(word).unwrap_or("not recorded")
    }

    pub(crate) fn named_in(&self, step: i64, user: &str) -> bool {
        self.named
            .get(&step)
            .is_some_and(|names| names.contains(user))
    }
}

/// What the step of an application filed by the committee says of who filed it.
pub(crate) const COMMITTEE_NAMED: &str = "committee_named";

/// The detail of a step as it is recorded: the words that it says and whatever else belongs to the act.
pub(crate) fn detail(says: &[(&str, &str)], mut rest: Map<String, Value>) -> String {
    if !says.is_empty() {
        let words: Map<String, Value> = says
            .iter()
            .map(|(word, value)| ((*word).to_owned(), json!(value)))
            .collect();
        rest.insert("says".to_owned(), Value::Object(words));
    }
    Value::Object(rest).to_string()
}

/// What a need of the procedure lacks, if anything. The needs:
///
/// | need | met when |
/// |---|---|
/// | `authorisation` | this paper is handed in |
/// | `declaration` | this paper, and every paper that was asked for, is handed in |
/// | `missing_papers_listed` | the request names at least one paper |
/// | `near_relative_answer` | the question about near relatives was answered |
/// | `relative_named` | the answer was no, or it is registered who is whose near relative |
/// | `committee_agreement` | the committee did not file, or it is known who did and the household's agreement is handed in |
/// | `two_investigators` | the visit names two different investigators |
/// | `cross_check_started` | sources were asked |
/// | `cross_check_answered` | sources were asked and all have answered |
/// | `appraisal_record` | the appraisal names its participants, or was held |
/// | `objection_examined` | since the objection there was a new investigation or an appraisal, or the form holds one |
/// | `evidence_complete` | the evidence decides the case (the act itself refuses while it does not) |
/// | `no_open_objection` | every objection is resolved |
/// | `home_visit_if_flagged` | a visit of the county is recorded, where the case is a near relative's, reported or drawn by lot |
/// | `not_own_evidence` | the user recorded no evidence and no member of the household since the case was last decided |
/// | `approval` | another user, a reviewer, approved |
/// | `withdrawn_by` | it is said which adult member takes the application back |
/// | `reason` | a reason is given |
/// | `jobs_refused` | a member refused suitable jobs so often that the share may be cut, or accepted work since |
/// | `revoked_decision` | the act records that a decision was revoked or changed |
pub(crate) fn unmet(ask: &Ask<'_>, need: &str) -> Result<Option<Missing>, AssistanceError> {
    let Ground {
        form,
        asked,
        handed,
        cross_checks,
        objections,
        ..
    } = ask.ground;
    Ok(match need {
        "authorisation" => (!handed.contains(need)).then(|| Missing::Papers {
            papers: vec![need.to_owned()],
        }),
        "declaration" => {
            let own = BTreeSet::from([need.to_owned()]);
            let papers: Vec<String> = own
                .union(asked)
                .filter(|paper| !handed.contains(*paper))
                .cloned()
                .collect();
            (!papers.is_empty()).then_some(Missing::Papers { papers })
        }
        "missing_papers_listed" => {
            (form.papers_listed == Some(false)).then_some(Missing::PapersList)
        }
        "near_relative_answer" => ask
            .ground
            .find(NEAR_RELATIVE)
            .is_none()
            .then_some(Missing::NearRelative),
        "relative_named" => (ask.ground.find(NEAR_RELATIVE) == Some("yes")
            && ask.ground.relatives.is_empty())
        .then_some(Missing::RelativeUnnamed),
        "committee_agreement" => match ask.ground.committee {
            None => None,
            Some(false) => Some(Missing::CommitteeMember),
            Some(true) => (!handed.contains(COMMITTEE_AGREEMENT)).then(|| Missing::Papers {
                papers: vec![COMMITTEE_AGREEMENT.to_owned()],
            }),
        },
        "two_investigators" => form
            .investigators
            .filter(|given| *given < INVESTIGATORS)
            .map(|given| Missing::Investigators {
                given,
                needed: INVESTIGATORS,
            }),
        "cross_check_started" => cross_checks.is_empty().then_some(Missing::NoCrossCheck),
        "cross_check_answered" if cross_checks.is_empty() => Some(Missing::NoCrossCheck),
        "cross_check_answered" => {
            let open = cross_checks.iter().filter(|(_, answered)| !answered);
            let open: Vec<String> = open.map(|(source, _)| source.clone()).collect();
            (!open.is_empty()).then_some(Missing::CrossCheck { open })
        }
        "appraisal_record" => {
            let held = ask.steps.iter().any(|row| row.step == "appraise");
            (!form.appraisal.unwrap_or(held)).then_some(Missing::Appraisal)
        }
        "objection_examined" => {
            (!ask.ground.objection_examined()).then_some(Missing::ObjectionUnexamined)
        }
        "evidence_complete" => None,
        "no_open_objection" => (!objections.is_empty()).then(|| Missing::Objections {
            open: objections.clone(),
        }),
        "home_visit_if_flagged" => ask
            .ground
            .visit_flag()
            .filter(|_| ask.ground.county_visits.is_empty())
            .map(|flag| Missing::HomeVisit {
                flag: flag.to_owned(),
            }),
        "approval" => (form.approved == Some(false)).then_some(Missing::Approval),
        "withdrawn_by" => (form.withdrawn_by == Some(false)).then_some(Missing::WithdrawnBy),
        "not_own_evidence" => ask
            .ground
            .own_evidence
            .as_ref()
            .map(|own| Missing::OwnEvidence {
                user: ask.ctx.actor.username.clone(),
                about: own.about.iter().cloned().collect(),
                on: own.on,
            }),
        "reason" => (form.reason == Some(false)).then_some(Missing::Reason),
        "jobs_refused" => (form.jobs_refused != Some(true)).then_some(Missing::JobRefusals),
        "revoked_decision" => (form.revoked != Some(true)).then_some(Missing::NotRevoked),
        other => {
            return Err(ask.broken(format!(
                "step `{}` needs `{other}`, which is nothing known",
                ask.step
            )));
        }
    })
}
