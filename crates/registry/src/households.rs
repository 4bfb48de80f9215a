//! Households and who belongs to them. A person is a member of one household at a time; an overlap is refused
//! with both rows named.

use std::collections::BTreeMap;

use minsheng_core::{Date, Relation};
use minsheng_store::{Query, Scope, Tx, TxNo, Value, statement};

use crate::{Ctx, Desk, HouseholdId, PersonId, RegistryError, Role};

/// A household as a clerk enters one.
#[derive(Debug, Clone)]
pub struct NewHousehold {
    /// 12-digit code of the village.
    pub division: i64,
    /// Members with the relation to the head; exactly one is the head.
    pub members: Vec<(PersonId, Relation)>,
    /// Since when they live together.
    pub since: Date,
}

/// A membership as known at some transaction.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MemberRow {
    /// Key of the membership.
    pub membership: i64,
    /// The person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Relation to the head.
    pub relation: String,
    /// GB/T 2261.1 code.
    pub sex: String,
    /// Date of birth.
    pub birth: Date,
    /// First day.
    pub valid_from: Date,
    /// Day after the last.
    pub valid_to: Option<Date>,
}

statement! {
    HOUSEHOLD_LAST, internal "the next key",
    "SELECT COALESCE(MAX(id), 0) FROM household"
}
statement! {
    HOUSEHOLD_DIVISION, internal "the area of a household is what the area check needs",
    "SELECT division FROM household WHERE id = ?1"
}
statement! {
    HOUSEHOLDS, internal "a whole-county computation whose office filters what it shows by area",
    "SELECT id, division FROM household WHERE tx <= ?1 ORDER BY id"
}
statement! {
    HOUSEHOLD_BY_ID, scoped,
    "SELECT h.id, h.division FROM household h WHERE h.id = ?1 AND {scope:h.division}"
}
statement! {
    MEMBERS, internal "members of one household, whose area the caller checked",
    "SELECT m.id, m.person_id, p.name, m.relation, p.sex, p.birth_date, m.valid_from, m.valid_to
     FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.household_id = ?1 AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND m.tx <= ?3 AND (m.superseded_tx IS NULL OR m.superseded_tx > ?3)
     ORDER BY m.id"
}
statement! {
    HOME_OF, internal "the household of one person, whose area the caller checked",
    "SELECT m.household_id FROM membership m
     WHERE m.person_id = ?1 AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND m.tx <= ?3 AND (m.superseded_tx IS NULL OR m.superseded_tx > ?3)
     ORDER BY m.id"
}
statement! {
    MEMBERSHIP_OF_PERSON, internal "the guard against double membership needs the row in the way, wherever it is",
    "SELECT m.id, m.household_id, m.relation, m.valid_from, m.valid_to FROM membership m
     WHERE m.person_id = ?1 AND m.superseded_tx IS NULL AND (m.valid_to IS NULL OR m.valid_to > ?2)
     ORDER BY m.valid_from"
}
statement! {
    MEMBER_COUNT, scoped,
    "SELECT COUNT(*) FROM membership m JOIN household h ON h.id = m.household_id
     WHERE m.superseded_tx IS NULL AND m.valid_from <= ?1 AND (m.valid_to IS NULL OR m.valid_to > ?1) AND {scope:h.division}"
}

/// Forms one household.
///
/// # Errors
/// See [`form_many`].
pub fn form(
    desk: &Desk<'_>,
    ctx: &Ctx,
    household: &NewHousehold,
) -> Result<HouseholdId, RegistryError> {
    let ids = form_many(desk, ctx, std::slice::from_ref(household))?;
    ids.into_iter()
        .next()
        .ok_or_else(|| RegistryError::Inconsistent {
            what: "household".to_owned(),
            reason: "forming it gave no key".to_owned(),
        })
}

/// Forms households, all or none, and gives their keys in the same order.
///
/// # Errors
/// [`RegistryError::Heads`], [`RegistryError::AlreadyMember`], [`RegistryError::Role`], [`RegistryError::Area`],
/// or the store's.
pub fn form_many(
    desk: &Desk<'_>,
    ctx: &Ctx,
    households: &[NewHousehold],
) -> Result<Vec<HouseholdId>, RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    desk.store.write(&ctx.act("household.form"), |tx| {
        form_in(tx, ctx, households)
    })
}

pub(crate) fn form_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    households: &[NewHousehold],
) -> Result<Vec<HouseholdId>, RegistryError> {
    let first = tx
        .rows(&HOUSEHOLD_LAST, &[])?
        .first()
        .map_or(Ok(0), |row| row.int(0))?
        + 1;
    let mut memberships = Vec::new();
    let mut placed: BTreeMap<PersonId, HouseholdId> = BTreeMap::new();
    for (id, household) in (first..).zip(households) {
        ctx.require_area(household.division)?;
        let heads = household
            .members
            .iter()
            .filter(|(_, relation)| *relation == Relation::Head)
            .count();
        if heads != 1 {
            return Err(RegistryError::Heads(heads));
        }
        for (person, relation) in &household.members {
            if let Some(other) = placed.insert(*person, HouseholdId(id)) {
                return Err(RegistryError::AlreadyMember {
                    person: *person,
                    household: other,
                    from: household.since,
                });
            }
            ctx.require_area(crate::persons::division_of(tx, *person)?)?;
            refuse_member_elsewhere(tx, *person, household.since)?;
            memberships.push(vec![
                Value::from(id),
                Value::from(*person),
                Value::from(relation.as_str()),
                Value::from(household.since),
            ]);
        }
    }
    let rows = households
        .iter()
        .map(|household| vec![Value::from(household.division)])
        .collect();
    let given = tx.insert_many("household", &["division"], rows)?;
    if given != first {
        return Err(RegistryError::Inconsistent {
            what: "household".to_owned(),
            reason: format!("key {given} was given where {first} was due"),
        });
    }
    tx.insert_many(
        "membership",
        &["household_id", "person_id", "relation", "valid_from"],
        memberships,
    )?;
    Ok((first..).take(households.len()).map(HouseholdId).collect())
}

fn refuse_member_elsewhere(
    tx: &mut Tx<'_>,
    person: PersonId,
    from: Date,
) -> Result<(), RegistryError> {
    if let Some(row) = tx
        .rows(
            &MEMBERSHIP_OF_PERSON,
            &[Value::from(person), Value::from(from)],
        )?
        .first()
    {
        return Err(RegistryError::AlreadyMember {
            person,
            household: HouseholdId(row.int(1)?),
            from: row.date(3)?,
        });
    }
    Ok(())
}

/// Adds a person to a household from a day.
///
/// # Errors
/// [`RegistryError::AlreadyMember`], [`RegistryError::NotFound`], [`RegistryError::Area`], or the store's.
pub fn join(
    desk: &Desk<'_>,
    ctx: &Ctx,
    household: HouseholdId,
    person: PersonId,
    relation: Relation,
    from: Date,
) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    desk.store.write(&ctx.act("household.join"), |tx| {
        join_in(tx, ctx, household, person, relation, from)
    })
}

pub(crate) fn join_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    household: HouseholdId,
    person: PersonId,
    relation: Relation,
    from: Date,
) -> Result<(), RegistryError> {
    ctx.require_area(division_of(tx, household)?)?;
    ctx.require_area(crate::persons::division_of(tx, person)?)?;
    refuse_member_elsewhere(tx, person, from)?;
    tx.insert(
        "membership",
        &[
            ("household_id", Value::from(household)),
            ("person_id", Value::from(person)),
            ("relation", Value::from(relation.as_str())),
            ("valid_from", Value::from(from)),
        ],
    )?;
    Ok(())
}

/// Ends a person's membership: `first_day_out` is the first day on which the person is no member.
///
/// # Errors
/// [`RegistryError::NotFound`] if the person is no member then, [`RegistryError::Area`], or the store's.
pub fn leave(
    desk: &Desk<'_>,
    ctx: &Ctx,
    household: HouseholdId,
    person: PersonId,
    first_day_out: Date,
) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::TownshipClerk, Role::Officer])?;
    desk.store.write(&ctx.act("household.leave"), |tx| {
        leave_in(tx, ctx, household, person, first_day_out)
    })
}

pub(crate) fn leave_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    household: HouseholdId,
    person: PersonId,
    first_day_out: Date,
) -> Result<(), RegistryError> {
    ctx.require_area(division_of(tx, household)?)?;
    let rows = tx.rows(
        &MEMBERSHIP_OF_PERSON,
        &[Value::from(person), Value::from(first_day_out)],
    )?;
    for row in &rows {
        let (id, of, from, to) = (row.int(0)?, row.int(1)?, row.date(3)?, row.opt_date(4)?);
        if of != household.0 || from >= first_day_out || to == Some(first_day_out) {
            continue;
        }
        let now = Value::from(tx.number());
        tx.update("membership", id, &[("superseded_tx", now)])?;
        tx.insert(
            "membership",
            &[
                ("household_id", Value::from(household)),
                ("person_id", Value::from(person)),
                ("relation", Value::from(row.text(2)?)),
                ("valid_from", Value::from(from)),
                ("valid_to", Value::from(first_day_out)),
            ],
        )?;
        return Ok(());
    }
    Err(RegistryError::NotFound {
        what: "membership of",
        id: format!("{person} in {household}"),
    })
}

/// Moves a household and its members of a day to another village of the county, inside the act of another office,
/// which has checked the areas.
///
/// # Errors
/// The store's.
pub fn relocate_in(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    division: i64,
    on: Date,
) -> Result<(), RegistryError> {
    let known = tx.number();
    let to = || vec![Value::from(division)];
    let persons = members(tx, household, on, known)?
        .into_iter()
        .map(|member| (member.person.0, to()))
        .collect();
    tx.update_many("person", &["division"], persons)?;
    tx.update_many("household", &["division"], vec![(household.0, to())])?;
    Ok(())
}

/// Members on a day, as known at a transaction, in the order they were entered.
///
/// # Errors
/// The store's.
pub fn members(
    q: &mut dyn Query,
    household: HouseholdId,
    on: Date,
    known: TxNo,
) -> Result<Vec<MemberRow>, RegistryError> {
    q.rows(
        &MEMBERS,
        &[Value::from(household), Value::from(on), Value::from(known)],
    )?
    .iter()
    .map(|row| {
        Ok(MemberRow {
            membership: row.int(0)?,
            person: PersonId(row.int(1)?),
            name: row.text(2)?.to_owned(),
            relation: row.text(3)?.to_owned(),
            sex: row.text(4)?.to_owned(),
            birth: row.date(5)?,
            valid_from: row.date(6)?,
            valid_to: row.opt_date(7)?,
        })
    })
    .collect()
}

/// The household of a person on a day, as known at a transaction.
///
/// # Errors
/// The store's.
pub fn home_of(
    q: &mut dyn Query,
    person: PersonId,
    on: Date,
    known: TxNo,
) -> Result<Option<HouseholdId>, RegistryError> {
    let key = [Value::from(person), Value::from(on), Value::from(known)];
    match q.rows(&HOME_OF, &key)?.first() {
        Some(row) => Ok(Some(HouseholdId(row.int(0)?))),
        None => Ok(None),
    }
}

/// Division of a household.
///
/// # Errors
/// [`RegistryError::NotFound`] or the store's.
pub fn division_of(q: &mut dyn Query, household: HouseholdId) -> Result<i64, RegistryError> {
    match q
        .rows(&HOUSEHOLD_DIVISION, &[Value::from(household)])?
        .first()
    {
        Some(row) => Ok(row.int(0)?),
        None => Err(RegistryError::NotFound {
            what: "household",
            id: household.to_string(),
        }),
    }
}

/// All households known at a transaction, by key, each with its division of today.
///
/// # Errors
/// The store's.
pub fn all(q: &mut dyn Query, known: TxNo) -> Result<Vec<(HouseholdId, i64)>, RegistryError> {
    q.rows(&HOUSEHOLDS, &[Value::from(known)])?
        .iter()
        .map(|row| Ok((HouseholdId(row.int(0)?), row.int(1)?)))
        .collect()
}

/// Division of a household that the user may see, if there is one.
///
/// # Errors
/// The store's.
pub fn find(
    q: &mut dyn Query,
    scope: &Scope,
    household: HouseholdId,
) -> Result<Option<i64>, RegistryError> {
    match q
        .scoped(&HOUSEHOLD_BY_ID, scope, &[Value::from(household)])?
        .first()
    {
        Some(row) => Ok(Some(row.int(1)?)),
        None => Ok(None),
    }
}

/// Number of persons who live in households of the area on a day.
///
/// # Errors
/// The store's.
pub fn member_count(q: &mut dyn Query, scope: &Scope, on: Date) -> Result<i64, RegistryError> {
    Ok(q.scoped(&MEMBER_COUNT, scope, &[Value::from(on)])?
        .first()
        .map_or(Ok(0), |row| row.int(0))?)
}
