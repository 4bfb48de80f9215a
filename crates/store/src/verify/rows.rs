//! Comparing every row of every table with the last digest that the chain has for it. Memory is bounded: the
//! tables are taken in passes of so many rows, a large table in several.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter::Peekable;

use super::Findings;
use super::chain::{Chain, Recorded, Window};
use crate::StoreError;
use crate::audit::Op;
use crate::digest::{DIGEST, RowDigest};
use crate::engine::{Cell, Connection, collect};

/// Rows whose digests are held in memory at one time (about 50 bytes each).
const PASS: i64 = 4_000_000;

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) tables: usize,
    pub(super) rows: u64,
}

/// Compares the tables; the chain is replayed once per pass, at least once.
pub(super) fn compare<'t>(
    connection: &mut dyn Connection,
    tables: impl Iterator<Item = &'t (String, Vec<String>)>,
    chain: &mut Chain<'_>,
    findings: &mut Findings,
) -> Result<Counted, StoreError> {
    let tables: Vec<&(String, Vec<String>)> = tables
        .filter(|(name, columns)| {
            let comparable = columns.iter().any(|column| column == "id");
            if !comparable {
                findings.add(
                    name,
                    None,
                    "its rows have no `id`, so they cannot be proved",
                );
            }
            comparable
        })
        .collect();
    let mut counted = Counted {
        tables: tables.len(),
        rows: 0,
    };
    for pass in passes(connection, &tables)? {
        let mut windows: HashMap<String, (Window, Recorded)> = pass
            .iter()
            .map(|(name, window)| (name.clone(), (*window, Vec::new())))
            .collect();
        chain.replay(connection, &mut windows, findings)?;
        for (name, columns) in &tables {
            if let Some((window, recorded)) = windows.remove(name) {
                counted.rows +=
                    compare_window(connection, name, columns, window, recorded, findings)?;
            }
        }
    }
    Ok(counted)
}

/// Cuts the tables into passes. A table stands in a pass at most once.
fn passes(
    connection: &mut dyn Connection,
    tables: &[&(String, Vec<String>)],
) -> Result<Vec<Vec<(String, Window)>>, StoreError> {
    let mut passes = vec![Vec::new()];
    let mut room = PASS;
    for (name, _) in tables {
        let sql = format!("SELECT COUNT(*), MAX(id) FROM {}", quoted(name));
        let rows = collect(connection, "store::COUNT_ROWS", &sql, &[])?;
        let (count, last) = match rows.first() {
            Some(row) => (row.int(0)?, row.opt_int(1)?.unwrap_or(0)),
            None => (0, 0),
        };
        let mut above = None;
        if count > PASS {
            let mut to = PASS;
            // ids of the program are consecutive: one far above the others makes no more windows
            while to < last.min(count) {
                let window = Window {
                    above,
                    to: Some(to),
                };
                passes.push(vec![(name.clone(), window)]);
                above = Some(to);
                to += PASS;
            }
            passes.push(Vec::new());
            room = PASS;
        } else if count > room {
            passes.push(Vec::new());
            room = PASS;
        }
        room -= count.min(room);
        if let Some(pass) = passes.last_mut() {
            pass.push((name.clone(), Window { above, to: None }));
        }
    }
    Ok(passes)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn compare_window(
    connection: &mut dyn Connection,
    table: &str,
    columns: &[String],
    window: Window,
    mut recorded: Recorded,
    findings: &mut Findings,
) -> Result<u64, StoreError> {
    // stable, so the last entry of an id is the last in the chain
    recorded.sort_by_key(|(id, _, _)| *id);
    let mut expected = Expected {
        recorded: recorded.into_iter().peekable(),
    };
    let mut next = expected.next(table, findings);
    let mut digest = RowDigest::new(columns.iter().map(String::as_str));
    let id_at = columns
        .iter()
        .position(|column| column == "id")
        .unwrap_or(0);
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let sql = format!(
        "SELECT {} FROM {}{} ORDER BY id",
        list.join(", "),
        quoted(table),
        window.condition()
    );
    let mut count = 0;
    connection.query("store::COMPARE_ROWS", &sql, &[], &mut |cells| {
        count += 1;
        let Some(Cell::Int(id)) = cells.get(id_at) else {
            findings.add(table, None, "a row has no number for its `id`");
            return Ok(());
        };
        while let Some((wanted, hash)) = next {
            match wanted.cmp(id) {
                Ordering::Less => {
                    findings.add(table, Some(wanted), "was removed");
                    next = expected.next(table, findings);
                }
                Ordering::Equal => {
                    if digest.of(|at| cells[at]) != hash {
                        findings.add(
                            table,
                            Some(wanted),
                            "was changed: it is not what the chain recorded",
                        );
                    }
                    next = expected.next(table, findings);
                    return Ok(());
                }
                Ordering::Greater => break,
            }
        }
        findings.add(table, Some(*id), "was added: the chain knows nothing of it");
        Ok(())
    })?;
    while let Some((removed, _)) = next {
        findings.add(table, Some(removed), "was removed");
        next = expected.next(table, findings);
    }
    Ok(count)
}

/// The rows that the chain says exist, with their last digests, by id.
struct Expected {
    recorded: Peekable<std::vec::IntoIter<(i64, Op, [u8; DIGEST])>>,
}

impl Expected {
    fn next(&mut self, table: &str, findings: &mut Findings) -> Option<(i64, [u8; DIGEST])> {
        let (id, _, mut digest) = self.recorded.next()?;
        while let Some((_, op, later)) = self.recorded.next_if(|(next, _, _)| *next == id) {
            if op == Op::Insert {
                findings.add(
                    table,
                    Some(id),
                    "was recorded twice: the first row of this number was removed",
                );
            }
            digest = later;
        }
        Some((id, digest))
    }
}
