//! The register's part of a day: persons, households, who joins and leaves, evidence, deaths, accounts.

use minsheng_core::Relation;
use minsheng_registry::accounts::{self, NewAccount};
use minsheng_registry::evidence::{self, About, NewEvidence};
use minsheng_registry::facts::EvidenceRow;
use minsheng_registry::households::{self, NewHousehold};
use minsheng_registry::persons::{self, NewPerson};

use super::timeline::{Phase, Sitting};
use super::{Stop, Year};
use crate::inputs::{Evidence, Joining, Membership, Subject, Way};
use crate::staff;

impl Year<'_> {
    pub(super) fn register(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        match sitting.phase {
            Phase::Person => self.persons(sitting),
            Phase::Household => self.form_households(sitting),
            Phase::Membership => self.membership(sitting),
            Phase::NewEvidence => self.new_evidence(sitting),
            Phase::OtherEvidence => self.other_evidence(sitting),
            Phase::Death => self.deaths(sitting),
            Phase::ConfirmAccount => self.confirm_accounts(sitting),
            _ => self.enter_accounts(sitting),
        }
    }

    fn persons(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let rows: Vec<NewPerson> = sitting
            .items
            .iter()
            .map(|at| &self.inputs.persons[*at])
            .map(|person| NewPerson {
                name: person.name.clone(),
                sex: person.sex.as_str().to_owned(),
                birth: person.birth,
                id_number: Some(person.id_number.clone()),
                division: person.division,
            })
            .collect();
        let ctx = self.clerk(sitting.place)?;
        let ids = persons::register_many(self.desk, &ctx, &rows)?;
        for (at, id) in sitting.items.iter().zip(ids) {
            self.persons.insert(self.inputs.persons[*at].number, id);
        }
        self.counts.persons += rows.len();
        Ok(())
    }

    fn form_households(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let mut rows = Vec::with_capacity(sitting.items.len());
        for at in &sitting.items {
            let household = &self.inputs.households[*at];
            let mut members = Vec::new();
            for membership in self.members_of(household.number) {
                members.push((self.person(membership.person)?, membership.relation));
            }
            rows.push(NewHousehold {
                division: household.division,
                members,
                since: household.since,
            });
        }
        let ctx = self.clerk(sitting.place)?;
        let ids = households::form_many(self.desk, &ctx, &rows)?;
        for (at, id) in sitting.items.iter().zip(ids) {
            self.households
                .insert(self.inputs.households[*at].number, id);
        }
        self.counts.households += rows.len();
        Ok(())
    }

    /// First members of a household; the table is in the order of the households.
    pub(super) fn members_of(&self, household: i64) -> impl Iterator<Item = &Membership> {
        let table = &self.inputs.memberships;
        let from = table.partition_point(|membership| membership.household < household);
        table[from..]
            .iter()
            .take_while(move |membership| membership.household == household)
            .filter(|membership| membership.joining == Joining::First)
    }

    fn membership(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        for at in &sitting.items {
            let membership = &self.inputs.memberships[*at];
            let (household, person) = (
                self.household(membership.household)?,
                self.person(membership.person)?,
            );
            let (relation, from) = (membership.relation, membership.from);
            if matches!(membership.joining, Joining::Leaves | Joining::Becomes) {
                let ctx = self.clerk(sitting.place)?;
                households::leave(self.desk, &ctx, household, person, from)?;
            }
            if matches!(membership.joining, Joining::Joins | Joining::Becomes) {
                let ctx = self.clerk(sitting.place)?;
                households::join(self.desk, &ctx, household, person, relation, from)?;
                if relation == Relation::Head {
                    self.heads.insert(membership.person);
                }
            }
        }
        Ok(())
    }

    fn evidence_of(&self, evidence: &Evidence) -> Result<NewEvidence, Stop> {
        let about = match evidence.about {
            Subject::Household(number) => About::Household(self.household(number)?),
            Subject::Person(number) => About::Person(self.person(number)?),
        };
        Ok(NewEvidence {
            about,
            row: EvidenceRow {
                kind: evidence.kind.clone(),
                slot: evidence.slot.clone(),
                code: evidence.code.clone(),
                quantity: evidence.quantity,
                amount_fen: evidence.means_fen,
                valid_from: evidence.valid_from,
                valid_to: None,
            },
            health: self.health.contains(&evidence.kind),
            source: evidence.source.clone(),
        })
    }

    fn new_evidence(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let rows = sitting
            .items
            .iter()
            .map(|at| self.evidence_of(&self.inputs.evidence[*at]))
            .collect::<Result<Vec<_>, _>>()?;
        let ctx = self.clerk(sitting.place)?;
        evidence::record_many(self.desk, &ctx, &rows)?;
        self.counts.evidence += rows.len();
        Ok(())
    }

    fn other_evidence(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        for at in &sitting.items {
            let evidence = &self.inputs.evidence[*at];
            let row = self.evidence_of(evidence)?;
            let ctx = self.clerk(sitting.place)?;
            if evidence.way == Way::End {
                evidence::end(
                    self.desk,
                    &ctx,
                    row.about,
                    &row.row.kind,
                    &row.row.slot,
                    row.row.valid_from,
                )?;
            } else {
                evidence::change(self.desk, &ctx, &row)?;
            }
            self.counts.evidence += 1;
        }
        Ok(())
    }

    fn deaths(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let mut rows = Vec::new();
        for at in &sitting.items {
            let death = &self.inputs.deaths[*at];
            rows.push(NewEvidence {
                about: About::Person(self.person(death.person)?),
                row: EvidenceRow {
                    kind: "death".to_owned(),
                    slot: String::new(),
                    code: None,
                    quantity: None,
                    amount_fen: None,
                    valid_from: death.died_on,
                    valid_to: None,
                },
                health: false,
                source: "户籍注销证明".to_owned(),
            });
            self.dead.insert(death.person);
        }
        let ctx = self.clerk(sitting.place)?;
        evidence::record_many(self.desk, &ctx, &rows)?;
        self.counts.deaths += rows.len();
        Ok(())
    }

    fn enter_accounts(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let mut rows = Vec::with_capacity(sitting.items.len());
        for at in &sitting.items {
            let account = &self.inputs.accounts[*at];
            let person = self.person(account.person)?;
            let number = account.number.clone();
            rows.push(NewAccount {
                person,
                holder: person,
                number,
                valid_from: account.entered_on,
            });
        }
        let ctx = self.clerk(sitting.place)?;
        let ids = accounts::enter_many(self.desk, &ctx, &rows)?;
        for (at, id) in sitting.items.iter().zip(ids) {
            self.account_rows
                .insert(self.inputs.accounts[*at].number.clone(), id);
        }
        Ok(())
    }

    fn confirm_accounts(&mut self, sitting: &Sitting) -> Result<(), Stop> {
        let numbers = sitting
            .items
            .iter()
            .map(|at| &self.inputs.accounts[*at].number);
        let ids: Vec<i64> = numbers
            .filter_map(|number| self.account_rows.get(number).copied())
            .collect();
        let ctx = self.ctx(staff::ACCOUNT_OFFICER)?;
        accounts::confirm_many(self.desk, &ctx, &ids)?;
        Ok(())
    }
}
