//! `init`: an empty county. Makes the key and the tables, the first administrator, the divisions and the packs.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args as Arguments;
use minsheng_core::{Clock, Date, DivisionCode, Regions, WorkCalendar};
use minsheng_registry::divisions::{self, NewDivision};
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, Role, packs, settings, users};
use minsheng_store::{DbUrl, Store};

use super::policy::{Packs, load};
use super::user::new_user;
use crate::app::{App, Database, DayTime, moment};
use crate::failure::Failure;
use crate::wiring;

const DIVISIONS: &str = include_str!("../../data/divisions-513301.csv");
const DIVISIONS_NAME: &str = "divisions-513301.csv";

#[derive(Debug, Arguments)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[arg(long, default_value = "admin")]
    admin: String,
    #[arg(long, default_value = "管理员")]
    admin_name: String,
    #[arg(long, value_name = "FILE.csv")]
    divisions: Option<PathBuf>,
    #[command(flatten)]
    packs: Packs,
    #[arg(long)]
    rehearsal: bool,
    #[arg(long, value_name = "TIME", requires = "rehearsal")]
    at: Option<String>,
}

/// Creates the database.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let url = DbUrl::parse(&arguments.database.db)?;
    let options = if arguments.rehearsal {
        wiring::demo_options()?
    } else {
        wiring::options()?
    };
    if Store::exists(&url, &options)? {
        return Err(anyhow!(Failure::new(
            app.words.tell("database-exists", &[("url", &url)]),
            app.words.say("database-exists-hint"),
        )));
    }
    // Everything that can be wrong in the inputs is found before anything is made.
    let set = load(app, &arguments.packs)?;
    let county = county_of(set.authority()).with_context(|| {
        app.words
            .tell("init-authority", &[("authority", &set.authority())])
    })?;
    let found = divisions_of(app, arguments.divisions.as_ref())?;
    let roles = [Role::Administrator.as_str().to_owned()];
    let admin = new_user(
        &arguments.admin,
        &arguments.admin_name,
        &roles,
        &county.to_string(),
    )?;
    let at = match &arguments.at {
        Some(text) => moment(app, text, DayTime::Morning)?,
        None => app.clock.now(),
    };

    let store = Store::create(&url, &options, at)?;
    let library = PackLibrary::new(Arc::new(set));
    let regions = if arguments.rehearsal {
        Regions::with_demo()
    } else {
        Regions::national()
    };
    let desk = Desk {
        store: &store,
        packs: &library,
        calendar: WorkCalendar::embedded(),
        regions,
    };
    let roles = BTreeSet::from([Role::Administrator]);
    let ctx = Ctx {
        actor: Actor {
            username: admin.username.clone(),
            roles,
            division: county,
        },
        at,
    };
    users::add_many(&desk, &ctx, std::slice::from_ref(&admin))?;
    settings::set(
        &desk,
        &ctx,
        wiring::AUTHORITY_SETTING,
        library.current().authority(),
    )?;
    divisions::load(&desk, &ctx, &found)?;
    packs::publish(&desk, &ctx, library.current())?;

    let line = app.words.tell(
        "init-done",
        &[
            ("url", &url),
            ("admin", &admin.username),
            ("divisions", &found.len()),
            ("programmes", &library.current().programmes().len()),
        ],
    );
    app.out.line(&line)?;
    if !arguments.rehearsal {
        let line = app
            .words
            .tell("init-key", &[("folder", &wiring::keys_folder().display())]);
        app.out.line(&line)?;
    }
    let next = app
        .words
        .tell("init-next", &[("url", &url), ("admin", &admin.username)]);
    app.out.line(&next)?;
    Ok(ExitCode::SUCCESS)
}

/// `cn-513301` is the county 513301000000.
fn county_of(authority: &str) -> anyhow::Result<i64> {
    let digits = authority.strip_prefix("cn-").unwrap_or(authority);
    let code: DivisionCode = digits.parse()?;
    Ok(code.get())
}

fn divisions_of(app: &App, file: Option<&PathBuf>) -> anyhow::Result<Vec<NewDivision>> {
    let (name, text) = match file {
        None => (DIVISIONS_NAME.to_owned(), DIVISIONS.to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .with_context(|| app.words.tell("file-unreadable", &[("file", &name)]))?;
            (name, text)
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut found = Vec::new();
    for (row, record) in (2..).zip(reader.records()) {
        let place = |column: &str| format!("{name}: row {row}, column {column}");
        let record = record.with_context(|| format!("{name}: row {row}"))?;
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let code: DivisionCode = cell(0).parse().with_context(|| place("code"))?;
        if cell(1).is_empty() {
            return Err(anyhow!(Failure::new(
                app.words
                    .tell("division-name", &[("place", &place("name"))]),
                app.words.say("division-file-hint"),
            )));
        }
        let valid_from: Date = cell(2).parse().map_err(|_| {
            anyhow!(Failure::new(
                app.words.tell(
                    "register-day",
                    &[("place", &place("valid_from")), ("found", &cell(2))]
                ),
                app.words.say("division-file-hint"),
            ))
        })?;
        found.push(NewDivision {
            code: code.get(),
            level: code.level().as_str().chars().next().unwrap_or('V'),
            name: cell(1).to_owned(),
            valid_from,
            valid_to: None,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_embedded_divisions_are_the_county_and_its_17_townships() {
        let found = divisions_of(&App::new(Language::En), None).unwrap();
        assert_eq!(
            found
                .iter()
                .filter(|division| division.level == 'C')
                .count(),
            1
        );
        assert_eq!(
            found
                .iter()
                .filter(|division| division.level == 'T')
                .count(),
            17
        );
        assert_eq!(county_of("cn-513301").unwrap(), 513_301_000_000);
        assert!(county_of("county").is_err());
    }
}
