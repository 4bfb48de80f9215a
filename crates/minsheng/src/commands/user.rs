//! `user add | list | deactivate | activate`: the staff of a database.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use minsheng_core::DivisionCode;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::users::{self, NewUser};
use minsheng_registry::{RegistryError, Role};

use crate::app::{App, Listing, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Add),
    List(List),
    Deactivate(Named),
    Activate(Named),
}

#[derive(Debug, Args)]
pub struct Add {
    username: String,
    #[arg(long)]
    name: String,
    #[arg(
        long = "role",
        value_name = "ROLE",
        required = true,
        value_delimiter = ','
    )]
    roles: Vec<String>,
    #[arg(long, value_name = "CODE")]
    division: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub struct Named {
    username: String,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add(add) => {
            let office = Office::open(app, &add.writing.database)?;
            let ctx = office.ctx(app, &add.writing)?;
            let user = new_user(&add.username, &add.name, &add.roles, &add.division)?;
            users::add_many(&office.desk(), &ctx, std::slice::from_ref(&user))?;
            let line = app.words.tell("user-added", &[("user", &user.username)]);
            app.out.line(&line)?;
        }
        Command::List(list) => {
            let office = Office::open(app, &list.listing.reading.database)?;
            let rows = office.store.read(|q| users::list(q))?;
            if list.listing.json {
                app.out.json(&rows)?;
            } else {
                let header = app.columns(&["user", "person-name", "roles", "division", "active"]);
                let mut users = Rows::new(header);
                for user in rows {
                    let active = if user.active { "word-yes" } else { "word-no" };
                    users.push([
                        Cell::from(user.username),
                        Cell::from(user.display_name),
                        Cell::from(user.roles),
                        Cell::from(user.division.to_string()),
                        Cell::from(app.words.say(active)),
                    ]);
                }
                app.list(&office, &list.listing, "user list", &users)?;
            }
        }
        Command::Deactivate(named) => set_active(app, named, false)?,
        Command::Activate(named) => set_active(app, named, true)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn set_active(app: &mut App, named: &Named, active: bool) -> anyhow::Result<()> {
    let office = Office::open(app, &named.writing.database)?;
    let ctx = office.ctx(app, &named.writing)?;
    users::set_active(&office.desk(), &ctx, &named.username, active)?;
    let key = if active {
        "user-activated"
    } else {
        "user-deactivated"
    };
    let line = app.words.tell(key, &[("user", &named.username)]);
    app.out.line(&line)
}

/// A user as typed.
pub fn new_user(
    username: &str,
    name: &str,
    roles: &[String],
    division: &str,
) -> anyhow::Result<NewUser> {
    let division: DivisionCode = division.parse().context("--division")?;
    let roles: Result<BTreeSet<Role>, RegistryError> =
        roles.iter().map(|role| role.parse()).collect();
    Ok(NewUser {
        username: username.to_owned(),
        display_name: name.to_owned(),
        roles: roles.context("--role")?,
        division: division.get(),
    })
}
