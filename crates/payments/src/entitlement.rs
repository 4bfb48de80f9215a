//! What every person is entitled to, month by month, from the first decision to a given month.
//!
//! A pure function of the decisions in force, of the deaths as known, and of the pack: nothing that was paid,
//! stored or entered by a cashier goes in. It is computed for all keys every time; a memo of what one
//! determination gives in one epoch of the pack keeps that cheap. Two claims on one person and month pay once.
//!
//! Source: handbook of assistance §1.3 (months; who dies in month m keeps all of month m), §1.7 (exclusivity),
//! §12 (combination).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use minsheng_benefits::assistance::roll::{InForce, in_force};
use minsheng_benefits::assistance::{frozen_many, rules};
use minsheng_core::{Date, Month};
use minsheng_policy::{CombinationRelation, Facts, KeyDates, PackSet, Programme};
use minsheng_registry::{PersonId, evidence};
use minsheng_store::{Query, TxNo, Value, statement};

use crate::intern::Names;
use crate::positions::key_of;
use crate::records::{Entitled, Key};
use crate::{PaymentError, PaymentOffice};

statement! {
    ENTITLED_OF_CASE, internal "a whole-county computation of the payment run; gives keys only",
    "SELECT person_id, month, programme, household_id, division, decision_id, class, amount_fen FROM entitlement
     WHERE household_id = ?4 AND case_id = ?1 AND tx <= ?2 AND (superseded_tx IS NULL OR superseded_tx > ?2) AND month <= ?3
     ORDER BY person_id, month, programme"
}

/// All entitlements up to a month.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    /// By key; one per key.
    pub(crate) entitled: Vec<Entitled>,
    /// Claims that do not pay because another case pays the person for the month.
    pub(crate) doubles: Vec<Double>,
    /// Deaths as known, by person.
    pub(crate) deaths: BTreeMap<PersonId, Date>,
}

/// A claim beside another one.
#[derive(Debug)]
pub(crate) struct Double {
    /// The claim that does not pay.
    pub(crate) claim: Entitled,
    /// Row of the case that pays.
    pub(crate) paid_by: i64,
}

/// Frozen facts that are opened at once.
const GROUP: usize = 512;

type Shares = Arc<[Share]>;

/// One person's amount under one determination in one epoch.
#[derive(Debug, Clone)]
struct Share {
    person: i64,
    class: Arc<str>,
    amount: minsheng_core::Fen,
}

/// What was computed before: per pack, the facts of a determination and what they give in an epoch.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    packs: HashMap<String, PackMemo>,
    names: Names,
}

#[derive(Debug, Default)]
struct PackMemo {
    facts: HashMap<i64, (Facts, Date)>,
    /// Determinations whose facts were erased.
    erased: BTreeSet<i64>,
    shares: HashMap<(i64, i64), Shares>,
}

/// Computes the roll through `month` under `packs`, as known at `known`.
pub(crate) fn roll_through(
    office: &PaymentOffice,
    q: &mut dyn Query,
    packs: &PackSet,
    month: Month,
    known: TxNo,
) -> Result<Roll, PaymentError> {
    let deaths = evidence::deaths(q, known)?;
    let cases = in_force(q, known)?;
    let mut memo = office.memo.lock().unwrap_or_else(PoisonError::into_inner);
    memo.read_facts(q, packs, &cases)?;
    let mut claims = Vec::new();
    for case in &cases {
        if memo.was_erased(packs, case) {
            claims.extend(as_stored(q, case, month, known, &mut memo.names)?);
            continue;
        }
        let programme =
            packs
                .programme(&case.programme)
                .ok_or_else(|| PaymentError::Programme {
                    programme: case.programme.clone(),
                    case: case.case.0,
                })?;
        let code = memo.names.get(&case.programme);
        let dies = programme
            .payment
            .self_executing
            .iter()
            .any(|fact| fact == "death");
        let Some(first) = case
            .decisions
            .iter()
            .map(|decision| decision.effective_month)
            .min()
        else {
            continue;
        };
        for month in first.through(month) {
            let decision =
                rules::decision_for(&case.decisions, month).filter(|decision| decision.kind.pays());
            let Some(decision) = decision else { continue };
            let determination = decision.determination.ok_or_else(|| {
                PaymentError::inconsistent(
                    format!("decision {}", decision.id),
                    "it pays and rests on no determination",
                )
            })?;
            let shares = memo.shares(packs, programme, determination, month)?;
            for share in shares.iter() {
                if dies && rules::ended_by_death(share.person, &deaths, month) {
                    continue;
                }
                claims.push(Entitled {
                    key: Key {
                        person: share.person,
                        month,
                        programme: Arc::clone(&code),
                    },
                    household: case.household.0,
                    division: case.division,
                    case: case.case.0,
                    decision: decision.id,
                    class: Arc::clone(&share.class),
                    amount: share.amount,
                });
            }
        }
    }
    let (entitled, doubles) = one_claim_per_person(claims, &exclusive(packs));
    Ok(Roll {
        entitled,
        doubles,
        deaths,
    })
}

impl Memo {
    /// Reads the frozen facts that this pack has not read yet, all in few questions.
    fn read_facts(
        &mut self,
        q: &mut dyn Query,
        packs: &PackSet,
        cases: &[InForce],
    ) -> Result<(), PaymentError> {
        let memo = self.packs.entry(packs.hash().to_owned()).or_default();
        let pays = cases
            .iter()
            .flat_map(|case| &case.decisions)
            .filter(|decision| decision.kind.pays());
        let wanted: BTreeSet<i64> = pays
            .filter_map(|decision| decision.determination)
            .filter(|determination| {
                !memo.facts.contains_key(determination) && !memo.erased.contains(determination)
            })
            .collect();
        let wanted: Vec<i64> = wanted.into_iter().collect();
        for group in wanted.chunks(GROUP) {
            for frozen in frozen_many(q, group)? {
                if frozen.erased.is_some() {
                    memo.erased.insert(frozen.determination);
                    continue;
                }
                let fault = |reason: String| PaymentError::Amount {
                    determination: frozen.determination,
                    month: frozen.month,
                    reason,
                };
                let programme =
                    packs
                        .programme(&frozen.programme)
                        .ok_or_else(|| PaymentError::Programme {
                            programme: frozen.programme.clone(),
                            case: frozen.case.0,
                        })?;
                let facts = programme
                    .facts(&frozen.facts)
                    .map_err(|error| fault(error.to_string()))?;
                memo.facts
                    .insert(frozen.determination, (facts, frozen.acceptance));
            }
        }
        Ok(())
    }

    /// Whether nothing can be derived for a case any more.
    fn was_erased(&self, packs: &PackSet, case: &InForce) -> bool {
        let Some(memo) = self.packs.get(packs.hash()) else {
            return false;
        };
        case.decisions
            .iter()
            .filter(|decision| decision.kind.pays())
            .filter_map(|decision| decision.determination)
            .any(|determination| memo.erased.contains(&determination))
    }

    fn shares(
        &mut self,
        packs: &PackSet,
        programme: &Programme,
        determination: i64,
        month: Month,
    ) -> Result<Shares, PaymentError> {
        let Memo {
            packs: memos,
            names,
        } = self;
        let unknown = || {
            PaymentError::inconsistent(format!("determination {determination}"), "it is not there")
        };
        let memo = memos.get_mut(packs.hash()).ok_or_else(unknown)?;
        let epoch = (determination, programme.amount_epoch(month));
        if let Some(known) = memo.shares.get(&epoch) {
            return Ok(Arc::clone(known));
        }
        let fault = |reason: String| PaymentError::Amount {
            determination,
            month,
            reason,
        };
        let (facts, acceptance) = memo.facts.get(&determination).ok_or_else(unknown)?;
        let key = KeyDates {
            acceptance: *acceptance,
            month,
        };
        let amounts = programme
            .amounts(facts, &key)
            .map_err(|error| fault(error.to_string()))?;
        let shares: Shares = amounts
            .iter()
            .filter(|member| !member.amount.is_zero())
            .map(|member| Share {
                person: member.person,
                class: names.get(&member.class),
                amount: member.amount,
            })
            .collect();
        if let Some(below) = shares.iter().find(|share| share.amount.is_negative()) {
            return Err(fault(format!(
                "the amount of P{:06} is {}",
                below.person, below.amount
            )));
        }
        memo.shares.insert(epoch, Arc::clone(&shares));
        Ok(shares)
    }
}

/// The entitlements of a case whose facts were erased: those that were in force after the transaction that follows
/// `known`, which is the run that asks. The case had ended, nothing was open, and its terms were over: its months
/// are closed, and no later fact or pack moves them.
fn as_stored(
    q: &mut dyn Query,
    case: &InForce,
    month: Month,
    known: TxNo,
    names: &mut Names,
) -> Result<Vec<Entitled>, PaymentError> {
    let params = [
        Value::from(case.case),
        Value::Int(known.0 + 1),
        Value::from(month),
        Value::from(case.household),
    ];
    q.rows(&ENTITLED_OF_CASE, &params)?
        .iter()
        .map(|row| {
            Ok(Entitled {
                key: key_of(row, names)?,
                household: row.int(3)?,
                division: row.int(4)?,
                case: case.case.0,
                decision: row.int(5)?,
                class: names.get(row.text(6)?),
                amount: row.fen(7)?,
            })
        })
        .collect()
}

/// Pairs of programmes that never pay the same person for the same month.
fn exclusive(packs: &PackSet) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for programme in packs.programmes() {
        for combination in &programme.combinations {
            if combination.relation == CombinationRelation::Never {
                pairs.insert((programme.code.clone(), combination.with.clone()));
                pairs.insert((combination.with.clone(), programme.code.clone()));
            }
        }
    }
    pairs
}

/// Orders the claims by key and keeps one per key; of programmes that exclude each other the one of the earlier
/// case stays. What is left out is named, never dropped in silence.
fn one_claim_per_person(
    mut claims: Vec<Entitled>,
    exclusive: &BTreeSet<(String, String)>,
) -> (Vec<Entitled>, Vec<Double>) {
    claims.sort_by_key(|claim| (claim.key.person, claim.key.month, claim.case));
    let mut kept: Vec<Entitled> = Vec::with_capacity(claims.len());
    let mut doubles = Vec::new();
    for claim in claims {
        let of_person = |other: &&Entitled| {
            (other.key.person, other.key.month) == (claim.key.person, claim.key.month)
        };
        let clash = kept.iter().rev().take_while(of_person).find(|other| {
            let (mine, other) = (&*claim.key.programme, &*other.key.programme);
            mine == other || exclusive.contains(&(mine.to_owned(), other.to_owned()))
        });
        match clash.map(|other| other.case) {
            Some(paid_by) => doubles.push(Double { claim, paid_by }),
            None => kept.push(claim),
        }
    }
    kept.sort_by(|a, b| a.key.cmp(&b.key));
    (kept, doubles)
}

#[cfg(test)]
mod tests {
    use minsheng_core::Fen;

    use super::*;

    fn claim(person: i64, month: &str, programme: &str, case: i64) -> Entitled {
        Entitled {
            key: Key {
                person,
                month: month.parse().unwrap(),
                programme: Arc::from(programme),
            },
            household: case,
            division: 513_301_101_001,
            case,
            decision: case,
            class: Arc::from("general"),
            amount: Fen::new(26_500),
        }
    }

    #[test]
    fn two_claims_on_one_key_pay_once_by_the_earlier_case() {
        let claims = vec![
            claim(7, "2021-05", "rural-dibao", 2),
            claim(7, "2021-05", "rural-dibao", 1),
            claim(8, "2021-05", "rural-dibao", 2),
        ];
        let (kept, doubles) = one_claim_per_person(claims, &BTreeSet::new());
        assert_eq!(
            kept.iter()
                .map(|kept| (kept.key.person, kept.case))
                .collect::<Vec<_>>(),
            [(7, 1), (8, 2)]
        );
        assert_eq!(
            doubles
                .iter()
                .map(|double| (double.claim.case, double.paid_by))
                .collect::<Vec<_>>(),
            [(2, 1)]
        );
    }

    #[test]
    fn programmes_that_exclude_each_other_pay_once_and_others_beside_each_other() {
        let never = BTreeSet::from([
            ("rural-dibao".to_owned(), "urban-dibao".to_owned()),
            ("urban-dibao".to_owned(), "rural-dibao".to_owned()),
        ]);
        let claims = || {
            vec![
                claim(7, "2021-05", "urban-dibao", 3),
                claim(7, "2021-05", "rural-dibao", 9),
                claim(7, "2021-05", "old-age", 4),
                claim(7, "2021-06", "rural-dibao", 9),
            ]
        };
        let (kept, doubles) = one_claim_per_person(claims(), &never);
        assert_eq!(
            kept.iter().map(|kept| kept.case).collect::<Vec<_>>(),
            [4, 3, 9]
        );
        assert_eq!(doubles.len(), 1);
        let (kept, _) = one_claim_per_person(claims(), &BTreeSet::new());
        assert_eq!(kept.len(), 4);
    }
}
