//! Named settings of one county's database, such as its authority.

use minsheng_store::{Query, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

statement! {
    SETTING, internal "settings hold no persons",
    "SELECT id, value FROM setting WHERE name = ?1"
}

/// Value of a setting, if it was ever set.
///
/// # Errors
/// The store's.
pub fn get(q: &mut dyn Query, name: &str) -> Result<Option<String>, RegistryError> {
    match q.rows(&SETTING, &[Value::from(name)])?.first() {
        Some(row) => Ok(Some(row.text(1)?.to_owned())),
        None => Ok(None),
    }
}

/// Sets a setting; an audited act of an administrator.
///
/// # Errors
/// [`RegistryError::Role`] or the store's.
pub fn set(desk: &Desk<'_>, ctx: &Ctx, name: &str, value: &str) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    desk.store.write(&ctx.act("setting.set"), |tx| {
        let found = tx.rows(&SETTING, &[Value::from(name)])?;
        match found.first() {
            Some(row) if row.text(1)? == value => {}
            Some(row) => {
                let id = row.int(0)?;
                tx.update("setting", id, &[("value", Value::from(value))])?;
            }
            None => {
                tx.insert(
                    "setting",
                    &[("name", Value::from(name)), ("value", Value::from(value))],
                )?;
            }
        }
        Ok(())
    })
}
