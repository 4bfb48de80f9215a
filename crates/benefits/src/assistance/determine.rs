//! From a case to a determination: facts as known and true, asked of the pack, frozen in the records.
//!
//! The facts are sealed under the household's key; result and reasons stand open beside them, without health or
//! account. Stored and derived results are compared as the same JSON text.

use minsheng_core::{Date, Month};
use minsheng_policy::{
    Bilingual, Determination, KeyDates, MemberAmount, Outcome, PackSet, ParameterUse, Programme,
    Reason,
};
use minsheng_registry::erasure::{Erased, or_erased};
use minsheng_registry::{CaseId, HouseholdId, PersonId, facts};
use minsheng_store::{Query, Row, Subject, TxNo, Value};

use super::error::AssistanceError;
use super::records::{CaseFile, DETERMINATION_BY_ID};
use super::service::{Sitting, programme};

/// Label under which frozen facts are sealed.
const FACTS: &str = "determination.facts";

/// For what a determination was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    FirstOpinion,
    CountyOpinion,
    Decision,
    Review,
    Objection,
}

impl Purpose {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FirstOpinion => "first_opinion",
            Self::CountyOpinion => "county_opinion",
            Self::Decision => "decision",
            Self::Review => "review",
            Self::Objection => "objection",
        }
    }
}

/// Whom a determination is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whom<'c> {
    pub(crate) case: CaseId,
    pub(crate) programme: &'c str,
    pub(crate) household: HouseholdId,
    /// The person, if only one is served.
    pub(crate) single: Option<PersonId>,
    /// The day by which the law is chosen.
    pub(crate) key_date: Date,
}

impl<'c> From<&'c CaseFile> for Whom<'c> {
    fn from(case: &'c CaseFile) -> Self {
        Whom {
            case: case.id,
            programme: &case.programme,
            household: case.household,
            single: case.single_person(),
            key_date: case.key_date(),
        }
    }
}

/// A determination with what it was made from.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) case: CaseId,
    pub(crate) subject: Subject,
    pub(crate) purpose: Purpose,
    pub(crate) known: TxNo,
    pub(crate) evidence_on: Date,
    pub(crate) key: KeyDates,
    pub(crate) pack_hash: String,
    pub(crate) facts: serde_json::Value,
    pub(crate) determination: Determination,
}

/// The facts of a case, true on `on` and known at `known`.
pub(crate) fn facts_of(
    q: &mut dyn Query,
    packs: &PackSet,
    case: &CaseFile,
    applied_on: Date,
    on: Date,
    known: TxNo,
) -> Result<serde_json::Value, AssistanceError> {
    let programme = programme(packs, &case.programme)?;
    let single = case.single_person();
    Ok(facts::assemble(
        q,
        programme,
        case.household,
        single,
        applied_on,
        on,
        known,
    )?)
}

/// Whether nobody is left whom the case could serve: no living member, or not the person served alone.
pub(crate) fn nobody_left(single: Option<PersonId>, facts: &serde_json::Value) -> bool {
    let members = facts["household"]["members"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let is = |member: &serde_json::Value, person: PersonId| member["id"].as_i64() == Some(person.0);
    match single {
        Some(person) => !members.iter().any(|member| is(member, person)),
        None => members.is_empty(),
    }
}

/// The reason to stop when nobody is left (社会救助暂行办法 art. 13: a change in the number of persons). A pack
/// cannot be asked then: there is no household to have facts about.
pub(crate) fn nobody_left_reason() -> Reason {
    Reason {
        code: "nobody_left".to_owned(),
        text: Bilingual::new(
            "保障对象已全部去世或者离开该家庭",
            "all whom this case served have died or left the household",
        ),
        cite: "社会救助暂行办法 art. 13".to_owned(),
    }
}

/// Asks the pack about facts.
pub(crate) fn ask(
    packs: &PackSet,
    whom: Whom<'_>,
    purpose: Purpose,
    facts: serde_json::Value,
    key: KeyDates,
    evidence_on: Date,
    known: TxNo,
) -> Result<Found, AssistanceError> {
    let programme = programme(packs, whom.programme)?;
    let determination = evaluate(programme, &facts, &key, format_args!("case {}", whom.case))?;
    Ok(Found {
        case: whom.case,
        subject: Subject::Household(whom.household.0),
        purpose,
        known,
        evidence_on,
        key,
        pack_hash: packs.hash().to_owned(),
        facts,
        determination,
    })
}

pub(crate) fn evaluate(
    programme: &Programme,
    facts: &serde_json::Value,
    key: &KeyDates,
    whom: impl std::fmt::Display,
) -> Result<Determination, AssistanceError> {
    let whom = || whom.to_string();
    let facts = programme
        .facts(facts)
        .map_err(|source| AssistanceError::Facts {
            whom: whom(),
            source,
        })?;
    programme
        .determine(&facts, key)
        .map_err(|source| AssistanceError::Evaluation {
            whom: whom(),
            source,
        })
}

/// A determination as it is stored and compared: everything but the trace, which is derived anew when asked for.
#[derive(serde::Serialize)]
struct Stored<'d> {
    outcome: &'d Outcome,
    law: &'d str,
    members: &'d [MemberAmount],
    total_fen: i64,
    reasons: &'d [Reason],
    parameters: &'d [ParameterUse],
}

pub(crate) fn result_of(determination: &Determination) -> Result<String, AssistanceError> {
    let stored = Stored {
        outcome: &determination.outcome,
        law: &determination.law,
        members: &determination.members,
        total_fen: determination.total.get(),
        reasons: &determination.reasons,
        parameters: &determination.parameters,
    };
    serde_json::to_string(&stored)
        .map_err(|error| AssistanceError::inconsistent("determination", error))
}

/// The word under which an outcome is stored.
pub(crate) const fn outcome_str(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Eligible => "eligible",
        Outcome::Refused => "refused",
        Outcome::Undetermined { .. } => "undetermined",
    }
}

const COLUMNS: [&str; 11] = [
    "case_id",
    "purpose",
    "known_tx",
    "evidence_on",
    "acceptance_on",
    "month",
    "pack_hash",
    "facts_sealed",
    "outcome",
    "result",
    "total_fen",
];

impl Sitting<'_, '_> {
    /// Stores determinations and gives the key of the first; the others follow it.
    pub(crate) fn freeze(&mut self, found: &[&Found]) -> Result<i64, AssistanceError> {
        let mut rows = Vec::with_capacity(found.len());
        for one in found {
            let determination = &one.determination;
            let eligible = determination.outcome == Outcome::Eligible;
            let sealed = self.seal(one.subject, FACTS, one.facts.to_string().as_bytes())?;
            rows.push(vec![
                Value::from(one.case),
                Value::from(one.purpose.as_str()),
                Value::from(one.known),
                Value::from(one.evidence_on),
                Value::from(one.key.acceptance),
                Value::from(one.key.month),
                Value::from(one.pack_hash.as_str()),
                Value::from(sealed),
                Value::from(outcome_str(&determination.outcome)),
                Value::from(result_of(determination)?),
                Value::from(eligible.then_some(determination.total)),
            ]);
        }
        Ok(self.tx.insert_many("determination", &COLUMNS, rows)?)
    }
}

/// A determination as it was frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Key.
    pub determination: i64,
    /// The case.
    pub case: CaseId,
    /// The household.
    pub household: HouseholdId,
    /// Programme code.
    pub programme: String,
    /// `first_opinion`, `objection`, `county_opinion`, `decision` or `review`.
    pub purpose: String,
    /// What was known.
    pub known: TxNo,
    /// Day on which the facts are true.
    pub evidence_on: Date,
    /// Day of acceptance: chooses the law.
    pub acceptance: Date,
    /// Month for which the amounts of the result hold.
    pub month: Month,
    /// Pack it was made with.
    pub pack_hash: String,
    /// The facts; `null` if the household's record was erased.
    pub facts: serde_json::Value,
    /// When and why the facts were erased.
    pub erased: Option<Erased>,
    /// `eligible`, `refused` or `undetermined`.
    pub outcome: String,
    /// The stored result, JSON without trace.
    pub result: String,
}

impl Frozen {
    /// The facts, if they can still be read.
    ///
    /// # Errors
    /// [`AssistanceError::Erased`].
    pub fn readable(&self) -> Result<&serde_json::Value, AssistanceError> {
        match &self.erased {
            None => Ok(&self.facts),
            Some(erased) => Err(AssistanceError::Erased {
                whom: format!("determination {} of {}", self.determination, self.household),
                erased: erased.to_string(),
            }),
        }
    }
}

/// Determinations by key, with their facts opened, in the order of their keys.
///
/// # Errors
/// The store's; [`AssistanceError::Inconsistent`] for facts that do not read.
pub fn frozen_many(
    q: &mut dyn Query,
    determinations: &[i64],
) -> Result<Vec<Frozen>, AssistanceError> {
    let rows = DETERMINATION_BY_ID.rows(q, determinations)?;
    rows.iter().map(|row| frozen_of(q, row)).collect()
}

/// One determination with its facts opened.
///
/// # Errors
/// [`AssistanceError::NotFound`]; otherwise as [`frozen_many`].
pub fn frozen(q: &mut dyn Query, determination: i64) -> Result<Frozen, AssistanceError> {
    let found = frozen_many(q, &[determination])?.into_iter().next();
    found.ok_or(AssistanceError::NotFound {
        what: "determination",
        id: determination,
    })
}

fn frozen_of(q: &mut dyn Query, row: &Row) -> Result<Frozen, AssistanceError> {
    let id = row.int(0)?;
    let household = HouseholdId(row.int(2)?);
    let opened = q.unseal(Subject::Household(household.0), FACTS, row.blob(10)?);
    let (facts, erased) = match or_erased(opened)? {
        Ok(plain) => {
            let facts = serde_json::from_slice(&plain).map_err(|error| {
                AssistanceError::inconsistent(format!("determination {id}"), error)
            })?;
            (facts, None)
        }
        Err(erased) => (serde_json::Value::Null, Some(erased)),
    };
    Ok(Frozen {
        determination: id,
        case: CaseId(row.int(1)?),
        household,
        programme: row.text(3)?.to_owned(),
        purpose: row.text(4)?.to_owned(),
        known: row.tx(5)?,
        evidence_on: row.date(6)?,
        acceptance: row.date(7)?,
        month: row.month(8)?,
        pack_hash: row.text(9)?.to_owned(),
        facts,
        erased,
        outcome: row.text(11)?.to_owned(),
        result: row.text(12)?.to_owned(),
    })
}
