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
    /// What the user of the present act recorded about the household since the case was last decided.
    pub(crate) own_evidence: Option<Recorded>,
    /// Day of the event that the present act answers; its terms count from there, and otherwise from today.
    pub(crate) event: Option<Date>,
    /// What the form of the present act holds.
    pub(crate) form: Form,
    /// What else stands in the way, found by the act itself.
    pub(crate) found: Vec<Missing>,
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
    /// Whether the county visited the home.
    pub(crate) home_visit: Option<bool>,
    /// Whether a reason is given.
    pub(crate) reason: Option<bool>,
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
        if word == NEAR_RELATIVE && self.filed_as_near_relative() {
            return;
        }
        self.words.insert(word.to_owned(), value.to_owned());
    }

    /// Whether the case is filed as a near relative's.
    pub(crate) fn filed_as_near_relative(&self) -> bool {
        self.find(NEAR_RELATIVE) == Some("yes")
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
/// | `two_investigators` | the visit names two different investigators |
/// | `cross_check_started` | sources were asked |
/// | `cross_check_answered` | sources were asked and all have answered |
/// | `appraisal_record` | the appraisal names its participants, or was held |
/// | `evidence_complete` | the evidence decides the case (the act itself refuses while it does not) |
/// | `no_open_objection` | every objection is resolved |
/// | `home_visit_if_flagged` | the county visited the home of a near relative's case |
/// | `not_own_evidence` | the user recorded no evidence and no member of the household since the case was last decided |
/// | `reason` | a reason is given |
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
        "evidence_complete" => None,
        "no_open_objection" => (!objections.is_empty()).then(|| Missing::Objections {
            open: objections.clone(),
        }),
        "home_visit_if_flagged" => (ask.ground.filed_as_near_relative()
            && form.home_visit == Some(false))
        .then_some(Missing::HomeVisit),
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
        other => {
            return Err(ask.broken(format!(
                "step `{}` needs `{other}`, which is nothing known",
                ask.step
            )));
        }
    })
}
