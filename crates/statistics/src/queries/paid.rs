//! Paid in the year: items on lines the bank credited within the year, less what was paid back within the year
//! (handbook of assistance §1.4). A returned line was never credited and does not count.

use minsheng_core::{Date, Fen, Month};
use minsheng_payments::queries::{paid_in_year, repaid_in_year};
use minsheng_registry::{CaseId, HouseholdId, PersonId};
use minsheng_store::Scope;

use super::{Opened, Reader, counts};
use crate::indicators::Indicator;
use crate::{Cell, Missing, Records, StatisticsError};

const COLUMNS: &[&str] = &[
    "movement",
    "programme",
    "person",
    "month",
    "household",
    "case",
    "division",
    "class",
    "document",
    "line",
    "settled_on",
    "amount_fen",
];

/// One movement of money, whichever way it went.
struct Movement<'a> {
    way: &'static str,
    programme: &'a str,
    person: i64,
    month: Month,
    household: i64,
    case: i64,
    division: i64,
    class: &'a str,
    document: &'a str,
    line: i64,
    day: Date,
    amount: Fen,
}

impl Movement<'_> {
    fn record(&self) -> Vec<Cell> {
        vec![
            Cell::Text(self.way.to_owned()),
            Cell::Text(self.programme.to_owned()),
            Cell::Person(PersonId(self.person)),
            Cell::Month(self.month),
            Cell::Household(HouseholdId(self.household)),
            Cell::Case(CaseId(self.case)),
            Cell::Int(self.division),
            Cell::Text(self.class.to_owned()),
            Cell::Text(self.document.to_owned()),
            Cell::Int(self.line),
            Cell::Day(self.day),
            Cell::Fen(self.amount),
        ]
    }
}

/// Reads the movements of the year once; `false` if the bank confirmed nothing in the whole county.
fn load(reader: &mut Reader<'_>) -> Result<bool, StatisticsError> {
    if reader.paid.is_none() {
        let (year, known) = (reader.year.number, reader.known);
        let paid = paid_in_year(reader.q, reader.scope, year, known)?;
        if paid.is_empty() && paid_in_year(reader.q, &Scope::county(), year, known)?.is_empty() {
            return Ok(false);
        }
        let repaid = repaid_in_year(reader.q, reader.scope, year, known)?;
        reader.paid = Some((paid, repaid));
    }
    Ok(true)
}

pub(super) fn in_year(
    reader: &mut Reader<'_>,
    indicator: &Indicator,
    decimals: u32,
) -> Result<Opened, StatisticsError> {
    let year = reader.year.number;
    if !load(reader)? {
        return Ok(Opened::missing(COLUMNS, Missing::Payments { year }));
    }
    let mut records = Records::new(COLUMNS);
    let (paid, repaid) = reader
        .paid
        .as_ref()
        .map_or((&[][..], &[][..]), |(paid, repaid)| (paid, repaid));
    for item in paid
        .iter()
        .filter(|item| counts(indicator, &item.programme, &item.class))
    {
        let movement = Movement {
            way: "credited",
            programme: &item.programme,
            person: item.person,
            month: item.month,
            household: item.household,
            case: item.case,
            division: item.division,
            class: &item.class,
            document: &item.batch,
            line: item.line_no,
            day: item.settled_on,
            amount: item.amount,
        };
        records.rows.push(movement.record());
    }
    for item in repaid
        .iter()
        .filter(|item| counts(indicator, &item.programme, &item.class))
    {
        let movement = Movement {
            way: "repaid",
            programme: &item.programme,
            person: item.person,
            month: item.month,
            household: item.household,
            case: item.case,
            division: item.division,
            class: &item.class,
            document: &item.document,
            line: item.recovery,
            day: item.happened_on,
            amount: item.amount.checked_neg()?,
        };
        records.rows.push(movement.record());
    }
    let value = records.total()?.wan_yuan(decimals);
    Ok(Opened {
        records,
        value: Ok(value),
    })
}
