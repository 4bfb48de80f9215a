//! Working the list off: reviews are opened for what differs, or an entry is dismissed with a reason, which holds
//! until the facts change again.

use std::fmt;

use minsheng_registry::{CaseId, Ctx, Desk, HouseholdId, Role};
use minsheng_store::{Query, Subject, Tx, Value, statement};

use super::compare::Kind;
use super::run::{DISMISSED, REVIEW};
use crate::assistance::service::{OPEN_REVIEW, open_in, own_relatives, sit};
use crate::assistance::{AssistanceError, Cause};

statement! {
    ENTRY_TO_WORK, internal "one entry inside an act, whose area is checked from it",
    "SELECT e.case_id, e.household_id, e.cause, e.handled, e.closed_on, h.division, e.kind
     FROM drift_entry e JOIN household h ON h.id = e.household_id WHERE e.id = ?1"
}

/// Label under which the reason of a dismissal is sealed.
pub(crate) const REASON: &str = "drift.reason";

/// Key of an entry.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct EntryId(pub i64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is done about entries.
#[derive(Debug, Clone, Copy)]
pub enum Work<'a> {
    /// Reviews are opened, each for the cause of its entry.
    OpenReview,
    /// Nothing is done, with a reason; the entry stays dismissed until the facts change.
    Dismiss {
        /// Why.
        reason: &'a str,
    },
}

struct Taken {
    entry: EntryId,
    case: Option<(CaseId, Cause)>,
    household: HouseholdId,
}

/// Works entries off, all or none, and says how many reviews were opened or entries dismissed.
///
/// # Errors
/// [`AssistanceError::Entries`] naming every entry that cannot be worked off and why;
/// [`AssistanceError::Refused`] where the procedure does not let a review begin; [`AssistanceError::Form`] for a
/// dismissal without a reason; or the store's.
pub fn work_off(
    desk: &Desk<'_>,
    ctx: &Ctx,
    entries: &[EntryId],
    work: Work<'_>,
) -> Result<usize, AssistanceError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    match work {
        Work::OpenReview => sit(desk, ctx, OPEN_REVIEW, |sitting| {
            let taken = take(sitting.tx, ctx, entries, true)?;
            let today = Value::from(sitting.today);
            let who = Value::from(ctx.actor.username.as_str());
            let now = Value::from(sitting.tx.number());
            let mut rows = Vec::with_capacity(taken.len());
            let mut reviews = Vec::with_capacity(taken.len());
            for one in &taken {
                reviews.extend(one.case);
                let values = [Value::from(REVIEW), today.clone(), who.clone(), now.clone()];
                rows.push((one.entry.0, values.to_vec()));
            }
            open_in(sitting, &reviews, "动态管理比对发现差异")?;
            let columns = ["handled", "handled_on", "handled_by", "handled_tx"];
            sitting.tx.update_many("drift_entry", &columns, rows)?;
            Ok(taken.len())
        }),
        Work::Dismiss { reason } => {
            if reason.trim().is_empty() {
                return Err(AssistanceError::form(
                    "drift",
                    "reason",
                    "say why nothing is to be done; it is kept with the entry",
                ));
            }
            desk.store.write(&ctx.act("drift.dismiss"), |tx| {
                let taken = take(tx, ctx, entries, false)?;
                let mut rows = Vec::with_capacity(taken.len());
                for one in &taken {
                    let subject = Subject::Household(one.household.0);
                    let sealed = tx.seal(subject, REASON, reason.trim().as_bytes())?;
                    let values = [
                        Value::from(DISMISSED),
                        Value::from(ctx.today()),
                        Value::from(ctx.actor.username.as_str()),
                        Value::from(tx.number()),
                        Value::from(sealed),
                    ];
                    rows.push((one.entry.0, values.to_vec()));
                }
                let columns = [
                    "handled",
                    "handled_on",
                    "handled_by",
                    "handled_tx",
                    "reason_sealed",
                ];
                tx.update_many("drift_entry", &columns, rows)?;
                Ok(taken.len())
            })
        }
    }
}

/// The entries of the list, each once and able to be worked off; otherwise all that are not.
fn take(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    entries: &[EntryId],
    review: bool,
) -> Result<Vec<Taken>, AssistanceError> {
    let mut problems = Vec::new();
    let mut taken: Vec<Taken> = Vec::with_capacity(entries.len());
    for entry in entries {
        let rows = tx.rows(&ENTRY_TO_WORK, &[Value::from(entry.0)])?;
        let row = rows.first();
        let mut problem = |why: String| problems.push(format!("entry {entry}: {why}"));
        let Some(row) = row else {
            problem("there is no such entry".to_owned());
            continue;
        };
        let division = row.int(5)?;
        let case = row.opt_int(0)?.map(CaseId);
        let household = HouseholdId(row.int(1)?);
        // Where a review is opened, the step itself asks that.
        let own = match review {
            true => Vec::new(),
            false => own_relatives(tx, household, &ctx.actor.username)?,
        };
        if !ctx.scope().contains(division) {
            problem(format!(
                "it lies in {division}, outside of the area {} of `{}`",
                ctx.actor.division, ctx.actor.username
            ));
        } else if let Some(person) = own.first() {
            problem(format!(
                "`{}` is a near relative of {person} of the household: a colleague works it off",
                ctx.actor.username
            ));
        } else if let Some(day) = row.opt_date(4)? {
            problem(format!("it was cleared on {day}"));
        } else if let Some(handled) = row.opt_text(3)? {
            problem(format!("it was worked off already ({handled})"));
        } else if taken.iter().any(|other| other.entry == *entry) {
            problem("it is named twice".to_owned());
        } else if review && row.text(6)? == Kind::Erased.as_str() {
            problem(
                "a record was erased, so a review could ask nothing: dismiss the entry with a reason"
                    .to_owned(),
            );
        } else if review && case.is_none() {
            problem(
                "no case is in force: the household may apply, or the entry is dismissed with a reason"
                    .to_owned(),
            );
        } else {
            let cause = row.opt_text(2)?.map(str::parse).transpose()?;
            taken.push(Taken {
                entry: *entry,
                case: case.zip(cause),
                household,
            });
        }
    }
    if problems.is_empty() {
        Ok(taken)
    } else {
        Err(AssistanceError::Entries(problems))
    }
}
