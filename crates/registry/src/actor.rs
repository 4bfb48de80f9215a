//! Who acts, when and where. Every service function takes a [`Desk`] (what the office works with) and a
//! [`Ctx`] (who acts and at what time). Nothing here reads a clock.

use std::collections::BTreeSet;
use std::str::FromStr;

use minsheng_core::Regions;
use minsheng_core::{Date, Timestamp, WorkCalendar, civil_date};
use minsheng_store::{Act, Query, Scope, Store, Value, statement};

use crate::{PackLibrary, RegistryError};

/// What a user may do. A user may hold several; rules about different users look at the user, not the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Head of a village or residents' committee: files for people, posts lists; decides nothing.
    VillageDirector,
    /// Township or street: accepts, investigates, first opinion.
    TownshipClerk,
    /// County civil affairs bureau: examines and gives the county opinion.
    Officer,
    /// County civil affairs bureau: confirms.
    Reviewer,
    /// Makes payment batches.
    Cashier,
    /// Checks payment batches.
    Checker,
    /// Releases payment batches.
    Releaser,
    /// Makes the yearbook and other reports.
    Statistician,
    /// Reads everything, changes nothing.
    Auditor,
    /// Users, settings, packs.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 10] = [
        Role::VillageDirector,
        Role::TownshipClerk,
        Role::Officer,
        Role::Reviewer,
        Role::Cashier,
        Role::Checker,
        Role::Releaser,
        Role::Statistician,
        Role::Auditor,
        Role::Administrator,
    ];

    /// Name as stored, and as the procedures of the packs write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::VillageDirector => "village_director",
            Role::TownshipClerk => "township_clerk",
            Role::Officer => "officer",
            Role::Reviewer => "reviewer",
            Role::Cashier => "cashier",
            Role::Checker => "checker",
            Role::Releaser => "releaser",
            Role::Statistician => "statistician",
            Role::Auditor => "auditor",
            Role::Administrator => "administrator",
        }
    }
}

impl FromStr for Role {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, RegistryError> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == text.trim())
            .ok_or_else(|| RegistryError::UnknownRole(text.to_owned()))
    }
}

/// A user who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Login name, as it stands in every record the user made.
    pub username: String,
    /// What the user may do.
    pub roles: BTreeSet<Role>,
    /// 12-digit code of the area the user works in; trailing zeros mark the level.
    pub division: i64,
}

statement! {
    USER_BY_NAME, internal "a user looks up himself",
    "SELECT username, roles, division, active FROM app_user WHERE username = ?1"
}

impl Actor {
    /// Loads an active user.
    ///
    /// # Errors
    /// [`RegistryError::UnknownUser`], [`RegistryError::InactiveUser`], or the store's.
    pub fn load(q: &mut dyn Query, username: &str) -> Result<Self, RegistryError> {
        let rows = q.rows(&USER_BY_NAME, &[Value::from(username)])?;
        let Some(row) = rows.first() else {
            return Err(RegistryError::UnknownUser(username.to_owned()));
        };
        if !row.bool(3)? {
            return Err(RegistryError::InactiveUser(username.to_owned()));
        }
        let roles = row
            .text(1)?
            .split(',')
            .filter(|name| !name.is_empty())
            .map(Role::from_str)
            .collect::<Result<_, _>>()?;
        Ok(Actor {
            username: row.text(0)?.to_owned(),
            roles,
            division: row.int(2)?,
        })
    }
}

/// Who acts at what time.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The user.
    pub actor: Actor,
    /// The time of the act, from the clock of the program.
    pub at: Timestamp,
}

impl Ctx {
    /// The civil day of the act, UTC+8.
    pub fn today(&self) -> Date {
        civil_date(self.at)
    }

    /// The act for the store's transaction.
    pub fn act<'a>(&'a self, action: &'a str) -> Act<'a> {
        Act {
            actor: &self.actor.username,
            action,
            at: self.at,
        }
    }

    /// The area the user may see.
    pub fn scope(&self) -> Scope {
        Scope::of(self.actor.division)
    }

    /// Refuses a user without the role.
    ///
    /// # Errors
    /// [`RegistryError::Role`].
    pub fn require(&self, role: Role) -> Result<(), RegistryError> {
        self.require_any(&[role])
    }

    /// Refuses a user with none of the roles.
    ///
    /// # Errors
    /// [`RegistryError::Role`].
    pub fn require_any(&self, roles: &[Role]) -> Result<(), RegistryError> {
        if roles.iter().any(|role| self.actor.roles.contains(role)) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        Err(RegistryError::Role {
            user: self.actor.username.clone(),
            role: names.join(" or "),
        })
    }

    /// Refuses a user who works for a part of the county only: funds and payment runs are the whole county's.
    /// The last six digits of an area code are the township and the village.
    ///
    /// # Errors
    /// [`RegistryError::WholeCounty`].
    pub fn require_whole_county(&self) -> Result<(), RegistryError> {
        if self.actor.division % 1_000_000 == 0 {
            return Ok(());
        }
        Err(RegistryError::WholeCounty {
            user: self.actor.username.clone(),
            area: self.actor.division,
        })
    }

    /// Refuses a record outside of the user's area.
    ///
    /// # Errors
    /// [`RegistryError::Area`].
    pub fn require_area(&self, division: i64) -> Result<(), RegistryError> {
        if self.scope().contains(division) {
            return Ok(());
        }
        Err(RegistryError::Area {
            user: self.actor.username.clone(),
            area: self.actor.division,
            division,
        })
    }
}

/// What an office works with: the records, the rules, the calendar and the code tables.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The records.
    pub store: &'a Store,
    /// The packs: the current ones and all that were ever published.
    pub packs: &'a PackLibrary,
    /// Working days.
    pub calendar: &'a WorkCalendar,
    /// County codes with their history.
    pub regions: &'a Regions,
}
