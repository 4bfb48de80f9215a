//! What does not come out between the office and the bank: payments that the bank has not answered in time, payments
//! returned and not sent again in time, repayments that no claim took, closings that nobody confirmed. An answer
//! without a line is not among them: a result file that holds one is refused whole.
//!
//! The term is that of the pack for sending a payment again. Source: handbook of assistance §1.7.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};
use minsheng_registry::Desk;
use minsheng_store::{Query, Scope, statement};

use crate::PaymentError;
use crate::closing::waiting;
use crate::queries::returned;
use crate::records::BatchId;

statement! {
    UNANSWERED, scoped,
    "SELECT l.household_id, l.programme, l.amount_fen, b.number, l.line_no, b.exported_on
     FROM payment_line l JOIN payment_batch b ON b.id = l.batch_id
     WHERE b.state = 'exported' AND l.state = 'open' AND {scope:l.division} ORDER BY l.id"
}
statement! {
    UNCONFIRMED, scoped,
    "SELECT r.household_id, r.id, e.id, e.amount_fen, e.happened_on, r.state
     FROM recovery_event e JOIN recovery r ON r.id = e.recovery_id
     WHERE e.kind = 'repaid' AND e.confirmed_by IS NULL AND {scope:r.division}
       AND NOT EXISTS (SELECT 1 FROM repayment_closing c WHERE c.event_id = e.id)
     ORDER BY e.id"
}
statement! {
    SENT, internal "batches and programmes hold no persons",
    "SELECT DISTINCT b.id, l.programme, b.exported_on FROM payment_line l JOIN payment_batch b ON b.id = l.batch_id
     WHERE b.state = 'exported' AND l.state = 'open' ORDER BY b.id, l.programme"
}
statement! {
    NOT_SENT_AGAIN, internal "batches and programmes hold no persons",
    "SELECT DISTINCT l.batch_id, l.programme, l.settled_on FROM payment_line l
     WHERE l.state = 'returned' AND NOT EXISTS (
       SELECT 1 FROM payment_line n WHERE n.household_id = l.household_id AND n.programme = l.programme AND n.id > l.id
         AND n.state IN ('open', 'credited', 'returned'))
     ORDER BY l.batch_id, l.programme"
}

/// What is not reconciled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// The bank has the file and has not answered within the term.
    Unanswered,
    /// The bank returned it, and it was not sent again within the term.
    NotSentAgain,
    /// A repayment waits for a second user.
    RepaymentUnconfirmed,
    /// A repayment whose recovery is closed: nothing takes it.
    RepaymentUnassigned,
    /// The closing of a repayment waits for a second user.
    ClosingUnconfirmed,
}

impl Gap {
    /// The word, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Gap::Unanswered => "unanswered",
            Gap::NotSentAgain => "not_sent_again",
            Gap::RepaymentUnconfirmed => "repayment_unconfirmed",
            Gap::RepaymentUnassigned => "repayment_unassigned",
            Gap::ClosingUnconfirmed => "closing_unconfirmed",
        }
    }
}

/// One item that is not reconciled.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unreconciled {
    /// What it is.
    pub gap: Gap,
    /// Row of the household.
    pub household: i64,
    /// Batch and line, repayment or closing.
    pub item: String,
    /// Fen.
    pub amount: Fen,
    /// Since when.
    pub since: Date,
    /// Last day of the term, if there is one.
    pub due: Option<Date>,
}

/// Everything of the area that is not reconciled on a day.
///
/// # Errors
/// The store's.
pub fn unreconciled(
    q: &mut dyn Query,
    scope: &Scope,
    desk: &Desk<'_>,
    today: Date,
) -> Result<Vec<Unreconciled>, PaymentError> {
    let mut found = Vec::new();
    for row in q.scoped(&UNANSWERED, scope, &[])? {
        let since = row.date(5)?;
        let due = resend_day(desk, row.text(1)?, since);
        if due.is_some_and(|due| due < today) {
            found.push(Unreconciled {
                gap: Gap::Unanswered,
                household: row.int(0)?,
                item: format!("{} / {}", row.text(3)?, row.int(4)?),
                amount: row.fen(2)?,
                since,
                due,
            });
        }
    }
    for line in returned(q, scope, desk)? {
        let due = line.correct_by.map(|due| due.date);
        if due.is_some_and(|due| due < today) {
            found.push(Unreconciled {
                gap: Gap::NotSentAgain,
                household: line.household,
                item: format!("{} / {}", line.batch, line.line_no),
                amount: line.amount,
                since: line.returned_on,
                due,
            });
        }
    }
    for row in q.scoped(&UNCONFIRMED, scope, &[])? {
        let gap = if row.text(5)? == "open" {
            Gap::RepaymentUnconfirmed
        } else {
            Gap::RepaymentUnassigned
        };
        found.push(Unreconciled {
            gap,
            household: row.int(0)?,
            item: format!("R{} / {}", row.int(1)?, row.int(2)?),
            amount: row.fen(3)?,
            since: row.date(4)?,
            due: None,
        });
    }
    for closing in waiting(q, scope)? {
        found.push(Unreconciled {
            gap: Gap::ClosingUnconfirmed,
            household: closing.household,
            item: format!("R{} / {}", closing.recovery, closing.event),
            amount: closing.amount,
            since: closing.entered_on,
            due: None,
        });
    }
    Ok(found)
}

/// Until when what a batch sent has to be answered, or what came back of it has to be sent again: the earliest day.
///
/// # Errors
/// The store's.
pub fn resend_days(
    q: &mut dyn Query,
    desk: &Desk<'_>,
) -> Result<BTreeMap<BatchId, Date>, PaymentError> {
    let mut found: BTreeMap<BatchId, Date> = BTreeMap::new();
    for statement in [&SENT, &NOT_SENT_AGAIN] {
        for row in q.rows(statement, &[])? {
            if let Some(day) = resend_day(desk, row.text(1)?, row.date(2)?) {
                let first = found.entry(BatchId(row.int(0)?)).or_insert(day);
                *first = day.min(*first);
            }
        }
    }
    Ok(found)
}

fn resend_day(desk: &Desk<'_>, programme: &str, since: Date) -> Option<Date> {
    let programme = desk.packs.current().programme(programme)?;
    let days = u32::try_from(programme.payment.correct_within_working_days).ok()?;
    Some(desk.calendar.add_working_days(since, days).date)
}
