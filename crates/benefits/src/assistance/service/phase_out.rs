//! Phase-out (渐退期): work lifts a household above the standard, and the old amount goes on for some months.
//!
//! It is made of decisions and nothing else: one that keeps the amount on the evidence on which it rested, and one
//! that stops it, which takes effect after the last month. Payments need not know. That only work ended the claim
//! is shown by asking the pack again about the new facts with the work income of the decision in force. Which
//! income that is, and how many months are allowed, stands in the pack.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 33; six months by the 2022 notice (assumed).

use std::sync::Arc;

use minsheng_core::{Date, Month};
use minsheng_policy::{Bilingual, Constant, Outcome, Programme, Reason};
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::{Query, Scope, Value, statement};
use serde_json::Value as Json;

use super::super::determine::{Found, evaluate, frozen};
use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::super::rules::DecisionRow;
use super::review::DECIDE_REVIEW;
use super::{Dossier, Sitting, programme, sit};

/// The word that a review's decision says.
pub(super) const PHASE_OUT: &str = "phase_out";
const END_PHASE_OUT: &str = "end_phase_out";
/// Parameters of the pack.
const MONTHS: &str = "phase_out_months";
const WORK_INCOME: &str = "phase_out_income";

statement! {
    PHASE_OUT_OF_CASE, internal "the phase-out of a case whose area is checked in the same act",
    "SELECT o.id, o.last_month FROM phase_out o
     WHERE o.case_id = ?1 AND o.closed_on IS NULL
       AND NOT EXISTS (SELECT 1 FROM decision l WHERE l.case_id = o.case_id AND l.id > o.decision_id)"
}
statement! {
    PHASE_OUTS, scoped,
    "SELECT o.case_id, c.number, c.programme, c.division, o.decision_id, o.last_month, d.decided_on
     FROM phase_out o JOIN case_file c ON c.id = o.case_id JOIN decision d ON d.id = o.decision_id
     WHERE o.closed_on IS NULL AND {scope:c.division}
       AND NOT EXISTS (SELECT 1 FROM decision l WHERE l.case_id = o.case_id AND l.id > o.decision_id)
     ORDER BY o.last_month, o.case_id"
}

/// The reviewer's choice to phase a benefit out.
#[derive(Debug, Clone)]
pub struct PhaseOut {
    /// For how many months the old amount goes on; none: as long as the pack allows.
    pub months: Option<i32>,
    /// Why.
    pub reason: String,
}

/// A phase-out that is granted.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    /// The determination in force, on which the kept amount rests.
    pub(super) determination: i64,
    /// Last month that is paid.
    pub(super) last_month: Month,
    cite: String,
}

impl Granted {
    pub(super) fn reason(&self) -> Reason {
        let last = self.last_month;
        Reason {
            code: PHASE_OUT.to_owned(),
            text: Bilingual::new(
                format!("就业使家庭收入超过标准，原待遇保留到 {last}（渐退期），以后自行停发。"),
                format!(
                    "Work has lifted the income above the standard; the amount goes on until {last} and then ends by itself."
                ),
            ),
            cite: self.cite.clone(),
        }
    }
}

impl Sitting<'_, '_> {
    /// The phase-out of a household whose claim `found` ends; nothing if it may not have one, which is remembered.
    pub(super) fn phasing_out(
        &mut self,
        dossier: &mut Dossier,
        found: &Found,
        standing: Option<DecisionRow>,
        wish: &PhaseOut,
        month: Month,
    ) -> Result<Option<Granted>, AssistanceError> {
        let packs = Arc::clone(self.desk.packs.current());
        let programme = programme(&packs, &dossier.case.programme)?;
        let step = dossier
            .procedure()?
            .steps_called(DECIDE_REVIEW)
            .find(|step| step.when.as_deref() == Some("review == phase_out"))
            .map(|step| step.cite.clone());
        let Some(cite) = step else {
            let law = dossier.procedure()?.law.clone();
            return self.no_phase_out(dossier, format!("{law}, the law of the case, knows none"));
        };
        if found.determination.outcome != Outcome::Refused {
            return self.no_phase_out(dossier, "the household is still eligible".to_owned());
        }
        let determination = standing
            .filter(|decision| decision.kind.pays())
            .and_then(|decision| decision.determination);
        let Some(determination) = determination else {
            return self.no_phase_out(dossier, "no amount is in force".to_owned());
        };
        let before = frozen(self.tx, determination)?.facts;
        let facts = with_work_income_of(programme, &found.facts, &before, self.today)?;
        let without = evaluate(programme, &facts, &found.key, dossier.case.id)?;
        if without.outcome != Outcome::Eligible {
            let codes: Vec<&str> = without.reasons.iter().map(|reason| &*reason.code).collect();
            let why = format!(
                "with the work income of the decision in force the claim ends as well ({})",
                codes.join(", ")
            );
            return self.no_phase_out(dossier, why);
        }
        let allowed = whole(programme, MONTHS, self.today)?;
        let months = wish.months.map_or(allowed, i64::from);
        if wish.reason.trim().is_empty() {
            return Err(AssistanceError::form(dossier.whom(), "reason", "say why"));
        }
        if !(1..=allowed).contains(&months) {
            return Err(AssistanceError::form(
                dossier.whom(),
                "months",
                format!("{months} is not between 1 and {allowed}"),
            ));
        }
        let last = i32::try_from(months - 1).unwrap_or(i32::MAX);
        Ok(Some(Granted {
            determination,
            last_month: month.plus(last),
            cite,
        }))
    }

    fn no_phase_out<T>(
        &mut self,
        dossier: &mut Dossier,
        why: String,
    ) -> Result<Option<T>, AssistanceError> {
        dossier.ground.found.push(Missing::PhaseOut { why });
        self.may(dossier, DECIDE_REVIEW)?;
        Ok(None)
    }
}

fn whole(programme: &Programme, name: &str, on: Date) -> Result<i64, AssistanceError> {
    let value = parameter(programme, name, on)?;
    value
        .as_int()
        .ok_or_else(|| AssistanceError::inconsistent(name, "is no whole number"))
}

fn parameter<'p>(
    programme: &'p Programme,
    name: &str,
    on: Date,
) -> Result<&'p Constant, AssistanceError> {
    let found = programme.parameter(name, on);
    found
        .map(|value| &value.value)
        .map_err(|source| AssistanceError::Evaluation {
            whom: programme.code.clone(),
            source,
        })
}

/// `facts` with the work income of each member as it was in `before`; nothing where a member had none.
fn with_work_income_of(
    programme: &Programme,
    facts: &Json,
    before: &Json,
    on: Date,
) -> Result<Json, AssistanceError> {
    let broken = || AssistanceError::inconsistent(WORK_INCOME, "is no list of kinds of records");
    let unit = programme
        .parameters
        .iter()
        .find(|parameter| parameter.name == WORK_INCOME)
        .map(|parameter| parameter.unit.as_str());
    // `codes(income.kind)`: the records and the field that tells their kinds apart.
    let (records, kind) = unit
        .and_then(|unit| {
            unit.strip_prefix("codes(")?
                .strip_suffix(')')?
                .split_once('.')
        })
        .ok_or_else(broken)?;
    let Constant::Codes(work) = parameter(programme, WORK_INCOME, on)? else {
        return Err(broken());
    };
    let is_work = |record: &&Json| {
        record[kind]
            .as_str()
            .is_some_and(|kind| work.iter().any(|work| work == kind))
    };
    let earned = |member: &Json, wanted: bool| -> Vec<Json> {
        let all = member[records].as_array().into_iter().flatten();
        all.filter(|record| is_work(record) == wanted)
            .cloned()
            .collect()
    };
    let old_members = before["household"]["members"].as_array();
    let mut changed = facts.clone();
    let members = changed["household"]["members"].as_array_mut();
    for member in members.into_iter().flatten() {
        let then = old_members
            .into_iter()
            .flatten()
            .find(|other| other["id"] == member["id"]);
        let mut income = earned(member, false);
        income.extend(then.map(|then| earned(then, true)).unwrap_or_default());
        member[records] = Json::Array(income);
    }
    Ok(changed)
}

/// A benefit that is being phased out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PhasingOut {
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// 12-digit code of the village.
    pub division: i64,
    /// Key of the decision that keeps the amount.
    pub decision: i64,
    /// Day of that decision.
    pub decided_on: Date,
    /// Last month that is paid.
    pub last_month: Month,
    /// Whether that month is over, so that the case can be closed.
    pub over: bool,
}

/// Benefits of the area that are being phased out, the first to end first.
///
/// # Errors
/// The store's.
pub fn phasing_out(
    q: &mut dyn Query,
    scope: &Scope,
    today: Date,
) -> Result<Vec<PhasingOut>, AssistanceError> {
    q.scoped(&PHASE_OUTS, scope, &[])?
        .iter()
        .map(|row| {
            let last_month = row.month(5)?;
            Ok(PhasingOut {
                case: CaseId(row.int(0)?),
                number: row.text(1)?.to_owned(),
                programme: row.text(2)?.to_owned(),
                division: row.int(3)?,
                decision: row.int(4)?,
                decided_on: row.date(6)?,
                last_month,
                over: last_month < Month::from_date(today),
            })
        })
        .collect()
}

/// Closes cases whose phase-out is over, all or none. It changes no payment: the stop was decided with the
/// phase-out.
///
/// # Errors
/// [`AssistanceError::Refused`] or the store's.
pub fn end_phase_out_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    cases: &[CaseId],
) -> Result<(), AssistanceError> {
    sit(desk, ctx, END_PHASE_OUT, |sitting| {
        let mut closed = Vec::with_capacity(cases.len());
        for mut dossier in sitting.load(cases)? {
            let params = [Value::from(dossier.case.id)];
            let rows = sitting.tx.rows(&PHASE_OUT_OF_CASE, &params)?;
            let row = rows.first();
            let last = row.map(|row| row.month(1)).transpose()?;
            let this_month = Month::from_date(sitting.today);
            if last.is_none_or(|last| last >= this_month) {
                dossier.ground.found.push(Missing::PhaseOutRuns { last });
            }
            let taken = sitting.take(&mut dossier, END_PHASE_OUT, super::Entry::default())?;
            if let (Some(_), Some(row)) = (taken, row) {
                closed.push((row.int(0)?, vec![Value::from(sitting.today)]));
            }
        }
        sitting
            .tx
            .update_many("phase_out", &["closed_on"], closed)?;
        Ok(())
    })
}
