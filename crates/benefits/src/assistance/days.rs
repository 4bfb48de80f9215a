//! Processing days (提速办): how many working days each case took from acceptance to its decision, stage by stage,
//! against the limit of its law; and what that makes by township and month.
//!
//! A case that is not decided has no result: it runs, or was taken back. Must not know who reads it.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) art. 22 (30, in special cases 45 working days); day 1 is the day after
//! acceptance (Civil Code art. 201). 民发〔2012〕220号 sets terms for stages only.

use std::collections::BTreeMap;
use std::sync::Arc;

use minsheng_core::{Date, Month, WorkCalendar};
use minsheng_policy::{PackSet, Procedure};
use minsheng_registry::{CaseId, Desk};
use minsheng_store::{Query, Row, Scope, Value, statement};

use super::error::AssistanceError;
use super::service::programme;

const ACCEPT: &str = "accept";
const DECIDE: &str = "decide";
const WITHDRAW: &str = "withdraw";

statement! {
    STEPS_IN_AREA, scoped,
    "SELECT c.id, c.number, c.programme, c.division, c.accepted_on, c.pack_hash, c.state, s.step, s.from_state, s.to_state, s.acted_on, s.due_on
     FROM case_file c JOIN case_step s ON s.case_id = c.id
     WHERE c.accepted_on IS NOT NULL AND c.accepted_on >= ?1 AND c.accepted_on <= ?2 AND {scope:c.division} ORDER BY c.id, s.id"
}

/// How a case stands to its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Decided within the limit.
    Within,
    /// Decided after the limit.
    Late,
    /// Not decided; the limit is not reached.
    Running,
    /// Not decided, and the limit has passed.
    Overdue,
    /// Taken back before it was decided.
    Withdrawn,
}

/// A stage of a case: from the step before to the one that ended it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Stage {
    /// Code of the step that ended it.
    pub step: String,
    /// State it led from.
    pub from_state: String,
    /// State it led to.
    pub to_state: String,
    /// Day of that step.
    pub ended_on: Date,
    /// Working days since the stage before.
    pub days: u32,
    /// Whether the step came after the day that a term set for it.
    pub late: bool,
}

/// The days of one case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaseDays {
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// 12-digit code of the village.
    pub division: i64,
    /// Law of its procedure.
    pub law: String,
    /// State now.
    pub state: String,
    /// Day of acceptance.
    pub accepted_on: Date,
    /// Day of the decision, or on which it was taken back; nothing while it runs.
    pub ended_on: Option<Date>,
    /// Working days used: to the decision, or up to today.
    pub days: u32,
    /// The limit in working days; nothing where the law sets terms for stages only.
    pub limit: Option<i64>,
    /// Whether the limit is the one for special cases.
    pub extended: bool,
    /// Whether days lie outside of the calendar, so that the count may still change.
    pub provisional: bool,
    /// How it stands.
    pub standing: Standing,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
}

/// The days of one township in one month of decision.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TownshipDays {
    /// 12-digit code of the township.
    pub township: i64,
    /// Month of the decisions; nothing for cases that are not decided.
    pub month: Option<Month>,
    /// Decided cases.
    pub decided: usize,
    /// Of them within the limit.
    pub within: usize,
    /// Twice the median of their days, so that a half stays whole; nothing without a decided case.
    pub median_doubled: Option<u32>,
    /// The longest of them.
    pub longest: Option<u32>,
    /// Not decided: running, within the limit and past it.
    pub running: usize,
    /// Of the running ones, past the limit.
    pub overdue: usize,
    /// Taken back.
    pub withdrawn: usize,
    /// Decided late or overdue.
    pub late: Vec<CaseId>,
}

/// The days of the cases of the area that were accepted in a period; `today` counts for those that run.
///
/// # Errors
/// The registry's for a pack that does not load, [`AssistanceError::Procedure`], or the store's.
pub fn days(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    accepted: (Date, Date),
    today: Date,
) -> Result<Vec<CaseDays>, AssistanceError> {
    let period = [Value::from(accepted.0), Value::from(accepted.1)];
    let rows = q.scoped(&STEPS_IN_AREA, scope, &period)?;
    let mut packs: BTreeMap<String, Arc<PackSet>> = BTreeMap::new();
    let mut found = Vec::new();
    for steps in rows.chunk_by(|one, next| one.int(0).ok() == next.int(0).ok()) {
        let Some(first) = steps.first() else { continue };
        let hash = first.text(5)?;
        let set = match packs.get(hash) {
            Some(set) => Arc::clone(set),
            None => {
                let current = desk.packs.current();
                let set = if current.hash() == hash {
                    Arc::clone(current)
                } else {
                    desk.packs.by_hash(q, hash)?
                };
                packs.insert(hash.to_owned(), Arc::clone(&set));
                set
            }
        };
        let case = CaseId(first.int(0)?);
        let procedure = programme(&set, first.text(2)?)?
            .procedure_at(first.date(4)?)
            .map_err(|source| AssistanceError::Evaluation {
                whom: format!("case {case}"),
                source,
            })?;
        found.push(of_case(desk.calendar, procedure, case, steps, today)?);
    }
    Ok(found)
}

fn of_case(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    case: CaseId,
    steps: &[Row],
    today: Date,
) -> Result<CaseDays, AssistanceError> {
    let Some(first) = steps.first() else {
        return Err(AssistanceError::inconsistent(case, "it has no step"));
    };
    let accepted_on = first.date(4)?;
    let (mut stages, mut ended, mut extended) = (Vec::new(), None, false);
    let (mut since, mut provisional) = (None, false);
    for row in steps {
        let (step, from, to) = (row.text(7)?, row.text(8)?, row.text(9)?);
        let acted_on = row.date(10)?;
        extended |= procedure
            .steps_called(step)
            .any(|entry| !entry.extends.is_empty());
        if step == ACCEPT {
            since = Some(acted_on);
            continue;
        }
        let Some(before) = since.filter(|_| from != to && ended.is_none()) else {
            continue;
        };
        let (days, uncertain) = working_days(calendar, before, acted_on);
        provisional |= uncertain;
        stages.push(Stage {
            step: step.to_owned(),
            from_state: from.to_owned(),
            to_state: to.to_owned(),
            ended_on: acted_on,
            days,
            late: row.opt_date(11)?.is_some_and(|due| due < acted_on),
        });
        since = Some(acted_on);
        if step == DECIDE || step == WITHDRAW {
            ended = Some((acted_on, step == DECIDE));
        }
    }
    let until = ended.map_or(today.max(accepted_on), |(day, _)| day);
    let (days, uncertain) = working_days(calendar, accepted_on, until);
    let limit = limit(procedure, extended);
    let over = match limit {
        Some(limit) => i64::from(days) > limit,
        None => stages.iter().any(|stage| stage.late),
    };
    let standing = match (ended, over) {
        (Some((_, false)), _) => Standing::Withdrawn,
        (Some(_), false) => Standing::Within,
        (Some(_), true) => Standing::Late,
        (None, false) => Standing::Running,
        (None, true) => Standing::Overdue,
    };
    Ok(CaseDays {
        case,
        number: first.text(1)?.to_owned(),
        programme: first.text(2)?.to_owned(),
        division: first.int(3)?,
        law: procedure.law.clone(),
        state: first.text(6)?.to_owned(),
        accepted_on,
        ended_on: ended.map(|(day, _)| day),
        days,
        limit,
        extended: extended && limit.is_some(),
        provisional: provisional || uncertain,
        standing,
        stages,
    })
}

/// The limit from acceptance to the decision: the term that acceptance starts and the decision meets.
fn limit(procedure: &Procedure, extended: bool) -> Option<i64> {
    let started = procedure
        .steps_called(ACCEPT)
        .flat_map(|step| &step.starts)
        .find(|clock| {
            let mut decisions = procedure.steps_called(DECIDE);
            decisions.any(|step| step.meets.contains(*clock))
        })?;
    let clock = procedure.clock(started)?;
    Some(match clock.extended {
        Some(longer) if extended => longer,
        _ => clock.term,
    })
}

/// Working days after `from` up to and with `to`, and whether some of them lie outside of the calendar.
fn working_days(calendar: &WorkCalendar, from: Date, to: Date) -> (u32, bool) {
    let (mut count, mut provisional) = (0, false);
    let mut day = from;
    while day < to {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        let kind = calendar.is_working_day(day);
        count += u32::from(kind.is_working());
        provisional |= kind.is_provisional();
    }
    (count, provisional)
}

/// What cases make by township and month of decision, in this order; undecided cases stand without a month.
#[must_use]
pub fn by_township(cases: &[CaseDays]) -> Vec<TownshipDays> {
    let mut groups: BTreeMap<(i64, Option<Month>), Vec<&CaseDays>> = BTreeMap::new();
    for case in cases {
        let decided = matches!(case.standing, Standing::Within | Standing::Late);
        let month = case.ended_on.filter(|_| decided).map(Month::from_date);
        let township = case.division - case.division % VILLAGES;
        groups.entry((township, month)).or_default().push(case);
    }
    groups
        .into_iter()
        .map(|((township, month), cases)| {
            let count = |standing| {
                cases
                    .iter()
                    .filter(|case| case.standing == standing)
                    .count()
            };
            let mut days: Vec<u32> = cases
                .iter()
                .filter(|_| month.is_some())
                .map(|case| case.days)
                .collect();
            days.sort_unstable();
            let late =
                |case: &&&CaseDays| matches!(case.standing, Standing::Late | Standing::Overdue);
            TownshipDays {
                township,
                month,
                decided: days.len(),
                within: count(Standing::Within),
                median_doubled: median_doubled(&days),
                longest: days.last().copied(),
                running: count(Standing::Running) + count(Standing::Overdue),
                overdue: count(Standing::Overdue),
                withdrawn: count(Standing::Withdrawn),
                late: cases.iter().filter(late).map(|case| case.case).collect(),
            }
        })
        .collect()
}

/// The last digits of an area code name the village.
const VILLAGES: i64 = 1_000;

fn median_doubled(sorted: &[u32]) -> Option<u32> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper * 2);
    }
    Some(upper + sorted.get(middle.checked_sub(1)?)?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn working_days_of_the_handbook_are_counted_back() {
        let calendar = WorkCalendar::embedded();
        let accepted = date(2021, 9, 1);
        for (to, days) in [
            (date(2021, 9, 1), 0),
            (date(2021, 9, 6), 3),
            (date(2021, 10, 19), 30),
            (date(2021, 11, 9), 45),
        ] {
            assert_eq!(working_days(calendar, accepted, to), (days, false), "{to}");
        }
    }

    #[test]
    fn a_median_between_two_keeps_its_half() {
        assert_eq!(median_doubled(&[]), None);
        assert_eq!(median_doubled(&[7]), Some(14));
        assert_eq!(median_doubled(&[7, 10]), Some(17));
        assert_eq!(median_doubled(&[1, 7, 30]), Some(14));
    }
}
