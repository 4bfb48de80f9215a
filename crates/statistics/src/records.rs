//! The records behind a figure: rows of keys, and for money the fen.

use minsheng_core::{Date, Fen, MoneyError, Month};
use minsheng_registry::{CaseId, HouseholdId, PersonId};

/// One cell of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A code, a name of a batch, a citation.
    Text(String),
    /// A count, a line number, a division code, a year.
    Int(i64),
    /// Money in fen.
    Fen(Fen),
    /// A civil day.
    Day(Date),
    /// A month.
    Month(Month),
    /// A household, as `H000123`.
    Household(HouseholdId),
    /// A person, as `P000123`.
    Person(PersonId),
    /// A case, as `C000123`.
    Case(CaseId),
    /// Nothing.
    Empty,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Int(number) => number.fmt(f),
            Self::Fen(fen) => fen.get().fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Month(month) => month.fmt(f),
            Self::Household(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
            Self::Case(id) => id.fmt(f),
            Self::Empty => Ok(()),
        }
    }
}

/// Rows with the same columns. Column names are stable; `amount_fen` stands only where the figure is money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Names of the columns.
    pub columns: &'static [&'static str],
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<Cell>>,
}

impl Records {
    /// No rows yet.
    pub(crate) const fn new(columns: &'static [&'static str]) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// The column that holds the money, if there is one.
    pub(crate) fn amounts(&self) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| *column == "amount_fen")
    }

    /// Sum of the money column; repayments count as negative.
    ///
    /// # Errors
    /// [`MoneyError`] if the sum does not fit.
    pub fn total(&self) -> Result<Fen, MoneyError> {
        let Some(column) = self.amounts() else {
            return Ok(Fen::ZERO);
        };
        Fen::sum(self.rows.iter().filter_map(|row| match row.get(column) {
            Some(Cell::Fen(fen)) => Some(*fen),
            _ => None,
        }))
    }
}
