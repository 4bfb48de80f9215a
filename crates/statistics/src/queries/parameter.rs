//! Rates: a parameter of the pack in force, as it stands on 31 December, with the row it was read from.
//! Where the value changed within the year the earlier rows are opened too.

use minsheng_core::{Date, Fen};
use minsheng_policy::{EvalError, ParameterValue};
use minsheng_registry::Desk;

use super::{Opened, Year};
use crate::indicators::Indicator;
use crate::{Cell, Missing, Records, StatisticsError};

const COLUMNS: &[&str] = &[
    "programme",
    "parameter",
    "value_fen",
    "unit",
    "from",
    "to",
    "cite",
    "mark",
    "file",
    "line",
];

pub(super) fn in_force(
    desk: &Desk<'_>,
    indicator: &Indicator,
    name: &str,
    unit: &str,
    year: Year,
) -> Result<Opened, StatisticsError> {
    let code = indicator.programmes.first().map_or("", String::as_str);
    let on = year.december.last_day();
    let Some(programme) = desk.packs.current().programme(code) else {
        return Ok(Opened::missing(
            COLUMNS,
            Missing::Programme {
                programme: code.to_owned(),
            },
        ));
    };
    let in_force = match programme.parameter(name, on) {
        Ok(value) => value,
        Err(EvalError::NoValue { .. }) => {
            let reason = Missing::Parameter {
                programme: code.to_owned(),
                parameter: name.to_owned(),
                on,
            };
            return Ok(Opened::missing(COLUMNS, reason));
        }
        Err(other) => return Err(other.into()),
    };
    let wrong = |found: &ParameterValue| StatisticsError::Parameter {
        parameter: format!("{}: the parameter {name} of {code}", indicator.id),
        found: found.unit.clone(),
        wanted: unit.to_owned(),
        on,
    };
    let fen = |value: &ParameterValue| match value.value.as_int() {
        Some(fen) if value.unit == unit => Ok(Fen::new(fen)),
        _ => Err(wrong(value)),
    };
    let mut records = Records::new(COLUMNS);
    let within = programme
        .parameters
        .iter()
        .filter(|parameter| parameter.name == name)
        .flat_map(|parameter| &parameter.values)
        .filter(|value| value.from < year.end && value.to.is_none_or(|to| year.first_day < to));
    let mut values: Vec<&ParameterValue> = within.collect();
    values.sort_by_key(|value| value.from);
    // A value without `to` ends where the next one begins.
    let first = values
        .iter()
        .rposition(|value| value.from <= year.first_day)
        .unwrap_or(0);
    for value in values.into_iter().skip(first) {
        records.rows.push(row(code, name, value, fen(value)?));
    }
    if records.rows.is_empty() {
        records.rows.push(row(code, name, in_force, fen(in_force)?));
    }
    let value = yuan(fen(in_force)?);
    Ok(Opened {
        records,
        value: Ok(value),
    })
}

fn row(programme: &str, name: &str, value: &ParameterValue, fen: Fen) -> Vec<Cell> {
    let day = |day: Option<Date>| day.map_or(Cell::Empty, Cell::Day);
    vec![
        Cell::Text(programme.to_owned()),
        Cell::Text(name.to_owned()),
        Cell::Int(fen.get()),
        Cell::Text(value.unit.clone()),
        Cell::Day(value.from),
        day(value.to),
        Cell::Text(value.cite.clone()),
        Cell::Text(value.mark.as_str().to_owned()),
        Cell::Text(value.path.clone()),
        Cell::Int(i64::from(value.line)),
    ]
}

/// Yuan as the chapter prints them: exact, without zeros at the end.
fn yuan(amount: Fen) -> String {
    let text = amount.to_string();
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_printed_exactly_and_short() {
        assert_eq!(yuan(Fen::new(59_000)), "590");
        assert_eq!(yuan(Fen::new(468_000)), "4680");
        assert_eq!(yuan(Fen::new(26_550)), "265.5");
        assert_eq!(yuan(Fen::new(26_505)), "265.05");
        assert_eq!(yuan(Fen::new(0)), "0");
    }
}
