//! `case relatives …`: the register of near relatives.

use clap::{Args, Subcommand};
use minsheng_benefits::assistance::{self, Kinship, NearRelative, Staff};
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_registry::PersonId;

use super::{OneCase, Sitting};
use crate::app::{App, Listing, Office, Writing};

#[derive(Debug, Subcommand)]
pub enum Relatives {
    Add(Add),
    End(End),
    List(List),
}

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    case: OneCase,
    #[arg(long, value_name = "PERSON")]
    member: PersonId,
    #[command(flatten)]
    of: Of,
    #[arg(long)]
    kinship: Kinship,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Of {
    #[arg(long, value_name = "USER")]
    staff: Option<String>,
    #[arg(long, value_name = "NAME")]
    committee_member: Option<String>,
}

#[derive(Debug, Args)]
pub struct End {
    registration: i64,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn run(app: &mut App, command: &Relatives) -> anyhow::Result<()> {
    match command {
        Relatives::Add(add) => {
            let (sitting, case) = Sitting::one(app, &add.case)?;
            let staff = match (&add.of.staff, &add.of.committee_member) {
                (Some(user), _) => Staff::User(user.clone()),
                (None, name) => Staff::CommitteeMember(name.clone().unwrap_or_default()),
            };
            let relative = NearRelative {
                member: add.member,
                staff,
                kinship: add.kinship,
            };
            assistance::register_relatives(&sitting.desk(), &sitting.ctx, &[(case, relative)])?;
            sitting.done(app)
        }
        Relatives::End(end) => {
            let sitting = Sitting::open(app, &end.writing, &[])?;
            let (desk, ctx) = (sitting.desk(), &sitting.ctx);
            assistance::end_relative(&desk, ctx, end.registration, &end.reason)?;
            let line = app
                .words
                .tell("relative-ended", &[("registration", &end.registration)]);
            app.out.line(&line)
        }
        Relatives::List(list) => print(app, list),
    }
}

fn print(app: &mut App, list: &List) -> anyhow::Result<()> {
    let office = Office::open(app, &list.listing.reading.database)?;
    let scope = office.scope(&list.listing.reading)?;
    let rows = office.store.read(|q| assistance::relatives(q, &scope))?;
    if list.listing.json {
        return app.out.json(&rows);
    }
    let mut table = Rows::new(app.columns(&[
        "registration",
        "case",
        "household",
        "person",
        "kinship",
        "relative-of",
        "recorded",
        "ended",
    ]));
    for row in &rows {
        table.push([
            Cell::from(row.id),
            Cell::from(row.case.to_string()),
            Cell::from(row.household.to_string()),
            Cell::from(row.person.to_string()),
            Cell::from(app.words.say(&format!("kinship-{}", row.kinship))),
            Cell::from(row.name.clone()),
            Cell::from(row.registered_on),
            Cell::from(row.ended_on),
        ]);
    }
    app.list(&office, &list.listing, "case relatives list", &table)
}
