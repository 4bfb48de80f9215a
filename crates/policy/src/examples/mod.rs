//! Examples of a pack: facts, key dates and what must come out. They run as tests.

use std::collections::BTreeMap;

use minsheng_core::{Date, Month};
use serde_json::{Value, json};

pub(crate) mod block;
mod change;

use self::block::{ExampleBlock, ExpectBlock};
use self::change::{change, to_json};
use crate::determination::{Determination, KeyDates, Outcome};
use crate::facts::Facts;
use crate::pack::report::{Place, Report, suggestion};
use crate::programme::{Programme, entity};
use crate::text::Bilingual;

/// An example with its facts complete.
#[derive(Debug)]
pub(crate) struct Example {
    pub id: String,
    pub title: Bilingual,
    pub path: String,
    pub line: u32,
    facts: Value,
    acceptance: Option<Date>,
    month: Option<Month>,
    block: ExampleBlock,
}

impl Example {
    /// Completes the examples of a programme; each may follow one that stands before it.
    pub fn read_all(blocks: Vec<(ExampleBlock, Place)>, report: &mut Report<'_>) -> Vec<Example> {
        let mut examples: Vec<Example> = Vec::new();
        for (block, place) in blocks {
            if examples.iter().any(|known| known.id == *block.id.get_ref()) {
                report.error(
                    place,
                    format!("two examples are called `{}`", block.id.get_ref()),
                    "",
                );
            }
            match read(&block, &examples) {
                Ok((facts, acceptance, month)) => {
                    let (path, line) = report.line(place);
                    let id = block.id.get_ref().clone();
                    examples.push(Example {
                        id,
                        title: block.title.clone(),
                        path,
                        line,
                        facts,
                        acceptance,
                        month,
                        block,
                    });
                }
                Err((message, hint)) => {
                    report.error(place, message, hint);
                }
            }
        }
        examples
    }

    /// Facts and key dates, when the example has both.
    pub fn question(&self) -> Option<(&Value, KeyDates)> {
        let acceptance = self.acceptance?;
        let month = self.month.unwrap_or(Month::from_date(acceptance));
        Some((&self.facts, KeyDates { acceptance, month }))
    }

    /// Runs the example; the error says what differs.
    pub fn run(&self, programme: &Programme) -> Result<(), String> {
        self.run_decisions(programme)?;
        if self.block.expect.is_none() && self.block.pays.is_empty() {
            return if self.block.decision.is_empty() {
                Err("the example expects nothing".to_owned())
            } else {
                Ok(())
            };
        }
        let acceptance = self
            .acceptance
            .ok_or("the example has no acceptance date")?;
        let key = KeyDates {
            acceptance,
            month: self.month.unwrap_or(Month::from_date(acceptance)),
        };
        let facts = programme
            .facts(&self.facts)
            .map_err(|error| error.to_string())?;
        if let Some(expect) = &self.block.expect {
            run_expectation(programme, &facts, &key, expect)?;
        }
        self.run_months(programme, &facts, key.acceptance)
    }

    fn run_decisions(&self, programme: &Programme) -> Result<(), String> {
        for row in &self.block.decision {
            let first = programme.payment.first_month_of(row.decided.0).to_string();
            if let Some(wanted) = row.first_month.as_ref().filter(|wanted| **wanted != first) {
                return Err(format!(
                    "decided {}: first month {first}, expected {wanted}",
                    row.decided.0
                ));
            }
            let last = row
                .stopped
                .map(|stopped| programme.payment.last_month_of(stopped.0).to_string());
            if row.last_month.is_some() && row.last_month != last {
                return Err(format!(
                    "last month {last:?}, expected {:?}",
                    row.last_month
                ));
            }
        }
        Ok(())
    }

    fn run_months(
        &self,
        programme: &Programme,
        facts: &Facts,
        acceptance: Date,
    ) -> Result<(), String> {
        if self.block.pays.is_empty() {
            return Ok(());
        }
        let decision = self
            .block
            .decision
            .first()
            .ok_or("`pays` needs a [[decision]]")?;
        let months = programme
            .payment
            .entitled_months(decision.decided.0, decision.stopped.map(|day| day.0));
        let deaths: BTreeMap<i64, Date> = self
            .block
            .death
            .iter()
            .map(|death| (death.id, death.on.0))
            .collect();
        for (month, wanted) in &self.block.pays {
            let month: Month = month
                .parse()
                .map_err(|_| format!("`{month}` is not a month"))?;
            let key = KeyDates { acceptance, month };
            let amounts = match months {
                Some(months) => programme
                    .entitled(facts, &key, months, &deaths)
                    .map_err(|error| error.to_string())?,
                None => Vec::new(),
            };
            let total: i64 = amounts.iter().map(|amount| amount.amount.get()).sum();
            if total != *wanted {
                return Err(format!("{month}: {total} fen, expected {wanted}"));
            }
        }
        Ok(())
    }
}

type Complete = (Value, Option<Date>, Option<Month>);

fn read(block: &ExampleBlock, known: &[Example]) -> Result<Complete, (String, String)> {
    let simple = |message: String| (message, String::new());
    let (mut facts, mut acceptance, mut month) = match &block.like {
        None => (json!({}), None, None),
        Some(like) => {
            let found = known.iter().find(|example| example.id == *like.get_ref());
            let base = found.ok_or_else(|| {
                let hint = suggestion(
                    like.get_ref(),
                    known.iter().map(|example| example.id.as_str()),
                );
                (
                    format!("there is no example `{}` before this one", like.get_ref()),
                    hint,
                )
            })?;
            (base.facts.clone(), base.acceptance, base.month)
        }
    };
    for (name, table) in [
        ("household", &block.household),
        ("application", &block.application),
    ] {
        if let (Some(table), Some(object)) = (table, facts.as_object_mut()) {
            object.insert(
                name.to_owned(),
                to_json(&toml::Value::Table(table.clone())).map_err(simple)?,
            );
        }
    }
    for (path, value) in &block.set {
        change(&mut facts, path, Some(to_json(value).map_err(simple)?)).map_err(simple)?;
    }
    for path in &block.unset {
        change(&mut facts, path, None).map_err(simple)?;
    }
    acceptance = block.acceptance.map(|day| day.0).or(acceptance);
    if let Some(text) = &block.month {
        month = Some(
            text.parse()
                .map_err(|_| simple(format!("`{text}` is not a month such as 2021-05")))?,
        );
    }
    Ok((facts, acceptance, month))
}

fn run_expectation(
    programme: &Programme,
    facts: &Facts,
    key: &KeyDates,
    expect: &ExpectBlock,
) -> Result<(), String> {
    let determination = match (programme.determine(facts, key), &expect.error) {
        (Err(error), Some(wanted)) if error.to_string().contains(wanted.as_str()) => return Ok(()),
        (Err(error), _) => return Err(error.to_string()),
        (Ok(_), Some(wanted)) => return Err(format!("expected the error `{wanted}`, found none")),
        (Ok(determination), None) => determination,
    };
    let (outcome, needs) = outcome(&determination);
    let reasons: Vec<String> = determination
        .reasons
        .iter()
        .map(|reason| reason.code.clone())
        .collect();
    same(
        "outcome",
        outcome,
        &expect.outcome,
        &format!("; reasons {reasons:?}, needs {needs:?}"),
    )?;
    if let Some(wanted) = &expect.law {
        same("law", &determination.law, wanted, "")?;
    }
    if let Some(wanted) = expect.total {
        same("total", determination.total.get(), wanted, "")?;
    }
    if let Some(wanted) = &expect.members {
        let found: Vec<(i64, &str, i64)> = determination
            .members
            .iter()
            .map(|m| (m.person, m.class.as_str(), m.amount.get()))
            .collect();
        let wanted: Vec<(i64, &str, i64)> = wanted
            .iter()
            .map(|m| (m.id, m.class.as_str(), m.amount))
            .collect();
        same("members", found, wanted, "")?;
    }
    if let Some(wanted) = &expect.reasons {
        same("reasons", &reasons, wanted, "")?;
    }
    if let Some(wanted) = &expect.needs {
        same("needs", &needs, wanted, "")?;
    }
    // What is shown and what is paid must never differ.
    if determination.outcome == Outcome::Eligible {
        let amounts = programme
            .amounts(facts, key)
            .map_err(|error| error.to_string())?;
        same(
            "amounts without trace",
            &amounts,
            &determination.members,
            "",
        )?;
    }
    Ok(())
}

fn outcome(determination: &Determination) -> (&'static str, Vec<String>) {
    match &determination.outcome {
        Outcome::Eligible => ("eligible", Vec::new()),
        Outcome::Refused => ("refused", Vec::new()),
        Outcome::Undetermined { needs } => (
            "undetermined",
            needs
                .iter()
                .map(|need| format!("{} {} {}", entity(need.entity), need.id, need.field))
                .collect(),
        ),
    }
}

fn same<F: PartialEq<W> + std::fmt::Debug, W: std::fmt::Debug>(
    what: &str,
    found: F,
    wanted: W,
    more: &str,
) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, expected {wanted:?}{more}"))
}
