//! `account add | confirm | list`: one-card accounts. A second user confirms what the first entered.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::PersonId;
use minsheng_registry::accounts::{self, NewAccount};

use crate::app::{App, Listing, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Command {
    Add(Add),
    Confirm(Confirm),
    List(List),
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

#[derive(Debug, Args)]
pub struct List {
    #[arg(long)]
    unconfirmed: bool,
    #[command(flatten)]
    listing: Listing,
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
        Command::List(list) => self::list(app, list)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let accounts = office
        .store
        .read(|q| accounts::list(q, &scope, list.unconfirmed))?;
    if list.listing.json {
        return app.out.json(&accounts);
    }
    let mut rows = Rows::new(app.columns(&[
        "account",
        "person",
        "person-name",
        "holder",
        "account-number",
        "from",
        "entered-by",
        "confirmed-by",
    ]));
    for row in accounts {
        rows.push([
            Cell::from(row.account.id),
            Cell::from(row.account.person.to_string()),
            Cell::from(row.name),
            Cell::from(row.account.holder.to_string()),
            Cell::from(row.masked_number),
            Cell::from(row.account.valid_from.to_string()),
            Cell::from(row.account.entered_by),
            Cell::from(row.account.confirmed_by),
        ]);
    }
    app.list(&office, &list.listing, "account list", &rows)
}
