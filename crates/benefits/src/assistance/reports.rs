//! Reports about households that are on the roll or apply. One with a name is checked and answered; who reported
//! stays sealed. A hint without a name is checked as well and needs no answer. While a report is open, and once it
//! is upheld, the county itself visits the home before it gives an opinion on the household's case.
//!
//! Nobody who is reported on records, checks or answers the report, and no near relative of the household checks or
//! answers it.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 20, 37.

use minsheng_core::{Date, Deadline};
use minsheng_registry::{Ctx, Desk, HouseholdId, Role, households};
use minsheng_store::{Query, Row, Scope, StoreError, Subject, Tx, Value, statement};

use super::error::AssistanceError;
use super::service::own_relatives;

const REPORTER: &str = "household_report.reporter";
const STATEMENT: &str = "household_report.statement";
const FINDING: &str = "household_report.finding";
const ANSWER: &str = "household_report.answer";
/// Parameter of the packs: calendar days from the report to the answer.
const ANSWER_DAYS: &str = "report_answer_days";

statement! {
    REPORTED, internal "whether a household is reported is asked inside an act whose area is checked",
    "SELECT r.id FROM household_report r WHERE r.household_id = ?1 AND (r.upheld IS NULL OR r.upheld = 1)"
}
statement! {
    UNCHECKED, internal "which reports of a household are unchecked is asked inside an act whose area is checked",
    "SELECT r.id FROM household_report r WHERE r.household_id = ?1 AND r.upheld IS NULL ORDER BY r.id"
}
statement! {
    REPORT, internal "a report inside an act, which checks its area",
    "SELECT r.household_id, r.division, r.named, r.about_users, r.received_on, r.upheld, r.answered_on FROM household_report r
     WHERE r.id = ?1"
}
statement! {
    REPORTS, scoped,
    "SELECT r.id, r.household_id, r.division, r.received_on, r.named, r.due_on, r.provisional, r.upheld, r.checked_on, r.checked_by,
            r.visited_on, r.answered_on, r.answered_by
     FROM household_report r WHERE {scope:r.division} ORDER BY r.id"
}
statement! {
    REPORT_WORDS, scoped,
    "SELECT r.household_id, r.statement_sealed, r.finding_sealed, r.answer_sealed FROM household_report r
     WHERE r.id = ?1 AND {scope:r.division}"
}
statement! {
    REPORTER_SEALED, scoped,
    "SELECT r.household_id, r.reporter_sealed, r.about_users FROM household_report r WHERE r.id = ?1 AND {scope:r.division}"
}

/// A report as it is entered.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// The household that is reported.
    pub household: HouseholdId,
    /// Name and address of who reports; none: a hint without a name.
    pub reporter: Option<String>,
    /// What is said.
    pub statement: String,
    /// Users who are reported on.
    pub about_users: Vec<String>,
    /// Day on which it was received.
    pub received_on: Date,
}

/// What a check found.
#[derive(Debug, Clone)]
pub struct ReportCheck {
    /// Whether the report is right.
    pub upheld: bool,
    /// Day on which the home was visited, if it was.
    pub visited_on: Option<Date>,
    /// What was found; sealed.
    pub finding: String,
}

/// A report as it is listed: without words and without who reported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReportLine {
    /// Key.
    pub report: i64,
    /// The household.
    pub household: HouseholdId,
    /// 12-digit code of its village when it was reported.
    pub division: i64,
    /// Day on which it was received.
    pub received_on: Date,
    /// Whether somebody gave a name.
    pub named: bool,
    /// Day by which it is to be answered; nothing without a name.
    pub due_on: Option<Date>,
    /// Whether that day rests on a year outside of the calendar.
    pub provisional: bool,
    /// Whether the report was right; nothing while it is open.
    pub upheld: Option<bool>,
    /// Day of the check.
    pub checked_on: Option<Date>,
    /// Who checked.
    pub checked_by: Option<String>,
    /// Day of the visit.
    pub visited_on: Option<Date>,
    /// Day of the answer.
    pub answered_on: Option<Date>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// Whether the answer was or is late.
    pub late: bool,
}

/// The words of a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReportWords {
    /// What was said.
    pub statement: String,
    /// What was found.
    pub finding: Option<String>,
    /// What the reporter was answered.
    pub answer: Option<String>,
}

/// Whether a report about the household is open or was upheld: the county visits its home then.
///
/// # Errors
/// The store's.
pub fn reported(q: &mut dyn Query, household: HouseholdId) -> Result<bool, AssistanceError> {
    Ok(!q.rows(&REPORTED, &[Value::from(household)])?.is_empty())
}

/// Reports about the household that nobody checked yet: a review that was opened for them waits (D21 art. 37).
pub(crate) fn unchecked(
    q: &mut dyn Query,
    household: HouseholdId,
) -> Result<Vec<i64>, AssistanceError> {
    let rows = q.rows(&UNCHECKED, &[Value::from(household)])?;
    let keys = rows.iter().map(|row| row.int(0));
    Ok(keys.collect::<Result<_, StoreError>>()?)
}

fn wrong<T>(
    whom: impl std::fmt::Display,
    field: &'static str,
    reason: String,
) -> Result<T, AssistanceError> {
    Err(AssistanceError::form(whom, field, reason))
}

/// Enters a report and gives its key. One with a name has a day by which it is to be answered.
///
/// # Errors
/// [`AssistanceError::Form`] for an empty statement, a day after today, or a user who is reported on; the
/// registry's for role and area; or the store's.
pub fn file_report(desk: &Desk<'_>, ctx: &Ctx, new: &NewReport) -> Result<i64, AssistanceError> {
    ctx.require_any(&[
        Role::VillageDirector,
        Role::TownshipClerk,
        Role::Officer,
        Role::Reviewer,
    ])?;
    desk.store.write(&ctx.act("report.file"), |tx| {
        let division = households::division_of(tx, new.household)?;
        ctx.require_area(division)?;
        not_reported_on(
            ctx,
            "the report",
            new.about_users.iter().map(String::as_str),
        )?;
        if new.statement.trim().is_empty() {
            return wrong("the report", "statement", "say what is reported".to_owned());
        }
        if new.received_on > ctx.today() {
            let day = new.received_on;
            return wrong(
                "the report",
                "received_on",
                format!("{day} lies after today"),
            );
        }
        if let Some(user) = new.about_users.iter().find(|user| user.contains(',')) {
            return wrong("the report", "about_users", format!("`{user}` is no user"));
        }
        let named = new
            .reporter
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let due = match named {
            Some(_) => Some(answer_by(desk, new.received_on)?),
            None => None,
        };
        let subject = Subject::Household(new.household.0);
        let reporter = match named {
            Some(name) => Some(tx.seal(subject, REPORTER, name.as_bytes())?),
            None => None,
        };
        let statement = tx.seal(subject, STATEMENT, new.statement.as_bytes())?;
        Ok(tx.insert(
            "household_report",
            &[
                ("household_id", Value::from(new.household)),
                ("division", Value::from(division)),
                ("received_on", Value::from(new.received_on)),
                ("named", Value::from(named.is_some())),
                ("reporter_sealed", Value::from(reporter)),
                ("statement_sealed", Value::from(statement)),
                ("about_users", Value::from(new.about_users.join(","))),
                ("recorded_by", Value::from(ctx.actor.username.as_str())),
                ("due_on", Value::from(due.map(|due| due.date))),
                ("provisional", Value::from(due.map(|due| due.provisional))),
            ],
        )?)
    })
}

/// The day by which a report is answered, by the pack.
fn answer_by(desk: &Desk<'_>, received_on: Date) -> Result<Deadline, AssistanceError> {
    let days = desk
        .packs
        .current()
        .programmes()
        .iter()
        .find_map(|programme| {
            let value = programme.parameter(ANSWER_DAYS, received_on).ok()?;
            u32::try_from(value.value.as_int()?).ok()
        });
    match days {
        Some(days) => Ok(desk.calendar.add_days(received_on, days)),
        None => wrong(
            "the report",
            "received_on",
            format!("no pack gives a value of `{ANSWER_DAYS}` for {received_on}"),
        ),
    }
}

fn not_reported_on<'u>(
    ctx: &Ctx,
    whom: &str,
    mut users: impl Iterator<Item = &'u str>,
) -> Result<(), AssistanceError> {
    let user = &ctx.actor.username;
    if users.any(|other| other == user) {
        return wrong(
            whom,
            "user",
            format!("`{user}` is reported on; a colleague takes it"),
        );
    }
    Ok(())
}

/// A report as an act needs it.
struct Open {
    household: HouseholdId,
    named: bool,
    received_on: Date,
    checked: bool,
    answered: bool,
}

fn open(tx: &mut Tx<'_>, ctx: &Ctx, report: i64) -> Result<Open, AssistanceError> {
    let rows = tx.rows(&REPORT, &[Value::from(report)])?;
    let row = rows.first().ok_or(AssistanceError::NotFound {
        what: "report",
        id: report,
    })?;
    ctx.require_area(row.int(1)?)?;
    let whom = format!("report {report}");
    not_reported_on(ctx, &whom, row.text(3)?.split(','))?;
    let household = HouseholdId(row.int(0)?);
    let user = &ctx.actor.username;
    if let Some(person) = own_relatives(tx, household, user)?.first() {
        return wrong(
            whom,
            "user",
            format!(
                "`{user}` is a near relative of {person} of the household; a colleague takes it"
            ),
        );
    }
    Ok(Open {
        household,
        named: row.bool(2)?,
        received_on: row.date(4)?,
        checked: row.opt_bool(5)?.is_some(),
        answered: row.opt_date(6)?.is_some(),
    })
}

/// Enters what the check of a report found.
///
/// # Errors
/// [`AssistanceError::NotFound`]; [`AssistanceError::Form`] for a report that is checked already, a user who is
/// reported on, no finding, or a visit before the report or after today; the registry's for role and area; or the
/// store's.
pub fn check_report(
    desk: &Desk<'_>,
    ctx: &Ctx,
    report: i64,
    check: &ReportCheck,
) -> Result<(), AssistanceError> {
    ctx.require_any(&[Role::Officer, Role::Reviewer])?;
    desk.store.write(&ctx.act("report.check"), |tx| {
        let found = open(tx, ctx, report)?;
        let whom = format!("report {report}");
        if found.checked {
            return wrong(whom, "report", "was checked already".to_owned());
        }
        if check.finding.trim().is_empty() {
            return wrong(whom, "finding", "say what was found".to_owned());
        }
        let today = ctx.today();
        if let Some(day) = check.visited_on
            && (day < found.received_on || day > today)
        {
            let received = found.received_on;
            return wrong(
                whom,
                "visited_on",
                format!("{day} is not between the report, {received}, and today, {today}"),
            );
        }
        let subject = Subject::Household(found.household.0);
        let finding = tx.seal(subject, FINDING, check.finding.as_bytes())?;
        tx.update(
            "household_report",
            report,
            &[
                ("upheld", Value::from(check.upheld)),
                ("checked_on", Value::from(today)),
                ("checked_by", Value::from(ctx.actor.username.as_str())),
                ("visited_on", Value::from(check.visited_on)),
                ("finding_sealed", Value::from(finding)),
            ],
        )?;
        Ok(())
    })
}

/// Enters what the reporter was answered, today.
///
/// # Errors
/// [`AssistanceError::NotFound`]; [`AssistanceError::Form`] for a report without a name, one that is not checked yet
/// or answered already, a user who is reported on, or no answer; the registry's for role and area; or the store's.
pub fn answer_report(
    desk: &Desk<'_>,
    ctx: &Ctx,
    report: i64,
    answer: &str,
) -> Result<(), AssistanceError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer, Role::Reviewer])?;
    desk.store.write(&ctx.act("report.answer"), |tx| {
        let found = open(tx, ctx, report)?;
        let whom = format!("report {report}");
        let missing = match &found {
            Open { named: false, .. } => "was given without a name: there is nobody to answer",
            Open { checked: false, .. } => "is not checked yet",
            Open { answered: true, .. } => "was answered already",
            _ if answer.trim().is_empty() => "needs an answer in words",
            _ => "",
        };
        if !missing.is_empty() {
            return wrong(whom, "answer", missing.to_owned());
        }
        let subject = Subject::Household(found.household.0);
        let sealed = tx.seal(subject, ANSWER, answer.as_bytes())?;
        tx.update(
            "household_report",
            report,
            &[
                ("answered_on", Value::from(ctx.today())),
                ("answered_by", Value::from(ctx.actor.username.as_str())),
                ("answer_sealed", Value::from(sealed)),
            ],
        )?;
        Ok(())
    })
}

/// Reports of the area, in the order in which they were recorded; `today` says what is late.
///
/// # Errors
/// The store's.
pub fn reports(
    q: &mut dyn Query,
    scope: &Scope,
    today: Date,
) -> Result<Vec<ReportLine>, AssistanceError> {
    let rows = q.scoped(&REPORTS, scope, &[])?;
    let lines = rows.iter().map(|row| line(row, today));
    Ok(lines.collect::<Result<_, StoreError>>()?)
}

fn line(row: &Row, today: Date) -> Result<ReportLine, StoreError> {
    let (due_on, answered_on) = (row.opt_date(5)?, row.opt_date(11)?);
    Ok(ReportLine {
        report: row.int(0)?,
        household: HouseholdId(row.int(1)?),
        division: row.int(2)?,
        received_on: row.date(3)?,
        named: row.bool(4)?,
        due_on,
        provisional: row.opt_bool(6)?.unwrap_or(false),
        upheld: row.opt_bool(7)?,
        checked_on: row.opt_date(8)?,
        checked_by: row.opt_text(9)?.map(str::to_owned),
        visited_on: row.opt_date(10)?,
        answered_on,
        answered_by: row.opt_text(12)?.map(str::to_owned),
        late: due_on.is_some_and(|due| answered_on.unwrap_or(today) > due),
    })
}

/// The words of a report of the area, without who reported.
///
/// # Errors
/// [`AssistanceError::NotFound`]; or the store's, also when the household's key was destroyed.
pub fn words(
    q: &mut dyn Query,
    scope: &Scope,
    report: i64,
) -> Result<ReportWords, AssistanceError> {
    let rows = q.scoped(&REPORT_WORDS, scope, &[Value::from(report)])?;
    let row = rows.first().ok_or(AssistanceError::NotFound {
        what: "report",
        id: report,
    })?;
    let subject = Subject::Household(row.int(0)?);
    Ok(ReportWords {
        statement: unsealed(q, subject, STATEMENT, Some(row.blob(1)?))?.unwrap_or_default(),
        finding: unsealed(q, subject, FINDING, row.opt_blob(2)?)?,
        answer: unsealed(q, subject, ANSWER, row.opt_blob(3)?)?,
    })
}

/// Who reported: for officers and reviewers of the whole county who are not reported on.
///
/// # Errors
/// The registry's for role and area; [`AssistanceError::NotFound`]; [`AssistanceError::Form`]; or the store's.
pub fn reporter(
    q: &mut dyn Query,
    ctx: &Ctx,
    report: i64,
) -> Result<Option<String>, AssistanceError> {
    ctx.require_any(&[Role::Officer, Role::Reviewer])?;
    ctx.require_whole_county()?;
    let rows = q.scoped(&REPORTER_SEALED, &ctx.scope(), &[Value::from(report)])?;
    let row = rows.first().ok_or(AssistanceError::NotFound {
        what: "report",
        id: report,
    })?;
    not_reported_on(ctx, &format!("report {report}"), row.text(2)?.split(','))?;
    let subject = Subject::Household(row.int(0)?);
    unsealed(q, subject, REPORTER, row.opt_blob(1)?)
}

fn unsealed(
    q: &mut dyn Query,
    subject: Subject,
    label: &str,
    sealed: Option<&[u8]>,
) -> Result<Option<String>, AssistanceError> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let plain = q.unseal(subject, label, sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}
