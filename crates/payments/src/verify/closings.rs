//! Closed repayments: what was assigned and what goes back make the repayment, by two users.

use minsheng_core::Fen;
use minsheng_store::{Query, statement};

use super::Findings;
use crate::PaymentError;

statement! {
    CLOSINGS, internal "the proof of the whole books; gives keys and sums",
    "SELECT c.id, e.amount_fen, e.kind, e.confirmed_by, c.entered_by, c.confirmed_by, c.assigned_fen, c.refund_fen,
            CAST(COALESCE((SELECT SUM(p.amount_fen) FROM repayment_closing_part p WHERE p.closing_id = c.id), 0) AS BIGINT),
            e.entered_by
     FROM repayment_closing c JOIN recovery_event e ON e.id = c.event_id ORDER BY c.id"
}
statement! {
    FOREIGN_PARTS, internal "the proof of the whole books; gives keys",
    "SELECT p.id FROM repayment_closing_part p JOIN repayment_closing c ON c.id = p.closing_id
     JOIN recovery_event n ON n.id = p.event_id JOIN recovery nr ON nr.id = n.recovery_id
     JOIN recovery_event o ON o.id = c.event_id JOIN recovery r ON r.id = o.recovery_id
     WHERE n.amount_fen <> p.amount_fen OR n.kind <> 'repaid' OR n.confirmed_by IS NULL OR nr.household_id <> r.household_id
     ORDER BY p.id"
}

pub(super) fn check(q: &mut dyn Query, findings: &mut Findings) -> Result<(), PaymentError> {
    for row in q.rows(&CLOSINGS, &[])? {
        let (id, amount) = (row.int(0)?, row.fen(1)?);
        if row.text(2)? != "repaid" || row.opt_text(3)?.is_some() {
            findings.add(
                "repayment_closing",
                id,
                "it closes what is no unconfirmed repayment",
            );
        }
        let expected = if row.opt_text(5)?.is_some() {
            amount
        } else {
            Fen::ZERO
        };
        let said = |column| Ok::<_, PaymentError>(row.opt_int(column)?.map_or(Fen::ZERO, Fen::new));
        let (assigned, refund, parts) = (said(6)?, said(7)?, row.fen(8)?);
        if assigned.checked_add(refund)? != expected || parts != assigned {
            findings.add(
                "repayment_closing",
                id,
                format!("{expected} yuan are closed: {assigned} assigned, of which {parts} are found, {refund} go back"),
            );
        }
        let confirmed = row.opt_text(5)?;
        if confirmed == Some(row.text(4)?) || confirmed == Some(row.text(9)?) {
            findings.add(
                "repayment_closing",
                id,
                "the same user entered it, or its repayment, and confirmed it",
            );
        }
    }
    for row in q.rows(&FOREIGN_PARTS, &[])? {
        findings.add(
            "repayment_closing_part",
            row.int(0)?,
            "it is no repayment of the household",
        );
    }
    Ok(())
}
