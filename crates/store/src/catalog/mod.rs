//! The tables of the records as the migrations declare them: columns, and what may happen to a row. Read from
//! the migration texts, so that guards, digests and checks have one source.

mod read;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::StoreError;
use crate::migrate::{MIGRATIONS, VERSION_TABLE};

/// Tables that only the store writes.
const OWN_TABLES: [&str; 7] = [
    "txn",
    "audit_row",
    "audit_head",
    "key_ring",
    "subject_key",
    "key_event",
    VERSION_TABLE,
];

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// 64-bit integer.
    Integer,
    /// UTF-8 text, ordered by code point.
    Text,
    /// Bytes.
    Blob,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// Whether it must hold something.
    pub required: bool,
    /// The table whose id it holds, if declared.
    pub references: Option<String>,
}

/// What may happen to a row once it is written. No covered row is ever deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// It stays as it is; the named columns may go from nothing to a value, once.
    AppendOnly {
        /// Columns that may be set once.
        set_once: Vec<String>,
        /// Columns that may change: keyed hashes, which follow their key.
        changing: Vec<String>,
    },
    /// The named columns may change.
    Mutable {
        /// Columns that may change.
        columns: Vec<String>,
    },
    /// The table is outside of the audit chain.
    Exempt {
        /// Why, as verification prints it.
        reason: String,
    },
}

/// Rows with equal keys may not be valid at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoOverlap {
    /// The key.
    pub key: Vec<String>,
    /// Only rows in which all of these hold nothing are compared.
    pub current: Vec<String>,
}

/// One table of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in their order; the first is `id`.
    pub columns: Vec<Column>,
    /// What may happen to its rows.
    pub guard: Guard,
    /// Guard of its periods.
    pub no_overlap: Option<NoOverlap>,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Columns that may change freely, and columns that may be set once.
    pub(crate) fn changeable(&self) -> (&[String], &[String]) {
        match &self.guard {
            Guard::Exempt { .. } => (&[], &[]),
            Guard::Mutable { columns } => (columns, &[]),
            Guard::AppendOnly { set_once, changing } => (changing, set_once),
        }
    }

    /// What the guard of the table says to a change that it refuses.
    pub(crate) fn rule(&self) -> String {
        match self.changeable() {
            _ if matches!(self.guard, Guard::Exempt { .. }) => "an id never changes".to_owned(),
            ([], []) => "a row never changes".to_owned(),
            ([], once) => format!("only {} may be set, once", once.join(", ")),
            (free, []) => format!("only {} may change", free.join(", ")),
            (free, once) => format!(
                "only {} may be set, once, and {} change",
                once.join(", "),
                free.join(", ")
            ),
        }
    }

    /// Whether an UPDATE may name the column.
    pub fn may_update(&self, column: &str) -> bool {
        match &self.guard {
            Guard::AppendOnly { set_once, changing } => {
                set_once.iter().chain(changing).any(|name| name == column)
            }
            Guard::Mutable { columns } => columns.iter().any(|name| name == column),
            Guard::Exempt { .. } => column != "id",
        }
    }

    /// Whether the audit chain covers it.
    pub fn covered(&self) -> bool {
        !matches!(self.guard, Guard::Exempt { .. }) && !self.is_chain()
    }

    /// The chain itself is proved by its own hashes.
    pub(crate) fn is_chain(&self) -> bool {
        self.name == "audit_row"
    }

    /// Whether only the store itself writes it.
    pub fn is_own(&self) -> bool {
        OWN_TABLES.contains(&self.name.as_str())
    }
}

/// All tables.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    tables: Vec<Arc<Table>>,
    by_name: HashMap<String, usize>,
}

impl Catalog {
    /// The catalog of this program.
    pub fn embedded() -> Result<&'static Catalog, StoreError> {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        match CATALOG.get() {
            Some(catalog) => Ok(catalog),
            None => {
                let catalog = Catalog::of(MIGRATIONS)?;
                Ok(CATALOG.get_or_init(|| catalog))
            }
        }
    }

    /// All tables in the order of their creation.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().map(AsRef::as_ref)
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.by_name
            .get(name)
            .map(|position| &self.tables[*position])
    }
}
