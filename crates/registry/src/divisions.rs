//! Administrative divisions with their dates. 12-digit statistical codes (GB/T 2260, GB/T 10114): two digits
//! province, two prefecture, two county, three township, three village.

use minsheng_core::Date;
use minsheng_store::{Query, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

/// A division as it is loaded.
#[derive(Debug, Clone)]
pub struct NewDivision {
    /// 12-digit code.
    pub code: i64,
    /// `P` province, `F` prefecture, `C` county, `T` township, `V` village.
    pub level: char,
    /// Chinese name.
    pub name: String,
    /// First day.
    pub valid_from: Date,
    /// Day after the last, if it was closed.
    pub valid_to: Option<Date>,
}

statement! {
    DIVISION_NAME, internal "divisions are public",
    "SELECT name FROM division WHERE code = ?1 ORDER BY valid_from DESC, id DESC"
}
statement! {
    DIVISIONS, internal "divisions are public",
    "SELECT code, level, name, valid_from, valid_to FROM division ORDER BY code, valid_from"
}

/// Loads divisions.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn load(desk: &Desk<'_>, ctx: &Ctx, divisions: &[NewDivision]) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    let rows = divisions
        .iter()
        .map(|division| {
            vec![
                Value::from(division.code),
                Value::from(division.level.to_string()),
                Value::from(division.name.as_str()),
                Value::from(division.valid_from),
                Value::from(division.valid_to),
            ]
        })
        .collect();
    desk.store.write(&ctx.act("division.load"), |tx| {
        tx.insert_many(
            "division",
            &["code", "level", "name", "valid_from", "valid_to"],
            rows,
        )?;
        Ok(())
    })
}

/// Name of a division, the latest if it was renamed.
///
/// # Errors
/// The store's.
pub fn name(q: &mut dyn Query, code: i64) -> Result<Option<String>, RegistryError> {
    match q.rows(&DIVISION_NAME, &[Value::from(code)])?.first() {
        Some(row) => Ok(Some(row.text(0)?.to_owned())),
        None => Ok(None),
    }
}

/// All divisions on a day, by code.
///
/// # Errors
/// The store's.
pub fn on(q: &mut dyn Query, day: Date) -> Result<Vec<NewDivision>, RegistryError> {
    let mut found = Vec::new();
    for row in q.rows(&DIVISIONS, &[])? {
        let (valid_from, valid_to) = (row.date(3)?, row.opt_date(4)?);
        if valid_from <= day && valid_to.is_none_or(|to| day < to) {
            found.push(NewDivision {
                code: row.int(0)?,
                level: row.text(1)?.chars().next().unwrap_or('?'),
                name: row.text(2)?.to_owned(),
                valid_from,
                valid_to,
            });
        }
    }
    Ok(found)
}
