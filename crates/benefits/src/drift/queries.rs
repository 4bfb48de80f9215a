//! The list for people, and its totals. Each passes the area scope.

use minsheng_core::{Date, Fen, Month};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::{Query, Row, Scope, Subject, Value, statement};

use super::compare::{Kind, Lack};
use super::run::{DISMISSED, REVIEW};
use super::work::{EntryId, REASON};
use crate::assistance::AssistanceError;

statement! {
    ENTRIES, scoped,
    "SELECT e.id, r.ran_on, e.case_id, c.number, e.household_id, h.division, e.programme, e.kind, e.cause, e.month, e.before_fen,
            e.after_fen, e.persons_before, e.persons_after, e.detail, e.handled, e.handled_on, e.handled_by, e.closed_on, e.closed_why
     FROM drift_entry e JOIN drift_run r ON r.id = e.run_id JOIN household h ON h.id = e.household_id
     LEFT JOIN case_file c ON c.id = e.case_id
     WHERE {scope:h.division} ORDER BY e.id"
}
statement! {
    ENTRY_REASON, scoped,
    "SELECT e.household_id, e.reason_sealed FROM drift_entry e JOIN household h ON h.id = e.household_id
     WHERE e.id = ?1 AND {scope:h.division}"
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Nobody did anything about it yet.
    Waiting,
    /// A review was opened for it.
    Review,
    /// It was dismissed with a reason.
    Dismissed,
    /// It no longer differs.
    Cleared,
}

impl EntryState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Review, Self::Dismissed, Self::Cleared];

    /// The word that people type and read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Review => REVIEW,
            Self::Dismissed => DISMISSED,
            Self::Cleared => "cleared",
        }
    }
}

impl std::str::FromStr for EntryState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::as_str).join(", ");
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("`{text}` is none of {known}"))
    }
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EntryLine {
    /// Key.
    pub entry: EntryId,
    /// Day of the run that found it.
    pub found_on: Date,
    /// The case; nothing for a household without one.
    pub case: Option<CaseId>,
    /// Printed number of the case.
    pub number: Option<String>,
    /// The household.
    pub household: HouseholdId,
    /// 12-digit code of the village.
    pub division: i64,
    /// Programme code.
    pub programme: String,
    /// What differs.
    pub kind: Kind,
    /// Why a review would be opened.
    pub cause: Option<String>,
    /// Month for which the amounts hold.
    pub month: Month,
    /// Amount in force.
    pub before_fen: Fen,
    /// Amount by the law of the day; nothing where it could not be said.
    pub after_fen: Option<Fen>,
    /// Persons served.
    pub persons_before: i64,
    /// Persons who would be served.
    pub persons_after: Option<i64>,
    /// Codes of the reasons of a stop.
    pub reasons: Vec<String>,
    /// Evidence that is missing.
    pub needs: Vec<Lack>,
    /// Who would be granted by an application of one person.
    pub alone: Vec<PersonId>,
    /// Where it stands.
    pub state: EntryState,
    /// What was done about it, also after it was cleared: `review` or `dismissed`.
    pub handled: Option<String>,
    /// Day on which it was worked off.
    pub handled_on: Option<Date>,
    /// Who worked it off.
    pub handled_by: Option<String>,
    /// Day on which it was cleared.
    pub cleared_on: Option<Date>,
    /// Why: `decided`, `ended`, `facts`, `changed` or `applied`.
    pub cleared_why: Option<String>,
}

/// Entries of the area, in the order in which they were found; all that are not cleared, or those in one state.
///
/// # Errors
/// The store's; [`AssistanceError::Inconsistent`] for a row that does not read.
pub fn entries(
    q: &mut dyn Query,
    scope: &Scope,
    state: Option<EntryState>,
) -> Result<Vec<EntryLine>, AssistanceError> {
    let mut found = Vec::new();
    for row in q.scoped(&ENTRIES, scope, &[])? {
        let line = line_of(&row)?;
        let wanted = match state {
            None => line.state != EntryState::Cleared,
            Some(state) => line.state == state,
        };
        if wanted {
            found.push(line);
        }
    }
    Ok(found)
}

/// The sealed reason of a dismissal, if the entry of the area has one.
///
/// # Errors
/// The store's, also when the household's key was destroyed.
pub fn reason(
    q: &mut dyn Query,
    scope: &Scope,
    entry: EntryId,
) -> Result<Option<String>, AssistanceError> {
    let rows = q.scoped(&ENTRY_REASON, scope, &[Value::from(entry.0)])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let Some(sealed) = row.opt_blob(1)? else {
        return Ok(None);
    };
    let plain = q.unseal(Subject::Household(row.int(0)?), REASON, sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}

/// How the list has been worked off.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Entries ever found.
    pub found: usize,
    /// Of these, those for which a review was opened.
    pub reviewed: usize,
    /// Of these, those dismissed with a reason.
    pub dismissed: usize,
    /// Of these, those that ended otherwise: the household applied, or the facts changed back.
    pub fell_away: usize,
    /// Of these, those about which nobody did anything yet.
    pub waiting: usize,
}

/// Totals of the area over all runs.
///
/// # Errors
/// As [`entries`].
pub fn totals(q: &mut dyn Query, scope: &Scope) -> Result<Totals, AssistanceError> {
    let mut totals = Totals::default();
    for row in q.scoped(&ENTRIES, scope, &[])? {
        let line = line_of(&row)?;
        totals.found += 1;
        match (line.handled.as_deref(), line.state) {
            (Some(REVIEW), _) => totals.reviewed += 1,
            (Some(_), _) => totals.dismissed += 1,
            (None, EntryState::Cleared) => totals.fell_away += 1,
            (None, _) => totals.waiting += 1,
        }
    }
    Ok(totals)
}

/// What an entry keeps of its reasons.
#[derive(serde::Deserialize)]
struct Detail {
    reasons: Vec<String>,
    needs: Vec<Lack>,
    alone: Vec<PersonId>,
}

fn line_of(row: &Row) -> Result<EntryLine, AssistanceError> {
    let entry = EntryId(row.int(0)?);
    let odd =
        |reason: String| AssistanceError::inconsistent(format!("drift entry {entry}"), reason);
    let detail: Detail =
        serde_json::from_str(row.text(14)?).map_err(|error| odd(error.to_string()))?;
    let handled = row.opt_text(15)?.map(str::to_owned);
    let cleared_on = row.opt_date(18)?;
    let state = match (cleared_on, handled.as_deref()) {
        (Some(_), _) => EntryState::Cleared,
        (None, None) => EntryState::Waiting,
        (None, Some(REVIEW)) => EntryState::Review,
        (None, Some(DISMISSED)) => EntryState::Dismissed,
        (None, Some(other)) => return Err(odd(format!("`{other}` is no way to work it off"))),
    };
    Ok(EntryLine {
        entry,
        found_on: row.date(1)?,
        case: row.opt_int(2)?.map(CaseId),
        number: row.opt_text(3)?.map(str::to_owned),
        household: HouseholdId(row.int(4)?),
        division: row.int(5)?,
        programme: row.text(6)?.to_owned(),
        kind: row.text(7)?.parse().map_err(odd)?,
        cause: row.opt_text(8)?.map(str::to_owned),
        month: row.month(9)?,
        before_fen: row.fen(10)?,
        after_fen: row.opt_fen(11)?,
        persons_before: row.int(12)?,
        persons_after: row.opt_int(13)?,
        reasons: detail.reasons,
        needs: detail.needs,
        alone: detail.alone,
        state,
        handled,
        handled_on: row.opt_date(16)?,
        handled_by: row.opt_text(17)?.map(str::to_owned),
        cleared_on,
        cleared_why: row.opt_text(19)?.map(str::to_owned),
    })
}
