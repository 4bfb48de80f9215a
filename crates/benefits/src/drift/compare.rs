//! What differs, and one case compared with what the law gives today. Pure: it is told what is known and decided,
//! and must not know the store.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::{Date, Fen, Month};
use minsheng_policy::{
    Change, Entity, EvidenceDecl, MemberAmount, Outcome, PackSet, Programme, Reason,
};
use minsheng_registry::facts::{FactsInput, HouseholdRows, build};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::TxNo;
use serde_json::Value as Json;

use crate::assistance::conflict::excludes;
use crate::assistance::determine::{Found, Frozen, Whom, nobody_left_reason};
use crate::assistance::outlook::{by_person, kept_or_adjusted, review_of};
use crate::assistance::roll::{InForce, amounts, entitled};
use crate::assistance::service::programme;
use crate::assistance::{AssistanceError, Cause, DecisionKind};

/// What differs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The conditions are no longer met: a review would stop the benefit.
    WouldStop,
    /// A review would lower the amount.
    WouldLower,
    /// A review would raise the amount.
    WouldRaise,
    /// The same amount, for other persons or in other classes.
    MembersDiffer,
    /// Evidence has run out or was withdrawn: a review could not be decided before it is there again.
    Undetermined,
    /// A person is served by two cases that exclude each other: a review could not be decided.
    ServedTwice,
    /// A household without a case that would be granted, or persons of one who would be, applying alone.
    MayQualify,
    /// The record of the household or of a member was erased: nothing can be said of it.
    Erased,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::WouldStop,
        Self::WouldLower,
        Self::WouldRaise,
        Self::MembersDiffer,
        Self::Undetermined,
        Self::ServedTwice,
        Self::MayQualify,
        Self::Erased,
    ];

    /// The word that records store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WouldStop => "would_stop",
            Self::WouldLower => "would_lower",
            Self::WouldRaise => "would_raise",
            Self::MembersDiffer => "members_differ",
            Self::Undetermined => "undetermined",
            Self::ServedTwice => "served_twice",
            Self::MayQualify => "may_qualify",
            Self::Erased => "erased",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no kind of difference"))
    }
}

/// Evidence that is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Lack {
    /// `household` or `person`.
    pub entity: String,
    /// Key of the household or person.
    pub id: i64,
    /// Name of the evidence in the pack.
    pub field: String,
}

/// A case, or a household without one, for which the law gives something else today than what is in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// What differs.
    pub kind: Kind,
    /// Why a review would be opened; nothing for a household without a case.
    pub cause: Option<Cause>,
    /// The case; nothing for a household without one.
    pub case: Option<CaseId>,
    /// The household.
    pub household: HouseholdId,
    /// Programme code.
    pub programme: String,
    /// 12-digit code of the village.
    pub division: i64,
    /// First month that a decision of today would govern.
    pub month: Month,
    /// What the decision in force gives in that month, by person.
    pub before: Vec<MemberAmount>,
    /// What the law gives in that month, by person; empty for a stop and where it cannot be said.
    pub after: Vec<MemberAmount>,
    /// Reasons of a stop.
    pub reasons: Vec<Reason>,
    /// Evidence that is missing.
    pub needs: Vec<Lack>,
    /// Cases that serve a person of this one too.
    pub served_by: Vec<CaseId>,
    /// Who would be granted by an application of one person; empty where the household would be as a whole, and
    /// for a case.
    pub alone: Vec<PersonId>,
    /// Whether a review of the case is open.
    pub under_review: bool,
    /// The facts of today.
    #[serde(skip)]
    pub(crate) facts: Json,
}

impl Difference {
    /// Sum of what is in force, fen per month.
    #[must_use]
    pub fn before_fen(&self) -> Fen {
        sum(&self.before)
    }

    /// Sum of what the law gives, fen per month; nothing where it cannot be said.
    #[must_use]
    pub fn after_fen(&self) -> Option<Fen> {
        let open = matches!(
            self.kind,
            Kind::Undetermined | Kind::ServedTwice | Kind::Erased
        );
        (!open).then(|| sum(&self.after))
    }

    /// What makes two differences the same one: everything but the day and the words.
    pub(crate) fn result_text(&self) -> String {
        let codes: Vec<&str> = self
            .reasons
            .iter()
            .map(|reason| reason.code.as_str())
            .collect();
        let mut result = vec![
            serde_json::json!(self.kind),
            serde_json::json!(by_person(&self.before)),
            serde_json::json!(by_person(&self.after)),
            serde_json::json!(codes),
            serde_json::json!(self.needs),
            serde_json::json!(self.served_by),
        ];
        if !self.alone.is_empty() {
            result.push(serde_json::json!(self.alone));
        }
        Json::Array(result).to_string()
    }

    /// The facts without the day on which they were asked for.
    pub(crate) fn facts_text(&self) -> String {
        self.facts["household"].to_string()
    }
}

/// A determination never gives amounts whose sum overflows; a sum that did would be shown as the largest amount.
fn sum(shares: &[MemberAmount]) -> Fen {
    let total = shares.iter().fold(0_i64, |total, share| {
        total.saturating_add(share.amount.get())
    });
    Fen::new(total)
}

/// Cases that serve a person, with their programmes.
pub(crate) type Served = BTreeMap<i64, Vec<(CaseId, String)>>;

/// What every comparison of a night looks at.
pub(crate) struct Night<'a> {
    pub(crate) packs: &'a PackSet,
    pub(crate) on: Date,
    pub(crate) known: TxNo,
    pub(crate) deaths: &'a BTreeMap<PersonId, Date>,
    pub(crate) served: &'a Served,
    pub(crate) under_review: &'a BTreeSet<i64>,
    /// Persons who applied alone and whose case is not over.
    pub(crate) apart: &'a BTreeSet<PersonId>,
}

impl Night<'_> {
    pub(crate) fn facts(
        &self,
        declared: &[EvidenceDecl],
        household: HouseholdId,
        single: Option<PersonId>,
        rows: &HouseholdRows,
    ) -> Json {
        build(&FactsInput {
            declared,
            household,
            evidence: rows.evidence.clone(),
            members: rows.members.clone(),
            single,
            applied_on: self.on,
            valid_on: self.on,
        })
    }

    /// The case compared; `frozen` is what the decision rests on that governs the next month. Nothing if a
    /// review would keep everything.
    pub(crate) fn of_case(
        &self,
        case: &InForce,
        frozen: Option<&Frozen>,
        rows: &HouseholdRows,
    ) -> Result<Option<Difference>, AssistanceError> {
        let programme = programme(self.packs, &case.programme)?;
        let whom = Whom {
            case: case.case,
            programme: &case.programme,
            household: case.household,
            single: case.single.then_some(case.applicant),
            key_date: case.acceptance,
        };
        let month = programme.payment.first_month_of(self.on);
        let erased = rows.erased.is_some() || frozen.is_some_and(|frozen| frozen.erased.is_some());
        let before = match frozen.filter(|frozen| frozen.erased.is_none()) {
            Some(frozen) => entitled(&amounts(self.packs, frozen, month)?, self.deaths, month),
            None => Vec::new(),
        };
        let facts = if erased {
            Json::Null
        } else {
            self.facts(&programme.evidence, case.household, whom.single, rows)
        };
        let unread = unread(&facts, whom.single);
        let mut difference = Difference {
            kind: Kind::WouldStop,
            cause: None,
            case: Some(case.case),
            household: case.household,
            programme: case.programme.clone(),
            division: case.division,
            month,
            before,
            after: Vec::new(),
            reasons: Vec::new(),
            needs: Vec::new(),
            served_by: Vec::new(),
            alone: Vec::new(),
            under_review: self.under_review.contains(&case.case.0),
            facts,
        };
        if erased {
            difference.kind = Kind::Erased;
            return Ok(Some(difference));
        }
        let differs = if unread {
            difference.kind = Kind::Undetermined;
            difference.needs = vec![Lack {
                entity: "household".to_owned(),
                id: case.household.0,
                field: HEAD.to_owned(),
            }];
            true
        } else {
            let facts = difference.facts.clone();
            match review_of(self.packs, whom, facts, self.on, self.known)? {
                None => {
                    difference.reasons = vec![nobody_left_reason()];
                    true
                }
                Some(found) => self.judge(&mut difference, programme, found),
            }
        };
        if differs {
            let then = frozen.map_or(&Json::Null, |frozen| &frozen.facts);
            difference.cause = Some(self.cause(&programme.evidence, then, &difference.facts));
        }
        Ok(differs.then_some(difference))
    }

    /// Fills in what the determination says; false if a review would keep everything.
    fn judge(&self, difference: &mut Difference, programme: &Programme, found: Found) -> bool {
        let determination = found.determination;
        if let Outcome::Undetermined { needs } = determination.outcome {
            difference.kind = Kind::Undetermined;
            difference.needs = needs
                .into_iter()
                .map(|need| Lack {
                    entity: match need.entity {
                        Entity::Household => "household".to_owned(),
                        Entity::Person => "person".to_owned(),
                    },
                    id: need.id,
                    field: need.field,
                })
                .collect();
            difference.needs.sort();
            return true;
        }
        difference.served_by = self.elsewhere(programme, &determination.members, difference.case);
        if !difference.served_by.is_empty() {
            difference.kind = Kind::ServedTwice;
            return true;
        }
        if determination.outcome == Outcome::Refused {
            difference.reasons = determination.reasons;
            return true;
        }
        difference.after = determination.members;
        if kept_or_adjusted(&difference.before, &difference.after) == DecisionKind::Keep {
            return false;
        }
        difference.kind = match sum(&difference.after).cmp(&sum(&difference.before)) {
            std::cmp::Ordering::Less => Kind::WouldLower,
            std::cmp::Ordering::Greater => Kind::WouldRaise,
            std::cmp::Ordering::Equal => Kind::MembersDiffer,
        };
        true
    }

    /// Other cases that serve one of the persons and exclude the programme.
    pub(super) fn elsewhere(
        &self,
        programme: &Programme,
        members: &[MemberAmount],
        own: Option<CaseId>,
    ) -> Vec<CaseId> {
        let cases: BTreeSet<CaseId> = members
            .iter()
            .filter_map(|member| self.served.get(&member.person))
            .flatten()
            .filter(|(case, other)| Some(*case) != own && excludes(programme, other))
            .map(|(case, _)| *case)
            .collect();
        cases.into_iter().collect()
    }

    /// The cause under which a review would be opened: the first that applies of a death, other members, income,
    /// property, and anything else about a person.
    fn cause(&self, declared: &[EvidenceDecl], then: &Json, now: &Json) -> Cause {
        let (then, now) = (&then["household"], &now["household"]);
        let (before, after) = (members(then), members(now));
        let left = before.keys().filter(|person| !after.contains_key(person));
        if left
            .clone()
            .any(|person| self.deaths.contains_key(&PersonId(*person)))
        {
            return Cause::Death;
        }
        let mut changes = BTreeSet::new();
        if before.keys().ne(after.keys()) {
            changes.insert(Change::Members);
        }
        for (person, then) in &before {
            let Some(now) = after.get(person) else {
                continue;
            };
            if then["relation"] != now["relation"] {
                changes.insert(Change::Members);
            }
            changes.extend(changed(declared, Entity::Person, then, now));
        }
        changes.extend(changed(declared, Entity::Household, then, now));
        match changes.first() {
            Some(Change::Members) => Cause::Members,
            Some(Change::Income) => Cause::Income,
            Some(Change::Property) => Cause::Property,
            // Where nothing recorded changed, time did: somebody came of age, or a term of the law began.
            Some(Change::Person) | None => Cause::Person,
        }
    }
}

/// What a household lacks after its head died and before another member is recorded as the head.
const HEAD: &str = "head";

/// Whether somebody is left to be asked about, but no member is the head: a pack does not read such facts, and
/// nobody speaks for the household.
pub(crate) fn unread(facts: &Json, single: Option<PersonId>) -> bool {
    let members = facts["household"]["members"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let left = match single {
        Some(person) => members
            .iter()
            .any(|member| member["id"].as_i64() == Some(person.0)),
        None => !members.is_empty(),
    };
    left && !members
        .iter()
        .any(|member| member[HEAD] == Json::Bool(true))
}

fn members(household: &Json) -> BTreeMap<i64, &Json> {
    household["members"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter_map(|member| Some((member["id"].as_i64()?, member)))
        .collect()
}

fn changed<'d>(
    declared: &'d [EvidenceDecl],
    entity: Entity,
    then: &'d Json,
    now: &'d Json,
) -> impl Iterator<Item = Change> + 'd {
    declared
        .iter()
        .filter(move |evidence| {
            evidence.entity == entity && then[&evidence.name] != now[&evidence.name]
        })
        .map(|evidence| evidence.change)
}
