//! Units of numbers: fen, persons, households and time, multiplied and divided like the numbers themselves.
//!
//! `fen/person/month` and `fen/person/year` are different units: adding or comparing them is an error, and
//! `per_month(…)` is the way from one to the other. A sum over the members of a household turns `/person` into
//! `/household`; a count of members is `person/household`. So the income of a household divided by its members
//! is again an amount per person, and nothing else is.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The base units, in the order in which they are written.
pub(crate) const BASES: [&str; 6] = ["fen", "person", "household", "day", "month", "year"];

/// A product of powers of the base units; all zero is a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Unit {
    powers: [i8; 6],
}

impl Unit {
    /// A plain number.
    pub const NONE: Unit = Unit { powers: [0; 6] };
    /// Money.
    pub const FEN: Unit = Unit {
        powers: [1, 0, 0, 0, 0, 0],
    };
    /// Persons.
    pub const PERSON: Unit = Unit {
        powers: [0, 1, 0, 0, 0, 0],
    };
    /// Households.
    pub const HOUSEHOLD: Unit = Unit {
        powers: [0, 0, 1, 0, 0, 0],
    };
    /// Days.
    pub const DAY: Unit = Unit {
        powers: [0, 0, 0, 1, 0, 0],
    };
    /// Months.
    pub const MONTH: Unit = Unit {
        powers: [0, 0, 0, 0, 1, 0],
    };
    /// Years.
    pub const YEAR: Unit = Unit {
        powers: [0, 0, 0, 0, 0, 1],
    };

    /// Unit of a product; `None` when a power leaves the range of the type.
    pub fn times(self, other: Unit) -> Option<Unit> {
        let mut powers = self.powers;
        for (power, by) in powers.iter_mut().zip(other.powers) {
            *power = power.checked_add(by)?;
        }
        Some(Unit { powers })
    }

    /// Unit of a quotient; `None` when a power leaves the range of the type.
    pub fn per(self, other: Unit) -> Option<Unit> {
        let mut powers = self.powers;
        for (power, by) in powers.iter_mut().zip(other.powers) {
            *power = power.checked_sub(by)?;
        }
        Some(Unit { powers })
    }

    /// Whether numbers of this unit are amounts of money.
    pub fn is_money(self) -> bool {
        self.powers[0] == 1
    }

    /// Whether this is the unit of a rate in `base` (once below the line).
    pub(crate) fn is_rate_in(self, base: Unit) -> bool {
        base.powers
            .iter()
            .zip(self.powers)
            .any(|(base, own)| *base == 1 && own == -1)
    }

    /// Appends the unit in the words given (in the order of the bases), without the money that stands before it.
    pub(crate) fn write_words(self, out: &mut String, words: &[&str; 6]) {
        let mut first = !self.is_money();
        for (index, power) in self
            .powers
            .iter()
            .enumerate()
            .skip(usize::from(self.is_money()))
        {
            for _ in 0..(*power).max(0) {
                if !std::mem::take(&mut first) {
                    out.push('*');
                }
                out.push_str(words[index]);
            }
        }
        for (word, power) in words.iter().zip(self.powers) {
            for _ in power..0 {
                out.push('/');
                out.push_str(word);
            }
        }
    }

    /// Power of the `person` base.
    pub(crate) fn person_power(self) -> i8 {
        self.powers[1]
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (base, power) in BASES.iter().zip(self.powers) {
            for _ in 0..power.max(0) {
                write!(f, "{}{base}", if first { "" } else { "*" })?;
                first = false;
            }
        }
        if first {
            f.write_str(if self.powers == [0; 6] { "int" } else { "1" })?;
        }
        for (base, power) in BASES.iter().zip(self.powers) {
            for _ in power..0 {
                write!(f, "/{base}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Unit {
    type Err = String;

    /// Reads `fen/person/month`, `person/household`, `month`, `1/year`.
    fn from_str(text: &str) -> Result<Unit, String> {
        let mut unit = Unit::NONE;
        let mut rest = text.trim();
        let mut divide = false;
        loop {
            let end = rest.find(['/', '*']).unwrap_or(rest.len());
            let name = rest[..end].trim();
            if !(name == "1" || (name == "int" && end == text.trim().len())) {
                let index = BASES.iter().position(|base| *base == name);
                let index = index.ok_or_else(|| format!("unknown unit `{name}`"))?;
                let mut power = Unit::NONE;
                power.powers[index] = 1;
                let next = if divide {
                    unit.per(power)
                } else {
                    unit.times(power)
                };
                unit = next.ok_or_else(|| format!("the unit `{text}` is too long"))?;
            }
            if end == rest.len() {
                return Ok(unit);
            }
            divide = rest.as_bytes()[end] == b'/';
            rest = &rest[end + 1..];
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
