//! Lists for people: cases, what is due, the history of a case, a public notice. Each passes the area scope.

use std::collections::BTreeMap;

use minsheng_core::{Date, Deadline, Fen, completed_age};
use minsheng_registry::erasure::or_erased;
use minsheng_registry::{CaseId, HouseholdId, PersonId, divisions, evidence, households};
use minsheng_store::{Query, Scope, StoreError, Subject, TxNo, Value, statement};

use super::error::AssistanceError;
use super::records::{CaseFile, StepRow, case_of, step_of};
use super::service::{NOTE, NoticeId};

statement! {
    CASES_IN_AREA, scoped,
    "SELECT c.id, c.number, c.programme, c.household_id, c.applicant_id, c.single, c.division, c.state, c.law, c.applied_on,
            c.accepted_on, c.filed_by, c.pack_hash
     FROM case_file c WHERE {scope:c.division} ORDER BY c.id"
}
statement! {
    CASES_IN_STATE, scoped,
    "SELECT c.id, c.number, c.programme, c.household_id, c.applicant_id, c.single, c.division, c.state, c.law, c.applied_on,
            c.accepted_on, c.filed_by, c.pack_hash
     FROM case_file c WHERE c.state = ?1 AND {scope:c.division} ORDER BY c.id"
}
statement! {
    CASE_IN_AREA, scoped,
    "SELECT c.id, c.number, c.programme, c.household_id, c.applicant_id, c.single, c.division, c.state, c.law, c.applied_on,
            c.accepted_on, c.filed_by, c.pack_hash
     FROM case_file c WHERE c.id = ?1 AND {scope:c.division}"
}
statement! {
    CASE_BY_NUMBER, scoped,
    "SELECT c.id, c.number, c.programme, c.household_id, c.applicant_id, c.single, c.division, c.state, c.law, c.applied_on,
            c.accepted_on, c.filed_by, c.pack_hash
     FROM case_file c WHERE c.number = ?1 AND {scope:c.division}"
}
statement! {
    STATE_COUNTS, scoped,
    "SELECT c.programme, c.state, COUNT(*) FROM case_file c WHERE {scope:c.division} GROUP BY c.programme, c.state
     ORDER BY c.programme, c.state"
}
statement! {
    DUE, scoped,
    "SELECT k.case_id, c.number, c.programme, c.state, c.division, k.clock, k.kind, k.started_on, k.due_on, k.provisional
     FROM case_clock k JOIN case_file c ON c.id = k.case_id
     WHERE k.met_on IS NULL AND {scope:c.division} ORDER BY k.due_on, k.id"
}
statement! {
    HISTORY, scoped,
    "SELECT s.id, s.case_id, s.step, s.from_state, s.to_state, s.actor, s.acted_on, s.due_on, s.due_provisional, s.detail, s.tx
     FROM case_step s JOIN case_file c ON c.id = s.case_id WHERE s.case_id = ?1 AND {scope:c.division} ORDER BY s.id"
}
statement! {
    STEP_NOTE, scoped,
    "SELECT c.household_id, s.note_sealed FROM case_step s JOIN case_file c ON c.id = s.case_id
     WHERE s.id = ?1 AND {scope:c.division}"
}
statement! {
    NOTICE, scoped,
    "SELECT n.id, n.division, n.stage, n.posted_on, n.first_day, n.last_day, n.forward_from, n.provisional, n.tx
     FROM public_notice n WHERE n.id = ?1 AND {scope:n.division}"
}
statement! {
    NOTICE_LINES, scoped,
    "SELECT c.id, c.household_id, c.applicant_id, c.division, t.result, t.total_fen
     FROM public_notice_case p JOIN case_file c ON c.id = p.case_id
     JOIN determination t ON t.id = (SELECT MAX(d.id) FROM determination d WHERE d.case_id = c.id AND d.tx <= p.tx)
     WHERE p.notice_id = ?1 AND {scope:c.division} ORDER BY p.id"
}

statement! {
    SERVED_PERSONS, scoped,
    "SELECT p.case_id, p.person_id FROM decision_person p JOIN case_file c ON c.id = p.case_id
     WHERE {scope:c.division}
       AND NOT EXISTS (SELECT 1 FROM decision l WHERE l.case_id = p.case_id AND l.id > p.decision_id)
       AND NOT EXISTS (SELECT 1 FROM phase_out o WHERE o.decision_id = p.decision_id AND o.closed_on IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM reassessment r WHERE r.case_id = p.case_id AND r.closed_on IS NULL)
     ORDER BY p.case_id, p.person_id"
}

/// Age from which a name may stand on a public list.
const ADULT: i32 = 18;

/// Cases of the area, all or those in one state, by key.
///
/// # Errors
/// The store's.
pub fn cases(
    q: &mut dyn Query,
    scope: &Scope,
    state: Option<&str>,
) -> Result<Vec<CaseFile>, AssistanceError> {
    let rows = match state {
        Some(state) => q.scoped(&CASES_IN_STATE, scope, &[Value::from(state)])?,
        None => q.scoped(&CASES_IN_AREA, scope, &[])?,
    };
    Ok(rows
        .iter()
        .map(case_of)
        .collect::<Result<_, StoreError>>()?)
}

/// A case of the area by key, if it is there.
///
/// # Errors
/// The store's.
pub fn find(
    q: &mut dyn Query,
    scope: &Scope,
    case: CaseId,
) -> Result<Option<CaseFile>, AssistanceError> {
    Ok(q.scoped(&CASE_IN_AREA, scope, &[Value::from(case)])?
        .first()
        .map(case_of)
        .transpose()?)
}

/// A case of the area by its printed number, if it is there.
///
/// # Errors
/// The store's.
pub fn find_number(
    q: &mut dyn Query,
    scope: &Scope,
    number: &str,
) -> Result<Option<CaseFile>, AssistanceError> {
    let rows = q.scoped(&CASE_BY_NUMBER, scope, &[Value::from(number.trim())])?;
    Ok(rows.first().map(case_of).transpose()?)
}

statement! {
    DECIDED, scoped,
    "SELECT d.id, c.number, d.decided_on FROM decision d JOIN case_file c ON c.id = d.case_id
     WHERE {scope:c.division} ORDER BY d.id"
}

/// The case number and the day of every decision of the area, by the row of the decision.
///
/// # Errors
/// The store's.
pub fn decided(
    q: &mut dyn Query,
    scope: &Scope,
) -> Result<BTreeMap<i64, (String, Date)>, AssistanceError> {
    q.scoped(&DECIDED, scope, &[])?
        .iter()
        .map(|row| Ok((row.int(0)?, (row.text(1)?.to_owned(), row.date(2)?))))
        .collect()
}

/// Cases of one programme in one state.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StateCount {
    /// Programme code.
    pub programme: String,
    /// State.
    pub state: String,
    /// Number of cases.
    pub cases: i64,
}

/// How many cases of the area are in which state.
///
/// # Errors
/// The store's.
pub fn states(q: &mut dyn Query, scope: &Scope) -> Result<Vec<StateCount>, AssistanceError> {
    q.scoped(&STATE_COUNTS, scope, &[])?
        .iter()
        .map(|row| {
            Ok(StateCount {
                programme: row.text(0)?.to_owned(),
                state: row.text(1)?.to_owned(),
                cases: row.int(2)?,
            })
        })
        .collect()
}

/// A running term.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DueLine {
    /// The case.
    pub case: CaseId,
    /// Its printed number.
    pub number: String,
    /// Programme code.
    pub programme: String,
    /// State of the case.
    pub state: String,
    /// 12-digit code of the village.
    pub division: i64,
    /// Code of the term.
    pub clock: String,
    /// `at_most`: to be done by `due_on`; `at_least`: may go on from `due_on`.
    pub kind: String,
    /// Day from which it counts.
    pub started_on: Date,
    /// The day.
    pub due_on: Date,
    /// Whether the day rests on a year outside of the calendar.
    pub provisional: bool,
    /// Whether a latest day has passed.
    pub late: bool,
}

/// Running terms of the area, the nearest first; `today` says what is late.
///
/// # Errors
/// The store's.
pub fn due(q: &mut dyn Query, scope: &Scope, today: Date) -> Result<Vec<DueLine>, AssistanceError> {
    q.scoped(&DUE, scope, &[])?
        .iter()
        .map(|row| {
            let (kind, due_on) = (row.text(6)?.to_owned(), row.date(8)?);
            Ok(DueLine {
                case: CaseId(row.int(0)?),
                number: row.text(1)?.to_owned(),
                programme: row.text(2)?.to_owned(),
                state: row.text(3)?.to_owned(),
                division: row.int(4)?,
                clock: row.text(5)?.to_owned(),
                late: kind == "at_most" && due_on < today,
                kind,
                started_on: row.date(7)?,
                due_on,
                provisional: row.bool(9)?,
            })
        })
        .collect()
}

/// A death that the decision in force does not know of, in a case of which no review is open.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DeathToReview {
    /// The case.
    pub case: CaseId,
    /// Who died.
    pub person: PersonId,
    /// Day of death.
    pub died_on: Date,
}

/// Cases of the area whose household has to be re-checked because a person who is served has died.
///
/// # Errors
/// The store's.
pub fn deaths_to_review(
    q: &mut dyn Query,
    scope: &Scope,
) -> Result<Vec<DeathToReview>, AssistanceError> {
    let known = q.last_tx()?;
    let deaths = evidence::deaths(q, known)?;
    let mut found = Vec::new();
    for row in q.scoped(&SERVED_PERSONS, scope, &[])? {
        let person = PersonId(row.int(1)?);
        if let Some(died_on) = deaths.get(&person) {
            let (case, died_on) = (CaseId(row.int(0)?), *died_on);
            found.push(DeathToReview {
                case,
                person,
                died_on,
            });
        }
    }
    Ok(found)
}

/// The steps of a case of the area, in order.
///
/// # Errors
/// The store's.
pub fn history(
    q: &mut dyn Query,
    scope: &Scope,
    case: CaseId,
) -> Result<Vec<StepRow>, AssistanceError> {
    let rows = q.scoped(&HISTORY, scope, &[Value::from(case)])?;
    Ok(rows
        .iter()
        .map(step_of)
        .collect::<Result<_, StoreError>>()?)
}

/// The sealed words of a step of a case of the area, if there are any; after an erasure the words that say so.
///
/// # Errors
/// The store's.
pub fn note(
    q: &mut dyn Query,
    scope: &Scope,
    step: i64,
) -> Result<Option<String>, AssistanceError> {
    let rows = q.scoped(&STEP_NOTE, scope, &[Value::from(step)])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let Some(sealed) = row.opt_blob(1)? else {
        return Ok(None);
    };
    Ok(Some(
        match or_erased(q.unseal(Subject::Household(row.int(0)?), NOTE, sealed))? {
            Ok(plain) => String::from_utf8_lossy(&plain).into_owned(),
            Err(erased) => erased.to_string(),
        },
    ))
}

/// A public list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NoticeList {
    /// Key.
    pub notice: NoticeId,
    /// 12-digit code of the place.
    pub division: i64,
    /// `township` or `county`.
    pub stage: String,
    /// Day of posting.
    pub posted_on: Date,
    /// First day of the notice.
    pub first_day: Date,
    /// Last day of the notice.
    pub last_day: Date,
    /// First day on which the cases may go on.
    #[serde(serialize_with = "super::wire::deadline")]
    pub forward_from: Deadline,
    /// Its lines.
    pub lines: Vec<NoticeLine>,
}

/// What the public reads of a case: nothing else may stand here (D21 art. 24; no identity number, account, illness
/// or child's name).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NoticeLine {
    /// Name of the applicant; of the head of the household where the applicant is a child.
    pub name: String,
    /// Name of the village.
    pub village: String,
    /// Number of persons who would be served.
    pub members: usize,
    /// Proposed amount per month.
    pub amount_fen: Fen,
}

/// A posted list of the area, if it is there.
///
/// # Errors
/// The store's; [`AssistanceError::Inconsistent`] for a stored result that does not read.
pub fn notice_list(
    q: &mut dyn Query,
    scope: &Scope,
    notice: NoticeId,
) -> Result<Option<NoticeList>, AssistanceError> {
    let rows = q.scoped(&NOTICE, scope, &[Value::from(notice.0)])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (posted_on, known) = (row.date(3)?, row.tx(8)?);
    let mut lines = Vec::new();
    for line in q.scoped(&NOTICE_LINES, scope, &[Value::from(notice.0)])? {
        let (case, household, village) = (
            CaseId(line.int(0)?),
            HouseholdId(line.int(1)?),
            line.int(3)?,
        );
        let result: Posted = serde_json::from_str(line.text(4)?).map_err(|error| {
            AssistanceError::inconsistent(format!("determination of {case}"), error)
        })?;
        lines.push(NoticeLine {
            name: public_name(q, household, line.int(2)?, posted_on, known)?,
            village: divisions::name(q, village)?.unwrap_or_else(|| village.to_string()),
            members: result.members.len(),
            amount_fen: line.opt_fen(5)?.unwrap_or(Fen::ZERO),
        });
    }
    Ok(Some(NoticeList {
        notice,
        division: row.int(1)?,
        stage: row.text(2)?.to_owned(),
        posted_on,
        first_day: row.date(4)?,
        last_day: row.date(5)?,
        forward_from: Deadline {
            date: row.date(6)?,
            provisional: row.bool(7)?,
        },
        lines,
    }))
}

/// What the list needs of a stored result.
#[derive(serde::Deserialize)]
struct Posted {
    members: Vec<serde::de::IgnoredAny>,
}

/// The name under which a household hangs out: the applicant's, or the head's where that is a child.
pub(crate) fn public_name(
    q: &mut dyn Query,
    household: HouseholdId,
    applicant: i64,
    on: Date,
    known: TxNo,
) -> Result<String, AssistanceError> {
    let members = households::members(q, household, on, known)?;
    let adult = |birth: Date| completed_age(birth, on) >= ADULT;
    let own = members
        .iter()
        .find(|member| member.person.0 == applicant && adult(member.birth));
    let named = own.or_else(|| {
        members
            .iter()
            .find(|member| member.relation == "head" && adult(member.birth))
    });
    Ok(named.map_or_else(|| "（未成年人）".to_owned(), |member| member.name.clone()))
}
