//! Asks the packs about planned households: what the law would say on the day of a planned decision, with the
//! facts built from the very rows that will be recorded. This is how the planner knows that a story comes out and
//! how far the year is from its figures; nothing of it is written into the inputs.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen, Month};
use minsheng_policy::{
    Answer, Determination, Facts, KeyDates, MemberAmount, Outcome, PackSet, Programme,
};
use minsheng_registry::facts::{EvidenceRow, FactsInput, MemberRows, build};
use minsheng_registry::{HouseholdId, PersonId};

use super::model::{Application, Fact, Home, Way};
use crate::error::PlanError;

/// The clock of the review by period.
const REVIEW_CLOCK: &str = "review";

/// Rows as they stand after the facts recorded up to a day.
pub(crate) fn known(facts: &[Fact], day: Date) -> Vec<EvidenceRow> {
    let mut rows: Vec<EvidenceRow> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.recorded_on <= day) {
        if fact.way != Way::New {
            let before = rows.iter_mut().find(|row| {
                row.kind == fact.row.kind
                    && row.slot == fact.row.slot
                    && row.covers(fact.row.valid_from)
            });
            if let Some(before) = before {
                before.valid_to = Some(fact.row.valid_from);
            }
        }
        if fact.way != Way::End {
            rows.push(fact.row.clone());
        }
    }
    rows
}

/// Whether somebody of the household is alive, as known on a day.
fn somebody_lives(home: &Home, day: Date) -> bool {
    home.members.iter().any(|member| {
        member.lives_here(day) && member.death.is_none_or(|death| day < death.reported_on)
    })
}

/// What a decision leaves to be paid from a month on.
#[derive(Debug)]
pub(crate) struct Standing {
    /// First month.
    pub from: Month,
    /// The frozen facts; none after a stop.
    pub facts: Option<Facts>,
}

/// The shares of a month, by place of the member in the household.
pub(crate) type Shares = Vec<(usize, MemberAmount)>;

/// Asks the packs.
pub(crate) struct Trial<'a> {
    packs: &'a PackSet,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(packs: &'a PackSet) -> Self {
        Self { packs }
    }

    fn broken(home: &Home, reason: impl ToString) -> PlanError {
        PlanError::Packs {
            story: format!("{:?}", home.story),
            reason: reason.to_string(),
        }
    }

    fn programme(&self, home: &Home) -> Result<&'a Programme, PlanError> {
        let code = home.application.programme;
        self.packs
            .programme(code)
            .ok_or_else(|| Self::broken(home, format!("no programme {code}")))
    }

    /// The facts of a household as known and true on a day. Persons are numbered by their place, from 1.
    fn facts(&self, home: &Home, day: Date, asked_on: Date) -> Result<Facts, PlanError> {
        let programme = self.programme(home)?;
        let place = |place: usize| PersonId(i64::try_from(place).unwrap_or(0) + 1);
        let members = home
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.lives_here(day))
            .map(|(at, member)| {
                let mut evidence: Vec<EvidenceRow> = known(&member.facts, day)
                    .into_iter()
                    .filter(|row| row.covers(day))
                    .collect();
                if let Some(death) = member.death.filter(|death| death.reported_on <= day) {
                    evidence.push(super::means::row("death", "", death.on));
                }
                MemberRows {
                    person: place(at),
                    birth: member.birth,
                    sex: member.sex.as_str().to_owned(),
                    relation: member.relation_on(day).as_str().to_owned(),
                    evidence,
                }
            })
            .collect();
        let application = &home.application;
        let json = build(&FactsInput {
            declared: &programme.evidence,
            household: HouseholdId(1),
            evidence: known(&home.facts, day)
                .into_iter()
                .filter(|row| row.covers(day))
                .collect(),
            members,
            single: application.single.then(|| place(application.applicant)),
            applied_on: asked_on,
            valid_on: day,
        });
        programme
            .facts(&json)
            .map_err(|error| Self::broken(home, error))
    }

    /// What the law says on a day on which a case is decided; `asked_on` is the day of the application or on which
    /// the review was opened.
    pub(crate) fn determine(
        &self,
        home: &Home,
        day: Date,
        asked_on: Date,
    ) -> Result<(Determination, Facts), PlanError> {
        let facts = self.facts(home, day, asked_on)?;
        let key = self.key(&home.application, Month::from_date(day).next());
        let found = self
            .programme(home)?
            .determine(&facts, &key)
            .map_err(|error| Self::broken(home, error))?;
        Ok((found, facts))
    }

    /// Months after a decision until the household is reviewed, as the packs say for its circumstances on that day;
    /// none if the decision grants nothing or the packs ask for no review by period.
    pub(crate) fn review_term(
        &self,
        home: &Home,
        decided_on: Date,
        asked_on: Date,
    ) -> Result<Option<i64>, PlanError> {
        let programme = self.programme(home)?;
        let accepted = home.application.track.accepted;
        let procedure = programme
            .procedure_at(accepted)
            .map_err(|error| Self::broken(home, error))?;
        let Some(clock) = procedure.clock(REVIEW_CLOCK) else {
            return Ok(None);
        };
        if !somebody_lives(home, decided_on) {
            return Ok(None);
        }
        let (found, facts) = self.determine(home, decided_on, asked_on)?;
        if found.outcome != Outcome::Eligible {
            return Ok(None);
        }
        let Some(word) = &clock.by else {
            return Ok(Some(clock.term));
        };
        let key = self.key(&home.application, Month::from_date(decided_on).next());
        let category = programme
            .ask(word, None, &facts, &key)
            .map_err(|error| Self::broken(home, error))?;
        let term = match category {
            Answer::Known(value) => clock.terms.get(&value).copied(),
            Answer::Undetermined { .. } => None,
        };
        Ok(Some(term.unwrap_or(clock.term)))
    }

    fn key(&self, application: &Application, month: Month) -> KeyDates {
        KeyDates {
            acceptance: application.track.accepted,
            month,
        }
    }

    /// The decisions of a household and what they leave: the first one, and each review.
    pub(crate) fn course(&self, home: &Home) -> Result<Vec<Standing>, PlanError> {
        let track = &home.application.track;
        if track.withdrawn.is_some() {
            return Ok(Vec::new());
        }
        let first = track.decided();
        let (found, facts) = self.determine(home, first, track.applied)?;
        if found.outcome != Outcome::Eligible {
            return Ok(Vec::new());
        }
        let mut course = vec![Standing {
            from: Month::from_date(first).next(),
            facts: Some(facts),
        }];
        for review in &home.application.reviews {
            if course
                .last()
                .is_none_or(|standing| standing.facts.is_none())
            {
                break;
            }
            let alive = somebody_lives(home, review.decided_on);
            let from = Month::from_date(review.decided_on).next();
            let facts = if alive && !review.stops {
                let (found, facts) = self.determine(home, review.decided_on, review.opened_on)?;
                (found.outcome == Outcome::Eligible).then_some(facts)
            } else {
                None
            };
            course.push(Standing { from, facts });
        }
        Ok(course)
    }

    /// The shares of each month of the span, all deaths known.
    pub(crate) fn year(
        &self,
        home: &Home,
        first: Month,
        last: Month,
    ) -> Result<BTreeMap<Month, Shares>, PlanError> {
        let course = self.course(home)?;
        let programme = self.programme(home)?;
        let mut year = BTreeMap::new();
        let mut memo: Option<(Month, i64, Vec<MemberAmount>)> = None;
        for month in first.through(last) {
            let Some(standing) = course.iter().rev().find(|standing| standing.from <= month) else {
                continue;
            };
            let Some(facts) = &standing.facts else {
                continue;
            };
            let epoch = programme.amount_epoch(month);
            let amounts = match &memo {
                Some((from, of, amounts)) if (*from, *of) == (standing.from, epoch) => {
                    amounts.clone()
                }
                _ => {
                    let key = self.key(&home.application, month);
                    let amounts = programme
                        .amounts(facts, &key)
                        .map_err(|error| Self::broken(home, error))?;
                    memo = Some((standing.from, epoch, amounts.clone()));
                    amounts
                }
            };
            let shares: Shares = amounts
                .into_iter()
                .filter_map(|share| {
                    let place = usize::try_from(share.person - 1).ok()?;
                    let dead = home.members.get(place)?.death;
                    let alive = dead.is_none_or(|death| month <= Month::from_date(death.on));
                    (alive && share.amount > Fen::ZERO).then_some((place, share))
                })
                .collect();
            if !shares.is_empty() {
                year.insert(month, shares);
            }
        }
        Ok(year)
    }
}
