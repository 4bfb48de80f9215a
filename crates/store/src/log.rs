//! What the store tells the log: one line per act, and one per statement that took long. Names of fields are those of
//! `docs/LOGGING.md`. Nothing of a row is ever in a line: an action is logged by its first word, because the rest may
//! name a record; errors by their kind, because their words may quote a value.

use crate::options::Stopwatch;
use crate::{Act, StoreError};

/// How an act ended.
pub(crate) enum Outcome {
    /// Kept, with the number of the transaction and the rows it wrote.
    Kept { tx: i64, rows: usize },
    /// Nothing was changed, so nothing was kept.
    Nothing,
    /// Refused or failed; nothing was kept.
    Failed,
}

/// Milliseconds since `begun`.
pub(crate) fn ms_since(stopwatch: Option<&Stopwatch>, begun: Option<u64>) -> Option<u64> {
    let now = stopwatch?();
    Some(now.saturating_sub(begun?) / 1_000)
}

/// The word of an action that names no record: `pay.run 2021-01` is `pay.run`.
fn word(action: &str) -> &str {
    action.split(' ').next().unwrap_or(action)
}

/// One act.
pub(crate) fn act(act: &Act<'_>, outcome: &Outcome, ms: Option<u64>) {
    let (actor, action) = (act.actor, word(act.action));
    match outcome {
        Outcome::Kept { tx, rows } => {
            tracing::info!(actor, action, tx, rows, ms, outcome = "kept", "act");
        }
        Outcome::Nothing => {
            tracing::debug!(actor, action, ms, outcome = "nothing", "act");
        }
        Outcome::Failed => {
            tracing::warn!(actor, action, ms, outcome = "refused", "act");
        }
    }
}

/// One statement that took long.
pub(crate) fn slow(statement: &str, ms: u64, rows: usize) {
    tracing::warn!(statement, ms, rows, slow = true, "statement");
}

/// A failure of the database itself, by kind.
pub(crate) fn failure(error: &StoreError) {
    let kind = match error {
        StoreError::Open { .. } => "open",
        StoreError::Busy { .. } => "busy",
        StoreError::File { .. } => "file",
        StoreError::ClockBack { .. } => "clock_back",
        StoreError::Statement { .. } => "statement",
        StoreError::Inconsistent { .. } => "inconsistent",
        _ => return,
    };
    tracing::error!(kind, "store");
}
