//! Payments: from entitlements to money at the bank, and back to figures that open to their records.
//!
//! The one idea: an entitlement is a pure function of decisions, self-executing facts and the pack, computed for
//! every key every time; a run pays `entitlement − settled`. Late facts change the left side, bank answers and
//! recoveries the right side, and there is no other code for either. Who makes, checks and releases a batch are
//! three users; the money leaves its funds by double entry; everything can be derived again ([`verify`]).
//!
//! The layer above benefits. It must not know how a case is decided, nor any amount: amounts come from the packs.
//!
//! | module | subject |
//! |---|---|
//! | `entitlement` | what everybody is entitled to, up to a month |
//! | `positions` | what happened to every key |
//! | `run`, `stored`, `payees`, `holds`, `freeze` | the run: differences, destinations, batch |
//! | [`batches`], `recheck`, `release`, `export`, `results`, [`bank`] | the way of a batch to the bank and back |
//! | [`recovery`], `overpaid` | money that has to come back |
//! | [`closing`] | money that came back for a claim that fell away |
//! | [`funds`], `accounts` | appropriations, balances, bookings |
//! | [`month`] | a whole payment month, resumable |
//! | [`erasure`] | what keeps the record of a household from being erased |
//! | [`queries`], [`verify`] | what others read; the proof of the books |
//!
//! Source: handbook of assistance §1.3, §1.4, §1.7, §1.8; 社会救助暂行办法 art. 5, art. 68.

use std::sync::Mutex;

mod accounts;
pub mod bank;
pub mod batches;
pub mod closing;
mod entitlement;
pub mod erasure;
mod error;
mod export;
mod freeze;
pub mod funds;
mod holds;
mod intern;
pub mod month;
pub mod outlook;
mod overpaid;
mod payees;
mod positions;
pub mod queries;
mod recheck;
mod records;
pub mod recovery;
mod release;
mod results;
mod run;
mod stored;
pub mod verify;

pub use batches::reject;
pub use error::PaymentError;
pub use export::export;
pub use minsheng_ledger::FundSource;
pub use recheck::{Rechecked, Withdrawal};
pub use records::{
    AppropriationId, Batch, BatchId, BatchState, ClosingId, Entitled, HoldCause, Key, LineState,
    RecoveryCause, RecoveryEventId, RecoveryEventKind, RecoveryId, RecoveryState, RunId,
    WithdrawalCause,
};
pub use results::{Settled, results};
pub use run::RunReport;

/// The office: remembers what determinations give in an epoch of a pack, so that computing everything every time
/// stays cheap. It holds nothing that a new one would not find again.
#[derive(Debug, Default)]
pub struct PaymentOffice {
    pub(crate) memo: Mutex<entitlement::Memo>,
}

impl PaymentOffice {
    /// An office that remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}
