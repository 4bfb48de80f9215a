//! Reconsideration and court: what a household files against a decision, whether in time, and what follows.
//!
//! The terms stand in `data/remedies.json` with their articles. A late filing is recorded and marked, never turned
//! away here: whether it is admitted is for the body that it was filed with. The decision is not suspended meanwhile.
//! One that is revoked or changed is decided anew in a review, from the month from which it governed; what is owed
//! then is the ordinary difference of the payment run.
//!
//! Source: 社会救助暂行办法 art. 65; 最低生活保障审核确认办法 (民发〔2021〕57号) art. 38; 行政复议法; 行政诉讼法 arts. 45, 46.

use minsheng_core::{Date, Deadline};
use minsheng_policy::{Bilingual, ClockDecl, ClockKind};
use minsheng_registry::{CaseId, Ctx, Desk};
use minsheng_store::{Query, Scope, StoreError, Value, statement};
use serde_json::json;

use super::super::cause::Cause;
use super::super::clocks;
use super::super::error::AssistanceError;
use super::super::remedies::{self, Remedy};
use super::super::rules::DecisionKind;
use super::review::{Opened, REASSESSMENT_COLUMNS, Revoked};
use super::serving::served_on;
use super::{Entry, Sitting, sit};

const FILE: &str = "file_remedy";
const OUTCOME: &str = "remedy_outcome";
const GROUNDS: &str = "remedy_filing.grounds";
const WORDS: &str = "remedy_filing.outcome";
/// Codes of the terms in `data/remedies.json`.
const RECONSIDERATION: &str = "reconsideration";
const COURT: &str = "court";
const COURT_AFTER: &str = "court_after_reconsideration";

statement! {
    DECISION_BY_ID, internal "a decision of a case whose area is checked in the same act",
    "SELECT d.case_id, d.kind, d.decided_on, d.effective_month FROM decision d WHERE d.id = ?1"
}
statement! {
    LAST_DECISION, internal "the last decision of a case whose area is checked in the same act",
    "SELECT d.id FROM decision d WHERE d.case_id = ?1 ORDER BY d.id DESC LIMIT 1"
}
statement! {
    RECONSIDERED, internal "filings of a case whose area is checked in the same act",
    "SELECT f.id, f.outcome, f.outcome_on FROM remedy_filing f
     WHERE f.decision_id = ?1 AND f.remedy = 'reconsideration' ORDER BY f.id DESC LIMIT 1"
}
statement! {
    FILING, internal "the case of a filing, whose area is checked in the same act",
    "SELECT f.case_id, f.filed_on, f.outcome FROM remedy_filing f WHERE f.id = ?1"
}
statement! {
    REVOKED_OF_REVIEW, internal "the decision in whose place a review decides, of a case whose area is checked",
    "SELECT d.kind, d.decided_on, d.effective_month FROM remedy_filing f JOIN decision d ON d.id = f.decision_id
     WHERE f.reassessment_id = ?1"
}
statement! {
    FILINGS, scoped,
    "SELECT f.id, f.case_id, f.decision_id, f.remedy, f.body, f.number, f.told_on, f.filed_on, f.last_day, f.provisional, f.late,
            f.outcome, f.outcome_on
     FROM remedy_filing f JOIN case_file c ON c.id = f.case_id WHERE {scope:c.division} ORDER BY f.id"
}

/// Which remedy was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// 行政复议.
    Reconsideration,
    /// 行政诉讼.
    Court,
}

/// A filing as it is entered.
#[derive(Debug, Clone)]
pub struct NewFiling {
    /// The case.
    pub case: CaseId,
    /// The decision it is against; none: the last one.
    pub decision: Option<i64>,
    /// Which remedy.
    pub remedy: RemedyKind,
    /// Government, bureau or court with which it was filed.
    pub body: String,
    /// Number under which that body runs it.
    pub number: String,
    /// Day on which the household was told, from which the term runs. Of our own decision the recorded service says it:
    /// nothing, or the same day. Where no service is recorded, and after a reconsideration (the day of being told of its
    /// decision), it has to be given.
    pub told_on: Option<Date>,
    /// Day of filing.
    pub filed_on: Date,
    /// What the household says; sealed.
    pub grounds: String,
}

/// A filing as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Filed {
    /// Key.
    pub filing: i64,
    /// The decision it is against.
    pub decision: i64,
    /// Code of the term by which it is measured.
    pub term: String,
    /// Day from which it runs: the day of being told, or on which the recorded service took effect.
    pub told_on: Date,
    /// Last day of that term.
    pub last_day: Date,
    /// Whether that day rests on a year outside of the calendar.
    pub provisional: bool,
    /// Whether it was filed after it.
    pub late: bool,
}

/// What came of a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyOutcome {
    /// The decision stands.
    Upheld,
    /// It was changed.
    Changed,
    /// It was revoked.
    Revoked,
    /// The household withdrew.
    Withdrawn,
}

impl RemedyOutcome {
    /// All outcomes.
    pub const ALL: [Self; 4] = [Self::Upheld, Self::Changed, Self::Revoked, Self::Withdrawn];

    /// The word that records store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Changed => "changed",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
        }
    }

    const fn decides_anew(self) -> bool {
        matches!(self, Self::Changed | Self::Revoked)
    }
}

/// Records a filing against a decision, in time or late.
///
/// # Errors
/// [`AssistanceError::Form`] for days out of order, a decision of another case, or a court while the
/// reconsideration is not decided; [`AssistanceError::Refused`]; or the store's.
pub fn file_remedy(
    desk: &Desk<'_>,
    ctx: &Ctx,
    filing: &NewFiling,
) -> Result<Filed, AssistanceError> {
    sit(desk, ctx, FILE, |sitting| {
        let mut dossier = sitting.load_one(filing.case)?;
        let whom = dossier.whom();
        let wrong = |field, reason: String| Err(AssistanceError::form(&whom, field, reason));
        let (decision, decided_on) = sitting.decision_filed_against(filing)?;
        let reconsidered = sitting.tx.rows(&RECONSIDERED, &[Value::from(decision)])?;
        let mut first_day = decided_on;
        let (code, follows) = match (filing.remedy, reconsidered.first()) {
            (RemedyKind::Reconsideration, None) => (RECONSIDERATION, None),
            (RemedyKind::Reconsideration, Some(row)) => {
                let id = row.int(0)?;
                return wrong(
                    "remedy",
                    format!("filing {id} is a reconsideration of this decision already"),
                );
            }
            (RemedyKind::Court, None) => (COURT, None),
            (RemedyKind::Court, Some(row)) => match (row.opt_text(1)?, row.opt_date(2)?) {
                (Some("withdrawn"), _) => (COURT, None),
                (Some(_), Some(on)) => {
                    first_day = on;
                    (COURT_AFTER, Some(row.int(0)?))
                }
                _ => {
                    return wrong(
                        "remedy",
                        "the reconsideration is not decided yet; record its outcome first"
                            .to_owned(),
                    );
                }
            },
        };
        let served = match follows {
            None => served_on(sitting.tx, decision)?,
            Some(_) => None,
        };
        let told_on = told(&whom, filing, first_day, served)?;
        // An announcement may take effect after the household has already filed.
        let earliest = if served.is_some() { first_day } else { told_on };
        if filing.filed_on < earliest || filing.filed_on > sitting.today {
            let today = sitting.today;
            return wrong(
                "filed_on",
                format!("is not between {earliest} and today, {today}"),
            );
        }
        let due = last_day(desk, code, told_on)?;
        let late = filing.filed_on > due.date;
        let mut entry = Entry {
            says: vec![("remedy", code)],
            ..Entry::default()
        };
        entry.rest.insert("decision".to_owned(), json!(decision));
        entry.rest.insert("late".to_owned(), json!(late));
        let taken = sitting.take(&mut dossier, FILE, entry)?;
        let filed = |filing| Filed {
            filing,
            decision,
            term: code.to_owned(),
            told_on,
            last_day: due.date,
            provisional: due.provisional,
            late,
        };
        if taken.is_none() {
            return Ok(filed(0));
        }
        let grounds = match filing.grounds.trim() {
            "" => None,
            words => Some(sitting.seal(dossier.case.subject(), GROUNDS, words.as_bytes())?),
        };
        let remedy = match filing.remedy {
            RemedyKind::Reconsideration => RECONSIDERATION,
            RemedyKind::Court => COURT,
        };
        let id = sitting.tx.insert(
            "remedy_filing",
            &[
                ("case_id", Value::from(filing.case)),
                ("decision_id", Value::from(decision)),
                ("remedy", Value::from(remedy)),
                ("follows_id", Value::from(follows)),
                ("body", Value::from(filing.body.as_str())),
                ("number", Value::from(filing.number.as_str())),
                ("told_on", Value::from(told_on)),
                ("filed_on", Value::from(filing.filed_on)),
                ("last_day", Value::from(due.date)),
                ("provisional", Value::from(due.provisional)),
                ("late", Value::from(late)),
                ("grounds_sealed", Value::from(grounds)),
                ("recorded_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        Ok(filed(id))
    })
}

/// The day from which the term of a filing runs: that on which the recorded service took effect; what is typed may not
/// contradict it, and counts only where no service is recorded.
fn told(
    whom: &str,
    filing: &NewFiling,
    first_day: Date,
    served: Option<Date>,
) -> Result<Date, AssistanceError> {
    let wrong = |reason: String| Err(AssistanceError::form(whom, "told_on", reason));
    match (filing.told_on, served) {
        (Some(typed), Some(served)) if typed != served => wrong(format!(
            "{typed} contradicts the recorded service, which took effect on {served}\nhint: leave the day out, or correct the service with `case correct-service`"
        )),
        (_, Some(served)) => Ok(served),
        (Some(typed), None) if typed < first_day => {
            wrong(format!("{typed} lies before the decision of {first_day}"))
        }
        (Some(typed), None) => Ok(typed),
        (None, None) => wrong(
            "is missing: no service of this decision is recorded\nhint: record the service, or give the day on which the household was told"
                .to_owned(),
        ),
    }
}

/// The last day of a term that counts from the day of being told.
fn last_day(desk: &Desk<'_>, code: &str, told_on: Date) -> Result<Deadline, AssistanceError> {
    let all = remedies::remedies(DecisionKind::Refuse)?;
    let broken =
        || AssistanceError::inconsistent("data/remedies.json", format!("no term `{code}`"));
    let Some(Remedy {
        term: Some(term),
        unit: Some(unit),
        cite,
        mark,
        ..
    }) = all.into_iter().find(|remedy| remedy.code == code)
    else {
        return Err(broken());
    };
    let decl = ClockDecl {
        code: code.to_owned(),
        name: Bilingual::new("", ""),
        term,
        unit,
        kind: ClockKind::AtMost,
        extended: None,
        by: None,
        terms: std::collections::BTreeMap::new(),
        after: None,
        cite,
        mark,
    };
    Ok(clocks::due(desk.calendar, &decl, told_on))
}

/// Records what came of a filing. A decision that was revoked or changed is reviewed.
///
/// # Errors
/// [`AssistanceError::NotFound`]; [`AssistanceError::Form`] for an outcome that is recorded already or a day before
/// the filing or after today; [`AssistanceError::Refused`]; or the store's.
pub fn remedy_outcome(
    desk: &Desk<'_>,
    ctx: &Ctx,
    filing: i64,
    outcome: RemedyOutcome,
    on: Date,
    words: &str,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, OUTCOME, |sitting| {
        let rows = sitting.tx.rows(&FILING, &[Value::from(filing)])?;
        let row = rows.first().ok_or(AssistanceError::NotFound {
            what: "filing",
            id: filing,
        })?;
        let (case, filed_on) = (CaseId(row.int(0)?), row.date(1)?);
        let wrong = |field, reason: String| {
            Err(AssistanceError::form(
                format!("filing {filing}"),
                field,
                reason,
            ))
        };
        if row.opt_text(2)?.is_some() {
            return wrong("outcome", "is recorded already".to_owned());
        }
        if on < filed_on || on > sitting.today {
            let today = sitting.today;
            return wrong(
                "on",
                format!("{on} is not between the filing, {filed_on}, and today, {today}"),
            );
        }
        let mut dossier = sitting.load_one(case)?;
        dossier.ground.form.reason = Some(!words.trim().is_empty());
        let mut entry = Entry {
            says: vec![("remedy_outcome", outcome.as_str())],
            ..Entry::default()
        };
        entry.rest.insert("filing".to_owned(), json!(filing));
        if sitting.take(&mut dossier, OUTCOME, entry)?.is_none() {
            return Ok(());
        }
        let mut reassessment = None;
        if outcome.decides_anew() {
            dossier.ground.form.revoked = Some(true);
            if !sitting.open_review(&mut dossier, Cause::Remedy, words)? {
                return Ok(());
            }
            let row = sitting.reassessment(case, Cause::Remedy);
            let first = sitting
                .tx
                .insert_many("reassessment", &REASSESSMENT_COLUMNS, vec![row])?;
            reassessment = Some(first);
        }
        let sealed = sitting.seal(dossier.case.subject(), WORDS, words.as_bytes())?;
        sitting.tx.update(
            "remedy_filing",
            filing,
            &[
                ("outcome", Value::from(outcome.as_str())),
                ("outcome_on", Value::from(on)),
                ("outcome_sealed", Value::from(sealed)),
                ("outcome_by", Value::from(ctx.actor.username.as_str())),
                ("reassessment_id", Value::from(reassessment)),
            ],
        )?;
        Ok(())
    })
}

impl Sitting<'_, '_> {
    /// The decision a filing is against, with its day.
    fn decision_filed_against(
        &mut self,
        filing: &NewFiling,
    ) -> Result<(i64, Date), AssistanceError> {
        let none = || {
            AssistanceError::form(
                filing.case,
                "decision",
                "is no decision of this case; `minsheng case show` names them",
            )
        };
        let id = match filing.decision {
            Some(id) => id,
            None => {
                let rows = self.tx.rows(&LAST_DECISION, &[Value::from(filing.case)])?;
                rows.first().ok_or_else(none)?.int(0)?
            }
        };
        let rows = self.tx.rows(&DECISION_BY_ID, &[Value::from(id)])?;
        match rows.first() {
            Some(row) if row.int(0)? == filing.case.0 => Ok((id, row.date(2)?)),
            _ => Err(none()),
        }
    }

    /// The decision in whose place one of the open reviews decides, if one does.
    pub(super) fn revoked(
        &mut self,
        causes: &[Opened],
    ) -> Result<Option<Revoked>, AssistanceError> {
        for opened in causes.iter().filter(|opened| opened.cause == Cause::Remedy) {
            let rows = self
                .tx
                .rows(&REVOKED_OF_REVIEW, &[Value::from(opened.id)])?;
            if let Some(row) = rows.first() {
                let kind = row.text(0)?.parse();
                return Ok(Some(Revoked {
                    kind: kind.map_err(|reason| {
                        AssistanceError::inconsistent(format!("review {}", opened.id), reason)
                    })?,
                    decided_on: row.date(1)?,
                    effective_month: row.month(2)?,
                }));
            }
        }
        Ok(None)
    }
}

/// A filing as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FilingLine {
    /// Key.
    pub filing: i64,
    /// The case.
    pub case: CaseId,
    /// The decision it is against.
    pub decision: i64,
    /// `reconsideration` or `court`.
    pub remedy: String,
    /// With whom it was filed.
    pub body: String,
    /// Number under which that body runs it.
    pub number: String,
    /// Day on which the household was told.
    pub told_on: Date,
    /// Day of filing.
    pub filed_on: Date,
    /// Last day of its term.
    pub last_day: Date,
    /// Whether that day rests on a year outside of the calendar.
    pub provisional: bool,
    /// Whether it was filed after that day.
    pub late: bool,
    /// What came of it; nothing while it is open.
    pub outcome: Option<String>,
    /// Day of the outcome.
    pub outcome_on: Option<Date>,
}

/// Filings against decisions of the area, in the order in which they were recorded.
///
/// # Errors
/// The store's.
pub fn filings(q: &mut dyn Query, scope: &Scope) -> Result<Vec<FilingLine>, AssistanceError> {
    let line = |row: &minsheng_store::Row| {
        Ok(FilingLine {
            filing: row.int(0)?,
            case: CaseId(row.int(1)?),
            decision: row.int(2)?,
            remedy: row.text(3)?.to_owned(),
            body: row.text(4)?.to_owned(),
            number: row.text(5)?.to_owned(),
            told_on: row.date(6)?,
            filed_on: row.date(7)?,
            last_day: row.date(8)?,
            provisional: row.bool(9)?,
            late: row.bool(10)?,
            outcome: row.opt_text(11)?.map(str::to_owned),
            outcome_on: row.opt_date(12)?,
        })
    };
    let rows = q.scoped(&FILINGS, scope, &[])?;
    Ok(rows.iter().map(line).collect::<Result<_, StoreError>>()?)
}
