//! What every office of the county shares: money, months and periods, the working-day calendar, the numbers that
//! identify people, bodies, certificates and accounts, divisions and small code tables.
//!
//! This crate is pure. It must not know about SQL, files, the network, a real clock, a random source, programmes
//! or any figure of one county. Its data files are compiled in.
//!
//! Sources are named in the modules: GB 11643-1999 (citizen ID number), GB 32100-2015 (unified social credit code),
//! GB/T 2260 (divisions), GB/T 2261 (sex), Civil Code arts. 200 to 204 (terms), notices of the General Office of the
//! State Council (holidays).

pub mod bank_account;
mod calendar;
pub mod case_number;
pub mod citizen_id;
mod clock;
mod codes;
mod date;
pub mod disability_certificate;
mod division;
mod input;
mod money;
mod month;
pub mod name;
mod period;
pub mod phone;
mod regions;
pub mod uscc;

pub use bank_account::BankAccount;
pub use calendar::{CalendarError, DayKind, Deadline, Notice, WorkCalendar};
pub use case_number::{CaseNumber, case_number};
pub use citizen_id::CitizenId;
pub use clock::{Clock, FixedClock};
pub use codes::{CodeError, DisabilityClass, DisabilityLevel, Relation, Sex};
pub use date::{
    DateError, civil_date, completed_age, cst_text, cst_timestamp, date_of_epoch_day, epoch_day,
};
pub use disability_certificate::DisabilityCertificate;
pub use division::{DivisionCode, DivisionError, DivisionLevel};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use money::{Fen, MoneyError};
pub use month::{Month, MonthError};
pub use name::normalise_name;
pub use period::{Period, PeriodError};
pub use regions::{Region, Regions, RegionsError};
pub use uscc::Uscc;
