//! What every command is given: the words, the output, the clock. And the office: an opened database with the
//! packs, the calendar and the code tables that its services work with.

use anyhow::{Context, anyhow};
use clap::Args;
use minsheng_core::{
    Clock, Date, Regions, Timestamp, WorkCalendar, civil_date, cst_text, cst_timestamp,
};
use minsheng_county_demo::{DEMO_SETTING, UNFINISHED};
use minsheng_policy::Lang;
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, RegistryError};
use minsheng_store::{DbUrl, Keys, Options, Query, Scope, Store, StoreError};

use crate::failure::Failure;
use crate::listing::ListFile;
use crate::output::Out;
use crate::wiring::{self, SystemClock};
use crate::words::{Language, Words};

/// What every command is given.
pub struct App {
    /// Messages in the language of the user.
    pub words: Words,
    /// Language of explanations.
    pub lang: Lang,
    /// Standard output.
    pub out: Out,
    /// The real clock.
    pub clock: SystemClock,
}

impl App {
    /// An app that speaks `language`.
    pub fn new(language: Language) -> Self {
        Self {
            words: Words::new(language),
            lang: language.lang(),
            out: Out::new(),
            clock: SystemClock,
        }
    }

    /// Column headings by their keys.
    pub fn columns(&self, keys: &[&str]) -> Vec<String> {
        keys.iter()
            .map(|key| self.words.say(&format!("column-{key}")))
            .collect()
    }
}

/// The database a command reads.
#[derive(Debug, Args)]
pub struct Database {
    #[arg(long, value_name = "URL")]
    pub db: String,
}

/// The database a command reads, and in whose area.
#[derive(Debug, Args)]
pub struct Reading {
    #[command(flatten)]
    pub database: Database,
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,
}

/// A list: what it is read from, and what becomes of it.
#[derive(Debug, Args)]
pub struct Listing {
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
    #[command(flatten)]
    pub file: ListFile,
    #[command(flatten)]
    pub reading: Reading,
}

/// The database a command writes, who writes, and the clock of a rehearsal.
#[derive(Debug, Args)]
pub struct Writing {
    #[command(flatten)]
    pub database: Database,
    #[arg(long = "as", value_name = "USER")]
    pub user: String,
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// An opened database.
pub struct Office {
    pub store: Store,
    packs: PackLibrary,
    regions: &'static Regions,
    demo: bool,
    /// What is said to a reader of a county's own records who gives no name, and the hint.
    unnamed: (String, String),
}

impl Office {
    /// Opens a database that is there.
    pub fn open(app: &App, database: &Database) -> anyhow::Result<Self> {
        let url = DbUrl::parse(&database.db)?;
        let options = wiring::options()?;
        if !Store::exists(&url, &options)? {
            return Err(no_database(app, &url));
        }
        let store = Store::open(&url, &options)?;
        if !store.is_demo()? {
            return Self::of_store(app, store);
        }
        let keys = Keys::Demo;
        Self::of_store(app, Store::open(&url, &Options { keys, ..options })?)
    }

    /// The office of an opened store: the packs it published last.
    fn of_store(app: &App, store: Store) -> anyhow::Result<Self> {
        let authority =
            store.read(|q| minsheng_registry::settings::get(q, wiring::AUTHORITY_SETTING))?;
        let authority = authority.unwrap_or_else(|| wiring::AUTHORITY.to_owned());
        let packs = store.read(|q| PackLibrary::latest(q, &authority))?;
        let demo = store.is_demo()?;
        let regions = if demo {
            Regions::with_demo()
        } else {
            Regions::national()
        };
        Ok(Self {
            store,
            packs,
            regions,
            demo,
            unnamed: (
                app.words.say("as-missing"),
                app.words.say("as-missing-hint"),
            ),
        })
    }

    /// The name of a programme; its code where no pack names it.
    pub fn programme_name(&self, code: &str, lang: Lang) -> String {
        let programme = self.packs.current().programme(code);
        programme.map_or_else(|| code.to_owned(), |named| named.name.get(lang).to_owned())
    }

    /// Says on standard error that a demonstration was broken off, so that nobody takes its books for a whole year.
    pub fn tell_unfinished(&self, app: &App) -> anyhow::Result<()> {
        let state = self
            .store
            .read(|q| minsheng_registry::settings::get(q, DEMO_SETTING))?;
        if state.as_deref() == Some(UNFINISHED) {
            crate::output::note(&app.words.say("demo-unfinished"));
        }
        Ok(())
    }

    /// What services take.
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            packs: &self.packs,
            calendar: WorkCalendar::embedded(),
            regions: self.regions,
        }
    }

    /// Whether this is a rehearsal or a demonstration, where clock and chance may be given.
    pub fn is_rehearsal(&self) -> bool {
        self.demo
    }

    /// The user who acts, and when: the real clock, or in a rehearsal the time given.
    pub fn ctx(&self, app: &App, writing: &Writing) -> anyhow::Result<Ctx> {
        let actor = self.actor(&writing.user)?;
        let at = match &writing.at {
            // the real clock would put every later --at into the past
            None if self.demo => {
                let last = self.last_act()?.map(cst_text);
                return Err(anyhow!(Failure::new(
                    app.words.say("at-rehearsal-needed"),
                    app.words.tell(
                        "at-rehearsal-needed-hint",
                        &[("last", &last.unwrap_or_default())],
                    ),
                )));
            }
            None => app.clock.now(),
            Some(_) if !self.demo => {
                return Err(anyhow!(Failure::new(
                    app.words.say("at-not-rehearsal"),
                    app.words.say("at-not-rehearsal-hint"),
                )));
            }
            Some(text) => self.rehearsed(app, text)?,
        };
        Ok(Ctx { actor, at })
    }

    /// The moment of a rehearsal. Where only the day is given and the day has acts already, it goes on after them.
    fn rehearsed(&self, app: &App, text: &str) -> anyhow::Result<Timestamp> {
        let at = moment(app, text, DayTime::Morning)?;
        if text.trim().parse::<Date>().is_err() {
            return Ok(at);
        }
        Ok(self
            .last_act()?
            .filter(|last| civil_date(*last) == civil_date(at))
            .map_or(at, |last| last.max(at)))
    }

    /// When the last act was recorded.
    fn last_act(&self) -> anyhow::Result<Option<Timestamp>> {
        let last: Result<_, StoreError> = self.store.read(|q| {
            let last = q.last_tx()?;
            q.tx_time(last)
        });
        last.map_err(|error| anyhow!(error))
    }

    /// Today, for whoever looks at what is due or late: the real day, or in a rehearsal the day it has come to.
    pub fn today(&self, app: &App) -> anyhow::Result<Date> {
        Ok(match self.last_act()? {
            Some(last) if self.demo => civil_date(last),
            _ => civil_date(app.clock.now()),
        })
    }

    /// Who takes a list out, and when: the real clock, or in a rehearsal the moment it has come to, so that a list
    /// does not move its clock.
    pub fn taking_out(&self, app: &App, user: &str) -> anyhow::Result<Ctx> {
        let actor = self.actor(user)?;
        let at = match self.last_act()? {
            Some(last) if self.demo => last,
            _ => app.clock.now(),
        };
        Ok(Ctx { actor, at })
    }

    /// The area a reader may see: that of the user. A demonstration or rehearsal may be looked at whole by nobody in
    /// particular; a county's own records may not.
    pub fn scope(&self, reading: &Reading) -> anyhow::Result<Scope> {
        match &reading.user {
            None if self.demo => Ok(Scope::county()),
            None => Err(anyhow!(Failure::new(
                self.unnamed.0.clone(),
                self.unnamed.1.clone(),
            ))),
            Some(user) => Ok(Scope::of(self.actor(user)?.division)),
        }
    }

    /// The area of sums that name no person, such as the chapter of a yearbook: whole where nobody is named, because a
    /// county prints them.
    pub fn scope_of_sums(&self, reading: &Reading) -> anyhow::Result<Scope> {
        match &reading.user {
            None => Ok(Scope::county()),
            Some(_) => self.scope(reading),
        }
    }

    fn actor(&self, user: &str) -> anyhow::Result<Actor> {
        let found: Result<Actor, RegistryError> = self.store.read(|q| Actor::load(q, user));
        found.context(format!("--as {user}"))
    }
}

/// The error for a database that is not there.
pub fn no_database(app: &App, url: &DbUrl) -> anyhow::Error {
    anyhow!(Failure::new(
        app.words.tell("database-missing", &[("url", url)]),
        app.words.say("database-missing-hint"),
    ))
}

/// Which moment of a day is meant where only the day is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayTime {
    /// Nine o'clock: when an office begins its day.
    Morning,
    /// The end of the day: everything recorded on it is known.
    End,
}

/// Reads a time: RFC 3339, or local (UTC+8) date and time, or a day.
pub fn moment(app: &App, text: &str, day_time: DayTime) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if text.len() > 10
        && let Ok(local) = text.parse::<jiff::civil::DateTime>()
    {
        return Ok(cst_timestamp(
            local.date(),
            local.hour(),
            local.minute(),
            local.second(),
        ));
    }
    match (text.parse::<Date>(), day_time) {
        (Ok(day), DayTime::Morning) => Ok(cst_timestamp(day, 9, 0, 0)),
        (Ok(day), DayTime::End) => match day.tomorrow() {
            Ok(next) => Ok(cst_timestamp(next, 0, 0, 0)),
            Err(_) => Ok(cst_timestamp(day, 23, 59, 59)),
        },
        (Err(_), _) => Err(anyhow!(Failure::usage(
            app.words.tell("time-unreadable", &[("text", &text)]),
            app.words.say("time-unreadable-hint"),
        ))),
    }
}
