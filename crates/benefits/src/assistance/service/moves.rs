//! A household that moves inside the county takes its case along: the township that it leaves sends the case, the
//! one to which it comes receives it. State, terms, open reviews and payments go on; the area of the users who see
//! it follows. Urban or rural is not a matter of the address: it changes by evidence and a review.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 31, 32; practice.

use minsheng_core::Date;
use minsheng_registry::{CaseId, Ctx, Desk, HouseholdId, divisions, households};
use minsheng_store::{Query, Row, Scope, StoreError, Value, statement};
use serde_json::json;

use super::super::error::AssistanceError;
use super::super::missing::Missing;
use super::{Entry, sit};

const SEND: &str = "send_case";
const RECEIVE: &str = "receive_case";
/// Divisions of one county have this many digits in common with its code, of twelve.
const BELOW_COUNTY: i64 = 1_000_000;

statement! {
    OPEN_MOVE, internal "the move of a case whose area is checked in the same act",
    "SELECT m.id, m.to_division FROM case_move m WHERE m.case_id = ?1 AND m.received_on IS NULL ORDER BY m.id"
}
statement! {
    MOVES, scoped,
    "SELECT m.id, m.case_id, m.household_id, m.from_division, m.to_division, m.moved_on, m.sent_on, m.sent_by, m.received_on,
            m.received_by
     FROM case_move m WHERE {scope:m.from_division} OR {scope:m.to_division} ORDER BY m.id"
}

/// A move as it is entered.
#[derive(Debug, Clone)]
pub struct Move {
    /// 12-digit code of the village to which the household moved.
    pub to_division: i64,
    /// Day of the move.
    pub moved_on: Date,
    /// What is known of it, for the township that receives the case.
    pub words: String,
}

/// A move as it is listed: to the township that is left and to the one that is reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MoveLine {
    /// Key.
    pub id: i64,
    /// The case.
    pub case: CaseId,
    /// The household.
    pub household: HouseholdId,
    /// Village that was left.
    pub from_division: i64,
    /// Village that was reached.
    pub to_division: i64,
    /// Day of the move.
    pub moved_on: Date,
    /// Day on which the case was sent.
    pub sent_on: Date,
    /// By whom.
    pub sent_by: String,
    /// Day on which it was received; nothing while it is on its way.
    pub received_on: Option<Date>,
    /// By whom.
    pub received_by: Option<String>,
}

/// Sends the case of a household that moved inside the county. Until it is received it stays where it is.
///
/// # Errors
/// [`AssistanceError::Form`] for a village that is not known, lies in another county or is where the household
/// lives, and for a case that is on its way already; [`AssistanceError::Refused`]; or the store's.
pub fn send_case(
    desk: &Desk<'_>,
    ctx: &Ctx,
    case: CaseId,
    to: &Move,
) -> Result<(), AssistanceError> {
    sit(desk, ctx, SEND, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        let from = dossier.case.division;
        let whom = dossier.whom();
        let wrong = |reason: String| Err(AssistanceError::form(&whom, "to_division", reason));
        if to.to_division / BELOW_COUNTY != from / BELOW_COUNTY {
            return wrong(
                "lies outside of the county: open a review with the cause moved_away".to_owned(),
            );
        }
        if to.to_division == from {
            return wrong(format!("the household lives in {from} already"));
        }
        if divisions::name(sitting.tx, to.to_division)?.is_none() {
            return wrong(format!("there is no village {}", to.to_division));
        }
        if !sitting
            .tx
            .rows(&OPEN_MOVE, &[Value::from(case)])?
            .is_empty()
        {
            return wrong("the case is on its way already; it is received first".to_owned());
        }
        sitting.day_of_case(&dossier, "moved_on", to.moved_on)?;
        dossier.ground.form.reason = Some(!to.words.trim().is_empty());
        let mut entry = Entry {
            note: Some(&to.words),
            ..Entry::default()
        };
        entry.rest.insert("from".to_owned(), json!(from));
        entry.rest.insert("to".to_owned(), json!(to.to_division));
        if sitting.take(&mut dossier, SEND, entry)?.is_none() {
            return Ok(());
        }
        sitting.tx.insert(
            "case_move",
            &[
                ("case_id", Value::from(case)),
                ("household_id", Value::from(dossier.case.household)),
                ("from_division", Value::from(from)),
                ("to_division", Value::from(to.to_division)),
                ("moved_on", Value::from(to.moved_on)),
                ("sent_on", Value::from(sitting.today)),
                ("sent_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        Ok(())
    })
}

/// Receives a case that was sent: from now on it, the household and its members belong to the new village.
///
/// # Errors
/// [`AssistanceError::Refused`], also where no case was sent to the user's area; or the store's.
pub fn receive_case(desk: &Desk<'_>, ctx: &Ctx, case: CaseId) -> Result<(), AssistanceError> {
    sit(desk, ctx, RECEIVE, |sitting| {
        let mut dossier = sitting.load_one(case)?;
        let rows = sitting.tx.rows(&OPEN_MOVE, &[Value::from(case)])?;
        let open = match rows.first() {
            Some(row) => Some((row.int(0)?, row.int(1)?)),
            None => None,
        };
        match open {
            // Who receives it works for the village to which it comes.
            Some((_, to)) => dossier.case.division = to,
            None => dossier.ground.found.push(Missing::NotSent),
        }
        let taken = sitting.take(&mut dossier, RECEIVE, Entry::default())?;
        let (Some(_), Some((id, to))) = (taken, open) else {
            return Ok(());
        };
        sitting.tx.update(
            "case_move",
            id,
            &[
                ("received_on", Value::from(sitting.today)),
                ("received_by", Value::from(ctx.actor.username.as_str())),
            ],
        )?;
        sitting
            .tx
            .update("case_file", case.0, &[("division", Value::from(to))])?;
        households::relocate_in(sitting.tx, dossier.case.household, to, sitting.today)?;
        Ok(())
    })
}

/// Moves that touch the area: sent from it or to it.
///
/// # Errors
/// The store's.
pub fn moves(q: &mut dyn Query, scope: &Scope) -> Result<Vec<MoveLine>, AssistanceError> {
    let rows = q.scoped(&MOVES, scope, &[])?;
    Ok(rows.iter().map(line).collect::<Result<_, StoreError>>()?)
}

fn line(row: &Row) -> Result<MoveLine, StoreError> {
    Ok(MoveLine {
        id: row.int(0)?,
        case: CaseId(row.int(1)?),
        household: HouseholdId(row.int(2)?),
        from_division: row.int(3)?,
        to_division: row.int(4)?,
        moved_on: row.date(5)?,
        sent_on: row.date(6)?,
        sent_by: row.text(7)?.to_owned(),
        received_on: row.opt_date(8)?,
        received_by: row.opt_text(9)?.map(str::to_owned),
    })
}
