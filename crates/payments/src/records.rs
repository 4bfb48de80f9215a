//! The records of payment and the words their columns hold. Nothing here decides anything.

use std::fmt;
use std::sync::Arc;

use minsheng_core::{Date, Fen, Month};
use minsheng_store::{Row, TxNo, Value};

use crate::PaymentError;

macro_rules! number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Value::Int(id.0)
            }
        }
    };
}

number! {
    /// A payment run: one computation of all entitlements up to a month.
    RunId
}
number! {
    /// A payment batch; people know it by its number `PAY-513301-2021-05-01`.
    BatchId
}
number! {
    /// A recovery of money overpaid.
    RecoveryId
}
number! {
    /// A repayment or write-off entered for a recovery.
    RecoveryEventId
}
number! {
    /// The closing of a repayment whose claim fell away before it counted.
    ClosingId
}
number! {
    /// An appropriation of funds.
    AppropriationId
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident ($what:literal) { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// The word as stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            pub(crate) fn read(word: &str) -> Result<Self, PaymentError> {
                match word {
                    $($word => Ok($name::$variant),)*
                    _ => Err(PaymentError::inconsistent($what, format!("`{word}` is none of its words"))),
                }
            }
        }

        impl From<$name> for Value {
            fn from(word: $name) -> Self {
                Value::from(word.as_str())
            }
        }
    };
}

words! {
    /// Stage of a batch.
    BatchState ("batch state") {
        /// Made by the cashier; lines no longer change.
        Frozen = "frozen",
        /// Checked by a second user.
        Checked = "checked",
        /// Released by a third user; the money is reserved.
        Released = "released",
        /// The bank file is written.
        Exported = "exported",
        /// Every line is answered by the bank.
        Settled = "settled",
        /// Sent back before release; its lines pay nothing.
        Rejected = "rejected",
    }
}

words! {
    /// State of a line. While it is open, its stage is that of its batch.
    LineState ("line state") {
        /// In a batch that the bank has not answered.
        Open = "open",
        /// The bank credited the account.
        Credited = "credited",
        /// The bank returned it (退汇); its items are due again.
        Returned = "returned",
        /// The batch was rejected.
        Cancelled = "cancelled",
        /// Taken out of its batch by the check before its release.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// Why a line was taken out of its batch.
    WithdrawalCause ("cause of a withdrawal") {
        /// A death became known after the batch was frozen.
        Death = "death",
        /// The entitlement was lowered or ended.
        NotEntitled = "not_entitled",
        /// Another case pays the person for the month.
        PaidElsewhere = "paid_elsewhere",
        /// Another person is the payee.
        Payee = "payee",
        /// The account no longer stands.
        Account = "account",
    }
}

words! {
    /// Why a household's money is held back.
    HoldCause ("cause of a hold") {
        /// The household has no head on the day of the run.
        NoPayee = "no_payee",
        /// The payee has died.
        PayeeDead = "payee_dead",
        /// The payee has no account.
        NoAccount = "no_account",
        /// Nobody confirmed the account yet.
        AccountUnconfirmed = "account_unconfirmed",
        /// The account is held by somebody outside the household.
        ForeignHolder = "foreign_holder",
        /// The bank returned the last payment to this account.
        AccountReturned = "account_returned",
        /// Its line was taken out of a batch; the next run pays what is due.
        LineWithdrawn = "line_withdrawn",
        /// Another case pays the same person for the same month.
        DoubleBenefit = "double_benefit",
    }
}

words! {
    /// Why a recovery was opened.
    RecoveryCause ("cause of a recovery") {
        /// A death that became known after the payment.
        LateDeath = "late_death",
        /// A decision or a pack that lowers a month already paid.
        LowerEntitlement = "lower_entitlement",
    }
}

words! {
    /// State of a recovery.
    RecoveryState ("recovery state") {
        /// Something is still owed.
        Open = "open",
        /// Closed; the last part was paid back.
        Repaid = "repaid",
        /// Closed; the last part was given up.
        WrittenOff = "written_off",
        /// Closed; the entitlement rose again.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What happened to a recovery.
    RecoveryEventKind ("kind of a recovery event") {
        /// Money came back.
        Repaid = "repaid",
        /// The claim was given up.
        WrittenOff = "written_off",
        /// A run found that the claim has no ground any more.
        Withdrawn = "withdrawn",
        /// A run found that what was given up had been paid rightly: the write-off counts no more.
        WriteOffWithdrawn = "write_off_withdrawn",
    }
}

/// The key of an entitlement: programme, beneficiary, month. Payee and household are attributes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Row of the beneficiary.
    pub person: i64,
    /// Month of the benefit.
    pub month: Month,
    /// Code of the programme.
    pub programme: Arc<str>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of P{:06} for {}",
            self.programme, self.person, self.month
        )
    }
}

/// What a person is entitled to for a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// Programme, person, month.
    pub key: Key,
    /// Row of the household.
    pub household: i64,
    /// Village of the case when it was computed; not part of what is derived again.
    pub division: i64,
    /// Row of the case.
    pub case: i64,
    /// Row of the decision in force.
    pub decision: i64,
    /// Class of the amount.
    pub class: Arc<str>,
    /// Amount in fen, above zero.
    pub amount: Fen,
}

impl Entitled {
    /// Equal in everything that is derived from the decision.
    pub(crate) fn same(&self, other: &Entitled) -> bool {
        self.key == other.key
            && (self.household, self.case, self.decision)
                == (other.household, other.case, other.decision)
            && self.class == other.class
            && self.amount == other.amount
    }
}

/// A payment batch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Batch {
    /// Row.
    pub id: BatchId,
    /// Run that made it.
    pub run: RunId,
    /// Number, `PAY-513301-2021-05-01`.
    pub number: String,
    /// Latest month it pays.
    pub month: Month,
    /// Stage.
    pub state: BatchState,
    /// Day of the run.
    pub frozen_on: Date,
    /// Who made it.
    pub made_by: String,
    /// Number of lines.
    pub line_count: i64,
    /// Sum of the lines, fen.
    pub total: Fen,
    /// Number of the lines that are left after the checks.
    pub kept_lines: i64,
    /// Sum of them, fen.
    pub kept_total: Fen,
    /// SM3 over lines and items as frozen.
    #[serde(skip)]
    pub lines_digest: Vec<u8>,
    /// Who checked it, or rejected it.
    pub checked_by: Option<String>,
    /// Who released it.
    pub released_by: Option<String>,
    /// Day of release.
    pub released_on: Option<Date>,
    /// Day of export.
    pub exported_on: Option<Date>,
    /// Day on which the result file was applied.
    pub settled_on: Option<Date>,
    /// Why it was rejected.
    pub reject_reason: Option<String>,
    /// Name of the bank file.
    pub bank_file_name: Option<String>,
    /// SM3 of the bank file.
    #[serde(skip)]
    pub bank_file_digest: Option<Vec<u8>>,
}

/// Columns of [`Batch`], in the order in which [`Batch::of`] reads them.
macro_rules! batch_columns {
    () => {
        "b.id, b.run_id, b.number, b.month, b.state, b.frozen_on, b.made_by, b.line_count, b.total_fen, b.lines_digest,
         b.checked_by, b.released_by, b.released_on, b.exported_on, b.settled_on, b.reject_reason, b.bank_file_name,
         b.bank_file_digest,
         (SELECT s.line_count FROM payment_batch_step s WHERE s.batch_id = b.id ORDER BY s.id DESC LIMIT 1),
         (SELECT s.total_fen FROM payment_batch_step s WHERE s.batch_id = b.id ORDER BY s.id DESC LIMIT 1)"
    };
}
pub(crate) use batch_columns;

impl Batch {
    pub(crate) fn of(row: &Row) -> Result<Batch, PaymentError> {
        Ok(Batch {
            id: BatchId(row.int(0)?),
            run: RunId(row.int(1)?),
            number: row.text(2)?.to_owned(),
            month: row.month(3)?,
            state: BatchState::read(row.text(4)?)?,
            frozen_on: row.date(5)?,
            made_by: row.text(6)?.to_owned(),
            line_count: row.int(7)?,
            total: row.fen(8)?,
            lines_digest: row.blob(9)?.to_vec(),
            checked_by: row.opt_text(10)?.map(str::to_owned),
            released_by: row.opt_text(11)?.map(str::to_owned),
            released_on: row.opt_date(12)?,
            exported_on: row.opt_date(13)?,
            settled_on: row.opt_date(14)?,
            reject_reason: row.opt_text(15)?.map(str::to_owned),
            bank_file_name: row.opt_text(16)?.map(str::to_owned),
            bank_file_digest: row.opt_blob(17)?.map(<[u8]>::to_vec),
            kept_lines: row.opt_int(18)?.unwrap_or(row.int(7)?),
            kept_total: row.opt_int(19)?.map_or(row.fen(8)?, Fen::new),
        })
    }
}

/// A payment run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) month: Month,
    pub(crate) known: TxNo,
    pub(crate) pack_hash: String,
    pub(crate) tx: TxNo,
}

/// One instruction to the bank as frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) line_no: i64,
    pub(crate) programme: Arc<str>,
    pub(crate) household: i64,
    pub(crate) payee: i64,
    pub(crate) account: i64,
    pub(crate) holder: i64,
    pub(crate) division: i64,
    pub(crate) amount: Fen,
    pub(crate) state: LineState,
}

/// What a line pays for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) line: i64,
    pub(crate) key: Key,
    pub(crate) case: i64,
    pub(crate) class: Arc<str>,
    pub(crate) amount: Fen,
    /// What the key was entitled to when it was frozen.
    pub(crate) entitled: Fen,
}
