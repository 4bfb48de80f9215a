//! `find`: who is meant by a name or an identity number, with the number of the person and of the household that all
//! other commands take.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args as Arguments;
use minsheng_core::Sex;
use minsheng_exchange::list::{Cell, List as Rows};
use minsheng_policy::Lang;
use minsheng_registry::{RegistryError, divisions, households, persons};
use serde::Serialize;

use crate::app::{App, Listing, Office};

#[derive(Debug, Arguments)]
pub struct Args {
    words: String,
    #[command(flatten)]
    listing: Listing,
}

/// One person found.
#[derive(Debug, Serialize)]
struct Found {
    person: String,
    name: String,
    sex: String,
    birth: minsheng_core::Date,
    id_number: Option<String>,
    household: Option<String>,
    division: i64,
    village: Option<String>,
}

/// Finds persons of exactly this name, or with this number, in the area of the user.
pub fn run(app: &mut App, arguments: &Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(app, &arguments.listing.reading.database)?;
    let scope = office.scope(&arguments.listing.reading)?;
    let day = office.today(app)?;
    let found = office.store.read(|q| {
        let known = persons::known_now(q)?;
        let all = divisions::on(q, day)?;
        let names: BTreeMap<i64, String> =
            all.into_iter().map(|one| (one.code, one.name)).collect();
        let mut found = Vec::new();
        for person in persons::search(q, &scope, &arguments.words)? {
            let household = households::home_of(q, person.id, day, known)?;
            found.push(Found {
                person: person.id.to_string(),
                name: person.name,
                sex: person.sex,
                birth: person.birth,
                id_number: persons::masked_number(q, person.id)?,
                household: household.map(|household| household.to_string()),
                division: person.division,
                village: names.get(&person.division).cloned(),
            });
        }
        Ok::<_, RegistryError>(found)
    })?;
    if arguments.listing.json {
        app.out.json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_empty() && arguments.listing.file.out.is_none() {
        let said = app
            .words
            .tell("find-nobody", &[("words", &arguments.words)]);
        app.out.line(&said)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = Rows::new(app.columns(&[
        "person",
        "person-name",
        "sex",
        "birth",
        "id-number",
        "household",
        "village",
    ]));
    for person in found {
        let sex = person.sex.parse::<Sex>().ok().map(|sex| match app.lang {
            Lang::Zh => sex.zh(),
            Lang::En => sex.en(),
        });
        rows.push([
            Cell::from(person.person),
            Cell::from(person.name),
            Cell::from(sex.map(str::to_owned)),
            Cell::from(person.birth),
            Cell::from(person.id_number),
            Cell::from(person.household),
            Cell::from(person.village),
        ]);
    }
    app.list(&office, &arguments.listing, "find", &rows)?;
    Ok(ExitCode::SUCCESS)
}
