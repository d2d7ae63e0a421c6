//! What time it is: the system's clock, or in tests one that is moved by hand.

use chrono::{DateTime, Duration, Utc};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A clock that can be asked from anywhere; clones go together.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Milliseconds that it is ahead of the system's.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now, to the microsecond: what PostgreSQL keeps.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = Utc::now() + Duration::milliseconds(self.ahead.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves it on, or back when negative.
    pub fn advance(&self, by: Duration) {
        self.ahead
            .fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
