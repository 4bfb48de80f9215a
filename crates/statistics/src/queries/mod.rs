//! The queries, one per source of figures. Each gives the records; the value is counted or summed from them.
//!
//! Statistics writes nothing. The roll and the money come from the payment office, as its lists give them; whatever
//! returns persons, households or money passes the area scope.

mod paid;
mod parameter;
mod roll;
mod snapshot;

use minsheng_core::{Date, Month};
use minsheng_payments::queries::{PaidItem, RepaidItem, RollRow};
use minsheng_registry::Desk;
use minsheng_store::{Query, Scope, TxNo};

use crate::indicators::{Indicator, Print, Source};
use crate::{Missing, Records, StatisticsError};

/// What a query found: the records and the value they give, or the reason why there is none.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) records: Records,
    pub(crate) value: Result<String, Missing>,
}

impl Opened {
    fn missing(columns: &'static [&'static str], reason: Missing) -> Self {
        Self {
            records: Records::new(columns),
            value: Err(reason),
        }
    }

    fn counted(records: Records) -> Self {
        let value = Ok(records.rows.len().to_string());
        Self { records, value }
    }
}

/// The year that is reported.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Year {
    pub(crate) number: i16,
    pub(crate) first_day: Date,
    /// First day of the next year.
    pub(crate) end: Date,
    pub(crate) december: Month,
}

impl Year {
    pub(crate) fn new(number: i16) -> Result<Self, StatisticsError> {
        let outside = |_| StatisticsError::Year(number);
        let december = Month::new(number, 12).map_err(outside)?;
        let january = Month::new(number, 1).map_err(outside)?;
        if december == Month::MAX {
            return Err(StatisticsError::Year(number));
        }
        Ok(Self {
            number,
            first_day: january.first_day(),
            end: december.next().first_day(),
            december,
        })
    }
}

/// One state of the records, read for one area and one year. Lists that several figures count are read once.
pub(crate) struct Reader<'a> {
    desk: &'a Desk<'a>,
    q: &'a mut dyn Query,
    scope: &'a Scope,
    year: Year,
    known: TxNo,
    roll: Option<Vec<RollRow>>,
    paid: Option<(Vec<PaidItem>, Vec<RepaidItem>)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        desk: &'a Desk<'a>,
        q: &'a mut dyn Query,
        scope: &'a Scope,
        year: Year,
    ) -> Result<Self, StatisticsError> {
        let known = q.last_tx()?;
        Ok(Self {
            desk,
            q,
            scope,
            year,
            known,
            roll: None,
            paid: None,
        })
    }

    /// Runs the query of a definition.
    pub(crate) fn open(&mut self, indicator: &Indicator) -> Result<Opened, StatisticsError> {
        match &indicator.source {
            Source::SnapshotHouseholds => snapshot::households(self, &indicator.programmes),
            Source::SnapshotPersons => snapshot::persons(self, &indicator.programmes),
            Source::SnapshotYear => snapshot::year_taken(self, &indicator.programmes),
            Source::RollHouseholds => roll::households(self, indicator),
            Source::RollPersons => roll::persons(self, indicator),
            Source::Paid => {
                let decimals = if let Print::WanYuan(decimals) = indicator.print {
                    decimals
                } else {
                    2
                };
                paid::in_year(self, indicator, decimals)
            }
            Source::Parameter { name, unit } => {
                parameter::in_force(self.desk, indicator, name, unit, self.year)
            }
        }
    }
}

/// Whether a record of this programme and class belongs to the figure.
fn counts(indicator: &Indicator, programme: &str, class: &str) -> bool {
    indicator
        .programmes
        .iter()
        .any(|counted| counted == programme)
        && indicator
            .class
            .as_deref()
            .is_none_or(|counted| counted == class)
}
