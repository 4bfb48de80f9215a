//! `export roll | log`: the roll of a month or the register in the layout that `import` reads, and who took which
//! list out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use minsheng_core::Month;
use minsheng_exchange::list::{Cell, List};
use minsheng_registry::exports;
use minsheng_statistics::forms::{Households, Sources, roll_out};

use crate::app::{App, Database, Listing, Office};
use crate::listing::{Encoding, ListFile};

#[derive(Debug, Subcommand)]
pub enum Command {
    Roll(Roll),
    Log(Listing),
}

#[derive(Debug, Args)]
pub struct Roll {
    #[arg(long)]
    programme: Option<String>,
    #[arg(long)]
    month: Month,
    #[arg(long, conflicts_with = "programme")]
    registered: bool,
    #[arg(long)]
    for_another_register: bool,
    #[arg(long, value_name = "FILE.xlsx|FILE.csv")]
    out: PathBuf,
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    #[arg(long, value_name = "REASON")]
    unmask: Option<String>,
    #[command(flatten)]
    database: Database,
    #[arg(long = "as", value_name = "USER")]
    user: String,
}

/// Runs one of the commands.
pub fn run(app: &mut App, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Roll(arguments) => roll(app, arguments),
        Command::Log(listing) => log(app, listing),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn roll(app: &mut App, arguments: &Roll) -> anyhow::Result<()> {
    let office = Office::open(app, &arguments.database)?;
    let ctx = office.taking_out(app, &arguments.user)?;
    let (desk, scope) = (office.desk(), ctx.scope());
    let which = if arguments.registered {
        Households::Registered
    } else {
        Households::Paid(arguments.programme.as_deref())
    };
    let list = office.store.read(|q| {
        let sources = Sources::read(
            &desk,
            q,
            &scope,
            arguments.month,
            arguments.unmask.is_some(),
        )?;
        roll_out(q, &sources, which, arguments.for_another_register)
    })?;
    let file = ListFile {
        out: Some(arguments.out.clone()),
        encoding: arguments.encoding,
    };
    let name = format!("export roll {}", arguments.month);
    app.list_unmasked(
        &office,
        &ctx,
        &file,
        (&name, arguments.unmask.as_deref()),
        &list,
    )
}

fn log(app: &mut App, listing: &Listing) -> anyhow::Result<()> {
    let office = Office::open(app, &listing.reading.database)?;
    let scope = office.scope(&listing.reading)?;
    let taken = office.store.read(|q| exports::list(q, &scope))?;
    if listing.json {
        return app.out.json(&taken);
    }
    let mut list = List::new(app.columns(&["day", "user", "list", "file", "rows", "reason"]));
    for export in taken {
        list.push([
            Cell::from(export.exported_on),
            Cell::from(export.exported_by),
            Cell::from(export.list),
            Cell::from(export.file_name),
            Cell::from(export.rows),
            Cell::from(export.unmasked_for),
        ]);
    }
    app.list(&office, listing, "export log", &list)
}
