//! Why a figure has no value. Missing is not zero: a figure without records says which records are missing.

use minsheng_core::{Date, Month};
use minsheng_policy::Bilingual;

/// The reason why a figure is left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// No earlier roll of the programme was imported.
    Snapshot {
        /// Programme code.
        programme: String,
        /// The roll must have been taken before this year.
        before: i16,
    },
    /// The earlier rolls of the programmes are of different years.
    SnapshotYears {
        /// `programme year`, separated by commas.
        years: String,
    },
    /// No payment month has been run that covers this month.
    Roll {
        /// The month.
        month: Month,
    },
    /// The bank confirmed no payment in the year.
    Payments {
        /// The year.
        year: i16,
    },
    /// The pack in force has no such programme.
    Programme {
        /// Programme code.
        programme: String,
    },
    /// The parameter has no value on the day.
    Parameter {
        /// Programme code.
        programme: String,
        /// Parameter name.
        parameter: String,
        /// The day.
        on: Date,
    },
}

impl Missing {
    /// A stable name of the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Snapshot { .. } => "no_snapshot",
            Self::SnapshotYears { .. } => "snapshots_of_different_years",
            Self::Roll { .. } => "no_payment_month",
            Self::Payments { .. } => "no_confirmed_payment",
            Self::Programme { .. } => "no_programme",
            Self::Parameter { .. } => "no_parameter_value",
        }
    }

    /// The reason in words.
    #[must_use]
    pub fn text(&self) -> Bilingual {
        match self {
            Self::Snapshot { programme, before } => Bilingual::new(
                format!("没有导入 {before} 年以前的 {programme} 名册"),
                format!("no roll of {programme} from before {before} was imported"),
            ),
            Self::SnapshotYears { years } => Bilingual::new(
                format!("导入的名册年份不同：{years}"),
                format!("the imported rolls are of different years: {years}"),
            ),
            Self::Roll { month } => Bilingual::new(
                format!("没有覆盖 {month} 的发放批次"),
                format!("no payment month has been run that covers {month}"),
            ),
            Self::Payments { year } => Bilingual::new(
                format!("{year} 年没有银行确认的发放"),
                format!("the bank confirmed no payment in {year}"),
            ),
            Self::Programme { programme } => Bilingual::new(
                format!("现行政策包没有 {programme}"),
                format!("the pack in force has no programme {programme}"),
            ),
            Self::Parameter {
                programme,
                parameter,
                on,
            } => Bilingual::new(
                format!("{programme} 的参数 {parameter} 在 {on} 没有值"),
                format!("the parameter {parameter} of {programme} has no value on {on}"),
            ),
        }
    }
}
