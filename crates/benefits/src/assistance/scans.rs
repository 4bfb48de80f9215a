//! The scans that a decision rests on: those that stood for the household and its members on its day. They stay
//! named by it whatever is handed in or withdrawn later.
//!
//! Must not know what a scan holds.

use minsheng_registry::{CaseId, attachments};
use minsheng_store::{Query, Scope, Value, statement};

use super::error::AssistanceError;
use super::service::Sitting;

statement! {
    KEPT_SCANS, scoped,
    "SELECT k.decision_id, k.attachment_id FROM decision_attachment k JOIN decision d ON d.id = k.decision_id
     JOIN case_file c ON c.id = d.case_id WHERE c.id = ?1 AND {scope:c.division} ORDER BY k.id"
}

/// A scan that a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct KeptScan {
    /// The decision.
    pub decision: i64,
    /// Key of the scan, see [`minsheng_registry::attachments`].
    pub attachment: i64,
}

/// The scans that the decisions of a case rest on, in the order of the decisions.
///
/// # Errors
/// The store's.
pub fn kept(
    q: &mut dyn Query,
    scope: &Scope,
    case: CaseId,
) -> Result<Vec<KeptScan>, AssistanceError> {
    let rows = q.scoped(&KEPT_SCANS, scope, &[Value::from(case)])?;
    rows.iter()
        .map(|row| {
            Ok(KeptScan {
                decision: row.int(0)?,
                attachment: row.int(1)?,
            })
        })
        .collect()
}

impl Sitting<'_, '_> {
    /// Writes which scans stand for the households of decisions made now: (decision, household) pairs.
    pub(super) fn keep_scans(
        &mut self,
        decided: &[(i64, minsheng_registry::HouseholdId)],
    ) -> Result<(), AssistanceError> {
        if !attachments::any(self.tx)? {
            return Ok(());
        }
        let mut rows = Vec::new();
        for (decision, household) in decided {
            let standing = attachments::standing(self.tx, *household, self.today)?;
            rows.extend(
                standing
                    .into_iter()
                    .map(|scan| vec![Value::from(*decision), Value::from(scan)]),
            );
        }
        self.tx.insert_many(
            "decision_attachment",
            &["decision_id", "attachment_id"],
            rows,
        )?;
        Ok(())
    }
}
