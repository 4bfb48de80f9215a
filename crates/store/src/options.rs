//! How a store is opened: how safe a commit is, where the keys are, where chance comes from, who watches.
//! Nothing here is read from the environment: the binary reads it and passes it in.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rand_core::CryptoRng;

/// How much a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// A committed transaction survives loss of power (SQLite `synchronous = FULL`, PostgreSQL `on`).
    #[default]
    Full,
    /// The last transactions may be lost with the power, never torn (SQLite `NORMAL`, PostgreSQL `off`).
    /// For databases that can be made again, such as the demonstration county.
    Relaxed,
}

/// Where the master key of a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// A folder with one file `KEY_ID.key` per key, readable by its owner only. It is never part of the
    /// database or its backup. A database that names the public key instead is refused.
    Folder(PathBuf),
    /// The public key of demonstration databases. It keeps nothing secret; such a database is recorded as
    /// `demo` ([`crate::Store::is_demo`]). A database that names another key is refused.
    Demo,
}

impl Keys {
    /// Their kind as `key_ring` records it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Keys::Folder(_) => "file",
            Keys::Demo => "demo",
        }
    }
}

/// Called at every point where a process could die between two writes, with a stable name:
/// `insert TABLE`, `insert_many TABLE`, `update TABLE`, `update_many TABLE`, `audit`, `commit.before`,
/// `commit.after`, and what offices pass to [`crate::Store::point`] and [`crate::Tx::point`].
pub trait Observer: Send + Sync {
    /// Takes note of the point.
    fn point(&self, name: &str);
}

/// Measures how long something took: microseconds since some fixed moment. The binary makes the real one.
pub type Stopwatch = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The source of chance, shared by whoever needs some.
#[derive(Clone)]
pub struct Randomness(Arc<Mutex<dyn CryptoRng + Send>>);

impl Randomness {
    /// Wraps a generator: a real one in the binary, a seeded one in tests and in the demonstration.
    pub fn new(rng: impl CryptoRng + Send + 'static) -> Self {
        Randomness(Arc::new(Mutex::new(rng)))
    }

    /// Fills the slice.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(bytes);
    }
}

impl std::fmt::Debug for Randomness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Randomness")
    }
}

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// How much a commit waits for the disk.
    pub durability: Durability,
    /// Where the master key is. Looked for when something is sealed, opened or searched, not before.
    pub keys: Keys,
    /// Where chance comes from (data keys, key names).
    pub randomness: Randomness,
    /// Who watches the write points.
    pub observer: Option<Arc<dyn Observer>>,
    /// How long to wait for another writer, in milliseconds.
    pub busy_timeout_ms: u32,
    /// Measures acts and statements for the log; without one the log has no durations.
    pub stopwatch: Option<Stopwatch>,
    /// Statements that take longer than this are logged, in milliseconds.
    pub slow_ms: u64,
}

impl Options {
    /// Full durability, nobody watching, ten seconds of patience.
    pub fn new(keys: Keys, rng: impl CryptoRng + Send + 'static) -> Self {
        Options {
            durability: Durability::Full,
            keys,
            randomness: Randomness::new(rng),
            observer: None,
            busy_timeout_ms: 10_000,
            stopwatch: None,
            slow_ms: 500,
        }
    }

    /// The same with another durability.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The same with durations in the log.
    #[must_use]
    pub fn stopwatch(mut self, stopwatch: Stopwatch) -> Self {
        self.stopwatch = Some(stopwatch);
        self
    }

    /// The same with somebody watching.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("durability", &self.durability)
            .field("keys", &self.keys)
            .field("observed", &self.observer.is_some())
            .field("busy_timeout_ms", &self.busy_timeout_ms)
            .finish_non_exhaustive()
    }
}
