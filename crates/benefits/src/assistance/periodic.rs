//! The list of periodic reviews: which household is due when, and in which category.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 31; its predecessor 民发〔2012〕220号 art. 33.

use std::collections::BTreeMap;

use minsheng_core::Date;
use minsheng_policy::{Bilingual, Procedure};
use minsheng_registry::{CaseId, Desk, HouseholdId};
use minsheng_store::{Query, Scope, Value, statement};

use super::error::AssistanceError;
use super::ground::Ground;
use super::records::{self, case_of, step_of};
use super::service::{REVIEW_CLOCK, programme};

statement! {
    REVIEWS_DUE, scoped,
    "SELECT k.case_id, k.started_on, k.due_on, k.provisional
     FROM case_clock k JOIN case_file c ON c.id = k.case_id
     WHERE k.clock = ?1 AND k.met_on IS NULL AND k.due_on <= ?2 AND {scope:c.division} ORDER BY k.due_on, k.case_id"
}

/// A periodic review that is due.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReviewDue {
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// The household.
    pub household: HouseholdId,
    /// 12-digit code of the village.
    pub division: i64,
    /// Law of the case.
    pub law: Option<String>,
    /// Code of the category; nothing while neither the pack nor a clerk has said it.
    pub category: Option<String>,
    /// The category in words.
    pub category_name: Option<Bilingual>,
    /// Day of the decision from which the term counts.
    pub since: Date,
    /// Last day.
    pub due_on: Date,
    /// Whether the day rests on a year outside of the calendar.
    pub provisional: bool,
    /// Whether the day has passed.
    pub overdue: bool,
}

/// Reviews of the area that are due by `by` and not yet opened, the nearest first; `today` says which are overdue.
///
/// # Errors
/// The store's, or the registry's for a pack that does not load.
pub fn reviews_due(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    by: Date,
    today: Date,
) -> Result<Vec<ReviewDue>, AssistanceError> {
    let rows = q.scoped(
        &REVIEWS_DUE,
        scope,
        &[Value::from(REVIEW_CLOCK), Value::from(by)],
    )?;
    let keys: Vec<i64> = rows
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<_, _>>()?;
    let mut cases = BTreeMap::new();
    for row in records::CASE_BY_ID.rows(q, &keys)? {
        let case = case_of(&row)?;
        cases.insert(case.id.0, case);
    }
    let mut steps: BTreeMap<i64, Vec<records::StepRow>> = BTreeMap::new();
    for row in records::STEPS.rows(q, &keys)? {
        let step = step_of(&row)?;
        steps.entry(step.case.0).or_default().push(step);
    }
    let mut due = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = row.int(0)?;
        let case = cases
            .get(&key)
            .ok_or(AssistanceError::NoCase(CaseId(key)))?;
        let packs = desk.packs.by_hash(q, &case.pack_hash)?;
        let programme = programme(&packs, &case.programme)?;
        let procedure = programme.procedure_at(case.key_date()).map_err(|source| {
            AssistanceError::Evaluation {
                whom: case.id.to_string(),
                source,
            }
        })?;
        let ground = Ground::of(steps.get(&key).map(Vec::as_slice).unwrap_or_default())?;
        let word = word_of(procedure);
        let category = word.and_then(|word| ground.find(word)).map(str::to_owned);
        let name = word
            .zip(category.as_deref())
            .and_then(|(word, code)| programme.code_label(word, code).cloned());
        let due_on = row.date(2)?;
        due.push(ReviewDue {
            case: case.id,
            number: case.number.clone(),
            programme: case.programme.clone(),
            household: case.household,
            division: case.division,
            law: case.law.clone(),
            category,
            category_name: name,
            since: row.date(1)?,
            due_on,
            provisional: row.bool(3)?,
            overdue: due_on < today,
        });
    }
    Ok(due)
}

/// The word on which the term of the periodic review depends.
fn word_of(procedure: &Procedure) -> Option<&str> {
    procedure
        .clock(REVIEW_CLOCK)
        .and_then(|clock| clock.by.as_deref())
}
