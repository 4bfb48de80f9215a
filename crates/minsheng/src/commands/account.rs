//! `account add | confirm`: one-card accounts. A second user confirms what the first entered.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_core::Date;
use minsheng_registry::PersonId;
use minsheng_registry::accounts::{self, NewAccount};

use crate::app::{App, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Add),
    Confirm(Confirm),
}

#[derive(Debug, Args)]
pub struct Add {
    #[arg(long)]
    person: PersonId,
    #[arg(long)]
    number: String,
    #[arg(long)]
    holder: Option<PersonId>,
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct Confirm {
    #[arg(required = true, value_name = "ACCOUNT")]
    accounts: Vec<i64>,
    #[command(flatten)]
    writing: Writing,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Add(add) => {
            let office = Office::open(app, &add.writing.database)?;
            let ctx = office.ctx(app, &add.writing)?;
            let account = NewAccount {
                person: add.person,
                holder: add.holder.unwrap_or(add.person),
                number: add.number.clone(),
                valid_from: add.from.unwrap_or_else(|| ctx.today()),
            };
            let id = accounts::enter(&office.desk(), &ctx, &account)?;
            let line = app.words.tell(
                "account-added",
                &[("account", &id), ("person", &add.person)],
            );
            app.out.line(&line)?;
        }
        Command::Confirm(confirm) => {
            let office = Office::open(app, &confirm.writing.database)?;
            let ctx = office.ctx(app, &confirm.writing)?;
            accounts::confirm_many(&office.desk(), &ctx, &confirm.accounts)?;
            let line = app
                .words
                .tell("account-confirmed", &[("count", &confirm.accounts.len())]);
            app.out.line(&line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
