//! The records of the county: one port, two engines.
//!
//! Offices see [`Store::write`], [`Store::read`], the [`Query`] trait and [`Statement`] constants; they never see
//! a driver, a dialect, a key or the audit chain. One SQL text serves SQLite (embedded, one file) and PostgreSQL
//! (15 and later); `sqlite/` and `postgres/` are the only places that know a dialect.
//!
//! What the store promises for every change: it is written whole or not at all; it has a transaction number, a
//! time, an actor and an action; the row's digest joins the audit chain in the same transaction; guards inside
//! the database refuse what the table's directive does not allow; [`Store::verify`] finds and names whatever was
//! changed behind the program's back and does not fit the chain, [`Store::verify_against`] also a chain that was
//! rebuilt since a head was kept elsewhere.
//!
//! What it must not know: any office, any rule of law, the wall clock, the environment, ambient randomness.

mod archive;
mod audit;
mod catalog;
mod check;
mod digest;
mod engine;
mod error;
mod log;
mod migrate;
mod options;
mod postgres;
mod schema;
mod scope;
mod snapshot;
mod sql;
mod sqlite;
mod statement;
mod store;
mod tx;
mod url;
mod value;
mod vault;
mod verify;

pub use archive::{
    Archive, BackUp, KeptHead, KeyName, Manifest, Progress, Restore, Restored, Step, TableLine,
};
pub use catalog::{Catalog, Column, ColumnType, Guard, NoOverlap, Table};
pub use check::{PERSON_COLUMNS, PERSON_TABLES, check_catalog, check_statements, person_tables};
pub use error::StoreError;
pub use inventory;
pub use options::{Durability, Keys, Observer, Options, Randomness, Stopwatch};
pub use scope::Scope;
pub use snapshot::{Query, Snapshot};
pub use statement::{Access, Statement, all_statements};
pub use store::{Head, Migrated, Store};
pub use tx::{Act, Tx};
pub use url::DbUrl;
pub use value::{Row, TxNo, Value};
pub use vault::{KeyInfo, MasterKey, Subject};
pub use verify::{Exempt, Finding, Verification};
