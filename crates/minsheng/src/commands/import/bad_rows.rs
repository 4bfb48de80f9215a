//! The rows that were left out, in the layout of the file they came from, each with its reasons: to be corrected and
//! brought again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use minsheng_exchange::list::{Cell, Format, List};
use minsheng_exchange::mapping::Mapping;
use minsheng_exchange::sheet::Sheet;
use minsheng_exchange::table::{Tables, Value};
use minsheng_exchange::text::Encoding;
use minsheng_registry::rolls::Report;

use super::print::problem;
use crate::app::App;
use crate::listing::file_name;

/// `roll.xlsx` as `roll.bad.xlsx`.
pub(super) fn path(file: &Path) -> PathBuf {
    let end = file
        .extension()
        .map_or_else(String::new, |end| end.to_string_lossy().into_owned());
    file.with_extension(format!("bad.{end}"))
}

pub(super) fn bytes(
    app: &App,
    file: &Path,
    tables: &Tables,
    mapping: &Mapping,
    report: &Report,
) -> anyhow::Result<Vec<u8>> {
    let sheet = Sheet::find(tables, mapping)?;
    let mut reasons: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for finding in &report.findings {
        let column = if finding.column.is_empty() {
            String::new()
        } else {
            format!("{}: ", finding.column)
        };
        reasons
            .entry(finding.line)
            .or_default()
            .push(format!("{column}{}", problem(app, finding)));
    }
    let columns = sheet.header.cells.len();
    let mut header: Vec<String> = sheet.header.cells.iter().map(Value::text).collect();
    let reason = app.words.say("column-reason");
    // a file of bad rows that is brought again has the column already
    let place = header
        .iter()
        .position(|heading| *heading == reason)
        .unwrap_or(columns);
    if place == columns {
        header.push(reason);
    }
    let mut list = List::new(header);
    let bad: BTreeSet<u32> = report.bad_lines.iter().copied().collect();
    for line in sheet.rows.iter().filter(|line| bad.contains(&line.number)) {
        let mut row: Vec<Cell> = (0..columns).map(|at| cell(line.cell(at))).collect();
        row.resize(list.header.len(), Cell::Empty);
        if let Some(cell) = row.get_mut(place) {
            let why = reasons.get(&line.number).map(|reasons| reasons.join("; "));
            *cell = Cell::from(why.unwrap_or_else(|| app.words.say("import-with-household")));
        }
        list.push(row);
    }
    let encoding = tables.encoding.unwrap_or(Encoding::Utf8);
    Ok(list.write(Format::of_name(&file_name(file))?, encoding)?)
}

/// The cell as it stood: what was a number or a day stays one.
fn cell(value: &Value) -> Cell {
    match value {
        Value::Empty => Cell::Empty,
        Value::Number(digits) => Cell::Number(digits.clone()),
        Value::Day(day) => Cell::Day(*day),
        other => Cell::from(other.text()),
    }
}
