//! `pay statement` and `pay unreconciled`: the account of a household or a payee, and what does not come out.

use clap::Args;
use minsheng_benefits::assistance;
use minsheng_core::Date;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_payments::PaymentError;
use minsheng_payments::queries::{self, Account};
use minsheng_registry::{CaseId, HouseholdId, PersonId, RegistryError, households};

use crate::app::{App, Listing, Office};

#[derive(Debug, Args)]
#[group(id = "whose", required = true, multiple = false)]
struct Whose {
    #[arg(long)]
    case: Option<CaseId>,
    #[arg(long)]
    household: Option<HouseholdId>,
    #[arg(long)]
    payee: Option<PersonId>,
}

#[derive(Debug, Args)]
pub struct Statement {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn statement(app: &mut App, asked: &Statement) -> anyhow::Result<()> {
    let office = Office::open(app, &asked.listing.reading.database)?;
    let scope = office.scope(&asked.listing.reading)?;
    let Whose {
        case,
        household,
        payee,
    } = asked.whose;
    let households = match (case, household, payee) {
        (Some(case), _, _) => {
            let case = office.store.read(|q| assistance::case(q, case))?;
            vec![case.household]
        }
        (_, Some(household), _) => vec![household],
        (_, _, Some(payee)) => office
            .store
            .read(|q| queries::households_of_payee(q, &scope, payee))?,
        _ => Vec::new(),
    };
    let accounts: Vec<Account> = office.store.read(|q| {
        for household in &households {
            if households::find(q, &scope, *household)?.is_none() {
                return Err(RegistryError::NotFound {
                    what: "household",
                    id: household.to_string(),
                }
                .into());
            }
        }
        households
            .iter()
            .map(|household| queries::account_of(q, &scope, *household, payee))
            .collect::<Result<_, PaymentError>>()
    })?;
    if asked.listing.json {
        return app.out.json(&accounts);
    }
    let mut table = Rows::new(app.columns(&[
        "household",
        "day",
        "kind",
        "programme",
        "document",
        "months",
        "yuan",
        "received-so-far",
        "still-claimed",
        "note",
    ]));
    for account in &accounts {
        for row in &account.rows {
            let movement = format!("movement-{}", row.movement.as_str());
            let months = row.months.map(|(first, last)| {
                if first == last {
                    first.to_string()
                } else {
                    format!("{first}–{last}")
                }
            });
            table.push([
                Cell::from(account.household.to_string()),
                Cell::from(row.day),
                Cell::from(app.words.say(&movement)),
                Cell::from(office.programme_name(&row.programme, app.lang)),
                Cell::from(row.document.clone()),
                Cell::from(months),
                Cell::from(row.amount),
                Cell::from(row.received),
                Cell::from(row.claimed),
                Cell::from(row.note.clone()),
            ]);
        }
    }
    app.list(&office, &asked.listing, "pay statement", &table)?;
    if asked.listing.file.out.is_some() {
        return Ok(());
    }
    for account in &accounts {
        let line = app.words.tell(
            "statement-total",
            &[
                ("household", &account.household),
                ("received", &account.received),
                ("claimed", &account.claimed),
                ("coming", &account.on_its_way),
            ],
        );
        app.out.line(&line)?;
    }
    Ok(())
}

#[derive(Debug, Args)]
pub struct Unreconciled {
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) fn unreconciled(app: &mut App, asked: &Unreconciled) -> anyhow::Result<()> {
    let office = Office::open(app, &asked.listing.reading.database)?;
    let scope = office.scope(&asked.listing.reading)?;
    let today = match asked.on {
        Some(day) => day,
        None => office.today(app)?,
    };
    let desk = office.desk();
    let found = office
        .store
        .read(|q| queries::unreconciled(q, &scope, &desk, today))?;
    if asked.listing.json {
        return app.out.json(&found);
    }
    let mut table =
        Rows::new(app.columns(&["kind", "household", "document", "yuan", "since", "due"]));
    for item in found {
        table.push([
            Cell::from(app.words.say(&format!("gap-{}", item.gap.as_str()))),
            Cell::from(HouseholdId(item.household).to_string()),
            Cell::from(item.item),
            Cell::from(item.amount),
            Cell::from(item.since),
            Cell::from(item.due),
        ]);
    }
    app.list(&office, &asked.listing, "pay unreconciled", &table)
}
