//! The migrations: one text per step, for both engines. Released texts never change; a new need is a new file
//! at the end of the list.

use std::sync::OnceLock;

use crate::catalog::Catalog;
use crate::digest::sm3;
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
    Migration {
        number: 7,
        name: "0007_payments",
        text: include_str!("../migrations/0007_payments.sql"),
    },
    Migration {
        number: 8,
        name: "0008_closings",
        text: include_str!("../migrations/0008_closings.sql"),
    },
    Migration {
        number: 9,
        name: "0009_names_on_rolls",
        text: include_str!("../migrations/0009_names_on_rolls.sql"),
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
    /// The tables after each of them.
    pub(crate) catalogs: &'static [Catalog],
    /// The tables after all of them.
    pub(crate) catalog: &'static Catalog,
}

impl Program {
    /// This release.
    pub(crate) fn embedded() -> Result<Program, StoreError> {
        static CATALOGS: OnceLock<Vec<Catalog>> = OnceLock::new();
        let catalogs = match CATALOGS.get() {
            Some(catalogs) => catalogs,
            None => {
                let catalogs = catalogs(MIGRATIONS)?;
                CATALOGS.get_or_init(|| catalogs)
            }
        };
        Ok(Program {
            migrations: MIGRATIONS,
            catalogs,
            catalog: Catalog::embedded()?,
        })
    }

    /// Number of the last migration.
    pub(crate) fn version(&self) -> i64 {
        self.migrations
            .last()
            .map_or(0, |migration| migration.number)
    }

    /// The release whose last migration had that number; none if this program knows no such release.
    pub(crate) fn at(&self, version: i64) -> Option<Program> {
        let count = self
            .migrations
            .iter()
            .position(|migration| migration.number == version)?
            + 1;
        Some(Program {
            migrations: self.migrations.get(..count)?,
            catalogs: self.catalogs.get(..count)?,
            catalog: self.catalogs.get(count - 1)?,
        })
    }

    /// Says which of the steps that a database has seen are not this program's own: an unreleased build made it.
    pub(crate) fn foreign_step(&self, seen: &[(i64, Vec<u8>)]) -> Option<&'static str> {
        self.migrations
            .iter()
            .find(|migration| {
                let made = seen.iter().find(|(number, _)| *number == migration.number);
                made.is_some_and(|(_, digest)| *digest != sm3(migration.text.as_bytes()))
            })
            .map(|migration| migration.name)
    }
}

/// The schema after each migration: the catalog of `migrations[..=i]` at `i`.
pub(crate) fn catalogs(migrations: &[Migration]) -> Result<Vec<Catalog>, StoreError> {
    (1..=migrations.len())
        .map(|count| Catalog::of(&migrations[..count]))
        .collect()
}
