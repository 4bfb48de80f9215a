//! Erasure: the keys of a household's record and of its persons are destroyed, their keyed hashes removed, their
//! names replaced. Rows, amounts and the audit chain stay (ADR 0017). Proposed by an administrator with a ground and
//! a legal reference, confirmed by a second person, never done by the program itself.
//!
//! A record is that of a household, because the frozen facts and notes of a case are sealed under the household's
//! key and speak of all its members. A person alone is erased only when no household that the person ever belonged
//! to still has a readable record.
//!
//! Must not know cases or payments: what stands in the way there is told by whoever calls ([`Holding`]).
//!
//! Source: 个人信息保护法 art. 19, art. 47 (deletion; retention terms of law go before it).

mod destroy;
mod proposals;
mod scans;

use std::collections::BTreeSet;

use minsheng_core::Date;
use minsheng_store::{Query, StoreError, Subject, Value, statement};

use self::proposals::{Target, decide, expect_grounds, waiting};

use crate::evidence::About;
use crate::retention::{self, Ended, Term};
use crate::{Ctx, Desk, HouseholdId, PersonId, RegistryError, Role};

pub use self::proposals::{Proposal, proposals};
pub use self::scans::{
    Resting, ScanOffices, ScanStanding, confirm_scans, propose_scans, standings as scan_standings,
};

/// Something that keeps a record from being erased.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Obstacle {
    /// `case_open`, `case_in_force`, `remedy`, `payment_open`, `recovery_open`, `repayment_open`, `hold`, `guardian`, `household`,
    /// `term` or `no_end`.
    pub code: &'static str,
    /// Which record.
    pub detail: String,
}

impl Obstacle {
    /// One obstacle.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Obstacle {
        Obstacle {
            code,
            detail: detail.into(),
        }
    }
}

/// What an office holds about a household.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Holding {
    /// What stands in the way now.
    pub obstacles: Vec<Obstacle>,
    /// When its part of the record ended.
    pub ended: Ended,
}

impl Holding {
    /// What two offices hold together.
    #[must_use]
    pub fn and(mut self, other: Holding) -> Holding {
        self.obstacles.extend(other.obstacles);
        self.ended = self.ended.and(other.ended);
        self
    }
}

/// What the offices above say about a household.
pub type Look<'l, E> = &'l dyn Fn(&mut dyn Query, HouseholdId) -> Result<Holding, E>;

/// A subject whose key was destroyed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Civil day.
    pub on: Date,
    /// Why.
    pub ground: String,
    /// The legal reference.
    pub cite: String,
}

impl std::fmt::Display for Erased {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "erased on {}, ground: {} ({})",
            self.on, self.ground, self.cite
        )
    }
}

/// The named state of a reading that met an erased subject: `Err` stays an error for everything else.
///
/// # Errors
/// Every error but [`StoreError::Erased`].
pub fn or_erased<T>(outcome: Result<T, StoreError>) -> Result<Result<T, Erased>, StoreError> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(StoreError::Erased {
            on, ground, cite, ..
        }) => Ok(Err(Erased { on, ground, cite })),
        Err(other) => Err(other),
    }
}

/// What an erasure did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// What it was about.
    pub about: String,
    /// Persons whose keys were destroyed.
    pub erased: Vec<String>,
    /// Persons who stay readable, with the reason.
    pub kept: Vec<(String, Obstacle)>,
}

/// A household whose record may be erased, or what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// The household.
    pub household: String,
    /// When its record ended.
    pub ended: Ended,
    /// First day on which it may be erased.
    pub due_on: Option<Date>,
    /// What stands in the way.
    pub obstacles: Vec<Obstacle>,
}

statement! {
    HOUSEHOLDS, scoped,
    "SELECT h.id FROM household h WHERE {scope:h.division}
       AND NOT EXISTS (SELECT 1 FROM key_event e WHERE e.subject_kind = 'household' AND e.subject_id = h.id)
     ORDER BY h.id"
}
statement! {
    HOUSEHOLD_MADE, internal "one household inside an act whose area is checked from it",
    "SELECT h.division, t.at_us FROM household h JOIN txn t ON t.id = h.tx WHERE h.id = ?1"
}
statement! {
    PERSON_MADE, internal "one person inside an act whose area is checked from it",
    "SELECT p.division, t.at_us FROM person p JOIN txn t ON t.id = p.tx WHERE p.id = ?1"
}
statement! {
    EVER_MEMBERS, internal "the members of one household, whose area is checked in the same act",
    "SELECT DISTINCT person_id FROM membership WHERE household_id = ?1 ORDER BY person_id"
}
statement! {
    EVER_HOUSEHOLDS, internal "the households of one person, whose area is checked in the same act",
    "SELECT DISTINCT m.household_id FROM membership m WHERE m.person_id = ?1
       AND NOT EXISTS (SELECT 1 FROM key_event e WHERE e.subject_kind = 'household' AND e.subject_id = m.household_id)
     ORDER BY m.household_id"
}
statement! {
    HOLDS_FOR_OTHERS, internal "accounts in one person's name, whose area is checked in the same act",
    "SELECT DISTINCT a.person_id FROM payment_account a WHERE a.holder_id = ?1 AND a.person_id <> ?1
       AND a.superseded_tx IS NULL AND a.valid_to IS NULL
       AND NOT EXISTS (SELECT 1 FROM key_event e WHERE e.subject_kind = 'person' AND e.subject_id = a.person_id)
     ORDER BY a.person_id"
}
statement! {
    HOUSEHOLDS_GONE, internal "keys only, for computations over the whole county",
    "SELECT subject_id FROM key_event WHERE subject_kind = 'household' ORDER BY subject_id"
}
statement! {
    ERASED, internal "whether the key of one subject is there; the caller checked its area",
    "SELECT happened_on, ground, cite FROM key_event WHERE subject_kind = ?1 AND subject_id = ?2"
}
/// Whether and why a subject was erased.
///
/// # Errors
/// The store's.
pub fn of(q: &mut dyn Query, subject: Subject) -> Result<Option<Erased>, RegistryError> {
    let key = match subject {
        Subject::Person(id) => [Value::from("person"), Value::from(id)],
        Subject::Household(id) => [Value::from("household"), Value::from(id)],
        Subject::Attachment(id) => [Value::from("attachment"), Value::from(id)],
    };
    let rows = q.rows(&ERASED, &key)?;
    rows.first()
        .map(|row| {
            Ok(Erased {
                on: row.date(0)?,
                ground: row.opt_text(1)?.unwrap_or_default().to_owned(),
                cite: row.opt_text(2)?.unwrap_or_default().to_owned(),
            })
        })
        .transpose()
}

/// Households whose record was erased, for computations that leave them out.
///
/// # Errors
/// The store's.
pub fn households(q: &mut dyn Query) -> Result<BTreeSet<HouseholdId>, RegistryError> {
    q.rows(&HOUSEHOLDS_GONE, &[])?
        .iter()
        .map(|row| Ok(HouseholdId(row.int(0)?)))
        .collect()
}

/// Proposes to erase a record.
///
/// # Errors
/// [`RegistryError::NotErasable`] with everything that stands in the way; [`RegistryError::Role`] (administrator);
/// [`RegistryError::Area`]; [`RegistryError::Field`] without ground or reference; the callers'.
pub fn propose<E: From<RegistryError> + From<StoreError>>(
    desk: &Desk<'_>,
    ctx: &Ctx,
    about: About,
    ground: &str,
    cite: &str,
    look: Look<'_, E>,
) -> Result<i64, E> {
    ctx.require(Role::Administrator)?;
    expect_grounds(ground, cite)?;
    desk.store.write(&ctx.act("erasure.propose"), |tx| {
        let (ended, due) = expect_erasable(tx, ctx, about, look)?;
        let target = Target::Record(about);
        if let Some(waits) = proposals::open(tx, target)? {
            return Err(RegistryError::Field {
                field: about.name(),
                reason: format!("proposal {waits} waits for a second person"),
            }
            .into());
        }
        let why = (ground, cite);
        Ok(proposals::propose(tx, ctx, target, why, (ended.case, due))?)
    })
}

/// Confirms a proposal and destroys the keys, in one act; a second person does it.
///
/// # Errors
/// [`RegistryError::FourEyes`]; [`RegistryError::NotFound`]; otherwise as [`propose`].
pub fn confirm<E: From<RegistryError> + From<StoreError>>(
    desk: &Desk<'_>,
    ctx: &Ctx,
    id: i64,
    look: Look<'_, E>,
) -> Result<Report, E> {
    ctx.require_any(&[Role::Administrator, Role::Reviewer])?;
    let report = desk.store.write(&ctx.act("erasure.confirm"), |tx| {
        let (proposal, target) = waiting(tx, ctx, id, "confirm")?;
        let Target::Record(about) = target else {
            return Err(RegistryError::Field {
                field: format!("proposal {id}"),
                reason: "it is about a scan; those are confirmed together with `retention confirm --scans`"
                    .to_owned(),
            }
            .into());
        };
        expect_erasable(tx, ctx, about, look)?;
        decide(tx, ctx, id, true)?;
        let report = destroy::destroy(tx, about, &proposal)?;
        Ok::<_, E>(report)
    })?;
    desk.store.scrub()?;
    Ok(report)
}

/// Rejects a proposal; a second person does it.
///
/// # Errors
/// As [`confirm`].
pub fn reject(desk: &Desk<'_>, ctx: &Ctx, id: i64) -> Result<(), RegistryError> {
    ctx.require_any(&[Role::Administrator, Role::Reviewer])?;
    desk.store.write(&ctx.act("erasure.reject"), |tx| {
        waiting(tx, ctx, id, "reject")?;
        decide(tx, ctx, id, false)
    })
}

/// Every household of the area that is not erased, with its end, its term and what stands in the way on `today`.
///
/// # Errors
/// The store's, or the callers'.
pub fn standings<E: From<RegistryError> + From<StoreError>>(
    q: &mut dyn Query,
    scope: &minsheng_store::Scope,
    today: Date,
    look: Look<'_, E>,
) -> Result<Vec<Standing>, E> {
    let terms = retention::terms(q)?;
    let mut found = Vec::new();
    for row in q.scoped(&HOUSEHOLDS, scope, &[])? {
        let household = HouseholdId(row.int(0)?);
        let (holding, due_on) = standing(q, household, today, &terms, look)?;
        found.push(Standing {
            household: household.to_string(),
            ended: holding.ended,
            due_on,
            obstacles: holding.obstacles,
        });
    }
    Ok(found)
}

fn standing<E: From<RegistryError> + From<StoreError>>(
    q: &mut dyn Query,
    household: HouseholdId,
    today: Date,
    terms: &[Term],
    look: Look<'_, E>,
) -> Result<(Holding, Option<Date>), E> {
    let mut holding = look(q, household)?;
    let made = q.rows(&HOUSEHOLD_MADE, &[Value::from(household)])?;
    if let Some(row) = made.first() {
        holding.ended.registered = Some(day_of(row.int(1)?)?);
    }
    let due = check_term(&mut holding, today, terms)?;
    Ok((holding, due))
}

fn check_term(
    holding: &mut Holding,
    today: Date,
    terms: &[Term],
) -> Result<Option<Date>, RegistryError> {
    let due = retention::due_on(terms, &holding.ended)?;
    match due {
        Some(due) if due <= today => {}
        Some(due) => holding
            .obstacles
            .push(Obstacle::new("term", due.to_string())),
        None => holding.obstacles.push(Obstacle::new("no_end", "")),
    }
    Ok(due)
}

fn day_of(at_us: i64) -> Result<Date, RegistryError> {
    minsheng_core::Timestamp::from_microsecond(at_us)
        .map(minsheng_core::civil_date)
        .map_err(|error| RegistryError::Inconsistent {
            what: "transaction".to_owned(),
            reason: error.to_string(),
        })
}

/// The end and the term of a record that nothing keeps.
fn expect_erasable<E: From<RegistryError> + From<StoreError>>(
    q: &mut dyn Query,
    ctx: &Ctx,
    about: About,
    look: Look<'_, E>,
) -> Result<(Ended, Option<Date>), E> {
    let missing = || RegistryError::NotFound {
        what: match about {
            About::Person(_) => "person",
            About::Household(_) => "household",
        },
        id: about.name(),
    };
    let statement = match about {
        About::Person(_) => &PERSON_MADE,
        About::Household(_) => &HOUSEHOLD_MADE,
    };
    let rows = q.rows(statement, &[Value::from(about.id())])?;
    let row = rows.first().ok_or_else(missing)?;
    ctx.require_area(row.int(0)?)?;
    if let Some(erased) = of(q, about.subject())? {
        return Err(RegistryError::AlreadyErased {
            what: about.name(),
            erased: erased.to_string(),
        }
        .into());
    }
    let terms = retention::terms(q)?;
    let (holding, due) = match about {
        About::Household(household) => standing(q, household, ctx.today(), &terms, look)?,
        About::Person(person) => {
            let mut holding = Holding {
                obstacles: keeps(q, person, None)?.into_iter().collect(),
                ended: Ended {
                    registered: Some(day_of(row.int(1)?)?),
                    ..Ended::default()
                },
            };
            let due = check_term(&mut holding, ctx.today(), &terms)?;
            (holding, due)
        }
    };
    if holding.obstacles.is_empty() {
        return Ok((holding.ended, due));
    }
    Err(RegistryError::NotErasable {
        what: about.name(),
        obstacles: holding.obstacles,
    }
    .into())
}

/// What keeps a person readable when the record of `but` goes.
fn keeps(
    q: &mut dyn Query,
    person: PersonId,
    but: Option<HouseholdId>,
) -> Result<Option<Obstacle>, RegistryError> {
    for row in q.rows(&EVER_HOUSEHOLDS, &[Value::from(person)])? {
        let household = HouseholdId(row.int(0)?);
        if Some(household) != but {
            return Ok(Some(Obstacle::new("household", household.to_string())));
        }
    }
    let others = q.rows(&HOLDS_FOR_OTHERS, &[Value::from(person)])?;
    let members: BTreeSet<i64> = match but {
        None => BTreeSet::new(),
        Some(household) => q
            .rows(&EVER_MEMBERS, &[Value::from(household)])?
            .iter()
            .map(|row| row.int(0))
            .collect::<Result<_, _>>()?,
    };
    for row in others {
        let other = row.int(0)?;
        // an account of somebody who goes with the same record is no reason to stay
        if !members.contains(&other) {
            return Ok(Some(Obstacle::new("guardian", PersonId(other).to_string())));
        }
    }
    Ok(None)
}
