//! One payment month from the run to the bank's answer, resumable at every point: each step looks at what the
//! records say and does what is next. Killed anywhere and called again with the same plan, it ends in the same
//! books. Must not decide anything that a step does not decide itself.

use std::path::{Path, PathBuf};

use minsheng_core::Month;
use minsheng_registry::{Ctx, Desk};
use minsheng_store::{Query, statement};

use crate::export::export;
use crate::records::{Batch, BatchState, batch_columns};
use crate::results::results;
use crate::run::runs;
use crate::{PaymentError, PaymentOffice};

statement! {
    UNFINISHED, internal "batches hold no persons",
    concat!("SELECT ", batch_columns!(), " FROM payment_batch b WHERE b.state NOT IN ('settled', 'rejected') ORDER BY b.id")
}

/// Plays the agent bank: takes the bank file and gives the path of the result file.
pub type Bank<'a> = &'a dyn Fn(&Path) -> Result<PathBuf, PaymentError>;

/// Who does what and when in one round of a payment month.
#[derive(Clone, Copy)]
pub struct MonthPlan<'a> {
    /// The month.
    pub month: Month,
    /// Which run of the month this is, from 1; 2 sends again what was returned and corrected.
    pub round: u32,
    /// Makes the batch.
    pub run: &'a Ctx,
    /// Checks it.
    pub check: &'a Ctx,
    /// Releases it.
    pub release: &'a Ctx,
    /// Exports the bank file.
    pub export: &'a Ctx,
    /// Applies the result file.
    pub results: &'a Ctx,
    /// The bank.
    pub bank: Bank<'a>,
}

/// What [`advance`] did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The run was made.
    Run,
    /// The batch was checked.
    Checked(Batch),
    /// The batch was released.
    Released(Batch),
    /// The bank file was written.
    Exported(Batch),
    /// The bank's answer was applied.
    Settled(Batch),
    /// The round was finished before.
    Done,
}

/// Brings one round of a payment month to its end, from wherever it stands. Batches left unfinished by earlier
/// rounds are finished first.
///
/// # Errors
/// Those of the steps and of the bank.
pub fn advance(
    office: &PaymentOffice,
    desk: &Desk<'_>,
    plan: &MonthPlan<'_>,
    dir: &Path,
) -> Result<(), PaymentError> {
    while step(office, desk, plan, dir)? != Step::Done {}
    Ok(())
}

/// Where the round stands: its first unfinished batch, or one left by an earlier round, and whether its run was
/// made. What later rounds left is theirs to finish.
fn stands(q: &mut dyn Query, plan: &MonthPlan<'_>) -> Result<(Option<Batch>, bool), PaymentError> {
    let own = runs(q)?
        .into_iter()
        .filter(|run| run.month == plan.month)
        .zip(1_u32..)
        .find(|(_, round)| *round == plan.round)
        .map(|(run, _)| run.id);
    for row in q.rows(&UNFINISHED, &[])? {
        let batch = Batch::of(&row)?;
        if own.map_or(batch.month <= plan.month, |run| batch.run <= run) {
            return Ok((Some(batch), own.is_some()));
        }
    }
    Ok((None, own.is_some()))
}

/// Does the one step that is next.
///
/// # Errors
/// Those of the step.
pub fn step(
    office: &PaymentOffice,
    desk: &Desk<'_>,
    plan: &MonthPlan<'_>,
    dir: &Path,
) -> Result<Step, PaymentError> {
    let (batch, ran) = desk.store.read(|q| stands(q, plan))?;
    let Some(batch) = batch else {
        if ran {
            return Ok(Step::Done);
        }
        office.run(desk, plan.run, plan.month)?;
        return Ok(Step::Run);
    };
    match batch.state {
        BatchState::Frozen => {
            office.check(desk, plan.check, batch.id)?;
            Ok(Step::Checked(batch))
        }
        BatchState::Checked => {
            office.release(desk, plan.release, batch.id)?;
            Ok(Step::Released(batch))
        }
        BatchState::Released => {
            export(desk, plan.export, batch.id, dir)?;
            Ok(Step::Exported(batch))
        }
        BatchState::Exported => {
            // The file is written again if it is gone; its bytes are those recorded.
            let file = export(desk, plan.export, batch.id, dir)?;
            let answer = (plan.bank)(&file)?;
            results(desk, plan.results, batch.id, &answer)?;
            Ok(Step::Settled(batch))
        }
        BatchState::Settled | BatchState::Rejected => Ok(Step::Done),
    }
}
