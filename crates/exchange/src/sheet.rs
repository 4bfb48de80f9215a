//! Where the headings stand and which lines are rows: titles above, totals and signatures below are told apart
//! and reported, never silently dropped.

use crate::ExchangeError;
use crate::mapping::{Field, Mapping};
use crate::table::{Line, Table, Tables, Value, letters};

/// Lines in which headings are looked for.
const LOOKED_AT: usize = 40;
/// Digits from which on a cell is meant as an identity number and not as a count of heads.
const NUMBER: usize = 10;
/// How a line begins that is about the table and not a row of it.
const CLOSING: &[&str] = &[
    "合计",
    "总计",
    "小计",
    "共计",
    "制表",
    "填表",
    "填报",
    "审核",
    "负责人",
    "经办",
    "单位",
    "备注",
    "说明",
    "注",
    "total",
];

/// A column with headings that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its place, from 0.
    pub at: usize,
    /// Its heading as written.
    pub heading: String,
    /// What it says.
    pub field: Field,
}

impl Column {
    /// The column as people find it: `C 身份证号`.
    pub fn place(&self) -> String {
        format!("{} {}", letters(self.at), self.heading)
    }
}

/// A line that is not a row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Its number in the file.
    pub line: u32,
    /// What stands in it.
    pub text: String,
}

/// One sheet taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet<'t> {
    /// Name of the sheet.
    pub name: String,
    /// The line of the headings.
    pub header: &'t Line,
    /// Columns whose heading is known, by place.
    pub columns: Vec<Column>,
    /// Headings that are not.
    pub unread: Vec<String>,
    /// The rows.
    pub rows: Vec<&'t Line>,
    /// Lines above and below that are no rows.
    pub skipped: Vec<Skipped>,
}

impl<'t> Sheet<'t> {
    /// Takes apart the first sheet with headings, or the one the mapping names.
    ///
    /// # Errors
    /// [`ExchangeError::NoHeader`], [`ExchangeError::DoubleColumn`].
    pub fn find(tables: &'t Tables, mapping: &Mapping) -> Result<Self, ExchangeError> {
        let meant = |table: &&Table| {
            mapping
                .sheet
                .as_ref()
                .is_none_or(|name| *name == table.sheet)
        };
        for table in tables.sheets.iter().filter(meant) {
            if let Some(place) = header_of(table, mapping) {
                return Sheet::take_apart(table, place, mapping);
            }
        }
        Err(ExchangeError::NoHeader)
    }

    fn take_apart(
        table: &'t Table,
        place: usize,
        mapping: &Mapping,
    ) -> Result<Self, ExchangeError> {
        let (above, rest) = table.lines.split_at(place);
        let (header, below) = rest.split_first().ok_or(ExchangeError::NoHeader)?;
        let mut columns: Vec<Column> = Vec::new();
        let mut unread = Vec::new();
        for (at, cell) in header.cells.iter().enumerate() {
            let heading = cell.text();
            match mapping.field(&heading) {
                None if heading.is_empty() => {}
                None => unread.push(format!("{} {heading}", letters(at))),
                Some(field) => {
                    let column = Column { at, heading, field };
                    let same = |other: &&Column| {
                        other.field == column.field && column.field != Field::Ignored
                    };
                    if let Some(first) = columns.iter().find(same) {
                        return Err(ExchangeError::DoubleColumn {
                            first: first.place(),
                            second: column.place(),
                            field: column.field.name(),
                        });
                    }
                    columns.push(column);
                }
            }
        }
        let mut sheet = Sheet {
            name: table.sheet.clone(),
            header,
            columns,
            unread,
            rows: Vec::new(),
            skipped: above.iter().map(skipped).collect(),
        };
        for line in below {
            if sheet.is_row(line) {
                sheet.rows.push(line);
            } else {
                sheet.skipped.push(skipped(line));
            }
        }
        Ok(sheet)
    }

    /// The column of a field.
    pub fn column(&self, field: &Field) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == *field)
    }

    /// The cell of a field in a row.
    pub fn cell<'l>(&self, line: &'l Line, field: &Field) -> &'l Value {
        const NOTHING: &Value = &Value::Empty;
        self.column(field)
            .map_or(NOTHING, |column| line.cell(column.at))
    }

    /// A line is a row unless it repeats the headings, or closes the table and names nobody.
    fn is_row(&self, line: &Line) -> bool {
        let repeats = self
            .columns
            .iter()
            .filter(|column| line.cell(column.at).text() == column.heading)
            .count();
        if repeats >= 2 && repeats * 2 > line.cells.iter().filter(|cell| !cell.is_empty()).count() {
            return false;
        }
        let number = self.cell(line, &Field::IdNumber).text();
        if number
            .chars()
            .filter(|sign| sign.is_numeric() || *sign == '*')
            .count()
            >= NUMBER
        {
            return true;
        }
        let first = line
            .cells
            .iter()
            .find(|cell| !cell.is_empty())
            .map(Value::text)
            .unwrap_or_default();
        let plain: String = first
            .chars()
            .filter(|sign| !sign.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        let closes = CLOSING.iter().any(|word| plain.starts_with(word));
        let running = plain.chars().all(|sign| sign.is_ascii_digit());
        let name = self.cell(line, &Field::Name).text();
        let total = CLOSING
            .iter()
            .any(|word| name.replace(' ', "").starts_with(word));
        let filled = line.cells.iter().filter(|cell| !cell.is_empty()).count();
        let stray = name.is_empty() && running && filled < 2;
        !(closes || total || stray)
    }
}

fn skipped(line: &Line) -> Skipped {
    let texts: Vec<String> = line
        .cells
        .iter()
        .map(Value::text)
        .filter(|text| !text.is_empty())
        .collect();
    Skipped {
        line: line.number,
        text: texts.join(" ").chars().take(60).collect(),
    }
}

/// The line that names most fields, and a name or number among them.
fn header_of(table: &Table, mapping: &Mapping) -> Option<usize> {
    if let Some(number) = mapping.header_line {
        return table.lines.iter().position(|line| line.number == number);
    }
    let mut best = (1, None);
    for (place, line) in table.lines.iter().take(LOOKED_AT).enumerate() {
        let fields: Vec<Field> = line
            .cells
            .iter()
            .filter_map(|cell| mapping.field(&cell.text()))
            .collect();
        let named = fields.iter().any(|field| {
            matches!(
                field,
                Field::Name | Field::IdNumber | Field::PersonKey | Field::HouseholdNo
            )
        });
        if named && fields.len() > best.0 {
            best = (fields.len(), Some(place));
        }
    }
    best.1
}
