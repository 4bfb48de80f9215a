//! The whole demonstration: set up an empty database as a county, plan a year from a seed, drive it, and lay the
//! yearbook beside the published one.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use minsheng_core::{Date, Month, Regions, Timestamp, WorkCalendar, cst_timestamp};
use minsheng_policy::{PackSet, Source, embedded_sources};
use minsheng_registry::divisions::{self, NewDivision};
use minsheng_registry::snapshots::{self, Snapshot, SnapshotHousehold};
use minsheng_registry::users::{self, NewUser};
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, Role, packs, settings};
use minsheng_statistics::Figure;
use minsheng_store::{Query, Scope, Store, StoreError};

use crate::change::Change;
use crate::drive::{Counts, Pace, Progress, run};
use crate::error::{DemoError, OfficeError};
use crate::inputs::Inputs;
use crate::plan::plan;
use crate::staff;
use crate::targets::Targets;

/// The authority of the demonstration county.
pub const AUTHORITY: &str = "cn-513301";
/// The year that is reported.
pub const YEAR: i16 = 2021;
/// Name of the setting that holds a county's authority.
const AUTHORITY_SETTING: &str = "authority";
/// Name of the setting that says whether the year of a demonstration was driven to its end.
pub const DEMO_SETTING: &str = "demo";
/// Its value from the beginning on.
pub const UNFINISHED: &str = "unfinished";
/// Its value when the year was driven to its end.
pub const FINISHED: &str = "finished";
/// The day on which the county's database begins, before the first application.
const OPENED: Date = Date::constant(2020, 9, 28);
/// The day on which the year is said to be over; the last act may lie later.
const YEAR_OVER: Date = Date::constant(2021, 12, 31);
/// Since when the divisions of the demo are valid (list of November 2020, loaded as of the start).
const DIVISIONS_FROM: Date = Date::constant(2020, 1, 1);

/// The time at which the database of the demo has to be created: its acts follow, and a clock does not go back.
#[must_use]
pub fn opened_at() -> Timestamp {
    cst_timestamp(OPENED, 8, 0, 0)
}

/// What a demo is asked for.
pub struct DemoOptions<'a> {
    /// The seed.
    pub seed: u64,
    /// What is to be otherwise.
    pub change: Option<Change>,
    /// Packs to run with, instead of the embedded ones.
    pub packs: Option<Vec<Source>>,
    /// Folder for the bank's files; made if it is not there.
    pub bank_dir: PathBuf,
    /// Folder to write the inputs to as CSV.
    pub inputs_dir: Option<PathBuf>,
    /// Figures to reach instead of the chapter's (tests).
    pub targets: Option<Targets>,
    /// Is told how far it is.
    pub progress: Progress<'a>,
}

/// What a demo found.
#[derive(Debug, Clone)]
pub struct DemoReport {
    /// The seed.
    pub seed: u64,
    /// Whether something was changed.
    pub changed: bool,
    /// What happened.
    pub counts: Counts,
    /// The yearbook beside the published one.
    pub figures: Vec<Figure>,
    /// Whether every figure agrees.
    pub agrees: bool,
    /// The packs it was run with.
    pub packs: Arc<PackSet>,
    /// The inputs it was run with.
    pub inputs: Inputs,
}

/// A county drawn and, if asked for, changed; nothing is recorded yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What the year will be driven by.
    pub inputs: Inputs,
    /// The packs it will be run with.
    pub packs: Arc<PackSet>,
}

/// Draws the county of a seed and applies the change. Needs no database, so that a wrong change file is told
/// before anything is made.
///
/// # Errors
/// [`DemoError::Plan`], [`DemoError::Change`], [`DemoError::Packs`].
pub fn draft(options: &DemoOptions<'_>) -> Result<Draft, DemoError> {
    let broken = |error: minsheng_policy::Diagnostics| DemoError::Packs(error.to_string());
    (options.progress)("plan", 0, 1);
    let targets = match &options.targets {
        Some(targets) => targets.clone(),
        None => Targets::load()?,
    };
    let embedded = PackSet::embedded(AUTHORITY).map_err(broken)?;
    let mut inputs = plan(options.seed, &targets, &embedded, WorkCalendar::embedded())?;
    let packs = match (&options.change, &options.packs) {
        (None, None) => embedded,
        (change, sources) => {
            let mut sources = sources.clone().unwrap_or_else(embedded_sources);
            if let Some(change) = change {
                change.apply_to_inputs(&mut inputs)?;
                sources = change.apply_to_packs(sources)?;
            }
            PackSet::from_sources(AUTHORITY, sources).map_err(broken)?
        }
    };
    (options.progress)("plan", 1, 1);
    Ok(Draft {
        inputs,
        packs: Arc::new(packs),
    })
}

/// Makes the county in an empty database, created at [`opened_at`] or earlier, and drives its year.
///
/// # Errors
/// [`DemoError`].
pub fn demo(store: &Store, options: &DemoOptions<'_>) -> Result<DemoReport, DemoError> {
    live(store, draft(options)?, options)
}

/// Drives the year of a draft in an empty database, created at [`opened_at`] or earlier.
///
/// # Errors
/// [`DemoError`].
pub fn live(
    store: &Store,
    draft: Draft,
    options: &DemoOptions<'_>,
) -> Result<DemoReport, DemoError> {
    let Draft { inputs, packs } = draft;
    if let Some(dir) = &options.inputs_dir {
        inputs.write_csv(dir)?;
    }
    let library = PackLibrary::new(Arc::clone(&packs));
    let (calendar, regions) = (WorkCalendar::embedded(), Regions::with_demo());
    let desk = Desk {
        store,
        packs: &library,
        calendar,
        regions,
    };
    let trouble = |error: std::io::Error| DemoError::Bank {
        path: options.bank_dir.display().to_string(),
        reason: error.to_string(),
    };
    fs::create_dir_all(&options.bank_dir).map_err(trouble)?;
    set_up(&desk, &inputs).map_err(|source| DemoError::Act {
        day: OPENED,
        act: "set-up".to_owned(),
        source: Box::new(source),
    })?;
    let counts = run(&desk, &inputs, &options.bank_dir, options.progress)?;
    finish(&desk, &inputs).map_err(|source| DemoError::Act {
        day: YEAR_OVER,
        act: "finish".to_owned(),
        source: Box::new(source),
    })?;
    (options.progress)("yearbook", 0, 1);
    let figures = minsheng_statistics::yearbook(&desk, &Scope::county(), YEAR)?;
    let agrees = minsheng_statistics::all_agree(&figures);
    (options.progress)("yearbook", 1, 1);
    Ok(DemoReport {
        seed: options.seed,
        changed: options.change.is_some(),
        counts,
        figures,
        agrees,
        packs,
        inputs,
    })
}

/// Says in the records that the year was driven to its end.
fn finish(desk: &Desk<'_>, inputs: &Inputs) -> Result<(), OfficeError> {
    let county = inputs.divisions.first().map_or(0, |division| division.code);
    let last = desk.store.read(|q| {
        let last = q.last_tx()?;
        q.tx_time(last)
    });
    let last = last.map_err(|error: StoreError| error)?;
    let mut clock = Pace::new();
    clock.open(YEAR_OVER);
    let over = clock.next();
    let ctx = Ctx {
        actor: administrator(county),
        at: last.map_or(over, |last: Timestamp| last.max(over)),
    };
    Ok(settings::set(desk, &ctx, DEMO_SETTING, FINISHED)?)
}

fn administrator(county: i64) -> Actor {
    Actor {
        username: staff::ADMINISTRATOR.to_owned(),
        roles: BTreeSet::from([Role::Administrator]),
        division: county,
    }
}

/// Users, divisions, packs and the roll of 2019.
fn set_up(desk: &Desk<'_>, inputs: &Inputs) -> Result<(), OfficeError> {
    let mut clock = Pace::new();
    clock.open(OPENED);
    let county = inputs.divisions.first().map_or(0, |division| division.code);
    let actor = administrator(county);
    let mut admin = || Ctx {
        actor: actor.clone(),
        at: clock.next(),
    };
    let new_users: Vec<NewUser> = inputs
        .users
        .iter()
        .map(|user| NewUser {
            username: user.username.clone(),
            display_name: user.display_name.clone(),
            roles: user.roles.iter().copied().collect(),
            division: user.division,
        })
        .collect();
    users::add_many(desk, &admin(), &new_users)?;
    settings::set(desk, &admin(), DEMO_SETTING, UNFINISHED)?;
    settings::set(
        desk,
        &admin(),
        AUTHORITY_SETTING,
        desk.packs.current().authority(),
    )?;
    let units: Vec<NewDivision> = inputs
        .divisions
        .iter()
        .map(|division| NewDivision {
            code: division.code,
            level: division.level,
            name: division.name.clone(),
            valid_from: DIVISIONS_FROM,
            valid_to: None,
        })
        .collect();
    divisions::load(desk, &admin(), &units)?;
    packs::publish(desk, &admin(), desk.packs.current())?;
    let officer = desk
        .store
        .read(|q| Actor::load(q, staff::SNAPSHOT_OFFICER))?;
    let programmes: BTreeSet<&str> = inputs
        .old_roll
        .iter()
        .map(|household| household.programme.as_str())
        .collect();
    for programme in programmes {
        let roll = Snapshot {
            label: "2019".to_owned(),
            programme: programme.to_owned(),
            taken_on: Month::from_date(Date::constant(2019, 12, 1)).last_day(),
            source: "专项治理前名册（演示数据）".to_owned(),
            households: inputs
                .old_roll
                .iter()
                .filter(|household| household.programme == programme)
                .map(|household| SnapshotHousehold {
                    household_no: household.number.clone(),
                    division: household.division,
                    persons: household
                        .persons
                        .iter()
                        .map(|(name, relation)| (name.clone(), relation.as_str().to_owned()))
                        .collect(),
                })
                .collect(),
        };
        let ctx = Ctx {
            actor: officer.clone(),
            at: clock.next(),
        };
        snapshots::import(desk, &ctx, &roll)?;
    }
    Ok(())
}
