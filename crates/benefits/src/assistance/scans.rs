//! The scans that a decision rests on: those that stood for the household and its members on its day. They stay
//! named by it whatever is handed in or withdrawn later, and are kept as long as the file of its case.
//!
//! Must not know what a scan holds, nor terms of retention.

use minsheng_core::Date;
use minsheng_registry::erasure::{self, Resting, ScanOffices, ScanStanding};
use minsheng_registry::{CaseId, Ctx, Desk, HouseholdId, attachments};
use minsheng_store::{Query, Scope, Value, statement};

use super::error::AssistanceError;
use super::retention::holding;
use super::service::Sitting;

statement! {
    KEPT_SCANS, scoped,
    "SELECT k.decision_id, k.attachment_id FROM decision_attachment k JOIN decision d ON d.id = k.decision_id
     JOIN case_file c ON c.id = d.case_id WHERE c.id = ?1 AND {scope:c.division} ORDER BY k.id"
}

statement! {
    RESTING_SCANS, internal "keys only; which of them a user sees is filtered by the area of the scans",
    "SELECT DISTINCT k.attachment_id, c.household_id FROM decision_attachment k
     JOIN decision d ON d.id = k.decision_id JOIN case_file c ON c.id = d.case_id
     ORDER BY k.attachment_id, c.household_id"
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

/// Every readable scan of the area with its term; see [`erasure::scan_standings`].
///
/// # Errors
/// As there.
pub fn standings(
    q: &mut dyn Query,
    scope: &Scope,
    today: Date,
) -> Result<Vec<ScanStanding>, AssistanceError> {
    erasure::scan_standings(q, scope, today, &OFFICES)
}

/// Proposes to erase the scans whose term is over; see [`erasure::propose_scans`].
///
/// # Errors
/// As there.
pub fn propose_erasure(
    desk: &Desk<'_>,
    ctx: &Ctx,
    ground: &str,
    cite: &str,
) -> Result<usize, AssistanceError> {
    erasure::propose_scans(desk, ctx, ground, cite, &OFFICES)
}

/// Confirms what was proposed about scans and destroys their keys; see [`erasure::confirm_scans`].
///
/// # Errors
/// As there.
pub fn confirm_erasure(desk: &Desk<'_>, ctx: &Ctx) -> Result<usize, AssistanceError> {
    erasure::confirm_scans(desk, ctx, &OFFICES)
}

const OFFICES: ScanOffices<'static, AssistanceError> = ScanOffices {
    resting: &resting,
    look: &holding,
};

/// Which decisions rest on which scan.
fn resting(q: &mut dyn Query) -> Result<Resting, AssistanceError> {
    let mut resting = Resting::new();
    for row in q.rows(&RESTING_SCANS, &[])? {
        let households = resting.entry(row.int(0)?).or_default();
        households.insert(HouseholdId(row.int(1)?));
    }
    Ok(resting)
}

impl Sitting<'_, '_> {
    /// Writes which scans stand for the households of decisions made now: (decision, household) pairs.
    pub(super) fn keep_scans(
        &mut self,
        decided: &[(i64, HouseholdId)],
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
