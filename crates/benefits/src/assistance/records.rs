//! The rows of a case as they are read, for one case or for a list of cases in few questions.
//!
//! Must not know rules or procedures.

use minsheng_core::{Date, Deadline};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::{Query, Row, Statement, StoreError, Subject, TxNo, Value, statement};

use super::error::AssistanceError;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaseFile {
    /// Key.
    pub id: CaseId,
    /// Printed number, without gaps in a year.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// The household whose means are counted.
    pub household: HouseholdId,
    /// Who applies.
    pub applicant: PersonId,
    /// Whether the applicant alone is to be admitted (单人保).
    pub single: bool,
    /// 12-digit code of the village.
    pub division: i64,
    /// State in the procedure.
    pub state: String,
    /// Law chosen at acceptance.
    pub law: Option<String>,
    /// Day of the application.
    pub applied_on: Date,
    /// Day of acceptance: the key date of law and procedure.
    pub accepted_on: Option<Date>,
    /// `applicant` or `committee`.
    pub filed_by: String,
    /// Pack whose procedure the case follows.
    pub pack_hash: String,
}

impl CaseFile {
    /// The day by which law and procedure are chosen: acceptance, and before it the application.
    pub fn key_date(&self) -> Date {
        self.accepted_on.unwrap_or(self.applied_on)
    }

    /// The applicant, if only this person is to be admitted.
    pub fn single_person(&self) -> Option<PersonId> {
        self.single.then_some(self.applicant)
    }

    /// Under whose key the case's words and frozen facts are sealed.
    pub fn subject(&self) -> Subject {
        Subject::Household(self.household.0)
    }
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StepRow {
    /// Key.
    pub id: i64,
    /// The case.
    pub case: CaseId,
    /// Code of the step.
    pub step: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// User who took it.
    pub actor: String,
    /// Day on which it was taken.
    pub acted_on: Date,
    /// Day by which it was due, if a term ran for it.
    pub due_on: Option<Date>,
    /// Whether that day rests on a year outside of the calendar.
    pub due_provisional: bool,
    /// JSON object with what was recorded at the step, without health, accounts or words of people.
    pub detail: String,
    /// Transaction that recorded it.
    #[serde(serialize_with = "super::wire::tx")]
    pub tx: TxNo,
}

/// A term of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// Key.
    pub id: i64,
    /// The case.
    pub case: CaseId,
    /// Code of the term.
    pub clock: String,
    /// Day from which it counts.
    pub started_on: Date,
    /// `at_most`: the last day; `at_least`: the first day on which the case may go on.
    pub due: Deadline,
    /// Day on which it was met, or fell away with the end of the case.
    pub met_on: Option<Date>,
}

/// Number of keys that the statements for many cases take at once.
const MANY: usize = 32;

macro_rules! many {
    () => {
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
         ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)"
    };
}

/// Declares one SELECT twice: for one key and for up to [`MANY`]; the text ends where the keys follow.
macro_rules! keyed {
    ($one:ident, $many:ident, $why:literal, $sql:literal, $order:literal) => {
        statement! { $one, internal $why, concat!($sql, " (?1) ", $order) }
        statement! { $many, internal $why, concat!($sql, " ", many!(), " ", $order) }
    };
}

keyed! {
    CASE, CASES, "cases by key inside an act, which checks the area of each",
    "SELECT id, number, programme, household_id, applicant_id, single, division, state, law, applied_on, accepted_on, filed_by, pack_hash
     FROM case_file WHERE id IN", "ORDER BY id"
}
keyed! {
    STEPS_OF_CASE, STEPS_OF_CASES, "steps of cases whose area was checked",
    "SELECT id, case_id, step, from_state, to_state, actor, acted_on, due_on, due_provisional, detail, tx
     FROM case_step WHERE case_id IN", "ORDER BY id"
}
keyed! {
    CLOCKS_OF_CASE, CLOCKS_OF_CASES, "terms of cases whose area was checked",
    "SELECT id, case_id, clock, started_on, due_on, provisional, met_on FROM case_clock WHERE case_id IN", "ORDER BY id"
}
keyed! {
    CHECKS_OF_CASE, CHECKS_OF_CASES, "cross-checks of cases whose area was checked",
    "SELECT id, case_id, source, requested_on, answered_on FROM cross_check WHERE case_id IN", "ORDER BY id"
}
keyed! {
    OBJECTIONS_OF_CASE, OBJECTIONS_OF_CASES, "objections to cases whose area was checked",
    "SELECT id, case_id, notice_id, raised_on, resolved_on FROM objection WHERE case_id IN", "ORDER BY id"
}
keyed! {
    NOTICES_OF_CASE, NOTICES_OF_CASES, "notices of cases whose area was checked",
    "SELECT n.id, p.case_id, n.stage FROM public_notice_case p JOIN public_notice n ON n.id = p.notice_id WHERE p.case_id IN",
    "ORDER BY n.id"
}
keyed! {
    DECISIONS_OF_CASE, DECISIONS_OF_CASES, "decisions of cases whose area was checked",
    "SELECT case_id, id, kind, effective_month, determination_id, tx FROM decision WHERE case_id IN", "ORDER BY id"
}
keyed! {
    REASSESSMENT_OF_CASE, REASSESSMENT_OF_CASES, "open reviews of cases whose area was checked",
    "SELECT id, case_id, cause, opened_on, closed_on FROM reassessment WHERE closed_on IS NULL AND case_id IN", "ORDER BY id"
}
keyed! {
    RELATIVES_OF_CASE, RELATIVES_OF_CASES, "registered relatives among the members in cases whose area was checked",
    "SELECT c.id, r.id, r.person_id, r.username
     FROM case_file c JOIN membership m ON m.household_id = c.household_id JOIN near_relative r ON r.person_id = m.person_id
     WHERE r.ended_on IS NULL AND m.superseded_tx IS NULL AND m.valid_to IS NULL AND c.id IN", "ORDER BY r.id, m.id"
}
keyed! {
    COUNTY_VISITS_OF_CASE, COUNTY_VISITS_OF_CASES, "county visits in cases whose area was checked",
    "SELECT id, case_id, visited_on FROM home_visit WHERE level = 'county' AND superseded_on IS NULL AND case_id IN", "ORDER BY id"
}
keyed! {
    DRAWN_CASE, DRAWN_CASES, "cases drawn by lot, of those whose area was checked",
    "SELECT id, case_id FROM spot_check_case WHERE drawn = 1 AND case_id IN", "ORDER BY id"
}
keyed! {
    DETERMINATION, DETERMINATIONS, "determinations by key inside an act or a whole-county computation",
    "SELECT d.id, d.case_id, c.household_id, c.programme, d.purpose, d.known_tx, d.evidence_on, d.acceptance_on, d.month, d.pack_hash,
            d.facts_sealed, d.outcome, d.result, d.total_fen
     FROM determination d JOIN case_file c ON c.id = d.case_id WHERE d.id IN", "ORDER BY d.id"
}

/// The statement for one key and the one for many.
#[derive(Clone, Copy)]
pub(crate) struct Keyed(&'static Statement, &'static Statement);

pub(crate) use {keyed, many};

impl Keyed {
    pub(crate) const fn new(one: &'static Statement, many: &'static Statement) -> Self {
        Self(one, many)
    }
}

pub(crate) const CASE_BY_ID: Keyed = Keyed(&CASE, &CASES);
pub(crate) const STEPS: Keyed = Keyed(&STEPS_OF_CASE, &STEPS_OF_CASES);
pub(crate) const CLOCKS: Keyed = Keyed(&CLOCKS_OF_CASE, &CLOCKS_OF_CASES);
pub(crate) const CROSS_CHECKS: Keyed = Keyed(&CHECKS_OF_CASE, &CHECKS_OF_CASES);
pub(crate) const OBJECTIONS: Keyed = Keyed(&OBJECTIONS_OF_CASE, &OBJECTIONS_OF_CASES);
pub(crate) const NOTICES: Keyed = Keyed(&NOTICES_OF_CASE, &NOTICES_OF_CASES);
pub(crate) const DECISIONS: Keyed = Keyed(&DECISIONS_OF_CASE, &DECISIONS_OF_CASES);
pub(crate) const REASSESSMENTS: Keyed = Keyed(&REASSESSMENT_OF_CASE, &REASSESSMENT_OF_CASES);
pub(crate) const RELATIVES: Keyed = Keyed(&RELATIVES_OF_CASE, &RELATIVES_OF_CASES);
pub(crate) const COUNTY_VISITS: Keyed = Keyed(&COUNTY_VISITS_OF_CASE, &COUNTY_VISITS_OF_CASES);
pub(crate) const DRAWN: Keyed = Keyed(&DRAWN_CASE, &DRAWN_CASES);
pub(crate) const DETERMINATION_BY_ID: Keyed = Keyed(&DETERMINATION, &DETERMINATIONS);

impl Keyed {
    /// The rows of all keys, in the order of the statement within each group of keys.
    pub(crate) fn rows(self, q: &mut dyn Query, keys: &[i64]) -> Result<Vec<Row>, StoreError> {
        if let [key] = keys {
            return q.rows(self.0, &[Value::from(*key)]);
        }
        let mut found = Vec::new();
        for group in keys.chunks(MANY) {
            // The same key again finds nothing more; so a short group is filled up with its last key.
            let last = group.last().copied().unwrap_or_default();
            let params: Vec<Value> = group
                .iter()
                .copied()
                .chain(std::iter::repeat(last))
                .take(MANY)
                .map(Value::from)
                .collect();
            found.extend(q.rows(self.1, &params)?);
        }
        Ok(found)
    }
}

pub(crate) fn case_of(row: &Row) -> Result<CaseFile, StoreError> {
    Ok(CaseFile {
        id: CaseId(row.int(0)?),
        number: row.text(1)?.to_owned(),
        programme: row.text(2)?.to_owned(),
        household: HouseholdId(row.int(3)?),
        applicant: PersonId(row.int(4)?),
        single: row.bool(5)?,
        division: row.int(6)?,
        state: row.text(7)?.to_owned(),
        law: row.opt_text(8)?.map(str::to_owned),
        applied_on: row.date(9)?,
        accepted_on: row.opt_date(10)?,
        filed_by: row.text(11)?.to_owned(),
        pack_hash: row.text(12)?.to_owned(),
    })
}

pub(crate) fn step_of(row: &Row) -> Result<StepRow, StoreError> {
    Ok(StepRow {
        id: row.int(0)?,
        case: CaseId(row.int(1)?),
        step: row.text(2)?.to_owned(),
        from_state: row.text(3)?.to_owned(),
        to_state: row.text(4)?.to_owned(),
        actor: row.text(5)?.to_owned(),
        acted_on: row.date(6)?,
        due_on: row.opt_date(7)?,
        due_provisional: row.opt_bool(8)?.unwrap_or(false),
        detail: row.text(9)?.to_owned(),
        tx: row.tx(10)?,
    })
}

pub(crate) fn clock_of(row: &Row) -> Result<ClockRow, StoreError> {
    Ok(ClockRow {
        id: row.int(0)?,
        case: CaseId(row.int(1)?),
        clock: row.text(2)?.to_owned(),
        started_on: row.date(3)?,
        due: Deadline {
            date: row.date(4)?,
            provisional: row.bool(5)?,
        },
        met_on: row.opt_date(6)?,
    })
}

/// One case.
///
/// # Errors
/// [`AssistanceError::NoCase`] or the store's.
pub fn case(q: &mut dyn Query, id: CaseId) -> Result<CaseFile, AssistanceError> {
    match CASE_BY_ID.rows(q, &[id.0])?.first() {
        Some(row) => Ok(case_of(row)?),
        None => Err(AssistanceError::NoCase(id)),
    }
}
