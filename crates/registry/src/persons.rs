//! Persons: registered once, found by number, name or key. The identity number is sealed, searched by keyed
//! hash and masked in every list.
//!
//! Source: GB 11643-1999 for the number; GB/T 2261.1-2003 for the sex codes.

use minsheng_core::citizen_id::{self, CitizenId};
use minsheng_core::{Date, normalise_name};
use minsheng_store::{Query, Row, Scope, Subject, Tx, TxNo, Value, statement};

use crate::erasure::or_erased;
use crate::{Ctx, Desk, PersonId, RegistryError, Role, keys};

pub(crate) const ID_LABEL: &str = "person.id_number";

/// The name of a person whose record was erased.
pub const TOMBSTONE: &str = "（已删除）";

/// A person as a clerk enters one.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Name as on the identity card.
    pub name: String,
    /// GB/T 2261.1: `1` male, `2` female.
    pub sex: String,
    /// Date of birth.
    pub birth: Date,
    /// Citizen identity number, if the person has one yet.
    pub id_number: Option<String>,
    /// 12-digit code of the village of the household register.
    pub division: i64,
}

/// A person in a list: no number, no health.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PersonRow {
    /// Key.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// GB/T 2261.1 code.
    pub sex: String,
    /// Date of birth.
    pub birth: Date,
    /// 12-digit code of the village.
    pub division: i64,
}

statement! {
    PERSON_BY_HASH, internal "the keyed hash of a number finds one person, who must be known before one can be refused as a duplicate",
    "SELECT id, name, division FROM person WHERE id_number_hash = ?1"
}
statement! {
    PERSON_LAST, internal "the next key",
    "SELECT COALESCE(MAX(id), 0) FROM person"
}
statement! {
    PERSON_BY_ID, scoped,
    "SELECT p.id, p.name, p.sex, p.birth_date, p.division FROM person p WHERE p.id = ?1 AND {scope:p.division}"
}
statement! {
    PERSONS_BY_NAME, scoped,
    "SELECT p.id, p.name, p.sex, p.birth_date, p.division FROM person p WHERE p.name = ?1 AND {scope:p.division} ORDER BY p.id"
}
statement! {
    PERSONS_BY_NUMBER, scoped,
    "SELECT p.id, p.name, p.sex, p.birth_date, p.division FROM person p WHERE p.id_number_hash = ?1 AND {scope:p.division}"
}
statement! {
    PERSON_DIVISION, internal "the area of a person is what the area check needs",
    "SELECT division FROM person WHERE id = ?1"
}
statement! {
    PERSON_NUMBER, internal "the bank file and the masked view of one person, after the area was checked",
    "SELECT id_number_sealed FROM person WHERE id = ?1"
}

statement! {
    NUMBERS_TO_HASH, internal "the change of the key of hashes concerns every person; gives no name",
    "SELECT id, id_number_sealed FROM person WHERE id_number_hash IS NOT NULL ORDER BY id"
}

/// Computes the hash of every identity number anew, by the key that the transaction now has. Gives how many.
pub(crate) fn hash_again(tx: &mut Tx<'_>) -> Result<usize, RegistryError> {
    let mut rows = Vec::new();
    for row in tx.rows(&NUMBERS_TO_HASH, &[])? {
        let (id, sealed) = (row.int(0)?, row.blob(1)?);
        let plain = keys::open_unless_erased(tx, Subject::Person(id), ID_LABEL, sealed)?;
        let hash = match plain {
            Some(plain) => Value::from(tx.search_hash(ID_LABEL, &String::from_utf8_lossy(&plain))?),
            None => Value::Null,
        };
        rows.push((id, vec![hash]));
    }
    let count = rows.len();
    tx.update_many("person", &["id_number_hash"], rows)?;
    Ok(count)
}

/// Registers one person.
///
/// # Errors
/// See [`register_many`].
pub fn register(desk: &Desk<'_>, ctx: &Ctx, person: &NewPerson) -> Result<PersonId, RegistryError> {
    let ids = register_many(desk, ctx, std::slice::from_ref(person))?;
    ids.into_iter()
        .next()
        .ok_or_else(|| RegistryError::Inconsistent {
            what: "person".to_owned(),
            reason: "a registration gave no key".to_owned(),
        })
}

/// Registers persons, all or none, and gives their keys in the same order.
///
/// # Errors
/// [`RegistryError::Field`] naming the row, [`RegistryError::DuplicateIdNumber`], [`RegistryError::Role`],
/// [`RegistryError::Area`], or the store's.
pub fn register_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    persons: &[NewPerson],
) -> Result<Vec<PersonId>, RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    desk.store.write(&ctx.act("person.register"), |tx| {
        register_in(tx, desk, ctx, persons)
    })
}

pub(crate) fn register_in(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    ctx: &Ctx,
    persons: &[NewPerson],
) -> Result<Vec<PersonId>, RegistryError> {
    let first = tx
        .rows(&PERSON_LAST, &[])?
        .first()
        .map_or(Ok(0), |row| row.int(0))?
        + 1;
    let mut rows = Vec::with_capacity(persons.len());
    let mut seen = std::collections::BTreeMap::new();
    for (id, (place, person)) in (first..).zip(persons.iter().enumerate()) {
        ctx.require_area(person.division)?;
        let number = checked(desk, ctx, person, place)?;
        let (sealed, hash) = match &number {
            None => (Value::Null, Value::Null),
            Some(number) => {
                let hash = tx.search_hash(ID_LABEL, number.as_str())?;
                if let Some(earlier) = seen.insert(hash.clone(), place) {
                    return Err(RegistryError::Field {
                        field: format!("person {}", place + 1),
                        reason: format!(
                            "has the same identity number as person {} of this list",
                            earlier + 1
                        ),
                    });
                }
                if let Some(row) = tx
                    .rows(&PERSON_BY_HASH, &[Value::from(hash.clone())])?
                    .first()
                {
                    ctx.require_area(row.int(2)?)
                        .map_err(|_| RegistryError::IdNumberElsewhere)?;
                    return Err(RegistryError::DuplicateIdNumber {
                        existing: PersonId(row.int(0)?),
                        name: row.text(1)?.to_owned(),
                    });
                }
                let sealed = tx.seal(Subject::Person(id), ID_LABEL, number.as_str().as_bytes())?;
                (Value::from(sealed), Value::from(hash))
            }
        };
        rows.push(vec![
            Value::from(normalise_name(&person.name)),
            Value::from(person.sex.as_str()),
            Value::from(person.birth),
            sealed,
            hash,
            Value::from(person.division),
        ]);
    }
    let columns = [
        "name",
        "sex",
        "birth_date",
        "id_number_sealed",
        "id_number_hash",
        "division",
    ];
    let given = tx.insert_many("person", &columns, rows)?;
    if given != first {
        return Err(RegistryError::Inconsistent {
            what: "person".to_owned(),
            reason: format!("key {given} was given where {first} was due"),
        });
    }
    Ok((first..).take(persons.len()).map(PersonId).collect())
}

fn checked(
    desk: &Desk<'_>,
    ctx: &Ctx,
    person: &NewPerson,
    place: usize,
) -> Result<Option<CitizenId>, RegistryError> {
    let field = |name: &str| format!("person {}, {name}", place + 1);
    let length = person.name.trim().chars().count();
    if !(1..=50).contains(&length) {
        return Err(RegistryError::Field {
            field: field("name"),
            reason: format!("{length} characters; a name has 1 to 50"),
        });
    }
    if !matches!(person.sex.as_str(), "1" | "2") {
        return Err(RegistryError::Field {
            field: field("sex"),
            reason: format!(
                "`{}`; write 1 for male or 2 for female (GB/T 2261.1)",
                person.sex
            ),
        });
    }
    if person.birth > ctx.today() {
        return Err(RegistryError::Field {
            field: field("birth"),
            reason: format!("{} lies in the future", person.birth),
        });
    }
    let Some(text) = &person.id_number else {
        return Ok(None);
    };
    let number = CitizenId::parse(&citizen_id::normalise(text), ctx.today(), desk.regions)
        .map_err(|error| RegistryError::Field {
            field: field("id_number"),
            reason: error.to_string(),
        })?;
    if number.birth() != person.birth {
        return Err(RegistryError::Field {
            field: field("birth"),
            reason: format!(
                "the identity number says {}, the form says {}",
                number.birth(),
                person.birth
            ),
        });
    }
    if number.sex().as_str() != person.sex {
        return Err(RegistryError::Field {
            field: field("sex"),
            reason: "digit 17 of the identity number says otherwise (odd male, even female)"
                .to_owned(),
        });
    }
    Ok(Some(number))
}

/// Division of a person.
///
/// # Errors
/// [`RegistryError::NotFound`] or the store's.
pub fn division_of(q: &mut dyn Query, id: PersonId) -> Result<i64, RegistryError> {
    match q.rows(&PERSON_DIVISION, &[Value::from(id)])?.first() {
        Some(row) => Ok(row.int(0)?),
        None => Err(RegistryError::NotFound {
            what: "person",
            id: id.to_string(),
        }),
    }
}

/// One person, if in the area.
///
/// # Errors
/// The store's.
pub fn find(
    q: &mut dyn Query,
    scope: &Scope,
    id: PersonId,
) -> Result<Option<PersonRow>, RegistryError> {
    q.scoped(&PERSON_BY_ID, scope, &[Value::from(id)])?
        .first()
        .map(row_of)
        .transpose()
}

/// Persons of exactly this name, or with this identity number.
///
/// # Errors
/// The store's.
pub fn search(
    q: &mut dyn Query,
    scope: &Scope,
    text: &str,
) -> Result<Vec<PersonRow>, RegistryError> {
    let number = citizen_id::normalise(text);
    let rows = if number.len() == 18 && number.is_ascii() {
        let hash = q.search_hash(ID_LABEL, &number)?;
        q.scoped(&PERSONS_BY_NUMBER, scope, &[Value::from(hash)])?
    } else {
        q.scoped(
            &PERSONS_BY_NAME,
            scope,
            &[Value::from(normalise_name(text))],
        )?
    };
    rows.iter().map(row_of).collect()
}

/// The whole identity number, for a file that may hold it: who asks for it gives a reason that goes on record.
/// None if the person has none or is erased.
///
/// # Errors
/// The store's.
pub fn whole_number(q: &mut dyn Query, id: PersonId) -> Result<Option<String>, RegistryError> {
    let rows = q.rows(&PERSON_NUMBER, &[Value::from(id)])?;
    let Some(sealed) = rows
        .first()
        .map(|row| row.opt_blob(0))
        .transpose()?
        .flatten()
    else {
        return Ok(None);
    };
    let plain = or_erased(q.unseal(Subject::Person(id.0), ID_LABEL, sealed))?.ok();
    Ok(plain.map(|plain| String::from_utf8_lossy(&plain).into_owned()))
}

/// The identity number of a person with only the region and the last digit shown; for an erased person the words
/// that say so.
///
/// # Errors
/// The store's.
pub fn masked_number(q: &mut dyn Query, id: PersonId) -> Result<Option<String>, RegistryError> {
    let rows = q.rows(&PERSON_NUMBER, &[Value::from(id)])?;
    let Some(sealed) = rows
        .first()
        .map(|row| row.opt_blob(0))
        .transpose()?
        .flatten()
    else {
        return Ok(None);
    };
    let plain = match or_erased(q.unseal(Subject::Person(id.0), ID_LABEL, sealed))? {
        Ok(plain) => plain,
        Err(erased) => return Ok(Some(erased.to_string())),
    };
    let text = String::from_utf8_lossy(&plain);
    let (head, tail) = (
        text.get(..6).unwrap_or_default(),
        text.get(17..).unwrap_or_default(),
    );
    Ok(Some(format!("{head}***********{tail}")))
}

fn row_of(row: &Row) -> Result<PersonRow, RegistryError> {
    Ok(PersonRow {
        id: PersonId(row.int(0)?),
        name: row.text(1)?.to_owned(),
        sex: row.text(2)?.to_owned(),
        birth: row.date(3)?,
        division: row.int(4)?,
    })
}

/// The number of the last transaction, for "as known now".
///
/// # Errors
/// The store's.
pub fn known_now(q: &mut dyn Query) -> Result<TxNo, RegistryError> {
    Ok(q.last_tx()?)
}
