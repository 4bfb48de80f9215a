//! Facts: what a determination reads, built from the register by the declarations of the pack. No programme's
//! rule is known here; a new kind of evidence needs a declaration and no Rust.
//!
//! [`build`] is pure and is what the records and a planner share; [`assemble`] reads the register as known at a
//! transaction and true on a day.

mod many;

use std::collections::BTreeMap;

use minsheng_core::Date;
use minsheng_policy::{Column, Entity, EvidenceDecl, Form, Programme};
use minsheng_store::{Query, TxNo, Value as Cell, statement};
use serde_json::{Map, Value, json};

use crate::evidence::{About, read_row};
use crate::households;
use crate::{HouseholdId, PersonId, RegistryError};

pub use many::{HouseholdRows, rows_of};

/// What one row of evidence says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EvidenceRow {
    /// Kind, as the packs declare it.
    pub kind: String,
    /// Tells rows of one kind apart; empty if there is only one.
    pub slot: String,
    /// A code.
    pub code: Option<String>,
    /// A whole number.
    pub quantity: Option<i64>,
    /// An amount in fen.
    pub amount_fen: Option<i64>,
    /// First day.
    pub valid_from: Date,
    /// Day after the last.
    pub valid_to: Option<Date>,
}

impl EvidenceRow {
    /// Whether the row is true on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }
}

/// A member and the rows about the person.
#[derive(Debug, Clone)]
pub struct MemberRows {
    /// Key of the person.
    pub person: PersonId,
    /// Date of birth.
    pub birth: Date,
    /// GB/T 2261.1 code.
    pub sex: String,
    /// Relation to the head of the household.
    pub relation: String,
    /// Evidence about the person.
    pub evidence: Vec<EvidenceRow>,
}

/// What [`build`] needs.
#[derive(Debug, Clone)]
pub struct FactsInput<'a> {
    /// The programme's declarations.
    pub declared: &'a [EvidenceDecl],
    /// The household.
    pub household: HouseholdId,
    /// Evidence about the household.
    pub evidence: Vec<EvidenceRow>,
    /// The members.
    pub members: Vec<MemberRows>,
    /// The applicant of a single-person application.
    pub single: Option<PersonId>,
    /// Day of the application.
    pub applied_on: Date,
    /// The day on which the facts are true.
    pub valid_on: Date,
}

statement! {
    EVIDENCE_OF_HOUSEHOLD, internal "evidence of one household inside an act whose area was checked",
    "SELECT e.subject_kind, e.subject_id, e.kind, e.slot, e.code, e.quantity, e.amount_fen, e.sealed, e.valid_from, e.valid_to, e.id
     FROM evidence e
     WHERE e.subject_kind = 'household' AND e.subject_id = ?1
       AND e.valid_from <= ?2 AND (e.valid_to IS NULL OR e.valid_to > ?2)
       AND e.tx <= ?3 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?3)
     UNION ALL
     SELECT e.subject_kind, e.subject_id, e.kind, e.slot, e.code, e.quantity, e.amount_fen, e.sealed, e.valid_from, e.valid_to, e.id
     FROM membership m CROSS JOIN evidence e
     WHERE e.subject_kind = 'person' AND e.subject_id = m.person_id AND m.household_id = ?1 AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND m.tx <= ?3 AND (m.superseded_tx IS NULL OR m.superseded_tx > ?3)
       AND e.valid_from <= ?2 AND (e.valid_to IS NULL OR e.valid_to > ?2)
       AND e.tx <= ?3 AND (e.superseded_tx IS NULL OR e.superseded_tx > ?3)
     ORDER BY 11"
}

/// The facts of a household, true on `valid_on` and known at `known`, as the JSON that
/// [`Programme::facts`](minsheng_policy::Programme::facts) takes.
///
/// # Errors
/// The store's; [`RegistryError::Inconsistent`] for a sealed row that does not read.
pub fn assemble(
    q: &mut dyn Query,
    programme: &Programme,
    household: HouseholdId,
    single: Option<PersonId>,
    applied_on: Date,
    valid_on: Date,
    known: TxNo,
) -> Result<Value, RegistryError> {
    let members = households::members(q, household, valid_on, known)?;
    let rows = q.rows(
        &EVIDENCE_OF_HOUSEHOLD,
        &[
            Cell::from(household),
            Cell::from(valid_on),
            Cell::from(known),
        ],
    )?;
    let mut of_household = Vec::new();
    let mut of_person: BTreeMap<i64, Vec<EvidenceRow>> = BTreeMap::new();
    for row in &rows {
        let id = row.int(1)?;
        if row.text(0)? == "household" {
            of_household.push(read_row(q, row, About::Household(household), 2)?);
        } else {
            of_person.entry(id).or_default().push(read_row(
                q,
                row,
                About::Person(PersonId(id)),
                2,
            )?);
        }
    }
    let members = members
        .into_iter()
        .map(|member| MemberRows {
            evidence: of_person.remove(&member.person.0).unwrap_or_default(),
            person: member.person,
            birth: member.birth,
            sex: member.sex,
            relation: member.relation,
        })
        .collect();
    Ok(build(&FactsInput {
        declared: &programme.evidence,
        household,
        evidence: of_household,
        members,
        single,
        applied_on,
        valid_on,
    }))
}

/// Builds the facts. Evidence that nobody recorded is left out: it is missing, not false and not zero. A person
/// known to be dead on the day is no member.
pub fn build(input: &FactsInput<'_>) -> Value {
    let members: Vec<Value> = input
        .members
        .iter()
        .filter(|member| !dead(member, input.valid_on))
        .map(|member| {
            let mut object = Map::new();
            object.insert("id".to_owned(), json!(member.person.0));
            object.insert("birth_date".to_owned(), json!(member.birth.to_string()));
            object.insert("sex".to_owned(), json!(member.sex));
            object.insert("relation".to_owned(), json!(member.relation));
            object.insert("head".to_owned(), json!(member.relation == "head"));
            fill(&mut object, input, Entity::Person, &member.evidence);
            Value::Object(object)
        })
        .collect();
    let mut household = Map::new();
    household.insert("id".to_owned(), json!(input.household.0));
    fill(&mut household, input, Entity::Household, &input.evidence);
    household.insert("members".to_owned(), Value::Array(members));
    json!({
        "household": household,
        "application": {
            "date": input.applied_on.to_string(),
            "single": input.single.map(|person| person.0),
        }
    })
}

/// Whether a member is recorded as dead on a day.
#[must_use]
pub fn dead(member: &MemberRows, on: Date) -> bool {
    member
        .evidence
        .iter()
        .any(|row| row.kind == "death" && row.covers(on))
}

fn fill(
    object: &mut Map<String, Value>,
    input: &FactsInput<'_>,
    entity: Entity,
    rows: &[EvidenceRow],
) {
    for declared in input
        .declared
        .iter()
        .filter(|declared| declared.entity == entity)
    {
        let found: Vec<&EvidenceRow> = rows
            .iter()
            .filter(|row| row.kind == declared.kind && row.covers(input.valid_on))
            .collect();
        if let Some(value) = value_of(declared, &found, input, rows) {
            object.insert(declared.name.clone(), value);
        }
    }
}

fn value_of(
    declared: &EvidenceDecl,
    found: &[&EvidenceRow],
    input: &FactsInput<'_>,
    all: &[EvidenceRow],
) -> Option<Value> {
    if let Form::Records { fields, .. } = &declared.form {
        let closed = declared.closed_by.as_ref().is_some_and(|name| {
            let kind = input
                .declared
                .iter()
                .find(|other| &other.name == name)
                .map(|other| &other.kind);
            kind.is_some_and(|kind| {
                all.iter()
                    .any(|row| &row.kind == kind && row.covers(input.valid_on))
            })
        });
        if !closed && (declared.closed_by.is_some() || found.is_empty()) {
            return None;
        }
        let records = found.iter().map(|row| {
            let object: Map<String, Value> = fields
                .iter()
                .filter_map(|field| Some((field.name.clone(), cell(row, field.column)?)))
                .collect();
            Value::Object(object)
        });
        return Some(Value::Array(records.collect()));
    }
    let row = found.last()?;
    // What is no value of the form is handed on as it is: the boundary of the programme refuses it by its name. A
    // row whose column is empty is a null, and not the absence of the row.
    let value = match &declared.form {
        Form::Flag => row.code.as_deref().map(|code| match code {
            "yes" => json!(true),
            "no" => json!(false),
            other => json!(other),
        }),
        Form::Since => Some(json!(row.valid_from.to_string())),
        Form::Code { .. } => cell(row, Column::Code),
        Form::Quantity { .. } => cell(row, Column::Quantity),
        Form::Amount { .. } => cell(row, Column::Amount),
        Form::Records { .. } => return None,
    };
    Some(value.unwrap_or(Value::Null))
}

fn cell(row: &EvidenceRow, column: Column) -> Option<Value> {
    match column {
        Column::Slot => Some(json!(row.slot)),
        Column::Code => row.code.as_ref().map(|code| json!(code)),
        Column::Quantity => row.quantity.map(|number| json!(number)),
        Column::Amount => row.amount_fen.map(|amount| json!(amount)),
    }
}
