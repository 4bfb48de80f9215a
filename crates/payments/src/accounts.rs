//! The chart of accounts of the county's assistance money, and bookings on it. How each act is booked stands
//! in the table at the head of `minsheng_ledger`. Must not know a household.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};
use minsheng_ledger::{Account, AccountId, AccountKind, Balance, EntryKind, FundSource};
use minsheng_store::{Query, Tx, Value, statement};

use crate::PaymentError;

statement! {
    ACCOUNTS, internal "accounts hold no persons",
    "SELECT id, code, kind, fund_source, programme FROM ledger_account ORDER BY id"
}
statement! {
    SUMS, internal "sums of the books hold no persons",
    "SELECT kind, debit_account_id, credit_account_id, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_entry
     GROUP BY kind, debit_account_id, credit_account_id ORDER BY kind, debit_account_id, credit_account_id"
}

/// Documents that entries are made for, as stored in `ledger_entry.document_kind`.
pub(crate) mod document {
    pub(crate) const APPROPRIATION: &str = "appropriation";
    pub(crate) const LINE: &str = "payment_line";
    pub(crate) const BATCH: &str = "payment_batch";
    pub(crate) const RECOVERY: &str = "recovery";
    pub(crate) const RECOVERY_EVENT: &str = "recovery_event";
}

/// An account by what it is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    Fund(FundSource),
    Appropriation(FundSource),
    Clearing(FundSource),
    Expense(String, FundSource),
    Receivable(String, FundSource),
}

impl Purpose {
    fn code(&self) -> String {
        match self {
            Purpose::Fund(source) => format!("fund/{source}"),
            Purpose::Appropriation(source) => format!("appropriation/{source}"),
            Purpose::Clearing(source) => format!("clearing/{source}"),
            Purpose::Expense(programme, source) => format!("expense/{programme}/{source}"),
            Purpose::Receivable(programme, source) => format!("receivable/{programme}/{source}"),
        }
    }

    fn kind(&self) -> AccountKind {
        match self {
            Purpose::Fund(_) => AccountKind::FundSource,
            Purpose::Appropriation(_) => AccountKind::AppropriationControl,
            Purpose::Clearing(_) => AccountKind::Clearing,
            Purpose::Expense(..) => AccountKind::Expense,
            Purpose::Receivable(..) => AccountKind::RecoveryReceivable,
        }
    }

    fn source(&self) -> FundSource {
        match self {
            Purpose::Fund(source)
            | Purpose::Appropriation(source)
            | Purpose::Clearing(source)
            | Purpose::Expense(_, source)
            | Purpose::Receivable(_, source) => *source,
        }
    }

    fn programme(&self) -> Option<&str> {
        match self {
            Purpose::Expense(programme, _) | Purpose::Receivable(programme, _) => Some(programme),
            _ => None,
        }
    }
}

/// The accounts there are.
#[derive(Debug)]
pub(crate) struct Chart {
    accounts: BTreeMap<String, Account>,
}

impl Chart {
    pub(crate) fn load(q: &mut dyn Query) -> Result<Chart, PaymentError> {
        let mut accounts = BTreeMap::new();
        for row in q.rows(&ACCOUNTS, &[])? {
            let account = Account {
                id: AccountId(row.int(0)?),
                code: row.text(1)?.to_owned(),
                kind: row.text(2)?.parse()?,
                fund_source: row.opt_text(3)?.map(str::parse).transpose()?,
                programme: row.opt_text(4)?.map(str::to_owned),
            };
            accounts.insert(account.code.clone(), account);
        }
        Ok(Chart { accounts })
    }

    /// The account for a purpose, made if it is not there yet.
    pub(crate) fn account(
        &mut self,
        tx: &mut Tx<'_>,
        purpose: &Purpose,
    ) -> Result<AccountId, PaymentError> {
        let code = purpose.code();
        if let Some(known) = self.accounts.get(&code) {
            return Ok(known.id);
        }
        let source = purpose.source();
        let id = tx.insert(
            "ledger_account",
            &[
                ("code", Value::from(code.as_str())),
                ("kind", Value::from(purpose.kind().as_str())),
                ("fund_source", Value::from(source.as_str())),
                ("programme", Value::from(purpose.programme())),
            ],
        )?;
        let account = Account {
            id: AccountId(id),
            code: code.clone(),
            kind: purpose.kind(),
            fund_source: Some(source),
            programme: purpose.programme().map(str::to_owned),
        };
        account.check()?;
        self.accounts.insert(code, account);
        Ok(AccountId(id))
    }

    pub(crate) fn find(&self, purpose: &Purpose) -> Option<&Account> {
        self.accounts.get(&purpose.code())
    }

    pub(crate) fn into_accounts(self) -> Vec<Account> {
        self.accounts.into_values().collect()
    }
}

/// Sums of every account over all entries.
pub(crate) fn balances(q: &mut dyn Query) -> Result<BTreeMap<AccountId, Balance>, PaymentError> {
    let mut found: BTreeMap<AccountId, Balance> = BTreeMap::new();
    for row in q.rows(&SUMS, &[])? {
        let (debit, credit) = (AccountId(row.int(1)?), AccountId(row.int(2)?));
        let (kind, amount) = (row.text(0)?, row.fen(3)?);
        // A post or a void ends what was pending; a void leaves nothing behind.
        let (posted, pending) = match kind {
            "direct" => (amount, Fen::ZERO),
            "pending" => (Fen::ZERO, amount),
            "post" => (amount, amount.checked_neg()?),
            "void" => (Fen::ZERO, amount.checked_neg()?),
            other => {
                return Err(PaymentError::inconsistent(
                    "ledger entry",
                    format!("`{other}` is no kind of entry"),
                ));
            }
        };
        let debited = found.entry(debit).or_insert(Balance::ZERO);
        debited.debit_posted = debited.debit_posted.checked_add(posted)?;
        debited.debit_pending = debited.debit_pending.checked_add(pending)?;
        let credited = found.entry(credit).or_insert(Balance::ZERO);
        credited.credit_posted = credited.credit_posted.checked_add(posted)?;
        credited.credit_pending = credited.credit_pending.checked_add(pending)?;
    }
    Ok(found)
}

/// Entries of one act, written together.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    rows: Vec<Vec<Value>>,
}

/// What an entry moves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Movement {
    pub(crate) debit: AccountId,
    pub(crate) credit: AccountId,
    pub(crate) amount: Fen,
}

impl Entries {
    pub(crate) fn push(
        &mut self,
        kind: EntryKind,
        movement: Movement,
        document: (&str, i64),
        booked_on: Date,
    ) {
        let (word, pending) = kind.columns();
        self.rows.push(vec![
            Value::from(word),
            Value::from(pending),
            Value::from(movement.debit.0),
            Value::from(movement.credit.0),
            Value::from(movement.amount),
            Value::from(document.0),
            Value::from(document.1),
            Value::from(booked_on),
        ]);
    }

    pub(crate) fn write(self, tx: &mut Tx<'_>) -> Result<(), PaymentError> {
        if !self.rows.is_empty() {
            let columns = [
                "kind",
                "pending_id",
                "debit_account_id",
                "credit_account_id",
                "amount_fen",
                "document_kind",
                "document_id",
                "booked_on",
            ];
            tx.insert_many("ledger_entry", &columns, self.rows)?;
        }
        Ok(())
    }
}
