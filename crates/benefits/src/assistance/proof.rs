//! Proof of the determinations: each is assembled and derived again from the register as it was known, with its
//! own pack, and compared with what was frozen. And of the lots: each is drawn again.

use std::collections::BTreeSet;

use minsheng_policy::KeyDates;
use minsheng_registry::{CaseId, Desk, facts};
use minsheng_store::{Query, Value, statement};

use super::determine::{self, Frozen, frozen_many};
use super::error::AssistanceError;
use super::lot::{self, Listed};
use super::records;
use super::service::{draw_of, programme};

statement! {
    ALL_DETERMINATIONS, internal "a whole-county computation that gives keys only",
    "SELECT id FROM determination ORDER BY id"
}

statement! {
    ALL_DRAWS, internal "a whole-county computation that gives keys only",
    "SELECT k.id, k.programme, k.law, k.division, k.from_day, k.to_day, k.seed, k.algorithm, k.percent, k.cite, k.mark, k.population,
            k.population_digest, k.quota, k.drawn_on
     FROM spot_check k ORDER BY k.id"
}
statement! {
    ALL_LINES_OF_DRAW, internal "a whole-county computation that gives keys only",
    "SELECT case_id, flag, drawn FROM spot_check_case WHERE spot_check_id = ?1 ORDER BY id"
}
statement! {
    LEFT_OUT_OF_DRAW, internal "a whole-county computation that gives keys only",
    "SELECT c.id FROM case_file c JOIN spot_check k ON k.id = ?1
     WHERE c.programme = k.programme AND c.law = k.law
       AND EXISTS (SELECT 1 FROM case_step s WHERE s.case_id = c.id AND s.tx < k.tx AND s.step = 'forward'
                     AND s.acted_on >= k.from_day AND s.acted_on <= k.to_day)
       AND (SELECT s.to_state FROM case_step s WHERE s.id =
              (SELECT MAX(l.id) FROM case_step l WHERE l.case_id = c.id AND l.tx < k.tx))
           IN (SELECT s.to_state FROM case_step s WHERE s.case_id IN (SELECT l.case_id FROM spot_check_case l WHERE l.spot_check_id = ?1)
                 AND s.step = 'forward')
       AND NOT EXISTS (SELECT 1 FROM spot_check_case l WHERE l.case_id = c.id AND l.spot_check_id <= ?1)
     ORDER BY c.id"
}

/// A lot that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DrawFinding {
    /// Key of the draw.
    pub draw: i64,
    /// What differs.
    pub what: String,
}

/// Draws every lot again from its seed and its list, and looks for cases that were left out of a county's list.
///
/// # Errors
/// The store's; what differs is a finding and no error.
pub fn verify_draws(q: &mut dyn Query) -> Result<Vec<DrawFinding>, AssistanceError> {
    let mut findings = Vec::new();
    for row in q.rows(&ALL_DRAWS, &[])? {
        let kept = draw_of(&row)?;
        let mut differs = |what: String| {
            let draw = kept.id;
            findings.push(DrawFinding { draw, what });
        };
        if kept.algorithm != lot::ALGORITHM {
            differs(format!("nobody knows how `{}` draws", kept.algorithm));
            continue;
        }
        let (mut list, mut drawn): (Vec<Listed>, BTreeSet<i64>) = (Vec::new(), BTreeSet::new());
        for line in q.rows(&ALL_LINES_OF_DRAW, &[Value::from(kept.id)])? {
            let case = line.int(0)?;
            list.push((case, line.opt_text(1)?.map(str::to_owned)));
            if line.bool(2)? {
                drawn.insert(case);
            }
        }
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        if count(list.len()) != kept.population || lot::digest(&list) != kept.population_digest {
            differs("its list is not the one that was drawn from".to_owned());
        }
        let percent = u8::try_from(kept.percent).unwrap_or(0);
        let quota = lot::quota(&list, percent);
        if count(quota) != kept.quota {
            differs(format!(
                "{percent} percent of its list are {quota}, not {}",
                kept.quota
            ));
        }
        if lot::draw(&kept.seed, &list, quota) != drawn {
            differs("drawn again from its seed the lot falls on other cases".to_owned());
        }
        if kept.division % WHOLE_COUNTY == 0 {
            let left_out = q.rows(&LEFT_OUT_OF_DRAW, &[Value::from(kept.id)])?;
            for row in left_out {
                let case = CaseId(row.int(0)?);
                differs(format!(
                    "case {case} waited for the county and is not on its list"
                ));
            }
        }
    }
    Ok(findings)
}

/// The last digits of an area code that are zero for a whole county.
const WHOLE_COUNTY: i64 = 1_000_000;

statement! {
    ERASED, internal "a whole-county computation that gives a number only",
    "SELECT COUNT(*) FROM determination d JOIN case_file c ON c.id = d.case_id
     JOIN key_event e ON e.subject_kind = 'household' AND e.subject_id = c.household_id"
}

/// Of how many determinations the facts were erased, so that nothing can be derived from them any more.
///
/// # Errors
/// The store's.
pub fn erased(q: &mut dyn Query) -> Result<usize, AssistanceError> {
    let rows = q.rows(&ERASED, &[])?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Determinations read at once.
const GROUP: usize = 256;

/// A determination that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Key of the determination.
    pub determination: i64,
    /// Its case.
    pub case: CaseId,
    /// What differs.
    pub what: String,
}

/// What the proof looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Proof {
    /// Determinations that are not what they should be.
    pub findings: Vec<Finding>,
    /// Determinations derived again.
    pub derived: usize,
    /// Determinations whose facts were erased: nothing can be derived from them, and nothing is claimed of them.
    pub erased: usize,
}

/// Derives every determination again.
///
/// # Errors
/// As [`prove`].
pub fn verify(desk: &Desk<'_>, q: &mut dyn Query) -> Result<Vec<Finding>, AssistanceError> {
    Ok(prove(desk, q)?.findings)
}

/// Derives every determination again, and says of how many that is no longer possible.
///
/// # Errors
/// The store's, or the registry's for a pack that does not load; what differs is a finding and no error.
pub fn prove(desk: &Desk<'_>, q: &mut dyn Query) -> Result<Proof, AssistanceError> {
    let keys: Vec<i64> = q
        .rows(&ALL_DETERMINATIONS, &[])?
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<_, _>>()?;
    let mut proof = Proof::default();
    for group in keys.chunks(GROUP) {
        for frozen in frozen_many(q, group)? {
            if frozen.erased.is_some() {
                proof.erased += 1;
                continue;
            }
            proof.derived += 1;
            if let Some(what) = differs(desk, q, &frozen)? {
                proof.findings.push(Finding {
                    determination: frozen.determination,
                    case: frozen.case,
                    what,
                });
            }
        }
    }
    Ok(proof)
}

fn differs(
    desk: &Desk<'_>,
    q: &mut dyn Query,
    frozen: &Frozen,
) -> Result<Option<String>, AssistanceError> {
    let packs = desk.packs.by_hash(q, &frozen.pack_hash)?;
    let programme = programme(&packs, &frozen.programme)?;
    let case = records::case(q, frozen.case)?;
    let asked_on = frozen.facts["application"]["date"]
        .as_str()
        .and_then(|text| text.parse().ok());
    let Some(asked_on) = asked_on else {
        return Ok(Some(
            "its frozen facts have no day of application".to_owned(),
        ));
    };
    let single = case.single_person();
    let (on, known) = (frozen.evidence_on, frozen.known);
    let facts = facts::assemble(q, programme, frozen.household, single, asked_on, on, known)?;
    if facts != frozen.facts {
        return Ok(Some(format!(
            "its frozen facts are not what was known at transaction {known}"
        )));
    }
    let key = KeyDates {
        acceptance: frozen.acceptance,
        month: frozen.month,
    };
    match determine::evaluate(programme, &frozen.facts, &key, frozen.case) {
        Err(AssistanceError::Facts { source, .. }) => {
            Ok(Some(format!("its pack does not read its facts: {source}")))
        }
        Err(AssistanceError::Evaluation { source, .. }) => {
            Ok(Some(format!("its pack gives no answer: {source}")))
        }
        Err(other) => Err(other),
        Ok(derived) => {
            let same = determine::result_of(&derived)? == frozen.result
                && determine::outcome_str(&derived.outcome) == frozen.outcome;
            Ok((!same).then(|| {
                format!(
                    "derived again it is {} and not the stored result",
                    derived_words(&derived)
                )
            }))
        }
    }
}

fn derived_words(derived: &minsheng_policy::Determination) -> String {
    format!(
        "{} with {} yuan",
        determine::outcome_str(&derived.outcome),
        derived.total
    )
}
