//! The register as a roll is compared with: who has which number, who lives where, whose account is which. A roll is
//! long and the register of a county is not, so it is read once and not asked once per row.

use std::collections::HashMap;

use minsheng_core::{Date, epoch_day};
use minsheng_store::{Query, Value, statement};

use crate::RegistryError;
use crate::accounts::ASSISTANCE;

statement! {
    ROLL_PERSONS, internal "a roll is compared with the whole register, so that nobody is registered twice; who lies outside of the user's area is not named",
    "SELECT id, name, birth_date, id_number_hash, division FROM person ORDER BY id"
}
statement! {
    ROLL_MEMBERSHIPS, internal "a roll is compared with the whole register, so that nobody lives in two households; gives keys",
    "SELECT person_id, household_id, relation FROM membership
     WHERE superseded_tx IS NULL AND (valid_to IS NULL OR valid_to > ?1) ORDER BY valid_from, id"
}
statement! {
    ROLL_ACCOUNTS, internal "a roll is compared with the whole register, so that an account serves one holder; gives keys",
    "SELECT person_id, holder_id, number_hash FROM payment_account
     WHERE purpose = ?1 AND superseded_tx IS NULL AND valid_to IS NULL ORDER BY id"
}
statement! {
    ROLL_HOUSEHOLDS, internal "the area of a household is what the area check needs",
    "SELECT id, division FROM household ORDER BY id"
}

/// A registered person.
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) birth: i64,
    pub(super) hash: Option<Vec<u8>>,
    pub(super) division: i64,
}

/// What a roll is compared with.
pub(super) struct Register {
    pub(super) persons: Vec<Known>,
    by_hash: HashMap<Vec<u8>, usize>,
    by_key: HashMap<i64, usize>,
    by_name: HashMap<(String, i64), Vec<usize>>,
    /// Household and relation, by person.
    pub(super) lives: HashMap<i64, (i64, String)>,
    /// Members, by household.
    pub(super) members: HashMap<i64, Vec<i64>>,
    /// Hash of the account, by person.
    pub(super) account: HashMap<i64, Vec<u8>>,
    /// Persons an account serves, and its holder.
    pub(super) serves: HashMap<Vec<u8>, Vec<(i64, i64)>>,
    pub(super) divisions: HashMap<i64, i64>,
}

impl Register {
    pub(super) fn load(q: &mut dyn Query, since: Date) -> Result<Self, RegistryError> {
        let mut register = Register {
            persons: Vec::new(),
            by_hash: HashMap::new(),
            by_key: HashMap::new(),
            by_name: HashMap::new(),
            lives: HashMap::new(),
            members: HashMap::new(),
            account: HashMap::new(),
            serves: HashMap::new(),
            divisions: HashMap::new(),
        };
        for row in q.rows(&ROLL_PERSONS, &[])? {
            let known = Known {
                id: row.int(0)?,
                name: row.text(1)?.to_owned(),
                birth: row.int(2)?,
                hash: row.opt_blob(3)?.map(<[u8]>::to_vec),
                division: row.int(4)?,
            };
            let place = register.persons.len();
            if let Some(hash) = &known.hash {
                register.by_hash.insert(hash.clone(), place);
            }
            register.by_key.insert(known.id, place);
            register
                .by_name
                .entry((known.name.clone(), known.birth))
                .or_default()
                .push(place);
            register.persons.push(known);
        }
        for row in q.rows(&ROLL_MEMBERSHIPS, &[Value::from(since)])? {
            let (person, household) = (row.int(0)?, row.int(1)?);
            if register
                .lives
                .insert(person, (household, row.text(2)?.to_owned()))
                .is_none()
            {
                register.members.entry(household).or_default().push(person);
            }
        }
        for row in q.rows(&ROLL_ACCOUNTS, &[Value::from(ASSISTANCE)])? {
            let hash = row.blob(2)?.to_vec();
            register.account.insert(row.int(0)?, hash.clone());
            register
                .serves
                .entry(hash)
                .or_default()
                .push((row.int(0)?, row.int(1)?));
        }
        for row in q.rows(&ROLL_HOUSEHOLDS, &[])? {
            register.divisions.insert(row.int(0)?, row.int(1)?);
        }
        Ok(register)
    }

    pub(super) fn of_hash(&self, hash: &[u8]) -> Option<&Known> {
        self.by_hash
            .get(hash)
            .and_then(|place| self.persons.get(*place))
    }

    pub(super) fn of_key(&self, key: i64) -> Option<&Known> {
        self.by_key
            .get(&key)
            .and_then(|place| self.persons.get(*place))
    }

    /// Persons of the same name and day of birth.
    pub(super) fn alike(&self, name: &str, birth: Date) -> impl Iterator<Item = &Known> {
        let places = self.by_name.get(&(name.to_owned(), epoch_day(birth)));
        places
            .into_iter()
            .flatten()
            .filter_map(|place| self.persons.get(*place))
    }
}
