//! Accounts of a roll beside those of the register: whose they are already, and what differs.

use minsheng_exchange::roll::{RollHousehold, RollPerson};
use minsheng_store::Query;

use super::super::differences::ChangeKind;
use super::{Planner, Step};
use crate::accounts::NUMBER_LABEL;
use crate::{PersonId, RegistryError};

impl Planner<'_> {
    /// An account serves one holder.
    pub(super) fn check_accounts(
        &mut self,
        q: &mut dyn Query,
        household: &RollHousehold,
        found: &[Option<i64>],
    ) -> Result<(), RegistryError> {
        for (person, id) in household.members.iter().zip(found) {
            let Some(account) = &person.account else {
                continue;
            };
            let hash = q.search_hash(NUMBER_LABEL, account.as_str())?;
            let other = self.register.serves.get(&hash).and_then(|all| {
                all.iter()
                    .find(|(served, holder)| {
                        Some(*served) != *id && !found.contains(&Some(*holder))
                    })
                    .copied()
            });
            if let Some((other, _)) = other {
                let name = self
                    .register
                    .of_key(other)
                    .filter(|known| self.ctx.require_area(known.division).is_ok());
                let with = vec![(
                    "person",
                    name.map_or_else(String::new, |known| PersonId(known.id).to_string()),
                )];
                self.refuse(person.line, account.masked(), "account-elsewhere", with);
            }
        }
        Ok(())
    }

    /// The account of a registered person beside that of the roll.
    pub(super) fn compare_account(
        &mut self,
        q: &mut dyn Query,
        home: Option<i64>,
        person: &RollPerson,
        (id, place, member): (i64, usize, usize),
    ) -> Result<(), RegistryError> {
        let Some(account) = &person.account else {
            return Ok(());
        };
        let hash = q.search_hash(NUMBER_LABEL, account.as_str())?;
        let current = self.register.account.get(&id);
        if current == Some(&hash) {
            return Ok(());
        }
        let step = Step::Account {
            person: id,
            place,
            member,
        };
        if home.is_none() && current.is_none() {
            self.plan.always.push(step);
            return Ok(());
        }
        let old = if current.is_some() { "****" } else { "" };
        self.change(
            person.line,
            home,
            person.name.clone(),
            ChangeKind::Account,
            (old, &account.masked()),
        );
        self.plan.steps.push(step);
        Ok(())
    }
}
