//! The proof of the books: that the records are what the program wrote, all of it and nothing else. It needs no
//! key and trusts nothing in the database but the rows themselves: the chain is recomputed from its beginning,
//! every row of every table is digested again, and the objects of the schema are compared with what the
//! migrations make. Tables are taken from the database, so that one added later is covered by default.
//!
//! What that proves, and what not. The chain has no key: anybody can compute its hashes, and this program is
//! public. A clean proof says that rows and chain fit each other, so whoever changes, adds or removes a row and
//! leaves the chain alone is found. It does not say who wrote the chain. Somebody who can write SQL and takes the
//! trouble may append a well-formed transaction of his own, under any name and time, or cut the chain off and
//! rebuild it, rows and all; the result is clean.
//!
//! Against rebuilding, the end of the chain ([`crate::Head`]) is printed and kept elsewhere. A kept head that still
//! lies on the chain ([`crate::Store::verify_against`]) proves that everything recorded up to it is unchanged:
//! each transaction, its order and the digest of each row it wrote. It proves nothing about what was appended
//! later. A later transaction may be forged, and may record a change to an older row of a table whose rows can
//! change; the older digest stays on the chain, the row is then proved against the newer one. So the fresher the
//! head that was kept, and the more hands it is in, the less can be forged.

mod chain;
mod rows;

use std::collections::HashMap;

use crate::catalog::{Catalog, Guard};
use crate::digest::{DIGEST, hex};
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
    /// Where the head kept elsewhere lies on the chain, if one was given and it does. If it does not, that is a
    /// finding.
    pub kept: Option<Head>,
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
    kept: Option<[u8; DIGEST]>,
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
    let mut proof = chain::Chain::new(catalog, kept);
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
    if let (Some(kept), None) = (kept, proof.kept()) {
        let what = format!(
            "the kept head {} lies on no row that this chain proves: what was recorded up to it was changed, or \
             it is of another database",
            hex(&kept)
        );
        findings.add("audit_row", None, what);
    }
    Ok(Verification {
        findings: findings.finish(),
        tables: counted.tables,
        rows: counted.rows,
        transactions: proof.transactions(),
        head: proof.end().into(),
        kept: proof.kept().map(Head::from),
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
