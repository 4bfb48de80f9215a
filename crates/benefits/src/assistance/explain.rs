//! Why a household gets what it gets in a month: the decision in force, the determination derived anew from its
//! frozen facts with its own pack and the full trace, the amounts of the month by the pack that payments follow (the
//! one published last), and what self-executing facts leave of them.
//!
//! Nothing is read that was recorded after `known`, so an explanation of the past never changes.

use std::sync::Arc;

use minsheng_core::{Date, Fen, Month, Timestamp, cst_text};
use minsheng_policy::{KeyDates, Lang, MemberAmount, Outcome, PackSet, Reason, TraceStep};
use minsheng_registry::erasure::Erased;
use minsheng_registry::{CaseId, Desk, HouseholdId, PersonId, RegistryError, evidence, households};
use minsheng_store::{Query, Scope, TxNo, Value, statement};

use super::determine::{self, Frozen};
use super::error::AssistanceError;
use super::roll::{self, InForce};
use super::rules::{DecisionKind, DecisionRow, decision_for, ended_by_death};
use super::service::programme;

statement! {
    DECISION_WORDS, internal "the explanation of one household, whose area was checked",
    "SELECT decided_on, decided_by, reason FROM decision WHERE id = ?1"
}
statement! {
    OPEN_CASES, internal "the explanation of one household, whose area was checked",
    "SELECT c.id, c.programme FROM case_file c
     WHERE c.household_id = ?1 AND c.tx <= ?2
       AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.case_id = c.id AND d.tx <= ?2)
     ORDER BY c.id"
}

statement! {
    PUBLISHED, internal "packs hold no persons",
    "SELECT hash FROM pack_published WHERE authority = ?1 AND tx <= ?2 ORDER BY id DESC LIMIT 1"
}

/// The explanation of a household's month.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    /// The household, as `H000123`.
    pub household: String,
    /// The month.
    pub month: Month,
    /// The moment of knowledge: the time of the last transaction that was looked at, RFC 3339.
    pub known_at: Option<String>,
    /// Number of that transaction.
    pub known_tx: i64,
    /// The case that governs the month; the first one where persons of the household have cases of their own.
    #[serde(flatten)]
    pub answer: Answer,
    /// The other cases of the household that govern the month.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Answer>,
}

/// What one case says about the month.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Answer {
    /// Programme code.
    pub programme: Option<String>,
    /// The case, as `C000123`.
    pub case: Option<String>,
    /// The decision in force.
    pub decision: Option<DecisionView>,
    /// Law by which the case is decided.
    pub law: Option<String>,
    /// `entitled`, `ended`, `refused`, `stopped`, `not_yet`, `undecided`, `erased` or `no_case`.
    pub outcome: &'static str,
    /// Members with an amount, those whose share ended by death among them.
    pub members: Vec<MemberView>,
    /// What the household is entitled to in the month.
    pub total_fen: i64,
    /// Reasons of a refusal or stop.
    pub reasons: Vec<Reason>,
    /// The steps of the determination.
    pub trace: Vec<TraceStep>,
    /// When and why the facts were erased; trace and evidence are empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
    /// The frozen facts.
    pub evidence: Option<serde_json::Value>,
    /// The pack of the decision, by hash: eligibility and trace.
    pub pack: Option<String>,
    /// The pack by which the amounts of the month are reckoned, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amounts_pack: Option<String>,
}

/// A decision as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DecisionView {
    /// Key.
    pub id: i64,
    /// What was decided.
    pub kind: DecisionKind,
    /// Day of the decision.
    pub decided_on: Date,
    /// Who decided.
    pub decided_by: String,
    /// First month that it governs.
    pub effective_month: Month,
    /// Key of its determination.
    pub determination: Option<i64>,
}

/// A member's share.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MemberView {
    /// The person, as `P000123`.
    pub person: String,
    /// Name.
    pub name: String,
    /// Class code.
    pub class: String,
    /// Whole fen for the month; 0 after a death.
    pub amount_fen: i64,
    /// Day of death, if it ended the share before this month.
    pub ended_by_death: Option<Date>,
}

/// Explains a household's month as known at `known`.
///
/// # Errors
/// [`RegistryError::NotFound`] for a household outside of the area or not there; the pack's for facts that it
/// does not read; or the store's.
pub fn household_month(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
    month: Month,
    known: TxNo,
) -> Result<Explanation, AssistanceError> {
    if households::find(q, scope, household)?.is_none() {
        return Err(RegistryError::NotFound {
            what: "household",
            id: household.to_string(),
        }
        .into());
    }
    let mut answers = Vec::new();
    for case in roll::of_household(q, household, known)? {
        answers.push(answer(desk, q, &case, month, known)?);
    }
    for row in q.rows(&OPEN_CASES, &[Value::from(household), Value::from(known)])? {
        answers.push(Answer {
            case: Some(CaseId(row.int(0)?).to_string()),
            programme: Some(row.text(1)?.to_owned()),
            outcome: "undecided",
            ..Answer::default()
        });
    }
    // What is paid stands first, then what was decided last.
    answers.sort_by_key(|answer| {
        (
            answer.total_fen == 0,
            std::cmp::Reverse(answer.decision_key()),
        )
    });
    let mut answers = answers.into_iter();
    let first = answers.next().unwrap_or(Answer {
        outcome: "no_case",
        ..Answer::default()
    });
    Ok(Explanation {
        household: household.to_string(),
        month,
        known_at: q.tx_time(known)?.map(|time| time.to_string()),
        known_tx: known.0,
        answer: first,
        others: answers.collect(),
    })
}

impl Answer {
    fn decision_key(&self) -> i64 {
        self.decision
            .as_ref()
            .map_or(i64::MAX, |decision| decision.id)
    }
}

impl Explanation {
    /// The moment up to which everything is known, as people in China write it.
    #[must_use]
    pub fn known_text(&self) -> Option<String> {
        let text = self.known_at.as_deref()?;
        Some(
            text.parse::<Timestamp>()
                .map_or_else(|_| text.to_owned(), cst_text),
        )
    }

    /// The explanation in words, one fact per line.
    pub fn render(&self, lang: Lang) -> String {
        let known = self.known_text().unwrap_or_else(|| "-".to_owned());
        let mut lines = vec![match lang {
            Lang::Zh => format!("{} {} （截至 {known} 所知）", self.household, self.month),
            Lang::En => format!("{} {} (as known at {known})", self.household, self.month),
        }];
        for answer in std::iter::once(&self.answer).chain(&self.others) {
            answer.render(lang, &mut lines);
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

impl Answer {
    fn render(&self, lang: Lang, lines: &mut Vec<String>) {
        let say = |zh: &str, en: &str| match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        };
        let outcome = match self.outcome {
            "entitled" => say("享受待遇", "entitled"),
            "ended" => say("待遇已因死亡终止", "ended by death"),
            "refused" => say("不予确认", "refused"),
            "stopped" => say("已停发", "stopped"),
            "not_yet" => say("尚未到起始月份", "before its first month"),
            "erased" => say("档案已删除", "the record was erased"),
            "undecided" => say("尚未作出决定", "not yet decided"),
            _ => say("没有申请", "no case"),
        };
        let case = self.case.as_deref().unwrap_or("-");
        let programme = self.programme.as_deref().unwrap_or("-");
        lines.push(format!("{case} {programme}: {outcome}"));
        if let Some(erased) = &self.erased {
            lines.push(format!(
                "  {} {}: {} ({})",
                say("删除日期、理由", "erased on, ground"),
                erased.on,
                erased.ground,
                erased.cite
            ));
        }
        if let Some(decision) = &self.decision {
            lines.push(format!(
                "  {} {} {} {} → {} ({})",
                say("决定", "decision"),
                decision.id,
                decision.kind,
                decision.decided_on,
                decision.effective_month,
                self.law.as_deref().unwrap_or("-"),
            ));
        }
        for member in &self.members {
            let yuan = Fen::new(member.amount_fen);
            let ended = member
                .ended_by_death
                .map(|day| format!(" ({} {day})", say("已去世", "died")));
            lines.push(format!(
                "  {} {} {} {yuan}{}",
                member.person,
                member.name,
                member.class,
                ended.unwrap_or_default()
            ));
        }
        if !self.members.is_empty() {
            lines.push(format!(
                "  {} {}",
                say("合计", "total"),
                Fen::new(self.total_fen)
            ));
        }
        if let Some(pack) = &self.amounts_pack {
            lines.push(format!(
                "  {} {pack}",
                say(
                    "金额按后来公布的政策包计算；下列步骤按作出决定时的政策包",
                    "amounts by the pack published later, the steps below by the pack of the decision:"
                )
            ));
        }
        for reason in &self.reasons {
            lines.push(format!("  {} [{}]", reason.text.get(lang), reason.cite));
        }
        lines.extend(
            self.trace
                .iter()
                .map(|step| format!("    {}", step.render(lang))),
        );
    }
}

fn answer(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    case: &InForce,
    month: Month,
    known: TxNo,
) -> Result<Answer, AssistanceError> {
    // Before its first month a decision is shown all the same: it is what the household asks about.
    let governing = decision_for(&case.decisions, month)
        .or(case.decisions.first())
        .copied();
    let Some(decision) = governing else {
        return Ok(Answer {
            outcome: "undecided",
            ..Answer::default()
        });
    };
    let mut answer = Answer {
        programme: Some(case.programme.clone()),
        case: Some(case.case.to_string()),
        ..Answer::default()
    };
    let words = q.rows(&DECISION_WORDS, &[Value::from(decision.id)])?;
    let Some(words) = words.first() else {
        return Err(AssistanceError::NotFound {
            what: "decision",
            id: decision.id,
        });
    };
    answer.decision = Some(DecisionView {
        id: decision.id,
        kind: decision.kind,
        decided_on: words.date(0)?,
        decided_by: words.text(1)?.to_owned(),
        effective_month: decision.effective_month,
        determination: decision.determination,
    });
    if let Some(text) = words.opt_text(2)? {
        answer.reasons = serde_json::from_str::<Vec<StoredReason>>(text)
            .map_err(|error| {
                AssistanceError::inconsistent(format!("decision {}", decision.id), error)
            })?
            .into_iter()
            .map(StoredReason::into_reason)
            .collect();
    }
    if let Some(id) = decision.determination {
        let frozen = determine::frozen(q, id)?;
        answer.erased = frozen.erased.clone();
        if frozen.erased.is_none() {
            fill(desk, q, &mut answer, &frozen, &decision, month, known)?;
        }
    }
    answer.outcome = match decision.kind {
        _ if answer.erased.is_some() => "erased",
        DecisionKind::Refuse => "refused",
        _ if decision.effective_month > month => "not_yet",
        DecisionKind::Stop => "stopped",
        _ if answer.total_fen == 0 => "ended",
        _ => "entitled",
    };
    Ok(answer)
}

/// Derives the determination anew, with its own pack, and adds what it gives in the month by the rules that are in
/// force for payments.
fn fill(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    answer: &mut Answer,
    frozen: &Frozen,
    decision: &DecisionRow,
    month: Month,
    known: TxNo,
) -> Result<(), AssistanceError> {
    let packs = desk.packs.by_hash(q, &frozen.pack_hash)?;
    let key = KeyDates {
        acceptance: frozen.acceptance,
        month,
    };
    let determination = determine::evaluate(
        programme(&packs, &frozen.programme)?,
        &frozen.facts,
        &key,
        frozen.case,
    )?;
    if decision.kind.pays() && decision.effective_month <= month {
        let paying = paying_pack(desk, q, &packs, known)?;
        answer.amounts_pack = (paying.hash() != packs.hash()).then(|| paying.hash().to_owned());
        let amounts = roll::amounts(&paying, frozen, month)?;
        answer.members = views(q, frozen, &amounts, month, known)?;
        answer.total_fen = answer.members.iter().map(|member| member.amount_fen).sum();
    }
    if answer.reasons.is_empty() && determination.outcome == Outcome::Refused {
        answer.reasons = determination.reasons;
    }
    answer.law = Some(determination.law);
    answer.trace = determination.trace;
    answer.evidence = Some(frozen.facts.clone());
    answer.pack = Some(frozen.pack_hash.clone());
    Ok(())
}

/// The pack by which payments reckon: the one that was published last, as known at `known`; the decision's own if
/// none was.
pub(super) fn paying_pack(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    own: &Arc<PackSet>,
    known: TxNo,
) -> Result<Arc<PackSet>, AssistanceError> {
    let params = [Value::from(own.authority()), Value::from(known)];
    match q.rows(&PUBLISHED, &params)?.first() {
        Some(row) => Ok(desk.packs.by_hash(q, row.text(0)?)?),
        None => Ok(Arc::clone(own)),
    }
}

fn views(
    q: &mut dyn Query,
    frozen: &Frozen,
    amounts: &[MemberAmount],
    month: Month,
    known: TxNo,
) -> Result<Vec<MemberView>, AssistanceError> {
    let deaths = evidence::deaths(q, known)?;
    let members = households::members(q, frozen.household, frozen.evidence_on, frozen.known)?;
    let name = |person: i64| {
        members
            .iter()
            .find(|member| member.person.0 == person)
            .map(|member| member.name.clone())
    };
    Ok(amounts
        .iter()
        .map(|share| {
            let ended = ended_by_death(share.person, &deaths, month);
            MemberView {
                person: PersonId(share.person).to_string(),
                name: name(share.person).unwrap_or_default(),
                class: share.class.clone(),
                amount_fen: if ended {
                    Fen::ZERO.get()
                } else {
                    share.amount.get()
                },
                ended_by_death: deaths
                    .get(&PersonId(share.person))
                    .copied()
                    .filter(|_| ended),
            }
        })
        .collect())
}

/// A reason as the decision stores it.
#[derive(serde::Deserialize)]
struct StoredReason {
    code: String,
    text: minsheng_policy::Bilingual,
    cite: String,
}

impl StoredReason {
    fn into_reason(self) -> Reason {
        Reason {
            code: self.code,
            text: self.text,
            cite: self.cite,
        }
    }
}
