//! Replaying the audit chain row by row.

use std::collections::{HashMap, HashSet};

use super::Findings;
use crate::StoreError;
use crate::audit::{Entry, GENESIS, Op, decode_ids};
use crate::catalog::{Catalog, Guard};
use crate::digest::DIGEST;
use crate::engine::{Cell, Connection, StoredHead};

/// What the chain says about one row: (id, operation, digest after it), in the order of the chain.
pub(super) type Recorded = Vec<(i64, Op, [u8; DIGEST])>;

/// The part of a table that one pass looks at. The first window of a table has no lower bound and the last no
/// upper one, so that every number a row can have is in one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Ids above this.
    pub(super) above: Option<i64>,
    /// Ids up to this.
    pub(super) to: Option<i64>,
}

impl Window {
    fn contains(self, id: i64) -> bool {
        self.above.is_none_or(|above| id > above) && self.to.is_none_or(|to| id <= to)
    }

    /// The same in SQL. The bounds are never negative.
    pub(super) fn condition(self) -> String {
        match (self.above, self.to) {
            (None, None) => String::new(),
            (Some(above), None) => format!(" WHERE id > {above}"),
            (None, Some(to)) => format!(" WHERE id <= {to}"),
            (Some(above), Some(to)) => format!(" WHERE id > {above} AND id <= {to}"),
        }
    }
}

/// The chain as far as it was replayed.
pub(crate) struct Chain<'c> {
    /// Tables of which no row ever changes.
    frozen: HashSet<&'c str>,
    /// The hash that somebody kept.
    wanted: Option<[u8; DIGEST]>,
    /// The row that has it.
    kept: Option<StoredHead>,
    /// Whether every row so far continues the one before and has the hash of its content.
    intact: bool,
    checked: bool,
    length: u64,
    last: StoredHead,
    /// The hash of the last row as its content gives it, where that differs from what it says.
    recomputed: [u8; DIGEST],
    transactions: i64,
}

impl<'c> Chain<'c> {
    /// Nothing replayed yet; `wanted` is the hash to look for.
    pub(crate) fn new(catalog: &'c Catalog, wanted: Option<[u8; DIGEST]>) -> Self {
        let frozen = catalog.tables().filter(
            |table| matches!(&table.guard, Guard::AppendOnly { set_once, changing } if set_once.is_empty() && changing.is_empty()),
        );
        Chain {
            frozen: frozen.map(|table| table.name.as_str()).collect(),
            wanted,
            kept: None,
            intact: true,
            checked: false,
            length: 0,
            last: StoredHead {
                audit_id: 0,
                tx: 0,
                hash: GENESIS,
            },
            recomputed: GENESIS,
            transactions: 0,
        }
    }
}

const REPLAY: &str = "SELECT id, tx, table_name, op, row_count, row_ids, row_digests, previous_hash, hash \
                      FROM audit_row ORDER BY id";

impl Chain<'_> {
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn end(&self) -> StoredHead {
        self.last
    }

    pub(crate) fn transactions(&self) -> i64 {
        self.transactions
    }

    /// Where the wanted hash lies.
    pub(crate) fn kept(&self) -> Option<StoredHead> {
        self.kept
    }

    /// Reads the whole chain and collects what it says about the windows. The first time its hashes are checked.
    pub(super) fn replay(
        &mut self,
        connection: &mut dyn Connection,
        windows: &mut HashMap<String, (Window, Recorded)>,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let check = !self.checked;
        connection.query("store::REPLAY", REPLAY, &[], &mut |cells| {
            let (Some(&Cell::Int(id)), Some((entry, previous, hash))) =
                (cells.first(), read(cells))
            else {
                if check {
                    findings.add("audit_row", None, "a row holds values of wrong types");
                }
                return Ok(());
            };
            if check {
                self.step(id, &entry, previous, hash, findings);
            }
            if let Some((window, recorded)) = windows.get_mut(entry.table) {
                collect(&entry, *window, recorded);
            }
            Ok(())
        })?;
        self.checked = true;
        Ok(())
    }

    fn step(
        &mut self,
        id: i64,
        entry: &Entry<'_>,
        previous: &[u8],
        hash: &[u8],
        findings: &mut Findings,
    ) {
        for removed in (self.last.audit_id.saturating_add(1)..id).take(super::NAMED + 1) {
            findings.add("audit_row", Some(removed), "was removed from the chain");
        }
        let follows = self.last.audit_id.checked_add(1) == Some(id);
        if follows && previous != self.last.hash && previous != self.recomputed {
            findings.add(
                "audit_row",
                Some(id),
                format!("does not continue row {}: the chain is broken", id - 1),
            );
        }
        let recomputed = entry.hash(previous);
        self.intact &= follows && previous == self.last.hash && hash == recomputed;
        if hash != recomputed {
            findings.add(
                "audit_row",
                Some(id),
                "was changed: its hash does not fit its content",
            );
        }
        if entry.tx < self.last.tx {
            findings.add(
                "audit_row",
                Some(id),
                "belongs to an earlier transaction than the row before it",
            );
        }
        if entry.op != Op::Insert.as_str() && self.frozen.contains(entry.table) {
            findings.add(
                "audit_row",
                Some(id),
                format!(
                    "records a change in `{}`, whose rows never change",
                    entry.table
                ),
            );
        }
        if entry.tx != self.last.tx {
            self.transactions += 1;
        }
        self.length += 1;
        self.recomputed = recomputed;
        self.last = StoredHead {
            audit_id: id,
            tx: entry.tx,
            hash: hash.try_into().unwrap_or(recomputed),
        };
        if self.intact && self.wanted == Some(recomputed) {
            self.kept = Some(self.last);
        }
    }

    /// Compares the end of the chain with what `audit_head` says.
    pub(super) fn compare_end(&self, head: StoredHead, findings: &mut Findings) {
        for removed in (self.last.audit_id.saturating_add(1)..=head.audit_id).take(super::NAMED + 1)
        {
            findings.add(
                "audit_row",
                Some(removed),
                "was removed from the end of the chain",
            );
        }
        if head.audit_id < self.last.audit_id {
            let what = format!(
                "says that the chain ends at audit row {}, it ends at {}",
                head.audit_id, self.last.audit_id
            );
            findings.add("audit_head", Some(1), what);
        } else if head.audit_id == self.last.audit_id && head != self.last {
            findings.add(
                "audit_head",
                Some(1),
                "does not fit the last row of the chain",
            );
        }
    }
}

fn read<'c>(cells: &'c [Cell<'c>]) -> Option<(Entry<'c>, &'c [u8], &'c [u8])> {
    let [
        Cell::Int(id),
        Cell::Int(tx),
        Cell::Text(table),
        Cell::Text(op),
        Cell::Int(row_count),
        Cell::Blob(row_ids),
        Cell::Blob(row_digests),
        Cell::Blob(previous),
        Cell::Blob(hash),
    ] = cells
    else {
        return None;
    };
    let entry = Entry {
        id: *id,
        tx: *tx,
        table: std::str::from_utf8(table).ok()?,
        op: std::str::from_utf8(op).ok()?,
        row_count: *row_count,
        row_ids,
        row_digests,
    };
    Some((entry, previous, hash))
}

/// What cannot be read back says nothing here; its hash was found not to fit.
fn collect(entry: &Entry<'_>, window: Window, recorded: &mut Recorded) {
    let Some(ids) = decode_ids(entry.row_ids) else {
        return;
    };
    let op = if entry.op == Op::Insert.as_str() {
        Op::Insert
    } else {
        Op::Update
    };
    let (digests, _) = entry.row_digests.as_chunks::<DIGEST>();
    for (id, digest) in ids.into_iter().zip(digests) {
        if window.contains(id) {
            recorded.push((id, op, *digest));
        }
    }
}
