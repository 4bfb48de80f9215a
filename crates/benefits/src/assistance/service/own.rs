//! Who entered never confirms: what the user of an act recorded about the household since the case was last decided.
//!
//! Looked for only where the procedure says so with the need `not_own_evidence`. Must not know what the evidence says.

use std::collections::BTreeSet;

use minsheng_core::{Timestamp, civil_date};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::{Query, Row, Statement, TxNo, Value, statement};

use super::super::error::AssistanceError;
use super::super::ground::Recorded;
use super::super::records;
use super::{Dossier, Sitting};

const NEED: &str = "not_own_evidence";

statement! {
    EVIDENCE_OF_HOUSEHOLD, internal "who recorded the evidence of a case, whose area is checked in the same act",
    "SELECT e.subject_id,
            (SELECT t.at_us FROM txn t WHERE t.id = e.tx AND t.id > ?2 AND t.actor = ?3),
            (SELECT t.at_us FROM txn t WHERE t.id = e.superseded_tx AND t.id > ?2 AND t.actor = ?3)
     FROM evidence e WHERE e.subject_kind = 'household' AND e.subject_id = ?1 AND (e.tx > ?2 OR e.superseded_tx > ?2)"
}
// `CROSS JOIN` keeps SQLite from walking the whole evidence first: it takes the tables in the order written.
statement! {
    EVIDENCE_OF_MEMBERS, internal "who recorded the evidence of a case, whose area is checked in the same act",
    "SELECT e.subject_id,
            (SELECT t.at_us FROM txn t WHERE t.id = e.tx AND t.id > ?2 AND t.actor = ?3),
            (SELECT t.at_us FROM txn t WHERE t.id = e.superseded_tx AND t.id > ?2 AND t.actor = ?3)
     FROM membership m CROSS JOIN evidence e
     WHERE m.household_id = ?1 AND e.subject_kind = 'person' AND e.subject_id = m.person_id
       AND (e.tx > ?2 OR e.superseded_tx > ?2)"
}
statement! {
    MEMBERSHIPS, internal "who recorded the members of a case, whose area is checked in the same act",
    "SELECT m.person_id,
            (SELECT t.at_us FROM txn t WHERE t.id = m.tx AND t.id > ?2 AND t.actor = ?3),
            (SELECT t.at_us FROM txn t WHERE t.id = m.superseded_tx AND t.id > ?2 AND t.actor = ?3)
     FROM membership m WHERE m.household_id = ?1 AND (m.tx > ?2 OR m.superseded_tx > ?2)"
}

impl Sitting<'_, '_> {
    /// Takes note of what the user recorded about the household, if the step of this act asks for it.
    pub(super) fn look_for_own_evidence(
        &mut self,
        dossier: &mut Dossier,
    ) -> Result<(), AssistanceError> {
        let asked = dossier
            .procedure()?
            .steps_called(self.step)
            .any(|step| step.needs.iter().any(|need| need == NEED));
        if !asked {
            return Ok(());
        }
        let household = dossier.case.household;
        let since = self.last_decision(dossier.case.id)?;
        let params = [
            Value::from(household),
            Value::from(since),
            Value::from(self.ctx.actor.username.as_str()),
        ];
        let person = |id: i64| PersonId(id).to_string();
        let home = |id: i64| HouseholdId(id).to_string();
        let questions: [(&'static Statement, &dyn Fn(i64) -> String); 3] = [
            (&EVIDENCE_OF_HOUSEHOLD, &home),
            (&EVIDENCE_OF_MEMBERS, &person),
            (&MEMBERSHIPS, &person),
        ];
        let mut found: Option<Recorded> = None;
        for (statement, name) in questions {
            for row in self.tx.rows(statement, &params)? {
                let Some(at) = last_recorded(&row)? else {
                    continue;
                };
                let on = civil_date(at);
                let found = found.get_or_insert_with(|| Recorded {
                    about: BTreeSet::new(),
                    on,
                });
                found.about.insert(name(row.int(0)?));
                found.on = found.on.max(on);
            }
        }
        dossier.ground.own_evidence = found;
        Ok(())
    }

    /// The transaction in which the case was last decided; before all others if it never was.
    pub(super) fn last_decision(&mut self, case: CaseId) -> Result<TxNo, AssistanceError> {
        let rows = records::DECISIONS.rows(self.tx, &[case.0])?;
        Ok(rows.last().map_or(Ok(TxNo(0)), |row| row.tx(5))?)
    }
}

/// When the user recorded or ended the row, if the user did.
fn last_recorded(row: &Row) -> Result<Option<Timestamp>, AssistanceError> {
    let Some(micros) = row.opt_int(1)?.max(row.opt_int(2)?) else {
        return Ok(None);
    };
    Timestamp::from_microsecond(micros)
        .map(Some)
        .map_err(|error| AssistanceError::inconsistent("txn", error))
}
