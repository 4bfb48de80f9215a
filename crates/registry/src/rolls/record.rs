//! Writing what the plan found. New households go in by the bulk path; differences by the functions that a clerk's
//! entry takes.

use std::collections::HashMap;

use minsheng_exchange::roll::{RollHousehold, RollPerson};
use minsheng_store::{Query, Subject, Tx, Value};

use super::evidence::Reader;
use super::plan::Step;
use super::{Intake, Plan, Report};
use crate::accounts::{self, ASSISTANCE, NUMBER_LABEL, NewAccount};
use crate::evidence::{self, About, NewEvidence};
use crate::persons::ID_LABEL;
use crate::{Ctx, Desk, HouseholdId, PersonId, RegistryError, households};

type Tell<'a> = &'a dyn Fn(&str, usize, usize);

pub(super) fn record(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    ctx: &Ctx,
    intake: &Intake<'_>,
    plan: &Plan,
    report: &mut Report,
    tell: Tell<'_>,
) -> Result<(), RegistryError> {
    let mut recorder = Recorder {
        desk,
        ctx,
        intake,
        plan,
        source: format!("{} ({})", intake.file_name, intake.mapping),
        persons: HashMap::new(),
        evidence: Vec::new(),
        accounts: 0,
    };
    if intake.mapping.is_empty() {
        intake.file_name.clone_into(&mut recorder.source);
    }
    let joins: Vec<(usize, usize)> = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Join { place, member, .. } if intake.update => Some((*place, *member)),
            _ => None,
        })
        .collect();
    tell("persons", 0, 4);
    recorder.register(tx, &joins)?;
    tell("households", 1, 4);
    let formed = recorder.form(tx)?;
    tell("evidence", 2, 4);
    recorder.describe(&formed, &joins);
    recorder.enter_accounts(tx, &joins)?;
    recorder.update(tx, &plan.always)?;
    if intake.update {
        recorder.update(tx, &plan.steps)?;
        report.updated = true;
    }
    report.evidence = recorder.evidence.len();
    evidence::insert(tx, &recorder.evidence)?;
    tell("snapshot", 3, 4);
    let snapshot = recorder.snapshot(tx, &formed)?;
    report.accounts = recorder.accounts;
    report.snapshot = Some(snapshot);
    report.import = Some(recorder.import(tx, snapshot, report)?);
    tell("commit", 4, 4);
    Ok(())
}

struct Recorder<'a> {
    desk: &'a Desk<'a>,
    ctx: &'a Ctx,
    intake: &'a Intake<'a>,
    plan: &'a Plan,
    source: String,
    /// Keys of the persons, by line.
    persons: HashMap<u32, i64>,
    evidence: Vec<NewEvidence>,
    accounts: usize,
}

impl<'a> Recorder<'a> {
    fn household(&self, place: usize) -> Option<&'a RollHousehold> {
        self.intake.roll.households.get(place)
    }

    fn members(&self, joins: &[(usize, usize)]) -> Vec<(i64, &'a RollPerson)> {
        let of_new = self
            .plan
            .new
            .iter()
            .filter_map(|place| self.household(*place))
            .flat_map(|household| {
                household
                    .members
                    .iter()
                    .map(move |person| (household.division, person))
            });
        let of_old = joins.iter().filter_map(|(place, member)| {
            let household = self.household(*place)?;
            Some((household.division, household.members.get(*member)?))
        });
        of_new.chain(of_old).collect()
    }

    /// Registers everybody who is not registered yet.
    fn register(&mut self, tx: &mut Tx<'_>, joins: &[(usize, usize)]) -> Result<(), RegistryError> {
        let columns = [
            "name",
            "sex",
            "birth_date",
            "id_number_sealed",
            "id_number_hash",
            "division",
        ];
        let first = tx.insert_many("person", &columns, Vec::new())?;
        self.persons.clone_from(&self.plan.known);
        let mut new = Vec::new();
        for (division, person) in self.members(joins) {
            if let std::collections::hash_map::Entry::Vacant(place) =
                self.persons.entry(person.line)
            {
                place.insert(first + i64::try_from(new.len()).unwrap_or(i64::MAX));
                new.push((division, person));
            }
        }
        let sealed = |person: &RollPerson| {
            person.number.is_some() || person.account.is_some() || !person.evidence.is_empty()
        };
        let subjects = (first..)
            .zip(&new)
            .filter(|(_, (_, person))| sealed(person));
        tx.make_keys(
            subjects
                .map(|(id, _)| Subject::Person(id))
                .collect::<Vec<_>>(),
        )?;
        let mut rows = Vec::with_capacity(new.len());
        for (id, (division, person)) in (first..).zip(&new) {
            let (number, hash) = match &person.number {
                None => (Value::Null, Value::Null),
                Some(number) => {
                    let hash = tx.search_hash(ID_LABEL, number.as_str())?;
                    let sealed =
                        tx.seal(Subject::Person(id), ID_LABEL, number.as_str().as_bytes())?;
                    (Value::from(sealed), Value::from(hash))
                }
            };
            rows.push(vec![
                Value::from(person.name.as_str()),
                Value::from(person.sex.as_str()),
                Value::from(person.birth),
                number,
                hash,
                Value::from(*division),
            ]);
        }
        tx.insert_many("person", &columns, rows)?;
        Ok(())
    }

    /// Forms the new households; their keys by place in the roll.
    fn form(&self, tx: &mut Tx<'_>) -> Result<Vec<(usize, i64)>, RegistryError> {
        let new = || {
            self.plan
                .new
                .iter()
                .filter_map(|place| Some((*place, self.household(*place)?)))
        };
        let rows = new()
            .map(|(_, household)| vec![Value::from(household.division)])
            .collect();
        let first = tx.insert_many("household", &["division"], rows)?;
        let mut memberships = Vec::new();
        let mut formed = Vec::new();
        for (id, (place, household)) in (first..).zip(new()) {
            formed.push((place, id));
            for person in &household.members {
                memberships.push(vec![
                    Value::from(id),
                    Value::from(self.person(person)?),
                    Value::from(person.relation.as_str()),
                    Value::from(self.intake.since),
                ]);
            }
        }
        tx.insert_many(
            "membership",
            &["household_id", "person_id", "relation", "valid_from"],
            memberships,
        )?;
        Ok(formed)
    }

    fn person(&self, person: &RollPerson) -> Result<i64, RegistryError> {
        self.persons
            .get(&person.line)
            .copied()
            .ok_or_else(|| RegistryError::Inconsistent {
                what: format!("line {}", person.line),
                reason: "the person has no key".to_owned(),
            })
    }

    /// Evidence of new households and of persons who are new in old ones.
    fn describe(&mut self, formed: &[(usize, i64)], joins: &[(usize, usize)]) {
        let mut reader = Reader::new(self.desk, self.intake.since, self.ctx.today());
        let mut found = Vec::new();
        let mut take = |about: About, all: &[minsheng_exchange::roll::RawEvidence]| {
            for raw in all {
                // what cannot be read was refused by the plan
                if let Ok((row, health)) = reader.row(about, raw) {
                    found.push((about, row, health));
                }
            }
        };
        for (place, id) in formed {
            let Some(household) = self.household(*place) else {
                continue;
            };
            take(About::Household(HouseholdId(*id)), &household.evidence);
            for person in &household.members {
                if let Some(key) = self
                    .persons
                    .get(&person.line)
                    .filter(|_| !self.plan.known.contains_key(&person.line))
                {
                    take(About::Person(PersonId(*key)), &person.evidence);
                }
            }
        }
        for (place, member) in joins {
            let person = self
                .household(*place)
                .and_then(|household| household.members.get(*member));
            if let Some(person) =
                person.filter(|person| !self.plan.known.contains_key(&person.line))
                && let Some(key) = self.persons.get(&person.line)
            {
                take(About::Person(PersonId(*key)), &person.evidence);
            }
        }
        for (about, row, health) in found {
            self.evidence.push(self.new_evidence(about, row, health));
        }
    }

    fn new_evidence(
        &self,
        about: About,
        row: crate::facts::EvidenceRow,
        health: bool,
    ) -> NewEvidence {
        NewEvidence {
            about,
            row,
            health,
            source: self.source.clone(),
        }
    }

    /// Accounts of new persons, in bulk; those of registered ones are steps of the plan.
    fn enter_accounts(
        &mut self,
        tx: &mut Tx<'_>,
        joins: &[(usize, usize)],
    ) -> Result<(), RegistryError> {
        let mut rows = Vec::new();
        for (_, person) in self.members(joins) {
            let Some(account) = &person.account else {
                continue;
            };
            if self.plan.known.contains_key(&person.line) {
                continue;
            }
            let id = self.person(person)?;
            let hash = tx.search_hash(NUMBER_LABEL, account.as_str())?;
            let sealed = tx.seal(
                Subject::Person(id),
                NUMBER_LABEL,
                account.as_str().as_bytes(),
            )?;
            rows.push(vec![
                Value::from(id),
                Value::from(ASSISTANCE),
                Value::from(id),
                Value::from(sealed),
                Value::from(hash),
                Value::from(self.ctx.actor.username.as_str()),
                Value::from(self.intake.since),
            ]);
        }
        self.accounts += rows.len();
        let columns = [
            "person_id",
            "purpose",
            "holder_id",
            "number_sealed",
            "number_hash",
            "entered_by",
            "valid_from",
        ];
        tx.insert_many("payment_account", &columns, rows)?;
        Ok(())
    }

    fn new_account(&self, person: i64, number: &str) -> NewAccount {
        NewAccount {
            person: PersonId(person),
            holder: PersonId(person),
            number: number.to_owned(),
            valid_from: self.intake.since,
        }
    }

    /// Records the differences, each as a clerk would.
    fn update(&mut self, tx: &mut Tx<'_>, steps: &[Step]) -> Result<(), RegistryError> {
        let since = self.intake.since;
        let mut new_accounts = Vec::new();
        for step in steps {
            match step {
                Step::Leave { person, household } => {
                    households::leave_in(
                        tx,
                        self.ctx,
                        HouseholdId(*household),
                        PersonId(*person),
                        since,
                    )?;
                }
                Step::Relation {
                    person,
                    household,
                    relation,
                } => {
                    let (household, person) = (HouseholdId(*household), PersonId(*person));
                    households::leave_in(tx, self.ctx, household, person, since)?;
                    households::join_in(tx, self.ctx, household, person, *relation, since)?;
                }
                Step::Join {
                    place,
                    member,
                    household,
                } => {
                    let person = self
                        .household(*place)
                        .and_then(|household| household.members.get(*member));
                    if let Some(person) = person {
                        let id = PersonId(self.person(person)?);
                        households::join_in(
                            tx,
                            self.ctx,
                            HouseholdId(*household),
                            id,
                            person.relation,
                            since,
                        )?;
                    }
                }
                Step::Account {
                    person,
                    place,
                    member,
                } => {
                    let found = self
                        .household(*place)
                        .and_then(|household| household.members.get(*member));
                    if let Some(account) = found.and_then(|found| found.account.as_ref()) {
                        new_accounts.push(self.new_account(*person, account.as_str()));
                    }
                }
                Step::Evidence { about, row, health } => {
                    let new = self.new_evidence(*about, row.clone(), *health);
                    evidence::change_in(tx, self.desk, self.ctx, &new)?;
                }
            }
        }
        self.accounts += new_accounts.len();
        accounts::enter_in(tx, self.ctx, &new_accounts)?;
        Ok(())
    }

    /// The roll as it stands in the file, with the households of the register behind it.
    fn snapshot(&self, tx: &mut Tx<'_>, formed: &[(usize, i64)]) -> Result<i64, RegistryError> {
        let digest: String = self
            .intake
            .digest
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let label = format!("{} {digest}", self.intake.file_name);
        let mut places: Vec<(usize, i64)> = formed.to_vec();
        places.extend(
            self.plan
                .placed
                .iter()
                .map(|placed| (placed.place, placed.household.0)),
        );
        places.sort_unstable();
        let programme = self.programme(&places);
        let id = tx.insert(
            "roll_snapshot",
            &[
                ("label", Value::from(label)),
                ("programme", Value::from(programme)),
                ("taken_on", Value::from(self.intake.since)),
                ("source", Value::from(self.source.as_str())),
            ],
        )?;
        let found: Vec<(&RollHousehold, i64)> = places
            .iter()
            .filter_map(|(place, household)| Some((self.household(*place)?, *household)))
            .collect();
        let rows = found
            .iter()
            .map(|(household, _)| {
                vec![
                    Value::from(id),
                    Value::from(household.no.as_str()),
                    Value::from(household.division),
                ]
            })
            .collect();
        let first = tx.insert_many(
            "roll_snapshot_household",
            &["snapshot_id", "household_no", "division"],
            rows,
        )?;
        let mut persons = Vec::new();
        let mut links = Vec::new();
        for (of, (household, key)) in (first..).zip(&found) {
            links.push(vec![Value::from(of), Value::from(*key)]);
            for person in &household.members {
                persons.push(vec![
                    Value::from(of),
                    Value::from(person.name.as_str()),
                    Value::from(person.relation.as_str()),
                ]);
            }
        }
        tx.insert_many(
            "roll_snapshot_person",
            &["snapshot_household_id", "name", "relation"],
            persons,
        )?;
        tx.insert_many(
            "roll_snapshot_place",
            &["snapshot_household_id", "household_id"],
            links,
        )?;
        Ok(id)
    }

    /// The programme that was given, else the one all households of the roll name.
    fn programme(&self, places: &[(usize, i64)]) -> String {
        if !self.intake.programme.is_empty() {
            return self.intake.programme.to_owned();
        }
        let mut named = places.iter().map(|(place, _)| {
            self.household(*place)
                .and_then(|household| household.programme.clone())
        });
        let first = named.next().flatten().unwrap_or_default();
        if named.all(|other| other.as_deref() == Some(first.as_str())) {
            first
        } else {
            String::new()
        }
    }

    fn import(
        &self,
        tx: &mut Tx<'_>,
        snapshot: i64,
        report: &Report,
    ) -> Result<i64, RegistryError> {
        let count = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
        let changed = if report.updated {
            report.changes.len() - report.moves()
        } else {
            0
        };
        let id = tx.insert(
            "roll_import",
            &[
                ("file_name", Value::from(self.intake.file_name)),
                ("digest", Value::from(self.intake.digest)),
                ("mapping", Value::from(self.intake.mapping)),
                ("snapshot_id", Value::from(snapshot)),
                ("row_count", count(self.intake.roll.rows)),
                (
                    "household_count",
                    count(self.plan.new.len() + self.plan.placed.len()),
                ),
                ("new_households", count(report.new_households)),
                ("new_persons", count(report.new_persons)),
                ("unchanged", count(report.unchanged)),
                ("changed", count(changed)),
                ("bad_rows", count(report.bad_lines.len())),
                ("imported_by", Value::from(self.ctx.actor.username.as_str())),
                ("imported_on", Value::from(self.ctx.today())),
                ("division", Value::from(self.ctx.actor.division)),
            ],
        )?;
        Ok(id)
    }
}
