//! To whom a household's money goes on the day of a run, or why it is held back. Must not know amounts.
//!
//! Source: handbook of assistance §1.7 (account check before the batch; payee of dibao is the household head;
//! a returned payment is corrected before it is sent again); the user who changes an account has it confirmed
//! by another.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::Date;
use minsheng_policy::Programme;
use minsheng_registry::accounts::{self, AccountRow};
use minsheng_registry::{HouseholdId, PersonId, households};
use minsheng_store::{Query, TxNo, statement};

use crate::PaymentError;
use crate::records::HoldCause;

/// The payee rule of a pack that this release pays.
const HOUSEHOLD_HEAD: &str = "household_head";
/// The relation that marks the head of a household.
const HEAD: &str = "head";

statement! {
    RETURNED_ACCOUNTS, internal "a whole-county computation of the payment run; gives keys only",
    "SELECT l.account_id, l.reason FROM payment_line l WHERE l.state = 'returned' AND NOT EXISTS (
       SELECT 1 FROM payment_line c WHERE c.account_id = l.account_id AND c.state = 'credited' AND c.settled_tx > l.settled_tx)
     ORDER BY l.id"
}

/// Where a household's money goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Account {
        payee: i64,
        account: i64,
        holder: i64,
    },
    Held {
        payee: Option<i64>,
        cause: HoldCause,
        reason: String,
    },
}

/// What the payee check looks at: accounts and deaths as known, accounts that the bank sent back.
pub(crate) struct Payees<'a> {
    accounts: BTreeMap<PersonId, AccountRow>,
    returned: BTreeMap<i64, String>,
    deaths: &'a BTreeMap<PersonId, Date>,
    on: Date,
    known: TxNo,
}

impl<'a> Payees<'a> {
    pub(crate) fn load(
        q: &mut dyn Query,
        deaths: &'a BTreeMap<PersonId, Date>,
        on: Date,
        known: TxNo,
    ) -> Result<Self, PaymentError> {
        let mut returned = BTreeMap::new();
        for row in q.rows(&RETURNED_ACCOUNTS, &[])? {
            returned.insert(row.int(0)?, row.opt_text(1)?.unwrap_or_default().to_owned());
        }
        Ok(Payees {
            accounts: accounts::as_known(q, on, known)?,
            returned,
            deaths,
            on,
            known,
        })
    }

    /// The destination of a household's money under a programme.
    pub(crate) fn destination(
        &self,
        q: &mut dyn Query,
        programme: &Programme,
        household: i64,
    ) -> Result<Destination, PaymentError> {
        if programme.payment.payee != HOUSEHOLD_HEAD {
            return Err(PaymentError::PayeeRule {
                programme: programme.code.clone(),
                payee: programme.payment.payee.clone(),
            });
        }
        let members = households::members(q, HouseholdId(household), self.on, self.known)?;
        let Some(head) = members
            .iter()
            .find(|member| member.relation == HEAD)
            .map(|member| member.person)
        else {
            return Ok(held(
                None,
                HoldCause::NoPayee,
                "the household has no head: name one".to_owned(),
            ));
        };
        if self.deaths.contains_key(&head) {
            return Ok(held(
                Some(head),
                HoldCause::PayeeDead,
                format!("the payee {head} has died: name a new payee"),
            ));
        }
        let living: BTreeSet<PersonId> = members
            .iter()
            .map(|member| member.person)
            .filter(|person| !self.deaths.contains_key(person))
            .collect();
        Ok(self.account_of(head, &living))
    }

    fn account_of(&self, head: PersonId, living: &BTreeSet<PersonId>) -> Destination {
        let Some(account) = self.accounts.get(&head) else {
            return held(
                Some(head),
                HoldCause::NoAccount,
                format!("{head} has no payment account: enter one"),
            );
        };
        if account.confirmed_by.is_none() {
            let reason = format!("the account of {head} waits for a second user to confirm it");
            return held(Some(head), HoldCause::AccountUnconfirmed, reason);
        }
        if !living.contains(&account.holder) {
            let reason = format!(
                "the account of {head} is held by {}, no living member of the household",
                account.holder
            );
            return held(Some(head), HoldCause::ForeignHolder, reason);
        }
        if let Some(why) = self.returned.get(&account.id) {
            let reason = format!(
                "the bank returned the last payment to the account of {head} ({why}): correct the account"
            );
            return held(Some(head), HoldCause::AccountReturned, reason);
        }
        Destination::Account {
            payee: head.0,
            account: account.id,
            holder: account.holder.0,
        }
    }
}

fn held(payee: Option<PersonId>, cause: HoldCause, reason: String) -> Destination {
    Destination::Held {
        payee: payee.map(|person| person.0),
        cause,
        reason,
    }
}
