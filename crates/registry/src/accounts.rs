//! Payment accounts (one-card accounts, 一卡通). One active account per person and purpose; the holder is the
//! person or a recorded guardian; a new account pays only after a second user confirmed it, from the next batch.

use std::collections::BTreeMap;

use minsheng_core::{BankAccount, Date, bank_account};
use minsheng_store::{Query, Scope, Subject, Tx, TxNo, Value, statement};

use crate::erasure::or_erased;
use crate::{Ctx, Desk, PersonId, RegistryError, Role};

pub(crate) const NUMBER_LABEL: &str = "payment_account.number";

/// The purpose of accounts for assistance money.
pub const ASSISTANCE: &str = "assistance";

/// An account as a clerk enters one.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Whose benefits it receives.
    pub person: PersonId,
    /// In whose name it is.
    pub holder: PersonId,
    /// Number, 16 to 19 digits with a Luhn check.
    pub number: String,
    /// First day.
    pub valid_from: Date,
}

/// An account without its number.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AccountRow {
    /// Key.
    pub id: i64,
    /// Whose benefits it receives.
    pub person: PersonId,
    /// In whose name it is.
    pub holder: PersonId,
    /// Who entered it.
    pub entered_by: String,
    /// Who confirmed it.
    pub confirmed_by: Option<String>,
    /// Transaction that entered it.
    pub tx: i64,
    /// First day.
    pub valid_from: Date,
}

statement! {
    ACCOUNT_CURRENT, internal "one person's account inside an act whose area was checked",
    "SELECT id, person_id, holder_id, entered_by, confirmed_by, tx, valid_from FROM payment_account
     WHERE person_id = ?1 AND purpose = ?2 AND superseded_tx IS NULL AND valid_to IS NULL"
}
statement! {
    ACCOUNT_BY_ID, internal "one account inside an act whose area is checked from it",
    "SELECT id, person_id, holder_id, entered_by, confirmed_by, tx, valid_from FROM payment_account WHERE id = ?1"
}
statement! {
    ACCOUNTS_AS_KNOWN, internal "a whole-county computation of the payment run; gives keys only",
    "SELECT id, person_id, holder_id, entered_by, confirmed_by, tx, valid_from FROM payment_account
     WHERE purpose = ?1 AND tx <= ?2 AND (superseded_tx IS NULL OR superseded_tx > ?2)
       AND valid_from <= ?3 AND (valid_to IS NULL OR valid_to > ?3) ORDER BY id"
}
statement! {
    ACCOUNT_LIST, scoped,
    "SELECT a.id, a.person_id, a.holder_id, a.entered_by, a.confirmed_by, a.tx, a.valid_from, p.name, a.number_sealed, p.division
     FROM payment_account a JOIN person p ON p.id = a.person_id
     WHERE a.purpose = ?1 AND a.superseded_tx IS NULL AND a.valid_to IS NULL AND (?2 = 0 OR a.confirmed_by IS NULL)
       AND {scope:p.division} ORDER BY a.id"
}
statement! {
    ACCOUNT_END, internal "one account inside an act whose area is checked from it",
    "SELECT superseded_tx, valid_to, confirmed_by FROM payment_account WHERE id = ?1"
}
statement! {
    ACCOUNT_NUMBER, internal "the bank file needs the number itself",
    "SELECT person_id, number_sealed, purpose FROM payment_account WHERE id = ?1"
}
statement! {
    ACCOUNT_HASH_CLASH, internal "a number that already serves somebody else is shown to the clerk who enters it again",
    "SELECT person_id FROM payment_account WHERE number_hash = ?1 AND person_id <> ?2 AND superseded_tx IS NULL AND valid_to IS NULL"
}

/// An account as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ListedAccount {
    /// The account.
    #[serde(flatten)]
    pub account: AccountRow,
    /// Name of whose benefits it receives.
    pub name: String,
    /// The number with only its last four digits shown.
    pub masked_number: String,
    /// Village of the person.
    pub division: i64,
}

/// The accounts in force now of the persons in an area; with `unconfirmed` only those that wait for a second user.
///
/// # Errors
/// The store's.
pub fn list(
    q: &mut dyn Query,
    scope: &Scope,
    unconfirmed: bool,
) -> Result<Vec<ListedAccount>, RegistryError> {
    let params = [Value::from(ASSISTANCE), Value::from(i64::from(unconfirmed))];
    q.scoped(&ACCOUNT_LIST, scope, &params)?
        .iter()
        .map(|row| {
            let account = row_of(row)?;
            let subject = Subject::Person(account.person.0);
            let masked_number = match or_erased(q.unseal(subject, NUMBER_LABEL, row.blob(8)?))? {
                Ok(plain) => {
                    let text = String::from_utf8_lossy(&plain);
                    let shown = text.get(text.len().saturating_sub(4)..).unwrap_or_default();
                    format!("************{shown}")
                }
                Err(erased) => erased.to_string(),
            };
            Ok(ListedAccount {
                account,
                name: row.text(7)?.to_owned(),
                masked_number,
                division: row.int(9)?,
            })
        })
        .collect()
}

statement! {
    NUMBERS_TO_HASH, internal "the change of the key of hashes concerns every account; gives no name",
    "SELECT id, person_id, number_sealed FROM payment_account ORDER BY id"
}

/// Computes the hash of every account number anew, by the key that the transaction now has. Gives how many.
pub(crate) fn hash_again(tx: &mut Tx<'_>) -> Result<usize, RegistryError> {
    let mut rows = Vec::new();
    for row in tx.rows(&NUMBERS_TO_HASH, &[])? {
        let (subject, sealed) = (Subject::Person(row.int(1)?), row.blob(2)?);
        // the accounts of an erased person have no hash any more
        if let Some(plain) = crate::keys::open_unless_erased(tx, subject, NUMBER_LABEL, sealed)? {
            let hash = tx.search_hash(NUMBER_LABEL, &String::from_utf8_lossy(&plain))?;
            rows.push((row.int(0)?, vec![Value::from(hash)]));
        }
    }
    let count = rows.len();
    tx.update_many("payment_account", &["number_hash"], rows)?;
    Ok(count)
}

/// Enters an account for a person. An account already there ends on the day the new one begins.
///
/// # Errors
/// [`RegistryError::Field`] for a wrong number or one that serves somebody else, [`RegistryError::Role`],
/// [`RegistryError::Area`], or the store's.
pub fn enter(desk: &Desk<'_>, ctx: &Ctx, account: &NewAccount) -> Result<i64, RegistryError> {
    let ids = enter_many(desk, ctx, std::slice::from_ref(account))?;
    ids.into_iter()
        .next()
        .ok_or_else(|| RegistryError::Inconsistent {
            what: "payment account".to_owned(),
            reason: "entering it gave no key".to_owned(),
        })
}

/// Enters accounts, all or none, and gives their keys in the same order.
///
/// # Errors
/// As [`enter`].
pub fn enter_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    accounts: &[NewAccount],
) -> Result<Vec<i64>, RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    desk.store
        .write(&ctx.act("account.enter"), |tx| enter_in(tx, ctx, accounts))
}

pub(crate) fn enter_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    accounts: &[NewAccount],
) -> Result<Vec<i64>, RegistryError> {
    let mut rows = Vec::with_capacity(accounts.len());
    let mut seen = BTreeMap::new();
    for (place, account) in accounts.iter().enumerate() {
        let field = || format!("account {}", place + 1);
        ctx.require_area(crate::persons::division_of(tx, account.person)?)?;
        let number =
            BankAccount::parse(&bank_account::normalise(&account.number)).map_err(|error| {
                RegistryError::Field {
                    field: field(),
                    reason: error.to_string(),
                }
            })?;
        let hash = tx.search_hash(NUMBER_LABEL, number.as_str())?;
        let clash = tx.rows(
            &ACCOUNT_HASH_CLASH,
            &[Value::from(hash.clone()), Value::from(account.person)],
        )?;
        if let Some(row) = clash.first() {
            let other = PersonId(row.int(0)?);
            if other != account.holder {
                return Err(RegistryError::Field {
                    field: field(),
                    reason: format!(
                        "this number already serves {other}; enter the number of the person's own card"
                    ),
                });
            }
        }
        if let Some(earlier) = seen.insert(hash.clone(), account.holder)
            && earlier != account.holder
        {
            return Err(RegistryError::Field {
                field: field(),
                reason: format!("this number stands in the same list for {earlier}"),
            });
        }
        close_current(tx, account)?;
        let sealed = tx.seal(
            Subject::Person(account.person.0),
            NUMBER_LABEL,
            number.as_str().as_bytes(),
        )?;
        rows.push(vec![
            Value::from(account.person),
            Value::from(ASSISTANCE),
            Value::from(account.holder),
            Value::from(sealed),
            Value::from(hash),
            Value::from(ctx.actor.username.as_str()),
            Value::from(account.valid_from),
        ]);
    }
    let columns = [
        "person_id",
        "purpose",
        "holder_id",
        "number_sealed",
        "number_hash",
        "entered_by",
        "valid_from",
    ];
    let first = tx.insert_many("payment_account", &columns, rows)?;
    Ok((first..).take(accounts.len()).collect())
}

fn close_current(tx: &mut Tx<'_>, new: &NewAccount) -> Result<(), RegistryError> {
    let key = [Value::from(new.person), Value::from(ASSISTANCE)];
    let Some(old) = tx
        .rows(&ACCOUNT_CURRENT, &key)?
        .first()
        .map(row_of)
        .transpose()?
    else {
        return Ok(());
    };
    let number = tx.rows(&ACCOUNT_NUMBER, &[Value::from(old.id)])?;
    let now = Value::from(tx.number());
    tx.update("payment_account", old.id, &[("superseded_tx", now)])?;
    // An account entered and replaced on the same day was never in use: it has no span to keep.
    if old.valid_from < new.valid_from
        && let Some(row) = number.first()
    {
        let sealed = row.blob(1)?.to_vec();
        let plain = tx.unseal(Subject::Person(new.person.0), NUMBER_LABEL, &sealed)?;
        let hash = tx.search_hash(NUMBER_LABEL, &String::from_utf8_lossy(&plain))?;
        let confirmed = old.confirmed_by.as_deref();
        let confirmed_tx = if confirmed.is_some() {
            Value::from(tx.number())
        } else {
            Value::Null
        };
        tx.insert(
            "payment_account",
            &[
                ("person_id", Value::from(old.person)),
                ("purpose", Value::from(ASSISTANCE)),
                ("holder_id", Value::from(old.holder)),
                ("number_sealed", Value::from(sealed)),
                ("number_hash", Value::from(hash)),
                ("entered_by", Value::from(old.entered_by.as_str())),
                ("valid_from", Value::from(old.valid_from)),
                ("valid_to", Value::from(new.valid_from)),
                ("confirmed_by", confirmed.map_or(Value::Null, Value::from)),
                ("confirmed_tx", confirmed_tx),
            ],
        )?;
    }
    Ok(())
}

/// Confirms accounts; a second user does it. All or none.
///
/// # Errors
/// [`RegistryError::FourEyes`], [`RegistryError::Field`] for an account that was replaced, has ended or was
/// confirmed already, [`RegistryError::NotFound`], [`RegistryError::Role`], or the store's.
pub fn confirm_many(desk: &Desk<'_>, ctx: &Ctx, accounts: &[i64]) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::Officer, Role::Reviewer])?;
    desk.store.write(&ctx.act("account.confirm"), |tx| {
        let mut updates = Vec::with_capacity(accounts.len());
        let now = tx.number();
        for id in accounts {
            let rows = tx.rows(&ACCOUNT_BY_ID, &[Value::from(*id)])?;
            let Some(row) = rows.first().map(row_of).transpose()? else {
                return Err(RegistryError::NotFound {
                    what: "payment account",
                    id: id.to_string(),
                });
            };
            ctx.require_area(crate::persons::division_of(tx, row.person)?)?;
            if row.entered_by == ctx.actor.username {
                return Err(RegistryError::FourEyes {
                    user: ctx.actor.username.clone(),
                    what: "confirm".to_owned(),
                });
            }
            refuse_ended(tx, &row)?;
            updates.push((
                *id,
                vec![Value::from(ctx.actor.username.as_str()), Value::from(now)],
            ));
        }
        if !updates.is_empty() {
            tx.update_many(
                "payment_account",
                &["confirmed_by", "confirmed_tx"],
                updates,
            )?;
        }
        Ok(())
    })
}

/// Refuses to confirm an account that is not waiting for it.
fn refuse_ended(q: &mut dyn Query, account: &AccountRow) -> Result<(), RegistryError> {
    let field = |reason: String| RegistryError::Field {
        field: format!("account {}", account.id),
        reason,
    };
    let rows = q.rows(&ACCOUNT_END, &[Value::from(account.id)])?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    if row.opt_int(0)?.is_some() || row.opt_int(1)?.is_some() {
        let instead = match current(q, account.person)? {
            Some(current) if current.confirmed_by.is_none() => {
                format!("; account {} waits to be confirmed", current.id)
            }
            _ => "; `minsheng account list` shows those in force".to_owned(),
        };
        return Err(field(format!(
            "it was replaced by a newer account of {}{instead}",
            account.person
        )));
    }
    match &account.confirmed_by {
        Some(by) => Err(field(format!("it was confirmed by `{by}` already"))),
        None => Ok(()),
    }
}

/// The account of a person that is in force now, confirmed or not.
///
/// # Errors
/// The store's.
pub fn current(q: &mut dyn Query, person: PersonId) -> Result<Option<AccountRow>, RegistryError> {
    q.rows(
        &ACCOUNT_CURRENT,
        &[Value::from(person), Value::from(ASSISTANCE)],
    )?
    .first()
    .map(row_of)
    .transpose()
}

/// All accounts in force on a day as known at a transaction, by person.
///
/// # Errors
/// The store's.
pub fn as_known(
    q: &mut dyn Query,
    on: Date,
    known: TxNo,
) -> Result<BTreeMap<PersonId, AccountRow>, RegistryError> {
    q.rows(
        &ACCOUNTS_AS_KNOWN,
        &[Value::from(ASSISTANCE), Value::from(known), Value::from(on)],
    )?
    .iter()
    .map(|row| {
        let row = row_of(row)?;
        Ok((row.person, row))
    })
    .collect()
}

/// The whole number of an account, for a file that may hold it; none if the person is erased.
///
/// # Errors
/// The store's.
pub fn whole_number(
    q: &mut dyn Query,
    account: &AccountRow,
) -> Result<Option<String>, RegistryError> {
    let rows = q.rows(&ACCOUNT_NUMBER, &[Value::from(account.id)])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let plain = q.unseal(Subject::Person(row.int(0)?), NUMBER_LABEL, row.blob(1)?);
    let plain = or_erased(plain)?.ok();
    Ok(plain.map(|plain| String::from_utf8_lossy(&plain).into_owned()))
}

/// The number of an account, for the bank file.
///
/// # Errors
/// [`RegistryError::NotFound`] or the store's.
pub fn number(q: &mut dyn Query, id: i64) -> Result<String, RegistryError> {
    let rows = q.rows(&ACCOUNT_NUMBER, &[Value::from(id)])?;
    let Some(row) = rows.first() else {
        return Err(RegistryError::NotFound {
            what: "payment account",
            id: id.to_string(),
        });
    };
    let plain = q.unseal(Subject::Person(row.int(0)?), NUMBER_LABEL, row.blob(1)?)?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

fn row_of(row: &minsheng_store::Row) -> Result<AccountRow, RegistryError> {
    Ok(AccountRow {
        id: row.int(0)?,
        person: PersonId(row.int(1)?),
        holder: PersonId(row.int(2)?),
        entered_by: row.text(3)?.to_owned(),
        confirmed_by: row.opt_text(4)?.map(str::to_owned),
        tx: row.int(5)?,
        valid_from: row.date(6)?,
    })
}
