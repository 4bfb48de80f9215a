//! The proof of the books: that the records are what the program wrote, all of it and nothing else. It needs no
//! key and trusts nothing in the database but the rows themselves: the chain is recomputed from its beginning,
//! every row of every table is digested again, and the objects of the schema are compared with what the
//! migrations make. Tables are taken from the database, so that one added later is covered by default.
//!
//! What it cannot see: a chain cut off and rebuilt whole, rows and all. Against that the end of the chain is
//! printed and kept elsewhere ([`crate::Head`]).

mod chain;
mod rows;

use std::collections::HashMap;

use crate::catalog::{Catalog, Guard};
use crate::engine::{Connection, collect};
use crate::schema::SchemaObject;
use crate::store::stored_head;
use crate::{Head, StoreError};

/// Findings named one by one per table; more are counted.
const NAMED: usize = 1_000;

/// Definitions longer than this together are not shown.
const SHORT: usize = 200;

/// One thing that is not as the program left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The table it is in.
    pub table: String,
    /// The row, if it is one row.
    pub row: Option<i64>,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.row {
            Some(row) => write!(f, "{} row {row}: {}", self.table, self.what),
            None => write!(f, "{}: {}", self.table, self.what),
        }
    }
}

/// A table outside of the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exempt {
    /// Its name.
    pub table: String,
    /// Why it is left out.
    pub reason: String,
}

/// The outcome of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// What is wrong; empty if all is well.
    pub findings: Vec<Finding>,
    /// Tables compared.
    pub tables: usize,
    /// Rows compared, the audit rows included.
    pub rows: u64,
    /// Transactions in the chain.
    pub transactions: i64,
    /// The end of the chain as recomputed.
    pub head: Head,
    /// Tables left out, with the reason.
    pub exempt: Vec<Exempt>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Findings so far, capped per table.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<Finding>,
    per_table: HashMap<String, usize>,
}

impl Findings {
    pub(crate) fn add(&mut self, table: &str, row: Option<i64>, what: impl Into<String>) {
        let count = self.per_table.entry(table.to_owned()).or_insert(0);
        *count += 1;
        if *count <= NAMED {
            self.found.push(Finding {
                table: table.to_owned(),
                row,
                what: what.into(),
            });
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        let mut more: Vec<(String, usize)> = self
            .per_table
            .into_iter()
            .filter(|(_, count)| *count > NAMED)
            .collect();
        more.sort();
        for (table, count) in more {
            self.found.push(Finding {
                table,
                row: None,
                what: format!("and {} more findings", count - NAMED),
            });
        }
        self.found
    }
}

/// Runs inside of a reading transaction.
pub(crate) fn verify(
    connection: &mut dyn Connection,
    catalog: &Catalog,
    expected: &[SchemaObject],
) -> Result<Verification, StoreError> {
    let mut findings = Findings::default();
    compare_schema(expected, &connection.schema()?, &mut findings);
    let tables = connection.tables()?;
    let exempt: Vec<Exempt> = catalog
        .tables()
        .filter_map(|table| match &table.guard {
            Guard::Exempt { reason } => Some(Exempt {
                table: table.name.clone(),
                reason: reason.clone(),
            }),
            _ => None,
        })
        .collect();
    let mut proof = chain::Chain::default();
    let mut counted = rows::Counted::default();
    let readable = |name: &str| {
        let needed = catalog.table(name).is_some_and(|table| {
            let found = tables.iter().find(|(found, _)| found == name);
            found.is_some_and(|(_, found)| {
                table
                    .columns
                    .iter()
                    .all(|column| found.contains(&column.name))
            })
        });
        needed.then_some(())
    };
    if readable("audit_row").is_some() {
        let covered = tables.iter().filter(|(name, _)| {
            name != "audit_row" && !exempt.iter().any(|exempt| &exempt.table == name)
        });
        counted = rows::compare(connection, covered, &mut proof, &mut findings)?;
        counted.tables += 1;
        counted.rows += proof.length();
    } else {
        findings.add(
            "audit_row",
            None,
            "the audit chain cannot be read, so no row can be proved",
        );
    }
    if readable("audit_head").is_some() {
        let others = "SELECT id FROM audit_head WHERE id <> 1 ORDER BY id";
        for row in collect(connection, "store::OTHER_HEADS", others, &[])? {
            findings.add(
                "audit_head",
                Some(row.int(0)?),
                "was added: the chain has one end",
            );
        }
        match stored_head(connection) {
            Ok(head) => proof.compare_end(head, &mut findings),
            Err(error @ StoreError::Inconsistent { .. }) => {
                findings.add("audit_head", Some(1), error.to_string())
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Verification {
        findings: findings.finish(),
        tables: counted.tables,
        rows: counted.rows,
        transactions: proof.transactions(),
        head: proof.end().into(),
        exempt,
    })
}

fn compare_schema(expected: &[SchemaObject], found: &[SchemaObject], findings: &mut Findings) {
    let by_name = |objects: &[SchemaObject]| -> HashMap<(String, String), String> {
        let key = |object: &SchemaObject| (object.table.clone(), object.name.clone());
        objects
            .iter()
            .map(|object| (key(object), object.definition.clone()))
            .collect()
    };
    let (wanted, actual) = (by_name(expected), by_name(found));
    for object in expected {
        match actual.get(&(object.table.clone(), object.name.clone())) {
            None => findings.add(
                &object.table,
                None,
                format!("the {} is missing", object.name),
            ),
            Some(definition) if *definition != object.definition => {
                let mut what = format!("the {} was altered", object.name);
                if definition.len() + object.definition.len() < SHORT {
                    what.push_str(&format!(": `{}` became `{definition}`", object.definition));
                }
                findings.add(&object.table, None, what);
            }
            Some(_) => {}
        }
    }
    for object in found {
        if !wanted.contains_key(&(object.table.clone(), object.name.clone())) {
            findings.add(
                &object.table,
                None,
                format!("the {} is not one of this program", object.name),
            );
        }
    }
}
