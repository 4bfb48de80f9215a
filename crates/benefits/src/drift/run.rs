//! The nightly list as it is kept: what newly differs is entered, what no longer differs is cleared with the
//! reason, and what still differs stays the entry that it was.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk, HouseholdId, Role};
use minsheng_store::{Query, Row, Scope, Tx, TxNo, Value, statement};
use serde_json::json;

use super::compare::{Difference, Kind};
use super::survey::{Survey, survey};
use crate::assistance::{AssistanceError, DecisionKind};

statement! {
    LAST_RUN, internal "a table without persons",
    "SELECT id, ran_on, known_tx, pack_hash, cases, households, tx FROM drift_run ORDER BY id DESC LIMIT 1"
}
statement! {
    OPEN_ENTRIES, internal "a whole-county computation that gives keys only",
    "SELECT id, case_id, household_id, programme, kind, result_hash, facts_hash, handled, tx, run_id FROM drift_entry
     WHERE closed_on IS NULL ORDER BY id"
}

/// Label of the keyed hashes by which a difference is known again.
const LABEL: &str = "drift";
/// Word of an entry for which a review was opened.
pub(crate) const REVIEW: &str = "review";
/// Word of an entry that was dismissed.
pub(crate) const DISMISSED: &str = "dismissed";

/// A run as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunRow {
    pub(crate) id: i64,
    pub(crate) ran_on: Date,
    pub(crate) known: TxNo,
    pub(crate) pack_hash: String,
    pub(crate) cases: i64,
    pub(crate) households: i64,
    pub(crate) tx: TxNo,
}

/// The last run that was kept.
pub(crate) fn last_run(q: &mut dyn Query) -> Result<Option<RunRow>, AssistanceError> {
    let rows = q.rows(&LAST_RUN, &[])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(RunRow {
        id: row.int(0)?,
        ran_on: row.date(1)?,
        known: row.tx(2)?,
        pack_hash: row.text(3)?.to_owned(),
        cases: row.int(4)?,
        households: row.int(5)?,
        tx: row.tx(6)?,
    }))
}

/// What a night did to the list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RunReport {
    /// Key of the run; that of the run before if nothing changed since on the same day.
    pub run: i64,
    /// Its day.
    pub on: Date,
    /// Cases in force that were compared.
    pub cases: usize,
    /// Households without a case that were looked at.
    pub households: usize,
    /// Entries that are new.
    pub opened: usize,
    /// Entries that were cleared.
    pub cleared: usize,
    /// Entries that still differ.
    pub holding: usize,
    /// Whether anything was written.
    pub recorded: bool,
}

/// About whom an entry is: a case, or a household without one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    Case(i64),
    Household(i64),
}

impl About {
    pub(crate) fn of(case: Option<i64>, household: i64) -> Self {
        case.map_or(About::Household(household), About::Case)
    }
}

/// An entry that is not cleared.
pub(crate) struct OpenEntry {
    pub(crate) id: i64,
    pub(crate) about: About,
    household: HouseholdId,
    pub(crate) kind: Kind,
    pub(crate) result_hash: Vec<u8>,
    pub(crate) facts_hash: Vec<u8>,
    pub(crate) handled: Option<String>,
    tx: TxNo,
}

pub(crate) fn open_entry_of(row: &Row) -> Result<OpenEntry, AssistanceError> {
    let id = row.int(0)?;
    let kind = row.text(4)?.parse();
    Ok(OpenEntry {
        id,
        about: About::of(row.opt_int(1)?, row.int(2)?),
        household: HouseholdId(row.int(2)?),
        kind: kind
            .map_err(|reason| AssistanceError::inconsistent(format!("drift entry {id}"), reason))?,
        result_hash: row.blob(5)?.to_vec(),
        facts_hash: row.blob(6)?.to_vec(),
        handled: row.opt_text(7)?.map(str::to_owned),
        tx: row.tx(8)?,
    })
}

impl OpenEntry {
    /// Whether the difference of today is this entry: the same result, and after a dismissal also the same
    /// facts. While the review that it led to is open, it is the entry whatever else changes.
    pub(crate) fn holds(&self, today: &Today<'_>) -> bool {
        match self.handled.as_deref() {
            Some(REVIEW) if today.difference.under_review => true,
            Some(DISMISSED) => {
                self.result_hash == today.result_hash && self.facts_hash == today.facts_hash
            }
            _ => self.result_hash == today.result_hash,
        }
    }

    /// Why it no longer differs.
    fn cleared_because(&self, survey: &Survey) -> &'static str {
        match &self.about {
            About::Household(_) if survey.running.applied_since(self.household, self.tx) => {
                "applied"
            }
            About::Household(_) => "facts",
            About::Case(case) => match survey.last.get(&CaseId(*case)) {
                Some((tx, kind)) if *tx > self.tx => {
                    if *kind == DecisionKind::Stop && self.kind != Kind::WouldStop {
                        "ended"
                    } else {
                        "decided"
                    }
                }
                _ => "facts",
            },
        }
    }
}

statement! {
    OPEN_BY_HASH, internal "a whole-county computation that gives a number only",
    "SELECT COUNT(*) FROM drift_entry WHERE closed_tx IS NULL"
}

/// How many entries of the list are known again by keyed hashes. While there are any, the key of hashes stays: the
/// next night would know none of them again.
///
/// # Errors
/// The store's.
pub fn known_by_hash(q: &mut dyn Query) -> Result<i64, minsheng_store::StoreError> {
    let rows = q.rows(&OPEN_BY_HASH, &[])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// A difference with what it is known again by.
pub(crate) struct Today<'d> {
    pub(crate) difference: &'d Difference,
    pub(crate) result_hash: Vec<u8>,
    pub(crate) facts_hash: Vec<u8>,
}

/// The differences of a survey, by whom they are about.
pub(crate) fn hashed<'d>(
    q: &mut dyn Query,
    survey: &'d Survey,
) -> Result<BTreeMap<About, Today<'d>>, AssistanceError> {
    let mut found = BTreeMap::new();
    for difference in &survey.differences {
        let about = About::of(difference.case.map(|case| case.0), difference.household.0);
        let today = Today {
            difference,
            result_hash: q.search_hash(LABEL, &difference.result_text())?,
            facts_hash: q.search_hash(LABEL, &difference.facts_text())?,
        };
        found.insert(about, today);
    }
    Ok(found)
}

const ENTRY_COLUMNS: [&str; 15] = [
    "run_id",
    "case_id",
    "household_id",
    "division",
    "programme",
    "kind",
    "cause",
    "month",
    "before_fen",
    "after_fen",
    "persons_before",
    "persons_after",
    "detail",
    "result_hash",
    "facts_hash",
];

/// Compares the whole county as known now and brings the list up to date. A second run of a day that finds the
/// list as it is writes nothing. `told` hears how many of how many households are done.
///
/// # Errors
/// [`minsheng_registry::RegistryError::Role`], [`minsheng_registry::RegistryError::WholeCounty`]; otherwise as
/// [`super::current`].
pub fn run(
    desk: &Desk<'_>,
    ctx: &Ctx,
    told: &mut dyn FnMut(usize, usize),
) -> Result<RunReport, AssistanceError> {
    ctx.require_any(&[Role::Officer, Role::Reviewer, Role::Administrator])?;
    ctx.require_whole_county()?;
    desk.store.write(&ctx.act("drift.run"), |tx| {
        let (on, known) = (ctx.today(), tx.last_tx()?);
        let packs = desk.packs.current();
        let survey = survey(desk, tx, packs, &Scope::county(), on, known, told)?;
        keep(tx, ctx, &survey)
    })
}

fn keep(tx: &mut Tx<'_>, ctx: &Ctx, survey: &Survey) -> Result<RunReport, AssistanceError> {
    let today = hashed(tx, survey)?;
    let rows = tx.rows(&OPEN_ENTRIES, &[])?;
    let open: Vec<OpenEntry> = rows.iter().map(open_entry_of).collect::<Result<_, _>>()?;
    let mut held = BTreeSet::new();
    let mut cleared = Vec::new();
    for entry in &open {
        match today.get(&entry.about) {
            Some(found) if entry.holds(found) => {
                held.insert(entry.about.clone());
            }
            Some(_) => cleared.push((entry.id, "changed")),
            None => cleared.push((entry.id, entry.cleared_because(survey))),
        }
    }
    let new: Vec<&Today<'_>> = today
        .iter()
        .filter(|(about, found)| !held.contains(*about) && !found.difference.under_review)
        .map(|(_, found)| found)
        .collect();
    let mut report = RunReport {
        run: 0,
        on: survey.on,
        cases: survey.cases,
        households: survey.households,
        opened: new.len(),
        cleared: cleared.len(),
        holding: held.len(),
        recorded: true,
    };
    if let Some(last) = last_run(tx)? {
        let same_night = last.ran_on == survey.on && last.pack_hash == survey.pack_hash;
        if same_night && new.is_empty() && cleared.is_empty() {
            report.run = last.id;
            report.recorded = false;
            return Ok(report);
        }
    }
    report.run = tx.insert(
        "drift_run",
        &[
            ("ran_on", Value::from(survey.on)),
            ("known_tx", Value::from(survey.known)),
            ("pack_hash", Value::from(survey.pack_hash.as_str())),
            ("cases", count(survey.cases)),
            ("households", count(survey.households)),
            ("ran_by", Value::from(ctx.actor.username.as_str())),
        ],
    )?;
    let rows = new.iter().map(|found| entry(report.run, found)).collect();
    tx.insert_many("drift_entry", &ENTRY_COLUMNS, rows)?;
    let closing = [
        Value::from(report.run),
        Value::from(survey.on),
        Value::from(tx.number()),
    ];
    let rows = cleared
        .into_iter()
        .map(|(id, why)| {
            let mut values = closing.to_vec();
            values.push(Value::from(why));
            (id, values)
        })
        .collect();
    tx.update_many(
        "drift_entry",
        &["closed_run_id", "closed_on", "closed_tx", "closed_why"],
        rows,
    )?;
    Ok(report)
}

fn entry(run: i64, found: &Today<'_>) -> Vec<Value> {
    let difference = found.difference;
    let codes: Vec<&str> = difference
        .reasons
        .iter()
        .map(|reason| reason.code.as_str())
        .collect();
    let detail = json!({
        "reasons": codes,
        "needs": difference.needs,
        "served_by": difference.served_by,
        "alone": difference.alone,
    });
    let after = difference.after_fen();
    vec![
        Value::from(run),
        Value::from(difference.case.map(|case| case.0)),
        Value::from(difference.household),
        Value::from(difference.division),
        Value::from(difference.programme.as_str()),
        Value::from(difference.kind.as_str()),
        Value::from(difference.cause.map(|cause| cause.as_str())),
        Value::from(difference.month),
        Value::from(difference.before_fen()),
        Value::from(after),
        count(difference.before.len()),
        after.map_or(Value::Null, |_| count(difference.after.len())),
        Value::from(detail.to_string()),
        Value::from(found.result_hash.clone()),
        Value::from(found.facts_hash.clone()),
    ]
}

/// A count as the records hold it; no county has more rows than a 64-bit integer counts.
fn count(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}
