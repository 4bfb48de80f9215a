//! Wiring: the real clock, the real source of chance, the environment. Nowhere else in the project are they made.

use std::path::PathBuf;

use anyhow::Context;
use minsheng_core::{Clock, Timestamp};
use minsheng_store::{Keys, Options};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::words::Language;

/// The authority whose packs are embedded for a county that named no other.
pub const AUTHORITY: &str = "cn-513301";
/// Name of the setting that holds a county's authority.
pub const AUTHORITY_SETTING: &str = "authority";

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real clock of the project"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Time used, as a person would take it with a watch.
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts the watch.
    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long a command takes; nothing is decided by it"
    )]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Milliseconds since the start.
    pub fn milliseconds(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Seconds since the start, with one decimal.
    pub fn seconds(&self) -> String {
        let tenths = self.0.elapsed().as_millis() / 100;
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A generator seeded by the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "the one real source of chance of the project"
)]
pub fn randomness() -> anyhow::Result<ChaCha20Rng> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("the operating system gives no random numbers")?;
    Ok(ChaCha20Rng::from_seed(seed))
}

/// Options for a county's own database.
pub fn options() -> anyhow::Result<Options> {
    Ok(Options::new(Keys::Folder(keys_folder()), randomness()?).stopwatch(durations()))
}

/// Durations for the log.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long acts and statements take; nothing is decided by it"
)]
fn durations() -> minsheng_store::Stopwatch {
    let start = std::time::Instant::now();
    std::sync::Arc::new(move || u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX))
}

/// A clock of nanoseconds from now on.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long stages take; nothing is decided by it"
)]
pub fn nanoseconds() -> impl Fn() -> u64 {
    let start = std::time::Instant::now();
    move || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The level of the log that the environment asks for.
pub fn log_level() -> Option<String> {
    std::env::var("MINSHENG_LOG").ok()
}

/// Options for a demonstration database: the public key, and no waiting for the disk.
pub fn demo_options() -> anyhow::Result<Options> {
    Ok(Options::new(Keys::Demo, randomness()?)
        .durability(minsheng_store::Durability::Relaxed)
        .stopwatch(durations()))
}

/// What this program calls itself in the files that it writes.
pub const PROGRAM: &str = concat!("minsheng ", env!("CARGO_PKG_VERSION"));

/// Folder of the keys: MINSHENG_KEYS, or the folder for the data of the user's programs.
pub fn keys_folder() -> PathBuf {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("MINSHENG_KEYS").unwrap_or_else(|| {
        let data = set("XDG_DATA_HOME")
            .or_else(|| set("APPDATA"))
            .or_else(|| set("HOME").map(|home| home.join(".local").join("share")));
        data.unwrap_or_else(|| PathBuf::from("."))
            .join("minsheng")
            .join("keys")
    })
}

/// The language that the environment asks for.
pub fn environment_language() -> Language {
    let value = |name: &str| std::env::var(name).ok();
    let (all, messages, lang) = (value("LC_ALL"), value("LC_MESSAGES"), value("LANG"));
    Language::of_environment(all.as_deref(), messages.as_deref(), lang.as_deref())
}
