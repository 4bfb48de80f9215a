//! What makes the county's home visit mandatory, and what was done about it: registered near relatives, the lot,
//! recorded visits. Read for all cases of an act in three questions.
//!
//! Source: 最低生活保障审核确认办法 (民发〔2021〕57号) arts. 11, 20; 民发〔2012〕220号 art. 14.

use std::collections::BTreeMap;

use minsheng_registry::{HouseholdId, PersonId};
use minsheng_store::{Query, Value, statement};

use super::super::error::AssistanceError;
use super::super::ground::Registered;
use super::super::missing::Missing;
use super::super::records;
use super::{Dossier, Sitting};

statement! {
    RELATIVES_IN_HOUSEHOLD, internal "registered relatives in the household of an application, whose area is checked in the same act",
    "SELECT r.id, r.person_id, r.username FROM membership m JOIN near_relative r ON r.person_id = m.person_id
     WHERE m.household_id = ?1 AND m.superseded_tx IS NULL AND m.valid_to IS NULL AND r.ended_on IS NULL ORDER BY r.id, m.id"
}

impl Sitting<'_, '_> {
    /// Takes note of the flags of loaded cases.
    pub(super) fn look_for_flags(
        &mut self,
        keys: &[i64],
        found: &mut BTreeMap<i64, Dossier>,
    ) -> Result<(), AssistanceError> {
        for row in records::RELATIVES.rows(self.tx, keys)? {
            let one = Registered {
                id: row.int(1)?,
                person: PersonId(row.int(2)?).to_string(),
                username: row.opt_text(3)?.map(str::to_owned),
            };
            if let Some(dossier) = found.get_mut(&row.int(0)?)
                && !dossier.ground.relatives.contains(&one)
            {
                dossier.ground.relatives.push(one);
            }
        }
        for row in records::COUNTY_VISITS.rows(self.tx, keys)? {
            if let Some(dossier) = found.get_mut(&row.int(1)?) {
                dossier.ground.county_visits.push(row.date(2)?);
            }
        }
        for row in records::DRAWN.rows(self.tx, keys)? {
            if let Some(dossier) = found.get_mut(&row.int(1)?) {
                dossier.ground.drawn = true;
            }
        }
        Ok(())
    }

    /// The registered relatives among the members of a household that applies.
    pub(super) fn relatives_in(
        &mut self,
        household: HouseholdId,
    ) -> Result<Vec<Registered>, AssistanceError> {
        let mut relatives: Vec<Registered> = Vec::new();
        for row in self
            .tx
            .rows(&RELATIVES_IN_HOUSEHOLD, &[Value::from(household)])?
        {
            let one = Registered {
                id: row.int(0)?,
                person: PersonId(row.int(1)?).to_string(),
                username: row.opt_text(2)?.map(str::to_owned),
            };
            if !relatives.contains(&one) {
                relatives.push(one);
            }
        }
        Ok(relatives)
    }
}

impl Dossier {
    /// Refuses a team in which somebody is a near relative of a member.
    pub(super) fn no_relative_among<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            let persons = self.ground.relatives_of(name);
            if !persons.is_empty() {
                let user = name.to_owned();
                self.ground
                    .found
                    .push(Missing::OwnRelative { user, persons });
            }
        }
    }
}
