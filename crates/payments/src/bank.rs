//! The two files of the bank round trip, as text. Pure: reads and writes no file, knows no record.
//!
//! Bank file (ours to the bank), UTF-8, comma separated, lines end with `\n`:
//!
//! ```text
//! minsheng-payment,1,PAY-513301-2021-05-01,2,180.00     format, version, batch, lines, sum in yuan
//! line_no,account,name,amount_yuan,purpose
//! 1,6217000000000000003,…,90.00,城市最低生活保障
//! 2,…
//! end,2,180.00
//! ```
//!
//! Result file (the bank's to us): every line once, in any order, with its amount, a result code and the day.
//!
//! ```text
//! minsheng-result,1,PAY-513301-2021-05-01,2,180.00
//! line_no,amount_yuan,result,date
//! 1,90.00,00,2021-05-08
//! 2,90.00,01,2021-05-08
//! end,2,90.00,90.00                                     lines, credited, returned
//! ```
//!
//! A file without its last row is torn and refused. Source: the agent bank's result file and 退汇, handbook of
//! assistance §1.7; the layout is our own (assumed).

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use minsheng_core::{Date, Fen};

use crate::PaymentError;

pub use read::{read_payment, read_results};

const PAYMENT: &str = "minsheng-payment";
const RESULT: &str = "minsheng-result";
const VERSION: &str = "1";
const END: &str = "end";
const PAYMENT_HEAD: [&str; 5] = ["line_no", "account", "name", "amount_yuan", "purpose"];
const RESULT_HEAD: [&str; 4] = ["line_no", "amount_yuan", "result", "date"];

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankLine {
    /// Number within the batch, from 1.
    pub line_no: i64,
    /// Account number.
    pub account: String,
    /// Name of the holder.
    pub name: String,
    /// Amount, fen.
    pub amount: Fen,
    /// What it is for, shown on the holder's statement.
    pub purpose: String,
}

/// All instructions of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFile {
    /// Number of the batch.
    pub number: String,
    /// Lines by number.
    pub lines: Vec<BankLine>,
}

/// What the bank says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResultCode {
    /// The account was credited.
    Credited,
    /// The account is closed.
    AccountClosed,
    /// The name is not that of the account.
    NameDiffers,
    /// There is no such account.
    NoSuchAccount,
    /// The account may not be credited.
    AccountFrozen,
}

impl ResultCode {
    /// All codes.
    pub const ALL: [ResultCode; 5] = [
        ResultCode::Credited,
        ResultCode::AccountClosed,
        ResultCode::NameDiffers,
        ResultCode::NoSuchAccount,
        ResultCode::AccountFrozen,
    ];

    /// The code in the file.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ResultCode::Credited => "00",
            ResultCode::AccountClosed => "01",
            ResultCode::NameDiffers => "02",
            ResultCode::NoSuchAccount => "03",
            ResultCode::AccountFrozen => "04",
        }
    }

    /// The word stored as the reason of a returned line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ResultCode::Credited => "credited",
            ResultCode::AccountClosed => "account_closed",
            ResultCode::NameDiffers => "name_differs",
            ResultCode::NoSuchAccount => "no_such_account",
            ResultCode::AccountFrozen => "account_frozen",
        }
    }
}

/// The bank's answer to one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineResult {
    /// Number within the batch.
    pub line_no: i64,
    /// Amount, fen.
    pub amount: Fen,
    /// What became of it.
    pub code: ResultCode,
    /// Day of the credit or the return.
    pub date: Date,
}

/// The text of the bank file. The same lines give the same bytes.
///
/// # Errors
/// [`PaymentError::Money`] if the sum does not fit.
pub fn payment_text(file: &BankFile) -> Result<String, PaymentError> {
    let total = Fen::sum(file.lines.iter().map(|line| line.amount))?.to_string();
    let count = file.lines.len().to_string();
    let mut rows = Rows::new();
    rows.push(&[PAYMENT, VERSION, &file.number, &count, &total]);
    rows.push(&PAYMENT_HEAD);
    for line in &file.lines {
        let (line_no, amount) = (line.line_no.to_string(), line.amount.to_string());
        rows.push(&[&line_no, &line.account, &line.name, &amount, &line.purpose]);
    }
    rows.push(&[END, &count, &total]);
    Ok(rows.text)
}

/// The text of a result file: what a bank answers. The demonstration and the tests play the bank with it.
///
/// # Errors
/// [`PaymentError::Money`] if a sum does not fit.
pub fn result_text(number: &str, results: &[LineResult]) -> Result<String, PaymentError> {
    let sum_of = |credited: bool| {
        Fen::sum(
            results
                .iter()
                .filter(|line| (line.code == ResultCode::Credited) == credited)
                .map(|line| line.amount),
        )
    };
    let (credited, returned) = (sum_of(true)?, sum_of(false)?);
    let count = results.len().to_string();
    let mut rows = Rows::new();
    rows.push(&[
        RESULT,
        VERSION,
        number,
        &count,
        &credited.checked_add(returned)?.to_string(),
    ]);
    rows.push(&RESULT_HEAD);
    for line in results {
        rows.push(&[
            &line.line_no.to_string(),
            &line.amount.to_string(),
            line.code.code(),
            &line.date.to_string(),
        ]);
    }
    rows.push(&[END, &count, &credited.to_string(), &returned.to_string()]);
    Ok(rows.text)
}

struct Rows {
    text: String,
}

impl Rows {
    fn new() -> Rows {
        Rows {
            text: String::new(),
        }
    }

    fn push(&mut self, fields: &[&str]) {
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            if field.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&field.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push('\n');
    }
}

/// What a result file is compared with.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// Number of the batch.
    pub number: &'a str,
    /// Amount of every line, by number.
    pub lines: BTreeMap<i64, Fen>,
    /// First and last day on which the bank can have answered.
    pub days: (Date, Date),
}
