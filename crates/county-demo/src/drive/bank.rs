//! The demo's bank: reads the file it is sent, and credits or returns each line by what it knows of its accounts.
//!
//! It knows account numbers and the days on which they were closed, nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minsheng_core::Date;
use minsheng_payments::bank::{LineResult, ResultCode, read_payment, result_text};

use super::Stop;
use crate::inputs::ClosedAccount;

pub(super) struct Bank {
    closed: BTreeMap<String, Date>,
}

impl Bank {
    pub(super) fn new(closed: &[ClosedAccount]) -> Bank {
        let closed = closed
            .iter()
            .map(|account| (account.number.clone(), account.closed_on))
            .collect();
        Bank { closed }
    }

    /// Answers a bank file on a day; gives the path of the result file, which lies beside it.
    pub(super) fn answer(&self, file: &Path, day: Date) -> Result<PathBuf, Stop> {
        let trouble = |reason: std::io::Error| Stop::Bank {
            path: file.display().to_string(),
            reason: reason.to_string(),
        };
        let bytes = fs::read(file).map_err(trouble)?;
        let sent = read_payment(&file.display().to_string(), &bytes)?;
        let results: Vec<LineResult> = sent
            .lines
            .iter()
            .map(|line| {
                let closed = self
                    .closed
                    .get(&line.account)
                    .is_some_and(|closed| *closed <= day);
                let code = if closed {
                    ResultCode::AccountClosed
                } else {
                    ResultCode::Credited
                };
                LineResult {
                    line_no: line.line_no,
                    amount: line.amount,
                    code,
                    date: day,
                }
            })
            .collect();
        let text = result_text(&sent.number, &results)?;
        let path = file.with_file_name(format!("{}-result.csv", sent.number));
        fs::write(&path, text).map_err(trouble)?;
        Ok(path)
    }
}
