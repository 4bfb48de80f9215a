//! The clock as a parameter. Only the binary makes a real one.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is set: for tests, replays and the demo year.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that shows `at`.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    /// Makes the clock show `at`.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_shows_what_it_was_set_to() {
        let clock = FixedClock::new(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        let later: Timestamp = "2021-12-31T15:59:59Z".parse().unwrap();
        clock.set(later);
        assert_eq!(clock.now(), later);
    }
}
