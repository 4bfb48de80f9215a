//! Writes the planned households down as inputs: numbers everything in the order in which it will be registered,
//! so that numbers of the inputs are those of the records. Amounts and outcomes are not known here.

use minsheng_core::{Date, Relation};
use minsheng_policy::PackSet;

use super::model::{self, Home};
use super::payroll::Round;
use super::schedule::Scheduler;
use super::{acts, campaign, maker::Maker};
use crate::draw::Draw;
use crate::error::PlanError;
use crate::geography::County;
use crate::inputs::{
    Account, Appropriation, ClosedAccount, Death, Division, Evidence, Household, Inputs, Joining,
    Membership, OldHousehold, PayRound, Person, Repayment, Subject, Way,
};
use crate::staff::{self, Staff};

/// The last day on which money of the year may come back.
const LAST_REPAYMENT: Date = Date::constant(2021, 12, 24);

/// Writes inputs.
pub(crate) struct Emitter<'a> {
    seed: u64,
    county: &'a County,
    packs: &'a PackSet,
    schedule: &'a Scheduler<'a>,
}

/// The number of each member of each home.
type PersonNumbers = Vec<Vec<i64>>;

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        seed: u64,
        county: &'a County,
        packs: &'a PackSet,
        schedule: &'a Scheduler<'a>,
    ) -> Self {
        Self {
            seed,
            county,
            packs,
            schedule,
        }
    }

    /// The inputs of homes in the order of their applications.
    pub(crate) fn inputs(
        &self,
        homes: &[Home],
        rounds: &[Round],
        old_roll: Vec<OldHousehold>,
    ) -> Result<Inputs, PlanError> {
        let numbers = number_persons(homes);
        let mut inputs = Inputs {
            seed: self.seed,
            old_roll,
            ..Inputs::empty()
        };
        inputs.divisions = self.divisions();
        inputs.users = staff::users(self.county);
        let mut draw = Draw::new(self.seed, 5);
        let casework = acts::Casework {
            packs: self.packs,
            staff: Staff::new(self.county),
        };
        for ((number, home), persons) in (1..).zip(homes).zip(&numbers) {
            let registered_on = home.application.track.applied;
            let (division, since) = (home.division, home.since);
            inputs.households.push(Household {
                number,
                division,
                since,
                registered_on,
            });
            self.people(&mut inputs, number, home, persons);
            evidence(&mut inputs, number, home, persons);
            casework.application(&mut draw, &mut inputs, number, home, persons)?;
            self.repayments(&mut draw, &mut inputs, number, home, rounds);
        }
        inputs.persons.sort_by_key(|person| person.number);
        inputs.pay_rounds = rounds
            .iter()
            .map(|round| PayRound {
                month: round.month,
                round: round.round,
                run_on: round.run_on,
                sent_on: round.sent_on,
                answered_on: round.answered_on,
            })
            .collect();
        inputs.campaigns = vec![campaign::campaign()];
        inputs.drift_nights = self.schedule.nights();
        inputs.appropriations = appropriations();
        Ok(inputs)
    }

    fn divisions(&self) -> Vec<Division> {
        let county = Division {
            code: self.county.code,
            level: 'C',
            name: self.county.name.clone(),
        };
        let below = self.county.townships.iter().flat_map(|township| {
            let own = Division {
                code: township.code,
                level: 'T',
                name: township.name.clone(),
            };
            let villages = township.villages.iter();
            std::iter::once(own).chain(villages.map(|village| Division {
                code: village.code,
                level: 'V',
                name: village.name.clone(),
            }))
        });
        std::iter::once(county).chain(below).collect()
    }

    fn people(&self, inputs: &mut Inputs, household: i64, home: &Home, persons: &[i64]) {
        let applied = home.application.track.applied;
        for (member, person) in home.members.iter().zip(persons) {
            let person = *person;
            inputs.persons.push(Person {
                number: person,
                name: member.name.clone(),
                sex: member.sex,
                birth: member.birth,
                id_number: member.id_number.clone(),
                division: home.division,
                registered_on: member.joins.map_or(applied, |(_, known)| known),
            });
            let membership = |relation: Relation, joining, from, recorded_on| Membership {
                household,
                person,
                relation,
                joining,
                from,
                recorded_on,
            };
            let relation = member.relation;
            inputs.memberships.push(match member.joins {
                None => membership(relation, Joining::First, home.since, applied),
                Some((from, known)) => membership(relation, Joining::Joins, from, known),
            });
            if let Some((out, known)) = member.leaves {
                inputs
                    .memberships
                    .push(membership(relation, Joining::Leaves, out, known));
            }
            if let Some((other, from)) = member.becomes {
                inputs
                    .memberships
                    .push(membership(other, Joining::Becomes, from, from));
            }
            if let Some(death) = member.death {
                inputs.deaths.push(Death {
                    person,
                    died_on: death.on,
                    reported_on: death.reported_on,
                });
            }
            for account in &member.accounts {
                let (number, entered_on) = (account.number.clone(), account.entered_on);
                inputs.accounts.push(Account {
                    person,
                    number,
                    entered_on,
                    confirmed_on: account.confirmed_on,
                });
                if let Some(closed_on) = account.closed_on {
                    inputs.closed_accounts.push(ClosedAccount {
                        number: account.number.clone(),
                        closed_on,
                    });
                }
            }
        }
    }

    /// After a death the household is asked for what was paid too much, if anything was; it brings it after the runs
    /// that follow the report.
    fn repayments(
        &self,
        draw: &mut Draw,
        inputs: &mut Inputs,
        household: i64,
        home: &Home,
        rounds: &[Round],
    ) {
        for death in home.members.iter().filter_map(|member| member.death) {
            let claimed = rounds
                .iter()
                .map(|round| round.run_on)
                .filter(|run| *run >= death.reported_on)
                .nth(1);
            let claimed = claimed
                .or_else(|| rounds.last().map(|round| round.run_on))
                .unwrap_or(death.reported_on);
            let day = self
                .schedule
                .after(claimed, draw.between(2, 14))
                .min(LAST_REPAYMENT);
            let document = format!("退缴-{}-{household:06}", day.year());
            inputs.repayments.push(Repayment {
                household,
                day,
                document,
            });
        }
    }
}

/// Numbers persons by the day and township of their registration.
fn number_persons(homes: &[Home]) -> PersonNumbers {
    let mut order: Vec<(Date, i64, usize, usize)> = Vec::new();
    for (at, home) in homes.iter().enumerate() {
        for (place, member) in home.members.iter().enumerate() {
            let registered = member
                .joins
                .map_or(home.application.track.applied, |(_, known)| known);
            order.push((registered, Maker::township(home), at, place));
        }
    }
    order.sort_unstable();
    let mut numbers: PersonNumbers = homes
        .iter()
        .map(|home| vec![0; home.members.len()])
        .collect();
    for (number, (_, _, at, place)) in (1..).zip(order) {
        numbers[at][place] = number;
    }
    numbers
}

fn evidence(inputs: &mut Inputs, household: i64, home: &Home, persons: &[i64]) {
    let mut push = |about: Subject, fact: &model::Fact| {
        inputs.evidence.push(Evidence {
            about,
            way: match fact.way {
                model::Way::New => Way::New,
                model::Way::Change => Way::Change,
                model::Way::End => Way::End,
            },
            kind: fact.row.kind.clone(),
            slot: fact.row.slot.clone(),
            code: fact.row.code.clone(),
            quantity: fact.row.quantity,
            means_fen: fact.row.amount_fen,
            valid_from: fact.row.valid_from,
            source: fact.source.to_owned(),
            recorded_on: fact.recorded_on,
        });
    };
    for fact in &home.facts {
        push(Subject::Household(household), fact);
    }
    for (member, person) in home.members.iter().zip(persons) {
        for fact in &member.facts {
            push(Subject::Person(*person), fact);
        }
    }
}

/// What the county is granted: the advance of the centre before the year, the rest within it.
fn appropriations() -> Vec<Appropriation> {
    let papers = [
        (
            "central",
            11_000_000,
            "川财社〔2020〕预拨1号",
            Date::constant(2020, 12, 28),
        ),
        (
            "county",
            1_200_000,
            "康财预〔2021〕3号",
            Date::constant(2021, 1, 4),
        ),
        (
            "province",
            3_600_000,
            "川财社〔2021〕18号",
            Date::constant(2021, 3, 15),
        ),
        (
            "central",
            8_400_000,
            "川财社〔2021〕46号",
            Date::constant(2021, 5, 20),
        ),
        (
            "prefecture",
            1_500_000,
            "甘财社〔2021〕29号",
            Date::constant(2021, 6, 10),
        ),
        (
            "province",
            3_400_000,
            "川财社〔2021〕97号",
            Date::constant(2021, 8, 16),
        ),
        (
            "county",
            2_400_000,
            "康财预〔2021〕41号",
            Date::constant(2021, 9, 6),
        ),
    ];
    papers
        .into_iter()
        .map(|(source, yuan, document, received_on)| Appropriation {
            source: source.to_owned(),
            granted_fen: yuan * super::means::YUAN,
            document: document.to_owned(),
            received_on,
        })
        .collect()
}
