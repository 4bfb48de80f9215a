//! Replaying the audit chain row by row.

use std::collections::HashMap;

use super::Findings;
use crate::StoreError;
use crate::audit::{Entry, GENESIS, Op, decode_ids};
use crate::digest::DIGEST;
use crate::engine::{Cell, Connection, StoredHead};

/// What the chain says about one row: (id, operation, digest after it), in the order of the chain.
pub(super) type Recorded = Vec<(i64, Op, [u8; DIGEST])>;

/// The part of a table that one pass looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Ids above this.
    pub(super) above: i64,
    /// Ids up to this.
    pub(super) to: i64,
}

/// The chain as far as it was replayed.
pub(crate) struct Chain {
    checked: bool,
    length: u64,
    last: StoredHead,
    /// The hash of the last row as its content gives it, where that differs from what it says.
    recomputed: [u8; DIGEST],
    transactions: i64,
}

impl Default for Chain {
    fn default() -> Self {
        Chain {
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

impl Chain {
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn end(&self) -> StoredHead {
        self.last
    }

    pub(crate) fn transactions(&self) -> i64 {
        self.transactions
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
        for removed in (self.last.audit_id + 1..id).take(super::NAMED + 1) {
            findings.add("audit_row", Some(removed), "was removed from the chain");
        }
        let follows = id == self.last.audit_id + 1;
        if follows && previous != self.last.hash && previous != self.recomputed {
            findings.add(
                "audit_row",
                Some(id),
                format!("does not continue row {}: the chain is broken", id - 1),
            );
        }
        let recomputed = entry.hash(previous);
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
    }

    /// Compares the end of the chain with what `audit_head` says.
    pub(super) fn compare_end(&self, head: StoredHead, findings: &mut Findings) {
        for removed in (self.last.audit_id + 1..=head.audit_id).take(super::NAMED + 1) {
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
        if id > window.above && id <= window.to {
            recorded.push((id, op, *digest));
        }
    }
}
