//! What a roll would do to the register: which households are new, which are as the roll says, what differs, what
//! cannot be. Nothing is written here.

mod accounts;

use std::collections::{BTreeSet, HashMap};

use minsheng_core::{Date, Relation};
use minsheng_exchange::roll::{Finding, RawEvidence, RollHousehold, RollPerson, shown};
use minsheng_store::{Query, TxNo};

use super::differences::{Change, ChangeKind, Suspect};
use super::evidence::Reader;
use super::register::{Known, Register};
use super::{Intake, Placed};
use crate::evidence::{About, history};
use crate::facts::EvidenceRow;
use crate::persons::ID_LABEL;
use crate::{Ctx, Desk, HouseholdId, PersonId, RegistryError};

/// What taking over a roll would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// New households, by place in the roll.
    pub new: Vec<usize>,
    /// Persons to be registered.
    pub new_persons: usize,
    /// Households that are as the roll says.
    pub unchanged: usize,
    /// Differences.
    pub changes: Vec<Change>,
    /// What cannot be.
    pub findings: Vec<Finding>,
    /// Lines left out because of it.
    pub bad_lines: Vec<u32>,
    /// Persons who may be registered already.
    pub suspects: Vec<Suspect>,
    /// Registered persons, by line.
    pub(super) known: HashMap<u32, i64>,
    /// Households of the roll that are in the register.
    pub(super) placed: Vec<Placed>,
    /// How the differences are recorded, if they are to be.
    pub(super) steps: Vec<Step>,
    /// What is recorded in any case: what the register does not have yet of registered persons who come into a new
    /// household.
    pub(super) always: Vec<Step>,
}

/// One difference to be recorded.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Join {
        place: usize,
        member: usize,
        household: i64,
    },
    Leave {
        person: i64,
        household: i64,
    },
    Relation {
        person: i64,
        household: i64,
        relation: Relation,
    },
    Account {
        person: i64,
        place: usize,
        member: usize,
    },
    Evidence {
        about: About,
        row: EvidenceRow,
        health: bool,
    },
}

pub(super) fn plan(
    q: &mut dyn Query,
    desk: &Desk<'_>,
    ctx: &Ctx,
    intake: &Intake<'_>,
) -> Result<Plan, RegistryError> {
    let register = Register::load(q, intake.since)?;
    let known_tx = q.last_tx()?;
    let mut planner = Planner {
        register,
        ctx,
        intake,
        reader: Reader::new(desk, intake.since, ctx.today()),
        known_tx,
        met: HashMap::new(),
        plan: Plan::default(),
        refused: Vec::new(),
    };
    for (place, household) in intake.roll.households.iter().enumerate() {
        planner.household(q, place, household)?;
    }
    Ok(planner.plan)
}

struct Planner<'a> {
    register: Register,
    ctx: &'a Ctx,
    intake: &'a Intake<'a>,
    reader: Reader<'a>,
    known_tx: TxNo,
    /// Persons that the roll would register, by name and birth.
    met: HashMap<(String, Date), u32>,
    plan: Plan,
    /// What is wrong with the household at hand.
    refused: Vec<Finding>,
}

impl Planner<'_> {
    fn household(
        &mut self,
        q: &mut dyn Query,
        place: usize,
        household: &RollHousehold,
    ) -> Result<(), RegistryError> {
        self.refused.clear();
        let mut found = Vec::with_capacity(household.members.len());
        for person in &household.members {
            found.push(self.numbered(q, person)?);
        }
        let home = self.home(household, &found);
        for (person, found) in household.members.iter().zip(&mut found) {
            if found.is_none() && person.number.is_none() {
                *found = self.unnumbered(person, home);
            }
        }
        self.check(household, home, &found);
        self.check_accounts(q, household, &found)?;
        let own = self.rows(household);
        if !self.refused.is_empty() {
            self.plan.findings.append(&mut self.refused);
            self.plan
                .bad_lines
                .extend(household.members.iter().map(|person| person.line));
            return Ok(());
        }
        for (person, found) in household.members.iter().zip(&found) {
            match found {
                Some(id) => {
                    self.plan.known.insert(person.line, *id);
                }
                None => {
                    self.plan.new_persons += 1;
                    self.suspect(person);
                }
            }
        }
        match home {
            None => {
                self.plan.new.push(place);
                for (member, (person, id)) in household.members.iter().zip(&found).enumerate() {
                    if let Some(id) = *id {
                        self.compare_account(q, None, person, (id, place, member))?;
                    }
                }
                for (member, row, health) in own {
                    if found.get(member).copied().flatten().is_some() {
                        self.compare_evidence(q, None, household, &found, (member, row, health))?;
                    }
                }
            }
            Some(home) => {
                self.plan.placed.push(Placed {
                    place,
                    household: HouseholdId(home),
                });
                let before = self.plan.changes.len();
                self.compare(q, place, home, &found, own)?;
                if self.plan.changes.len() == before {
                    self.plan.unchanged += 1;
                }
            }
        }
        Ok(())
    }

    fn refuse(
        &mut self,
        line: u32,
        shown: String,
        problem: &'static str,
        with: Vec<(&'static str, String)>,
    ) {
        self.refused.push(Finding {
            line,
            column: String::new(),
            shown,
            problem,
            with,
        });
    }

    /// The registered person of a row's number or key.
    fn numbered(
        &mut self,
        q: &mut dyn Query,
        person: &RollPerson,
    ) -> Result<Option<i64>, RegistryError> {
        let known: Option<&Known> = match (&person.number, person.key) {
            (Some(number), _) => {
                let hash = q.search_hash(ID_LABEL, number.as_str())?;
                self.register.of_hash(&hash)
            }
            (None, Some(key)) => self.register.of_key(key),
            (None, None) => None,
        };
        let Some((id, name, division)) =
            known.map(|known| (known.id, known.name.clone(), known.division))
        else {
            if let (Some(_), Some(known)) = (
                &person.number,
                person.key.and_then(|key| self.register.of_key(key)),
            ) {
                let with = vec![("person", PersonId(known.id).to_string())];
                self.refuse(person.line, person.name.clone(), "number-key", with);
            } else if person.number.is_none() && person.key.is_some() {
                self.refuse(
                    person.line,
                    person.name.clone(),
                    "person-unknown",
                    Vec::new(),
                );
            }
            return Ok(None);
        };
        if person.number.is_some() && person.key.is_some_and(|key| key != id) {
            // which of the two is wrong the file does not say
            let with = vec![("person", PersonId(id).to_string())];
            self.refuse(person.line, person.name.clone(), "number-key", with);
        } else if self.ctx.require_area(division).is_err() {
            self.refuse(person.line, person.name.clone(), "elsewhere", Vec::new());
        } else if name != person.name {
            let with = vec![("person", PersonId(id).to_string()), ("name", name)];
            self.refuse(person.line, person.name.clone(), "number-name", with);
        }
        Ok(Some(id))
    }

    /// The household in which the household of the roll is in the register.
    fn home(&self, household: &RollHousehold, found: &[Option<i64>]) -> Option<i64> {
        let lives = |id: &i64| self.register.lives.get(id).map(|(household, _)| *household);
        if let Some(home) = found.iter().flatten().find_map(lives) {
            return Some(home);
        }
        if household
            .members
            .iter()
            .any(|person| person.number.is_some())
        {
            return None;
        }
        // nobody has a number: the same people by name and birth
        let head = household
            .members
            .iter()
            .find(|person| person.relation == Relation::Head)?;
        self.register
            .alike(&head.name, head.birth)
            .filter_map(|known| lives(&known.id))
            .find(|home| {
                let members = self.register.members.get(home).cloned().unwrap_or_default();
                household.members.iter().all(|person| {
                    let mut alike = self.register.alike(&person.name, person.birth);
                    alike.any(|known| members.contains(&known.id))
                })
            })
    }

    /// The registered member of a household who is meant by a row without a number.
    fn unnumbered(&self, person: &RollPerson, home: Option<i64>) -> Option<i64> {
        let home = home?;
        let members = self.register.members.get(&home)?;
        let mut alike = self.register.alike(&person.name, person.birth);
        alike
            .find(|known| members.contains(&known.id))
            .map(|known| known.id)
    }

    fn check(&mut self, household: &RollHousehold, home: Option<i64>, found: &[Option<i64>]) {
        let line = household.line();
        if self.ctx.require_area(household.division).is_err() {
            self.refuse(line, household.no.clone(), "area", Vec::new());
        }
        if let Some(home) = home {
            let division = self
                .register
                .divisions
                .get(&home)
                .copied()
                .unwrap_or_default();
            if self.ctx.require_area(division).is_err() {
                self.refuse(line, household.no.clone(), "area", Vec::new());
            }
            if household.key.is_some_and(|key| key != home) {
                let with = vec![("household", HouseholdId(home).to_string())];
                self.refuse(line, household.no.clone(), "household-key", with);
            }
        } else if household.key.is_some() {
            self.refuse(line, household.no.clone(), "household-unknown", Vec::new());
        }
        for (person, id) in household.members.iter().zip(found) {
            let lives = id
                .and_then(|id| self.register.lives.get(&id))
                .map(|(other, _)| *other);
            if let Some(other) = lives.filter(|other| Some(*other) != home) {
                let with = vec![("household", HouseholdId(other).to_string())];
                self.refuse(person.line, person.name.clone(), "other-household", with);
            }
        }
    }

    /// The evidence of the household and its members as rows; what cannot be read is refused.
    fn rows(&mut self, household: &RollHousehold) -> Vec<(usize, EvidenceRow, bool)> {
        let mut rows = Vec::new();
        let of_household = (
            usize::MAX,
            About::Household(HouseholdId(0)),
            &household.evidence,
        );
        let of_members = household
            .members
            .iter()
            .enumerate()
            .map(|(member, person)| (member, About::Person(PersonId(0)), &person.evidence));
        for (member, about, all) in std::iter::once(of_household).chain(of_members) {
            for raw in all {
                match self.reader.row(about, raw) {
                    Ok((row, health)) => rows.push((member, row, health)),
                    Err(problem) => self.refuse_evidence(raw, problem),
                }
            }
        }
        rows
    }

    fn refuse_evidence(&mut self, raw: &RawEvidence, problem: &'static str) {
        self.refused.push(Finding {
            line: raw.line,
            column: raw.column.clone(),
            shown: shown(&raw.text),
            problem,
            with: vec![("kind", raw.kind.clone())],
        });
    }

    /// A person without a number, or with another one, of a name and birth that is there already.
    fn suspect(&mut self, person: &RollPerson) {
        let key = (person.name.clone(), person.birth);
        let earlier_line = self.met.insert(key, person.line);
        let alike = self.register.alike(&person.name, person.birth).next();
        let existing = alike
            .filter(|known| self.ctx.require_area(known.division).is_ok())
            .map(|known| PersonId(known.id));
        if alike.is_some() || earlier_line.is_some() {
            self.plan.suspects.push(Suspect {
                line: person.line,
                name: person.name.clone(),
                birth: person.birth,
                existing,
                earlier_line,
            });
        }
    }

    fn compare(
        &mut self,
        q: &mut dyn Query,
        place: usize,
        home: i64,
        found: &[Option<i64>],
        rows: Vec<(usize, EvidenceRow, bool)>,
    ) -> Result<(), RegistryError> {
        let Some(household) = self.intake.roll.households.get(place) else {
            return Ok(());
        };
        let named: BTreeSet<i64> = found.iter().flatten().copied().collect();
        for id in self
            .register
            .members
            .get(&home)
            .cloned()
            .unwrap_or_default()
        {
            if !named.contains(&id) {
                let name = self
                    .register
                    .of_key(id)
                    .map(|known| known.name.clone())
                    .unwrap_or_default();
                self.change(0, Some(home), name, ChangeKind::MemberGone, ("", ""));
                self.plan.steps.push(Step::Leave {
                    person: id,
                    household: home,
                });
            }
        }
        for (member, (person, id)) in household.members.iter().zip(found).enumerate() {
            let Some(id) = *id else {
                self.change(
                    person.line,
                    Some(home),
                    person.name.clone(),
                    ChangeKind::NewMember,
                    ("", person.relation.as_str()),
                );
                self.plan.steps.push(Step::Join {
                    place,
                    member,
                    household: home,
                });
                continue;
            };
            match self
                .register
                .lives
                .get(&id)
                .map(|(_, relation)| relation.clone())
            {
                Some(relation) if relation != person.relation.as_str() => {
                    let both = (relation.as_str(), person.relation.as_str());
                    self.change(
                        person.line,
                        Some(home),
                        person.name.clone(),
                        ChangeKind::Relation,
                        both,
                    );
                    self.plan.steps.push(Step::Relation {
                        person: id,
                        household: home,
                        relation: person.relation,
                    });
                }
                Some(_) => {}
                None => {
                    self.change(
                        person.line,
                        Some(home),
                        person.name.clone(),
                        ChangeKind::NewMember,
                        ("", person.relation.as_str()),
                    );
                    self.plan.steps.push(Step::Join {
                        place,
                        member,
                        household: home,
                    });
                }
            }
            self.compare_account(q, Some(home), person, (id, place, member))?;
        }
        let division = self
            .register
            .divisions
            .get(&home)
            .copied()
            .unwrap_or_default();
        if division != household.division {
            let (old, new) = (division.to_string(), household.division.to_string());
            self.change(
                household.line(),
                Some(home),
                household.no.clone(),
                ChangeKind::Division,
                (&old, &new),
            );
        }
        for (member, row, health) in rows {
            self.compare_evidence(q, Some(home), household, found, (member, row, health))?;
        }
        Ok(())
    }

    fn compare_evidence(
        &mut self,
        q: &mut dyn Query,
        home: Option<i64>,
        household: &RollHousehold,
        found: &[Option<i64>],
        (member, row, health): (usize, EvidenceRow, bool),
    ) -> Result<(), RegistryError> {
        let about = match found.get(member) {
            None => About::Household(HouseholdId(home.unwrap_or_default())),
            Some(Some(id)) => About::Person(PersonId(*id)),
            // recorded with the new member
            Some(None) => return Ok(()),
        };
        let current = history(q, about, self.known_tx)?.into_iter().find(|old| {
            old.superseded_tx.is_none()
                && old.row.kind == row.kind
                && old.row.slot == row.slot
                && old.row.covers(self.intake.since)
        });
        let says = |row: &EvidenceRow| (row.code.clone(), row.quantity, row.amount_fen);
        if current
            .as_ref()
            .is_some_and(|old| says(&old.row) == says(&row))
        {
            return Ok(());
        }
        if home.is_none() && current.is_none() {
            self.plan.always.push(Step::Evidence { about, row, health });
            return Ok(());
        }
        let person = household.members.get(member);
        let line = person.map_or_else(|| household.line(), |person| person.line);
        let name = person.map_or_else(|| household.no.clone(), |person| person.name.clone());
        let text = |row: &EvidenceRow| match (health, &row.code, row.quantity, row.amount_fen) {
            (true, ..) => "***".to_owned(),
            (_, Some(code), ..) => code.clone(),
            (_, _, Some(number), _) => number.to_string(),
            (_, _, _, Some(fen)) => minsheng_core::Fen::new(fen).to_string(),
            _ => row.valid_from.to_string(),
        };
        let old = current.map(|old| text(&old.row)).unwrap_or_default();
        self.change(
            line,
            home,
            name,
            ChangeKind::Evidence(row.kind.clone()),
            (&old, &text(&row)),
        );
        self.plan.steps.push(Step::Evidence { about, row, health });
        Ok(())
    }

    fn change(
        &mut self,
        line: u32,
        home: Option<i64>,
        name: String,
        kind: ChangeKind,
        (old, new): (&str, &str),
    ) {
        self.plan.changes.push(Change {
            line,
            household: home.map(HouseholdId),
            name,
            kind,
            old: old.to_owned(),
            new: new.to_owned(),
        });
    }
}
