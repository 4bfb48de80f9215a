//! The migrations: one text per step, for both engines. Released texts never change; a new need is a new file
//! at the end of the list.

use crate::catalog::Catalog;
use crate::{StoreError, sql};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    /// 1, 2, … without gaps; the id of its row in `schema_migration`.
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// All steps in their order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001_dibao",
        text: include_str!("../migrations/0001_dibao.sql"),
    },
    Migration {
        number: 2,
        name: "0002_casework",
        text: include_str!("../migrations/0002_casework.sql"),
    },
    Migration {
        number: 3,
        name: "0003_campaigns_and_drift",
        text: include_str!("../migrations/0003_campaigns_and_drift.sql"),
    },
    Migration {
        number: 4,
        name: "0004_attachments_and_documents",
        text: include_str!("../migrations/0004_attachments_and_documents.sql"),
    },
    Migration {
        number: 5,
        name: "0005_exchange",
        text: include_str!("../migrations/0005_exchange.sql"),
    },
    Migration {
        number: 6,
        name: "0006_operations",
        text: include_str!("../migrations/0006_operations.sql"),
    },
];

/// The table that holds which migrations a database has seen.
pub(crate) const VERSION_TABLE: &str = "schema_migration";

impl Migration {
    /// Its SQL statements in the common dialect.
    pub(crate) fn statements(&self) -> Vec<String> {
        sql::statements(self.text)
    }

    /// Its `--!` lines, without the mark.
    pub(crate) fn directives(&self) -> impl Iterator<Item = &'static str> {
        self.text
            .lines()
            .filter_map(|line| line.strip_prefix("--!").map(str::trim))
    }

    pub(crate) fn error(&self, reason: String) -> StoreError {
        StoreError::Migration {
            migration: self.name.to_owned(),
            reason,
        }
    }
}

/// The schema of one release of the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    pub(crate) migrations: &'static [Migration],
    /// The tables after all of them.
    pub(crate) catalog: &'static Catalog,
}

impl Program {
    /// This release.
    pub(crate) fn embedded() -> Result<Program, StoreError> {
        Ok(Program {
            migrations: MIGRATIONS,
            catalog: Catalog::embedded()?,
        })
    }

    /// Number of the last migration.
    pub(crate) fn version(&self) -> i64 {
        self.migrations
            .last()
            .map_or(0, |migration| migration.number)
    }
}

/// The schema after each migration: the catalog of `migrations[..=i]` at `i`.
pub(crate) fn catalogs(migrations: &[Migration]) -> Result<Vec<Catalog>, StoreError> {
    (1..=migrations.len())
        .map(|count| Catalog::of(&migrations[..count]))
        .collect()
}
