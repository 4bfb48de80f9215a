//! The chart of accounts that the tests of this folder book on.

use minsheng_core::Fen;
use minsheng_ledger::{
    Account, AccountId, AccountKind, Document, Entry, EntryId, EntryKind, FundSource,
};

pub const CENTRAL: AccountId = AccountId(1);
pub const COUNTY: AccountId = AccountId(2);
pub const CLEARING: AccountId = AccountId(3);
pub const EXPENSE: AccountId = AccountId(4);
pub const RECEIVABLE: AccountId = AccountId(5);
pub const CONTROL: AccountId = AccountId(6);

/// Two funds and one account of each other kind.
pub fn chart() -> Vec<Account> {
    let account = |id, code: &str, kind, fund_source, programme: Option<&str>| Account {
        id,
        code: code.to_owned(),
        kind,
        fund_source,
        programme: programme.map(str::to_owned),
    };
    vec![
        account(
            CENTRAL,
            "central",
            AccountKind::FundSource,
            Some(FundSource::Central),
            None,
        ),
        account(
            COUNTY,
            "county",
            AccountKind::FundSource,
            Some(FundSource::County),
            None,
        ),
        account(CLEARING, "clearing", AccountKind::Clearing, None, None),
        account(
            EXPENSE,
            "expense",
            AccountKind::Expense,
            None,
            Some("urban-dibao"),
        ),
        account(
            RECEIVABLE,
            "receivable",
            AccountKind::RecoveryReceivable,
            None,
            None,
        ),
        account(
            CONTROL,
            "control",
            AccountKind::AppropriationControl,
            None,
            None,
        ),
    ]
}

/// An entry that names some document.
pub fn entry(id: i64, kind: EntryKind, debit: AccountId, credit: AccountId, amount: i64) -> Entry {
    let document = Document {
        kind: "payment_line".to_owned(),
        id,
    };
    Entry {
        id: EntryId(id),
        kind,
        debit,
        credit,
        amount: Fen::new(amount),
        document,
    }
}
