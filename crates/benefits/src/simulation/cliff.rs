//! The cliff: a household that earns one yuan more a month and loses more than that yuan. Pure.

use minsheng_core::Fen;
use minsheng_policy::{Change, Column, Entity, Form, KeyDates, Outcome, Programme};
use serde::Serialize;
use serde_json::Value as Json;

use crate::assistance::AssistanceError;
use crate::assistance::determine::evaluate;

/// One yuan.
const YUAN: i64 = 100;

/// The largest loss that one more yuan of an income brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cliff {
    /// Name of the evidence.
    pub evidence: String,
    /// Whose.
    pub person: Option<i64>,
    /// What is lost over the yuan that was earned, fen per month.
    pub loss_fen: Fen,
}

/// Asks again for every amount of income that is recorded, one yuan higher, and gives the worst answer; nothing
/// where no answer takes more than the yuan. `now` is what is given on the facts as they are.
pub(super) fn cliff(
    programme: &Programme,
    facts: &Json,
    key: &KeyDates,
    now: Fen,
    whom: impl std::fmt::Display,
) -> Result<Option<Cliff>, AssistanceError> {
    let mut worst: Option<Cliff> = None;
    let incomes = programme
        .evidence
        .iter()
        .filter(|evidence| evidence.change == Change::Income);
    for evidence in incomes {
        let fields: Vec<&str> = match &evidence.form {
            Form::Amount { .. } => vec![""],
            Form::Records { fields, .. } => fields
                .iter()
                .filter(|field| field.column == Column::Amount)
                .map(|field| field.name.as_str())
                .collect(),
            _ => Vec::new(),
        };
        let name = &evidence.name;
        for field in fields {
            for (pointer, person) in places(facts, evidence.entity, name, field) {
                let mut more = facts.clone();
                let Some(amount) = more.pointer_mut(&pointer) else {
                    continue;
                };
                let Some(fen) = amount.as_i64().and_then(|fen| fen.checked_add(YUAN)) else {
                    continue;
                };
                *amount = Json::from(fen);
                let answer = evaluate(programme, &more, key, &whom)?;
                let then = match answer.outcome {
                    Outcome::Eligible => answer.total.get(),
                    Outcome::Refused => 0,
                    Outcome::Undetermined { .. } => continue,
                };
                let loss = Fen::new(now.get() - then - YUAN);
                if loss > Fen::ZERO && worst.as_ref().is_none_or(|worst| worst.loss_fen < loss) {
                    worst = Some(Cliff {
                        evidence: name.clone(),
                        person,
                        loss_fen: loss,
                    });
                }
            }
        }
    }
    Ok(worst)
}

/// Where amounts of one piece of evidence stand in the facts, and whose they are.
fn places(facts: &Json, entity: Entity, name: &str, field: &str) -> Vec<(String, Option<i64>)> {
    let household = &facts["household"];
    let mut holders = Vec::new();
    match entity {
        Entity::Household => holders.push(("/household".to_owned(), None, household)),
        Entity::Person => {
            let members = household["members"].as_array();
            for (at, member) in members.into_iter().flatten().enumerate() {
                let holder = format!("/household/members/{at}");
                holders.push((holder, member["id"].as_i64(), member));
            }
        }
    }
    let mut found = Vec::new();
    for (holder, person, value) in holders {
        match &value[name] {
            Json::Number(_) if field.is_empty() => found.push((format!("{holder}/{name}"), person)),
            Json::Array(records) => found.extend(
                (0..records.len()).map(|at| (format!("{holder}/{name}/{at}/{field}"), person)),
            ),
            _ => {}
        }
    }
    found
}
