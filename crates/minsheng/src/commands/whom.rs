//! Whom a command is about and as known when, as evidence, scans and explanations take it.

use anyhow::anyhow;
use clap::Args;
use minsheng_core::Timestamp;
use minsheng_registry::evidence::About;
use minsheng_registry::{HouseholdId, PersonId};
use minsheng_store::{Query, StoreError, TxNo};

use crate::app::{App, DayTime, Listing, moment};
use crate::failure::Failure;

/// About whom: exactly one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Whom {
    #[arg(long)]
    household: Option<HouseholdId>,
    #[arg(long)]
    person: Option<PersonId>,
}

impl Whom {
    /// The person or household.
    pub fn about(&self, app: &App) -> anyhow::Result<About> {
        match (self.household, self.person) {
            (Some(household), None) => Ok(About::Household(household)),
            (None, Some(person)) => Ok(About::Person(person)),
            _ => Err(anyhow!(Failure::usage(
                app.words.say("evidence-whom"),
                app.words.say("evidence-whom-hint")
            ))),
        }
    }
}

/// As known at the end of a time; without one, now.
#[derive(Debug, Args)]
pub struct KnownAt {
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
}

/// A time as typed, read.
#[derive(Debug, Clone, Copy)]
pub struct Known(Option<Timestamp>);

impl KnownAt {
    /// Reads the time.
    pub fn read(&self, app: &App) -> anyhow::Result<Known> {
        let text = self.known_at.as_deref();
        let at = text.map(|text| moment(app, text, DayTime::End));
        Ok(Known(at.transpose()?))
    }
}

impl Known {
    /// The last transaction that was known.
    pub fn tx(self, q: &mut dyn Query) -> Result<TxNo, StoreError> {
        match self.0 {
            Some(at) => q.tx_before(at),
            None => q.last_tx(),
        }
    }
}

/// A list of what is recorded about somebody.
#[derive(Debug, Args)]
pub struct ListOf {
    #[command(flatten)]
    pub whom: Whom,
    #[command(flatten)]
    pub known: KnownAt,
    #[command(flatten)]
    pub listing: Listing,
}
