//! What can go wrong between an office and its records, in the words of the person who meets it.

use minsheng_core::Date;

/// A failure of the store. Nothing is half written when one is returned: the transaction was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be reached or opened.
    #[error("cannot open the database {url}: {reason}\nhint: {hint}")]
    Open {
        /// The address without a password.
        url: String,
        /// What the driver said.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The address is none that we know.
    #[error(
        "`{0}` is not a database address\nhint: give a path, sqlite:PATH or postgres://USER@HOST/NAME"
    )]
    Url(String),
    /// A write into a copy that nobody may write.
    #[error(
        "the database {url} is read-only: it can be read and verified, not written\nhint: write into the county's own database, or copy the file and let its owner write it (chmod u+w)"
    )]
    ReadOnly {
        /// The address.
        url: String,
    },
    /// A statement failed in the driver.
    #[error("the database refused `{statement}`: {reason}")]
    Statement {
        /// Name of the statement.
        statement: String,
        /// What the driver said.
        reason: String,
    },
    /// A guard of the database itself refused a change (append-only, overlap, unique).
    #[error("the records refuse this change ({statement}): {reason}")]
    Guard {
        /// Name of the statement or table.
        statement: String,
        /// The words of the guard.
        reason: String,
    },
    /// A row holds something that no release of this program writes.
    #[error(
        "inconsistent record in `{statement}`, column {column}: {reason}\nhint: run `minsheng verify`"
    )]
    Inconsistent {
        /// Name of the statement that read it.
        statement: String,
        /// Position of the column, from 0.
        column: usize,
        /// What was expected and what was found.
        reason: String,
    },
    /// The wall clock is behind the last transaction.
    #[error(
        "the clock says {now}, but the last transaction was recorded at {last}\nhint: set the clock right; a past once recorded cannot be written before"
    )]
    ClockBack {
        /// The time of the clock, local (UTC+8).
        now: String,
        /// The time of the last transaction, local (UTC+8).
        last: String,
    },
    /// A sealed value cannot be opened.
    #[error("cannot open a sealed value ({label}): {reason}")]
    Sealed {
        /// What it is.
        label: String,
        /// Why.
        reason: String,
    },
    /// The subject was erased: its key was destroyed in an audited act.
    #[error(
        "{subject} was erased on {on} (ground: {ground}; {cite}): nobody can read {label} again"
    )]
    Erased {
        /// What it is.
        label: String,
        /// Whose key was destroyed, as `person 7`.
        subject: String,
        /// Civil day of the act.
        on: Date,
        /// Why.
        ground: String,
        /// The legal reference.
        cite: String,
    },
    /// A master key cannot be changed or dropped so.
    #[error("{reason}\nhint: {hint}")]
    MasterKey {
        /// What is in the way.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The key that this database was made with is not here.
    #[error(
        "the key `{key_id}` of this database was not found\nhint: put its file into {place} or set MINSHENG_KEYS to its folder"
    )]
    KeyMissing {
        /// Name of the key.
        key_id: String,
        /// Folder that was searched.
        place: String,
    },
    /// The database names a key of another kind than the one that is to be used.
    #[error(
        "the key `{key_id}` is recorded as of kind `{found}`, but only keys of kind `{asked}` may be used here\nhint: `demo` is the public key of demonstrations and keeps nothing secret; run `minsheng verify` to see whether somebody changed the records"
    )]
    KeyKind {
        /// Name of the key.
        key_id: String,
        /// Its kind as recorded.
        found: String,
        /// The kind that the options ask for.
        asked: &'static str,
    },
    /// A text is no head of a chain.
    #[error(
        "`{0}` is no end of an audit chain\nhint: give the 64 hexadecimal digits that `minsheng verify` printed"
    )]
    KeptHead(String),
    /// A file beside the database could not be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The database holds something already.
    #[error("the database {url} is not empty\nhint: name another one, or start anew with --force")]
    NotEmpty {
        /// The address without a password.
        url: String,
    },
    /// The schema of the database is not the one of this program.
    #[error("the database {url} has schema {found}, this program needs {needed}\nhint: {hint}")]
    Version {
        /// The address without a password.
        url: String,
        /// Number of the last migration in the database, 0 for none.
        found: i64,
        /// Number of the last migration of the program.
        needed: i64,
        /// What to do.
        hint: String,
    },
    /// A build of the program that was never released made this database.
    #[error(
        "the database {url} was made with another text of migration {step} than this program has\nhint: a build between two releases made it; open it with that build, or make it anew"
    )]
    ForeignSchema {
        /// The address without a password.
        url: String,
        /// The first migration that differs.
        step: String,
    },
    /// A file that holds a county is torn, was changed, or does not fit.
    #[error("{path}: {part}: {reason}\nhint: {hint}")]
    Archive {
        /// The file.
        path: String,
        /// The part of the file.
        part: String,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// Somebody else is writing, for longer than we wait.
    #[error(
        "another program is writing to the database ({statement}): {reason}\nhint: wait until it has finished, then do the same again"
    )]
    Busy {
        /// What waited.
        statement: String,
        /// What the driver said.
        reason: String,
    },
    /// A write was begun inside of a write; it would wait for itself.
    #[error("`{action}` was begun inside of another transaction of the same thread")]
    Nested {
        /// The action of the inner one.
        action: String,
    },
    /// The program asked for something that the table or the statement does not allow; a programming error.
    #[error("`{what}` was used wrongly: {reason}")]
    Misuse {
        /// Table or statement.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// The migrations themselves cannot be read; a programming error found by the tests.
    #[error("migration {migration}: {reason}")]
    Migration {
        /// Name of the migration.
        migration: String,
        /// What is wrong.
        reason: String,
    },
    /// A day outside of what can be stored.
    #[error("the day {0} cannot be stored")]
    Day(Date),
}
