//! The rules of the books, over values in memory: which accounts there are, how entries change them, how an
//! amount is drawn from the funds, how a repayment is spread over what is owed, and what a key is still due.
//!
//! It must not know: SQL, the clock, a file, a case, a bank. Offices load rows, ask here, and store the answer.
//! Every assertion is an error that stays in the released program ([`LedgerError`]); nothing here panics.
//!
//! | module | subject |
//! |---|---|
//! | [`account`] | kinds of accounts, normal sides, fund sources |
//! | [`entry`] | direct, pending, post and void entries |
//! | [`book`] | applies entries in order and keeps the balances |
//! | [`check`] | the same books computed a second time in another way, for `verify` |
//! | [`trial`] | the trial balance |
//! | [`mod@draw`] | an amount, or a batch of lines, spread over the sources in draw order |
//! | [`recovery`] | a repayment spread over the items of a recovery |
//! | [`settlement`] | what a key (programme, person, month) is due, and the invariant of each key |
//!
//! # How a county's money is booked
//!
//! | act | kind | debit | credit |
//! |---|---|---|---|
//! | appropriation received | direct | fund source | appropriation control |
//! | batch released to the bank | pending, per line and source | clearing | fund source |
//! | line credited by the bank | post, then direct | clearing, then expense | fund source, then clearing |
//! | line returned by the bank | void | clearing | fund source |
//! | overpayment opened as a recovery | direct | recovery receivable | expense |
//! | repaid | direct | fund source | recovery receivable |
//! | written off | direct | expense | recovery receivable |
//!
//! So the pending debit of the clearing account is what is with the bank and not yet answered, and its posted
//! balance is nil after each result file. The book does not enforce this table: it enforces what must hold for
//! any table (balance, pending once resolved, no fund below zero).
//!
//! Source: money flow and ring-fencing of assistance funds (社会救助暂行办法 art. 5); double entry with
//! pending transfers after TigerBeetle's account and transfer model.

pub mod account;
pub mod book;
pub mod check;
pub mod draw;
pub mod entry;
mod error;
pub mod recovery;
pub mod settlement;
mod sums;
pub mod trial;

pub use account::{Account, AccountId, AccountKind, FundSource, Side};
pub use book::{Balance, Book};
pub use check::{Checked, check_book};
pub use draw::{BatchDraw, Draw, Purse, draw, draw_batch};
pub use entry::{Document, Entry, EntryId, EntryKind};
pub use error::LedgerError;
pub use recovery::{Owed, allocate};
pub use settlement::{Difference, Settlement};
pub use trial::{TrialBalance, TrialRow};
