//! The whole county in one go: what is decided and known is read in few questions, then every case and every
//! household without one is compared.

use std::collections::{BTreeMap, BTreeSet};

use minsheng_core::{Date, Month};
use minsheng_policy::PackSet;
use minsheng_registry::{
    CaseId, Desk, HouseholdId, PersonId, erasure, evidence, facts, households,
};
use minsheng_store::{Query, Scope, TxNo, Value, statement};

use super::compare::{Difference, Night, Served};
use crate::assistance::procedure::is_final;
use crate::assistance::roll::{InForce, decision_for, in_force};
use crate::assistance::service::programme;
use crate::assistance::{AssistanceError, DecisionKind, frozen_many};

statement! {
    CASES_AS_KNOWN, internal "a whole-county computation that gives keys only; what is shown is filtered by area",
    "SELECT c.id, c.household_id, c.programme, COALESCE(c.accepted_on, c.applied_on), c.pack_hash, c.applicant_id, c.single, c.tx,
            (SELECT s.to_state FROM case_step s WHERE s.case_id = c.id AND s.tx <= ?1 ORDER BY s.id DESC LIMIT 1)
     FROM case_file c WHERE c.tx <= ?1 ORDER BY c.id"
}
statement! {
    REVIEWS_OPEN_AS_KNOWN, internal "a whole-county computation that gives keys only",
    "SELECT r.case_id FROM reassessment r LEFT JOIN decision d ON d.id = r.decision_id
     WHERE r.tx <= ?1 AND (r.decision_id IS NULL OR d.tx > ?1)"
}
statement! {
    SERVED_AS_KNOWN, internal "a whole-county computation that gives keys only",
    "SELECT p.person_id, p.case_id, c.programme FROM decision_person p JOIN case_file c ON c.id = p.case_id
     WHERE p.tx <= ?1
       AND NOT EXISTS (SELECT 1 FROM decision l WHERE l.case_id = p.case_id AND l.id > p.decision_id AND l.tx <= ?1)"
}

/// Cases whose frozen facts are held in memory at once.
const GROUP: usize = 512;

/// What a comparison of an area found.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Survey {
    /// The day whose law was asked and whose facts were true.
    pub on: Date,
    /// The last transaction that was known.
    #[serde(serialize_with = "crate::assistance::wire::tx")]
    pub known: TxNo,
    /// Pack that was asked.
    pub pack_hash: String,
    /// Cases in force that were compared.
    pub cases: usize,
    /// Households without a case that were looked at.
    pub households: usize,
    /// What differs: cases by key, then households.
    pub differences: Vec<Difference>,
    /// The last decision of every case that was ever granted.
    #[serde(skip)]
    pub(crate) last: BTreeMap<CaseId, (TxNo, DecisionKind)>,
    /// What runs in the households.
    #[serde(skip)]
    pub(crate) running: Running,
}

/// Cases that are in force or not yet decided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running {
    /// Households with such a case, with the transaction of the latest.
    households: BTreeMap<HouseholdId, TxNo>,
    /// Of these, those with a case of the whole household.
    whole: BTreeSet<HouseholdId>,
    /// Persons who applied alone.
    apart: BTreeSet<PersonId>,
}

impl Running {
    /// Whether somebody of the household has a case.
    pub(crate) fn has_case(&self, household: HouseholdId) -> bool {
        self.households.contains_key(&household)
    }

    /// Whether the household as a whole has a case.
    pub(crate) fn is_whole(&self, household: HouseholdId) -> bool {
        self.whole.contains(&household)
    }

    /// Persons who applied alone.
    pub(crate) const fn apart(&self) -> &BTreeSet<PersonId> {
        &self.apart
    }

    /// Whether the household applied since a transaction; one of which nobody had a case before, at all.
    pub(crate) fn applied_since(&self, household: HouseholdId, tx: TxNo) -> bool {
        self.whole.contains(&household)
            || self.households.get(&household).is_some_and(|at| *at > tx)
    }
}

/// Compares the area on the day `on`, as known now. Writes nothing. `told` hears how many of how many households
/// are done.
///
/// # Errors
/// The store's; [`AssistanceError::Facts`] or [`AssistanceError::Evaluation`] naming the case for which the pack
/// gives no answer.
pub fn current(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    scope: &Scope,
    on: Date,
    told: &mut dyn FnMut(usize, usize),
) -> Result<Survey, AssistanceError> {
    let known = q.last_tx()?;
    survey(desk, q, desk.packs.current(), scope, on, known, told)
}

/// Compares the area on the day `on`, as known at `known`, by the rules of `packs`.
pub(crate) fn survey(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    packs: &PackSet,
    scope: &Scope,
    on: Date,
    known: TxNo,
    told: &mut dyn FnMut(usize, usize),
) -> Result<Survey, AssistanceError> {
    let granted = in_force(q, known)?;
    let last = granted
        .iter()
        .filter_map(|case| Some((case.case, case.decisions.last()?)))
        .map(|(case, decision)| (case, (decision.tx, decision.kind)))
        .collect::<BTreeMap<_, _>>();
    let cases = going_on(&granted, scope);
    let running = running(desk, q, &last, known)?;
    let (free, rest): (Vec<(HouseholdId, i64)>, Vec<_>) = households::all(q, known)?
        .into_iter()
        .filter(|(_, division)| scope.contains(*division))
        .partition(|(household, _)| !running.households.contains_key(household));
    // the others of a household in which one person has a case alone
    let beside: Vec<(HouseholdId, i64)> = rest
        .into_iter()
        .filter(|(household, _)| !running.whole.contains(household))
        .collect();

    // counted as they were, but nothing can be asked about them any more
    let gone = erasure::households(q)?;
    let readable = || {
        let whole = free.iter().map(|one| (one, true));
        let alone = beside.iter().map(|one| (one, false));
        whole
            .chain(alone)
            .filter(|((household, _), _)| !gone.contains(household))
    };
    let mut keys: Vec<HouseholdId> = cases.iter().map(|case| case.household).collect();
    keys.extend(readable().map(|((household, _), _)| *household));
    let total = keys.len();
    // Reading is half of the work, comparing the other.
    let rows = facts::rows_of(q, &keys, on, known, &mut |done| told(done / 2, total))?;
    let nothing = facts::HouseholdRows::default();
    let deaths = evidence::deaths(q, known)?;
    let (served, under_review) = (served(q, known)?, under_review(q, known)?);
    let night = Night {
        packs,
        on,
        known,
        deaths: &deaths,
        served: &served,
        under_review: &under_review,
        apart: &running.apart,
    };

    let mut differences = Vec::new();
    let mut done = 0;
    for group in cases.chunks(GROUP) {
        let mut rests_on = BTreeMap::new();
        for case in group {
            let payment = &programme(packs, &case.programme)?.payment;
            let decision = decision_for(&case.decisions, payment.first_month_of(on));
            let pays = decision.filter(|decision| decision.kind.pays());
            if let Some(determination) = pays.and_then(|decision| decision.determination) {
                rests_on.insert(case.case, determination);
            }
        }
        let mut wanted: Vec<i64> = rests_on.values().copied().collect();
        wanted.sort_unstable();
        let frozen: BTreeMap<i64, _> = frozen_many(q, &wanted)?
            .into_iter()
            .map(|frozen| (frozen.determination, frozen))
            .collect();
        for case in group {
            let frozen = rests_on.get(&case.case).and_then(|key| frozen.get(key));
            let rows = rows.get(&case.household).unwrap_or(&nothing);
            differences.extend(night.of_case(case, frozen, rows)?);
        }
        done += group.len();
        told(total / 2 + done / 2, total);
    }
    for ((household, division), whole) in readable() {
        let rows = rows.get(household).unwrap_or(&nothing);
        differences.extend(night.of_household(*household, *division, rows, whole)?);
    }
    told(total, total);
    Ok(Survey {
        on,
        known,
        pack_hash: packs.hash().to_owned(),
        cases: cases.len(),
        households: free.len(),
        differences,
        last,
        running,
    })
}

/// The cases of an area whose benefit goes on. Where the end is decided already (a phase-out) the law of the day is
/// not what is in force, and rightly so.
pub(crate) fn going_on<'g>(granted: &'g [InForce], scope: &Scope) -> Vec<&'g InForce> {
    granted
        .iter()
        .filter(|case| scope.contains(case.division))
        .filter(|case| case.decisions.last().is_some_and(|last| last.kind.pays()))
        .filter(|case| {
            decision_for(&case.decisions, Month::MAX).is_some_and(|last| last.kind.pays())
        })
        .collect()
}

/// The cases that are in force or not yet decided.
pub(crate) fn running(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    last: &BTreeMap<CaseId, (TxNo, DecisionKind)>,
    known: TxNo,
) -> Result<Running, AssistanceError> {
    let mut found = Running::default();
    for row in q.rows(&CASES_AS_KNOWN, &[Value::from(known)])? {
        let (case, household) = (CaseId(row.int(0)?), HouseholdId(row.int(1)?));
        let runs = match (last.get(&case), row.opt_text(8)?) {
            (Some((_, kind)), _) => kind.pays(),
            (None, None) => true,
            (None, Some(state)) => {
                let current = desk.packs.current();
                let packs = if current.hash() == row.text(4)? {
                    std::sync::Arc::clone(current)
                } else {
                    desk.packs.by_hash(q, row.text(4)?)?
                };
                let procedure = programme(&packs, row.text(2)?)?
                    .procedure_at(row.date(3)?)
                    .map_err(|source| AssistanceError::Evaluation {
                        whom: case.to_string(),
                        source,
                    })?;
                !is_final(procedure, state)
            }
        };
        if runs {
            // cases come by key, so the last one stays
            found.households.insert(household, row.tx(7)?);
            if row.int(6)? != 0 {
                found.apart.insert(PersonId(row.int(5)?));
            } else {
                found.whole.insert(household);
            }
        }
    }
    Ok(found)
}

pub(crate) fn served(q: &mut dyn Query, known: TxNo) -> Result<Served, AssistanceError> {
    let mut served = Served::new();
    for row in q.rows(&SERVED_AS_KNOWN, &[Value::from(known)])? {
        let case = (CaseId(row.int(1)?), row.text(2)?.to_owned());
        served.entry(row.int(0)?).or_default().push(case);
    }
    Ok(served)
}

fn under_review(q: &mut dyn Query, known: TxNo) -> Result<BTreeSet<i64>, AssistanceError> {
    Ok(q.rows(&REVIEWS_OPEN_AS_KNOWN, &[Value::from(known)])?
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<_, _>>()?)
}
