//! The months that a decision pays: pure functions of the payment block.

use minsheng_core::{Date, Month, Period};

use crate::model::{FirstMonth, LastMonth, Payment};

impl Payment {
    /// The first month that a decision pays.
    pub fn first_month_of(&self, decided: Date) -> Month {
        match self.first_month {
            FirstMonth::AfterDecision => Month::from_date(decided).next(),
        }
    }

    /// The last month that is paid when a stop is decided.
    pub fn last_month_of(&self, stopped: Date) -> Month {
        match self.last_month {
            LastMonth::OfStopDecision => Month::from_date(stopped),
        }
    }

    /// The months that a decision pays, until a stop decision if there is one; `None` when there are none.
    pub fn entitled_months(&self, decided: Date, stopped: Option<Date>) -> Option<Period<Month>> {
        let end = stopped.map(|stopped| self.last_month_of(stopped).next());
        Period::new(self.first_month_of(decided), end).ok()
    }

    /// Whether a person's share is paid for a month: the month of death is the last one.
    pub fn share_continues(&self, month: Month, death: Option<Date>) -> bool {
        let ends_by_itself = self.self_executing.iter().any(|event| event == "death");
        death.is_none_or(|death| !ends_by_itself || month <= Month::from_date(death))
    }
}
