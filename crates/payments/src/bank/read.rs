//! Reading the two files back, row by row; a fault is named with its row, and nothing is guessed.

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};

use super::{
    BankFile, BankLine, END, Expected, LineResult, PAYMENT, PAYMENT_HEAD, RESULT, RESULT_HEAD,
    ResultCode, VERSION,
};
use crate::PaymentError;

const AGAIN: &str =
    "nothing was applied; ask the bank for the whole result file of this batch again";

/// Reads a bank file back: what the bank does with it.
///
/// # Errors
/// [`PaymentError::BankFile`] with the row.
pub fn read_payment(name: &str, bytes: &[u8]) -> Result<BankFile, PaymentError> {
    let table = Table::read(name, bytes, PAYMENT, &PAYMENT_HEAD)?;
    let mut lines = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        row.width(PAYMENT_HEAD.len())?;
        lines.push(BankLine {
            line_no: row.number(0)?,
            account: row.field(1)?.to_owned(),
            name: row.field(2)?.to_owned(),
            amount: row.yuan(3)?,
            purpose: row.field(4)?.to_owned(),
        });
    }
    let total = Fen::sum(lines.iter().map(|line| line.amount))?;
    table.end.width(3)?;
    table.head.expect_sum(4, "the sum", total)?;
    table.end.expect_sum(2, "the sum", total)?;
    Ok(BankFile {
        number: table.number,
        lines,
    })
}

/// Reads a result file and compares it with the batch. Gives every line once, by number.
///
/// # Errors
/// [`PaymentError::BankFile`] with the row: torn or truncated file, another batch, unknown, missing or repeated
/// line, unknown code, an impossible day, an amount or a sum that differs.
pub fn read_results(
    name: &str,
    bytes: &[u8],
    expected: &Expected<'_>,
) -> Result<Vec<LineResult>, PaymentError> {
    let Expected {
        number,
        lines,
        days,
    } = expected;
    let table = Table::read(name, bytes, RESULT, &RESULT_HEAD)?;
    if table.number != *number {
        return Err(table.head.refuse(
            format!("the file answers batch {}, not {number}", table.number),
            "nothing was applied; give the result file of this batch",
        ));
    }
    let mut found: BTreeMap<i64, (u64, LineResult)> = BTreeMap::new();
    for row in &table.rows {
        row.width(RESULT_HEAD.len())?;
        let (line_no, amount) = (row.number(0)?, row.yuan(1)?);
        let Some(due) = lines.get(&line_no) else {
            return Err(row.wrong(format!("batch {number} has no line {line_no}")));
        };
        if *due != amount {
            return Err(row.wrong(format!(
                "line {line_no} is over {due} yuan, the file says {amount}"
            )));
        }
        let code = ResultCode::ALL
            .into_iter()
            .find(|code| row.fields.get(2).is_some_and(|text| text == code.code()))
            .ok_or_else(|| row.wrong(format!("`{}` is no result code", row.fields[2])))?;
        let result = LineResult {
            line_no,
            amount,
            code,
            date: row.date(3)?,
        };
        if result.date < days.0 || result.date > days.1 {
            let reason = format!(
                "line {line_no} is dated {}, not between the release on {} and today, {}",
                result.date, days.0, days.1
            );
            return Err(row.wrong(reason));
        }
        if let Some((earlier, _)) = found.insert(line_no, (row.row, result)) {
            return Err(row.wrong(format!(
                "line {line_no} was answered in row {earlier} already"
            )));
        }
    }
    let end = &table.end;
    if let Some(missing) = lines.keys().find(|line_no| !found.contains_key(line_no)) {
        return Err(end.wrong(format!("line {missing} is not answered")));
    }
    let results: Vec<LineResult> = found.into_values().map(|(_, result)| result).collect();
    let of = |credited: bool| {
        results
            .iter()
            .filter(move |line| (line.code == ResultCode::Credited) == credited)
            .map(|line| line.amount)
    };
    end.width(4)?;
    end.expect_sum(2, "the credited sum", Fen::sum(of(true))?)?;
    end.expect_sum(3, "the returned sum", Fen::sum(of(false))?)?;
    table.head.expect_sum(
        4,
        "the sum",
        Fen::sum(results.iter().map(|line| line.amount))?,
    )?;
    Ok(results)
}

struct Table<'a> {
    number: String,
    head: FileRow<'a>,
    rows: Vec<FileRow<'a>>,
    end: FileRow<'a>,
}

impl<'a> Table<'a> {
    /// First row, heading and last row are there, and count what lies between.
    fn read(
        name: &'a str,
        bytes: &[u8],
        format: &str,
        heading: &[&str],
    ) -> Result<Table<'a>, PaymentError> {
        let mut rows = rows_of(name, bytes)?;
        let last_row = rows.last().map_or(1, |row| row.row);
        let torn = || {
            FileRow {
                name,
                row: last_row,
                fields: Vec::new(),
            }
            .wrong("the file ends before its last row `end,…`".to_owned())
        };
        if bytes.last() != Some(&b'\n') {
            return Err(torn());
        }
        let end = rows
            .pop()
            .filter(|row| row.fields.first().is_some_and(|word| word == END))
            .ok_or_else(torn)?;
        let mut rest = rows.into_iter();
        let (Some(head), Some(columns)) = (rest.next(), rest.next()) else {
            return Err(torn());
        };
        head.width(5)?;
        if head.fields[0] != format || head.fields[1] != VERSION {
            return Err(head.refuse(
                format!(
                    "`{},{}` is not `{format},{VERSION}`",
                    head.fields[0], head.fields[1]
                ),
                "nothing was applied; this is another kind of file",
            ));
        }
        if columns.fields != heading {
            return Err(columns.wrong(format!("the heading must be `{}`", heading.join(","))));
        }
        let rows: Vec<FileRow<'a>> = rest.collect();
        for (row, at) in [(&head, 3), (&end, 1)] {
            let said = row.number(at)?;
            if usize::try_from(said).ok() != Some(rows.len()) {
                return Err(row.wrong(format!(
                    "{said} lines are announced, {} are there",
                    rows.len()
                )));
            }
        }
        Ok(Table {
            number: head.fields[2].clone(),
            head,
            rows,
            end,
        })
    }
}

struct FileRow<'a> {
    name: &'a str,
    row: u64,
    fields: Vec<String>,
}

impl FileRow<'_> {
    fn refuse(&self, reason: String, hint: &'static str) -> PaymentError {
        PaymentError::BankFile {
            file: self.name.to_owned(),
            row: self.row,
            reason,
            hint,
        }
    }

    fn wrong(&self, reason: String) -> PaymentError {
        self.refuse(reason, AGAIN)
    }

    fn width(&self, columns: usize) -> Result<(), PaymentError> {
        if self.fields.len() == columns {
            return Ok(());
        }
        Err(self.wrong(format!(
            "{} columns were expected, {} are there",
            columns,
            self.fields.len()
        )))
    }

    fn field(&self, at: usize) -> Result<&str, PaymentError> {
        self.fields
            .get(at)
            .map(String::as_str)
            .ok_or_else(|| self.wrong(format!("column {} is missing", at + 1)))
    }

    fn number(&self, at: usize) -> Result<i64, PaymentError> {
        let text = self.field(at)?;
        text.parse()
            .map_err(|_| self.wrong(format!("column {}: `{text}` is not a number", at + 1)))
    }

    fn yuan(&self, at: usize) -> Result<Fen, PaymentError> {
        let text = self.field(at)?;
        Fen::parse_yuan(text).map_err(|_| {
            self.wrong(format!(
                "column {}: `{text}` is not an amount in yuan",
                at + 1
            ))
        })
    }

    fn date(&self, at: usize) -> Result<Date, PaymentError> {
        let text = self.field(at)?;
        text.parse().map_err(|_| {
            self.wrong(format!(
                "column {}: `{text}` is not a day like 2021-05-08",
                at + 1
            ))
        })
    }

    fn expect_sum(&self, at: usize, what: &str, sum: Fen) -> Result<(), PaymentError> {
        let said = self.yuan(at)?;
        if said == sum {
            return Ok(());
        }
        Err(self.wrong(format!(
            "{what} is said to be {said} yuan, the lines make {sum}"
        )))
    }
}

fn rows_of<'a>(name: &'a str, bytes: &[u8]) -> Result<Vec<FileRow<'a>>, PaymentError> {
    if let Err(error) = std::str::from_utf8(bytes) {
        let before = &bytes[..error.valid_up_to()];
        let row = 1 + before
            .iter()
            .fold(0_u64, |rows, byte| rows + u64::from(*byte == b'\n'));
        return Err(FileRow {
            name,
            row,
            fields: Vec::new(),
        }
        .wrong("the text is not UTF-8".to_owned()));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let row = error.position().map_or(1, csv::Position::line);
            FileRow {
                name,
                row,
                fields: Vec::new(),
            }
            .wrong(error.to_string())
        })?;
        let row = record.position().map_or(1, csv::Position::line);
        rows.push(FileRow {
            name,
            row,
            fields: record.iter().map(str::to_owned).collect(),
        });
    }
    Ok(rows)
}
