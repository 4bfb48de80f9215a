//! The audit chain: each transaction appends one row per table and operation, holding the digests of the rows it
//! wrote; each audit row's hash covers the one before. The hashes have no key: recomputing them
//! ([`crate::Store::verify`]) proves that rows and chain fit each other, not who wrote them. Who keeps the last hash
//! elsewhere can prove later that everything up to it is unchanged ([`crate::Store::verify_against`]).

use crate::Value;
use crate::digest::{DIGEST, push_bytes, sm3};
use crate::engine::StoredHead;

/// Rows in one audit row at most, so that neither writing nor proving needs much memory.
const BATCH: usize = 65_536;

/// The hash before the first audit row.
pub(crate) const GENESIS: [u8; DIGEST] = [0; DIGEST];

/// Columns of `audit_row` after `id`, without `tx`.
pub(crate) const AUDIT_COLUMNS: [&str; 7] = [
    "table_name",
    "op",
    "row_count",
    "row_ids",
    "row_digests",
    "previous_hash",
    "hash",
];

/// What happened to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Op {
    Insert,
    Update,
}

impl Op {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Op::Insert => "insert",
            Op::Update => "update",
        }
    }
}

#[derive(Debug)]
struct Group {
    table: String,
    op: Op,
    ids: Vec<i64>,
    digests: Vec<u8>,
}

/// What a transaction has written so far.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    groups: Vec<Group>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Changes noted so far.
    pub(crate) fn rows(&self) -> usize {
        self.groups.iter().map(|group| group.ids.len()).sum()
    }

    /// Notes one row after its change.
    pub(crate) fn add(&mut self, table: &str, op: Op, id: i64, digest: [u8; DIGEST]) {
        let open = self
            .groups
            .iter()
            .rposition(|group| group.op == op && group.table == table && group.ids.len() < BATCH);
        let position = open.unwrap_or_else(|| {
            self.groups.push(Group {
                table: table.to_owned(),
                op,
                ids: Vec::new(),
                digests: Vec::new(),
            });
            self.groups.len() - 1
        });
        let group = &mut self.groups[position];
        group.ids.push(id);
        group.digests.extend_from_slice(&digest);
    }

    /// Links the groups to the chain: the new audit rows in [`AUDIT_COLUMNS`] order, and its new end. Inserts come
    /// first, because a row is changed only after it is written.
    pub(crate) fn link(mut self, head: StoredHead, tx: i64) -> (Vec<Vec<Value>>, StoredHead) {
        self.groups.sort_by_key(|group| group.op);
        let mut head = StoredHead { tx, ..head };
        let mut rows = Vec::with_capacity(self.groups.len());
        for group in self.groups {
            let previous = head.hash;
            let entry = Entry {
                id: head.audit_id + 1,
                tx,
                table: &group.table,
                op: group.op.as_str(),
                row_count: i64::try_from(group.ids.len()).unwrap_or(i64::MAX),
                row_ids: &encode_ids(&group.ids),
                row_digests: &group.digests,
            };
            head = StoredHead {
                audit_id: entry.id,
                tx,
                hash: entry.hash(&previous),
            };
            rows.push(vec![
                Value::from(entry.table),
                Value::from(entry.op),
                Value::Int(entry.row_count),
                Value::from(entry.row_ids),
                Value::from(entry.row_digests),
                Value::from(&previous[..]),
                Value::from(&head.hash[..]),
            ]);
        }
        (rows, head)
    }
}

/// The content of one audit row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) id: i64,
    pub(crate) tx: i64,
    pub(crate) table: &'a str,
    pub(crate) op: &'a str,
    pub(crate) row_count: i64,
    pub(crate) row_ids: &'a [u8],
    pub(crate) row_digests: &'a [u8],
}

impl Entry<'_> {
    /// SM3 over the hash before and all content. The transaction's time, actor and action are in it through the
    /// digest of its row in `txn`, which is a covered table.
    pub(crate) fn hash(&self, previous: &[u8]) -> [u8; DIGEST] {
        let mut buffer = Vec::with_capacity(128 + self.row_ids.len() + self.row_digests.len());
        push_bytes(&mut buffer, b"minsheng audit 1");
        push_bytes(&mut buffer, previous);
        buffer.extend_from_slice(&self.id.to_be_bytes());
        buffer.extend_from_slice(&self.tx.to_be_bytes());
        push_bytes(&mut buffer, self.table.as_bytes());
        push_bytes(&mut buffer, self.op.as_bytes());
        buffer.extend_from_slice(&self.row_count.to_be_bytes());
        push_bytes(&mut buffer, self.row_ids);
        push_bytes(&mut buffer, self.row_digests);
        sm3(&buffer)
    }
}

/// Ids as differences to the one before, each in groups of seven bits: consecutive ids take one byte.
pub(crate) fn encode_ids(ids: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ids.len() + 8);
    let mut before = 0_i64;
    for id in ids {
        let difference = id.wrapping_sub(before);
        // small numbers of either sign become small numbers without sign
        let mut rest = (difference.wrapping_shl(1) ^ (difference >> 63)).cast_unsigned();
        while rest >= 0x80 {
            bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        bytes.push(rest.to_le_bytes()[0]);
        before = *id;
    }
    bytes
}

/// The ids again; nothing if the bytes are no list of ids.
pub(crate) fn decode_ids(bytes: &[u8]) -> Option<Vec<i64>> {
    let mut ids = Vec::new();
    let (mut before, mut rest, mut shift) = (0_i64, 0_u64, 0_u32);
    for byte in bytes {
        if shift > 63 {
            return None;
        }
        rest |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            let difference = (rest >> 1).cast_signed() ^ -((rest & 1).cast_signed());
            before = before.wrapping_add(difference);
            ids.push(before);
            (rest, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(ids)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_survive_their_encoding(ids in proptest::collection::vec(any::<i64>(), 0..50)) {
            prop_assert_eq!(decode_ids(&encode_ids(&ids)), Some(ids));
        }

        #[test]
        fn any_bytes_are_ids_or_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            let _ = decode_ids(&bytes);
        }
    }

    #[test]
    fn consecutive_ids_take_one_byte_each() {
        let ids: Vec<i64> = (1_000_000..1_001_000).collect();
        assert!(encode_ids(&ids).len() < 1_004);
        assert_eq!(decode_ids(&[0x80]), None);
    }

    #[test]
    fn inserts_are_linked_before_updates_and_large_groups_are_cut() {
        let mut pending = Pending::default();
        pending.add("a", Op::Update, 1, GENESIS);
        for id in 0..=i64::try_from(BATCH).unwrap() {
            pending.add("a", Op::Insert, id, GENESIS);
        }
        let start = StoredHead {
            audit_id: 10,
            tx: 4,
            hash: GENESIS,
        };
        let (rows, head) = pending.link(start, 5);
        let shape: Vec<(&Value, &Value)> = rows.iter().map(|row| (&row[1], &row[2])).collect();
        let (insert, update) = (Value::from("insert"), Value::from("update"));
        let (full, one) = (Value::Int(65_536), Value::Int(1));
        assert_eq!(shape, [(&insert, &full), (&insert, &one), (&update, &one)]);
        assert_eq!((head.audit_id, head.tx), (13, 5));
        assert_eq!((&rows[1][5], &rows[2][5]), (&rows[0][6], &rows[1][6]));
    }

    #[test]
    fn every_part_of_an_entry_is_in_its_hash() {
        let entry = Entry {
            id: 1,
            tx: 1,
            table: "a",
            op: "insert",
            row_count: 1,
            row_ids: &[2],
            row_digests: &[3],
        };
        let hash = entry.hash(&GENESIS);
        for other in [
            Entry { id: 2, ..entry },
            Entry { tx: 2, ..entry },
            Entry {
                table: "b",
                ..entry
            },
            Entry {
                op: "update",
                ..entry
            },
            Entry {
                row_count: 2,
                ..entry
            },
            Entry {
                row_ids: &[3],
                ..entry
            },
            Entry {
                row_digests: &[4],
                ..entry
            },
            Entry {
                row_ids: &[],
                row_digests: &[2, 3],
                ..entry
            },
        ] {
            assert_ne!(other.hash(&GENESIS), hash);
        }
        assert_ne!(entry.hash(&hash), hash);
    }
}
