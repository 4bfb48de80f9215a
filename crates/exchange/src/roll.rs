//! A roll: one row per person, households by their number or by the head and those who follow.
//!
//! What is read here is what the file says. Whether a division, a programme or a person is known is not asked here;
//! who reads the roll gives the divisions, the day and the county codes. Each thing that is wrong has its line and
//! column, shows nothing that must not be shown, and a household with one bad row is bad as a whole.
//!
//! Sources: GB 11643-1999 (identity number), ISO/IEC 7812 (account).

mod cells;
mod group;

pub use self::cells::{day, same_place};

use minsheng_core::{BankAccount, CitizenId, Date, Regions, Relation, Sex};

use crate::ExchangeError;
use crate::mapping::{Field, Mapping};
use crate::sheet::{Sheet, Skipped};
use crate::table::{Tables, letters};

/// Evidence as a cell says it; what it means is declared in the packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvidence {
    /// Kind, as the packs declare it.
    pub kind: String,
    /// Slot; empty where there is only one.
    pub slot: String,
    /// What the cell says.
    pub text: String,
    /// The line.
    pub line: u32,
    /// The column as people find it.
    pub column: String,
}

/// One person of a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollPerson {
    /// The line.
    pub line: u32,
    /// Name.
    pub name: String,
    /// Identity number, if the row has a whole one.
    pub number: Option<CitizenId>,
    /// The number with only some digits shown, if that is what the row has.
    pub masked: Option<String>,
    /// Key of the person, if the row has one.
    pub key: Option<i64>,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub birth: Date,
    /// Relation to the head.
    pub relation: Relation,
    /// Account, if the row has one and it is not that of the head.
    pub account: Option<BankAccount>,
    /// Evidence about the person.
    pub evidence: Vec<RawEvidence>,
}

/// One household of a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollHousehold {
    /// Its number on the roll; where the roll has none, the line of its first row.
    pub no: String,
    /// Key of the household, if the number is one.
    pub key: Option<i64>,
    /// 12-digit code of the village.
    pub division: i64,
    /// Programme as the file writes it, if it does.
    pub programme: Option<String>,
    /// Members, the head among them.
    pub members: Vec<RollPerson>,
    /// Evidence about the household.
    pub evidence: Vec<RawEvidence>,
}

impl RollHousehold {
    /// The line of the first row.
    pub fn line(&self) -> u32 {
        self.members.first().map_or(0, |person| person.line)
    }
}

/// Something that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The line in the file.
    pub line: u32,
    /// The column as people find it; empty where the whole row is meant.
    pub column: String,
    /// What stands there, as far as it may be shown.
    pub shown: String,
    /// Name of the problem; its words are the reader's.
    pub problem: &'static str,
    /// What the words need.
    pub with: Vec<(&'static str, String)>,
}

/// A roll as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// Households without a fault, in the order of the file.
    pub households: Vec<RollHousehold>,
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
    /// Lines of households that are left out because of a finding.
    pub bad_lines: Vec<u32>,
    /// Number of rows.
    pub rows: usize,
    /// Lines that are no rows.
    pub skipped: Vec<Skipped>,
    /// Headings that nothing is known about.
    pub unread: Vec<String>,
    /// Headings that are known, and what they are taken for.
    pub read: Vec<(String, String)>,
    /// The line of the headings.
    pub header_line: u32,
    /// Name of the sheet.
    pub sheet: String,
}

/// A division that a roll may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDivision {
    /// 12-digit code.
    pub code: i64,
    /// Name.
    pub name: String,
}

/// What is known around a roll.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The day of reading.
    pub today: Date,
    /// County codes.
    pub regions: &'a Regions,
    /// Townships and villages.
    pub divisions: &'a [NamedDivision],
    /// Kinds of evidence that are about a household and not about one person of it.
    pub household_kinds: &'a [String],
}

/// Reads a roll.
///
/// # Errors
/// [`ExchangeError`] where the file as a whole is no roll; what is wrong in a row is a finding of the roll.
pub fn read(
    tables: &Tables,
    mapping: &Mapping,
    around: Surroundings<'_>,
) -> Result<Roll, ExchangeError> {
    let sheet = Sheet::find(tables, mapping)?;
    let households = group::households(&sheet, mapping, around)?;
    let mut roll = Roll {
        households: Vec::new(),
        findings: Vec::new(),
        bad_lines: Vec::new(),
        rows: sheet.rows.len(),
        skipped: sheet.skipped.clone(),
        unread: sheet.unread.clone(),
        read: sheet
            .columns
            .iter()
            .map(|column| (column.place(), column.field.name()))
            .collect(),
        header_line: sheet.header.number,
        sheet: sheet.name.clone(),
    };
    for outcome in households {
        match outcome {
            Ok(household) => roll.households.push(household),
            Err(bad) => {
                roll.findings.extend(bad.findings);
                roll.bad_lines.extend(bad.lines);
            }
        }
    }
    Ok(roll)
}

/// A household that cannot be taken.
pub(crate) struct Bad {
    pub(crate) lines: Vec<u32>,
    pub(crate) findings: Vec<Finding>,
}

/// A value that may be shown: runs of eight and more digits keep their ends only.
pub fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        let length = digits.chars().count();
        for (at, digit) in digits.chars().enumerate() {
            let hidden = length >= 8 && at >= 4 && at + 2 < length;
            out.push(if hidden { '*' } else { digit });
        }
        digits.clear();
    };
    for sign in text.chars().take(60) {
        if sign.is_numeric() || matches!(sign, 'x' | 'X' | 'ｘ' | 'Ｘ' | '*') {
            digits.push(sign);
        } else {
            flush(&mut digits, &mut out);
            out.push(sign);
        }
    }
    flush(&mut digits, &mut out);
    out
}

/// The column of a field for a finding, also where the file has none.
pub(crate) fn place_of(sheet: &Sheet<'_>, field: &Field) -> String {
    sheet.column(field).map_or_else(String::new, |column| {
        format!("{} {}", letters(column.at), column.heading)
    })
}

#[cfg(test)]
mod tests;
