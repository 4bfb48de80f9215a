//! Users and their roles.

use std::collections::BTreeSet;

use minsheng_store::{Query, Value, statement};

use crate::{Ctx, Desk, RegistryError, Role};

/// A user as an administrator enters it.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Login name: letters, digits and `-`, 2 to 40 characters.
    pub username: String,
    /// Name shown to people.
    pub display_name: String,
    /// What the user may do.
    pub roles: BTreeSet<Role>,
    /// 12-digit code of the user's area.
    pub division: i64,
}

/// A user in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct UserRow {
    /// Login name.
    pub username: String,
    /// Name shown to people.
    pub display_name: String,
    /// Roles, separated by commas.
    pub roles: String,
    /// 12-digit code of the user's area.
    pub division: i64,
    /// Whether the user may act.
    pub active: bool,
}

statement! {
    USER_COUNT, internal "counts users, who are staff",
    "SELECT COUNT(*) FROM app_user"
}
statement! {
    USER_LIST, internal "users are staff, not registered persons",
    "SELECT username, display_name, roles, division, active FROM app_user ORDER BY username"
}

statement! {
    USER_BY_NAME, internal "users are staff, not registered persons",
    "SELECT id, active FROM app_user WHERE username = ?1"
}

/// Adds users. The first user of a database may be added by anybody with the administrator's role in `ctx`
/// (the set-up); later ones need an existing administrator.
///
/// # Errors
/// [`RegistryError::Role`], [`RegistryError::Field`] for a bad name or one that is taken, or the store's.
pub fn add_many(desk: &Desk<'_>, ctx: &Ctx, users: &[NewUser]) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    desk.store.write(&ctx.act("user.add"), |tx| {
        if tx
            .rows(&USER_COUNT, &[])?
            .first()
            .map_or(Ok(0), |row| row.int(0))?
            > 0
        {
            crate::Actor::load(tx, &ctx.actor.username)?;
        }
        for user in users {
            let good = (2..=40).contains(&user.username.len())
                && user
                    .username
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !good {
                return Err(RegistryError::Field {
                    field: "username".to_owned(),
                    reason: format!(
                        "`{}`: use 2 to 40 small letters, digits or `-`",
                        user.username
                    ),
                });
            }
            let same = tx.rows(&USER_BY_NAME, &[Value::from(user.username.as_str())])?;
            if !same.is_empty() {
                return Err(RegistryError::Field {
                    field: "username".to_owned(),
                    reason: format!(
                        "`{}` is taken\nhint: take another one; `minsheng user list` shows who has it",
                        user.username
                    ),
                });
            }
            let roles: Vec<_> = user.roles.iter().map(|role| role.as_str()).collect();
            tx.insert(
                "app_user",
                &[
                    ("username", Value::from(user.username.as_str())),
                    ("display_name", Value::from(user.display_name.as_str())),
                    ("roles", Value::from(roles.join(","))),
                    ("division", Value::from(user.division)),
                    ("active", Value::from(true)),
                ],
            )?;
        }
        Ok(())
    })
}

/// Switches users off, or on again. An administrator never switches oneself off, so one is always left. Who is off can do nothing any more; what they did stays theirs.
///
/// # Errors
/// [`RegistryError::Role`] for one who is no administrator; [`RegistryError::UnknownUser`]; [`RegistryError::Field`] for
/// oneself, or for one who is off (or on) already; the store's.
pub fn set_active(
    desk: &Desk<'_>,
    ctx: &Ctx,
    username: &str,
    active: bool,
) -> Result<(), RegistryError> {
    ctx.require(Role::Administrator)?;
    let action = if active {
        "user.activate"
    } else {
        "user.deactivate"
    };
    desk.store.write(&ctx.act(action), |tx| {
        crate::Actor::load(tx, &ctx.actor.username)?;
        let rows = tx.rows(&USER_BY_NAME, &[Value::from(username)])?;
        let row = rows
            .first()
            .ok_or_else(|| RegistryError::UnknownUser(username.to_owned()))?;
        let wrong = |reason: String| {
            Err(RegistryError::Field {
                field: "username".to_owned(),
                reason,
            })
        };
        if row.bool(1)? == active {
            let word = if active { "active" } else { "inactive" };
            return wrong(format!("`{username}` is {word} already"));
        }
        if username == ctx.actor.username {
            return wrong(format!(
                "`{username}` may not switch oneself off\nhint: another administrator does it"
            ));
        }
        tx.update("app_user", row.int(0)?, &[("active", Value::from(active))])?;
        Ok(())
    })
}

/// All users, by name.
///
/// # Errors
/// The store's.
pub fn list(q: &mut dyn Query) -> Result<Vec<UserRow>, RegistryError> {
    q.rows(&USER_LIST, &[])?
        .iter()
        .map(|row| {
            Ok(UserRow {
                username: row.text(0)?.to_owned(),
                display_name: row.text(1)?.to_owned(),
                roles: row.text(2)?.to_owned(),
                division: row.int(3)?,
                active: row.bool(4)?,
            })
        })
        .collect()
}
