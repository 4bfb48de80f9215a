//! Two sets of rules asked about the whole area on the same facts.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::{Date, Fen, Month};
use minsheng_policy::{KeyDates, Outcome, PackSet};
use minsheng_registry::facts::HouseholdRows;
use minsheng_registry::{Desk, HouseholdId, erasure, evidence, facts, households};
use minsheng_store::{Query, Scope};
use serde_json::Value as Json;

use super::cliff::{Cliff, cliff};
use super::totals::{Cost, MonthCost};
use super::{Answer, Effect, HouseholdType, Line, Simulation, Standing};
use crate::assistance::AssistanceError;
use crate::assistance::determine::{evaluate, nobody_left};
use crate::assistance::roll::{InForce, in_force};
use crate::assistance::service::programme;
use crate::drift::{Difference, Kind, Night, going_on, running, served, unread};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The other rules.
    pub rules: &'a PackSet,
    /// The day on which the facts are true.
    pub on: Date,
    /// First month of the period; its amounts are those of the lines.
    pub from: Month,
    /// Last month of the period, whose costs are summed.
    pub to: Month,
}

/// Asks the rules in force and the other ones about every case in force and every household without one, on the facts
/// of the day as known now. Writes nothing. `told` hears how many of how many households are done.
///
/// # Errors
/// [`AssistanceError::Programme`] where the other rules lack a programme in which a case is in force;
/// [`AssistanceError::Facts`] or [`AssistanceError::Evaluation`] naming the case for which rules give no answer; the
/// store's.
pub fn simulate(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    asked: &Asked<'_>,
    told: &mut dyn FnMut(usize, usize),
) -> Result<Simulation, AssistanceError> {
    let known = q.last_tx()?;
    let granted = in_force(q, known)?;
    let last: BTreeMap<_, _> = granted
        .iter()
        .filter_map(|case| Some((case.case, case.decisions.last()?)))
        .map(|(case, decision)| (case, (decision.tx, decision.kind)))
        .collect();
    let cases = going_on(&granted, scope);
    let running = running(desk, q, &last, known)?;
    let gone = erasure::households(q)?;
    let others: Vec<(HouseholdId, i64, bool)> = households::all(q, known)?
        .into_iter()
        .filter(|(household, division)| {
            scope.contains(*division) && !running.is_whole(*household) && !gone.contains(household)
        })
        .map(|(household, division)| (household, division, !running.has_case(household)))
        .collect();
    let mut keys: Vec<HouseholdId> = cases.iter().map(|case| case.household).collect();
    keys.extend(others.iter().map(|(household, ..)| *household));
    let total = keys.len();
    let rows = facts::rows_of(q, &keys, asked.on, known, &mut |done| told(done / 2, total))?;
    let nothing = HouseholdRows::default();
    let deaths = evidence::deaths(q, known)?;
    let served = served(q, known)?;
    let nobody = BTreeSet::new();
    let night = |packs| Night {
        packs,
        on: asked.on,
        known,
        deaths: &deaths,
        served: &served,
        under_review: &nobody,
        apart: running.apart(),
    };
    let both = [night(desk.packs.current()), night(asked.rules)];

    let mut lines = Vec::new();
    let mut costs = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        let rows = rows.get(&case.household).unwrap_or(&nothing);
        lines.push(of_case(&both, case, rows, asked, &mut costs)?);
        told((total + at) / 2, total);
    }
    for (household, division, whole) in others {
        let rows = rows.get(&household).unwrap_or(&nothing);
        let ask = |night: &Night<'_>| night.of_household(household, division, rows, whole);
        let (before, after) = (ask(&both[0])?, ask(&both[1])?);
        let programme = after.as_ref().or(before.as_ref());
        let Some(programme) = programme.map(|found| found.programme.clone()) else {
            continue;
        };
        let (before, after) = (of_difference(before), of_difference(after));
        lines.push(Line {
            household,
            case: None,
            programme,
            division,
            household_type: type_of(rows, asked.on),
            effect: Effect::of(&before, &after),
            before,
            after,
            cliff_before: None,
            cliff_after: None,
        });
    }
    told(total, total);
    let costs = costs
        .into_iter()
        .map(|((month, programme), [before, after])| MonthCost {
            month,
            programme,
            before_fen: before.sum,
            after_fen: after.sum,
            unclear_before: before.unclear,
            unclear_after: after.unclear,
        });
    Ok(Simulation {
        on: asked.on,
        month: asked.from,
        known,
        before_hash: desk.packs.current().hash().to_owned(),
        after_hash: asked.rules.hash().to_owned(),
        lines,
        costs: costs.collect(),
    })
}

/// Costs of month and programme under both sets of rules.
type Costs = BTreeMap<(Month, String), [Cost; 2]>;

fn of_case(
    both: &[Night<'_>; 2],
    case: &InForce,
    rows: &HouseholdRows,
    asked: &Asked<'_>,
    costs: &mut Costs,
) -> Result<Line, AssistanceError> {
    let mut ask = |side: usize| {
        let night = &both[side];
        let facts = facts_of(night, case, rows)?;
        let first = answer(night, case, &facts, asked.from)?;
        let mut month = asked.from;
        while month <= asked.to {
            let key = (month, case.programme.clone());
            let answer = answer(night, case, &facts, month)?;
            costs.entry(key).or_default()[side].add(&answer);
            month = month.next();
        }
        let cliff = cliff_of(night, case, &facts, asked.from, &first)?;
        Ok::<_, AssistanceError>((first, cliff))
    };
    let (before, cliff_before) = ask(0)?;
    let (after, cliff_after) = ask(1)?;
    Ok(Line {
        household: case.household,
        case: Some(case.case),
        programme: case.programme.clone(),
        division: case.division,
        household_type: type_of(rows, asked.on),
        effect: Effect::of(&before, &after),
        before,
        after,
        cliff_before,
        cliff_after,
    })
}

/// The facts of a case as one set of rules declares them; nothing where nobody can be asked.
fn facts_of(
    night: &Night<'_>,
    case: &InForce,
    rows: &HouseholdRows,
) -> Result<Option<Json>, AssistanceError> {
    let programme = programme(night.packs, &case.programme)?;
    let single = case.single.then_some(case.applicant);
    if rows.erased.is_some() {
        return Ok(None);
    }
    let facts = night.facts(&programme.evidence, case.household, single, rows);
    Ok((!unread(&facts, single)).then_some(facts))
}

fn answer(
    night: &Night<'_>,
    case: &InForce,
    facts: &Option<Json>,
    month: Month,
) -> Result<Answer, AssistanceError> {
    let Some(facts) = facts else {
        return Ok(undetermined());
    };
    if nobody_left(case.single.then_some(case.applicant), facts) {
        return Ok(not_entitled(Vec::new()));
    }
    let programme = programme(night.packs, &case.programme)?;
    let found = evaluate(programme, facts, &key_of(case, month), case.case)?;
    Ok(match found.outcome {
        Outcome::Eligible => Answer {
            standing: Standing::Entitled,
            amount_fen: Some(found.total),
            members: found.members,
            reasons: Vec::new(),
        },
        Outcome::Refused => not_entitled(
            found
                .reasons
                .into_iter()
                .map(|reason| reason.code)
                .collect(),
        ),
        Outcome::Undetermined { .. } => undetermined(),
    })
}

fn cliff_of(
    night: &Night<'_>,
    case: &InForce,
    facts: &Option<Json>,
    month: Month,
    answer: &Answer,
) -> Result<Option<Cliff>, AssistanceError> {
    let (Some(facts), Standing::Entitled, Some(now)) = (facts, answer.standing, answer.amount_fen)
    else {
        return Ok(None);
    };
    let programme = programme(night.packs, &case.programme)?;
    cliff(programme, facts, &key_of(case, month), now, case.case)
}

fn key_of(case: &InForce, month: Month) -> KeyDates {
    KeyDates {
        acceptance: case.acceptance,
        month,
    }
}

/// What is said of a household without a case: what an application would be granted.
fn of_difference(found: Option<Difference>) -> Answer {
    match found {
        Some(found) if found.kind == Kind::MayQualify => Answer {
            standing: Standing::Entitled,
            amount_fen: found.after_fen(),
            members: found.after,
            reasons: Vec::new(),
        },
        Some(_) => undetermined(),
        None => not_entitled(Vec::new()),
    }
}

const fn undetermined() -> Answer {
    Answer {
        standing: Standing::Undetermined,
        amount_fen: None,
        members: Vec::new(),
        reasons: Vec::new(),
    }
}

const fn not_entitled(reasons: Vec<String>) -> Answer {
    Answer {
        standing: Standing::NotEntitled,
        amount_fen: Some(Fen::ZERO),
        members: Vec::new(),
        reasons,
    }
}

fn type_of(rows: &HouseholdRows, day: Date) -> Option<HouseholdType> {
    let living = rows
        .members
        .iter()
        .filter(|member| !facts::dead(member, day));
    let births: Vec<Date> = living.map(|member| member.birth).collect();
    HouseholdType::of(&births, day)
}
